"""Small pictures of one kind beside each other, each below its title."""

from dataclasses import dataclass

from reporting.charts.base import (
    BASELINE,
    LINE,
    SECONDARY,
    SIZE,
    WIDE,
    Words,
    block,
    c,
    text_width,
    wrapped,
)

BETWEEN = 30  # from one picture to the one beside it
LABEL_GAP = 4  # between the labels of two stops
MOST_BESIDE = 4  # stops in a picture of which three stand beside each other


@dataclass(frozen=True)
class StopLabels:
    """What the stops are called; ``short`` where that has no room, explained by ``key``."""

    full: list[str]
    short: list[str]
    key: str

    def within(self, room):
        """The labels that fit into ``room`` each without breaking a word, and what explains them."""
        words = [word for label in self.full for word in label.split()]
        if all(text_width(word) <= room - LABEL_GAP for word in words):
            return self.full, []
        return self.short, [self.key]


@dataclass(frozen=True)
class Panel:
    """Where one of the pictures stands: the box for what is drawn, below its title."""

    left: float
    top: float
    width: float
    words: list[Words]


def panels(titles, *, top, width, beside, height):
    """A panel for each title, ``beside`` of them in a row: they, and where they end.

    ``height`` is of what is drawn below the titles; titles of a row take the room of the longest.
    """
    each = each_width(width, beside)
    placed = []
    for first in range(0, len(titles), beside):
        row = titles[first : first + beside]
        tallest = max(len(wrapped(title, each, bold=True)) for title in row)
        below = top + tallest * LINE + 8
        for number, title in enumerate(row):
            left = number * (each + BETWEEN)
            lines, _end = block(title, left + 1, top, each, bold=True)
            placed.append(Panel(c(left), c(below), c(each), lines))
        top = below + height + 18
    return placed, top


def stops(panel_width, count, *, start=0):
    """The middles of ``count`` places beside each other, and the room that each has."""
    room = (panel_width - start) / max(count, 1)
    return [start + room * (number + 0.5) for number in range(count)], room


def labels_below(labels, middles, room, top):
    """Each label in its place, on as many lines as it needs: words."""
    return [
        Words(
            line,
            c(middle),
            c(top + LINE * (number + 0.5) + SIZE * BASELINE),
            anchor="middle",
            fill=SECONDARY,
        )
        for label, middle in zip(labels, middles, strict=True)
        for number, line in enumerate(wrapped(label, room - LABEL_GAP))
    ]


def height_of_labels(labels, room):
    return LINE * max(
        (len(wrapped(label, room - LABEL_GAP)) for label in labels), default=0
    )


def across(width, stop_count):
    """How many pictures of so many stops stand beside each other in a drawing of ``width``."""
    if width < WIDE:
        return 1
    return 3 if stop_count <= MOST_BESIDE else 2


def each_width(width, beside):
    return (width - BETWEEN * (beside - 1)) / beside
