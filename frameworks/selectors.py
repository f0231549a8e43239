"""What the public pages of the framework show.

A draft is not there for them. A retired edition still is: submissions refer to it.
"""

import datetime
import re
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, F, Prefetch, Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from frameworks.models import (
    Criterion,
    Edition,
    Level,
    LogicModelEntry,
    Module,
    Outcome,
)

_MAIN_HEADING = re.compile(r"^##[ \t]+(.+)$", re.MULTILINE)

# In the order in which a logic model is read.
LOGIC_MODEL_HEADINGS = {
    LogicModelEntry.Kind.INPUT: _("Inputs"),
    LogicModelEntry.Kind.ACTIVITY: _("Activities"),
    LogicModelEntry.Kind.OUTPUT: _("Outputs"),
    LogicModelEntry.Kind.OUTCOME: pgettext_lazy("of a logic model", "Outcomes"),
    LogicModelEntry.Kind.IMPACT: _("Impacts"),
    LogicModelEntry.Kind.BARRIER: _("Barriers"),
    LogicModelEntry.Kind.ASSUMPTION: _("Assumptions"),
}


@dataclass(frozen=True)
class CriteriaOfLevel:
    """The criteria of one level, or all of them where the module has no levels."""

    level: int | None
    criteria: list[Criterion]


@dataclass(frozen=True)
class EntriesOfKind:
    """The inputs, or the barriers, of a logic model."""

    heading: str
    entries: list[LogicModelEntry]


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


def readable_editions():
    return Edition.objects.exclude(status=Edition.Status.DRAFT)


def edition_with_modules(code):
    """The edition, and its modules with their outcomes; Http404 for a draft.

    Two queries: the modules bring their edition with them, which is asked for by itself only where
    it has no module.
    """
    titles = Outcome.objects.only("module_id", "number", "title").order_by("number")
    modules = list(
        Module.objects.filter(edition__code=code, edition__in=readable_editions())
        .select_related("edition")
        .prefetch_related(Prefetch("outcomes", titles))
        .order_by("number")
    )
    if modules:
        return modules[0].edition, modules
    return get_object_or_404(readable_editions(), code=code), []


def module_with_edition(edition, module):
    """The module with this code in the edition with that code; Http404 for a draft."""
    modules = Module.objects.filter(edition__in=readable_editions())
    return get_object_or_404(
        modules.select_related("edition"), edition__code=edition, code=module
    )


def outcomes_with_counts(module):
    """The module's outcomes, with how many criteria each has, in all and at each level."""
    return module.outcomes.annotate(
        criteria_count=Count("criteria"),
        **{
            f"criteria_count_{level}": Count(
                "criteria", filter=Q(criteria__level=level)
            )
            for level in Level.values
        },
    ).order_by("number")


def outcome_with_module(edition, module, number):
    """The outcome with this number; Http404 for one of a draft."""
    outcomes = Outcome.objects.filter(module__edition__in=readable_editions())
    return get_object_or_404(
        outcomes.select_related("module__edition"),
        module__edition__code=edition,
        module__code=module,
        number=number,
    )


def criteria_by_level(outcome):
    criteria = outcome.criteria.order_by(F("level").asc(nulls_last=True), "number")
    return [
        CriteriaOfLevel(level, list(group))
        for level, group in groupby(criteria, key=lambda criterion: criterion.level)
    ]


def logic_model(subject):
    """The entries of an outcome's or a module's logic model, by kind."""
    entries = list(subject.logic_model_entries.all())
    by_kind = (
        EntriesOfKind(heading, [entry for entry in entries if entry.kind == kind])
        for kind, heading in LOGIC_MODEL_HEADINGS.items()
    )
    return [group for group in by_kind if group.entries]


def neighbours(outcome):
    """The outcomes before and after in the whole edition; None at its ends."""
    outcomes = list(
        Outcome.objects.filter(module__edition_id=outcome.module.edition_id)
        .select_related("module")
        .only("number", "title", "module__code", "module__number")
        .order_by("module__number", "number")
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
