"""An exhibit of the dashboard in the words of one language's document.

Call ``picture_of`` and ``note_on`` with that language activated.
"""

from dataclasses import dataclass
from datetime import date

from django.template.defaultfilters import floatformat
from django.utils.formats import date_format, localize

from reporting.pdf.rendering import lines_of_texts
from reporting.pdf.shapes import Answer, Level, readable
from reporting.tables import Kind

# Columns: from here on the letters are smaller, and then the page is turned.
MANY_COLUMNS, TOO_MANY_COLUMNS = 9, 13
TOO_MANY_TEXTS = 7  # columns of texts: from here on the page is turned too
FEW_ROWS = 12  # which stay on one page
TALLEST = 1.6  # of its width: what is taller would be too small to read on one page
TALLEST_TURNED = 0.6  # the same on a turned page, as in large print
# Of these an empty cell is not unknown: there is no outcome, or no day was set.
WITH_NOTHING, NOTHING = {"action_list"}, "–"


@dataclass(frozen=True)
class Cell:
    """A value as it is drawn: ``text``, or a level; neither where it is not known."""

    text: str = ""
    level: Level | None = None
    is_level: bool = False
    is_number: bool = False
    language: str = ""  # where it is not the document's


@dataclass(frozen=True)
class Note:
    """What an officer wrote."""

    words: Answer
    organisation: str
    dated: str


@dataclass(frozen=True)
class Picture:
    """An exhibit as the document says it."""

    key: str
    number: int
    title: str
    empty: str
    chart: object
    heads: list[tuple[str, bool]]  # and whether numbers stand below
    rows: list[list[Cell]]
    source: str
    dated: date
    notes: list[str]
    commentary: Note | None

    @property
    def is_wide(self):
        return len(self.heads) >= MANY_COLUMNS

    @property
    def is_short(self):
        return len(self.rows) <= FEW_ROWS

    @property
    def is_tall(self):
        """Whether a part of the drawing would be too small to read in large print."""
        return any(
            part.height > TALLEST_TURNED * part.width
            for part in (self.chart, *self.chart.more)
        )

    @property
    def is_turned(self):
        if self.empty:
            return False
        texts = sum(not is_number for _head, is_number in self.heads)
        return len(self.heads) >= TOO_MANY_COLUMNS or texts >= TOO_MANY_TEXTS


def picture_of(page, exhibit, language, *, without=frozenset()):
    """``exhibit`` with all that its table shows, but the columns ``without``, by their codes."""
    columns = [
        column for column in exhibit.table.shown_columns if column.code not in without
    ]
    unset = NOTHING if exhibit.key in WITH_NOTHING else ""
    return Picture(
        key=exhibit.key,
        number=exhibit.number,
        title=exhibit.title,
        empty=exhibit.empty,
        chart=exhibit.chart
        if exhibit.chart and exhibit.chart.height <= TALLEST * exhibit.chart.width
        else None,
        heads=[(str(column.label), column.is_number) for column in columns],
        rows=[
            [
                _cell(column, value, language, unset=unset)
                for column, value in row
                if column.code not in without
            ]
            for row in exhibit.table.shown_rows
        ],
        source=exhibit.source,
        dated=exhibit.dated,
        notes=exhibit.notes,
        commentary=note_on(page, exhibit.note_key, language),
    )


def note_on(page, exhibit, language):
    """What officers wrote on an exhibit, by its key, or on the page; None where nothing."""
    note = page.commentaries.on(exhibit)
    return note and Note(
        words=Answer(
            text=readable(note.text).strip(),
            language=note.language,
            is_foreign=note.language != language,
        ),
        organisation=readable(note.organisation),
        dated=date_format(note.dated, "j F Y"),
    )


def level_of(number):
    return None if number is None else Level(number)


def lines_of(pictures):
    """About how much there is to lay out: a cell of a table takes as long as a line of text."""
    texts = [
        cell.text
        for picture in pictures
        for row in picture.rows
        for cell in row
        if not picture.empty
    ]
    texts += [each.commentary.words.text for each in pictures if each.commentary]
    return lines_of_texts(texts)


def _cell(column, value, language, *, unset):
    """What a page shows of a value, without its links."""
    if column.kind == Kind.LEVEL:
        return Cell(level=level_of(value), is_level=True)
    if value is None:
        return Cell(text=unset, is_number=column.is_number)
    written_in = getattr(value, "language", "")
    return Cell(
        text=readable(_text(column, value)),
        is_number=column.is_number,
        language=written_in if written_in != language else "",
    )


def _text(column, value):
    if column.kind in {Kind.NUMBER, Kind.PERCENTAGE}:
        sign = "%" if column.kind == Kind.PERCENTAGE else ""
        return f"{floatformat(value, f'{column.decimals}g')}{sign}"
    if column.kind == Kind.DATE:
        return date_format(value, "j F Y")
    return str(localize(value))
