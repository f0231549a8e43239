"""What a file would change, against the figures or populations as they are now."""

import datetime
import hashlib
from dataclasses import dataclass, field
from decimal import Decimal

from assessments.figure_files.layout import FIGURES
from assessments.models import IndicatorValue
from assessments.models.indicators import in_unit
from assessments.outliers import stands_out
from assessments.populations import Peoples
from frameworks.models import Indicator
from organisations.models import Population


@dataclass(frozen=True)
class FigureChange:
    """A figure as it would be, and as it stands now (None where there is none)."""

    indicator: Indicator
    cluster_id: int
    period_start: datetime.date
    numerator: Decimal
    denominator: Decimal | None
    population: Population | None
    note: str
    source: str
    before: IndicatorValue | None
    is_outlier: bool = False
    row: int = 0

    @property
    def content(self):
        return (
            self.numerator,
            self.denominator,
            self.population and self.population.pk,
            self.note,
            self.source,
        )

    @property
    def about(self):
        return [self.cluster_id, self.indicator.pk, self.period_start.isoformat()]

    @property
    def value(self):
        """What the figure would be, in the indicator's unit."""
        return in_unit(self.indicator, self.numerator, self.denominator)

    def as_figure(self, *, at, by_id):
        """The row that would be written."""
        return IndicatorValue(
            indicator_id=self.indicator.pk,
            cluster_id=self.cluster_id,
            period_start=self.period_start,
            numerator=self.numerator,
            denominator=self.denominator,
            population_id=self.population and self.population.pk,
            note=self.note,
            source=self.source,
            version=self.before.version + 1 if self.before else 1,
            entered_at=at,
            entered_by_id=by_id,
        )

    @property
    def mark(self):
        return _mark(self, self.before and f"{self.before.pk}.{self.before.version}")


@dataclass(frozen=True)
class PopulationChange:
    """A population as it would be, and as it stands now."""

    cluster_id: int
    year: int
    people: int
    source: str
    before: Population | None
    is_outlier: bool = False
    row: int = 0

    @property
    def content(self):
        return (self.people, self.source)

    @property
    def about(self):
        return [self.cluster_id, self.year]

    @property
    def mark(self):
        return _mark(self, self.before and (self.before.people, self.before.source))


def _mark(change, before):
    return repr((change.about, before, change.content))


@dataclass
class Comparison:
    """What a file would add and change, in the order of its rows.

    ``without_people`` counts the rates whose population was taken away since the file was read: with
    any of them it cannot be applied.
    """

    added: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    same_count: int = 0
    empty_count: int = 0
    without_people: int = 0

    @property
    def changes(self):
        return [*self.added, *self.changed]

    @property
    def outliers(self):
        return [change for change in self.changes if change.is_outlier]

    @property
    def fingerprint(self):
        """A mark of all that is new or changes, each with what it replaces."""
        marks = "\n".join(change.mark for change in self.changes)
        return hashlib.sha256(marks.encode()).hexdigest()[:16]

    def add(self, change):
        (self.added if change.before is None else self.changed).append(change)


def compare(upload):
    """Compare a file that was checked with what stands now: a few queries, whatever its size."""
    entries = [entry for part in upload.parts.all() for entry in part.entries]
    if upload.kind == FIGURES:
        return _compare_figures(entries, upload)
    return _compare_populations(entries, upload)


def content_of(value):
    """What a figure says, as ``FigureChange.content`` does."""
    return (
        value.numerator,
        value.denominator,
        value.population_id,
        value.note,
        value.source,
    )


def _compare_figures(entries, upload):
    indicators = {each.pk: each for each in upload.edition.indicators.all()}
    stored = {}
    for value in IndicatorValue.objects.filter(
        cluster__health_board=upload.health_board_id, indicator__in=indicators
    ):
        stored[value.indicator_id, value.cluster_id, value.period_start] = value
    peoples = Peoples(
        Population.objects.filter(cluster__health_board=upload.health_board_id)
    )
    comparison, proposed = Comparison(), {}
    for row, cluster, number, day, numerator, denominator, note, source in entries:
        if numerator is None:
            comparison.empty_count += 1
            continue
        day, indicator = datetime.date.fromisoformat(day), indicators[number]
        before = stored.get((number, cluster, day))
        people = None
        if denominator is None and indicator.unit == Indicator.Unit.PER_1000:
            people = peoples.of(cluster, day)
            if people is None:
                comparison.without_people += 1
                continue
            denominator = people.people
        change = {
            "indicator": indicator,
            "cluster_id": cluster,
            "period_start": day,
            "numerator": Decimal(numerator),
            "denominator": None if denominator is None else Decimal(denominator),
            "population": people,
            # An empty cell takes nothing away.
            "note": note or (before.note if before else ""),
            "source": source or (before.source if before else ""),
            "before": before,
            "row": row,
        }
        proposed[number, cluster, day] = change
    outliers = _outliers(stored, proposed, indicators)
    for key, change in proposed.items():
        change = FigureChange(**change, is_outlier=key in outliers)
        if change.before and change.content == content_of(change.before):
            comparison.same_count += 1
        else:
            comparison.add(change)
    return comparison


def _outliers(stored, proposed, indicators):
    """The keys of the proposed figures that stand out from the cluster's earlier ones.

    The earlier ones are those stored and, in their place, those of the same file.
    """
    rows = {}
    for (indicator, cluster, day), value in stored.items():
        if (indicator, cluster, day) not in proposed:
            level = _level(indicators[indicator], value.numerator, value.denominator)
            rows.setdefault((indicator, cluster), []).append((day, level))
    for (indicator, cluster, day), change in proposed.items():
        level = _level(
            *(change[name] for name in ("indicator", "numerator", "denominator"))
        )
        rows.setdefault((indicator, cluster), []).append((day, level))
    found = set()
    for (indicator, cluster), figures in rows.items():
        figures.sort()
        values = [value for _day, value in figures]
        for place, (day, value) in enumerate(figures):
            key = (indicator, cluster, day)
            if key in proposed and stands_out(value, values[:place]):
                found.add(key)
    return found


def _level(indicator, numerator, denominator):
    """A figure in its unit, without the exactness of what is stored."""
    return float(in_unit(indicator, numerator, denominator))


def _compare_populations(entries, upload):
    stored = {
        (population.cluster_id, population.year): population
        for population in Population.objects.filter(
            cluster__health_board=upload.health_board_id
        )
    }
    comparison, proposed = Comparison(), {}
    for row, cluster, year, people, source in entries:
        if people is None:
            comparison.empty_count += 1
            continue
        proposed[cluster, year] = (row, people, source)
    people_of = {key: population.people for key, population in stored.items()}
    people_of |= {key: people for key, (_row, people, _source) in proposed.items()}
    by_cluster = {}
    for (cluster, year), people in sorted(people_of.items()):
        by_cluster.setdefault(cluster, []).append((year, people))
    for (cluster, year), (row, people, source) in proposed.items():
        before = stored.get((cluster, year))
        earlier = [number for then, number in by_cluster[cluster] if then < year]
        change = PopulationChange(
            cluster_id=cluster,
            year=year,
            people=people,
            source=source or (before.source if before else ""),
            before=before,
            is_outlier=stands_out(people, earlier),
            row=row,
        )
        if before and change.content == (before.people, before.source):
            comparison.same_count += 1
        else:
            comparison.add(change)
    return comparison
