"""From content to a PDF: template, style sheet, and the press that draws it."""

import json
import re

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from reporting.pdf.fonts import FONTS, load_fonts
from reporting.pdf.press import Job, TooLong, press
from reporting.pdf.stored import kept
from reporting.pdf.summary import readable, summarise

MOST_LINES = 10_000  # some 250 pages and 20 seconds; see ``TooLong``
LINE = 80  # characters
PLACEHOLDER = re.compile(r"%\((number|total)\)s")
COUNTERS = {"number": "counter(page)", "total": "counter(pages)"}


def render_summary(submission, *, languages, agreed=None):
    """The summary of ``submission`` as the bytes of a tagged PDF.

    ``languages`` are ("cy",), ("en",) or ("cy", "en"): both, one after the other. ``agreed``
    are the levels agreed afterwards (``assessments.selectors.agreed_levels``), which are shown
    beside the cluster's own. Reads these, the frozen content, its number and its time, and
    nothing else; the same gives the same bytes while the program and its fonts stay the same.
    Raises TooLong.
    """
    lines = len(submission.content) // LINE + submission.content.count("\\n")
    if lines > MOST_LINES:
        raise TooLong(f"{lines} lines")
    content = readable(json.loads(submission.content))
    parts = []
    for language in languages:
        with translation.override(language):
            summary = summarise(
                content,
                number=submission.number,
                submitted_at=submission.submitted_at,
                language=language,
                agreed=agreed or {},
            )
            parts.append(_Part(summary, both=len(languages) > 1))
    return draw(parts, languages=languages, created_at=submission.submitted_at)


def draw(parts, *, languages, created_at, large_print=False):
    """The bytes of a tagged PDF of ``parts``: a document in each of ``languages``, in their order.

    Each has a ``title``, and as ``html`` an ``article.summary`` that says its language as those of
    ``reporting/summary.html`` do. ``large_print`` draws all of it in letters of 18 points. The same
    parts are drawn once (``reporting.pdf.stored``). Raises TooLong and NotDrawn.
    """
    html, css = written(
        parts, languages=languages, created_at=created_at, large_print=large_print
    )
    return kept(
        [html, css, languages],
        lambda: press(Job(html, css, load_fonts(), tuple(languages))).content,
    )


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
    return html, "\n".join(rules)


class _Part:
    """One language's document as HTML."""

    def __init__(self, summary, *, both):
        self.title = summary.title
        self.html = render_to_string(
            "reporting/summary.html",
            {"summary": summary, "document": summary, "both": both},
        )


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
    return f"@page summary-{language} {rule} @page turned-{language} {rule}"
