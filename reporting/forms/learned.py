"""The forms of the yearly page: beginning it, an entry in both languages, publishing."""

from django import forms
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.forms.fields import TextField
from cdf_site.templatetags.interface import labelled_error
from reporting.models import LearnedEntry
from reporting.models.learned import WORDS
from reporting.services.learned import FIELDS, LONGEST_HEADING

YEARS_BACK = 5
LONGEST_TEXT = 5_000  # characters: two pages of the document
LABELS = {
    "heading_cy": _("Heading in Welsh"),
    "text_cy": _("Text in Welsh"),
    "heading_en": _("Heading in English"),
    "text_en": _("Text in English"),
    "readers": _("Who may read this entry"),
    "names_cluster": _("Say which cluster this is about"),
}


class BeginForm(forms.Form):
    """Of which year there is to be a page: one of the last few that has none."""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    def __init__(self, learned, *args, **kwargs):
        super().__init__(*args, **kwargs)
        this_year, taken = timezone.localdate().year, {each.year for each in learned}
        years = range(this_year, this_year - YEARS_BACK, -1)
        self.fields["year"].choices = [
            (year, str(year)) for year in years if year not in taken
        ]


class EntryForm(forms.Form):
    """An entry's words in both languages, and to whom they may be shown."""

    def __init__(self, entry, data=None, *, conflicts=()):
        initial = {name: getattr(entry, name) for name in FIELDS}
        super().__init__(data, initial=initial | {"version": entry.version})
        self.conflicts = conflicts
        self.fields["version"] = forms.IntegerField(
            min_value=1, max_value=entry.version, widget=forms.HiddenInput
        )
        for language in ("cy", "en"):
            if not entry.is_introduction:
                self._add_heading(language)
            self.fields[f"text_{language}"] = TextField(
                label=LABELS[f"text_{language}"],
                rows=12,
                language=language,
                longest=LONGEST_TEXT,
            )
        if not entry.is_introduction:
            self.fields["readers"] = forms.ChoiceField(
                label=LABELS["readers"],
                choices=LearnedEntry.Readers.choices,
                widget=forms.RadioSelect,
            )
        if entry.cluster:
            self.fields["names_cluster"] = forms.BooleanField(
                label=LABELS["names_cluster"], required=False
            )

    def _add_heading(self, language):
        name = f"heading_{language}"
        self.fields[name] = forms.CharField(
            label=LABELS[name],
            max_length=LONGEST_HEADING,
            required=False,
            widget=forms.TextInput(attrs={"lang": language, "autocomplete": "off"}),
        )

    def as_typed(self):
        """The form as it was sent, not judged yet: to be shown in the other language."""
        self._errors, self.cleaned_data = ErrorDict(), {}
        return self

    @property
    def sides(self):
        """The fields of each language."""
        return [
            (language, [self[name] for name in WORDS if self._is_of(name, language)])
            for language in ("cy", "en")
        ]

    def _is_of(self, name, language):
        return name in self.fields and name.endswith(f"_{language}")

    @property
    def last_fields(self):
        return [
            self[name] for name in ("readers", "names_cluster") if name in self.fields
        ]

    def said(self):
        """What the service takes."""
        return {name: self.cleaned_data[name] for name in FIELDS if name in self.fields}

    def conflict_errors(self):
        return [
            labelled_error(
                self[name],
                LABELS[name],
                _("This was changed while you were writing."),
            )
            for name in self.conflicts
        ]


class PublishForm(forms.Form):
    """For whom the page is published."""

    readers = forms.ChoiceField(
        label=pgettext_lazy("a page", "For whom"),
        choices=[
            choice
            for choice in LearnedEntry.Readers.choices
            if choice[0] != LearnedEntry.Readers.NOBODY
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, learned, data=None):
        readers = LearnedEntry.Readers
        now = readers.PUBLIC if learned.is_public else readers.SIGNED_IN
        super().__init__(data, initial={"readers": now})

    @property
    def is_public(self):
        return self.cleaned_data["readers"] == LearnedEntry.Readers.PUBLIC
