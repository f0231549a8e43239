"""The level that a cluster's answers suggest: pure functions, no database.

The rule: the highest level at which every applicable criterion, of it and of the levels below,
is met. The cluster judges; this only suggests, and says why.
"""

from collections import Counter
from dataclasses import dataclass

MET, PARTLY_MET, NOT_YET_MET, NOT_APPLICABLE = (
    "met",
    "partly_met",
    "not_yet_met",
    "not_applicable",
)
LEVELS = (1, 2, 3)
BELOW_LEVEL_1 = 0


@dataclass(frozen=True)
class LevelCount:
    """How the criteria of one level were answered."""

    level: int
    met: int
    applicable: int  # every criterion that was not answered "not applicable"
    answered: int
    total: int

    @property
    def is_complete(self):
        return self.met == self.applicable


@dataclass(frozen=True)
class Suggestion:
    """A suggested level with its reasons.

    ``level`` is 0 (below level 1) to 3, or None where nothing is answered or nothing applies.
    ``provisional`` where a criterion is unanswered. ``next_level`` is the lowest level above
    that still holds the cluster back, with ``left`` of its criteria not met; None at the top.
    """

    level: int | None
    provisional: bool
    counts: tuple[LevelCount, ...]
    next_level: int | None = None
    left: int = 0

    @property
    def met(self):
        return sum(count.met for count in self.counts)

    @property
    def applicable(self):
        return sum(count.applicable for count in self.counts)


@dataclass(frozen=True)
class Explanation:
    """Which criteria a suggestion rests on, each list in the order that they were given in.

    ``held_by`` are met and hold the suggested level, ``left`` are not met and keep the cluster from
    ``Suggestion.next_level``, ``ahead`` are met above the suggested level, ``unanswered`` have
    no answer at any level.
    """

    held_by: tuple = ()
    left: tuple = ()
    ahead: tuple = ()
    unanswered: tuple = ()


def count_levels(answers):
    """Count ``answers``, pairs of a level and a choice ("" for not answered), by level."""
    chosen = {level: Counter() for level in LEVELS}
    for level, choice in answers:
        chosen[level][choice] += 1
    return tuple(
        LevelCount(
            level=level,
            met=counter[MET],
            applicable=counter.total() - counter[NOT_APPLICABLE],
            answered=counter.total() - counter[""],
            total=counter.total(),
        )
        for level, counter in chosen.items()
        if counter
    )


def suggest(answers):
    """Suggest a level from ``answers``: pairs of a criterion's level and the choice for it."""
    counts = count_levels(answers)
    provisional = any(count.answered < count.total for count in counts)
    judged = [count for count in counts if count.applicable]
    if not judged or not any(count.answered for count in counts):
        return Suggestion(None, provisional, counts)

    level = BELOW_LEVEL_1
    for count in judged:
        if not count.is_complete:
            return Suggestion(
                level, provisional, counts, count.level, count.applicable - count.met
            )
        level = count.level
    return Suggestion(level, provisional, counts)


def explain(judged):
    """Say why ``suggest`` suggests what it does.

    ``judged`` are triples of a criterion's level, the choice for it, and the criterion itself.
    """
    judged = list(judged)
    suggestion = suggest((level, choice) for level, choice, _ in judged)
    reached = suggestion.level or BELOW_LEVEL_1

    def those(test):
        return tuple(thing for level, choice, thing in judged if test(level, choice))

    return Explanation(
        held_by=those(lambda level, choice: choice == MET and level <= reached),
        left=those(
            lambda level, choice: (
                level == suggestion.next_level and choice not in {MET, NOT_APPLICABLE}
            )
        ),
        ahead=those(lambda level, choice: choice == MET and level > reached),
        unanswered=those(lambda level, choice: not choice),
    )
