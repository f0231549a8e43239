"""The evidence of a self-reflection, as pages and submissions show it. Nothing here writes."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from assessments.models import Evidence, EvidenceUse
from frameworks.errata import read_over
from frameworks.models import Criterion, Outcome


@dataclass
class Support:
    """What one piece of evidence supports in one outcome."""

    evidence: Evidence
    outcome: Outcome
    criteria: list[Criterion] = field(default_factory=list)
    supports_outcome: bool = False  # the outcome itself


@dataclass(frozen=True)
class OutcomeEvidence:
    """The evidence of one outcome."""

    supports: list[Support]

    @cached_property
    def counts(self):
        """How many pieces support each criterion, by its primary key."""
        return Counter(
            criterion.pk for support in self.supports for criterion in support.criteria
        )


@dataclass(frozen=True)
class Piece:
    """One piece of evidence with all that it supports."""

    evidence: Evidence
    supports: list[Support]


def _supports(reflection, uses):
    """Supports by piece and outcome, in the order of the form."""
    found = {}
    for use in uses.select_related("evidence", "outcome__module", "criterion").order_by(
        "outcome__module__number",
        "outcome__number",
        "evidence",
        "criterion__level",
        "criterion__number",
    ):
        shown = [use.outcome, use.outcome.module, use.criterion]
        read_over(reflection.cycle.edition, filter(None, shown))
        support = found.setdefault(
            (use.evidence_id, use.outcome_id), Support(use.evidence, use.outcome)
        )
        if use.criterion is None:
            support.supports_outcome = True
        else:
            support.criteria.append(use.criterion)
    return list(found.values())


def _uses_in(reflection):
    return EvidenceUse.objects.filter(
        evidence__in=Evidence.objects.in_use().filter(reflection=reflection)
    )


def load_outcome_evidence(reflection, outcome):
    """The evidence of one outcome: one query. Asks nobody's leave."""
    return OutcomeEvidence(
        _supports(reflection, _uses_in(reflection).filter(outcome=outcome))
    )


def load_by_outcome(reflection):
    """Lists of Support by outcome's primary key, of the whole self-reflection: one query."""
    by_outcome = {}
    for support in _supports(reflection, _uses_in(reflection)):
        by_outcome.setdefault(support.outcome.pk, []).append(support)
    return by_outcome


def load_pieces(reflection):
    """Every piece of evidence that the draft has, with what it supports: two queries."""
    by_evidence = {}
    for support in _supports(reflection, _uses_in(reflection)):
        by_evidence.setdefault(support.evidence.pk, []).append(support)
    return [
        Piece(evidence, by_evidence.get(evidence.pk, []))
        for evidence in Evidence.objects.in_use().filter(reflection=reflection)
    ]


@dataclass(frozen=True)
class UseChoices:
    """One outcome and what of it can be supported, for a form: codes and words."""

    outcome: Outcome
    criteria: list[Criterion]


def load_use_choices(edition):
    """What evidence can support in ``edition``, in the order of the form: two queries."""
    outcomes = (
        Outcome.objects.filter(module__edition=edition)
        .select_related("module")
        .order_by("module__number", "number")
    )
    outcomes = list(outcomes)
    criteria = list(Criterion.objects.filter(outcome__module__edition=edition))
    modules = [outcome.module for outcome in outcomes]
    read_over(edition, [*outcomes, *modules, *criteria])
    by_outcome = {}
    for criterion in criteria:
        by_outcome.setdefault(criterion.outcome_id, []).append(criterion)
    return [UseChoices(outcome, by_outcome.get(outcome.pk, [])) for outcome in outcomes]
