"""Small pictures of one kind beside each other, each below its title."""

from dataclasses import dataclass

from reporting.charts.base import (
    BASELINE,
    LINE,
    SECONDARY,
    SIZE,
    Words,
    block,
    c,
    wrapped,
)

BETWEEN = 30  # from one picture to the one beside it


@dataclass(frozen=True)
class Panel:
    """Where one of the pictures stands: the box for what is drawn, below its title."""

    left: float
    top: float
    width: float
    words: list[Words]


def panels(titles, *, top, width, across, height):
    """A panel for each title, ``across`` of them in a row: they, and where they end.

    ``height`` is of what is drawn below the titles; titles of a row take the room of the longest.
    """
    each = (width - BETWEEN * (across - 1)) / across
    placed = []
    for first in range(0, len(titles), across):
        row = titles[first : first + across]
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
        for number, line in enumerate(wrapped(label, room - 4))
    ]


def height_of_labels(labels, room):
    return LINE * max((len(wrapped(label, room - 4)) for label in labels), default=0)
