"""Which e-mails leave at once, whatever their reader has chosen, and what becomes of the others."""

from notifications.models import Message
from organisations.models import User

Kind = Message.Kind

# They ask for something now, open or close a door, or move an hour by which somebody works:
# docs/decisions/0026-e-mails.md says why of each.
NEEDED_NOW = frozenset(
    {
        Kind.INVITATION,
        Kind.ROLE_GIVEN,
        Kind.PASSWORD_RESET,
        Kind.RETURNED,
        Kind.EXTENSION_GRANTED,
        Kind.CYCLE_OPENED,
        Kind.CYCLE_EXTENDED,
        Kind.LAST_REMINDER,
        Kind.REVIEW_ASSIGNED,
        Kind.REVIEW_MEETING,
        Kind.PACK_READY,
        Kind.DIGEST,
    }
)


def is_held(kind, person):
    """Whether it waits for the day's e-mail of ``person``; None is somebody without an account."""
    return _obeys(kind, person) and person.email_rhythm == User.Rhythm.DAILY


def is_unwanted(kind, person):
    """Whether ``person`` wants no e-mail of this kind."""
    return _obeys(kind, person) and person.email_rhythm == User.Rhythm.NEEDED


def _obeys(kind, person):
    return person is not None and kind not in NEEDED_NOW
