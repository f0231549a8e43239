"""Limits that separate chance from difference, against printed tables and sums of exact fractions."""

from decimal import Decimal, localcontext
from fractions import Fraction
from math import comb, factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.variation.limits import Limits, limits_of_rate, limits_of_share

TAILS = (
    Fraction(1, 1000),
    Fraction(25, 1000),
    Fraction(975, 1000),
    Fraction(999, 1000),
)


def interpolated(probability, tail):
    """r - a of Spiegelhalter's appendix A.1.1, from the beginning upwards."""
    count, below = 0, Fraction(0)
    while below + probability(count) < tail:
        below += probability(count)
        count += 1
    up_to = below + probability(count)
    return count - (up_to - tail) / (up_to - below)


def binomial(share, total):
    return lambda count: (
        comb(total, count) * share**count * (1 - share) ** (total - count)
    )


def poisson(mean):
    with localcontext(prec=60):
        none = Fraction((-Decimal(mean.numerator) / Decimal(mean.denominator)).exp())
    return lambda count: none * mean**count / factorial(count)


def in_order(limits):
    return (
        limits.outer_low,
        limits.inner_low,
        limits.inner_high,
        limits.outer_high,
    )


def test_a_share_as_tables_of_the_binomial_have_it():
    # n = 20, p = 0.5: F(5) = .0207, F(6) = .0577; F(13) = .9423, F(14) = .9793.
    low = 6 - (0.0577 - 0.025) / (0.0577 - 0.0207)
    high = 14 - (0.9793 - 0.975) / (0.9793 - 0.9423)

    limits = limits_of_share(0.5, 20)

    assert limits.inner_low == pytest.approx(low / 20, abs=1e-4)
    assert limits.inner_high == pytest.approx(high / 20, abs=1e-4)


def test_a_rate_as_tables_of_the_poisson_have_it():
    # mean 10: F(3) = .0103, F(4) = .0293; F(16) = .9730, F(17) = .9857.
    low = 4 - (0.0293 - 0.025) / (0.0293 - 0.0103)
    high = 17 - (0.9857 - 0.975) / (0.9857 - 0.9730)

    limits = limits_of_rate(0.01, 1000)

    assert limits.inner_low == pytest.approx(low / 1000, abs=2e-5)
    assert limits.inner_high == pytest.approx(high / 1000, abs=2e-5)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 99), st.integers(1, 120))
def test_shares_as_exact_fractions_have_them(hundredths, total):
    share = Fraction(hundredths, 100)
    exact = [interpolated(binomial(share, total), tail) / total for tail in TAILS]
    low = [min(max(each, 0), share) for each in exact[:2]]
    high = [max(min(each, 1), share) for each in exact[2:]]

    limits = limits_of_share(hundredths / 100, total)

    assert in_order(limits) == pytest.approx(
        [float(each) for each in low + high], abs=1e-9
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 900), st.integers(1, 5))
def test_rates_as_exact_fractions_have_them(tenths, people):
    mean = Fraction(tenths, 10)
    exact = [interpolated(poisson(mean), tail) / people for tail in TAILS]
    centre = mean / people
    low = [min(max(each, 0), centre) for each in exact[:2]]
    high = [max(each, centre) for each in exact[2:]]

    limits = limits_of_rate(tenths / 10 / people, people)

    assert in_order(limits) == pytest.approx(
        [float(each) for each in low + high], rel=1e-8, abs=1e-9
    )


@pytest.mark.parametrize(
    ("share", "people"), [(0.0265, 3_200_000), (0.5, 60_000), (0.148, 800_000)]
)
def test_of_many_people_they_are_near_the_normal_ones(share, people):
    limits = limits_of_rate(share, people)

    deviation = (share / people) ** 0.5
    assert limits.inner_high == pytest.approx(share + 1.96 * deviation, rel=1e-4)
    assert limits.outer_low == pytest.approx(share - 3.09 * deviation, rel=1e-4)


@pytest.mark.parametrize("share", [0, 1])
def test_of_none_and_of_all_nothing_else_can_come(share):
    assert limits_of_share(share, 50) == Limits(share, share, share, share)


def test_of_a_rate_of_nought_nothing_else_can_come():
    assert limits_of_rate(0, 5000) == Limits(0, 0, 0, 0)


def test_posts_counted_in_halves_are_whole_ones():
    assert limits_of_share(0.1, 40.4) == limits_of_share(0.1, 40)
