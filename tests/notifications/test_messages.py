"""What is sent, in which language, what the log keeps of it, and what happens when it fails."""

import datetime
import re
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from notifications.models import Message
from notifications.services import Address, send
from notifications.writing import BETWEEN, write
from tests.factories import UserFactory

FOLDER = Path(django_settings.BASE_DIR) / "templates" / "notifications"
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
KINDS = Message.Kind.values
ENGLISH = re.compile(
    r"\b(the|you|your|and|with|this|link|cluster|hello|invited|sign|password)\b",
    re.IGNORECASE,
)
WELSH = re.compile(
    r"\b(yr?|yn|mae|eich|ac|gyda|dolen|clwstwr|helo|cyfrinair|wedi)\b", re.IGNORECASE
)


def words(text):
    """Without addresses, and without what was put in from outside."""
    text = re.sub(r"https?://\S+", "", text)
    for value in FACTS.values():
        for known in value.values() if isinstance(value, dict) else [value]:
            text = text.replace(known, "") if isinstance(known, str) else text
    return text


class Broken(BaseEmailBackend):
    def send_messages(self, email_messages):
        raise OSError("no way out")


# The files ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_whole_file_in_each_language(kind):
    files = {path.name for path in FOLDER.glob(f"{kind}_*")}

    assert files == {
        f"{kind}_{code}.{end}" for code in ("cy", "en") for end in ("txt", "html")
    }


def test_there_is_no_file_without_a_kind():
    kinds = {path.stem.rpartition("_")[0] for path in FOLDER.glob("*.txt")}

    assert kinds == set(KINDS)


@pytest.mark.parametrize("is_lead", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_each_language_is_whole_and_alone(kind, is_lead):
    facts = FACTS | {"is_lead": is_lead}

    welsh, english = write(kind, facts, "cy"), write(kind, facts, "en")

    for letter, foreign, own in ((welsh, ENGLISH, WELSH), (english, WELSH, ENGLISH)):
        for text in (letter.subject, letter.text, re.sub(r"<[^>]+>", " ", letter.html)):
            assert foreign.findall(words(text)) == []
        assert own.search(words(letter.text))
        assert "{" not in letter.text + letter.html
    assert "/cy/dolen/" in welsh.text
    assert "/en/link/" in english.text
    assert 'lang="cy"' in welsh.html
    assert 'lang="en"' in english.html


@pytest.mark.parametrize("kind", KINDS)
def test_in_both_languages_welsh_is_first(kind):
    welsh, english = write(kind, FACTS, "cy"), write(kind, FACTS, "en")

    both = write(kind, FACTS, "both")

    assert both.subject == f"{welsh.subject} / {english.subject}"
    assert both.text.split(BETWEEN) == [welsh.text.strip(), english.text]
    assert both.html.index('<div lang="cy">') < both.html.index('<div lang="en">')


@pytest.mark.parametrize("kind", KINDS)
def test_no_picture_no_tracking_and_links_to_the_service_alone(kind, settings):
    letter = write(kind, FACTS, "both")

    addresses = re.findall(r"https?://[^\s\"<]+", letter.text + letter.html)
    assert re.findall(r"<(img|script|style|link)\b|style=", letter.html) == []
    assert addresses
    assert {address.startswith(settings.SERVICE_URL) for address in addresses} == {True}


def test_a_name_is_no_html_and_makes_no_heading_of_an_e_mail():
    letter = write("invitation", FACTS, "en")

    assert "Ann <b>Ŵyn</b> Bcc: all@example.test" in letter.text
    assert "Ann &lt;b&gt;Ŵyn&lt;/b&gt;" in letter.html


def test_a_long_subject_is_shortened():
    letter = write(
        "returned", FACTS | {"cluster": {"cy": "C" * 200, "en": "C" * 200}}, "both"
    )

    assert len(letter.subject) == 400
    assert letter.subject.endswith("…")


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
