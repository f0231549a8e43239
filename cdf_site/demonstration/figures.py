"""Figures of the indicators in the demonstration: invented, with gaps, and each says so.

Most clusters differ by little more than chance, a few by much; one board has not sent its newest
figures. Boards' officers write them, through the services.
"""

import math
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from assessments.figure_files.comparing import FigureChange
from assessments.periods import recent
from assessments.populations import Peoples
from assessments.services.figures import write_figures
from cdf_site.demonstration.answers import generator
from cdf_site.demonstration.review import SOURCE
from frameworks.models import Indicator
from organisations.models import Cluster, Population

EARLIER_YEARS = 4  # of populations, before the newest
GROWS = 0.006  # of its people, a year
PERIODS = {
    Indicator.Period.MONTH: 12,
    Indicator.Period.QUARTER: 8,
    Indicator.Period.YEAR: 3,
}
GAPS = 0.05  # of the figures
DIFFERENT = 0.08  # of the clusters, by much
LATE_BOARD = "7A7"  # has not sent its newest figures


@dataclass(frozen=True)
class _Usual:
    """What an indicator is like: its share or its rate, of how much, and how it moves."""

    share: float  # of the whole; of a rate, events for each of the people
    whole: float = 0  # of the people, what a percentage is of
    trend: float = 0  # a period, as a part of the share
    season: float = 0


USUAL = {
    "flu-vaccination-65": _Usual(0.74, whole=0.21, trend=0.01),
    "childhood-vaccinations-4": _Usual(0.86, whole=0.0026, trend=-0.002),
    "antibiotic-items": _Usual(0.148, trend=-0.008, season=0.09),
    "same-day-urgent-contacts": _Usual(0.81, whole=0.03, trend=0.004, season=0.02),
    "pharmacy-consultations": _Usual(0.024, trend=0.03, season=0.06),
    "emergency-admissions": _Usual(0.0265, trend=-0.004, season=0.07),
    "agreed-care-plans": _Usual(0.52, whole=0.08, trend=0.05),
    "vacant-posts": _Usual(0.085, whole=0.0014, trend=0.01),
}


def enter(edition, *, people):
    """Write figures of all indicators of ``edition``, and the populations that rates need."""
    clusters = list(Cluster.objects.select_related("health_board").order_by("code"))
    _remember_earlier_populations(clusters)
    peoples = Peoples(Population.objects.all())
    indicators = list(edition.indicators.filter(code__in=USUAL))
    by_board = {}
    for cluster in clusters:
        by_board.setdefault(cluster.health_board, []).append(cluster)
    for board, its_clusters in by_board.items():
        changes = [
            change
            for cluster in its_clusters
            for indicator in indicators
            for change in _changes(cluster, indicator, peoples)
        ]
        officer = people.officer(its_clusters[0])
        write_figures(health_board=board, changes=changes, by=officer)


def _remember_earlier_populations(clusters):
    newest = Population.objects.filter(cluster__in=clusters).order_by("-year")
    by_cluster = {}
    for population in newest:
        by_cluster.setdefault(population.cluster_id, population)
    Population.objects.bulk_create(
        Population(
            cluster_id=population.cluster_id,
            year=population.year - back,
            people=round(population.people * (1 - GROWS * back)),
            source=SOURCE,
        )
        for population in by_cluster.values()
        for back in range(1, EARLIER_YEARS + 1)
    )


def _changes(cluster, indicator, peoples):
    """The figures of a cluster, of the periods that are over, the newest first."""
    count = PERIODS[indicator.period]
    over = recent(indicator.period, count + 1, today=timezone.localdate())[1:]
    usual = USUAL[indicator.code]
    habit = generator("figures", cluster.code, indicator.code)
    differs = habit.gauss(0, 0.015)
    if habit.random() < DIFFERENT:
        differs += habit.choice([-1, 1]) * habit.uniform(0.08, 0.16)
    for back, period in enumerate(over):
        random = generator("figure", cluster.code, indicator.code, back)
        population = peoples.of(cluster.pk, period.starts_on)
        is_late = back == 0 and cluster.health_board.code == LATE_BOARD
        if population is None or is_late or random.random() < GAPS:
            continue
        month = period.starts_on.month
        share = usual.share * (1 + differs) * (1 - usual.trend * back)
        share *= 1 + usual.season * math.cos((month - 1) / 12 * 2 * math.pi)
        yield _figure(cluster, indicator, period, population, share, random)


def _figure(cluster, indicator, period, population, share, random):
    usual = USUAL[indicator.code]
    is_rate = indicator.unit == Indicator.Unit.PER_1000
    whole = population.people if is_rate else round(population.people * usual.whole)
    expected = whole * share
    spread = math.sqrt(expected if is_rate else expected * max(1 - share, 0.01))
    counted = min(max(round(random.gauss(expected, spread)), 0), whole)
    return FigureChange(
        indicator=indicator,
        cluster_id=cluster.pk,
        period_start=period.starts_on,
        numerator=Decimal(counted),
        denominator=Decimal(whole),
        population=population if is_rate else None,
        note="",
        source=SOURCE,
        before=None,
    )
