"""The forms of a cluster's people: whom to ask, and who does what."""

from datetime import timedelta

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.services.people import LONGEST_DEPUTY
from cdf_site.common.forms import DatePartsField, TypedForm
from organisations.forms import NewPasswordTwice
from organisations.models import Profession, User

SOMEBODY_ELSE = "other"
LANGUAGES = [*User.Language.choices, ("", _("Both, Welsh first"))]


class AddressField(forms.EmailField):
    """An e-mail address as it is stored, and no longer than what stores it."""

    def to_python(self, value):
        return User.normalise_email(super().to_python(value))


def email_field(**more):
    return AddressField(
        label=_("E-mail address"),
        max_length=User._meta.get_field("email").max_length,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Enter the person's e-mail address."),
            "max_length": _("The e-mail address is too long. Check it for mistakes."),
        },
        **more,
    )


def language_field():
    return forms.ChoiceField(
        label=_("Language of the invitation"),
        choices=LANGUAGES,
        required=False,
        widget=forms.RadioSelect,
    )


class InviteForm(TypedForm):
    """Whom a cluster asks to contribute."""

    email = email_field()
    name = forms.CharField(label=_("Name (optional)"), max_length=150, required=False)
    profession = forms.ChoiceField(
        label=_("Profession (optional)"),
        choices=[("", pgettext_lazy("profession", "Not known")), *Profession.choices],
        required=False,
    )
    language = language_field()


class NextLeadForm(TypedForm):
    """Whom a health board asks to lead a cluster."""

    email = email_field()
    name = forms.CharField(label=_("Name (optional)"), max_length=150, required=False)
    language = language_field()


class PersonField(forms.ChoiceField):
    """One of the people of a cluster; its value is the person."""

    def __init__(self, people, *, more=(), **kwargs):
        self.people = {str(person.user.pk): person.user for person in people}
        choices = [
            (str(person.user.pk), _described(person)) for person in people
        ] + list(more)
        super().__init__(
            choices=choices,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose a person.")},
            **kwargs,
        )

    def clean(self, value):
        value = super().clean(value)
        return self.people.get(value, value)


def _described(person):
    profession = person.profession
    return f"{person.user} ({profession})" if profession else str(person.user)


class DeputyForm(TypedForm):
    """Who has the lead's right, and until when."""

    until = DatePartsField(
        label=_("The last day"),
        help_text=_("At most 90 days from today. For example 30 11 2026."),
    )

    def __init__(self, people, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"] = PersonField(people, label=_("Contributor"))
        self.order_fields(["person", "until"])

    def clean_until(self):
        until, today = self.cleaned_data["until"], timezone.localdate()
        if not today <= until <= today + timedelta(days=LONGEST_DEPUTY):
            raise forms.ValidationError(
                _("Choose a day from today on, at most 90 days from now.")
            )
        return until


class HandOverForm(TypedForm):
    """Who leads the cluster next, and whether the lead of today stays."""

    email = email_field(required=False)
    afterwards = forms.ChoiceField(
        label=_("What do you do afterwards?"),
        choices=[
            ("stay", _("I stay in the cluster as a contributor.")),
            ("leave", _("I leave the cluster.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you do afterwards.")},
    )

    def __init__(self, people, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"] = PersonField(
            people,
            label=_("Who leads the cluster next?"),
            more=[(SOMEBODY_ELSE, _("Somebody else, whom I invite by e-mail"))],
        )
        self.fields["person"].widget.attrs["reveals"] = {SOMEBODY_ELSE: "email"}
        self.order_fields(["person", "email", "afterwards"])

    def clean(self):
        cleaned = super().clean()
        if (
            cleaned.get("person") == SOMEBODY_ELSE
            and not cleaned.get("email")
            and "email" not in self.errors
        ):
            self.add_error("email", _("Enter the person's e-mail address."))
        return cleaned

    @property
    def leaves(self):
        return self.cleaned_data["afterwards"] == "leave"


class NewAccountForm(NewPasswordTwice, SetPasswordForm):
    """The account of somebody who was invited: name, language and password."""

    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name.")},
    )
    language = forms.ChoiceField(
        label=_("Preferred language"),
        choices=LANGUAGES,
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "For what we send you and for the page that you see after signing in."
        ),
    )
    field_order = ["name", "language", "new_password1", "new_password2"]

    def __init__(self, invitation, *args, **kwargs):
        person = User(email=invitation.email, name=invitation.name)
        super().__init__(person, *args, **kwargs)
        self.fields["new_password1"].label = _("Password")
        self.initial = {
            "name": invitation.name,
            "language": invitation.language,
        } | self.initial

    def clean_name(self):
        # A password must not resemble it.
        self.user.name = self.cleaned_data["name"]
        return self.user.name

    def as_typed(self):
        self._errors, self.cleaned_data = ErrorDict(), {}
        return self
