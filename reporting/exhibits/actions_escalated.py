"""What was escalated, and to whom."""

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import Action
from reporting.exhibits.actions import (
    COUNTS,
    are_known,
    bars_of,
    description_of,
    empty_of,
    in_hand_notes,
    numbers,
)
from reporting.exhibits.base import Exhibit, Offer
from reporting.tables import Column, Table

KEY = "actions_escalated"
COLUMNS = [
    Column(
        "escalated_to",
        gettext_lazy("Escalated to"),
        gettext_lazy("Before whom the actions of the row are now."),
    ),
    *COUNTS,
]


def offer(page):
    """What ``load`` would give."""
    return Offer(KEY, _title(), COLUMNS)


def load(page):
    """The exhibit for ``page``: no query but those of its action counts and its coverage."""
    by_escalation = page.action_counts.by_escalation
    rows = [
        [str(label), *numbers(by_escalation.get(code, {}), is_known=are_known(page))]
        for code, label in Action.Escalation.choices
    ]
    escalated = sum(
        (counts for code, counts in by_escalation.items() if code),
        start=Counter(),
    )
    title = _title()
    empty = empty_of(page)
    if not empty and not escalated.total():
        empty = _("None of the actions has been escalated.")
    return Exhibit(
        key=KEY,
        title=title,
        table=Table(title, COLUMNS, rows),
        source=_("Actions as clusters keep them."),
        chart=None
        if empty
        else bars_of(
            KEY,
            title,
            [(row[0], row[1:6]) for row in rows],
            description_of(escalated),
        ),
        notes=[] if empty else in_hand_notes(page),
        empty=empty,
    )


def _title():
    return _("What was escalated, and to whom")
