"""What a group finds: saved from the screen of its meeting, and recorded as the agreement."""

import re

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from assessments import services as assessments
from assessments.models import LEVEL_CHOICES, Submission
from cdf_site.common.languages import detect
from organisations.permissions import Permission, holds
from peerreview.forms.findings import FindingsForm
from peerreview.models import Finding, FindingVersion
from peerreview.rules import facilitates_the_review
from peerreview.selectors import meetings as selectors
from peerreview.services import findings as services
from peerreview.views.loading import review_url, visible_review

OWN_FIELDS = re.compile(
    r"finding-(?P<submission>[0-9]{1,18})-(?P<outcome>[0-9]{1,18})"
    rf"-({'|'.join(Finding.Part.values)})-version",
    re.ASCII,
)
A_PAGE_OF_HISTORY = 30


# Saving ------------------------------------------------------------------------------------


def named_item(data):
    """The numbers of the submission and the outcome that a page was about, None for the whole.

    Its own fields say so: the agenda may have changed since it was made. Raises BadRequest.
    """
    found = {
        (int(match["submission"]), int(match["outcome"]) or None)
        for name in data
        if (match := OWN_FIELDS.fullmatch(name))
    }
    if len(found) != 1:
        raise BadRequest("a page of findings is about one outcome of one submission")
    return found.pop()


def save_page(request, sheet, form):
    """Save what a page sent; the form has the findings of ``sheet``."""
    return services.save_findings(
        review=sheet.review,
        entries=form.entries(),
        language=form.cleaned_data["written_in"],
        operation_id=form.cleaned_data["operation_id"],
        by=request.user,
    )


def saved_by_script(request, form, saved, sheet):
    """As the pages of answers reply to a save while typing; see ``assessments.views.answers``."""
    languages = {
        subject.key: sheet.answer(subject).language for subject in saved.changed
    }
    parts = {
        f"{key}-written": render_to_string(
            "assessments/_written_in.html", {"language": language}
        )
        for key, language in languages.items()
    }
    parts["reason"] = render_to_string(
        "peerreview/_finding_reason_wanted.html", {"sheet": sheet}
    )
    status = 422 if form.errors else 200
    if saved.conflicts:
        status = 409
    if saved.closed:
        status = 410
    again = FindingsForm(
        form.items, sheet.answers, data=form.data, conflicts=saved.conflicts
    )
    return JsonResponse(
        {
            "saved_at": time_format(timezone.localtime(), "H:i"),
            "versions": {
                subject.key: version for subject, version in saved.versions.items()
            },
            "changed": [subject.key for subject in saved.changed],
            "conflicts": [conflict.entry.subject.key for conflict in saved.conflicts],
            "theirs": {
                row.item.key: render_to_string(
                    "assessments/_row_conflict.html", {"row": row}, request
                )
                for row in again.rows
                if row.conflict
            },
            "errors": {name: found[0] for name, found in form.errors.items()},
            "languages": languages,
            "parts": parts,
        },
        status=status,
    )


def refused_by_script(form, saved):
    """As ``saved_by_script`` for whoever may read nothing here any more: no words of anybody's."""
    return JsonResponse(
        {
            "saved_at": time_format(timezone.localtime(), "H:i"),
            "versions": {
                subject.key: version for subject, version in saved.versions.items()
            },
            "changed": [],
            "conflicts": [],
            "theirs": {},
            "errors": {name: found[0] for name, found in form.errors.items()},
            "languages": {},
            "parts": {},
        },
        status=410,
    )


def refused(request, sheet, saved, form, *, back):
    """Say that this came too late, with what was typed: it is kept, but is no finding.

    Nothing is shown but what this page sent. An action that was typed is not kept: it is shown to be copied.
    """
    written_in = form.cleaned_data["written_in"]
    items = {item.subject: item for item in form.items}
    action = request.POST.get("action-text", "").strip()
    unkept = [
        (item.text_label, text, detect(text, written_in))
        for item in form.items
        if f"{item.key}-text" in form.errors
        and (text := form.data.get(f"{item.key}-text", "").strip())
    ]
    return render(
        request,
        "peerreview/finding_refused.html",
        {
            "review": sheet.review,
            "sheet": sheet,
            "back": back,
            "refused": [
                (
                    items[entry.subject],
                    items[entry.subject].choice_words(entry.choice),
                    entry.text,
                    entry.language or detect(entry.text, written_in),
                )
                for entry in saved.closed
            ],
            "unkept": unkept,
            "action": action,
            "action_language": detect(action, written_in),
        },
        status=409,
    )


# What was written before -------------------------------------------------------------------


def finding_history(request, round, cluster, finding):  # noqa: A002
    """Every version of a finding, what was refused among them; for the group."""
    review = visible_review(request, round, cluster)
    finding = get_object_or_404(
        Finding.objects.visible_to(request.user).select_related("outcome__module"),
        review=review,
        pk=finding,
    )
    if not holds(request.user, Permission.READ_AS_REVIEWER, review):
        raise PermissionDenied("how a finding came about is the group's")
    versions = (
        FindingVersion.objects.visible_to(request.user)
        .filter(written=finding)
        .select_related("by")
        .order_by("-pk")
    )
    page = Paginator(versions, A_PAGE_OF_HISTORY).get_page(request.GET.get("page"))
    levels = {str(level): label for level, label in LEVEL_CHOICES}
    return render(
        request,
        "peerreview/finding_history.html",
        {
            "review": review,
            "finding": finding,
            "page": page,
            "rows": [
                (version, levels.get(version.choice, ""), version.get_refusal_display())
                for version in page
            ],
        },
    )


# The agreement -----------------------------------------------------------------------------


def agreement_check(request, round, cluster):  # noqa: A002
    """What the group found of a cluster, before the facilitator records it as the agreement."""
    review = visible_review(request, round, cluster)
    if not facilitates_the_review(request.user, review):
        raise PermissionDenied(f"{Permission.RECORD_FINDINGS} refused")
    if request.method == "POST":
        return _record(request, review)
    return _agreement_page(request, review)


def _agreement_page(request, review, *, hindrance="", status=200):
    submission = (
        Submission.objects.visible_to(request.user)
        .filter(reflection=review.reflection_id)
        .latest_of_each()
        .defer("content")
        .first()
    )
    may_record = (
        review.agreed_at is None
        and submission is not None
        and holds(request.user, Permission.RECORD_FINDINGS, review)
    )
    may_record = may_record and not review.reflection.is_unsent
    sheet = submission and selectors.load_agreement(
        review, submission, user=request.user
    )
    change_urls = _change_urls(review, sheet) if sheet and may_record else {}
    return render(
        request,
        "peerreview/agreement_check.html",
        {
            "review": review,
            "group": review.group,
            "reflection": review.reflection,
            "sheet": sheet,
            "levels": sheet
            and [(each, change_urls.get(each.outcome.pk)) for each in sheet.levels],
            "others": sheet
            and [(each, change_urls.get(each.outcome.pk)) for each in sheet.others],
            "change_whole_url": change_urls.get(None),
            "may_record": may_record,
            "may_return": holds(
                request.user, Permission.RETURN_REFLECTION, review.reflection
            ),
            "hindrance": hindrance,
            "errors": [hindrance] if hindrance else [],
        },
        status=status,
    )


def _change_urls(review, sheet):
    """Where each item can be changed: in the meeting that runs, else on the next agenda."""
    group = review.group
    codes = {"round": group.round.code, "group": group.number}
    meeting = selectors.latest_meeting(group)
    agenda = meeting.agenda if meeting and meeting.ended_at is None else []
    urls = {}
    for pk in [None, *(each.outcome.pk for each in sheet.levels + sheet.others)]:
        if [review.pk, pk] in agenda:
            position = agenda.index([review.pk, pk]) + 1
            url = reverse(
                "peerreview:meeting_step", kwargs=codes | {"position": position}
            )
        else:
            url = reverse("peerreview:meeting_detail", kwargs=codes)
            url = f"{url}?add={review.pk}-{pk or 0}"
        urls[pk] = url
    return urls


def _record(request, review):
    number, seen = request.POST.get("submission_number", ""), request.POST.get("seen")
    if not (number.isdecimal() and len(number) < 6 and seen):
        raise BadRequest("a hidden field of the form is missing or spoiled")
    try:
        services.record_review_agreement(
            review=review, submission_number=int(number), seen=seen, by=request.user
        )
    except services.AlreadyAgreed:
        messages.info(request, _("The agreed levels have been recorded already."))
        return redirect(review_url("agreement_check", review))
    except assessments.ReasonMissing:
        hindrance = _(
            "An agreed level differs from the cluster's own, and no sentence says why. "
            "Nothing was recorded."
        )
    except assessments.NewerSubmission:
        hindrance = _(
            "The cluster has submitted again since. Look at the new submission first."
        )
    except services.FindingsChanged:
        hindrance = _(
            "Something was changed on another screen since you opened this page, so nothing "
            "was recorded. Look again."
        )
    except assessments.NotNow:
        hindrance = _(
            "The self-reflection is with its cluster, or its cycle has closed: nothing was "
            "recorded."
        )
    except PermissionDenied:
        hindrance = _("The time in which groups meet is over: nothing was recorded.")
    else:
        messages.success(
            request, _("The agreement was recorded, and the findings are shared.")
        )
        return redirect(review_url("agreement_check", review))
    return _agreement_page(
        request,
        visible_review(request, review.round.code, review.reflection.cluster.code),
        hindrance=hindrance,
        status=409,
    )
