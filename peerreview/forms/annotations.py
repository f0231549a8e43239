"""The fields of annotations and replies on a page, and what was typed into them."""

import json
import re
import uuid
from dataclasses import dataclass

from django import forms
from django.core.exceptions import BadRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from assessments.forms.fields import LANGUAGE_CHOICES, LARGEST_VERSION, TextField
from assessments.models import LANGUAGES
from assessments.services.versions import Conflict, Typed
from cdf_site.templatetags.interface import labelled_error
from peerreview.models import Annotation
from peerreview.selectors.annotations import OUTCOME, WHOLE
from peerreview.services.annotations import Remark

A_KEY = re.compile(
    r"a-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})-version"
)
A_PLACE = re.compile(r"(whole|outcome)|(criterion|reply)-([0-9]{1,18})")
A_NUMBER = re.compile(r"[0-9]{1,9}")
PARTS = ("choice", "text", "language", "mention")


def free_number(user, place, own):
    """The number of the next annotation that ``user`` writes in ``place``.

    It stays the same until something is written under it: what a device kept of an annotation that
    never reached the server finds its field again. One that was emptied is written anew.
    """
    count = 0
    while True:
        said = f"{user.pk} {place} {count}"
        number = uuid.UUID(
            salted_hmac("peerreview.annotation", said).hexdigest()[:32], version=4
        )
        row = own.get(number)
        if row is None or (row.is_empty and not (row.is_shared or row.removed_at)):
            return number
        count += 1


@dataclass(frozen=True)
class Item:
    """The fields of one annotation or reply: its number, the row where there is one, its place."""

    remark: Remark
    place: str
    label: str  # what it is about, for lists of faults
    row: Annotation | None = None
    mentioned: tuple = ()

    @property
    def key(self):
        return self.remark.key

    @property
    def is_reply(self):
        return self.place.startswith("reply-")

    @property
    def stored(self):
        return self.row or Annotation()

    @property
    def is_new(self):
        return self.row is None or self.row.is_empty


@dataclass
class Row:
    """An item with its bound fields."""

    item: Item
    version: object
    place: object
    submission: object
    text: object
    language: object
    choice: object = None
    mention: object = None
    conflict: Conflict | None = None

    @property
    def key(self):
        return self.item.key

    @property
    def is_open(self):
        """Whether its fields are shown at once."""
        return bool(
            not self.item.is_new
            or self.conflict
            or self.text.value()
            or self.text.errors
            or (self.choice and (self.choice.errors or self.choice.value()))
        )

    @property
    def theirs_in_words(self):
        return self.conflict.theirs.kind_label

    @property
    def theirs_as_sent(self):
        """The other text as JSON: the fields of the page that would send it."""
        return json.dumps(
            {
                name: [str(value)]
                for name, value in sent_fields(self.item, self.conflict.theirs).items()
            }
        )

    @property
    def can_join(self):
        return bool((self.text.value() or "").strip() and self.conflict.theirs.text)


def sent_fields(item, row):
    """What a page sends that shows ``row`` as it is stored."""
    fields = {
        f"{item.key}-version": row.version,
        f"{item.key}-text": row.text,
        f"{item.key}-language": row.language if row.language_is_chosen else "",
    }
    return fields if item.is_reply else fields | {f"{item.key}-choice": row.choice}


class AnnotationsForm(forms.Form):
    """The annotations of one page, each with the version that the page was made from."""

    operation_id = forms.UUIDField(widget=forms.HiddenInput)
    written_in = forms.ChoiceField(
        choices=LANGUAGES, required=False, widget=forms.HiddenInput
    )

    def __init__(self, items, *args, people=(), conflicts=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.items = {item.key: item for item in items}
        self.people = people
        self.conflicts = {conflict.entry.subject: conflict for conflict in conflicts}
        for item in items:
            self._add(item)

    def clean_written_in(self):
        return self.cleaned_data["written_in"] or get_language()

    def _add(self, item):
        key, row = item.key, item.stored
        self.fields[f"{key}-version"] = forms.IntegerField(
            min_value=0,
            max_value=LARGEST_VERSION,
            widget=forms.HiddenInput,
            initial=row.version,
        )
        self.fields[f"{key}-place"] = forms.CharField(
            widget=forms.HiddenInput, initial=item.place, required=False
        )
        self.fields[f"{key}-submission"] = forms.IntegerField(
            min_value=1,
            max_value=LARGEST_VERSION,
            widget=forms.HiddenInput,
            initial=item.remark.submission_number,
            required=False,
        )
        if not item.is_reply:
            blank = [] if row.is_shared else [("", _("Choose one"))]
            kind = forms.ChoiceField(
                label=pgettext_lazy("of an annotation", "Kind"),
                choices=[*blank, *Annotation.Kind.choices],
                required=False,
                initial=row.choice,
            )
            kind.summary_label = item.label
            self.fields[f"{key}-choice"] = kind
        text = TextField(
            label=_("Your comment") if item.is_reply else _("Your annotation"),
            rows=3,
            language=row.language,
            initial=row.text,
        )
        text.summary_label = item.label
        self.fields[f"{key}-text"] = text
        self.fields[f"{key}-language"] = forms.ChoiceField(
            label=_("Language"),
            choices=LANGUAGE_CHOICES,
            required=False,
            initial=row.language if row.language_is_chosen else "",
        )
        if self.people:
            self.fields[f"{key}-mention"] = forms.TypedMultipleChoiceField(
                label=_("Mention a colleague"),
                choices=[(person.pk, str(person)) for person in self.people],
                coerce=int,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=item.mentioned,
            )

    def row(self, key):
        def bound(part):
            name = f"{key}-{part}"
            return self[name] if name in self.fields else None

        item = self.items[key]
        return Row(
            item=item,
            conflict=self.conflicts.get(item.remark),
            **{
                part: bound(part)
                for part in (
                    *("version", "place", "submission", "text"),
                    *("language", "choice", "mention"),
                )
            },
        )

    def entries(self):
        """What was typed, without what has errors.

        Raises BadRequest where the page's own hidden fields are missing or spoiled.
        """
        hidden = {"operation_id", "written_in"} | {
            f"{key}-version" for key in self.items
        }
        if hidden & set(self.errors):
            raise BadRequest("a hidden field of the form is missing or spoiled")
        wrong = self.with_errors()
        return [self._entry(item) for item in self.items.values() if item not in wrong]

    def with_errors(self):
        return [
            item
            for item in self.items.values()
            if {f"{item.key}-{part}" for part in PARTS} & set(self.errors)
        ]

    def mentions(self):
        """Primary keys of the people mentioned, by number, as far as the page asked for them."""
        return {
            item.remark.number: {
                int(person)
                for person in self.data.getlist(f"{item.key}-mention")
                if A_NUMBER.fullmatch(person)
            }
            for item in self.items.values()
            if f"{item.key}-mentions" in self.data  # else the page had no boxes
        }

    def _entry(self, item):
        data, key = self.cleaned_data, item.key
        return Typed(
            subject=item.remark,
            base_version=data[f"{key}-version"],
            choice=data.get(f"{key}-choice", ""),
            text=data[f"{key}-text"],
            after=_number(self.data.get(f"{key}-after", "")),
            language=data[f"{key}-language"]
            if f"{key}-language" in self.data
            else None,
        )

    def clean(self):
        """What others see is taken back, and not left without a kind or words."""
        for item in self.items.values():
            if not item.stored.is_shared:
                continue
            if not self.cleaned_data.get(f"{item.key}-text", "x").strip():
                self.add_error(
                    f"{item.key}-text",
                    _("Write something, or take the annotation back."),
                )
            if not item.is_reply and not self.cleaned_data.get(
                f"{item.key}-choice", "x"
            ):
                self.add_error(f"{item.key}-choice", _("Choose a kind."))

    def leave_for_the_button(self, entries):
        """Those of ``entries`` that nobody else sees; of changed ones that others see, say so."""
        left = []
        for entry in entries:
            item = self.items[entry.subject.key]
            if not item.stored.is_shared:
                left.append(entry)
            elif (entry.choice or item.stored.choice, entry.text) != (
                item.stored.content
            ):
                self.add_error(
                    f"{item.key}-text",
                    _("Others see this text. Press Save to change it."),
                )
        return left

    def add_unfinished(self, numbers):
        """Say of what cannot be shared yet what is missing."""
        for item in self.items.values():
            if item.remark.number in numbers:
                if not self.data.get(f"{item.key}-text", "").strip():
                    self.add_error(f"{item.key}-text", _("Write something first."))
                if not (item.is_reply or self.data.get(f"{item.key}-choice")):
                    self.add_error(f"{item.key}-choice", _("Choose a kind."))

    def conflict_errors(self):
        """A line of the error summary for each text that was changed elsewhere meanwhile."""
        return [
            labelled_error(
                self[f"{item.key}-text"],
                item.label,
                _("This text was changed while you were writing."),
            )
            for item in self.items.values()
            if item.remark in self.conflicts
        ]


def sent_items(data, own, outcome):
    """The items that a posted page holds; ``own`` are the writer's annotations, by number.

    Raises BadRequest for a place that no page of ``outcome``, or of the whole where it is None, has.
    """
    items = []
    for name in data:
        found = A_KEY.fullmatch(name)
        if not found:
            continue
        number = uuid.UUID(found[1])
        row = own.get(number)
        place = data.get(f"a-{number}-place", "")
        said = data.get(f"a-{number}-submission", "")
        submission_number = int(said) if A_NUMBER.fullmatch(said) else None
        remark = (
            Remark.of(row)
            if row
            else _remark(number, place, outcome, submission_number)
        )
        items.append(
            Item(
                remark=remark,
                place=f"reply-{remark.parent_id}" if remark.parent_id else place,
                label="",
                row=row,
            )
        )
    return items


def _remark(number, place, outcome, submission_number):
    found = A_PLACE.fullmatch(place)
    if not found:
        raise BadRequest("a new annotation says what it is about")
    alone, kind, pk = found.groups()
    if kind == "reply":
        return Remark(number, parent_id=int(pk), submission_number=submission_number)
    if (alone == WHOLE) != (outcome is None):
        raise BadRequest("the page is about something else")
    if alone == WHOLE:
        return Remark(number, submission_number=submission_number)
    return Remark(
        number,
        submission_number=submission_number,
        outcome_id=outcome.pk,
        criterion_id=None if alone == OUTCOME else int(pk),
    )


def _number(text):
    """An operation whose reply the script had not had; what is no number says nothing."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
