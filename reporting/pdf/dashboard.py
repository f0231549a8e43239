"""What the dashboard shows of a scope, in the words of one language's document, and its drawing.

Reads the exhibits that the pages show, and nothing else. Call ``_document`` with the document's
language activated.
"""

from dataclasses import dataclass, field, replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reporting.commentary import WHOLE_PAGE
from reporting.exhibits import EXHIBITS, numbered
from reporting.heat_map import A_PAGE
from reporting.pdf.exhibits import (
    Note,
    Picture,
    level_of,
    lines_of,
    note_on,
    picture_of,
)
from reporting.pdf.heat_cells import heat_maps_of
from reporting.pdf.rendering import draw, lines_of_texts, parts_of, refuse_more
from reporting.pdf.shapes import readable
from reporting.whole_cycle import load_whole_cycle

MOST_LINES = 6_000  # cells, in both languages: all of Wales holds 4,000
HEAT_MAP = "levels"  # the view that is a table of its own


@dataclass(frozen=True)
class Section:
    """One view of the dashboard."""

    name: str
    title: str
    exhibits: list[Picture] = field(default_factory=list)
    heat_maps: list = field(default_factory=list)
    too_many: bool = False  # clusters, for their table to be of use on paper
    whole: object = None  # the cycle of a cluster

    @property
    def is_empty(self):
        return not (self.exhibits or self.heat_maps or self.too_many or self.whole)


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
        return [picture for section in self.sections for picture in section.exhibits]


def render_dashboard(page, *, views, languages, made_at, large_print=False):
    """What ``page`` shows of its scope as the bytes of a tagged PDF, as ``draw`` draws it.

    ``views`` holds, for each view, its label and the keys of its exhibits. Says of ``made_at`` the
    day alone. Raises TooLong.
    """
    lines = 0

    def document_in(language):
        nonlocal lines
        # Another page, because what one has loaded may be in the words of one language.
        document = _document(replace(page, on_paper=True), views, language, made_at)
        lines += _lines(document)
        refuse_more(lines, MOST_LINES)
        return document

    parts = parts_of(
        "reporting/dashboard_document.html",
        "dashboard",
        languages=languages,
        document_in=document_in,
    )
    return draw(parts, languages=languages, created_at=made_at, large_print=large_print)


def _lines(document):
    heat = sum(
        len(row.cells)
        for section in document.sections
        for heat_map in section.heat_maps
        for row in heat_map.rows
    )
    note = document.commentary
    return (
        heat
        + lines_of(document.pictures)
        + lines_of_texts([note.words.text] if note else [])
    )


def _document(page, views, language, made_at):
    sections, number = [], 1
    for name, (label, keys) in views.items():
        pictures = [
            picture_of(page, exhibit, language)
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
        made_at=date_format(made_at, "j F Y"),
        commentary=note_on(page, WHOLE_PAGE, language),
        sections=sections,
    )


def _with_heat_maps(page, section):
    """``section`` with a table of the scope's clusters for each module, where they are few enough."""
    if page.coverage.total > A_PAGE:
        return replace(section, too_many=True)
    return replace(section, heat_maps=heat_maps_of(page))


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
                        own_level=level_of(cell.own_level),
                        agreed_level=level_of(cell.agreed_level),
                    )
                    for cell in line.cells
                ],
            )
            for line in whole.lines
        ],
    )
