"""What a cluster has undertaken to do, and what became of it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models.choices import LANGUAGES
from assessments.models.reading import (
    followed_by,
    may_read_progress,
    may_read_submissions,
)
from frameworks.models import Criterion, Outcome
from organisations.models import User


class ActionStatus(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("action", "Planned")
    UNDER_WAY = "under_way", pgettext_lazy("action", "Under way")
    DONE = "done", pgettext_lazy("action", "Done")
    DROPPED = "dropped", pgettext_lazy("action", "Dropped")


OPEN_STATUSES = (ActionStatus.PLANNED, ActionStatus.UNDER_WAY)


class ActionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Its cluster's, its board's and the national officers', and its reviewers'."""
        return self.filter(may_read_submissions(user, "reflection__"))

    def concerning(self, user):
        """Of those that ``user`` may see, what they, their clusters or boards answer for.

        A reviewer sees more: what others have undertaken, while they review them.
        """
        return self.visible_to(user).filter(
            may_read_progress(user, "reflection__")
            | Q(reflection__cluster__in=followed_by(user))
        )

    def open(self):
        return self.filter(status__in=OPEN_STATUSES)

    def overdue(self):
        """Open, and the day by which they were to be done has passed."""
        return self.open().filter(due_on__lt=timezone.localdate())


class Action(models.Model):
    """Something a cluster has undertaken to do, by when, and what changed.

    It belongs to the cycle in which it was undertaken, and goes on into the next while it is open.
    """

    Status = ActionStatus

    class Escalation(models.TextChoices):
        PLANNING_GROUP = "planning_group", _("Pan-cluster planning group")
        HEALTH_BOARD = "health_board", _("Health board")
        PARTNERSHIP_BOARD = "partnership_board", _("Regional partnership board")
        NATIONAL = "national", _("National programme")

    reflection = models.ForeignKey(
        "assessments.SelfReflection", models.PROTECT, related_name="actions"
    )
    # Where both are empty, it is of no one outcome.
    outcome = models.ForeignKey(Outcome, models.PROTECT, null=True, related_name="+")
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, related_name="+"
    )
    text = models.TextField()
    language = models.CharField(max_length=2, choices=LANGUAGES)
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="actions")
    due_on = models.DateField(null=True)
    status = models.CharField(
        max_length=20, choices=ActionStatus, default=ActionStatus.PLANNED
    )
    support_needed = models.TextField(blank=True)
    support_language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    # From whom, as the cluster calls them.
    support_from = models.CharField(max_length=200, blank=True)
    escalated_to = models.CharField(max_length=20, choices=Escalation, blank=True)
    # Of an action that is done, what changed; of one that was dropped, why.
    what_changed = models.TextField(blank=True)
    closing_language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    closed_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "action")
        verbose_name_plural = pgettext_lazy("things", "actions")

    def __str__(self):
        return f"{self.reflection_id}: {self.status}"

    @property
    def is_open(self):
        return self.status in OPEN_STATUSES

    @property
    def is_overdue(self):
        return bool(self.is_open and self.due_on and self.due_on < timezone.localdate())


class ActionChangeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The trail of an action is seen by whoever sees the action."""
        return self.filter(may_read_submissions(user, "action__reflection__"))


class ActionChange(models.Model):
    """One step in the life of an action: who, when and why; appended only."""

    class Kind(models.TextChoices):
        ADDED = "added", pgettext_lazy("action", "added")
        EDITED = "edited", pgettext_lazy("action", "edited")
        STATUS = "status", pgettext_lazy("action", "status changed")
        ESCALATED = "escalated", pgettext_lazy("action", "escalated")
        OWNER = "owner", pgettext_lazy("action", "given to another owner")

    action = models.ForeignKey(Action, models.PROTECT, related_name="changes")
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    # The action as it was after the step: plain values by their field's name.
    after = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ActionChangeQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "change of an action")
        verbose_name_plural = pgettext_lazy("things", "changes of an action")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "version"], name="action_change_version_unique"
            )
        ]

    def __str__(self):
        return f"{self.action_id}: {self.kind}"
