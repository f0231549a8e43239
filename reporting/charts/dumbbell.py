"""Two levels of each row as the ends of a line: what clusters said, and what was agreed."""

from dataclasses import dataclass, field, replace
from typing import ClassVar

from django.template.defaultfilters import floatformat

from reporting.charts.base import (
    BASELINE,
    DEEP,
    HAIRLINE,
    LEVEL_SYMBOLS,
    LINE,
    NARROW,
    SECONDARY,
    SIZE,
    WIDE,
    Drawing,
    Linear,
    Words,
    block,
    c,
)
from reporting.charts.marks import Mark, agreed_mark, mark_legend, own_mark

BESIDE = 300  # of the width, for labels, where there is room for them beside the lines
COLUMN = 74  # the width of a column of numbers at the right
GAP = 14  # before the first column
MARGIN = 34  # at both ends of a line, for the number of a mark
HALF = 17  # of the height of a line with its marks


@dataclass(frozen=True)
class Pair:
    """A row: the levels at both ends, or None where there is nothing to compare, then ``note``.

    A level is a whole number, a mean of levels is not: it is written with one decimal. ``figures``
    are texts below the drawing's ``heads``.
    """

    label: str
    own: float | None
    agreed: float | None
    figures: list[str] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Dumbbell(Drawing):
    """The drawing; see ``dumbbell``."""

    template: ClassVar[str] = "reporting/charts/_dumbbell.html"

    words: list[Words]
    marks: list[Mark]
    grid: list[tuple]  # x, top, bottom
    bars: list[tuple]  # x, y, end
    bar_colour: str = DEEP.fill
    grid_colour: str = HAIRLINE


def dumbbell(*, key, title, description, mark_labels, heads, pairs):
    """A line for each pair with a mark and a number at both ends; and one for a narrow window.

    ``heads`` say what the figures are: they stand in columns, or below each line.
    """

    def drawn(key, width, beside):
        return _drawn(
            *(key, title, description, mark_labels, heads, pairs, width, beside)
        )

    return replace(drawn(key, WIDE, BESIDE), narrow=drawn(f"{key}-narrow", NARROW, 0))


def _drawn(key, title, description, mark_labels, heads, pairs, width, beside):
    makers = zip(mark_labels, (own_mark, agreed_mark), strict=True)
    marks, words, top = mark_legend(makers, 1, 2, width - 2)
    columns = len(heads) * COLUMN + GAP if beside and heads else 0
    left = beside + 16 if beside else 0
    scale = Linear(0, 3, left + MARGIN, width - columns - MARGIN)
    top += 10
    words += _heads(heads, scale, top, width, columns)
    top += LINE + 6
    grid, bars = [], []
    for pair in pairs:
        y, below, about = _label(pair, top, width, beside)
        words += about
        if pair.own is None or pair.agreed is None:
            lines, end = block(
                pair.note, left, y - LINE / 2, width - left, fill=SECONDARY
            )
            words += lines
            top = max(below, end) + 8
            continue
        grid += [(scale.at(level), c(y - HALF), c(y + HALF)) for level in range(4)]
        more_marks, more_words, bar = _ends(pair, scale, y)
        marks += more_marks
        words += more_words
        bars += bar
        end = y + HALF
        if beside:
            words += [
                _column(text, number, len(heads), y, width)
                for number, text in enumerate(pair.figures)
            ]
        else:
            said = " · ".join(
                f"{head}: {text}"
                for head, text in zip(heads, pair.figures, strict=True)
            )
            lines, end = block(said, 1, end, width - 2, fill=SECONDARY)
            words += lines
        top = max(below, end) + 8
    return Dumbbell(
        key=key,
        title=title,
        description=description,
        width=width,
        height=c(top),
        words=words,
        marks=marks,
        grid=grid,
        bars=bars,
    )


def _heads(heads, scale, top, width, columns):
    """The levels above their places and, where there are columns, what is in them."""
    middle = top + LINE / 2
    words = [
        Words(
            LEVEL_SYMBOLS[level],
            scale.at(level),
            c(middle + SIZE * BASELINE),
            anchor="middle",
            fill=SECONDARY,
        )
        for level in range(4)
    ]
    if columns:
        words += [
            _column(head, number, len(heads), middle, width)
            for number, head in enumerate(heads)
        ]
    return words


def _column(text, number, count, middle, width):
    return Words(
        text,
        c(width - COLUMN * (count - 1 - number) - 2),
        c(middle + SIZE * BASELINE),
        anchor="end",
        fill=SECONDARY,
    )


def _label(pair, top, width, beside):
    """Where the line of a row runs, where its label ends, and the label."""
    if beside:
        words, below = block(pair.label, 1, top + HALF - LINE / 2, beside)
        return top + HALF, below, words
    words, below = block(pair.label, 1, top, width - 2)
    return below + HALF, below, words


def _ends(pair, scale, y):
    """Both marks with their numbers on the outside, and the line between them, if any."""
    own, agreed = scale.at(pair.own), scale.at(pair.agreed)
    marks = [agreed_mark(agreed, y), own_mark(own, y)]
    outwards = -1 if own < agreed else 1
    words = [_number(pair.agreed, agreed, y, -outwards if own != agreed else 1)]
    if own != agreed:
        words.append(_number(pair.own, own, y, outwards))
    bars = [(own, c(y), agreed)] if own != agreed else []
    return marks, words, bars


def _number(level, x, y, side):
    text = LEVEL_SYMBOLS[level] if isinstance(level, int) else floatformat(level, 1)
    return Words(
        text,
        c(x + side * 15),
        c(y + SIZE * BASELINE),
        anchor="start" if side > 0 else "end",
        weight=600,
    )
