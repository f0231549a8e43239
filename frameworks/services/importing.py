"""Editions that come as files: kept when sent, shown as they would change things, then imported."""

import hashlib
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from cdf_site.common.uploads import shown_name
from frameworks.comparing import compare
from frameworks.exchange import (
    check_file,
    check_predecessors,
    create,
    dump,
    export,
    refuse_other_content,
    whole,
)
from frameworks.exchange.checking import CheckedFile
from frameworks.models import Criterion, Edition, FrameworkUpload, Module, Outcome
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise

MOST_UPLOADS = 5  # of one person, kept without having been imported


class AlreadyImported(Exception):
    """This file was imported already."""


class ChangedMeanwhile(Exception):
    """What the file would change is not what it was when the page was shown."""


class DraftInUse(Exception):
    """The draft that would be replaced is needed; ``uses`` names by what."""

    def __init__(self, uses):
        self.uses = uses
        super().__init__(", ".join(uses))


@dataclass(frozen=True)
class ImportPreview:
    """What a file would change: ``existing`` has its code, ``base`` is what it is compared with."""

    file: CheckedFile
    existing: Edition | None
    base: Edition | None
    by_place: bool
    seen: str  # what the preview was made from

    @property
    def is_there(self):
        """Whether it is published already, with the same content."""
        return self.existing is not None and not self.existing.is_draft

    @property
    def needs_publishing(self):
        """Whether it cannot be a draft: only what is published can be corrected."""
        return bool(self.file.data.get("corrections"))

    def comparison(self):
        """The differences from ``base``, or None where there is nothing to compare with."""
        if self.base is None:
            return None
        return compare(
            whole(export(self.base)), whole(self.file.data), by_place=self.by_place
        )


def preview_import(raw, notation):
    """What the bytes of a file would change; raises exchange.Refused with everything that is wrong."""
    file = check_file(raw, notation)
    check_predecessors(file)
    existing = Edition.objects.filter(code=file.data["code"]).first()
    if existing and not existing.is_draft:
        refuse_other_content(file, existing)
    predecessor = file.data.get("predecessor")
    base = existing
    if base is None and predecessor:
        base = Edition.objects.get(code=predecessor)
    elif base is None:
        base = Edition.objects.published().order_by("-issued", "-code").first()
    return ImportPreview(
        file=file,
        existing=existing,
        base=base,
        by_place=existing is not None or not predecessor,
        seen=_mark(base),
    )


def _mark(base):
    if base is None:
        return ""
    now = f"{base.pk} {base.status} {dump(base)}"
    return hashlib.sha256(now.encode()).hexdigest()


@transaction.atomic
def keep_edition_file(*, file_name, notation, content, by):
    """Keep a file that was sent; nothing else changes.

    Of this person's files that were not imported, the newest ``MOST_UPLOADS`` stay.
    """
    authorise(by, Permission.ADMINISTER)
    upload = FrameworkUpload.objects.create(
        kind=FrameworkUpload.Kind.EDITION,
        file_name=shown_name(file_name),
        notation=notation,
        content=content,
        uploaded_by=by,
    )
    waiting = FrameworkUpload.objects.visible_to(by).filter(
        kind=FrameworkUpload.Kind.EDITION, applied_at=None
    )
    kept = list(waiting.order_by("-pk").values_list("pk", flat=True)[:MOST_UPLOADS])
    waiting.exclude(pk__in=kept).delete()
    return upload


def import_edition(*, upload, is_published, seen, by):
    """Make the edition of a file that was sent, as a draft, or published exactly as it stands there.

    A draft with the same code is replaced whole; what it was stays in the audit. Raises Refused,
    AlreadyImported, DraftInUse, and ChangedMeanwhile where ``seen`` is not the mark of what is
    there now; nothing is changed then.
    """
    try:
        with transaction.atomic():
            return _import(upload, is_published, seen, by)
    except (
        IntegrityError
    ):  # somebody else made an edition with this code at the same instant
        raise ChangedMeanwhile from None


def _import(upload, is_published, seen, by):
    authorise(by, Permission.ADMINISTER)
    upload = (
        FrameworkUpload.objects.visible_to(by).select_for_update().get(pk=upload.pk)
    )
    if upload.applied_at:
        raise AlreadyImported
    _lock_editions()
    preview = preview_import(bytes(upload.content), upload.notation)
    if preview.seen != seen:
        raise ChangedMeanwhile
    if preview.is_there:
        raise AlreadyImported
    if preview.needs_publishing and not is_published:
        preview.file.refuse(
            [(("corrections",), _("only a published edition has corrections"))]
        )
    details = {"code": preview.file.data["code"], "file": upload.file_name}
    if preview.existing:
        details["replaced"] = export(preview.existing)
        _remove(preview.existing)
    edition = create(preview.file, by=by, is_published=is_published)
    record(AuditEvent.Kind.FRAMEWORK_LOADED, by=by, subject=edition, **details)
    upload.applied_at, upload.content = timezone.now(), b""
    upload.save(update_fields=["applied_at", "content"])
    return edition


def _lock_editions():
    """Wait for whoever edits, copies or publishes, and keep them waiting.

    In the order in which all others lock: the editions, what stands in the drafts, and then the
    editions against additions. Whoever has a part of a draft locked can save it first.
    """
    editions = Edition.objects.order_by("pk").values_list("pk")
    list(editions.select_for_update(no_key=True))
    drafts = Edition.objects.filter(status=Edition.Status.DRAFT)
    for rows in (
        Module.objects.filter(edition__in=drafts),
        Outcome.objects.filter(module__edition__in=drafts),
        Criterion.objects.filter(outcome__module__edition__in=drafts),
    ):
        locked = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
        list(locked.values_list("pk"))
    list(editions.select_for_update())


def _remove(draft):
    try:
        draft.delete()
    except ProtectedError as error:
        things = sorted(
            {
                f"{thing._meta.verbose_name}: {thing}"
                for thing in error.protected_objects
            }
        )
        raise DraftInUse(things) from error
