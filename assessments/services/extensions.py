"""More time for one cluster."""

import datetime

from django.db import transaction
from django.utils import timezone

from assessments.models import Extension
from assessments.services import telling
from assessments.services.reflections import NotNow, ReasonMissing
from assessments.services.states import locked
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise

LONGEST_EXTENSION = datetime.timedelta(days=60)  # after the closing hour of the cycle


class NoExtension(Exception):
    """The hour is not later than the one that holds, has passed, or is too far away.

    Too far is also what lies after the day on which the cluster closes.
    """


def start_of(day):
    """The first instant of ``day``."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


@transaction.atomic
def grant_extension(*, reflection, closes_at, reason, language, by):
    """Give one cluster time until ``closes_at``, with the reason that it will read.

    Also after the closing hour, while the cycle has not been closed and nothing is submitted: the
    self-reflection then takes answers again. An extension only ever lengthens the time, so that
    nobody loses an hour that was promised. Raises NoExtension for another hour, ReasonMissing
    without a reason, NotNow where the state allows none.
    """
    if not reason.strip():
        raise ReasonMissing
    reflection = locked(reflection, by=by)
    # While this waited for the lock, the whole cycle may have been extended.
    reflection.cycle.refresh_from_db(fields=["closes_at", "closed_at"])
    if not reflection.may_be_extended:
        raise NotNow(f"no extension in state {reflection.state}")
    authorise(by, Permission.GRANT_EXTENSION, reflection)
    earliest = max(reflection.closes_at, timezone.now())
    latest = reflection.cycle.closes_at + LONGEST_EXTENSION
    if closed_on := reflection.cluster.closed_on:
        # From that day on nobody works in the cluster.
        latest = min(latest, start_of(closed_on))
    if not earliest < closes_at <= latest:
        raise NoExtension(f"no extension until {closes_at:%Y-%m-%d %H:%M}")

    extension = Extension.objects.create(
        reflection=reflection,
        closes_at=closes_at,
        reason=reason,
        language=language,
        granted_by=by,
    )
    reflection.extended_to = closes_at
    reflection.save(update_fields=["extended_to"])
    record(
        AuditEvent.Kind.CHANGED,
        by=by,
        subject=reflection,
        change="extended",
        closes_at=closes_at.isoformat(),
    )
    telling.extension_granted(reflection=reflection, closes_at=closes_at, by=by)
    return extension
