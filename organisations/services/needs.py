"""What people say of themselves: their name, how they like to receive things, what helps them."""

from django.db import transaction
from django.utils import timezone

from cdf_site.common.languages import detect
from organisations.audit import record
from organisations.models import AuditEvent, User

Kind = AuditEvent.Kind


class NoteChanged(Exception):
    """The note was changed elsewhere since it was looked at; ``person`` is as they are stored."""

    def __init__(self, person):
        super().__init__()
        self.person = person


@transaction.atomic
def save_own_account(*, changes, seen, language, by):
    """Write what ``changes`` say of the person themselves; whatever else there is stays as it is.

    ``seen`` is the note for meetings, and whether it was shared, as the person saw it: a note is
    neither written over nor shared unseen. ``written_in`` among the changes is what they say of
    its language; where they say nothing it is detected, with ``language`` where that is not clear.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    changes = dict(changes)
    stored = (person.meeting_note, person.shares_meeting_note)
    note = changes.get("meeting_note", person.meeting_note)
    shares = bool(note) and changes.get("shares_meeting_note", stored[1])
    # Taking one's consent back is never held up.
    if stored not in {seen, (note, shares)} and (note, shares) != (stored[0], False):
        raise NoteChanged(person)
    if "written_in" in changes:
        written_in = changes.pop("written_in") or detect(note, language)
        changes["meeting_note_language"] = written_in if note else ""
    changes["shares_meeting_note"] = shares
    changed = {
        name: value for name, value in changes.items() if getattr(person, name) != value
    }
    for name, value in changed.items():
        setattr(person, name, value)
    person.needs_said_at = timezone.now()
    person.save(update_fields=[*changed, "needs_said_at"])
    if changed.pop("name", None) is not None:
        record(Kind.CHANGED, by=by, subject=person, fields=["name"])
    if changed:
        # Not even which: that there is a note would be said by it.
        record(Kind.SUPPORT_NEEDS_CHANGED, by=by, subject=person)


def forget_meeting_note(*, person):
    """Keep nothing of what helps somebody in meetings, before they lose their access.

    It has no event of its own, which would say that there was a note.
    """
    person.meeting_note = person.meeting_note_language = ""
    person.shares_meeting_note = False
    person.save(
        update_fields=["meeting_note", "meeting_note_language", "shares_meeting_note"]
    )
