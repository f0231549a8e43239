"""Logic models as they are drawn: from what is put in to what it comes to, with what may hinder."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from frameworks.models import LogicModelEntry

Kind = LogicModelEntry.Kind

# One leads to the next.
CHAIN = {
    Kind.INPUT: _("Inputs"),
    Kind.ACTIVITY: _("Activities"),
    Kind.OUTPUT: _("Outputs"),
    Kind.OUTCOME: pgettext_lazy("of a logic model", "Outcomes"),
    Kind.IMPACT: _("Impacts"),
}
# What the whole of it depends on.
CONDITIONS = {
    Kind.BARRIER: _("Barriers"),
    Kind.ASSUMPTION: _("Assumptions"),
}


@dataclass(frozen=True)
class EntriesOfLevel:
    """What is meant for one maturity level, or for all of them where ``level`` is None."""

    level: int | None
    entries: list[LogicModelEntry]


@dataclass(frozen=True)
class Step:
    """A column of the drawing: the inputs, or the barriers."""

    kind: str
    heading: str
    levels: list[EntriesOfLevel]


@dataclass(frozen=True)
class LogicModel:
    chain: list[Step]
    conditions: list[Step]

    @property
    def is_empty(self):
        return not any(step.levels for step in (*self.chain, *self.conditions))


def logic_model(subject):
    """The logic model of an outcome or of a module: one query."""
    entries = list(
        subject.logic_model_entries.order_by(F("level").asc(nulls_first=True), "number")
    )

    def steps(headings):
        return [
            Step(kind, heading, _by_level([one for one in entries if one.kind == kind]))
            for kind, heading in headings.items()
        ]

    return LogicModel(steps(CHAIN), steps(CONDITIONS))


def _by_level(entries):
    return [
        EntriesOfLevel(level, list(group))
        for level, group in groupby(entries, key=lambda entry: entry.level)
    ]


def subject_of(outcome):
    """What holds the logic model of ``outcome``: itself, or its module for all of them."""
    return outcome.module if outcome.module.has_one_logic_model else outcome
