"""The clusters as arrays: what pairs are worth, who can learn from whom, who may not meet."""

from itertools import combinations

import numpy as np

from peerreview.grouping import weights
from peerreview.grouping.scoring import (
    SIXTHS,
    Profile,
    broken_by_pair,
    can_learn,
    pair_factor,
    pair_points,
)

# A pair that breaks a rule: more than all that a change of groups could bring.
BROKEN = 10_000 * SIXTHS


class Problem:
    """Clusters that are to be put in groups of given sizes.

    What a group is worth is in sixths of a point, less ``BROKEN`` for each rule that a pair breaks:
    whole numbers, held exactly as floats.
    """

    def __init__(self, points, broken, can_learn, wants):
        self.count = len(wants)
        self.points, self.broken = points, broken
        self.can_learn, self.wants = can_learn, wants
        self._pairs = {}

    @classmethod
    def of(cls, candidates, settings):
        count = len(candidates)
        profiles = [Profile(candidate) for candidate in candidates]
        points, broken = np.zeros((count, count)), np.zeros((count, count))
        learns = np.zeros((count, count), dtype=bool)
        wants = np.array([bool(profile.wants) for profile in profiles], dtype=bool)
        for (i, one), (j, other) in combinations(enumerate(profiles), 2):
            points[i, j] = points[j, i] = pair_points(one, other, settings)
            broken[i, j] = broken[j, i] = len(broken_by_pair(one, other))
            learns[i, j] = can_learn(one, other)
            learns[j, i] = can_learn(other, one)
        return cls(points, broken, learns, wants)

    def part(self, numbers):
        """The same of only some of the clusters."""
        square = np.ix_(numbers, numbers)
        return Problem(
            self.points[square],
            self.broken[square],
            self.can_learn[square],
            self.wants[numbers],
        )

    def pairs(self, size):
        """What each pair adds to a group of ``size``."""
        if size not in self._pairs:
            self._pairs[size] = self.points * pair_factor(size) - BROKEN * self.broken
        return self._pairs[size]

    def worth(self, groups):
        """What each row of ``groups``, an array of clusters' numbers, is worth."""
        size = groups.shape[1]
        pairs, worth = self.pairs(size), np.zeros(len(groups))
        for i, j in combinations(range(size), 2):
            worth += pairs[groups[:, i], groups[:, j]]
        for i in range(size):
            lonely = self.wants[groups[:, i]].copy()
            for j in range(size):
                lonely &= ~self.can_learn[groups[:, i], groups[:, j]]
            worth += lonely * (weights.NOBODY_TO_LEARN_FROM * SIXTHS)
        return worth

    def violations(self, groups):
        """How many rules all of ``groups``, a list of lists, break between pairs."""
        return int(
            sum(
                self.broken[i, j] for group in groups for i, j in combinations(group, 2)
            )
        )

    def total(self, groups):
        return sum(float(self.worth(np.array([group]))[0]) for group in groups)
