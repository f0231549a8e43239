"""Horizontal bars of a whole: each row all of its clusters, in segments that carry their number."""

from dataclasses import dataclass, field, replace
from typing import ClassVar

from django.utils.formats import number_format

from reporting.charts.base import (
    BASELINE,
    HAIRLINE,
    LINE,
    NARROW,
    SECONDARY,
    SIZE,
    WIDE,
    Drawing,
    Key,
    Linear,
    Paint,
    PlacedKey,
    Words,
    block,
    c,
    legend,
    text_width,
)

BAR = 26  # the height of a bar
BESIDE = 300  # of the width, for labels, where there is room for them beside the bars
SHEET = 1050  # what the bars of one drawing may be high
TICKS = (0, 25, 50, 75, 100)


@dataclass(frozen=True)
class Bar:
    """One whole: how many there are of each key, in the order of the keys."""

    counts: list[int]
    label: str = ""  # told where there are several bars below one label
    note: str = ""  # instead of a bar that would be of nothing
    whose: str = ""  # told of each of its segments


@dataclass(frozen=True)
class Row:
    """What one bar, or several to compare, are about; ``heading`` begins a new part above it."""

    label: str
    bars: list[Bar]
    heading: str = ""


@dataclass(frozen=True)
class Segment:
    """A drawn segment with its number, in it or below it with a line that leads there."""

    x: float
    y: float
    width: float
    height: float
    paint: Paint
    number: Words
    said: str  # what the segment is, in words
    place: int  # of its key in the legend
    leader: str = ""  # a path from the segment to a number beside it

    @property
    def box(self):
        """Inset by half of its edge, so that neighbours do not draw over each other."""
        return {
            "x": c(self.x + 0.75),
            "y": c(self.y + 0.75),
            "width": c(max(self.width - 1.5, 0.5)),
            "height": c(self.height - 1.5),
        }


@dataclass(frozen=True, kw_only=True)
class StackedBars(Drawing):
    """The drawing; see ``stacked_bars``."""

    template: ClassVar[str] = "reporting/charts/_bars.html"

    legend: list[PlacedKey]
    words: list[Words]
    segments: list[Segment]
    grid: list[tuple] = field(default_factory=list)  # x, top, bottom
    rules: list[float] = field(default_factory=list)  # y, above each part
    grid_colour: str = HAIRLINE
    leader_colour: str = SECONDARY


def stacked_bars(*, key, title, description, keys, rows, remark="", beside=BESIDE):
    """Bars of 100% for ``rows``, with a legend of ``keys``; and the same for a narrow window.

    ``remark`` is said of all bars, below the legend; ``beside`` is the width for labels. A number
    that is wider than its segment stands below it. Nought has no segment. What is too high for a
    sheet of paper goes on in ``more``.
    """
    told = (title, description, keys)
    sheets = _sheets(keys, rows, beside)
    first, *more = [
        _drawn(
            *(key if number == 1 else f"{key}-{number}", *told, remark),
            *(sheet, WIDE, beside, (number, len(sheets))),
        )
        for number, sheet in enumerate(sheets, start=1)
    ]
    narrow = _drawn(f"{key}-narrow", *told, remark, rows, NARROW, 0)
    return replace(first, narrow=narrow, more=tuple(more))


def _sheets(keys, rows, beside):
    """The rows of each sheet; where a part goes on, its heading stands there again."""
    scratch = _Drawn(keys, WIDE, beside)
    sheets, filled, heading = [[]], 0, ""
    for row in rows:
        heading = row.heading or heading
        scratch.y = 0
        scratch.add(row)
        if sheets[-1] and filled + scratch.y > SHEET:
            sheets.append([])
            filled, row = 0, replace(row, heading=heading)
        sheets[-1].append(row)
        filled += scratch.y
    return sheets


def _drawn(key, title, description, keys, remark, rows, width, beside, place=(1, 1)):
    drawn = _Drawn(keys, width, beside)
    drawn.begin(remark)
    for row in rows:
        drawn.add(row)
    number, count = place
    return StackedBars(
        key=key,
        title=title if count == 1 else f"{title} ({number}/{count})",
        description=description,
        width=width,
        height=c(drawn.y + 4),
        legend=drawn.legend,
        words=drawn.words,
        segments=drawn.segments,
        grid=drawn.grid,
        rules=drawn.rules,
    )


class _Drawn:
    """What has been drawn so far, from the top downwards."""

    def __init__(self, keys, width, beside):
        self.keys, self.width, self.beside = keys, width, beside
        self.left = beside + 16 if beside else 2
        self.scale = Linear(0, 100, self.left, width - 2)
        self.words, self.segments, self.grid, self.rules = [], [], [], []

    def begin(self, remark):
        """The legend, the remark, and what share of the whole each line stands for."""
        self.legend, bottom = legend(self.keys, 1, 2, self.width - 2)
        lines, bottom = block(remark, 1, bottom + 6, self.width - 2, fill=SECONDARY)
        self.words += lines
        self.y = bottom + 12
        for tick in TICKS:
            anchor = {0: "start", 100: "end"}.get(tick, "middle")
            self._write(
                f"{number_format(tick)}%",
                self.scale.at(tick),
                self.y + 8,
                anchor=anchor,
                fill=SECONDARY,
            )
        self.y += 20

    def add(self, row):
        if row.heading:
            self.rules.append(c(self.y + 10))
            lines, self.y = block(
                row.heading, 1, self.y + 16, self.width - 2, bold=True
            )
            self.words += lines
            self.y += 4
        top = self.y + 6
        if self.beside:
            lines, below = block(row.label, 1, top + 3, self.beside)
            self.y = top
        else:
            lines, below = block(row.label, 1, top, self.width - 2)
            self.y = below + 2
        self.words += lines
        for bar in row.bars:
            self._add_bar(bar)
        self.y = max(self.y, below) + 6

    def _add_bar(self, bar):
        if bar.label:
            lines, self.y = block(
                bar.label, self.left, self.y, self.width - self.left, fill=SECONDARY
            )
            self.words += lines
            self.y += 2
        total = sum(bar.counts)
        if not total:
            lines, self.y = block(
                bar.note, self.left, self.y + 3, self.width - self.left, fill=SECONDARY
            )
            self.words += lines
            self.y += 6
            return
        top, before, beside = self.y, 0, []
        self.grid += [
            (self.scale.at(tick), c(top - 4), c(top + BAR + 4)) for tick in TICKS
        ]
        for place, count in enumerate(bar.counts):
            if not count:
                continue
            start, end = (
                self.scale.at(100 * share / total) for share in (before, before + count)
            )
            before += count
            segment = self._segment(bar, place, start, end, top)
            if text_width(segment.number.text, bold=True) + 6 > segment.width:
                beside.append(segment)
            else:
                self.segments.append(segment)
        self.segments += _set_below(beside, self.left, self.width)
        self.y = top + BAR + (LINE + 5 if beside else 0) + 8

    def _segment(self, bar, place, start, end, top):
        key, count = self.keys[place], shown(bar.counts[place])
        return Segment(
            x=start,
            y=c(top),
            width=c(end - start),
            height=BAR,
            paint=key.paint,
            said=": ".join(filter(None, [bar.whose, key.label, count])),
            place=place,
            number=Words(
                count,
                c((start + end) / 2),
                c(top + BAR / 2 + SIZE * BASELINE),
                anchor="middle",
                weight=600,
                fill=key.paint.ink,
            ),
        )

    def _write(self, text, x, middle, **how):
        self.words.append(Words(text, c(x), c(middle + SIZE * BASELINE), **how))


def _set_below(segments, left, right):
    """The narrow segments with their numbers below them, as near as neighbours leave room."""
    widths = [text_width(segment.number.text, bold=True) + 9 for segment in segments]
    centres, edge = [], left
    for segment, width in zip(segments, widths, strict=True):
        centre = max(segment.x + segment.width / 2, edge + width / 2)
        centres.append(centre)
        edge = centre + width / 2
    edge = right
    for at in reversed(range(len(centres))):
        centres[at] = min(centres[at], edge - widths[at] / 2)
        edge = centres[at] - widths[at] / 2
    return [
        replace(
            segment,
            number=replace(
                segment.number,
                x=c(centre),
                y=c(segment.y + BAR + 5 + LINE / 2 + SIZE * BASELINE),
                fill=SECONDARY,
            ),
            leader=(
                f"M{c(segment.x + segment.width / 2)} {c(segment.y + BAR)}"
                f"L{c(centre)} {c(segment.y + BAR + 6)}"
            ),
        )
        for segment, centre in zip(segments, centres, strict=True)
    ]


def shown(count):
    """A count in the formats of the page."""
    return number_format(count, use_l10n=True, force_grouping=True)


def keys_of(labels, paints, symbols):
    """Keys of a legend from dictionaries with the same keys."""
    return [Key(labels[code], paints[code], symbols[code]) for code in labels]
