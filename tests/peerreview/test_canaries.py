"""Words that somebody wrote for a few are looked for on every page, in every file and every e-mail.

Each canary is a word that occurs nowhere else, with those who may read it. Every address of the
reviews is opened, of the cluster that most is written of and of one that writes a draft; of the
self-reflections, every address of that draft.
"""

import io

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from assessments import services
from assessments.models import Answer, AnswerVersion
from peerreview.models import Annotation, Finding, Interest, Response
from tests.factories import IndicatorFactory, UserFactory
from tests.peerreview.world import Phase
from tests.steps import entry, save, words_of
from tests.test_permission_matrix import ARGUMENTS, own_routes

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # the querysets: test_reading.py

REVIEWING = {"reviewer", "second_reviewer", "facilitator"}
AFAN = {"lead", "contributor"}
ABOVE = {"officer", "national"}
# Of these addresses, pages of one kind stand for the others, or they are about nothing here.
ELSEWHERE = (
    "framework_preview:",
    "frameworks:",
    "translation:",
    "password",
    "sign_",
    "people:",
    "cycles:",
    "indicators:",
    "outbox",
    "choose_language",
    *("about", "accessibility", "privacy", "cookies", "session", "account"),
)
# In which phase what is left out, because the phase changes nothing there.
ONE_PHASE = {
    Phase.AGREEING: ("assessments:", "reporting:draft_pdf"),
    Phase.ANNOTATING: ("dashboard:", "api:", "tokens:"),
}
# Drawn once for each language, and slowly: one language is enough here.
DRAWN = {
    "dashboard:pdf",
    "reporting:summary_pdf",
    "reporting:report_pdf",
    "reporting:draft_pdf",
    "reporting:review_record_pdf",
    "reporting:group_record_pdf",
    "reporting:worksheet_pdf",
}


def canaries(world):
    """Plant each word; return, by the word, who may read it."""
    now, phase = timezone.now(), world.round.phase.kind
    ogwr = world.others[0].reflection
    services.return_reflection(
        reflection=ogwr, by=world.officer, reason="More, please.", language="en"
    )
    ogwr.refresh_from_db()
    written = Answer.objects.get(reflection=ogwr)
    save(
        ogwr,
        entry(words_of(ogwr), "canarydraft", base=written.version),
        by=world.reviewer,
    )
    assert AnswerVersion.objects.filter(text="canarydraft").exists()
    of_afan = {"review": world.review, "submission": world.submission}
    remark = of_afan | {
        "author": world.reviewer,
        "voice": "reviewer",
        "choice": "question",
        "language": "en",
    }
    Annotation.objects.create(**remark, text="canaryprivate")
    shared = Annotation.objects.create(**remark, text="canaryshared", shared_at=now)
    Annotation.objects.create(
        **(
            remark | {"choice": "", "author": world.facilitator, "voice": "facilitator"}
        ),
        parent=shared,
        text="canarytyping",
    )
    Finding.objects.create(
        **of_afan, part="conclusion", text="canaryfinding", language="en"
    )
    Response.objects.create(
        review=world.review,
        annotation=shared,
        choice="explain",
        text="canaryreply",
        language="en",
    )
    Interest.objects.create(
        review=world.others[1],
        user=world.reviewer,
        reason="canaryinterest",
        language="en",
    )
    for person, note, shares in [
        (world.reviewer, "canaryneed", False),
        (world.second_reviewer, "canaryconsent", True),
    ]:
        person.meeting_note, person.meeting_note_language = note, "en"
        person.shares_meeting_note = shares
        person.save()
    return {
        # their owners read them on the page of their account, which is not opened here
        "canaryneed": set(),
        "canaryconsent": {"facilitator"},
        # whose cluster's it is; the phase of a review changes nothing on its pages
        "canarydraft": {"reviewer"} if phase == Phase.ANNOTATING else set(),
        "canaryprivate": {"reviewer"},
        "canaryshared": {
            Phase.READING: {"reviewer", "facilitator"},
            Phase.ANNOTATING: {"reviewer", "facilitator"},
        }.get(phase, REVIEWING | AFAN | ABOVE),
        "canarytyping": {"facilitator"},
        "canaryfinding": {
            "facilitator"
        },  # until it is shared, on the facilitator's pages
        "canaryreply": {Phase.ANNOTATING: set()}.get(phase, AFAN),
        "canaryinterest": {"national"},  # who arranges the round
    }


def addresses(world):
    """Every address, in each way in which it can be filled from this world."""
    cycle = world.round.cycle
    afan, ogwr = (
        review.reflection.cluster.code for review in (world.review, world.others[0])
    )
    known = ARGUMENTS | {
        "cycle": cycle.code,
        "edition": cycle.edition.code,
        "round": world.round.code,
        "language": "en",
        "position": 1,
    }
    for name, keys in sorted(own_routes()):
        if name.startswith(ELSEWHERE):
            continue
        if name.startswith(ONE_PHASE.get(world.round.phase.kind, ())):
            continue
        clusters = [ogwr] if name.startswith("assessments:") else [afan, ogwr]
        ways = [{}]
        for key in keys:
            if key == "annotation":
                roots = Annotation.objects.roots()
                values = [row.key for row in roots]
            else:
                values = {"cluster": clusters, "group": [1]}.get(key, [known.get(key)])
            ways = [way | {key: value} for way in ways for value in values]
        for way in ways:
            if None not in way.values():
                yield name, reverse(name, kwargs=way)


def words_in(response):
    """What a page or a file says, as far as a reader can get at it."""
    if response.streaming:
        body = b"".join(response.streaming_content)
    else:
        body = response.content
    if response.headers.get("Content-Type") == "application/pdf":
        pages = PdfReader(io.BytesIO(body)).pages
        return " ".join(page.extract_text() for page in pages)
    return body.decode("utf-8", "replace")


@pytest.mark.parametrize("phase", [Phase.ANNOTATING, Phase.AGREEING])
def test_nobody_reads_what_is_not_theirs(
    client, world, administrator, superuser, phase
):
    IndicatorFactory(edition=world.round.cycle.edition, code="visits")
    world.put_into(phase)
    allowed = canaries(world)
    people = {
        name: getattr(world, name)
        for name in (
            *("lead", "contributor", "reviewer", "second_reviewer", "outsider"),
            *("unassigned", "facilitator", "officer", "other_officer", "national"),
        )
    } | {
        "administrator": administrator,
        "superuser": superuser,
        "nobody": UserFactory(email="nobody@example.test"),
    }
    pages = list(addresses(world))
    assert len(pages) > 50

    found = {word: set() for word in allowed}
    for actor, person in people.items():
        client.force_login(person)
        for name, address in pages:
            if name in DRAWN and actor not in {"lead", "reviewer", "officer"}:
                continue
            response = client.get(address)
            assert response.status_code < 500, f"{actor}: {address}"
            said = words_in(response)
            for word in allowed:
                if word in said:
                    found[word].add(actor)

    letters = " ".join(f"{letter.subject} {letter.body}" for letter in mail.outbox)
    assert not [word for word in allowed if word in letters]
    # That each is read by those who may shows that there was something to find.
    assert found == {word: set(actors) for word, actors in allowed.items()}


def test_a_reviewer_whose_access_has_ended_reads_nothing(client, world):
    canaries(world)
    world.reviewer.review_accesses.update(ends_at=timezone.now())
    client.force_login(world.reviewer)

    statuses = {
        client.get(reverse(f"peerreview:{name}", args=["autumn", "afan"])).status_code
        for name in ("review_detail", "cluster_record", "replies_edit")
    }

    assert statuses == {404}
