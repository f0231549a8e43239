"""What the forms of all apps share: the helper, the buttons, and dates in three parts."""

import datetime
import re

from crispy_forms.helper import FormHelper
from crispy_forms.layout import BaseInput, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms.utils import ErrorDict
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

DAY, MONTH, YEAR = range(3)
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
FIGURES = re.compile(r"[0-9]{1,8}")
LONGEST_TEXT = 10_000  # characters: four pages, and a mistake beyond


def service_helper(*layout, form_tag=False, mark_optional=False, label_size=""):
    """Return a crispy helper in the manner of the service.

    Without a form tag by default: the page's layout draws the form, its CSRF token and
    its buttons. ``mark_optional`` writes "(optional)" beside what may stay empty;
    ``label_size`` is "s", "m" or "l" for bold labels.
    """
    helper = FormHelper()
    helper.form_tag = form_tag
    helper.disable_csrf = not form_tag
    helper.attrs = {"novalidate": True}
    helper.mark_optional = mark_optional
    helper.label_size = label_size
    if layout:
        helper.layout = Layout(*layout)
    return helper


class SubmitButton(BaseInput):
    """``SubmitButton("save", _("Save and continue"))``: its name is sent with the form."""

    input_type = "submit"
    field_classes = "nhsuk-button"


class SecondaryButton(SubmitButton):
    field_classes = "nhsuk-button nhsuk-button--secondary"


class WarningButton(SubmitButton):
    """For what cannot be undone."""

    field_classes = "nhsuk-button nhsuk-button--warning"


class TypedForm(forms.Form):
    """A form that can be shown in the other language as it was typed, not judged yet."""

    def as_typed(self):
        self._errors, self.cleaned_data = ErrorDict(), {}
        return self


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


class DateInputWidget(forms.MultiWidget):
    """Day, month and year as three inputs, named ``<field>_day`` and so on."""

    labels = (
        pgettext_lazy("part of a date", "Day"),
        pgettext_lazy("part of a date", "Month"),
        pgettext_lazy("part of a date", "Year"),
    )

    def __init__(self, attrs=None):
        number = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__(
            {
                "day": forms.TextInput({**number, "class": "nhsuk-input--width-2"}),
                "month": forms.TextInput({**number, "class": "nhsuk-input--width-2"}),
                "year": forms.TextInput({**number, "class": "nhsuk-input--width-4"}),
            },
            attrs,
        )

    def decompress(self, value):
        if isinstance(value, datetime.date):
            return [str(value.day), str(value.month), str(value.year)]
        return ["", "", ""]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        labels = zip(context["widget"]["subwidgets"], self.labels, strict=True)
        for subwidget, label in labels:
            subwidget["label"] = label
        return context

    def wrong_part(self, value):
        """Return which of the three inputs to put right first."""
        if not isinstance(value, list | tuple):
            return DAY
        missing = [
            index for index, part in enumerate(value) if not (part or "").strip()
        ]
        return missing[0] if missing else DAY


class DatePartsField(forms.Field):
    """A date asked for in three parts; its errors say what to do next."""

    widget = DateInputWidget
    default_error_messages = {
        "required": _("Enter the day, the month and the year."),
        "missing_day": _("Enter the day."),
        "missing_month": _("Enter the month."),
        "missing_year": _("Enter the year."),
        "not_numbers": _("Enter the date in figures, for example 30 11 2026."),
        "short_year": _("Enter the year with four figures, for example 2026."),
        "no_such_date": _("There is no such date. Check the day and the month."),
    }

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, datetime.date):
            return value or None
        texts = [(part or "").strip() for part in value]
        if not any(texts):
            return None
        for text, code in zip(
            texts, ("missing_day", "missing_month", "missing_year"), strict=True
        ):
            if not text:
                raise self._error(code)
        if not all(FIGURES.fullmatch(text) for text in texts):
            raise self._error("not_numbers")
        day, month, year = (int(text) for text in texts)
        if not EARLIEST_YEAR <= year <= LATEST_YEAR:
            raise self._error("short_year")
        try:
            return datetime.date(year, month, day)
        except ValueError:
            raise self._error("no_such_date") from None

    def has_changed(self, initial, data):
        if self.disabled:
            return False
        before = initial or None
        try:
            return before != self.to_python(data)
        except ValidationError:
            return True

    def _error(self, code):
        return ValidationError(self.error_messages[code], code=code)
