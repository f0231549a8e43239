"""Questions about cycles: how far they are, and whom opening, extending or closing one concerns."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import cached_property
from itertools import groupby

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.models import Cycle, CycleExtension, SelfReflection, Submission
from frameworks.errata import read_over_editions
from notifications.models import Message
from organisations.models import (
    CLUSTER_ROLES,
    LEAD_ROLES,
    AuditEvent,
    Cluster,
    HealthBoard,
    Membership,
)

State = SelfReflection.State
SHOWN_STATES = (*State, "not_submitted")
# Before and after the day of opening: who then opens or closes is worth a look.
AROUND = timedelta(days=90)
MOST_EVENTS = 100  # of a cycle's history
FIELDS = {
    "name_cy": _("Name in Welsh"),
    "name_en": _("Name in English"),
    "edition": _("Edition of the framework"),
    "opens_at": _("Opening hour"),
    "closes_at": _("Closing hour"),
}


def fingerprint(cycle, clusters=()):
    """A short text that changes with what a page shows of ``cycle``, and with its ``clusters``.

    Sent back with the form, it says what the person had seen when they pressed the button.
    """
    hours = (cycle.opens_at, cycle.closes_at, cycle.opened_at, cycle.closed_at)
    seen = [
        *(cycle.code, cycle.name_cy, cycle.name_en, cycle.edition_id),
        *(hour and hour.astimezone(UTC).isoformat() for hour in hours),
        *sorted(cluster.pk for cluster in clusters),
    ]
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]


# All of them --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """A cycle, and how many of its self-reflections are in which state."""

    cycle: Cycle
    counts: list[tuple[str, int]]

    @property
    def total(self):
        return sum(count for _state, count in self.counts)


def all_cycles():
    """Every cycle, the newest first, with its counts: two queries."""
    cycles = list(Cycle.objects.select_related("edition").order_by("-opens_at", "-pk"))
    read_over_editions(cycle.edition for cycle in cycles)
    counted = _counts(cycles)
    return [Counted(cycle, counted[cycle.pk]) for cycle in cycles]


def _counts(cycles):
    """The counts of each cycle; what was closed without being sent counts by itself."""
    sent = Submission.objects.filter(reflection=OuterRef("pk"))
    rows = (
        SelfReflection.objects.filter(cycle__in=cycles)
        .annotate(is_sent=Exists(sent))
        .order_by()
        .values_list("cycle", "state", "is_sent")
        .annotate(count=Count("pk"))
    )
    found = {cycle.pk: dict.fromkeys(SHOWN_STATES, 0) for cycle in cycles}
    for cycle, state, is_sent, count in rows:
        shown = "not_submitted" if state == State.CLOSED and not is_sent else state
        found[cycle][shown] += count
    return {
        pk: [(str(state), count) for state, count in counts.items() if count]
        for pk, counts in found.items()
    }


# One ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """One thing that was done with a cycle."""

    event: AuditEvent
    extension: CycleExtension | None

    @property
    def what(self):
        """ "added", "changed", "opened", "clusters_added", "extended" or "closed"."""
        return self.event.details.get("change", self.event.kind)

    @property
    def fields(self):
        """What was changed, in the reader's words."""
        names = self.event.details.get("after", {})
        return [FIELDS[name] for name in names if name in FIELDS]

    @property
    def count(self):
        return self.event.details.get("count", 0)


@dataclass(frozen=True)
class Sent:
    """The e-mails about a cycle: how many there are, and how many have left."""

    total: int
    left: int

    @property
    def waiting(self):
        return self.total - self.left


@dataclass(frozen=True)
class CyclePage:
    """What the page of one cycle shows."""

    counted: Counted
    events: list[Event]
    sent: Sent


def cycle_page(cycle):
    """How far ``cycle`` is, what was done with it, and what was sent: four queries."""
    return CyclePage(
        counted=Counted(cycle, _counts([cycle])[cycle.pk]),
        events=_events(cycle),
        sent=sent_about(cycle),
    )


def _events(cycle):
    extensions = {
        extension.closes_at.isoformat(): extension
        for extension in cycle.extensions.all()
    }
    events = events_of(cycle).select_related("by")[:MOST_EVENTS]
    return [
        Event(event, extensions.get(event.details.get("closes_at"))) for event in events
    ]


def events_of(cycle):
    """What the audit has of ``cycle``, the latest first."""
    return AuditEvent.objects.filter(
        subject_type=cycle._meta.label_lower, subject_id=str(cycle.pk)
    )


def sent_about(cycle):
    """The e-mails about ``cycle`` as a whole."""
    found = Message.objects.filter(
        about_type=cycle._meta.label_lower, about_id=str(cycle.pk)
    ).aggregate(total=Count("pk"), left=Count("pk", filter=Q(sent_at__isnull=False)))
    return Sent(**found)


# Before opening -----------------------------------------------------------------------------


@dataclass(frozen=True)
class OfBoard:
    """Clusters of one health board."""

    board: HealthBoard
    clusters: list[Cluster]


@dataclass(frozen=True)
class OpeningPreview:
    """Whom opening a cycle concerns; where it is open already, the clusters added since."""

    cycle: Cycle
    clusters: list[Cluster]
    present: int  # those that have a self-reflection already
    around: list[Cluster]  # that open or close around the day, and get none
    closing: list[Cluster]  # that get one, and close before the cycle does
    without_lead: list[Cluster]
    people: int
    letters: int

    @cached_property
    def boards(self):
        return by_board(self.clusters)

    @cached_property
    def boards_without_lead(self):
        return by_board(self.without_lead)

    @property
    def seen(self):
        return fingerprint(self.cycle, self.clusters)


def opening_clusters(cycle):
    """The clusters that get a self-reflection when ``cycle`` is opened now.

    Those that exist on the day on which it opens; where that has passed, those of today, so that
    no cluster is asked that has been closed or merged since.
    """
    return Cluster.objects.open_on(_first_day(cycle)).exclude(reflections__cycle=cycle)


def _first_day(cycle):
    return max(timezone.localdate(cycle.opens_at), timezone.localdate())


def opening_preview(cycle, *, by):
    """Whom opening ``cycle`` now concerns: at most five queries."""
    clusters = _in_order(opening_clusters(cycle))
    opens_on = _first_day(cycle)
    closes_on = timezone.localdate(cycle.closes_at)
    near = Q(opened_on__gt=opens_on, opened_on__lte=opens_on + AROUND) | Q(
        closed_on__lte=opens_on, closed_on__gt=opens_on - AROUND
    )
    memberships = list(
        Membership.objects.current()
        .filter(cluster__in=clusters, role__in=CLUSTER_ROLES, user__is_active=True)
        .values_list("cluster", "user", "role")
    )
    leading = {
        (cluster, user) for cluster, user, role in memberships if role in LEAD_ROLES
    }
    led = {cluster for cluster, _user in leading}
    return OpeningPreview(
        cycle=cycle,
        clusters=clusters,
        present=cycle.reflections.count(),
        around=_in_order(
            Cluster.objects.filter(near).exclude(reflections__cycle=cycle)
        ),
        closing=[
            cluster
            for cluster in clusters
            if cluster.closed_on and cluster.closed_on <= closes_on
        ],
        without_lead=[cluster for cluster in clusters if cluster.pk not in led],
        people=len({user for _cluster, user, _role in memberships}),
        letters=len({pair for pair in leading if pair[1] != by.pk}),
    )


def _in_order(clusters):
    """Board by board in the alphabet of the reader, and so within each."""
    sort = "sort_cy" if get_language() == "cy" else "sort_en"
    return list(
        clusters.select_related("health_board").order_by(
            f"health_board__{sort}", "health_board", sort, "pk"
        )
    )


def by_board(clusters):
    """``clusters`` that stand board by board, as a group for each board."""
    groups = groupby(clusters, key=lambda cluster: cluster.health_board)
    return [OfBoard(board, list(of_board)) for board, of_board in groups]


# Before extending and closing ---------------------------------------------------------------


@dataclass(frozen=True)
class Some:
    """Some self-reflections: how many, and those of them that the reader may know of."""

    count: int
    rows: list[SelfReflection]


@dataclass(frozen=True)
class ExtensionPreview:
    """Whom a later closing hour concerns."""

    cycle: Cycle
    closes_at: object
    gaining: Some  # unsent, and with more time than before
    withdrawing: Some  # submitted, and could be withdrawn again
    later: Some  # with an extension that ends later still
    overtaken: Some  # with an extension that ends earlier

    @property
    def seen(self):
        return fingerprint(self.cycle)


def extension_preview(cycle, closes_at, *, by):
    """Whom moving the closing hour of ``cycle`` to ``closes_at`` concerns: two queries."""
    rows = _rows(cycle)
    gaining = [row for row in rows if gains_time(row, closes_at)]
    has_extension = [row for row in rows if row.is_unsent and row.extended_to]
    some = _some(cycle, by)
    return ExtensionPreview(
        cycle=cycle,
        closes_at=closes_at,
        gaining=some(gaining),
        withdrawing=some([row for row in rows if row.state == State.SUBMITTED]),
        later=some([row for row in has_extension if row.extended_to > closes_at]),
        overtaken=some([row for row in has_extension if row.extended_to <= closes_at]),
    )


def gains_time(reflection, closes_at):
    """Whether a cluster has more time than before when its cycle closes at ``closes_at``."""
    return reflection.is_unsent and reflection.closes_at < closes_at


@dataclass(frozen=True)
class ClosingPreview:
    """What ends when a cycle is closed now."""

    cycle: Cycle
    is_early: bool  # the closing hour that was announced is still ahead
    never_submitted: Some
    changing_again: Some  # unsent, and submitted before: what was submitted stays
    running_extensions: Some

    @property
    def seen(self):
        return fingerprint(self.cycle)


def closing_preview(cycle, *, by):
    """What ends when ``cycle`` is closed now: two queries."""
    now = timezone.now()
    unsent = [row for row in _rows(cycle) if row.is_unsent]
    some = _some(cycle, by)
    return ClosingPreview(
        cycle=cycle,
        is_early=cycle.closes_at > now,
        never_submitted=some([row for row in unsent if not row.has_submission]),
        changing_again=some([row for row in unsent if row.has_submission]),
        running_extensions=some(
            [row for row in unsent if row.extended_to and row.extended_to > now]
        ),
    )


def _rows(cycle):
    sort = "sort_cy" if get_language() == "cy" else "sort_en"
    return list(
        cycle.reflections.with_shown_state()
        .select_related("cycle", "cluster__health_board")
        .order_by(
            f"cluster__health_board__{sort}",
            "cluster__health_board",
            f"cluster__{sort}",
            "pk",
        )
    )


def _some(cycle, reader):
    """Counts are everybody's who may close a cycle; which clusters they are, not."""
    visible = set(
        SelfReflection.objects.visible_to(reader)
        .filter(cycle=cycle)
        .values_list("pk", flat=True)
    )

    def some(rows):
        return Some(len(rows), [row for row in rows if row.pk in visible])

    return some
