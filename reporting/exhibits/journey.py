"""Levels over the cycles: of one cluster, or of how many clusters at each; gaps where there was no outcome."""

from dataclasses import replace

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from reporting.charts.bars import keys_of, shown
from reporting.charts.base import LEVEL_PAINTS, LEVEL_SYMBOLS
from reporting.charts.columns import NO_COLUMN, Followed, columns
from reporting.charts.panels import StopLabels
from reporting.charts.steps import Walk, steps
from reporting.exhibits.base import LEVELS, Exhibit, Offer
from reporting.exhibits.distribution import labels_of_levels, name_of
from reporting.journeys import load_journey
from reporting.tables import Column, Kind, Table

KEY = "journey"
_FIRST_COLUMNS = [
    Column(
        "outcome",
        gettext_lazy("Outcome"),
        gettext_lazy(
            "The outcome's module, number and title, in the edition of the newest cycle shown."
        ),
    ),
    Column(
        "cycle",
        gettext_lazy("Cycle"),
        gettext_lazy("The assessment cycle that the row is about."),
    ),
    Column(
        "edition",
        gettext_lazy("Edition"),
        gettext_lazy("The code of the framework's edition in that cycle."),
    ),
]
_IN_EDITION = Column(
    "earlier_outcome",
    gettext_lazy("As it was then"),
    gettext_lazy(
        "Whether that edition had the outcome, or one that it was made from. Where it had none,"
        " the other cells are empty."
    ),
)
COLUMNS = [
    *_FIRST_COLUMNS,
    _IN_EDITION,
    Column(
        "below_level_1",
        gettext_lazy("Below level 1"),
        gettext_lazy("How many clusters are below level 1."),
        Kind.COUNT,
    ),
    *(
        Column(
            f"level_{level}",
            label,
            gettext_lazy("How many clusters are at this level."),
            Kind.COUNT,
        )
        for level, label in (
            (1, pgettext_lazy("column", "Level 1")),
            (2, pgettext_lazy("column", "Level 2")),
            (3, pgettext_lazy("column", "Level 3")),
        )
    ),
    Column(
        "not_answered",
        gettext_lazy("Not answered"),
        gettext_lazy(
            "How many clusters submitted without a level, or agreed on none. It is never level 0."
        ),
        Kind.COUNT,
    ),
    Column(
        "counted",
        pgettext_lazy("column", "Clusters counted"),
        gettext_lazy("How many clusters are counted in this row."),
        Kind.COUNT,
    ),
]
CLUSTER_COLUMNS = [
    *_FIRST_COLUMNS,
    _IN_EDITION,
    Column(
        "own_level",
        gettext_lazy("The cluster's own level"),
        gettext_lazy(
            "The level that the cluster gave itself; empty where it gave none."
        ),
        Kind.LEVEL,
    ),
    Column(
        "agreed_level",
        gettext_lazy("Agreed level"),
        gettext_lazy("The level that was agreed with peers; empty where none was."),
        Kind.LEVEL,
    ),
]


def offer(page):
    """What ``load`` would give."""
    columns_here = CLUSTER_COLUMNS if page.scope.is_cluster else COLUMNS
    return Offer(KEY, _title(page), columns_here)


def load(page):
    """The exhibit for ``page``: of a cluster both its levels, else those that the page looks at."""
    return _of_cluster(page) if page.scope.is_cluster else _of_many(page)


def _title(page):
    if page.scope.is_cluster:
        return _("The cluster's levels over the cycles, outcome by outcome")
    if page.shows_agreed:
        return _("Agreed levels over the cycles, outcome by outcome")
    return _("The clusters' own levels over the cycles, outcome by outcome")


# Many clusters ------------------------------------------------------------------------


def _of_many(page):
    def counted(tally):
        return tally.agreed if page.shows_agreed else tally.submitted

    def counts(stop, outcome):
        """How many are at each level, and at none; None where there was no such outcome."""
        place = stop.places.get(outcome.pk)
        if place is None:
            return None
        tally = stop.tally
        levels = (tally.agreed_levels if page.shows_agreed else tally.own_levels)(place)
        return [levels[level] for level in (*LEVELS, None)]

    journey = load_journey(page, counted)
    rows, followed = [], []
    for outcome in journey.outcomes:
        at_stops = [counts(stop, outcome) for stop in journey.stops]
        followed.append(Followed(name_of(outcome), at_stops))
        for stop, found in zip(journey.stops, at_stops, strict=True):
            values = [None] * 6 if found is None else [*found, counted(stop.tally)]
            rows.append([*_about(outcome, stop, found is not None), *values])
    title = _title(page)
    chart = None
    if not _empty(journey):
        chart = columns(
            key=KEY,
            title=title,
            description=_description_of_many(journey, followed),
            keys=keys_of(labels_of_levels(), LEVEL_PAINTS, LEVEL_SYMBOLS),
            stop_labels=_stop_labels(journey),
            breaks=_breaks(journey),
            followed=followed,
            remarks=_remarks(journey),
        )
    notes = [
        _("Clusters counted in each cycle: %(cycles)s. They need not be the same ones.")
        % {
            "cycles": "; ".join(
                f"{stop.cycle.name}: {shown(counted(stop.tally))}"
                for stop in journey.stops
            )
        },
        *_notes(journey),
    ]
    found = _exhibit(title, COLUMNS, rows, journey, chart, notes)
    return replace(found, about=page.about_level)


def _description_of_many(journey, followed):
    """What share of the levels was 2 or 3 in each cycle."""
    sentences = [
        _(
            "A small picture for each outcome: in each cycle a column shows how many clusters are at each level. Every number is in the table below."
        )
    ]
    shares = []
    for number, stop in enumerate(journey.stops):
        counts = [one.columns[number] for one in followed if one.columns[number]]
        with_level = sum(sum(each[:-1]) for each in counts)
        if with_level:
            share = 100 * sum(each[2] + each[3] for each in counts) / with_level
            shares.append(f"{stop.cycle.name}: {floatformat(share, 0)}%")
    if shares:
        sentences.append(
            _("Levels 2 and 3, of all levels of all outcomes: %(shares)s.")
            % {"shares": "; ".join(shares)}
        )
    return " ".join(sentences)


# One cluster --------------------------------------------------------------------------


def _of_cluster(page):
    def levels(stop, outcome):
        """Its own level and the agreed one; None where there was no such outcome."""
        place = stop.places.get(outcome.pk)
        if place is None:
            return None
        tally = stop.tally
        return (_only(tally.own_levels(place)), _only(tally.agreed_levels(place)))

    journey = load_journey(page, lambda tally: tally.submitted or tally.agreed)
    rows, walks = [], []
    for outcome in journey.outcomes:
        at_stops = [levels(stop, outcome) for stop in journey.stops]
        walks.append(Walk(name_of(outcome), at_stops))
        rows += [
            [*_about(outcome, stop, found is not None), *(found or (None, None))]
            for stop, found in zip(journey.stops, at_stops, strict=True)
        ]
    title = _title(page)
    chart = None
    if not _empty(journey):
        chart = steps(
            key=KEY,
            title=title,
            description=_description_of_cluster(walks),
            mark_labels=(_("The cluster's own level"), _("Agreed level")),
            stop_labels=_stop_labels(journey),
            breaks=_breaks(journey),
            walks=walks,
            remarks=_remarks(journey),
        )
    return _exhibit(title, CLUSTER_COLUMNS, rows, journey, chart, _notes(journey))


def _only(levels):
    """The level of a count of one cluster, or None."""
    return next((level for level in levels if level is not None), None)


def _description_of_cluster(walks):
    """How many own levels are higher or lower than when they were first given."""
    changes = []
    for walk in walks:
        own = [levels[0] for levels in walk.levels if levels and levels[0] is not None]
        if len(own) > 1:
            changes.append(own[-1] - own[0])
    return " ".join(
        [
            _(
                "A small picture for each outcome: the cluster's own level in each cycle as a line of steps, the agreed level as a mark. Every level is in the table below."
            ),
            _(
                "Outcomes with an own level in several cycles: %(count)s. From the first of them to the last, higher: %(higher)s; the same: %(same)s; lower: %(lower)s."
            )
            % {
                "count": len(changes),
                "higher": sum(change > 0 for change in changes),
                "same": sum(change == 0 for change in changes),
                "lower": sum(change < 0 for change in changes),
            },
        ]
    )


# Both ---------------------------------------------------------------------------------


def _exhibit(title, columns_of_table, rows, journey, chart, notes):
    empty = _empty(journey)
    return Exhibit(
        key=KEY,
        title=title,
        table=Table(title, columns_of_table, rows),
        source=_("Self-reflections as they were submitted, and what peers agreed."),
        chart=chart,
        notes=[] if empty else notes,
        empty=empty,
    )


def _about(outcome, stop, was_there):
    return [
        name_of(outcome),
        stop.cycle.name,
        stop.cycle.edition.code,
        pgettext("an outcome in an edition", "It was there")
        if was_there
        else pgettext("an outcome in an edition", "There was none"),
    ]


def _empty(journey):
    if not journey.outcomes:
        return _("This edition of the framework has no outcomes with maturity levels.")
    if not journey.stops:
        return _(
            "There are no levels that you can read here yet, in this cycle or in one before it."
        )
    if len(journey.stops) == 1:
        return _(
            "There are levels of one cycle only: %(cycle)s. The picture appears with those of a second one."
        ) % {"cycle": journey.stops[0].cycle.name}
    return ""


def _stop_labels(journey):
    names = [(stop.cycle.code, stop.cycle.name) for stop in journey.stops]
    return StopLabels(
        full=[name for _code, name in names],
        short=[code for code, _name in names],
        key="; ".join(f"{code}: {name}" for code, name in names),
    )


def _breaks(journey):
    return [number for number, stop in enumerate(journey.stops) if stop.edition_changed]


def _remarks(journey):
    """What the signs in the drawing mean, where they occur."""
    remarks = []
    if _breaks(journey):
        remarks.append(
            _(
                "Dashed line: the edition of the framework changed, and its criteria with it."
            )
        )
    if _has_gaps(journey):
        remarks.append(
            _("%(sign)s The edition of that cycle had no such outcome with levels.")
            % {"sign": NO_COLUMN}
        )
    return remarks


def _has_gaps(journey):
    return any(
        outcome.pk not in stop.places
        for stop in journey.stops
        for outcome in journey.outcomes
    )


def _notes(journey):
    notes = []
    if _breaks(journey):
        notes.append(
            _(
                "The editions of these cycles differ. An outcome is compared with the one that it was made from; their criteria are not the same, so a change of level can come from them."
            )
        )
    notes += [
        ngettext(
            "%(cycle)s: its edition had %(count)s outcome with levels that this edition does not carry on. It is not shown.",
            "%(cycle)s: its edition had %(count)s outcomes with levels that this edition does not carry on. They are not shown.",
            stop.not_carried_on,
        )
        % {"cycle": stop.cycle.name, "count": stop.not_carried_on}
        for stop in journey.stops
        if stop.not_carried_on
    ]
    if journey.empty:
        notes.append(
            _("Cycles without levels that you can read here: %(cycles)s.")
            % {"cycles": ", ".join(cycle.name for cycle in journey.empty)}
        )
    if journey.older:
        notes.append(
            _("Earlier cycles that are not shown: %(count)s.")
            % {"count": journey.older}
        )
    return notes
