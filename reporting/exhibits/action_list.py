"""The actions themselves, as a list to page through, and whole as a file."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from reporting.actions import (
    ALL,
    CHANGED,
    ESCALATED,
    OPEN,
    OVERDUE,
    list_asked_for,
)
from reporting.exhibits.actions import empty_of, in_hand_notes
from reporting.exhibits.base import Exhibit, Offer
from reporting.exhibits.distribution import name_of
from reporting.tables import Column, Kind, Link, Table

KEY = "action_list"
COLUMNS = [
    Column(
        "action",
        pgettext_lazy("column", "What is to be done"),
        gettext_lazy("The action in the cluster's own words and language."),
    ),
    Column(
        "cluster", gettext_lazy("Cluster"), gettext_lazy("The name of the cluster.")
    ),
    Column(
        "health_board",
        gettext_lazy("Health board"),
        gettext_lazy("The name of the cluster's health board."),
    ),
    Column(
        "cycle",
        gettext_lazy("Cycle"),
        gettext_lazy("The cycle in which the action was undertaken."),
    ),
    Column(
        "outcome",
        gettext_lazy("Outcome"),
        gettext_lazy("What it is about; empty where it is of no one outcome."),
    ),
    Column(
        "status",
        gettext_lazy("Status"),
        gettext_lazy("Planned, under way, done or dropped."),
    ),
    Column(
        "is_overdue",
        gettext_lazy("Overdue"),
        gettext_lazy("Whether its target date has passed and it is still open."),
    ),
    Column(
        "due_on",
        pgettext_lazy("column", "Target date"),
        gettext_lazy("The day by which it is to be done; empty where none was set."),
        Kind.DATE,
    ),
    Column(
        "escalated_to",
        gettext_lazy("Escalated to"),
        gettext_lazy("Before whom it is now; empty where it was not escalated."),
    ),
    Column(
        "closed_on",
        pgettext_lazy("column", "Closed on"),
        gettext_lazy("The day on which it was done or dropped."),
        Kind.DATE,
    ),
    Column(
        "what_changed",
        gettext_lazy("What changed"),
        gettext_lazy(
            "Of an action that was done, what changed; of one that was dropped, why. In the cluster's own words and language."
        ),
    ),
]
NAMES = {
    OPEN: pgettext_lazy("list of actions", "Open"),
    OVERDUE: pgettext_lazy("list of actions", "Overdue"),
    ESCALATED: pgettext_lazy("list of actions", "Escalated"),
    CHANGED: pgettext_lazy("list of actions", "Done, and what changed"),
    ALL: pgettext_lazy("list of actions", "All"),
}


def offer(page):
    """What ``load`` would give."""
    return Offer(KEY, _title(page), COLUMNS)


def load(page):
    """The exhibit for ``page``: the list that its address asks for, a page of it or all."""
    shown = page.action_list
    title = _title(page)
    return Exhibit(
        key=KEY,
        title=title,
        table=Table(title, COLUMNS, [_row(action) for action in shown.actions]),
        source=_("Actions as clusters keep them."),
        notes=in_hand_notes(page),
        empty=empty_of(page)
        or ("" if shown.actions else _("There is no such action here.")),
    )


def _title(page):
    return _("Actions: %(list)s") % {"list": NAMES[list_asked_for(page)]}


def _row(action):
    cluster = action.reflection.cluster
    return [
        Link(
            action.text,
            reverse("actions:action_detail", args=[action.pk]),
            action.language,
        ),
        cluster.name,
        cluster.health_board.name,
        action.reflection.cycle.name,
        name_of(action.outcome) if action.outcome else None,
        action.get_status_display(),
        _("Yes") if action.is_overdue else _("No"),
        action.due_on,
        action.get_escalated_to_display() or None,
        timezone.localdate(action.closed_at) if action.closed_at else None,
        Link(action.what_changed, language=action.closing_language)
        if action.what_changed
        else None,
    ]
