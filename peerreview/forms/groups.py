"""The forms of a group: when and where it meets, and who is in it."""

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.forms.fields import HourField, instant
from assessments.forms.people import AddressField, TypedForm
from cdf_site.common.forms import DatePartsField
from organisations.models import User
from peerreview.forms.rounds import version_field
from peerreview.models import Assignment, ReviewGroup

SHORTEST, LONGEST = 15, 480  # minutes


class MeetingForm(TypedForm):
    """When a group meets, for how long, and where."""

    meets_on = DatePartsField(
        label=_("Day of the meeting"),
        help_text=_("For example 30 11 2026. It can stay empty for now."),
        required=False,
    )
    meets_at_hour = HourField(
        label=_("Hour at which it begins"),
        help_text=_("In Wales. For example 14:00."),
        required=False,
    )
    minutes = forms.IntegerField(
        label=_("Length in minutes"),
        min_value=SHORTEST,
        max_value=LONGEST,
        widget=forms.TextInput(
            attrs={
                "class": "nhsuk-input--width-4",
                "inputmode": "numeric",
                "autocomplete": "off",
            }
        ),
        error_messages={
            "required": _("Enter how many minutes the meeting lasts."),
            "invalid": _("Enter the minutes in figures, for example 60."),
            "min_value": _("A meeting lasts from 15 minutes to 8 hours."),
            "max_value": _("A meeting lasts from 15 minutes to 8 hours."),
        },
    )
    place = forms.CharField(
        label=_("Place"),
        required=False,
        max_length=ReviewGroup._meta.get_field("place").max_length,
        help_text=_("Where people meet, if it is not online."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    link = forms.URLField(
        label=_("Link to the meeting"),
        required=False,
        max_length=ReviewGroup._meta.get_field("link").max_length,
        assume_scheme="https",
        help_text=_("If it is online. It begins with https://"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Enter the whole address, which begins with https://")
        },
    )
    version = version_field()

    def __init__(self, group, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.stored = group.meets_at
        meets_at = group.meets_at and timezone.localtime(group.meets_at)
        for name, value in {
            "meets_on": meets_at.date() if meets_at else None,
            "meets_at_hour": date_format(meets_at, "H:i") if meets_at else "",
            "minutes": group.minutes,
            "place": group.place,
            "link": group.link,
            "version": group.version,
        }.items():
            self.initial.setdefault(name, value)

    def clean_link(self):
        link = self.cleaned_data["link"]
        if link and not link.startswith(("https://", "http://")):
            raise forms.ValidationError(
                _("Enter the whole address, which begins with https://")
            )
        return link

    def clean(self):
        data = super().clean()
        day, hour = data.get("meets_on"), data.get("meets_at_hour")
        if not {"meets_on", "meets_at_hour"} & set(self.errors):
            if day and hour is None:
                self.add_error("meets_at_hour", _("Enter the hour."))
            elif hour is not None and not day:
                self.add_error("meets_on", _("Enter the day, the month and the year."))
        data["meets_at"] = instant(day, hour) if day and hour is not None else None
        if (
            data["meets_at"]
            and data["meets_at"] != self.stored
            and day < timezone.localdate()
        ):
            self.add_error(
                "meets_on",
                _("This day is past. Choose today or a later day for the meeting."),
            )
        return data

    def values(self):
        names = ("meets_at", "minutes", "place", "link")
        return {name: self.cleaned_data[name] for name in names}


class PersonForm(TypedForm):
    """Whom to choose: somebody of the round, or the account of an e-mail address."""

    person = forms.ChoiceField(label=_("Person"), required=False)
    email = AddressField(
        label=_("Or the e-mail address of another account"),
        required=False,
        max_length=User._meta.get_field("email").max_length,
        help_text=_("Somebody who signs in here already, and is not in the list."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, groups, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {
            str(person.pk): person for group in groups for person in group.people
        }
        self.fields["person"].choices = [
            ("", pgettext_lazy("a list of people", "Choose a person")),
            *(
                (
                    group.heading,
                    [(str(person.pk), str(person)) for person in group.people],
                )
                for group in groups
            ),
        ]

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        person, email = data.get("person"), data.get("email")
        if bool(person) == bool(email):
            self.add_error(
                "person",
                _("Choose a person from the list, or enter an e-mail address."),
            )
        elif person:
            data["user"] = self.people[person]
        else:
            data["user"] = User.objects.filter(email=email, is_active=True).first()
            if data["user"] is None:
                self.add_error(
                    "email",
                    _(
                        "Nobody can sign in with this address. Check it for mistakes, or have "
                        "the person invited first."
                    ),
                )
        return data


class AssignmentForm(PersonForm):
    """Whom to choose, and for what."""

    role = forms.ChoiceField(
        label=_("What they do"),
        choices=[
            (Assignment.Role.REVIEWER, _("Review the clusters of the group")),
            (
                Assignment.Role.FACILITATOR,
                _("Facilitate: run the meeting and record what it agrees"),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the person does.")},
    )
    field_order = ["role", "person", "email"]
