"""What a meeting should talk about first: open questions, and the widest differences.

Pure: from what is known of each outcome of each cluster. Each open question counts two points, any
other open annotation one; each level between the cluster's own and the suggested one two; each between
its own and the one agreed in the last cycle one; an outcome whose own level is missing, two. What
counts nothing needs no talk. Good practice, and support that somebody offers, count as annotations:
the room is where they are heard.
"""

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

MINUTES_AN_ITEM = 5  # of an outcome that is talked about


class Reason(StrEnum):
    """Why an outcome is on the agenda."""

    QUESTIONS = "questions"  # how many are open
    ANNOTATIONS = "annotations"  # how many others are open
    SUGGESTED = "suggested"  # levels between own and suggested
    LAST = "last"  # levels between own and agreed in the last cycle
    NO_OWN_LEVEL = "no_own_level"


POINTS = {
    Reason.QUESTIONS: 2,
    Reason.ANNOTATIONS: 1,
    Reason.SUGGESTED: 2,
    Reason.LAST: 1,
    Reason.NO_OWN_LEVEL: 2,
}


@dataclass(frozen=True)
class Known:
    """What is known of one outcome of one cluster; ``key`` is a review's and an outcome's number."""

    key: tuple
    questions: int = 0
    annotations: int = 0
    uses_levels: bool = True
    own_level: int | None = None
    suggested_level: int | None = None
    last_level: int | None = None

    @property
    def reasons(self):
        """Each reason to talk about it with how much of it there is, in the order of ``Reason``."""
        counted = {
            Reason.QUESTIONS: self.questions,
            Reason.ANNOTATIONS: self.annotations,
        }
        if self.uses_levels and self.own_level is None:
            counted[Reason.NO_OWN_LEVEL] = 1
        elif self.uses_levels:
            counted[Reason.SUGGESTED] = _between(self.own_level, self.suggested_level)
            counted[Reason.LAST] = _between(self.own_level, self.last_level)
        return {reason: count for reason, count in counted.items() if count}

    @property
    def points(self):
        return sum(POINTS[reason] * count for reason, count in self.reasons.items())


def _between(own, other):
    return 0 if other is None else abs(own - other)


def in_order(known):
    """One cluster after the other as they come; of each, what counts most first, else as it comes."""
    places = {}
    for one in known:
        places.setdefault(one.key[0], len(places))
    return sorted(known, key=lambda one: (places[one.key[0]], -one.points))


def proposed(known, *, minutes):
    """The keys of what there is time for, in the meeting's order.

    The clusters take turns, each with what counts most of its own, so that none goes home unheard.
    """
    room_for = max(minutes // MINUTES_AN_ITEM, 1)
    queues = defaultdict(list)
    for one in in_order(known):
        if one.points:
            queues[one.key[0]].append(one.key)
    chosen = set()
    while len(chosen) < room_for and any(queues.values()):
        for queue in queues.values():
            if queue and len(chosen) < room_for:
                chosen.add(queue.pop(0))
    return [one.key for one in in_order(known) if one.key in chosen]
