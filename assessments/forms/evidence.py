"""The forms of evidence: what it is, and what it supports."""

import re
from dataclasses import dataclass

from django import forms
from django.core.validators import URLValidator
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.forms.fields import LANGUAGE_CHOICES
from assessments.services import Use
from cdf_site.common import uploads
from cdf_site.common.languages import detect

A_USE = re.compile(r"(outcome|criterion)-(\d+)")
LONGEST_URL = 2000


@dataclass
class Box:
    """A box to tick: a criterion, or the outcome itself where there is none."""

    code: str
    criterion: object
    checked: bool
    id: str = ""


@dataclass
class Group:
    """The boxes of one outcome."""

    outcome: object
    boxes: list[Box]


class EvidenceForm(forms.Form):
    """The title of a piece of evidence, its language, and what it supports."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("What a reader will find there, in a few words."),
        max_length=200,
        error_messages={"required": _("Give a title.")},
    )
    language = forms.ChoiceField(
        label=_("Language of the title"), choices=LANGUAGE_CHOICES, required=False
    )
    uses = forms.MultipleChoiceField(
        label=_("What does it support?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what it supports.")},
    )

    def __init__(self, choices, *args, opened=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.use_choices = choices
        self.opened = set(opened)  # outcomes whose choices stand first
        self.fields["uses"].choices = [
            (code, code) for each in choices for code in self._codes(each)
        ]

    @staticmethod
    def _codes(choices):
        return [
            f"outcome-{choices.outcome.pk}",
            *(f"criterion-{criterion.pk}" for criterion in choices.criteria),
        ]

    @cached_property
    def groups(self):
        """The outcomes whose boxes are open, and the others: each with its boxes."""
        chosen = set(self["uses"].value() or [])
        opened, others = [], []
        for choices in self.use_choices:
            codes = self._codes(choices)
            is_open = choices.outcome.pk in self.opened or chosen & set(codes)
            (opened if is_open else others).append(
                Group(
                    choices.outcome,
                    [
                        Box(code, criterion, code in chosen)
                        for code, criterion in zip(
                            codes, [None, *choices.criteria], strict=True
                        )
                    ],
                )
            )
        # In the order of the page: a link to the field's error leads to the first box.
        boxes = [box for group in [*opened, *others] for box in group.boxes]
        for number, box in enumerate(boxes):
            box.id = f"{self['uses'].auto_id}_{number}"
        return opened, others

    def said_uses(self):
        """What was ticked, as the services take it."""
        outcome_of = {
            criterion.pk: choices.outcome.pk
            for choices in self.use_choices
            for criterion in choices.criteria
        }
        uses = []
        for code in self.cleaned_data["uses"]:
            kind, pk = A_USE.fullmatch(code).groups()
            uses.append(
                Use(int(pk)) if kind == "outcome" else Use(outcome_of[int(pk)], int(pk))
            )
        return uses

    def said_language(self):
        """The language that was chosen, else what is detected, else the page's."""
        return self.cleaned_data["language"] or detect(
            self.cleaned_data["title"], get_language()
        )


class WebAddressField(forms.URLField):
    """An address that a browser opens as a page, and nothing that it runs."""

    wrong = _("Give an address that begins with https:// or http://.")
    default_validators = [URLValidator(schemes=["http", "https"], message=wrong)]
    default_error_messages = {"invalid": wrong}


class NewEvidenceForm(EvidenceForm):
    """As above, with the link or the file itself."""

    url = WebAddressField(
        label=_("Link"),
        help_text=_("The address of a page or a document, for instance https://…"),
        max_length=LONGEST_URL,
        required=False,
        assume_scheme="https",
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("Instead of a link: pdf, docx, xlsx, png or jpg, at most 10 MB."),
        required=False,
        allow_empty_file=True,  # refused with our own words
        widget=forms.FileInput(
            attrs={"accept": ",".join(f".{ending}" for ending in uploads.ENDINGS)}
        ),
    )
    field_order = ["title", "language", "url", "file", "uses"]

    def __init__(self, *args, files_too_large=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.files_too_large = files_too_large

    def clean_url(self):
        url = self.cleaned_data["url"]
        if "@" in url.partition("://")[2].partition("/")[0]:
            raise forms.ValidationError(
                _("Give the address without a name or password in it.")
            )
        return url

    def clean_file(self):
        """The file as CheckedFile."""
        if "file" in self.files_too_large:
            raise forms.ValidationError(uploads.REFUSALS["size"])
        upload = self.cleaned_data["file"]
        if upload is None:
            return None
        try:
            return uploads.check(upload)
        except uploads.RefusedFile as refusal:
            raise forms.ValidationError(refusal.message) from None

    def clean(self):
        data = super().clean()
        if {"url", "file"} & set(self.errors):
            return data
        if not data.get("url") and not data.get("file"):
            self.add_error("url", _("Give a link or choose a file."))
        elif data.get("url") and data.get("file"):
            self.add_error("url", _("Give a link or a file, not both."))
        elif data.get("file") and self.errors:
            # No browser lets a page put a file back into its form.
            self.add_error("file", _("Choose the file again."))
        return data
