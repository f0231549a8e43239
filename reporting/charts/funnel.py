"""A funnel: areas by their size, and the limits that close in as areas grow."""

from dataclasses import dataclass, replace

from reporting.charts.base import (
    BASELINE,
    LINE,
    NARROW,
    SECONDARY,
    SIZE,
    TEAL,
    TEXT,
    WIDE,
    Key,
    Linear,
    Series,
    Words,
    block,
    c,
    legend,
    round_ticks,
    text_width,
    tick_text,
)
from reporting.charts.marks import mark_legend
from reporting.charts.plot import (
    MARK,
    Plot,
    Stroke,
    across,
    line,
    numbers_at,
    spot,
    spot_keys,
    upwards,
    width_of_numbers,
)

TALL, LOW = 400, 300  # of what is drawn, on wide and on narrow windows
CURVE = 48  # points of a curve
INNER_LINE = Series(TEAL, "7 4", "")
OUTER_LINE = Series(TEAL, "", "")


@dataclass(frozen=True)
class Spot:
    """An area: its size, its value, and its mark."""

    label: str
    size: float
    value: float
    series: object
    is_hollow: bool = False


@dataclass(frozen=True)
class Labels:
    """The words of the axes and of the legend."""

    value: str
    size: str
    inner: str
    outer: str
    series: tuple = ()
    hollow: str = ""


def sizes_between(low, high):
    """The sizes that a curve is computed at: closer together where it bends, at small ones."""
    low = max(low, high / 400, 1e-9)
    return [low * (high / low) ** (step / (CURVE - 1)) for step in range(CURVE)]


def funnel(*, key, title, description, spots, centre, centre_text, limits_at, labels):
    """The spots between the curves of ``limits_at``, a function of a size; ``centre`` is of Wales."""
    sizes = [spot.size for spot in spots]
    ticks = round_ticks(0, max(sizes) * 1.02)
    curve = [
        (size, limits_at(size)) for size in sizes_between(min(sizes) * 0.6, ticks[-1])
    ]
    # A curve that leaves the picture upwards, at very small sizes, says nothing more.
    values = [
        centre,
        *(spot.value for spot in spots),
        *(end for spot in spots for end in _ends(limits_at(spot.size))),
    ]

    def drawn(key, width, height):
        return _drawn(
            *(key, title, description, spots, centre, centre_text, curve, values),
            *(ticks, labels, width, height),
        )

    return replace(drawn(key, WIDE, TALL), narrow=drawn(f"{key}-narrow", NARROW, LOW))


def _ends(limits):
    return (limits.outer_low, limits.outer_high)


def _drawn(
    key,
    title,
    description,
    spots,
    centre,
    centre_text,
    curve,
    values,
    size_ticks,
    labels,
    width,
    height,
):
    placed, top = legend(
        [
            Key(labels.inner, series=INNER_LINE),
            Key(labels.outer, series=OUTER_LINE),
        ],
        *(1, 2, width - 2),
    )
    marks, words, top = mark_legend(
        spot_keys(labels.series, hollow_label=labels.hollow), 1, top + 4, width - 2
    )
    lines, top = block(labels.value, 1, top + 8, width - 2, fill=SECONDARY)
    words += lines
    top += 12
    ticks = round_ticks(min(values), max(values))
    beyond = text_width(tick_text(size_ticks[-1], size_ticks)) / 2
    left, right = width_of_numbers(ticks) + 14, width - beyond - 2
    bottom = top + height
    across_scale = Linear(size_ticks[0], size_ticks[-1], left, right)
    scale = Linear(ticks[0], ticks[-1], bottom, top)
    taken = [(left, scale.at(centre) - 2, right, scale.at(centre) + 2)]
    strokes, numbers = upwards(ticks, scale, left, right)
    words += numbers
    strokes += across([size_ticks[0], size_ticks[-1]], across_scale, top, bottom)
    for name, series in (
        *((name, INNER_LINE) for name in ("inner_low", "inner_high")),
        *((name, OUTER_LINE) for name in ("outer_low", "outer_high")),
    ):
        points = [
            (across_scale.at(size), scale.at(getattr(limits, name)))
            for size, limits in curve
            if ticks[0] <= getattr(limits, name) <= ticks[-1]
        ]
        path = "M" + "L".join(f"{x} {y}" for x, y in points)
        taken += [(x - 4, y - 2, x + 4, y + 2) for x, y in points]
        if points:
            strokes.append(Stroke(path, series.colour, 1.5, series.dash))
    strokes.append(line(left, scale.at(centre), right, scale.at(centre), TEXT, 2))
    around = []
    for each in spots:
        x, y = across_scale.at(each.size), scale.at(each.value)
        marks.append(spot(each.series, x, y, is_hollow=each.is_hollow))
        around.append((x - MARK, y - MARK, x + MARK, y + MARK))
    taken += around
    words.append(
        _name_of_centre(
            centre_text, scale.at(centre), taken, around, (left, top, right, bottom)
        )
    )
    if width == WIDE:
        for each in _outermost_first(spots, centre):
            x, y = across_scale.at(each.size), scale.at(each.value)
            name = _name_beside(each.label, x, y, taken, (left, top, right, bottom))
            if name:
                words.append(name)
    words += numbers_at(size_ticks, across_scale, bottom + 6 + LINE / 2)
    lines, end = block(
        labels.size, left, bottom + 8 + LINE, right - left, fill=SECONDARY
    )
    words += lines
    return Plot(
        key=key,
        title=title,
        description=description,
        width=width,
        height=c(end + 8),
        legend=placed,
        bands=[],
        strokes=strokes,
        marks=marks,
        words=words,
    )


def _outermost_first(spots, centre):
    return sorted(spots, key=lambda each: -abs(each.value - centre))


def _name_of_centre(text, y, taken, spots, frame):
    """The words on the line of the centre: at the end and side where no spot is, nor the name of one.

    ``spots`` are the boxes of the spots; ``taken`` grows by the words.
    """
    left, top, right, bottom = frame
    width = text_width(text, bold=True)
    places = [
        ((x, y + low, x + width, y + high), anchor, end, y + baseline)
        for x, anchor, end in (
            (right - width, "end", right),
            (left + 4, "start", left + 4),
        )
        for low, high, baseline in ((-22, -3, -8), (3, 22, 17))
        if top <= y + low and y + high <= bottom
    ]
    box, anchor, x, baseline = min(
        places,
        key=lambda place: sum(_overlap(_grown(place[0]), each) for each in spots),
    )
    taken.append(box)
    return Words(text, c(x), c(baseline), anchor=anchor, weight=600)


def _grown(box):
    """With room for a name above and below."""
    left, top, right, bottom = box
    return (left, top - LINE, right, bottom + LINE)


def _name_beside(label, x, y, taken, frame):
    """The name of a spot where nothing else stands, or None; ``taken`` grows by it."""
    left, top, right, bottom = frame
    width = text_width(label)
    for box, anchor, at in (
        ((x + 10, y - 9, x + 10 + width, y + 9), "start", x + 10),
        ((x - 10 - width, y - 9, x - 10, y + 9), "end", x - 10),
        ((x - width / 2, y - 28, x + width / 2, y - 10), "middle", x),
        ((x - width / 2, y + 10, x + width / 2, y + 28), "middle", x),
        ((x + 2, y - 32, x + 2 + width, y - 14), "start", x + 2),
        ((x - 2 - width, y + 14, x - 2, y + 32), "end", x - 2),
        ((x - 2 - width, y + 8, x - 2, y + 26), "end", x - 2),
        ((x + 2, y + 8, x + 2 + width, y + 26), "start", x + 2),
        ((x - 2 - width, y - 26, x - 2, y - 8), "end", x - 2),
        ((x + 2, y - 26, x + 2 + width, y - 8), "start", x + 2),
    ):
        inside = (
            box[0] >= left and box[1] >= top and box[2] <= right and box[3] <= bottom
        )
        if inside and not any(_overlap(box, other) for other in taken):
            taken.append(box)
            return Words(
                label, c(at), c((box[1] + box[3]) / 2 + SIZE * BASELINE), anchor=anchor
            )
    return None


def _overlap(one, other):
    return (
        one[0] < other[2]
        and other[0] < one[2]
        and one[1] < other[3]
        and other[1] < one[3]
    )
