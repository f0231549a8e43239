"""The forms of a cycle: what it is, when it opens and closes, and what is known before it does."""

import datetime

from django import forms
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from assessments.forms.fields import HourField, TextField, instant
from assessments.forms.people import TypedForm
from assessments.models import Cycle
from assessments.services import LONGEST_CYCLE_EXTENSION
from cdf_site.common.forms import DatePartsField
from frameworks.models import Edition

OPENS_AT, CLOSES_AT = datetime.time(9), datetime.time(17)
TAKEN_BY_A_PAGE = {"add"}  # the last part of an address of its own
NAME_LENGTH = Cycle._meta.get_field("name").max_length
LONGEST_REASON = 2_000  # characters


class SeenForm(TypedForm):
    """A form that says what its person had seen of the cycle."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)


class NamesForm(SeenForm):
    """What a cycle is called."""

    name_cy = forms.CharField(
        label=_("Name in Welsh"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"lang": "cy", "autocomplete": "off"}),
        error_messages={"required": _("Enter the name in Welsh.")},
    )
    name_en = forms.CharField(
        label=_("Name in English"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"lang": "en", "autocomplete": "off"}),
        error_messages={"required": _("Enter the name in English.")},
    )

    def values(self):
        """What was typed, by the cycle's fields."""
        return {name: self.cleaned_data[name] for name in ("name_cy", "name_en")}


class CycleForm(NamesForm):
    """A cycle that nobody has opened yet: everything about it."""

    code = forms.SlugField(
        label=_("Code"),
        help_text=_(
            "It stands in addresses and in the names of files, and cannot be changed later. "
            "Letters, figures and hyphens, for example 2030."
        ),
        max_length=Cycle._meta.get_field("code").max_length,
        widget=forms.TextInput(
            attrs={"class": "nhsuk-input--width-10", "autocomplete": "off"}
        ),
        error_messages={
            "required": _("Enter a code."),
            "invalid": _("Use letters without accents, figures and hyphens."),
        },
    )
    edition = forms.ModelChoiceField(
        label=_("Edition of the framework"),
        help_text=_("Published editions only. A draft is published first."),
        queryset=Edition.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose an edition."),
            "invalid_choice": _("Choose an edition that is published."),
        },
    )
    opens_on = DatePartsField(
        label=_("Day on which it opens"), help_text=_("For example 1 9 2026.")
    )
    opens_at_hour = HourField(
        label=_("Hour at which it opens"), help_text=_("In Wales. For example 09:00.")
    )
    closes_on = DatePartsField(
        label=_("Day on which it closes"), help_text=_("For example 30 11 2026.")
    )
    closes_at_hour = HourField(
        label=_("Hour at which it closes"), help_text=_("In Wales. For example 17:00.")
    )
    field_order = [
        *("name_cy", "name_en", "code", "edition"),
        *("opens_on", "opens_at_hour", "closes_on", "closes_at_hour"),
    ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        editions = Edition.objects.published()
        self.fields["edition"].queryset = editions
        self.initial.setdefault("edition", editions.first())
        self.initial.setdefault("opens_at_hour", time_format(OPENS_AT, "H:i"))
        self.initial.setdefault("closes_at_hour", time_format(CLOSES_AT, "H:i"))

    def clean_code(self):
        code = self.cleaned_data["code"]
        if code in TAKEN_BY_A_PAGE or Cycle.objects.filter(code=code).exists():
            raise forms.ValidationError(
                _("This code is taken already. Choose another.")
            )
        return code

    def clean(self):
        data = super().clean()
        for what in ("opens", "closes"):
            day, hour = data.get(f"{what}_on"), data.get(f"{what}_at_hour")
            if day and hour is not None:
                data[f"{what}_at"] = instant(day, hour)
        closes_at = data.get("closes_at")
        if closes_at and closes_at <= timezone.now():
            self.add_error("closes_on", _("Choose a closing hour that is still ahead."))
        elif closes_at and data.get("opens_at") and closes_at <= data["opens_at"]:
            self.add_error("closes_on", _("A cycle closes after it opens."))
        return data

    def values(self):
        more = ("code", "edition", "opens_at", "closes_at")
        return super().values() | {
            name: self.cleaned_data[name] for name in more if name in self.cleaned_data
        }


class PlannedCycleForm(CycleForm):
    """As ``CycleForm``, of a cycle that is there: its code stays."""

    code = None


class CycleExtensionForm(SeenForm):
    """Until when every cluster gets more time, and why, in one language or both."""

    closes_on = DatePartsField(label=_("New closing date"))
    closes_at_hour = HourField(label=_("Hour"), help_text=_("For example 17:00."))
    reason_cy = TextField(
        label=_("Reason, in Welsh"), rows=3, language="cy", longest=LONGEST_REASON
    )
    reason_en = TextField(
        label=_("Reason, in English"), rows=3, language="en", longest=LONGEST_REASON
    )

    def __init__(self, cycle, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.cycle = cycle
        hour = timezone.localtime(cycle.closes_at).time()
        self.initial.setdefault("closes_at_hour", time_format(hour, "H:i"))

    def clean(self):
        data = super().clean()
        day, hour = data.get("closes_on"), data.get("closes_at_hour")
        if day and hour is not None:
            closes_at = data["closes_at"] = instant(day, hour)
            now = timezone.now()
            if closes_at <= max(self.cycle.closes_at, now):
                self.add_error(
                    "closes_on",
                    _("Choose a time that is later than the present closing hour."),
                )
            elif closes_at > now + LONGEST_CYCLE_EXTENSION:
                self.add_error("closes_on", _("Choose a time within a year from now."))
        said = {"reason_cy", "reason_en"}
        if not said & set(self.errors) and not any(data.get(name) for name in said):
            self.add_error("reason_cy", _("Give a reason in at least one language."))
        return data

    def values(self):
        """What was typed, as the service takes it."""
        names = ("closes_at", "reason_cy", "reason_en")
        return {name: self.cleaned_data[name] for name in names}


class OpeningForm(SeenForm):
    """Nothing but what was seen: the button says the rest."""


class ClosingForm(SeenForm):
    """What must be known before a cycle is closed."""

    early = forms.BooleanField(
        label=_("Close it before the closing hour that was announced."),
        error_messages={"required": _("Tick this box to close the cycle.")},
    )
    final = forms.BooleanField(
        label=_("I know that a cycle that is closed cannot be opened again."),
        error_messages={"required": _("Tick this box to close the cycle.")},
    )

    def __init__(self, *args, is_early, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_early:
            del self.fields["early"]
