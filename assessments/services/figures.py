"""Entering figures of indicators, by hand and many at once, and the populations they are of."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from assessments.figure_files.comparing import FigureChange
from assessments.models import IndicatorValue
from assessments.populations import Peoples
from frameworks.models import Indicator
from organisations.audit import (
    record_added,
    record_changed,
    record_many,
    record_removed,
    values,
    written_fields,
)
from organisations.models import Cluster, HealthBoard, Population
from organisations.permissions import Permission, authorise

NOT_KNOWN = ""  # the mark of a figure that is not there


def mark_of(value):
    """What names a figure as somebody saw it: its row and version, NOT_KNOWN without a row.

    A figure that was taken back and entered again is another row, and has another mark.
    """
    return f"{value.pk}.{value.version}" if value else NOT_KNOWN


@dataclass(frozen=True)
class Figure:
    """What somebody enters for one cluster; without a numerator, that it is not known.

    A rate without a denominator is of the cluster's population.

    ``seen`` is the mark (``mark_of``) of the figure which the person had before them.
    """

    cluster_id: int
    numerator: Decimal | None
    denominator: Decimal | None
    seen: str


class ImpossibleFigure(Exception):
    """A number below nought, a part without its whole, or greater than it."""


@dataclass(frozen=True)
class Entered:
    """What became of the figures: the clusters whose figure was written, and the stale ones."""

    written: list[int]
    stale: list[int]


@transaction.atomic
def enter_figures(*, indicator, health_board, period, figures, by):
    """Write the figures of a board's clusters for one period, each that is not stale.

    A figure that somebody else changed since is left as it is, unless it says the same. Raises
    ImpossibleFigure, with nothing written, for numbers that cannot be.
    """
    authorise(by, Permission.ENTER_FIGURES, health_board)
    lock(health_board)
    clusters = set(
        Cluster.objects.filter(health_board=health_board).values_list("pk", flat=True)
    )
    stored = {
        value.cluster_id: value
        for value in IndicatorValue.objects.filter(
            indicator=indicator,
            cluster__in=clusters,
            period_start=period.starts_on,
        )
    }
    peoples = Peoples(Population.objects.filter(cluster__in=clusters))
    written, stale = [], []
    for figure in figures:
        if figure.cluster_id not in clusters:
            raise ImpossibleFigure("a cluster of another board")
        figure, population = _with_people(figure, indicator, period, peoples)
        check(indicator, figure.numerator, figure.denominator)
        before = stored.get(figure.cluster_id)
        if _says_the_same(before, figure, population):
            continue
        if figure.seen != mark_of(before):
            stale.append(figure.cluster_id)
            continue
        _write(
            before,
            figure,
            population,
            indicator=indicator,
            period=period,
            by=by,
        )
        written.append(figure.cluster_id)
    return Entered(written, stale)


def lock(health_board):
    """Make others who enter figures of a board wait until this transaction ends."""
    HealthBoard.objects.select_for_update().get(pk=health_board.pk)


def check(indicator, numerator, denominator):
    """Raise ImpossibleFigure for numbers that ``indicator`` cannot have."""
    if numerator is None and denominator is None:
        return
    if numerator is None or numerator < 0:
        raise ImpossibleFigure("no number, or one below nought")
    if indicator.has_denominator != (denominator is not None):
        raise ImpossibleFigure("a part without its whole, or a whole without parts")
    if denominator is not None and denominator <= 0:
        raise ImpossibleFigure("a part of nothing")
    if indicator.unit == Indicator.Unit.PERCENTAGE and numerator > denominator:
        raise ImpossibleFigure("a part greater than its whole")


def _with_people(figure, indicator, period, peoples):
    """The figure and the population that it is of, where that stands for its denominator."""
    if (
        indicator.unit != Indicator.Unit.PER_1000
        or figure.numerator is None
        or figure.denominator is not None
    ):
        return figure, None
    population = peoples.of(figure.cluster_id, period.starts_on)
    if population is None:
        return figure, None
    return replace(figure, denominator=Decimal(population.people)), population


def _says_the_same(before, figure, population):
    if before is None:
        return figure.numerator is None
    return (before.numerator, before.denominator, before.population_id) == (
        figure.numerator,
        figure.denominator,
        population and population.pk,
    )


def _write(before, figure, population, *, indicator, period, by):
    if figure.numerator is None:
        record_removed(before, by=by)
        before.delete()
    elif before is None:
        value = IndicatorValue.objects.create(
            indicator=indicator,
            cluster_id=figure.cluster_id,
            period_start=period.starts_on,
            numerator=figure.numerator,
            denominator=figure.denominator,
            population=population,
            entered_by=by,
        )
        record_added(value, by=by)
    else:
        was = values(before)
        before.numerator, before.denominator = figure.numerator, figure.denominator
        before.population = population
        before.version += 1
        before.entered_by, before.entered_at = by, timezone.now()
        before.save()
        record_changed(before, was, by=by)


MOST_AT_ONCE = 1_000  # rows in one statement
OVERWRITTEN = [
    *("numerator", "denominator", "population", "note", "source"),
    *("version", "entered_at", "entered_by"),
]


@transaction.atomic
def write_figures(*, health_board, changes, by, **details):
    """Write many figures of a board at once, each with its own event, which ``details`` go into.

    ``changes`` are FigureChange, whose ``before`` is as it stands under the lock of the board.
    Returns the figures as they were written, in the same order; a bounded number of queries.
    """
    authorise(by, Permission.ENTER_FIGURES, health_board)
    lock(health_board)
    now, by_id, figures, befores = timezone.now(), by.pk, [], []
    fields = written_fields(IndicatorValue)
    for change in changes:
        check(change.indicator, change.numerator, change.denominator)
        figures.append(change.as_figure(at=now, by_id=by_id))
        befores.append(change.before and values(change.before, fields=fields))
    IndicatorValue.objects.bulk_create(
        figures,
        batch_size=MOST_AT_ONCE,
        update_conflicts=True,
        unique_fields=["indicator", "cluster", "period_start"],
        update_fields=OVERWRITTEN,
    )
    record_many(list(zip(figures, befores, strict=True)), by=by, **details)
    return figures


@transaction.atomic
def remove_figures(*, health_board, figures, by, **details):
    """Take figures of a board away, each with its own event."""
    authorise(by, Permission.ENTER_FIGURES, health_board)
    lock(health_board)
    fields = written_fields(IndicatorValue)
    record_many(
        [(figure, values(figure, fields=fields)) for figure in figures],
        by=by,
        removed=True,
        **details,
    )
    for start in range(0, len(figures), MOST_AT_ONCE):
        keys = [figure.pk for figure in figures[start : start + MOST_AT_ONCE]]
        IndicatorValue.objects.filter(pk__in=keys).delete()


@transaction.atomic
def write_populations(*, health_board, changes, removed=(), by, **details):
    """Write many populations of a board's clusters, and take some away; rates follow them.

    Rates that were computed with a cluster's population are computed with the one that belongs to
    their period now. Returns the populations as they were written, in the order of ``changes``.
    """
    authorise(by, Permission.ENTER_FIGURES, health_board)
    lock(health_board)
    populations, befores = [], []
    fields = written_fields(Population)
    for change in changes:
        populations.append(
            Population(
                cluster_id=change.cluster_id,
                year=change.year,
                people=change.people,
                source=change.source,
            )
        )
        befores.append(change.before and values(change.before, fields=fields))
    Population.objects.bulk_create(
        populations,
        batch_size=MOST_AT_ONCE,
        update_conflicts=True,
        unique_fields=["cluster", "year"],
        update_fields=["people", "source"],
    )
    record_many(list(zip(populations, befores, strict=True)), by=by, **details)
    _follow_populations(
        health_board, without={each.pk for each in removed}, by=by, details=details
    )
    record_many(
        [(each, values(each, fields=fields)) for each in removed],
        by=by,
        removed=True,
        **details,
    )
    Population.objects.filter(pk__in=[each.pk for each in removed]).delete()
    return populations


def _follow_populations(health_board, *, without, by, details):
    """Compute the board's rates with the populations of now, ``without`` those with these numbers."""
    peoples = Peoples(
        Population.objects.filter(cluster__health_board=health_board).exclude(
            pk__in=without
        )
    )
    changes = []
    for figure in rates_of_populations(health_board):
        people = peoples.of(figure.cluster_id, figure.period_start)
        if people is None:
            continue
        if (people.pk, people.people) != (figure.population_id, figure.denominator):
            changes.append(
                FigureChange(
                    indicator=figure.indicator,
                    cluster_id=figure.cluster_id,
                    period_start=figure.period_start,
                    numerator=figure.numerator,
                    denominator=Decimal(people.people),
                    population=people,
                    note=figure.note,
                    source=figure.source,
                    before=figure,
                )
            )
    write_figures(health_board=health_board, changes=changes, by=by, **details)


def rates_of_populations(health_board):
    """The board's figures whose denominator is a population."""
    return IndicatorValue.objects.filter(
        cluster__health_board=health_board, population__isnull=False
    ).select_related("indicator")
