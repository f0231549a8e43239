"""Levels of an area: all outcomes together, and by health board."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.models import HealthBoard
from reporting.charts.bars import Bar, Row, keys_of, stacked_bars
from reporting.charts.base import LEVEL_PAINTS, LEVEL_SYMBOLS
from reporting.exhibits import AGREED, OWN, Exhibit
from reporting.exhibits.distribution import COLUMNS as OF_DISTRIBUTION
from reporting.exhibits.distribution import Group, counted_of, labels_of_levels
from reporting.pdf.areas.shapes import BoardRow, BoardTable
from reporting.pdf.shapes import readable
from reporting.tables import Column, Table
from reporting.tallies import NOTHING, load_tallies

MOST_CYCLES = 3
_COUNTS = {column.code: column for column in OF_DISTRIBUTION}
TOGETHER = [
    Column("cycle", gettext_lazy("Assessment cycle"), ""),
    _COUNTS["levels"],
    *(
        _COUNTS[code]
        for code in (
            *("below_level_1", "level_1", "level_2", "level_3"),
            *("not_answered", "counted", "clusters"),
        )
    ),
]


def together(page):
    """All outcomes together, in this cycle and those before it on the same edition.

    None where nobody is counted, or no outcome has levels.
    """
    cycles = [
        cycle
        for cycle in page.cycles[page.cycles.index(page.cycle) :]
        if cycle.edition_id == page.cycle.edition_id
    ][:MOST_CYCLES]
    groups = [
        (cycle, group)
        for cycle in reversed(cycles)
        for group in _groups(page, cycle)
        if group.counted
    ]
    places = [place for place, _outcome in page.layout.with_levels]
    if not (groups and places):
        return None
    title = _("Levels of all outcomes together")
    rows = [
        [
            cycle.name,
            group.basis,
            *_sums(group, places),
            group.counted,
            group.tally.total,
        ]
        for cycle, group in groups
    ]
    return Exhibit(
        key="levels_together",
        title=title,
        table=Table(title, TOGETHER, rows),
        source=_("Self-reflections as they were submitted, and what peers agreed."),
        chart=_chart(title, groups, places),
        notes=[
            _(
                "Each cluster counts once for each outcome that has levels. Not answered is a part of its own and never level 0."
            )
        ],
    )


def _groups(page, cycle):
    """Of this cycle the own levels and the agreed ones; of one before, those that are looked at."""
    tally = page.tallies.get(cycle.pk, NOTHING)
    levels = [OWN, AGREED] if cycle == page.cycle else [page.level]
    return [Group(cycle.name, tally, level) for level in levels]


def _sums(group, places):
    return [sum(counts) for counts in zip(*map(group.counts, places), strict=True)]


def _chart(title, groups, places):
    rows = {}
    for cycle, group in groups:
        bar = Bar(
            _sums(group, places), label=counted_of(group.basis, group), whose=cycle.name
        )
        rows.setdefault(cycle.name, []).append(bar)
    return stacked_bars(
        key="levels_together",
        title=title,
        description=_(
            "A bar for each cycle shows how many levels there are of each kind. Every number is in the table below."
        ),
        keys=keys_of(labels_of_levels(), LEVEL_PAINTS, LEVEL_SYMBOLS),
        rows=[Row(name, bars) for name, bars in rows.items()],
    )


# By health board ----------------------------------------------------------------------


def by_board(page, number, commentary):
    """How many clusters of each board are at level 2 or 3: two queries, however many clusters."""
    path = "cluster__health_board"
    tallies = load_tallies(page.user, page.scope, [page.cycle], by=path)
    boards = HealthBoard.objects.filter(pk__in=[board for _cycle, board in tallies])
    outcomes = page.layout.with_levels
    return BoardTable(
        number=number,
        title=_("Clusters at level 2 or 3, by health board and outcome"),
        outcomes=[outcome for _place, outcome in outcomes],
        rows=[
            _row(page, board, tallies[page.cycle.pk, board.pk], outcomes)
            for board in boards.in_name_order()
        ],
        source=_("Self-reflections as they were submitted, and what peers agreed."),
        dated=timezone.localdate(),
        commentary=commentary,
    )


def _row(page, board, tally, outcomes):
    # Of clusters that the reader may not read, agreed levels are known.
    level = page.level if tally.readable == tally.total else AGREED
    group = Group(board.name, tally, level)
    return BoardRow(
        name=readable(board.name),
        basis=group.basis,
        counted=group.counted,
        total=tally.total,
        cells=[_cell(group, place) for place, _outcome in outcomes]
        if group.counted
        else [],
    )


def _cell(group, place):
    """The larger the part, the darker: none, less than half, half or more, all."""
    far = sum(group.counts(place)[2:4])
    if far == group.counted:
        shade = 3
    elif 2 * far >= group.counted:
        shade = 2
    else:
        shade = 1 if far else 0
    return shade, str(far)
