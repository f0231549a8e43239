"""Searching what clusters wrote, and choosing whose words on the enabling factors are shown."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cdf_site.common.excerpts import LONGEST_SOUGHT


class WordsForm(forms.Form):
    """Words to look for, in all that was written or in what is about one outcome."""

    q = forms.CharField(
        label=_("Words to look for"),
        help_text=_("In Welsh or in English, with or without accents."),
        required=False,
        widget=forms.TextInput(
            attrs={"maxlength": LONGEST_SOUGHT, "autocomplete": "off"}
        ),
    )
    outcome = forms.ChoiceField(
        label=pgettext_lazy("filter", "Outcome"), required=False
    )

    def __init__(self, outcomes, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [
            ("", _("All outcomes")),
            *(
                (
                    f"{outcome.module.code}-{outcome.number}",
                    format_lazy(
                        "{} {}: {}",
                        outcome.module.abbreviation,
                        outcome.number,
                        outcome.title,
                    ),
                )
                for outcome in outcomes
            ),
        ]


class FactorWordsForm(forms.Form):
    """Which enabling factor, and what clusters said of it."""

    factor = forms.ChoiceField(
        label=pgettext_lazy("filter", "Enabling factor"), required=False
    )
    said = forms.ChoiceField(label=_("What clusters said of it"), required=False)

    def __init__(self, factors, choices, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["factor"].choices = [
            ("", _("All factors")),
            *(
                (str(factor.number), f"{factor.number}. {factor.title}")
                for factor in factors
            ),
        ]
        self.fields["said"].choices = [
            ("", pgettext_lazy("of a factor", "Everything")),
            *((choice.value, choice.label) for choice in choices),
        ]
