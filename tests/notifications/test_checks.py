"""What a deployment is told about its e-mail."""

import pytest
from django.core.checks import run_checks


def said():
    return [
        message.id
        for message in run_checks(tags=["security"], include_deployment_checks=True)
        if message.id.startswith("notifications.")
    ]


@pytest.mark.parametrize(
    ("backend", "warnings"),
    [
        ("notifications.backends.NotSetUpBackend", ["notifications.W001"]),
        ("django.core.mail.backends.smtp.EmailBackend", []),
    ],
)
def test_a_deployment_without_e_mail_is_warned(settings, backend, warnings):
    settings.EMAIL_BACKEND = backend

    assert said() == warnings


def test_elsewhere_nothing_is_said(settings):
    settings.EMAIL_BACKEND = "notifications.backends.NotSetUpBackend"

    assert "notifications.W001" not in [message.id for message in run_checks()]
