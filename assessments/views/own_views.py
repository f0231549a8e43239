"""One's own views before the meeting, and the discussion that shows how they are spread."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from assessments import selectors, services
from assessments.forms.room import OwnViewsForm, words_of_choice
from assessments.models import Answer, Question
from assessments.selectors import room as selectors_room
from assessments.services.own_views import fingerprint
from assessments.views.loading import (
    readable,
    reflection_url,
    reverse_in_language,
    to_read,
)
from cdf_site.common.scripts import by_script
from cdf_site.templatetags.interface import labelled_error
from frameworks.errata import read_over
from frameworks.models import Criterion
from organisations.permissions import Permission, authorise, holds


def own_views_edit(request, cycle, cluster):
    """All outcomes on one page, to go through in ten minutes."""
    reflection = readable(request, cycle, cluster)
    outcomes = selectors.outcomes_of(reflection.cycle.edition)
    return _own_views_page(
        request,
        reflection,
        outcomes,
        here=reflection_url("own_views_edit", reflection),
        onward=reflection_url("reflection_detail", reflection),
    )


def own_view_edit(request, cycle, cluster, module, number):
    """One's own view of one outcome."""
    reflection = readable(request, cycle, cluster)
    outcomes = selectors.outcomes_of(reflection.cycle.edition)
    outcome = _outcome(outcomes, module, number)
    following = next(iter(outcomes[outcomes.index(outcome) + 1 :]), None)
    return _own_views_page(
        request,
        reflection,
        [outcome],
        here=_own_view_url(reflection, outcome),
        onward=_own_view_url(reflection, following)
        if following
        else reflection_url("own_views_edit", reflection),
    )


def discussion_detail(request, cycle, cluster, module, number):
    """How the views of an outcome are spread, once the lead has opened its discussion here."""
    reflection = readable(request, cycle, cluster)
    outcome = _outcome(selectors.outcomes_of(reflection.cycle.edition), module, number)
    if request.method == "POST":
        authorise(request.user, Permission.OPEN_DISCUSSION, reflection)
        try:
            services.open_discussion(
                reflection=reflection, outcome=outcome, by=request.user
            )
        except services.TooFewViews:
            return _discussion_page(request, reflection, outcome, too_few=True)
        messages.success(request, _("The discussion is open."))
        if "room" in request.POST:
            return redirect(reflection_url("session_detail", reflection))
        return redirect(
            reflection_url(
                "discussion_detail", reflection, module=module, number=number
            )
        )
    return _discussion_page(request, reflection, outcome)


def _discussion_page(request, reflection, outcome, *, too_few=False):
    session = selectors_room.running_session(reflection, request.user)
    return render(
        request,
        "assessments/discussion_detail.html",
        {
            "reflection": reflection,
            "outcome": outcome,
            "too_few": too_few,
            "spread": selectors_room.spread_of(reflection, outcome),
            "note": Answer.objects.visible_to(request.user)
            .filter(
                reflection=reflection,
                outcome=outcome,
                question=Question.DISCUSSION_NOTE,
            )
            .first(),
            "room_url": reflection_url("session_detail", reflection) if session else "",
            "may_open": holds(request.user, Permission.OPEN_DISCUSSION, reflection),
            "may_edit": holds(request.user, Permission.EDIT_ANSWERS, reflection),
        },
        status=409 if too_few else 200,
    )


def _own_view_url(reflection, outcome):
    return reflection_url(
        "own_view_edit",
        reflection,
        module=outcome.module.code,
        number=outcome.number,
    )


def _outcome(outcomes, module, number):
    for outcome in outcomes:
        if (outcome.module.code, outcome.number) == (module, number):
            return outcome
    raise Http404


def _own_views_page(request, reflection, outcomes, *, here, onward):
    """Show one's own views, or save what was sent and go where the person wanted.

    What came too late or was changed in another tab stays on the page, beside what was saved.
    """
    frozen = selectors_room.opened_outcomes(reflection)
    views = selectors_room.own_views(reflection, request.user)
    criteria = {}
    for criterion in read_over(
        reflection.cycle.edition, Criterion.objects.filter(outcome__in=outcomes)
    ):
        criteria.setdefault(criterion.outcome_id, []).append(criterion)
    context = {"reflection": reflection, "here": here, "back": None}

    if request.method != "POST":
        if not holds(request.user, Permission.RECORD_VIEW, reflection):
            return to_read(request, reflection)
        form = OwnViewsForm(outcomes, views, frozen=frozen)
        return _page(request, context, form, criteria)
    data = _settled(request.POST, outcomes, views)
    if by_script(request):  # it sends the outcomes that changed, and no others
        outcomes = [o for o in outcomes if f"view-{o.pk}-version" in data]
    form = OwnViewsForm(outcomes, views, data=data, frozen=frozen)
    saved = services.save_views(
        reflection=reflection,
        opinions=form.opinions(),
        language=get_language(),
        by=request.user,
    )
    if by_script(request):
        return _saved_by_script(request, form, saved)
    if not (form.errors or saved.conflicts or saved.too_late):
        messages.success(
            request,
            _("Saved at %(time)s") % {"time": time_format(timezone.localtime(), "H:i")},
        )
        return redirect(_where_to(request, reflection, here=here, onward=onward))

    # Show the page again with what was typed, made from what is stored now.
    views = selectors_room.own_views(reflection, request.user)
    data = data.copy()
    for outcome_id, version in saved.versions.items():
        data[f"view-{outcome_id}-version"] = version
        view = views.get(outcome_id)
        if view and version == view.version:
            data[f"view-{outcome_id}-was"] = fingerprint(
                view.choice, view.text, view.is_shared
            )
    frozen = selectors_room.opened_outcomes(reflection)
    form = OwnViewsForm(
        outcomes, views, data=data, frozen=frozen, conflicts=saved.conflicts
    )
    by_id = {outcome.pk: outcome for outcome in outcomes}
    context["too_late"] = [
        (
            by_id[outcome_id],
            opinion,
            words_of_choice(by_id[outcome_id], opinion.choice),
        )
        for outcome_id, opinion in saved.too_late.items()
    ]
    context["changed"] = saved.changed
    context["errors"] = [
        labelled_error(
            form[f"view-{outcome_id}-choice"],
            by_id[outcome_id],
            _("You changed this view in another tab while you were writing."),
        )
        for outcome_id in saved.conflicts
    ]
    status = 409 if saved.conflicts or saved.too_late else 422
    return _page(request, context, form, criteria, status=status)


def _page(request, context, form, criteria, status=200):
    return render(
        request,
        "assessments/own_views_edit.html",
        context | {"form": form, "rows": form.rows(criteria)},
        status=status,
    )


def _saved_by_script(request, form, saved):
    """The reply to a save while typing, as the pages of answers give it."""
    stored = OwnViewsForm(form.outcomes, saved.conflicts, conflicts=saved.conflicts)
    status = 422 if form.errors else 200
    if saved.conflicts:
        status = 409
    if saved.too_late:
        status = 410
    return JsonResponse(
        {
            "saved_at": time_format(timezone.localtime(), "H:i"),
            "versions": {f"view-{pk}": v for pk, v in saved.versions.items()},
            "changed": [f"view-{pk}" for pk in saved.changed],
            "conflicts": [f"view-{pk}" for pk in saved.conflicts],
            "theirs": {
                row.key: render_to_string(
                    "assessments/_view_conflict.html", {"row": row}, request
                )
                for row in stored.rows({})
                if row.theirs
            },
            "errors": {name: found[0] for name, found in form.errors.items()},
            "languages": {},
            "parts": {},
        },
        status=status,
    )


def _settled(data, outcomes, views):
    """The posted page, with the other tab's view where that one was chosen to count."""
    for outcome in outcomes:
        key = f"view-{outcome.pk}"
        view = views.get(outcome.pk)
        if view and data.get("keep_mine") == key:
            data = data.copy()
            data[f"{key}-version"] = view.version
        if view and data.get("use_theirs") == key:
            data = data.copy()
            data[f"{key}-choice"] = view.choice
            data[f"{key}-text"] = view.text
            data[f"{key}-version"] = view.version
            data.pop(f"{key}-shared", None)
            if view.is_shared:
                data[f"{key}-shared"] = "on"
    return data


def _where_to(request, reflection, *, here, onward):
    if language := request.POST.get("switch_to"):
        with override(language if language in {"cy", "en"} else get_language()):
            return reverse_in_language(request)
    if {"stay", "keep_mine", "use_theirs"} & set(request.POST):
        return here
    if "leave" in request.POST:
        return reflection_url("reflection_detail", reflection)
    return onward
