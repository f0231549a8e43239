"""What the dashboard shows of a scope, in the words of one language's document, and its drawing.

Reads the exhibits that the pages show, and nothing else. Call ``_document`` with the document's
language activated.
"""

from dataclasses import dataclass, field, replace
from datetime import date

from django.template.defaultfilters import floatformat
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _

from reporting.commentary import WHOLE_PAGE
from reporting.exhibits import EXHIBITS, numbered
from reporting.heat_map import A_PAGE, load_heat_map
from reporting.pdf.heat_cells import with_words
from reporting.pdf.rendering import LINE, TooLong, draw
from reporting.pdf.summary import Answer, Level, readable
from reporting.tables import Kind
from reporting.whole_cycle import load_whole_cycle

MOST_LINES = 6_000  # cells, in both languages: all of Wales holds 4,000
HEAT_MAP = "levels"  # the view that is a table of its own
# Columns: from here on the letters are smaller, and then the page is turned.
MANY_COLUMNS, TOO_MANY_COLUMNS = 9, 13
TOO_MANY_TEXTS = 7  # columns of texts: from here on the page is turned too
FEW_ROWS = 12  # which stay on one page
TALLEST = 1.6  # of its width: what is taller would be too small to read on one page


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
    def is_turned(self):
        texts = sum(not is_number for _head, is_number in self.heads)
        return len(self.heads) >= TOO_MANY_COLUMNS or texts >= TOO_MANY_TEXTS


@dataclass(frozen=True)
class Section:
    """One view of the dashboard."""

    name: str
    title: str
    pictures: list[Picture] = field(default_factory=list)
    heat_maps: list = field(default_factory=list)
    too_many: bool = False  # clusters, for their table to be of use on paper
    whole: object = None  # the cycle of a cluster

    @property
    def is_empty(self):
        return not (self.pictures or self.heat_maps or self.too_many or self.whole)


@dataclass(frozen=True)
class DashboardDocument:
    """One language's document."""

    language: str
    page: object
    subject: str
    cycle: str
    made_at: str
    commentary: Note | None
    sections: list[Section]

    @property
    def title(self):
        return f"{_('Key indicator dashboard')}: {self.subject}, {self.cycle}"

    @property
    def running_head(self):
        return f"{self.subject} · {self.cycle}"

    @property
    def pictures(self):
        return [picture for section in self.sections for picture in section.pictures]


@dataclass(frozen=True)
class _Part:
    title: str
    html: str


def render_dashboard(page, *, views, languages, made_at):
    """What ``page`` shows of its scope as the bytes of a tagged PDF, as ``render_summary`` draws it.

    ``views`` holds, for each view, its label and the keys of its exhibits. Raises TooLong.
    """
    parts, lines = [], 0
    for language in languages:
        with translation.override(language):
            # Another page, because what one has loaded may be in the words of one language.
            document = _document(
                replace(page), views, language, timezone.localtime(made_at)
            )
            lines += _lines(document)
            if lines > MOST_LINES:
                raise TooLong(f"{lines} lines")
            html = render_to_string(
                "reporting/dashboard_document.html",
                {
                    "dashboard": document,
                    "document": document,
                    "both": len(languages) > 1,
                },
            )
            parts.append(_Part(document.title, html))
    return draw(parts, languages=languages, created_at=made_at)


def _lines(document):
    """About how much there is to lay out: a cell of a table takes as long as a line of text."""
    texts = [note.words.text for note in _notes(document)]
    cells = [
        cell
        for picture in document.pictures
        for row in picture.rows
        for cell in row
        if not picture.empty
    ]
    heat = sum(
        len(row.cells)
        for section in document.sections
        for heat_map in section.heat_maps
        for row in heat_map.rows
    )
    words = [*texts, *(cell.text for cell in cells)]
    return heat + sum(len(text) // LINE + text.count("\n") + 1 for text in words)


def _notes(document):
    found = [document.commentary, *(each.commentary for each in document.pictures)]
    return [note for note in found if note]


def _document(page, views, language, made_at):
    sections, number = [], 1
    for name, (label, keys) in views.items():
        pictures = [
            _picture(page, exhibit, language)
            for exhibit in numbered((EXHIBITS[key](page) for key in keys), first=number)
        ]
        number += len(pictures)
        section = Section(name, str(label), pictures)
        if name == HEAT_MAP:
            section = _with_heat_maps(page, section)
        elif page.scope.is_cluster and name == "overview":
            section = replace(section, whole=_whole(load_whole_cycle(page)))
        if not section.is_empty:
            sections.append(section)
    return DashboardDocument(
        language=language,
        page=page,
        subject=readable(page.scope.name),
        cycle=readable(page.cycle.name),
        made_at=date_format(made_at, "j F Y, H:i"),
        commentary=_note(page, WHOLE_PAGE, language),
        sections=sections,
    )


def _with_heat_maps(page, section):
    """``section`` with a table of the scope's clusters for each module, where they are few enough."""
    if page.coverage.total > A_PAGE:
        return replace(section, too_many=True)
    first = load_heat_map(_for_module(page, None))
    others = [
        load_heat_map(_for_module(page, module))
        for module in first.modules
        if module != first.module
    ]
    heat_maps = [with_words(heat_map) for heat_map in (first, *others) if heat_map.rows]
    return replace(section, heat_maps=heat_maps)


def _for_module(page, module):
    """The page as it is when its address asks for ``module``, with what it has loaded already."""
    asked = replace(page, query={"module": module.code} if module else {})
    asked.__dict__["coverage"] = page.coverage
    return asked


def _whole(whole):
    """``whole`` with levels that have words."""
    return replace(
        whole,
        lines=[
            replace(
                line,
                cells=[
                    cell
                    and replace(
                        cell,
                        own_level=_level(cell.own_level),
                        agreed_level=_level(cell.agreed_level),
                    )
                    for cell in line.cells
                ],
            )
            for line in whole.lines
        ],
    )


def _level(level):
    return None if level is None else Level(level)


def _picture(page, exhibit, language):
    columns = exhibit.table.shown_columns
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
            [_cell(column, value, language) for column, value in row]
            for row in exhibit.table.shown_rows
        ],
        source=exhibit.source,
        dated=exhibit.dated,
        notes=exhibit.notes,
        commentary=_note(page, exhibit.note_key, language),
    )


def _note(page, exhibit, language):
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


def _cell(column, value, language):
    """What a page shows of a value, without its links."""
    if column.kind == Kind.LEVEL:
        return Cell(level=_level(value), is_level=True)
    if value is None:
        return Cell(is_number=column.is_number)
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
