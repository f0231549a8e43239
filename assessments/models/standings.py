"""What boards and the nation read of a submission without opening it: derived, and quick to add up."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from assessments.models.choices import LANGUAGES
from assessments.models.reading import may_read_submissions
from assessments.models.submissions import Submission
from assessments.models.tags import NeedTag
from cdf_site.common.folding import fold
from frameworks.models import Criterion, EnablingFactor, Outcome


def has_agreed_levels(prefix=""):
    """Standings of which a level was agreed: where none was, every character says so."""
    return Q(**{f"{prefix}agreed_levels__regex": r"\d"})


class StandingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those whose submission ``user`` may read; of others, only agreed levels are known."""
        return self.filter(may_read_submissions(user, "reflection__"))


class Standing(models.Model):
    """Where a self-reflection stands: the levels, signs and factors of its latest submission.

    One character for each outcome (criterion, factor) in the framework's order, as
    ``assessments.standing`` writes them. Everything here can be derived again from submissions and
    agreed levels; ``services.standings`` is the only writer.
    """

    reflection = models.OneToOneField(
        "assessments.SelfReflection", models.PROTECT, related_name="standing"
    )
    submission = models.OneToOneField(
        Submission, models.PROTECT, related_name="standing"
    )
    own_levels = models.CharField(max_length=200)
    agreed_levels = models.CharField(max_length=200)
    signs = models.CharField(max_length=400, blank=True)
    factors = models.CharField(max_length=100, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "standing")
        verbose_name_plural = pgettext_lazy("things", "standings")

    def __str__(self):
        return f"{self.reflection_id}: {self.own_levels}"


class SubmittedNeedQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(may_read_submissions(user, "submission__reflection__"))

    def of_latest(self):
        """Those of each self-reflection's latest submission."""
        return self.filter(submission__standing__isnull=False)


class SubmittedNeed(models.Model):
    """A barrier or a kind of support that a cluster chose, as it was submitted."""

    submission = models.ForeignKey(
        Submission, models.PROTECT, related_name="submitted_needs"
    )
    # Where it is empty, it is of the self-reflection as a whole.
    outcome = models.ForeignKey(Outcome, models.PROTECT, null=True, related_name="+")
    question = models.CharField(max_length=20)
    tag = models.ForeignKey(NeedTag, models.PROTECT, related_name="submitted_needs")

    objects = SubmittedNeedQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "submitted need")
        verbose_name_plural = pgettext_lazy("things", "submitted needs")
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "outcome", "question", "tag"],
                name="submitted_need_unique_of_an_outcome",
            ),
            models.UniqueConstraint(
                fields=["submission", "question", "tag"],
                condition=Q(outcome=None),
                name="submitted_need_unique_overall",
            ),
        ]

    def __str__(self):
        return f"{self.submission_id}: {self.tag_id}"


class SubmittedTextQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(may_read_submissions(user, "submission__reflection__"))

    def of_latest(self):
        """Those of each self-reflection's latest submission."""
        return self.filter(submission__standing__isnull=False)


class SubmittedText(models.Model):
    """Words as they were submitted, where they can be found."""

    submission = models.ForeignKey(
        Submission, models.PROTECT, related_name="submitted_texts"
    )
    # What it says something of: at most one; of an outcome, with the question.
    outcome = models.ForeignKey(Outcome, models.PROTECT, null=True, related_name="+")
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, related_name="+"
    )
    enabling_factor = models.ForeignKey(
        EnablingFactor, models.PROTECT, null=True, related_name="+"
    )
    question = models.CharField(max_length=20, blank=True)
    text = models.TextField()
    folded = models.TextField(editable=False)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)

    objects = SubmittedTextQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "submitted text")
        verbose_name_plural = pgettext_lazy("things", "submitted texts")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "text" in kwargs:
            self.folded = fold(self.text)

    def __str__(self):
        return f"{self.submission_id}: {self.question or self.criterion_id or self.enabling_factor_id}"
