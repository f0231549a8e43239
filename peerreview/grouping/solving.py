"""Suggests groups: the best there are, or close to it, and a proof of how close.

Every group is worth something (scoring.py), and each cluster is to be in one group. HiGHS chooses
among groups that are known, and says what each cluster is worth to the choice; pricing.py finds
groups that are worth more than their clusters, until there are none. What the choice in parts is
worth then is a bound for every choice of whole groups, of all that there are.

Only this module and what it uses needs numpy and HiGHS, which take a third of a second to import.
"""

import math
import time
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from peerreview.grouping.candidates import SMALLEST_GROUP, WITHIN, Proposal
from peerreview.grouping.master import WHOLE, Master
from peerreview.grouping.pricing import price
from peerreview.grouping.problem import BROKEN, Problem
from peerreview.grouping.scoring import SIXTHS
from peerreview.grouping.search import random_groups, swap
from peerreview.grouping.sizes import SIZES, all_sizes, preferred_sizes

STARTS = 6  # how often places are changed, from random groups
ROUNDS = 80  # how often groups are looked for at most
ROUNDS_OF_REST = 5  # and where some groups have been taken already
# Of what pricing tries at each step: more, once nothing is found any more, until the bound is exact.
KEPT = (500, 3_000, 20_000, 100_000)
KEPT_NEAR = 3_000
NEAR = 1_500  # so many groups near the bound in parts are offered for the choice of whole ones
EACH = 4  # how many new groups of each cluster at a time
LEAST = 1.0  # a sixth of a point: no group is worth looking for that adds less
CLOSE = 0.002  # near enough to the bound in parts to go on with whole groups
AT_ONCE = 40  # so many clusters are given whole groups at once; of more, the surest groups first
SURE = 0.7
OTHER_SIZES = 12  # how many ways of sizing groups are tried where rules break


@dataclass
class Found:
    """Groups of clusters' numbers, what they are worth less what they break, and the bound."""

    groups: list
    worth: float
    bound: float


class Clock:
    """When to stop. It is never looked at for anything but stopping."""

    def __init__(self, seconds):
        self.began = time.monotonic()
        self.seconds = seconds
        self.cut_short = False

    def left(self):
        return self.began + self.seconds - time.monotonic()

    def is_over(self):
        self.cut_short = self.cut_short or self.left() <= 0
        return self.cut_short


def suggest(candidates, settings, *, seconds=50):
    """Suggest groups for all ``candidates``, whose keys differ, in any order.

    The same candidates and settings give the same groups, unless ``seconds`` run out: that is a
    safety net several times what 600 clusters take, and ``Proposal.cut_short`` says so. Never
    fails: where the rules cannot all be kept, as few as can be found are broken, and
    scoring.evaluate() says which.
    """
    clock = Clock(seconds)
    ordered = sorted(candidates, key=lambda candidate: candidate.key)
    parts, left_out = _parts(ordered, settings)
    groups, worth, bound = [], 0.0, 0.0
    for part in parts:
        problem = Problem.of(part, settings)
        found = _best_sizes(problem, settings, clock)
        broken = problem.violations(found.groups) * BROKEN
        worth += found.worth + broken
        bound += found.bound + broken
        groups += [
            tuple(sorted(part[number].key for number in group))
            for group in found.groups
        ]
    return Proposal(
        groups=tuple(sorted(groups)),
        objective=worth / SIXTHS,
        bound=bound / SIXTHS,
        gap=(bound - worth) / abs(bound) if bound else 0.0,
        seconds=time.monotonic() - clock.began,
        left_out=tuple(left_out),
        cut_short=clock.cut_short,
    )


def _parts(candidates, settings):
    """Those who may be grouped with each other, and the keys of those who cannot be grouped."""
    if settings.boards != WITHIN:
        return ([candidates] if candidates else []), []
    boards = {}
    for candidate in candidates:
        boards.setdefault(candidate.board, []).append(candidate)
    # One board alone that has too few is one group all the same.
    if len(boards) == 1:
        return list(boards.values()), []
    parts = [part for _, part in sorted(boards.items()) if len(part) >= SMALLEST_GROUP]
    few = [part for part in boards.values() if len(part) < SMALLEST_GROUP]
    return parts, sorted(candidate.key for part in few for candidate in part)


def _best_sizes(problem, settings, clock):
    """The preferred sizes, unless rules break; then those near them by which the fewest break."""
    sizes = preferred_sizes(problem.count, settings.size)
    best = _solve(problem, sizes, settings.seed, clock)
    broken = problem.violations(best.groups)
    if not broken or problem.count < SMALLEST_GROUP:
        return best
    fewest, chosen = broken, None
    for other in _other_sizes(problem.count, sizes, settings):
        if not fewest or clock.is_over():
            break
        tried = problem.violations(_tried(problem, other, settings.seed, clock))
        if tried < fewest:
            fewest, chosen = tried, other
    if not chosen:
        return best
    other = _solve(problem, chosen, settings.seed, clock)
    return other if problem.violations(other.groups) < broken else best


def _tried(problem, sizes, seed, clock):
    """Groups of other sizes, to see how many rules they break: of many clusters, only roughly."""
    if problem.count > AT_ONCE:
        return _starts(problem, sizes, seed, starts=2)[0]
    return _solve(problem, sizes, seed, clock).groups


def _other_sizes(count, sizes, settings):
    """The nearest ones, those nearest to other sizes, and some spread over all that is left."""
    others = all_sizes(count, settings.size)
    nearest = others[: OTHER_SIZES // 2]
    equal = [preferred_sizes(count, size) for size in SIZES]
    spread = others[:: max(1, len(others) // OTHER_SIZES)]
    tried = dict.fromkeys([*nearest, *equal, *spread])
    return [other for other in tried if other != sizes]


def _solve(problem, sizes, seed, clock):
    """The best groups of ``sizes`` that can be found, and the bound for all groups of them."""
    if len(sizes) < 2:
        whole = [list(range(problem.count))]
        worth = problem.total(whole)
        return Found(whole, worth, worth)
    starts = _starts(problem, sizes, seed)
    master = Master(problem.count, sizes, seed)
    for groups in starts:
        _offer(master, problem, groups)
    best = Found(starts[0], problem.total(starts[0]), math.inf)
    close = CLOSE * abs(best.worth + BROKEN * problem.violations(best.groups))
    choice, best.bound, excess = _price_out(master, problem, clock, close)
    if clock.is_over():
        return best
    if problem.count > AT_ONCE:
        _improve(
            best, _dive(problem, sizes, master, choice, seed, clock, close), problem
        )
        _improve(best, swap(problem, best.groups), problem)
        return best
    return _finish(best, master, problem, choice, excess, clock)


def _improve(best, groups, problem):
    worth = problem.total(groups)
    if worth > best.worth:
        best.groups, best.worth = groups, worth


def _starts(problem, sizes, seed, starts=STARTS):
    """Good groups to begin with, the best first."""
    found = [
        swap(
            problem, random_groups(problem, sizes, np.random.default_rng([seed, start]))
        )
        for start in range(starts)
    ]
    return sorted(found, key=problem.total, reverse=True)


def _offer(master, problem, groups):
    for kind in master.kinds:
        chosen = [sorted(group) for group in groups if len(group) == kind]
        if chosen:
            rows = np.array(chosen)
            master.add(rows, problem.worth(rows))


def _price_out(master, problem, clock, close, rounds=ROUNDS):
    """Look for groups until none adds anything: the choice in parts, the bound for whole groups.

    Also by how much, at most, the groups of any choice are worth more than its prices.
    """
    bound = excess = math.inf
    kept = iter(KEPT)
    most = next(kept)
    for _ in range(rounds):
        choice = master.in_parts()
        excess, added, complete = 0.0, 0, True
        for kind in master.kinds:
            priced = price(problem, kind, choice.prices[kind], LEAST, most)
            excess += master.wanted[kind] * priced.ceiling
            complete = complete and priced.complete
            added += _add_best(master, problem, priced)
        bound = min(bound, choice.worth + excess)
        near = bound - choice.worth < close
        if (near and problem.count > AT_ONCE) or clock.is_over():
            break
        if not added:
            most = None if complete else next(kept, None)
            if most is None:
                break
    return choice, _rounded(bound), excess


def _rounded(bound):
    """What a bound says of whole sixths."""
    return math.floor(bound + 1e-4)


def _add_best(master, problem, priced):
    """Offer the groups that add most, a few for each cluster."""
    used = np.zeros(problem.count, dtype=int)
    chosen = []
    for row in np.argsort(-priced.beyond, kind="stable"):
        group = priced.groups[row]
        if used[group].min() < EACH and used[group].max() < 3 * EACH:
            used[group] += 1
            chosen.append(row)
    return master.add(priced.groups[chosen], problem.worth(priced.groups[chosen]))


def _finish(best, master, problem, choice, excess, clock):
    """Choose whole groups; where all that could be better are known, it is the best there is."""
    if best.worth >= best.bound:
        return best
    # Whoever is better than ``best`` has no group that is further below its prices than this.
    slack = best.worth - choice.worth
    proof = True
    for kind in master.kinds:
        prices = choice.prices[kind]
        priced = price(problem, kind, prices, slack - excess, KEPT_NEAR)
        near = np.argsort(-priced.beyond, kind="stable")[:NEAR]
        master.add(priced.groups[near], problem.worth(priced.groups[near]))
        proof = proof and priced.complete and len(near) == len(priced.groups)
    start = [tuple(sorted(group)) for group in best.groups]
    whole, out_of_time = master.whole(start, clock.left())
    clock.cut_short = clock.cut_short or out_of_time
    taken = [
        list(group)
        for group, part in zip(master.groups, whole.taken, strict=True)
        if part > 1 - WHOLE
    ]
    if sum(map(len, taken)) == problem.count:
        _improve(best, taken, problem)
    return replace(best, bound=best.worth) if proof and whole.proven else best


def _dive(problem, sizes, master, choice, seed, clock, close):
    """Take the groups that are surest, look again at the rest, and so on until few are left."""
    numbers, sizes, taken = np.arange(problem.count), list(sizes), []
    while problem.count > AT_ONCE and not clock.is_over():
        surest = _surest(master, choice)
        for group in surest:
            taken.append(numbers[list(group)].tolist())
            sizes.remove(len(group))
        gone = {number for group in surest for number in group}
        rest = [number for number in range(problem.count) if number not in gone]
        if not rest:
            return taken
        numbers, problem = numbers[rest], problem.part(rest)
        master = _master_of_rest(problem, sizes, master, rest, seed)
        choice, *_ = _price_out(master, problem, clock, close, ROUNDS_OF_REST)
    last = _solve(problem, tuple(sizes), seed, clock)
    return taken + [numbers[group].tolist() for group in last.groups]


def _surest(master, choice):
    """Groups that are taken almost whole, but at least a tenth of them all; none overlap."""
    surest, used, left = [], set(), Counter(master.wanted)
    least = left.total() // 10 + 1
    for place in np.argsort(-choice.taken, kind="stable"):
        if choice.taken[place] < SURE and len(surest) >= least:
            break
        group = master.groups[place]
        if used.isdisjoint(group) and left[len(group)]:
            used.update(group)
            left[len(group)] -= 1
            surest.append(group)
    return surest


def _master_of_rest(problem, sizes, master, rest, seed):
    """What is known of the groups among those who are left."""
    place = {number: place for place, number in enumerate(rest)}
    smaller = Master(problem.count, sizes, seed)
    for groups in _starts(problem, sizes, seed, starts=1):
        _offer(smaller, problem, groups)
    _offer(
        smaller,
        problem,
        [
            [place[number] for number in group]
            for group in master.groups
            if all(number in place for number in group)
        ],
    )
    return smaller
