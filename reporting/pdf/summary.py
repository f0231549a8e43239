"""The frozen content of a submission, in the words of one language's document.

Reads nothing but that content and the levels agreed afterwards: what a framework or a cluster is
called today does not matter.
Call it with the document's language activated.
"""

import re
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.maturity import BELOW_LEVEL_1
from assessments.models import (
    LEVEL_CHOICES,
    OUTCOME_TEXT_QUESTIONS,
    CriterionChoice,
    FactorChoice,
    Question,
    SignsChoice,
)
from assessments.snapshot import FORMATS
from assessments.subjects import SEPARATOR, question_choices
from cdf_site.common import long_text

LEVEL_WORDS = dict(LEVEL_CHOICES)
# The shape beside an answer's words, so that it is seen in black and white; see summary.css.
SHAPES = {
    CriterionChoice.MET: "full",
    CriterionChoice.PARTLY_MET: "half",
    CriterionChoice.NOT_YET_MET: "empty",
    CriterionChoice.NOT_APPLICABLE: "dash",
    SignsChoice.STRONG: "full",
    SignsChoice.SOME: "half",
    SignsChoice.NONE_YET: "empty",
    FactorChoice.HELPS: "up",
    FactorChoice.HINDERS: "down",
    FactorChoice.BOTH: "both",
    FactorChoice.NEITHER: "dash",
}
# Characters without a shape that a reader can be misled by, or that no PDF can hold: control
# characters, those that turn the direction of writing, halves of a pair.
UNREADABLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
HALF_A_CHARACTER = re.compile(r"[\ud800-\udfff]")
# No word is so long, and laying out 200,000 letters without a space takes many minutes.
ENDLESS_WORD = re.compile(r"\S{200,}")
PIECE = re.compile(r"(\S{30})(?=\S)")


@dataclass(frozen=True)
class Level:
    """A maturity level, always with its number and its word."""

    level: int

    @property
    def number(self):
        return "<1" if self.level == BELOW_LEVEL_1 else str(self.level)

    @property
    def word(self):
        return str(LEVEL_WORDS[self.level])


@dataclass(frozen=True)
class Answer:
    """What was answered: chosen, dated, written; ``is_foreign`` is in the other language."""

    label: str = ""
    chosen: tuple[str, ...] = ()
    shape: str = "none"
    dated_on: str = ""
    text: str = ""
    language: str = ""
    is_foreign: bool = False

    @property
    def is_given(self):
        return bool(self.chosen or self.dated_on or self.text)


@dataclass(frozen=True)
class Criterion:
    blocks: list
    answer: Answer


@dataclass(frozen=True)
class CriterionGroup:
    """The criteria of one level, or all of them where there are no levels."""

    level: Level | None
    criteria: list[Criterion]
    met: int = 0
    applicable: int = 0


@dataclass(frozen=True)
class Agreed:
    """A level agreed after the submission, and why."""

    level: Level
    reason: Answer
    recorded_on: str


@dataclass(frozen=True)
class Evidence:
    """A link or a file, by its title; nothing of it is opened."""

    title: str
    language: str
    is_foreign: bool
    where: str
    supports: str


@dataclass(frozen=True)
class Outcome:
    number: int
    title: str
    groups: list[CriterionGroup]
    answers: list[Answer]
    unanswered: int
    evidence: list[Evidence]
    is_unofficial: bool  # whether some of the framework's words are, in this language
    # where the module has levels
    own_level: Level | None = None
    suggested_level: Level | None = None
    target_level: Level | None = None
    agreed: Agreed | None = None
    is_provisional: bool = False
    reason: Answer | None = None
    met: int = 0
    applicable: int = 0
    inapplicable: int = 0
    # where it has none
    signs: tuple[int, ...] = ()

    @property
    def total(self):
        return sum(len(group.criteria) for group in self.groups)


@dataclass(frozen=True)
class Module:
    part: int
    title: str
    abbreviation: str
    criteria_heading: str
    uses_levels: bool
    outcomes: list[Outcome]

    @property
    def has_agreed_levels(self):
        return any(outcome.agreed for outcome in self.outcomes)


@dataclass(frozen=True)
class EnablingFactor:
    title: str
    blocks: list
    answer: Answer


@dataclass(frozen=True)
class Summary:
    """One language's document."""

    language: str
    cluster: str
    health_board: str
    local_authority: str
    cycle: str
    edition: str
    unofficial_language: str | None
    number: int
    submitted_at: str
    submitted_on: str
    answered: int
    total: int
    context: list[Answer]
    modules: list[Module]
    enabling_factors: list[EnablingFactor]
    closing: list[Answer]

    @property
    def title(self):
        heading = _("Summary of the self-reflection")
        return f"{heading}: {self.cluster}, {self.cycle}"

    @property
    def running_head(self):
        return f"{self.cluster} · {self.cycle}"

    @property
    def part_of_enabling_factors(self):
        return len(self.modules) + 2

    @property
    def part_of_closing(self):
        return len(self.modules) + 3

    @property
    def signs(self):
        return [str(label) for label in SignsChoice.labels]


def readable(value):
    """``value``, plain data, with every text in it fit to be drawn."""
    if isinstance(value, dict):
        return {key: readable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [readable(item) for item in value]
    if isinstance(value, str):
        text = HALF_A_CHARACTER.sub(
            "\N{REPLACEMENT CHARACTER}", UNREADABLE.sub("", value)
        )
        return ENDLESS_WORD.sub(lambda word: PIECE.sub(r"\1 ", word[0]), text)
    return value


def summarise(content, *, number, submitted_at, language, agreed):
    """``content`` (see ``assessments.snapshot``) as the document in ``language`` says it.

    ``agreed`` holds the agreed levels by module code and outcome number.
    """
    if content["format"] not in FORMATS:
        raise ValueError(f"Format {content['format']} of a submission is not known.")
    return _Reader(language, agreed).summary(
        content, number, timezone.localtime(submitted_at)
    )


class _Reader:
    """Reads texts in one language, and knows which answers are in the other."""

    def __init__(self, language, agreed):
        self.language = language
        self.agreed_levels = agreed

    def summary(self, content, number, submitted_at):
        cluster = content["cluster"]
        return Summary(
            language=self.language,
            cluster=self.words(cluster["name"]),
            health_board=self.words(cluster["health_board"]),
            local_authority=self.words(cluster["local_authority"]),
            cycle=self.words(content["cycle"]["name"]),
            edition=self.words(content["edition"]["title"]),
            unofficial_language=content["edition"]["unofficial_language"],
            number=number,
            submitted_at=date_format(submitted_at, "j F Y, H:i"),
            submitted_on=_("Submitted on %(date)s at %(time)s")
            % {
                "date": date_format(submitted_at, "j F Y"),
                "time": date_format(submitted_at, "H:i"),
            },
            answered=content["answered"],
            total=content["total"],
            context=self.questions(content["context"]),
            modules=[
                self.module(part, module)
                for part, module in enumerate(content["modules"], start=2)
            ],
            enabling_factors=[
                EnablingFactor(
                    title=self.words(factor["title"]),
                    blocks=self.blocks(factor["text"]),
                    answer=self.answer(factor["answer"], FactorChoice.choices),
                )
                for factor in content["enabling_factors"]
            ],
            closing=self.questions(content["closing"]),
        )

    def words(self, text):
        return text[self.language]

    def blocks(self, text):
        return long_text.parse(self.words(text))

    def answer(self, stored, choices=(), label=""):
        labels = {code: str(words) for code, words in choices}
        codes = stored["choice"].split(SEPARATOR) if stored["choice"] else []
        # Barriers and support needs bring the names they had when they were chosen.
        tags = {tag["code"]: self.words(tag["name"]) for tag in stored.get("tags", ())}
        return Answer(
            label=label,
            chosen=tuple(tags.values() or (labels.get(code, code) for code in codes)),
            shape=SHAPES.get(stored["choice"], "none"),
            dated_on=self.day(stored["dated_on"]),
            text=stored["text"].strip(),
            language=stored["language"],
            is_foreign=stored["language"] not in {"", self.language},
        )

    def day(self, stored):
        return date_format(date.fromisoformat(stored), "j F Y") if stored else ""

    def questions(self, stored):
        """The answers to ``stored`` questions, in the order of the form."""
        return [
            self.answer(
                stored[question], question_choices(question), str(question.label)
            )
            for question in Question
            if question in stored
        ]

    def level(self, stored):
        """A level from a stored number or choice; None where there is none."""
        return None if stored in {None, ""} else Level(int(stored))

    def agreed(self, module, outcome):
        """The level agreed for an outcome afterwards; None where there is none."""
        row = self.agreed_levels.get((module["code"], outcome["number"]))
        if row is None:
            return None
        text = readable(row.reason).strip()
        return Agreed(
            level=Level(row.level),
            reason=Answer(
                text=text,
                language=row.language,
                is_foreign=row.language not in {"", self.language},
            ),
            recorded_on=date_format(timezone.localtime(row.agreed_at), "j F Y"),
        )

    def module(self, part, module):
        if module["uses_levels"]:
            outcomes = [
                self.levelled_outcome(outcome, self.agreed(module, outcome))
                for outcome in module["outcomes"]
            ]
        else:
            outcomes = [self.unlevelled_outcome(each) for each in module["outcomes"]]
        return Module(
            part=part,
            title=self.words(module["title"]),
            abbreviation=self.words(module["abbreviation"]),
            criteria_heading=self.words(module["criteria_heading"]),
            uses_levels=module["uses_levels"],
            outcomes=outcomes,
        )

    def levelled_outcome(self, outcome, agreed):
        suggestion, questions = outcome["suggestion"], outcome["questions"]
        counts = suggestion["counts"]
        applicable = sum(count["applicable"] for count in counts)
        return Outcome(
            **self.any_outcome(outcome),
            groups=[
                CriterionGroup(
                    level=Level(count["level"]),
                    criteria=[
                        self.criterion(criterion, CriterionChoice.choices)
                        for criterion in outcome["criteria"]
                        if criterion["level"] == count["level"]
                    ],
                    met=count["met"],
                    applicable=count["applicable"],
                )
                for count in counts
            ],
            own_level=self.level(outcome["own_level"]),
            suggested_level=self.level(suggestion["level"]),
            target_level=self.level(questions[Question.TARGET_LEVEL]["choice"]),
            agreed=agreed,
            is_provisional=suggestion["is_provisional"],
            reason=self.answer(questions[Question.OWN_LEVEL]),
            met=sum(count["met"] for count in counts),
            applicable=applicable,
            inapplicable=sum(count["total"] for count in counts) - applicable,
        )

    def unlevelled_outcome(self, outcome):
        chosen = [criterion["answer"]["choice"] for criterion in outcome["criteria"]]
        return Outcome(
            **self.any_outcome(outcome),
            groups=[
                CriterionGroup(
                    level=None,
                    criteria=[
                        self.criterion(criterion, SignsChoice.choices)
                        for criterion in outcome["criteria"]
                    ],
                )
            ],
            signs=tuple(chosen.count(choice) for choice in SignsChoice.values),
        )

    def any_outcome(self, outcome):
        texts = {
            question: outcome["questions"][question]
            for question in OUTCOME_TEXT_QUESTIONS
        }
        return {
            "number": outcome["number"],
            "title": self.words(outcome["title"]),
            "answers": self.questions(texts),
            "evidence": [self.evidence(each) for each in outcome.get("evidence", [])],
            "is_unofficial": self.language in outcome.get("unofficial", []),
            "unanswered": sum(
                not criterion["answer"]["choice"] for criterion in outcome["criteria"]
            ),
        }

    def evidence(self, stored):
        supports = [
            _("Level %(level)s, criterion %(number)s") % criterion
            if criterion["level"]
            else _("Criterion %(number)s") % criterion
            for criterion in stored["criteria"]
        ]
        return Evidence(
            title=stored["title"],
            language=stored["language"],
            is_foreign=stored["language"] != self.language,
            where=stored["url"] or stored["file_name"],
            supports="; ".join(supports or [_("The outcome as a whole")]),
        )

    def criterion(self, criterion, choices):
        return Criterion(
            blocks=self.blocks(criterion["text"]),
            answer=self.answer(criterion["answer"], choices),
        )
