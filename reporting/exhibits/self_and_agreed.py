"""Where peers saw it otherwise: the clusters' own levels beside those that were agreed."""

from collections import Counter
from dataclasses import dataclass

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from reporting.charts.bars import shown
from reporting.charts.dumbbell import Pair, dumbbell
from reporting.exhibits.base import Exhibit, Offer
from reporting.exhibits.distribution import name_of
from reporting.tables import Column, Kind, Table
from reporting.tallies import with_levels

KEY = "self_and_agreed"
_OUTCOME = Column(
    "outcome",
    gettext_lazy("Outcome"),
    gettext_lazy("The outcome's module, number and title."),
)
COLUMNS = [
    _OUTCOME,
    Column(
        "mean_own",
        gettext_lazy("Mean of own levels"),
        gettext_lazy(
            "The mean of the own levels of the clusters that have both levels; below level 1 counts as 0."
        ),
        Kind.NUMBER,
    ),
    Column(
        "mean_agreed",
        gettext_lazy("Mean of agreed levels"),
        gettext_lazy(
            "The mean of the agreed levels of the same clusters; below level 1 counts as 0."
        ),
        Kind.NUMBER,
    ),
    Column(
        "higher",
        pgettext_lazy("agreed level", "Higher"),
        gettext_lazy("How many clusters have an agreed level above their own."),
        Kind.COUNT,
    ),
    Column(
        "same",
        pgettext_lazy("agreed level", "The same"),
        gettext_lazy("How many clusters have an agreed level that is their own."),
        Kind.COUNT,
    ),
    Column(
        "lower",
        pgettext_lazy("agreed level", "Lower"),
        gettext_lazy("How many clusters have an agreed level below their own."),
        Kind.COUNT,
    ),
    Column(
        "counted",
        pgettext_lazy("column", "Clusters counted"),
        gettext_lazy(
            "How many clusters are counted in this row: those that have both an own level and an agreed one."
        ),
        Kind.COUNT,
    ),
]
CLUSTER_COLUMNS = [
    _OUTCOME,
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
    Column(
        "difference",
        gettext_lazy("Difference"),
        gettext_lazy(
            "By how many levels the agreed level is above the cluster's own; below it, with a minus."
        ),
        Kind.COUNT,
    ),
]


@dataclass(frozen=True)
class Compared:
    """The pairs of levels of one outcome, added up; means are None where there is no pair."""

    outcome: object
    clusters: int
    higher: int
    same: int
    lower: int
    own: float | None
    agreed: float | None


def offer(page):
    """What ``load`` would give; None where it gives none."""
    if not page.scope.is_cluster:
        return Offer(KEY, _title(page), COLUMNS)
    return Offer(KEY, _title(page), CLUSTER_COLUMNS) if page.holdings.agreed else None


def _title(page):
    if page.scope.is_cluster:
        return _("The cluster's own levels beside those agreed with peers")
    return _("The clusters' own levels beside those agreed with peers")


def load(page):
    """The exhibit for ``page``; None for a cluster where no level was agreed yet."""
    outcomes = with_levels(page.outcomes)
    if page.scope.is_cluster:
        return _of_cluster(page, outcomes)
    compared = [_compared(outcome, page.tally.pairs(at)) for at, outcome in outcomes]
    title = _title(page)
    is_empty = not any(one.clusters for one in compared)
    return Exhibit(
        key=KEY,
        title=title,
        table=Table(title, COLUMNS, [_row(one) for one in compared]),
        source=_("Self-reflections as they were submitted, and what peers agreed."),
        chart=None if is_empty else _chart(title, compared),
        notes=[] if is_empty else _notes(),
        empty=_empty(page, outcomes) if is_empty else "",
    )


# Many clusters ------------------------------------------------------------------------


def _compared(outcome, pairs):
    clusters = pairs.total()
    signs = Counter()
    for (own, agreed), count in pairs.items():
        signs[(agreed > own) - (agreed < own)] += count
    return Compared(
        outcome=outcome,
        clusters=clusters,
        higher=signs[1],
        same=signs[0],
        lower=signs[-1],
        own=_mean(pairs, 0),
        agreed=_mean(pairs, 1),
    )


def _mean(pairs, side):
    clusters = pairs.total()
    if not clusters:
        return None
    return sum(levels[side] * count for levels, count in pairs.items()) / clusters


def _row(one):
    counts = [one.higher, one.same, one.lower] if one.clusters else [None] * 3
    return [name_of(one.outcome), one.own, one.agreed, *counts, one.clusters]


def _notes():
    return [
        _(
            "Counted here: the clusters that have both levels of an outcome. Higher, the same, lower: at how many of them the agreed level is above the cluster's own, equal to it, or below it."
        ),
        _(
            "In a mean, below level 1 counts as 0. The agreed level stands beside the cluster's own and never replaces it."
        ),
    ]


def _empty(page, outcomes):
    if not outcomes:
        return _("This edition of the framework has no outcomes with maturity levels.")
    if page.tally.agreed and not page.tally.submitted:
        return _(
            "You cannot read the own levels of the clusters here, so there is nothing to compare the agreed levels with."
        )
    return _(
        "No levels have been agreed in this cycle that could be compared with a cluster's own. The picture appears with the first agreement."
    )


def _chart(title, compared):
    return dumbbell(
        key=KEY,
        title=title,
        description=_description(compared),
        mark_labels=(_("Mean of own levels"), _("Mean of agreed levels")),
        heads=[
            pgettext("agreed level", "Higher"),
            pgettext("agreed level", "The same"),
            pgettext("agreed level", "Lower"),
            _("Clusters"),
        ],
        pairs=[
            Pair(
                name_of(one.outcome),
                one.own,
                one.agreed,
                [
                    shown(count)
                    for count in (one.higher, one.same, one.lower, one.clusters)
                ],
                note=_("No cluster has both levels."),
            )
            for one in compared
        ],
    )


def _description(compared):
    """How many pairs differ, and of which outcome the means differ most."""
    sentences = [
        _(
            "A line for each outcome leads from the mean of the clusters' own levels to the mean of the agreed ones. Every number is in the table below."
        ),
        _(
            "Pairs of levels in all: %(count)s. Agreed higher: %(higher)s; the same: %(same)s; lower: %(lower)s."
        )
        % {
            "count": shown(sum(one.clusters for one in compared)),
            "higher": shown(sum(one.higher for one in compared)),
            "same": shown(sum(one.same for one in compared)),
            "lower": shown(sum(one.lower for one in compared)),
        },
    ]
    furthest = max(
        (one for one in compared if one.clusters),
        key=lambda one: abs(one.agreed - one.own),
    )
    if furthest.agreed != furthest.own:
        sentences.append(
            _(
                "Means furthest apart: %(outcome)s: own levels %(own)s, agreed levels %(agreed)s."
            )
            % {
                "outcome": name_of(furthest.outcome),
                "own": floatformat(furthest.own, 1),
                "agreed": floatformat(furthest.agreed, 1),
            }
        )
    return " ".join(sentences)


# One cluster --------------------------------------------------------------------------


def _of_cluster(page, outcomes):
    if not page.tally.agreed:
        return None
    title = _title(page)
    rows, pairs = [], []
    for place, outcome in outcomes:
        own = _only(page.tally.own_levels(place))
        agreed = _only(page.tally.agreed_levels(place))
        has_both = own is not None and agreed is not None
        difference = agreed - own if has_both else None
        rows.append([name_of(outcome), own, agreed, difference])
        pairs.append(Pair(name_of(outcome), own, agreed, note=_missing(own, agreed)))
    differences = [row[3] for row in rows if row[3] is not None]
    return Exhibit(
        key=KEY,
        title=title,
        table=Table(title, CLUSTER_COLUMNS, rows),
        source=_("Self-reflections as they were submitted, and what peers agreed."),
        chart=dumbbell(
            key=KEY,
            title=title,
            description=_description_of_cluster(differences),
            mark_labels=(_("The cluster's own level"), _("Agreed level")),
            heads=[],
            pairs=pairs,
        ),
        notes=[
            _("The agreed level stands beside the cluster's own and never replaces it.")
        ],
    )


def _only(levels):
    """The level of a count of one cluster, or None."""
    return next((level for level in levels if level is not None), None)


def _missing(own, agreed):
    if agreed is None:
        return _("No level agreed")
    if own is None:
        return _("The cluster gave no level, or you cannot read it.")
    return ""


def _description_of_cluster(differences):
    return " ".join(
        [
            _(
                "A line for each outcome leads from the cluster's own level to the agreed one. Every level is in the table below."
            ),
            _(
                "Outcomes with both levels: %(count)s. Agreed higher: %(higher)s; the same: %(same)s; lower: %(lower)s."
            )
            % {
                "count": len(differences),
                "higher": sum(difference > 0 for difference in differences),
                "same": sum(difference == 0 for difference in differences),
                "lower": sum(difference < 0 for difference in differences),
            },
        ]
    )
