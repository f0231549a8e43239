"""A period's figures of a board's clusters, a row each."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from assessments.services.figures import NOT_KNOWN, Figure, mark_of
from frameworks.models import Indicator

# Figures, with commas between thousands or none, and at most two decimals.
NUMBER = re.compile(r"(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d{1,2})?", re.ASCII)

MARK = re.compile(r"\A(\d{1,18}\.\d{1,9})?\Z", re.ASCII)


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
    """``stored`` holds the figures that are there now, ``people`` the populations, by cluster.

    Where a rate's cluster has a population, nobody needs to enter the people in all.
    """

    def __init__(
        self, indicator, clusters, stored, data=None, initial=None, people=None
    ):
        super().__init__(data, initial=initial)
        self.indicator, self.clusters, self.stored = indicator, clusters, stored
        self.people = people or {}
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
                initial=shown(_denominator(value)),
                help_text=self._help_text(cluster),
            )
        for name in self._numbers(cluster):
            field = self.fields[name]
            field.summary_label = f"{cluster.name}: {field.label}"
        self.fields[f"mark-{cluster.pk}"] = forms.RegexField(
            MARK,
            required=False,
            empty_value=NOT_KNOWN,
            initial=mark_of(value),
            widget=forms.HiddenInput,
        )
        # What the person saw, so that a row which they left alone says nothing.
        self.fields[f"was-{cluster.pk}"] = forms.CharField(
            required=False,
            initial=_shown_pair(value and value.numerator, _denominator(value)),
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

    def _help_text(self, cluster):
        """What stands for the people in all where they are left empty."""
        if population := self.people.get(cluster.pk):
            return _(
                "People of the cluster in %(year)s, used where this is empty: %(people)s"
            ) % {
                "year": population.year,
                "people": number_format(population.people, force_grouping=True),
            }
        return ""

    def _numbers(self, cluster):
        names = [f"numerator-{cluster.pk}", f"denominator-{cluster.pk}"]
        return names if self.indicator.has_denominator else names[:1]

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
        has_people = cluster.pk in self.people
        if denominator is None and numerator is not None and not has_people:
            self.add_error(names[1], _("Enter out of how many, or empty both fields."))
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
        """What was entered, as the service takes it: the rows that the person changed."""
        figures = [
            Figure(
                cluster_id=cluster.pk,
                numerator=self.cleaned_data[f"numerator-{cluster.pk}"],
                denominator=self.cleaned_data.get(f"denominator-{cluster.pk}"),
                seen=self.cleaned_data[f"mark-{cluster.pk}"],
            )
            for cluster in self.clusters
        ]
        return [
            figure
            for figure in figures
            if self.cleaned_data[f"was-{figure.cluster_id}"]
            != _shown_pair(figure.numerator, figure.denominator)
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
                "mark": self[f"mark-{cluster.pk}"],
                "was": self[f"was-{cluster.pk}"],
                "stored": self.stored.get(cluster.pk),
            }


def _denominator(value):
    """What was entered of the people; nothing where they are the cluster's population."""
    return None if value is None or value.population_id else value.denominator


def _shown_pair(numerator, denominator):
    return f"{shown(numerator)}/{shown(denominator)}"


def shown(number):
    """A number in a field: without decimals that say nothing."""
    if number is None:
        return ""
    return (
        f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
    )
