"""What the rows of a file mean, and what is wrong with them, cell by cell."""

import datetime
from dataclasses import dataclass, field

from django.utils.dates import MONTHS_3
from django.utils.translation import override

from assessments.figure_files.faults import Code, Fault, Wrong
from assessments.figure_files.layout import COLUMNS, FIGURES
from assessments.figure_files.numbers import number_of
from assessments.models.indicators import LONGEST_NOTE, LONGEST_SOURCE
from assessments.periods import EARLIEST, Period
from assessments.populations import Peoples
from cdf_site.common.encoding import spoiled_part
from cdf_site.common.folding import fold
from frameworks.models import LANGUAGES, Indicator

ERRORS = {"#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"}
LONGEST = {"note": LONGEST_NOTE, "source": LONGEST_SOURCE}
FIRST_YEAR = 1990
MOST_PEOPLE = 10_000_000  # more than live in Wales


@dataclass
class Codes:
    """What the codes of a file can stand for; ``today`` is when it is read."""

    board_id: int
    clusters: dict  # all of Wales, by code
    today: datetime.date
    indicators: dict = field(default_factory=dict)  # of the edition, by code
    peoples: Peoples | None = None

    def __post_init__(self):
        self._periods = {}

    def period(self, name, kind):
        """The period that a file calls so; None where there is no such."""
        if kind not in self._periods:
            self._periods[kind] = _names_of_periods(kind, self.today)
        return self._periods[kind].get(fold(name).replace("–", "-"))


@dataclass(frozen=True)
class Context:
    """How a file is to be read: its kind, its columns, its decimals, its codes."""

    kind: str
    columns: dict
    comma_is_decimal: bool
    codes: Codes


class Row:
    """A row while it is checked: gives its cells, and gathers what is wrong with them."""

    def __init__(self, number, cells, context):
        self.number, self.cells, self.context = number, cells, context
        self.faults = []

    def fault(self, key, code, value=None):
        if value is None:
            value = self.shown(key)
        column = self.context.columns.get(key)
        self.faults.append(Fault(self.number, column, key, code.value, value[:100]))

    def shown(self, key):
        value = self.cells.get(key, "")
        return value["formula"] if isinstance(value, dict) else str(value)

    def is_empty(self, key):
        return not self.shown(key).strip()

    def text(self, key):
        """A cell's text; None where it is empty, and where something is wrong with it."""
        value = self.cells.get(key, "")
        if isinstance(value, dict):
            return self.fault(key, Code.FORMULA)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = " ".join(str(value).replace("_x000D_", " ").split())
        if text in ERRORS:
            return self.fault(key, Code.ERROR)
        part = spoiled_part(text)
        if part is not None:
            return self.fault(key, Code.SPOILED, text)
        if len(text) > LONGEST.get(key, 200):
            return self.fault(key, Code.TOO_LONG)
        return text or None

    def needed(self, key):
        """As ``text``, of a cell that no row can do without."""
        if self.is_empty(key):
            return self.fault(key, Code.MISSING, "")
        return self.text(key)

    def number_of(self, key):
        """A cell's number; None where it is empty, and where something is wrong with it."""
        value = self.cells.get(key, "")
        if self.is_empty(key):
            return None
        if isinstance(value, dict):
            return self.fault(key, Code.FORMULA)
        if value in ERRORS:
            return self.fault(key, Code.ERROR)
        try:
            return number_of(value, comma_is_decimal=self.context.comma_is_decimal)
        except Wrong as wrong:
            return self.fault(key, wrong.code)


def check_rows(rows, context):
    """What rows say, as plain values in the order of their numbers, and the faults in them.

    An entry of figures is [row, cluster, indicator, first day, numerator, denominator, note,
    source], one of populations [row, cluster, year, people, source]: things by their numbers,
    numbers as texts, and None for an empty cell. Of a row with faults it holds what the row is about, if
    that is known, and no more.
    """
    check = _check_figure if context.kind == FIGURES else _check_population
    entries, faults = [], []
    for number, cells in rows:
        row = Row(number, cells, context)
        if "" in cells:
            column, value = cells[""]
            row.faults.append(Fault(number, column, "", Code.EXTRA.value, value))
        entry = check(row)
        faults += row.faults
        if entry is not None:
            entries.append(entry)
    order = [column.key for column in COLUMNS[context.kind]]
    faults.sort(key=lambda fault: (fault.row, fault.column or order.index(fault.key)))
    return entries, faults


def _cluster(row):
    codes, code = row.context.codes, row.needed("cluster")
    if code is None:
        return None
    cluster = codes.clusters.get(code.lower())
    if cluster is None:
        return row.fault("cluster", Code.UNKNOWN_CLUSTER)
    if cluster.health_board_id != codes.board_id:
        return row.fault("cluster", Code.OTHER_BOARD)
    return cluster


def _check_figure(row):
    cluster = _cluster(row)
    indicator, period = _indicator_and_period(row)
    if cluster and period and not existed(cluster, period.starts_on, period.ends_on):
        row.fault("cluster", Code.CLOSED)
    note, source = row.text("note"), row.text("source")
    numbers = row.is_empty("numerator"), row.is_empty("denominator")
    numerator, denominator = row.number_of("numerator"), row.number_of("denominator")
    if not all(numbers) or note or source:
        _check_numbers(row, cluster, indicator, period, numerator, denominator)
    if not (cluster and period):
        return None
    about = [row.number, cluster.pk, indicator.pk, period.starts_on.isoformat()]
    if row.faults:
        return about
    return [
        *about,
        _plain(numerator),
        _plain(denominator),
        note,
        source,
    ]


def _indicator_and_period(row):
    code, name = row.needed("indicator"), row.needed("period")
    indicator = code and row.context.codes.indicators.get(code.lower())
    if code and not indicator:
        row.fault("indicator", Code.UNKNOWN_INDICATOR)
    if not indicator or not name:
        return indicator, None
    period = row.context.codes.period(name, indicator.period)
    if period is None:
        row.fault("period", Code.UNKNOWN_PERIOD)
    elif period.starts_on > row.context.codes.today:
        row.fault("period", Code.FUTURE)
        period = None
    return indicator, period


def _check_numbers(row, cluster, indicator, period, numerator, denominator):
    """That the numbers of a row can stand beside each other."""
    if row.is_empty("numerator"):
        row.fault("numerator", Code.NO_NUMERATOR, "")
    if indicator is None:
        return
    if not indicator.has_denominator:
        if not row.is_empty("denominator"):
            row.fault("denominator", Code.NOT_ASKED)
    elif row.is_empty("denominator"):
        if indicator.unit == Indicator.Unit.PERCENTAGE:
            row.fault("denominator", Code.NO_DENOMINATOR, "")
        elif cluster and period:
            people = row.context.codes.peoples
            if people.of(cluster.pk, period.starts_on) is None:
                row.fault("denominator", Code.NO_POPULATION, "")
    elif denominator == 0:
        row.fault("denominator", Code.NOUGHT)
    elif (
        indicator.unit == Indicator.Unit.PERCENTAGE
        and None not in (numerator, denominator)
        and numerator > denominator
    ):
        row.fault("numerator", Code.GREATER)


def _check_population(row):
    cluster = _cluster(row)
    year = _year(row)
    source = row.text("source")
    if (
        cluster
        and year
        and not existed(cluster, datetime.date(year, 1, 1), datetime.date(year, 12, 31))
    ):
        row.fault("cluster", Code.CLOSED)
    people = row.number_of("people")
    if people is None:
        if source and row.is_empty("people"):
            row.fault("people", Code.MISSING, "")
    elif people != people.to_integral_value():
        row.fault("people", Code.NOT_WHOLE)
    elif people == 0:
        row.fault("people", Code.NOUGHT)
    elif people > MOST_PEOPLE:
        row.fault("people", Code.TOO_LARGE)
    if not (cluster and year):
        return None
    if row.faults:
        return [row.number, cluster.pk, year]
    people = None if people is None else int(people)
    return [row.number, cluster.pk, year, people, source]


def _year(row):
    text = row.needed("year")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        return row.fault("year", Code.UNKNOWN_YEAR)
    if int(text) > row.context.codes.today.year:
        return row.fault("year", Code.FUTURE)
    return (
        int(text) if int(text) >= FIRST_YEAR else row.fault("year", Code.UNKNOWN_YEAR)
    )


def existed(cluster, first_day, last_day):
    """Whether ``cluster`` was open on any day from the first to the last."""
    return (cluster.opened_on is None or cluster.opened_on <= last_day) and (
        cluster.closed_on is None or cluster.closed_on > first_day
    )


def key_of(entry, kind):
    """What an entry is about: no other may be about the same."""
    return tuple(entry[1:4]) if kind == FIGURES else tuple(entry[1:3])


def _names_of_periods(kind, today):
    """The periods from the earliest on to those a while ahead, by all that people call them.

    Spreadsheet programs take 2026-04 for a day and show it as they please: what they write then is
    understood as well.
    """
    names, period = {}, Period.around(EARLIEST, kind)
    if period.starts_on < EARLIEST:
        period = period.next()
    last = Period.around(today, kind).next(12)
    while period <= last:
        day = period.starts_on
        called = {
            period.code,
            day.isoformat(),
            f"{day:%d/%m/%Y}",
            f"{day.day}/{day.month}/{day.year}",
        }
        for language in LANGUAGES:
            with override(language):
                called.add(period.label.replace("–", "-"))
                called.add(f"{MONTHS_3[day.month]}-{day:%y}")
        if kind == Indicator.Period.YEAR:
            called |= {f"{day.year}-{period.ends_on:%y}", f"{day.year}/{day.year + 1}"}
        for name in called:
            names.setdefault(fold(name), period)
        period = period.next()
    return names


def _plain(number):
    """A number as the shortest text of it."""
    return None if number is None else format(number.normalize(), "f")
