"""Who may do what in peer review. Each is asked on what the phase of the round allows today."""

import rules
from django.utils import timezone

from organisations.models import CLUSTER_ROLES, LEAD_ROLES, Role
from organisations.permissions import Permission
from peerreview.models import Assignment, ClusterReview


@rules.predicate
def may_begin_a_round(user):
    return user.has_role(Role.NATIONAL_OFFICER) or bool(user.health_board_ids())


@rules.predicate
def organises(user, review_round):
    """On none: whether there is a round that they could begin."""
    if review_round is None:
        return may_begin_a_round(user)
    return user.has_role(Role.NATIONAL_OFFICER) or (
        review_round.health_board_id in user.health_board_ids()
    )


@rules.predicate
def may_know(user, review):
    return ClusterReview.objects.visible_to(user).filter(pk=review.pk).exists()


@rules.predicate
def reads_as_reviewer(user, review):
    return ClusterReview.objects.read_by_reviewer(user).filter(pk=review.pk).exists()


@rules.predicate
def facilitates_the_review(user, review):
    return ClusterReview.objects.facilitated_by(user).filter(pk=review.pk).exists()


@rules.predicate
def facilitates_the_group(user, group):
    """Of a group that has a cluster which they may read as its facilitator."""
    return ClusterReview.objects.facilitated_by(user).filter(group=group).exists()


@rules.predicate
def works_in_the_reviewed_cluster(user, review):
    return review.reflection.cluster_id in user.cluster_ids(*CLUSTER_ROLES)


@rules.predicate
def leads_the_reviewed_cluster(user, review):
    return review.reflection.cluster_id in user.cluster_ids(*LEAD_ROLES)


@rules.predicate
def organises_its_round(user, review):
    return organises(user, review.round)


@rules.predicate
def is_still_to_be_agreed(user, review):
    """Known to its cluster, not closed, and nothing recorded as agreed."""
    return (
        review.round.is_announced
        and not review.round.is_closed
        and review.agreed_at is None
    )


def _phase(thing):
    return thing.round.phase if thing.round.is_announced else None


@rules.predicate
def is_running(user, thing):
    return thing.round.is_running


@rules.predicate
def reviewers_annotate_now(user, review):
    phase = _phase(review)
    return bool(phase and phase.reviewers_annotate)


@rules.predicate
def cluster_replies_now(user, review):
    phase = _phase(review)
    return bool(phase and phase.cluster_replies)


@rules.predicate
def cluster_sees_now(user, review):
    phase = _phase(review)
    return bool(phase and phase.cluster_sees)


@rules.predicate
def groups_meet_now(user, thing):
    phase = _phase(thing)
    return bool(phase and phase.is_for_meeting)


@rules.predicate
def meeting_is_not_over(user, group):
    """Until the end of the day of the meeting; without a day, while the round runs."""
    return (
        group.meets_at is None
        or timezone.localdate(group.meets_at) >= timezone.localdate()
    )


@rules.predicate
def takes_part(user, review):
    return review.takes_part


@rules.predicate
def leads_the_entrys_cluster(user, practice):
    """Or one that carries on for it."""
    return practice.is_kept_by(user.cluster_ids(*LEAD_ROLES))


@rules.predicate
def is_something_to_somebody(user):
    """To a cluster, a board or nationally, or a reviewer while the round lasts."""
    return (
        bool(user.current_memberships)
        or Assignment.objects.running().in_running_rounds().filter(user=user).exists()
    )


rules.add_perm(Permission.ORGANISE_ROUND, organises)
rules.add_perm(Permission.RUN_MEETING, facilitates_the_group & groups_meet_now)
rules.add_perm(
    Permission.READ_MEETING_NEEDS,
    facilitates_the_group & is_running & meeting_is_not_over,
)
rules.add_perm(Permission.READ_REVIEW, may_know)
rules.add_perm(Permission.READ_AS_REVIEWER, reads_as_reviewer & is_running)
rules.add_perm(
    Permission.ANNOTATE,
    is_running & (reads_as_reviewer & reviewers_annotate_now | facilitates_the_review),
)
rules.add_perm(
    Permission.REPLY_FOR_CLUSTER,
    works_in_the_reviewed_cluster & takes_part & cluster_replies_now,
)
rules.add_perm(
    Permission.RECORD_FINDINGS, facilitates_the_review & takes_part & groups_meet_now
)
rules.add_perm(Permission.SHARE_PRACTICE, leads_the_reviewed_cluster & cluster_sees_now)
rules.add_perm(
    Permission.WITHDRAW_FROM_REVIEW,
    organises_its_round | leads_the_reviewed_cluster & is_still_to_be_agreed,
)
rules.add_perm(Permission.KEEP_PRACTICE, leads_the_entrys_cluster)
rules.add_perm(Permission.READ_LIBRARY, is_something_to_somebody)
