"""What is known of a cluster when groups are suggested, and what was asked for."""

from dataclasses import dataclass, field
from typing import Literal

SMALLEST_GROUP = 3
LARGEST_GROUP = 5

MIXED, WITHIN, ANY = "mixed", "within", "any"
LANGUAGES = frozenset({"cy", "en"})


@dataclass(frozen=True)
class Candidate:
    """A cluster that is to be in a group.

    ``levels`` has one entry for each outcome with levels: 0 to 3, None where there is no answer.
    ``wants`` are places in ``levels`` where the cluster wants to grow. ``languages`` are those it
    meets in; a cluster that said nothing meets in either. ``people`` are all who hold a membership,
    by which nobody comes to review a cluster of their own. ``met_before`` are keys of last cycle's
    partners; it is enough that one of the two names the other.
    """

    key: str
    board: str
    levels: tuple[int | None, ...] = ()
    wants: frozenset[int] = frozenset()
    population: int | None = None
    rurality: Literal["", "rural", "mixed", "urban"] = ""
    languages: frozenset[str] = frozenset()
    people: frozenset = frozenset()
    met_before: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Settings:
    """What was asked for: a preferred size, whether boards mix, and the seed that settles ties."""

    size: Literal[3, 4, 5] = 4
    boards: Literal["mixed", "within", "any"] = MIXED
    seed: int = 0

    def __post_init__(self):
        if not SMALLEST_GROUP <= self.size <= LARGEST_GROUP:
            raise ValueError(f"size: {self.size}")
        if self.boards not in {MIXED, WITHIN, ANY}:
            raise ValueError(f"boards: {self.boards}")


@dataclass(frozen=True)
class Proposal:
    """Suggested groups, each in the order of its keys, with what they are worth.

    ``objective`` and ``bound`` are points (scoring.py); no grouping of the same clusters into as
    many groups of the same sizes, with as few violations, is worth more than ``bound``. ``gap`` is
    their difference as a part of the bound. ``left_out`` are clusters whose board has fewer than
    three, where boards are to stay among themselves. ``cut_short`` says that the time ran out,
    without which the same input gives the same groups.
    """

    groups: tuple[tuple[str, ...], ...]
    objective: float
    bound: float
    gap: float
    seconds: float = field(compare=False)
    left_out: tuple[str, ...] = ()
    cut_short: bool = False
