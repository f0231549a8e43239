"""An indicator by area: each area's figure beside that of Wales, and what chance would explain."""

from django.utils.translation import gettext as _

from reporting.charts.dots import Labels, Reference, Row, dots
from reporting.exhibits.base import Exhibit, Offer
from reporting.scopes import EVERYWHERE
from reporting.tables import Link, Table
from reporting.variation import words

KEY = "variation"
COLUMNS = [
    words.AREA,
    words.FIGURE,
    words.NUMERATOR,
    words.DENOMINATOR,
    words.KNOWN,
    words.TOTAL,
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
    return Offer(KEY, words.title_by_area(page.variation), COLUMNS)


def load(page):
    """The exhibit for ``page``; None where there is no figure of any indicator yet."""
    variation = page.variation
    if not _is_there(variation):
        return None
    title = words.title_by_area(variation)
    rows = [
        [
            Link(area.name, _url(page, area.scope)),
            *_row(variation, area.scope, area.figure),
        ]
        for area in variation.areas
    ]
    rows.append([_("Wales"), *_row(variation, EVERYWHERE, variation.wales)])
    return Exhibit(
        key=KEY,
        about=variation.indicator.code,
        title=title,
        table=Table(words.caption(title, variation), COLUMNS, rows, FILE_ONLY),
        source=words.source(variation),
        chart=_chart(title, variation) if variation.known_areas else None,
        notes=words.notes_of_areas(variation),
    )


def _is_there(variation):
    return variation is not None and variation.at is not None


def _row(variation, scope, figure):
    return [
        figure.value,
        figure.numerator,
        figure.denominator,
        figure.known,
        figure.total,
        scope.code.lower(),
        variation.indicator.code,
        str(variation.indicator.unit),
        variation.period.code,
    ]


def _url(page, scope):
    """The same indicator and period of one area alone."""
    kept = {name: page.query.get(name) or None for name in ("indicator", "period")}
    return scope.url("variation", **page.filters | kept)


def _chart(title, variation):
    has_limits = variation.has_limits
    figures = [area.figure for area in variation.known_areas]
    return dots(
        key=KEY,
        title=title,
        description=words.seen(variation),
        rows=[_dot(area, variation.indicator) for area in variation.areas],
        reference=Reference(
            float(variation.wales.value), words.wales_with_its_number(variation)
        )
        if has_limits
        else None,
        labels=Labels(
            inner=_("Limits of 95%") if has_limits else "",
            outer=_("Limits of 99.8%") if has_limits else "",
            series=words.series_labels(variation) if has_limits else (),
            hollow=words.hollow_label(figures),
            value=words.heading(variation),
        ),
    )


def _dot(area, indicator):
    if area.figure.value is None:
        return Row(area.name, _("Not known"))
    limits = area.limits
    return Row(
        area.name,
        words.number(area.figure.value, indicator),
        float(area.figure.value),
        words.SERIES[area.standing],
        area.figure.is_incomplete,
        limits and (limits.inner_low, limits.inner_high),
        limits and (limits.outer_low, limits.outer_high),
    )
