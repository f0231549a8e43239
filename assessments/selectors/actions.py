"""Actions as pages show them: who may own one, lists of them, and counts."""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import get_language

from assessments.models import OPEN_STATUSES, Action, SelfReflection
from cdf_site.common.welsh import english_key, welsh_key
from frameworks.errata import read_over
from frameworks.models import Outcome
from organisations.models import (
    CLUSTER_ROLES,
    Cluster,
    Membership,
    User,
)

A_PAGE = 30
MOST_ON_THE_START_PAGE = 5
SOON = 14  # days


# Who can own one ----------------------------------------------------------------------------


def may_own(cluster):
    """The people who can own an action of ``cluster``: who works in it, or in one that follows it."""
    return User.objects.filter(is_active=True, pk__in=members(cluster))


def members(cluster):
    """The numbers of those who work there today, or in a cluster that follows it; a subquery.

    ``cluster`` may be an ``OuterRef``.
    """
    follows = {
        "cluster__earlier_successions__predecessor": cluster,
        "cluster__earlier_successions__effective_on__lte": timezone.localdate(),
    }
    return (
        Membership.objects.current()
        .filter(
            Q(cluster=cluster) | Q(**follows),
            role__in=CLUSTER_ROLES,
            user__is_active=True,
        )
        .values("user")
    )


def owners_of(cluster):
    """Those people, by name, in the alphabet of the page's language: one query."""
    key = welsh_key if get_language() == "cy" else english_key
    return sorted(may_own(cluster), key=lambda person: (key(str(person)), person.pk))


def with_owner_here(actions):
    """Say of each action whether its owner works in its cluster today."""
    here = members(OuterRef("reflection__cluster")).filter(user=OuterRef("owner"))
    return actions.annotate(owner_is_here=Exists(here))


def read_over_their_framework(actions):
    """Put corrected wording on outcomes and criteria of ``actions``, edition by edition."""
    things, editions = defaultdict(list), {}
    for action in actions:
        shown = [action.outcome, action.criterion]
        if action.outcome:
            shown.append(action.outcome.module)
        edition = action.reflection.cycle.edition
        editions.setdefault(edition.pk, edition)
        things[edition.pk] += filter(None, shown)
    for pk, edition in editions.items():
        read_over(edition, things[pk])
    return actions


# Lists --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ActionPage:
    """A page of a list of actions, and what is in the whole of the list."""

    page: object
    overdue_count: int


@dataclass(frozen=True)
class Places:
    """Of whose actions a reader's list can hold any: clusters, their boards, and outcomes."""

    clusters: list[Cluster]
    outcomes: list[Outcome]

    @property
    def boards(self):
        """Each once, in the alphabet of the page's language."""
        boards = {
            cluster.health_board_id: cluster.health_board for cluster in self.clusters
        }
        name = f"sort_{_language()}"
        return sorted(
            boards.values(), key=lambda board: (getattr(board, name), board.pk)
        )


def _language():
    return "cy" if get_language() == "cy" else "en"


def places_of(user):
    """Where the actions that concern ``user`` are: two queries."""
    actions = Action.objects.concerning(user)
    clusters = Cluster.objects.filter(
        pk__in=actions.order_by().values("reflection__cluster")
    )
    outcomes = (
        Outcome.objects.filter(pk__in=actions.order_by().values("outcome"))
        .select_related("module__edition")
        .order_by("module__number", "number", "-module__edition__code")
    )
    newest = {}
    for outcome in outcomes:
        newest.setdefault((outcome.module.code, outcome.number), outcome)
    return Places(
        clusters=list(clusters.select_related("health_board").in_name_order()),
        outcomes=list(newest.values()),
    )


def action_page(user, conditions, number):
    """A page of the actions that concern ``user`` and meet ``conditions``: three queries.

    And one for each edition whose wording was corrected. What is overdue comes first, then what is
    due soonest, then what has no day, then what is closed, the latest first; at the same day in
    the alphabet of the page's language.
    """
    actions = Action.objects.concerning(user).filter(conditions)
    overdue = Q(status__in=OPEN_STATUSES, due_on__lt=timezone.localdate())
    rows = (
        with_owner_here(actions)
        .annotate(
            place=Case(
                When(overdue, then=Value(0)),
                When(status__in=OPEN_STATUSES, then=Value(1)),
                default=Value(2),
            ),
        )
        .select_related(
            "owner",
            "criterion",
            "outcome__module",
            "reflection__cluster",
            "reflection__cycle__edition",
        )
        .order_by(
            "place",
            F("closed_at").desc(nulls_first=True),
            F("due_on").asc(nulls_last=True),
            f"reflection__cluster__sort_{_language()}",
            "pk",
        )
    )
    page = Paginator(rows, A_PAGE).get_page(number)
    page.object_list = read_over_their_framework(list(page.object_list))
    return ActionPage(page, actions.filter(overdue).count())


def may_add_for(user):
    """The latest self-reflection of each cluster in which ``user`` works: one query."""
    clusters = user.cluster_ids(*CLUSTER_ROLES)
    if not clusters:
        return []
    reflections = (
        SelfReflection.objects.filter(
            cluster__in=clusters, cycle__opened_at__isnull=False
        )
        .select_related("cluster", "cycle")
        .order_by(f"cluster__sort_{_language()}", "cluster", "-cycle__opens_at")
    )
    latest = {}
    for reflection in reflections:
        latest.setdefault(reflection.cluster_id, reflection)
    return list(latest.values())


# One of them, and counts ----------------------------------------------------------------------


def with_all_it_shows(actions):
    """For the page of an action: whatever it shows of it comes along."""
    return with_owner_here(actions).select_related(
        "owner",
        "added_by",
        "criterion",
        "outcome__module",
        "reflection__cluster__health_board",
        "reflection__cycle__edition",
    )


@dataclass(frozen=True)
class ClusterCounts:
    """How many actions of one cluster are open, and what of them concerns whom."""

    cluster_id: int
    health_board_id: int
    open: int
    overdue: int
    mine: int
    mine_overdue: int
    to_the_board: int  # open, and escalated to the health board
    nationally: int


def counts_of(user):
    """Of each cluster with open actions that concern ``user``: one query."""
    overdue = Q(due_on__lt=timezone.localdate())
    rows = (
        Action.objects.concerning(user)
        .open()
        .order_by()
        .values("reflection__cluster", "reflection__cluster__health_board")
        .annotate(
            open=Count("pk"),
            overdue=Count("pk", filter=overdue),
            mine=Count("pk", filter=Q(owner=user)),
            mine_overdue=Count("pk", filter=Q(owner=user) & overdue),
            to_the_board=Count(
                "pk", filter=Q(escalated_to=Action.Escalation.HEALTH_BOARD)
            ),
            nationally=Count("pk", filter=Q(escalated_to=Action.Escalation.NATIONAL)),
        )
    )
    return [
        ClusterCounts(
            cluster_id=row.pop("reflection__cluster"),
            health_board_id=row.pop("reflection__cluster__health_board"),
            **row,
        )
        for row in rows
    ]


def due_soon(user):
    """A few of the actions that ``user`` owns: overdue, or due in the next days."""
    until = timezone.localdate() + datetime.timedelta(days=SOON)
    return list(
        Action.objects.concerning(user)
        .open()
        .filter(owner=user, due_on__lte=until)
        .select_related("reflection__cluster")
        .order_by("due_on", "pk")[:MOST_ON_THE_START_PAGE]
    )
