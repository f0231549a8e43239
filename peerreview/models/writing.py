"""What everything written in a review shares: a version, and a history that is kept for good."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models import LANGUAGES
from organisations.models import User


class Written(models.Model):
    """A choice and a text that save alone, as an answer does, from the version they were made from.

    Its history is ``versions``. Others see it from ``shared_at`` on.
    """

    choice = models.CharField(max_length=20, blank=True)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    # Its writer said which language it is in; otherwise it was detected.
    language_is_chosen = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    shared_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def content(self):
        return (self.choice, self.text)

    @property
    def is_empty(self):
        return not (self.choice or self.text)

    @property
    def is_shared(self):
        return self.shared_at is not None


class WrittenVersion(models.Model):
    """A text that was accepted as a version, or refused; kept for good."""

    class Refusal(models.TextChoices):
        STALE = "stale", _("the text had changed meanwhile")
        CLOSED = "closed", _("nothing could be written any more")

    version = models.PositiveIntegerField(null=True)  # none where it was refused
    base_version = models.PositiveIntegerField()
    refusal = models.CharField(max_length=10, choices=Refusal, blank=True)
    choice = models.CharField(max_length=20, blank=True)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    operation_id = models.UUIDField(default=uuid.uuid4)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @property
    def content(self):
        return (self.choice, self.text)


def history_constraints(name):
    """The constraints of a history whose rows belong to ``written``."""
    return [
        models.UniqueConstraint(
            fields=["written", "version"], name=f"{name}_version_unique"
        ),
        models.UniqueConstraint(
            fields=["written", "operation_id"], name=f"one_{name}_version_an_operation"
        ),
        models.CheckConstraint(
            condition=Q(version=None) & ~Q(refusal="")
            | Q(version__isnull=False, refusal=""),
            name=f"{name}_version_is_accepted_or_refused",
        ),
    ]
