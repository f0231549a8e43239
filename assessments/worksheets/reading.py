"""Reading a worksheet that was filled in: what it says, and what cannot be understood."""

import datetime
import re
import unicodedata
from dataclasses import dataclass, field

from assessments import needs
from assessments.forms import LONGEST_TEXT
from assessments.worksheets.layout import YES, tabs
from assessments.worksheets.writing import (
    ABOUT,
    CHOICE,
    DATE,
    FORMAT,
    LISTS,
    REFERENCE,
    TEXT,
    VERSION,
)
from cdf_site.common import workbooks
from cdf_site.common.encoding import spoiled_part

MOST_FAULTS = 200  # that are listed
DATE_IN_FIGURES = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")
NOT_LETTERS = re.compile(r"\W+")


class Unreadable(Exception):
    """The file is not a worksheet of this self-reflection; ``code`` says in what way."""

    def __init__(self, code):
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Fault:
    """A cell that could not be understood: where, in what way, and what it holds."""

    tab: str
    cell: str
    code: str
    value: str = ""


@dataclass
class Filled:
    """What a worksheet says of one answer; None where a cell is empty or not asked for."""

    reference: str
    base_version: int
    choice: str | None = None
    text: str | None = None
    dated_on: datetime.date | None = None


@dataclass
class Reading:
    """What a worksheet says; of its faults, the first ``MOST_FAULTS`` and the number of all."""

    filled: list[Filled] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0

    def add_fault(self, fault):
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)


def read(content, sheet):
    """Read the bytes of a worksheet for the self-reflection of ``sheet``.

    Raises Unreadable for a file that is none, or belongs to another self-reflection; whatever is
    wrong in single cells is a Fault, and the other rows are read all the same.
    """
    sheets = _unpacked(content)
    _check_about(sheets, sheet)
    lines = {line.reference: line for tab in tabs(sheet) for line in tab.lines}
    reading, seen = Reading(), set()
    for title, rows in sheets:
        if title not in {ABOUT, LISTS}:
            _read_tab(title, rows, lines, reading, seen)
    reading.filled = _joined(reading.filled, lines)
    return reading


def _unpacked(content):
    """Pairs of a sheet's title and its rows, each a number and cells by column."""
    try:
        return workbooks.sheets_of(content)
    except workbooks.Unreadable as error:
        code = "too_large" if error.code == "too_large" else "not_a_worksheet"
        raise Unreadable(code) from None


def _check_about(sheets, sheet):
    about = {
        cells[1].value: cells[2].value
        for title, rows in sheets
        if title == ABOUT
        for _number, cells in rows
        if {1, 2} <= set(cells)
    }
    if about.get("format") != FORMAT:
        raise Unreadable("not_a_worksheet")
    reflection = sheet.reflection
    if str(about.get("cluster")) != reflection.cluster.code:
        raise Unreadable("another_cluster")
    if (str(about.get("cycle")), str(about.get("edition"))) != (
        reflection.cycle.code,
        sheet.edition.code,
    ):
        raise Unreadable("another_cycle")


def _read_tab(title, rows, lines, reading, seen):
    for number, cells in rows:
        if number == 1 or REFERENCE not in cells:
            continue
        reference = cells[REFERENCE].value

        def fault(column, code, value="", number=number):
            cell = f"{chr(64 + column)}{number}"
            reading.add_fault(Fault(title, cell, code, str(value)[:100]))

        line = lines.get(str(reference))
        if line is None:
            fault(REFERENCE, "unknown_row", reference)
            continue
        if line.reference in seen:
            fault(REFERENCE, "repeated_row", reference)
            continue
        seen.add(line.reference)
        version = cells[VERSION].value if VERSION in cells else None
        if not isinstance(version, int) or not 0 <= version < 2**31:
            fault(VERSION, "no_version")
            continue
        filled = Filled(line.reference, version)
        for column, read_cell, name, is_asked in (
            (CHOICE, _choice, "choice", bool(line.choices)),
            (TEXT, _text, "text", line.asks_text),
            (DATE, _date, "dated_on", line.asks_date),
        ):
            cell = cells.get(column)
            if cell is None or not str(cell.value).strip():
                continue
            if not is_asked:
                fault(column, "not_asked", cell.value)
            elif cell.is_formula:
                fault(column, "formula", cell.value)
            else:
                try:
                    setattr(filled, name, read_cell(cell.value, line))
                except _Wrong as wrong:
                    fault(column, wrong.code, cell.value)
        if (filled.choice, filled.text, filled.dated_on) != (None, None, None):
            reading.filled.append(filled)


class _Wrong(Exception):
    def __init__(self, code):
        self.code = code
        super().__init__(code)


def _folded(text):
    """A label as it is compared: letters and figures alone, in small letters."""
    return NOT_LETTERS.sub(" ", text.replace("’", "'")).strip().casefold()


def _choice(value, line):
    if not line.takes_several:
        return _one_choice(value, line)
    said = re.split(r"[;\n\r]+", str(value).replace("_x000D_", "\n"))
    chosen = [_one_choice(one, line) for one in said if one.strip()]
    if not chosen:
        raise _Wrong("unknown_choice")
    return needs.joined(chosen)


def _one_choice(value, line):
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    said = _folded(str(value))
    for code, label in line.choices:
        if said in {
            _folded(code),
            _folded(label.cy),
            _folded(label.en),
            _folded(str(label)),
        }:
            return code
    # A tick or a cross on paper, typed.
    if line.option and said in {"x", "ie", "do", "oes", "yes", "y", "1"} | {YES}:
        return YES
    if line.option and str(value).strip() in {"✓", "✔"}:
        return YES
    raise _Wrong("unknown_choice")


def _text(value, line):
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "")
    text = text.replace("\t", " ").strip()
    part = spoiled_part(text)
    # An invisible joiner is part of many a picture letter, and no sign of a wrong encoding.
    if part is not None and unicodedata.category(part[0]) != "Cf":
        raise _Wrong("spoiled")
    if len(text) > LONGEST_TEXT:
        raise _Wrong("too_long")
    return text


def _date(value, line):
    if not isinstance(value, datetime.date):
        match = DATE_IN_FIGURES.fullmatch(str(value).strip())
        if not match:
            raise _Wrong("not_a_date")
        day, month, year = (int(part) for part in match.groups())
        try:
            value = datetime.date(year, month, day)
        except ValueError:
            raise _Wrong("not_a_date") from None
    if not 1900 <= value.year <= 2100:
        raise _Wrong("not_a_date")
    return value


def _joined(filled, lines):
    """The rows of one answer as one: the choices of several, and its words."""
    joined, several = [], {}
    for row in filled:
        line = lines[row.reference]
        if not line.option:
            joined.append(row)
            continue
        reference = line.reference.partition(":")[0]
        several.setdefault(reference, []).append((line.option, row.base_version))
    order = list(lines)
    for reference, chosen in several.items():
        own = next((row for row in joined if row.reference == reference), None)
        if own is None:
            own = Filled(reference, chosen[0][1])
            joined.append(own)
        places = {option: order.index(f"{reference}:{option}") for option, _v in chosen}
        own.choice = " ".join(sorted(places, key=places.get))
    return sorted(joined, key=lambda row: order.index(row.reference))
