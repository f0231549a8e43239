"""Questions about rounds: where each is, what is still missing, and what is a person's to do in them."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch
from django.utils.functional import cached_property
from django.utils.translation import get_language

from assessments.models import SelfReflection, Submission
from organisations.models import (
    CLUSTER_ROLES,
    LEAD_ROLES,
    AuditEvent,
    Membership,
)
from peerreview.models import (
    Annotation,
    Assignment,
    ClusterReview,
    Interest,
    ReviewGroup,
    ReviewPhase,
    ReviewRound,
)
from peerreview.selectors.groups import ClusterRow, GroupRow, load_groups, load_reviews
from peerreview.selectors.replies import wanting_reply

Kind = ReviewPhase.Kind


# Phases -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PhaseRow:
    """A phase with its first and last day, and where today is."""

    phase: ReviewPhase
    ends_on: object  # None for the last
    is_now: bool
    is_past: bool


def phase_rows(review_round):
    """The phases of a round in order; no query where they are prefetched."""
    phases = sorted(review_round.phases.all(), key=lambda phase: phase.starts_on)
    now = review_round.phase
    rows = []
    for phase, following in zip(phases, [*phases[1:], None], strict=True):
        rows.append(
            PhaseRow(
                phase=phase,
                ends_on=following.starts_on - timedelta(days=1) if following else None,
                is_now=now == phase,
                is_past=bool(now and phase.starts_on < now.starts_on),
            )
        )
    return rows


def first_day(review_round, kind):
    return next(
        phase.starts_on for phase in review_round.phases.all() if phase.kind == kind
    )


# One round --------------------------------------------------------------------------------


@dataclass(frozen=True)
class RoundPage:
    """What the page of a round shows to one person."""

    phases: list[PhaseRow]
    groups: list[GroupRow]
    without_group: list[ClusterRow]  # for whoever arranges; that take part
    withdrawn: list[ClusterRow]  # of no group

    @property
    def cluster_count(self):
        return sum(len(group.clusters) for group in self.groups) + len(
            self.without_group
        )

    @property
    def has_clusters_in_groups(self):
        return any(group.clusters for group in self.groups)

    @property
    def wants_people_or_meetings(self):
        """Whether a group of clusters has no facilitator, or no date."""
        return any(
            group.clusters and not (group.facilitator and group.group.meets_at)
            for group in self.groups
        )

    @property
    def shows_progress(self):
        return any(row.progress for group in self.groups for row in group.clusters)


def round_page(review_round, *, user, organises):
    """The groups of a round that ``user`` may know of: at most ten queries."""
    groups = load_groups(
        review_round,
        ReviewGroup.objects.visible_to(user).filter(round=review_round),
        user=user,
        organises=organises,
    )
    loose = load_reviews(review_round, group=None) if organises else []
    rows = [
        ClusterRow(
            review=review,
            progress=None,
            has_submission=review.has_submission,
            is_own=False,
            is_read=False,
            is_open=False,
        )
        for review in loose
    ]
    return RoundPage(
        phases=phase_rows(review_round),
        groups=groups,
        without_group=[row for row in rows if row.review.takes_part],
        withdrawn=[row for row in rows if not row.review.takes_part],
    )


def last_change(thing):
    """Who changed a round or a group last, and when: its latest audit event, or None."""
    return (
        AuditEvent.objects.filter(
            subject_type=thing._meta.label_lower, subject_id=str(thing.pk)
        )
        .select_related("by")
        .first()
    )


# Which clusters take part -----------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A self-reflection that can take part in a round."""

    reflection: SelfReflection
    has_submission: bool
    review: ClusterReview | None


def choices_of(review_round, reflections):
    """Of ``reflections``, each with its review in the round, where it has one: two queries."""
    sort = "sort_cy" if get_language() == "cy" else "sort_en"
    reviews = {
        review.reflection_id: review
        for review in review_round.reviews.select_related("group")
    }
    rows = (
        reflections.select_related("cluster__health_board")
        .annotate(
            is_submitted=Exists(Submission.objects.filter(reflection=OuterRef("pk")))
        )
        .order_by(
            f"cluster__health_board__{sort}",
            "cluster__health_board",
            f"cluster__{sort}",
            "pk",
        )
    )
    return [Choice(row, row.is_submitted, reviews.get(row.pk)) for row in rows]


# Announcing -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Announcement:
    """Whom announcing a round concerns, and what is still missing."""

    page: RoundPage
    people: list  # (person, [(group, role)])
    leads: int
    seen: str

    @property
    def without_facilitator(self):
        return [
            group
            for group in self.page.groups
            if group.clusters and group.facilitator is None
        ]

    @property
    def small(self):
        return [
            group
            for group in self.page.groups
            if not group.group.round.is_whole_cycle and 0 < len(group.clusters) < 3
        ]

    @property
    def unread(self):
        return [row for group in self.page.groups for row in group.unread]

    @property
    def not_submitted(self):
        return [
            row
            for group in self.page.groups
            for row in group.clusters
            if not row.has_submission
        ]

    @property
    def is_complete(self):
        return not (
            self.without_facilitator
            or self.small
            or self.unread
            or self.not_submitted
            or self.page.without_group
        )

    @property
    def has_clusters(self):
        return any(group.clusters for group in self.page.groups)


def announcement(review_round, *, user):
    """What whoever arranges ``review_round`` is shown before they announce it."""
    page = round_page(review_round, user=user, organises=True)
    people = {}
    for group in page.groups:
        for person in (*group.reviewers, *filter(None, [group.facilitator])):
            told = people.setdefault(person.user.pk, (person.user, []))
            told[1].append((group.group, person.assignment.get_role_display()))
    clusters = [row.cluster for group in page.groups for row in group.clusters]
    leads = (
        Membership.objects.current()
        .filter(role__in=LEAD_ROLES, cluster__in=clusters, user__is_active=True)
        .exclude(user=user)
    )
    return Announcement(
        page=page,
        people=sorted(people.values(), key=lambda told: str(told[0]).casefold()),
        leads=len(set(leads.values_list("cluster", "user"))),
        seen=announcement_fingerprint(review_round),
    )


def announcement_fingerprint(review_round):
    """A short text that changes with what announcing shows: the round, its groups and their people."""
    running = Assignment.objects.running().filter(group__round=review_round)
    seen = [
        review_round.version,
        sorted(running.values_list("group", "user", "role")),
        sorted(
            (pk, group or 0)
            for pk, group in review_round.reviews.taking_part().values_list(
                "pk", "group"
            )
        ),
        sorted(review_round.groups.values_list("pk", "version")),
    ]
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]


# What is mine to do -----------------------------------------------------------------------


@dataclass(frozen=True)
class ReviewerTask:
    """A group in which somebody reviews or facilitates, in a round that is not closed."""

    assignment: Assignment
    reads: list[ClusterReview]

    @property
    def group(self):
        return self.assignment.group

    @property
    def round(self):
        return self.group.round

    @property
    def facilitates(self):
        return self.assignment.role == Assignment.Role.FACILITATOR

    @property
    def reads_from(self):
        return first_day(self.round, Kind.READING)

    @property
    def until(self):
        """The last day before groups meet."""
        return first_day(self.round, Kind.DISCUSSING) - timedelta(days=1)

    @property
    def is_open(self):
        return self.round.is_running


@dataclass(frozen=True)
class ClusterTask:
    """The review of a cluster that somebody works in, in a round that was announced."""

    review: ClusterReview
    shared_count: int  # annotations that the cluster sees
    unanswered_count: int  # what wants a reply of the cluster and has none
    may_reply: bool

    @property
    def round(self):
        return self.review.round

    @property
    def wants_reply(self):
        return self.may_reply and self.unanswered_count > 0


@dataclass(frozen=True)
class OrganisedRound:
    """A round that somebody arranges, in numbers."""

    round: ReviewRound
    group_count: int
    cluster_count: int
    without_group_count: int
    submitted_count: int
    agreed_count: int


@dataclass
class Mine:
    """What is somebody's in peer review."""

    reviewing: list[ReviewerTask] = field(default_factory=list)
    clusters: list[ClusterTask] = field(default_factory=list)
    organised: list[OrganisedRound] = field(default_factory=list)
    known: list[ReviewRound] = field(default_factory=list)  # in which one has a cluster

    @cached_property
    def running_reviews(self):
        return [task for task in self.reviewing if not task.round.is_closed]

    @cached_property
    def past_reviews(self):
        return [task for task in self.reviewing if task.round.is_closed]

    @property
    def is_empty(self):
        return not (self.reviewing or self.clusters or self.organised or self.known)


def tasks_of(user, *, closed=True):
    """What ``user`` reviews, and how their own clusters are reviewed: two queries where nothing is.

    Without the rounds that are ``closed``, where that is False. Not what they arrange.
    """
    mine = Mine(
        reviewing=_reviewing(user),
        clusters=_of_own_clusters(user),
    )
    if not closed:
        mine.reviewing = mine.running_reviews
        mine.clusters = [task for task in mine.clusters if not task.round.is_closed]
    return mine


def reviews_of(user):
    """All that is somebody's in peer review, with the rounds that they arrange."""
    mine = tasks_of(user)
    mine.organised = _organised(user)
    organised = {row.round.pk for row in mine.organised}
    mine.known = [
        one
        for one in ReviewRound.objects.visible_to(user).prefetch_related("phases")
        if one.pk not in organised
    ]
    return mine


def _reviewing(user):
    assignments = list(
        Assignment.objects.running()
        .filter(user=user, group__round__announced_at__isnull=False)
        .select_related("group__round")
        .prefetch_related("group__round__phases")
        .order_by("group__meets_at", "pk")
    )
    if not assignments:
        return []
    own = user.cluster_ids(*CLUSTER_ROLES)
    declared = set(Interest.objects.filter(user=user).values_list("review", flat=True))
    by_group = {}
    for review in (
        ClusterReview.objects.taking_part()
        .filter(group__in=[assignment.group_id for assignment in assignments])
        .exclude(reflection__cluster__in=own)
        .exclude(pk__in=declared)
        .annotate(
            has_submission=Exists(
                Submission.objects.filter(reflection=OuterRef("reflection"))
            )
        )
        .select_related("reflection__cluster")
        .order_by(
            f"reflection__cluster__{'sort_cy' if get_language() == 'cy' else 'sort_en'}",
            "pk",
        )
    ):
        by_group.setdefault(review.group_id, []).append(review)
    return [
        ReviewerTask(assignment, by_group.get(assignment.group_id, []))
        for assignment in assignments
    ]


def _of_own_clusters(user):
    own = user.cluster_ids(*CLUSTER_ROLES)
    if not own:
        return []
    reviews = list(
        ClusterReview.objects.taking_part()
        .filter(reflection__cluster__in=own, round__announced_at__isnull=False)
        .select_related("round", "group", "reflection__cluster")
        .prefetch_related("round__phases")
        .order_by("-round__created_at", "pk")
    )
    shown = [
        review
        for review in reviews
        if review.round.phase and review.round.phase.cluster_sees
    ]
    shared, wanting = {}, {}
    if shown:
        shared = _shared_with_cluster(shown)
        wanting = wanting_reply(shown, reader=user)
    return [
        ClusterTask(
            review=review,
            shared_count=shared.get(review.pk, 0),
            unanswered_count=len(wanting.get(review.pk, ())),
            may_reply=bool(
                review in shown
                and review.round.phase.cluster_replies
                and not review.round.is_closed
            ),
        )
        for review in reviews
    ]


def _shared_with_cluster(reviews):
    """How many annotations each of ``reviews`` has that its cluster sees."""
    return dict(
        Annotation.objects.roots()
        .standing()
        .filter(review__in=reviews, shared_at__isnull=False)
        .order_by()
        .values_list("review")
        .annotate(Count("pk"))
    )


def _organised(user):
    submitted = Submission.objects.filter(reflection=OuterRef("reflection"))
    reviews = ClusterReview.objects.taking_part().annotate(
        has_submission=Exists(submitted)
    )
    rounds = (
        ReviewRound.objects.organised_by(user)
        .select_related("cycle", "health_board")
        .prefetch_related(
            "phases", "groups", Prefetch("reviews", reviews, to_attr="part_taking")
        )
    )
    return [
        OrganisedRound(
            round=one,
            group_count=len(one.groups.all()),
            cluster_count=len(one.part_taking),
            without_group_count=sum(
                review.group_id is None for review in one.part_taking
            ),
            submitted_count=sum(review.has_submission for review in one.part_taking),
            agreed_count=sum(
                review.agreed_at is not None for review in one.part_taking
            ),
        )
        for one in rounds
    ]
