"""Which of the groups found so far to take, so that each cluster is in one: HiGHS decides.

One thread, a fixed seed, and limits that are counted and not timed: HiGHS then gives the same
answer on every run. The time limit is only for when a machine is overwhelmed.
"""

from dataclasses import dataclass

import highspy
import numpy as np

WHOLE = 1e-6  # what counts as nought or one
NODES = 20


@dataclass(frozen=True)
class Choice:
    """How much of each group is taken, and what each cluster is worth to the whole of it.

    ``prices`` has a row for each size: a group that adds to the whole is worth more than the prices
    of its clusters in the row of its size. ``proven`` where whole groups were asked for and no
    other choice of these groups is worth more.
    """

    taken: np.ndarray
    worth: float
    prices: dict
    proven: bool = False


class Master:
    """Groups of ``count`` clusters to choose from, so many of each size."""

    def __init__(self, count, sizes, seed):
        self.count = count
        self.kinds = sorted(set(sizes))
        self.wanted = {kind: sizes.count(kind) for kind in self.kinds}
        self.groups, self.worth, self._known = [], [], set()
        # The number of the first size follows from the others.
        self._row = {kind: count + at for at, kind in enumerate(self.kinds[1:])}
        rows = count + len(self._row)
        self.sides = np.array([1.0] * count + [self.wanted[kind] for kind in self._row])
        self._highs = highspy.Highs()
        for option, value in {
            "output_flag": False,
            "threads": 1,
            "parallel": "off",
            "simplex_strategy": 4,  # primal: groups are added, and what was chosen stays a choice
            "random_seed": seed % 2**31,
            "mip_max_nodes": NODES,
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 0.9,  # worth is counted in whole sixths
        }.items():
            self._highs.setOptionValue(option, value)
        none = np.zeros(0)
        self._highs.addRows(
            rows,
            self.sides,
            self.sides,
            0,
            np.zeros(rows, dtype=np.int32),
            none.astype(np.int32),
            none,
        )

    def add(self, groups, worth):
        """Offer more groups: rows of clusters' numbers in order, all of one size."""
        new = []
        for group, value in zip(groups.tolist(), worth.tolist(), strict=True):
            known = tuple(group)
            if known not in self._known:
                self._known.add(known)
                self.groups.append(known)
                self.worth.append(value)
                new.append((known, value))
        if not new:
            return 0
        extra = [self._row[len(new[0][0])]] if len(new[0][0]) in self._row else []
        places = np.array([[*group, *extra] for group, _ in new], dtype=np.int32)
        self._highs.addCols(
            len(new),
            -np.array([value for _, value in new]),
            np.zeros(len(new)),
            np.full(len(new), highspy.kHighsInf),
            places.size,
            np.arange(0, places.size, places.shape[1], dtype=np.int32),
            places.ravel(),
            np.ones(places.size),
        )
        return len(new)

    def in_parts(self):
        """The best choice where a group may be taken in part."""
        self._highs.run()
        solution = self._highs.getSolution()
        duals = -np.array(solution.row_dual)
        prices = {
            kind: duals[: self.count]
            + (duals[self._row[kind]] / kind if kind in self._row else 0)
            for kind in self.kinds
        }
        # What the prices come to: a bound rests on these, whatever HiGHS made of the choice.
        worth = float(self.sides @ duals)
        return Choice(np.array(solution.col_value), worth, prices)

    def whole(self, start, seconds):
        """The best choice of whole groups, from ``start`` (groups that are among those offered)."""
        number = len(self.groups)
        places = {group: place for place, group in enumerate(self.groups)}
        first = highspy.HighsSolution()
        values = np.zeros(number)
        values[[places[group] for group in start]] = 1
        first.col_value = values.tolist()
        self._highs.changeColsBounds(
            number,
            np.arange(number, dtype=np.int32),
            np.zeros(number),
            np.ones(number),
        )
        self._highs.changeColsIntegrality(
            number,
            np.arange(number, dtype=np.int32),
            np.full(number, highspy.HighsVarType.kInteger),
        )
        self._highs.setSolution(first)
        self._highs.setOptionValue("time_limit", max(seconds, 0.1))
        self._highs.run()
        status = self._highs.getModelStatus()
        taken = np.array(self._highs.getSolution().col_value)
        return Choice(
            taken,
            -self._highs.getObjectiveValue(),
            {},
            status == highspy.HighsModelStatus.kOptimal,
        ), status == highspy.HighsModelStatus.kTimeLimit
