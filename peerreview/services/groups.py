"""Groups: which clusters meet, when and where."""

from django.db import transaction
from django.db.models import Max

from organisations.audit import (
    record,
    record_added,
    record_changed,
    record_removed,
    values,
)
from organisations.models import (
    CLUSTER_ROLES,
    LEAD_ROLES,
    AuditEvent,
    Membership,
    Role,
    User,
)
from organisations.permissions import Permission, authorise
from peerreview.models import Assignment, ReviewGroup
from peerreview.services import telling
from peerreview.services.access import derive_access
from peerreview.services.assignments import end_assignments, write_assignment
from peerreview.services.locking import locked_round

MEETING = ("meets_at", "minutes", "place", "link")


class GroupChanged(Exception):
    """The group is no longer as the person saw it when they decided."""


class GroupInUse(Exception):
    """Clusters or people are in the group, or it has met: it stays."""


class ClusterMoved(Exception):
    """Somebody else has put the cluster into another group meanwhile."""


class TakesOneCluster(Exception):
    """A group of a whole-cycle round is of one cluster."""


class FacilitatorsCluster(Exception):
    """The group's facilitator works in the cluster."""


@transaction.atomic
def add_group(*, review_round, by):
    """A group without clusters. One that is there already, with nothing in it, is used instead."""
    review_round = locked_round(review_round, by=by)
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    empty = review_round.groups.filter(
        reviews=None, assignments=None, meets_at=None, place="", link=""
    )
    return empty.first() or new_group(review_round, by=by)


def new_group(review_round, *, by):
    last = review_round.groups.aggregate(last=Max("number"))["last"] or 0
    group = ReviewGroup.objects.create(round=review_round, number=last + 1)
    record_added(group, by=by)
    return group


@transaction.atomic
def change_group(*, group, base_version, changes, by):
    """Say when and where the group meets; GroupChanged where somebody else did meanwhile."""
    review_round, group = locked_group(group, by=by)
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    changed = {
        name: changes[name]
        for name in MEETING
        if name in changes and changes[name] != getattr(group, name)
    }
    if not changed:
        return group
    if group.version != base_version:
        raise GroupChanged
    before = values(group)
    for name, new in changed.items():
        setattr(group, name, new)
    group.version += 1
    group.save()
    record_changed(group, before, by=by)
    if review_round.is_announced and not review_round.is_closed:
        telling.meeting_set(group=group, by=by)
    return group


@transaction.atomic
def remove_group(*, group, by):
    """Remove a group in which no cluster takes part and nobody has anything to do."""
    review_round, group = locked_group(group, by=by)
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    if (
        group.reviews.taking_part().exists()
        or group.meetings.exists()
        or group.assignments.filter(ended_at=None).exists()
    ):
        raise GroupInUse
    group.reviews.update(group=None)
    record_removed(group, by=by)
    group.assignments.all().delete()
    group.delete()


@transaction.atomic
def move_cluster(*, review, group, by, came_from=None):
    """Put one cluster into ``group``, or into none; ``came_from`` is the number of the group shown.

    ClusterMoved where it is in another by now; pressed twice, it stays where it went.
    """
    review_round = locked_round(review.round, by=by)
    review = review_round.reviews.get(pk=review.pk)
    if review.group_id == (group.pk if group else None):
        return
    shown = review.group.number if review.group else 0
    if came_from not in {None, shown}:
        raise ClusterMoved
    place_clusters(review_round=review_round, places={review.pk: group}, by=by)


@transaction.atomic
def place_clusters(*, review_round, places, by):
    """Put clusters into groups: ``places`` has a group, or None, by the number of a review.

    Whoever leads a cluster reviews the others of its group: they are assigned where it goes, and
    no longer where it was, unless they work in another cluster there. Those whom somebody
    assigned by hand stay.
    """
    review_round = locked_round(review_round, by=by)
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    reviews = review_round.reviews.select_for_update(of=("self",), no_key=True)
    reviews = reviews.select_related("group", "reflection__cluster").order_by("pk")
    reviews = reviews.in_bulk(places)
    moved = []
    for pk, group in places.items():
        review = reviews[pk]
        review.round = review_round
        before, after = review.group_id, group.pk if group else None
        if before == after:
            continue
        if group and group.round_id != review_round.pk:
            raise ClusterMoved
        if group:
            group.round = review_round
        review.group = group
        review.save(update_fields=["group"])
        record(
            AuditEvent.Kind.CHANGED,
            by=by,
            subject=review,
            before={"group": before},
            after={"group": after},
        )
        moved.append((review, before))
    refuse_crowds(review_round)
    refuse_facilitators_clusters([review for review, _before in moved])
    for review, before in moved:
        if before:
            end_leads(review, before, by=by)
    for review, _before in moved:
        if review.group:
            assign_usual_reviewers(group=review.group, of=review, by=by)
    if review_round.is_announced:
        telling.clusters_announced(
            reviews=review_round.reviews.filter(
                pk__in=[review.pk for review, _before in moved], group__isnull=False
            ),
            by=by,
        )
    derive_access(review_round=review_round, by=by)


def assign_usual_reviewers(*, group, by, of=None):
    """Assign who reviews as a rule: the clusters' leads; in a whole-cycle round its board's officers.

    Leads of a group's only cluster have nothing to review yet. Whoever was in the group before is
    not asked again; but those of the cluster ``of``, which has just come, are, unless they declined.
    """
    reviews = list(group.reviews.taking_part().select_related("reflection__cluster"))
    if group.round.is_whole_cycle:
        people = _officers(reviews)
    else:
        people = _leads(reviews) if len(reviews) > 1 else []
    known = {}
    for user, ending in group.assignments.values_list("user", "ending"):
        known.setdefault(user, set()).add(ending)
    come = of.reflection.cluster_id if of else None
    facilitating = Assignment.objects.running().filter(group=group, role="facilitator")
    facilitator = facilitating.values_list("user", flat=True).first()
    assigned = []
    for user, cluster in people:
        endings = known.get(user.pk, set())
        again = cluster == come and not endings & {"", Assignment.Ending.DECLINED}
        if user.pk == facilitator or (endings and not again):
            continue
        assigned.append(
            write_assignment(
                group=group, user=user, role=Assignment.Role.REVIEWER, by=by
            )
        )
        known[user.pk] = {""}
    if group.round.is_announced and assigned:
        telling.assigned(
            assignments=Assignment.objects.filter(pk__in=[row.pk for row in assigned]),
            by=by,
        )
    return assigned


def _leads(reviews):
    clusters = [review.reflection.cluster_id for review in reviews]
    memberships = (
        Membership.objects.current()
        .filter(role__in=LEAD_ROLES, cluster__in=clusters, user__is_active=True)
        .select_related("user")
        .order_by("pk")
    )
    working = {}
    for user, cluster in (
        Membership.objects.current()
        .filter(role__in=CLUSTER_ROLES, cluster__in=clusters)
        .values_list("user", "cluster")
    ):
        working.setdefault(user, set()).add(cluster)
    return [
        (membership.user, membership.cluster_id)
        for membership in memberships
        # Somebody of all the clusters has nobody to review.
        if working[membership.user_id] < set(clusters)
    ]


def _officers(reviews):
    boards = {review.reflection.cluster.health_board_id for review in reviews}
    officers = (
        User.objects.filter(
            is_active=True,
            pk__in=Membership.objects.current()
            .filter(role=Role.HEALTH_BOARD_OFFICER, health_board__in=boards)
            .values("user"),
        )
        .exclude(
            pk__in=Membership.objects.current()
            .filter(
                role__in=CLUSTER_ROLES,
                cluster__in=[review.reflection.cluster_id for review in reviews],
            )
            .values("user")
        )
        .order_by("pk")
    )
    return [(officer, None) for officer in officers]


def end_leads(review, group_pk, *, by):
    """End what people of a cluster that left reviewed in its group, where no other is theirs."""
    staying = Membership.objects.current().filter(
        role__in=CLUSTER_ROLES,
        cluster__in=review.round.reviews.taking_part()
        .filter(group=group_pk)
        .values("reflection__cluster"),
    )
    leaving = Membership.objects.current().filter(
        role__in=CLUSTER_ROLES, cluster=review.reflection.cluster_id
    )
    end_assignments(
        Assignment.objects.filter(
            group=group_pk,
            role=Assignment.Role.REVIEWER,
            ended_at=None,
            user__in=leaving.values("user"),
        ).exclude(user__in=staying.values("user")),
        ending=Assignment.Ending.REMOVED,
        by=by,
    )


def refuse_crowds(review_round):
    """TakesOneCluster where a group of a whole-cycle round would have more."""
    if not review_round.is_whole_cycle:
        return
    taken = list(
        review_round.reviews.taking_part()
        .exclude(group=None)
        .values_list("group", flat=True)
    )
    if len(taken) > len(set(taken)):
        raise TakesOneCluster


def refuse_facilitators_clusters(reviews):
    """FacilitatorsCluster where one of ``reviews`` is of a cluster of its group's facilitator."""
    for review in reviews:
        facilitators = Assignment.objects.running().filter(
            group=review.group_id, role=Assignment.Role.FACILITATOR
        )
        if (
            review.group_id
            and Membership.objects.current()
            .filter(
                role__in=CLUSTER_ROLES,
                cluster=review.reflection.cluster_id,
                user__in=facilitators.values("user"),
            )
            .exists()
        ):
            raise FacilitatorsCluster


def locked_group(group, *, by):
    """The round and the group as they are now, locked."""
    review_round = locked_round(group.round, by=by)
    group = review_round.groups.select_for_update(of=("self",), no_key=True).get(
        pk=group.pk
    )
    group.round = review_round
    return review_round, group
