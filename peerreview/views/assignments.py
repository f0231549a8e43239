"""What reviewers and facilitators say of their own part: declining it, and an interest."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.models import User
from organisations.permissions import Permission, authorise
from peerreview.forms.rounds import ReasonForm
from peerreview.models import Assignment, Interest, ReviewGroup
from peerreview.selectors.groups import review_to_have_a_part_in
from peerreview.services import assignments as services
from peerreview.views.groups import to_group
from peerreview.views.loading import visible_review, visible_round
from peerreview.views.rounds import draw, says_more

CLOSED = gettext_lazy("The round is closed.")
NOT_ASKED = gettext_lazy("You are no longer asked to do anything in this group.")
SAID_ALREADY = gettext_lazy(
    "You have said already that you should not review this cluster."
)
WITHDRAWN = gettext_lazy("The cluster has withdrawn from the round already.")


def _sent(request):
    return request.POST if request.method == "POST" else None


def assignment_decline(request, round, group):  # noqa: A002
    """Say that one does not review or facilitate in a group."""
    assignment = (
        Assignment.objects.visible_to(request.user)
        .filter(
            group__round__code=round,
            group__round__announced_at__isnull=False,
            group__number=group,
            user=request.user,
        )
        .select_related("group__round")
        .prefetch_related("group__round__phases")
        .order_by("pk")
        .last()
    )
    if assignment is None:
        known = ReviewGroup.objects.visible_to(request.user)
        if known.filter(round__code=round, number=group).exists():
            raise PermissionDenied("no part of this person's in the group")
        raise Http404("no such group")
    review_round = assignment.group.round
    hindrance = ""
    if review_round.is_closed:
        hindrance = CLOSED
    elif assignment.ended_at:
        hindrance = NOT_ASKED
    if hindrance and not says_more(request, assignment.reason):
        messages.info(request, hindrance)
        return redirect("peerreview:round_list")
    form = ReasonForm(
        _sent(request),
        label=_("Reason (optional)"),
        hint=_("Only whoever arranges the round reads this."),
        initial={"written_in": ""},
    )
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and not hindrance and form.is_valid():
        try:
            declined = services.decline(
                assignment=assignment, by=request.user, **form.values()
            )
        except services.RoundNotRunning:
            hindrance = CLOSED
        except services.AlreadyEnded:
            hindrance = NOT_ASKED
        else:
            if not says_more(request, declined.reason):
                messages.success(
                    request,
                    _("You have declined. Whoever arranges the round can see it."),
                )
                return redirect("peerreview:round_list")
            hindrance = NOT_ASKED
    return draw(
        request,
        "group_decline",
        {
            "round": review_round,
            "group": assignment.group,
            "assignment": assignment,
        },
        form=form,
        changed=hindrance,
    )


def interest_declare(request, round, cluster):  # noqa: A002
    """Say that one should not review one cluster of one's group."""
    review = _reviewed(request, round, cluster)
    declared = (
        Interest.objects.visible_to(request.user)
        .filter(review=review, user=request.user)
        .first()
    )
    hindrance = ""
    if review.round.is_closed:
        hindrance = CLOSED
    elif declared:
        hindrance = SAID_ALREADY
    elif not review.is_part_of_the_reader:
        hindrance = NOT_ASKED if review.takes_part else WITHDRAWN
    if hindrance and not says_more(request, declared.reason if declared else ""):
        messages.info(request, hindrance)
        return to_group(review.group)
    form = ReasonForm(
        _sent(request),
        label=_("Reason (optional)"),
        hint=_("Only whoever arranges the round reads this."),
        initial={"written_in": ""},
    )
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and not hindrance and form.is_valid():
        try:
            interest = services.declare_interest(
                review=review, by=request.user, **form.values()
            )
        except services.RoundNotRunning:
            hindrance = CLOSED
        else:
            if not says_more(request, interest.reason):
                messages.success(
                    request,
                    _(
                        "You no longer review this cluster, and cannot read it any more."
                    ),
                )
                return to_group(review.group)
            hindrance = SAID_ALREADY
    return draw(
        request,
        "group_interest",
        {
            "round": review.round,
            "group": review.group,
            "review": review,
        },
        form=form,
        changed=hindrance,
    )


def _reviewed(request, round_code, cluster):
    """The review of a cluster in a group in which this person has a part.

    Whether or not they can read it yet: an interest is said before reading begins. 403 for whoever
    may know of the review and has no part in it, or works in the cluster; 404 for others. Whoever
    had a part while they typed a reason gets it back.
    """
    review = review_to_have_a_part_in(
        request.user,
        round_code,
        cluster,
        or_had_one=says_more(request, ""),
    )
    if review is None:
        visible_review(request, round_code, cluster)
        raise PermissionDenied("no reviewer of the cluster")
    review.group.round = review.round
    return review


def interest_take_back(request, round, cluster, person):  # noqa: A002
    """Let a reviewer read a cluster again; for whoever arranges the round."""
    review_round = visible_round(request, round)
    authorise(request.user, Permission.ORGANISE_ROUND, review_round)
    review = visible_review(request, round, cluster)
    if request.method == "POST":
        interest = get_object_or_404(
            Interest.objects.visible_to(request.user).select_related(
                "review__round", "user"
            ),
            review=review,
            # The number of an address may be larger than any that the database knows.
            user__in=User.objects.filter(pk=person),
        )
        services.take_interest_back(interest=interest, by=request.user)
        messages.success(
            request, "{}: {}".format(_("Reviews the cluster again"), interest.user)
        )
    return redirect("peerreview:round_detail", round=review_round.code)
