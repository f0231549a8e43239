"""What every page of Django admin shares: the site, the audit and its history, the languages.

An admin is an ``AuditedAdmin``, or a ``BilingualAdmin`` where it has texts, and has with that,
without a line of its own: events with what was there before and after; the history page; both
texts where two people edit one thing; and a search that asks for no accents.
"""

from organisations.admin_base import site
from organisations.admin_base.audited import (
    AuditedAdmin,
    BilingualAdmin,
    ReadOnlyAdmin,
)
from organisations.admin_base.history import named

__all__ = ["AuditedAdmin", "BilingualAdmin", "ReadOnlyAdmin", "named", "site"]
