"""The self-reflections of one's clusters, and the contents of one."""

from django.db.models import Max
from django.shortcuts import redirect, render

from assessments import selectors
from assessments.last_cycle import load_last_answers
from assessments.models import SelfReflection, Submission, followed_by
from assessments.rules import is_officer_of_the_board
from assessments.selectors import room as selectors_room
from assessments.views import outline
from assessments.views.flags import open_flags
from assessments.views.loading import reflection_url, visible
from frameworks.errata import read_over
from organisations.models import CLUSTER_ROLES
from organisations.permissions import Permission, holds


def mine(request):
    """The self-reflections of one's clusters, or the only one at once; and what those submitted
    that these clusters follow."""
    cluster_ids = request.user.cluster_ids(*CLUSTER_ROLES)
    reflections = list(
        SelfReflection.objects.visible_to(request.user)
        .filter(cluster__in=cluster_ids)
        .with_shown_state()
        .with_name_then()
        .select_related("cluster", "cycle")
        .order_by("-cycle__opens_at", "cluster__pk")
    )
    followed = list(
        SelfReflection.objects.visible_to(request.user)
        .filter(cluster__in=followed_by(request.user))
        .exclude(cluster__in=cluster_ids)
        .annotate(submission_number=Max("submissions__number"))
        .filter(submission_number__isnull=False)
        .with_name_then()
        .select_related("cluster", "cycle")
        .order_by("-cycle__opens_at", "cluster__pk")
    )
    current = [
        reflection for reflection in reflections if not reflection.cycle.closed_at
    ]
    if len(current) == 1 and len(reflections) == 1 and not followed:
        return redirect(reflection_url("reflection_detail", current[0]))
    return render(
        request,
        "assessments/mine.html",
        {"reflections": reflections, "followed": followed},
    )


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
        "may_extend": holds(request.user, Permission.GRANT_EXTENSION, reflection),
        "may_read_states": holds(request.user, Permission.READ_STATES, reflection),
        "may_return": holds(request.user, Permission.RETURN_REFLECTION, reflection),
        "may_view_people": holds(
            request.user, Permission.VIEW_PEOPLE, reflection.cluster
        ),
    }
    context |= _agreement(request.user, reflection)
    if context["may_read_answers"]:
        sheet = selectors.load_sheet(reflection)
        context["sheet"] = sheet
        context |= _contents(request, reflection, sheet)
        if context["may_edit"]:
            context["session"] = selectors_room.running_session(
                reflection, request.user
            )
    else:
        context |= _for_readers(request, reflection, submissions)
    return render(request, "assessments/reflection_detail.html", context)


def _agreement(user, reflection):
    """Whether a board may record the agreement here; or who does where peers review it."""
    is_officer = is_officer_of_the_board(user, reflection)
    may = is_officer and holds(user, Permission.RECORD_AGREEMENT, reflection)
    waits = reflection.state in {
        SelfReflection.State.SUBMITTED,
        SelfReflection.State.IN_REVIEW,
    }
    asks = is_officer and waits and not may
    return {
        "may_record_agreement": may,
        "facilitators": selectors.facilitators_of(reflection) if asks else [],
    }


def _for_readers(request, reflection, submissions):
    """What those outside the cluster see: the levels that were sent last, and for its board how
    far a draft is."""
    board = reflection.cluster.health_board
    sees_progress = holds(request.user, Permission.VIEW_BOARD_RESULTS, board)
    context = {"results_board": board if sees_progress else None}
    if submissions:
        context["submission"] = submissions[0]
        rows = selectors.submitted_outcomes(submissions[0], reflection.cycle.edition)
        context["submitted_outcomes"] = rows
        context["has_agreed_levels"] = any(hasattr(row, "agreed_level") for row in rows)
    if sees_progress and (reflection.is_unsent or not submissions):
        context["answered"], context["total"] = selectors.progress(reflection)
    return context


def _contents(request, reflection, sheet):
    """The pages of the form that were asked for, and the next thing to do."""
    last_answers = load_last_answers(reflection, sheet, user=request.user)
    flags = list(open_flags(request, reflection).select_related("criterion"))
    flagged = filter(None, (flag.criterion for flag in flags))
    read_over(reflection.cycle.edition, flagged)
    parts = outline.outline(
        reflection,
        sheet,
        flags=flags,
        last_answers=last_answers,
    )
    show = outline.Show.of(request)
    return {
        "show": show.value,
        "parts": outline.shown(parts, show),
        "filters": outline.filters(parts, with_last_cycle=last_answers is not None),
        "next_line": outline.next_line(parts),
    }
