"""Saving answers: each alone, from the version it was made from, and never over another's."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from assessments.models import (
    LEVEL_QUESTIONS,
    Answer,
    AnswerVersion,
    SelfReflection,
    StateChange,
)
from assessments.rules import works_in_the_cluster
from assessments.services.states import change_state, locked
from assessments.subjects import Subject
from cdf_site.common.languages import detect, was_chosen
from frameworks.models import Criterion, EnablingFactor, Outcome
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, holds

EMPTY = ("", "", None)


class ForeignSubject(Exception):
    """An entry is about something that this self-reflection does not ask."""


@dataclass(frozen=True)
class Entry:
    """What somebody typed for one subject, and the version they had before them."""

    subject: Subject
    base_version: int
    choice: str = ""
    text: str = ""
    dated_on: date | None = None
    # The operation before this one, whose reply the page had not had: if it was accepted, this
    # was written after it, whatever version the page knew.
    after: uuid.UUID | None = None
    # What its writer says of the text's language: "cy" or "en", "" to have it detected; None is
    # silence, which leaves what was said before.
    language: str | None = None
    # The language that exactly this text had where it was taken from: an earlier version, or the
    # last cycle. Nobody chooses a language by taking a text.
    kept_language: str = ""

    @property
    def content(self):
        return (self.choice, self.text, self.dated_on)


@dataclass(frozen=True)
class Conflict:
    """An entry that was refused because the answer had changed since; both texts are kept."""

    entry: Entry
    theirs: Answer
    changed_by: object
    changed_at: object


@dataclass
class Saved:
    """What became of a page's entries.

    ``versions`` holds, for each, the version from which that page may go on: of the answer now,
    but for an entry that did not touch what somebody else wrote since, the one it was made from.
    """

    versions: dict[Subject, int] = field(default_factory=dict)
    changed: list[Subject] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    closed: list[Entry] = field(default_factory=list)


@transaction.atomic
def save_answers(*, reflection, entries, language, operation_id, by):
    """Save each entry that is fresh, and refuse the stale ones with both texts kept.

    An entry that says what is stored already, or what its base version said, changes nothing. The
    same ``operation_id`` with the same content twice saves once. Where the self-reflection no
    longer takes answers, every changed text is kept as refused and listed in ``closed``. A text is
    in the language that its entry says, else in the one that is detected, else in ``language``.
    Raises PermissionDenied for whoever does not work in the cluster, ForeignSubject for what the
    cycle's edition does not ask.
    """
    reflection = locked(reflection, by=by)
    if not (by.is_active and works_in_the_cluster(by, reflection)):
        raise PermissionDenied(f"{Permission.EDIT_ANSWERS} refused")
    is_open = holds(by, Permission.EDIT_ANSWERS, reflection)

    answers = {
        Subject.of(answer): answer
        for answer in Answer.objects.filter(reflection=reflection)
    }
    _refuse_foreign(
        reflection,
        [entry.subject for entry in entries if entry.subject not in answers],
    )
    _refuse_levels_too_high(entries)
    entries = _brought_forward(answers, entries, by=by)
    base_contents = _base_contents(answers, entries)
    done = {
        version.answer_id: version
        for version in AnswerVersion.objects.filter(
            answer__reflection=reflection, operation_id=operation_id
        )
    }
    saved = Saved()
    for entry in entries:
        answer = answers.get(entry.subject) or Answer(
            reflection=reflection, **entry.subject.fields
        )
        saved.versions[entry.subject] = answer.version
        earlier = done.get(answer.pk)
        corrects = _corrects_the_language(entry, answer)
        is_repeat = (
            earlier is not None and earlier.content == entry.content and not corrects
        )
        if entry.content == answer.content and not corrects:
            continue
        if is_repeat and earlier.version is not None:
            saved.versions[entry.subject] = earlier.version
            continue
        base_content = base_contents.get((answer.pk, entry.base_version))
        if entry.base_version == 0:
            base_content = EMPTY
        if entry.content == base_content and not corrects:
            # Untouched on this page: what somebody else wrote since stays, also when the
            # page is sent again.
            saved.versions[entry.subject] = entry.base_version
            continue

        if not is_open:
            refusal = AnswerVersion.Refusal.CLOSED
            saved.closed.append(entry)
        elif answer.pk is not None and entry.base_version != answer.version:
            refusal = AnswerVersion.Refusal.STALE
            saved.conflicts.append(_conflict(entry, answer))
        else:
            refusal = ""
            saved.changed.append(entry.subject)
            saved.versions[entry.subject] = answer.version + 1
        if not (is_repeat and refusal):  # what was refused before may be in time now
            _write(
                answer,
                entry,
                refusal=refusal,
                language=language,
                # The same operation with other content is another operation: a page gone
                # back to, and sent again.
                operation_id=operation_id if earlier is None else uuid.uuid4(),
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


def _brought_forward(answers, entries, *, by):
    """The entries, each from the version that its page would know, had it had every reply."""
    numbers = {entry.after for entry in entries if entry.after}
    if not numbers:
        return entries
    accepted = {
        (version.answer_id, version.operation_id): version.version
        for version in AnswerVersion.objects.filter(
            answer__in=[answer.pk for answer in answers.values()],
            operation_id__in=numbers,
            version__isnull=False,
            by=by,
        )
    }
    return [
        replace(
            entry,
            base_version=accepted.get(
                (answers[entry.subject].pk, entry.after), entry.base_version
            ),
        )
        if entry.subject in answers
        else entry
        for entry in entries
    ]


def _base_contents(answers, entries):
    """What the answers said in the versions that the entries were made from."""
    pairs = {
        (answers[entry.subject].pk, entry.base_version)
        for entry in entries
        if entry.subject in answers
    }
    versions = AnswerVersion.objects.filter(
        answer__in={pk for pk, _ in pairs},
        version__in={version for _, version in pairs},
    )
    return {
        (version.answer_id, version.version): version.content for version in versions
    }


def _conflict(entry, answer):
    latest = answer.versions.filter(version=answer.version).select_related("by").first()
    return Conflict(
        entry=entry,
        theirs=answer,
        changed_by=latest and latest.by,
        changed_at=latest and latest.at,
    )


def _write(answer, entry, *, refusal, language, operation_id, by):
    """Write the history row, and the answer itself where the entry was accepted."""
    language, is_chosen = _language(entry, answer, default=language)
    if not refusal:
        answer.language, answer.language_is_chosen = language, is_chosen
        answer.choice, answer.text, answer.dated_on = entry.content
        answer.version += 1
        answer.save()
    elif answer.pk is None:
        answer.save()  # version 0, not answered: the history needs something to belong to
    AnswerVersion.objects.create(
        answer=answer,
        version=None if refusal else answer.version,
        base_version=entry.base_version,
        refusal=refusal,
        choice=entry.choice,
        text=entry.text,
        dated_on=entry.dated_on,
        language=language,
        operation_id=operation_id,
        at=timezone.now(),
        by=by,
    )


def _chosen_language(answer):
    return answer.language if answer.language_is_chosen else ""


def _corrects_the_language(entry, answer):
    """Whether ``entry`` says another language of the text that stands, which its page had seen."""
    return bool(
        entry.language is not None
        and entry.text
        and (entry.base_version, entry.text) == (answer.version, answer.text)
        and entry.language != _chosen_language(answer)
    )


def _language(entry, answer, *, default):
    """The language of the entry's text, and whether somebody said so."""
    if not entry.text:
        return "", False
    if entry.language:
        return entry.language, True
    chosen = _chosen_language(answer)
    if entry.kept_language:
        is_chosen = entry.language is None and chosen == entry.kept_language
        return entry.kept_language, is_chosen or was_chosen(
            entry.text, entry.kept_language
        )
    if entry.language is None and chosen:
        return chosen, True
    if entry.text == answer.text and not chosen:
        return answer.language, False
    return detect(entry.text, default), False
