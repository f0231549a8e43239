"""One cluster's levels over the cycles: its own as a line of steps, the agreed ones as marks."""

from dataclasses import dataclass, replace
from typing import ClassVar

from reporting.charts.base import (
    BASELINE,
    BORDER,
    DASHED,
    DEEP,
    HAIRLINE,
    LEVEL_SYMBOLS,
    NARROW,
    SECONDARY,
    SIZE,
    WIDE,
    Drawing,
    Linear,
    Words,
    c,
)
from reporting.charts.columns import NO_COLUMN, remarks_below
from reporting.charts.marks import Mark, agreed_mark, mark_legend, own_mark
from reporting.charts.panels import (
    across,
    each_width,
    height_of_labels,
    labels_below,
    panels,
    stops,
)

HEIGHT = 120  # from the highest level to the lowest
AXIS = 28  # of the width, for the levels' symbols


@dataclass(frozen=True)
class Walk:
    """One outcome: its own and its agreed level at each stop, or None; None where it was not there."""

    label: str
    levels: list[tuple[int | None, int | None] | None]


@dataclass(frozen=True, kw_only=True)
class Steps(Drawing):
    """The drawing; see ``steps``."""

    template: ClassVar[str] = "reporting/charts/_steps.html"

    words: list[Words]
    marks: list[Mark]
    grid: list[tuple]  # x, y, end
    lines: list[tuple]  # a path and whether it leads over a break
    breaks: list[tuple]  # x, top, bottom: where the edition changed
    line_colour: str = DEEP.fill
    grid_colour: str = HAIRLINE
    break_colour: str = BORDER
    break_dash: str = DASHED


def steps(*, key, title, description, mark_labels, stop_labels, breaks, walks, remarks):
    """Small pictures of levels over the cycles; and the same for a narrow window.

    ``mark_labels`` say what the marks of an own and of an agreed level are; ``breaks`` and
    ``remarks`` are as for ``columns``.
    """

    def drawn(key, width):
        return _drawn(
            *(key, title, description, mark_labels, stop_labels, breaks, walks),
            *(remarks, width),
        )

    return replace(drawn(key, WIDE), narrow=drawn(f"{key}-narrow", NARROW))


def _drawn(
    key,
    title,
    description,
    mark_labels,
    stop_labels,
    breaks,
    walks,
    remarks,
    width,
):
    makers = zip(mark_labels, (own_mark, agreed_mark), strict=True)
    marks, words, top = mark_legend(makers, 1, 2, width - 2)
    count = len(stop_labels.full)
    beside = across(width, count)
    middles, room = stops(each_width(width, beside), count, start=AXIS)
    labels, explained = stop_labels.within(room)
    more, top = remarks_below([*remarks, *explained], top + 4, width)
    words += more
    labels_height = height_of_labels(labels, room)
    placed, bottom = panels(
        [walk.label for walk in walks],
        top=top + 10,
        width=width,
        beside=beside,
        height=HEIGHT + 34 + labels_height,
    )
    grid, lines, dashed = [], [], []
    for panel, walk in zip(placed, walks, strict=True):
        words += panel.words
        at = [panel.left + middle for middle in middles]
        scale = Linear(0, 3, panel.top + 14 + HEIGHT, panel.top + 14)
        floor = panel.top + HEIGHT + 30
        for level in range(4):
            y = scale.at(level)
            grid.append((c(panel.left + AXIS), y, c(panel.left + panel.width)))
            words.append(
                Words(
                    LEVEL_SYMBOLS[level],
                    c(panel.left + AXIS - 8),
                    c(y + SIZE * BASELINE),
                    anchor="end",
                    fill=SECONDARY,
                )
            )
        dashed += [
            (c(at[number] - room / 2), c(panel.top), c(floor)) for number in breaks
        ]
        lines += _steps(walk, at, room, scale, breaks)
        for x, levels in zip(at, walk.levels, strict=True):
            if levels is None:
                words.append(
                    Words(
                        *(NO_COLUMN, c(x), c(floor - 24)),
                        anchor="middle",
                        fill=SECONDARY,
                    )
                )
                continue
            own, agreed = levels
            if agreed is not None:
                marks.append(agreed_mark(x, scale.at(agreed)))
            if own is not None:
                marks.append(own_mark(x, scale.at(own)))
        words += labels_below(labels, at, room, floor)
    return Steps(
        key=key,
        title=title,
        description=description,
        width=width,
        height=c(bottom),
        words=words,
        marks=marks,
        grid=grid,
        lines=lines,
        breaks=dashed,
    )


def _steps(walk, at, room, scale, breaks):
    """A path from each own level to the next one, where the stops are neighbours."""
    own = [levels[0] if levels else None for levels in walk.levels]
    paths = []
    for number in range(1, len(own)):
        before, after = own[number - 1], own[number]
        if before is None or after is None:
            continue
        x, y = c(at[number - 1]), scale.at(before)
        path = f"M{x} {y}H{c(at[number] - room / 2)}V{scale.at(after)}H{c(at[number])}"
        paths.append((path, number in breaks))
    return paths
