"""How far actions are: planned, under way, overdue, done or dropped, in each part of the scope."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from reporting.actions import (
    DONE,
    DROPPED,
    KINDS,
    OVERDUE,
    PLANNED,
    UNDER_WAY,
    part_kind,
)
from reporting.charts.bars import Bar, Row, keys_of, shown, stacked_bars
from reporting.charts.base import ABSENT, DEEP, MIDDLE, PALE, WHITE, Paint
from reporting.exhibits.base import Exhibit, Offer
from reporting.scopes import CLUSTER
from reporting.tables import Column, Kind, Link, Table

KEY = "actions"
# Told apart from the steps of the one hue by another, and by its sign.
LATE = Paint("#a86400", WHITE, "#7a3e00")
PAINTS = {
    PLANNED: PALE,
    UNDER_WAY: MIDDLE,
    OVERDUE: LATE,
    DONE: DEEP,
    DROPPED: ABSENT,
}
SYMBOLS = {PLANNED: "…", UNDER_WAY: "→", OVERDUE: "!", DONE: "✓", DROPPED: "×"}
LABELS = {
    PLANNED: pgettext_lazy("actions", "Planned"),
    UNDER_WAY: pgettext_lazy("actions", "Under way"),
    OVERDUE: pgettext_lazy("actions", "Overdue"),
    DONE: pgettext_lazy("actions", "Done"),
    DROPPED: pgettext_lazy("actions", "Dropped"),
}
DESCRIPTIONS = {
    PLANNED: gettext_lazy("How many actions are planned and not overdue."),
    UNDER_WAY: gettext_lazy("How many actions are under way and not overdue."),
    OVERDUE: gettext_lazy(
        "How many actions are planned or under way although their target date has passed."
    ),
    DONE: gettext_lazy("How many actions were done."),
    DROPPED: gettext_lazy("How many actions were dropped."),
}
COUNTS = [
    *(Column(kind, LABELS[kind], DESCRIPTIONS[kind], Kind.COUNT) for kind in KINDS),
    Column(
        "actions",
        pgettext_lazy("column", "Actions in all"),
        gettext_lazy("How many actions are counted in this row."),
        Kind.COUNT,
    ),
]
COLUMNS = [
    Column(
        "place",
        gettext_lazy("Place"),
        gettext_lazy(
            "The scope as a whole, then each health board or cluster within it that you may read."
        ),
    ),
    Column(
        "readable",
        pgettext_lazy("column", "Clusters you can read"),
        gettext_lazy("Of how many clusters your role lets you read the actions."),
        Kind.COUNT,
    ),
    Column(
        "clusters",
        pgettext_lazy("column", "Clusters in all"),
        gettext_lazy("How many clusters take part in the cycle there."),
        Kind.COUNT,
    ),
    *COUNTS,
]


def offer(page):
    """What ``load`` would give."""
    return Offer(KEY, _title(page), COLUMNS)


def load(page):
    """The exhibit for ``page``: no query but those of its action counts and its coverage."""
    counts = page.action_counts
    in_all = numbers(counts.all, is_known=are_known(page))
    rows = [[page.scope.name, *_coverage(page), *in_all]]
    if not page.scope.is_cluster:
        rows += [
            [
                Link(part.scope.name, part.scope.url("actions", **page.filters))
                if _opens(page, part)
                else part.scope.name,
                part.readable,
                part.total,
                *numbers(counts.by_part.get(place, {}), is_known=True),
            ]
            for place, part in counts.parts.items()
        ]
    title = _title(page)
    empty = empty_of(page)
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
            [(str(row[0]), row[3:8]) for row in rows],
            description_of(counts.all),
        ),
        notes=[] if empty else [*in_hand_notes(page), overdue_note()],
        empty=empty,
    )


def _title(page):
    return (
        _("Actions: how far they are")
        if page.scope.is_cluster
        else _("Actions: how far they are, and where")
    )


def numbers(counts, *, is_known):
    """Of a row, how many actions of each kind, and in all; None where none may be seen."""
    if not is_known:
        return [None] * len(COUNTS)
    found = [counts.get(kind, 0) for kind in KINDS]
    return [*found, sum(found)]


def are_known(page):
    """Whether the reader may see actions here, should there be any."""
    return bool(page.coverage.readable or page.action_counts.all.total())


def in_hand_notes(page):
    """Which actions are counted, as whole sentences."""
    notes = [
        _(
            "Counted here: the actions that you may see that were undertaken in this cycle, and earlier ones that were not closed before it opened."
        )
    ]
    if not page.reads_all:
        notes.append(
            _(
                "You can read the actions of some clusters only: %(count)s of %(total)s. The counts are of those, also where a row is called after the whole."
            )
            % {
                "count": shown(page.coverage.readable),
                "total": shown(page.coverage.total),
            }
        )
    return notes


def overdue_note():
    return _(
        "An action whose target date has passed is counted as overdue, and not as planned or under way as well."
    )


def empty_of(page):
    """What is said where there is no action to count; "" where there is one."""
    if page.action_counts.all.total():
        return ""
    if not page.coverage.readable:
        return _("You cannot read the actions of the clusters here.")
    return _(
        "No actions have been undertaken here yet. Clusters add them on their form, or in the meeting of a peer review."
    )


def bars_of(key, title, rows, description):
    """A bar for each row, pairs of its name and how many actions of each kind."""
    return stacked_bars(
        key=key,
        title=title,
        description=description,
        keys=keys_of(
            {kind: str(label) for kind, label in LABELS.items()}, PAINTS, SYMBOLS
        ),
        rows=[
            Row(
                name,
                [
                    Bar(
                        counts,
                        label=_("Actions: %(count)s") % {"count": shown(sum(counts))}
                        if sum(counts)
                        else "",
                        note=pgettext("actions", "None"),
                        whose=name,
                    )
                ],
            )
            for name, counts in rows
        ],
    )


def description_of(counts):
    """How many actions there are of each kind, in words."""
    kinds = "; ".join(f"{LABELS[kind]}: {shown(counts[kind])}" for kind in KINDS)
    return " ".join(
        [
            _(
                "A bar for each row of the table shows how far its actions are. Every number is in the table below."
            ),
            _("All actions: %(count)s. %(kinds)s.")
            % {"count": shown(counts.total()), "kinds": kinds},
        ]
    )


def _coverage(page):
    return [page.coverage.readable, page.coverage.total]


def _opens(page, part):
    """Whether the reader can go there: to any board, and to a cluster that they may read."""
    return part_kind(page.scope) != CLUSTER or bool(part.readable)
