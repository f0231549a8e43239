"""A funnel: areas by size and figure, with the limits that separate chance from difference."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frameworks.models import Indicator
from reporting.charts.funnel import Labels, Spot, funnel
from reporting.exhibits.base import Exhibit, Offer
from reporting.tables import Column, Kind, Table
from reporting.variation import words

KEY = "funnel"
COLUMNS = [
    words.AREA,
    words.DENOMINATOR,
    words.FIGURE,
    Column(
        "wales",
        gettext_lazy("Wales"),
        gettext_lazy("The figure of Wales, which the limits are around."),
        Kind.NUMBER,
    ),
    *(
        Column(code, label, description, Kind.NUMBER)
        for code, label, description in (
            (
                "low_998",
                gettext_lazy("99.8%, lower"),
                gettext_lazy(
                    "The lower limit (99.8%) for an area of this size, in the indicator's unit."
                ),
            ),
            (
                "low_95",
                gettext_lazy("95%, lower"),
                gettext_lazy(
                    "The lower limit (95%) for an area of this size, in the indicator's unit."
                ),
            ),
            (
                "high_95",
                gettext_lazy("95%, upper"),
                gettext_lazy(
                    "The upper limit (95%) for an area of this size, in the indicator's unit."
                ),
            ),
            (
                "high_998",
                gettext_lazy("99.8%, upper"),
                gettext_lazy(
                    "The upper limit (99.8%) for an area of this size, in the indicator's unit."
                ),
            ),
        )
    ),
    Column(
        "beside_the_limits",
        gettext_lazy("Beside the limits"),
        gettext_lazy("Whether the figure lies within the limits, and beyond which."),
    ),
    words.AREA_CODE,
    words.INDICATOR,
    words.UNIT,
    words.PERIOD,
]
FILE_ONLY = frozenset({"area_code", "indicator", "unit", "period"})


def offer(page):
    """What ``load`` would give; None where it gives none."""
    if not _is_there(page.variation):
        return None
    return Offer(KEY, _title(page.variation), COLUMNS)


def load(page):
    """The exhibit for ``page``; None without limits, or without an area to put beside them."""
    variation = page.variation
    if not _is_there(variation):
        return None
    title = _title(variation)
    return Exhibit(
        key=KEY,
        about=variation.indicator.code,
        title=title,
        table=Table(
            words.caption(title, variation),
            COLUMNS,
            [_row(variation, area) for area in variation.known_areas],
            FILE_ONLY,
        ),
        source=words.source(variation),
        chart=_chart(title, variation),
        notes=words.notes_of_limits(variation),
    )


def _is_there(variation):
    if variation is None or variation.at is None:
        return False
    return variation.has_limits and bool(variation.known_areas)


def _title(variation):
    return _("%(indicator)s: what chance would explain") % {
        "indicator": variation.indicator.name
    }


def _row(variation, area):
    limits = area.limits
    return [
        area.name,
        area.figure.denominator,
        area.figure.value,
        variation.wales.value,
        limits.outer_low,
        limits.inner_low,
        limits.inner_high,
        limits.outer_high,
        words.STANDINGS[area.standing],
        area.scope.code.lower(),
        variation.indicator.code,
        str(variation.indicator.unit),
        variation.period.code,
    ]


def _chart(title, variation):
    is_rate = variation.indicator.unit == Indicator.Unit.PER_1000
    return funnel(
        key=KEY,
        title=title,
        description=words.seen(variation),
        spots=[
            Spot(
                getattr(area.scope.place, "short_name", area.name),
                float(area.figure.denominator),
                float(area.figure.value),
                words.SERIES[area.standing],
                area.figure.is_incomplete,
            )
            for area in variation.known_areas
        ],
        centre=float(variation.wales.value),
        centre_text=words.wales_with_its_number(variation),
        limits_at=variation.limits_at,
        labels=Labels(
            value=words.heading(variation),
            size=_("People in the area")
            if is_rate
            else _("How many the percentage is of"),
            inner=_("Limits of 95%"),
            outer=_("Limits of 99.8%"),
            series=words.series_labels(variation),
            hollow=words.hollow_label([area.figure for area in variation.known_areas]),
        ),
    )
