"""What changed between two texts, word by word."""

import difflib
import re
from dataclasses import dataclass
from itertools import takewhile

SAME, ADDED, REMOVED = "same", "added", "removed"
WORDS_AND_SPACES = re.compile(r"\s|\S+")
# A word takes the space behind it along: spaces alone are everywhere, and comparing them with
# each other takes most of the time.
WORDS = re.compile(r"\s+|\S+\s*")
LINES = re.compile(r"\n+|[^\n]+\n*")
LONGEST = 2_000  # words: beyond, comparing would take seconds, and nobody reads it


@dataclass(frozen=True)
class Part:
    """A run of words that stayed, came, or went."""

    kind: str
    text: str


def word_diff(before, after):
    """The parts of ``after`` and what was taken out of ``before``, in reading order.

    The texts of all parts but the removed ones make ``after``; of all but the added ones, ``before``.
    Very long texts are compared line by line only, so that whatever was typed is compared in
    less than a second.
    """
    start, before, after, end = _trimmed(before, after)
    parts = [(SAME, start)]
    for operation, old, new in _runs(before, after):
        if operation == "equal":
            parts.append((SAME, new))
        else:
            opening, old, new, closing = _trimmed(old, new)
            parts += [(SAME, opening), (REMOVED, old), (ADDED, new), (SAME, closing)]
    parts.append((SAME, end))
    return _joined(parts)


def _trimmed(before, after):
    """The words that both texts begin with, what is left of each, and what both end with."""
    old, new = WORDS_AND_SPACES.findall(before), WORDS_AND_SPACES.findall(after)
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    old_end, new_end = len(old) - end, len(new) - end
    return (
        "".join(old[:start]),
        "".join(old[start:old_end]),
        "".join(new[start:new_end]),
        "".join(old[old_end:]),
    )


def _shared(old, new):
    """How many words two lists begin with together."""
    pairs = zip(old, new, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _runs(before, after):
    """What was done, the old and the new text of each run: equal, or one for the other."""
    for pattern in (WORDS, LINES):
        old, new = pattern.findall(before), pattern.findall(after)
        if max(len(old), len(new)) <= LONGEST:
            break
    else:
        yield "replace", before, after
        return
    for operation, a, b, c, d in difflib.SequenceMatcher(None, old, new).get_opcodes():
        yield operation, "".join(old[a:b]), "".join(new[c:d])


def _joined(parts):
    """``parts`` without the empty ones, and neighbours of one kind as one."""
    joined = []
    for kind, text in parts:
        if not text:
            continue
        if joined and joined[-1].kind == kind:
            text = joined.pop().text + text
        joined.append(Part(kind, text))
    return joined
