"""What a cluster said in the cycle before, beside what is asked of it now.

Read from the submission that was frozen then, never from a draft. The criteria of another edition
are matched by their predecessors; those of the same edition by where they stand in it.
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, prefetch_related_objects
from django.utils.translation import get_language

from assessments.models import (
    NEED_QUESTIONS,
    OUTCOME_TEXT_QUESTIONS,
    Question,
    Submission,
    SubmittedOutcome,
)
from assessments.needs import still_offered
from assessments.subjects import Subject
from cdf_site.common.word_diff import word_diff


@dataclass(frozen=True)
class LastAnswer:
    """An answer as it was submitted; ``wording`` is that of its criterion, in both languages."""

    choice: str = ""
    text: str = ""
    dated_on: date | None = None
    language: str = ""
    wording: dict | None = None
    wording_now: dict | None = None
    tags: tuple = ()  # the barriers or support needs that were chosen, as they were frozen
    choice_now: str | None = None  # of those, what can be chosen today

    @property
    def choice_to_carry(self):
        return self.choice if self.choice_now is None else self.choice_now

    @property
    def is_answered(self):
        return bool(self.choice or self.text or self.dated_on)

    @property
    def changed_wording(self):
        """What changed in the criterion, in the page's language; empty where nothing did."""
        if not self.wording:
            return []
        before, now = (
            texts.get(get_language(), "") for texts in (self.wording, self.wording_now)
        )
        return word_diff(before, now) if before.split() != now.split() else []


@dataclass(frozen=True)
class LastOutcome:
    """What was said of one outcome then, and agreed.

    ``answers`` holds the answers by their subjects of today, ``new`` the criteria that the edition
    of then did not have.
    """

    submission: Submission
    anchor: str  # of the outcome, on the page of the submission
    answers: dict
    new: frozenset = frozenset()
    own_level: int | None = None
    agreed: object = None

    @property
    def cycle(self):
        return self.submission.reflection.cycle

    @property
    def words(self):
        """The questions that were answered in words, as people read them, with the answers."""
        by_question = {
            subject.question: answer for subject, answer in self.answers.items()
        }
        return [
            (question.label, answer)
            for question in OUTCOME_TEXT_QUESTIONS
            if (answer := by_question.get(question)) and answer.is_answered
        ]


def load_last_outcome(reflection, sheet, *, user):
    """The outcome of ``sheet`` in the cycle before, or None: two queries.

    More where the edition of then lies further back than the one before today's.
    """
    module, outcome, criteria = sheet.module, sheet.outcome, sheet.criteria
    ancestors = Counter(
        criterion.predecessor.outcome_id
        for criterion in criteria
        if criterion.predecessor_id
    )
    rows = list(
        SubmittedOutcome.objects.filter(
            Q(outcome__module__code=module.code, outcome__number=outcome.number)
            | Q(outcome__in=ancestors),
            submission=_last_submissions(reflection, user).values("pk")[:1],
        ).select_related(
            "submission__reflection__cycle__edition", "outcome__module", "agreed_level"
        )
    )
    if not rows:
        return None
    # Of several, the one from which most of the criteria came.
    row = max(rows, key=lambda row: ancestors[row.outcome_id])
    places = _places(criteria, row.submission.reflection.cycle.edition_id, outcome)
    frozen = _Frozen(row.submission)
    found = frozen.outcomes[row.outcome.module.code, row.outcome.number]
    return LastOutcome(
        submission=row.submission,
        anchor=f"{row.outcome.module.code}-{row.outcome.number}",
        answers=frozen.answers_to(criteria, places)
        | _answers_on_questions(found, outcome, sheet.tags),
        new=frozenset(
            Subject(criterion_id=criterion.pk)
            for criterion in criteria
            if places.get(criterion.pk) not in frozen.criteria
        ),
        own_level=row.own_level,
        agreed=getattr(row, "agreed_level", None),
    )


def load_last_answers(reflection, sheet, *, user):
    """All answers to criteria, and own levels, of the cycle before, by their subjects of today.

    None where this cluster has submitted in no cycle before. One query, and three for each step
    from this edition to the one of then.
    """
    submission = (
        _last_submissions(reflection, user).select_related("reflection__cycle").first()
    )
    if submission is None:
        return None
    frozen = _Frozen(submission)
    edition_id = submission.reflection.cycle.edition_id
    places = {}
    if edition_id == sheet.edition.pk:
        for page in sheet.outcomes:
            places |= _places(page.criteria, edition_id, page.outcome)
    else:
        criteria = [criterion for page in sheet.outcomes for criterion in page.criteria]
        places = _places(criteria, edition_id, None)
    answers = {}
    for page in sheet.outcomes:
        answers |= frozen.answers_to(page.criteria, places)
        answers |= _own_level_then(page, frozen, places)
    return answers


def _own_level_then(page, frozen, places):
    came_from = Counter(
        places[criterion.pk][:2]
        for criterion in page.criteria
        if criterion.pk in places
    )
    place = (page.module.code, page.outcome.number)
    if came_from:
        [(place, _count)] = came_from.most_common(1)
    found = frozen.outcomes.get(place)
    if not page.module.uses_levels or found is None:
        return {}
    return {
        Subject(outcome_id=page.outcome.pk, question=question): _answer(answer)
        for question, answer in found["questions"].items()
        if question == Question.OWN_LEVEL
    }


def changes(page, last_answers):
    """How many criteria of an outcome, and its own level, are answered otherwise than then."""
    return sum(
        page.answer(subject).choice not in {"", last.choice}
        for subject in [
            *(Subject(criterion_id=criterion.pk) for criterion in page.criteria),
            Subject(outcome_id=page.outcome.pk, question=Question.OWN_LEVEL),
        ]
        if (last := last_answers.get(subject))
    )


def _last_submissions(reflection, user):
    """What this cluster has submitted in earlier cycles, the latest first."""
    return (
        Submission.objects.visible_to(user)
        .filter(
            reflection__cluster=reflection.cluster_id,
            reflection__cycle__opened_at__isnull=False,
            reflection__cycle__opens_at__lt=reflection.cycle.opens_at,
        )
        .order_by("-reflection__cycle__opens_at", "-number")
    )


class _Frozen:
    """A submission's content, found by where things stand in its edition."""

    def __init__(self, submission):
        content = json.loads(submission.content)
        self.outcomes = {
            (module["code"], outcome["number"]): outcome
            for module in content["modules"]
            for outcome in module["outcomes"]
        }
        self.criteria = {
            (*place, criterion["level"], criterion["number"]): criterion
            for place, outcome in self.outcomes.items()
            for criterion in outcome["criteria"]
        }

    def answers_to(self, criteria, places):
        return {
            Subject(criterion_id=criterion.pk): _answer(
                found["answer"],
                wording=found["text"],
                wording_now={"cy": criterion.text_cy, "en": criterion.text_en},
            )
            for criterion in criteria
            if (found := self.criteria.get(places.get(criterion.pk)))
        }


def _answers_on_questions(found, outcome, tags):
    return {
        Subject(outcome_id=outcome.pk, question=question): _answer(
            answer, **_chosen_tags(question, answer, tags)
        )
        for question, answer in found["questions"].items()
    }


def _chosen_tags(question, answer, tags):
    if question not in NEED_QUESTIONS:
        return {}
    return {
        "tags": tuple(answer.get("tags", ())),
        "choice_now": still_offered(answer["choice"], tags),
    }


def _answer(frozen, **more):
    return LastAnswer(
        choice=frozen["choice"],
        text=frozen["text"],
        dated_on=frozen["dated_on"] and date.fromisoformat(frozen["dated_on"]),
        language=frozen["language"],
        **more,
    )


def _places(criteria, edition_id, outcome):
    """Where each criterion stands in another edition, or, with its ``outcome``, in its own.

    Module code, outcome number, level and number, by primary key; without those that were not
    there.
    """
    if outcome and outcome.module.edition_id == edition_id:
        return {criterion.pk: _place(criterion, outcome) for criterion in criteria}
    places = {}
    ancestors = {criterion.pk: criterion for criterion in criteria}
    while ancestors:
        prefetch_related_objects(
            list(ancestors.values()), "predecessor__outcome__module"
        )
        ancestors = {
            pk: ancestor.predecessor
            for pk, ancestor in ancestors.items()
            if ancestor.predecessor
        }
        found = {
            pk: _place(ancestor, ancestor.outcome)
            for pk, ancestor in ancestors.items()
            if ancestor.outcome.module.edition_id == edition_id
        }
        places |= found
        ancestors = {
            pk: ancestor for pk, ancestor in ancestors.items() if pk not in found
        }
    return places


def _place(criterion, outcome):
    return (outcome.module.code, outcome.number, criterion.level, criterion.number)
