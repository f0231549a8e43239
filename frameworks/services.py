"""Publishing editions and taking them out of use."""

from django.db import transaction

from frameworks.exchange import dump, read
from frameworks.models import Edition
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise

Status = Edition.Status


class NotNow(Exception):
    """The edition is not in the state that this needs."""


@transaction.atomic
def publish(*, edition, by):
    """Publish a draft, which freezes it; or bring back an edition that was retired.

    A draft is held to what a file is held to, every text in both languages first of all; raises
    ``exchange.Refused`` with all that is missing.
    """
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    authorise(by, Permission.ADMINISTER, edition)
    if edition.status == Status.PUBLISHED:
        raise NotNow
    if edition.status == Status.DRAFT:
        read(dump(edition).encode())
    return _change_status(edition, Status.PUBLISHED, by=by)


@transaction.atomic
def retire(*, edition, by):
    """Take a published edition out of use; it stays readable."""
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    authorise(by, Permission.ADMINISTER, edition)
    if edition.status != Status.PUBLISHED:
        raise NotNow
    return _change_status(edition, Status.RETIRED, by=by)


def _change_status(edition, status, *, by):
    edition.status = status
    edition.save(update_fields=["status"])
    record(
        AuditEvent.Kind.CHANGED,
        by=by,
        subject=edition,
        fields=["status"],
        status=status,
    )
    return edition
