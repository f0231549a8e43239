"""An indicator over the periods: the scope's figures and those of Wales."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frameworks.models import Indicator
from reporting.charts.lines import Followed, Point, lines
from reporting.exhibits.base import Exhibit, Offer
from reporting.scopes import EVERYWHERE
from reporting.tables import Column, Kind, Table
from reporting.variation import words

KEY = "over_time"
PERIOD_NAME = Column(
    "period_name",
    gettext_lazy("Period"),
    gettext_lazy("The month, the quarter or the financial year, in words."),
)
COLUMNS = [
    PERIOD_NAME,
    words.FIGURE,
    words.NUMERATOR,
    words.DENOMINATOR,
    words.KNOWN,
    words.TOTAL,
    Column(
        "wales",
        gettext_lazy("Wales"),
        gettext_lazy(
            "The same figure of Wales. Empty where it is not known or not shown."
        ),
        Kind.NUMBER,
    ),
    Column(
        "wales_clusters_known",
        gettext_lazy("Clusters of Wales with a figure"),
        gettext_lazy("How many clusters the figure of Wales is of."),
        Kind.COUNT,
    ),
    words.PERIOD,
    words.AREA_CODE,
    words.INDICATOR,
    words.UNIT,
]
FILE_ONLY = frozenset({"area_code", "indicator", "unit", "period"})
OF_WALES = frozenset({"wales", "wales_clusters_known"})


def offer(page):
    """What ``load`` would give; None where it gives none."""
    if not _followed_on(page):
        return None
    return Offer(KEY, _title(page.variation), COLUMNS)


def load(page):
    """The exhibit for ``page``; None where no period has a figure that may be shown."""
    variation, followed = page.variation, _followed_on(page)
    if not followed:
        return None
    oldest_first = variation.periods[::-1]
    title = _title(variation)
    is_wales = page.scope == EVERYWHERE
    return Exhibit(
        key=KEY,
        about=variation.indicator.code,
        title=title,
        table=Table(
            words.caption(title, variation),
            COLUMNS,
            [_row(page.scope, variation.indicator, each) for each in oldest_first],
            FILE_ONLY | (OF_WALES if is_wales else frozenset()),
        ),
        source=variation.indicator.source,
        chart=_chart(title, variation, followed, oldest_first, page.scope),
        notes=_notes(variation, is_wales),
    )


def _followed_on(page):
    """The lines that there are on ``page``; none without figures."""
    variation = page.variation
    if variation is None or variation.at is None:
        return []
    return _followed(page.scope, variation.indicator, variation.periods[::-1])


def _title(variation):
    return _("%(indicator)s: over time") % {"indicator": variation.indicator.name}


def _row(scope, indicator, each):
    here, wales = each.here, each.wales
    return [
        each.period.label,
        here.value,
        here.numerator,
        here.denominator,
        here.known,
        here.total,
        wales.value,
        wales.known,
        each.period.code,
        scope.code.lower(),
        indicator.code,
        str(indicator.unit),
    ]


def _followed(scope, indicator, periods):
    """The lines that there are: the scope's and that of Wales; a sum of Wales is beside no other."""
    found = {scope.name: [each.here for each in periods]}
    if scope != EVERYWHERE and indicator.has_denominator:
        found[_("Wales")] = [each.wales for each in periods]
    return [
        Followed(label, [_point(figure, indicator) for figure in figures])
        for label, figures in found.items()
        if any(figure.value is not None for figure in figures)
    ]


def _point(figure, indicator):
    if figure.value is None:
        return None
    return Point(
        float(figure.value),
        words.number(figure.value, indicator),
        figure.is_incomplete,
    )


def _chart(title, variation, followed, periods, scope):
    figures = [figure for each in periods for figure in (each.here, each.wales)]
    if scope == EVERYWHERE or not variation.indicator.has_denominator:
        figures = [each.here for each in periods]
    return lines(
        key=KEY,
        title=title,
        description=_seen(followed, periods),
        stop_labels=[short_label(each.period) for each in periods],
        followed=followed,
        value_label=words.heading(variation),
        hollow_label=words.hollow_label(figures),
    )


def _seen(followed, periods):
    """Each line in words: its first and its last figure."""
    said = []
    for one in followed:
        known = [
            (each.period.label, point.text)
            for each, point in zip(periods, one.points, strict=True)
            if point
        ]
        ends = "; ".join(f"{label}, {text}" for label, text in (known[0], known[-1]))
        said.append(f"{one.label}: {ends}.")
    return " ".join(said)


def short_label(period):
    """As it stands below an axis: Sep 2026, Jul–Sep 2026, 2026/27."""
    if period.kind == Indicator.Period.YEAR:
        return period.label
    first, last = (date_format(day, "M") for day in (period.starts_on, period.ends_on))
    months = first if period.kind == Indicator.Period.MONTH else f"{first}–{last}"
    return f"{months} {period.ends_on.year}"


def _notes(variation, is_wales):
    notes = []
    gaps = [
        each.period.label for each in variation.periods[::-1] if not each.here.known
    ]
    if gaps:
        notes.append(_("Not known: %(periods)s.") % {"periods": ", ".join(gaps)})
    if not is_wales and any(each.here.is_withheld for each in variation.periods):
        notes.append(
            _(
                "Where a figure here is of clusters whose figures you cannot read, it is not shown."
            )
        )
    if any(each.wales.is_withheld for each in variation.periods):
        notes.append(
            _(
                "The figure of Wales is shown only for periods in which enough clusters have one"
                " besides those whose figures you can read."
            )
        )
    return notes
