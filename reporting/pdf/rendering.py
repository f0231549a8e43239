"""From content to a PDF: template, style sheet, and the press that draws it."""

import json
import re
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from reporting.pdf.fonts import FONTS, load_fonts
from reporting.pdf.press import Job, TooLong, press
from reporting.pdf.stored import kept

MOST_LINES = 10_000  # some 250 pages and 20 seconds; see ``TooLong``
LINE = 80  # characters
# WeasyPrint counts it where a last line is almost full, and leaves one word alone on a line.
SPACE_AT_AN_END = re.compile(r"\s+(</(?:p|h[1-6]|li|th|td|blockquote)>)")
PLACEHOLDER = re.compile(r"%\((number|total)\)s")
PAGES = ("summary", "draft", "brief", "turned")  # of the style sheet, in each language
COUNTERS = {"number": "counter(page)", "total": "counter(pages)"}


@dataclass(frozen=True)
class Part:
    """One language's document: ``html`` is an ``article`` as ``reporting/document.html`` has one."""

    title: str
    html: str


def parts_of(template, name, *, languages, document_in):
    """A Part in each of ``languages``: ``template``, which knows its document by ``name``.

    ``document_in`` makes it of a language, which is activated then; it has a ``title``.
    """
    parts = []
    for language in languages:
        with translation.override(language):
            document = document_in(language)
            both = len(languages) > 1
            known = {name: document, "document": document, "both": both}
            parts.append(Part(document.title, render_to_string(template, known)))
    return parts


def lines_of_texts(texts):
    """About how many lines people's texts take."""
    return sum(len(text) // LINE + text.count("\n") + 1 for text in texts)


def refuse_more(lines, most):
    """Raise TooLong, before anything is drawn, where there are more ``lines`` than ``most``."""
    if lines > most:
        raise TooLong(f"{lines} lines")


def draw(parts, *, languages, created_at, large_print=False, keep=True):
    """The bytes of a tagged PDF of ``parts``: a document in each of ``languages``, in their order.

    Each has the ``title`` and the ``html`` of a Part. ``large_print`` draws all of it in letters of
    18 points. The same parts are drawn once (``reporting.pdf.stored``) unless ``keep`` is False:
    what may not be kept, or what the caller keeps. Raises TooLong and NotDrawn.
    """
    html, css = written(
        parts, languages=languages, created_at=created_at, large_print=large_print
    )

    def drawn():
        return press(Job(html, css, load_fonts(), tuple(languages))).content

    return kept([html, css, languages], drawn) if keep else drawn()


def written(parts, *, languages, created_at, large_print=False):
    """The page and the style sheet that ``draw`` draws."""
    rules = [_stylesheet(large_print)]
    for language in languages:
        with translation.override(language):
            rules.append(_page_rule(language))
    html = render_to_string(
        "reporting/summary_document.html",
        {
            "language": languages[0],
            "title": " / ".join(part.title for part in parts),
            "created_at": created_at.astimezone(timezone.get_default_timezone()),
            "parts": parts,
        },
    )
    return SPACE_AT_AN_END.sub(r"\1", html), "\n".join(rules)


def _stylesheet(large_print):
    sheets = [render_to_string("reporting/summary.css", {"fonts": list(FONTS)})]
    if large_print:
        sheets.append(render_to_string("reporting/large_print.css"))
    return "\n".join(sheets)


def _page_rule(language):
    """The numbers of the pages, in a sentence of the document's language."""
    sentence = _("Page %(number)s of %(total)s")
    pieces = [
        COUNTERS.get(piece) or json.dumps(piece, ensure_ascii=False)
        for piece in PLACEHOLDER.split(sentence)
        if piece
    ]
    rule = f"{{ @bottom-right {{ content: {' '.join(pieces)} }} }}"
    return " ".join(f"@page {name}-{language} {rule}" for name in PAGES)
