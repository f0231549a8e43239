"""Where the bars stand, recomputed; and that what is drawn is whole without styles."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.charts.bars import Bar, Row, keys_of, stacked_bars
from reporting.charts.base import LEVEL_PAINTS, LEVEL_SYMBOLS, NARROW, WIDE

LABELS = {0: "Below", 1: "One", 2: "Two", 3: "Three", None: "Not answered"}
SVG = "{http://www.w3.org/2000/svg}"


def drawn(bars, **said):
    rows = [Row(f"Outcome {number}", [bar]) for number, bar in enumerate(bars)]
    return stacked_bars(
        key="levels",
        title="Levels",
        description="What is seen.",
        keys=keys_of(LABELS, LEVEL_PAINTS, LEVEL_SYMBOLS),
        rows=rows,
        **said,
    )


def markup(drawing):
    return ElementTree.fromstring(  # noqa: S314 - our own
        render_to_string(drawing.template, {"chart": drawing}).strip()
    )


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.lists(st.integers(0, 300), min_size=5, max_size=5).filter(any),
        min_size=1,
        max_size=4,
    )
)
def test_a_segment_is_as_wide_as_its_share_and_says_its_number(counts):
    drawing = drawn([Bar(each) for each in counts])

    for picture, left, right in (
        (drawing, 316, WIDE - 2),
        (drawing.narrow, 2, NARROW - 2),
    ):
        segments = sorted(picture.segments, key=lambda each: (each.y, each.x))
        expected, found = [], []
        for row in counts:
            before = 0
            for place, count in enumerate(row):
                if count:
                    start = left + (right - left) * before / sum(row)
                    width = (right - left) * count / sum(row)
                    expected.append((place, f"{count}", start, width))
                before += count
        for segment in segments:
            found.append((segment.place, segment.number.text, segment.x, segment.width))
        assert [each[:2] for each in found] == [each[:2] for each in expected]
        assert [each[2:] for each in found] == [
            pytest.approx(each[2:], abs=0.02) for each in expected
        ]
        numbers = [each.number for each in segments]
        assert all(left - 30 <= number.x <= right for number in numbers)
        assert picture.height > max(segment.y + segment.height for segment in segments)


def test_nought_has_no_segment_and_nothing_has_no_bar():
    drawing = drawn([Bar([0, 2, 0, 0, 0]), Bar([], note="None yet.")])

    assert [segment.said for segment in drawing.segments] == ["One: 2"]
    assert "None yet." in [words.text for words in drawing.words]


def test_numbers_below_thin_segments_stand_apart():
    drawing = drawn([Bar([1, 1, 1, 300, 1])])

    beside = sorted(segment.number.x for segment in drawing.segments if segment.leader)
    gaps = [later - earlier for earlier, later in pairwise(beside)]
    assert len(beside) == 4
    assert min(gaps) >= 15


@pytest.mark.parametrize("which", ["wide", "narrow"])
def test_the_drawing_has_title_description_and_text_and_no_style(which):
    drawing = drawn([Bar([1, 2, 3, 4, 5], whose="Wales")], remark="All & <everybody>")
    svg = markup(drawing if which == "wide" else drawing.narrow)

    title, description = svg[0], svg[1]
    assert (title.tag, title.text) == (f"{SVG}title", "Levels")
    assert (description.tag, description.text) == (f"{SVG}desc", "What is seen.")
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == title.get("id")
    assert svg.get("aria-describedby") == description.get("id")
    assert not [each for each in svg.iter() if "style" in each.attrib]
    texts = [each.text for each in svg.iter(f"{SVG}text")]
    assert {"Outcome 0", "All & <everybody>", "1", "2", "3", "4", "5"} <= set(texts)
    assert min(float(each.get("font-size")) for each in svg.iter(f"{SVG}text")) >= 12
    said = [each.text for each in svg.iter(f"{SVG}title")][1:]
    assert said == [
        f"Wales: {label}: {count}"
        for label, count in zip(LABELS.values(), [1, 2, 3, 4, 5], strict=True)
    ]


def test_every_key_can_be_told_without_colour():
    drawing = drawn([Bar([1, 1, 1, 1, 1])])

    keys = [(each.key.symbol, each.key.label) for each in drawing.legend]
    assert keys == [
        ("<1", "Below"),
        ("1", "One"),
        ("2", "Two"),
        ("3", "Three"),
        ("–", "Not answered"),
    ]
    assert [bool(each.key.paint.dash) for each in drawing.legend] == [
        *[False] * 4,
        True,
    ]


def test_what_is_too_high_for_a_sheet_goes_on_with_its_heading_and_legend():
    rows = [
        Row(f"Outcome {number}", [Bar([1, 2, 3, 4, 5])], "Part" if not number else "")
        for number in range(40)
    ]
    drawing = stacked_bars(
        key="levels",
        title="Levels",
        description="What is seen.",
        keys=keys_of(LABELS, LEVEL_PAINTS, LEVEL_SYMBOLS),
        rows=rows,
    )

    sheets = [drawing, *drawing.more]
    labels = [
        words.text
        for sheet in sheets
        for words in sheet.words
        if words.text.startswith("Outcome")
    ]
    assert len(sheets) == 2
    assert labels == [row.label for row in rows]
    assert [sheet.title for sheet in sheets] == ["Levels (1/2)", "Levels (2/2)"]
    assert len({sheet.key for sheet in [*sheets, drawing.narrow]}) == 3
    for sheet in sheets:
        assert [words.text for words in sheet.words].count("Part") == 1
        assert len(sheet.legend) == 5
        assert sheet.height < 1.4 * sheet.width
    assert len(drawing.narrow.segments) == 200
