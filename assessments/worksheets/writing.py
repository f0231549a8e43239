"""Making the worksheet: one file in both languages, to print or to fill in."""

import io
import math

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins

from assessments.sheet import NOT_ANSWERED
from assessments.subjects import SEPARATOR
from assessments.worksheets.layout import Heading, tabs, words

FORMAT = "worksheet-1"
# The hidden sheets: what the file is about, and the lists that cells choose from.
ABOUT, LISTS = "_about", "_lists"
NUMBER, WELSH, ENGLISH, CHOICE, TEXT, DATE, REFERENCE, VERSION = range(1, 9)
WIDTHS = {NUMBER: 9, WELSH: 38, ENGLISH: 38, CHOICE: 24, TEXT: 42, DATE: 12}
LETTERS = {WELSH: 34, ENGLISH: 34, CHOICE: 21, TEXT: 38}  # that fit a line
LINE = 14.5  # points of height
ROOM_TO_WRITE = 4 * LINE  # by hand

INK = Font(name="Calibri", size=11)
SMALL = Font(name="Calibri", size=9)
BOLD = Font(name="Calibri", size=11, bold=True)
TITLE = Font(name="Calibri", size=14, bold=True, color="0F444C")
WHITE = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
HEAD_FILL = PatternFill("solid", fgColor="0F444C")
LEVEL_FILL = PatternFill("solid", fgColor="DCEBEC")
ANSWER_FILL = PatternFill("solid", fgColor="FFFBEF")
THIN = Side(style="thin", color="6B7C7E")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
WRAPPED = Alignment(wrap_text=True, vertical="top")


def worksheet(sheet, *, with_answers):
    """The worksheet of a self-reflection as the bytes of an xlsx file.

    With the answers so far, or without them for paper. Each row carries its reference and the
    version of the answer, hidden, so that what is sent back changes nobody else's words.
    """
    book = Workbook()
    _guidance(book.active, sheet)
    lists = book.create_sheet(LISTS)
    ranges = {}
    for tab in tabs(sheet):
        page = book.create_sheet(tab.title)
        _head(page)
        for row in tab.rows:
            if isinstance(row, Heading):
                _heading(page, row)
            else:
                answer = sheet.answers.get(row.subject, NOT_ANSWERED)
                _line(page, row, answer if with_answers else NOT_ANSWERED)
                page.cell(page.max_row, VERSION).value = answer.version
                if row.choices:
                    _offer(page, row, lists, ranges)
        _for_paper(page)
    lists.sheet_state = "veryHidden"
    _about(book, sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _write(page, row, column, value, *, font=INK, fill=None, open_=False):
    """Put ``value`` into a cell as what it is: a text is never taken for a formula."""
    cell = page.cell(row, column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in "=+-@"
    cell.font, cell.alignment, cell.border = font, WRAPPED, BOX
    if fill:
        cell.fill = fill
    if open_:
        cell.protection = Protection(locked=False)
    return cell


def _guidance(page, sheet):
    cluster, cycle = sheet.reflection.cluster, sheet.reflection.cycle
    title = words(lambda: _("Guidance"))
    page.title = f"{title.cy} · {title.en}"
    page.column_dimensions["A"].width = page.column_dimensions["B"].width = 70
    rows = [
        (words(lambda: _("Self-reflection: worksheet")), TITLE),
        (_pair(cluster, "name"), BOLD),
        (_pair(cycle, "name"), BOLD),
        *(
            (words(make), INK)
            for make in (
                lambda: _("Fill it in on paper, or in the yellow cells on a screen."),
                lambda: _(
                    "Send the file back through the service: you will see what would change, and "
                    "nothing is applied until you confirm it."
                ),
                lambda: _(
                    "An empty cell changes nothing. To take an answer out, use the form."
                ),
                lambda: _(
                    "Write in Welsh or in English, whichever you prefer, in each cell."
                ),
                lambda: _(
                    "Only add, change or remove answers: the rows themselves must stay."
                ),
                lambda: _(
                    "What gets in the way, and what support is needed, can also be chosen from "
                    "a list. Write several below each other in one cell."
                ),
                lambda: _("Do not write anything about a patient."),
            )
        ),
    ]
    for number, (text, font) in enumerate(rows, start=1):
        for column, value in enumerate((text.cy, text.en), start=1):
            cell = _write(page, number, column, value, font=font)
            cell.border = Border()
        page.row_dimensions[number].height = LINE * (
            2 if font is TITLE else _lines_of((text.cy, 70), (text.en, 70)) + 0.5
        )
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToHeight = 0
    page.sheet_view.showGridLines = False


def _pair(thing, name):
    return words(lambda: getattr(thing, name))


def _head(page):
    labels = {
        NUMBER: words(lambda: _("Number")),
        WELSH: "Cymraeg",
        ENGLISH: "English",
        CHOICE: words(lambda: _("Answer")),
        TEXT: words(lambda: _("In words")),
        DATE: words(lambda: _("Date")),
    }
    for column, label in labels.items():
        _write(page, 1, column, str(label), font=WHITE, fill=HEAD_FILL)
    page.row_dimensions[1].height = 2 * LINE
    page.freeze_panes = "A2"
    for column, width in WIDTHS.items():
        page.column_dimensions[chr(64 + column)].width = width
    for column in (REFERENCE, VERSION):
        page.column_dimensions[chr(64 + column)].hidden = True


def _heading(page, heading):
    row = page.max_row + 1
    font = TITLE if heading.is_large else BOLD
    offered = "\n".join(str(label) for _code, label in heading.choices)
    for column in (NUMBER, TEXT, DATE):
        _write(page, row, column, None, fill=LEVEL_FILL)
    _write(page, row, CHOICE, offered or None, font=SMALL, fill=LEVEL_FILL)
    _write(page, row, WELSH, heading.text.cy, font=font, fill=LEVEL_FILL)
    _write(page, row, ENGLISH, heading.text.en, font=font, fill=LEVEL_FILL)
    letters = 26 if heading.is_large else LETTERS[WELSH]
    lines = _lines_of((heading.text.cy, letters), (heading.text.en, letters))
    page.row_dimensions[row].height = max(
        (LINE + (5 if heading.is_large else 2)) * lines,
        # each choice may take two lines of small letters
        11.5 * sum(1 + (len(str(label)) > 36) for _code, label in heading.choices) + 4,
    )


def _line(page, line, answer):
    row = page.max_row + 1
    _write(page, row, NUMBER, line.number)
    _write(page, row, WELSH, line.question.cy)
    _write(page, row, ENGLISH, line.question.en)
    for column, is_asked, value in (
        (CHOICE, line.choices, _shown_choice(line, answer)),
        (TEXT, line.asks_text, answer.text or None),
        (DATE, line.asks_date, answer.dated_on),
    ):
        if is_asked:
            cell = _write(page, row, column, value, fill=ANSWER_FILL, open_=True)
            if column == DATE:
                cell.number_format = "DD/MM/YYYY"
        else:
            _write(page, row, column, None)
    page.cell(row, REFERENCE).value = line.reference
    lines = _lines_of(
        (line.question.cy, LETTERS[WELSH]),
        (line.question.en, LETTERS[ENGLISH]),
        (_shown_choice(line, answer) or "", LETTERS[CHOICE]),
        (answer.text if line.asks_text else "", LETTERS[TEXT]),
    )
    least = ROOM_TO_WRITE if line.asks_text else LINE * 1.5
    # 409 points are the most that a row can have.
    page.row_dimensions[row].height = min(409, max(least, LINE * (lines + 0.5)))


def _shown_choice(line, answer):
    codes = answer.choice.split(SEPARATOR)
    if line.option:
        return str(line.choices[0][1]) if line.option in codes else None
    chosen = [str(label) for code, label in line.choices if code in codes]
    return "\n".join(chosen) or None


def _lines_of(*texts):
    """How many lines the longest of the texts takes, each with the letters that fit a line."""
    return max(
        sum(max(1, math.ceil(len(part) / letters)) for part in text.split("\n"))
        for text, letters in texts
    )


def _offer(page, line, lists, ranges):
    """Let the cell choose from the answers that its question takes."""
    labels = tuple(str(label) for _code, label in line.choices)
    if labels not in ranges:
        column = len(ranges) + 1
        for number, label in enumerate(labels, start=1):
            cell = lists.cell(number, column)
            cell.value, cell.data_type = label, "s"
        letter = cell.column_letter
        ranges[labels] = f"'{LISTS}'!${letter}$1:${letter}${len(labels)}"
    offered = {
        validation.formula1: validation
        for validation in page.data_validations.dataValidation
    }
    validation = offered.get(ranges[labels])
    if validation is None:
        validation = DataValidation("list", formula1=ranges[labels], allow_blank=True)
        # Several stand one a line, which is none of the list; reading them says what is wrong.
        validation.showErrorMessage = not line.takes_several
        page.add_data_validation(validation)
    validation.add(page.cell(page.max_row, CHOICE))


def _for_paper(page):
    page.page_margins = PageMargins(
        left=0.35, right=0.35, top=0.45, bottom=0.65, footer=0.3
    )
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToHeight = 0
    page.print_title_rows = "1:1"
    page.print_area = f"A1:F{page.max_row}"
    page.oddFooter.center.text = "&A · &P / &N"
    page.protection.sheet = True
    page.protection.formatColumns = page.protection.formatRows = False


def _about(book, sheet):
    """What the file is about, so that it cannot be sent back into another self-reflection."""
    page = book.create_sheet(ABOUT)
    reflection = sheet.reflection
    rows = {
        "format": FORMAT,
        "cycle": reflection.cycle.code,
        "cluster": reflection.cluster.code,
        "edition": sheet.edition.code,
    }
    for number, (name, value) in enumerate(rows.items(), start=1):
        page.cell(number, 1).value, page.cell(number, 2).value = name, value
        page.cell(number, 2).data_type = "s"
    page.sheet_state = "veryHidden"
