"""Which groups are worth more than their clusters cost: found exactly, without trying every group.

A group whose pairs sum up to more than ``floor`` holds three clusters whose pairs have their share
of that (on average they have it), and those three hold such a pair. So pairs are found first, then
what is added to them, and all the rest never looked at.
"""

from dataclasses import dataclass

import numpy as np

CHUNK = 1_000


@dataclass(frozen=True)
class Priced:
    """Groups of one size, one a row, with what they are worth beyond their price.

    ``ceiling``: no group of this size whatever is worth more beyond its price. ``complete`` where
    none was left out for there being too many.
    """

    groups: np.ndarray
    beyond: np.ndarray
    ceiling: float
    complete: bool


def price(problem, size, prices, floor, most):
    """Groups of ``size`` that are worth more than ``floor`` beyond the ``prices`` of their clusters.

    At most ``most`` of what is tried at each step is kept, the best; where that leaves something
    out, ``ceiling`` says what it may have been worth.
    """
    pairs = problem.pairs(size) - (prices[:, None] + prices[None, :]) / (size - 1)
    np.fill_diagonal(pairs, -np.inf)
    all_pairs = size * (size - 1) // 2
    rows, columns = np.nonzero(np.triu(pairs, 1) > floor / all_pairs)
    groups = np.column_stack([rows, columns])
    sums = pairs[rows, columns]
    groups, sums, left = _keep(groups, sums, most)
    missed = left * all_pairs
    for members in range(3, size + 1):
        share = members * (members - 1) / 2 / all_pairs
        groups, sums = _extend(pairs, groups, sums, floor * share)
        groups, sums, left = _keep(groups, sums, most)
        missed = max(missed, left / share)
    beyond = problem.worth(groups) - prices[groups].sum(axis=1) if len(groups) else sums
    worthy = beyond > floor
    groups, beyond = groups[worthy], beyond[worthy]
    ceiling = max(missed, beyond.max(initial=floor))
    return Priced(groups, beyond, ceiling, missed <= floor)


def _extend(pairs, groups, sums, floor):
    """Add one cluster to each of ``groups`` in every way that sums up to more than ``floor``."""
    found, found_sums = [], []
    for start in range(0, len(groups), CHUNK):
        chunk = groups[start : start + CHUNK]
        extended = sums[start : start + CHUNK, None] + sum(
            pairs[chunk[:, place]] for place in range(chunk.shape[1])
        )
        rows, added = np.nonzero(extended > floor)
        found.append(np.sort(np.column_stack([chunk[rows], added]), axis=1))
        found_sums.append(extended[rows, added])
    if not found:
        return np.zeros((0, groups.shape[1] + 1), dtype=int), np.zeros(0)
    groups, first = np.unique(
        _numbered(np.concatenate(found), len(pairs)), return_index=True
    )
    return np.concatenate(found)[first], np.concatenate(found_sums)[first]


def _numbered(groups, count):
    """One whole number for each group."""
    number = np.zeros(len(groups), dtype=np.int64)
    for place in range(groups.shape[1]):
        number = number * count + groups[:, place]
    return number


def _keep(groups, sums, most):
    """The ``most`` groups that sum up to most, and the sum of the best that is left out."""
    if len(groups) <= most:
        return groups, sums, -np.inf
    order = np.argsort(-sums, kind="stable")
    return groups[order[:most]], sums[order[:most]], sums[order[most]]
