"""The facilitated session: begun, moved from place to place, timed, and ended.

Written down are its beginning, its end and what was planned for it. Where the room looks and whether
its clock runs is not: that changes by the minute, and is of no consequence to anybody afterwards.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from assessments.models import FacilitatedSession, OutcomeClock
from assessments.rules import works_in_the_cluster
from assessments.services.states import locked
from assessments.subjects import SEPARATOR
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise


class NotRunning(Exception):
    """The session has been ended."""


@transaction.atomic
def start_session(*, reflection, agenda, present, minutes_an_outcome, by):
    """Begin a session at the first outcome of ``agenda``, a list of outcomes that is not empty.

    Where one is running already, it is that one: a room has one screen.
    """
    reflection = locked(reflection, by=by)
    authorise(by, Permission.FACILITATE, reflection)
    running = FacilitatedSession.objects.running().filter(reflection=reflection).first()
    if running:
        return running
    session = FacilitatedSession.objects.create(
        reflection=reflection,
        started_by=by,
        agenda=[outcome.pk for outcome in agenda],
        outcome=agenda[0],
        present=SEPARATOR.join(present),
        minutes_an_outcome=minutes_an_outcome,
    )
    record(AuditEvent.Kind.ADDED, by=by, subject=session)
    _run(session, agenda[0].pk)
    return session


@transaction.atomic
def change_session(*, session, present, minutes_an_outcome, by):
    """Somebody came or went, or the time was planned otherwise."""
    session = _running(session, by)
    planned = {
        "present": SEPARATOR.join(present),
        "minutes_an_outcome": minutes_an_outcome,
    }
    changed = [
        field for field, value in planned.items() if getattr(session, field) != value
    ]
    if changed:
        for field in changed:
            setattr(session, field, planned[field])
        session.save(update_fields=changed)
        record(AuditEvent.Kind.CHANGED, by=by, subject=session, fields=changed)


@transaction.atomic
def move_session(*, session, outcome_id, step, by):
    """Take the room to a step of an outcome. Another outcome's clock begins to run there."""
    session = _running(session, by)
    if outcome_id not in session.agenda:
        raise ValueError("the outcome is not on the session's agenda")
    is_elsewhere = session.outcome_id != outcome_id
    session.outcome_id, session.step = outcome_id, step
    session.save(update_fields=["outcome", "step"])
    if is_elsewhere:
        _stop(session)
        _run(session, outcome_id)


@transaction.atomic
def pause_clock(*, session, by):
    """Let the time stand: for a break, or because everybody leaves and comes back later."""
    _stop(_running(session, by))


@transaction.atomic
def resume_clock(*, session, by):
    """Let the time of the outcome where the room is run on."""
    session = _running(session, by)
    _run(session, session.outcome_id)


@transaction.atomic
def end_session(*, session, by):
    """End the session, also when the self-reflection takes no answers any more; twice ends once."""
    reflection = locked(session.reflection, by=by)
    if not (by.is_active and works_in_the_cluster(by, reflection)):
        raise PermissionDenied(f"{Permission.FACILITATE} refused")
    session = FacilitatedSession.objects.get(pk=session.pk)
    if session.ended_at is not None:
        return
    _stop(session)
    session.ended_at = timezone.now()
    session.save(update_fields=["ended_at"])
    record(AuditEvent.Kind.CHANGED, by=by, subject=session, ended=True)


def _running(session, by):
    """The session as it is now, locked, for somebody who may change it."""
    authorise(by, Permission.FACILITATE, locked(session.reflection, by=by))
    session = FacilitatedSession.objects.get(pk=session.pk)
    if session.ended_at is not None:
        raise NotRunning
    return session


def _run(session, outcome_id):
    clock, _ = OutcomeClock.objects.get_or_create(
        session=session, outcome_id=outcome_id
    )
    if clock.runs_since is None:
        clock.runs_since = timezone.now()
        clock.save(update_fields=["runs_since"])


def _stop(session):
    for clock in session.clocks.filter(runs_since__isnull=False):
        clock.seconds, clock.runs_since = clock.elapsed, None
        clock.save(update_fields=["seconds", "runs_since"])
