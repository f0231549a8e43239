"""Making the templates: CSV in UTF-8, and a workbook with guidance and a list of codes."""

import csv
import io
import math

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill

from assessments.figure_files.layout import COLUMNS, FIGURES
from cdf_site.common.formulas import guarded, put_text

BOM = "\ufeff"  # by which spreadsheet programs know UTF-8
INK = Font(name="Calibri", size=11)
BOLD = Font(name="Calibri", size=11, bold=True)
TITLE = Font(name="Calibri", size=14, bold=True, color="0F444C")
WHITE = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
HEAD_FILL = PatternFill("solid", fgColor="0F444C")
OPEN_FILL = PatternFill("solid", fgColor="FFFBEF")
WRAPPED = Alignment(wrap_text=True, vertical="top")
LINE = 15  # points of height
WIDTHS = {"indicator": 28, "cluster": 24, "note": 40, "source": 40}
GUIDANCE_WIDTHS = (26, 76)
FORBIDDEN_IN_TITLES = str.maketrans("", "", r"[]:*?/\\")


def figure_rows(rows):
    """Rows of a template of figures: what they are about, and what is known, as texts and numbers."""
    for cluster, indicator, period, value in rows:
        known = [None, None, "", ""]
        if value:
            is_of_people = value.population_id is not None
            known = [
                value.numerator,
                None if is_of_people else value.denominator,
                value.note,
                value.source,
            ]
        yield [cluster.code, indicator.code, period.code, *known]


def population_rows(rows):
    for cluster, year, population in rows:
        known = [population.people, population.source] if population else [None, ""]
        yield [cluster.code, year, *known]


def as_csv(kind, rows):
    """The bytes of a template as CSV."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([str(column.head) for column in COLUMNS[kind]])
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])
    return (BOM + file.getvalue()).encode()


def _csv_cell(value):
    if isinstance(value, str):
        return guarded(value)
    return "" if value is None else _shortest(value)


def _shortest(number):
    """A number without decimals that say nothing, and without a sign between thousands."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_workbook(kind, rows, *, clusters, indicators):
    """The bytes of a template as a workbook in the language that is active."""
    book = Workbook()
    _guidance(book.active, kind)
    _figures(book.create_sheet(_title(kind)), kind, rows)
    _codes(book, clusters, indicators)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _title(kind):
    if kind == FIGURES:
        return _tidy(_("Figures"))
    return _tidy(_("Populations"))


def _tidy(title):
    return title.translate(FORBIDDEN_IN_TITLES)[:31]


def _write(page, row, column, value, *, font=INK, fill=None):
    """Put a text or a number into a cell as what it is: a text is never taken for a formula."""
    cell = page.cell(row, column)
    if isinstance(value, str):
        put_text(cell, value)
    else:
        cell.value = value
    cell.font, cell.alignment = font, WRAPPED
    if fill:
        cell.fill = fill
    return cell


def _figures(page, kind, rows):
    for number, column in enumerate(COLUMNS[kind], start=1):
        _write(page, 1, number, str(column.head), font=WHITE, fill=HEAD_FILL)
        width = WIDTHS.get(column.key, 16)
        page.column_dimensions[chr(64 + number)].width = width
    open_from = 1 + next(
        place for place, column in enumerate(COLUMNS[kind]) if column.is_number
    )
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            is_open = column >= open_from
            # A text, or a program would take the first month of a period for a day.
            cell = _write(
                page,
                number,
                column,
                value if is_open or isinstance(value, int) else str(value),
                fill=OPEN_FILL if is_open else None,
            )
            if isinstance(value, str):
                cell.number_format = "@"
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:{chr(64 + len(COLUMNS[kind]))}{page.max_row}"


def _guidance(page, kind):
    page.title = _tidy(_("Guidance"))
    for number, width in enumerate(GUIDANCE_WIDTHS, start=1):
        page.column_dimensions[chr(64 + number)].width = width
    lines = [
        _("Fill in the yellow cells of the second sheet, and send the file back."),
        _("You will see what would change. Nothing is applied until you confirm it."),
        _("Everything is applied, or nothing: one cell that is wrong stops the file."),
        _("An empty cell changes nothing, and takes nothing away."),
        _("Rows may be added, sorted and left out. The order of the columns is yours."),
        _("Formulas are refused. Put their results in their place."),
        _("Do not write anything about a patient."),
    ]
    title = _("Figures of indicators") if kind == FIGURES else _("Populations")
    row = 1
    _write(page, row, 1, title, font=TITLE).alignment = Alignment(vertical="top")
    page.row_dimensions[row].height = 2 * LINE
    for line in lines:
        row += 1
        page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
        _write(page, row, 1, line)
        page.row_dimensions[row].height = LINE * math.ceil(len(line) / 95)
    row += 2
    _write(page, row, 1, pgettext("of a table", "Column"), font=WHITE, fill=HEAD_FILL)
    _write(page, row, 2, _("What stands in it"), font=WHITE, fill=HEAD_FILL)
    for column in COLUMNS[kind]:
        row += 1
        text = str(column.explanation)
        _write(page, row, 1, str(column.head), font=BOLD)
        _write(page, row, 2, text)
        page.row_dimensions[row].height = LINE * math.ceil(len(text) / 72)
    page.sheet_view.showGridLines = False


def _codes(book, clusters, indicators):
    page = book.create_sheet(_tidy(_("Codes")))
    heads = [_("Code"), _("Name"), _("Unit"), _("A figure for each")]
    rows = [[_("Clusters")], *([each.code, each.name] for each in clusters)]
    if indicators:
        rows.append([_("Key indicators")])
        rows += (
            [
                each.code,
                each.name,
                each.get_unit_display(),
                each.get_period_display(),
            ]
            for each in indicators
        )
    for column, head in enumerate(heads if indicators else heads[:2], start=1):
        _write(page, 1, column, head, font=WHITE, fill=HEAD_FILL)
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            _write(page, number, column, value, font=INK if len(row) > 1 else BOLD)
    for column, width in zip("ABCD", (32, 60, 22, 18), strict=True):
        page.column_dimensions[column].width = width
    page.freeze_panes = "A2"
