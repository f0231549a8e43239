"""Writing down who did what. Sign-ins come from Django's own signals.

What administrators write for everybody, organisations and the framework, is written down whole:
each row before and after, in both languages. ``values`` says what of a row that is.
"""

import datetime
import decimal
import uuid

from django.contrib.admin.utils import NestedObjects
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.db import router
from django.db.models import CharField, TextField
from django.dispatch import receiver
from django.utils import timezone

from cdf_site.common.addresses import client_address
from organisations.models import AuditEvent, User

# What administrators write for everybody. Of other rows, what clusters write among them, an event
# says that something was done to them, and never what they hold.
WRITTEN_WHOLE = {
    "organisations",
    "frameworks",
    "assessments.cycle",
    "assessments.indicatorvalue",
    "assessments.needtag",
    "peerreview.reviewround",
    "peerreview.reviewphase",
    "peerreview.reviewgroup",
}
# Secrets; when somebody was last here, which has events of its own; what follows from a name.
NEVER_WRITTEN = {"password", "secret_hash", "last_login", "sort_cy", "sort_en"}
MOST_AT_ONCE = 1_000  # events in one statement
# What somebody writes of themselves for few or for nobody: administrators read the events.
NEVER_WRITTEN |= {
    "meeting_note",
    "meeting_note_language",
    "shares_meeting_note",
    "needs_said_at",
}
# Django's, by which nobody may do anything here.
NEVER_WRITTEN |= {"groups", "user_permissions"}


def record(kind, /, *, by, subject=None, **details):
    """Append an audit event, in the transaction of the caller.

    ``details`` holds plain JSON values and never a person's answers or secrets.
    """
    return AuditEvent.objects.create(
        kind=kind,
        by=by if by and by.pk else None,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=str(subject.pk) if subject else "",
        details=details,
    )


def record_many(rows, /, *, by, removed=False, **details):
    """Append what became of many rows of one model, each with what it held before, or None.

    As ``record_added``, ``record_changed`` and, for rows on which no other depends,
    ``record_removed`` do of one.
    """
    if not rows:
        return
    fields, subject_type = (
        written_fields(type(rows[0][0])),
        rows[0][0]._meta.label_lower,
    )
    # Asked for once: a person may be a lazy object, and the clock is the same for all.
    events, by_id, now_at = [], by.pk, timezone.now()
    for thing, before in rows:
        if removed:
            kind, said = AuditEvent.Kind.REMOVED, {"name": str(thing), "before": before}
        else:
            now = values(thing, fields=fields)
            if before is None:
                kind, said = AuditEvent.Kind.ADDED, {"after": now}
            else:
                changed = [name for name in now if before[name] != now[name]]
                kind = AuditEvent.Kind.CHANGED
                said = {
                    "before": {name: before[name] for name in changed},
                    "after": {name: now[name] for name in changed},
                }
        events.append(
            AuditEvent(
                at=now_at,
                by_id=by_id,
                kind=kind,
                subject_type=subject_type,
                subject_id=str(thing.pk),
                details=said | details,
            )
        )
    AuditEvent.objects.bulk_create(events, batch_size=MOST_AT_ONCE)


def record_added(thing, *, by, **details):
    """Append that ``thing`` is new, with all it holds."""
    return record(
        AuditEvent.Kind.ADDED, by=by, subject=thing, after=values(thing), **details
    )


def record_changed(thing, before, *, by, **details):
    """Append what of ``thing`` is not as it was ``before``; None where nothing changed.

    ``before`` is what ``values`` gave then; ``details`` say what else belongs to it, as a reason.
    """
    now = values(thing)
    changed = [name for name in now if name in before and before[name] != now[name]]
    if not changed:
        return None
    return record(
        AuditEvent.Kind.CHANGED,
        by=by,
        subject=thing,
        before={name: before[name] for name in changed},
        after={name: now[name] for name in changed},
        **details,
    )


def record_removed(thing, *, by, **details):
    """Append, before it happens, that ``thing`` is removed, and what is removed with it."""
    collector = NestedObjects(using=router.db_for_write(type(thing)))
    collector.collect([thing])
    for model, rows in collector.data.items():
        if not model._meta.auto_created:  # links are among what their rows hold
            # In the order of their numbers, the thing itself first.
            for row in sorted(rows, key=lambda row: (row != thing, row.pk)):
                _record_removed(row, by=by, **details)
    for (field, _), batches in collector.field_updates.items():
        for row in (row for batch in batches for row in batch):
            before = values(row)
            if field.name in before:
                record(
                    AuditEvent.Kind.CHANGED,
                    by=by,
                    subject=row,
                    before={field.name: before[field.name]},
                    after={field.name: None},
                )


def _record_removed(row, *, by, **details):
    record(
        AuditEvent.Kind.REMOVED,
        by=by,
        subject=row,
        name=str(row),
        before=values(row),
        **details,
    )


def is_written_whole(model):
    return (
        model._meta.app_label in WRITTEN_WHOLE
        or model._meta.label_lower in WRITTEN_WHOLE
    )


def written_fields(model):
    """The fields that ``values`` holds: of a bilingual one both languages, of a link its ends."""
    if not is_written_whole(model):
        return []
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    bilingual = {
        field.translated_field.name
        for field in fields
        if hasattr(field, "translated_field")
    }
    return [
        field
        for field in fields
        if field.name not in NEVER_WRITTEN | bilingual and not field.primary_key
    ]


def values(thing, *, fields=None, known=None):
    """What a row holds, in all its ``fields``, as plain JSON values by their names.

    Of a reference, its number; of chosen things, their numbers in order: a query for each field
    that is not among the ``known``.
    """
    held = {}
    for field in written_fields(type(thing)) if fields is None else fields:
        if known and field.name in known:
            held[field.name] = known[field.name]
        elif not field.many_to_many:
            held[field.name] = plain(field, field.value_from_object(thing))
        elif thing.pk:
            chosen = getattr(thing, field.name).order_by().values_list("pk", flat=True)
            held[field.name] = sorted(chosen)
    return held


def plain(field, value):
    """A value of ``field`` as JSON has it; a text that is missing is an empty one."""
    match value:
        case None if isinstance(field, CharField | TextField):
            return ""
        case datetime.datetime():
            return value.astimezone(datetime.UTC).isoformat()
        case datetime.date() | datetime.time():
            return value.isoformat()
        case decimal.Decimal():
            return format(value.normalize(), "f")
        case uuid.UUID():
            return str(value)
        case _:
            return value


@receiver(user_logged_in)
def record_sign_in(sender, request, user, **kwargs):
    record(AuditEvent.Kind.SIGNED_IN, by=user, address=client_address(request))


@receiver(user_logged_out)
def record_sign_out(sender, request, user, **kwargs):
    if user:
        record(AuditEvent.Kind.SIGNED_OUT, by=user)


@receiver(user_login_failed)
def record_failure(sender, credentials, request=None, **kwargs):
    # The address typed may be a password typed into the wrong field: only known ones are kept.
    email = User.normalise_email(str(credentials.get("username") or ""))
    known = User.objects.filter(email=email).first()
    record(
        AuditEvent.Kind.SIGN_IN_FAILED,
        by=None,
        subject=known,
        address=client_address(request),
    )
