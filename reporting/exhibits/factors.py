"""What helps and what hinders: the enabling factors, and what clusters said of each."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from assessments.models import FactorChoice
from assessments.standing import FACTORS, NOT_ANSWERED
from reporting.charts.bars import Bar, Row, keys_of, shown, stacked_bars
from reporting.charts.base import ABSENT, DEEP, EMPTY, MIDDLE, TEXT, Paint
from reporting.exhibits.base import Exhibit, Offer, nothing_submitted
from reporting.scopes import EVERYWHERE
from reporting.tables import Column, Kind, Table

KEY = "factors"
# In the order of the picture: from what helps to what hinders.
CHOICES = (
    FactorChoice.HELPS,
    FactorChoice.BOTH,
    FactorChoice.HINDERS,
    FactorChoice.NEITHER,
)
KINDS = (*(FACTORS[choice.value] for choice in CHOICES), NOT_ANSWERED)
HINDERING = Paint("#e9b872", TEXT, "#a86400")
PAINTS = dict(zip(KINDS, (DEEP, MIDDLE, HINDERING, EMPTY, ABSENT), strict=True))
SYMBOLS = dict(zip(KINDS, ("+", "+/−", "−", "0", "–"), strict=True))
COLUMNS = [
    Column(
        "factor",
        gettext_lazy("Enabling factor"),
        gettext_lazy("The enabling factor's number and title."),
    ),
    Column(
        "area",
        pgettext_lazy("column", "Clusters of"),
        gettext_lazy("Whose clusters are counted in this row."),
    ),
    *(
        Column(
            choice.value,
            choice.label,
            gettext_lazy("How many clusters said this of the factor."),
            Kind.COUNT,
        )
        for choice in CHOICES
    ),
    Column(
        "not_answered",
        gettext_lazy("Not answered"),
        gettext_lazy("How many clusters submitted without an answer to the factor."),
        Kind.COUNT,
    ),
    Column(
        "counted",
        pgettext_lazy("column", "Clusters counted"),
        gettext_lazy("How many clusters are counted in this row."),
        Kind.COUNT,
    ),
    Column(
        "clusters",
        pgettext_lazy("column", "Clusters in all"),
        gettext_lazy("How many clusters take part in the cycle there."),
        Kind.COUNT,
    ),
]


def offer(page):
    """What ``load`` would give; None where it gives none."""
    if page.scope.is_cluster or not page.holdings.factors:
        return None
    return Offer(KEY, _title(), COLUMNS)


def load(page):
    """The exhibit for ``page``; None for a single cluster, and where the edition has no factors."""
    factors = page.factors
    if page.scope.is_cluster or not factors:
        return None
    groups = _groups(page)
    rows = [
        [name_of(factor), name, *_counts(tally, place), tally.submitted, tally.total]
        for place, factor in enumerate(factors)
        for name, tally in groups
    ]
    title = _title()
    is_empty = not page.tally.submitted
    return Exhibit(
        key=KEY,
        title=title,
        table=Table(title, COLUMNS, rows),
        source=_("Self-reflections as they were submitted."),
        chart=None if is_empty else _chart(title, factors, groups),
        empty=nothing_submitted(page) if is_empty else "",
    )


def _title():
    return _("The enabling factors, one by one")


def name_of(factor):
    return f"{factor.number}. {factor.title}"


def said_of(tally, place):
    """What a single cluster said of the factor at ``place``; None where it said nothing."""
    said = tally.factors(place)
    return next(
        (choice for choice in CHOICES if said[FACTORS[choice.value]]),
        None,
    )


def _groups(page):
    """The clusters of the scope, and those of Wales for whoever may read them all."""
    groups = [(page.scope.name, page.tally)]
    wales = page.tally_of_wales
    if page.scope != EVERYWHERE and wales.readable == wales.total:
        groups.append((EVERYWHERE.name, wales))
    return groups


def _counts(tally, place):
    if not tally.submitted:
        return [None] * len(KINDS)
    said = tally.factors(place)
    return [said[kind] for kind in KINDS]


def _chart(title, factors, groups):
    labels = dict(
        zip(
            KINDS,
            [*(str(choice.label) for choice in CHOICES), _("Not answered")],
            strict=True,
        )
    )
    return stacked_bars(
        key=KEY,
        title=title,
        description=_description(factors, groups[0][1]),
        keys=keys_of(labels, PAINTS, SYMBOLS),
        rows=[
            Row(
                name_of(factor),
                [_bar(name, tally, place) for name, tally in groups],
            )
            for place, factor in enumerate(factors)
        ],
    )


def _bar(name, tally, place):
    label = _("%(area)s · clusters: %(count)s of %(total)s") % {
        "area": name,
        "count": shown(tally.submitted),
        "total": shown(tally.total),
    }
    if not tally.submitted:
        return Bar([], label=label, note=_("None yet, so there is no bar."))
    return Bar(_counts(tally, place), label=label, whose=name)


def _description(factors, tally):
    """Which factor most clusters say helps, and which hinders; the table has the rest."""
    sentences = [
        _(
            "A bar for each enabling factor shows how many clusters say that it helps, hinders, does both or neither. Every number is in the table below."
        )
    ]
    for sentence, kind in (
        (_("Helps most clusters"), FACTORS[FactorChoice.HELPS]),
        (_("Hinders most clusters"), FACTORS[FactorChoice.HINDERS]),
    ):
        count, factor = max(
            (
                (tally.factors(place)[kind], factor)
                for place, factor in enumerate(factors)
            ),
            key=lambda pair: pair[0],
        )
        sentences.append(
            f"{sentence}: {factor.title}: {shown(count)} / {shown(tally.submitted)}."
        )
    return " ".join(sentences)
