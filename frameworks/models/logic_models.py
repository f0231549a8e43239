"""Logic models: how an outcome, or a module as a whole, is meant to come about."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from frameworks.models.modules import Module, Outcome
from frameworks.models.texts import Level, Translated


class LogicModelEntry(Translated):
    """A line of the logic model of an outcome, or of a module as a whole.

    The source's annex, which holds them, is not in the publication: administrators fill them in.
    """

    class Kind(models.TextChoices):
        INPUT = "input", _("input")
        ACTIVITY = "activity", _("activity")
        OUTPUT = "output", _("output")
        OUTCOME = "outcome", pgettext_lazy("of a logic model", "outcome")
        IMPACT = "impact", _("impact")
        BARRIER = "barrier", _("barrier")
        ASSUMPTION = "assumption", _("assumption")

    module = models.ForeignKey(
        Module,
        models.CASCADE,
        related_name="logic_model_entries",
        null=True,
        blank=True,
        verbose_name=_("module"),
    )
    outcome = models.ForeignKey(
        Outcome,
        models.CASCADE,
        related_name="logic_model_entries",
        null=True,
        blank=True,
        verbose_name=_("outcome"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    level = models.PositiveSmallIntegerField(
        _("maturity level"), choices=Level, null=True, blank=True
    )
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("logic model entry")
        verbose_name_plural = _("logic model entries")
        ordering = ["kind", F("level").asc(nulls_last=True), "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(module=None, outcome__isnull=False)
                | Q(module__isnull=False, outcome=None),
                name="logic_model_entry_has_exactly_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__in=Level.values),
                name="logic_model_entry_level_in_range",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.number}"
