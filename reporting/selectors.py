"""How far clusters are, for boards and the national programme: states and dates, never drafts."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import get_language

from assessments.models import (
    Cycle,
    SelfReflection,
    Submission,
)
from assessments.selectors import required_total
from cdf_site.common.welsh import english_key, welsh_key
from organisations.models import HealthBoard

UNREAD = [
    f"edition__{name}"
    for name in (
        *("text_states", "introduction", "context", "principles_introduction"),
        *("enabling_factors_introduction", "footnotes", "editor_note"),
    )
]
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
class ClusterRow:
    """One cluster: how far it is, and its latest submission if there is one."""

    reflection: SelfReflection
    answers_needed: int
    submission_number: int | None = None
    submitted_at: object = None

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
class Progress:
    """How far clusters are in one cycle, grouped by health board."""

    cycle: Cycle
    boards: list[BoardRows]
    figures: Figures

    @cached_property
    def submitted(self):
        """The clusters that have submitted, in the order of the table."""
        return [
            row for board in self.boards for row in board.clusters if row.is_submitted
        ]


def begun_cycles():
    """Every cycle that was ever opened, the newest first, without long texts: one query."""
    return list(Cycle.objects.begun().select_related("edition").defer(*UNREAD))


def current_cycle(cycles):
    """Of ``cycles``, the newest first, the open one that closes first, or the newest, or None."""
    still_open = [cycle for cycle in cycles if cycle.closed_at is None]
    if still_open:
        return min(still_open, key=lambda cycle: cycle.closes_at)
    return cycles[0] if cycles else None


def has_closed(cycle):
    """Whether the time for answers is over."""
    return cycle.closed_at is not None or cycle.closes_at <= timezone.now()


def load_progress(user, cycle, board_code=None):
    """How far every cluster in ``cycle`` is that ``user`` may see, or those of one board.

    Three queries, however many clusters there are.
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
    answers_needed = required_total(cycle.edition)
    rows = [
        ClusterRow(
            reflection,
            answers_needed,
            submission_number=reflection.submission_number,
            submitted_at=reflection.submitted_at,
        )
        for reflection in reflections
    ]
    boards = [
        BoardRows(health_board, clusters, _figures(cycle, clusters))
        for health_board, clusters in _by_health_board(rows)
    ]
    return Progress(cycle=cycle, boards=boards, figures=_figures(cycle, rows))


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
