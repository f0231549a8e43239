"""The summary of a submission: two pages to take to a meeting.

It says what the frozen content says, the levels agreed afterwards, and what the cluster had
submitted before. What people wrote is shortened by measure, so that it is two pages whatever
there is; in large print the same words take more.
"""

import json
from dataclasses import dataclass, replace
from io import BytesIO

import pikepdf
from django.utils.translation import gettext as _

from reporting.pdf.brief import Section, sections_for
from reporting.pdf.fitting import shortened
from reporting.pdf.glance import (
    LETTERS,
    LINES_OF_A_TITLE,
    WIDTH,
    Glance,
    glance_at,
)
from reporting.pdf.reading import read_reflection
from reporting.pdf.rendering import draw, parts_of
from reporting.pdf.report import agreed_facts
from reporting.pdf.shapes import Report, readable
from reporting.pdf.stored import kept

PAGE = 262  # millimetres between the margins, and a little to spare
PAGES = 2
# Millimetres left free on the second page: more where, against the measure, it does not hold all,
# because letters of another font are taller, or a line was broken before it was full.
SPARE = (0, 12, 30, 60)
FIRST = 60  # what stands above the tables on the first page


@dataclass(frozen=True)
class Summary:
    """One language's two pages."""

    report: Report
    cluster: str
    health_board: str
    local_authority: str
    cycle: str
    cycle_before: str
    glances: list[Glance]
    sections: list[Section]

    @property
    def language(self):
        return self.report.language

    @property
    def title(self):
        heading = _("Summary of the self-reflection")
        return f"{heading}: {self.report.cluster}, {self.report.cycle}"

    @property
    def texts_begin_page(self):
        return not any(glance.begins_page for glance in self.glances)


def render_summary(
    submission, *, languages, agreed=None, before=None, large_print=False
):
    """The summary of ``submission`` as the bytes of a tagged PDF.

    ``languages`` and ``agreed`` are as for ``render_report``; ``before`` is what the cluster had
    submitted in an earlier cycle (``reporting.before.load_before``). Reads these, the frozen
    content, its number and its time, and nothing else. Raises TooLong and NotDrawn.
    """
    agreed = agreed or {}

    def drawn():
        for spare in SPARE:
            document = _draw(
                submission, languages, agreed, before, large_print, spare=spare
            )
            if large_print or _pages_of(document) <= PAGES * len(languages):
                break
        return document

    said_before = before and [before.cycle, sorted(map(list, before.levels.items()))]
    return kept(
        [
            *("summary", submission.content, submission.number),
            *(submission.submitted_at, agreed_facts(agreed), said_before),
            *(languages, large_print),
        ],
        drawn,
    )


def _draw(submission, languages, agreed, before, large_print, *, spare):
    content = readable(json.loads(submission.content))

    def document_in(language):
        report = read_reflection(
            content,
            number=submission.number,
            moment=submission.submitted_at,
            language=language,
            agreed=agreed,
        )
        return summarise(report, before, spare=spare)

    parts = parts_of(
        "reporting/summary.html",
        "summary",
        languages=languages,
        document_in=document_in,
    )
    return draw(
        parts,
        languages=languages,
        created_at=submission.submitted_at,
        large_print=large_print,
        keep=False,
    )


def _pages_of(document):
    with pikepdf.open(BytesIO(document)) as pdf:
        return len(pdf.pages)


def summarise(report, before, *, spare=0):
    """The two pages of ``report`` with so many millimetres to spare on the second.

    Call it with the language of ``report`` activated.
    """
    for most_lines in LINES_OF_A_TITLE:
        glances, left = _on_pages(
            [
                glance_at(module, _levels_then(module, before), most_lines=most_lines)
                for module in report.modules
            ]
        )
        if left >= PAGE / 2:
            break
    return Summary(
        report=report,
        cluster=shortened(report.cluster, 1, width=WIDTH, points=24, weight=600),
        health_board=_on_a_line(report.health_board),
        local_authority=_on_a_line(report.local_authority),
        cycle=_on_a_line(report.cycle),
        cycle_before=_on_a_line(readable(before.cycle[report.language]))
        if before
        else "",
        glances=glances,
        sections=sections_for(report, left - spare),
    )


def _on_a_line(name):
    return shortened(name, 1, width=WIDTH - 60, points=LETTERS)


def _levels_then(module, before):
    if before is None:
        return None
    return {
        number: level
        for (code, number), level in before.levels.items()
        if code == module.code
    }


def _on_pages(glances):
    """Which of ``glances`` begins the second page, and how much of that is left for texts."""
    left, first_page, placed = PAGE - FIRST, True, []
    for glance in glances:
        if first_page and placed and glance.height > left:
            first_page, left = False, PAGE
            glance = replace(glance, begins_page=True)
        left -= glance.height
        placed.append(glance)
    return placed, PAGE if first_page else left
