"""What changed between two texts."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdf_site.common.word_diff import ADDED, REMOVED, SAME, Part, word_diff


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("Yr un", "Yr un", [Part(SAME, "Yr un")]),
        ("", "Newydd", [Part(ADDED, "Newydd")]),
        ("Hen", "", [Part(REMOVED, "Hen")]),
        (
            "a safe call",
            "a quick call",
            [
                Part(SAME, "a "),
                Part(REMOVED, "safe"),
                Part(ADDED, "quick"),
                Part(SAME, " call"),
            ],
        ),
        (
            "one\n\ntwo",
            "one\n\ntwo three",
            [Part(SAME, "one\n\ntwo"), Part(ADDED, " three")],
        ),
    ],
)
def test_words_that_stayed_came_and_went(before, after, expected):
    assert word_diff(before, after) == expected


texts = st.lists(st.sampled_from(["ŵ", "tŷ", "a", " ", "\n"]), max_size=30).map("".join)


@given(before=texts, after=texts)
def test_the_parts_make_both_texts(before, after):
    parts = word_diff(before, after)

    assert "".join(part.text for part in parts if part.kind != REMOVED) == after
    assert "".join(part.text for part in parts if part.kind != ADDED) == before


def test_a_very_long_text_is_compared_in_time():
    before = "gair " * 20_000

    parts = word_diff(before, before + "\nnewydd")

    assert parts[-1] == Part(ADDED, "\nnewydd")


SHORT_WORDS = "x " * 5_000


@pytest.mark.parametrize(
    "after",
    [
        "newydd "
        + SHORT_WORDS.replace("x x x x x x x x x ", "x x x x newydd x ")
        + "y",
        "\n".join(f"{number % 90}" for number in range(3_000)),
    ],
)
def test_texts_that_repeat_themselves_are_compared_in_time(after):
    started = time.monotonic()

    parts = word_diff(SHORT_WORDS, after)

    assert "".join(part.text for part in parts if part.kind != REMOVED) == after
    assert time.monotonic() - started < 2
