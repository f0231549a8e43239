"""Measured numbers over the periods: a line for each of a few, broken where nothing is known."""

from dataclasses import dataclass, replace

from reporting.charts.base import (
    BASELINE,
    LINE,
    NARROW,
    SECONDARY,
    SERIES,
    SIZE,
    WIDE,
    Key,
    Linear,
    Words,
    block,
    c,
    legend,
    round_ticks,
    text_width,
)
from reporting.charts.marks import mark_legend
from reporting.charts.panels import height_of_labels, labels_below, stops
from reporting.charts.plot import (
    Plot,
    Stroke,
    spot,
    spot_keys,
    upwards,
    width_of_numbers,
)

TALL, LOW = 300, 240  # of what is drawn, on wide and on narrow windows
LEAST_ROOM = 92  # of a label below


@dataclass(frozen=True)
class Point:
    """What is known of one period, with its number as text; hollow where it is incomplete."""

    value: float
    text: str
    is_hollow: bool = False


@dataclass(frozen=True)
class Followed:
    """A line: its points from the oldest on, None where nothing is known."""

    label: str
    points: list[Point | None]


def lines(*, key, title, description, stop_labels, followed, value_label, hollow_label):
    """The lines over ``stop_labels``; and the same for a narrow window."""

    def drawn(key, width, height):
        return _drawn(
            *(key, title, description, stop_labels, followed),
            *(value_label, hollow_label, width, height),
        )

    return replace(drawn(key, WIDE, TALL), narrow=drawn(f"{key}-narrow", NARROW, LOW))


def _drawn(
    key,
    title,
    description,
    stop_labels,
    followed,
    value_label,
    hollow_label,
    width,
    height,
):
    placed, top = legend(
        [
            Key(one.label, series=series)
            for one, series in zip(followed, SERIES, strict=False)
        ],
        *(1, 2, width - 2),
    )
    marks, words = [], []
    if hollow_label:
        marks, words, top = mark_legend(
            spot_keys((), hollow_label=hollow_label), 1, top + 4, width - 2
        )
    heading, top = block(value_label, 1, top + 8, width - 2, fill=SECONDARY)
    words += heading
    top += 12
    points = [point for one in followed for point in one.points if point]
    ticks = round_ticks(
        min(point.value for point in points), max(point.value for point in points)
    )
    left = width_of_numbers(ticks) + 14
    right = width - max(text_width(point.text, bold=True) for point in points) - 14
    bottom = top + height
    scale = Linear(ticks[0], ticks[-1], bottom, top)
    strokes, numbers = upwards(ticks, scale, left, right)
    words += numbers
    middles, room = stops(right - left, len(stop_labels))
    middles = [left + middle for middle in middles]
    ends = []
    for one, series in zip(followed, SERIES, strict=False):
        path, was_known, last = "", False, None
        for x, point in zip(middles, one.points, strict=True):
            if point is None:
                was_known = False
                continue
            y = scale.at(point.value)
            path += f"{'L' if was_known else 'M'}{c(x)} {y}"
            was_known, last = True, (x, y, point.text, series.colour)
            marks.append(spot(series, x, y, is_hollow=point.is_hollow))
        if path:
            strokes.append(Stroke(path, series.colour, 2, series.dash))
        if last:
            ends.append(last)
    words += _numbers_beside(ends)
    every = -(-LEAST_ROOM // room)  # so many stops share the room of a label
    shown = [
        number
        for number in range(len(stop_labels))
        if (len(stop_labels) - 1 - number) % every == 0
    ]
    labels = [stop_labels[number] for number in shown]
    wide = max(room, min(room * every, LEAST_ROOM))
    at = [min(middles[number], width - wide / 2) for number in shown]
    words += labels_below(labels, at, wide, bottom + 6)
    return Plot(
        key=key,
        title=title,
        description=description,
        width=width,
        height=c(bottom + 12 + height_of_labels(labels, wide)),
        legend=placed,
        bands=[],
        strokes=strokes,
        marks=marks,
        words=words,
    )


def _numbers_beside(ends):
    """The number of each line's last point, to the right of it, clear of the others: words."""
    words, lowest = [], float("-inf")
    for x, y, text, colour in sorted(ends, key=lambda end: end[1]):
        middle = max(y, lowest + LINE)
        lowest = middle
        words.append(
            Words(
                text,
                c(x + 12),
                c(middle + SIZE * BASELINE),
                weight=600,
                fill=colour,
            )
        )
    return words
