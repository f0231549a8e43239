"""Entering figures of indicators, by hand."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from assessments.models import IndicatorValue
from frameworks.models import Indicator
from organisations.audit import (
    record_added,
    record_changed,
    record_removed,
    values,
)
from organisations.models import Cluster, HealthBoard
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
    # Two people who enter figures of a board wait for each other.
    HealthBoard.objects.select_for_update().get(pk=health_board.pk)
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
    written, stale = [], []
    for figure in figures:
        if figure.cluster_id not in clusters:
            raise ImpossibleFigure("a cluster of another board")
        check(indicator, figure.numerator, figure.denominator)
        before = stored.get(figure.cluster_id)
        if _says_the_same(before, figure):
            continue
        if figure.seen != mark_of(before):
            stale.append(figure.cluster_id)
            continue
        _write(before, figure, indicator=indicator, period=period, by=by)
        written.append(figure.cluster_id)
    return Entered(written, stale)


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


def _says_the_same(before, figure):
    if before is None:
        return figure.numerator is None
    return (before.numerator, before.denominator) == (
        figure.numerator,
        figure.denominator,
    )


def _write(before, figure, *, indicator, period, by):
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
            entered_by=by,
        )
        record_added(value, by=by)
    else:
        was = values(before)
        before.numerator, before.denominator = figure.numerator, figure.denominator
        before.version += 1
        before.entered_by, before.entered_at = by, timezone.now()
        before.save()
        record_changed(before, was, by=by)
