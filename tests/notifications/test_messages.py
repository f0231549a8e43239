"""What is sent, in which language, what the log keeps of it, and what happens when it fails."""

import datetime
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from notifications.models import Message
from notifications.services import Address, send
from notifications.writing import write
from tests.factories import UserFactory

FACTS = {
    "by": "Ann <b>Ŵyn</b>\nBcc: all@example.test",
    "cluster": {"cy": "Y Bae", "en": "The Bay"},
    "cycle": {"cy": "Hunanfyfyrio 2030", "en": "Self-reflection 2030"},
    "role": {"cy": "dirprwy arweinydd clwstwr", "en": "deputy cluster lead"},
    "is_lead": False,
    "expires": {"cy": "3 Mai 2030, 14:00", "en": "3 May 2030, 14:00"},
    "until": {"cy": "3 Mai 2030", "en": "3 May 2030"},
    "closes_at": {"cy": "3 Mai 2030, 17:00", "en": "3 May 2030, 17:00"},
    "opens_at": {"cy": "2 Mai 2030, 09:00", "en": "2 May 2030, 09:00"},
    "number": "2",
    "link": {"cy": "/cy/dolen/", "en": "/en/link/"},
}


class Broken(BaseEmailBackend):
    def send_messages(self, email_messages):
        raise OSError("no way out")


# Sending ----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "logged", "content_language"),
    [("cy", "cy", "cy"), ("en", "en", "en"), ("", "both", "cy, en")],
)
def test_each_person_gets_it_in_their_language(
    lead, django_capture_on_commit_callbacks, language, logged, content_language
):
    lead.language = language

    with django_capture_on_commit_callbacks(execute=True):
        (message,) = send(kind="returned", to=[lead], facts=FACTS, about=lead)

    message.refresh_from_db()
    (email,) = mail.outbox
    letter = write("returned", FACTS, logged)
    assert (email.to, email.subject, email.body) == (
        [lead.email],
        letter.subject,
        letter.text,
    )
    assert email.alternatives[0].mimetype == "text/html"
    assert email.extra_headers == {"Content-Language": content_language}
    assert (message.kind, message.recipient, message.address) == (
        "returned",
        lead,
        lead.email,
    )
    assert (message.language, message.subject, message.error) == (
        logged,
        letter.subject,
        "",
    )
    assert (message.about_type, message.about_id) == (
        "organisations.user",
        str(lead.pk),
    )
    assert message.sent_at is not None


@pytest.mark.django_db
def test_somebody_without_an_account_gets_it_too(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        (message,) = send(
            kind="invitation",
            to=[Address("new@example.test")],
            facts=FACTS,
            secret=True,
        )

    assert (message.recipient, message.language) == (None, "both")
    assert mail.outbox[0].to == ["new@example.test"]


@pytest.mark.django_db(transaction=True)
def test_what_is_undone_sends_nothing():
    person = UserFactory()

    def change_that_fails():
        with transaction.atomic():
            send(kind="returned", to=[person], facts=FACTS)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_that_fails()

    assert (mail.outbox, Message.objects.count()) == ([], 0)


@pytest.mark.django_db
@pytest.mark.parametrize("demonstration", [True, False])
def test_the_text_is_kept_in_a_demonstration_alone(lead, settings, demonstration):
    settings.DEMONSTRATION = demonstration

    (message,) = send(kind="invitation", to=[lead], facts=FACTS, secret=True)

    row = Message.objects.values().get(pk=message.pk)
    assert (row["text"] != "") is demonstration
    assert row["facts"] == {}
    assert ("dolen" in str(row)) is demonstration


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("backend", "error"),
    [
        ("tests.notifications.test_messages.Broken", "OSError: no way out"),
        ("notifications.backends.NotSetUpBackend", "NotSetUp: EMAIL_URL is not set"),
        ("no.such.Backend", "ModuleNotFoundError: No module named 'no'"),
    ],
)
def test_what_does_not_leave_is_logged_and_sent_again(
    lead, settings, django_capture_on_commit_callbacks, backend, error
):
    usual, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, backend
    with django_capture_on_commit_callbacks(execute=True):
        (message,) = send(kind="returned", to=[lead], facts=FACTS)
        (secret,) = send(kind="invitation", to=[lead], facts=FACTS, secret=True)
    message.refresh_from_db()
    assert (message.sent_at, message.error) == (None, error)

    settings.EMAIL_BACKEND = usual
    output = StringIO()
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=6)):
        call_command("resend_messages", stdout=output)

    message.refresh_from_db()
    secret.refresh_from_db()
    assert output.getvalue() == "Sent now: 1 of 1\n"
    assert [email.to for email in mail.outbox] == [[lead.email]]
    assert (message.sent_at is None, message.error) == (False, "")
    assert (secret.sent_at, secret.error) == (None, error)


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "sent"), [(4, 0), (6, 1)])
def test_what_may_be_on_its_way_is_not_sent_a_second_time(lead, minutes, sent):
    send(kind="returned", to=[lead], facts=FACTS)  # not committed yet
    output = StringIO()

    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=minutes)):
        call_command("resend_messages", stdout=output)

    assert output.getvalue() == f"Sent now: {sent} of {sent}\n"
    assert len(mail.outbox) == sent


@pytest.mark.django_db
def test_one_address_that_fails_does_not_keep_back_the_others(
    lead, contributor, django_capture_on_commit_callbacks
):
    lead.email = "nobody@example.test\nBcc: all@example.test"

    with django_capture_on_commit_callbacks(execute=True):
        send(kind="returned", to=[lead, contributor], facts=FACTS)

    errors = Message.objects.order_by("pk").values_list("error", flat=True)
    assert [error.partition(":")[0] for error in errors] == [
        "BadHeaderError",
        "",
    ]
    assert [email.to for email in mail.outbox] == [[contributor.email]]


# The log ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_administrators_read_the_log_and_no_text(client, administrator, lead, settings):
    settings.DEMONSTRATION = True
    (message,) = send(kind="invitation", to=[lead], facts=FACTS, secret=True)
    client.force_login(administrator)

    rows = client.get("/en/admin/notifications/message/")
    page = client.get(f"/en/admin/notifications/message/{message.pk}/change/")
    changed = client.post(
        f"/en/admin/notifications/message/{message.pk}/change/",
        {"address": "x@example.test"},
    )

    assert (rows.status_code, page.status_code, changed.status_code) == (200, 200, 403)
    assert lead.email in rows.content.decode()
    assert "dolen" not in page.content.decode()
