"""What a heat map is made of."""

from dataclasses import dataclass

from django.core.paginator import Page as PageOfRows
from django.utils import timezone
from django.utils.translation import gettext as _

NAME, BOARD = "name", "board"
ONE_LIST = "one"


@dataclass(frozen=True)
class OwnCell:
    """A cluster's own level of an outcome, with the agreed one where there is one.

    A level is None where there is none; a change is the steps up since the cycle before, None
    where there is no level now or was none then.
    """

    level: int | None
    change: int | None
    agreed_level: int | None
    agreed_change: int | None
    met: int
    applicable: int

    kind = "own"


@dataclass(frozen=True)
class AgreedCell:
    """The level that was agreed for an outcome, alone."""

    level: int | None
    change: int | None

    kind = "agreed"


@dataclass(frozen=True)
class SignsCell:
    """A cluster's signs of one outcome without levels."""

    strong: int
    some: int
    none_yet: int
    total: int

    kind = "signs"

    @property
    def answered(self):
        return self.strong + self.some + self.none_yet


@dataclass(frozen=True)
class Place:
    """A cluster or a health board, by its name of today in the language of the page."""

    code: str
    name: str


@dataclass(frozen=True)
class Row:
    """One cluster. Without cells, ``is_readable`` says whether the reader would see any of its own."""

    cluster: Place
    health_board: Place
    name_then: str  # when it submitted, where that is not its name of today
    is_readable: bool
    url: str  # of its own page of the dashboard, for those who may open it
    submission_url: str  # of what it submitted, where that may be read
    cells: list[OwnCell | AgreedCell | SignsCell]


@dataclass(frozen=True)
class Arrangement:
    """Which table an address asks for, and in which order."""

    module: object
    outcomes: list  # pairs of an outcome's place in a standing, and the outcome
    sort: str  # NAME, BOARD or the number of an outcome
    is_descending: bool
    is_grouped: bool  # by health board

    @property
    def sorted_outcome(self):
        """The place and the outcome that the clusters stand in order of, or None."""
        for place, outcome in self.outcomes:
            if str(outcome.number) == self.sort:
                return place, outcome
        return None


@dataclass(frozen=True)
class HeatMap:
    """Clusters by the outcomes of one module: a page of them, or with no ``page`` all."""

    modules: list
    arrangement: Arrangement
    rows: list[Row]
    page: PageOfRows | None = None

    key = note_key = "heat_map"  # of its files, and of what officers write on it

    @property
    def title(self):
        return _("Clusters and outcomes")

    @property
    def source(self):
        return _("Self-reflections as they were submitted, and what peers agreed.")

    @property
    def dated(self):
        """The day on which it stood so."""
        return timezone.localdate()

    @property
    def module(self):
        return self.arrangement.module

    @property
    def outcomes(self):
        return [outcome for _place, outcome in self.arrangement.outcomes]

    @property
    def anchors(self):
        """Where each outcome stands on the page of a submission."""
        return [f"#{self.module.code}-{outcome.number}" for outcome in self.outcomes]

    @property
    def groups(self):
        """Pairs of a health board and its rows, or all rows with None."""
        if not self.arrangement.is_grouped:
            return [(None, self.rows)] if self.rows else []
        groups = {}
        for row in self.rows:
            groups.setdefault(row.health_board, []).append(row)
        return list(groups.items())
