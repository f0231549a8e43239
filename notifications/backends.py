"""What stands in for a way to send e-mail where none is set up."""

from django.core.mail.backends.base import BaseEmailBackend


class NotSetUp(Exception):
    """Nobody has said how e-mail leaves this machine."""


class NotSetUpBackend(BaseEmailBackend):
    """Sends nothing and says so. Links are secrets: they are not printed to a log instead."""

    def send_messages(self, email_messages):
        raise NotSetUp("EMAIL_URL is not set")
