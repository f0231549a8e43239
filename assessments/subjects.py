"""What an answer can be about, and which choices it takes."""

from dataclasses import dataclass

from django.utils.text import format_lazy
from django.utils.translation import get_language

from assessments import maturity
from assessments.models import (
    LEVEL_CHOICES,
    LEVEL_QUESTIONS,
    CriterionChoice,
    FactorChoice,
    MethodChoice,
    Profession,
    Question,
    SignsChoice,
)

SEPARATOR = " "  # between the codes of a choice of several


@dataclass(frozen=True)
class Subject:
    """Exactly one of a criterion, a question of an outcome, an enabling factor, a question."""

    criterion_id: int | None = None
    outcome_id: int | None = None
    enabling_factor_id: int | None = None
    question: str = ""

    @classmethod
    def of(cls, answer):
        return cls(
            criterion_id=answer.criterion_id,
            outcome_id=answer.outcome_id,
            enabling_factor_id=answer.enabling_factor_id,
            question=answer.question,
        )

    @property
    def key(self):
        """The subject's name in forms and addresses of parts of a page."""
        if self.criterion_id:
            return f"criterion-{self.criterion_id}"
        if self.enabling_factor_id:
            return f"factor-{self.enabling_factor_id}"
        return self.question.replace("_", "-")

    @property
    def fields(self):
        """The columns of ``Answer`` that say what it is about."""
        return {
            "criterion_id": self.criterion_id,
            "outcome_id": self.outcome_id,
            "enabling_factor_id": self.enabling_factor_id,
            "question": self.question,
        }


def criterion_choices(criterion):
    """Choices for a criterion: of maturity where it has a level, else of signs."""
    return CriterionChoice if criterion.level else SignsChoice


def level_choices(module=None):
    """The levels that ``module`` has, or all of them, from below level 1 up, with their words."""
    highest = module.highest_level if module else maturity.LEVELS[-1]
    return [(level, label) for level, label in LEVEL_CHOICES if level <= highest]


def question_choices(question, module=None):
    """Choices of a question as pairs, empty where it is answered in words or by a date.

    Of a question about a level, those that ``module`` has.
    """
    if question in LEVEL_QUESTIONS:
        return [
            (str(level), format_lazy("{} {}", level, label) if level else label)
            for level, label in level_choices(module)
        ]
    return {
        Question.PARTICIPANTS: Profession.choices,
        Question.METHOD: MethodChoice.choices,
    }.get(question, [])


FACTOR_CHOICES = FactorChoice.choices
CHOICE_WORDS = {
    choice.value: choice.label
    for choices in (
        CriterionChoice,
        SignsChoice,
        FactorChoice,
        MethodChoice,
        Profession,
    )
    for choice in choices
}


def tag_names(tags):
    """Frozen barriers or support needs by their names, in the page's language."""
    return ", ".join(tag["name"][get_language()] for tag in tags)


def choice_words(question, choice, tags=()):
    """A stored choice, or several, as people read it; ``question`` is "" where it is none.

    ``tags`` say what its codes mean where they are of the list of barriers and support needs.
    """
    if tags:
        return tag_names(tags)
    words = dict(question_choices(question)) if question in LEVEL_QUESTIONS else {}
    words = words or CHOICE_WORDS
    return ", ".join(
        str(words[code]) for code in choice.split(SEPARATOR) if code in words
    )
