"""Good groups quickly: clusters change places until no two can do so to advantage."""

import numpy as np

ROUNDS = 400


def random_groups(problem, sizes, dice):
    order = dice.permutation(problem.count)
    ends = np.cumsum(sizes)[:-1]
    return [group.tolist() for group in np.split(order, ends)]


def swap(problem, groups):
    """Improve ``groups`` by letting pairs of clusters change places; best first, many at a time.

    That a cluster can learn from nobody is not seen here.
    """
    groups = [list(group) for group in groups]
    for _ in range(ROUNDS):
        gains = _gains(problem, groups)
        best = gains.argmax(axis=1)
        gain = gains[np.arange(problem.count), best]
        home = _home(problem, groups)
        touched, changed = set(), False
        for i in np.argsort(-gain, kind="stable"):
            if gain[i] <= 0:
                break
            j = best[i]
            a, b = home[i], home[j]
            if a in touched or b in touched:
                continue
            touched |= {a, b}
            changed = True
            groups[a][groups[a].index(i)] = int(j)
            groups[b][groups[b].index(j)] = int(i)
        if not changed:
            break
    return groups


def _home(problem, groups):
    home = np.zeros(problem.count, dtype=int)
    for number, group in enumerate(groups):
        home[group] = number
    return home


def _gains(problem, groups):
    """What is gained where one cluster (row) and another (column) change places."""
    home = _home(problem, groups)
    size_at_home = np.array([len(group) for group in groups])[home]
    takes = np.zeros((problem.count, problem.count))
    for size in sorted({len(group) for group in groups}):
        pairs = problem.pairs(size)
        chosen = [number for number, group in enumerate(groups) if len(group) == size]
        with_group = np.zeros((problem.count, len(groups)))
        members = np.array([groups[number] for number in chosen])
        with_group[:, chosen] = pairs[:, members].sum(axis=2)
        columns = np.flatnonzero(size_at_home == size)
        takes[:, columns] = with_group[:, home[columns]] - pairs[:, columns]
    own = np.diagonal(takes).copy()
    takes -= own[:, None]
    gains = takes + takes.T
    gains[home[:, None] == home[None, :]] = -np.inf
    return gains
