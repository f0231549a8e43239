"""Texts in files for spreadsheet programs, which take some for formulas and compute them."""

import re

# How a text begins that such a program computes, or that hides one that does: also full-width
# signs, and signs behind blanks. A text that begins like a guarded one is guarded as well, so that
# taking the guard away always gives back what was there.
LIKE_A_FORMULA = re.compile(
    r"'*(?:[\s\x00]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\x00])"
)
LONGEST_CELL = 32_767  # characters that a cell of a workbook holds
# A workbook holds control characters as _x000B_, and what reads like that with its line escaped.
_TO_ESCAPE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def guarded(value):
    """A text for a CSV file, which no spreadsheet program takes for a formula."""
    return f"'{value}" if LIKE_A_FORMULA.match(value) else value


def unguarded(value):
    """A text from a CSV file, as it was before it was guarded."""
    return value[1:] if value[:1] == "'" and LIKE_A_FORMULA.match(value) else value


def put_text(cell, value):
    """Put a text into a cell of a workbook as a text, whatever it begins with."""
    cell.value = _TO_ESCAPE.sub(
        lambda match: f"_x{ord(match[0]):04X}_", value[:LONGEST_CELL]
    )
    cell.data_type = "s"
    if LIKE_A_FORMULA.match(value):
        cell.quotePrefix = True
