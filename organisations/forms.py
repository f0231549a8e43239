"""Signing in, and one's own account."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from cdf_site.common.forms import TextField, TypedForm
from cdf_site.common.languages import was_chosen
from organisations.models import LONGEST_NOTE, User


class SignInForm(AuthenticationForm):
    username = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={"required": _("Enter your e-mail address.")},
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password.")},
    )
    error_messages = {
        "invalid_login": _("The e-mail address or password is not right. Try again."),
        "inactive": _("The e-mail address or password is not right. Try again."),
    }

    def clean_username(self):
        return User.normalise_email(self.cleaned_data["username"])


class NewPasswordTwice:
    """For a form of Django's with a new password, typed twice: in words of our own.

    What is wrong with the password is said at the first of the two fields.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_password2"].label = _("The password once more")
        self.fields["new_password2"].help_text = _("Type the same password again.")

    def validate_password_for_user(self, user, *_fields):
        super().validate_password_for_user(user, "new_password1")


class ChangePasswordForm(NewPasswordTwice, PasswordChangeForm):
    """Django's, by whoever knows the old password."""


class AccountForm(TypedForm):
    """One's name, how one likes to receive things, and what helps one in meetings.

    It carries how each field stood when the page was drawn, so that a page which was opened
    before changes nothing that was not touched on it.
    """

    name = forms.CharField(
        label=_("Name"),
        max_length=User._meta.get_field("name").max_length,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Preferred language"),
        help_text=_(
            "For what we send you and for the page that you see after signing in."
        ),
        choices=[*User.Language.choices, ("", _("Both, Welsh first"))],
        required=False,
        widget=forms.RadioSelect,
    )
    large_print = forms.BooleanField(
        label=_("Documents in large print"),
        help_text=_("The PDFs that you ask for are set in 18 point."),
        required=False,
    )
    plain_text_emails = forms.BooleanField(
        label=_("E-mails as plain text"),
        help_text=_("Without colours and layout, for example for a screen reader."),
        required=False,
    )
    email_rhythm = forms.ChoiceField(
        label=_("When e-mails come"),
        help_text=_(
            "What needs something done now always comes at once, for example an invitation, a change "
            "of a meeting, or a self-reflection that was returned."
        ),
        choices=User.Rhythm,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose when e-mails come.")},
    )
    meeting_note = TextField(
        label=_("What helps you in meetings"),
        help_text=_("For example a hearing loop, breaks, or papers in advance."),
        rows=3,
        longest=LONGEST_NOTE,
    )
    written_in = forms.ChoiceField(
        label=_("Language of this note"),
        choices=[("", _("Detect automatically")), *User.Language.choices],
        required=False,
    )
    shares_meeting_note = forms.BooleanField(
        label=_("Let whoever facilitates a peer review meeting of mine read this note"),
        help_text=_(
            "They can read it while the review runs and until the day of the meeting, and nobody "
            "else can. To end that, take away the tick or empty the note."
        ),
        required=False,
    )

    def __init__(self, person, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.show_hidden_initial = True
            self.initial[name] = getattr(person, name, "")
        language = person.meeting_note_language
        if was_chosen(person.meeting_note, language):
            self.initial["written_in"] = language
        if language:
            self.fields["meeting_note"].widget.attrs["lang"] = language

    @property
    def as_drawn(self):
        """The hidden fields that say how each field stood."""
        return [field.as_hidden(only_initial=True) for field in self]

    def changes(self):
        """What was touched on the page; of a note that was, what is said of its language too."""
        touched = set(self.changed_data)
        if touched & {"meeting_note", "written_in"}:
            touched.add("written_in")
        return {name: self.cleaned_data[name] for name in touched}

    def seen_note(self):
        """The note as it was drawn, and whether it was shared."""
        return tuple(
            self.fields[name].to_python(self.data.get(self[name].html_initial_name))
            for name in ("meeting_note", "shares_meeting_note")
        )

    def beside(self, person):
        """The same as it was typed, to be saved over the note of ``person`` as it is now."""
        data = self.data.copy()
        for name in ("meeting_note", "shares_meeting_note"):
            data[self[name].html_initial_name] = getattr(person, name)
        return AccountForm(person, data).as_typed()
