"""Who may read the results of a health board and of Wales, and the dashboard of a scope."""

import rules

from assessments.models.reading import reads_cluster
from assessments.rules import is_national_officer
from organisations.models import CLUSTER_ROLES, Role
from organisations.permissions import Permission
from reporting.scopes import AUTHORITY, BOARD, CLUSTER, WALES


@rules.predicate
def is_officer_of(user, health_board):
    return health_board.pk in user.health_board_ids()


@rules.predicate
def is_something_to_a_cluster(user):
    return user.has_role(
        *CLUSTER_ROLES, Role.HEALTH_BOARD_OFFICER, Role.NATIONAL_OFFICER
    )


@rules.predicate
def is_more_than_a_cluster(user, scope):
    return not scope.is_cluster


@rules.predicate
def may_read_the_cluster(user, scope):
    return reads_cluster(user, scope.place)


@rules.predicate
def is_one_that_packs_are_of(user, scope):
    """Wales or a health board; or no scope, where the question is of any."""
    return scope is None or scope.kind in {WALES, BOARD}


@rules.predicate
def is_officer_of_the_board(user, scope):
    boards = user.health_board_ids()
    if scope is None:
        return bool(boards)
    return scope.kind == BOARD and scope.place.pk in boards


@rules.predicate
def is_officer_of_all_its_clusters(user, scope):
    boards = user.health_board_ids()
    if scope.kind == BOARD:
        return scope.place.pk in boards
    if scope.kind == CLUSTER:
        return scope.place.health_board_id in boards
    if scope.kind == AUTHORITY and boards:
        clusters = scope.clusters()
        return (
            clusters.exists() and not clusters.exclude(health_board__in=boards).exists()
        )
    return False


@rules.predicate
def is_anybody(user):
    """Who is signed in: ``holds`` asks for that before every rule."""
    return True


rules.add_perm(Permission.READ_LEARNED, is_anybody)
rules.add_perm(Permission.EDIT_LEARNED, is_national_officer)
rules.add_perm(Permission.VIEW_BOARD_RESULTS, is_national_officer | is_officer_of)
rules.add_perm(Permission.VIEW_NATIONAL_RESULTS, is_national_officer)
rules.add_perm(Permission.READ_DASHBOARD, is_something_to_a_cluster)
rules.add_perm(Permission.HOLD_TOKENS, is_something_to_a_cluster)
rules.add_perm(
    Permission.OPEN_SCOPE,
    is_something_to_a_cluster & (is_more_than_a_cluster | may_read_the_cluster),
)
rules.add_perm(
    Permission.WRITE_COMMENTARY, is_national_officer | is_officer_of_all_its_clusters
)
rules.add_perm(
    Permission.ASK_PACK,
    is_one_that_packs_are_of & (is_national_officer | is_officer_of_the_board),
)
