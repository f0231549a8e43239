"""A self-reflection with its framework, whole or a page of it."""

from django.db.models import Count, Q

from assessments.models import (
    CLOSING_QUESTIONS,
    CONTEXT_QUESTIONS,
    REQUIRED_QUESTIONS,
    AgreedLevel,
    Answer,
    ReviewAccess,
    required_and_answered,
)
from assessments.needs import load_tags
from assessments.sheet import ModuleSheet, OutcomeSheet, PartSheet, Sheet
from assessments.subjects import Subject
from frameworks.errata import read_over
from frameworks.models import Criterion, EnablingFactor, Module, Outcome


def part_sheet(questions, answers, tags=()):
    """Part 1 or 5, from its questions, the answers by subject, and what can be chosen there."""
    return PartSheet(
        subjects=[Subject(question=question) for question in questions],
        required=[
            Subject(question=question)
            for question in questions
            if question in REQUIRED_QUESTIONS
        ],
        answers=answers,
        tags=tags,
    )


def enablers_sheet(factors, answers):
    """Part 4, from the enabling factors and the answers by subject."""
    subjects = [Subject(enabling_factor_id=factor.pk) for factor in factors]
    return PartSheet(subjects=subjects, required=subjects, answers=answers)


def load_sheet(reflection):
    """The whole self-reflection: five queries, however large the framework is, and one for errata.

    One more for the barriers and support needs where somebody looks at them.

    Asks nobody's leave: the caller has checked who reads.
    """
    return load_sheets(reflection.cycle.edition, [reflection])[0]


def load_sheets(edition, reflections):
    """Several self-reflections on one edition, in their order: the queries of one."""
    answers = {reflection.pk: {} for reflection in reflections}
    for answer in Answer.objects.filter(reflection__in=reflections):
        answers[answer.reflection_id][Subject.of(answer)] = answer
    modules = list(Module.objects.filter(edition=edition))
    outcomes = list(Outcome.objects.filter(module__edition=edition))
    by_key = {module.pk: module for module in modules}
    for outcome in outcomes:
        outcome.module = by_key[outcome.module_id]
    criteria = list(Criterion.objects.filter(outcome__module__edition=edition))
    factors = list(EnablingFactor.objects.filter(edition=edition))
    tags = load_tags()
    read_over(edition, [edition, *modules, *outcomes, *criteria, *factors])
    return [
        _sheet(
            reflection,
            edition,
            modules,
            outcomes,
            criteria,
            factors,
            tags,
            answers[reflection.pk],
        )
        for reflection in reflections
    ]


def _sheet(reflection, edition, modules, outcomes, criteria, factors, tags, answers):
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
                        tags=tags,
                    )
                    for outcome in outcomes
                    if outcome.module_id == module.pk
                ],
            )
            for module in modules
        ],
        enablers=enablers_sheet(factors, answers),
        enabling_factors=factors,
        closing=part_sheet(CLOSING_QUESTIONS, answers, tags),
        answers=answers,
    )


def required_total(edition):
    """How many answers a complete self-reflection on ``edition`` needs: two queries."""
    counted = Outcome.objects.filter(module__edition=edition).aggregate(
        criteria=Count("criteria"),
        levelled=Count("pk", filter=Q(module__uses_levels=True), distinct=True),
    )
    factors = EnablingFactor.objects.filter(edition=edition).count()
    # OWN_LEVEL is asked once an outcome; the others once a self-reflection.
    return (
        counted["criteria"]
        + counted["levelled"]
        + factors
        + len(REQUIRED_QUESTIONS)
        - 1
    )


def load_outcome(reflection, module_code, number):
    """One outcome with its neighbours in the order of the form: four queries.

    Returns (previous, sheet, next), outcomes for neighbours and None at either end; None where
    the edition has no such outcome.
    """
    edition = reflection.cycle.edition
    outcomes = outcomes_of(edition)
    places = [
        place
        for place, outcome in enumerate(outcomes)
        if (outcome.module.code, outcome.number) == (module_code, number)
    ]
    if not places:
        return None
    place = places[0]
    outcome = outcomes[place]
    criteria = list(
        Criterion.objects.filter(outcome=outcome).select_related(
            "predecessor__outcome__module"  # what the cycle before may have asked
        )
    )
    read_over(edition, criteria)
    answers = Answer.objects.filter(reflection=reflection).filter(
        Q(outcome=outcome) | Q(criterion__outcome=outcome)
    )
    sheet = OutcomeSheet(
        module=outcome.module,
        outcome=outcome,
        criteria=criteria,
        answers={Subject.of(answer): answer for answer in answers},
        tags=load_tags(),
    )
    previous = outcomes[place - 1] if place else None
    following = outcomes[place + 1] if place + 1 < len(outcomes) else None
    return previous, sheet, following


def module_codes(edition):
    """The codes of an edition's modules, which are the form's middle parts, in their order."""
    return list(Module.objects.filter(edition=edition).values_list("code", flat=True))


def outcomes_of(edition):
    """Every outcome in the order of the form, with its module: one query."""
    return read_over_outcomes(edition, _in_form_order(edition))


def first_outcome(edition):
    """The first outcome of the form, or None in an edition without any."""
    found = _in_form_order(edition).first()
    return found and read_over_outcomes(edition, [found])[0]


def last_outcome(edition):
    found = _in_form_order(edition).last()
    return found and read_over_outcomes(edition, [found])[0]


def read_over_outcomes(edition, outcomes):
    """Outcomes that come with their modules, both with their corrected wording."""
    outcomes = list(outcomes)
    read_over(
        edition, [one for outcome in outcomes for one in (outcome, outcome.module)]
    )
    return outcomes


def _in_form_order(edition):
    return (
        Outcome.objects.filter(module__edition=edition)
        .select_related("module")
        .order_by("module__number", "number")
    )


def load_context(reflection):
    """Part 1, from one query."""
    return part_sheet(CONTEXT_QUESTIONS, _answers_without_outcome(reflection))


def load_enablers(reflection):
    """The enabling factors and part 4, from two queries."""
    edition = reflection.cycle.edition
    factors = read_over(edition, EnablingFactor.objects.filter(edition=edition))
    return factors, enablers_sheet(factors, _answers_without_outcome(reflection))


def load_closing(reflection):
    """Part 5, from two queries."""
    return part_sheet(
        CLOSING_QUESTIONS, _answers_without_outcome(reflection), load_tags()
    )


def _answers_without_outcome(reflection):
    answers = Answer.objects.filter(reflection=reflection, criterion=None, outcome=None)
    return {Subject.of(answer): answer for answer in answers}


def agreed_levels(submission):
    """Agreed levels of a submission, by module code and outcome number: one query."""
    rows = AgreedLevel.objects.filter(
        submitted_outcome__submission=submission
    ).select_related("submitted_outcome__outcome__module")
    return {
        (
            row.submitted_outcome.outcome.module.code,
            row.submitted_outcome.outcome.number,
        ): row
        for row in rows
    }


def submission_numbers(reflection):
    """The numbers of all submissions, the newest first."""
    return list(
        reflection.submissions.order_by("-number").values_list("number", flat=True)
    )


def submitted_outcomes(submission, edition):
    """All submitted outcomes in the order of the form, with agreed levels: one query."""
    rows = list(
        submission.submitted_outcomes.select_related(
            "outcome__module", "agreed_level"
        ).order_by("outcome__module__number", "outcome__number")
    )
    read_over_outcomes(edition, [row.outcome for row in rows])
    return rows


def progress(reflection):
    """How many of the answers that are needed there are, and how many are: three queries."""
    answered = reflection.answers.filter(required_and_answered()).count()
    return answered, required_total(reflection.cycle.edition)


def levelled_outcomes(submission, edition):
    """The submitted outcomes of modules with levels, in the order of the form."""
    rows = list(
        submission.submitted_outcomes.filter(uses_levels=True)
        .select_related("outcome__module")
        .order_by("outcome__module__number", "outcome__number")
    )
    read_over_outcomes(edition, [row.outcome for row in rows])
    return rows


def facilitators_of(reflection):
    """The names of those who facilitate its peer review now, who record what is agreed."""
    accesses = (
        ReviewAccess.objects.running()
        .filter(reflection=reflection, role=ReviewAccess.Role.FACILITATOR)
        .select_related("user")
        .order_by("user__name", "pk")
    )
    return list(dict.fromkeys(str(access.user) for access in accesses))
