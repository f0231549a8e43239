"""Who may do what with cycles, self-reflections and submissions."""

import rules

from assessments.models import ReviewAccess, SelfReflection
from organisations.models import (
    CLUSTER_ROLES,
    LEAD_ROLES,
    Membership,
    Role,
    Succession,
)
from organisations.permissions import Permission
from organisations.rules import is_administrator

State = SelfReflection.State


@rules.predicate
def works_in_the_cluster(user, reflection):
    return reflection.cluster_id in user.cluster_ids(*CLUSTER_ROLES)


@rules.predicate
def leads_the_cluster(user, reflection):
    return reflection.cluster_id in user.cluster_ids(*LEAD_ROLES)


@rules.predicate
def is_officer_of_the_board(user, reflection):
    return reflection.cluster.health_board_id in user.health_board_ids()


@rules.predicate
def is_officer_of_this_board(user, board):
    return board.pk in user.health_board_ids()


@rules.predicate
def is_national_officer(user):
    return user.has_role(Role.NATIONAL_OFFICER)


@rules.predicate
def may_read(user, submission):
    return type(submission).objects.visible_to(user).filter(pk=submission.pk).exists()


@rules.predicate
def takes_answers(user, reflection):
    return reflection.takes_answers


@rules.predicate
def has_time_left(user, reflection):
    # Whoever got it back after the closing hour could never send it again.
    return reflection.is_in_time


@rules.predicate
def may_be_extended(user, reflection):
    return reflection.may_be_extended


def _access(reflection, *roles):
    return ReviewAccess.objects.running().filter(reflection=reflection, role__in=roles)


@rules.predicate
def reviews(user, reflection):
    """As a peer: whoever becomes a member of the cluster is none any more."""
    return (
        not works_in_the_cluster(user, reflection)
        and _access(reflection, *ReviewAccess.REVIEWING).filter(user=user).exists()
    )


@rules.predicate
def facilitates(user, reflection):
    return (
        not works_in_the_cluster(user, reflection)
        and _access(reflection, ReviewAccess.Role.FACILITATOR)
        .filter(user=user)
        .exists()
    )


@rules.predicate
def is_under_peer_review(user, reflection):
    """Whether a group has a facilitator for it now, who records what the group agrees."""
    members = Membership.objects.current().filter(
        role__in=CLUSTER_ROLES, cluster=reflection.cluster_id
    )
    return (
        _access(reflection, ReviewAccess.Role.FACILITATOR)
        .exclude(user__in=members.values("user"))
        .exists()
    )


def _carries_on(cluster_ids, action):
    """Whether one of those clusters is the action's, or follows the one that it was of."""
    cluster = action.reflection.cluster_id
    return bool(cluster_ids) and (
        cluster in cluster_ids
        or Succession.objects.in_effect()
        .filter(predecessor=cluster, successor__in=cluster_ids)
        .exists()
    )


@rules.predicate
def works_in_the_actions_cluster(user, action):
    return _carries_on(user.cluster_ids(*CLUSTER_ROLES), action)


@rules.predicate
def leads_the_actions_cluster(user, action):
    return _carries_on(user.cluster_ids(*LEAD_ROLES), action)


@rules.predicate
def is_officer_over_the_action(user, action):
    return is_officer_of_the_board(user, action.reflection)


def in_state(*states):
    @rules.predicate
    def is_in_state(user, reflection):
        return reflection.state in states

    return is_in_state


is_reviewed = in_state(State.IN_REVIEW, State.AGREED)

rules.add_perm(Permission.READ_ANSWERS, works_in_the_cluster)
rules.add_perm(Permission.EDIT_ANSWERS, works_in_the_cluster & takes_answers)
rules.add_perm(Permission.RECORD_VIEW, works_in_the_cluster & takes_answers)
rules.add_perm(Permission.OPEN_DISCUSSION, leads_the_cluster & takes_answers)
rules.add_perm(Permission.FACILITATE, works_in_the_cluster & takes_answers)
rules.add_perm(
    Permission.SUBMIT_REFLECTION,
    leads_the_cluster & in_state(State.DRAFT) & takes_answers,
)
rules.add_perm(
    Permission.WITHDRAW_REFLECTION,
    leads_the_cluster & in_state(State.SUBMITTED) & has_time_left,
)
rules.add_perm(
    Permission.RETURN_REFLECTION,
    (
        is_officer_of_the_board & in_state(State.SUBMITTED)
        | in_state(State.IN_REVIEW) & facilitates
    )
    & has_time_left,
)
rules.add_perm(Permission.GRANT_EXTENSION, is_officer_of_the_board & may_be_extended)
rules.add_perm(
    Permission.READ_STATES,
    works_in_the_cluster | is_officer_of_the_board | is_national_officer,
)
rules.add_perm(
    Permission.BEGIN_REVIEW,
    (is_officer_of_the_board | reviews) & in_state(State.SUBMITTED),
)
rules.add_perm(
    Permission.RECORD_AGREEMENT,
    is_officer_of_the_board
    & in_state(State.SUBMITTED, State.IN_REVIEW)
    & ~is_under_peer_review
    | in_state(State.IN_REVIEW) & facilitates,
)
rules.add_perm(
    Permission.KEEP_ACTIONS, works_in_the_cluster | facilitates & is_reviewed
)
rules.add_perm(Permission.CHANGE_ACTION, works_in_the_actions_cluster)
rules.add_perm(
    Permission.ESCALATE_ACTION, leads_the_actions_cluster | is_officer_over_the_action
)
rules.add_perm(Permission.READ_SUBMISSION, may_read)
rules.add_perm(Permission.MANAGE_CYCLES, is_national_officer | is_administrator)
rules.add_perm(Permission.OPEN_CYCLE, is_national_officer | is_administrator)
rules.add_perm(Permission.EXTEND_CYCLE, is_national_officer | is_administrator)
rules.add_perm(Permission.CLOSE_CYCLE, is_national_officer | is_administrator)
rules.add_perm(Permission.ENTER_FIGURES, is_officer_of_this_board | is_national_officer)
