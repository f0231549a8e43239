"""Corrections of wording, read over the frozen text of a published edition.

The frozen text stays in its row. Whoever shows the framework to people asks ``read_over`` for all
that it shows; submissions hold the words of their own time and are never read over.
"""

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.db.models import OuterRef
from django.utils.translation import get_language

from cdf_site.common.word_diff import word_diff
from frameworks.models import Criterion, Edition, Erratum


@dataclass(frozen=True)
class CorrectedWording:
    """One erratum as a page shows it: what a text was before, and when and why it changed."""

    field: str
    language: str
    replaced: str
    text: str
    dated_on: datetime.date
    made_at: datetime.datetime
    reason_cy: str
    reason_en: str
    makes_official: bool
    correction_id: int
    outcome_id: int | None  # of a criterion

    @property
    def reason(self):
        """In the language of the page."""
        return self.reason_cy if get_language() == "cy" else self.reason_en

    @cached_property
    def parts(self):
        """What changed, word by word."""
        return word_diff(self.replaced, self.text)


def read_over(edition, things):
    """Put the corrected wording on ``things`` of ``edition``, in memory; returns them.

    Each gets ``corrected_wording``: its corrections, the oldest first. One query for an edition in
    memory, however often it is asked for, and none where it was never corrected. What was read
    over must not be saved: the database refuses it.
    """
    things = list(things)
    if edition.corrected_on and things and not hasattr(edition, "errata_in_memory"):
        edition.errata_in_memory = _errata([edition])
    _put(getattr(edition, "errata_in_memory", {}), things)
    return things


def corrections_of(thing, *fields):
    """The corrections of these texts of what was read over, in the page's language, the newest first."""
    return [
        wording
        for wording in reversed(getattr(thing, "corrected_wording", []))
        if wording.field in fields and wording.language == get_language()
    ]


def errata_in_memory(edition):
    """Pairs of what was corrected, a model's name and a number, and its corrections.

    Of an edition that was read over; no query.
    """
    return getattr(edition, "errata_in_memory", {}).items()


def read_over_editions(editions):
    """The same for editions beside each other, as in a list of cycles: one query, or none."""
    editions = list(editions)
    corrected = [edition for edition in editions if edition.corrected_on]
    errata = _errata(corrected, part=Edition._meta.model_name) if corrected else {}
    _put(errata, editions)
    return editions


def _put(errata, things):
    for thing in things:
        thing.corrected_wording = errata.get((thing._meta.model_name, thing.pk), [])
        for wording in thing.corrected_wording:
            setattr(thing, f"{wording.field}_{wording.language}", wording.text)


def _errata(editions, **only):
    """The corrections of ``editions``, by what they correct."""
    found = {}
    errata = (
        Erratum.objects.filter(correction__edition__in=editions, **only)
        .select_related("correction")
        .annotate(
            outcome_of_criterion=Criterion.objects.filter(pk=OuterRef("part_id"))
            .order_by()
            .values("outcome")[:1]
        )
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
                made_at=correction.made_at,
                reason_cy=correction.reason_cy,
                reason_en=correction.reason_en,
                makes_official=correction.makes_official,
                correction_id=correction.pk,
                outcome_id=erratum.outcome_of_criterion
                if erratum.part == Erratum.Part.CRITERION
                else None,
            )
        )
    return found
