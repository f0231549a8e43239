"""Takes the cells out of an xlsx file that somebody has sent.

``workbooks`` has ``confined`` run this with the file as standard input. It prints JSON: either
{"refused": a code} or {"sheets": [[title, [[number of the row, {column: [kind, value]}]]]]}, where
rows without anything are left out and a date is in ISO's form, with the kind "date". Its arguments,
if any, are how many rows of a sheet and how many columns are looked at.
"""

import datetime
import io
import json
import os
import sys
import zipfile

from openpyxl import load_workbook

KILOBYTE = 1024
LARGEST_CONTENT = 16 * KILOBYTE * KILOBYTE  # of the file unpacked, and of what is said
LARGEST_PART = 256 * KILOBYTE  # of what holds no cells: styles, the theme
WITH_CELLS = ("xl/worksheets/", "xl/sharedStrings.xml")
MOST_MEMBERS = 200
MOST_SHEETS = 30
MOST_ROWS = 3_000  # of one sheet
MOST_COLUMNS = 8
LONGEST_CELL = 32_767  # characters, as spreadsheets have it


class Refused(Exception):
    """The code, as ``workbooks.Unreadable`` has it."""


def unpack(content, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS):
    """The sheets of a workbook, given as bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        members = packed.infolist()
    if len(members) > MOST_MEMBERS:
        raise Refused("too_large")
    if sum(member.file_size for member in members) > LARGEST_CONTENT:
        raise Refused("too_large")
    for member in members:
        holds_cells = member.filename.startswith(WITH_CELLS)
        if member.file_size > LARGEST_PART and not holds_cells:
            raise Refused("too_large")
    book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    if len(book.sheetnames) > MOST_SHEETS:
        raise Refused("too_large")
    sheets, said = [], 0
    for page in book.worksheets:
        rows = []
        for number, cells in enumerate(
            page.iter_rows(min_row=1, max_row=most_rows, max_col=most_columns), start=1
        ):
            values = {
                column: _plain(cell)
                for column, cell in enumerate(cells, start=1)
                if cell.value is not None
            }
            said += sum(len(str(value)) for _kind, value in values.values())
            if said > LARGEST_CONTENT:
                raise Refused("too_large")
            if values:
                rows.append([number, values])
        sheets.append([page.title, rows])
    return sheets


def _plain(cell):
    value = cell.value
    if isinstance(value, datetime.datetime):
        return ["date", value.date().isoformat()]
    if isinstance(value, datetime.date):
        return ["date", value.isoformat()]
    if not isinstance(value, bool | int | float):
        value = str(value)[:LONGEST_CELL]
    return [cell.data_type, value]


def main():
    try:
        with os.fdopen(0, "rb") as file:
            said = {"sheets": unpack(file.read(), *map(int, sys.argv[1:]))}
    except Refused as refusal:
        said = {"refused": str(refusal)}
    except MemoryError:
        said = {"refused": "too_large"}
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
