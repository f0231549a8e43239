"""Every cluster by every outcome, as a file holds it; the page of it is a view of its own."""

from dataclasses import astuple, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.exhibits.base import OWN, Exhibit, Offer
from reporting.heat_map import AgreedCell, OwnCell, SignsCell, load_heat_maps
from reporting.tables import Column, Kind, Table

KEY = "heat_map"
COLUMNS = [
    Column(
        "cluster",
        gettext_lazy("Cluster"),
        gettext_lazy("The cluster's name of today."),
    ),
    Column(
        "cluster_code",
        gettext_lazy("Cluster's code"),
        gettext_lazy("What addresses and files call the cluster; it never changes."),
    ),
    Column(
        "health_board",
        gettext_lazy("Health board"),
        gettext_lazy("The health board of the cluster."),
    ),
    Column(
        "module",
        gettext_lazy("Module"),
        gettext_lazy("The code of the outcome's module."),
    ),
    Column(
        "outcome_number",
        gettext_lazy("Number of the outcome"),
        gettext_lazy("The outcome's number in its module."),
        Kind.COUNT,
    ),
    Column("outcome", gettext_lazy("Outcome"), gettext_lazy("The outcome's title.")),
    Column(
        "own_level",
        gettext_lazy("Own level"),
        gettext_lazy(
            "The cluster's own level, as it was submitted last; only where you may read it."
        ),
        Kind.LEVEL,
    ),
    Column(
        "own_change",
        gettext_lazy("Change of the own level"),
        gettext_lazy(
            "How many levels up since the cycle before; less than 0 is down. Empty where there is"
            " nothing to compare."
        ),
        Kind.COUNT,
    ),
    Column(
        "agreed_level",
        gettext_lazy("Agreed level"),
        gettext_lazy("The level that was agreed with peers or the health board."),
        Kind.LEVEL,
    ),
    Column(
        "agreed_change",
        gettext_lazy("Change of the agreed level"),
        gettext_lazy(
            "How many levels up since the cycle before; less than 0 is down. Empty where there is"
            " nothing to compare."
        ),
        Kind.COUNT,
    ),
    Column(
        "criteria_met",
        gettext_lazy("Criteria met"),
        gettext_lazy("How many of the outcome's criteria are met."),
        Kind.COUNT,
    ),
    Column(
        "criteria_applicable",
        gettext_lazy("Criteria that apply"),
        gettext_lazy("How many of the outcome's criteria apply to the cluster."),
        Kind.COUNT,
    ),
    Column(
        "strong_signs",
        gettext_lazy("Strong signs"),
        gettext_lazy("In a module without levels: criteria with strong signs."),
        Kind.COUNT,
    ),
    Column(
        "some_signs",
        gettext_lazy("Some signs"),
        gettext_lazy("In a module without levels: criteria with some signs."),
        Kind.COUNT,
    ),
    Column(
        "no_signs_yet",
        gettext_lazy("No signs yet"),
        gettext_lazy("In a module without levels: criteria with no signs yet."),
        Kind.COUNT,
    ),
    Column(
        "criteria",
        gettext_lazy("Criteria"),
        gettext_lazy("In a module without levels: all criteria of the outcome."),
        Kind.COUNT,
    ),
]


def offer(page):
    """What ``load`` would give."""
    return Offer(KEY, _title(), COLUMNS)


def load(page):
    """The exhibit for ``page``: whole where it is for a file, and else without rows, at no query."""
    # Both levels are in it, whichever the page shows.
    heat_maps = load_heat_maps(replace(page, level=OWN)) if page.in_file else []
    title = _title()
    rows = [
        [
            row.cluster.name,
            row.cluster.code,
            row.health_board.name,
            heat_map.module.code,
            outcome.number,
            outcome.title,
            *_values(cell),
        ]
        for heat_map in heat_maps
        for row in heat_map.rows
        for outcome, cell in zip(
            heat_map.outcomes, row.cells or [None] * len(heat_map.outcomes), strict=True
        )
    ]
    return Exhibit(
        key=KEY,
        title=title,
        table=Table(title, COLUMNS, rows),
        source=_("Self-reflections as they were submitted, and what peers agreed."),
        empty=""
        if page.in_file
        else _("Clusters stand by outcomes in the heat map, and in its files."),
    )


def _title():
    return _("Clusters and outcomes")


def _values(cell):
    """What a cell says, in the order of the columns; None where it says nothing."""
    match cell:
        case OwnCell():
            return [*astuple(cell), *[None] * 4]
        case AgreedCell():
            return [None, None, *astuple(cell), *[None] * 6]
        case SignsCell():
            return [*[None] * 6, *astuple(cell)]
    return [None] * 10
