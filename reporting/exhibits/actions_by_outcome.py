"""What actions are about: how many of each outcome, and how far they are."""

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reporting.exhibits.actions import (
    COUNTS,
    are_known,
    bars_of,
    empty_of,
    in_hand_notes,
    numbers,
    overdue_note,
)
from reporting.exhibits.base import Exhibit, Offer
from reporting.exhibits.distribution import name_of
from reporting.tables import Column, Table

KEY = "actions_by_outcome"
COLUMNS = [
    Column(
        "outcome",
        gettext_lazy("Outcome"),
        gettext_lazy(
            "The outcome that the actions are about. Those of an earlier edition are with the outcome that carries theirs on."
        ),
    ),
    *COUNTS,
]


def offer(page):
    """What ``load`` would give."""
    return Offer(KEY, _title(), COLUMNS)


def load(page):
    """The exhibit for ``page``: one query more where there are actions of an earlier edition."""
    of_outcome, elsewhere = _by_outcome(page)
    is_known = are_known(page)
    rows = [
        [name_of(outcome), *numbers(of_outcome[outcome.pk], is_known=is_known)]
        for outcome in page.outcomes
    ]
    of_none = page.action_counts.by_outcome.get(None, {})
    rows.append([_("Of no one outcome"), *numbers(of_none, is_known=is_known)])
    if elsewhere:
        rows.append(
            [
                _("Of outcomes that this edition does not have"),
                *numbers(elsewhere, is_known=True),
            ]
        )
    title = _title()
    empty = empty_of(page)
    with_actions = [row for row in rows if row[-1]]
    without = sum(not of_outcome[outcome.pk].total() for outcome in page.outcomes)
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
            [(row[0], row[1:6]) for row in with_actions],
            _description(with_actions),
        ),
        notes=[]
        if empty
        else [*_without(without), *in_hand_notes(page), overdue_note()],
        empty=empty,
    )


def _title():
    return _("Actions, outcome by outcome")


def _by_outcome(page):
    """Counts by the outcomes of the page's edition, and of those that it does not carry on."""
    keys = {outcome.pk for outcome in page.outcomes}
    of_outcome, elsewhere = {key: Counter() for key in keys}, Counter()
    for key, counts in page.action_counts.by_outcome.items():
        if key is None:
            continue
        if key not in keys:
            key = page.lineage.same(key, page.cycle.edition_id)
        of_outcome.get(key, elsewhere).update(counts)
    return of_outcome, elsewhere


def _without(count):
    if not count:
        return []
    return [
        ngettext(
            "%(count)s outcome has no action and no bar.",
            "%(count)s outcomes have no action and no bar.",
            count,
        )
        % {"count": count}
    ]


def _description(rows):
    most = max(rows, key=lambda row: row[-1])
    return " ".join(
        [
            _(
                "A bar for each outcome that has actions shows how far they are. Every number is in the table below."
            ),
            _("Most actions: %(outcome)s: %(count)s.")
            % {"outcome": most[0], "count": most[-1]},
        ]
    )
