"""What a board does with a submission, and with a cluster's closing hour."""

from django import forms
from django.core.exceptions import BadRequest
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from assessments.forms.fields import HourField, TextField, WrittenForm, instant
from assessments.models import Question
from assessments.services import LONGEST_EXTENSION
from assessments.subjects import question_choices
from cdf_site.common.forms import DatePartsField


class BoardForm(WrittenForm):
    """What a board says of the submission that it was shown."""

    submission_number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, submission, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.submission = submission
        self.initial.setdefault("submission_number", submission.number)
        self.initial.setdefault("written_in", "")
        self.fields["submission_number"].validators.append(
            MaxValueValidator(submission.number)
        )

    def seen(self):
        """The number of the submission on the page.

        Raises BadRequest where the page's own fields are missing or spoiled: what does not say
        what it is about cannot be recorded of anything.
        """
        if {"submission_number", "written_in"} & set(self.errors):
            raise BadRequest("a hidden field of the form is missing or spoiled")
        return self.cleaned_data["submission_number"]


class ReturnForm(BoardForm):
    """Why a submission is given back: over all, of single outcomes, or both."""

    reason = TextField(
        label=_("What should the cluster look at again?"),
        help_text=_("The cluster will read this."),
        rows=6,
    )

    def __init__(self, submission, outcomes, *args, **kwargs):
        super().__init__(submission, *args, **kwargs)
        self.outcomes = outcomes
        for outcome in outcomes:
            self.fields[self._name(outcome)] = TextField(
                label=LabelOf(outcome, _("What should be looked at again here?")),
                rows=3,
            )
        self.order_fields(
            ["reason", *map(self._name, outcomes), "written_in", "submission_number"]
        )

    @staticmethod
    def _name(outcome):
        return f"outcome-{outcome.pk}"

    @property
    def rows(self):
        """Each outcome with its field, and whether there is something in it to be seen."""
        fields = [(outcome, self[self._name(outcome)]) for outcome in self.outcomes]
        return [
            (outcome, field, bool(field.value() or field.errors))
            for outcome, field in fields
        ]

    def clean(self):
        data = super().clean()
        said = [data.get(name) for name in ("reason", *map(self._name, self.outcomes))]
        if not any(said) and not self.errors:
            self.add_error("reason", _("Give a reason."))
        return data

    def outcome_reasons(self):
        """The text and its language by outcome, as the service takes them."""
        said = {
            outcome.pk: self.cleaned_data[self._name(outcome)]
            for outcome in self.outcomes
        }
        return {pk: (text, self.language_of(text)) for pk, text in said.items() if text}


class LabelOf(str):
    """A label that names its outcome for those who hear it, and in the list of errors.

    Under the outcome's heading, those who see it need not read the title three times.
    """

    __slots__ = ("label", "outcome")

    def __new__(cls, outcome, label):
        self = super().__new__(cls, f"{outcome}: {label}")
        self.outcome, self.label = outcome, label
        return self

    def __html__(self):
        return format_html(
            '<span class="nhsuk-u-visually-hidden">{}: </span>{}',
            self.outcome,
            self.label,
        )


class AgreementForm(BoardForm):
    """The agreed level of each outcome that has levels, beside the cluster's own."""

    def __init__(self, submission, submitted_outcomes, *args, **kwargs):
        super().__init__(submission, *args, **kwargs)
        self.submitted_outcomes = submitted_outcomes
        for row in submitted_outcomes:
            self.fields[f"level-{row.outcome_id}"] = forms.TypedChoiceField(
                label=LabelOf(row.outcome, _("Agreed level")),
                choices=question_choices(Question.OWN_LEVEL, row.outcome.module),
                coerce=int,
                widget=forms.RadioSelect(attrs={"class": "compact"}),
                initial=row.own_level,
                error_messages={"required": _("Choose a level.")},
            )
            self.fields[f"reason-{row.outcome_id}"] = TextField(
                label=LabelOf(
                    row.outcome,
                    _("The reason, if it differs from the cluster's own level"),
                ),
                rows=2,
            )
        self.order_fields(
            [name for name in self.fields if name not in BoardForm.base_fields]
        )

    @property
    def rows(self):
        return [
            (row, self[f"level-{row.outcome_id}"], self[f"reason-{row.outcome_id}"])
            for row in self.submitted_outcomes
        ]

    def clean(self):
        data = super().clean()
        for row in self.submitted_outcomes:
            level = data.get(f"level-{row.outcome_id}")
            if (
                level is not None
                and level != row.own_level
                and not data.get(f"reason-{row.outcome_id}")
            ):
                self.add_error(f"reason-{row.outcome_id}", _("Give a reason."))
        return data

    def levels(self):
        """The agreed level, reason and language by outcome, as the service takes them."""
        return {
            row.outcome_id: (
                self.cleaned_data[f"level-{row.outcome_id}"],
                self.cleaned_data[f"reason-{row.outcome_id}"],
                self.language_of(self.cleaned_data[f"reason-{row.outcome_id}"]),
            )
            for row in self.submitted_outcomes
        }


class ExtensionForm(WrittenForm):
    """Until when a cluster gets more time, and why."""

    closes_on = DatePartsField(label=_("New closing date"))
    closes_at_hour = HourField(label=_("Hour"), help_text=_("For example 17:00."))
    reason = TextField(
        label=_("Why does the cluster get more time?"),
        help_text=_("The cluster will read this."),
        rows=4,
    )
    field_order = ["closes_on", "closes_at_hour", "reason", "written_in"]

    def __init__(self, reflection, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.reflection = reflection
        hour = timezone.localtime(reflection.cycle.closes_at).time()
        self.initial.setdefault("closes_at_hour", time_format(hour, "H:i"))

    @property
    def latest(self):
        """The last instant that can be granted."""
        return self.reflection.cycle.closes_at + LONGEST_EXTENSION

    def clean_reason(self):
        reason = self.cleaned_data["reason"]
        if not reason:
            raise forms.ValidationError(_("Give a reason."))
        return reason

    def clean(self):
        data = super().clean()
        if data.get("closes_on") and data.get("closes_at_hour"):
            closes_at = instant(data["closes_on"], data["closes_at_hour"])
            if closes_at <= max(self.reflection.closes_at, timezone.now()):
                self.add_error(
                    "closes_on",
                    _("Choose a time that is later than the present closing hour."),
                )
            elif closes_at > self.latest:
                self.add_error(
                    "closes_on", _("Choose a time within 60 days of the cycle's end.")
                )
            data["closes_at"] = closes_at
        return data
