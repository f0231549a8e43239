"""Groups that were suggested for a round, and as somebody has moved clusters since."""

from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from organisations.models import User
from peerreview.models.rounds import ReviewRound


class GroupDraftQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own: others see groups once they are used."""
        return self.filter(kept_by=user)


class GroupDraft(models.Model):
    """What somebody considers for a round: suggested groups, and what they made of them.

    Each who arranges the round has their own, so nobody's groups are moved by another. It changes
    nothing in the round before it is used.
    """

    round = models.ForeignKey(ReviewRound, models.CASCADE, related_name="group_drafts")
    kept_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    # What was asked for.
    size = models.PositiveSmallIntegerField()
    boards = models.CharField(max_length=10, choices=ReviewRound.Boards)
    # Codes of clusters, group by group; a group keeps its place when it becomes empty.
    suggested = models.JSONField()
    groups = models.JSONField()
    # In points: what was suggested, and what no other grouping is worth more than.
    objective = models.FloatField()
    bound = models.FloatField()
    was_cut_short = models.BooleanField(default=False)
    # A hash of what was known of the clusters.
    known = models.CharField(max_length=64)
    suggested_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=0)

    objects = GroupDraftQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "draft of groups")
        verbose_name_plural = pgettext_lazy("things", "drafts of groups")
        constraints = [
            models.UniqueConstraint(
                fields=["round", "kept_by"], name="one_group_draft_a_person_and_round"
            )
        ]

    def __str__(self):
        return f"{self.round_id}: {self.kept_by_id}"
