"""Well-being goals and the modules without levels: signs seen of the criteria linked to each goal."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import SignsChoice
from reporting.charts.bars import Bar, Row, keys_of, shown, stacked_bars
from reporting.charts.base import SIGN_PAINTS
from reporting.exhibits.base import Exhibit, Offer, nothing_submitted
from reporting.exhibits.goals import CLUSTERS, GOAL, notes_on_links
from reporting.exhibits.signs import KINDS, SYMBOLS
from reporting.goals import answered_any
from reporting.tables import Column, Kind, Table

KEY = "goal_signs"
COLUMNS = [
    GOAL,
    Column(
        "linked_without_levels",
        gettext_lazy("Outcomes without levels linked"),
        gettext_lazy(
            "How many outcomes of modules without maturity levels are linked to the goal."
        ),
        Kind.COUNT,
    ),
    Column(
        "criteria",
        gettext_lazy("Their criteria"),
        gettext_lazy("How many criteria those outcomes have."),
        Kind.COUNT,
    ),
    *CLUSTERS,
    *(
        Column(
            choice.value,
            choice.label,
            gettext_lazy(
                "How many answers are this one: one for each cluster and criterion."
            ),
            Kind.COUNT,
        )
        for choice in SignsChoice
    ),
    Column(
        "not_answered",
        gettext_lazy("Not answered"),
        gettext_lazy("For how many clusters and criteria there is no answer."),
        Kind.COUNT,
    ),
]


def offer(page):
    """What ``load`` would give; None where it gives none."""
    if not page.holdings.goals_without_levels:
        return None
    return Offer(KEY, _title(), COLUMNS)


def load(page):
    """The exhibit for ``page``; None where no goal has outcomes without levels."""
    rows = [_row(page, linked) for linked in page.goals]
    if not any(row[1] for row in rows):
        return None
    title = _title()
    empty = _empty(page)
    return Exhibit(
        key=KEY,
        title=title,
        table=Table(title, COLUMNS, rows),
        source=_("Self-reflections as they were submitted."),
        chart=None if empty else _chart(title, page, rows),
        notes=[]
        if empty
        else [
            _("Signs are answers to single criteria. They never add up to a level."),
            *notes_on_links(page),
        ],
        empty=empty,
    )


def _title():
    return _("Well-being goals: signs seen of the criteria linked to each")


def _row(page, linked):
    places, tally = linked.sign_places(page.layout.sign_criteria), page.tally
    answered, counts = None, [None] * len(KINDS)
    if places and tally.submitted:
        answered = answered_any(tally.signs_text, tally.submitted, places)
        signs = [tally.signs(place) for place in places]
        counts = [sum(each[kind] for each in signs) for kind in KINDS]
    return [
        linked.name,
        len(linked.outcomes) - len(linked.with_levels),
        len(places),
        answered,
        tally.submitted,
        tally.total,
        *counts,
    ]


def _empty(page):
    if page.tally.submitted:
        return ""
    return nothing_submitted(page)


def _chart(title, page, rows):
    labels = dict(
        zip(KINDS, [*map(str, SignsChoice.labels), _("Not answered")], strict=True)
    )
    return stacked_bars(
        key=KEY,
        title=title,
        description=_description(rows),
        keys=keys_of(labels, SIGN_PAINTS, SYMBOLS),
        rows=[Row(row[0], [_bar(page, row)]) for row in rows],
    )


def _bar(page, row):
    name, _linked, criteria, answered, _counted, total, *counts = row
    if not criteria:
        return Bar([], note=_("No outcome without levels is linked to this goal."))
    label = _("Criteria: %(count)s") % {"count": criteria}
    if not page.scope.is_cluster:
        clusters = _("clusters that answered: %(count)s of %(total)s") % {
            "count": shown(answered),
            "total": shown(total),
        }
        label = f"{label} · {clusters}"
    return Bar(counts, label=label, whose=name)


def _description(rows):
    """How many answers behind each goal are strong signs."""
    strong = "; ".join(
        f"{row[0]}: {shown(row[6])} / {shown(sum(row[6:9]))}"
        for row in rows
        if row[6] is not None
    )
    return " ".join(
        [
            _(
                "A bar for each goal shows how many answers to its criteria are strong signs, some signs or none yet. Every number is in the table below."
            ),
            _("Strong signs, of all answers given: %(goals)s.") % {"goals": strong},
        ]
    )
