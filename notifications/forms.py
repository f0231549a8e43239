"""Asking for a new password."""

from datetime import timedelta

from django import forms
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from notifications.models import Message
from notifications.services import send
from notifications.writing import link_to
from organisations.audit import record
from organisations.forms import NewPasswordTwice
from organisations.models import AuditEvent, User

MOST_AN_HOUR = 3  # to one person: more would be somebody else's mischief


class ForgottenPasswordForm(PasswordResetForm):
    """Django's, which sends what we send; it does not say whether there is an account."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={"required": _("Enter your e-mail address.")},
    )

    def clean_email(self):
        return User.normalise_email(self.cleaned_data["email"])

    @transaction.atomic
    def save(self, **options):
        """Send a link to the person of the address, where there is one who can sign in."""
        for person in self.get_users(self.cleaned_data["email"]):
            # Locked: many may ask for one person at once, and each counts what the others sent.
            User.objects.select_for_update(no_key=True).get(pk=person.pk)
            lately = timezone.now() - timedelta(hours=1)
            asked = Message.objects.filter(
                kind=Message.Kind.PASSWORD_RESET,
                recipient=person,
                created_at__gt=lately,
            )
            if asked.count() < MOST_AN_HOUR:
                send(
                    kind=Message.Kind.PASSWORD_RESET,
                    to=[person],
                    about=person,
                    secret=True,
                    facts={
                        "link": link_to(
                            "password_reset_confirm",
                            uidb64=urlsafe_base64_encode(force_bytes(person.pk)),
                            token=default_token_generator.make_token(person),
                        )
                    },
                )


class NewPasswordForm(NewPasswordTwice, SetPasswordForm):
    """Django's, written down."""

    @transaction.atomic
    def save(self, commit=True):
        person = super().save(commit)
        record(AuditEvent.Kind.PASSWORD_CHANGED, by=person, subject=person)
        return person
