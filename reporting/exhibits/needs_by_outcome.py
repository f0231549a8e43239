"""For each outcome, the barrier and the support need that most clusters chose."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from assessments.models import NeedTag
from reporting.exhibits.base import Exhibit, Offer
from reporting.tables import Column, Kind, Link, Table

KEY = "needs_by_outcome"
COLUMNS = [
    Column(
        "outcome",
        gettext_lazy("Outcome"),
        gettext_lazy("The outcome's module, number and title."),
    ),
    Column(
        "barrier",
        pgettext_lazy("column", "Most common barrier"),
        gettext_lazy(
            "The barrier that most clusters chose for the outcome; several where as many chose them."
        ),
    ),
    Column(
        "barrier_clusters",
        pgettext_lazy("column", "Clusters"),
        gettext_lazy("How many clusters chose that barrier for the outcome."),
        Kind.COUNT,
    ),
    Column(
        "support",
        pgettext_lazy("column", "Most common support need"),
        gettext_lazy(
            "The support need that most clusters chose for the outcome; several where as many chose them."
        ),
    ),
    Column(
        "support_clusters",
        pgettext_lazy("column", "Clusters"),
        gettext_lazy("How many clusters chose that support need for the outcome."),
        Kind.COUNT,
    ),
    Column(
        "counted",
        pgettext_lazy("column", "Clusters counted"),
        gettext_lazy("How many clusters submitted and can be read here."),
        Kind.COUNT,
    ),
]


def offer(page):
    """What ``load`` would give; None where it gives none."""
    if page.scope.is_cluster or not page.holdings.needs_of_outcomes:
        return None
    return Offer(KEY, _title(), COLUMNS)


def load(page):
    """The exhibit for ``page``; None for a single cluster, and where nothing was chosen."""
    needs = page.needs
    if page.scope.is_cluster or not needs.by_outcome:
        return None
    rows = []
    for outcome in page.outcomes:
        counts = needs.of_outcome(outcome)
        code = f"{outcome.module.code}-{outcome.number}"
        rows.append(
            [
                Link(
                    f"{outcome.module.abbreviation} {outcome.number}: {outcome.title}",
                    page.scope.url("needs", **page.filters, outcome=code),
                ),
                *_most_common(needs, NeedTag.Kind.BARRIER, counts),
                *_most_common(needs, NeedTag.Kind.SUPPORT, counts),
                needs.counted,
            ]
        )
    title = _title()
    return Exhibit(
        key=KEY,
        title=title,
        table=Table(title, COLUMNS, rows),
        source=_("Self-reflections as they were submitted."),
        notes=[]
        if page.on_paper
        else [_("Choose an outcome to see everything that was chosen for it.")],
    )


def _title():
    return _("Barriers and support needs, outcome by outcome")


def _most_common(needs, kind, counts):
    """Its name, or their names where several are as common, and how many clusters chose it."""
    found = needs.of_kind(kind, counts)
    if not found:
        return _("None chosen"), 0
    most = found[0][1]
    return "; ".join(tag.name for tag, count in found if count == most), most
