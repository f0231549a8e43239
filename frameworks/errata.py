"""Corrections of wording, read over the frozen text of a published edition.

The frozen text stays in its row. Whoever shows the framework to people asks ``read_over`` once for
all that it shows; submissions hold the words of their own time and are never read over.
"""

from dataclasses import dataclass

from frameworks.models import Erratum


@dataclass(frozen=True)
class CorrectedWording:
    """One erratum as a page shows it: what a text was before, and when and why it changed."""

    field: str
    language: str
    replaced: str
    text: str
    dated_on: object
    reason_cy: str
    reason_en: str
    makes_official: bool


def read_over(edition, things):
    """Put the corrected wording on ``things`` of ``edition``, in memory; returns them.

    Each gets ``corrected_wording``: its corrections, the oldest first. One query, and none where
    the edition was never corrected. What was read over must not be saved: the database refuses it.
    """
    things = list(things)
    found = _errata(edition) if edition.corrected_on and things else {}
    for thing in things:
        thing.corrected_wording = found.get((thing._meta.model_name, thing.pk), [])
        for wording in thing.corrected_wording:
            setattr(thing, f"{wording.field}_{wording.language}", wording.text)
    return things


def _errata(edition):
    """The corrections of ``edition``, by what they correct."""
    found = {}
    errata = (
        Erratum.objects.filter(correction__edition=edition)
        .select_related("correction")
        .order_by("correction__dated_on", "correction", "pk")
    )
    for erratum in errata:
        correction = erratum.correction
        found.setdefault((erratum.part, erratum.part_id), []).append(
            CorrectedWording(
                field=erratum.field,
                language=erratum.language,
                replaced=erratum.replaced,
                text=erratum.text,
                dated_on=correction.dated_on,
                reason_cy=correction.reason_cy,
                reason_en=correction.reason_en,
                makes_official=correction.makes_official,
            )
        )
    return found
