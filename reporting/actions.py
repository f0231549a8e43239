"""Actions of a scope, counted: how far they are, where, about which outcome, and before whom."""

from collections import Counter
from dataclasses import dataclass

from django.core.paginator import Page as PageOfRows
from django.core.paginator import Paginator
from django.db.models import Case, Count, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import get_language

from assessments.models import OPEN_STATUSES, Action, SelfReflection
from assessments.models.reading import may_read_submissions
from assessments.selectors.actions import read_over_their_framework, with_owner_here
from organisations.models import Cluster, HealthBoard
from reporting.scopes import AUTHORITY, BOARD, CLUSTER, Scope

A_PAGE = 20
_MODELS = {BOARD: HealthBoard, CLUSTER: Cluster}
PLANNED, UNDER_WAY, DONE, DROPPED = Action.Status.values
OVERDUE = "overdue"
# Each action is one of these: what is overdue is not counted as planned or under way as well.
KINDS = (PLANNED, UNDER_WAY, OVERDUE, DONE, DROPPED)

# Which of them a list holds, by its name in the address.
OPEN, ESCALATED, CHANGED, ALL = "open", "escalated", "changed", "all"
LISTS = (OPEN, OVERDUE, ESCALATED, CHANGED, ALL)


def in_hand(page):
    """The condition that an action was in hand in the cycle of ``page``.

    It was undertaken in it, or earlier and not closed before it opened.
    """
    earlier = page.cycles[page.cycles.index(page.cycle) + 1 :]
    not_closed_before = Q(closed_at=None) | Q(closed_at__gte=page.cycle.opened_at)
    return Q(reflection__cycle=page.cycle) | (
        Q(reflection__cycle__in=[cycle.pk for cycle in earlier]) & not_closed_before
    )


def actions_of(page):
    """The actions in hand that the reader may see."""
    return Action.objects.visible_to(page.user).filter(
        page.scope.of_clusters("reflection__cluster__"), in_hand(page)
    )


# Counts -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A part of the scope, with how many of its clusters the reader may read."""

    scope: Scope
    readable: int
    total: int


@dataclass(frozen=True)
class ActionCounts:
    """How many actions there are of each kind: in all, and by what they can be told apart.

    ``by_part`` is by the number of a part, ``by_outcome`` by that of an outcome of whichever
    edition, None where an action is of no one outcome; ``by_escalation`` by whom they were
    brought before, "" where they were not.
    """

    parts: dict[int, Part]
    by_part: dict[int, Counter]
    by_outcome: dict[int | None, Counter]
    by_escalation: dict[str, Counter]
    all: Counter

    @property
    def lists(self):
        """How long each list is."""
        escalated = sum(
            counts.total() for code, counts in self.by_escalation.items() if code
        )
        return {
            OPEN: sum(self.all[kind] for kind in (PLANNED, UNDER_WAY, OVERDUE)),
            OVERDUE: self.all[OVERDUE],
            ESCALATED: escalated,
            CHANGED: self.all[DONE],
            ALL: self.all.total(),
        }


def load_action_counts(page):
    """Counts of the actions in hand: two queries, however many clusters and actions."""
    kind = part_kind(page.scope)
    rows = (
        actions_of(page)
        .order_by()
        .values(
            "outcome",
            "escalated_to",
            "status",
            **_columns(kind, "reflection__cluster"),
        )
        .annotate(count=Count("pk"), overdue=Count("pk", filter=_overdue()))
    )
    places, by_part, by_outcome, by_escalation = {}, {}, {}, {}
    in_all = Counter()
    for row in rows:
        counts = Counter(
            {row["status"]: row["count"] - row["overdue"], OVERDUE: row["overdue"]}
        )
        places.setdefault(row["place"], row)
        for counted, key in (
            (by_part, row["place"]),
            (by_outcome, row["outcome"]),
            (by_escalation, row["escalated_to"]),
        ):
            counted.setdefault(key, Counter()).update(counts)
        in_all.update(counts)
    return ActionCounts(
        _parts(page, kind, places), by_part, by_outcome, by_escalation, in_all
    )


def part_kind(scope):
    """What a scope is counted by: Wales and regions by board, boards and authorities by cluster."""
    return CLUSTER if scope.kind in {BOARD, AUTHORITY, CLUSTER} else BOARD


def _overdue():
    return Q(status__in=OPEN_STATUSES, due_on__lt=timezone.localdate())


def _columns(kind, cluster):
    path = cluster if kind == CLUSTER else f"{cluster}__health_board"
    names = ("code", "name_cy", "name_en", "sort_cy", "sort_en")
    return {"place": F(f"{path}__pk")} | {
        f"place_{name}": F(f"{path}__{name}") for name in names
    }


def _parts(page, kind, with_actions):
    """The parts of which the reader may read a cluster, or sees an action; in order: one query."""
    rows = (
        SelfReflection.objects.filter(
            page.scope.of_clusters("cluster__"), cycle=page.cycle
        )
        .order_by()
        .values(**_columns(kind, "cluster"))
        .annotate(
            total=Count("pk"),
            readable=Count("pk", filter=may_read_submissions(page.user)),
        )
    )
    found = {pk: row | {"total": 0, "readable": 0} for pk, row in with_actions.items()}
    found |= {
        row["place"]: row for row in rows if row["readable"] or row["place"] in found
    }
    order = "place_sort_cy" if get_language() == "cy" else "place_sort_en"
    return {
        row["place"]: Part(
            Scope(
                kind,
                _MODELS[kind](
                    pk=row["place"],
                    code=row["place_code"],
                    name_cy=row["place_name_cy"],
                    name_en=row["place_name_en"],
                ),
            ),
            row["readable"],
            row["total"],
        )
        for row in sorted(found.values(), key=lambda row: (row[order], row["place"]))
    }


# Lists --------------------------------------------------------------------------------


@dataclass(frozen=True)
class ActionList:
    """Some of the actions in hand, a page of them or all; ``page`` is None where it is all."""

    name: str
    actions: list[Action]
    page: PageOfRows | None


def list_asked_for(page):
    """The name of the list that the address asks for."""
    name = page.query.get("list")
    return name if name in LISTS else OPEN


def load_action_list(page):
    """The list that the address asks for: one query, and one for each edition that was corrected."""
    name = list_asked_for(page)
    rows = _ordered(actions_of(page).filter(_condition(name)), name)
    if page.in_file:
        return ActionList(name, read_over_their_framework(list(rows)), None)
    paginator = Paginator(rows, A_PAGE)
    paginator.count = page.action_counts.lists[name]
    shown = paginator.get_page(page.query.get("page"))
    shown.object_list = read_over_their_framework(list(shown.object_list))
    return ActionList(name, shown.object_list, shown)


def _condition(name):
    return {
        OPEN: Q(status__in=OPEN_STATUSES),
        OVERDUE: _overdue(),
        ESCALATED: ~Q(escalated_to=""),
        CHANGED: Q(status=Action.Status.DONE),
        ALL: Q(),
    }[name]


def _ordered(actions, name):
    """What is open first, by its day; then what was closed, the latest first."""
    language = "cy" if get_language() == "cy" else "en"
    return (
        with_owner_here(actions)
        .annotate(
            is_closed=Case(
                When(status__in=OPEN_STATUSES, then=Value(0)), default=Value(1)
            )
        )
        .select_related(
            "owner",
            "criterion",
            "outcome__module",
            "reflection__cluster__health_board",
            "reflection__cycle__edition",
        )
        .order_by(
            "is_closed",
            F("closed_at").desc(nulls_first=True),
            F("due_on").asc(nulls_last=True),
            f"reflection__cluster__sort_{language}",
            "pk",
        )
    )
