"""A period's figures of a board's clusters, a row each."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from assessments.forms.fields import LARGEST_VERSION
from assessments.services.figures import NOT_KNOWN, Figure
from frameworks.models import Indicator

# Figures, with commas between thousands or none, and at most two decimals.
NUMBER = re.compile(r"(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d{1,2})?", re.ASCII)


class FigureField(forms.Field):
    """A number as people write it: 1234, 1,234 or 12.5; nothing where it is not known."""

    default_error_messages = {
        "not_a_number": gettext_lazy(
            "Enter a number in figures, for example 1234 or 12.5."
        ),
    }

    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            widget=forms.TextInput(
                attrs={
                    "class": "nhsuk-input--width-10",
                    "inputmode": "decimal",
                    "autocomplete": "off",
                }
            ),
            **kwargs,
        )

    def to_python(self, value):
        text = str(value or "").replace(" ", "")
        if not text:
            return None
        if not NUMBER.fullmatch(text):
            raise ValidationError(
                self.error_messages["not_a_number"], code="not_a_number"
            )
        return Decimal(text.replace(",", ""))


class FiguresForm(forms.Form):
    """``stored`` holds the figures that are there now, by cluster."""

    def __init__(self, indicator, clusters, stored, data=None, initial=None):
        super().__init__(data, initial=initial)
        self.indicator, self.clusters, self.stored = indicator, clusters, stored
        for cluster in clusters:
            self._add_row(cluster, stored.get(cluster.pk))

    def _add_row(self, cluster, value):
        numerator = FigureField(
            label=self.numerator_label, initial=value and shown(value.numerator)
        )
        self.fields[f"numerator-{cluster.pk}"] = numerator
        if self.indicator.has_denominator:
            self.fields[f"denominator-{cluster.pk}"] = FigureField(
                label=self.denominator_label,
                initial=value and shown(value.denominator),
            )
        self.fields[f"version-{cluster.pk}"] = forms.IntegerField(
            min_value=NOT_KNOWN,
            max_value=LARGEST_VERSION,
            initial=value.version if value else NOT_KNOWN,
            widget=forms.HiddenInput,
        )

    @property
    def numerator_label(self):
        if self.indicator.has_denominator:
            return _("How many")
        return pgettext("a figure", "Number")

    @property
    def denominator_label(self):
        if self.indicator.unit == Indicator.Unit.PERCENTAGE:
            return _("Out of how many")
        return _("People in all")

    def clean(self):
        for cluster in self.clusters:
            self._clean_row(cluster)
        return self.cleaned_data

    def _clean_row(self, cluster):
        names = [f"numerator-{cluster.pk}", f"denominator-{cluster.pk}"]
        if self.errors.keys() & set(names) or not self.indicator.has_denominator:
            return
        numerator, denominator = (self.cleaned_data.get(name) for name in names)
        if numerator is None and denominator is not None:
            self.add_error(names[0], _("Enter how many, or empty both fields."))
        if denominator is None and numerator is not None:
            self.add_error(
                names[1], _("Enter out of how many people, or empty both fields.")
            )
        if denominator == 0:
            self.add_error(names[1], _("Enter a number above nought."))
        if (
            self.indicator.unit == Indicator.Unit.PERCENTAGE
            and None not in (numerator, denominator)
            and 0 < denominator < numerator
        ):
            self.add_error(
                names[0], _("This is more than the number that it is a part of.")
            )

    def figures(self):
        """What was sent, as the service takes it."""
        return [
            Figure(
                cluster_id=cluster.pk,
                numerator=self.cleaned_data[f"numerator-{cluster.pk}"],
                denominator=self.cleaned_data.get(f"denominator-{cluster.pk}"),
                version=self.cleaned_data[f"version-{cluster.pk}"],
            )
            for cluster in self.clusters
        ]

    def rows(self):
        """For the page: each cluster with its fields and what is stored."""
        for cluster in self.clusters:
            yield {
                "cluster": cluster,
                "numerator": self[f"numerator-{cluster.pk}"],
                "denominator": self[f"denominator-{cluster.pk}"]
                if self.indicator.has_denominator
                else None,
                "version": self[f"version-{cluster.pk}"],
                "stored": self.stored.get(cluster.pk),
            }


def shown(number):
    """A number in a field: without decimals that say nothing."""
    if number is None:
        return ""
    return (
        f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
    )
