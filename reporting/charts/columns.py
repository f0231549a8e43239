"""Columns of a whole over the cycles, a small picture for each thing that is followed."""

from dataclasses import dataclass, replace
from typing import ClassVar

from django.utils.formats import number_format

from reporting.charts.base import (
    BASELINE,
    BORDER,
    DASHED,
    HAIRLINE,
    LINE,
    NARROW,
    SECONDARY,
    SIZE,
    WIDE,
    Drawing,
    Paint,
    PlacedKey,
    Words,
    block,
    c,
    legend,
    text_width,
)
from reporting.charts.panels import (
    across,
    each_width,
    height_of_labels,
    labels_below,
    panels,
    stops,
)

HEIGHT = 150  # of a column
LEAST = 17  # the height of a segment that holds its number
NO_COLUMN = "*"  # explained above the pictures


@dataclass(frozen=True)
class Followed:
    """One thing, and how many there are of each key at each stop; None where it was not there."""

    label: str
    columns: list[list[int] | None]


@dataclass(frozen=True)
class Box:
    """A segment of a column with its number, in it or beside it."""

    x: float
    y: float
    width: float
    height: float
    paint: Paint
    number: Words
    place: int  # of its key in the legend
    leader: str = ""


@dataclass(frozen=True, kw_only=True)
class Columns(Drawing):
    """The drawing; see ``columns``."""

    template: ClassVar[str] = "reporting/charts/_columns.html"

    legend: list[PlacedKey]
    words: list[Words]
    boxes: list[Box]
    floors: list[tuple]  # x, y, end
    breaks: list[tuple]  # x, top, bottom: where the edition changed
    floor_colour: str = HAIRLINE
    break_colour: str = BORDER
    break_dash: str = DASHED


def columns(*, key, title, description, keys, stop_labels, breaks, followed, remarks):
    """Small pictures of columns of 100%, the first key lowest; and the same for a narrow window.

    ``stop_labels`` are ``StopLabels``, ``breaks`` the numbers of the stops before which there is a
    dashed line, ``remarks`` whole sentences above the pictures. Nought has no segment.
    """

    def drawn(key, width):
        return _drawn(
            *(key, title, description, keys, stop_labels, breaks, followed, remarks),
            width,
        )

    return replace(drawn(key, WIDE), narrow=drawn(f"{key}-narrow", NARROW))


def _drawn(
    key,
    title,
    description,
    keys,
    stop_labels,
    breaks,
    followed,
    remarks,
    width,
):
    placed_keys, top = legend(keys, 1, 2, width - 2)
    count = len(stop_labels.full)
    beside = across(width, count)
    middles, room = stops(each_width(width, beside), count)
    labels, explained = stop_labels.within(room)
    words, top = remarks_below([*remarks, *explained], top + 4, width)
    labels_height = height_of_labels(labels, room)
    placed, bottom = panels(
        [one.label for one in followed],
        top=top + 10,
        width=width,
        beside=beside,
        height=HEIGHT + 4 + labels_height,
    )
    boxes, floors, lines = [], [], []
    for panel, one in zip(placed, followed, strict=True):
        words += panel.words
        at = [panel.left + middle for middle in middles]
        floor = panel.top + HEIGHT
        floors.append((panel.left, c(floor), c(panel.left + panel.width)))
        lines += [
            (c(at[number] - room / 2), c(panel.top - 2), c(floor + 4))
            for number in breaks
        ]
        for middle, counts in zip(at, one.columns, strict=True):
            if counts is None:
                words.append(
                    Words(
                        NO_COLUMN,
                        c(middle),
                        c(floor - 8),
                        anchor="middle",
                        fill=SECONDARY,
                    )
                )
            else:
                boxes += _column(keys, counts, middle, room, panel.top)
        words += labels_below(labels, at, room, floor + 4)
    return Columns(
        key=key,
        title=title,
        description=description,
        width=width,
        height=c(bottom),
        legend=placed_keys,
        words=words,
        boxes=boxes,
        floors=floors,
        breaks=lines,
    )


def remarks_below(remarks, top, width):
    """Whole sentences from ``top`` downwards: words, and where they end."""
    words = []
    for remark in remarks:
        lines, top = block(remark, 1, top, width - 2, fill=SECONDARY)
        words += lines
    return words, top


def _column(keys, counts, middle, room, top):
    """The segments of one column, from the floor upwards; thin ones have their number beside."""
    total = sum(counts)
    column_width = min(60, room * 0.5)
    left, before, inside, beside = middle - column_width / 2, 0, [], []
    for place, (key, count) in enumerate(zip(keys, counts, strict=True)):
        if not count:
            continue
        bottom = top + HEIGHT * (1 - before / total)
        before += count
        upper = top + HEIGHT * (1 - before / total)
        text = number_format(count, use_l10n=True, force_grouping=True)
        fits = (
            bottom - upper >= LEAST and text_width(text, bold=True) <= column_width - 4
        )
        box = Box(
            x=c(left + 0.75),
            y=c(upper + 0.75),
            width=c(column_width - 1.5),
            height=c(max(bottom - upper - 1.5, 0.5)),
            paint=key.paint,
            number=Words(
                text,
                c(middle),
                c((upper + bottom) / 2 + SIZE * BASELINE),
                anchor="middle",
                weight=600,
                fill=key.paint.ink,
            ),
            place=place,
        )
        (inside if fits else beside).append(box)
    return [*inside, *_beside(beside, left + column_width, top)]


def _beside(boxes, right, top):
    """Thin boxes with their numbers to the right of them, as near as the others leave room."""
    middles, lowest = [], top + HEIGHT - LINE / 2 + 4
    for box in boxes:  # from the floor upwards
        middle = min(box.y + box.height / 2, lowest)
        middles.append(middle)
        lowest = middle - LINE + 3
    highest = top + LINE / 2 - 4
    for number in reversed(range(len(middles))):
        middles[number] = max(middles[number], highest)
        highest = middles[number] + LINE - 3
    return [
        replace(
            box,
            number=replace(
                box.number,
                x=c(right + 6),
                y=c(middle + SIZE * BASELINE),
                anchor="start",
                fill=SECONDARY,
            ),
            leader=f"M{c(right)} {c(box.y + box.height / 2)}L{c(right + 5)} {c(middle)}",
        )
        for box, middle in zip(boxes, middles, strict=True)
    ]
