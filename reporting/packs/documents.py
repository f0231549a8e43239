"""Which document a part of a pack is."""

from assessments.selectors import agreed_levels
from reporting.before import load_before
from reporting.files import LANGUAGES
from reporting.models import Pack
from reporting.pdf.report import render_report
from reporting.pdf.summary import render_summary

RENDERERS = {
    Pack.Document.SUMMARY: render_summary,
    Pack.Document.REPORT: render_report,
}


def render(part):
    """The bytes of the document of ``part``. Raises TooLong and NotDrawn."""
    pack = part.pack
    more = {}
    if pack.document == Pack.Document.SUMMARY:
        more["before"] = load_before(part.submission, user=pack.asked_by)
    return RENDERERS[pack.document](
        part.submission,
        languages=LANGUAGES[pack.language],
        agreed=agreed_levels(part.submission),
        large_print=pack.large_print,
        **more,
    )
