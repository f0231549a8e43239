"""Between which limits chance alone would leave an area's figure: funnel limits.

The method is that of D. J. Spiegelhalter, "Funnel plots for comparing institutional performance",
Statistics in Medicine 24 (2005), 1185–1202, appendix A.1.1. If the area were as Wales is, what was
counted there would be binomial (a part of a whole) or Poisson (events among people). With r the
smallest count for which F(r) >= p, the limit at p is r - a, where
a = (F(r) - p) / (F(r) - F(r - 1)); interpolating so makes a curve of what would be steps.

Nothing is approximated: the tails are summed, outwards until a term no longer changes the sum.
The normal distribution says only where the summing begins.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, repeat
from math import ceil, exp, floor, lgamma, log, log1p, sqrt
from operator import mul, truediv

IN_20, IN_500 = 0.025, 0.001  # beyond either limit of 95%, and of 99.8%
_NEGLIGIBLE = 1e-16
_BEGIN = 3.5  # standard deviations from what is expected


@dataclass(frozen=True)
class Limits:
    """In the unit of what they are around; ``inner`` are at 95%, ``outer`` at 99.8%."""

    outer_low: float
    inner_low: float
    inner_high: float
    outer_high: float

    def times(self, factor):
        return Limits(
            self.outer_low * factor,
            self.inner_low * factor,
            self.inner_high * factor,
            self.outer_high * factor,
        )


@lru_cache(maxsize=4_096)
def limits_of_share(share, total):
    """Limits of the shares that groups of ``total`` show where the true share is ``share``.

    ``total`` is rounded to a whole number, because a binomial has no other; posts counted as
    full-time ones are therefore taken as so many whole posts.
    """
    total = max(1, round(total))
    if not 0 < share < 1:
        return Limits(share, share, share, share)
    return _around(_Binomial(share, total), total, share, highest=1)


@lru_cache(maxsize=4_096)
def limits_of_rate(rate, people):
    """Limits of the events for each of ``people`` where ``rate`` events for each are expected."""
    if rate <= 0:
        return Limits(0, 0, 0, 0)
    return _around(_Poisson(rate * people), people, rate, highest=None)


def _around(counts, total, centre, highest):
    """The limits of ``counts`` divided by ``total``; never beyond what can be, and around ``centre``."""
    outer_low, inner_low = _low(counts, (IN_500, IN_20))
    outer_high, inner_high = _high(counts, (IN_500, IN_20))
    low = [max(0, min(each / total, centre)) for each in (outer_low, inner_low)]
    high = [max(each / total, centre) for each in (inner_high, outer_high)]
    if highest is not None:
        high = [min(each, highest) for each in high]
    return Limits(*low, *high)


class _Poisson:
    """Counts of events of which ``mean`` are expected."""

    most = None

    def __init__(self, mean):
        self.mean, self.deviation = mean, sqrt(mean)

    def probability(self, count):
        return exp(count * log(self.mean) - self.mean - lgamma(count + 1))

    def upwards(self, count, steps):
        """How many times as probable each further count is as the one before it."""
        return map(
            truediv, repeat(self.mean, steps), range(count + 1, count + steps + 1)
        )

    def downwards(self, count, steps):
        return map(truediv, range(count, count - steps, -1), repeat(self.mean, steps))


class _Binomial:
    """Counts among ``total`` of those who have what a ``share`` of all have."""

    def __init__(self, share, total):
        self.most = total
        self.mean = share * total
        self.deviation = sqrt(share * (1 - share) * total)
        self._share, self._odds = share, share / (1 - share)

    def probability(self, count):
        rest = self.most - count
        return exp(
            lgamma(self.most + 1)
            - lgamma(count + 1)
            - lgamma(rest + 1)
            + count * log(self._share)
            + rest * log1p(-self._share)
        )

    def upwards(self, count, steps):
        """How many times as probable each further count is as the one before it."""
        rest = self.most - count
        parts = map(
            truediv, range(rest, rest - steps, -1), range(count + 1, count + steps + 1)
        )
        return map(mul, parts, repeat(self._odds))

    def downwards(self, count, steps):
        rest = self.most - count
        parts = map(
            truediv, range(count, count - steps, -1), range(rest + 1, rest + steps + 1)
        )
        return map(truediv, parts, repeat(self._odds))


def _low(counts, tails):
    """The interpolated counts with each of ``tails`` of the probability at or below them."""
    here = max(0, floor(counts.mean - _BEGIN * counts.deviation))
    while True:
        probability = counts.probability(here)
        below = _sum(counts.downwards, here, here, probability, -1)
        if here == 0 or below + probability < tails[0]:
            break
        here = max(0, floor(here - counts.deviation - 1))
    steps = ceil(counts.mean) - here
    each = list(accumulate(counts.upwards(here, steps), mul, initial=probability))
    up_to = list(accumulate(each, initial=below))[1:]
    found = []
    for tail in tails:
        at = bisect_left(up_to, tail)
        found.append(here + at - (up_to[at] - tail) / each[at])
    return found


def _high(counts, tails):
    """The interpolated counts with each of ``tails`` of the probability above them."""
    here = ceil(counts.mean + _BEGIN * counts.deviation)
    while True:
        here = here if counts.most is None else min(here, counts.most)
        probability = counts.probability(here)
        room = None if counts.most is None else counts.most - here
        above = _sum(counts.upwards, here, room, probability, 1)
        if here == counts.most or above < tails[0]:
            break
        here = ceil(here + counts.deviation + 1)
    steps = here - max(0, floor(counts.mean - counts.deviation))
    each = list(accumulate(counts.downwards(here, steps), mul, initial=probability))
    beyond = list(accumulate(each, initial=above))[:-1]
    found = []
    for tail in tails:
        at = bisect_right(beyond, tail) - 1
        found.append(here - at - (tail - beyond[at]) / each[at])
    return found


def _sum(ratios, here, room, probability, direction):
    """The probability of all counts beyond ``here``, of which there are ``room``, or no end."""
    total, block = 0.0, 64
    while room != 0 and probability > total * _NEGLIGIBLE:
        steps = block if room is None else min(block, room)
        terms = list(accumulate(ratios(here, steps), mul, initial=probability))[1:]
        total += sum(terms)
        probability = terms[-1]
        here += direction * steps
        room = None if room is None else room - steps
    return total
