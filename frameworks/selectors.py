"""What the public pages of the framework show.

A draft is not there for them. A retired edition still is: submissions refer to it.
"""

import datetime
import re
from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, F, Prefetch, Q
from django.shortcuts import get_object_or_404

from frameworks.errata import errata_in_memory, read_over
from frameworks.models import (
    Criterion,
    Edition,
    Level,
    Module,
    Outcome,
)

_MAIN_HEADING = re.compile(r"^##[ \t]+(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class CriteriaOfLevel:
    """The criteria of one level, or all of them where the module has no levels."""

    level: int | None
    criteria: list[Criterion]


@dataclass(frozen=True)
class Section:
    """A part of a long text, from one of its main headings to the next."""

    anchor: str
    heading: str
    text: str


@dataclass(frozen=True)
class Issued:
    """When an edition was issued: a month, or a day where it is known."""

    date: datetime.date
    has_day: bool


@dataclass
class ListedCorrection:
    """A correction of the edition's wording, as its page lists it."""

    pk: int
    dated_on: datetime.date
    reason: str
    makes_official: bool
    counts: Counter  # of corrected texts, by language
    outcome_ids: set[int]
    outcomes: list[Outcome]


def readable_editions():
    """What everybody may read, and what selectors look among unless they are told otherwise."""
    return Edition.objects.exclude(status=Edition.Status.DRAFT)


def edition_with_modules(code, among=None):
    """The edition, and its modules with their outcomes; Http404 unless it is ``among`` them.

    Two queries: the modules bring their edition with them, which is asked for by itself only where
    it has no module.
    """
    among = readable_editions() if among is None else among
    titles = Outcome.objects.only("module_id", "number", "title").order_by("number")
    modules = list(
        Module.objects.filter(edition__code=code, edition__in=among)
        .select_related("edition__predecessor")
        .prefetch_related(Prefetch("outcomes", titles))
        .order_by("number")
    )
    if modules:
        edition = modules[0].edition
        outcomes = [one for module in modules for one in module.outcomes.all()]
        read_over(edition, [edition, *modules, *outcomes])
        return edition, modules
    edition = get_object_or_404(among, code=code)
    read_over(edition, [edition])
    return edition, []


def parts(edition, name):
    """What belongs to the edition as a whole: its principles, factors or goals, by number."""
    return read_over(edition, getattr(edition, name).all())


def corrections(edition, modules):
    """The corrections of an edition that was read over with its modules, the newest first."""
    found = {}
    for (part, part_id), wordings in errata_in_memory(edition):
        for wording in wordings:
            correction = found.setdefault(
                wording.correction_id,
                ListedCorrection(
                    wording.correction_id,
                    wording.dated_on,
                    wording.reason,
                    wording.makes_official,
                    Counter(),
                    set(),
                    [],
                ),
            )
            correction.counts[wording.language] += 1
            if part == Outcome._meta.model_name:
                correction.outcome_ids.add(part_id)
            elif wording.outcome_id:
                correction.outcome_ids.add(wording.outcome_id)
    for module in modules:
        for outcome in module.outcomes.all():
            for correction in found.values():
                if outcome.pk in correction.outcome_ids:
                    correction.outcomes.append(outcome)
    return sorted(
        found.values(),
        key=lambda correction: (correction.dated_on, correction.pk),
        reverse=True,
    )


def module_with_edition(edition, module, among=None):
    """The module with this code in the edition with that code; Http404 unless it is ``among`` them."""
    among = readable_editions() if among is None else among
    modules = Module.objects.filter(edition__in=among)
    module = get_object_or_404(
        modules.select_related("edition"), edition__code=edition, code=module
    )
    read_over(module.edition, [module.edition, module])
    return module


def outcomes_with_counts(module):
    """The module's outcomes, with how many criteria each has, in all and at each level."""
    outcomes = module.outcomes.annotate(
        criteria_count=Count("criteria"),
        **{
            f"criteria_count_{level}": Count(
                "criteria", filter=Q(criteria__level=level)
            )
            for level in Level.values
        },
    )
    return read_over(module.edition, outcomes.order_by("number"))


def outcome_with_module(edition, module, number, among=None):
    """The outcome with this number; Http404 unless its edition is ``among`` them."""
    among = readable_editions() if among is None else among
    outcomes = Outcome.objects.filter(module__edition__in=among)
    outcome = get_object_or_404(
        outcomes.select_related("module__edition"),
        module__edition__code=edition,
        module__code=module,
        number=number,
    )
    edition = outcome.module.edition
    read_over(edition, [edition, outcome.module, outcome])
    return outcome


def criteria_by_level(outcome):
    criteria = read_over(
        outcome.module.edition,
        outcome.criteria.order_by(F("level").asc(nulls_last=True), "number"),
    )
    return [
        CriteriaOfLevel(level, list(group))
        for level, group in groupby(criteria, key=lambda criterion: criterion.level)
    ]


def neighbours(outcome):
    """The outcomes before and after in the whole edition; None at its ends."""
    outcomes = read_over(
        outcome.module.edition,
        Outcome.objects.filter(module__edition_id=outcome.module.edition_id)
        .select_related("module")
        .only("number", "title", "module__code", "module__number")
        .order_by("module__number", "number"),
    )
    at = outcomes.index(outcome)
    previous = outcomes[at - 1] if at else None
    following = outcomes[at + 1] if at + 1 < len(outcomes) else None
    return previous, following


def sections(text, name, heading):
    """The sections of a long text, so that a page's contents can lead to each.

    Their anchors are ``name`` and a number, the same in both languages. What stands before the
    first heading, or all of a text without one, gets ``heading``.
    """
    opening, *parts = _MAIN_HEADING.split(text or "")
    found = list(zip(parts[::2], parts[1::2], strict=True))
    if opening.strip():
        found.insert(0, (heading, opening))
    return [
        Section(f"{name}-{number}", title.strip(), body)
        for number, (title, body) in enumerate(found, start=1)
    ]


def issued(edition):
    """When the edition was issued; None where that is not written as a date."""
    has_day = len(edition.issued) > len("2022-05")
    try:
        date = datetime.date.fromisoformat(
            edition.issued if has_day else f"{edition.issued}-01"
        )
    except ValueError:
        return None
    return Issued(date, has_day)
