"""Key indicators with the figures that somebody may read."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils import timezone

from assessments.models import IndicatorValue
from assessments.periods import recent
from assessments.populations import Peoples
from frameworks.errata import read_over
from frameworks.models import Edition, Indicator, Outcome
from organisations.models import Cluster, Population

SHOWN_PERIODS = 4
OFFERED_PERIODS = 13  # a year of months, and the one before them


@dataclass(frozen=True)
class ClusterRow:
    """A cluster with its figures of the periods that are shown; None where not known."""

    cluster: Cluster
    values: list[IndicatorValue | None]


def indicators_of_use():
    """The newest published edition, and its indicators."""
    edition = Edition.objects.published().first()
    if edition is None:
        return None, []
    read_over(edition, [edition])
    return edition, list(edition.indicators.all())


def indicator_of(edition, code):
    """The indicator with this code in an edition that is not a draft; Http404 otherwise."""
    indicators = Indicator.objects.exclude(edition__status=Edition.Status.DRAFT)
    indicator = get_object_or_404(
        indicators.select_related("edition").prefetch_related(
            Prefetch(
                "outcomes",
                Outcome.objects.select_related("module").order_by(
                    "module__number", "number"
                ),
            )
        ),
        edition__code=edition,
        code=code,
    )
    outcomes = indicator.outcomes.all()
    modules = [outcome.module for outcome in outcomes]
    read_over(indicator.edition, [indicator.edition, *modules, *outcomes])
    return indicator


def offered_periods(indicator):
    """The periods for which figures can be entered, the newest first."""
    return recent(indicator.period, OFFERED_PERIODS, today=timezone.localdate())


def figures_of(indicator, user):
    """The periods shown, the newest first, and a row for each cluster ``user`` may read.

    Two queries. Of a cluster that did not exist in any of the periods, only figures make a row.
    """
    periods = recent(indicator.period, SHOWN_PERIODS, today=timezone.localdate())
    values = IndicatorValue.objects.visible_to(user).filter(
        indicator=indicator,
        period_start__in=[period.starts_on for period in periods],
    )
    by_place = {}
    for value in values:
        value.indicator = indicator
        by_place[value.cluster_id, value.period_start] = value
    with_figures = {cluster for cluster, _start in by_place}
    rows = []
    clusters = Cluster.objects.visible_to(user).select_related("health_board")
    for cluster in clusters.in_name_order():
        existed = any(exists_in(cluster, period) for period in periods)
        if existed or cluster.pk in with_figures:
            rows.append(
                ClusterRow(
                    cluster,
                    [
                        by_place.get((cluster.pk, period.starts_on))
                        for period in periods
                    ],
                )
            )
    return periods, rows


def exists_in(cluster, period):
    """Whether ``cluster`` was open on any day of ``period``."""
    return (cluster.opened_on is None or cluster.opened_on <= period.ends_on) and (
        cluster.closed_on is None or cluster.closed_on > period.starts_on
    )


def clusters_to_enter(health_board, period):
    """The board's clusters of that time, in the order of their names."""
    return [
        cluster
        for cluster in health_board.clusters.in_name_order()
        if exists_in(cluster, period)
    ]


def people_of_rates(indicator, health_board, period):
    """The populations by which the board's rates are computed, by cluster; of others, none."""
    if indicator.unit != Indicator.Unit.PER_1000:
        return {}
    populations = Population.objects.filter(cluster__health_board=health_board)
    peoples = Peoples(populations)
    clusters = {population.cluster_id for population in populations}
    found = {cluster: peoples.of(cluster, period.starts_on) for cluster in clusters}
    return {cluster: people for cluster, people in found.items() if people}


def stored_figures(indicator, health_board, *periods):
    """The board's figures by period's first day and cluster."""
    values = IndicatorValue.objects.filter(
        indicator=indicator,
        cluster__health_board=health_board,
        period_start__in=[period.starts_on for period in periods],
    ).select_related("entered_by")
    found = {period.starts_on: {} for period in periods}
    for value in values:
        value.indicator = indicator
        found[value.period_start][value.cluster_id] = value
    return found
