"""Fields and limits that the forms share."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.models import LANGUAGES
from cdf_site.common.languages import detect

LARGEST_VERSION = 2**31 - 1  # what the column of PostgreSQL holds
# What can be said of a text's language.
LANGUAGE_CHOICES = [("", _("Detect automatically")), *LANGUAGES]
LONGEST_TEXT = 10_000  # characters: four pages, and a mistake beyond


class LongestText(MaxLengthValidator):
    """Says how long a text is and may be, in figures as they are read."""

    def __call__(self, value):
        try:
            super().__call__(value)
        except ValidationError as error:
            for name in ("show_value", "limit_value"):
                error.params[name] = number_format(
                    error.params[name], use_l10n=True, force_grouping=True
                )
            raise


class TextField(forms.CharField):
    """What a person writes: line breaks as one character, and told how long it is if too long."""

    def __init__(self, *, rows=4, language="", longest=LONGEST_TEXT, **kwargs):
        attributes = {"rows": rows, "count": longest}
        if language:  # for spelling checkers and screen readers
            attributes["lang"] = language
        super().__init__(
            required=False,
            widget=forms.Textarea(attrs=attributes),
            validators=[
                LongestText(
                    longest,
                    _(
                        "Shorten this text. It has %(show_value)s characters and "
                        "%(limit_value)s fit."
                    ),
                )
            ],
            **kwargs,
        )

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


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
