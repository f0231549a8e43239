"""Takes the cells out of a file that was sent: CSV in UTF-8, or a workbook."""

import csv
import datetime
import io
import math
from dataclasses import dataclass, field
from pathlib import Path

from assessments.figure_files.faults import Code, Fault, Unreadable
from assessments.figure_files.layout import COLUMNS, CSV, XLSX
from assessments.figure_files.numbers import has_decimal_comma
from cdf_site.common import uploads, workbooks
from cdf_site.common.folding import fold
from cdf_site.common.formulas import unguarded

MOST_BYTES = workbooks.LARGEST_FILE
MOST_ROWS = 20_000
MOST_COLUMNS = 30
LONGEST_CELL = 1_000  # characters that are kept, more than any column takes
SEPARATORS = ",;\t"
OTHER_KINDS = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass
class Table:
    """The rows of a file below its heads: a row's number, and its cells by column's key.

    A cell is a text, a number or a truth value as it was read; a formula is {"formula": its text}.
    ``columns`` says where each key stands, counted from one; ``faults`` what is wrong with the heads.
    """

    columns: dict = field(default_factory=dict)
    rows: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    comma_is_decimal: bool = False


def table_of(file, kind):
    """The table in an uploaded file; Unreadable or RefusedFile where there is none."""
    ending = Path(file.name or "").suffix.lower().removeprefix(".")
    if ending not in (CSV, XLSX):
        raise Unreadable("kind")
    if not file.size:
        raise uploads.RefusedFile("empty")
    if file.size > MOST_BYTES:
        raise Unreadable("too_large")
    if ending == XLSX:
        uploads.check(file)
        rows, separator = _of_workbook(file.read(), kind), ""
    else:
        rows, separator = _of_text(file.read())
    return _table(rows, kind, separator)


def _of_workbook(content, kind):
    """The rows of the first sheet that has heads of ours."""
    try:
        # A row and a column more than are taken, to see whether there are.
        sheets = workbooks.sheets_of(content, MOST_ROWS + 2, MOST_COLUMNS + 1)
    except workbooks.Unreadable as error:
        raise Unreadable(
            error.code if error.code == "too_large" else "damaged"
        ) from None
    for _title, rows in sheets:
        if rows and _columns(rows[0][1], kind)[0]:
            return rows
    raise Unreadable("no_heads")


def _of_text(content):
    """The rows of a CSV file, each a number and cells by column, and its separator."""
    if content.startswith(UTF_16):
        raise Unreadable("encoding", line=1)
    if content.startswith(OTHER_KINDS) or b"\0" in content:
        raise uploads.RefusedFile("disagrees")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        lines = content[: error.start].count(b"\n")
        piece = content.splitlines()[lines] if lines < content.count(b"\n") + 1 else b""
        raise Unreadable(
            "encoding",
            line=lines + 1,
            piece=piece.decode("utf-8", "replace").strip()[:60],
        ) from None
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows, line = [], 0
    try:
        for number, values in enumerate(reader, start=1):
            if len(rows) > MOST_ROWS + 1:
                raise Unreadable("too_many_rows")
            cells = {
                column: workbooks.Cell(unguarded(value), is_formula=False)
                for column, value in enumerate(values, start=1)
                if value.strip()
            }
            if cells:
                rows.append((number, cells))
            line = reader.line_num
    except csv.Error:
        raise Unreadable("quotes", line=line + 1) from None
    return rows, separator


def _table(rows, kind, separator):
    if not rows:
        raise uploads.RefusedFile("empty")
    head_row, heads = rows[0]
    columns, faults = _columns(heads, kind, row=head_row)
    if not columns:
        raise Unreadable("no_heads")
    rows = rows[1:]
    if not rows:
        raise Unreadable("no_rows")
    if len(rows) > MOST_ROWS:
        raise Unreadable("too_many_rows")
    table = Table(columns=columns, faults=faults)
    table.comma_is_decimal = separator == ";"
    numbers = {
        columns[column.key]
        for column in COLUMNS[kind]
        if column.is_number and column.key in columns
    }
    known, headed = {column: key for key, column in columns.items()}, set(heads)
    for number, cells in rows:
        row = {}
        for column, cell in cells.items():
            if column in known:
                row[known[column]] = kept_value(cell)
                if column in numbers and has_decimal_comma(cell.value):
                    table.comma_is_decimal = True
            elif column not in headed and str(cell.value).strip():
                row.setdefault("", [column, str(cell.value)[:100]])
        if row:
            table.rows.append([number, row])
    return table


def _columns(heads, kind, row=1):
    """The columns by key, and what is wrong with the heads."""
    names = {name: column.key for column in COLUMNS[kind] for name in column.names}
    columns, faults = {}, []
    for column, cell in heads.items():
        key = names.get(fold(str(cell.value)).strip())
        if key is None:
            fault = Fault(row, column, "", Code.UNKNOWN_COLUMN, str(cell.value)[:100])
        elif key in columns:
            fault = Fault(row, column, key, Code.REPEATED_COLUMN)
        else:
            columns[key] = column
            continue
        faults.append(fault)
    faults += [
        Fault(row, None, column.key, Code.MISSING_COLUMN)
        for column in COLUMNS[kind]
        if column.is_needed and column.key not in columns
    ]
    return columns, faults


def kept_value(cell):
    """What a cell of a workbook holds, as it is kept in JSON until it has been checked."""
    value = cell.value
    if cell.is_formula:
        return {"formula": str(value)[:100]}
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bool | int) or (
        isinstance(value, float) and math.isfinite(value)  # JSON knows no infinity
    ):
        return value
    return str(value)[:LONGEST_CELL]
