"""Signing in, and one's own account."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from organisations.models import User


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


class AccountForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "language"]
        labels = {"name": _("Name"), "language": _("Preferred language")}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "language": forms.RadioSelect,
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [
            *User.Language.choices,
            ("", _("Both, Welsh first")),
        ]
        self.fields["language"].help_text = _(
            "For what we send you and for the page that you see after signing in."
        )
