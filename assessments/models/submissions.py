"""What was submitted, and the levels agreed on it."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from assessments.models.choices import LANGUAGES, LEVEL_CHOICES, level_in_range
from assessments.models.reading import may_read_submissions
from frameworks.models import Outcome
from organisations.models import User


class SubmissionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Its cluster's, its board's and the national officers', and reviewers' with access."""
        return self.filter(may_read_submissions(user, "reflection__"))

    def latest_of_each(self):
        """The newest of each self-reflection."""
        newer = Submission.objects.filter(
            reflection=OuterRef("reflection"), number__gt=OuterRef("number")
        )
        return self.filter(~Exists(newer))


class Submission(models.Model):
    """A self-reflection as it was sent, with its framework text; never changed afterwards."""

    reflection = models.ForeignKey(
        "assessments.SelfReflection", models.PROTECT, related_name="submissions"
    )
    number = models.PositiveSmallIntegerField()
    # Canonical JSON as text: a JSON column may reorder keys, and the hash would not hold.
    content = models.TextField()
    content_hash = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "submission")
        verbose_name_plural = pgettext_lazy("things", "submissions")
        ordering = ["reflection", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["reflection", "number"], name="submission_number_unique"
            ),
        ]

    def __str__(self):
        return f"{self.reflection_id}: {self.number}"


class SubmittedOutcome(models.Model):
    """The levels and counts of one outcome at submission, so that no page recomputes them."""

    submission = models.ForeignKey(
        Submission, models.PROTECT, related_name="submitted_outcomes"
    )
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="+")
    uses_levels = models.BooleanField()
    own_level = models.PositiveSmallIntegerField(null=True, choices=LEVEL_CHOICES)
    suggested_level = models.PositiveSmallIntegerField(null=True, choices=LEVEL_CHOICES)
    is_provisional = models.BooleanField()
    answered = models.PositiveSmallIntegerField()
    total = models.PositiveSmallIntegerField()
    met_1 = models.PositiveSmallIntegerField(default=0)
    applicable_1 = models.PositiveSmallIntegerField(default=0)
    met_2 = models.PositiveSmallIntegerField(default=0)
    applicable_2 = models.PositiveSmallIntegerField(default=0)
    met_3 = models.PositiveSmallIntegerField(default=0)
    applicable_3 = models.PositiveSmallIntegerField(default=0)
    strong_signs = models.PositiveSmallIntegerField(default=0)
    some_signs = models.PositiveSmallIntegerField(default=0)
    no_signs_yet = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = pgettext_lazy("thing", "submitted outcome")
        verbose_name_plural = pgettext_lazy("things", "submitted outcomes")
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "outcome"], name="submitted_outcome_unique"
            ),
            level_in_range("own_level", "submitted_own_level_in_range"),
            level_in_range("suggested_level", "submitted_suggested_level_in_range"),
            models.CheckConstraint(
                condition=Q(uses_levels=True) | Q(own_level=None, suggested_level=None),
                name="submitted_outcome_without_levels_has_none",
            ),
        ]

    def __str__(self):
        return f"{self.submission_id}: {self.outcome_id}"

    @property
    def met(self):
        return self.met_1 + self.met_2 + self.met_3

    @property
    def applicable(self):
        return self.applicable_1 + self.applicable_2 + self.applicable_3


class AgreedLevel(models.Model):
    """The level agreed with peers or the board, beside the cluster's own and never over it."""

    submitted_outcome = models.OneToOneField(
        SubmittedOutcome, models.PROTECT, related_name="agreed_level"
    )
    level = models.PositiveSmallIntegerField(choices=LEVEL_CHOICES)
    reason = models.TextField(blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    agreed_at = models.DateTimeField(default=timezone.now)
    agreed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = pgettext_lazy("thing", "agreed level")
        verbose_name_plural = pgettext_lazy("things", "agreed levels")
        constraints = [level_in_range("level", "agreed_level_in_range")]

    def __str__(self):
        return f"{self.submitted_outcome_id}: {self.level}"
