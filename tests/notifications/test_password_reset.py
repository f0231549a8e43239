"""A forgotten password: the same answer to everybody, and a link that works once."""

import datetime
import re

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.models import Message
from organisations.models import AuditEvent
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

OLD, NEW = "correct horse battery", "a staple in the stable"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def person(quick_passwords):
    return UserFactory(email="person@example.test", password=OLD, language="en")


@pytest.fixture
def ask(client, django_capture_on_commit_callbacks):
    def ask(email):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(reverse("password_reset"), {"email": email}, follow=True)

    return ask


def link_in(email):
    return re.search(r"http://\S+?(/en/password/\S+)", email.body)[1]


def choose(client, link, password=NEW):
    form = client.get(link, follow=True)
    return client.post(
        form.request["PATH_INFO"],
        {"new_password1": password, "new_password2": password},
        follow=True,
    )


def test_the_answer_does_not_say_whether_there_is_an_account(ask, person):
    UserFactory(email="inactive@example.test", password=OLD, is_active=False)
    UserFactory(email="none@example.test")

    pages = [
        ask(email)
        for email in (
            person.email,
            "PERSON@example.test ",
            "nobody@example.test",
            "inactive@example.test",
            "none@example.test",
        )
    ]

    assert len({page.content for page in pages}) == 1
    assert len({tuple(page.redirect_chain) for page in pages}) == 1
    assert [email.to for email in mail.outbox] == [[person.email]] * 2


def test_a_link_gives_a_new_password_once(ask, client, person):
    ask(person.email)
    link = link_in(mail.outbox[0])

    done = choose(client, link)
    again = client.get(link, follow=True)

    person.refresh_from_db()
    assert "Your password has been changed" in done.content.decode()
    assert person.check_password(NEW)
    assert "This link no longer works" in again.content.decode()
    assert "_auth_user_id" not in client.session
    events = AuditEvent.objects.filter(kind="password_changed")
    assert list(events.values_list("by", "subject_id")) == [(person.pk, str(person.pk))]


def test_opening_the_link_uses_nothing_up(ask, client, person):
    ask(person.email)
    link = link_in(mail.outbox[0])
    for _ in range(3):
        client.get(link)

    choose(client, link)

    person.refresh_from_db()
    assert person.check_password(NEW)


def test_it_works_for_an_hour(ask, client, person):
    ask(person.email)
    link = link_in(mail.outbox[0])

    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=59)):
        early = client.get(link, follow=True).content.decode()
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=61)):
        late = client.get(link, follow=True).content.decode()

    assert "Choose a new password" in early
    assert "This link no longer works" in late


def test_every_session_of_the_person_ends(ask, client, person):
    elsewhere = Client()
    elsewhere.force_login(person)
    assert elsewhere.get(reverse("account")).status_code == 200
    ask(person.email)

    choose(client, link_in(mail.outbox[0]))

    assert elsewhere.get(reverse("account")).status_code == 302


def test_a_weak_password_is_refused(ask, client, person):
    ask(person.email)

    page = choose(client, link_in(mail.outbox[0]), "password")

    person.refresh_from_db()
    assert "at least 12 characters" in page.content.decode()
    assert person.check_password(OLD)


def test_a_fourth_link_within_an_hour_is_not_sent(ask, person):
    for _ in range(5):
        page = ask(person.email)

    assert "If there is an account for that address" in page.content.decode()
    assert len(mail.outbox) == 3


def test_the_link_is_stored_nowhere(ask, person, settings):
    settings.DEMONSTRATION = False
    ask(person.email)
    link = link_in(mail.outbox[0])

    row = str(Message.objects.values().get())

    assert link.split("/")[-2] not in row


@pytest.mark.parametrize("language", ["cy", "en"])
def test_the_sign_in_page_leads_there(client, language):
    assert (
        f'href="/{language}/password/"'
        in client.get(f"/{language}/sign-in/").content.decode()
    )
