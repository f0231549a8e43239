"""What may be named as a predecessor: something of another edition, and never round in a circle.

Pure functions, for the forms of the admin and for files alike.
"""

from django.utils.translation import gettext_lazy as _

SAME_EDITION = _("a predecessor is in another edition")
NOT_IN_THE_EDITION_BEFORE = _(
    "this predecessor is not in the edition that is named as the edition before"
)
CIRCLE = _("the predecessors would lead round in a circle")


def fault_of_edition(code, before, before_of):
    """Why the edition ``before`` cannot be the predecessor of ``code``; None where it can.

    ``before_of`` gives the predecessor of an edition, or None; all are codes.
    """
    if before == code:
        return SAME_EDITION
    return CIRCLE if leads_to(before, code, before_of) else None


def fault_of_part(code, before, edition_of_predecessor):
    """Why a part of the edition ``code`` cannot have a predecessor there; None where it can.

    ``before`` is the edition that is named as its edition before, or None; all are codes.
    """
    if edition_of_predecessor == code:
        return SAME_EDITION
    if before and edition_of_predecessor != before:
        return NOT_IN_THE_EDITION_BEFORE
    return None


def leads_to(thing, target, before_of):
    """Whether the predecessors of ``thing``, itself among them, hold ``target`` or go in a circle."""
    seen = set()
    while thing is not None:
        if thing == target or thing in seen:
            return True
        seen.add(thing)
        thing = before_of(thing)
    return False


def before_in(model):
    """For ``leads_to``: what gives the number of a row's predecessor, with a query each."""

    def before_of(pk):
        rows = model.objects.filter(pk=pk).values_list("predecessor", flat=True)
        return rows.first()

    return before_of
