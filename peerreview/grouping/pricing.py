"""Which groups are worth more than their clusters cost: found exactly, without trying every group.

A group whose pairs sum up to more than ``floor`` holds three clusters whose pairs have their share
of that (on average they have it), and those three hold such a pair. So pairs are found first, then
what is added to them, and all the rest never looked at.
"""

from dataclasses import dataclass

import numpy as np

CHUNK = 250  # groups that are extended at once, which bounds the memory
AT_A_TIME = 4


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
    groups = np.column_stack([rows, columns]).astype(np.int32)
    sums = pairs[rows, columns]
    groups, sums, left = _keep(groups, sums, most)
    missed = left * all_pairs
    for members in range(3, size + 1):
        share = members * (members - 1) / 2 / all_pairs
        groups, sums, left = _extend(pairs, groups, sums, floor * share, most)
        missed = max(missed, left / share)
    beyond = problem.worth(groups) - prices[groups].sum(axis=1) if len(groups) else sums
    worthy = beyond > floor
    groups, beyond = groups[worthy], beyond[worthy]
    ceiling = max(missed, beyond.max(initial=floor))
    return Priced(groups, beyond, ceiling, missed <= floor)


def _extend(pairs, groups, sums, floor, most):
    """Add one cluster to each of ``groups`` in every way that sums up to more than ``floor``."""
    found = np.zeros((0, groups.shape[1] + 1), dtype=groups.dtype)
    found_sums, missed = np.zeros(0), -np.inf
    for start in range(0, len(groups), CHUNK):
        chunk = groups[start : start + CHUNK]
        extended = pairs[chunk].sum(axis=1)
        extended += sums[start : start + CHUNK, None]
        rows, added = np.nonzero(extended > floor)
        larger = np.sort(np.column_stack([chunk[rows], added.astype(np.int32)]), axis=1)
        found = np.concatenate([found, larger])
        found_sums = np.concatenate([found_sums, extended[rows, added]])
        if len(found) > AT_A_TIME * most:
            found, found_sums, left = _best(found, found_sums, len(pairs), most)
            missed = max(missed, left)
    found, found_sums, left = _best(found, found_sums, len(pairs), most)
    return found, found_sums, max(missed, left)


def _best(groups, sums, count, most):
    """Each group once, and of those the ``most`` that sum up to most."""
    first = np.unique(_numbered(groups, count), return_index=True)[1]
    return _keep(groups[first], sums[first], most)


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
    least = np.partition(sums, len(sums) - most)[len(sums) - most]
    kept = sums >= least
    over = np.flatnonzero(sums == least)[: int(kept.sum()) - most]
    kept[over] = False
    return groups[kept], sums[kept], sums[~kept].max()
