"""Sending: written down in the caller's transaction, and sent when that has come to its end.

What fails is written on the message's own row, and never disturbs the request that asked for it.
Nor does a request wait long: what has not left by then waits for ``resend_messages``. What needs
nothing done now waits for the day's e-mail, or is not sent, as its reader has chosen.
"""

import time
from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import models, transaction
from django.utils import timezone

from notifications.models import Message
from notifications.rhythm import is_held, is_unwanted
from notifications.writing import BOTH, link_to, subject_of, write
from organisations.models import User

# Seconds after which no further letter is begun: by a request; and by a command, which has to be done
# before resend_messages takes what it left, five minutes later.
PATIENCE = 8
PATIENCE_OF_A_COMMAND = 240
MOST_IN_A_DIGEST = 40  # headings; the others are counted


@dataclass(frozen=True)
class Address:
    """Somebody who has no account yet."""

    email: str
    language: str = ""
    person: User | None = None


@dataclass(frozen=True)
class Letters:
    """The same facts for some people: one of several groups that are told at once.

    With an ``occasion``, each of them is told of ``about`` on that occasion once, whoever asks.
    """

    to: list[User | Address]
    facts: dict
    about: models.Model | None = None
    occasion: str = ""


def send(*, kind, to, facts, about=None, secret=False, occasion=""):
    """Write a message of ``kind`` to each of ``to`` and send them once the transaction commits.

    ``to`` holds people and Addresses; each gets it in their own language, or in both where that
    is not known. ``facts`` holds texts, or a text for each language: see ``writing``. Where
    one of them is a ``secret``, nothing of it is stored, and the message cannot be sent again.
    Returns the rows of the log, also of what is not sent yet or not at all: see ``rhythm``.
    """
    letters = [Letters(to=to, facts=facts, about=about, occasion=occasion)]
    return _send(kind, letters, secret=secret)


def send_all(*, kind, letters, about=None):
    """As ``send``, to several groups of people, over one connection and within one patience.

    ``about`` is what those Letters are about that do not say so. As many queries for many as for one.
    """
    return _send(kind, letters, about=about)


def send_again(*, messages):
    """Write and send once more what did not leave; returns how many left now."""
    written = [
        (message, write(message.kind, message.facts, message.language))
        for message in messages
    ]
    _deliver(written, PATIENCE_OF_A_COMMAND)
    return sum(message.sent_at is not None for message in messages)


def _send(kind, letters, *, about=None, secret=False):
    written = _not_said_before(
        [
            _written(kind, _address(who), group, about=about, secret=secret)
            for group in letters
            for who in group.to
        ]
    )
    messages = Message.objects.bulk_create(message for message, _letter in written)
    leaving = [
        (message, letter)
        for message, letter in written
        if not (message.held_at or message.is_unwanted)
    ]
    if leaving:
        transaction.on_commit(lambda: _deliver(leaving, PATIENCE), robust=True)
    return messages


def _address(who):
    if isinstance(who, User):
        return Address(email=who.email, language=who.language, person=who)
    return who


def _written(kind, address, group, *, about, secret):
    message, letter = _row(kind, address, group.facts)
    about, person = group.about or about, address.person
    if about:
        message.about_type, message.about_id = about._meta.label_lower, str(about.pk)
    if secret:
        message.facts = {}
    elif is_held(kind, person):  # of a secret nothing is stored to write it from later
        message.held_at = timezone.now()
    message.is_unwanted = is_unwanted(kind, person)
    if group.occasion:
        key = (kind, message.about_type, message.about_id, person.pk, group.occasion)
        message.once_key = ":".join(str(part) for part in key)
    return message, letter


def _row(kind, address, facts):
    """A message that is to leave, and what it says."""
    language = address.language or BOTH
    letter = write(kind, facts, language)
    message = Message(
        kind=kind,
        recipient=address.person,
        address=address.email,
        language=language,
        subject=letter.subject,
        facts=facts,
        text=letter.text if settings.DEMONSTRATION else "",
    )
    return message, letter


def _not_said_before(written):
    """Without what was said on its occasion already.

    Whoever may be told once is locked first, so that of two who ask at the same time the second
    sees what the first has written; the database would refuse it all the same.
    """
    once = {message.once_key: message for message, _letter in written}
    once.pop("", None)
    if not once:
        return written
    _lock({message.recipient_id for message in once.values()})
    said = set(
        Message.objects.filter(once_key__in=once).values_list("once_key", flat=True)
    )
    return [
        (message, letter)
        for message, letter in written
        if not message.once_key
        # of two with one key, in the same call, one
        or (message.once_key not in said and once[message.once_key] is message)
    ]


def _lock(people):
    """Hold the rows of ``people`` until the transaction ends, in one order for everybody."""
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=people)
    return list(rows.order_by("pk"))


# The day's e-mail -------------------------------------------------------------------------


@transaction.atomic
def send_digests():
    """Send each person what waits for them, in one e-mail; returns how many there are.

    One a day and person at most, however often this is asked and by how many at once. A single
    letter is told as itself. Whoever has come to want none of it gets none.
    """
    today = timezone.localdate()
    Message.objects.held().filter(recipient__email_rhythm=User.Rhythm.NEEDED).update(
        held_at=None, is_unwanted=True
    )
    waiting = Message.objects.held().filter(recipient__is_active=True)
    people = _lock(waiting.values("recipient"))
    # Asked only now: somebody else may have sent it while this waited for the lock.
    had_theirs = Message.objects.filter(daily_on=today, recipient__in=people)
    held = (
        waiting.filter(recipient__in=people)
        .exclude(recipient__in=had_theirs.values("recipient"))
        .select_related("recipient")
        .order_by("recipient", "created_at", "pk")
    )
    told, leaving = [], []
    for person, some in groupby(held, key=lambda one: one.recipient):
        letters = list(some)
        message, letter = _days_message(person, letters)
        message.daily_on = today
        leaving.append((message, letter))
        told += [(held_letter, message) for held_letter in letters]
    Message.objects.bulk_create(message for message, _letter in leaving)
    for held_letter, message in told:
        held_letter.digest = message
    Message.objects.bulk_update([held_letter for held_letter, _ in told], ["digest"])
    if leaving:
        transaction.on_commit(
            lambda: _deliver(leaving, PATIENCE_OF_A_COMMAND), robust=True
        )
    return len(leaving)


def _days_message(person, letters):
    """What tells ``person`` of ``letters``, in today's language: what is said twice is said once."""
    said = {}
    for letter in letters:
        line = {
            "subject": subject_of(letter.kind, letter.facts),
            "link": letter.facts["link"],
        }
        said.setdefault(str(line), line)
    lines = list(said.values())
    if len(lines) == 1:
        kind, facts = letters[0].kind, letters[0].facts
    else:
        kind = Message.Kind.DIGEST
        facts = {
            "count": len(lines),
            "letters": lines[:MOST_IN_A_DIGEST],
            "more": len(lines[MOST_IN_A_DIGEST:]),
            "link": link_to("account"),
        }
    return _row(kind, _address(person), facts)


# Leaving ----------------------------------------------------------------------------------


def _deliver(written, patience):
    """Send the letters over one connection, and note on each row what became of it.

    After ``patience`` seconds the rest stay as they were written.
    """
    began_at = time.monotonic()
    try:
        connection = get_connection()
        connection.open()
    except Exception as error:  # whatever it is: the log has it, the request goes on
        for message, _letter in written:
            _note(message, error)
        return
    for message, letter in written:
        if time.monotonic() - began_at > patience:
            break
        email = EmailMultiAlternatives(
            subject=letter.subject,
            body=letter.text,
            to=[message.address],
            connection=connection,
            headers={"Content-Language": _content_language(message)},
        )
        if not (message.recipient and message.recipient.plain_text_emails):
            email.attach_alternative(letter.html, "text/html")
        try:
            email.send()
        except Exception as error:  # the next one may leave all the same
            _note(message, error)
        else:
            _note(message)
    connection.close()


def _note(message, error=None):
    message.sent_at = None if error else timezone.now()
    message.error = f"{type(error).__name__}: {error}"[:300] if error else ""
    Message.objects.filter(pk=message.pk).update(
        sent_at=message.sent_at, error=message.error
    )


def _content_language(message):
    return "cy, en" if message.language == BOTH else message.language
