"""What people may read in a round, derived from who reviews whom; never written by hand."""

import datetime

from django.db import transaction
from django.utils import timezone

from assessments.models import ReviewAccess, SelfReflection
from assessments.services import set_review_access
from organisations.models import CLUSTER_ROLES, Membership
from peerreview.models import Assignment, Interest, ReviewPhase

Kind = ReviewPhase.Kind


@transaction.atomic
def derive_access(*, review_round, by):
    """Let exactly those read who are to, from the first day of reading to the first of closing.

    Called at the end of every change of who reviews whom, or when; whoever calls it holds the lock
    of the round and has asked whether ``by`` may do what they did. Before a round is announced,
    nobody reads anything.
    """
    days = dict(review_round.phases.values_list("kind", "starts_on"))
    set_review_access(
        source=review_round.code,
        wanted=wanted_access(review_round) if review_round.is_announced else {},
        starts_at=beginning_of(days[Kind.READING]),
        ends_at=beginning_of(days[Kind.CLOSED]),
        by=by,
    )


def beginning_of(day):
    """The first instant of ``day`` in Wales."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def wanted_access(review_round):
    """A role by pairs of a self-reflection's and a person's number: five queries.

    The reviewers and the facilitator of each group read its clusters that take part; not those in
    which they hold a membership or have said that they should not. They read what the cluster
    submitted in the cycle before as well.
    """
    reviews = list(
        review_round.reviews.taking_part()
        .exclude(group=None)
        .select_related("reflection__cycle")
    )
    assignments = list(
        Assignment.objects.running()
        .filter(group__round=review_round)
        .values_list("group", "user", "role")
    )
    interests = set(
        Interest.objects.filter(review__round=review_round).values_list(
            "review", "user"
        )
    )
    members = set(
        Membership.objects.current()
        .filter(
            role__in=CLUSTER_ROLES,
            user__in={user for _group, user, _role in assignments},
        )
        .values_list("cluster", "user")
    )
    before = _before(review_round, reviews)
    wanted = {}
    for review in reviews:
        reflection, earlier = (
            review.reflection,
            before.get(review.reflection.cluster_id),
        )
        for group, user, role in assignments:
            if (
                group == review.group_id
                and (review.pk, user) not in interests
                and (reflection.cluster_id, user) not in members
            ):
                wanted[reflection.pk, user] = role
                if earlier:
                    wanted[earlier, user] = ReviewAccess.Role.READER
    return wanted


def _before(review_round, reviews):
    """What each cluster submitted last in an earlier cycle, by the cluster's number."""
    rows = (
        SelfReflection.objects.filter(
            cluster__in=[review.reflection.cluster_id for review in reviews],
            cycle__opened_at__isnull=False,
            cycle__opens_at__lt=review_round.cycle.opens_at,
            submissions__isnull=False,
        )
        .order_by("cycle__opens_at", "pk")
        .values_list("cluster", "pk")
    )
    return dict(rows)
