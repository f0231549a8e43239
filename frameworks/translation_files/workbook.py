"""Making the workbook: each text in both languages, to be written in any spreadsheet program."""

import io
import math

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

from frameworks.models import LANGUAGES, TextState
from frameworks.translation_files.layout import FORMAT

ABOUT = "_about"
HEAD = "key"  # of the first column: by it the sheet is known
KEY, SEEN, WHERE_CY, WHERE_EN, WELSH, ENGLISH, STATE_CY, STATE_EN = range(1, 9)
COLUMNS = {"cy": WELSH, "en": ENGLISH}
WIDTHS = {
    WHERE_CY: 24,
    WHERE_EN: 24,
    WELSH: 60,
    ENGLISH: 60,
    STATE_CY: 18,
    STATE_EN: 18,
}
LETTERS = 56  # that fit a line of a text
LINE = 14.5  # points of height
TALLEST = 409  # points that a row can have

INK = Font(name="Calibri", size=11)
QUIET = Font(name="Calibri", size=10, color="49616A")
TITLE = Font(name="Calibri", size=14, bold=True, color="0F444C")
WHITE = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
HEAD_FILL = PatternFill("solid", fgColor="0F444C")
OPEN_FILL = PatternFill("solid", fgColor="FFFBEF")
THIN = Side(style="thin", color="6B7C7E")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
WRAPPED = Alignment(wrap_text=True, vertical="top")


def workbook(edition, lines):
    """The texts of ``lines`` as the bytes of an xlsx file, with guidance in both languages."""
    book = Workbook()
    _guidance(book.active, edition)
    page = book.create_sheet(" · ".join(_both(lambda: _("Texts"))))
    _head(page)
    for line in lines:
        _line(page, line)
    page.protection.sheet = True
    page.protection.formatColumns = page.protection.formatRows = False
    page.protection.autoFilter = page.protection.sort = False
    page.auto_filter.ref = f"C1:H{page.max_row}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToHeight = 0
    page.print_title_rows = "1:1"
    page.print_area = f"C1:H{page.max_row}"
    _about(book, edition)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _both(make):
    texts = []
    for language in LANGUAGES:
        with override(language):
            texts.append(str(make()))
    return texts


def _write(page, row, column, value, *, font=INK, fill=None, is_open=False):
    """Put a text into a cell as a text: it is never taken for a formula."""
    cell = page.cell(row, column)
    cell.value = value
    cell.data_type = "s"
    cell.quotePrefix = value[:1] in ("=", "+", "-", "@")
    cell.font, cell.alignment, cell.border = font, WRAPPED, BOX
    if fill:
        cell.fill = fill
    if is_open:
        cell.protection = Protection(locked=False)
    return cell


def _guidance(page, edition):
    page.title = " · ".join(_both(lambda: _("Guidance")))
    page.column_dimensions["A"].width = page.column_dimensions["B"].width = 70
    rows = [
        (_both(lambda: _("Texts to translate")), TITLE),
        (_both(lambda: edition.title), INK),
        *(
            (_both(make), INK)
            for make in (
                lambda: _(
                    "Write in the yellow cells, the Welsh and the English beside each other."
                ),
                lambda: _(
                    "Keep the marks at the beginning of a line: “- ” for a bullet, “## ” for a heading."
                ),
                lambda: _(
                    "Keep what stands in braces, such as {name}, exactly as it is."
                ),
                lambda: _(
                    "Send the file back through the service: you will see what would change, and "
                    "nothing is applied until you confirm it."
                ),
                lambda: _(
                    "An empty cell changes nothing. To take a text out, use the page."
                ),
                lambda: _(
                    "The rows may be sorted and left out; the columns must stay."
                ),
            )
        ),
    ]
    for number, (texts, font) in enumerate(rows, start=1):
        for column, text in enumerate(texts, start=1):
            cell = _write(page, number, column, text, font=font)
            cell.border = Border()
        page.row_dimensions[number].height = LINE * (
            2
            if font is TITLE
            else max(math.ceil(len(text) / 66) for text in texts) + 0.5
        )
    page.sheet_view.showGridLines = False


def _head(page):
    labels = {
        KEY: HEAD,
        SEEN: "seen",
        WHERE_CY: "Ble",
        WHERE_EN: "Where",
        WELSH: "Cymraeg",
        ENGLISH: "English",
        STATE_CY: " / ".join(_both(lambda: _("State of the Welsh"))),
        STATE_EN: " / ".join(_both(lambda: _("State of the English"))),
    }
    for column, label in labels.items():
        _write(page, 1, column, label, font=WHITE, fill=HEAD_FILL)
    page.row_dimensions[1].height = 3 * LINE
    page.freeze_panes = "C2"
    for column, width in WIDTHS.items():
        page.column_dimensions[chr(64 + column)].width = width
    for column in (KEY, SEEN):
        page.column_dimensions[chr(64 + column)].hidden = True


def _line(page, line):
    row = page.max_row + 1
    _write(page, row, KEY, line.key)
    _write(page, row, SEEN, line.seen)
    _write(page, row, WHERE_CY, line.where["cy"], font=QUIET)
    _write(page, row, WHERE_EN, line.where["en"], font=QUIET)
    for language, column in COLUMNS.items():
        _write(
            page, row, column, line.text.text(language), fill=OPEN_FILL, is_open=True
        )
    for language, column in (("cy", STATE_CY), ("en", STATE_EN)):
        _write(page, row, column, state_in_words(line.text.state(language)), font=QUIET)
    lines = max(
        sum(max(1, math.ceil(len(part) / LETTERS)) for part in text.split("\n"))
        for text in (line.text.text(language) for language in LANGUAGES)
    )
    lines = max(lines, 1 + max(len(where) for where in line.where.values()) // 22)
    page.row_dimensions[row].height = min(TALLEST, LINE * (lines + 0.5))


def state_in_words(state):
    """A state in both languages."""
    words = {
        TextState.MISSING: lambda: pgettext("translation", "Missing"),
        TextState.DRAFT: lambda: pgettext("translation", "Draft"),
        TextState.STALE: lambda: pgettext("translation", "Needs an update"),
        TextState.CHECKED: lambda: pgettext("translation", "Checked"),
        TextState.UNOFFICIAL: lambda: pgettext("translation", "Unofficial"),
    }
    return " / ".join(_both(words[state])) if state else ""


def _about(book, edition):
    """What the file is about, so that it cannot be sent back into another edition."""
    page = book.create_sheet(ABOUT)
    for number, (name, value) in enumerate(
        {"format": FORMAT, "edition": edition.code}.items(), start=1
    ):
        page.cell(number, 1).value, page.cell(number, 2).value = name, value
        page.cell(number, 2).data_type = "s"
    page.sheet_state = "veryHidden"
