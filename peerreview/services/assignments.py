"""Who reviews and facilitates in a group: assigned, replaced, removed; declined by themselves."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from organisations.audit import record
from organisations.models import CLUSTER_ROLES, AuditEvent, Membership
from organisations.permissions import Permission, authorise
from peerreview.models import Assignment, Interest
from peerreview.services import telling
from peerreview.services.access import derive_access
from peerreview.services.locking import locked_round

Kind = AuditEvent.Kind
ROLES, ENDING = Assignment.Role, Assignment.Ending


class CannotSignIn(Exception):
    """The person's account is not active."""


class OnlyOwnClusters(Exception):
    """Every cluster of the group is the person's own: there is nothing to review."""


class OwnCluster(Exception):
    """A facilitator works in none of the group's clusters."""


class FacilitatorThere(Exception):
    """The group has a facilitator already: they are replaced."""


class AlreadyEnded(Exception):
    """The assignment was ended meanwhile."""


class RoundNotRunning(Exception):
    """The round was not announced, or is closed."""


@transaction.atomic
def assign(*, group, user, role, by):
    """Let ``user`` review or facilitate in ``group``; told by e-mail once the round is announced.

    Whoever does the one and is to do the other does so from now on. Done twice, it is done once.
    """
    review_round = locked_round(group.round, by=by)
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    assignment, is_new = _assigned(group, user, role, by=by)
    if is_new:
        _tell_and_derive(review_round, assignment, by=by)
    return assignment


@transaction.atomic
def replace(*, assignment, user, by):
    """Let ``user`` do what somebody else did; AlreadyEnded where that came to an end meanwhile."""
    review_round = locked_round(assignment.group.round, by=by)
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    assignment = _as_it_is(assignment)
    if assignment.user_id == user.pk:
        return assignment
    if assignment.ended_at:
        raise AlreadyEnded
    _end(review_round, assignment, ending=ENDING.REPLACED, by=by)
    successor, _is_new = _assigned(assignment.group, user, assignment.role, by=by)
    _tell_and_derive(review_round, successor, by=by)
    return successor


@transaction.atomic
def remove(*, assignment, by):
    """Take somebody out of a group; what they wrote stays theirs."""
    review_round = locked_round(assignment.group.round, by=by)
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    assignment = _as_it_is(assignment)
    if assignment.ended_at:
        return
    _end(review_round, assignment, ending=ENDING.REMOVED, by=by)
    derive_access(review_round=review_round, by=by)


@transaction.atomic
def decline(*, assignment, reason, language, by):
    """Say that one does not do it, with or without a reason; what one could read closes at once.

    AlreadyEnded where somebody else ended it, RoundNotRunning where it is too late. What is
    returned has the reason that stands.
    """
    review_round = locked_round(assignment.group.round, by=by)
    assignment = _as_it_is(assignment)
    if assignment.user_id != by.pk:
        raise PermissionDenied("another person's assignment")
    if assignment.ending == ENDING.DECLINED:
        return assignment
    if assignment.ended_at:
        raise AlreadyEnded
    if not review_round.is_announced or review_round.is_closed:
        raise RoundNotRunning
    end_assignments(
        Assignment.objects.filter(pk=assignment.pk),
        ending=ENDING.DECLINED,
        by=by,
        reason=reason,
        language=language if reason else "",
    )
    derive_access(review_round=review_round, by=by)
    return _as_it_is(assignment)


@transaction.atomic
def declare_interest(*, review, reason, language, by):
    """Say that one should not review this cluster of the group; reading it ends at once."""
    review_round = locked_round(review.round, by=by)
    review = review_round.reviews.select_related("reflection").get(pk=review.pk)
    assigned = Assignment.objects.running().filter(group=review.group_id, user=by)
    own = by.cluster_ids(*CLUSTER_ROLES)
    if not assigned.exists() or review.reflection.cluster_id in own:
        raise PermissionDenied("no reviewer of the cluster")
    if not review_round.is_announced or review_round.is_closed:
        raise RoundNotRunning
    interest, is_new = Interest.objects.get_or_create(
        review=review,
        user=by,
        defaults={"reason": reason, "language": language if reason else ""},
    )
    if is_new:
        record(Kind.ADDED, by=by, subject=interest, review=review.pk)
        derive_access(review_round=review_round, by=by)
    return interest


@transaction.atomic
def take_interest_back(*, interest, by):
    """Let a reviewer read a cluster again that they had said they should not."""
    review_round = locked_round(interest.review.round, by=by)
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    interest = Interest.objects.filter(pk=interest.pk).first()
    if interest is None:
        return
    record(
        Kind.REMOVED,
        by=by,
        subject=interest,
        review=interest.review_id,
        user=interest.user_id,
    )
    interest.delete()
    derive_access(review_round=review_round, by=by)


# What they share --------------------------------------------------------------------------


def _assigned(group, user, role, *, by):
    """The running assignment of ``user`` in this role, and whether it is new; or why not."""
    if not type(user).objects.filter(pk=user.pk, is_active=True).exists():
        raise CannotSignIn
    _refuse_own_clusters(group, user, role)
    running = group.assignments.filter(ended_at=None)
    own = running.filter(user=user).first()
    if own and own.role == role:
        return own, False
    if role == ROLES.FACILITATOR:
        sitting = running.filter(role=role).select_related("user").first()
        if sitting and sitting.user.is_active:
            raise FacilitatorThere
        if sitting:
            end_assignments(
                running.filter(pk=sitting.pk), ending=ENDING.REPLACED, by=by
            )
    if own:
        end_assignments(running.filter(pk=own.pk), ending=ENDING.REPLACED, by=by)
    return write_assignment(group=group, user=user, role=role, by=by), True


def _refuse_own_clusters(group, user, role):
    clusters = set(
        group.reviews.taking_part().values_list("reflection__cluster", flat=True)
    )
    own = clusters & set(
        Membership.objects.current()
        .filter(user=user, role__in=CLUSTER_ROLES)
        .values_list("cluster", flat=True)
    )
    if role == ROLES.FACILITATOR and own:
        raise OwnCluster
    if clusters and own == clusters:
        raise OnlyOwnClusters


def write_assignment(*, group, user, role, by):
    assignment = Assignment.objects.create(
        group=group, user=user, role=role, assigned_by=by
    )
    record(
        Kind.ADDED, by=by, subject=assignment, group=group.pk, user=user.pk, role=role
    )
    return assignment


def end_assignments(assignments, *, ending, by, **said):
    """End each of ``assignments``, and write that down; ``said`` is a reason and its language."""
    for assignment in assignments:
        assignment.ended_at, assignment.ended_by = timezone.now(), by
        assignment.ending = ending
        for name, value in said.items():
            setattr(assignment, name, value)
        assignment.save()
        record(
            Kind.CHANGED,
            by=by,
            subject=assignment,
            before={"ending": ""},
            after={"ending": ending},
        )


def _end(review_round, assignment, *, ending, by):
    """End what somebody else was to do, and tell them where they knew of it."""
    end_assignments(Assignment.objects.filter(pk=assignment.pk), ending=ending, by=by)
    if review_round.is_announced and not review_round.is_closed:
        assignment.group.round = review_round
        telling.removed(assignment=assignment, by=by)


def _as_it_is(assignment):
    return (
        Assignment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("group")
        .get(pk=assignment.pk)
    )


def _tell_and_derive(review_round, assignment, *, by):
    if review_round.is_announced:
        telling.assigned(assignments=Assignment.objects.filter(pk=assignment.pk), by=by)
    derive_access(review_round=review_round, by=by)
