"""A self-reflection in memory: the framework, the answers, and what is still missing.

Built once by ``selectors.load_sheet``; contents page, check page, submission and PDF all read it,
so that they cannot disagree.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from assessments import maturity
from assessments.models import Answer, Question
from assessments.subjects import Subject

NOT_ANSWERED = Answer()


@dataclass(frozen=True)
class Gap:
    """Something a complete self-reflection has: an answer, or the reason for one."""

    subject: Subject
    needs_reason: bool = False


@dataclass(frozen=True)
class OutcomeSheet:
    """One outcome with its criteria and the answers to them.

    ``tags`` are all barriers and support needs, also those that can no longer be chosen.
    """

    module: object
    outcome: object
    criteria: list
    answers: dict
    tags: list = field(default_factory=list, repr=False)

    def answer(self, subject):
        return self.answers.get(subject, NOT_ANSWERED)

    def answer_to(self, criterion):
        return self.answer(Subject(criterion_id=criterion.pk))

    def answer_on(self, question):
        return self.answer(Subject(outcome_id=self.outcome.pk, question=question))

    @cached_property
    def suggestion(self):
        """The suggested level with its reasons; None in a module without levels."""
        if not self.module.uses_levels:
            return None
        return maturity.suggest(
            (criterion.level, self.answer_to(criterion).choice)
            for criterion in self.criteria
        )

    @cached_property
    def explanation(self):
        """The criteria that the suggested level rests on; None in a module without levels."""
        if not self.module.uses_levels:
            return None
        return maturity.explain(
            (criterion.level, self.answer_to(criterion).choice, criterion)
            for criterion in self.criteria
        )

    @cached_property
    def signs(self):
        """How often each kind of sign was chosen, in a module without levels."""
        return Counter(self.answer_to(criterion).choice for criterion in self.criteria)

    @property
    def own_level(self):
        choice = self.answer_on(Question.OWN_LEVEL).choice
        return int(choice) if choice else None

    @property
    def differs(self):
        """Whether the cluster chose another level than the suggested one."""
        return (
            self.own_level is not None
            and self.suggestion.level is not None
            and self.own_level != self.suggestion.level
        )

    @property
    def lacks_level_reason(self):
        """Whether another level than the suggested one was chosen, and nothing says why."""
        return self.differs and not self.answer_on(Question.OWN_LEVEL).text.strip()

    @cached_property
    def gaps(self):
        """What is missing, in the order of the page."""
        gaps = []
        for criterion in self.criteria:
            subject = Subject(criterion_id=criterion.pk)
            answer = self.answer(subject)
            if not answer.choice:
                gaps.append(Gap(subject))
            elif answer.choice == maturity.NOT_APPLICABLE and not answer.text.strip():
                gaps.append(Gap(subject, needs_reason=True))
        if self.module.uses_levels:
            subject = Subject(outcome_id=self.outcome.pk, question=Question.OWN_LEVEL)
            if self.own_level is None:
                gaps.append(Gap(subject))
            elif self.lacks_level_reason:
                gaps.append(Gap(subject, needs_reason=True))
        return gaps

    @property
    def reasons_missing(self):
        return sum(gap.needs_reason for gap in self.gaps)

    @property
    def total(self):
        """How many answers a complete outcome needs."""
        return len(self.criteria) + (1 if self.module.uses_levels else 0)

    @property
    def answered(self):
        return self.total - sum(not gap.needs_reason for gap in self.gaps)

    @property
    def is_started(self):
        return self.answered > 0

    @property
    def is_complete(self):
        return not self.gaps


@dataclass(frozen=True)
class PartSheet:
    """Part 1, 4 or 5: questions that belong to no outcome."""

    subjects: list[Subject]
    required: list[Subject]
    answers: dict
    tags: list = field(default_factory=list, repr=False)

    def answer(self, subject):
        return self.answers.get(subject, NOT_ANSWERED)

    @cached_property
    def gaps(self):
        return [
            Gap(subject)
            for subject in self.required
            if not (self.answer(subject).choice or self.answer(subject).dated_on)
        ]

    @property
    def total(self):
        return len(self.required)

    @property
    def answered(self):
        return self.total - len(self.gaps)

    @property
    def is_started(self):
        return any(any(self.answer(subject).content) for subject in self.subjects)

    @property
    def is_complete(self):
        return not self.gaps and self.is_started


@dataclass(frozen=True)
class ModuleSheet:
    module: object
    outcomes: list[OutcomeSheet]


@dataclass(frozen=True)
class Sheet:
    """The whole self-reflection."""

    reflection: object
    edition: object
    context: PartSheet
    modules: list[ModuleSheet]
    enablers: PartSheet
    enabling_factors: list
    closing: PartSheet
    answers: dict = field(repr=False)

    @property
    def outcomes(self):
        return [outcome for module in self.modules for outcome in module.outcomes]

    @property
    def outcomes_left(self):
        """How many outcomes still need something."""
        return sum(not outcome.is_complete for outcome in self.outcomes)

    @property
    def next_gap(self):
        """The first page that still needs something, or None."""
        return next((page for page in self.pages if page.gaps), None)

    @property
    def pages(self):
        return [self.context, *self.outcomes, self.enablers, self.closing]

    @property
    def total(self):
        return sum(page.total for page in self.pages)

    @property
    def answered(self):
        return sum(page.answered for page in self.pages)

    @property
    def is_complete(self):
        return not any(page.gaps for page in self.pages)
