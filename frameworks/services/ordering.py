"""The order of modules, outcomes and criteria: numbers without gaps, from 1."""

from django.db import transaction

from organisations.audit import record_changed, values
from organisations.permissions import Permission, authorise

PARKED = 10_000  # above every number that a person may give


@transaction.atomic
def put_in_order(things):
    """Number ``things``, rows that are counted together, 1, 2, 3 …; returns those that changed.

    In two steps: a number is taken by one row at a time, at every moment.
    """
    changed = []
    for number, thing in enumerate(things, start=1):
        if thing.number != number:
            changed.append(thing)
            thing.number = PARKED + number
    if changed:
        rows = type(changed[0])._base_manager
        rows.bulk_update(changed, ["number"])
        for thing in changed:
            thing.number -= PARKED
        rows.bulk_update(changed, ["number"])
    return changed


def arranged(wishes):
    """Things in the order that was wished for: ``wishes`` are triples of a thing, its number before
    (None for a new one) and the number it shall have (None for the end).

    Whoever moved up or is new goes before the one that has the number, whoever moved down after it.
    """

    def place(wish):
        _thing, before, wished = wish
        if wished is None:
            return (PARKED, 0)
        if before is None or wished < before:
            return (wished, 0)
        return (wished, 1 if wished == before else 2)

    return [thing for thing, _before, _wished in sorted(wishes, key=place)]


@transaction.atomic
def move(*, thing, siblings, by, places):
    """Move ``thing`` among ``siblings``, all that are counted with it, by so many places."""
    authorise(by, Permission.ADMINISTER, thing)
    siblings = list(siblings.select_for_update(no_key=True).order_by("number"))
    before = {sibling.pk: values(sibling) for sibling in siblings}
    at = siblings.index(thing)
    moved = siblings.pop(at)
    siblings.insert(max(0, at + places), moved)
    for sibling in put_in_order(siblings):
        record_changed(sibling, before[sibling.pk], by=by)
