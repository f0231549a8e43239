"""What was measured: a figure of one cluster for one period."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from assessments.models.reading import may_read_figures
from frameworks.models import Indicator
from organisations.models import Cluster, Population, User

LONGEST_NOTE, LONGEST_SOURCE = 500, 200  # characters


class IndicatorValueQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of its own cluster, of its board's clusters, or of all Wales."""
        return self.filter(may_read_figures(user))


class IndicatorValue(models.Model):
    """The figure of one cluster for one period, as numbers that were counted.

    What is not known has no row: missing is not nought. A percentage and a rate keep what they
    were made from, so that boards and Wales are added up from counts and never averaged.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="values")
    cluster = models.ForeignKey(
        Cluster, models.PROTECT, related_name="indicator_values"
    )
    period_start = models.DateField()
    numerator = models.DecimalField(max_digits=14, decimal_places=2)
    denominator = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    # Where the denominator is the people of the cluster's area, which year's they are.
    population = models.ForeignKey(
        Population, models.PROTECT, null=True, related_name="indicator_values"
    )
    note = models.CharField(max_length=LONGEST_NOTE, blank=True, default="")
    # Of this figure, where it is not the indicator's.
    source = models.CharField(max_length=LONGEST_SOURCE, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    entered_at = models.DateTimeField(default=timezone.now)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = IndicatorValueQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "indicator's figure")
        verbose_name_plural = pgettext_lazy("things", "indicators' figures")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "cluster", "period_start"],
                name="one_figure_an_indicator_cluster_and_period",
            ),
            models.CheckConstraint(
                condition=Q(numerator__gte=0), name="figure_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(denominator=None) | Q(denominator__gt=0),
                name="figure_is_a_part_of_something",
            ),
            models.CheckConstraint(
                condition=Q(population=None) | Q(denominator__isnull=False),
                name="figure_of_a_population_is_a_part_of_it",
            ),
        ]

    def __str__(self):
        return f"{self.indicator_id}, {self.cluster_id}: {self.period_start}"

    @property
    def value(self):
        """In the indicator's unit: a count, a percentage, or a rate per 1,000 people."""
        return in_unit(self.indicator, self.numerator, self.denominator)


def in_unit(indicator, numerator, denominator):
    """What was counted as a figure of ``indicator``; rates are computed here and nowhere typed."""
    if indicator.unit == Indicator.Unit.COUNT:
        return numerator
    per = 100 if indicator.unit == Indicator.Unit.PERCENTAGE else 1000
    return numerator * per / denominator
