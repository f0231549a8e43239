"""A table as CSV and as a workbook, and the data dictionary that says what its columns hold."""

import csv
import io

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from cdf_site.common.formulas import guarded, put_text
from reporting.tables import Column, Kind, Table

BOM = "\ufeff"  # by which spreadsheet programs know UTF-8
BOLD = Font(name="Calibri", size=11, bold=True)
LONGEST_TITLE = 31  # characters of a sheet's
FORBIDDEN_IN_TITLES = str.maketrans(dict.fromkeys(r"[]:*?/\\", " "))
WIDTHS = {Kind.TEXT: 32}

DICTIONARY_COLUMNS = [
    Column(
        "table",
        gettext_lazy("Table"),
        gettext_lazy("The table that the column belongs to."),
    ),
    Column(
        "code",
        gettext_lazy("Code"),
        gettext_lazy(
            "What the column is called in files. It is the same in both languages."
        ),
    ),
    Column(
        "label_cy",
        gettext_lazy("Name in Welsh"),
        gettext_lazy("What the column is called on Welsh pages."),
    ),
    Column(
        "label_en",
        gettext_lazy("Name in English"),
        gettext_lazy("What the column is called on English pages."),
    ),
    Column(
        "description_cy",
        gettext_lazy("Description in Welsh"),
        gettext_lazy("What the column holds, in Welsh."),
    ),
    Column(
        "description_en",
        gettext_lazy("Description in English"),
        gettext_lazy("What the column holds, in English."),
    ),
    Column(
        "kind",
        gettext_lazy("Kind"),
        gettext_lazy(
            "text; count: a whole number; number; percentage: 0 to 100; level: 0 to 3, where 0 is"
            " below level 1; date: year, month and day. An empty cell is not known, never 0."
        ),
    ),
]


def dictionary_of(columns_by_table):
    """What every column holds, in both languages: ``{name of a table: its columns}``."""
    return Table(
        _("Data dictionary"),
        DICTIONARY_COLUMNS,
        [
            [
                table,
                column.code,
                *_in_both(column.label),
                *_in_both(column.description),
                str(column.kind),
            ]
            for table, columns in columns_by_table.items()
            for column in columns
        ],
    )


def csv_lines(columns, rows):
    """CSV, a line at a time: the columns' codes, then ``rows``; as text, with the sign of UTF-8."""
    line = io.StringIO(newline="")
    writer = csv.writer(line)

    def written(values):
        writer.writerow(values)
        text = line.getvalue()
        line.seek(0)
        line.truncate()
        return text

    yield BOM + written([column.code for column in columns])
    for row in rows:
        yield written([_in_csv(value) for value in row])


def as_csv(table):
    """The bytes of ``table`` as CSV, with every column that it has."""
    return "".join(csv_lines(table.columns, table.rows)).encode()


def as_workbook(name, table):
    """The bytes of ``table`` as a workbook, with its data dictionary on a second sheet."""
    book = Workbook(write_only=True)
    _sheet(book, table.caption, table)
    if table.columns != DICTIONARY_COLUMNS:
        _sheet(book, _("Data dictionary"), dictionary_of({name: table.columns}))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def raw(value):
    """A value as files hold it: numbers and dates as they are, everything else as text."""
    if value is None or isinstance(value, int | float) or hasattr(value, "as_tuple"):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


def plain_number(number):
    """A number as text, without decimals that say nothing and without an exponent."""
    text = f"{number:f}" if hasattr(number, "as_tuple") else repr(number)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def _in_csv(value):
    value = raw(value)
    if value is None:
        return ""
    return guarded(value) if isinstance(value, str) else plain_number(value)


def _in_both(text):
    texts = []
    for language in ("cy", "en"):
        with override(language):
            texts.append(str(text))
    return texts


def _sheet(book, title, table):
    page = book.create_sheet(title.translate(FORBIDDEN_IN_TITLES)[:LONGEST_TITLE])
    page.freeze_panes = "A2"
    for number, column in enumerate(table.columns, start=1):
        page.column_dimensions[get_column_letter(number)].width = WIDTHS.get(
            column.kind, 16
        )
    heads = [_cell(page, column.code) for column in table.columns]
    for head in heads:
        head.font = BOLD
    page.append(heads)
    for row in table.rows:
        page.append([_cell(page, raw(value)) for value in row])


def _cell(page, value):
    cell = WriteOnlyCell(page)
    if isinstance(value, str):
        put_text(cell, value)
    else:
        cell.value = value
    return cell
