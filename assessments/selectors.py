"""Questions about self-reflections that go across models. Nothing here writes."""

from assessments.models import (
    CLOSING_QUESTIONS,
    CONTEXT_QUESTIONS,
    REQUIRED_QUESTIONS,
    Answer,
)
from assessments.sheet import ModuleSheet, OutcomeSheet, PartSheet, Sheet
from assessments.subjects import Subject
from frameworks.models import Criterion, EnablingFactor, Module, Outcome


def part_sheet(questions, answers):
    """Part 1 or 5, from its questions and the answers by subject."""
    return PartSheet(
        subjects=[Subject(question=question) for question in questions],
        required=[
            Subject(question=question)
            for question in questions
            if question in REQUIRED_QUESTIONS
        ],
        answers=answers,
    )


def enablers_sheet(factors, answers):
    """Part 4, from the enabling factors and the answers by subject."""
    subjects = [Subject(enabling_factor_id=factor.pk) for factor in factors]
    return PartSheet(subjects=subjects, required=subjects, answers=answers)


def load_sheet(reflection):
    """The whole self-reflection: five queries, however large the framework is.

    Asks nobody's leave: the caller has checked who reads.
    """
    edition = reflection.cycle.edition
    answers = {
        Subject.of(answer): answer
        for answer in Answer.objects.filter(reflection=reflection)
    }
    modules = list(Module.objects.filter(edition=edition))
    outcomes = list(Outcome.objects.filter(module__edition=edition))
    criteria = list(Criterion.objects.filter(outcome__module__edition=edition))
    factors = list(EnablingFactor.objects.filter(edition=edition))
    return Sheet(
        reflection=reflection,
        edition=edition,
        context=part_sheet(CONTEXT_QUESTIONS, answers),
        modules=[
            ModuleSheet(
                module=module,
                outcomes=[
                    OutcomeSheet(
                        module=module,
                        outcome=outcome,
                        criteria=[c for c in criteria if c.outcome_id == outcome.pk],
                        answers=answers,
                    )
                    for outcome in outcomes
                    if outcome.module_id == module.pk
                ],
            )
            for module in modules
        ],
        enablers=enablers_sheet(factors, answers),
        enabling_factors=factors,
        closing=part_sheet(CLOSING_QUESTIONS, answers),
        answers=answers,
    )
