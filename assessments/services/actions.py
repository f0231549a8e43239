"""Actions: undertaken, changed, carried out, escalated. Each step is written down for good."""

import datetime
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from assessments.models import Action, ActionChange
from assessments.selectors.actions import may_own
from assessments.services import telling
from assessments.services.answers import ForeignSubject
from assessments.services.reflections import ReasonMissing
from assessments.services.states import locked
from cdf_site.common.languages import detect
from frameworks.models import Criterion, Outcome
from organisations.audit import plain, record
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise

Kind = ActionChange.Kind
Status = Action.Status
# What somebody fills in, in the order of the page; a language goes with its text.
EDITED = ("text", "owner_id", "due_on", "support_needed", "support_from")
WRITTEN = (
    *EDITED,
    *("outcome_id", "criterion_id", "language", "support_language", "status"),
    *("escalated_to", "what_changed", "closing_language"),
)
PRESSED_TWICE = datetime.timedelta(minutes=1)


class NotOfTheCluster(Exception):
    """The person who was to own the action works in no cluster whose action it is."""


class NoSuchStep(Exception):
    """An escalation to where the action is already."""


@dataclass
class ActionChanged(Exception):
    """Somebody else changed meanwhile what was to be changed; both are kept.

    ``theirs`` is the action as it is now, ``fields`` names what both changed, and ``change`` says who
    did so and when.
    """

    theirs: Action
    change: ActionChange | None
    fields: list = field(default_factory=list)


@transaction.atomic
def add_action(
    *,
    reflection,
    text,
    language,
    outcome=None,
    criterion=None,
    owner=None,
    due_on=None,
    support_needed="",
    support_from="",
    written_in="",
    by,
):
    """Undertake something, of a criterion, an outcome or neither; returns the action.

    Texts are in the language that ``written_in`` says, else in the one that is detected, else in
    ``language``. The same again within a minute, as from a button pressed twice, is the same action.
    Raises PermissionDenied, ForeignSubject for what the cycle's edition does not ask, NotOfTheCluster
    for an owner from elsewhere.
    """
    reflection = locked(reflection, by=by)
    authorise(by, Permission.KEEP_ACTIONS, reflection)
    outcome = criterion.outcome if criterion else outcome
    _refuse_foreign(reflection, outcome, criterion)
    _refuse_other_owner(reflection, owner)
    earlier = Action.objects.filter(
        reflection=reflection,
        text=text,
        outcome=outcome,
        criterion=criterion,
        owner=owner,
        due_on=due_on,
        support_needed=support_needed,
        support_from=support_from,
        added_by=by,
        added_at__gt=timezone.now() - PRESSED_TWICE,
        version=1,
    ).first()
    if earlier:
        return earlier
    action = Action.objects.create(
        reflection=reflection,
        outcome=outcome,
        criterion=criterion,
        text=text,
        language=written_in or detect(text, language),
        owner=owner,
        due_on=due_on,
        support_needed=support_needed,
        support_language=_language_of(support_needed, written_in, language),
        support_from=support_from,
        added_by=by,
    )
    _step(action, Kind.ADDED, by=by)
    record(AuditEvent.Kind.ADDED, by=by, subject=action, reflection=reflection.pk)
    return action


@transaction.atomic
def change_action(*, action, base_version, changes, language, written_in="", by):
    """Change what ``changes`` holds, by the names in ``EDITED``; returns the action.

    What somebody else changed meanwhile and this page did not stays as they left it. Where both changed
    the same, nothing is saved: ActionChanged. Raises PermissionDenied, NotOfTheCluster.
    """
    action = _locked(action, Permission.CHANGE_ACTION, by=by)
    base = _as_it_was(action, base_version)
    now = _values(action)
    typed = {
        name: plain(Action._meta.get_field(name), value)
        for name, value in changes.items()
    }
    wanted = {
        name: value
        for name, value in typed.items()
        if value != base[name] and value != now[name]
    }
    both = [name for name in wanted if now[name] != base[name]]
    if both:
        raise ActionChanged(action, _latest(action), both)
    languages = _corrected(action, base, typed, wanted, written_in)
    if not wanted and not languages:
        return action
    if "owner_id" in wanted:
        _refuse_other_owner(action.reflection, changes["owner_id"])
    _begin_the_trail(action)
    for name in wanted:
        setattr(action, name, changes[name])
    if "text" in wanted:
        action.language = _language_of(action.text, written_in, language)
    if "support_needed" in wanted:
        action.support_language = _language_of(
            action.support_needed, written_in, language
        )
    for name, value in languages.items():
        setattr(action, name, value)
    kind = Kind.OWNER if set(wanted) == {"owner_id"} else Kind.EDITED
    _step(action, kind, by=by)
    _record(action, by=by, fields=sorted({*wanted, *languages}))
    return action


@transaction.atomic
def set_action_status(
    *, action, base_version, status, note, language, written_in="", by
):
    """Say how far an action is; ``note`` says what changed where it is done, why where it is dropped.

    An action that was closed is opened again in the same way. ReasonMissing where a note is needed,
    ActionChanged where its status is no longer the one that the person saw.
    """
    action = _locked(action, Permission.CHANGE_ACTION, by=by)
    note = note.strip()
    if (action.status, action.what_changed) == (status, _kept_note(status, note)):
        return action
    base = _as_it_was(action, base_version)
    if any(base[name] != getattr(action, name) for name in ("status", "what_changed")):
        raise ActionChanged(action, _latest(action), ["status"])
    closes = status in {Status.DONE, Status.DROPPED}
    if closes and not note:
        raise ReasonMissing
    _begin_the_trail(action)
    note_language = _language_of(note, written_in, language)
    action.status = status
    action.what_changed = note if closes else ""
    action.closing_language = note_language if closes else ""
    action.closed_at = timezone.now() if closes else None
    _step(action, Kind.STATUS, note=note, language=note_language, by=by)
    _record(action, by=by, fields=["status"], status=status)
    return action


@transaction.atomic
def escalate_action(
    *, action, base_version, escalated_to, note, language, written_in="", by
):
    """Bring an action before others, higher or lower than it is, or back to the cluster (``""``).

    ReasonMissing without a note, NoSuchStep to where it is already, ActionChanged where it is
    no longer where the person saw it.
    """
    action = _locked(action, Permission.ESCALATE_ACTION, by=by)
    note = note.strip()
    latest = _latest(action)
    if action.escalated_to == escalated_to and latest and latest.note == note:
        return action  # sent twice
    if _as_it_was(action, base_version)["escalated_to"] != action.escalated_to:
        raise ActionChanged(action, latest, ["escalated_to"])
    if action.escalated_to == escalated_to:
        raise NoSuchStep
    if not note:
        raise ReasonMissing
    _begin_the_trail(action)
    action.escalated_to = escalated_to
    note_language = _language_of(note, written_in, language)
    _step(action, Kind.ESCALATED, note=note, language=note_language, by=by)
    _record(action, by=by, fields=["escalated_to"], escalated_to=escalated_to)
    if escalated_to:
        telling.action_escalated(action=action, by=by)
    return action


def hand_action(*, action, person, by):
    """Make ``person`` the owner of a locked ``action``, whose caller has asked whether they may be."""
    if action.owner_id == person.pk:
        return
    _begin_the_trail(action)
    action.owner = person
    _step(action, Kind.OWNER, by=by)
    _record(action, by=by, fields=["owner"])


# What they share ---------------------------------------------------------------------------


def _locked(action, permission, *, by):
    """The action as it is now, locked after its self-reflection, as everywhere; asked again."""
    reflection = locked(action.reflection, by=by)
    action = Action.objects.select_for_update(of=("self",)).get(pk=action.pk)
    action.reflection = reflection
    authorise(by, permission, action)
    return action


def _refuse_foreign(reflection, outcome, criterion):
    edition = reflection.cycle.edition_id
    if criterion:
        is_asked = Criterion.objects.filter(
            pk=criterion.pk, outcome__module__edition=edition
        ).exists()
    elif outcome:
        is_asked = Outcome.objects.filter(
            pk=outcome.pk, module__edition=edition
        ).exists()
    else:
        is_asked = True
    if not is_asked:
        raise ForeignSubject


def _refuse_other_owner(reflection, owner):
    """``owner`` is a person, or a person's number."""
    pk = getattr(owner, "pk", owner)
    if pk is not None and not may_own(reflection.cluster).filter(pk=pk).exists():
        raise NotOfTheCluster


def _language_of(text, written_in, default):
    return (written_in or detect(text, default)) if text else ""


def _corrected(action, base, typed, wanted, written_in):
    """The languages that somebody corrects, of texts that they left as they are."""
    if not written_in:
        return {}
    return {
        language: written_in
        for text, language in [
            ("text", "language"),
            ("support_needed", "support_language"),
        ]
        if text not in wanted
        and typed.get(text)
        and typed[text] == getattr(action, text) == base[text]
        and getattr(action, language) != written_in
    }


def _kept_note(status, note):
    return note if status in {Status.DONE, Status.DROPPED} else ""


def _values(action):
    """What an action holds, as plain JSON values by the names of its columns."""
    return {
        name: plain(Action._meta.get_field(name), getattr(action, name))
        for name in WRITTEN
    }


def _as_it_was(action, version):
    """What a locked ``action`` held in a version; of one that nothing is known of, nothing."""
    if version == action.version:
        return _values(action)
    change = ActionChange.objects.filter(action=action, version=version).first()
    known = change.after if change else {}
    return {name: known.get(name) for name in WRITTEN}


def _latest(action):
    return action.changes.select_related("by").order_by("-version").first()


def _begin_the_trail(action):
    """Write what an action held whose steps were not written down until now."""
    if action.version == 0 and not action.changes.exists():
        ActionChange.objects.create(
            action=action,
            version=0,
            kind=Kind.ADDED,
            after=_values(action),
            at=action.added_at,
            by_id=action.added_by_id,
        )


def _step(action, kind, *, note="", language="", by):
    """Save a changed ``action``, and the step that it took."""
    action.version += 1
    action.save()
    return ActionChange.objects.create(
        action=action,
        version=action.version,
        kind=kind,
        after=_values(action),
        note=note,
        language=language,
        by=by,
    )


def _record(action, *, by, **details):
    record(AuditEvent.Kind.CHANGED, by=by, subject=action, **details)
