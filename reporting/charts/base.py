"""What every drawing is made with: its frame, scales, colours, and how long a text is.

Pure: numbers in, numbers out. A drawing is a frozen dataclass with all its coordinates; its template
writes them as SVG with text as text and attributes in place of styles, because the same drawing
stands in the PDF, where no style sheet reaches it.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from django.utils.formats import number_format

# Units are pixels where a drawing is shown at its own width. Wide drawings are never shown at less
# than 704 pixels, so that their text has 12 there; narrow ones are made for a window of 320.
WIDE, NARROW = 880, 288
SIZE = 15  # of text, and the least that there may be
LINE = 19  # from one line of text to the next
BASELINE = 0.35  # of its size, from the middle of a text down to where it stands

TEXT, SECONDARY = "#14282c", "#49616a"
TEAL, BORDER, HAIRLINE, TINT, WHITE = (
    "#0b5c66",
    "#6f858c",
    "#ccd9db",
    "#eef5f5",
    "#ffffff",
)
DASHED = "3 3"


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A picture: ``key`` is unique on its page, ``title`` and ``description`` are whole texts.

    The description says in words what is seen, for those who do not see it. ``narrow`` is the same
    picture for a narrow window, where there is one; ``more`` are the drawings in which it goes on,
    where it is too high for one sheet of paper.
    """

    template: ClassVar[str]

    key: str
    title: str
    description: str
    width: float
    height: float
    narrow: object = None
    more: tuple = ()


# Colours ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Paint:
    """How a surface is filled and edged, and the colour of text upon it."""

    fill: str
    ink: str
    stroke: str
    dash: str = ""


# Steps of one hue that are steps of grey too; what is not there is an outline.
DEEP = Paint("#0d5a64", WHITE, "#0d5a64")
MIDDLE = Paint("#68b1b5", TEXT, TEAL)
PALE = Paint("#d3ebea", TEXT, TEAL)
EMPTY = Paint(WHITE, TEXT, TEAL)
ABSENT = Paint(WHITE, SECONDARY, BORDER, DASHED)

LEVEL_PAINTS = {0: EMPTY, 1: PALE, 2: MIDDLE, 3: DEEP, None: ABSENT}
LEVEL_SYMBOLS = {0: "<1", 1: "1", 2: "2", 3: "3", None: "–"}
SIGN_PAINTS = {"s": DEEP, "m": MIDDLE, "n": EMPTY, "-": ABSENT}


@dataclass(frozen=True)
class Series:
    """One of several lines or kinds of dots: told apart by colour, dash and shape, if it has one."""

    colour: str
    dash: str
    shape: str


# As dark as each other, so that only dash and shape tell them apart in grey: both always do.
SERIES = (
    Series(TEAL, "", "circle"),
    Series("#a86400", "7 4", "square"),
    Series("#56406f", "2 4", "triangle"),
    Series("#7a3e00", "10 3 2 3", "diamond"),
    Series(SECONDARY, "4 2", "cross"),
)


def shape_path(shape, x, y, size=6):
    """The path of a mark whose middle is at (x, y) and which reaches ``size`` each way."""
    s = size
    if shape == "circle":
        return f"M{c(x - s)} {c(y)}a{s} {s} 0 1 0 {2 * s} 0a{s} {s} 0 1 0 {-2 * s} 0z"
    corners = {
        "square": [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
        "triangle": [(0, -1.1), (1.05, 0.8), (-1.05, 0.8)],
        "diamond": [(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)],
        "cross": [
            *((-0.35, -1), (0.35, -1), (0.35, -0.35), (1, -0.35)),
            *((1, 0.35), (0.35, 0.35), (0.35, 1), (-0.35, 1)),
            *((-0.35, 0.35), (-1, 0.35), (-1, -0.35), (-0.35, -0.35)),
        ],
    }[shape]
    return (
        "M" + "L".join(f"{c(x + s * dx)} {c(y + s * dy)}" for dx, dy in corners) + "z"
    )


# Scales -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Linear:
    """From a value between ``low`` and ``high`` to a place between ``start`` and ``end``."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value):
        share = (value - self.low) / (self.high - self.low)
        return c(self.start + share * (self.end - self.start))


def round_ticks(low, high, most=6):
    """Round values, evenly spaced, that enclose ``low`` and ``high``: some ``most`` of them."""
    if high <= low:
        high = low + (abs(low) or 1)
    rough = (high - low) / max(most - 1, 1)
    power = 10 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def tick_text(value, ticks):
    """A tick in the formats of the page, with as many decimals as its axis needs."""
    decimals = next(
        places
        for places in range(11)
        if all(abs(tick - round(tick, places)) < 1e-9 for tick in ticks)
    )
    return number_format(value, decimals, use_l10n=True, force_grouping=True)


def c(number):
    """A coordinate, to a hundredth: more would be noise in the page."""
    rounded = round(float(number), 2)
    return int(rounded) if rounded == int(rounded) else rounded


# Texts --------------------------------------------------------------------------------

# Thousandths of the size, measured in Source Sans 3; half-bold is a little wider.
_WIDTHS = {
    letter: width
    for width, letters in (
        (225, " ijlI.,:;'’|ìíîï"),
        (310, "f()-[]"),
        (345, "rt/"),
        (430, "sz"),
        (475, "cvxyŷýÿ"),
        (515, "aegkFJLVXYâàáäêèéë0123456789–<>+"),
        (550, "bdhnopquACEPRSTZôòóöûùúüñ"),
        (590, "BDGK&"),
        (660, "HNOQU"),
        (725, "wŵẁẃẅ"),
        (750, "M—"),
        (810, "W%Ŵ"),
        (850, "m"),
    )
    for letter in letters
}
_OTHER = 600
_BOLD = 1.06


@lru_cache(maxsize=20_000)
def text_width(text, size=SIZE, *, bold=False):
    """About how wide ``text`` is; rather too much than too little."""
    thousandths = sum(_WIDTHS.get(letter, _OTHER) for letter in text)
    return thousandths * size / 1000 * (_BOLD if bold else 1)


def wrapped(text, width, size=SIZE, *, bold=False):
    """``text`` as lines that fit into ``width``; a word that alone is too long is broken."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if text_width(longer, size, bold=bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while text_width(line, size, bold=bold) > width and len(line) > 1:
            kept = next(
                at
                for at in range(len(line) - 1, 0, -1)
                if at == 1 or text_width(line[:at], size, bold=bold) <= width
            )
            lines.append(line[:kept])
            line = line[kept:]
    return [*lines, line] if line else lines


@dataclass(frozen=True)
class Words:
    """A line of text: where it stands, and which of its ends is there."""

    text: str
    x: float
    y: float
    anchor: str = "start"  # or middle, end
    size: float = SIZE
    weight: int = 400
    fill: str = TEXT


def block(text, x, top, width, *, bold=False, fill=TEXT, size=SIZE):
    """Lines of ``text`` from ``top`` downwards: the lines, and where the next thing may begin."""
    lines = [
        Words(
            line,
            c(x),
            c(top + LINE * (number + 0.5) + size * BASELINE),
            size=size,
            weight=600 if bold else 400,
            fill=fill,
        )
        for number, line in enumerate(wrapped(text, width, size, bold=bold))
    ]
    return lines, top + LINE * len(lines)


# Legends ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """What a colour, or a line with its mark, stands for: one of ``paint`` and ``series``.

    ``symbol`` is written upon the paint, so that the legend can be read without colour.
    """

    label: str
    paint: Paint | None = None
    symbol: str = ""
    series: Series | None = None


@dataclass(frozen=True)
class PlacedKey:
    """A key in its place: the left and the middle of its mark, and its words."""

    key: Key
    x: float
    y: float
    lines: list[Words]
    mark: str = ""  # the path of the series' shape

    @property
    def symbol(self):
        return Words(
            self.key.symbol,
            c(self.x + _KEY / 2),
            c(self.y + SIZE * BASELINE),
            anchor="middle",
            weight=600,
            fill=self.key.paint.ink,
        )

    @property
    def end(self):
        return c(self.x + _KEY)

    @property
    def box_top(self):
        return c(self.y - 10)


_KEY = 28  # the width of a mark; templates/reporting/charts/_legend.html draws it so
_GAP = 8


def legend(keys, x, top, width):
    """The keys beside each other, on as many rows as they need: they, and where they end."""
    placed, left, row_top, row_bottom = [], x, top, top
    for key in keys:
        most = width - _KEY - _GAP
        lines = wrapped(key.label, most)
        needed = _KEY + _GAP + max((text_width(line) for line in lines), default=0)
        if left > x and left + needed > x + width:
            left, row_top = x, row_bottom + 6
        middle = row_top + 11
        words = [
            Words(
                line,
                c(left + _KEY + _GAP),
                c(middle + LINE * number + SIZE * BASELINE),
            )
            for number, line in enumerate(lines)
        ]
        mark = (
            shape_path(key.series.shape, left + _KEY / 2, middle)
            if key.series and key.series.shape
            else ""
        )
        placed.append(PlacedKey(key, c(left), c(middle), words, mark))
        row_bottom = max(row_bottom, row_top + 22 + LINE * (len(lines) - 1))
        left += needed + 20
    return placed, row_bottom
