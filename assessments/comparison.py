"""What changed between two answers, and between two self-reflections as plain data.

Pure functions. Frozen contents of every format can be compared: what one of them lacks counts as
not answered there.
"""

import datetime
from dataclasses import dataclass, field, replace

from assessments.models import Question
from assessments.subjects import choice_words
from cdf_site.common.word_diff import ADDED, REMOVED, Part, word_diff

NOTHING = {"choice": "", "text": "", "dated_on": None, "language": ""}
QUESTIONS = Question.values


@dataclass(frozen=True)
class Change:
    """What became of one answer; each pair is before and after, and empty where it stayed."""

    choice: tuple = ()  # in words
    new_text: str = ""  # where there was none before
    texts: tuple = ()  # pairs of a language and what changed in a text of it
    dates: tuple = ()
    languages: tuple = ()  # of a text that stayed
    language: str = ""  # of the text as it is after

    def __bool__(self):
        return bool(
            self.choice or self.new_text or self.texts or self.dates or self.languages
        )

    @property
    def new_parts(self):
        """A text that is wholly new, as a difference."""
        return [Part(ADDED, self.new_text)]


@dataclass(frozen=True)
class OutcomeChanges:
    """What changed in one outcome; levels are pairs of before and after, or empty."""

    module: dict
    number: int
    title: dict
    own_level: tuple = ()
    suggested_level: tuple = ()
    criteria: list = field(default_factory=list)  # pairs of a criterion and its change
    questions: list = field(default_factory=list)  # pairs of a question and its change

    def __bool__(self):
        return bool(
            self.own_level or self.suggested_level or self.criteria or self.questions
        )

    @property
    def choices_count(self):
        """Of how many criteria the choice changed."""
        return sum(bool(change.choice) for _, change in self.criteria)

    @property
    def texts_count(self):
        """How many texts and dates changed."""
        changes = [change for _, change in (*self.criteria, *self.questions)]
        return sum(
            bool(change.new_text or change.texts or change.dates or change.languages)
            for change in changes
        )


@dataclass(frozen=True)
class Comparison:
    """What changed between two contents, in the order of the form."""

    context: list
    outcomes: list[OutcomeChanges]
    enabling_factors: list  # pairs of a factor's title in both languages and its change
    closing: list
    unchanged_count: int  # outcomes in which nothing changed

    def __bool__(self):
        return bool(
            self.context or self.outcomes or self.enabling_factors or self.closing
        )


def change_of(question, before, after):
    """What became of the answer to ``question`` ("" for a criterion or a factor)."""
    before, after = NOTHING | (before or {}), NOTHING | (after or {})
    texts = before["text"], after["text"]
    languages = before["language"], after["language"]
    dates = _date(before["dated_on"]), _date(after["dated_on"])
    change = Change(language=after["language"])
    if before["choice"] != after["choice"]:
        change = replace(
            change,
            choice=(
                choice_words(question, before["choice"], before.get("tags", ())),
                choice_words(question, after["choice"], after.get("tags", ())),
            ),
        )
    if dates[0] != dates[1]:
        change = replace(change, dates=dates)
    if texts[0] == texts[1]:
        if texts[0] and languages[0] != languages[1]:
            change = replace(change, languages=languages)
    elif not texts[0]:
        change = replace(change, new_text=texts[1])
    elif all(texts) and languages[0] != languages[1]:
        # Words of two languages are not compared with each other: each is marked as its own.
        change = replace(
            change,
            texts=(
                (languages[0], [Part(REMOVED, texts[0])]),
                (languages[1], [Part(ADDED, texts[1])]),
            ),
        )
    else:
        language = languages[1] or languages[0]
        change = replace(change, texts=((language, word_diff(*texts)),))
    return change


def compare(before, after):
    """What changed from one content (see ``assessments.snapshot``) to another."""
    outcomes = [
        _outcome(module, old, new)
        for module, old, new in _pairs_of_outcomes(before, after)
    ]
    factors = _paired(
        before.get("enabling_factors"), after.get("enabling_factors"), "number"
    )
    changed_factors = [
        (
            (new or old).get("title", {}),
            change_of("", (old or {}).get("answer"), (new or {}).get("answer")),
        )
        for old, new in factors
    ]
    return Comparison(
        context=_questions(before.get("context"), after.get("context")),
        outcomes=[outcome for outcome in outcomes if outcome],
        enabling_factors=[pair for pair in changed_factors if pair[1]],
        closing=_questions(before.get("closing"), after.get("closing")),
        unchanged_count=sum(not outcome for outcome in outcomes),
    )


def _pairs_of_outcomes(before, after):
    for old, new in _paired(before.get("modules"), after.get("modules"), "code"):
        for pair in _paired(
            (old or {}).get("outcomes"), (new or {}).get("outcomes"), "number"
        ):
            yield new or old, *pair


def _outcome(module, old, new):
    old, new = old or {}, new or {}
    criteria = [
        (
            new_criterion or old_criterion,
            change_of(
                "",
                (old_criterion or {}).get("answer"),
                (new_criterion or {}).get("answer"),
            ),
        )
        for old_criterion, new_criterion in _paired(
            old.get("criteria"), new.get("criteria"), "level", "number"
        )
    ]
    # The chosen level is shown as a level, and its reason as a text.
    questions = [
        (question, replace(change, choice=()) if question == "own_level" else change)
        for question, change in _questions(old.get("questions"), new.get("questions"))
    ]
    return OutcomeChanges(
        module=module,
        number=(new or old)["number"],
        title=(new or old).get("title", {}),
        own_level=_levels(old.get("own_level"), new.get("own_level")),
        suggested_level=_levels(
            (old.get("suggestion") or {}).get("level"),
            (new.get("suggestion") or {}).get("level"),
        ),
        criteria=[pair for pair in criteria if pair[1]],
        questions=[pair for pair in questions if pair[1]],
    )


def _levels(before, after):
    return () if before == after else (before, after)


def _questions(before, after):
    """Pairs of a question and its change, in the order of the form; unknown ones come last."""
    before, after = before or {}, after or {}
    names = sorted(
        before.keys() | after.keys(),
        key=lambda name: (
            QUESTIONS.index(name) if name in QUESTIONS else len(QUESTIONS),
            name,
        ),
    )
    pairs = [
        (name, change_of(name, before.get(name), after.get(name))) for name in names
    ]
    return [pair for pair in pairs if pair[1]]


def _paired(before, after, *keys):
    """The things of two lists, each beside its own of the other or None."""

    def by_key(things):
        return {tuple(thing.get(key) for key in keys): thing for thing in things or []}

    before, after = by_key(before), by_key(after)
    return [(before.get(key), after.get(key)) for key in {**after, **before}]


def _date(value):
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value
