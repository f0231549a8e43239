"""Worksheets that were filled in elsewhere: kept when sent, applied when confirmed."""

from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from assessments.models import WorksheetUpload
from assessments.services.answers import Entry, save_answers
from assessments.services.states import locked
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise

MOST_UPLOADS = 5  # of one person and self-reflection, kept without having been applied


@transaction.atomic
def keep_worksheet(*, reflection, file_name, reading, by):
    """Keep what was read from a worksheet; no answer changes.

    Of this person's uploads that were not applied, the newest ``MOST_UPLOADS`` stay.
    """
    reflection = locked(reflection, by=by)
    authorise(by, Permission.EDIT_ANSWERS, reflection)
    upload = WorksheetUpload.objects.create(
        reflection=reflection,
        file_name=file_name[:200],
        entries={
            "filled": [
                asdict(row)
                | {"dated_on": row.dated_on.isoformat() if row.dated_on else None}
                for row in reading.filled
            ],
            "faults": [asdict(fault) for fault in reading.faults],
            "fault_count": reading.fault_count,
        },
        uploaded_by=by,
    )
    record(AuditEvent.Kind.ADDED, by=by, subject=upload)
    waiting = WorksheetUpload.objects.filter(
        reflection=reflection, uploaded_by=by, applied_at=None
    )
    for old in waiting.order_by("-pk")[MOST_UPLOADS:]:
        record(AuditEvent.Kind.REMOVED, by=by, subject=old)
        old.delete()
    return upload


@transaction.atomic
def apply_worksheet(*, upload, changes, versions, language, by):
    """Save ``changes`` as answers, each from the version that was on the page.

    ``versions`` holds it by the row's reference. The same upload twice saves once. Returns what
    became of them, as ``save_answers`` does. Raises WorksheetUpload.DoesNotExist where it is kept no
    longer.
    """
    locked(upload.reflection, by=by)
    # As it is now: it may have been applied, or made room for a newer one, a moment ago.
    upload = WorksheetUpload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    saved = save_answers(
        reflection=upload.reflection,
        entries=[
            Entry(
                subject=change.line.subject,
                base_version=versions[change.line.reference],
                choice=change.choice,
                text=change.text,
                dated_on=change.dated_on,
            )
            for change in changes
        ],
        language=language,
        operation_id=upload.operation_id,
        by=by,
    )
    if not (saved.closed or upload.applied_at):
        upload.applied_at = timezone.now()
        upload.save(update_fields=["applied_at"])
        record(
            AuditEvent.Kind.CHANGED, by=by, subject=upload, applied=len(saved.changed)
        )
    return saved
