"""What a document says of a self-reflection, in the words of one language."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.maturity import BELOW_LEVEL_1
from assessments.models import LEVEL_CHOICES, SignsChoice

LEVEL_WORDS = dict(LEVEL_CHOICES)
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
    day: str = ""  # the same, as it sorts
    text: str = ""
    language: str = ""
    is_foreign: bool = False
    question: str = ""

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
    """One of the middle parts of the form; ``place`` is its place among them, from 1."""

    place: int
    code: str
    title: str
    abbreviation: str
    criteria_heading: str
    uses_levels: bool
    outcomes: list[Outcome]

    @property
    def part(self):
        """Its number as a part of the form, of which the first is about the cluster."""
        return self.place + 1

    @property
    def has_agreed_levels(self):
        return any(outcome.agreed for outcome in self.outcomes)

    @property
    def rows(self):
        """Its outcomes as a table has them, whose titles are cut nowhere."""
        return [
            {"title": f"{outcome.number}. {outcome.title}", "outcome": outcome}
            for outcome in self.outcomes
        ]


@dataclass(frozen=True)
class EnablingFactor:
    title: str
    blocks: list
    answer: Answer


@dataclass(frozen=True)
class Report:
    """A self-reflection in one language: a submission, or a draft, which has no ``number``.

    ``moment`` is when it was submitted, or when the draft was read.
    """

    language: str
    cluster: str
    health_board: str
    local_authority: str
    cycle: str
    edition: str
    unofficial_language: str | None
    number: int | None
    moment: datetime
    answered: int
    total: int
    context: list[Answer]
    modules: list[Module]
    enabling_factors: list[EnablingFactor]
    closing: list[Answer]

    @property
    def is_draft(self):
        return self.number is None

    @property
    def heading(self):
        if self.is_draft:
            return _("Draft of the self-reflection")
        return _("Full report of the self-reflection")

    @property
    def title(self):
        return f"{self.heading}: {self.cluster}, {self.cycle}"

    @property
    def mark(self):
        """What every page says of a draft."""
        return _("Draft – not submitted") if self.is_draft else ""

    @property
    def running_head(self):
        return f"{self.cluster} · {self.cycle}"

    @property
    def dated(self):
        """The moment, as it stands in a table."""
        return date_format(self.moment, "j F Y, H:i")

    @property
    def submitted_on(self):
        return _("Submitted on %(date)s at %(time)s") % {
            "date": date_format(self.moment, "j F Y"),
            "time": date_format(self.moment, "H:i"),
        }

    @property
    def source(self):
        """What its exhibits are drawn from."""
        if self.is_draft:
            return _("the draft of the cluster's self-reflection, not submitted")
        return _("the cluster's self-reflection, submission %(number)s") % {
            "number": self.number
        }

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
