"""A group's meeting around one screen: begun, moved from outcome to outcome, and ended.

Written down are its beginning, its end and what was planned for it; where the room is, changes by the
minute, and is of no consequence to anybody afterwards.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from assessments import services as assessments
from assessments.models import SelfReflection
from frameworks.models import Outcome
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise
from peerreview.models import ClusterReview, Meeting, ReviewGroup
from peerreview.selectors.meetings import facilitator_of
from peerreview.services.reviews import begin_reading


class NotRunning(Exception):
    """The meeting has been ended."""


@transaction.atomic
def start_meeting(*, group, agenda, minutes, by):
    """Begin a meeting at the first item of ``agenda``: pairs of a review's and an outcome's number.

    Where one is running already, it is that one: a room has one screen. What is talked about is read,
    so its review begins. Raises PermissionDenied, ForeignSubject for what is not the group's.
    """
    group = _locked_group(group, by=by)
    authorise(by, Permission.RUN_MEETING, group)
    running = group.meetings.filter(ended_at=None).first()
    if running:
        return running
    reviews = _refuse_foreign(group, agenda, by=by)
    meeting = Meeting.objects.create(
        group=group,
        started_by=by,
        minutes=minutes,
        agenda=[list(pair) for pair in agenda],
    )
    record(AuditEvent.Kind.ADDED, by=by, subject=meeting)
    _begin_reviews(reviews, by=by)
    return meeting


@transaction.atomic
def change_meeting(*, meeting, agenda, minutes, by):
    """Plan the rest otherwise; the room stays where it is, if that is still to be talked about."""
    meeting = _running(meeting, by=by)
    reviews = _refuse_foreign(meeting.group, agenda, by=by)
    planned = [list(pair) for pair in agenda]
    here = meeting.agenda[meeting.position]
    fields = {"agenda": planned, "minutes": minutes}
    changed = [
        name for name, value in fields.items() if getattr(meeting, name) != value
    ]
    if not changed:
        return
    meeting.agenda, meeting.minutes = planned, minutes
    if here in planned:
        meeting.position = planned.index(here)
    else:
        meeting.position = min(meeting.position, len(planned) - 1)
        meeting.moved_at = timezone.now()
    meeting.save()
    record(AuditEvent.Kind.CHANGED, by=by, subject=meeting, fields=changed)
    _begin_reviews(reviews, by=by)


@transaction.atomic
def move_meeting(*, meeting, position, by):
    """Take the room to another item, counted from nought; its time counts from then."""
    meeting = _running(meeting, by=by)
    if not 0 <= position < len(meeting.agenda):
        raise ValueError("the agenda has no such item")
    if meeting.position != position:
        meeting.position, meeting.moved_at = position, timezone.now()
        meeting.save(update_fields=["position", "moved_at"])


@transaction.atomic
def end_meeting(*, meeting, by):
    """End the meeting, also when the phase has ended meanwhile; twice ends once."""
    group = _locked_group(meeting.group, by=by)
    if not facilitates_group(by, group):
        raise PermissionDenied(f"{Permission.RUN_MEETING} refused")
    meeting = Meeting.objects.get(pk=meeting.pk)
    if meeting.ended_at is not None:
        return
    meeting.ended_at = timezone.now()
    meeting.save(update_fields=["ended_at"])
    record(AuditEvent.Kind.CHANGED, by=by, subject=meeting, ended=True)


def facilitates_group(user, group):
    """Whether ``user`` is the facilitator of ``group``, also where nothing of it is open to them."""
    return facilitator_of(group) == user


def _locked_group(group, *, by):
    """The row of ``group`` as it is now, locked; what ``by`` is to whom is asked anew after it."""
    group = (
        ReviewGroup.objects.select_for_update(of=("self",), no_key=True)
        .select_related("round__cycle__edition")
        .get(pk=group.pk)
    )
    by.forget_memberships()
    return group


def _running(meeting, *, by):
    group = _locked_group(meeting.group, by=by)
    authorise(by, Permission.RUN_MEETING, group)
    meeting = Meeting.objects.get(pk=meeting.pk)
    if meeting.ended_at is not None:
        raise NotRunning
    meeting.group = group
    return meeting


def _refuse_foreign(group, agenda, *, by):
    """The reviews on ``agenda``; ForeignSubject where something on it is not the group's to talk about."""
    reviews = {
        review.pk: review
        for review in ClusterReview.objects.facilitated_by(by)
        .filter(group=group)
        .select_related("reflection")
    }
    edition = group.round.cycle.edition_id
    outcomes = {outcome for _review, outcome in agenda if outcome is not None}
    asked = Outcome.objects.filter(pk__in=outcomes, module__edition=edition)
    is_known = {review for review, _outcome in agenda} <= set(reviews)
    if not agenda or not is_known or asked.count() != len(outcomes):
        raise assessments.ForeignSubject
    return [reviews[review] for review in {review for review, _outcome in agenda}]


def _begin_reviews(reviews, *, by):
    for review in sorted(reviews, key=lambda review: review.pk):
        if review.reflection.state == SelfReflection.State.SUBMITTED:
            begin_reading(review=review, by=by)
