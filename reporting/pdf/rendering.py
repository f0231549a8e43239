"""Drawing a document as a PDF: content, template, style sheet, pages, tags."""

import json
import logging
import re
import threading

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from reporting.pdf.fonts import FONTS, BundledFonts, font
from reporting.pdf.summary import readable, summarise
from reporting.pdf.tagging import finish

MOST_LINES = 10_000  # some 250 pages and 20 seconds; see ``TooLong``
LINE = 80  # characters
PDF_UA = "pdf/ua-1"  # tagged, so that screen readers can read it
PLACEHOLDER = re.compile(r"%\((number|total)\)s")
COUNTERS = {"number": "counter(page)", "total": "counter(pages)"}
# WeasyPrint reports letters that no font has, and thereby what people wrote.
logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
# Drawing takes the processor for seconds and tens of megabytes: one at a time in a process.
ONE_AT_A_TIME = threading.Lock()


class TooLong(Exception):
    """The submission holds so much text that drawing it would hold everybody else up."""


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


def draw(parts, *, languages, created_at):
    """The bytes of a tagged PDF of ``parts``: a document in each of ``languages``, in their order.

    Each has a ``title``, and as ``html`` an ``article.summary`` that says its language as those of
    ``reporting/summary.html`` do.
    """
    rules = [_stylesheet()]
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
    with ONE_AT_A_TIME:
        return _draw(html, "\n".join(rules), languages)


class _Part:
    """One language's document as HTML."""

    def __init__(self, summary, *, both):
        self.title = summary.title
        self.html = render_to_string(
            "reporting/summary.html",
            {"summary": summary, "document": summary, "both": both},
        )


def _stylesheet():
    return render_to_string("reporting/summary.css", {"fonts": list(FONTS)})


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


def _draw(html, css, languages):
    for key in FONTS:
        font(key)  # missing fonts are an error here, and only a warning to WeasyPrint
    fonts, fetcher = FontConfiguration(), BundledFonts()
    stylesheet = CSS(string=css, url_fetcher=fetcher, font_config=fonts)
    document = HTML(string=html, url_fetcher=fetcher).render(
        stylesheets=[stylesheet], font_config=fonts, pdf_variant=PDF_UA
    )
    first_pages = [
        next(
            index
            for index, page in enumerate(document.pages)
            if f"summary-{language}" in page.anchors
        )
        for language in languages
    ]
    raw = document.write_pdf(pdf_variant=PDF_UA, uncompressed_pdf=True)
    return finish(raw, languages=languages, first_pages=first_pages)
