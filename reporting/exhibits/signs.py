"""What was seen of each criterion of the modules without levels: signs, and never a level."""

from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from assessments.models import SignsChoice
from assessments.standing import NOT_ANSWERED, SIGNS
from reporting.charts.bars import Bar, Row, keys_of, shown, stacked_bars
from reporting.charts.base import SIGN_PAINTS
from reporting.exhibits.base import OWN, Exhibit, Offer, nothing_submitted
from reporting.exhibits.distribution import Group, counted_of
from reporting.scopes import EVERYWHERE
from reporting.tables import Column, Kind, Table

KEY = "signs"
KINDS = (*SIGNS.values(), NOT_ANSWERED)  # strong, some, none yet, not answered
SYMBOLS = {"s": "++", "m": "+", "n": "0", NOT_ANSWERED: "–"}
COLUMNS = [
    Column(
        "criterion",
        gettext_lazy("Criterion"),
        gettext_lazy("The criterion's module, outcome, number and text."),
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
            gettext_lazy("How many clusters saw this of the criterion."),
            Kind.COUNT,
        )
        for choice in SignsChoice
    ),
    Column(
        "not_answered",
        gettext_lazy("Not answered"),
        gettext_lazy("How many clusters submitted without an answer to the criterion."),
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
    if page.scope.is_cluster or not page.holdings.sign_criteria:
        return None
    return Offer(KEY, _title(), COLUMNS)


def load(page):
    """The exhibit for ``page``; None for a single cluster, and where the edition asks for no signs."""
    criteria = page.layout.sign_criteria
    if page.scope.is_cluster or not criteria:
        return None
    groups = _groups(page)
    rows = [
        [
            name_of(criterion),
            group.name,
            *_counts(group.tally, place),
            group.counted,
            group.tally.total,
        ]
        for place, criterion in enumerate(criteria)
        for group in groups
    ]
    title = _title()
    is_empty = not page.tally.submitted
    return Exhibit(
        key=KEY,
        title=title,
        table=Table(title, COLUMNS, rows),
        source=_("Self-reflections as they were submitted."),
        chart=None if is_empty else _chart(title, criteria, groups),
        notes=[] if is_empty else _notes(page, criteria),
        empty=nothing_submitted(page) if is_empty else "",
    )


def _title():
    return _("Signs seen, criterion by criterion")


def name_of(criterion):
    outcome = criterion.outcome
    return f"{outcome.module.abbreviation} {outcome.number}.{criterion.number}: {criterion.text}"


def _groups(page):
    """The clusters of the scope, and those of Wales for whoever may read them all."""
    groups = [Group(page.scope.name, page.tally, OWN)]
    if page.scope != EVERYWHERE:
        wales = page.tally_of_wales
        if wales.readable == wales.total:
            groups.append(Group(EVERYWHERE.name, wales, OWN))
    return groups


def _counts(tally, place):
    if not tally.submitted:
        return [None] * len(KINDS)
    signs = tally.signs(place)
    return [signs[kind] for kind in KINDS]


def _notes(page, criteria):
    modules = dict.fromkeys(
        criterion.outcome.module.abbreviation for criterion in criteria
    )
    notes = [
        _("Modules whose criteria have no maturity levels: %(modules)s.")
        % {"modules": ", ".join(modules)},
        _("Signs are answers to single criteria. They never add up to a level."),
    ]
    if not page.reads_all:
        notes.append(_("Only the submissions that you can read are counted."))
    return notes


def _chart(title, criteria, groups):
    rows = []
    places = enumerate(criteria)
    for outcome, of_outcome in groupby(places, lambda pair: pair[1].outcome):
        heading = f"{outcome.module.abbreviation} {outcome.number}: {outcome.title}"
        for place, criterion in of_outcome:
            bars = [_bar(group, place, len(groups) > 1) for group in groups]
            rows.append(Row(name_of(criterion), bars, heading))
            heading = ""
    labels = dict(
        zip(
            KINDS,
            [*map(str, SignsChoice.labels), _("Not answered")],
            strict=True,
        )
    )
    return stacked_bars(
        key=KEY,
        title=title,
        description=_description(criteria, groups[0].tally),
        keys=keys_of(labels, SIGN_PAINTS, SYMBOLS),
        rows=rows,
        beside=430,  # criteria are sentences
        remark="" if len(groups) > 1 else counted_of(groups[0].name, groups[0]),
    )


def _bar(group, place, has_label):
    label = counted_of(group.name, group) if has_label else ""
    return Bar(_counts(group.tally, place), label=label, whose=group.name)


def _description(criteria, tally):
    """Of which criterion most and fewest strong signs were seen; the table has the rest."""
    strong = [
        (_counts(tally, place)[0], name_of(criterion))
        for place, criterion in enumerate(criteria)
    ]
    most, fewest = (best(strong, key=lambda each: each[0]) for best in (max, min))
    return " ".join(
        [
            _(
                "A bar for each criterion shows how many clusters saw strong signs, some signs or none yet. Every number is in the table below."
            ),
            *(
                f"{sentence}: {criterion}: {shown(count)} / {shown(tally.submitted)}."
                for sentence, (count, criterion) in (
                    (_("Most clusters with strong signs"), most),
                    (_("Fewest clusters with strong signs"), fewest),
                )
            ),
        ]
    )
