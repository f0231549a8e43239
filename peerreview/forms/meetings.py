"""What is put on a meeting's agenda, and what is undertaken there."""

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from assessments.forms import TextField
from cdf_site.common.forms import DatePartsField

LEAST_MINUTES, MOST_MINUTES = 15, 480


class AgendaForm(forms.Form):
    """Which outcomes are talked about, in which order, and how long the meeting takes."""

    minutes = forms.IntegerField(
        label=_("Minutes for the meeting"),
        help_text=_("From 15 to 480. The screen says how many are left."),
        min_value=LEAST_MINUTES,
        max_value=MOST_MINUTES,
        widget=forms.NumberInput(
            attrs={"class": "nhsuk-input--width-3", "inputmode": "numeric"}
        ),
        error_messages={
            "required": _("Enter how many minutes the meeting takes."),
            "invalid": _("Enter a whole number of minutes."),
            "min_value": _("Enter a number from 15 to 480."),
            "max_value": _("Enter a number from 15 to 480."),
        },
    )

    def __init__(self, lines, chosen, *args, **kwargs):
        """``chosen`` are keys of ``lines`` in the order of the meeting."""
        super().__init__(*args, **kwargs)
        self.lines = lines
        places = {key: number for number, key in enumerate(chosen, 1)}
        for line in lines:
            self.fields[f"item-{line.name}"] = forms.BooleanField(
                label=line.outcome or _("The whole submission"),
                required=False,
                initial=line.key in places,
            )
            self.fields[f"place-{line.name}"] = forms.IntegerField(
                label=_("Place on the agenda"),
                required=False,
                min_value=1,
                max_value=999,
                initial=places.get(line.key),
                widget=forms.NumberInput(
                    attrs={"class": "nhsuk-input--width-3", "inputmode": "numeric"}
                ),
                error_messages={
                    "invalid": _("Enter a whole number as the place on the agenda."),
                    "min_value": _("Enter a number from 1 to 999."),
                    "max_value": _("Enter a number from 1 to 999."),
                },
            )

    @property
    def rows(self):
        """Each line with its box and its place."""
        return [
            (line, self[f"item-{line.name}"], self[f"place-{line.name}"])
            for line in self.lines
        ]

    def clean(self):
        data = super().clean()
        if not (self.agenda() or self.errors):
            self.add_error(
                None, _("Choose at least one outcome for the meeting to talk about.")
            )
        return data

    def agenda(self):
        """The chosen keys by their places; those without one come last, in the page's order."""
        data = self.cleaned_data
        chosen = [line for line in self.lines if data.get(f"item-{line.name}")]
        chosen.sort(key=lambda line: data.get(f"place-{line.name}") or 1000)
        return [line.key for line in chosen]


class AnnotationSelect(forms.Select):
    """Words of people, each said to be in its language."""

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if annotation := getattr(value, "instance", None):
            option["attrs"]["lang"] = annotation.language
        return option


class AnnotationField(forms.ModelChoiceField):
    """One of the annotations on the screen, by the beginning of its words."""

    widget = AnnotationSelect

    def label_from_instance(self, annotation):
        return Truncator(annotation.text).words(12)


class MeetingActionForm(forms.Form):
    """Something that the cluster undertakes in the meeting; empty where nothing is."""

    text = TextField(label=_("What will the cluster do?"), rows=2, longest=2000)
    annotation = AnnotationField(
        label=_("What does it come from?"),
        queryset=None,
        required=False,
        empty_label=_("The outcome as a whole"),
        error_messages={
            "invalid_choice": _("Choose an annotation that has not been taken back.")
        },
    )
    owner = forms.ModelChoiceField(
        label=_("Who sees to it?"),
        queryset=None,
        required=False,
        empty_label=_("Nobody yet"),
    )
    due_on = DatePartsField(label=_("By when?"), required=False)

    def __init__(self, owners, origins, *args, is_of_the_whole=False, **kwargs):
        """``origins`` are the annotations that it may come from."""
        super().__init__(*args, prefix="action", **kwargs)
        self.fields["owner"].queryset = owners
        self.fields["annotation"].queryset = origins
        if is_of_the_whole:
            self.fields["annotation"].empty_label = _("The whole submission")

    @property
    def is_typed(self):
        """Whether somebody has written in it, whatever else it says."""
        return bool(self["text"].value() and self["text"].value().strip())

    def clean_text(self):
        text = self.cleaned_data["text"].strip()
        if not text:
            raise forms.ValidationError(_("Write what the cluster will do."))
        return text
