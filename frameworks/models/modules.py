"""Modules, their outcomes, and the criteria by which an outcome is judged."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from frameworks.models.editions import EditionPart, QuadrupleAim, WellbeingGoal
from frameworks.models.predecessors import (
    CIRCLE,
    before_in,
    fault_of_part,
    leads_to,
)
from frameworks.models.texts import Level, Translated


class Module(EditionPart, Translated):
    """A part of the framework with outcomes of its own, with or without maturity levels."""

    code = models.SlugField(_("code"), max_length=20)
    uses_levels = models.BooleanField(_("has maturity levels"))
    # Of a module with maturity levels; a module without them has none, whatever stands here.
    highest_level = models.PositiveSmallIntegerField(
        _("highest maturity level"), choices=Level, default=Level.MATURE
    )
    title = models.CharField(_("title"), max_length=200)
    abbreviation = models.CharField(_("abbreviation"), max_length=20)
    introduction = models.TextField(_("introduction"), blank=True)
    context = models.TextField(_("context"), blank=True)
    framework_introduction = models.TextField(
        _("introduction to the outcomes"), blank=True
    )
    criteria_heading = models.CharField(_("heading of the criteria"), max_length=200)
    footnotes = models.TextField(_("footnotes"), blank=True)
    editor_note = models.TextField(_("editor's note"), blank=True)
    has_one_logic_model = models.BooleanField(
        _("has one logic model for all outcomes"), default=False
    )

    class Meta(EditionPart.Meta):
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "number"], name="module_number_unique_in_edition"
            ),
            models.UniqueConstraint(
                fields=["edition", "code"], name="module_code_unique_in_edition"
            ),
            models.CheckConstraint(
                condition=Q(highest_level__in=Level.values),
                name="module_highest_level_in_range",
            ),
        ]

    def __str__(self):
        return self.shown("title") or self.code

    @property
    def levels(self):
        """The maturity levels that its criteria may have, the lowest first."""
        if not self.uses_levels:
            return []
        return [level for level in Level if level <= self.highest_level]


def _check_predecessor(part, edition, edition_of_predecessor):
    """Raise ValidationError for a predecessor that ``part``, of ``edition``, cannot have."""
    if not edition.is_draft:
        return  # frozen with the rest
    before = edition.predecessor.code if edition.predecessor else None
    fault = fault_of_part(edition.code, before, edition_of_predecessor.code)
    if not fault and part.pk:
        is_circle = leads_to(part.predecessor_id, part.pk, before_in(type(part)))
        fault = CIRCLE if is_circle else None
    if fault:
        # Of no field: not every form that has the part has its predecessor.
        raise ValidationError(capfirst(f"{fault}."))


class Outcome(Translated):
    """What a cluster works towards, judged by its criteria."""

    module = models.ForeignKey(
        Module, models.CASCADE, related_name="outcomes", verbose_name=_("module")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=300)
    narrative = models.TextField(_("narrative"), blank=True)
    note = models.TextField(pgettext_lazy("of an outcome", "note"), blank=True)
    wellbeing_goals = models.ManyToManyField(
        WellbeingGoal,
        related_name="outcomes",
        blank=True,
        verbose_name=_("well-being goals"),
    )
    quadruple_aims = models.ManyToManyField(
        QuadrupleAim,
        related_name="outcomes",
        blank=True,
        verbose_name=_("quadruple aim"),
    )
    editor_note = models.TextField(_("editor's note"), blank=True)
    predecessor = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="successors",
        null=True,
        blank=True,
        verbose_name=_("predecessor in the edition before"),
    )

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        ordering = ["module", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["module", "number"], name="outcome_number_unique_in_module"
            )
        ]

    def __str__(self):
        return f"{self.number}. {self.shown('title')}"

    def clean(self):
        super().clean()
        if self.module_id and self.predecessor_id:
            _check_predecessor(
                self, self.module.edition, self.predecessor.module.edition
            )


class Criterion(Translated):
    """One thing to judge: of a maturity level, or of none where the module has no levels."""

    outcome = models.ForeignKey(
        Outcome, models.CASCADE, related_name="criteria", verbose_name=_("outcome")
    )
    level = models.PositiveSmallIntegerField(
        _("maturity level"), choices=Level, null=True, blank=True
    )
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.TextField(_("text"))
    editor_note = models.TextField(
        _("editor's note"), blank=True, help_text=_("Seen by administrators only.")
    )
    predecessor = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="successors",
        null=True,
        blank=True,
        verbose_name=_("predecessor in the edition before"),
    )

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["outcome", F("level").asc(nulls_last=True), "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__in=Level.values),
                name="criterion_level_in_range",
            ),
            models.UniqueConstraint(
                fields=["outcome", "level", "number"],
                condition=Q(level__isnull=False),
                name="criterion_number_unique_in_level",
            ),
            models.UniqueConstraint(
                fields=["outcome", "number"],
                condition=Q(level__isnull=True),
                name="criterion_number_unique_without_level",
            ),
        ]

    def __str__(self):
        return f"{self.level}.{self.number}" if self.level else f"{self.number}"

    def clean(self):
        super().clean()
        # The module stands in another table, where a constraint cannot see it.
        if (
            self.outcome_id
            and (self.level is not None) != self.outcome.module.uses_levels
        ):
            raise ValidationError(
                {
                    "level": _("Criteria of this module have a maturity level.")
                    if self.outcome.module.uses_levels
                    else _("Criteria of this module have no maturity level.")
                }
            )
        if (
            self.outcome_id
            and self.level is not None
            and self.level > self.outcome.module.highest_level
        ):
            raise ValidationError(
                {"level": _("This module has no criteria at this level.")}
            )
        if self.outcome_id and self.predecessor_id:
            _check_predecessor(
                self,
                self.outcome.module.edition,
                self.predecessor.outcome.module.edition,
            )
