"""Every document in Welsh, in English and in both, from the demonstration that is in the database.

``python -m bench.documents FOLDER`` asks for each as a person does who may have it, and writes it
into the folder. ``--only TEXT`` writes those whose name holds the text.
"""

import argparse
import os
from pathlib import Path

import django

LANGUAGES = ("cy", "en", "both")


def documents(submission, draft, review_round):
    """Name, role of whoever may have it, and its address but for the language at its end."""
    reflection = submission.reflection
    cycle, board = reflection.cycle.code, reflection.cluster.health_board.code
    sent = f"{cycle}/{reflection.cluster.code}/{submission.number}"
    listed = [
        ("cluster-summary", "national_officer", f"results/summaries/{sent}"),
        ("full-report", "national_officer", f"results/reports/{sent}"),
        ("worksheet", "national_officer", f"results/worksheets/{cycle}"),
        ("board-summary", "national_officer", f"dashboard/board-{board}/summary"),
        ("national-summary", "national_officer", "dashboard/wales/summary"),
        ("dashboard", "national_officer", f"dashboard/board-{board}/pdf"),
    ]
    if draft:
        where = f"{draft.cycle.code}/{draft.cluster.code}"
        listed.append(("draft", "cluster_lead", f"results/drafts/{where}"))
    if review_round:
        group = review_round.groups.order_by("number").first()
        review = group.reviews.first()
        where = f"results/reviews/{review_round.code}"
        listed += [
            (
                "review-record",
                "national_officer",
                f"{where}/clusters/{review.reflection.cluster.code}",
            ),
            ("group-record", "national_officer", f"{where}/groups/{group.number}"),
        ]
    return listed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cdf_site.settings")
    django.setup()
    from django.test import Client  # noqa: PLC0415 (Django has to be set up first)

    from assessments.models import SelfReflection, Submission  # noqa: PLC0415
    from cdf_site.demonstration import demonstration_accounts  # noqa: PLC0415
    from organisations.models import User  # noqa: PLC0415
    from peerreview.models import ReviewRound  # noqa: PLC0415
    from reporting.models import Learned  # noqa: PLC0415

    accounts = {}
    for account in demonstration_accounts():
        accounts.setdefault(account.role, account)
    lead = User.objects.get(email=accounts["cluster_lead"].email)
    submission = (
        Submission.objects.filter(reflection__submissions__isnull=False)
        .order_by("-submitted_at")
        .first()
    )
    draft = (
        SelfReflection.objects.filter(cluster__in=lead.cluster_ids("cluster_lead"))
        .filter(state="draft")
        .first()
    )
    listed = documents(submission, draft, ReviewRound.objects.order_by("pk").first())
    year = Learned.objects.published().first()
    if year:
        listed.append(("what-we-learned", "national_officer", f"learned/{year.year}"))
    options.folder.mkdir(parents=True, exist_ok=True)
    clients = {}
    for name, role, address in listed:
        if options.only not in name:
            continue
        if role not in clients:
            clients[role] = Client(headers={"host": "127.0.0.1"})
            clients[role].force_login(User.objects.get(email=accounts[role].email))
        for language in LANGUAGES:
            ending = "/" if name == "dashboard" else ".pdf"
            answer = clients[role].get(f"/cy/{address}/{language}{ending}")
            if answer.status_code != 200 or not answer.content.startswith(b"%PDF"):
                raise SystemExit(f"{name}, {language}: {answer.status_code}")
            path = options.folder / f"{name}-{language}.pdf"
            path.write_bytes(answer.content)
            print(path, flush=True)


if __name__ == "__main__":
    main()
