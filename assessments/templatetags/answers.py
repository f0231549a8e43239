"""What templates ask about answers and frozen texts."""

import datetime

from django import template
from django.utils.translation import get_language

from assessments.models import (
    CriterionChoice,
    FactorChoice,
    MethodChoice,
    Profession,
    Question,
    SignsChoice,
)
from assessments.subjects import SEPARATOR, tag_names

register = template.Library()

WORDS = {
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


@register.filter
def here(texts):
    """The text of a pair in both languages that this page's language asks for."""
    return texts.get(get_language(), "") if texts else ""


@register.filter
def words(choice):
    """A stored choice, or several, as people read it."""
    return ", ".join(
        str(WORDS[code]) for code in choice.split(SEPARATOR) if code in WORDS
    )


@register.filter
def chosen(answer):
    """What was chosen in an answer of frozen content, or in a ``LastAnswer``, as people read it."""
    if isinstance(answer, dict):
        return tag_names(answer.get("tags", ())) or words(answer["choice"])
    return tag_names(answer.tags) or words(answer.choice)


@register.filter
def question_words(question):
    """A question's code as people read it."""
    return Question(question).label if question in Question.values else question


@register.filter
def in_form_order(answers):
    """Pairs of a question and its answer, in the order of the form: frozen JSON sorts its keys."""
    return [
        (question, answers[question])
        for question in Question.values
        if question in answers
    ]


@register.filter
def as_level(choice):
    """A stored level as a number, or None where it is not answered."""
    return int(choice) if choice else None


@register.filter
def as_date(text):
    """A date of frozen content, or None."""
    return datetime.date.fromisoformat(text) if text else None


@register.filter
def of_level(items, level):
    """The items of one maturity level."""
    return [item for item in items if item["level"] == level]


@register.filter
def lookup(mapping, key):
    return mapping.get(key) if mapping else None


@register.filter
def counted(counts, key):
    """How often ``key`` was counted."""
    return counts.get(key, 0) if counts and key else 0


@register.simple_tag
def choice_words(item, choice):
    """A stored choice in the words of the question that it answers."""
    return item.choice_words(choice)
