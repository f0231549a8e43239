"""Files of translated texts: kept when they are sent, applied when they are confirmed."""

import datetime
import json
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from cdf_site.common.uploads import shown_name
from frameworks.models import Edition, FrameworkUpload, TextState
from frameworks.services.translations import NotEditable, TextEntry, save_texts
from frameworks.translation_files.comparing import compare
from frameworks.translation_files.reading import Fault, Reading, Row
from frameworks.wording import seen
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise

MOST_FILES = 5  # of one person and edition, kept without having been applied
KEPT_FOR = datetime.timedelta(days=1)


class FileChanged(Exception):
    """What the file would change is no longer what was shown; nothing was applied."""


@transaction.atomic
def keep_translation_file(*, edition, file_name, reading, by):
    """Keep what was read from a file; no text changes.

    Of everybody's files those of the day before go, and of this person's the newest few stay.
    """
    authorise(by, Permission.TRANSLATE, edition)
    if edition.status == Edition.Status.RETIRED:
        raise NotEditable
    files = FrameworkUpload.objects.filter(kind=FrameworkUpload.Kind.TEXTS)
    files.filter(uploaded_at__lt=timezone.now() - KEPT_FOR).delete()
    upload = FrameworkUpload.objects.create(
        kind=FrameworkUpload.Kind.TEXTS,
        edition_code=edition.code,
        file_name=shown_name(file_name),
        notation="json",
        content=json.dumps(asdict(reading)).encode(),
        uploaded_by=by,
    )
    waiting = files_of(edition, by=by)
    kept = list(waiting.values_list("pk", flat=True)[:MOST_FILES])
    waiting.exclude(pk__in=kept).delete()
    return upload


def files_of(edition, *, by):
    """The files of this person that wait to be looked at, the newest first."""
    return FrameworkUpload.objects.visible_to(by).filter(
        kind=FrameworkUpload.Kind.TEXTS,
        edition_code=edition.code,
        uploaded_at__gte=timezone.now() - KEPT_FOR,
    )


def reading_of(upload):
    """What was read from a file that was kept."""
    said = json.loads(bytes(upload.content))
    return Reading(
        rows=[Row(**row) for row in said["rows"]],
        faults=[Fault(**fault) for fault in said["faults"]],
        fault_count=said["fault_count"],
    )


@transaction.atomic
def apply_translation_file(*, upload, fingerprint, chosen, are_checked, by):
    """Save what ``upload`` says, as drafts or, where ``are_checked``, as checked.

    ``fingerprint`` is that of the comparison that was shown, or FileChanged is raised; ``chosen``
    names the texts that others changed since and that the file is to replace all the same. The file
    is removed; returns what ``save_texts`` does. Raises FrameworkUpload.DoesNotExist where it is
    kept no longer.
    """
    # First the edition, as all who save texts do.
    edition = Edition.objects.select_for_update(no_key=True).get(
        code=upload.edition_code
    )
    authorise(by, Permission.TRANSLATE, edition)
    upload = files_of(edition, by=by).select_for_update().get(pk=upload.pk)
    comparison = compare(reading_of(upload).rows, edition)
    if comparison.fingerprint != fingerprint:
        raise FileChanged
    entries = {}
    for change in (
        *comparison.changes,
        *(conflict for conflict in comparison.conflicts if conflict.name in chosen),
        *comparison.fitting,
    ):
        entry = entries.setdefault(change.text.key, TextEntry(seen=dict(change.seen)))
        entry.seen[change.language] = seen(change.before)
        entry.texts[change.language] = change.after
        if are_checked and change.is_sure:
            entry.states[change.language] = TextState.CHECKED
        elif change in comparison.fitting:
            entry.states[change.language] = TextState.DRAFT
    saved = save_texts(edition=edition, entries=entries, by=by)
    record(
        AuditEvent.Kind.CHANGED,
        by=by,
        subject=edition,
        texts_from_file=upload.file_name,
        saved=len(saved.saved),
    )
    upload.delete()
    return saved


def wordings_of(comparison):
    """What a file says otherwise of frozen texts, as ``correct`` takes it: wordings and marks."""
    wordings, marks = {}, {}
    for change in comparison.frozen:
        wordings.setdefault(change.text.key, {})[change.language] = change.after
        marks.setdefault(change.text.key, {})[change.language] = seen(change.before)
    return wordings, marks
