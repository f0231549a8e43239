"""Whom the day's reminders concern: deadlines that come near, actions that are due or late."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from assessments.models import UNSENT, Action, SelfReflection
from assessments.selectors.actions import read_over_their_framework, with_owner_here
from organisations.models import LEAD_ROLES, Membership, Succession, User

REMINDED = (14, 7, 2, 0)  # days before the day of the deadline
REMINDED_LAST = 2  # from so many days on it is a last reminder
MADE_UP_FOR = 2  # days by which a reminder may be late, where nothing ran on its own
DUE_SOON = timedelta(days=7)
JUST_OVERDUE = timedelta(days=7)  # what has been late for longer is told to nobody anew


@dataclass(frozen=True)
class Deadline:
    """A self-reflection that is not submitted, whose deadline comes near, and who leads it."""

    reflection: SelfReflection
    leads: list[User]
    reminded: int  # which of REMINDED it is

    @property
    def is_last(self):
        return self.reminded <= REMINDED_LAST

    @property
    def occasion(self):
        """The day of the deadline and which reminder it is: another deadline, other reminders."""
        closes_on = timezone.localdate(self.reflection.closes_at)
        return f"{closes_on}:{self.reminded}"


def deadlines_near():
    """Those of which somebody is reminded today, by their cluster's own deadline: two queries."""
    now = timezone.now()
    near = []
    for reflection in (
        SelfReflection.objects.filter(
            Q(cycle__closes_at__gt=now) | Q(extended_to__gt=now),
            state__in=UNSENT,
            cycle__opened_at__isnull=False,
            cycle__opens_at__lte=now,
            cycle__closed_at=None,
        )
        .select_related("cycle", "cluster")
        .order_by("cluster__sort_en", "pk")
    ):
        reminded = _reminded(reflection.days_left)
        if reminded is not None:
            near.append((reflection, reminded))
    leads = leads_of({reflection.cluster_id for reflection, _reminded in near})
    return [
        Deadline(reflection, leads.get(reflection.cluster_id, []), reminded)
        for reflection, reminded in near
    ]


def _reminded(days_left):
    """Which of REMINDED is said so many days before, or None."""
    ahead = [days for days in REMINDED if 0 <= days - days_left <= MADE_UP_FOR]
    return min(ahead, default=None)


@dataclass(frozen=True)
class Pressing:
    """An open action that is due soon or has just become late, and who is told."""

    action: Action
    owner: User | None  # where they still work there
    leads: list[User]  # but for the owner


def actions_due_soon():
    """Those that are due in the next days: see ``_pressing``."""
    today = timezone.localdate()
    return _pressing(due_on__range=(today, today + DUE_SOON))


def actions_just_overdue():
    """Those whose day has just passed: see ``_pressing``."""
    today = timezone.localdate()
    return _pressing(due_on__range=(today - JUST_OVERDUE, today - timedelta(days=1)))


def _pressing(**due):
    """Three queries, and one for each edition whose wording was corrected.

    Of a cluster that another follows, the leads of that other are told.
    """
    actions = list(
        with_owner_here(Action.objects.open().filter(**due))
        .select_related(
            "owner",
            "outcome__module",
            "reflection__cluster",
            "reflection__cycle__edition",
        )
        # What read_over_their_framework looks at.
        .select_related("criterion")
        .order_by("due_on", "pk")
    )
    read_over_their_framework(actions)
    leads = leads_in_charge({action.reflection.cluster_id for action in actions})
    pressing = []
    for action in actions:
        owner = action.owner if action.owner_is_here else None
        told = leads.get(action.reflection.cluster_id, [])
        pressing.append(
            Pressing(action, owner, [person for person in told if person != owner])
        )
    return pressing


def leads_in_charge(clusters):
    """As ``leads_of``, and of a cluster that another follows the leads of that other: two queries."""
    in_charge = {cluster: [cluster] for cluster in clusters}
    for predecessor, successor in (
        Succession.objects.in_effect()
        .filter(predecessor__in=clusters)
        .values_list("predecessor", "successor")
    ):
        in_charge[predecessor].append(successor)
    leads = leads_of({pk for pks in in_charge.values() for pk in pks})
    return {
        # Whoever leads both is there once.
        cluster: list(
            {person.pk: person for pk in pks for person in leads.get(pk, [])}.values()
        )
        for cluster, pks in in_charge.items()
    }


def leads_of(clusters):
    """Whoever holds the lead's right today and can sign in, by their cluster's number: one query."""
    leads = {}
    for membership in (
        Membership.objects.current()
        .filter(role__in=LEAD_ROLES, cluster__in=clusters, user__is_active=True)
        .select_related("user")
        .order_by("user")
    ):
        of_cluster = leads.setdefault(membership.cluster_id, {})
        of_cluster[membership.user_id] = membership.user
    return {cluster: list(people.values()) for cluster, people in leads.items()}
