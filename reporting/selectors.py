"""What boards and the national programme read: submissions as they were sent, never drafts."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import get_language

from assessments import maturity
from assessments.models import (
    LEVEL_CHOICES,
    Cycle,
    SelfReflection,
    SignsChoice,
    Submission,
    SubmittedOutcome,
)
from assessments.selectors import required_total
from cdf_site.common.welsh import english_key, welsh_key
from frameworks.errata import read_over
from frameworks.models import Module, Outcome
from organisations.models import HealthBoard

LEVELS = (maturity.BELOW_LEVEL_1, *maturity.LEVELS)
State = SelfReflection.State
STATES_WHILE_OPEN = (
    State.NOT_STARTED,
    State.DRAFT,
    "returned",
    State.SUBMITTED,
    State.IN_REVIEW,
    State.AGREED,
)
STATES_ONCE_CLOSED = (State.CLOSED, "not_submitted")


@dataclass(frozen=True)
class Level:
    """A level as a table shows it, always with its number and its word."""

    value: int

    @property
    def number(self):
        return "<1" if self.value == maturity.BELOW_LEVEL_1 else str(self.value)

    @property
    def word(self):
        return dict(LEVEL_CHOICES)[self.value]


@dataclass(frozen=True)
class LevelCell:
    """One cluster's submitted levels of one outcome; a level is None where there is none."""

    own_level: int | None
    agreed_level: int | None
    met: int
    applicable: int

    uses_levels = True

    @property
    def agreed(self):
        return None if self.agreed_level is None else Level(self.agreed_level)


@dataclass(frozen=True)
class SignsCell:
    """One cluster's submitted signs of one outcome without levels."""

    strong: int
    some: int
    none_yet: int
    total: int

    uses_levels = False

    @property
    def answered(self):
        return self.strong + self.some + self.none_yet


@dataclass(frozen=True)
class ClusterRow:
    """One cluster: its latest submission, or only how far it is."""

    reflection: SelfReflection
    answers_needed: int
    submission_number: int | None = None
    submitted_at: object = None
    cells: dict[int, LevelCell | SignsCell] = field(default_factory=dict)  # by outcome

    @property
    def is_submitted(self):
        return self.submission_number is not None

    @property
    def is_being_rewritten(self):
        """Whether the cluster works on it again, while readers keep the last submission."""
        return self.is_submitted and self.reflection.is_unsent

    @property
    def submission_numbers(self):
        """Of all its submissions, the newest first."""
        return range(self.submission_number, 0, -1)


@dataclass(frozen=True)
class Figures:
    """How many of some clusters have submitted, and how many are in each state now."""

    total: int
    submitted: int
    being_rewritten: (
        int  # of the submitted, those whose state is not "submitted" or later
    )
    states: list[tuple[str, int]]


@dataclass(frozen=True)
class BoardRows:
    """The clusters of one health board."""

    health_board: HealthBoard
    clusters: list[ClusterRow]
    figures: Figures


@dataclass(frozen=True)
class Distribution:
    """How often each level, or each kind of sign, was submitted for one outcome, of ``total``."""

    outcome: Outcome
    counts: list[int]  # in the order of levels_of its module or of SignsChoice
    not_answered: int
    total: int


@dataclass(frozen=True)
class ModuleResults:
    """The same clusters, by health board, with their cells of one module."""

    module: Module
    distributions: list[Distribution]
    boards: list[tuple[HealthBoard, list[tuple[ClusterRow, list]]]]

    @property
    def levels(self):
        return [Level(level) for level in levels_of(self.module)]

    @property
    def outcomes(self):
        return [distribution.outcome for distribution in self.distributions]


@dataclass(frozen=True)
class Results:
    """Clusters by outcomes in one cycle, grouped by health board."""

    cycle: Cycle
    boards: list[BoardRows]
    modules: list[ModuleResults]
    figures: Figures

    @property
    def levels(self):
        return [Level(level) for level in LEVELS]

    @cached_property
    def submitted(self):
        """The clusters that have submitted, in the order of the table."""
        return [
            row for board in self.boards for row in board.clusters if row.is_submitted
        ]


def levels_of(module):
    """The levels that clusters can be at in a module, from below level 1 up."""
    return [level for level in LEVELS if level <= module.highest_level]


def begun_cycles():
    """Every cycle that was ever opened, the newest first: one query."""
    return list(Cycle.objects.begun().select_related("edition"))


def current_cycle(cycles):
    """Of ``cycles``, the newest first, the open one that closes first, or the newest, or None."""
    still_open = [cycle for cycle in cycles if cycle.closed_at is None]
    if still_open:
        return min(still_open, key=lambda cycle: cycle.closes_at)
    return cycles[0] if cycles else None


def has_closed(cycle):
    """Whether the time for answers is over."""
    return cycle.closed_at is not None or cycle.closes_at <= timezone.now()


def load_results(user, cycle, board_code=None):
    """Results of every cluster in ``cycle`` that ``user`` may see, or of those of one board.

    Six queries, however many clusters there are.
    """
    latest = Submission.objects.filter(reflection=OuterRef("pk")).order_by("-number")
    reflections = (
        SelfReflection.objects.visible_to(user)
        .filter(cycle=cycle)
        .with_shown_state()
        .with_answered_count()
        .with_name_then()
        .annotate(
            submission_number=Subquery(latest.values("number")[:1]),
            submitted_at=Subquery(latest.values("submitted_at")[:1]),
        )
        .select_related("cluster__health_board")
        .order_by(*_in_name_order("cluster__health_board"), *_in_name_order("cluster"))
    )
    if board_code is not None:
        reflections = reflections.filter(cluster__health_board__code=board_code)
    reflections = _in_order_of_then(list(reflections))
    outcomes = list(
        Outcome.objects.filter(module__edition=cycle.edition)
        .select_related("module")
        .order_by("module__number", "number")
    )
    read_over(
        cycle.edition,
        [one for outcome in outcomes for one in (outcome, outcome.module)],
    )
    submitted = _submitted(user, reflections)
    answers_needed = required_total(cycle.edition)
    rows = [
        _cluster_row(reflection, outcomes, submitted, answers_needed)
        for reflection in reflections
    ]
    boards = [
        BoardRows(health_board, clusters, _figures(cycle, clusters))
        for health_board, clusters in _by_health_board(rows)
    ]
    return Results(
        cycle=cycle,
        boards=boards,
        modules=[
            _module_results(module, list(group), boards)
            for module, group in groupby(outcomes, key=lambda outcome: outcome.module)
        ],
        figures=_figures(cycle, rows),
    )


def _in_order_of_then(reflections):
    """Rows that stand board by board, in the alphabet by the names that they are shown by."""
    key = welsh_key if get_language() == "cy" else english_key
    boards = {}
    for reflection in reflections:
        boards.setdefault(reflection.cluster.health_board_id, len(boards))
    return sorted(
        reflections,
        key=lambda reflection: (
            boards[reflection.cluster.health_board_id],
            key(reflection.cluster_name),
            reflection.cluster_id,
        ),
    )


def _in_name_order(path):
    language = "cy" if get_language() == "cy" else "en"
    return f"{path}__sort_{language}", f"{path}__pk"


def _submitted(user, reflections):
    """The rows of the latest submissions, by self-reflection and outcome: one query."""
    latest = (
        Submission.objects.visible_to(user)
        .filter(reflection__in=reflections)
        .latest_of_each()
    )
    rows = (
        SubmittedOutcome.objects.filter(submission__in=latest)
        .annotate(
            all_met=F("met_1") + F("met_2") + F("met_3"),
            all_applicable=F("applicable_1") + F("applicable_2") + F("applicable_3"),
        )
        .values(
            "submission__reflection",
            "outcome",
            "own_level",
            "agreed_level__level",
            "all_met",
            "all_applicable",
            *SignsChoice.values,
            "total",
        )
    )
    submitted = {}
    for row in rows:
        submitted.setdefault(row["submission__reflection"], {})[row["outcome"]] = row
    return submitted


def _cluster_row(reflection, outcomes, submitted, answers_needed):
    by_outcome = submitted.get(reflection.pk)
    if not by_outcome:
        return ClusterRow(reflection, answers_needed)
    return ClusterRow(
        reflection,
        answers_needed,
        submission_number=reflection.submission_number,
        submitted_at=reflection.submitted_at,
        cells={
            outcome.pk: _cell(outcome, by_outcome[outcome.pk]) for outcome in outcomes
        },
    )


def _cell(outcome, row):
    if outcome.module.uses_levels:
        return LevelCell(
            own_level=row["own_level"],
            agreed_level=row["agreed_level__level"],
            met=row["all_met"],
            applicable=row["all_applicable"],
        )
    return SignsCell(
        strong=row[SignsChoice.STRONG],
        some=row[SignsChoice.SOME],
        none_yet=row[SignsChoice.NONE_YET],
        total=row["total"],
    )


def _by_health_board(rows):
    def health_board(row):
        return row.reflection.cluster.health_board

    return [
        (board, list(clusters)) for board, clusters in groupby(rows, key=health_board)
    ]


def _figures(cycle, rows):
    states = Counter(row.reflection.shown_state for row in rows)
    shown = STATES_WHILE_OPEN if cycle.closed_at is None else STATES_ONCE_CLOSED
    return Figures(
        total=len(rows),
        submitted=sum(row.is_submitted for row in rows),
        being_rewritten=sum(row.is_being_rewritten for row in rows),
        states=[(str(state), states[state]) for state in shown],
    )


def _module_results(module, outcomes, boards):
    by_board = [
        (
            board.health_board,
            [
                (row, [row.cells[outcome.pk] for outcome in outcomes])
                if row.is_submitted
                else (row, [])
                for row in board.clusters
            ],
        )
        for board in boards
    ]
    submitted = [cells for _board, rows in by_board for _row, cells in rows if cells]
    columns = list(zip(*submitted, strict=True)) or [()] * len(outcomes)
    distributions = [
        _distribution(outcome, cells)
        for outcome, cells in zip(outcomes, columns, strict=True)
    ]
    return ModuleResults(module, distributions, by_board)


def _distribution(outcome, cells):
    if outcome.module.uses_levels:
        levels = Counter(cell.own_level for cell in cells)
        counts = [levels[level] for level in levels_of(outcome.module)]
        total = len(cells)
    else:
        counts = [
            sum(cell.strong for cell in cells),
            sum(cell.some for cell in cells),
            sum(cell.none_yet for cell in cells),
        ]
        total = sum(cell.total for cell in cells)
    return Distribution(outcome, counts, total - sum(counts), total)
