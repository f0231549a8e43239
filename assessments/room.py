"""The steps of an outcome in the room: the outcome as a whole, each criterion, and the end."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from assessments.models import LEVEL_CHOICES, Question
from assessments.pages import Item, criterion_item, own_level_item
from assessments.sheet import OutcomeSheet
from assessments.subjects import Subject

OUTCOME, END = "outcome", "end"  # the steps that are not a criterion's number


@dataclass(frozen=True)
class RoomSheet(OutcomeSheet):
    """An outcome in the room, which asks for reasons where they can be given: at the end."""

    step: str = OUTCOME

    @property
    def gaps(self):
        shown = {item.subject for item in items(self, self.step)}
        return [gap for gap in OutcomeSheet.gaps.func(self) if gap.subject in shown]


@dataclass(frozen=True)
class Place:
    """Where a room is, or could go: an outcome and a step of it."""

    outcome: object
    step: str


def steps(criteria_count):
    """The outcome as a whole, its criteria by their place in the outcome, and the end."""
    return [OUTCOME, *(str(number + 1) for number in range(criteria_count)), END]


def around(agenda, outcome, step, criteria_count):
    """The places before and after this one; None at either end of the agenda."""
    here = steps(criteria_count)
    position = here.index(step)
    turn = agenda.index(outcome)
    if position:
        before = Place(outcome, here[position - 1])
    else:
        before = Place(agenda[turn - 1], END) if turn else None
    if position + 1 < len(here):
        after = Place(outcome, here[position + 1])
    else:
        after = Place(agenda[turn + 1], OUTCOME) if turn + 1 < len(agenda) else None
    return before, after


def note_item(outcome):
    """What the scribe writes of an outcome's discussion."""
    return Item(
        subject=Subject(outcome_id=outcome.pk, question=Question.DISCUSSION_NOTE),
        label=Question.DISCUSSION_NOTE.label,
        text_label=Question.DISCUSSION_NOTE.label,
        text_hint=_(
            "They stay with the cluster: they are not part of what is submitted."
        ),
        rows=6,
    )


def items(sheet, step):
    """What can be answered at a step: a criterion or the level, and the note at each."""
    note = note_item(sheet.outcome)
    if step == END and sheet.module.uses_levels:
        return [own_level_item(sheet.outcome), note]
    if step in {OUTCOME, END}:
        return [note]
    return [criterion_item(sheet.criteria[int(step) - 1]), note]


@dataclass(frozen=True)
class Key:
    """A big button: the key that presses it, and the answer it gives.

    ``is_level`` where the key is the level's own number, which is shown whether keys work or not.
    """

    key: str
    value: str
    label: str
    is_chosen: bool
    is_level: bool = False


def keys(item, chosen):
    """Levels have their own number for a key; other answers are counted from 1."""
    if item.subject.question == Question.OWN_LEVEL:
        return [
            Key(str(level), str(level), label, str(level) == chosen, level > 0)
            for level, label in LEVEL_CHOICES
            if str(level) in dict(item.choices)
        ]
    return [
        Key(str(number), value, label, value == chosen)
        for number, (value, label) in enumerate(item.choices, 1)
    ]
