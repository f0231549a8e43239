"""The periods that figures are for: months, quarters and years as the NHS in Wales counts them."""

import datetime
from dataclasses import dataclass

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from frameworks.models import Indicator

MONTHS_IN = {
    Indicator.Period.MONTH: 1,
    Indicator.Period.QUARTER: 3,
    Indicator.Period.YEAR: 12,
}
FIRST_MONTH = 4  # of the financial year
EARLIEST = datetime.date(2000, 1, 1)  # before that, a year is a slip of the hand


@dataclass(frozen=True, order=True)
class Period:
    """A month, a quarter or a financial year, from its first day."""

    starts_on: datetime.date
    kind: str

    @classmethod
    def around(cls, day, kind):
        """The period of ``kind`` that ``day`` falls into."""
        months = MONTHS_IN[kind]
        into = (day.month - FIRST_MONTH) % 12 % months
        return cls(_months_later(day.replace(day=1), -into), kind)

    @classmethod
    def of_code(cls, code, kind):
        """The period that an address names, as in "2026-07"; None where there is no such."""
        try:
            day = datetime.date.fromisoformat(f"{code}-01")
            period = cls.around(day, kind)
        except ValueError:  # of a year before the first as well
            return None
        return period if period.starts_on == day and period.code == code else None

    @property
    def code(self):
        return f"{self.starts_on:%Y-%m}"

    @property
    def ends_on(self):
        return self.next().starts_on - datetime.timedelta(days=1)

    @property
    def label(self):
        """As people call it: September 2026, July–September 2026, 2026/27."""
        first, last = self.starts_on, self.ends_on
        if self.kind == Indicator.Period.YEAR:
            return f"{first.year}/{last:%y}"
        if self.kind == Indicator.Period.MONTH:
            return f"{MONTHS[first.month]} {first.year}"
        # Translators: months and their year, as in July–September 2026.
        return _("%(first)s–%(last)s %(year)s") % {
            "first": MONTHS[first.month],
            "last": MONTHS[last.month],
            "year": last.year,
        }

    def next(self, count=1):
        """The period ``count`` later, or earlier where it is negative."""
        months = MONTHS_IN[self.kind]
        return Period(_months_later(self.starts_on, count * months), self.kind)


def recent(kind, count, *, today):
    """The last ``count`` periods that have begun, the newest first."""
    newest = Period.around(today, kind)
    return [newest.next(-back) for back in range(count)]


def _months_later(first_day, months):
    total = first_day.year * 12 + first_day.month - 1 + months
    return datetime.date(total // 12, total % 12 + 1, 1)
