"""The figures of an indicator by area, for Wales, and over time, as far as somebody may read them.

Areas are added up from what was counted: numerators and denominators, never means of rates. A
denominator that is people is the population of the period's year, which each value keeps. What is
not known is None, and in no sum.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.models import IndicatorValue
from assessments.models.indicators import in_unit
from assessments.models.reading import readable_clusters
from assessments.periods import Period
from assessments.selectors.indicators import exists_in
from frameworks.errata import read_over
from frameworks.models import Indicator
from organisations.models import Cluster
from reporting.disclosure import may_show
from reporting.scopes import AUTHORITY, BOARD, CLUSTER, REGION, WALES, Scope
from reporting.variation.limits import Limits, limits_of_rate, limits_of_share

SHOWN_PERIODS = 12
MOST_AREAS = 150  # in a picture; beyond that, clusters are not offered one by one
# The areas that a scope is cut into, the usual ones first.
KINDS = {
    WALES: (BOARD, REGION, AUTHORITY, CLUSTER),
    REGION: (CLUSTER, AUTHORITY, BOARD),
    BOARD: (CLUSTER, AUTHORITY),
    AUTHORITY: (CLUSTER,),
    CLUSTER: (CLUSTER,),
}
_PLACE = {
    REGION: lambda cluster: cluster.health_board.regional_partnership_board,
    BOARD: lambda cluster: cluster.health_board,
    AUTHORITY: lambda cluster: cluster.local_authority,
    CLUSTER: lambda cluster: cluster,
}


class Standing(Enum):
    """Where a figure is beside the limits around that of Wales."""

    WITHIN = "within"
    ABOVE_INNER, ABOVE_OUTER = "above_95", "above_998"
    BELOW_INNER, BELOW_OUTER = "below_95", "below_998"


@dataclass(frozen=True)
class Figure:
    """What was counted in ``known`` of ``total`` clusters.

    Without a value nothing is known, or it ``is_withheld`` because too few stand behind it.
    """

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    known: int
    total: int
    is_withheld: bool = False

    @property
    def is_incomplete(self):
        return self.value is not None and self.known < self.total


@dataclass(frozen=True)
class Area:
    """One of the areas beside each other; without ``limits`` chance says nothing of it."""

    scope: Scope
    figure: Figure
    limits: Limits | None = None

    @property
    def name(self):
        return self.scope.name

    @property
    def standing(self):
        if self.limits is None or self.figure.value is None:
            return None
        return standing_of(float(self.figure.value), self.limits)


@dataclass(frozen=True)
class InPeriod:
    """The figures of the scope and of Wales for one period."""

    period: Period
    here: Figure
    wales: Figure


@dataclass(frozen=True)
class Variation:
    """An indicator in one period, by area, and over time, as an address asks for it.

    ``areas`` are those whose figures the reader may read, the highest first and those that are not
    known last; ``unread_count`` counts the others. ``periods`` stand the newest first.
    """

    indicators: list
    indicator: Indicator
    kinds: tuple
    kind: str
    periods: list[InPeriod]
    at: InPeriod
    areas: list[Area]
    unread_count: int
    sources: list[str]

    @property
    def period(self):
        return self.at.period

    @property
    def wales(self):
        return self.at.wales

    @property
    def known_areas(self):
        return [area for area in self.areas if area.figure.value is not None]

    @property
    def unknown_areas(self):
        return [area for area in self.areas if area.figure.value is None]

    @cached_property
    def has_limits(self):
        return self.indicator.has_denominator and self.wales.value is not None

    def limits_at(self, size):
        """The limits around the figure of Wales for an area with this denominator."""
        return limits_around(self.indicator, self.wales, size)

    @property
    def unit(self):
        return self.indicator.get_unit_display()


def standing_of(value, limits):
    if value > limits.inner_high:
        return (
            Standing.ABOVE_OUTER if value > limits.outer_high else Standing.ABOVE_INNER
        )
    if value < limits.inner_low:
        return (
            Standing.BELOW_OUTER if value < limits.outer_low else Standing.BELOW_INNER
        )
    return Standing.WITHIN


def limits_around(indicator, wales, size):
    """In the indicator's unit; None where nothing is a part of something, or Wales is not shown."""
    if not indicator.has_denominator or wales.value is None:
        return None
    centre = float(wales.numerator / wales.denominator)
    if indicator.unit == Indicator.Unit.PERCENTAGE:
        return limits_of_share(centre, float(size)).times(100)
    return limits_of_rate(centre, float(size)).times(1000)


@dataclass(frozen=True)
class Offered:
    """The indicators of an edition, and by code all that are the same one in other editions."""

    indicators: list
    same: dict

    def chosen(self, code):
        """The one with this code; else the first that has figures, a rate before others."""
        for indicator in self.indicators:
            if indicator.code == code:
                return indicator
        return min(
            self.indicators,
            key=lambda one: (
                not any(each.has_figures for each in self.same[one.code]),
                one.unit != Indicator.Unit.PER_1000,
                one.number,
            ),
            default=None,
        )


def load_variation(page):
    """What the address of ``page`` asks for; None where the edition has no indicator: four queries.

    Without figures up to the end of the cycle it has no ``at``.
    """
    offered = _offered(page.cycle.edition)
    indicator = offered.chosen(page.query.get("indicator"))
    if indicator is None:
        return None
    values = _values(offered.same[indicator.code])
    clusters = _clusters(page.user)
    periods = _over_time(values, indicator, clusters, page)
    at = next(
        (each for each in periods if each.period.code == page.query.get("period")),
        next((each for each in periods if each.here.known or each.wales.known), None),
    )
    kinds = _kinds(page.scope, clusters)
    areas, unread, sources, kind = [], 0, [], kinds[0]
    if at:
        found = _Found(values, indicator, clusters, page.scope, at)
        wanted = page.query.get("areas")
        kind = wanted if wanted in kinds else found.first_readable(kinds)
        areas, unread = found.areas(kind)
        sources = found.sources
    return Variation(
        indicators=offered.indicators,
        indicator=indicator,
        kinds=kinds,
        kind=kind,
        periods=periods,
        at=at,
        areas=areas,
        unread_count=unread,
        sources=sources,
    )


def _offered(edition):
    """Indicators are the same one in two editions if they have one code, unit and kind of period."""
    figures = IndicatorValue.objects.filter(indicator=OuterRef("pk"))
    found = list(
        Indicator.objects.filter(code__in=edition.indicators.order_by().values("code"))
        .annotate(has_figures=Exists(figures))
        .order_by("number", "pk")
    )
    own = [indicator for indicator in found if indicator.edition_id == edition.pk]
    read_over(edition, own)
    same = {
        one.code: [
            each
            for each in found
            if (each.code, each.unit, each.period) == (one.code, one.unit, one.period)
        ]
        for one in own
    }
    return Offered(own, same)


def _values(indicators):
    """Their values; one for a cluster and period, of the indicator that was defined last."""
    values = IndicatorValue.objects.filter(indicator__in=indicators)
    if len(indicators) == 1:
        return values
    later = values.filter(
        cluster=OuterRef("cluster"),
        period_start=OuterRef("period_start"),
        indicator__gt=OuterRef("indicator"),
    )
    return values.filter(~Exists(later))


def _clusters(user):
    """Every cluster of Wales, in the order of names, each saying whether ``user`` may read it."""
    readable = readable_clusters(user).filter(pk=OuterRef("pk"))
    return list(
        Cluster.objects.annotate(is_readable=Exists(readable))
        .select_related("health_board__regional_partnership_board", "local_authority")
        .in_name_order()
    )


def _is_in(scope, cluster):
    return scope.place is None or _PLACE[scope.kind](cluster).pk == scope.place.pk


def _kinds(scope, clusters):
    """The kinds of areas that ``scope`` can be cut into: more than one, and not too many."""
    here = [cluster for cluster in clusters if _is_in(scope, cluster)]
    counts = {
        kind: len({_PLACE[kind](cluster).pk for cluster in here})
        for kind in KINDS[scope.kind]
    }
    useful = tuple(kind for kind, count in counts.items() if 1 < count <= MOST_AREAS)
    return useful or KINDS[scope.kind][-1:]


def _over_time(values, indicator, clusters, page):
    """The newest periods up to the cycle's end with their figures, and those between them: one query."""
    here = page.scope.of_clusters("cluster__") & Q(pk__isnull=False)
    others = ~Q(cluster__in=readable_clusters(page.user).order_by().values("pk"))
    rows = (
        values.filter(period_start__lte=page.cycle.closes_at.date())
        .order_by("-period_start")
        .values("period_start")
        .annotate(
            known=Count("pk"),
            numerators=Sum("numerator"),
            denominators=Sum("denominator"),
            others=Count("pk", filter=others),
            other_boards=Count("cluster__health_board", filter=others, distinct=True),
            known_here=Count("pk", filter=here),
            numerators_here=Sum("numerator", filter=here),
            denominators_here=Sum("denominator", filter=here),
            others_here=Count("pk", filter=here & others),
        )[:SHOWN_PERIODS]
    )
    by_start = {row["period_start"]: row for row in rows}
    if not by_start:
        return []
    period = Period(max(by_start), indicator.period)
    found = []
    while len(found) < SHOWN_PERIODS and period.starts_on >= min(by_start):
        found.append(
            _in_period(
                by_start.get(period.starts_on), period, indicator, clusters, page.scope
            )
        )
        period = period.next(-1)
    return found


def _in_period(row, period, indicator, clusters, scope):
    existed = [cluster for cluster in clusters if exists_in(cluster, period)]
    here = sum(_is_in(scope, cluster) for cluster in existed)
    if row is None:
        return InPeriod(period, _nothing(here), _nothing(len(existed)))
    wales = _figure(
        indicator,
        row["numerators"],
        row["denominators"],
        row["known"],
        len(existed),
        shown=may_show(row["others"], other_boards=row["other_boards"], is_wales=True),
    )
    if scope.place is None:
        return InPeriod(period, wales, wales)
    return InPeriod(
        period,
        _figure(
            indicator,
            row["numerators_here"],
            row["denominators_here"],
            row["known_here"],
            here,
            shown=may_show(row["others_here"]),
        ),
        wales,
    )


def _nothing(total):
    return Figure(None, None, None, 0, total)


def _figure(indicator, numerator, denominator, known, total, *, shown=True):
    total = max(known, total)
    if not known:
        return _nothing(total)
    if not shown:
        return Figure(None, None, None, known, total, is_withheld=True)
    value = in_unit(indicator, numerator, denominator)
    return Figure(value, numerator, denominator, known, total)


class _Found:
    """The values of one period, by cluster: one query."""

    def __init__(self, values, indicator, clusters, scope, at):
        self._indicator, self._at = indicator, at
        rows = values.filter(
            scope.of_clusters("cluster__"), period_start=at.period.starts_on
        ).values_list(
            *("cluster", "numerator", "denominator"),
            *("source", "population__year", "population__source"),
        )
        self._by_cluster = {row[0]: row[1:] for row in rows}
        self._clusters = [
            cluster
            for cluster in clusters
            if _is_in(scope, cluster)
            and (cluster.pk in self._by_cluster or exists_in(cluster, at.period))
        ]

    @property
    def sources(self):
        """Of the figures that may be read and of their populations, where they have one of their own."""
        rows = [
            self._by_cluster[cluster.pk]
            for cluster in self._clusters
            if cluster.is_readable and cluster.pk in self._by_cluster
        ]
        own = {row[2] for row in rows if row[2]}
        populations = {
            f"{_('Population')} {row[3]}"
            + (f": {row[4]}" if row[4] and row[4] not in own else "")
            for row in rows
            if row[3]
        }
        return [*sorted(own), *sorted(populations)]

    def first_readable(self, kinds):
        """The first kind of which the reader may read an area; else the first of all."""
        for kind in kinds:
            if any(
                _is_readable(clusters) for clusters in self._by_place(kind).values()
            ):
                return kind
        return kinds[0]

    def areas(self, kind):
        """Those that may be read, and how many others there are."""
        areas, unread = [], 0
        for place, clusters in self._by_place(kind).items():
            if not _is_readable(clusters):
                unread += 1
                continue
            areas.append(self._area(Scope(kind, place), clusters))
        name = "sort_cy" if get_language() == "cy" else "sort_en"
        areas.sort(
            key=lambda area: (
                area.figure.value is None,
                -(area.figure.value or 0),
                getattr(area.scope.place, name),
            )
        )
        return areas, unread

    def _by_place(self, kind):
        found = {}
        for cluster in self._clusters:
            found.setdefault(_PLACE[kind](cluster), []).append(cluster)
        return found

    def _area(self, scope, clusters):
        known = [
            self._by_cluster[cluster.pk]
            for cluster in clusters
            if cluster.pk in self._by_cluster
        ]
        numerator = sum(row[0] for row in known)
        denominator = (
            sum(row[1] for row in known) if self._indicator.has_denominator else None
        )
        figure = _figure(
            self._indicator, numerator, denominator, len(known), len(clusters)
        )
        limits = (
            limits_around(self._indicator, self._at.wales, figure.denominator)
            if figure.value is not None
            else None
        )
        return Area(scope, figure, limits)


def _is_readable(clusters):
    return all(cluster.is_readable for cluster in clusters)
