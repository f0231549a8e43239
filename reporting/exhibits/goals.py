"""Progress towards each well-being goal: the levels of the outcomes that are linked to it."""

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from reporting.charts.bars import Bar, Row, keys_of, shown, stacked_bars
from reporting.charts.base import LEVEL_PAINTS, LEVEL_SYMBOLS
from reporting.exhibits.base import LEVELS, Exhibit, Offer, nothing_submitted
from reporting.exhibits.distribution import labels_of_levels
from reporting.goals import answered_any
from reporting.tables import Column, Kind, Table

KEY = "goals"
GOAL = Column(
    "goal",
    gettext_lazy("Well-being goal"),
    gettext_lazy("The number and title of the goal."),
)
CLUSTERS = [
    Column(
        "answered",
        pgettext_lazy("column", "Clusters that answered"),
        gettext_lazy(
            "How many of the clusters counted answered for at least one of these outcomes."
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
COLUMNS = [
    GOAL,
    Column(
        "linked",
        gettext_lazy("Outcomes linked"),
        gettext_lazy("How many outcomes of the edition are linked to the goal."),
        Kind.COUNT,
    ),
    Column(
        "linked_with_levels",
        gettext_lazy("Of those, with levels"),
        gettext_lazy(
            "How many of them have maturity levels; the others are not counted in this row."
        ),
        Kind.COUNT,
    ),
    *CLUSTERS,
    Column(
        "below_level_1",
        gettext_lazy("Below level 1"),
        gettext_lazy(
            "How many levels are below level 1: one for each cluster and outcome."
        ),
        Kind.COUNT,
    ),
    *(
        Column(
            f"level_{level}",
            label,
            gettext_lazy(
                "How many levels are this one: one for each cluster and outcome."
            ),
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
            "For how many clusters and outcomes no level was given, or none was agreed."
        ),
        Kind.COUNT,
    ),
]


def offer(page):
    """What ``load`` would give."""
    return Offer(KEY, _title(page), COLUMNS)


def load(page):
    """The exhibit for ``page``: no query but its tallies, outcomes and goals."""
    rows = [_row(page, linked) for linked in page.goals]
    title = _title(page)
    empty = _empty(page)
    return Exhibit(
        key=KEY,
        about=page.about_level,
        title=title,
        table=Table(title, COLUMNS, rows),
        source=_("Self-reflections as they were submitted, and what peers agreed."),
        chart=None if empty else _chart(title, page, rows),
        notes=[] if empty else notes_on_links(page),
        empty=empty,
    )


def _title(page):
    return (
        _("Well-being goals: agreed levels of the outcomes linked to each")
        if page.shows_agreed
        else _("Well-being goals: own levels of the outcomes linked to each")
    )


def notes_on_links(page):
    """What to know of the links between goals and outcomes, as whole sentences."""
    notes = [
        _(
            "An outcome that is linked to several goals counts for each of them. Where few outcomes are linked to a goal, its bar says little about it."
        )
    ]
    if page.cycle.edition.goal_links_are_suggested:
        notes.append(
            _(
                "These links are this project's suggestion. They are not in the publication."
            )
        )
    return notes


def _row(page, linked):
    places, tally = linked.with_levels, page.tally
    text = tally.agreed_text if page.shows_agreed else tally.own_text
    answered, counts = None, [None] * (len(LEVELS) + 1)
    if places and page.counted:
        answered = answered_any(text, page.counted, places)
        levels = [page.levels(place) for place in places]
        counts = [sum(each[level] for each in levels) for level in (*LEVELS, None)]
    return [
        linked.name,
        len(linked.outcomes),
        len(places),
        answered,
        page.counted,
        tally.total,
        *counts,
    ]


def _empty(page):
    if not page.goals:
        return _("This edition of the framework has no well-being goals.")
    if page.counted:
        return ""
    if page.shows_agreed:
        return _(
            "No levels have been agreed here in this cycle yet. They appear as soon as the first cluster and its peers agree."
        )
    return nothing_submitted(page)


def _chart(title, page, rows):
    return stacked_bars(
        key=KEY,
        title=title,
        description=_description(rows),
        keys=keys_of(labels_of_levels(), LEVEL_PAINTS, LEVEL_SYMBOLS),
        rows=[Row(row[0], [_bar(page, row)]) for row in rows],
    )


def _bar(page, row):
    name, linked, with_levels, answered, _counted, total, *counts = row
    if not with_levels:
        note = (
            _("Only outcomes without levels are linked to this goal.")
            if linked
            else _("No outcome is linked to this goal.")
        )
        return Bar([], note=note)
    label = _("Outcomes with levels: %(count)s") % {"count": with_levels}
    if not page.scope.is_cluster:
        clusters = _("clusters that answered: %(count)s of %(total)s") % {
            "count": shown(answered),
            "total": shown(total),
        }
        label = f"{label} · {clusters}"
    return Bar(counts, label=label, whose=name)


def _description(rows):
    """What share of the levels behind each goal is 2 or 3."""
    shares = []
    for row in rows:
        levels = row[6:10]
        if None not in levels and sum(levels):
            share = 100 * (levels[2] + levels[3]) / sum(levels)
            shares.append(f"{row[0]}: {floatformat(share, 0)}%")
    sentences = [
        _(
            "A bar for each goal shows how many levels of its outcomes are at each level. Every number is in the table below."
        )
    ]
    if shares:
        sentences.append(
            _("Levels 2 and 3, of all levels given: %(shares)s.")
            % {"shares": "; ".join(shares)}
        )
    return " ".join(sentences)
