"""The settings: safe where nothing is said, and what they promise is really in force."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth.hashers import get_hashers
from django.db import connection

# Nothing from the machine that runs the tests; the settings read a file .env where there is
# one, so what a test is about is set to nothing rather than left out.
NOTHING_SAID = {
    "PATH": os.environ["PATH"],
    "CDF_MODE": "production",
    "SECRET_KEY": "",
    "ALLOWED_HOSTS": "",
    "DEBUG": "0",
    "DEMONSTRATION": "0",
    "BEHIND_TLS_PROXY": "0",
    "CSRF_TRUSTED_ORIGINS": "",
    "SERVICE_URL": "",
    "DATABASE_URL": "sqlite:///:memory:",
}
IN_SERVICE = NOTHING_SAID | {
    "SECRET_KEY": "for-tests-only",
    "ALLOWED_HOSTS": "cdf.example",
}


def python(code, environment):
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def value_of(expression, environment):
    """``expression`` over the settings, in a program started with ``environment``."""
    done = python(
        f"from cdf_site import settings as s; print(repr({expression}))", environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "SECRET_KEY is not set. Set it in the environment to a long random text;"),
        (
            {"SECRET_KEY": "x"},
            "ALLOWED_HOSTS is not set. Set it to the service's host names,",
        ),
        (
            IN_SERVICE | {"DEMONSTRATION": "1"},
            "DEBUG and DEMONSTRATION are for development only.",
        ),
        (
            IN_SERVICE | {"DEBUG": "1"},
            "DEBUG and DEMONSTRATION are for development only.",
        ),
        (
            IN_SERVICE | {"ALLOWED_HOSTS": "*"},
            "SERVICE_URL is not set. Where ALLOWED_HOSTS holds *, it cannot be guessed:",
        ),
        (
            IN_SERVICE | {"ALLOWED_HOSTS": "cdf.example,*"},
            "SERVICE_URL is not set. Where ALLOWED_HOSTS holds *, it cannot be guessed:",
        ),
        (
            IN_SERVICE | {"CDF_MODE": "prod"},
            "CDF_MODE is 'production' or 'development'.",
        ),
    ],
)
def test_what_is_not_safe_stops_the_start_with_a_sentence(said, sentence):
    done = python("import cdf_site.settings", NOTHING_SAID | said)

    last_line = done.stderr.strip().splitlines()[-1]
    assert done.returncode != 0
    assert last_line.startswith(
        f"django.core.exceptions.ImproperlyConfigured: {sentence}"
    )


def test_in_service_everything_is_strict():
    found = value_of(
        "[s.DEBUG, s.DEMONSTRATION, s.ALLOWED_HOSTS, s.SECURE_SSL_REDIRECT, "
        "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_NAME, "
        "s.CSRF_COOKIE_NAME, s.SECURE_HSTS_SECONDS]",
        IN_SERVICE,
    )

    assert found == repr(
        [
            *(False, False, ["cdf.example"], True),
            *(True, True, "__Host-session", "__Host-csrf", 31_536_000),
        ]
    )


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ({}, "https://cdf.example"),
        ({"ALLOWED_HOSTS": ".cdf.example"}, "https://cdf.example"),
        ({"SERVICE_URL": "https://here.example/"}, "https://here.example"),
        (
            {"ALLOWED_HOSTS": "*", "SERVICE_URL": "https://here.example"},
            "https://here.example",
        ),
    ],
)
def test_the_address_that_e_mails_give(said, address):
    assert value_of("s.SERVICE_URL", IN_SERVICE | said) == repr(address)


@pytest.mark.parametrize(
    ("said", "header"),
    [("0", "None"), ("1", "('HTTP_X_FORWARDED_PROTO', 'https')")],
)
def test_a_proxy_is_believed_only_where_there_is_one(said, header):
    environment = IN_SERVICE | {"BEHIND_TLS_PROXY": said}

    assert (
        value_of("getattr(s, 'SECURE_PROXY_SSL_HEADER', None)", environment) == header
    )


# The database ----------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own settings")
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),  # FULL
        ("foreign_keys", 1),
        ("busy_timeout", 20_000),
    ],
)
def test_sqlite_is_really_set_so(pragma, value):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")
        found = cursor.fetchone()[0]

    assert found == value


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own settings")
def test_sqlite_transactions_take_the_lock_at_once():
    options = connection.settings_dict["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"


def test_services_say_what_belongs_together():
    assert connection.settings_dict["ATOMIC_REQUESTS"] is False


# Browsers ---------------------------------------------------------------------------------


def test_the_content_security_policy_is_strict():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]

    assert directives == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["/", "/cy/", "/en/sign-in/", "/en/nowhere/", "/en/admin/", "/cy/framework/"],
)
def test_every_answer_carries_its_headers(client, address):
    headers = client.get(address).headers

    policy = dict(
        directive.strip().split(" ", 1)
        for directive in headers["Content-Security-Policy"].split(";")
    )
    assert policy == {
        name: " ".join(sources)
        for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
    }
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
def test_what_a_signed_in_person_sees_is_not_stored(client, lead):
    client.force_login(lead)

    cached = client.get("/en/account/").headers["Cache-Control"]

    assert {part.strip() for part in cached.split(",")} == {
        *("max-age=0", "no-cache", "no-store"),
        *("must-revalidate", "private"),
    }


# Passwords --------------------------------------------------------------------------------


def test_passwords_are_kept_with_argon2():
    assert [hasher.algorithm for hasher in get_hashers()] == ["argon2", "pbkdf2_sha256"]


# Languages --------------------------------------------------------------------------------


def test_both_languages_are_complete_and_equal():
    assert [code for code, _ in settings.LANGUAGES] == ["cy", "en"]
    assert settings.MODELTRANSLATION_LANGUAGES == ("cy", "en")
    assert settings.MODELTRANSLATION_ENABLE_FALLBACKS is False
    assert (settings.TIME_ZONE, settings.USE_TZ) == ("Europe/London", True)
