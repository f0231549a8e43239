"""How long a session lasts, what prolongs it, and what ends it."""

import datetime
import uuid

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.views.loading import reflection_url
from cdf_site.common import sessions
from organisations.models import AuditEvent, User
from tests.factories import UserFactory
from tests.pseudo import OPEN, untranslated, use_pseudo_language
from tests.steps import start

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
MINUTE, HOUR = 60, 60 * 60
JSON = {"Accept": "application/json"}
START = datetime.datetime(2029, 11, 5, 9, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def person(quick_passwords):
    return UserFactory(email="person@example.test", password=PASSWORD, language="")


@pytest.fixture
def colleague(quick_passwords):
    return UserFactory(email="colleague@example.test", password=PASSWORD)


@pytest.fixture
def clock(time_machine):
    """``clock(seconds)`` makes it that long after signing in."""

    def move(seconds):
        time_machine.move_to(START + datetime.timedelta(seconds=seconds), tick=False)

    move(0)
    return move


@pytest.fixture
def signed_in(client, person, clock):
    client.force_login(person)
    return client


def is_signed_in(client):
    """As the service sees it, which this does not change."""
    return client.get(reverse("session")).json()["person"] is not None


def session_of(client):
    """What the address says, but for the token, which is another each time."""
    reply = client.get(reverse("session")).json()
    del reply["token"]
    return reply


# The limits -------------------------------------------------------------------------------


def test_an_hour_and_half_a_day():
    assert (settings.SESSION_IDLE_SECONDS, settings.SESSION_ABSOLUTE_SECONDS) == (
        HOUR,
        12 * HOUR,
    )
    assert settings.SESSION_COOKIE_AGE == settings.SESSION_ABSOLUTE_SECONDS


@pytest.mark.parametrize(("idle", "lasts"), [(HOUR - 1, True), (HOUR, False)])
def test_a_session_ends_after_an_hour_without_its_person(signed_in, clock, idle, lasts):
    clock(idle)

    response = signed_in.get(reverse("account"))

    assert response.status_code == (200 if lasts else 302)
    assert Session.objects.exists() is lasts


def test_whoever_is_there_stays_signed_in_for_half_a_day_and_no_longer(
    signed_in, clock
):
    statuses = []
    for seconds in [*range(0, 12 * HOUR, HOUR // 2), 12 * HOUR - 1, 12 * HOUR]:
        clock(seconds)
        statuses.append(signed_in.get(reverse("account")).status_code)

    assert statuses == [200] * 25 + [302]


def test_the_half_day_begins_anew_with_the_password(client, person, clock):
    for seconds in (0, 11 * HOUR):
        clock(seconds)
        client.post(reverse("sign_out"))
        client.post(
            reverse("sign_in"), {"username": person.email, "password": PASSWORD}
        )

    assert session_of(client)["seconds_left"] == HOUR
    assert client.session[sessions.BEGAN] == int(timezone.now().timestamp())


def test_a_session_that_does_not_say_when_it_began_is_over(signed_in):
    session = signed_in.session
    del session[sessions.BEGAN]
    session.save()

    response = signed_in.get(reverse("account"))

    assert response.status_code == 302


def test_somebody_who_is_not_signed_in_has_no_session_to_end(client):
    assert client.get(reverse("about")).status_code == 200
    assert Session.objects.count() == 0


# What prolongs it -------------------------------------------------------------------------


def test_a_request_a_minute_is_written_down(
    signed_in, clock, django_assert_num_queries
):
    """Session and person are read; after a minute, one row is written, in a savepoint."""
    about = reverse("session")
    signed_in.get(reverse("about"))
    clock(59)
    with django_assert_num_queries(2):
        signed_in.get(about)
    with django_assert_num_queries(3):  # and memberships, for the navigation
        signed_in.get(reverse("about"))
    clock(60)
    with django_assert_num_queries(6):
        signed_in.get(reverse("about"))
    with django_assert_num_queries(3):
        signed_in.get(reverse("about"))

    assert session_of(signed_in)["seconds_left"] == HOUR


def test_asking_is_no_sign_of_a_person(signed_in, clock):
    for seconds in (HOUR // 2, HOUR - 1):
        clock(seconds)
        assert session_of(signed_in)["seconds_left"] == HOUR - seconds
    clock(HOUR)

    assert session_of(signed_in) == {
        "person": None,
        "seconds_left": None,
        "may_extend": False,
    }


def test_a_view_marked_so_does_not_prolong():
    def presence(request):
        return None

    assert sessions.does_not_prolong(presence) is presence
    assert presence.prolongs_session is False


def test_an_address_that_is_nowhere_does_not_prolong(signed_in, clock):
    clock(HOUR // 2)

    signed_in.get("/en/nowhere/")

    assert session_of(signed_in)["seconds_left"] == HOUR // 2


def test_saving_an_answer_does(reflection, lead, client, clock):
    client.force_login(lead)
    start(reflection, by=lead)
    clock(HOUR // 2)

    response = client.post(
        reflection_url("closing_edit", reflection),
        {"page_of": lead.pk, "written_in": "en", "operation_id": uuid.uuid4()},
        headers=JSON,
    )

    assert response.status_code == 200
    assert session_of(client)["seconds_left"] == HOUR


def test_staying_is_noted_at_once(signed_in, person, clock):
    clock(30)

    before = session_of(signed_in)
    reply = signed_in.post(reverse("session"), headers=JSON).json()

    assert before == {
        "person": str(person.pk),
        "seconds_left": HOUR - 30,
        "may_extend": True,
    }
    assert reply.pop("token")
    assert reply == before | {"seconds_left": HOUR}


@pytest.mark.parametrize(
    ("seconds", "left", "may"),
    [
        (11 * HOUR - 181, HOUR, True),
        (11 * HOUR - 180, HOUR, False),
        (11 * HOUR + 30 * MINUTE, 30 * MINUTE, False),
        (12 * HOUR - 1, 1, False),
    ],
)
def test_it_says_when_it_cannot_be_extended(
    signed_in, person, clock, seconds, left, may
):
    for moment in [*range(0, seconds, HOUR // 2), seconds]:
        clock(moment)
        signed_in.post(reverse("session"), headers=JSON)

    assert session_of(signed_in) == {
        "person": str(person.pk),
        "seconds_left": left,
        "may_extend": may,
    }


@pytest.mark.parametrize(
    ("way_back", "leads_to"),
    [
        ("/cy/account/", "/cy/account/"),
        ("https://evil.test/", "/en/"),
        ("//evil.test/", "/en/"),
        ("/\\evil.test/", "/en/"),
        ("/\t/evil.test/", "/en/"),
        ("%zz", "/en/"),
        ("admin:index", "/en/"),
        ("account", "/en/"),
        ("?x", "/en/"),
        ("/en/account/\r\nX-Evil: 1", "/en/account/%0D%0AX-Evil:%201"),
        ("", "/en/"),
    ],
)
def test_without_a_script_it_leads_back(signed_in, clock, way_back, leads_to):
    clock(HOUR // 2)

    response = signed_in.post(reverse("session"), {"next": way_back})

    assert (response.status_code, response.headers["Location"]) == (302, leads_to)
    assert session_of(signed_in)["seconds_left"] == HOUR


def test_staying_is_no_way_to_sign_in(client):
    plain = client.post(reverse("session"))
    by_script = client.post(reverse("session"), headers=JSON)

    assert plain.headers["Location"] == "/en/sign-in/"
    assert by_script.json()["person"] is None


def test_staying_needs_the_token(person, clock):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    clock(HOUR // 2)

    without = client.post(reverse("session"), headers=JSON)
    token = client.get(reverse("session")).json()["token"]
    after = client.post(
        reverse("session"), {"csrfmiddlewaretoken": token}, headers=JSON
    )

    assert (without.status_code, after.status_code) == (403, 200)
    assert after.json()["seconds_left"] == HOUR


def test_nothing_of_it_is_stored(client, signed_in):
    anonymous = Client().get(reverse("session")).headers["Cache-Control"]
    known = signed_in.get(reverse("session")).headers["Cache-Control"]

    assert "no-store" in anonymous
    assert "no-store" in known


def test_signing_out_meanwhile_is_not_undone(signed_in, person, clock):
    """The row of the session goes while a request is under way that would note its time."""
    session = signed_in.session
    assert session[sessions.LAST_SEEN]  # it is read now, as by a request
    Session.objects.all().delete()
    clock(2 * MINUTE)

    sessions.prolong(session)

    assert Session.objects.count() == 0
    assert session.modified is False


# What ends it -----------------------------------------------------------------------------


def test_whoever_may_not_sign_in_any_more_is_signed_out_for_good(signed_in, person):
    User.objects.filter(pk=person.pk).update(is_active=False)
    refused = signed_in.get(reverse("account"))
    User.objects.filter(pk=person.pk).update(is_active=True)

    after = signed_in.get(reverse("account"))

    assert (refused.status_code, after.status_code) == (302, 302)
    assert Session.objects.count() == 0


def test_a_new_password_ends_every_other_session(signed_in, person):
    elsewhere = Client()
    elsewhere.force_login(person)

    changed = signed_in.post(
        reverse("password_change"),
        {
            "old_password": PASSWORD,
            "new_password1": "staple battery horse",
            "new_password2": "staple battery horse",
        },
    )

    assert changed.status_code == 302
    assert (is_signed_in(signed_in), is_signed_in(elsewhere)) == (True, False)


def test_a_password_given_by_an_administrator_ends_all(signed_in, administrator):
    person = User.objects.get(email="person@example.test")
    staff = Client()
    staff.force_login(administrator)

    given = staff.post(
        f"/en/admin/organisations/user/{person.pk}/password/",
        {"password1": "staple battery horse", "password2": "staple battery horse"},
    )

    assert given.status_code == 302
    assert not is_signed_in(signed_in)


# Signing in in place ----------------------------------------------------------------------


def sign_in(client, email, password=PASSWORD, language="en"):
    return client.post(
        f"/{language}/sign-in/",
        {"username": email, "password": password},
        headers=JSON,
    )


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_script_is_told_that_nobody_is_signed_in(client, method):
    response = getattr(client, method)(reverse("account"), headers=JSON)

    assert (response.status_code, response.json()) == (401, {"reason": "signed_out"})


def test_a_script_signs_in(person):
    client = Client(enforce_csrf_checks=True)
    asked = client.get(reverse("session")).json()

    response = client.post(
        reverse("sign_in"),
        {
            "username": person.email,
            "password": PASSWORD,
            "csrfmiddlewaretoken": asked["token"],
        },
        headers=JSON,
    )
    reply = response.json()
    saved = client.post(
        reverse("session"), {"csrfmiddlewaretoken": reply["token"]}, headers=JSON
    )

    assert (response.status_code, reply["person"]) == (200, str(person.pk))
    assert saved.status_code == 200
    assert [event.kind for event in AuditEvent.objects.all()] == ["signed_in"]


def test_signing_in_needs_the_token(person):
    client = Client(enforce_csrf_checks=True)

    response = client.post(
        reverse("sign_in"),
        {"username": person.email, "password": PASSWORD, "sent_again": "1"},
        headers=JSON | {"Sec-Fetch-Site": "same-origin"},
    )

    assert response.status_code == 403
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The e-mail address or password is not right. Try again."),
        (
            "cy",
            "Nid yw'r cyfeiriad e-bost neu'r cyfrinair yn gywir. Rhowch gynnig arall arni.",
        ),
    ],
)
def test_a_wrong_password_is_said_kindly(client, person, language, sentence):
    response = sign_in(client, person.email, "wrong", language)

    assert (response.status_code, response.json()) == (422, {"error": sentence})


def test_no_password_is_asked_for(client, person):
    response = sign_in(client, person.email, "")

    assert (response.status_code, response.json()) == (
        422,
        {"error": "Enter your password."},
    )


def test_five_wrong_passwords_lock_here_as_on_the_page(client, person):
    statuses = [sign_in(client, person.email, "wrong").status_code for _ in range(5)]
    locked = sign_in(client, person.email)
    on_the_page = client.post(
        reverse("sign_in"), {"username": person.email, "password": PASSWORD}
    )

    assert statuses == [422, 422, 422, 422, 429]
    assert (locked.status_code, locked.json()) == (
        429,
        {
            "error": "The password was wrong five times. Wait a quarter of an hour and try again,"
            " or ask an administrator for a new password."
        },
    )
    assert on_the_page.status_code == 429


def test_whoever_owns_the_page_takes_over_from_whoever_came_between(
    client, person, colleague
):
    client.force_login(colleague)
    session = client.session
    session["of"] = "colleague"
    session.save()

    response = sign_in(client, person.email)

    assert response.json()["person"] == str(person.pk)
    assert "of" not in client.session
    assert session_of(client)["person"] == str(person.pk)


def test_a_person_who_is_signed_in_is_not_redirected_by_script(signed_in, person):
    response = sign_in(signed_in, person.email)

    assert (response.status_code, response.json()["person"]) == (200, str(person.pk))


# The dialogs ------------------------------------------------------------------------------


def test_only_whoever_is_signed_in_gets_them(client, person):
    before = client.get(reverse("about")).content.decode()
    client.force_login(person)
    after = client.get(reverse("about")).content.decode()

    assert "session.js" not in before
    assert 'id="signed-out"' not in before
    assert "session.js" in after
    assert f'data-person="{person.pk}"' in after
    assert 'data-seconds-left="3600"' in after
    assert f'value="{person.email}"' in after


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "We will sign you out in 1 minute.",
                "We will sign you out in 2 minutes.",
                "We will sign you out in 3 minutes.",
            ],
        ),
        (
            "cy",
            [
                "Byddwn yn eich allgofnodi ymhen 1 munud.",
                "Byddwn yn eich allgofnodi ymhen 2 funud.",
                "Byddwn yn eich allgofnodi ymhen 3 munud.",
            ],
        ),
    ],
)
def test_the_minutes_are_said_in_each_language(client, person, language, sentences):
    client.force_login(person)

    html = client.get(f"/{language}/account/").content.decode()

    for minutes, sentence in enumerate(sentences, start=1):
        assert f'data-minutes-{minutes}="{sentence}"' in html


def test_the_dialogs_have_no_untranslated_text(client, person, monkeypatch):
    client.force_login(person)
    use_pseudo_language(monkeypatch)

    html = client.get("/en/account/").content.decode()

    dialogs = html[html.index('<div id="session"') : html.index("session.js")]
    assert OPEN in dialogs
    assert untranslated(f'<html lang="en">{dialogs}', data={person.email}) == []
