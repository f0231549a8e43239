"""Files of figures and of populations: kept when sent, checked in steps, applied whole, undone."""

import datetime
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from assessments.figure_files.checking import check_rows, key_of
from assessments.figure_files.comparing import compare
from assessments.figure_files.faults import Code, Fault
from assessments.figure_files.layout import FIGURES
from assessments.figure_files.undoing import remembered, undoing_of
from assessments.models import FigureUpload, FigureUploadPart
from assessments.selectors.figure_uploads import context_of
from assessments.services.figures import (
    lock,
    remove_figures,
    write_figures,
    write_populations,
)
from cdf_site.common.uploads import shown_name
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise

ROWS_A_STEP = 2_500
MOST_WAITING = 5  # of one person and board, kept without having been applied
KEPT_FOR = datetime.timedelta(days=1)


class FileChanged(Exception):
    """What the file would change is no longer what was shown; nothing was written."""


class NotApplicable(Exception):
    """The file has faults or is not checked, was applied before, or undone."""


@transaction.atomic
def keep_figure_file(*, health_board, kind, edition, file_name, table, by):
    """Keep what was read from a file; no figure changes.

    Of everybody's files that were not applied those of the day before go, and of this person's the
    newest few stay.
    """
    authorise(by, Permission.ENTER_FIGURES, health_board)
    upload = FigureUpload.objects.create(
        kind=kind,
        health_board=health_board,
        edition=edition if kind == FIGURES else None,
        file_name=shown_name(file_name),
        columns=table.columns,
        row_count=len(table.rows),
        comma_is_decimal=table.comma_is_decimal,
        uploaded_by=by,
    )
    faults = [asdict(fault) for fault in table.faults]
    # Without the columns that a row needs, there is nothing to say of the rows.
    is_readable = all(fault.code != Code.MISSING_COLUMN for fault in table.faults)
    rows = table.rows if is_readable else []
    FigureUploadPart.objects.bulk_create(
        [
            FigureUploadPart(
                upload=upload,
                number=number,
                cells=rows[start : start + ROWS_A_STEP],
                faults=faults if number == 1 else [],
                is_checked=not is_readable,
            )
            for number, start in enumerate(
                range(0, max(len(rows), 1), ROWS_A_STEP), start=1
            )
        ]
    )
    if not is_readable:
        _finish(upload)
    record(AuditEvent.Kind.ADDED, by=by, subject=upload)
    _make_room(health_board, by=by)
    return upload


def _make_room(health_board, *, by):
    waiting = FigureUpload.objects.filter(applied_at=None)
    mine = waiting.filter(health_board=health_board, uploaded_by=by)
    kept = mine.order_by("-pk").values_list("pk", flat=True)[:MOST_WAITING]
    old = waiting.filter(uploaded_at__lt=timezone.now() - KEPT_FOR)
    for upload in (old | mine.exclude(pk__in=list(kept))).distinct():
        record(AuditEvent.Kind.REMOVED, by=by, subject=upload)
        upload.delete()


@transaction.atomic
def check_on(*, upload, by):
    """Check the next rows of a file that was kept, as many as take well under a second.

    Doing so again, or two at once, checks no row twice. Returns the upload as it is then; one that
    is checked to its end says so.
    """
    authorise(by, Permission.ENTER_FIGURES, upload.health_board)
    upload = _locked(upload)
    if upload.checked_at:
        return upload
    part = upload.parts.filter(is_checked=False).first()
    part.entries, faults = check_rows(part.cells, context_of(upload))
    part.faults += [asdict(fault) for fault in faults]
    part.cells, part.is_checked = [], True
    part.save()
    if not upload.parts.filter(is_checked=False).exists():
        _finish(upload)
    return upload


def _finish(upload):
    """Say what stands in the file twice, and that it is checked."""
    seen, fault_count = {}, 0
    for part in upload.parts.all():
        before = len(part.faults)
        for entry in part.entries:
            key = key_of(entry, upload.kind)
            if key in seen:
                part.faults.append(asdict(_repeated(entry[0], seen[key], upload)))
            seen.setdefault(key, entry[0])
        if len(part.faults) > before:
            part.faults.sort(key=lambda fault: fault["row"])
            part.save(update_fields=["faults"])
        fault_count += len(part.faults)
    upload.fault_count, upload.checked_at = fault_count, timezone.now()
    upload.save(update_fields=["fault_count", "checked_at"])


def _repeated(row, first, upload):
    column = upload.columns.get("cluster")
    return Fault(row, column, "cluster", Code.REPEATED.value, str(first))


def _locked(upload):
    """The upload as it is now; FigureUpload.DoesNotExist where it is kept no longer."""
    return (
        FigureUpload.objects.select_for_update(of=("self",))
        .select_related("edition", "health_board")
        .get(pk=upload.pk)
    )


@transaction.atomic
def apply_figure_file(*, upload, fingerprint, by):
    """Write all that a file would change, or nothing.

    ``fingerprint`` is that of the comparison that was shown, or FileChanged is raised. Raises
    NotApplicable for a file with faults and for one that was applied.
    """
    authorise(by, Permission.ENTER_FIGURES, upload.health_board)
    lock(upload.health_board)  # first the board, as all who enter figures do
    upload = _locked(upload)
    if upload.applied_at or upload.checked_at is None or upload.fault_count:
        raise NotApplicable
    comparison = compare(upload)
    if comparison.without_people or comparison.fingerprint != fingerprint:
        raise FileChanged
    changes = comparison.changes
    write = write_figures if upload.kind == FIGURES else write_populations
    written = write(
        health_board=upload.health_board, changes=changes, by=by, upload=upload.pk
    )
    held = [
        remembered(figure, change)
        for figure, change in zip(written, changes, strict=True)
    ]
    for place, part in enumerate(upload.parts.all()):
        part.changes = held[place * ROWS_A_STEP : (place + 1) * ROWS_A_STEP]
        part.entries = []
        part.save(update_fields=["changes", "entries"])
    upload.applied_at, upload.applied_by = timezone.now(), by
    upload.written_count = len(written)
    upload.save(update_fields=["applied_at", "applied_by", "written_count"])
    record(AuditEvent.Kind.CHANGED, by=by, subject=upload, applied=upload.written_count)
    return upload


@transaction.atomic
def undo_figure_file(*, upload, by):
    """Put back what stood there before a file was applied, all that nobody changed since.

    Returns the upload, which says what was left as it is. Raises NotApplicable for a file that was
    not applied, or was undone.
    """
    authorise(by, Permission.ENTER_FIGURES, upload.health_board)
    lock(upload.health_board)
    upload = _locked(upload)
    if upload.applied_at is None or upload.undone_at:
        raise NotApplicable
    undoing = undoing_of(upload)
    board, details = upload.health_board, {"undone_upload": upload.pk}
    if upload.kind == FIGURES:
        write_figures(health_board=board, changes=undoing.restored, by=by, **details)
        remove_figures(health_board=board, figures=undoing.removed, by=by, **details)
    else:
        write_populations(
            health_board=board,
            changes=undoing.restored,
            removed=undoing.removed,
            by=by,
            **details,
        )
    upload.undone_at, upload.undone_by = timezone.now(), by
    upload.restored_count, upload.kept = undoing.count, undoing.kept
    upload.save(update_fields=["undone_at", "undone_by", "restored_count", "kept"])
    record(
        AuditEvent.Kind.CHANGED,
        by=by,
        subject=upload,
        undone=undoing.count,
        kept=len(undoing.kept),
    )
    return upload
