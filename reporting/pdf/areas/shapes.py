"""What the summary of an area is made of, in one language."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy

from reporting.pdf.exhibits import Note, Picture
from reporting.pdf.shapes import Answer, Level
from reporting.scopes import AUTHORITY, BOARD, REGION, WALES

HEADINGS = {
    WALES: gettext_lazy("National summary"),
    REGION: gettext_lazy("Regional summary"),
    BOARD: gettext_lazy("Board summary"),
    AUTHORITY: gettext_lazy("Local authority summary"),
}


@dataclass(frozen=True)
class HeatTable:
    """The clusters of the area by the outcomes of a module, as a numbered exhibit."""

    number: int
    title: str
    heat_map: object
    commentary: Note | None = None

    kind = "heat_map"

    @property
    def cell_count(self):
        return sum(len(row.cells) for row in self.heat_map.rows)


@dataclass(frozen=True)
class BoardRow:
    """A health board: whose levels are counted, how many, and how many are at level 2 or 3."""

    name: str
    basis: str
    counted: int
    total: int
    cells: list[tuple[int, str]]  # how dark, and how many


@dataclass(frozen=True)
class BoardTable:
    """The health boards by the outcomes that have levels, as a numbered exhibit."""

    number: int
    title: str
    outcomes: list
    rows: list[BoardRow]
    source: str
    dated: date
    commentary: Note | None = None

    kind = "boards"

    @property
    def cell_count(self):
        return sum(len(row.cells) for row in self.rows)


@dataclass(frozen=True)
class Figures:
    """An exhibit of the dashboard; ``says`` are whole sentences that stand before it."""

    picture: Picture
    says: list[str] = field(default_factory=list)

    kind = "picture"

    @property
    def number(self):
        return self.picture.number

    @property
    def title(self):
        return self.picture.title

    @property
    def commentary(self):
        return self.picture.commentary


@dataclass(frozen=True)
class Practice:
    """What a cluster does well, in its own words."""

    cluster: str
    board: str
    outcome: str
    level: Level | None
    title: str
    words: Answer
    shared_on: str


@dataclass(frozen=True)
class Section:
    """A part of the document with its exhibits, in order; ``says`` are whole sentences before them."""

    name: str
    title: str
    exhibits: list = field(default_factory=list)
    says: list[str] = field(default_factory=list)
    practice: list[Practice] = field(default_factory=list)
    begins_page: bool = False


@dataclass(frozen=True)
class AreaDocument:
    """One language's document. ``facts`` are pairs of what is counted and how many."""

    language: str
    page: object
    heading: str
    subject: str
    cycle: str
    dated: str
    facts: list[tuple[str, str]]
    sections: list[Section]
    commentary: Note | None

    @property
    def title(self):
        return f"{self.heading}: {self.subject}, {self.cycle}"

    @property
    def running_head(self):
        return f"{self.subject} · {self.cycle}"

    @property
    def exhibits(self):
        return [each for section in self.sections for each in section.exhibits]
