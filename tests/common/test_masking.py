"""Links that are secrets do not stand in the log."""

import logging
from io import StringIO

import pytest
from django.conf import settings
from django.test import Client

from cdf_site.common.masking import mask

SECRET = "Kx3-_9aZ"


@pytest.fixture
def log():
    """What the service's own handler writes."""
    (handler,) = [
        handler
        for handler in logging.getLogger().handlers
        if type(handler) is logging.StreamHandler
    ]
    written = StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"/cy/invitation/{SECRET}/", "/cy/invitation/***/"),
        (f"Gone: /en/invitation/{SECRET}", "Gone: /en/invitation/***"),
        (
            f"?next=%2Fen%2Finvitation%2F{SECRET}%2F",
            "?next=%2Fen%2Finvitation%2F***%2F",
        ),
        (f"/en/password/MQ/cn-{SECRET}/", "/en/password/***/***/"),
        ("/en/password/sent/", "/en/password/sent/"),
        ("/en/account/password/", "/en/account/password/"),
        ("/en/people/afan/invitation/", "/en/people/afan/invitation/"),
        ("The invitation has expired", "The invitation has expired"),
    ],
)
def test_what_is_masked(text, masked):
    assert mask(text) == masked


@pytest.mark.django_db
def test_neither_refused_nor_broken_links_are_logged(log):
    Client(enforce_csrf_checks=True).post(f"/en/invitation/{SECRET}/", {"name": "x"})
    Client().get(f"/en/invitation/{SECRET}/")
    Client().get(f"/en/invitation/{SECRET}/nowhere/")
    Client(enforce_csrf_checks=True).post(f"/en/password/MQ/cn-{SECRET}/", {})

    text = log.getvalue()
    assert SECRET not in text
    assert text.count("/en/invitation/***/") >= 3
    assert "/en/password/***/***/" in text


def test_an_error_s_own_text_is_masked_too(log):
    try:
        raise ValueError(f"no page at /en/invitation/{SECRET}/")
    except ValueError:
        logging.getLogger("django.request").exception("An error: %s", "here")

    assert "An error: here" in log.getvalue()
    assert "ValueError: no page at /en/invitation/***/" in log.getvalue()


def test_every_handler_masks():
    handlers = settings.LOGGING["handlers"]

    assert {handler["formatter"] for handler in handlers.values()} == {"masked"}
