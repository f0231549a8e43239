"""How much of a text fits on so many lines, measured with the letters of our own fonts.

Lines are filled word by word, as they are when a page is drawn. What breaks a line in more places,
such as a hyphen, can only make a text shorter than it was measured.
"""

import math
import unicodedata
from functools import cache
from io import BytesIO

from fontTools.ttLib import TTFont

from reporting.pdf.fonts import load_fonts

POINT = 25.4 / 72  # millimetres
# Of the height of the letters: those that our fonts do not have, of scripts and emoji.
UNKNOWN, WIDE = 1.0, 1.5
WITHOUT_WIDTH = {"Mn", "Me", "Cf"}


def lines_of(text, *, width, points, weight=400):
    """How many lines ``text`` takes in a column of ``width`` millimetres."""
    return _fill(text.split(), width, points, weight)[-1] if text.strip() else 0


def shortened(text, most, *, width, points, weight=400):
    """``text`` on one line after the other, at most ``most``; cut after a word, with "…"."""
    words = text.split()
    filled = _fill(words, width, points, weight, stop_after=most)
    if len(filled) == len(words) and (not filled or filled[-1] <= most):
        return " ".join(words)
    kept = sum(line <= most for line in filled)
    while kept:
        cut = " ".join(words[:kept]).rstrip(" ,;:.–-") + "…"
        if lines_of(cut, width=width, points=points, weight=weight) <= most:
            return cut
        kept -= 1
    return words[0][: int(width / (points * POINT * WIDE))] + "…"


def _fill(words, width, points, weight, stop_after=math.inf):
    """The line on which each of ``words`` ends, as far as ``stop_after`` and one beyond."""
    space = _width_of(" ", weight) * points * POINT
    line, used, filled = 1, 0.0, []
    for word in words:
        long = sum(_width_of(letter, weight) for letter in word) * points * POINT
        if used and used + space + long <= width:
            used += space + long
        else:
            line += 1 if used else 0
            more = max(0, math.ceil(long / width) - 1)  # lines that a long word goes on
            line += more
            used = width if more else long
        filled.append(line)
        if line > stop_after:
            break
    return filled


def _width_of(letter, weight):
    """Of the height of the letters."""
    known = _widths(weight).get(ord(letter))
    if known is not None:
        return known
    if unicodedata.category(letter) in WITHOUT_WIDTH:
        return 0.0
    return WIDE if ord(letter) > 0x2E80 else UNKNOWN


@cache
def _widths(weight):
    font = TTFont(BytesIO(load_fonts()[f"cdf-font:{weight}"]))
    advances, height = font["hmtx"], font["head"].unitsPerEm
    return {
        code: advances[name][0] / height for code, name in font.getBestCmap().items()
    }
