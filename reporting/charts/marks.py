"""The marks of a cluster's own level and of the agreed one, and the legend that says so."""

from dataclasses import dataclass

from reporting.charts.base import (
    BASELINE,
    DEEP,
    LINE,
    SIZE,
    WHITE,
    Words,
    c,
    shape_path,
    text_width,
    wrapped,
)


@dataclass(frozen=True)
class Mark:
    """A small shape in its place."""

    path: str
    fill: str
    stroke: str


def own_mark(x, y):
    """A full circle, small enough to be seen inside the mark of an agreed level."""
    return Mark(shape_path("circle", x, y, 5), DEEP.fill, DEEP.fill)


def agreed_mark(x, y):
    """An empty diamond, which may stand around a circle."""
    return Mark(shape_path("diamond", x, y, 8.5), WHITE, DEEP.fill)


_BESIDE = 28  # from the beginning of a key to its words


def mark_legend(keys, x, top, width):
    """Pairs of a label and a function that makes its mark, placed: marks, words, and their end."""
    marks, words, left = [], [], x
    for label, make in keys:
        lines = wrapped(label, width - _BESIDE)
        needed = _BESIDE + max(text_width(line) for line in lines)
        if left > x and left + needed > x + width:
            left, top = x, top + LINE + 6
        middle = top + 11
        marks.append(make(left + 11, middle))
        words += [
            Words(
                line,
                c(left + _BESIDE),
                c(middle + LINE * number + SIZE * BASELINE),
            )
            for number, line in enumerate(lines)
        ]
        top += LINE * (len(lines) - 1)
        left += needed + 20
    return marks, words, top + 22
