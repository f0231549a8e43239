"""Publishing editions, taking them out of use, and settling their texts knowingly."""

from collections import defaultdict

from django.db import transaction

from frameworks.models import LANGUAGES, Edition, TextState
from frameworks.readiness import readiness
from frameworks.texts import sections_of
from frameworks.uses import uses_of
from organisations.audit import record, record_changed, values
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise

Status = Edition.Status
UNCHECKED = (TextState.DRAFT, TextState.STALE)


class NotNow(Exception):
    """The edition is not in the state that this needs."""


class NotReady(Exception):
    """Something is missing before the edition can be published; ``readiness`` says what."""

    def __init__(self, readiness):
        self.readiness = readiness
        super().__init__(f"{readiness.count} left")


class InUse(Exception):
    """Something still needs the edition in use; ``uses`` names it."""

    def __init__(self, uses):
        self.uses = uses
        super().__init__(", ".join(uses))


@transaction.atomic
def publish(*, edition, by):
    """Publish a draft, which freezes it; or bring back an edition that was retired.

    Raises NotReady until every text that readers see is there in both languages, and is checked or
    knowingly unofficial, and NotNow for one that is published already.
    """
    edition = _locked(edition, by=by)
    if edition.status == Status.PUBLISHED:
        raise NotNow
    if edition.status == Status.DRAFT:
        found = readiness(edition)
        if not found.is_ready:
            raise NotReady(found)
    return _change_status(edition, Status.PUBLISHED, by=by)


@transaction.atomic
def retire(*, edition, by):
    """Take a published edition out of use; it stays readable.

    Raises InUse while something needs it in use, such as a cycle that is planned or open.
    """
    edition = _locked(edition, by=by)
    if edition.status != Status.PUBLISHED:
        raise NotNow
    if uses := uses_of(edition):
        raise InUse(uses)
    return _change_status(edition, Status.RETIRED, by=by)


@transaction.atomic
def mark_unofficial(*, edition, language, by):
    """Let what nobody has checked in ``language`` be published as it is, which the pages then say.

    Missing texts stay missing. Returns how many texts were marked; raises NotNow for what is no
    draft any more.
    """
    if language not in LANGUAGES:
        raise ValueError(language)
    authorise(by, Permission.ADMINISTER, edition)
    if not Edition.objects.filter(pk=edition.pk, status=Status.DRAFT).exists():
        raise NotNow
    marked = 0
    # Rows before their edition, as whoever saves one of them locks them.
    for model, fields in _unchecked(edition, language).items():
        rows = list(
            model._base_manager.select_for_update(no_key=True)
            .filter(pk__in=fields)
            .order_by("pk")
        )
        for row in rows:
            before = row.text_states
            for field in fields[row.pk]:
                if row.text_state(field, language) in UNCHECKED:
                    row.set_text_state(field, language, TextState.UNOFFICIAL)
                    marked += 1
            record(
                AuditEvent.Kind.CHANGED,
                by=by,
                subject=row,
                before={"text_states": before},
                after={"text_states": row.text_states},
            )
        model._base_manager.bulk_update(rows, ["text_states"])
    return marked


def _unchecked(edition, language):
    """The texts in ``language`` that are there and not checked: fields by model and number."""
    found = defaultdict(lambda: defaultdict(list))
    for section in sections_of(edition):
        for text in section.texts:
            if text.state(language) in UNCHECKED:
                found[type(text.thing)][text.thing.pk].append(text.field)
    return found


def _locked(edition, *, by):
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    authorise(by, Permission.ADMINISTER, edition)
    return edition


def _change_status(edition, status, *, by):
    before = values(edition)
    edition.status = status
    edition.save(update_fields=["status"])
    record_changed(edition, before, by=by)
    return edition
