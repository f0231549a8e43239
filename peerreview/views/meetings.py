"""A group's meeting: its agenda, the screen for the room, and its end."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from assessments import services as assessments
from assessments.room import Key
from assessments.selectors.actions import may_own
from assessments.subjects import level_choices
from assessments.views.conflicts import SETTLES, settled
from assessments.views.loading import reverse_in_language
from cdf_site.common.scripts import by_script
from organisations.permissions import Permission, holds
from peerreview import agenda
from peerreview.finding_subjects import CONCLUSION
from peerreview.forms.findings import FindingsForm, finding_items
from peerreview.forms.meetings import AgendaForm, MeetingActionForm
from peerreview.models import Annotation, ClusterReview
from peerreview.rules import facilitates_the_review
from peerreview.selectors import meetings as selectors
from peerreview.selectors.needs import meeting_needs
from peerreview.services import findings as services_of_findings
from peerreview.services import meetings as services
from peerreview.services.annotations import resolve_annotation
from peerreview.views.findings import (
    named_item,
    refused,
    refused_by_script,
    save_page,
    saved_by_script,
)
from peerreview.views.loading import visible_group

# Buttons after which one is at the same item again, in this language or the other.
STAYS = SETTLES | {"stay", "choose", "switch_to", "resolve", "add_action"}
MOVES = {"back", "leave", "go", "switch_to"}


def group_url(name, group, **more):
    codes = {"round": group.round.code, "group": group.number}
    return reverse(f"peerreview:{name}", kwargs=codes | more)


def step_url(group, index):
    """The address of an item of the agenda, by its place counted from nought."""
    return group_url("meeting_step", group, position=index + 1)


# The agenda --------------------------------------------------------------------------------


def meeting_detail(request, round, group):  # noqa: A002
    """The agenda and the beginning of a meeting; for the others of the group, what runs."""
    group = visible_group(request, round, group)
    meeting = selectors.latest_meeting(group)
    if meeting:
        meeting.group = group
    if not holds(request.user, Permission.RUN_MEETING, group):
        if request.method == "POST":
            raise PermissionDenied(f"{Permission.RUN_MEETING} refused")
        return _followers_page(request, group, meeting)
    reviews = selectors.facilitated_reviews(group, request.user)
    unsettled = [review for review in reviews if review.agreed_at is None]
    lines = agenda_in_order(selectors.agenda_lines(group, unsettled, user=request.user))
    is_running = bool(meeting and meeting.ended_at is None)
    minutes = meeting.minutes if is_running else group.minutes
    form = AgendaForm(
        lines,
        _proposed(request, lines, meeting, minutes),
        data=request.POST or None,
        initial={"minutes": minutes},
    )
    if request.method == "POST" and form.is_valid():
        return _plan(request, group, meeting if is_running else None, form)
    rows = form.rows
    return render(
        request,
        "peerreview/meeting_detail.html",
        {
            "group": group,
            "reviews": reviews,
            "settled": [review for review in reviews if review.agreed_at],
            "meeting": meeting,
            "is_running": is_running,
            "current": _current_url(meeting, reviews) if is_running else "",
            "form": form,
            "rows": [row for row in rows if _speaks_for_itself(row)],
            "others": [row for row in rows if not _speaks_for_itself(row)],
            "needs": _needs(request.user, group),
        },
        status=422 if form.is_bound else 200,
    )


def _needs(user, group):
    """What helps those who come, for whoever facilitates it; None for everybody else."""
    if holds(user, Permission.READ_MEETING_NEEDS, group):
        return meeting_needs(group, besides=user)
    return None


def agenda_in_order(lines):
    by_known = {line.known: line for line in lines}
    return [by_known[known] for known in agenda.in_order(list(by_known))]


def _speaks_for_itself(row):
    """Whether a line is shown at once: for its reasons, or because somebody has chosen it."""
    line, item, _place = row
    return bool(line.known.points or item.value())


def _proposed(request, lines, meeting, minutes):
    """The keys that are chosen at first: what was on the agenda before, else what there is time for."""
    known = [line.key for line in lines]
    chosen = [tuple(pair) for pair in meeting.agenda] if meeting else []
    chosen = [key for key in chosen if key in known]
    if not chosen:
        chosen = agenda.proposed([line.known for line in lines], minutes=minutes)
    asked = [line.key for line in lines if line.name == request.GET.get("add")]
    return [*chosen, *(key for key in asked if key not in chosen)]


def _plan(request, group, meeting, form):
    """Start the meeting or, where one runs, plan the rest of it otherwise; and into the room."""
    planned = {"agenda": form.agenda(), "minutes": form.cleaned_data["minutes"]}
    try:
        if meeting:
            services.change_meeting(meeting=meeting, by=request.user, **planned)
        else:
            meeting = services.start_meeting(group=group, by=request.user, **planned)
    except (services.NotRunning, assessments.ForeignSubject):
        messages.info(
            request,
            _("The meeting or its group was changed on another screen. Look again."),
        )
        return redirect(group_url("meeting_detail", group))
    meeting.refresh_from_db()
    return redirect(step_url(group, meeting.position))


def _current_url(meeting, reviews):
    """Where the room is or, where that cluster takes no part any more, the next item after it."""
    shown = _places(meeting, reviews)
    if not shown:
        return ""
    there = next((place for place in shown if place >= meeting.position), shown[-1])
    return step_url(meeting.group, there)


def _places(meeting, reviews):
    """The places on the agenda, from nought, of those ``reviews``."""
    known = {review.pk for review in reviews}
    return [
        place for place, (review, _) in enumerate(meeting.agenda) if review in known
    ]


def _followers_page(request, group, meeting):
    """For whoever does not run it: whether a meeting runs, and what they may follow of it."""
    is_running = bool(meeting and meeting.ended_at is None)
    reviews = (
        selectors.followed_reviews(group, request.user)
        if is_running and group.round.phase
        else []
    )
    return render(
        request,
        "peerreview/meeting_follow.html",
        {
            "group": group,
            "phase": group.round.phase,
            "meeting": meeting,
            "is_running": is_running,
            "facilitator": selectors.facilitator_of(group),
            "is_facilitator": services.facilitates_group(request.user, group),
            "steps": _steps(meeting, reviews) if is_running else [],
            "needs": _needs(request.user, group),
        },
    )


@dataclass(frozen=True)
class Step:
    """An item of the agenda in a list of them; ``number`` counts from 1."""

    number: int
    url: str
    cluster: object
    outcome: object
    is_now: bool


def _steps(meeting, reviews):
    """The items of the agenda of those ``reviews``."""
    group = meeting.group
    by_pk = {review.pk: review for review in reviews}
    outcomes = (
        selectors.outcomes_by_number(group.round.cycle.edition) if reviews else {}
    )
    return [
        Step(
            number=place + 1,
            url=step_url(group, place),
            cluster=by_pk[review].reflection.cluster,
            outcome=outcomes.get(outcome),
            is_now=place == meeting.position,
        )
        for place, (review, outcome) in enumerate(meeting.agenda)
        if review in by_pk
    ]


# The screen for the room -------------------------------------------------------------------


def meeting_step(request, round, group, position):  # noqa: A002
    """One outcome of one cluster, in large type.

    Looking moves nobody: only a button that the facilitator presses here moves the room.
    """
    is_sent = request.method == "POST"
    group = (_group_to_write_in if is_sent else visible_group)(request, round, group)
    meeting = selectors.latest_meeting(group)
    if meeting is None:
        raise Http404
    meeting.group = group
    if is_sent:
        return _save(request, meeting)
    if meeting.ended_at:
        return redirect(group_url("meeting_detail", group))
    if not 0 < position <= len(meeting.agenda):
        raise Http404
    review_pk, outcome_pk = meeting.agenda[position - 1]
    phase = group.round.phase
    is_meeting = bool(group.round.is_announced and phase and phase.is_for_meeting)
    reviews = selectors.facilitated_reviews(group, request.user) if is_meeting else []
    review = _among(reviews, review_pk)
    records = review is not None
    if review is None and phase:
        reviews = selectors.followed_reviews(group, request.user)
        review = _among(reviews, review_pk)
    if review is None:
        return _not_to_be_followed(request, group, review_pk)
    sheet = selectors.load_item(review, outcome_pk)
    if sheet is None:
        raise Http404
    if not records:
        return _follow(request, meeting, reviews, sheet, position - 1)
    earlier = selectors.load_findings(sheet, user=request.user)
    form = FindingsForm(
        finding_items(sheet), sheet.answers, initial={"operation_id": uuid.uuid4()}
    )
    return _draw(request, meeting, reviews, sheet, form, position - 1, earlier=earlier)


def _group_to_write_in(request, round_code, number):
    """As ``visible_group``; who facilitated it keeps what they typed when they see it no longer.

    ``is_known`` says which it is.
    """
    try:
        group = visible_group(request, round_code, number)
        group.is_known = True
    except Http404:
        group = selectors.group_once_facilitated(round_code, number, request.user)
        if group is None:
            raise
        group.is_known = False
    return group


def _among(reviews, number):
    return next((review for review in reviews if review.pk == number), None)


def _not_to_be_followed(request, group, review_pk):
    """404, or 403 for whoever may know of the review; the facilitator hears that it is over."""
    if holds(request.user, Permission.RUN_MEETING, group):
        messages.info(request, _("This cluster takes no part in the review any more."))
        return redirect(group_url("meeting_detail", group))
    get_object_or_404(ClusterReview.objects.visible_to(request.user), pk=review_pk)
    raise PermissionDenied("the meeting is its group's")


def _around(meeting, reviews, index):
    """The addresses before and after an item, None at either end."""
    shown = _places(meeting, reviews)
    before = [place for place in shown if place < index]
    after = [place for place in shown if place > index]
    group = meeting.group
    return (
        step_url(group, before[-1]) if before else None,
        step_url(group, after[0]) if after else None,
    )


def _screen(request, meeting, reviews, sheet, index):
    """What stands on the screen for everybody: the item, its annotations, its actions."""
    back, onward = _around(meeting, reviews, index)
    return {
        "group": meeting.group,
        "review": sheet.review,
        "reflection": sheet.review.reflection,
        "meeting": meeting,
        "sheet": sheet,
        "position": index + 1,
        "back": back,
        "onward": onward,
        "last_row": selectors.last_of_outcome(sheet, user=request.user),
        "threads": selectors.threads_of(sheet, user=request.user),
        "actions": selectors.actions_of(sheet, user=request.user),
        "times": selectors.times_of(meeting),
    }


def _follow(request, meeting, reviews, sheet, index):
    selectors.load_findings(sheet, user=request.user)
    return render(
        request,
        "peerreview/meeting_step_read.html",
        _screen(request, meeting, reviews, sheet, index)
        | {
            "is_now": index == meeting.position,
            "current": _current_url(meeting, reviews),
        },
    )


def level_keys(sheet):
    """A big button for each level of the module, whose key is its number."""
    chosen = sheet.conclusion.choice
    return [
        Key(str(level), str(level), label, str(level) == chosen, is_level=level > 0)
        for level, label in level_choices(sheet.outcome.module)
    ]


def _draw(
    request,
    meeting,
    reviews,
    sheet,
    form,
    index,
    *,
    earlier=(),
    action_form=None,
    status=200,
    **more,
):
    conclusion = form.items[0]
    return render(
        request,
        "peerreview/meeting_step.html",
        _screen(request, meeting, reviews, sheet, index)
        | {
            "here": step_url(meeting.group, index),
            "form": form,
            "forms": [form, action_form] if action_form else [form],
            "action_form": action_form or _action_form(request, sheet),
            "keys": level_keys(sheet) if conclusion.choices else [],
            "conclusion": form.rows[0],
            "notes": form.rows[1],
            "earlier": earlier,
            "steps": _steps(meeting, reviews),
        }
        | more,
        status=status,
    )


# Saving, and going on ----------------------------------------------------------------------


def _save(request, meeting):
    """Save what the page of one item sent, and go where the button leads.

    Whoever facilitates the review no longer has their words kept and shown, and no others.
    """
    group, by = meeting.group, request.user
    submission_pk, outcome_pk = named_item(request.POST)
    review = selectors.review_of(submission_pk, group.round)
    if review is None:
        raise Http404
    if not services_of_findings.has_facilitated(by, review):
        if review.group_id != group.pk:
            raise Http404
        raise PermissionDenied(f"{Permission.RECORD_FINDINGS} refused")
    sheet = selectors.load_item(review, outcome_pk, submission_pk=submission_pk)
    if sheet is None:
        raise Http404
    selectors.load_findings(sheet, user=by)
    is_script = by_script(request)
    if is_script and "page_of" not in request.POST:
        raise BadRequest("a script says whose page it is on")
    items = finding_items(sheet)
    data = _with_key_pressed(request.POST, items[0])
    if facilitates_the_review(by, review):
        data = settled(data, sheet, items)
    if is_script:  # it sends what changed, and nothing else
        items = [item for item in items if f"{item.key}-version" in data]
    form = FindingsForm(items, sheet.answers, data=data)
    saved = save_page(request, sheet, form)
    is_over = not facilitates_the_review(by, review)
    if is_script and is_over:
        return refused_by_script(form, saved)
    earlier = selectors.load_findings(sheet, user=by)
    if is_script:
        return saved_by_script(request, form, saved, sheet)
    if is_over or saved.closed:
        back = group_url("meeting_detail", group) if group.is_known else ""
        return refused(request, sheet, saved, form, back=back)

    place = [review.pk, outcome_pk]
    index = meeting.agenda.index(place) if place in meeting.agenda else meeting.position
    action_form, status = _undertaken(request, sheet)
    _resolve(request, review)
    goes_on = not (STAYS | {"back", "leave"}) & set(data)
    has_asked = "asked" in data
    asks = sheet.lacks_reason and goes_on and not has_asked
    if not (form.errors or saved.conflicts or asks or action_form):
        if saved.changed:
            messages.success(request, _saved_words())
        return _go_on(request, meeting, sheet, index)

    # Show the page again with what was typed, made from the versions that are stored now.
    data = data.copy()
    data["operation_id"] = uuid.uuid4()
    for subject, version in saved.versions.items():
        data[f"{subject.key}-version"] = version
    form = FindingsForm(items, sheet.answers, data=data, conflicts=saved.conflicts)
    if asks:
        form.add_error(
            f"{sheet.subject(CONCLUSION).key}-text",
            _("The level differs from the cluster's own. Say why, in a sentence."),
        )
    if saved.conflicts:
        status = 409
    elif form.errors or asks:
        status = 422
    return _draw(
        request,
        meeting,
        selectors.facilitated_reviews(group, by),
        sheet,
        form,
        index,
        earlier=earlier,
        action_form=action_form,
        status=status,
        changed=saved.changed,
        asked=asks or has_asked,
        errors=form.conflict_errors(),
    )


def _saved_words():
    return _("Saved at %(time)s") % {"time": time_format(timezone.localtime(), "H:i")}


def _with_key_pressed(data, conclusion):
    """The posted page with the level whose button was pressed."""
    if "choose" in data and conclusion.choices:
        data = data.copy()
        data[f"{conclusion.key}-choice"] = data["choose"]
    return data


def _action_form(request, sheet, *, data=None):
    return MeetingActionForm(
        may_own(sheet.review.reflection.cluster),
        selectors.origins_of(
            sheet,
            user=request.user,
            chosen=data.get("action-annotation", "") if data else "",
        ),
        is_of_the_whole=sheet.outcome is None,
        data=data,
    )


def _undertaken(request, sheet):
    """Record the action that was typed, where its button was pressed.

    Gives the form with what is left to do, None where nothing is, and the status of such a page.
    """
    data = request.POST
    form = _action_form(request, sheet, data=data)
    if "add_action" not in data:
        if not form.is_typed:
            return None, 200
        if MOVES & set(data) or not STAYS & set(data):
            form.add_error(
                "text",
                _("This action is not recorded yet: record it, or empty the field."),
            )
        return form, 422 if form.errors else 200
    if not form.is_valid():
        return form, 422
    try:
        services_of_findings.undertake(
            review=sheet.review,
            submission=sheet.submission,
            outcome=sheet.outcome,
            language=data.get("written_in") or get_language(),
            by=request.user,
            **form.cleaned_data,
        )
    except services_of_findings.AnnotationGone:
        form.add_error(
            "annotation", _("Choose an annotation that has not been taken back.")
        )
    except assessments.NotOfTheCluster:
        form.add_error("owner", _("Choose somebody who works in the cluster now."))
    except PermissionDenied:
        form.add_error(
            "text",
            _(
                "This action cannot be recorded now: the time in which groups meet is over, "
                "or the self-reflection is with its cluster."
            ),
        )
    else:
        messages.success(request, _("The action was recorded."))
        return None, 200
    return form, 422


def _resolve(request, review):
    """Resolve the annotation whose button was pressed; what is gone meanwhile is resolved too."""
    number = request.POST.get("resolve", "")
    if not (number.isdecimal() and len(number) < 19):
        return
    annotation = (
        Annotation.objects.visible_to(request.user)
        .filter(review=review, pk=number)
        .first()
    )
    if annotation is None:
        return
    try:
        resolve_annotation(annotation=annotation, is_resolved=True, by=request.user)
    except PermissionDenied:
        messages.info(request, _("This annotation cannot be resolved now."))
    else:
        messages.success(request, _("The annotation is resolved."))


def _go_on(request, meeting, sheet, index):
    """Take the room to where the button leads, once everything on the screen is saved."""
    group, data = meeting.group, request.POST
    reviews = selectors.facilitated_reviews(group, request.user)
    shown = _places(meeting, reviews)
    there = index
    if "go" in data:
        asked = data["go"]
        if asked.isdecimal() and len(asked) < 5 and int(asked) - 1 in shown:
            there = int(asked) - 1
    elif "back" in data:
        there = max((place for place in shown if place < index), default=index)
    elif not (STAYS | {"leave"}) & set(data):
        there = min((place for place in shown if place > index), default=index)
    try:
        services.move_meeting(meeting=meeting, position=there, by=request.user)
    except (services.NotRunning, PermissionDenied):
        messages.info(
            request, _("The meeting has ended. What was on the screen is saved.")
        )
        return redirect(group_url("meeting_detail", group))
    if "leave" in data:
        return redirect(group_url("meeting_detail", group))
    if data.get("go") == "end":
        return redirect(group_url("meeting_end", group))
    if "switch_to" in data:
        asked = data["switch_to"]
        with override(asked if asked in {"cy", "en"} else get_language()):
            return redirect(reverse_in_language(request))
    at = ""
    if "choose" in data and sheet.lacks_reason:
        at = f"#id_{sheet.subject(CONCLUSION).key}-text"  # for the reason
    elif pressed := next((data[name] for name in SETTLES if data.get(name)), ""):
        at = f"#{pressed}"
    elif {"add_action", "resolve"} & set(data):
        at = "#actions" if "add_action" in data else "#annotations"
    is_last = there == index and not (STAYS | {"back", "go"}) & set(data)
    return redirect(
        group_url("meeting_end", group) if is_last else f"{step_url(group, there)}{at}"
    )


# The end -----------------------------------------------------------------------------------


def meeting_end(request, round, group):  # noqa: A002
    """What was concluded so far, and what is left to do once the meeting has ended."""
    group = visible_group(request, round, group)
    if not services.facilitates_group(request.user, group):
        raise PermissionDenied(f"{Permission.RUN_MEETING} refused")
    meeting = selectors.latest_meeting(group)
    if meeting is None or meeting.ended_at:
        return redirect(group_url("meeting_detail", group))
    meeting.group = group
    if request.method == "POST":
        services.end_meeting(meeting=meeting, by=request.user)
        messages.success(request, _("The meeting has ended."))
        return redirect(group_url("meeting_detail", group))
    reviews = selectors.facilitated_reviews(group, request.user)
    return render(
        request,
        "peerreview/meeting_end.html",
        {
            "group": group,
            "meeting": meeting,
            "reviews": reviews,
            "back": _current_url(meeting, reviews),
            "times": selectors.times_of(meeting),
            "lines": selectors.concluded(meeting, reviews, user=request.user),
        },
    )
