"""Where words stand in a text, and what stands around them: pure functions."""

import unicodedata
from dataclasses import dataclass

from cdf_site.common.folding import fold

MOST_WORDS = 8
LONGEST_SOUGHT = 200  # characters
AROUND = 130  # characters before and after the first word that is found


@dataclass(frozen=True)
class Piece:
    """A part of an excerpt, and whether it is what was looked for."""

    text: str
    is_found: bool = False


def words_sought(typed):
    """What was typed into a search, as folded words; none where there is nothing to look for."""
    words = fold(typed[:LONGEST_SOUGHT].replace("\x00", " ")).split()
    return list(dict.fromkeys(words))[:MOST_WORDS]


def excerpt(text, words):
    """``text`` around the first of the folded ``words`` that it holds, with every one of them marked."""
    folded, places = _folded_with_places(text)
    spans = sorted(
        (places[start], _after(text, places[start + len(word) - 1]))
        for word in words
        for start in _starts(folded, word)
    )
    first = spans[0][0] if spans else 0
    start, end = _cut(text, first)
    pieces = [Piece("… ")] if start else []
    at = start
    for begin, until in spans:
        begin, until = max(begin, at), min(until, end)
        if begin >= until:
            continue
        pieces += [Piece(text[at:begin]), Piece(text[begin:until], is_found=True)]
        at = until
    pieces.append(Piece(text[at:end]))
    if end < len(text):
        pieces.append(Piece(" …"))
    return [piece for piece in pieces if piece.text]


def _folded_with_places(text):
    """``text`` folded, and for each sign of it where it comes from."""
    folded, places = [], []
    for place, sign in enumerate(text):
        for part in fold(sign):
            folded.append(part)
            places.append(place)
    return "".join(folded), places


def _starts(folded, word):
    at = folded.find(word)
    while at >= 0:
        yield at
        at = folded.find(word, at + len(word))


def _after(text, place):
    """Where the sign at ``place`` ends, with the accents that stand after it."""
    place += 1
    while place < len(text) and unicodedata.combining(text[place]):
        place += 1
    return place


def _cut(text, first):
    """From where to where the excerpt goes: whole words, where there are some."""
    start, end = max(0, first - AROUND), min(len(text), first + 2 * AROUND)
    if start:
        space = text.find(" ", start, first)
        start = space + 1 if space >= 0 else start
    if end < len(text):
        space = text.rfind(" ", first + AROUND, end)
        end = space if space >= 0 else end
    return start, end
