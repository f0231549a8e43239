"""Corrections of wording: read over a frozen text, which stays as it was published."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from frameworks.models.editions import Edition
from organisations.models import User


class Correction(models.Model):
    """Errata of a published edition that were made together, with one reason and one date.

    Never changed or removed: a correction that was wrong is corrected by another.
    """

    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="corrections", verbose_name=_("edition")
    )
    reason = models.TextField(_("reason"))
    dated_on = models.DateField(_("dated"), default=timezone.localdate)
    # The official text takes the place of a translation that was not official.
    makes_official = models.BooleanField(_("is the official text"), default=False)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )

    class Meta:
        verbose_name = _("correction of wording")
        verbose_name_plural = _("corrections of wording")
        ordering = ["dated_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason_cy__isnull=False, reason_en__isnull=False)
                & ~Q(reason_cy="")
                & ~Q(reason_en=""),
                name="correction_has_a_reason_in_both_languages",
            )
        ]

    def __str__(self):
        return f"{self.edition_id}: {self.dated_on}"


class Erratum(models.Model):
    """The corrected wording of one text in one language."""

    class Part(models.TextChoices):
        """What of a published edition is frozen, by the name of its model."""

        EDITION = "edition", _("edition")
        PRINCIPLE = "transformationprinciple", _("transformation principle")
        ENABLING_FACTOR = "enablingfactor", _("enabling factor")
        WELLBEING_GOAL = "wellbeinggoal", _("well-being goal")
        QUADRUPLE_AIM = "quadrupleaim", _("aim of the quadruple aim")
        MODULE = "module", _("module")
        OUTCOME = "outcome", _("outcome")
        CRITERION = "criterion", _("criterion")

    class Language(models.TextChoices):
        WELSH = "cy", _("Welsh")
        ENGLISH = "en", _("English")

    correction = models.ForeignKey(
        Correction, models.PROTECT, related_name="errata", verbose_name=_("correction")
    )
    # What is frozen is never removed, so its number is enough.
    part = models.CharField(_("part"), max_length=30, choices=Part)
    part_id = models.PositiveBigIntegerField()
    field = models.CharField(_("text"), max_length=40)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    replaced = models.TextField(_("wording before"), blank=True)
    text = models.TextField(_("corrected wording"))

    class Meta:
        verbose_name = pgettext_lazy("thing", "erratum")
        verbose_name_plural = pgettext_lazy("things", "errata")
        ordering = ["correction__dated_on", "correction", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["correction", "part", "part_id", "field", "language"],
                name="one_erratum_a_text_and_language_in_a_correction",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="erratum_has_a_text"),
        ]

    def __str__(self):
        return f"{self.part} {self.part_id}: {self.field} ({self.language})"
