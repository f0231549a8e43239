"""What somebody says of a new personal token."""

import datetime

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reporting.models.tokens import LONGEST_NAME

DAYS = [
    (30, _("30 days")),
    (90, _("90 days")),
    (180, _("180 days")),
    (365, _("365 days")),
]


class TokenForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("of a token", "Name"),
        help_text=_(
            "So that you know it again: the program that will use it, for example."
        ),
        max_length=LONGEST_NAME,
        error_messages={
            "required": _("Give the token a name."),
            "max_length": _("The name can have at most 100 characters."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        label=_("How long it works"),
        help_text=_("A year at most. Afterwards you make a new one."),
        choices=DAYS,
        coerce=int,
        initial=90,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how long it works."),
            "invalid_choice": _("Choose one of these lengths of time."),
        },
    )

    @property
    def lasts(self):
        return datetime.timedelta(days=self.cleaned_data["days"])
