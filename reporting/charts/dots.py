"""A dot for each area on one scale, with what chance would explain behind it."""

from dataclasses import dataclass, replace

from reporting.charts.base import (
    BASELINE,
    LINE,
    NARROW,
    SECONDARY,
    SIZE,
    TEXT,
    WIDE,
    Key,
    Linear,
    Words,
    block,
    c,
    legend,
    round_ticks,
    text_width,
    tick_text,
    wrapped,
)
from reporting.charts.marks import mark_legend
from reporting.charts.plot import (
    INNER_BAND,
    MARK,
    OUTER_BAND,
    Band,
    Plot,
    across,
    line,
    numbers_at,
    spot,
    spot_keys,
)

ROW = 27  # the height of a row with one line of label
BESIDE = 300  # of the width, for labels, where there is room for them beside the dots
LONG = 15  # rows; a longer picture has its scale above as well as below


@dataclass(frozen=True)
class Row:
    """An area: its number as ``text``, and the limits as pairs. Without a value, ``text`` says so."""

    label: str
    text: str
    value: float | None = None
    series: object = None
    is_hollow: bool = False
    inner: tuple | None = None
    outer: tuple | None = None


@dataclass(frozen=True)
class Reference:
    """The figure that the areas are beside, with its words."""

    value: float
    text: str


@dataclass(frozen=True)
class Labels:
    """The words of the scale and of the legend: of series those that occur, in order; "" where there is no such."""

    inner: str = ""
    outer: str = ""
    series: tuple = ()  # pairs of a series and its label
    hollow: str = ""
    value: str = ""  # what the scale is of


def dots(*, key, title, description, rows, labels, reference=None):
    """The rows from the top downwards; and the same for a narrow window."""

    def drawn(key, width, beside):
        return _drawn(key, title, description, rows, labels, reference, width, beside)

    return replace(drawn(key, WIDE, BESIDE), narrow=drawn(f"{key}-narrow", NARROW, 0))


def _drawn(key, title, description, rows, labels, reference, width, beside):
    keys = [
        Key(label, paint=paint)
        for label, paint in ((labels.inner, INNER_BAND), (labels.outer, OUTER_BAND))
        if label
    ]
    placed, top = legend(keys, 1, 2, width - 2)
    marks, words, top = mark_legend(
        spot_keys(labels.series, hollow_label=labels.hollow), 1, top + 4, width - 2
    )
    if labels.value:
        lines, top = block(labels.value, 1, top + 8, width - 2, fill=SECONDARY)
        words += lines
    top += 12
    numbers = max(
        (text_width(row.text) for row in rows if row.value is not None), default=0
    )
    ticks = round_ticks(*_ends(rows, reference), most=7 if beside else 4)
    half = text_width(tick_text(ticks[0], ticks)) / 2
    left, right = beside + max(MARK + 4, half), width - numbers - 16
    scale = Linear(ticks[0], ticks[-1], left, right)
    if reference:
        x = scale.at(reference.value)
        half = text_width(reference.text, bold=True) / 2
        words.append(
            Words(
                reference.text,
                c(min(max(x, half + 1), width - half - 1)),
                c(top + LINE / 2 + SIZE * BASELINE),
                anchor="middle",
                weight=600,
            )
        )
        top += LINE + 4
    if len(rows) > LONG:
        words += numbers_at(ticks, scale, top + LINE / 2)
        top += LINE + 4
    # Where there are labels above the rows, no line runs through them.
    first, strips, bands, strokes = top, [], [], []
    for row in rows:
        label, after = block(row.label, 1, top + 4, (beside or width) - 12)
        words += label
        if beside:
            middle = top + max(ROW, after - top + 4) / 2
            bottom = top + max(ROW, after - top + 4)
            if len(wrapped(row.label, beside - 12)) == 1:
                shift = middle - (top + 4 + LINE / 2)
                words[-1] = replace(words[-1], y=c(words[-1].y + shift))
        else:
            middle, bottom = after + ROW / 2 - 2, after + ROW
            if row.value is not None:
                strips.append((after, bottom - 2))
        height = 16
        for band, paint in ((row.outer, OUTER_BAND), (row.inner, INNER_BAND)):
            if band:
                low, high = (scale.at(end) for end in band)
                bands.append(
                    Band(
                        low,
                        c(middle - height / 2),
                        c(max(high - low, 0.5)),
                        height,
                        paint,
                    )
                )
        if row.value is None:
            words.append(
                Words(
                    row.text, c(left + 8), c(middle + SIZE * BASELINE), fill=SECONDARY
                )
            )
        else:
            marks.append(
                spot(row.series, scale.at(row.value), middle, is_hollow=row.is_hollow)
            )
            words.append(
                Words(row.text, c(width - 1), c(middle + SIZE * BASELINE), anchor="end")
            )
        top = bottom
    for upper, lower in [(first, top + 4)] if beside else strips:
        strokes += across(ticks, scale, upper, lower)
        if reference:
            strokes.append(line(x, upper - 2, x, lower, TEXT, 2))
    words += numbers_at(ticks, scale, top + 6 + LINE / 2)
    return Plot(
        key=key,
        title=title,
        description=description,
        width=width,
        height=c(top + LINE + 12),
        legend=placed,
        bands=bands,
        strokes=strokes,
        marks=marks,
        words=words,
    )


def _ends(rows, reference):
    values = [reference.value] if reference else []
    for row in rows:
        if row.value is not None:
            values.append(row.value)
        values += [*(row.inner or ()), *(row.outer or ())]
    return (min(values), max(values)) if values else (0, 1)
