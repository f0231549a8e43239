"""Signing in and out, and what keeps others from doing so."""

import datetime
from urllib.parse import urlencode

import pytest
from django.contrib.auth import SESSION_KEY
from django.urls import reverse
from django.utils import timezone

from organisations.forms import ChangePasswordForm
from organisations.models import AuditEvent, User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Hashes that cost nothing; that the real ones cost something is said in test_settings."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def person(quick_passwords):
    return UserFactory(email="person@example.test", password=PASSWORD, language="")


@pytest.fixture
def colleague(quick_passwords):
    return UserFactory(email="colleague@example.test", password=PASSWORD)


def sign_in(
    client, username, password=PASSWORD, *, address=HERE, language="en", after=""
):
    query = f"?{urlencode({'next': after})}" if after else ""
    return client.post(
        f"/{language}/sign-in/{query}",
        {"username": username, "password": password},
        REMOTE_ADDR=address,
    )


def is_signed_in(client):
    return SESSION_KEY in client.session


def events():
    return list(
        AuditEvent.objects.order_by("pk").values_list(
            "kind", "by__email", "subject_id", "details"
        )
    )


# In and out -------------------------------------------------------------------------------


def test_signing_in_leads_to_the_start_page_and_is_written_down(client, person):
    response = sign_in(client, person.email)

    assert (response.status_code, response.headers["Location"]) == (302, "/en/")
    assert is_signed_in(client)
    assert events() == [("signed_in", person.email, "", {"address": HERE})]


@pytest.mark.parametrize("typed", ["PERSON@Example.TEST", "  person@example.test "])
def test_an_address_is_the_same_in_any_case(client, person, typed):
    sign_in(client, typed)

    assert is_signed_in(client)


def test_signing_out_is_written_down(client, person):
    client.force_login(person)
    before = len(events())

    response = client.post(reverse("sign_out"))

    assert (response.status_code, response.headers["Location"]) == (302, "/en/sign-in/")
    assert not is_signed_in(client)
    assert events()[before:] == [("signed_out", person.email, "", {})]


def test_a_link_does_not_sign_out(client, person):
    client.force_login(person)

    response = client.get(reverse("sign_out"))

    assert (response.status_code, response.headers["Location"]) == (302, "/en/")
    assert is_signed_in(client)


def test_a_session_gets_another_key_by_signing_in(client, person):
    client.get(reverse("sign_in"))
    session = client.session
    session["before"] = "here"
    session.save()
    key = session.session_key

    sign_in(client, person.email)

    assert client.session.session_key not in {key, None}


def test_cookies_are_kept_from_scripts_and_other_sites(client, person):
    cookies = sign_in(client, person.email).cookies

    assert {
        name: (cookie["httponly"], cookie["samesite"])
        for name, cookie in cookies.items()
    } == {"csrf": (True, "Lax"), "session": (True, "Lax")}


def test_another_person_does_not_take_over_a_session(client, person, colleague):
    sign_in(client, person.email)
    session = client.session
    session["typed"] = "somebody's own"
    session.save()

    client.post(reverse("sign_out"))
    sign_in(client, colleague.email)

    assert "typed" not in client.session


def test_a_person_whose_access_ends_is_signed_out(client, person):
    client.force_login(person)
    User.objects.filter(pk=person.pk).update(is_active=False)

    response = client.get(reverse("account"))

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/en/sign-in/")


def test_another_password_ends_the_other_sessions(client, person):
    client.force_login(person)
    person.set_password("staple battery horse")
    person.save()

    response = client.get(reverse("account"))

    assert response.headers["Location"].startswith("/en/sign-in/")


# The language -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "preferred", "landing"),
    [
        ("en", "cy", "/cy/"),
        ("cy", "en", "/en/"),
        ("cy", "", "/cy/"),
        ("en", "", "/en/"),
        ("cy", "cy", "/cy/"),
    ],
)
def test_the_start_page_is_in_the_person_s_language(
    client, person, page, preferred, landing
):
    person.language = preferred
    person.save()

    response = sign_in(client, person.email, language=page)

    assert response.headers["Location"] == landing


@pytest.mark.parametrize(
    ("preferred", "status", "leads_to"),
    [("cy", 302, "/cy/"), ("en", 302, "/en/"), ("", 200, None)],
)
def test_the_address_without_a_language(client, person, preferred, status, leads_to):
    person.language = preferred
    person.save()
    client.force_login(person)

    response = client.get("/")

    assert (response.status_code, response.headers.get("Location")) == (
        status,
        leads_to,
    )


# Wrong passwords --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "The e-mail address or password is not right. Try again.")],
)
def test_a_wrong_password_says_what_to_do(client, person, language, sentence):
    response = sign_in(client, person.email, "wrong", language=language)

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not is_signed_in(client)
    assert events() == [
        ("sign_in_failed", None, str(person.pk), {"address": HERE}),
    ]


def test_nobody_learns_which_addresses_are_known(client, person):
    known = sign_in(client, person.email, "wrong")
    unknown = sign_in(client, "nobody@example.test", "wrong")
    User.objects.filter(pk=person.pk).update(is_active=False)
    inactive = sign_in(client, person.email, PASSWORD)

    messages = {
        str(response.context["form"].non_field_errors())
        for response in (known, unknown, inactive)
    }
    assert len(messages) == 1


def test_what_was_typed_into_the_wrong_field_is_not_kept(client, person):
    sign_in(client, "correct.horse@battery.test", "wrong")

    assert events() == [("sign_in_failed", None, "", {"address": HERE})]


def fail(client, username, times=5, *, address=HERE):
    return [
        sign_in(client, username, "wrong", address=address).status_code
        for _ in range(times)
    ]


def test_five_wrong_passwords_lock_the_name_from_that_address(client, person):
    statuses = fail(client, person.email)

    locked = sign_in(client, person.email)

    assert statuses == [200, 200, 200, 200, 429]
    assert locked.status_code == 429
    assert not is_signed_in(client)


def test_four_wrong_passwords_do_not_lock(client, person):
    fail(client, person.email, 4)

    sign_in(client, person.email)

    assert is_signed_in(client)


def test_signing_in_forgets_the_wrong_ones_before(client, person):
    for _ in range(2):
        fail(client, person.email, 4)
        sign_in(client, person.email)
        assert is_signed_in(client)
        client.logout()


def test_case_and_spaces_do_not_give_more_tries(client, person):
    typed = ["person@", "PERSON@", "Person@", "pErson@", " person@"]
    statuses = [
        sign_in(client, f"{name}example.test", "wrong").status_code for name in typed
    ]

    locked = sign_in(client, person.email)

    assert statuses[-1] == 429
    assert locked.status_code == 429


def test_another_address_still_signs_in(client, person):
    fail(client, person.email)

    sign_in(client, person.email, address=ELSEWHERE)

    assert is_signed_in(client)


def test_a_colleague_at_the_same_address_still_signs_in(client, person, colleague):
    fail(client, person.email)

    sign_in(client, colleague.email)

    assert is_signed_in(client)


@pytest.mark.parametrize(("minutes", "may"), [(14, False), (16, True)])
def test_the_lock_is_lifted_after_a_quarter_of_an_hour(
    client, person, time_machine, minutes, may
):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    fail(client, person.email)
    time_machine.move_to(start + datetime.timedelta(minutes=minutes), tick=False)

    sign_in(client, person.email)

    assert is_signed_in(client) is may


@pytest.mark.parametrize("language", ["cy", "en"])
def test_the_page_of_a_lock_is_in_the_language_of_the_address(client, person, language):
    fail(client, person.email)

    page = sign_in(client, person.email, language=language).content.decode()

    assert f'<html lang="{language}"' in page


# Where to afterwards ----------------------------------------------------------------------


def test_signing_in_leads_back_to_where_one_was(client, person):
    response = sign_in(client, person.email, after="/cy/account/")

    assert response.headers["Location"] == "/cy/account/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.test/",
        "//evil.test/",
        "///evil.test",
        "/\\evil.test",
        "http:evil.test",
        "javascript:alert(1)",
        "\thttps://evil.test",
        "https://testserver@evil.test/",
    ],
)
def test_signing_in_leads_to_no_other_site(client, person, elsewhere):
    response = sign_in(client, person.email, after=elsewhere)

    assert response.headers["Location"] == "/en/"


@pytest.mark.parametrize(
    "address",
    [
        "/en/sign-in/?next=%00",
        "/en/sign-in/?%00=x",
        "/en/framework/%00/",
        "/cy/self-reflections/a%00b/c/",
        "/?x=a%00b",
    ],
)
def test_a_nul_byte_is_a_bad_request(client, address):
    assert client.get(address).status_code == 400


@pytest.mark.parametrize("field", ["username", "password"])
def test_a_nul_byte_in_the_form_signs_nobody_in(client, person, field):
    typed = {"username": person.email, "password": PASSWORD}

    response = client.post(reverse("sign_in"), typed | {field: "a\x00b@example.test"})

    assert response.status_code in {200, 400}
    assert not is_signed_in(client)


def test_a_password_that_is_too_short_is_pointed_out_at_the_first_field(lead):
    form = ChangePasswordForm(
        lead, {"old_password": "x", "new_password1": "s4", "new_password2": "s4"}
    )

    errors = form.errors

    assert "new_password1" in errors
    assert "new_password2" not in errors
    assert form.fields["new_password2"].label == "The password once more"
