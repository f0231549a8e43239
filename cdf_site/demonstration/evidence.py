"""A few pieces of invented evidence: links that lead nowhere, and a file that says what it is."""

import io

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments import services
from assessments.models import Evidence
from assessments.services import Use
from cdf_site.common import uploads
from frameworks.models import Criterion

CLUSTERS = {"afan", "neath", "newport-east"}
# Language, title, address (a file where there is none), and which criteria of the first outcomes.
PIECES = [
    (
        "cy",
        "Cofnodion cyfarfod y clwstwr (enghraifft)",
        "https://cofnodion.example.test/clwstwr",
        [(1, 0), (1, 1), (2, 0)],
    ),
    (
        "en",
        "What patients told us: survey of the waiting rooms (example)",
        "https://survey.example.test/waiting-rooms",
        [(1, 1)],
    ),
    ("en", "Our plan for the winter (example)", "", [(1, 0), (3, 0)]),
]
PAGE = b"""BT /F1 18 Tf 60 760 Td (Synthetic demonstration file) Tj
/F1 12 Tf 0 -30 Td (Ffeil enghreifftiol, wedi'i dyfeisio. Invented; about no cluster and nobody.) Tj ET"""


def a_file():
    """A PDF of one page, the same bytes each time."""
    file = io.BytesIO()
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=(595, 842))
        page.Contents = document.make_stream(PAGE)
        page.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                F1=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font,
                    Subtype=pikepdf.Name.Type1,
                    BaseFont=pikepdf.Name.Helvetica,
                )
            )
        )
        document.save(file, deterministic_id=True)
    return SimpleUploadedFile("winter-plan-example.pdf", file.getvalue())


def add_some(reflection, *, by, at):
    """Give the self-reflection of a few clusters their evidence, dated ``at``."""
    if reflection.cluster.code not in CLUSTERS:
        return
    edition = reflection.cycle.edition
    criteria = {
        number: list(
            Criterion.objects.filter(
                outcome__module__edition=edition,
                outcome__module__number=1,
                outcome__number=number,
            )
        )
        for number in (1, 2, 3)
    }
    for language, title, url, supported in PIECES:
        chosen = [criteria[number][place] for number, place in supported]
        evidence = services.add_evidence(
            reflection=reflection,
            title=title,
            language=language,
            url=url,
            checked=None if url else uploads.check(a_file()),
            uses=[Use(criterion.outcome_id, criterion.pk) for criterion in chosen],
            by=by,
        )
        Evidence.objects.filter(pk=evidence.pk).update(added_at=at)
