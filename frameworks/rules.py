"""Who may do what with the framework."""

import rules

from organisations.models import Role
from organisations.permissions import Permission
from organisations.rules import is_administrator


@rules.predicate
def is_translator(user):
    return user.has_role(Role.TRANSLATOR)


rules.add_perm(Permission.TRANSLATE, is_translator | is_administrator)
