"""Who may do what with the organisations and in Django admin."""

import rules

from organisations.permissions import Permission


@rules.predicate
def is_administrator(user):
    return user.is_staff


rules.add_perm(Permission.ADMINISTER, is_administrator)
