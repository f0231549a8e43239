"""Questions about the groups of a round: who is in them, how far they are, and what is wrong."""

from dataclasses import dataclass, field

from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.models import Submission
from organisations.models import (
    CLUSTER_ROLES,
    LEAD_ROLES,
    Membership,
    Role,
    User,
)
from peerreview.models import (
    LEAST,
    MOST,
    Annotation,
    Assignment,
    ClusterReview,
    Finding,
    Interest,
    ReviewGroup,
)

Roles = Assignment.Role


@dataclass(frozen=True)
class Progress:
    """How far the review of a cluster is; what was written stays unsaid."""

    state: str
    shared_count: int  # annotations
    finding_count: int  # outcomes of which the group has concluded something
    is_agreed: bool


@dataclass(frozen=True)
class ClusterRow:
    """A cluster in a round, and what of it the reader may know."""

    review: ClusterReview
    progress: Progress | None
    has_submission: bool
    is_own: bool  # the reader works in it
    is_read: bool  # the reader reads it as a reviewer or facilitator, once they may
    is_open: bool  # they may now: pages lead there
    interests: list[Interest] = field(default_factory=list)  # for whoever arranges
    is_overseen: bool = (
        False  # the reader arranges the round, or is of the cluster's board
    )

    @property
    def cluster(self):
        return self.review.cluster


@dataclass
class PersonRow:
    """Somebody with an assignment in a group."""

    assignment: Assignment
    own: list  # clusters of the group that are their own, and which they do not review
    interests: list  # clusters of the group that they said they should not review
    has_left: bool = False  # worked in a cluster of the group, and in none of them now

    @property
    def user(self):
        return self.assignment.user


@dataclass
class GroupRow:
    """A group with its clusters and its people."""

    group: ReviewGroup
    clusters: list[ClusterRow] = field(default_factory=list)  # that take part
    withdrawn: list[ClusterRow] = field(default_factory=list)
    reviewers: list[PersonRow] = field(default_factory=list)
    facilitator: PersonRow | None = None
    ended: list[Assignment] = field(default_factory=list)  # for whoever arranges
    shared_people: list = field(default_factory=list)  # (person, their clusters)

    @property
    def warnings(self):
        """What whoever arranges should look at, in words; names stand after a colon."""
        found = []
        if not self.clusters:
            found.append(_("No cluster is in this group yet."))
        elif not self.group.round.is_whole_cycle:
            if len(self.clusters) == 1:
                found.append(
                    _(
                        "This is a group of one: nobody in it has another cluster to review."
                    )
                )
            elif len(self.clusters) < LEAST:
                found.append(_("The group has fewer than three clusters."))
            elif len(self.clusters) > MOST:
                found.append(_("The group has more than five clusters."))
        if self.clusters and self.facilitator is None:
            found.append(_("The group has no facilitator."))
        if self.clusters and not self.group.meets_at:
            found.append(_("No date is set for the meeting."))
        found += [
            "{}: {}".format(_("No longer in a cluster of the group"), person.user)
            for person in self.reviewers
            if person.has_left
        ]
        found += [
            "{}: {}".format(_("Nobody reviews this cluster"), row.cluster.name)
            for row in self.unread
        ]
        found += [
            "{}: {}".format(
                _("This cluster has submitted nothing yet"), row.cluster.name
            )
            for row in self.clusters
            if not row.has_submission
        ]
        found += [
            "{}: {} ({})".format(
                _("Two clusters of the group share a person"),
                person,
                ", ".join(cluster.name for cluster in clusters),
            )
            for person, clusters in self.shared_people
        ]
        return found

    @property
    def unread(self):
        """Clusters that no reviewer of the group reads; where there is only one, that is said."""
        if len(self.clusters) == 1 and not self.group.round.is_whole_cycle:
            return []
        return [
            row
            for row in self.clusters
            if not any(
                row.cluster not in person.own and row.cluster not in person.interests
                for person in self.reviewers
            )
        ]

    @property
    def meeting_is_outside_its_phases(self):
        """Whether its date is in no phase in which groups meet."""
        if self.group.meets_at is None:
            return False
        day = timezone.localdate(self.group.meets_at)
        begun = [
            phase for phase in self.group.round.phases.all() if phase.starts_on <= day
        ]
        phase = max(begun, key=lambda phase: phase.starts_on, default=None)
        return phase is None or not phase.is_for_meeting

    def of(self, user):
        """The reader's own part in the group, or None."""
        people = [*self.reviewers, *filter(None, [self.facilitator])]
        return next((person for person in people if person.user == user), None)


def load_groups(review_round, groups, *, user, organises):
    """``groups`` with all that pages show of them, whatever their number: seven queries.

    ``organises``: the reader arranges the round, and sees who declined, and interests of others.
    """
    found = {group.pk: GroupRow(group) for group in groups.order_by("number")}
    for row in found.values():
        row.group.round = review_round
    reviews = load_reviews(review_round, reader=user, group__in=found)
    assignments = list(
        Assignment.objects.visible_to(user)
        .filter(group__in=found)
        .select_related("user", "ended_by")
        .order_by("user__name", "user__email", "pk")
    )
    interests = {}
    for interest in (
        Interest.objects.visible_to(user)
        .filter(review__in=[review.pk for review in reviews])
        .select_related("user")
    ):
        interests.setdefault(interest.review_id, []).append(interest)
    working = _working(reviews)
    mine = {
        assignment.group_id: assignment.role
        for assignment in assignments
        if assignment.user_id == user.pk and assignment.ended_at is None
    }
    for review in reviews:
        row = _cluster_row(
            review,
            user=user,
            role=mine.get(review.group_id),
            interests=interests.get(review.pk, []),
            organises=organises,
        )
        group = found[review.group_id]
        (group.clusters if review.takes_part else group.withdrawn).append(row)
    for assignment in assignments:
        _place(found[assignment.group_id], assignment, working, interests, organises)
    if organises:
        _mark_who_left(found.values())
    for group in found.values():
        group.shared_people = _shared(group, working)
    return list(found.values())


def load_reviews(review_round, *, reader=None, **which):
    """The reviews of a round in the alphabet of the reader, with what their progress needs: one query.

    ``is_open`` says of each whether ``reader`` may read it as a reviewer now.
    """
    sort = "sort_cy" if get_language() == "cy" else "sort_en"
    reviews = (
        ClusterReview.objects.filter(round=review_round, **which)
        .annotate(
            has_submission=Exists(
                Submission.objects.filter(reflection=OuterRef("reflection"))
            ),
            shared_count=_number_of(
                Annotation.objects.roots().standing().filter(shared_at__isnull=False)
            ),
            finding_count=_number_of(
                Finding.objects.filter(part=Finding.Part.CONCLUSION).exclude(
                    choice="", text=""
                )
            ),
        )
        .annotate(
            is_open=Exists(
                ClusterReview.objects.read_by_reviewer(reader).filter(pk=OuterRef("pk"))
            )
            if reader
            else Value(False)
        )
        .select_related("reflection__cycle", "reflection__cluster__health_board")
        .order_by(f"reflection__cluster__{sort}", "pk")
    )
    reviews = list(reviews)
    for review in reviews:
        review.round = review_round
    return reviews


def _number_of(written):
    """How many of ``written`` belong to a review."""
    counted = (
        written.filter(review=OuterRef("pk"))
        .order_by()
        .values("review")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(counted), 0)


def _cluster_row(review, *, user, role, interests, organises):
    is_own = review.reflection.cluster_id in user.cluster_ids(*CLUSTER_ROLES)
    declared = any(interest.user_id == user.pk for interest in interests)
    is_overseen = organises or review.cluster.health_board_id in user.health_board_ids()
    sees_progress = is_overseen or (
        role == Roles.FACILITATOR and not declared and not is_own
    )
    return ClusterRow(
        review=review,
        progress=_progress(review) if sees_progress else None,
        has_submission=review.has_submission,
        is_own=is_own,
        is_read=bool(role) and not is_own and not declared and review.takes_part,
        is_open=review.is_open,
        interests=interests if organises else [],
        is_overseen=is_overseen,
    )


def _progress(review):
    return Progress(
        state=review.reflection.state,
        shared_count=review.shared_count,
        finding_count=review.finding_count,
        is_agreed=review.agreed_at is not None,
    )


def _working(reviews):
    """Who works in which of the reviewed clusters today: people by cluster, and clusters by person."""
    clusters = {review.reflection.cluster_id: review.cluster for review in reviews}
    by_person = {}
    for membership in (
        Membership.objects.current()
        .filter(role__in=CLUSTER_ROLES, cluster__in=clusters, user__is_active=True)
        .select_related("user")
        .order_by("user__name", "pk")
    ):
        _person, its = by_person.setdefault(membership.user_id, (membership.user, {}))
        its[membership.cluster_id] = clusters[membership.cluster_id]
    return by_person


def _place(group, assignment, working, interests, organises):
    if assignment.ended_at:
        if organises:
            group.ended.append(assignment)
        return
    if not assignment.user.is_active:
        return
    its = working.get(assignment.user_id, (None, {}))[1]
    person = PersonRow(
        assignment=assignment,
        own=[row.cluster for row in group.clusters if row.cluster.pk in its],
        interests=[
            row.cluster
            for row in group.clusters
            if any(
                interest.user_id == assignment.user_id
                for interest in interests.get(row.review.pk, [])
            )
        ],
    )
    if assignment.role == Roles.FACILITATOR:
        group.facilitator = person
    else:
        group.reviewers.append(person)


def _mark_who_left(groups):
    """Reviewers go on when their membership ends; whoever arranges the round decides."""
    ended = set(
        Membership.objects.ended()
        .filter(
            role__in=CLUSTER_ROLES,
            cluster__in=[row.cluster.pk for group in groups for row in group.clusters],
        )
        .values_list("user", "cluster")
    )
    for group in groups:
        for person in group.reviewers:
            person.has_left = not person.own and any(
                (person.user.pk, row.cluster.pk) in ended for row in group.clusters
            )


def _shared(group, working):
    here = {row.cluster.pk for row in group.clusters}
    found = []
    for person, its in working.values():
        clusters = [its[pk] for pk in its if pk in here]
        if len(clusters) > 1:
            found.append((person, clusters))
    return found


# Whom to choose from ----------------------------------------------------------------------


@dataclass(frozen=True)
class Candidates:
    """People to choose from, under a heading."""

    heading: str
    people: list[User]


def candidates(group):
    """Who can be asked to review or facilitate: people of the round's clusters, and officers.

    First those of the group's own clusters, then cluster by cluster, then board by board. Each
    person stands under every heading that is theirs. Three queries.
    """
    review_round = group.round
    reviews = sorted(
        load_reviews(review_round, withdrew_at=None),
        key=lambda review: review.group_id != group.pk,
    )
    clusters = {review.cluster.pk: review.cluster for review in reviews}
    members = (
        Membership.objects.current()
        .filter(role__in=CLUSTER_ROLES, cluster__in=clusters, user__is_active=True)
        .select_related("user")
        .order_by("user__name", "user__email", "pk")
    )
    by_cluster = {pk: {} for pk in clusters}
    for membership in sorted(members, key=lambda one: one.role not in LEAD_ROLES):
        by_cluster[membership.cluster_id][membership.user_id] = membership.user
    boards = {cluster.health_board_id for cluster in clusters.values()}
    if review_round.health_board_id:
        boards.add(review_round.health_board_id)
    officers = {}
    for membership in (
        Membership.objects.current()
        .filter(user__is_active=True)
        .filter(role__in=[Role.HEALTH_BOARD_OFFICER, Role.NATIONAL_OFFICER])
        .select_related("user", "health_board")
        .order_by("health_board", "user__name", "pk")
    ):
        if membership.health_board_id is None or membership.health_board_id in boards:
            officers.setdefault(membership.health_board, {})[membership.user_id] = (
                membership.user
            )
    return [
        *(
            Candidates(clusters[pk].name, list(people.values()))
            for pk, people in by_cluster.items()
            if people
        ),
        *(
            Candidates(
                board.name if board else _("National programme"), list(people.values())
            )
            for board, people in officers.items()
        ),
    ]


def review_to_have_a_part_in(user, round_code, cluster, *, or_had_one=False):
    """The review of a peer's cluster in a group in which ``user`` has a part, or None.

    Whether or not reading has begun: that somebody should not review it is said before.
    ``is_part_of_the_reader`` says whether they have it now; with ``or_had_one``, it may be over.
    """
    running = Assignment.objects.running().filter(user=user)
    mine = Assignment.objects.filter(user=user) if or_had_one else running
    now = Q(withdrew_at=None, group__in=running.values("group"))
    return (
        ClusterReview.objects.filter(
            Q() if or_had_one else now,
            round__code=round_code,
            round__announced_at__isnull=False,
            reflection__cluster__code=cluster,
            group__in=mine.values("group"),
        )
        .annotate(is_part_of_the_reader=Case(When(now, then=True), default=False))
        .exclude(reflection__cluster__in=user.cluster_ids(*CLUSTER_ROLES))
        .select_related("round", "group__round", "reflection__cluster")
        .prefetch_related("round__phases")
        .first()
    )
