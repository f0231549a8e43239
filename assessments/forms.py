"""The forms of a self-reflection, and of what a board does with a submission."""

import datetime
import json
import uuid
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import BadRequest
from django.core.validators import MaxLengthValidator, MaxValueValidator
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.models import LANGUAGES, LEVEL_QUESTIONS, Question
from assessments.services import LONGEST_EXTENSION, Conflict, Entry
from assessments.sheet import NOT_ANSWERED
from assessments.subjects import SEPARATOR, question_choices
from cdf_site.common.forms import DatePartsField
from cdf_site.common.languages import detect
from cdf_site.templatetags.interface import labelled_error

LARGEST_VERSION = 2**31 - 1  # what the column of PostgreSQL holds
# What can be said of a text's language.
LANGUAGE_CHOICES = [("", _("Detect automatically")), *LANGUAGES]
LONGEST_TEXT = 10_000  # characters: four pages, and a mistake beyond


class TextField(forms.CharField):
    """What a person writes: line breaks as one character, and told how long it is if too long."""

    def __init__(self, *, rows=4, language="", **kwargs):
        attributes = {"rows": rows, "count": LONGEST_TEXT}
        if language:  # for spelling checkers and screen readers
            attributes["lang"] = language
        super().__init__(
            required=False,
            widget=forms.Textarea(attrs=attributes),
            validators=[
                MaxLengthValidator(
                    LONGEST_TEXT,
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


@dataclass
class Row:
    """One answer on the page: its fields, and what somebody else made of it meanwhile."""

    item: object
    answer: object
    choice: object = None
    text: object = None
    language: object = None
    date: object = None
    version: object = None
    conflict: Conflict | None = None

    @property
    def theirs_in_words(self):
        return self.item.choice_words(self.conflict.theirs.choice)

    @property
    def theirs_as_sent(self):
        """The other answer as JSON: the fields of the page that would send it."""
        return json.dumps(sent_fields(self.item, self.conflict.theirs))

    @property
    def can_join(self):
        """Whether there are two texts."""
        typed = self.text and self.text.value()
        return bool(typed and typed.strip() and self.conflict.theirs.text)

    @property
    def is_open(self):
        """Whether its comment is shown at once."""
        return bool(
            self.answer.text or self.conflict or (self.text and self.text.errors)
        )


@dataclass
class Section:
    """Rows of an outcome's page under one heading."""

    kind: str
    level: int | None
    count: object = None
    rows: list[Row] = field(default_factory=list)


def sent_fields(item, answer):
    """What a page sends that shows ``answer`` as it is stored: lists of values by field."""
    form = AnswersForm([item], {item.subject: answer})
    sent = {}
    for name, form_field in form.fields.items():
        if not name.startswith(f"{item.key}-"):
            continue
        value = form[name].value()
        if hasattr(form_field.widget, "decompress"):
            parts = form_field.widget.decompress(value)
            suffixes = form_field.widget.widgets_names
            for suffix, part in zip(suffixes, parts, strict=True):
                sent[f"{name}{suffix}"] = [part]
        elif isinstance(value, list):
            sent[name] = value
        else:
            sent[name] = ["" if value is None else str(value)]
    return sent


class AnswersForm(forms.Form):
    """The answers of one page, each with the version that the page was made from."""

    operation_id = forms.UUIDField(widget=forms.HiddenInput)
    # The language of a text that does not show its own; without it, that of the page.
    written_in = forms.ChoiceField(
        choices=LANGUAGES, required=False, widget=forms.HiddenInput
    )

    def __init__(self, items, answers, *args, conflicts=(), suggestion=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.items = items
        self.answers = answers
        self.suggestion = suggestion
        self.conflicts = {conflict.entry.subject: conflict for conflict in conflicts}
        for item in items:
            self._add(item, answers.get(item.subject, NOT_ANSWERED))

    def clean_written_in(self):
        return self.cleaned_data["written_in"] or get_language()

    def _add(self, item, answer):
        key = item.key
        self.fields[f"{key}-version"] = forms.IntegerField(
            min_value=0,
            max_value=LARGEST_VERSION,
            widget=forms.HiddenInput,
            initial=answer.version,
        )
        if item.several:
            self.fields[f"{key}-choice"] = forms.MultipleChoiceField(
                label=item.label,
                help_text=item.hint,
                choices=item.choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=answer.choice.split(SEPARATOR) if answer.choice else [],
            )
        elif item.choices:
            # A radio button cannot be taken back: the way back is offered where there is one.
            back = [("", _("Not answered"))] if answer.choice else []
            self.fields[f"{key}-choice"] = forms.ChoiceField(
                label=item.label,
                help_text=item.hint,
                choices=[*item.choices, *back],
                required=False,
                widget=forms.RadioSelect(attrs={"class": "compact"}),
                initial=answer.choice,
            )
        if item.text_label:
            self.fields[f"{key}-text"] = TextField(
                label=item.text_label,
                help_text=item.text_hint,
                rows=item.rows,
                language=answer.language,
                initial=answer.text,
            )
            self.fields[f"{key}-language"] = forms.ChoiceField(
                label=_("Language"),
                choices=LANGUAGE_CHOICES,
                required=False,
                initial=answer.language if answer.language_is_chosen else "",
            )
        if item.date_label:
            self.fields[f"{key}-date"] = DatePartsField(
                label=item.date_label,
                help_text=item.date_hint,
                required=False,
                initial=answer.dated_on,
            )

    def _field(self, name):
        return self[name] if name in self.fields else None

    @property
    def rows(self):
        """The answers in the order of the page."""
        return [
            Row(
                item=item,
                answer=self.answers.get(item.subject, NOT_ANSWERED),
                choice=self._field(f"{item.key}-choice"),
                text=self._field(f"{item.key}-text"),
                language=self._field(f"{item.key}-language"),
                date=self._field(f"{item.key}-date"),
                version=self[f"{item.key}-version"],
                conflict=self.conflicts.get(item.subject),
            )
            for item in self.items
        ]

    def conflict_errors(self):
        """A line of the error summary for each answer that somebody else changed."""
        return [
            labelled_error(
                row.choice or row.text or row.date,
                row.item.label,
                _("This answer was changed while you were writing."),
            )
            for row in self.rows
            if row.conflict
        ]

    @property
    def sections(self):
        """The rows of an outcome's page: criteria by level, the level itself, the words."""
        counts = {}
        if self.suggestion:
            counts = {count.level: count for count in self.suggestion.counts}
        sections = []
        for row in self.rows:
            subject = row.item.subject
            if subject.criterion_id:
                kind = "criteria"
            else:
                kind = "level" if subject.question in LEVEL_QUESTIONS else "words"
            if not sections or (sections[-1].kind, sections[-1].level) != (
                kind,
                row.item.level,
            ):
                sections.append(
                    Section(kind, row.item.level, counts.get(row.item.level))
                )
            sections[-1].rows.append(row)
        return sections

    def entries(self):
        """What was typed, without the answers whose fields have errors.

        Raises BadRequest where the page's own hidden fields are missing or spoiled: a save that does
        not name its versions cannot be trusted with anybody's text.
        """
        own = {"operation_id", "written_in"} | {
            f"{item.key}-version" for item in self.items
        }
        if own & set(self.errors):
            raise BadRequest("a hidden field of the form is missing or spoiled")
        return [
            self._entry(item)
            for item in self.items
            if not {
                f"{item.key}-{part}" for part in ("choice", "text", "language", "date")
            }
            & set(self.errors)
        ]

    def _entry(self, item):
        data = self.cleaned_data
        choice = data.get(f"{item.key}-choice", "")
        return Entry(
            subject=item.subject,
            base_version=data[f"{item.key}-version"],
            choice=SEPARATOR.join(choice) if item.several else choice,
            text=data.get(f"{item.key}-text", ""),
            dated_on=data.get(f"{item.key}-date"),
            after=self._after(item),
            # A page without this field says nothing of it.
            language=data.get(f"{item.key}-language")
            if f"{item.key}-language" in self.data
            else None,
        )

    def _after(self, item):
        """The operation whose reply the script had not had; what is no number says nothing."""
        try:
            return uuid.UUID(self.data.get(f"{item.key}-after", ""))
        except ValueError:
            return None


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
                choices=question_choices(Question.OWN_LEVEL),
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
    closes_at_hour = forms.TimeField(
        label=_("Hour"),
        help_text=_("For example 17:00."),
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TextInput(
            attrs={"class": "nhsuk-input--width-5", "autocomplete": "off"}
        ),
        error_messages={
            "required": _("Enter the hour."),
            "invalid": _("Enter the hour in figures, for example 17:00."),
        },
    )
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
            closes_at = timezone.make_aware(
                datetime.datetime.combine(data["closes_on"], data["closes_at_hour"])
            )
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
