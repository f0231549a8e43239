"""The full report of a self-reflection: all that a submission holds, or a draft so far."""

import json

from reporting.pdf.reading import read_reflection
from reporting.pdf.rendering import LINE, MOST_LINES, draw, parts_of, refuse_more
from reporting.pdf.shapes import readable
from reporting.pdf.stored import kept


def render_report(submission, *, languages, agreed=None, large_print=False):
    """All that ``submission`` holds as the bytes of a tagged PDF.

    ``languages`` are ("cy",), ("en",) or ("cy", "en"): both, one after the other. ``agreed``
    are the levels agreed afterwards (``assessments.selectors.agreed_levels``), which are shown
    beside the cluster's own. Reads these, the frozen content, its number and its time, and
    nothing else; the same gives the same bytes while the program and its fonts stay the same.
    Raises TooLong and NotDrawn.
    """
    agreed = agreed or {}
    return kept(
        [
            *("report", submission.content, submission.number),
            *(submission.submitted_at, agreed_facts(agreed), languages, large_print),
        ],
        lambda: _draw(
            submission.content,
            number=submission.number,
            moment=submission.submitted_at,
            agreed=agreed,
            languages=languages,
            large_print=large_print,
        ),
    )


def render_draft(content, *, made_at, languages, large_print=False):
    """The draft that ``content`` (``assessments.snapshot.canonical``) is, as a report.

    It is marked as a draft on every page, and never kept: what the cluster has not sent is
    nobody else's. Raises TooLong and NotDrawn.
    """
    return _draw(
        content,
        number=None,
        moment=made_at,
        agreed={},
        languages=languages,
        large_print=large_print,
    )


def agreed_facts(agreed):
    """What agreed levels say, as plain data: what a document that holds them is kept under."""
    return sorted(
        [*place, row.level, row.reason, row.language, row.agreed_at.isoformat()]
        for place, row in agreed.items()
    )


def _draw(content, *, number, moment, agreed, languages, large_print):
    refuse_more(len(content) // LINE + content.count("\\n"), MOST_LINES)
    content = readable(json.loads(content))
    parts = parts_of(
        "reporting/report.html",
        "report",
        languages=languages,
        document_in=lambda language: read_reflection(
            content, number=number, moment=moment, language=language, agreed=agreed
        ),
    )
    return draw(
        parts,
        languages=languages,
        created_at=moment,
        large_print=large_print,
        keep=False,
    )
