"""The columns of the files, by their names in both languages."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from assessments.models import FigureUpload
from cdf_site.common.folding import fold
from frameworks.models import LANGUAGES

FIGURES, POPULATIONS = FigureUpload.Kind.FIGURES, FigureUpload.Kind.POPULATIONS
CSV, XLSX = "csv", "xlsx"


@dataclass(frozen=True)
class Column:
    """A column: its key in code, its head, what stands in it, and whether a file needs it."""

    key: str
    head: Promise
    explanation: Promise
    is_needed: bool = True
    is_number: bool = False

    @property
    def names(self):
        """All that its head may say, folded: the key, and the head in each language."""
        names = {fold(self.key)}
        for language in LANGUAGES:
            with override(language):
                names.add(fold(str(self.head)))
        return names


CLUSTER = Column(
    "cluster",
    pgettext_lazy("column", "Cluster"),
    _("The code of the cluster, from the list of codes."),
)
COLUMNS = {
    FIGURES: [
        CLUSTER,
        Column(
            "indicator",
            pgettext_lazy("column", "Indicator"),
            _("The code of the indicator, from the list of codes."),
        ),
        Column(
            "period",
            pgettext_lazy("column", "Period"),
            _(
                "The first month of the month, quarter or financial year that the figure is for, "
                "for example 2026-04."
            ),
        ),
        Column(
            "numerator",
            pgettext_lazy("column", "Number"),
            _(
                "How many were counted. Leave it empty where it is not known: not known is not nought."
            ),
            is_number=True,
        ),
        Column(
            "denominator",
            pgettext_lazy("column", "Out of how many"),
            _(
                "Of a percentage: out of how many. Of a rate per 1,000 people: leave it empty, and the "
                "population of the cluster is used; or enter the people that it is about. Of a count: "
                "leave it empty."
            ),
            is_needed=False,
            is_number=True,
        ),
        Column(
            "note",
            pgettext_lazy("column", "Note"),
            _("What a reader needs to know of this figure. Nothing about a patient."),
            is_needed=False,
        ),
        Column(
            "source",
            pgettext_lazy("column", "Source"),
            _("Where this figure comes from, if not from the indicator's own source."),
            is_needed=False,
        ),
    ],
    POPULATIONS: [
        CLUSTER,
        Column(
            "year",
            pgettext_lazy("column", "Year"),
            _("The year that the population is of, for example 2025."),
        ),
        Column(
            "people",
            pgettext_lazy("column", "People"),
            _("How many people live in the cluster's area, as a whole number."),
            is_number=True,
        ),
        Column(
            "source",
            pgettext_lazy("column", "Source"),
            _("Where the number comes from, for example mid-year estimates."),
            is_needed=False,
        ),
    ],
}


def column_of(kind, key):
    return next(column for column in COLUMNS[kind] if column.key == key)
