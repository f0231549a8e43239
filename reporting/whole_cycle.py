"""One cluster's cycle as a whole: self-reflection, peer review, indicators and actions together."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Case, Count, F, Q, Value, When, Window

from assessments.models import (
    OPEN_STATUSES,
    Action,
    IndicatorValue,
    SelfReflection,
    SignsChoice,
    Submission,
    SubmittedOutcome,
)
from assessments.periods import Period
from frameworks.errata import read_over
from frameworks.models import Indicator
from peerreview.models import ClusterReview

MOST_ACTIONS = 10
SHOWN_CYCLES = 4  # side by side; the chosen one is among them


@dataclass(frozen=True)
class OutcomeInCycle:
    """One outcome as it was submitted in one cycle; levels are None where there is none."""

    own_level: int | None
    suggested_level: int | None
    agreed_level: int | None
    met: int
    applicable: int
    signs: list[tuple[str, int]]
    total: int


@dataclass(frozen=True)
class OutcomeLine:
    """One outcome of the chosen cycle with what was said of it in each cycle, None where nothing was.

    In a cycle whose edition had no such outcome there is nothing either.
    """

    outcome: object
    cells: list[OutcomeInCycle | None]


@dataclass(frozen=True)
class FigureLine:
    """An indicator with the cluster's newest figure up to the cycle's end, and the one before it."""

    indicator: Indicator
    value: IndicatorValue | None
    period: Period | None
    before: IndicatorValue | None
    period_before: Period | None


@dataclass(frozen=True)
class WholeCycle:
    """What there is of one cluster in one cycle, and beside it in the others."""

    reflection: SelfReflection | None
    submission: Submission | None
    cycles: list  # of ``lines``, the oldest first
    lines: list[OutcomeLine]
    reviews: list[ClusterReview]
    figures: list[FigureLine]
    actions: list[Action]  # some of those that are open
    action_counts: Counter = field(default_factory=Counter)

    @property
    def has_submitted(self):
        """Whether there is anything of any of the cycles."""
        return any(any(line.cells) for line in self.lines)

    @property
    def known_figures(self):
        return sum(line.value is not None for line in self.figures)


def load_whole_cycle(page):
    """What ``page.user`` may read of the cluster of ``page``: seven queries.

    Two more where the cycles are of several editions, or the wording was corrected.
    """
    user, cluster = page.user, page.scope.place
    reflections = (
        SelfReflection.objects.visible_to(user)
        .filter(cluster=cluster, cycle__in=page.cycles)
        .with_shown_state()
    )
    by_cycle = {reflection.cycle_id: reflection for reflection in reflections}
    for reflection in by_cycle.values():
        reflection.cluster = cluster
        reflection.cycle = next(
            cycle for cycle in page.cycles if cycle.pk == reflection.cycle_id
        )
    rows = _submitted(user, list(by_cycle.values()))
    reflection = by_cycle.get(page.cycle.pk)
    submissions = {row.submission.reflection_id: row.submission for row in rows}
    open_actions, action_counts = _open_actions(page)
    return WholeCycle(
        reflection=reflection,
        submission=submissions.get(reflection.pk) if reflection else None,
        cycles=(shown := _shown_cycles(page)),
        lines=_lines(page, shown, by_cycle, rows),
        reviews=_reviews(user, reflection),
        figures=_figures(page),
        actions=open_actions,
        action_counts=action_counts,
    )


def _shown_cycles(page):
    place = page.cycles.index(page.cycle)
    first = max(0, min(place, len(page.cycles) - SHOWN_CYCLES))
    return page.cycles[first : first + SHOWN_CYCLES][::-1]


def _submitted(user, reflections):
    latest = (
        Submission.objects.visible_to(user)
        .filter(reflection__in=reflections)
        .latest_of_each()
    )
    return list(
        SubmittedOutcome.objects.filter(submission__in=latest)
        .select_related("submission", "outcome__module", "agreed_level")
        .defer("submission__content")
        .order_by("outcome__module__number", "outcome__number")
    )


def _lines(page, cycles, by_cycle, rows):
    """A line for each outcome of the chosen cycle's edition that was submitted in it, or since."""
    edition = page.cycle.edition_id
    cell = {}
    for row in rows:
        cell[row.submission.reflection_id, row.outcome_id] = row
    outcomes = page.outcomes
    others = {cycle.edition_id for cycle in cycles} - {edition}
    lineage = page.lineage if others else None
    lines = []
    for outcome in outcomes:
        cells = []
        for cycle in cycles:
            reflection = by_cycle.get(cycle.pk)
            same = (
                outcome.pk
                if cycle.edition_id == edition
                else lineage.same(outcome.pk, cycle.edition_id)
            )
            row = reflection and cell.get((reflection.pk, same))
            cells.append(_cell(row) if row else None)
        lines.append(OutcomeLine(outcome, cells))
    return lines


def _cell(row):
    agreed = getattr(row, "agreed_level", None)
    return OutcomeInCycle(
        own_level=row.own_level,
        suggested_level=row.suggested_level,
        agreed_level=agreed and agreed.level,
        met=row.met,
        applicable=row.applicable,
        signs=[(choice.label, getattr(row, choice.value)) for choice in SignsChoice],
        total=row.total,
    )


def _reviews(user, reflection):
    if reflection is None:
        return []
    return list(
        ClusterReview.objects.visible_to(user)
        .taking_part()
        .filter(reflection=reflection)
        .select_related("round", "group", "reflection__cluster")
        .order_by("pk")
    )


def _figures(page):
    indicators = list(page.cycle.edition.indicators.all())
    read_over(page.cycle.edition, indicators)
    found = {}
    values = (
        IndicatorValue.objects.visible_to(page.user)
        .filter(
            cluster=page.scope.place,
            indicator__code__in=[indicator.code for indicator in indicators],
            period_start__lte=page.cycle.closes_at.date(),
        )
        .select_related("indicator")
        .order_by("-period_start", "-indicator")
    )
    for value in values:
        of_same = found.setdefault(_identity(value.indicator), {})
        of_same.setdefault(value.period_start, value)
    lines = []
    for indicator in indicators:
        newest = list(found.get(_identity(indicator), {}).values())[:2]
        value, before = (*newest, None, None)[:2]
        lines.append(
            FigureLine(indicator, value, _period(value), before, _period(before))
        )
    return lines


def _identity(indicator):
    """What makes indicators of several editions the same one; see ``reporting.variation``."""
    return indicator.code, indicator.unit, indicator.period


def _period(value):
    return value and Period(value.period_start, value.indicator.period)


def _open_actions(page):
    """Some of the actions that are open, and how many there are of which: one query."""
    of_cycle = Q(reflection__cycle=page.cycle)
    is_open = Q(status__in=OPEN_STATUSES)
    counted = {
        "undertaken": of_cycle,
        "done": of_cycle & Q(status=Action.Status.DONE),
        "dropped": of_cycle & Q(status=Action.Status.DROPPED),
        "open": is_open,
        "overdue": Q(pk__in=Action.objects.overdue().values("pk")),
    }
    # Counted over all of them, before some are taken; what is open stands first.
    actions = (
        Action.objects.visible_to(page.user)
        .filter(reflection__cluster=page.scope.place)
        .annotate(
            **{
                f"count_{name}": Window(Count("pk", filter=condition))
                for name, condition in counted.items()
            }
        )
        .select_related("owner", "outcome__module", "reflection__cycle")
        .order_by(
            Case(When(is_open, then=Value(0)), default=Value(1)),
            F("due_on").asc(nulls_last=True),
            "pk",
        )[:MOST_ACTIONS]
    )
    found = list(actions)
    counts = {
        name: getattr(found[0], f"count_{name}") if found else 0 for name in counted
    }
    return [each for each in found if each.status in OPEN_STATUSES], Counter(counts)
