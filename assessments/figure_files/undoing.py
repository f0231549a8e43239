"""What undoing a file that was applied would restore, and what somebody changed since."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from assessments.figure_files.comparing import (
    FigureChange,
    PopulationChange,
    content_of,
)
from assessments.figure_files.layout import FIGURES
from assessments.models import IndicatorValue
from assessments.populations import Peoples
from organisations.models import Population


@dataclass
class Undoing:
    """What would be written as it was before, what would be taken away, and what stays.

    ``kept`` says of each what it is about: the numbers of the cluster and, of figures, of the
    indicator, and the first day of the period or the year.
    """

    restored: list = field(default_factory=list)
    removed: list = field(default_factory=list)
    kept: list = field(default_factory=list)

    @property
    def count(self):
        return len(self.restored) + len(self.removed)


def remembered(figure, change):
    """A figure or population that was written, with what stood there: plain values to keep."""
    before = change.before
    if isinstance(change, FigureChange):
        held = before and _plain(content_of(before))
        return [change.about, figure.pk, _plain(content_of(figure)), held]
    held = before and [before.people, before.source]
    return [change.about, figure.pk, [figure.people, figure.source], held]


def _plain(content):
    numerator, denominator, *more = content
    return [_shown(numerator), denominator and _shown(denominator), *more]


def _shown(number):
    return format(number, ".2f")


def undoing_of(upload):
    """What can be undone of an applied file, against what stands now: a bounded number of queries.

    What says what the file said was not changed, whoever wrote it meanwhile.
    """
    written = [change for part in upload.parts.all() for change in part.changes]
    of_kind = _of_figures if upload.kind == FIGURES else _of_populations
    undoing = of_kind(written, upload)
    undoing.kept.sort()
    return undoing


def _of_figures(written, upload):
    board = upload.health_board_id
    indicators = {each.pk: each for each in upload.edition.indicators.all()}
    now = {
        figure.pk: figure
        for figure in IndicatorValue.objects.filter(
            cluster__health_board=board, indicator__in=indicators
        )
    }
    populations = {
        each.pk: each for each in Population.objects.filter(cluster__health_board=board)
    }
    undoing = Undoing()
    for about, key, state, held in written:
        figure = now.get(key)
        if figure is None or _plain(content_of(figure)) != state:
            undoing.kept.append(about)
            continue
        if held is None:
            undoing.removed.append(figure)
            continue
        numerator, denominator, population, note, source = held
        cluster, indicator, day = about
        undoing.restored.append(
            FigureChange(
                indicator=indicators[indicator],
                cluster_id=cluster,
                period_start=datetime.date.fromisoformat(day),
                numerator=Decimal(numerator),
                denominator=denominator and Decimal(denominator),
                population=populations.get(population),
                note=note,
                source=source,
                before=figure,
            )
        )
    return undoing


def _of_populations(written, upload):
    board = upload.health_board_id
    now = {
        each.pk: each for each in Population.objects.filter(cluster__health_board=board)
    }
    undoing = Undoing()
    for about, key, state, held in written:
        population = now.get(key)
        if population is None or [population.people, population.source] != state:
            undoing.kept.append(about)
        elif held is None:
            undoing.removed.append(population)
        else:
            undoing.restored.append(PopulationChange(*about, *held, before=population))
    _keep_what_rates_need(undoing, now, board)
    return undoing


def _keep_what_rates_need(undoing, now, board):
    """A population without which a rate would have none is not taken away."""
    going = {each.pk for each in undoing.removed}
    peoples = Peoples(each for key, each in now.items() if key not in going)
    needed = {
        population
        for population, cluster, day in IndicatorValue.objects.filter(
            cluster__health_board=board, population__in=going
        ).values_list("population", "cluster", "period_start")
        if peoples.of(cluster, day) is None
    }
    undoing.kept += [
        [each.cluster_id, each.year] for each in undoing.removed if each.pk in needed
    ]
    undoing.removed = [each for each in undoing.removed if each.pk not in needed]
