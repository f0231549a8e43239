"""The pages of answers."""

import json
import uuid
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments import needs
from assessments.forms.fields import LANGUAGE_CHOICES, LARGEST_VERSION, TextField
from assessments.maturity import NOT_APPLICABLE
from assessments.models import LANGUAGES, LEVEL_QUESTIONS
from assessments.models.answers import LONGEST_CHOICE
from assessments.services import Conflict, Entry
from assessments.sheet import NOT_ANSWERED
from assessments.subjects import SEPARATOR
from cdf_site.common.forms import DatePartsField
from cdf_site.templatetags.interface import labelled_error


class SeveralField(forms.MultipleChoiceField):
    """Several of a list, as many as an answer can hold."""

    def validate(self, value):
        super().validate(value)
        if len(SEPARATOR.join(value)) > LONGEST_CHOICE:
            raise ValidationError(_("Too many are chosen. Choose fewer."))


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
            self.answer.text
            or self.lacks_reason
            or self.conflict
            or (self.text and self.text.errors)
        )

    @property
    def is_picked(self):
        """Whether it is answered in words first, and from a list beside them."""
        return bool(self.choice and self.item.asks_for_needs)

    @property
    def picked_count(self):
        known = dict(self.choice.field.choices)
        return sum(code in known for code in self.choice.value() or ())

    @property
    def lacks_reason(self):
        """Whether it is not applicable, and nothing says why."""
        is_left_out = self.answer.choice == NOT_APPLICABLE
        return is_left_out and not self.answer.text.strip()


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
            self._add_several(item, answer)
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

    def _add_several(self, item, answer):
        name = f"{item.key}-choice"
        chosen = answer.choice.split(SEPARATOR) if answer.choice else []
        field = SeveralField(
            label=item.label,
            help_text=item.hint,
            choices=item.choices,
            required=False,
            widget=forms.CheckboxSelectMultiple(
                attrs={"class": "nhsuk-checkboxes--small"}
                if item.asks_for_needs
                else None
            ),
            initial=chosen,
            error_messages={
                "invalid_choice": _(
                    "This cannot be chosen here: %(value)s. Choose from what is listed."
                )
            },
        )
        # What was withdrawn stays where it was chosen, until somebody takes it out.
        kept = {*chosen, *self.get_initial_for_field(field, name)}
        if self.is_bound:
            kept |= set(field.widget.value_from_datadict(self.data, {}, name) or ())
        field.widget.choices = [
            choice
            for choice in item.choices
            if choice[0] not in item.withdrawn or choice[0] in kept
        ]
        if field.widget.choices:
            self.fields[name] = field

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
                (not row.is_picked and row.choice) or row.text or row.date,
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
        choice = data.get(f"{item.key}-choice", [] if item.several else "")
        return Entry(
            subject=item.subject,
            base_version=data[f"{item.key}-version"],
            choice=self._joined(item, choice),
            text=data.get(f"{item.key}-text", ""),
            dated_on=data.get(f"{item.key}-date"),
            after=self._after(item),
            # A page without this field says nothing of it.
            language=data.get(f"{item.key}-language")
            if f"{item.key}-language" in self.data
            else None,
        )

    def _joined(self, item, choice):
        if item.asks_for_needs:
            return needs.joined(choice)
        return SEPARATOR.join(choice) if item.several else choice

    def _after(self, item):
        """The operation whose reply the script had not had; what is no number says nothing."""
        try:
            return uuid.UUID(self.data.get(f"{item.key}-after", ""))
        except ValueError:
            return None
