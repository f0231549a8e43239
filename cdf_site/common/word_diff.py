"""What changed between two texts, word by word."""

import difflib
import re
from dataclasses import dataclass

SAME, ADDED, REMOVED = "same", "added", "removed"
WORDS_AND_SPACES = re.compile(r"\s+|[^\s]+")
LONGEST = 4_000  # words: beyond, comparing would take seconds, and nobody reads it


@dataclass(frozen=True)
class Part:
    """A run of words that stayed, came, or went."""

    kind: str
    text: str


def word_diff(before, after):
    """The parts of ``after`` and what was taken out of ``before``, in reading order.

    The texts of all parts but the removed ones make ``after``; of all but the added ones, ``before``.
    Very long texts are compared paragraph by paragraph only.
    """
    pattern = WORDS_AND_SPACES
    if max(len(before), len(after)) > LONGEST * 6:
        pattern = re.compile(r"\n+|[^\n]+")
    old, new = pattern.findall(before), pattern.findall(after)
    parts = []

    def add(kind, words):
        text = "".join(words)
        if not text:
            return
        if parts and parts[-1].kind == kind:
            text = parts.pop().text + text
        parts.append(Part(kind, text))

    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for operation, a, b, c, d in matcher.get_opcodes():
        if operation == "equal":
            add(SAME, old[a:b])
        else:
            add(REMOVED, old[a:b])
            add(ADDED, new[c:d])
    return parts
