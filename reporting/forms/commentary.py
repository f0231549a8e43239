"""The form of a commentary: the same note in both languages, of which either may be empty."""

import uuid

from django import forms
from django.core.exceptions import BadRequest
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.forms.fields import LARGEST_VERSION, TextField
from cdf_site.templatetags.interface import labelled_error
from reporting.models import Commentary
from reporting.services.commentary import Typed

LONGEST_COMMENTARY = 3_000  # characters: a page and a half beside an exhibit
LANGUAGES = ("cy", "en")
LABELS = {
    "cy": pgettext_lazy("commentary", "In Welsh"),
    "en": pgettext_lazy("commentary", "In English"),
}


class CommentaryForm(forms.Form):
    """What stands in each language, with the version that the page was made from."""

    operation_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, stored, data=None, *, conflicts=()):
        """``stored`` holds the row of each language that there is one of."""
        super().__init__(data, initial={"operation_id": uuid.uuid4()})
        self.conflicts = {conflict.entry.subject: conflict for conflict in conflicts}
        for language in LANGUAGES:
            row = stored.get(language) or Commentary()
            self.fields |= {
                f"{language}-version": forms.IntegerField(
                    min_value=0,
                    max_value=LARGEST_VERSION,
                    widget=forms.HiddenInput,
                    initial=row.version,
                ),
                f"{language}-text": TextField(
                    label=LABELS[language],
                    rows=10,
                    language=language,
                    longest=LONGEST_COMMENTARY,
                    initial=row.text,
                ),
                f"{language}-shared": forms.BooleanField(
                    label=_("Show this text on the dashboard"),
                    required=False,
                    initial=row.is_shared,
                ),
            }

    def as_typed(self):
        """The form as it was sent, not judged yet: to be shown in the other language."""
        self._errors, self.cleaned_data = ErrorDict(), {}
        return self

    @property
    def sides(self):
        """The fields of each language, and what somebody else made of its text meanwhile."""
        return [
            {
                "language": language,
                "version": self[f"{language}-version"],
                "text": self[f"{language}-text"],
                "shared": self[f"{language}-shared"],
                "conflict": self.conflicts.get(language),
                "can_join": self._can_join(language),
            }
            for language in LANGUAGES
        ]

    def _can_join(self, language):
        conflict = self.conflicts.get(language)
        texts = conflict and {conflict.entry.text, conflict.theirs.text}
        return bool(texts and len(texts) == 2 and "" not in texts)

    def conflict_errors(self):
        return [
            labelled_error(
                self[f"{language}-text"],
                LABELS[language],
                _("This text was changed while you were writing."),
            )
            for language in LANGUAGES
            if language in self.conflicts
        ]

    def entries(self):
        """What was typed; both languages wait where one has errors, which the page shows.

        Raises BadRequest where the page's own hidden fields are missing or spoiled.
        """
        hidden = {"operation_id", *(f"{language}-version" for language in LANGUAGES)}
        if hidden & set(self.errors):
            raise BadRequest("a hidden field of the form is missing or spoiled")
        if self.errors:
            return []
        return [self._entry(language) for language in LANGUAGES]

    def _entry(self, language):
        text = self.cleaned_data[f"{language}-text"]
        is_shown = text and self.cleaned_data[f"{language}-shared"]
        return Typed(
            subject=language,
            base_version=self.cleaned_data[f"{language}-version"],
            choice=Commentary.Choice.SHOWN if is_shown else "",
            text=text,
            language=language,
        )


class RestoreForm(forms.Form):
    """Which version is to be put back, over which: hidden fields all."""

    kept = forms.IntegerField(min_value=1, max_value=LARGEST_VERSION)
    base_version = forms.IntegerField(min_value=0, max_value=LARGEST_VERSION)
    operation_id = forms.UUIDField()
