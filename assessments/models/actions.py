"""What a cluster has undertaken to do."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models.choices import LANGUAGES
from assessments.models.reading import may_read_progress
from frameworks.models import Criterion, Outcome
from organisations.models import User


class ActionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Its cluster's, its board's and the national officers'."""
        return self.filter(may_read_progress(user, "reflection__"))


class Action(models.Model):
    """Something a cluster has undertaken to do, by when, and what changed."""

    class Status(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("action", "Planned")
        UNDER_WAY = "under_way", pgettext_lazy("action", "Under way")
        DONE = "done", pgettext_lazy("action", "Done")
        DROPPED = "dropped", pgettext_lazy("action", "Dropped")

    class Escalation(models.TextChoices):
        PLANNING_GROUP = "planning_group", _("Pan-cluster planning group")
        HEALTH_BOARD = "health_board", _("Health board")
        PARTNERSHIP_BOARD = "partnership_board", _("Regional partnership board")
        NATIONAL = "national", _("National programme")

    reflection = models.ForeignKey(
        "assessments.SelfReflection", models.PROTECT, related_name="actions"
    )
    outcome = models.ForeignKey(Outcome, models.PROTECT, null=True, related_name="+")
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, related_name="+"
    )
    text = models.TextField()
    language = models.CharField(max_length=2, choices=LANGUAGES)
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="actions")
    due_on = models.DateField(null=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.PLANNED)
    escalated_to = models.CharField(max_length=20, choices=Escalation, blank=True)
    what_changed = models.TextField(blank=True)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "action")
        verbose_name_plural = pgettext_lazy("things", "actions")

    def __str__(self):
        return f"{self.reflection_id}: {self.status}"
