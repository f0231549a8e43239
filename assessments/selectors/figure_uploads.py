"""What files of figures are checked against, and what their pages show."""

import datetime

from django.utils import timezone

from assessments.figure_files.checking import Codes, Context, existed
from assessments.figure_files.layout import FIGURES
from assessments.models import Cycle, IndicatorValue
from assessments.periods import Period, recent
from assessments.populations import Peoples
from frameworks.models import Edition, Indicator
from organisations.models import Cluster, HealthBoard, Population, Role

# Of each indicator, in a template: a year of months and quarters, and two years.
TEMPLATE_PERIODS = {
    Indicator.Period.MONTH: 12,
    Indicator.Period.QUARTER: 4,
    Indicator.Period.YEAR: 2,
}
TEMPLATE_YEARS = 3


def boards_to_enter_for(user):
    """The health boards whose figures ``user`` may enter, in the order of their names."""
    boards = HealthBoard.objects.in_name_order()
    if user.has_role(Role.NATIONAL_OFFICER):
        return list(boards)
    return list(boards.filter(pk__in=user.health_board_ids()))


def edition_of_figures():
    """The edition of the open cycle that began last; without one, the newest published edition."""
    cycle = Cycle.objects.current().order_by("-opens_at").select_related("edition")
    if found := cycle.first():
        return found.edition
    return Edition.objects.published().first()


def context_of(upload):
    """How a file is to be read, and what its codes can stand for: at most three queries."""
    codes = Codes(
        board_id=upload.health_board_id,
        clusters={each.code.lower(): each for each in Cluster.objects.all()},
        today=timezone.localdate(),
    )
    if upload.kind == FIGURES:
        codes.indicators = {
            each.code.lower(): each for each in upload.edition.indicators.all()
        }
        codes.peoples = peoples_of(upload.health_board_id)
    return Context(upload.kind, upload.columns, upload.comma_is_decimal, codes)


def peoples_of(health_board):
    return Peoples(Population.objects.filter(cluster__health_board=health_board))


def open_clusters(health_board):
    return list(health_board.clusters.open_on(timezone.localdate()).in_name_order())


def figures_for_template(health_board, edition):
    """A row for each cluster, indicator and newest period, with what is known: three queries."""
    today = timezone.localdate()
    indicators = list(edition.indicators.all())
    values = {
        (value.cluster_id, value.indicator_id, value.period_start): value
        for value in IndicatorValue.objects.filter(
            cluster__health_board=health_board, indicator__in=indicators
        )
    }
    clusters = open_clusters(health_board)
    return [
        (
            cluster,
            indicator,
            period,
            values.get((cluster.pk, indicator.pk, period.starts_on)),
        )
        for indicator in indicators
        for period in reversed(
            recent(indicator.period, TEMPLATE_PERIODS[indicator.period], today=today)
        )
        for cluster in clusters
        if existed(cluster, period.starts_on, period.ends_on)
    ]


def populations_for_template(health_board):
    """A row for each cluster and newest year, with what is known: two queries."""
    this_year = timezone.localdate().year
    known = {
        (population.cluster_id, population.year): population
        for population in Population.objects.filter(cluster__health_board=health_board)
    }
    return [
        (cluster, year, known.get((cluster.pk, year)))
        for year in range(this_year - TEMPLATE_YEARS + 1, this_year + 1)
        for cluster in open_clusters(health_board)
        if existed(cluster, datetime.date(year, 1, 1), datetime.date(year, 12, 31))
    ]


class Names:
    """What changes are about, in words: a cluster's name, an indicator's, a period's or a year."""

    def __init__(self, upload):
        self._clusters = {
            each.pk: each
            for each in Cluster.objects.filter(health_board=upload.health_board)
        }
        self._indicators = (
            {each.pk: each for each in upload.edition.indicators.all()}
            if upload.edition_id
            else {}
        )

    def of(self, about):
        """The words for what a FigureChange or PopulationChange says that it is about."""
        cluster, *where = about
        if len(where) == 1:
            return {"cluster": self._clusters[cluster], "when": str(where[0])}
        indicator = self._indicators[where[0]]
        period = Period(datetime.date.fromisoformat(where[1]), indicator.period)
        return {
            "cluster": self._clusters[cluster],
            "indicator": indicator,
            "when": period.label,
        }
