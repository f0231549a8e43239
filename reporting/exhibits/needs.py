"""The most common barriers and support needs, and how many clusters chose each."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from assessments.models import NeedTag
from reporting.charts.bars import Bar, Row, keys_of, shown, stacked_bars
from reporting.charts.base import DEEP, EMPTY
from reporting.exhibits.base import Exhibit, Offer
from reporting.tables import Column, Kind, Link, Table

KEY = "needs"
CHOSEN, NOT_CHOSEN = "chosen", "not_chosen"
COLUMNS = [
    Column(
        "need",
        pgettext_lazy("column", "Barrier or support need"),
        gettext_lazy("What clusters chose from the list."),
    ),
    Column(
        "code",
        gettext_lazy("Code"),
        gettext_lazy("What the list calls it in files, the same in both languages."),
    ),
    Column(
        "kind",
        gettext_lazy("Kind"),
        gettext_lazy("Whether it is a barrier or a kind of support."),
    ),
    Column(
        "clusters",
        gettext_lazy("Clusters"),
        gettext_lazy(
            "How many clusters chose it, each counted once: for any outcome, or for the whole."
            " Where an outcome is chosen in the address, for that outcome."
        ),
        Kind.COUNT,
    ),
    Column(
        "counted",
        pgettext_lazy("column", "Clusters counted"),
        gettext_lazy("How many clusters submitted and can be read here."),
        Kind.COUNT,
    ),
]
FILE_ONLY = frozenset({"code"})


def offer(page):
    """What ``load`` would give; None where it gives none."""
    if page.scope.is_cluster:
        return None
    return Offer(KEY, _title(), COLUMNS)


def load(page):
    """The exhibit for ``page``; None for a single cluster, which is not counted."""
    if page.scope.is_cluster:
        return None
    needs = page.needs
    outcome = page.outcome_asked_for
    counts = needs.anywhere if outcome is None else needs.of_outcome(outcome)
    by_kind = [(kind, needs.of_kind(kind, counts)) for kind in NeedTag.Kind]
    rows = [
        [
            Link(tag.name, page.scope.url("needs", **_chosen(page, tag)) + "#which"),
            tag.code,
            str(kind.label),
            count,
            needs.counted,
        ]
        for kind, found in by_kind
        for tag, count in found
    ]
    title = _title()
    return Exhibit(
        key=KEY,
        title=title,
        table=Table(title, COLUMNS, rows, file_only=FILE_ONLY),
        source=_("Self-reflections as they were submitted."),
        chart=_chart(title, by_kind, needs.counted) if rows else None,
        notes=_notes(page),
        empty="" if rows else _empty(needs),
    )


def _notes(page):
    notes = [
        _(
            "Clusters choose from a list, as many as they like. What nobody chose is not shown."
        )
    ]
    if not page.on_paper:
        notes.append(_("In the table, choose one to see which clusters chose it."))
    return notes


def _title():
    return _("The most common barriers and support needs")


def _chosen(page, tag):
    outcome = page.outcome_asked_for
    return page.filters | {
        "outcome": outcome and f"{outcome.module.code}-{outcome.number}",
        "need": tag.code,
    }


def _empty(needs):
    if needs.counted:
        return _("No cluster has chosen a barrier or a support need here yet.")
    return _(
        "There is no submission here yet that you can read. What clusters choose appears with the first."
    )


def _chart(title, by_kind, counted):
    rows = []
    for kind, found in by_kind:
        heading = str(HEADINGS[kind])
        for tag, count in found:
            rows.append(Row(tag.name, [Bar([count, counted - count])], heading))
            heading = ""
    labels = {
        CHOSEN: _("Clusters that chose it"),
        NOT_CHOSEN: _("Clusters that did not"),
    }
    return stacked_bars(
        key=KEY,
        title=title,
        description=_description(by_kind, counted),
        keys=keys_of(
            labels, {CHOSEN: DEEP, NOT_CHOSEN: EMPTY}, {CHOSEN: "✓", NOT_CHOSEN: ""}
        ),
        rows=rows,
    )


HEADINGS = {
    NeedTag.Kind.BARRIER: gettext_lazy("What gets in the way"),
    NeedTag.Kind.SUPPORT: gettext_lazy("What support is needed"),
}


def _description(by_kind, counted):
    return " ".join(
        [
            _(
                "A bar for each barrier and support need shows how many clusters chose it, the most common first."
            ),
            *(
                f"{HEADINGS[kind]}: {found[0][0].name}: {shown(found[0][1])} / {shown(counted)}."
                for kind, found in by_kind
                if found
            ),
        ]
    )
