"""The forms of views before the meeting, and of the facilitated session's beginning."""

import json
import uuid
from dataclasses import dataclass

from django import forms
from django.core.exceptions import BadRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.forms.fields import LARGEST_VERSION, TextField
from assessments.models import (
    Profession,
    Question,
    SignsChoice,
    View,
)
from assessments.services import Opinion
from assessments.services.own_views import fingerprint
from assessments.subjects import question_choices

NO_VIEW = View()
LONGEST_SENTENCE = 500  # characters


@dataclass
class ViewRow:
    """One outcome on the page of one's own views."""

    outcome: object
    criteria: list
    view: View  # as it is stored
    is_frozen: bool
    theirs: View | None = None  # one's own view from another tab
    choice: object = None
    text: object = None
    shared: object = None
    version: object = None
    was: object = None

    @property
    def key(self):
        return f"view-{self.outcome.pk}"

    @property
    def chosen_words(self):
        return words_of_choice(self.outcome, self.view.choice)

    @property
    def their_words(self):
        return words_of_choice(self.outcome, self.theirs.choice)

    @property
    def theirs_as_sent(self):
        """The other tab's view as JSON: the fields of the page that would send it."""
        fields = {
            f"{self.key}-version": [str(self.theirs.version)],
            f"{self.key}-choice": [self.theirs.choice],
            f"{self.key}-text": [self.theirs.text],
        }
        if self.theirs.is_shared:
            fields[f"{self.key}-shared"] = ["on"]
        return json.dumps(fields)


def choices_of(outcome):
    """A level, or a kind of sign where the module has no levels."""
    if outcome.module.uses_levels:
        return question_choices(Question.OWN_LEVEL, outcome.module)
    return SignsChoice.choices


def words_of_choice(outcome, choice):
    return dict(choices_of(outcome)).get(choice, "")


class OwnViewsForm(forms.Form):
    """One's own views of some outcomes, each with the version that the page was made from."""

    operation_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, outcomes, views, *args, frozen=(), conflicts=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.outcomes = outcomes
        self.views = views
        self.frozen = frozen
        self.conflicts = conflicts or {}
        self.initial.setdefault("operation_id", uuid.uuid4())
        for outcome in outcomes:
            if outcome.pk not in frozen or self.is_bound:
                self._add(outcome, views.get(outcome.pk, NO_VIEW))

    def _add(self, outcome, view):
        key = f"view-{outcome.pk}"
        self.fields[f"{key}-version"] = forms.IntegerField(
            min_value=0,
            max_value=LARGEST_VERSION,
            widget=forms.HiddenInput,
            initial=view.version,
            required=outcome.pk not in self.frozen,
        )
        self.fields[f"{key}-was"] = forms.CharField(
            max_length=64,
            required=False,
            widget=forms.HiddenInput,
            initial=fingerprint(view.choice, view.text, view.is_shared),
        )
        back = [("", _("Not answered"))] if view.choice else []
        self.fields[f"{key}-choice"] = forms.ChoiceField(
            label=_("My own view of the level")
            if outcome.module.uses_levels
            else _("My own view of the signs"),
            choices=[*choices_of(outcome), *back],
            required=False,
            widget=forms.RadioSelect(attrs={"class": "compact"}),
            initial=view.choice,
        )
        self.fields[f"{key}-text"] = TextField(
            label=_("Why? In a sentence (optional)"),
            rows=2,
            longest=LONGEST_SENTENCE,
            language=view.language,
            initial=view.text,
        )
        self.fields[f"{key}-shared"] = forms.BooleanField(
            label=_("Show my sentence, without my name, when the discussion is opened"),
            required=False,
            initial=view.is_shared,
        )

    def rows(self, criteria):
        """The outcomes in the order of the form; ``criteria`` by outcome, to look them up."""
        rows = []
        for outcome in self.outcomes:
            row = ViewRow(
                outcome=outcome,
                criteria=criteria.get(outcome.pk, []),
                view=self.views.get(outcome.pk, NO_VIEW),
                is_frozen=outcome.pk in self.frozen,
                theirs=self.conflicts.get(outcome.pk),
            )
            if not row.is_frozen:
                for part in ("choice", "text", "shared", "version", "was"):
                    setattr(row, part, self[f"{row.key}-{part}"])
            rows.append(row)
        return rows

    def opinions(self):
        """What was typed, without what has errors, and without what the page did not send.

        Raises BadRequest where the page's own hidden fields are spoiled.
        """
        hidden = {"operation_id"} | {
            f"view-{outcome.pk}-{part}"
            for outcome in self.outcomes
            for part in ("version", "was")
        }
        if hidden & set(self.errors):
            raise BadRequest("a hidden field of the form is missing or spoiled")
        opinions = []
        for outcome in self.outcomes:
            key = f"view-{outcome.pk}"
            version = self.cleaned_data.get(f"{key}-version")
            if version is None or {f"{key}-choice", f"{key}-text"} & set(self.errors):
                continue
            opinions.append(
                Opinion(
                    outcome_id=outcome.pk,
                    base_version=version,
                    was=self.cleaned_data[f"{key}-was"],
                    choice=self.cleaned_data[f"{key}-choice"],
                    text=self.cleaned_data[f"{key}-text"],
                    is_shared=self.cleaned_data[f"{key}-shared"],
                )
            )
        return opinions


class SessionForm(forms.Form):
    """Who is in the room, and how long an outcome may take."""

    present = forms.MultipleChoiceField(
        label=_("Who is in the room, by profession?"),
        help_text=_("Choose all that apply."),
        choices=Profession.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    minutes_an_outcome = forms.IntegerField(
        label=_("Minutes for an outcome"),
        help_text=_("A quiet reminder, nothing more: from 1 to 120."),
        min_value=1,
        max_value=120,
        initial=10,
        widget=forms.NumberInput(
            attrs={"class": "nhsuk-input--width-3", "inputmode": "numeric"}
        ),
        error_messages={
            "required": _("Enter how many minutes an outcome may take."),
            "invalid": _("Enter a whole number of minutes."),
            "min_value": _("Enter a number from 1 to 120."),
            "max_value": _("Enter a number from 1 to 120."),
        },
    )

    def clean_present(self):
        """In the list's order, whatever was ticked first."""
        present = self.cleaned_data["present"]
        return [code for code in Profession.values if code in present]


class SessionStartForm(SessionForm):
    """The same, and which outcomes are talked about."""

    ALL, UNANSWERED, FLAGGED = "all", "unanswered", "flagged"

    agenda = forms.ChoiceField(
        label=_("Which outcomes will you talk about?"),
        choices=[
            (ALL, pgettext_lazy("several outcomes", "All of them")),
            (UNANSWERED, _("Only those with something left to answer")),
            (FLAGGED, _("Only those that somebody wants to discuss")),
        ],
        initial=ALL,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose which outcomes you will talk about.")},
    )

    def __init__(self, agendas, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.agendas = agendas  # lists of outcomes, by choice
        self.fields["agenda"].choices = [
            (value, format_lazy("{}: {}", label, len(agendas[value])))
            for value, label in self.fields["agenda"].choices
        ]

    def clean_agenda(self):
        chosen = self.cleaned_data["agenda"]
        if not self.agendas[chosen]:
            raise forms.ValidationError(
                _("There are no such outcomes now: choose another.")
            )
        return chosen

    def outcomes(self):
        return self.agendas[self.cleaned_data["agenda"]]
