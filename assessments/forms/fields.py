"""Fields and limits that the forms share."""

import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.models import LANGUAGES
from cdf_site.common.forms import LONGEST_TEXT, TextField
from cdf_site.common.languages import detect

__all__ = [
    "LANGUAGE_CHOICES",
    "LARGEST_VERSION",
    "LONGEST_TEXT",
    "HourField",
    "TextField",
    "WrittenForm",
    "instant",
]

LARGEST_VERSION = 2**31 - 1  # what the column of PostgreSQL holds
# What can be said of a text's language.
LANGUAGE_CHOICES = [("", _("Detect automatically")), *LANGUAGES]


class HourField(forms.TimeField):
    """An hour of the day in Wales, typed in figures."""

    widget = forms.TextInput
    default_error_messages = {
        "required": _("Enter the hour."),
        "invalid": _("Enter the hour in figures, for example 17:00."),
    }

    def __init__(self, **kwargs):
        super().__init__(
            input_formats=["%H:%M", "%H.%M"],
            widget=forms.TextInput(
                attrs={"class": "nhsuk-input--width-5", "autocomplete": "off"}
            ),
            **kwargs,
        )


def instant(day, hour):
    """When the clocks of Wales show ``hour`` on ``day``."""
    return timezone.make_aware(datetime.datetime.combine(day, hour))


class WrittenForm(forms.Form):
    """What a board writes, and in which language."""

    written_in = forms.ChoiceField(
        label=_("Language of what I write on this page"),
        choices=LANGUAGE_CHOICES,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "compact"}),
    )

    def language_of(self, text):
        """What was said of the page, else what is detected, else the page's language."""
        return self.cleaned_data["written_in"] or detect(text, get_language())
