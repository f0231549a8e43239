"""Many presses at once for one forgotten password, each with a connection of their own."""

import time

import pytest

from notifications import forms
from notifications.models import Message
from tests.assessments.test_concurrency import at_once
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_pressed_at_once_three_links_are_sent(settings, monkeypatch):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    person = UserFactory(password="correct horse battery")
    send = forms.send

    def send_slowly(**said):  # the others count meanwhile
        time.sleep(0.1)
        return send(**said)

    monkeypatch.setattr(forms, "send", send_slowly)

    def press():
        form = forms.ForgottenPasswordForm({"email": person.email})
        assert form.is_valid()
        form.save()

    at_once(*[press] * 6)

    assert Message.objects.filter(kind="password_reset").count() == 3
