"""How many clusters are at each level of each outcome, beside Wales, and how many did not answer."""

from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from frameworks.models import Level
from reporting.charts.bars import Bar, Row, keys_of, shown, stacked_bars
from reporting.charts.base import LEVEL_PAINTS, LEVEL_SYMBOLS
from reporting.exhibits.base import (
    AGREED,
    LEVELS,
    OWN,
    Exhibit,
    Offer,
    nothing_submitted,
)
from reporting.scopes import EVERYWHERE
from reporting.tables import Column, Kind, Table

KEY = "distribution"
COLUMNS = [
    Column(
        "outcome",
        gettext_lazy("Outcome"),
        gettext_lazy("The outcome's module, number and title."),
    ),
    Column(
        "area",
        pgettext_lazy("column", "Clusters of"),
        gettext_lazy("Whose clusters are counted in this row."),
    ),
    Column(
        "levels",
        pgettext_lazy("column", "Levels"),
        gettext_lazy(
            "Whether the row counts the clusters' own levels or those agreed with peers."
        ),
    ),
    Column(
        "below_level_1",
        gettext_lazy("Below level 1"),
        gettext_lazy("How many clusters are below level 1."),
        Kind.COUNT,
    ),
    *(
        Column(
            f"level_{level}",
            label,
            gettext_lazy("How many clusters are at this level."),
            Kind.COUNT,
        )
        for level, label in (
            (1, pgettext_lazy("column", "Level 1")),
            (2, pgettext_lazy("column", "Level 2")),
            (3, pgettext_lazy("column", "Level 3")),
        )
    ),
    Column(
        "not_answered",
        gettext_lazy("Not answered"),
        gettext_lazy(
            "How many clusters submitted without a level, or agreed on none. It is never level 0."
        ),
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


@dataclass(frozen=True)
class Group:
    """The clusters that one bar of each outcome counts, by their own or by agreed levels."""

    name: str
    tally: object
    level: str

    @property
    def counted(self):
        return self.tally.agreed if self.level == AGREED else self.tally.submitted

    @property
    def basis(self):
        if self.level == AGREED:
            return pgettext("levels", "Agreed with peers")
        return pgettext("levels", "The clusters' own")

    def counts(self, place):
        """How many are at each level, and then how many at none; None where nobody is counted."""
        if not self.counted:
            return [None] * (len(LEVELS) + 1)
        tally = self.tally
        levels = (
            tally.agreed_levels(place)
            if self.level == AGREED
            else tally.own_levels(place)
        )
        return [levels[level] for level in (*LEVELS, None)]


def offer(page):
    """What ``load`` would give; None where it gives none."""
    if page.scope.is_cluster:
        return None
    return Offer(KEY, _title(page), COLUMNS)


def load(page):
    """The exhibit for ``page``, one query more than its tallies; None for a single cluster."""
    if page.scope.is_cluster:
        return None
    groups = _groups(page)
    outcomes = page.layout.with_levels
    rows = [
        [
            name_of(outcome),
            group.name,
            group.basis,
            *group.counts(place),
            group.counted,
            group.tally.total,
        ]
        for place, outcome in outcomes
        for group in groups
    ]
    title = _title(page)
    is_empty = not outcomes or not any(group.counted for group in groups)
    return Exhibit(
        key=KEY,
        about=page.about_level,
        title=title,
        table=Table(title, COLUMNS, rows),
        source=_("Self-reflections as they were submitted, and what peers agreed."),
        chart=None if is_empty else _chart(title, outcomes, groups),
        notes=_notes(page, groups),
        empty=_empty(page, outcomes) if is_empty else "",
    )


def _title(page):
    return (
        _("Agreed levels, outcome by outcome")
        if page.shows_agreed
        else _("The clusters' own levels, outcome by outcome")
    )


def name_of(outcome):
    return f"{outcome.module.abbreviation} {outcome.number}: {outcome.title}"


def _groups(page):
    """The clusters of the scope and, to compare with, those of Wales."""
    groups = [Group(page.scope.name, page.tally, page.level)]
    if page.scope != EVERYWHERE:
        wales = page.tally_of_wales
        # Of clusters that the reader may not read, agreed levels are known.
        level = page.level if wales.readable == wales.total else AGREED
        groups.append(Group(EVERYWHERE.name, wales, level))
    return groups


def _notes(page, groups):
    notes = [
        _(
            "Each bar is all clusters that are counted. Not answered is a part of its own and never level 0."
        )
    ]
    if page.level == OWN and not page.reads_all:
        notes.append(_("Only the submissions that you can read are counted."))
    if page.level == OWN and any(group.level == AGREED for group in groups):
        notes.append(
            _(
                "You cannot read the submissions of all clusters of Wales, so the bars of Wales are of agreed levels. Choose the levels agreed with peers to compare like with like."
            )
        )
    return notes


def _empty(page, outcomes):
    if not outcomes:
        return _("This edition of the framework has no outcomes with maturity levels.")
    if page.shows_agreed:
        return _(
            "No levels have been agreed here in this cycle yet. They appear as soon as the first cluster and its peers agree."
        )
    if not page.tally.readable:
        return _(
            "You cannot read the submissions of the clusters here, and no levels have been agreed yet."
        )
    return nothing_submitted(page)


def _chart(title, outcomes, groups):
    several = len({group.level for group in groups}) > 1
    rows = []
    for module, of_module in groupby(outcomes, lambda pair: pair[1].module):
        heading = f"{module.abbreviation}: {module.title}"
        for place, outcome in of_module:
            bars = [_bar(group, place, len(groups) > 1, several) for group in groups]
            rows.append(Row(name_of(outcome), bars, heading))
            heading = ""
    return stacked_bars(
        key=KEY,
        title=title,
        description=_description(outcomes, groups[0]),
        keys=keys_of(labels_of_levels(), LEVEL_PAINTS, LEVEL_SYMBOLS),
        rows=rows,
        remark="" if len(groups) > 1 else counted_of(groups[0].name, groups[0]),
    )


def counted_of(name, group):
    """How many clusters stand behind the bars of a group, as one reads it beside them."""
    return _("%(area)s · clusters: %(count)s of %(total)s") % {
        "area": name,
        "count": shown(group.counted),
        "total": shown(group.tally.total),
    }


def _bar(group, place, has_label, says_basis):
    label = ""
    if has_label:
        name = f"{group.name} · {group.basis}" if says_basis else group.name
        label = counted_of(name, group)
    if not group.counted:
        return Bar([], label=label, note=_("None yet, so there is no bar."))
    return Bar(group.counts(place), label=label, whose=group.name)


def labels_of_levels():
    """The names of the levels, in the order of the bars."""
    return {
        0: _("Below level 1"),
        **{level: f"{level}: {Level(level).label}" for level in (1, 2, 3)},
        None: _("Not answered"),
    }


def _description(outcomes, group):
    """Where the clusters are furthest and least far; the table has the rest."""
    sentences = [
        _(
            "A bar for each outcome shows how many clusters are at each level. Every number is in the table below."
        )
    ]
    if group.counted:
        far = [
            (sum(group.counts(place)[2:4]), name_of(outcome))
            for place, outcome in outcomes
        ]
        for sentence, (count, outcome) in (
            (_("Most clusters at level 2 or 3"), max(far, key=lambda each: each[0])),
            (_("Fewest clusters at level 2 or 3"), min(far, key=lambda each: each[0])),
        ):
            sentences.append(
                f"{sentence}: {outcome}: {shown(count)} / {shown(group.counted)}."
            )
    return " ".join(sentences)
