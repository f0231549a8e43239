"""The summary of an area as a PDF."""

from dataclasses import replace

from reporting.pdf.areas.contents import area_document
from reporting.pdf.areas.shapes import Figures
from reporting.pdf.exhibits import lines_of
from reporting.pdf.rendering import draw, lines_of_texts, parts_of, refuse_more

MOST_LINES = 6_000  # cells, in both languages


def render_area_summary(page, *, languages, made_at, large_print=False):
    """What a committee is given of the scope of ``page``, as ``draw`` draws it.

    Reads what the dashboard shows to the reader of ``page``, whatever its address asks for beside
    the level, and says of ``made_at`` the day alone. Raises TooLong.
    """
    lines = 0

    def document_in(language):
        nonlocal lines
        # Another page, because what one has loaded may be in the words of one language.
        asked = replace(page, query={}, on_paper=True)
        document = area_document(asked, language, made_at)
        lines += _lines(document)
        refuse_more(lines, MOST_LINES)
        return document

    parts = parts_of(
        "reporting/area_summary.html",
        "summary",
        languages=languages,
        document_in=document_in,
    )
    return draw(parts, languages=languages, created_at=made_at, large_print=large_print)


def _lines(document):
    """About how much there is to lay out."""
    tables = [each for each in document.exhibits if not isinstance(each, Figures)]
    pictures = [each.picture for each in document.exhibits if isinstance(each, Figures)]
    texts = [
        practice.words.text
        for section in document.sections
        for practice in section.practice
    ]
    notes = [document.commentary, *(each.commentary for each in tables)]
    texts += [note.words.text for note in notes if note]
    cells = sum(each.cell_count for each in tables)
    return cells + lines_of(pictures) + lines_of_texts(texts)
