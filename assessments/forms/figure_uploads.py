"""Choosing a file of figures or of populations."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.figure_files.faults import UNREADABLE
from assessments.figure_files.layout import FIGURES
from assessments.models import FigureUpload


class FigureFileForm(forms.Form):
    """What the file holds, and the file."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What the file holds"),
        choices=FigureUpload.Kind,
        widget=forms.RadioSelect,
        initial=FIGURES,
        error_messages={"required": gettext_lazy("Choose what the file holds.")},
    )
    file = forms.FileField(
        label=gettext_lazy("The file that you filled in (xlsx or csv)"),
        required=False,  # refused with our own words
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *args, files_too_large=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.files_too_large = files_too_large

    def clean_file(self):
        if "file" in self.files_too_large:
            raise ValidationError(UNREADABLE["too_large"])
        if self.cleaned_data["file"] is None:
            raise ValidationError(_("Choose a file."))
        return self.cleaned_data["file"]
