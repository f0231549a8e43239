"""The self-reflections of one's clusters, and the contents of one."""

from django.shortcuts import redirect, render

from assessments import selectors
from assessments.models import SelfReflection, Submission
from assessments.views.loading import outcome_url, reflection_url, visible
from organisations.models import CLUSTER_ROLES
from organisations.permissions import Permission, holds


def mine(request):
    """The self-reflections of one's clusters, or the only one at once."""
    cluster_ids = request.user.cluster_ids(*CLUSTER_ROLES)
    reflections = list(
        SelfReflection.objects.visible_to(request.user)
        .filter(cluster__in=cluster_ids)
        .with_shown_state()
        .select_related("cluster", "cycle")
        .order_by("-cycle__opens_at", "cluster__pk")
    )
    current = [
        reflection for reflection in reflections if not reflection.cycle.closed_at
    ]
    if len(current) == 1 and len(reflections) == 1:
        return redirect(reflection_url("reflection_detail", current[0]))
    return render(request, "assessments/mine.html", {"reflections": reflections})


def reflection_detail(request, cycle, cluster):
    """The contents: the state of every part, what is unanswered, and what can be done now.

    Readers from outside the cluster see how far it is, and its submissions.
    """
    reflection = visible(request, cycle, cluster)
    submissions = list(
        Submission.objects.visible_to(request.user)
        .filter(reflection=reflection)
        .order_by("-number")
    )
    context = {
        "reflection": reflection,
        "submissions": submissions,
        "last_change": reflection.last_change,
        "may_read_answers": holds(request.user, Permission.READ_ANSWERS, reflection),
        "may_edit": holds(request.user, Permission.EDIT_ANSWERS, reflection),
        "may_submit": holds(request.user, Permission.SUBMIT_REFLECTION, reflection),
        "may_withdraw": holds(request.user, Permission.WITHDRAW_REFLECTION, reflection),
        "may_return": holds(request.user, Permission.RETURN_REFLECTION, reflection),
        "may_record_agreement": holds(
            request.user, Permission.RECORD_AGREEMENT, reflection
        ),
    }
    if context["may_read_answers"]:
        sheet = selectors.load_sheet(reflection)
        context["sheet"] = sheet
        context["next_page"] = _next_page(reflection, sheet)
    else:
        context |= _for_readers(request, reflection, submissions)
    return render(request, "assessments/reflection_detail.html", context)


def _for_readers(request, reflection, submissions):
    """What those outside the cluster see: the levels that were sent last, and for its board how
    far a draft is."""
    board = reflection.cluster.health_board
    sees_progress = holds(request.user, Permission.VIEW_BOARD_RESULTS, board)
    context = {"results_board": board if sees_progress else None}
    if submissions:
        context["submission"] = submissions[0]
        rows = selectors.submitted_outcomes(submissions[0])
        context["submitted_outcomes"] = rows
        context["has_agreed_levels"] = any(hasattr(row, "agreed_level") for row in rows)
    if sees_progress and (reflection.is_unsent or not submissions):
        context["answered"], context["total"] = selectors.progress(reflection)
    return context


def _next_page(reflection, sheet):
    """The address of the first page that still has something to answer, or None."""
    if sheet.context.gaps:
        return reflection_url("context_edit", reflection)
    for outcome in sheet.outcomes:
        if outcome.gaps:
            return outcome_url(reflection, outcome.outcome)
    if sheet.enablers.gaps:
        return reflection_url("enablers_edit", reflection)
    return None
