"""What a merger, a split or a closing would do, to the day and the person; nothing here writes.

A plan is what the administrator is shown, and what is then carried out: its ``digest`` says whether
the two are still the same.
"""

import datetime
import hashlib
import json
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.functional import cached_property

from organisations.models import (
    CLUSTER_ROLES,
    Cluster,
    Invitation,
    LocalAuthority,
    Membership,
    PlanningGroup,
    Role,
    Succession,
    User,
)

FURTHEST = datetime.timedelta(days=2 * 365)  # ahead: further is a slip of the finger
ONE_DAY = datetime.timedelta(days=1)
CLOSED = "closed"


class Refused(Exception):
    """It cannot be done as it was asked for; nothing was changed."""


class TooFew(Refused):
    """One cluster is not merged with itself, nor split into one."""


class OtherBoard(Refused):
    """Clusters of two health boards are not merged: what each board reads would move."""


class WrongDay(Refused):
    """The day has passed, or is too far ahead to be meant."""


class NotOpenYet(Refused):
    """The day is not after the one on which a cluster opens."""

    def __init__(self, cluster):
        self.cluster = cluster
        super().__init__(f"{cluster.code} opens on {cluster.opened_on}")


class ClosedAlready(Refused):
    """A cluster is closed, or it is settled already on which day it closes."""

    def __init__(self, cluster):
        self.cluster = cluster
        super().__init__(f"{cluster.code} closes on {cluster.closed_on}")


class TakesOver(Refused):
    """It is settled that a cluster carries on for others from a day that has not come yet.

    Whoever joins those until then could otherwise go along no further than to this one, and
    whoever carries on for it would read what they wrote too early.
    """

    def __init__(self, cluster, on):
        self.cluster, self.on = cluster, on
        super().__init__(f"{cluster.code} carries on for others from {on}")


class TooEarly(Refused):
    """Something of the clusters is still under way on the day; ``earliest`` is the first free one."""

    def __init__(self, earliest):
        self.earliest = earliest
        super().__init__(f"not before {earliest}")


class NobodySaid(Refused):
    """It was not said of somebody where they go, or of a cluster that is not one of the new."""


@dataclass(frozen=True)
class NewCluster:
    """A cluster that is to be opened, in the health board of those that it follows."""

    name_cy: str
    name_en: str
    code: str
    local_authority: LocalAuthority
    planning_group: PlanningGroup | None = None

    def __str__(self):
        return self.cluster.name

    @cached_property
    def cluster(self):
        """A row that is not saved."""
        return Cluster(
            name_cy=self.name_cy,
            name_en=self.name_en,
            code=self.code,
            local_authority=self.local_authority,
            planning_group=self.planning_group,
        )


@dataclass(frozen=True)
class Departure:
    """What a person is to a cluster that closes."""

    membership: Membership
    last_day: datetime.date | None  # None: it has not begun yet, and will not begin
    is_cut_short: bool


@dataclass(frozen=True)
class Arrival:
    """What a person becomes; ``place`` counts the clusters that carry on, from 0."""

    place: int
    to: str  # its name
    role: str
    profession: str
    starts_on: datetime.date
    ends_on: datetime.date | None

    @property
    def role_words(self):
        return Role(self.role).label

    def covers(self, other):
        """Whether it gives as much as ``other``, for as long."""
        return (
            self.place == other.place
            and CLUSTER_ROLES.index(self.role) <= CLUSTER_ROLES.index(other.role)
            and self.starts_on <= other.starts_on
            and (
                self.ends_on is None
                or (other.ends_on is not None and other.ends_on <= self.ends_on)
            )
        )


@dataclass
class Person:
    """One person, with everything that becomes of them."""

    user: User
    departures: list[Departure] = field(default_factory=list)
    there_already: list[Membership] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """What would be done, from beginning to end.

    ``carrying_on`` holds what follows the clusters that close: new ones, or one that is there.
    """

    kind: str  # of Succession, or CLOSED
    on: datetime.date
    closing: list[Cluster]
    carrying_on: list[NewCluster | Cluster]
    people: list[Person]
    invitations: list[Invitation]

    @property
    def is_today(self):
        return self.on == timezone.localdate()

    @property
    def last_day(self):
        return self.on - ONE_DAY

    @property
    def opening(self):
        return [each for each in self.carrying_on if isinstance(each, NewCluster)]

    @property
    def into(self):
        """The cluster that is there already and takes the others in, or None."""
        return next((one for one in self.carrying_on if isinstance(one, Cluster)), None)

    @property
    def leads(self):
        """Of each cluster that carries on, its name and how many lead it on its first day."""
        counts = []
        for place, each in enumerate(self.carrying_on):
            coming = {
                person.user.pk
                for person in self.people
                for arrival in person.arrivals
                if (arrival.place, arrival.role) == (place, CLUSTER_ROLES[0])
                and person.user.is_active
                and arrival.starts_on <= self.on
            }
            if isinstance(each, Cluster):
                coming |= set(
                    each.memberships.filter(role=CLUSTER_ROLES[0], user__is_active=True)
                    .not_ended()
                    .values_list("user", flat=True)
                )
            counts.append((str(each), len(coming)))
        return counts

    @property
    def digest(self):
        """The same for the same plan, and for no other."""
        said = [
            self.kind,
            self.on,
            [(each.pk, each.name_cy, each.name_en) for each in self.closing],
            [
                (each.name_cy, each.name_en, each.code)
                + (
                    (
                        each.local_authority.pk,
                        each.planning_group and each.planning_group.pk,
                    )
                    if isinstance(each, NewCluster)
                    else (each.pk,)
                )
                for each in self.carrying_on
            ],
            [
                (
                    person.user.pk,
                    person.user.is_active,
                    [
                        (part.membership.pk, part.membership.role, part.last_day)
                        for part in person.departures
                    ],
                    [membership.pk for membership in person.there_already],
                    [
                        (part.place, part.role, part.starts_on, part.ends_on)
                        for part in person.arrivals
                    ],
                )
                for person in self.people
            ],
            [(each.pk, each.role, each.email) for each in self.invitations],
        ]
        return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()


# Making plans ---------------------------------------------------------------------------


def plan_closing(*, cluster, on, free_from):
    """Closing ``cluster`` on the day ``on``, without another that carries on for it."""
    return _plan(CLOSED, [cluster], [], on, free_from, lambda membership: [])


def plan_merger(*, clusters, into, on, free_from):
    """Making one of several clusters: ``into`` is one of them, or a NewCluster."""
    clusters = sorted(set(clusters), key=lambda cluster: cluster.pk)
    if len(clusters) < 2 or (isinstance(into, Cluster) and into not in clusters):
        raise TooFew
    if len({cluster.health_board_id for cluster in clusters}) > 1:
        raise OtherBoard
    if into in clusters:
        _is_open(into, on)
    closing = [cluster for cluster in clusters if cluster != into]
    return _plan(
        Succession.Kind.MERGED, closing, [into], on, free_from, lambda membership: [0]
    )


def plan_split(*, cluster, into, on, goes_to, free_from):
    """Making several NewClusters of one.

    ``goes_to`` says of each person of the cluster, by primary key, which of them they go to, by
    place from 0; of somebody who leaves, none. NobodySaid where somebody is missing from it.
    """
    if len(into) < 2:
        raise TooFew

    def places(membership):
        said = goes_to.get(membership.user_id)
        if said is None or not set(said) <= set(range(len(into))):
            raise NobodySaid
        return sorted(said)

    return _plan(Succession.Kind.SPLIT, [cluster], into, on, free_from, places)


def people_of(clusters):
    """Whoever is something to ``clusters`` now or will be, in the order of their addresses."""
    return (
        Membership.objects.not_ended()
        .filter(cluster__in=clusters)
        .select_related("user", "cluster")
        .order_by("user__email", "cluster", "pk")
    )


def _is_open(cluster, on):
    if cluster.closed_on:
        raise ClosedAlready(cluster)
    if cluster.opened_on and on <= cluster.opened_on:
        raise NotOpenYet(cluster)


def _plan(kind, closing, carrying_on, on, free_from, places):
    today = timezone.localdate()
    for cluster in closing:
        _is_open(cluster, on)
    ahead = Succession.objects.ahead().filter(successor__in=closing)
    if latest := ahead.order_by("effective_on").last():
        cluster = next(one for one in closing if one.pk == latest.successor_id)
        raise TakesOver(cluster, latest.effective_on)
    if not today <= on <= today + FURTHEST:
        raise WrongDay
    earliest = free_from(closing)
    if earliest and on < earliest:
        raise TooEarly(earliest)
    return Plan(
        kind=kind,
        on=on,
        closing=closing,
        carrying_on=carrying_on,
        people=_people(closing, carrying_on, on, places),
        invitations=list(
            Invitation.objects.waiting()
            .filter(cluster__in=closing)
            .select_related("cluster")
            .order_by("email", "pk")
        ),
    )


def _people(closing, carrying_on, on, places):
    people, wanted = {}, {}
    for membership in people_of(closing):
        user = membership.user
        person = people.setdefault(user.pk, Person(user))
        person.departures.append(_departure(membership, on))
        if membership.ends_on and membership.ends_on < on:
            continue
        wanted.setdefault(user.pk, []).extend(
            Arrival(
                place=place,
                to=str(carrying_on[place]),
                role=membership.role,
                profession=membership.profession,
                starts_on=max(on, membership.starts_on),
                ends_on=membership.ends_on,
            )
            for place in places(membership)
        )
    there = [each for each in carrying_on if isinstance(each, Cluster)]
    for membership in people_of(there).filter(user__in=people):
        people[membership.user_id].there_already.append(membership)
    for pk, person in people.items():
        person.arrivals = fold(
            wanted.get(pk, []),
            [_as_arrival(membership) for membership in person.there_already],
        )
    return list(people.values())


def _departure(membership, on):
    if membership.starts_on >= on:
        return Departure(membership, None, is_cut_short=True)
    is_cut_short = membership.ends_on is None or membership.ends_on >= on
    return Departure(
        membership,
        on - ONE_DAY if is_cut_short else membership.ends_on,
        is_cut_short=is_cut_short,
    )


def _as_arrival(membership):
    """A membership of the cluster that takes the others in."""
    return Arrival(
        0,
        "",
        membership.role,
        membership.profession,
        membership.starts_on,
        membership.ends_on,
    )


def fold(wanted, there=()):
    """Those of ``wanted`` that give something more than the others and what is ``there``.

    A deputy's right that ends stays beside a contributor's part that does not.
    """
    professions = {}
    for arrival in wanted:
        if arrival.profession:
            professions.setdefault(arrival.place, arrival.profession)
    kept = []
    for arrival in sorted(wanted, key=_most_first):
        if not any(other.covers(arrival) for other in [*there, *kept]):
            kept.append(arrival)
    return [
        arrival
        if arrival.profession
        else Arrival(
            **vars(arrival) | {"profession": professions.get(arrival.place, "")}
        )
        for arrival in kept
    ]


def _most_first(arrival):
    return (
        arrival.place,
        CLUSTER_ROLES.index(arrival.role),
        arrival.starts_on,
        -(arrival.ends_on or datetime.date.max).toordinal(),
    )
