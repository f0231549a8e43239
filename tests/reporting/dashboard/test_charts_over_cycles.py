"""Where columns, steps and dumbbells stand: nothing outside its drawing, everything to scale."""

import re

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.charts.bars import keys_of
from reporting.charts.base import LEVEL_PAINTS, LEVEL_SYMBOLS, text_width
from reporting.charts.columns import HEIGHT, Followed, columns
from reporting.charts.dumbbell import Pair, dumbbell
from reporting.charts.panels import StopLabels
from reporting.charts.steps import Walk, steps

LABELS = {0: "Below level 1", 1: "One", 2: "Two", 3: "Three", None: "Not answered"}
KEYS = keys_of(LABELS, LEVEL_PAINTS, LEVEL_SYMBOLS)
OUTCOME = "MODEL 11: Cluster systems enable communication and the sharing of data"


def stop_labels(count):
    names = [f"Self-reflection {2020 + number}" for number in range(count)]
    codes = [f"{2020 + number}" for number in range(count)]
    return StopLabels(
        names, codes, "; ".join(map(": ".join, zip(codes, names, strict=True)))
    )


def drawn_columns(followed, count, **more):
    return columns(
        **{
            "key": "journey",
            "title": "Levels",
            "description": "What is seen.",
            "keys": KEYS,
            "stop_labels": stop_labels(count),
            "breaks": [],
            "followed": followed,
            "remarks": [],
        }
        | more
    )


def drawn_steps(walks, count, **more):
    return steps(
        **{
            "key": "journey",
            "title": "Levels",
            "description": "What is seen.",
            "mark_labels": ("Own level", "Agreed level"),
            "stop_labels": stop_labels(count),
            "breaks": [],
            "walks": walks,
            "remarks": [],
        }
        | more
    )


def drawn_dumbbell(pairs, heads=("Higher", "The same", "Lower", "Clusters")):
    return dumbbell(
        key="pairs",
        title="Levels",
        description="What is seen.",
        mark_labels=("Own level", "Agreed level"),
        heads=list(heads),
        pairs=pairs,
    )


def overflowing(drawing):
    """The lines of text that reach out of the drawing."""
    found = []
    for words in drawing.words:
        width = text_width(words.text, bold=words.weight > 400)
        left = {"start": words.x, "middle": words.x - width / 2, "end": words.x - width}
        start = left[words.anchor]
        if start < -1 or start + width > drawing.width + 1 or words.y > drawing.height:
            found.append(words.text)
    return found


def both(drawing):
    return [drawing, drawing.narrow]


COUNTS = st.lists(st.integers(0, 60), min_size=5, max_size=5).filter(any)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.none() | COUNTS, min_size=6, max_size=6), max_size=5))
def test_columns_are_as_high_as_their_share(columns_of_each):
    followed = [Followed(OUTCOME, each) for each in columns_of_each]

    for drawing in both(drawn_columns(followed, 6)):
        assert overflowing(drawing) == []
        boxes = {}
        for box in drawing.boxes:
            boxes.setdefault(box.x, []).append(box)
            assert 0 <= box.x <= box.x + box.width <= drawing.width
        shown = sorted(box.number.text for box in drawing.boxes)
        expected = [each for one in followed for each in one.columns if each]
        assert shown == sorted(
            str(count) for each in expected for count in each if count
        )
        # All of the segments of one outcome's stop together are the whole.
        heights = sum(box.height + 1.5 for box in drawing.boxes)
        assert heights == pytest.approx(HEIGHT * len(expected), rel=0.03, abs=5)


def test_a_gap_is_a_sign_and_a_break_a_dashed_line():
    followed = [Followed("An outcome", [None, [1, 2, 3, 0, 1]])]

    drawing = drawn_columns(followed, 2, breaks=[1], remarks=["* There was none."])

    said = [words.text for words in drawing.words]
    assert ("*" in said, "* There was none." in said) == (True, True)
    ((x, top, bottom),) = drawing.breaks
    assert top < bottom
    assert x < min(box.x for box in drawing.boxes)


def test_names_of_cycles_give_way_to_codes_where_there_is_no_room():
    followed = [Followed("An outcome", [[1, 0, 0, 0, 0]] * 6)]

    few, many = (
        drawn_columns([Followed("An outcome", [[1, 0, 0, 0, 0]] * 2)], 2),
        drawn_columns(followed, 6),
    )

    said = [[words.text for words in drawing.words] for drawing in (few, many)]
    assert "Self-reflection 2020" in said[0]
    assert {"2020", "2025"} <= set(said[1])
    assert "2020: Self-reflection 2020;" in " ".join(said[1])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(
            st.none()
            | st.tuples(st.none() | st.integers(0, 3), st.none() | st.integers(0, 3)),
            min_size=4,
            max_size=4,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_marks_stand_at_their_level(walks):
    drawing = drawn_steps([Walk(OUTCOME, levels) for levels in walks], 4, breaks=[2])

    for each in both(drawing):
        assert overflowing(each) == []
        own = sum(
            levels is not None and levels[0] is not None
            for walk in walks
            for levels in walk
        )
        agreed = sum(
            levels is not None and levels[1] is not None
            for walk in walks
            for levels in walk
        )
        assert len(each.marks) == own + agreed + 2  # two in the legend
        grid = {y for _x, y, _end in each.grid}
        for mark in each.marks[2:]:
            x, y = map(float, re.match(r"M(\S+) ([^aL]+)", mark.path).groups())
            assert 0 <= x <= each.width
            # A circle begins at its middle's height, a diamond 1.25 x 8.5 above it.
            offset = 0 if "a" in mark.path else 10.62
            assert min(abs(y + offset - level) for level in grid) < 0.1


def test_a_line_leads_over_a_break_but_not_over_a_gap():
    levels = [(1, None), (2, None), None, (3, None), (None, 2), (0, 0)]

    drawing = drawn_steps([Walk("An outcome", levels)], 6, breaks=[1])

    assert [is_over_a_break for _path, is_over_a_break in drawing.lines] == [True]


def test_a_dumbbell_is_to_scale():
    drawing = drawn_dumbbell([Pair(OUTCOME, 1, 3, ["1", "0", "0", "1"])])

    for each in both(drawing):
        assert overflowing(each) == []
        one, two, three = (x for x, _top, _bottom in each.grid[1:])
        ((start, _y, end),) = each.bars
        assert (start, end) == (one, three)
        assert two == pytest.approx((one + three) / 2, abs=0.01)


@pytest.mark.parametrize(
    ("own", "agreed", "numbers"),
    [
        (1, 1, ["1"]),
        (0, 3, ["3", "<1"]),
        (1.25, 1.25, ["1.3"]),
        (1.375, 1.5, ["1.4", "1.5"]),
        (2.0, 1.0, ["1.0", "2.0"]),
    ],
)
def test_levels_have_their_sign_and_means_one_decimal(own, agreed, numbers):
    drawing = drawn_dumbbell([Pair("An outcome", own, agreed)], heads=())

    bold = [words for words in drawing.words if words.weight > 400]
    assert sorted(words.text for words in bold) == numbers
    assert overflowing(drawing) == []


def test_where_there_is_nothing_to_compare_there_is_a_sentence():
    drawing = drawn_dumbbell([Pair("An outcome", None, 2, note="No own level.")])

    assert (drawing.bars, len(drawing.marks)) == ([], 2)
    assert "No own level." in [words.text for words in drawing.words]


@pytest.mark.parametrize(
    "drawing",
    [
        drawn_columns(
            [Followed("An & outcome", [[1, 2, 3, 0, 1], None])], 2, breaks=[1]
        ),
        drawn_steps([Walk("An & outcome", [(1, 2), (3, None)])], 2, breaks=[1]),
        drawn_dumbbell([Pair("An & outcome", 1, 2, ["1", "2", "3", "6"])]),
    ],
)
def test_the_drawing_needs_no_style_sheet(drawing):
    svg = render_to_string(drawing.template, {"chart": drawing})

    assert "style=" not in svg
    assert "An &amp; outcome" in svg
    assert 'role="img"' in svg
    named_by = re.search(r'aria-labelledby="(\S+?)["\s]', svg).group(1)
    assert f'<title id="{named_by}">Levels</title>' in svg
    assert svg.index("<title") < svg.index("<desc") < svg.index("<text")
