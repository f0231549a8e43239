"""The demonstration's clock: when what its services did just now is said to have happened.

Services write the hour at which they are called, and the database refuses to change it
afterwards. Left at that, two invented cycles would have been submitted, reviewed and agreed
within a minute of today. So the loader, at its end and in its own transaction, lifts the triggers
of a database that holds nothing but the demonstration, dates everything, and makes them again.
"""

import json
from contextlib import contextmanager

from django.db import connection
from django.db.models import Max, Min
from django.utils import timezone

from assessments import snapshot
from assessments.models import AgreedLevel, AnswerVersion, StateChange
from cdf_site.common import triggers
from cdf_site.demonstration.answers import generator
from cdf_site.demonstration.hours import in_the_daytime, start_of_day
from organisations.models import AuditEvent

Kind = StateChange.Kind


@contextmanager
def _triggers_lifted():
    """Let append-only rows be changed; where that fails, the transaction brings all back."""
    # PostgreSQL alters no table while checks on it are put off to the end.
    connection.check_constraints()
    triggers.drop(connection)
    yield
    connection.check_constraints()
    triggers.create(connection)


def put_back(*cycles):
    """Date what was done in each of ``cycles`` between its opening and its closing, or today.

    Answers have their dates already, and everything else follows them.
    """
    with _triggers_lifted():
        for cycle in cycles:
            until = start_of_day(cycle.closed_at or timezone.now())
            _date_opening_and_closing(cycle)
            for reflection in cycle.reflections.select_related("cluster"):
                _date(reflection, cycle=cycle, until=until)


def _audit_events(subject, kind):
    return AuditEvent.objects.filter(
        kind=kind, subject_type=subject._meta.label_lower, subject_id=str(subject.pk)
    ).order_by("pk")


def _date_opening_and_closing(cycle):
    for event in _audit_events(cycle, AuditEvent.Kind.CYCLE_CHANGED):
        event.at = {"opened": cycle.opened_at, "closed": cycle.closed_at}[
            event.details["change"]
        ]
        event.save(update_fields=["at"])


def _date(reflection, *, cycle, until):
    changes = list(reflection.state_changes.all())
    versions = AnswerVersion.objects.filter(answer__reflection=reflection)
    written = versions.filter(version=1).aggregate(first=Min("at"), last=Max("at"))
    fixed = {Kind.STARTED: written["first"], Kind.CLOSED: cycle.closed_at}
    later = [change for change in changes if change.kind not in fixed]
    random = generator("clock", cycle.code, reflection.cluster.code)
    # Each happens in its own share of the time that was left, and not at the edges of it.
    share = (until - written["last"]) / len(later) if later else None
    instants = [
        written["last"] + share * (position + random.uniform(0.2, 0.8))
        for position in range(len(later))
    ]
    for change in changes:
        change.at = fixed.get(change.kind)
    for change, instant in zip(later, instants, strict=True):
        change.at = in_the_daytime(instant)
    StateChange.objects.bulk_update(changes, ["at"])
    _date_audit(reflection, AuditEvent.Kind.STATE_CHANGED, changes)
    _date_submissions(
        reflection, [change.at for change in changes if change.kind == Kind.SUBMITTED]
    )
    for change in changes:
        if change.kind == Kind.AGREED:
            AgreedLevel.objects.filter(
                submitted_outcome__submission__reflection=reflection
            ).update(agreed_at=change.at)
    _date_what_changed_after_the_return(reflection, versions, later, instants)


def _date_audit(reflection, kind, changes):
    events = list(_audit_events(reflection, kind))
    for event, change in zip(events, changes, strict=True):
        event.at = change.at
    AuditEvent.objects.bulk_update(events, ["at"])


def _date_submissions(reflection, instants):
    submissions = reflection.submissions.order_by("number")
    for submission, at in zip(submissions, instants, strict=True):
        content = json.loads(submission.content) | {"submitted_at": at.isoformat()}
        submission.content = snapshot.canonical(content)
        submission.content_hash = snapshot.digest(submission.content)
        submission.submitted_at = at
        submission.save(update_fields=["content", "content_hash", "submitted_at"])


def _date_what_changed_after_the_return(reflection, versions, later, instants):
    """The answers that were given once more stand between the return and what followed."""
    for position, change in enumerate(later[:-1]):
        if change.kind == Kind.RETURNED:
            before, after = instants[position : position + 2]
            at = in_the_daytime(before + (after - before) / 2)
            versions.exclude(version=1).update(at=at)
            _audit_events(reflection, AuditEvent.Kind.ANSWERS_SAVED).update(at=at)
