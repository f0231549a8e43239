"""Sending: written down in the caller's transaction, and sent when that has come to its end.

What fails is written on the message's own row, and never disturbs the request that asked for it.
Nor does a request wait long: what has not left by then waits for ``resend_messages``.
"""

import time
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone

from notifications.models import Message
from notifications.writing import BOTH, write
from organisations.models import User

PATIENCE = 8  # seconds that a request sends, and after which no further letter is begun


@dataclass(frozen=True)
class Address:
    """Somebody who has no account yet."""

    email: str
    language: str = ""
    person: User | None = None


@dataclass(frozen=True)
class Letters:
    """The same facts for some people: one of several groups that are told at once."""

    to: list[User | Address]
    facts: dict


def send(*, kind, to, facts, about=None, secret=False):
    """Write a message of ``kind`` to each of ``to`` and send them once the transaction commits.

    ``to`` holds people and Addresses; each gets it in their own language, or in both where that
    is not known. ``facts`` holds texts, or a text for each language: see ``writing``. Where
    one of them is a ``secret``, nothing of it is stored, and the message cannot be sent again.
    Returns the rows of the log.
    """
    return _send(
        _write(kind, _address(who), facts, about=about, secret=secret) for who in to
    )


def send_all(*, kind, letters, about=None):
    """As ``send``, to several groups of people, over one connection and within one patience."""
    return _send(
        _write(kind, _address(who), group.facts, about=about, secret=False)
        for group in letters
        for who in group.to
    )


def _send(written):
    written = list(written)
    if written:
        transaction.on_commit(lambda: _deliver(written, PATIENCE), robust=True)
    return [message for message, _letter in written]


def send_again(*, messages):
    """Write and send once more what did not leave; returns how many left now."""
    written = [
        (message, write(message.kind, message.facts, message.language))
        for message in messages
    ]
    _deliver(written)
    return sum(message.sent_at is not None for message, _letter in written)


def _address(who):
    if isinstance(who, User):
        return Address(email=who.email, language=who.language, person=who)
    return who


def _write(kind, address, facts, *, about, secret):
    language = address.language or BOTH
    letter = write(kind, facts, language)
    message = Message.objects.create(
        kind=kind,
        recipient=address.person,
        address=address.email,
        language=language,
        subject=letter.subject,
        about_type=about._meta.label_lower if about else "",
        about_id=str(about.pk) if about else "",
        facts={} if secret else facts,
        text=letter.text if settings.DEMONSTRATION else "",
    )
    return message, letter


def _deliver(written, patience=None):
    """Send the letters over one connection, and note on each row what became of it.

    After ``patience`` seconds, where it is given, the rest stay as they were written.
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
        if patience is not None and time.monotonic() - began_at > patience:
            break
        email = EmailMultiAlternatives(
            subject=letter.subject,
            body=letter.text,
            to=[message.address],
            connection=connection,
            headers={"Content-Language": _content_language(message)},
        )
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
