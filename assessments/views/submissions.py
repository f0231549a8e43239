"""Reading it all, checking, submitting and withdrawing."""

import json

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from assessments import comparison, selectors, services, snapshot
from assessments.evidence import load_by_outcome
from assessments.models import SelfReflection, Submission
from assessments.rules import leads_the_cluster
from assessments.views.flags import open_flags
from assessments.views.loading import readable, reflection_url, time_is_over
from organisations.permissions import Permission, holds


def draft_detail(request, cycle, cluster):
    """The self-reflection as its own cluster has written it so far, to read or print."""
    reflection = readable(request, cycle, cluster)
    content = snapshot.build(
        selectors.load_sheet(reflection), load_by_outcome(reflection)
    )
    return render(
        request,
        "assessments/draft_detail.html",
        {"reflection": reflection, "content": content},
    )


def _submission(request, cycle, cluster, number):
    """The submission of an address, with the names of its cluster that are frozen in it."""
    submission = get_object_or_404(
        Submission.objects.visible_to(request.user).select_related(
            "reflection__cycle", "reflection__cluster__health_board"
        ),
        reflection__cycle__code=cycle,
        reflection__cluster__code=cluster,
        number=number,
    )
    content = json.loads(submission.content)
    submission.reflection.names_then = content["cluster"]["name"]
    return submission


def submission_detail(request, cycle, cluster, number):
    """What was submitted, as it was sent."""
    submission = _submission(request, cycle, cluster, number)
    board = submission.reflection.cluster.health_board
    sees_results = holds(request.user, Permission.VIEW_BOARD_RESULTS, board)
    return render(
        request,
        "assessments/submission_detail.html",
        {
            "results_board": board if sees_results else None,
            "submission": submission,
            "reflection": submission.reflection,
            "content": _with_agreed_levels(submission),
            "numbers": selectors.submission_numbers(submission.reflection),
        },
    )


def submission_changes(request, cycle, cluster, number):
    """What changed from an earlier submission, the one before unless the address says ``since``."""
    submission = _submission(request, cycle, cluster, number)
    if number == 1:
        return redirect(
            reflection_url("submission_detail", submission.reflection, number=number)
        )
    since = request.GET.get("since", str(number - 1))
    if not (since.isdecimal() and len(since) < 5 and 0 < int(since) < number):
        raise Http404
    earlier = _submission(request, cycle, cluster, int(since))
    board = submission.reflection.cluster.health_board
    sees_results = holds(request.user, Permission.VIEW_BOARD_RESULTS, board)
    return render(
        request,
        "assessments/submission_changes.html",
        {
            "results_board": board if sees_results else None,
            "reflection": submission.reflection,
            "submission": submission,
            "earlier": earlier,
            "earlier_numbers": range(number - 1, 0, -1),
            "comparison": comparison.compare(
                json.loads(earlier.content), json.loads(submission.content)
            ),
        },
    )


def _with_agreed_levels(submission):
    """The frozen content, and beside each outcome the level agreed since."""
    content = json.loads(submission.content)
    agreed = selectors.agreed_levels(submission)
    for module in content["modules"]:
        for outcome in module["outcomes"]:
            outcome["agreed"] = agreed.get((module["code"], outcome["number"]))
    return content


def reflection_check(request, cycle, cluster):
    """Before submitting: what is missing, and that it may be sent all the same."""
    reflection = readable(request, cycle, cluster)
    if not reflection.is_unsent:
        return redirect(reflection_url("reflection_detail", reflection))
    return _check_page(request, reflection)


def _check_page(request, reflection, *, unconfirmed=False):
    sheet = selectors.load_sheet(reflection)
    latest = reflection.latest_submission
    return render(
        request,
        "assessments/reflection_check.html",
        {
            "reflection": reflection,
            "sheet": sheet,
            "flagged_count": open_flags(request, reflection)
            .order_by()
            .values("outcome")
            .distinct()
            .count(),
            "latest_submission": latest,
            "comparison": latest
            and comparison.compare(json.loads(latest.content), snapshot.build(sheet)),
            "may_submit": holds(request.user, Permission.SUBMIT_REFLECTION, reflection),
            "leads": leads_the_cluster(request.user, reflection),
            "unconfirmed": unconfirmed,
            "errors": [
                _(
                    "Say that the self-reflection may be sent incomplete, or complete it."
                )
            ]
            if unconfirmed
            else [],
        },
        status=422 if unconfirmed else 200,
    )


def reflection_submit(request, cycle, cluster):
    reflection = readable(request, cycle, cluster)
    if request.method != "POST":  # a reloaded or remembered address
        return redirect(reflection_url("reflection_detail", reflection))
    try:
        services.submit(
            reflection=reflection,
            by=request.user,
            incomplete_confirmed="incomplete" in request.POST,
        )
    except services.Incomplete:
        return _check_page(request, reflection, unconfirmed=True)
    except services.TooLate:
        reflection = readable(request, cycle, cluster)
        messages.error(
            request,
            time_is_over(reflection)
            if reflection.time_is_over
            else _("The cycle has closed. Nothing can be submitted any more."),
        )
    except services.NotNow:
        reflection.refresh_from_db(fields=["state"])
        if reflection.state == SelfReflection.State.SUBMITTED:  # pressed twice
            messages.success(request, _("Your self-reflection has been submitted."))
        else:
            messages.info(request, _("This self-reflection cannot be submitted now."))
    else:
        messages.success(request, _("Your self-reflection has been submitted."))
    return redirect(reflection_url("reflection_detail", reflection))


def reflection_withdraw(request, cycle, cluster):
    reflection = readable(request, cycle, cluster)
    if request.method != "POST":  # a reloaded or remembered address
        return redirect(reflection_url("reflection_detail", reflection))
    try:
        services.withdraw(reflection=reflection, by=request.user)
    except services.NotNow:
        reflection.refresh_from_db(fields=["state"])
        if not reflection.is_unsent:  # otherwise it was pressed twice
            messages.info(
                request, _("This self-reflection can no longer be withdrawn.")
            )
    else:
        messages.success(
            request,
            _("The self-reflection is a draft again. Readers keep what was submitted."),
        )
    return redirect(reflection_url("reflection_detail", reflection))
