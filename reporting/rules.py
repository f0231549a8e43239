"""Who may read the results of a health board, and of Wales."""

import rules

from assessments.rules import is_national_officer
from organisations.permissions import Permission


@rules.predicate
def is_officer_of(user, health_board):
    return health_board.pk in user.health_board_ids()


rules.add_perm(Permission.VIEW_BOARD_RESULTS, is_national_officer | is_officer_of)
rules.add_perm(Permission.VIEW_NATIONAL_RESULTS, is_national_officer)
