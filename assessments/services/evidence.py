"""Evidence: added, changed, taken out, put back. What a submission holds is never touched."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from assessments.models import Evidence, EvidenceUse, SelfReflection, StateChange
from assessments.services.answers import ForeignSubject
from assessments.services.states import change_state, locked
from frameworks.models import Criterion, Outcome
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise

MOST_EVIDENCE = 200  # pieces of a self-reflection that are in use


class TooMuchEvidence(Exception):
    """The self-reflection has as many pieces of evidence as it can hold."""


@dataclass(frozen=True)
class Use:
    """What a piece of evidence supports: an outcome, or one of its criteria."""

    outcome_id: int
    criterion_id: int | None = None


def add_evidence(*, reflection, title, language, uses, by, url="", checked=None):
    """Add a link, or a file that was checked, with what it supports; returns the evidence.

    The same link or file under the same title, sent twice, is added once, and supports what either
    said. Raises PermissionDenied where answers cannot be changed, ForeignSubject for what the
    edition does not ask, TooMuchEvidence. A file is on the disk before its row is: where the row is
    refused, the file goes again.
    """
    evidence = Evidence(
        title=title,
        language=language,
        url=url,
        added_by=by,
        **(
            {
                "file_name": checked.name,
                "media_type": checked.media_type,
                "size": checked.size,
                "file_hash": checked.sha256,
            }
            if checked
            else {}
        ),
    )
    try:
        with transaction.atomic():
            reflection = _open(reflection, by=by)
            evidence.reflection = reflection
            there = Evidence.objects.in_use().filter(
                reflection=reflection,
                title=title,
                url=url,
                file_hash=evidence.file_hash,
            )
            if earlier := there.first():
                _add_uses(earlier, uses, by=by)
                return earlier
            _refuse_too_much(reflection)
            if checked:
                evidence.file.save(checked.name, checked.file, save=False)
            evidence.save()
            _write_uses(evidence, uses)
            if reflection.state == SelfReflection.State.NOT_STARTED:
                change_state(
                    reflection,
                    SelfReflection.State.DRAFT,
                    StateChange.Kind.STARTED,
                    by=by,
                )
            record(
                AuditEvent.Kind.ADDED,
                by=by,
                subject=evidence,
                reflection=reflection.pk,
                sha256=evidence.file_hash,
            )
    except BaseException:
        if evidence.file:
            evidence.file.delete(save=False)
        raise
    return evidence


@transaction.atomic
def change_evidence(*, evidence, title, language, uses, by):
    """Change the title of a piece of evidence and what it supports; never its link or file."""
    _open(evidence.reflection, by=by)
    evidence = Evidence.objects.in_use().get(pk=evidence.pk)
    evidence.title, evidence.language = title, language
    evidence.save(update_fields=["title", "language"])
    _write_uses(evidence, uses)
    record(AuditEvent.Kind.CHANGED, by=by, subject=evidence)


@transaction.atomic
def remove_evidence(*, evidence, by):
    """Take a piece of evidence out; submissions that hold it keep it. Twice is once."""
    _open(evidence.reflection, by=by)
    removed = Evidence.objects.in_use().filter(pk=evidence.pk)
    if removed.update(removed_at=timezone.now(), removed_by=by):
        record(AuditEvent.Kind.REMOVED, by=by, subject=evidence)


@transaction.atomic
def restore_evidence(*, evidence, by):
    """Put back a piece of evidence that was taken out; TooMuchEvidence. Twice is once."""
    reflection = _open(evidence.reflection, by=by)
    removed = Evidence.objects.filter(pk=evidence.pk, removed_at__isnull=False)
    if removed:
        _refuse_too_much(reflection)
    if removed.update(removed_at=None, removed_by=None):
        record(AuditEvent.Kind.ADDED, by=by, subject=evidence, restored=True)


def _open(reflection, *, by):
    """The self-reflection, locked: a submission may be on its way; refused where it is closed."""
    reflection = locked(reflection, by=by)
    authorise(by, Permission.EDIT_ANSWERS, reflection)
    return reflection


def _refuse_too_much(reflection):
    """Raise TooMuchEvidence where a locked ``reflection`` can hold no more."""
    pieces = Evidence.objects.in_use().filter(reflection=reflection)
    if pieces.count() >= MOST_EVIDENCE:
        raise TooMuchEvidence


def _add_uses(evidence, uses, *, by):
    """Let a piece of evidence support ``uses`` too, besides what it supports already."""
    stored = {Use(use.outcome_id, use.criterion_id) for use in evidence.uses.all()}
    _write_uses(evidence, stored | set(uses))
    if set(uses) - stored:
        record(AuditEvent.Kind.CHANGED, by=by, subject=evidence)


def _write_uses(evidence, uses):
    uses = set(uses)
    edition = evidence.reflection.cycle.edition_id
    outcomes = Outcome.objects.filter(
        module__edition=edition, pk__in={use.outcome_id for use in uses}
    )
    known = {Use(outcome.pk) for outcome in outcomes} | {
        Use(criterion.outcome_id, criterion.pk)
        for criterion in Criterion.objects.filter(outcome__in=outcomes)
    }
    if not uses or uses - known:
        raise ForeignSubject
    stored = {Use(use.outcome_id, use.criterion_id): use for use in evidence.uses.all()}
    for use in set(stored) - uses:
        stored[use].delete()
    EvidenceUse.objects.bulk_create(
        EvidenceUse(
            evidence=evidence, outcome_id=use.outcome_id, criterion_id=use.criterion_id
        )
        for use in sorted(
            uses - set(stored), key=lambda use: (use.outcome_id, use.criterion_id or 0)
        )
    )
