"""Excerpts around what was looked for, whatever its accents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdf_site.common.excerpts import LONGEST_SOUGHT, Piece, excerpt, words_sought
from cdf_site.common.folding import fold


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Dŵr  a THÂN a", ["dwr", "a", "than"]),
        ("i’r", ["i'r"]),
        ("a\x00b", ["a", "b"]),
        (" \t", []),
        ("x" * 10_000, ["x" * LONGEST_SOUGHT]),
    ],
)
def test_what_was_typed_as_words(typed, words):
    assert words_sought(typed) == words


@pytest.mark.parametrize(
    ("text", "words", "pieces"),
    [
        (
            "Mae dŵr yma.",
            ["dwr"],
            [Piece("Mae "), Piece("dŵr", True), Piece(" yma.")],
        ),
        (
            "w\u0302y a DW\u0302R",
            ["dwr"],
            [Piece("w\u0302y a "), Piece("DW\u0302R", True)],
        ),
        (
            "one two",
            ["two", "one"],
            [Piece("one", True), Piece(" "), Piece("two", True)],
        ),
        ("anna", ["ann", "nna"], [Piece("ann", True), Piece("a", True)]),
        ("ty\u0302 nesaf", ["ty"], [Piece("ty\u0302", True), Piece(" nesaf")]),
        ("nothing", ["else"], [Piece("nothing")]),
        (
            f"{'a ' * 200}found{' b' * 300}",
            ["found"],
            [
                Piece("… "),
                Piece("a " * 64),
                Piece("found", True),
                Piece(" b" * 127),
                Piece(" …"),
            ],
        ),
    ],
)
def test_the_words_are_marked_where_they_stand(text, words, pieces):
    assert excerpt(text, words) == pieces


@given(
    text=st.text(st.sampled_from("aâbŵ w\u0302İß'’\n"), max_size=400),
    word=st.text(st.sampled_from("abw'i"), min_size=1, max_size=3),
)
def test_an_excerpt_is_of_the_text_and_marks_nothing_else(text, word):
    pieces = excerpt(text, [word])

    shown = "".join(piece.text for piece in pieces if piece.text not in {"… ", " …"})
    assert shown in text
    if word in fold(text):
        assert any(piece.is_found for piece in pieces)
