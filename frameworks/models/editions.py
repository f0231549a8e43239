"""What is asked: editions of the framework, their modules, outcomes and criteria."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Level(models.IntegerChoices):
    """The maturity levels of the source. Not answered is none, below level 1 is 0."""

    FOUNDATION = 1, pgettext_lazy("maturity level", "Foundation")
    DEVELOPING = 2, pgettext_lazy("maturity level", "Developing")
    MATURE = 3, pgettext_lazy("maturity level", "Mature")


class EditionQuerySet(models.QuerySet):
    def published(self):
        return self.filter(status=Edition.Status.PUBLISHED)


class Edition(models.Model):
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

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-issued", "-code"]

    def __str__(self):
        return self.title or self.code

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


class TransformationPrinciple(EditionPart):
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


class EnablingFactor(EditionPart):
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
        return self.title or ""


class WellbeingGoal(EditionPart):
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
        return self.title or ""


class Module(EditionPart):
    """A part of the framework with outcomes of its own, with or without maturity levels."""

    code = models.SlugField(_("code"), max_length=20)
    uses_levels = models.BooleanField(_("has maturity levels"))
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
        ]

    def __str__(self):
        return self.title or self.code


class Outcome(models.Model):
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
        help_text=_("The links that ship are this project's suggestion."),
    )
    editor_note = models.TextField(_("editor's note"), blank=True)

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
        return f"{self.number}. {self.title}"


class Criterion(models.Model):
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


class LogicModelEntry(models.Model):
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
