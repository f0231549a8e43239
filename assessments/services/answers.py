"""Saving answers: each alone, from the version it was made from, and never over another's."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from assessments import needs
from assessments.models import (
    LEVEL_QUESTIONS,
    Answer,
    AnswerVersion,
    SelfReflection,
    StateChange,
)
from assessments.rules import works_in_the_cluster
from assessments.services.states import change_state, locked
from assessments.services.versions import Conflict, History, Saved, Typed, save_entries
from assessments.subjects import Subject
from frameworks.models import Criterion, EnablingFactor, Outcome
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, holds

__all__ = ["Conflict", "Entry", "ForeignSubject", "Saved", "save_answers"]

HISTORY = History(AnswerVersion, "answer")


class ForeignSubject(Exception):
    """An entry is about something that this self-reflection does not ask."""


@dataclass(frozen=True)
class Entry(Typed):
    """What somebody typed for one subject, and the version they had before them."""

    dated_on: date | None = None

    @property
    def fields(self):
        return super().fields | {"dated_on": self.dated_on}


@transaction.atomic
def save_answers(*, reflection, entries, language, operation_id, by):
    """Save each entry that is fresh, and refuse the stale ones with both texts kept.

    See ``save_entries``. Where the self-reflection no longer takes answers, every changed text is
    kept as refused and listed in ``closed``. Raises PermissionDenied for whoever does not work in the
    cluster, ForeignSubject for what the cycle's edition does not ask.
    """
    reflection = locked(reflection, by=by)
    if not (by.is_active and works_in_the_cluster(by, reflection)):
        raise PermissionDenied(f"{Permission.EDIT_ANSWERS} refused")
    is_open = holds(by, Permission.EDIT_ANSWERS, reflection)

    answers = {
        Subject.of(answer): answer
        for answer in Answer.objects.filter(reflection=reflection)
    }
    new = [entry.subject for entry in entries if entry.subject not in answers]
    _refuse_foreign(reflection, new)
    _refuse_levels_too_high(entries)
    if needs.is_unknown(entries):
        raise ForeignSubject
    for subject in new:
        answers[subject] = Answer(reflection=reflection, **subject.fields)
    saved = save_entries(
        rows={entry.subject: answers[entry.subject] for entry in entries},
        entries=entries,
        history=HISTORY,
        is_open=is_open,
        language=language,
        operation_id=operation_id,
        by=by,
    )

    if saved.changed:
        if reflection.state == SelfReflection.State.NOT_STARTED:
            change_state(
                reflection, SelfReflection.State.DRAFT, StateChange.Kind.STARTED, by=by
            )
        record(
            AuditEvent.Kind.ANSWERS_SAVED,
            by=by,
            subject=reflection,
            versions={
                subject.key: saved.versions[subject] for subject in saved.changed
            },
        )
    return saved


def _refuse_foreign(reflection, subjects):
    """Raise ForeignSubject unless the edition asks for every one of ``subjects``.

    No constraint can see that an answer's criterion, outcome or factor is of the cycle's edition.
    """
    edition = reflection.cycle.edition
    wanted = {
        Criterion.objects.filter(outcome__module__edition=edition): {
            subject.criterion_id for subject in subjects if subject.criterion_id
        },
        Outcome.objects.filter(module__edition=edition): {
            subject.outcome_id for subject in subjects if subject.outcome_id
        },
        Outcome.objects.filter(module__edition=edition, module__uses_levels=True): {
            subject.outcome_id
            for subject in subjects
            if subject.question in LEVEL_QUESTIONS
        },
        EnablingFactor.objects.filter(edition=edition): {
            subject.enabling_factor_id
            for subject in subjects
            if subject.enabling_factor_id
        },
    }
    for rows, ids in wanted.items():
        if ids and rows.filter(pk__in=ids).count() != len(ids):
            raise ForeignSubject


def _refuse_levels_too_high(entries):
    """Raise ForeignSubject for a level that its module does not have; every module has the first."""
    chosen = [
        (entry.subject.outcome_id, int(entry.choice))
        for entry in entries
        if entry.subject.question in LEVEL_QUESTIONS
        and entry.choice not in ("", "0", "1")
    ]
    if not chosen:
        return
    highest = dict(
        Outcome.objects.filter(
            pk__in=[outcome for outcome, _level in chosen]
        ).values_list("pk", "module__highest_level")
    )
    if any(level > highest[outcome] for outcome, level in chosen):
        raise ForeignSubject
