"""Numbers as people and spreadsheets write them: 12345, 12,345, 12 345, 12.5, 12,5."""

import math
import re
from decimal import Decimal

from assessments.figure_files.faults import Code, Wrong

LARGEST = Decimal(10) ** 12  # what a figure's column holds is below it
DECIMALS = 2
SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f", " "))
DIGITS = re.compile(r"\d+", re.ASCII)
WITH_SPACES = re.compile(r"\d{1,3}( \d{3})+([.,]\d+)?", re.ASCII)
# What says that commas stand before decimals in a file: 12,5 or 1.234,56, never 1,234.
DECIMAL_COMMA = re.compile(
    r"-?(?:\d+|\d{1,3}(?:[. ]\d{3})+),(?:\d{1,2}|\d{4,})|-?\d{1,3}(?:\.\d{3})+,\d+",
    re.ASCII,
)


def has_decimal_comma(value):
    """Whether a cell can only be read with a comma before its decimals."""
    return isinstance(value, str) and bool(
        DECIMAL_COMMA.fullmatch(value.translate(SPACES).strip())
    )


def number_of(value, *, comma_is_decimal):
    """A cell's number, from nought on and with at most two decimals; Wrong where it is none.

    A comma stands before thousands or before decimals, whichever is the only way to read the
    number. As 1,234 can be either, it is 1234 unless ``comma_is_decimal`` says that the file writes
    its decimals so; and 1.234 can be 1234 as well: neither is guessed.
    """
    if isinstance(value, bool):
        raise Wrong(Code.NOT_A_NUMBER)
    if isinstance(value, int | float):
        number = _of_number(value)
    else:
        number = _of_text(str(value), comma_is_decimal)
    if number < 0:
        raise Wrong(Code.NEGATIVE)
    if number >= LARGEST:
        raise Wrong(Code.TOO_LARGE)
    if number != round(number, DECIMALS):
        raise Wrong(Code.TOO_EXACT)
    return number


def _of_number(value):
    if isinstance(value, float) and not math.isfinite(value):
        raise Wrong(Code.NOT_A_NUMBER)
    # What a spreadsheet computed, 0.30000000000000004, is what it shows.
    return round(Decimal(repr(value)), 9) if abs(value) < LARGEST else Decimal(LARGEST)


def _of_text(text, comma_is_decimal):
    text = text.translate(SPACES).strip().replace("\u2212", "-")
    if text.endswith("%"):
        raise Wrong(Code.PERCENT)
    if text[:1] in ("=", "@"):
        raise Wrong(Code.FORMULA)
    is_negative = text.startswith("-")
    text = text.removeprefix("-").strip()
    if len(text) > 40:
        raise Wrong(Code.NOT_A_NUMBER)
    whole, decimals = _parts(text, comma_is_decimal)
    number = Decimal(f"{whole}.{decimals}" if decimals else whole)
    return -number if is_negative else number


def _parts(text, comma_is_decimal):
    """The digits before and after the decimal sign."""
    if WITH_SPACES.fullmatch(text):
        # The spaces stand before thousands, so that a comma or a point does not.
        whole, _sign, decimals = text.replace(" ", "").replace(",", ".").partition(".")
        return whole, decimals
    signs = [letter for letter in text if letter in ",."]
    if not DIGITS.fullmatch(text.replace(",", "").replace(".", "")):
        raise Wrong(Code.NOT_A_NUMBER)
    if not signs:
        return text, ""
    last = signs[-1]
    if len(set(signs)) == 2:
        thousands = "." if last == "," else ","
        whole, _sign, decimals = text.rpartition(last)
        if signs.count(last) > 1 or not _is_grouped(whole, thousands) or not decimals:
            raise Wrong(Code.NOT_A_NUMBER)
        return whole.replace(thousands, ""), decimals
    if len(signs) > 1:
        if not _is_grouped(text, last):
            raise Wrong(Code.NOT_A_NUMBER)
        return text.replace(last, ""), ""
    whole, _sign, decimals = text.partition(last)
    if not whole or not decimals:
        raise Wrong(Code.NOT_A_NUMBER)
    if _is_grouped(text, last):
        if last == "." or comma_is_decimal:
            raise Wrong(Code.AMBIGUOUS)
        return whole + decimals, ""
    return whole, decimals


def _is_grouped(text, sign):
    """Whether ``sign`` stands where it would before thousands."""
    first, *others = text.split(sign)
    return (
        1 <= len(first) <= 3
        and not first.startswith("0")
        and bool(others)
        and all(len(group) == 3 for group in others)
    )
