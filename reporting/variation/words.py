"""What the exhibits on variation say: numbers, titles, notes, and the columns that they share."""

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from frameworks.models import Indicator
from reporting.charts import plot
from reporting.scopes import AUTHORITY, BOARD, CLUSTER, REGION
from reporting.tables import Column, Kind
from reporting.variation.figures import Standing

MOST_SOURCES = 4  # that differ from the indicator's
WITH_SOME_DECIMALS = -2  # those that a number has, and two at most

AREA = Column(
    "area",
    gettext_lazy("Area"),
    gettext_lazy("The health board, region, local authority or cluster, or Wales."),
)
AREA_CODE = Column(
    "area_code",
    gettext_lazy("Code of the area"),
    gettext_lazy(
        "Its kind and code, as in addresses of the dashboard: board-7a3, cluster-afan, wales."
    ),
)
INDICATOR = Column(
    "indicator", gettext_lazy("Indicator"), gettext_lazy("The indicator's code.")
)
UNIT = Column(
    "unit",
    gettext_lazy("Unit"),
    gettext_lazy("count, percentage, or per_1000: per 1,000 people."),
)
PERIOD = Column(
    "period",
    gettext_lazy("Period"),
    gettext_lazy("The period's first month: year and month."),
)
FIGURE = Column(
    "figure",
    pgettext_lazy("column", "Figure"),
    gettext_lazy(
        "The indicator in its unit, computed from what was counted in all of the area's clusters"
        " together. Empty where it is not known."
    ),
    Kind.NUMBER,
)
NUMERATOR = Column(
    "numerator",
    gettext_lazy("Counted"),
    gettext_lazy("What was counted: the numerator."),
    Kind.NUMBER,
    decimals=WITH_SOME_DECIMALS,
)
DENOMINATOR = Column(
    "denominator",
    gettext_lazy("Out of"),
    gettext_lazy(
        "What it is a part of: the denominator. For a rate, the people of the clusters that have a"
        " figure."
    ),
    Kind.NUMBER,
    decimals=WITH_SOME_DECIMALS,
)
KNOWN = Column(
    "clusters_known",
    gettext_lazy("Clusters with a figure"),
    gettext_lazy("How many clusters the figure is of."),
    Kind.COUNT,
)
TOTAL = Column(
    "clusters",
    gettext_lazy("Clusters"),
    gettext_lazy("How many clusters the area had in the period."),
    Kind.COUNT,
)
STANDINGS = {
    Standing.WITHIN: pgettext_lazy("beside the limits", "within the limits"),
    Standing.ABOVE_INNER: pgettext_lazy(
        "beside the limits", "higher, beyond the limits of 95%"
    ),
    Standing.ABOVE_OUTER: pgettext_lazy(
        "beside the limits", "higher, beyond the limits of 99.8%"
    ),
    Standing.BELOW_INNER: pgettext_lazy(
        "beside the limits", "lower, beyond the limits of 95%"
    ),
    Standing.BELOW_OUTER: pgettext_lazy(
        "beside the limits", "lower, beyond the limits of 99.8%"
    ),
}
SERIES = {
    None: plot.WITHIN,
    Standing.WITHIN: plot.WITHIN,
    Standing.ABOVE_INNER: plot.BEYOND,
    Standing.BELOW_INNER: plot.BEYOND,
    Standing.ABOVE_OUTER: plot.FAR_BEYOND,
    Standing.BELOW_OUTER: plot.FAR_BEYOND,
}
KINDS = {
    BOARD: gettext_lazy("Health boards"),
    REGION: gettext_lazy("Regions"),
    AUTHORITY: gettext_lazy("Local authorities"),
    CLUSTER: gettext_lazy("Clusters"),
}


def number(value, indicator):
    """A figure of ``indicator`` in the formats of the page."""
    # As the table below rounds it; number_format would cut off what is beyond the decimals.
    decimals = "-2g" if indicator.unit == Indicator.Unit.COUNT else "1g"
    text = floatformat(value, decimals)
    return f"{text}%" if indicator.unit == Indicator.Unit.PERCENTAGE else text


def heading(variation):
    """The indicator with its unit: what an axis is of."""
    return f"{variation.indicator.name} ({variation.unit})"


def caption(title, variation):
    """Of the table below a picture, which has no axis to name the unit."""
    return f"{title} ({variation.unit})"


def title_by_area(variation):
    titles = {
        BOARD: _("%(indicator)s: by health board"),
        REGION: _("%(indicator)s: by region"),
        AUTHORITY: _("%(indicator)s: by local authority"),
        CLUSTER: _("%(indicator)s: by cluster"),
    }
    return titles[variation.kind] % {"indicator": variation.indicator.name}


def source(variation):
    return "; ".join([variation.indicator.source, *variation.sources[:MOST_SOURCES]])


def wales_with_its_number(variation):
    figure = number(variation.wales.value, variation.indicator)
    return _("Wales: %(figure)s") % {"figure": figure}


def series_labels(variation):
    """Pairs of each series that occurs and its label."""
    labels = {
        plot.WITHIN: _("Within the limits"),
        plot.BEYOND: _("Beyond the limits of 95%"),
        plot.FAR_BEYOND: _("Beyond the limits of 99.8%"),
    }
    found = {SERIES[area.standing] for area in variation.known_areas}
    return tuple((series, label) for series, label in labels.items() if series in found)


def hollow_label(figures):
    """What a hollow mark means, where there is one."""
    if not any(figure.is_incomplete for figure in figures):
        return ""
    return _("Figures of some of its clusters are not known")


def seen(variation):
    """In words what a picture of the areas shows, for those who do not see it."""
    known, indicator = variation.known_areas, variation.indicator
    highest, lowest = known[0], known[-1]
    said = [
        _("Areas with a figure: %(known)s of %(total)s.")
        % {"known": len(known), "total": len(variation.areas)},
        _("Highest: %(area)s, %(figure)s.")
        % {
            "area": highest.name,
            "figure": number(highest.figure.value, indicator),
        },
        _("Lowest: %(area)s, %(figure)s.")
        % {"area": lowest.name, "figure": number(lowest.figure.value, indicator)},
    ]
    if variation.has_limits:
        standings = [SERIES[area.standing] for area in known]
        said += [
            f"{wales_with_its_number(variation)}.",
            _("Beyond the limits of 95%%: %(count)s.")
            % {"count": len(standings) - standings.count(plot.WITHIN)},
            _("Of those, beyond the limits of 99.8%%: %(count)s.")
            % {"count": standings.count(plot.FAR_BEYOND)},
        ]
    return " ".join(said)


# Notes --------------------------------------------------------------------------------


def notes_of_areas(variation):
    """Of which period, of whom, and what is missing."""
    wales = variation.wales
    notes = [
        _(
            "Period: %(period)s. Clusters of Wales with a figure: %(known)s of %(total)s."
        )
        % {
            "period": variation.period.label,
            "known": wales.known,
            "total": wales.total,
        }
    ]
    if variation.indicator.is_example:
        notes.append(_("This indicator is an example. It has not been agreed."))
    if variation.indicator.has_denominator:
        notes.append(
            _(
                "The figure of an area is computed from what was counted in all of its clusters"
                " together; it is not the average of their figures."
            )
        )
    else:
        notes.append(
            _(
                "This indicator is a count and no part of anything. There are no limits for it, and"
                " areas of different size cannot be compared by it."
            )
        )
    if variation.unknown_areas:
        names = ", ".join(area.name for area in variation.unknown_areas)
        notes.append(_("Not known: %(areas)s.") % {"areas": names})
    if variation.unread_count:
        notes.append(
            _("Areas whose figures you cannot read: %(count)s.")
            % {"count": variation.unread_count}
        )
    return [*notes, *notes_of_wales(wales)]


def notes_of_wales(wales):
    if not wales.is_withheld:
        return []
    return [
        _(
            "The figure of Wales is not shown. Besides the clusters whose figures you can read, too"
            " few have one: it would tell you theirs."
        )
    ]


def notes_of_limits(variation):
    """What the limits mean, how they are computed, and whose method it is."""
    if variation.indicator.unit == Indicator.Unit.PERCENTAGE:
        method = _(
            "The limits are exact, from the binomial distribution around the figure of Wales."
        )
    else:
        method = _(
            "The limits are exact, from the Poisson distribution around the figure of Wales."
        )
    return [
        _(
            "The limits separate chance from difference. If every area were as Wales is, chance"
            " alone would still make their figures differ, and those of small areas more. Of 100"
            " such areas, about 95 would lie within the limits of 95%; of 1,000, about 998 within"
            " those of 99.8%."
        ),
        _(
            "An area beyond the limits differs by more than chance is likely to explain. Why it"
            " does, and whether that is good, its figure does not say."
        ),
        f"{method} "
        + _(
            "Method: D. J. Spiegelhalter, “Funnel plots for comparing institutional performance”,"
            " Statistics in Medicine 24 (2005), 1185–1202."
        ),
    ]
