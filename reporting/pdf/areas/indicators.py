"""The indicators of an area: which have parts beyond the limits of chance, and the most telling ones."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from reporting.charts import plot
from reporting.exhibits import EXHIBITS, Exhibit
from reporting.scopes import EVERYWHERE
from reporting.tables import Column, Kind, Table
from reporting.variation import words
from reporting.variation.figures import Standing

MOST_INDICATORS = 20  # that are looked at
MOST_SHOWN = 2  # of which there are pictures
COLUMNS = [
    words.INDICATOR,
    Column("period", gettext_lazy("Period"), ""),
    # Counts for the eye: what they hold is text.
    Column("here", pgettext_lazy("column", "Figure"), "", Kind.COUNT),
    Column("wales", gettext_lazy("Wales"), "", Kind.COUNT),
    Column("known", gettext_lazy("Areas with a figure"), "", Kind.COUNT),
    Column("beyond", gettext_lazy("Beyond the limits of 95%"), "", Kind.COUNT),
    Column("far_beyond", gettext_lazy("Beyond the limits of 99.8%"), "", Kind.COUNT),
]
SAID = {
    Standing.ABOVE_OUTER: gettext_lazy(
        "Higher, and beyond the limits of 99.8%%: %(areas)s."
    ),
    Standing.BELOW_OUTER: gettext_lazy(
        "Lower, and beyond the limits of 99.8%%: %(areas)s."
    ),
    Standing.ABOVE_INNER: gettext_lazy(
        "Higher, and beyond the limits of 95%%: %(areas)s."
    ),
    Standing.BELOW_INNER: gettext_lazy(
        "Lower, and beyond the limits of 95%%: %(areas)s."
    ),
}


@dataclass(frozen=True)
class Measured:
    """An indicator, with the page that asks for it."""

    page: object
    variation: object

    @property
    def limits_say_something(self):
        return self.variation.has_limits and bool(self.variation.known_areas)

    def count(self, *series):
        """How many areas there are in these series."""
        return sum(
            words.SERIES[area.standing] in series for area in self.variation.known_areas
        )

    @property
    def far_beyond(self):
        return self.count(plot.FAR_BEYOND)

    @property
    def beyond(self):
        return self.count(plot.FAR_BEYOND, plot.BEYOND)

    @property
    def says(self):
        """In whole sentences, which areas are beyond the limits."""
        found = []
        for standing, sentence in SAID.items():
            names = [
                area.name
                for area in self.variation.known_areas
                if area.standing == standing
            ]
            if names:
                found.append(sentence % {"areas": ", ".join(names)})
        return found or [_("Every area with a figure is within the limits of chance.")]


def load_measured(page):
    """Every indicator that has figures here: four queries for each."""
    if page.variation is None:
        return []
    asked = [
        page.asking(indicator=indicator.code)
        for indicator in page.variation.indicators[:MOST_INDICATORS]
    ]
    return [Measured(each, each.variation) for each in asked if each.variation.at]


def most_telling(measured):
    """Those with most areas beyond the limits; where there are none, the first that has limits."""
    telling = sorted(
        (each for each in measured if each.limits_say_something),
        key=lambda each: (-each.far_beyond, -each.beyond),
    )
    return [each for each in telling if each.beyond][:MOST_SHOWN] or telling[:1]


def at_a_glance(page, measured):
    """All indicators in one table, as an exhibit."""
    title = _("Indicators, and how many areas are beyond the limits of chance")
    notes = []
    if any(not each.variation.indicator.has_denominator for each in measured):
        notes.append(
            _(
                "A count is no part of anything, so there are no limits of chance for it."
            )
        )
    if any(each.variation.indicator.is_example for each in measured):
        notes.append(
            _("Some of these indicators are examples. They have not been agreed.")
        )
    return Exhibit(
        key="indicators",
        title=title,
        table=Table(
            title,
            COLUMNS[:2] + COLUMNS[3:] if page.scope == EVERYWHERE else COLUMNS,
            [_row(page, each) for each in measured],
        ),
        source=_("The figures of the indicators, each from its own source."),
        notes=notes,
    )


def _row(page, measured):
    variation = measured.variation
    known, total = len(variation.known_areas), len(variation.areas)
    here = [] if page.scope == EVERYWHERE else [_figure(variation, variation.at.here)]
    return [
        words.heading(variation),
        variation.period.label,
        *here,
        _figure(variation, variation.wales),
        _("%(count)s of %(total)s") % {"count": known, "total": total},
        str(measured.beyond) if measured.limits_say_something else _("No limits"),
        str(measured.far_beyond) if measured.limits_say_something else _("No limits"),
    ]


def _figure(variation, figure):
    if figure.value is None:
        return None
    return words.number(figure.value, variation.indicator)


def about_limits(measured):
    """What limits of chance are, in whole sentences: the same for every indicator."""
    return [
        note
        for each in measured[:1]
        for note in words.notes_of_limits(each.variation)[:-1]
    ]


def pictures_of(measured, *, is_first):
    """The exhibits of one indicator; the first of Wales, which has many areas, with its funnel."""
    exhibit = EXHIBITS["variation"](measured.page)
    method = words.notes_of_limits(measured.variation)[-1]
    found = [replace(exhibit, notes=[*exhibit.notes, method])]
    if is_first and measured.page.scope == EVERYWHERE:
        found.append(replace(EXHIBITS["funnel"](measured.page), notes=[]))
    return found
