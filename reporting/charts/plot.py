"""What pictures of measured numbers share: their parts, axes, and the marks of areas."""

from dataclasses import dataclass
from typing import ClassVar

from reporting.charts.base import (
    BASELINE,
    EMPTY,
    HAIRLINE,
    SECONDARY,
    SERIES,
    SIZE,
    WHITE,
    Drawing,
    Paint,
    PlacedKey,
    Words,
    c,
    shape_path,
    text_width,
    tick_text,
)
from reporting.charts.marks import Mark

MARK = 6  # how far a mark reaches each way


@dataclass(frozen=True)
class Stroke:
    """A line that is drawn and not filled."""

    path: str
    colour: str
    width: float = 1
    dash: str = ""


@dataclass(frozen=True)
class Band:
    """A surface behind the marks."""

    x: float
    y: float
    width: float
    height: float
    paint: Paint


@dataclass(frozen=True, kw_only=True)
class Plot(Drawing):
    """The drawing, from what lies behind to what lies before."""

    template: ClassVar[str] = "reporting/charts/_plot.html"

    legend: list[PlacedKey]
    bands: list[Band]
    strokes: list[Stroke]
    marks: list[Mark]
    words: list[Words]


# Of areas: within the limits, beyond those of 95%, and beyond those of 99.8%. Each has a shape.
WITHIN, BEYOND, FAR_BEYOND = SERIES[0], SERIES[3], SERIES[2]


def spot(series, x, y, *, is_hollow=False):
    """The mark of an area in its place; a hollow one is of an incomplete figure."""
    return Mark(
        shape_path(series.shape, x, y, MARK),
        WHITE if is_hollow else series.colour,
        series.colour,
    )


def spot_keys(labels, *, hollow_label=""):
    """What ``mark_legend`` takes, for pairs of a series and its label."""
    keys = [
        (label, lambda x, y, series=series: spot(series, x, y))
        for series, label in labels
    ]
    if hollow_label:
        keys.append(
            (hollow_label, lambda x, y: spot(WITHIN, x, y, is_hollow=True)),
        )
    return keys


def line(x, y, to_x, to_y, colour=HAIRLINE, width=1, dash=""):
    return Stroke(f"M{c(x)} {c(y)}L{c(to_x)} {c(to_y)}", colour, width, dash)


def across(ticks, scale, top, bottom):
    """Upright lines at the ticks of an axis below: strokes."""
    return [line(scale.at(tick), top, scale.at(tick), bottom) for tick in ticks]


def upwards(ticks, scale, left, right):
    """Level lines at the ticks of an axis on the left, and their numbers: strokes and words."""
    return (
        [line(left, scale.at(tick), right, scale.at(tick)) for tick in ticks],
        [
            Words(
                tick_text(tick, ticks),
                c(left - 8),
                c(scale.at(tick) + SIZE * BASELINE),
                anchor="end",
                fill=SECONDARY,
            )
            for tick in ticks
        ],
    )


def numbers_at(ticks, scale, middle):
    """The numbers of the ticks of an axis that runs across, where they have room: words."""
    words, free = [], float("-inf")
    for tick in ticks:
        text, x = tick_text(tick, ticks), scale.at(tick)
        half = text_width(text) / 2
        if x - half < free:
            continue
        free = x + half + 10
        words.append(
            Words(
                text,
                c(x),
                c(middle + SIZE * BASELINE),
                anchor="middle",
                fill=SECONDARY,
            )
        )
    return words


def width_of_numbers(ticks):
    return max(text_width(tick_text(tick, ticks)) for tick in ticks)


# Between the limits: the outer ones around the inner ones.
INNER_BAND = Paint("#d3ebea", EMPTY.ink, "#d3ebea")
OUTER_BAND = Paint("#eef5f5", EMPTY.ink, "#6f858c", "3 3")
