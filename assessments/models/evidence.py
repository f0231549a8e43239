"""Evidence: links and files, to outcomes and criteria; and worksheets sent back."""

import uuid
from pathlib import Path

from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from assessments.models.choices import LANGUAGES
from assessments.models.reading import may_read_answers, may_read_submissions
from assessments.models.submissions import Submission
from frameworks.models import Criterion, Outcome
from organisations.models import User


def evidence_storage():
    """Where files of evidence are: outside everything that is served as static."""
    return storages["evidence"]


def random_name(evidence, file_name):
    """A name that tells nothing and cannot be guessed; the ending says the kind."""
    return f"{uuid.uuid4().hex}{Path(file_name).suffix.lower()}"


class EvidenceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Its cluster's own people; and whoever may read a submission that holds it."""
        return self.filter(
            may_read_answers(user, "reflection__")
            | Q(
                pk__in=SubmittedEvidence.objects.filter(
                    may_read_submissions(user, "submission__reflection__")
                ).values("evidence")
            )
        )

    def in_use(self):
        """What the draft has now; what was taken out stays with the submissions that hold it."""
        return self.filter(removed_at=None)


class Evidence(models.Model):
    """A link or a file with a title, which supports criteria or outcomes."""

    reflection = models.ForeignKey(
        "assessments.SelfReflection", models.PROTECT, related_name="evidence"
    )
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    url = models.URLField(max_length=2000, blank=True)
    file = models.FileField(
        storage=evidence_storage, upload_to=random_name, max_length=100, blank=True
    )
    file_name = models.CharField(max_length=200, blank=True)  # as its sender called it
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(default=0)  # bytes
    file_hash = models.CharField(max_length=64, blank=True)  # SHA-256
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "evidence")
        verbose_name_plural = pgettext_lazy("things", "pieces of evidence")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(url="", file__gt="") | Q(url__gt="", file=""),
                name="evidence_is_a_link_or_a_file",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="evidence_is_removed_by_somebody",
            ),
        ]

    def __str__(self):
        return self.title


class EvidenceUse(models.Model):
    """What a piece of evidence supports: an outcome, or one of its criteria."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="uses")
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="+")
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = pgettext_lazy("thing", "use of evidence")
        verbose_name_plural = pgettext_lazy("things", "uses of evidence")
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "outcome"],
                condition=Q(criterion=None),
                name="evidence_supports_an_outcome_once",
            ),
            models.UniqueConstraint(
                fields=["evidence", "criterion"],
                condition=Q(criterion__isnull=False),
                name="evidence_supports_a_criterion_once",
            ),
        ]

    def __str__(self):
        return f"{self.evidence_id}: {self.criterion_id or self.outcome_id}"


class SubmittedEvidence(models.Model):
    """Evidence that a submission holds, so that its readers may open the file."""

    submission = models.ForeignKey(
        Submission, models.PROTECT, related_name="submitted_evidence"
    )
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = pgettext_lazy("thing", "submitted evidence")
        verbose_name_plural = pgettext_lazy("things", "pieces of submitted evidence")
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "evidence"], name="submitted_evidence_unique"
            ),
        ]

    def __str__(self):
        return f"{self.submission_id}: {self.evidence_id}"


class WorksheetUploadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever sent it, while they work in the cluster."""
        return self.filter(may_read_answers(user, "reflection__"), uploaded_by=user)


class WorksheetUpload(models.Model):
    """A worksheet that was filled in elsewhere, read but not applied until somebody confirms."""

    reflection = models.ForeignKey(
        "assessments.SelfReflection", models.PROTECT, related_name="worksheet_uploads"
    )
    file_name = models.CharField(max_length=200)
    # What was read: a list of answers by subject, with the versions they were made from.
    entries = models.JSONField()
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    operation_id = models.UUIDField(default=uuid.uuid4)
    applied_at = models.DateTimeField(null=True)

    objects = WorksheetUploadQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "worksheet")
        verbose_name_plural = pgettext_lazy("things", "worksheets")

    def __str__(self):
        return f"{self.reflection_id}: {self.file_name}"
