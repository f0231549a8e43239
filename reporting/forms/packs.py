"""What somebody says of the pack that they want."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reporting.models import Pack


class PackForm(forms.Form):
    document = forms.ChoiceField(
        label=pgettext_lazy("of a pack", "What of each cluster"),
        choices=[
            (Pack.Document.SUMMARY, _("The summary: two pages")),
            (Pack.Document.REPORT, _("The full report: everything that was submitted")),
        ],
        initial=Pack.Document.SUMMARY,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the summary or the full report."),
            "invalid_choice": _("Choose the summary or the full report."),
        },
    )
    language = forms.ChoiceField(
        label=_("Language of the documents"),
        choices=Pack.Language,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a language, or both."),
            "invalid_choice": _("Choose a language, or both."),
        },
    )
    form = forms.ChoiceField(
        label=pgettext_lazy("of a pack", "One file, or one for each cluster"),
        choices=Pack.Form,
        initial=Pack.Form.ZIP,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a ZIP file or one PDF."),
            "invalid_choice": _("Choose a ZIP file or one PDF."),
        },
    )
    large_print = forms.BooleanField(
        label=_("In large print (18 points)"), required=False
    )
