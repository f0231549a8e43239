"""What contributors think each for themselves, what they flag, and the discussion of it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from assessments.models.choices import (
    LANGUAGES,
    LEVELS_AS_CHOICES,
    SignsChoice,
)
from assessments.models.reading import may_read_answers
from frameworks.models import Criterion, Outcome
from organisations.models import User


class ViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A view is its own author's, while they work in the cluster; others see the spread."""
        return self.filter(may_read_answers(user, "reflection__"), by=user)


class View(models.Model):
    """One contributor's own opinion of an outcome's level, or of its signs, and a sentence.

    Recorded before the meeting and private; see ``Discussion`` for what others see of it.
    """

    reflection = models.ForeignKey(
        "assessments.SelfReflection", models.PROTECT, related_name="views"
    )
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # A level from "0" to "3", or a sign where the module has no levels.
    choice = models.CharField(max_length=20, blank=True)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    # Its author lets the sentence be shown, without a name, when the discussion is opened.
    is_shared = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    written_at = models.DateTimeField(default=timezone.now)

    objects = ViewQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "view")
        verbose_name_plural = pgettext_lazy("things", "views")
        constraints = [
            models.UniqueConstraint(
                fields=["reflection", "outcome", "by"],
                name="one_view_a_person_and_outcome",
            ),
            models.CheckConstraint(
                condition=Q(choice__in=[*LEVELS_AS_CHOICES, *SignsChoice.values]),
                name="view_choice_is_a_level_or_a_sign",
            ),
        ]

    def __str__(self):
        return f"{self.reflection_id}: {self.outcome_id}"


class DiscussionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(may_read_answers(user, "reflection__"))


class Discussion(models.Model):
    """The discussion of one outcome, once the lead has opened it.

    The spread is counted at that moment and kept: a view recorded later would otherwise show
    itself as the difference between two counts.
    """

    reflection = models.ForeignKey(
        "assessments.SelfReflection", models.PROTECT, related_name="discussions"
    )
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # 0 where there were too few views to show: what is not stored cannot be read.
    view_count = models.PositiveSmallIntegerField()
    # How many chose each: {"1": 3, "2": 4}; empty where there were too few.
    spread = models.JSONField(default=dict)

    objects = DiscussionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "discussion")
        verbose_name_plural = pgettext_lazy("things", "discussions")
        constraints = [
            models.UniqueConstraint(
                fields=["reflection", "outcome"], name="one_discussion_an_outcome"
            ),
        ]

    def __str__(self):
        return f"{self.reflection_id}: {self.outcome_id}"


class FlagQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(may_read_answers(user, "reflection__"))

    def open(self):
        return self.filter(settled_at=None)


class Flag(models.Model):
    """An outcome, or one of its criteria, that somebody wants the cluster to discuss."""

    reflection = models.ForeignKey(
        "assessments.SelfReflection", models.PROTECT, related_name="flags"
    )
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="+")
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, related_name="+"
    )
    raised_at = models.DateTimeField(default=timezone.now)
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "flag")
        verbose_name_plural = pgettext_lazy("things", "flags")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reflection", "outcome"],
                condition=Q(criterion=None, settled_at=None),
                name="one_open_flag_an_outcome",
            ),
            models.UniqueConstraint(
                fields=["reflection", "criterion"],
                condition=Q(criterion__isnull=False, settled_at=None),
                name="one_open_flag_a_criterion",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="flag_is_settled_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.reflection_id}: {self.criterion_id or self.outcome_id}"
