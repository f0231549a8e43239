"""Every exhibit of the dashboard, by its key: a function from a ``Page`` to an ``Exhibit``."""

from frameworks.models import Indicator
from reporting.exhibits import (
    action_list,
    actions,
    actions_by_outcome,
    actions_escalated,
    distribution,
    factors,
    funnel,
    goal_signs,
    goals,
    heat_map,
    journey,
    needs,
    needs_by_outcome,
    over_time,
    self_and_agreed,
    signs,
    variation,
)
from reporting.exhibits.base import (
    AGREED,
    OF,
    OWN,
    Exhibit,
    Offer,
    Page,
    kind_of_note,
    numbered,
)

_MODULES = (
    distribution,
    heat_map,
    journey,
    self_and_agreed,
    signs,
    factors,
    needs,
    needs_by_outcome,
    goals,
    goal_signs,
    variation,
    funnel,
    over_time,
    actions,
    actions_by_outcome,
    actions_escalated,
    action_list,
)
EXHIBITS = {module.KEY: module.load for module in _MODULES}
# By the same keys: from a ``Page`` to an ``Offer``, or None where there is no exhibit.
OFFERS = {module.KEY: module.offer for module in _MODULES}


def is_note_key(key):
    """Whether there is, or was, an exhibit that commentary could be on: see ``note_key``."""
    kind, of, about = key.partition(OF)
    return kind in EXHIBITS and (
        not of or about == AGREED or Indicator.objects.filter(code=about).exists()
    )


__all__ = [
    "AGREED",
    "EXHIBITS",
    "OFFERS",
    "OWN",
    "Exhibit",
    "Offer",
    "Page",
    "is_note_key",
    "kind_of_note",
    "numbered",
]
