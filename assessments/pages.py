"""Which answers stand on which page of the form, with their words."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from assessments import needs
from assessments.models import (
    CLOSING_QUESTIONS,
    CONTEXT_QUESTIONS,
    NEED_QUESTIONS,
    OUTCOME_TEXT_QUESTIONS,
    Question,
)
from assessments.subjects import (
    FACTOR_CHOICES,
    Subject,
    criterion_choices,
    question_choices,
)
from cdf_site.common.long_text import opening
from cdf_site.templatetags.interface import long_text
from frameworks.errata import corrections_of


@dataclass(frozen=True)
class Item:
    """One answer on a page: what it is about, and which parts it has."""

    subject: Subject
    label: str
    hint: str = ""
    choices: tuple = ()
    several: bool = False
    # Of ``choices``, those that are shown only where they were chosen before.
    withdrawn: frozenset = frozenset()
    text_label: str = ""  # empty: no text is asked for
    text_hint: str = ""
    rows: int = 4
    date_label: str = ""  # empty: no date is asked for
    date_hint: str = ""
    level: int | None = None  # of the criterion
    corrections: tuple = ()  # of its wording, the newest first
    # Whether it is answered in words, and from the list of barriers and support needs.
    asks_for_needs: bool = False

    @property
    def key(self):
        return self.subject.key

    def choice_words(self, choice):
        """A stored choice as people read it."""
        codes = set(choice.split()) if self.several else {choice}
        return ", ".join(str(label) for code, label in self.choices if code in codes)


HINTS = {
    Question.ABOUT_CLUSTER: _(
        "What should a reader from elsewhere know about the cluster? (optional)"
    ),
    Question.GOING_WELL: _(
        "What are you proud of, and what made it possible? (optional)"
    ),
    Question.IN_THE_WAY: _("What slows the cluster down? (optional)"),
    Question.SUPPORT_NEEDED: _("What would help, and from whom? (optional)"),
    Question.NEXT_STEPS: _("What will the cluster do next? (optional)"),
    Question.SUPPORT_OVERALL: _(
        "What would help the cluster most, across all outcomes? (optional)"
    ),
    Question.ANYTHING_ELSE: _(
        "Is there anything else that readers should know? (optional)"
    ),
}


def criterion_item(criterion):
    # A legend holds no list: what stands below the first paragraph becomes the hint.
    first, rest = opening(criterion.text)
    return Item(
        subject=Subject(criterion_id=criterion.pk),
        label=first,
        hint=long_text(rest) if rest else "",
        choices=tuple(criterion_choices(criterion).choices),
        text_label=_("Comment, or the reason where it is not applicable")
        if criterion.level
        else _("Comment"),
        rows=2,
        level=criterion.level,
        corrections=tuple(corrections_of(criterion, "text")),
    )


PICK_HINTS = {
    Question.IN_THE_WAY: _("Choose all that get in the way. (optional)"),
    Question.SUPPORT_NEEDED: _("Choose all that would help. (optional)"),
    Question.SUPPORT_OVERALL: _("Choose all that would help. (optional)"),
}


def _need_item(subject, tags):
    """A question that is answered in words, and from the list."""
    question = Question(subject.question)
    item = replace(_text_item(subject), asks_for_needs=True)
    found = needs.of_question(question, tags)
    if not found:
        return item
    return replace(
        item,
        hint=PICK_HINTS[question],
        choices=tuple((tag.code, tag.name) for tag in found),
        several=True,
        withdrawn=frozenset(tag.code for tag in found if not tag.is_offered),
    )


def _in_words(subject, tags):
    if subject.question in NEED_QUESTIONS:
        return _need_item(subject, tags)
    return _text_item(subject)


def _text_item(subject):
    question = Question(subject.question)
    return Item(
        subject=subject,
        label=question.label,
        text_label=question.label,
        text_hint=HINTS[question],
        date_label=_("By when?") if question == Question.NEXT_STEPS else "",
        date_hint=_("(optional)") if question == Question.NEXT_STEPS else "",
    )


def own_level_item(outcome):
    return Item(
        subject=Subject(outcome_id=outcome.pk, question=Question.OWN_LEVEL),
        label=Question.OWN_LEVEL.label,
        hint=_("The cluster judges. The suggested level is only a suggestion."),
        choices=tuple(question_choices(Question.OWN_LEVEL, outcome.module)),
        text_label=_("The reason, if it differs from the suggested level"),
        rows=3,
    )


def target_level_item(outcome):
    return Item(
        subject=Subject(outcome_id=outcome.pk, question=Question.TARGET_LEVEL),
        label=Question.TARGET_LEVEL.label,
        hint=_("Where does the cluster want to be by the next cycle? (optional)"),
        choices=tuple(question_choices(Question.TARGET_LEVEL, outcome.module)[1:]),
    )


def outcome_items(sheet):
    """Every answer on the page of one outcome, in the page's order."""
    items = [criterion_item(criterion) for criterion in sheet.criteria]
    if sheet.module.uses_levels:
        items.append(own_level_item(sheet.outcome))
        items.append(target_level_item(sheet.outcome))
    items += [
        _in_words(Subject(outcome_id=sheet.outcome.pk, question=question), sheet.tags)
        for question in OUTCOME_TEXT_QUESTIONS
    ]
    return items


def context_items():
    """Part 1."""
    items = {
        Question.PARTICIPANTS: Item(
            subject=Subject(question=Question.PARTICIPANTS),
            label=Question.PARTICIPANTS.label,
            hint=_("Choose all that apply."),
            choices=tuple(question_choices(Question.PARTICIPANTS)),
            several=True,
            text_label=_("Others who took part"),
            text_hint=_("Roles, not names of people. (optional)"),
            rows=2,
        ),
        Question.METHOD: Item(
            subject=Subject(question=Question.METHOD),
            label=Question.METHOD.label,
            choices=tuple(question_choices(Question.METHOD)),
        ),
        Question.HELD_ON: Item(
            subject=Subject(question=Question.HELD_ON),
            label=Question.HELD_ON.label,
            date_label=Question.HELD_ON.label,
        ),
    }
    return [
        items.get(question) or _text_item(Subject(question=question))
        for question in CONTEXT_QUESTIONS
    ]


def enabler_items(factors):
    """Part 4."""
    return [
        Item(
            subject=Subject(enabling_factor_id=factor.pk),
            label=factor.title,
            hint=factor.text,
            choices=tuple(FACTOR_CHOICES),
            text_label=_("How does it help or hinder? (optional)"),
            rows=3,
            corrections=tuple(corrections_of(factor, "title", "text")),
        )
        for factor in factors
    ]


def closing_items(tags):
    """Part 5; ``tags`` are what can be chosen there."""
    return [
        _in_words(Subject(question=question), tags) for question in CLOSING_QUESTIONS
    ]
