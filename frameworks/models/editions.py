"""Editions of the framework, and what belongs to an edition as a whole."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from frameworks.models.predecessors import before_in, fault_of_edition
from frameworks.models.texts import Translated


class EditionQuerySet(models.QuerySet):
    def published(self):
        return self.filter(status=Edition.Status.PUBLISHED)


class Edition(Translated):
    """A publication of the whole framework, such as the May 2022 edition."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("edition", "draft")
        PUBLISHED = "published", pgettext_lazy("edition", "published")
        RETIRED = "retired", pgettext_lazy("edition", "retired")

    class Language(models.TextChoices):
        WELSH = "cy", _("Welsh")
        ENGLISH = "en", _("English")

    code = models.SlugField(_("code"), max_length=20, unique=True)
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.DRAFT
    )
    title = models.CharField(_("title"), max_length=200)
    publisher = models.CharField(_("publisher"), max_length=300)
    issued = models.CharField(
        _("issued"),
        max_length=10,
        validators=[RegexValidator(r"^\d{4}-\d{2}(-\d{2})?$")],
        help_text=_("Year and month, and the day where it is known: 2022-05."),
    )
    source = models.TextField(_("source"))
    licence_note = models.TextField(_("licence note"))
    unofficial_language = models.CharField(
        _("language whose text is not official"),
        max_length=2,
        choices=Language,
        blank=True,
    )
    introduction = models.TextField(_("introduction"), blank=True)
    context = models.TextField(_("context"), blank=True)
    principles_introduction = models.TextField(
        _("introduction to the transformation principles"), blank=True
    )
    enabling_factors_introduction = models.TextField(
        _("introduction to the enabling factors"), blank=True
    )
    footnotes = models.TextField(_("footnotes"), blank=True)
    editor_note = models.TextField(_("editor's note"), blank=True)
    predecessor = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="successors",
        null=True,
        blank=True,
        verbose_name=_("the edition before"),
    )
    goal_links_are_suggested = models.BooleanField(
        _("links to goals and aims are a suggestion"),
        default=False,
        help_text=_(
            "The publication does not say which outcomes serve which goals. The pages say that "
            "the links are a suggestion, until somebody has confirmed them."
        ),
    )
    # The day of the newest correction of wording; where there is none, nobody asks for errata.
    corrected_on = models.DateField(_("corrected on"), null=True, editable=False)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-issued", "-code"]

    def __str__(self):
        return self.shown("title") or self.code

    def clean(self):
        super().clean()
        if self.pk and self.predecessor_id and self.is_draft:
            fault = fault_of_edition(self.pk, self.predecessor_id, before_in(Edition))
            if fault:
                raise ValidationError(capfirst(f"{fault}."))

    @property
    def is_draft(self):
        return self.status == self.Status.DRAFT

    @property
    def is_published(self):
        return self.status == self.Status.PUBLISHED


class EditionPart(models.Model):
    """What belongs to an edition and is numbered within it."""

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="%(class)ss", verbose_name=_("edition")
    )
    number = models.PositiveSmallIntegerField(_("number"))

    class Meta:
        abstract = True
        ordering = ["number"]


class TransformationPrinciple(EditionPart, Translated):
    """A lesson of earlier projects on which the framework is built."""

    text = models.TextField(_("text"))

    class Meta(EditionPart.Meta):
        verbose_name = _("transformation principle")
        verbose_name_plural = _("transformation principles")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "number"], name="principle_number_unique_in_edition"
            )
        ]

    def __str__(self):
        return f"{self.number}"


class EnablingFactor(EditionPart, Translated):
    """Something in the system that helps or hinders transformation."""

    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"))

    class Meta(EditionPart.Meta):
        verbose_name = _("enabling factor")
        verbose_name_plural = _("enabling factors")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "number"],
                name="enabling_factor_number_unique_in_edition",
            )
        ]

    def __str__(self):
        return self.shown("title")


class WellbeingGoal(EditionPart, Translated):
    """One of the goals of the Well-being of Future Generations (Wales) Act 2015."""

    title = models.CharField(_("title"), max_length=200)

    class Meta(EditionPart.Meta):
        verbose_name = _("well-being goal")
        verbose_name_plural = _("well-being goals")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "number"],
                name="wellbeing_goal_number_unique_in_edition",
            )
        ]

    def __str__(self):
        return self.shown("title")


class QuadrupleAim(EditionPart, Translated):
    """One of the four aims of A Healthier Wales."""

    title = models.CharField(_("title"), max_length=200)

    class Meta(EditionPart.Meta):
        verbose_name = _("aim of the quadruple aim")
        verbose_name_plural = _("quadruple aim")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "number"],
                name="quadruple_aim_number_unique_in_edition",
            )
        ]

    def __str__(self):
        return self.shown("title")
