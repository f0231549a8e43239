"""How many clusters are at each level of each outcome, and how many did not answer."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from reporting.exhibits.base import AGREED, LEVELS, Exhibit
from reporting.tables import Column, Kind, Table

KEY = "distribution"
COLUMNS = [
    Column(
        "outcome",
        gettext_lazy("Outcome"),
        gettext_lazy("The outcome's module, number and title."),
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
        "clusters",
        gettext_lazy("Clusters"),
        gettext_lazy("How many clusters are counted in this row."),
        Kind.COUNT,
    ),
]


def load(page):
    """The exhibit for ``page``; it asks for nothing that ``page`` has not loaded for others."""
    rows = []
    for place, outcome in page.layout.with_levels:
        levels = page.levels(place)
        rows.append(
            [
                f"{outcome.module.abbreviation} {outcome.number}: {outcome.title}",
                *(levels[level] for level in LEVELS),
                levels[None],
                page.counted,
            ]
        )
    title = (
        _("Agreed levels, outcome by outcome")
        if page.level == AGREED
        else _("The clusters' own levels, outcome by outcome")
    )
    return Exhibit(
        key=KEY,
        title=title,
        table=Table(title, COLUMNS, rows),
        source=_("Self-reflections as they were submitted, and what peers agreed."),
    )
