"""The yearly page of what was learned and what changed as a document.

Reads the ``LearnedPage`` that its reader sees, and nothing else.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from reporting.pdf.rendering import (
    MOST_LINES,
    draw,
    lines_of_texts,
    parts_of,
    refuse_more,
)
from reporting.pdf.shapes import readable

LISTED_FROM = 5  # entries: fewer are found without contents


@dataclass(frozen=True)
class Entry:
    heading: str
    text: str
    cluster: str  # where it is named


@dataclass(frozen=True)
class LearnedDocument:
    """One language's document. Made with that language activated."""

    language: str
    page: object
    introduction: str
    sections: list  # pairs: a heading, and its entries

    @property
    def title(self):
        return f"{_('What we learned, what changed')}: {self.page.learned}"

    @property
    def running_head(self):
        return self.title

    @property
    def has_contents(self):
        return len(self.page.entries) >= LISTED_FROM


def render_learned(page, *, languages, large_print=False):
    """The ``page`` as the bytes of a tagged PDF. Raises TooLong and NotDrawn.

    It is dated when the page last changed: the same page is the same document.
    """
    texts = [
        words for entry in page.entries for words in (entry.text_cy, entry.text_en)
    ]
    refuse_more(lines_of_texts(texts), MOST_LINES)
    parts = parts_of(
        "reporting/learned_document.html",
        "document",
        languages=languages,
        document_in=lambda language: _document(page, language),
    )
    return draw(
        parts, languages=languages, created_at=page.dated, large_print=large_print
    )


def _document(page, language):
    return LearnedDocument(
        language=language,
        page=page,
        introduction=readable(page.introduction.text) if page.introduction else "",
        sections=[
            (
                section.label,
                [
                    Entry(
                        heading=readable(entry.heading),
                        text=readable(entry.text),
                        cluster=readable(entry.cluster.name)
                        if entry.names_cluster
                        else "",
                    )
                    for entry in entries
                ],
            )
            for section, entries in page.sections
        ],
    )
