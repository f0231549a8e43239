"""What is measured: the key indicators of an edition. Their values belong to clusters."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from frameworks.models.editions import EditionPart
from frameworks.models.modules import Outcome
from frameworks.models.texts import Translated


class Indicator(EditionPart, Translated):
    """A measure of progress towards outcomes, defined for an edition.

    Editable after publishing, with history: measures mature faster than the framework.
    """

    class Unit(models.TextChoices):
        COUNT = "count", pgettext_lazy("unit", "count")
        PERCENTAGE = "percentage", pgettext_lazy("unit", "%")
        PER_1000 = "per_1000", pgettext_lazy("unit", "per 1,000 people")

    class Direction(models.TextChoices):
        HIGHER = "higher", _("higher is better")
        LOWER = "lower", _("lower is better")
        NEITHER = "neither", _("neither is better")

    class Period(models.TextChoices):
        MONTH = "month", pgettext_lazy("period", "month")
        QUARTER = "quarter", pgettext_lazy("period", "quarter")
        YEAR = "year", pgettext_lazy("period", "year")

    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description in plain words"))
    unit = models.CharField(_("unit"), max_length=20, choices=Unit)
    direction = models.CharField(_("direction"), max_length=20, choices=Direction)
    target = models.DecimalField(
        _("target"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    source = models.CharField(_("source of the figures"), max_length=300)
    period = models.CharField(_("period"), max_length=20, choices=Period)
    outcomes = models.ManyToManyField(
        Outcome,
        related_name="indicators",
        blank=True,
        verbose_name=_("outcomes it speaks to"),
    )
    is_example = models.BooleanField(
        _("is an example"),
        default=False,
        help_text=_("The pages say that it is an example and not an agreed indicator."),
    )

    class Meta(EditionPart.Meta):
        verbose_name = _("key indicator")
        verbose_name_plural = _("key indicators")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "number"],
                name="indicator_number_unique_in_edition",
            ),
            models.UniqueConstraint(
                fields=["edition", "code"], name="indicator_code_unique_in_edition"
            ),
        ]

    def __str__(self):
        return self.name or self.code

    @property
    def has_denominator(self):
        """Whether its values are a part of something: a percentage, or a rate."""
        return self.unit != self.Unit.COUNT
