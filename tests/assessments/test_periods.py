"""Months, quarters and years as figures are counted for them."""

import datetime

import pytest
from django.utils.translation import override

from assessments.periods import Period, recent
from frameworks.models import Indicator

MONTH, QUARTER, YEAR = Indicator.Period.values


@pytest.mark.parametrize(
    ("day", "kind", "code", "last_day"),
    [
        ("2026-07-31", MONTH, "2026-07", "2026-07-31"),
        ("2026-12-01", MONTH, "2026-12", "2026-12-31"),
        ("2026-04-01", QUARTER, "2026-04", "2026-06-30"),
        ("2026-09-30", QUARTER, "2026-07", "2026-09-30"),
        ("2027-01-15", QUARTER, "2027-01", "2027-03-31"),
        ("2026-12-31", QUARTER, "2026-10", "2026-12-31"),
        ("2027-03-31", YEAR, "2026-04", "2027-03-31"),
        ("2027-04-01", YEAR, "2027-04", "2028-03-31"),
    ],
)
def test_the_period_around_a_day(day, kind, code, last_day):
    period = Period.around(datetime.date.fromisoformat(day), kind)

    assert (period.code, str(period.ends_on)) == (code, last_day)
    assert Period.of_code(code, kind) == period


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("2026-05", QUARTER),
        ("2026-01", YEAR),
        ("2026-13", MONTH),
        ("2026-7", MONTH),
        ("2026-07-01", MONTH),
        ("0000-07", MONTH),
        ("0001-01", YEAR),
        ("", MONTH),
        ("july", MONTH),
    ],
)
def test_what_names_no_period(code, kind):
    assert Period.of_code(code, kind) is None


@pytest.mark.parametrize(
    ("kind", "language", "label"),
    [
        (MONTH, "en", "July 2026"),
        (MONTH, "cy", "Gorffennaf 2026"),
        (QUARTER, "en", "July–September 2026"),
        (QUARTER, "cy", "Gorffennaf–Medi 2026"),
        (YEAR, "en", "2026/27"),
        (YEAR, "cy", "2026/27"),
    ],
)
def test_what_people_call_it(kind, language, label):
    period = Period.around(datetime.date(2026, 7, 15), kind)

    with override(language):
        assert period.label == label


def test_recent_periods_begin_with_the_one_of_today():
    periods = recent(QUARTER, 3, today=datetime.date(2026, 5, 2))

    assert [period.code for period in periods] == ["2026-04", "2026-01", "2025-10"]
