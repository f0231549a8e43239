"""What a group finds of a cluster when it meets, and what the cluster replies."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from assessments.models import LEVELS_AS_CHOICES, Action, Submission
from frameworks.models import Outcome
from organisations.models import CLUSTER_ROLES, User
from peerreview.models.annotations import Annotation
from peerreview.models.groups import ClusterReview, ReviewGroup
from peerreview.models.writing import Written, WrittenVersion, history_constraints


class FindingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The reviewers' and the facilitator's at once; once shared, the cluster's and those above."""
        reviewed = ClusterReview.objects.read_by_reviewer(user).values("pk")
        beside = ClusterReview.objects.known_beside_reviewing(user).values("pk")
        return self.filter(
            Q(review__in=reviewed) | Q(shared_at__isnull=False, review__in=beside)
        )


class Finding(Written):
    """What a group agreed of one outcome, or noted: a level with a sentence why, or the notes.

    ``choice`` is the level that was agreed, "" where the module has none; the notes have no choice.
    """

    class Part(models.TextChoices):
        CONCLUSION = "conclusion", pgettext_lazy("finding", "What the group agreed")
        NOTES = "notes", pgettext_lazy("finding", "Notes of the meeting")

    review = models.ForeignKey(ClusterReview, models.PROTECT, related_name="findings")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    outcome = models.ForeignKey(Outcome, models.PROTECT, null=True, related_name="+")
    part = models.CharField(max_length=20, choices=Part)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "finding")
        verbose_name_plural = pgettext_lazy("things", "findings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "submission", "outcome", "part"],
                condition=Q(outcome__isnull=False),
                name="one_finding_an_outcome_and_part",
            ),
            models.UniqueConstraint(
                fields=["review", "submission", "part"],
                condition=Q(outcome=None),
                name="one_finding_of_the_whole_and_part",
            ),
            models.CheckConstraint(
                condition=Q(part="conclusion", choice__in=LEVELS_AS_CHOICES)
                | Q(part="notes", choice=""),
                name="finding_choice_is_a_level",
            ),
            models.CheckConstraint(
                condition=Q(outcome__isnull=False) | Q(choice=""),
                name="level_is_agreed_of_an_outcome",
            ),
        ]

    def __str__(self):
        return f"{self.review_id}: {self.outcome_id} {self.part}"

    @property
    def level(self):
        return int(self.choice) if self.choice else None


class FindingVersionQuerySet(models.QuerySet):
    def visible_to(self, user):
        reviewed = ClusterReview.objects.read_by_reviewer(user).values("pk")
        return self.filter(written__review__in=reviewed)


class FindingVersion(WrittenVersion):
    """A version of a finding, or a text refused as one."""

    written = models.ForeignKey(Finding, models.PROTECT, related_name="versions")

    objects = FindingVersionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "version of a finding")
        verbose_name_plural = pgettext_lazy("things", "versions of a finding")
        ordering = ["pk"]
        constraints = history_constraints("finding")

    def __str__(self):
        return f"{self.written_id}: {self.version or self.refusal}"


class Stance(models.TextChoices):
    """How a cluster takes what was said of it."""

    ACCEPT = "accept", pgettext_lazy("the cluster's reply", "We accept this")
    EXPLAIN = "explain", pgettext_lazy("the cluster's reply", "We explain this")
    DISAGREE = "disagree", pgettext_lazy("the cluster's reply", "We disagree")


class ResponseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The cluster's own people's; once shared, of whoever sees what it replies to."""
        return self.filter(
            Q(review__reflection__cluster__in=user.cluster_ids(*CLUSTER_ROLES))
            | Q(shared_at__isnull=False)
            & (
                Q(annotation__in=Annotation.objects.visible_to(user).values("pk"))
                | Q(finding__in=Finding.objects.visible_to(user).values("pk"))
            ),
            review__in=ClusterReview.objects.visible_to(user).values("pk"),
        )


class Response(Written):
    """What the cluster replies to one annotation or finding: it accepts, explains or disagrees."""

    Stance = Stance

    review = models.ForeignKey(ClusterReview, models.PROTECT, related_name="responses")
    annotation = models.OneToOneField(
        Annotation, models.PROTECT, null=True, related_name="response"
    )
    finding = models.OneToOneField(
        Finding, models.PROTECT, null=True, related_name="response"
    )

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "cluster's reply")
        verbose_name_plural = pgettext_lazy("things", "clusters' replies")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(annotation=None, finding__isnull=False)
                | Q(annotation__isnull=False, finding=None),
                name="response_is_to_exactly_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(choice__in=["", *Stance.values]),
                name="response_choice_is_a_stance",
            ),
        ]

    def __str__(self):
        return f"{self.review_id}: {self.choice}"

    @property
    def stance_label(self):
        return self.Stance(self.choice).label if self.choice else ""


class ResponseVersionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(
            written__review__reflection__cluster__in=user.cluster_ids(*CLUSTER_ROLES)
        )


class ResponseVersion(WrittenVersion):
    """A version of a cluster's reply, or a text refused as one."""

    written = models.ForeignKey(Response, models.PROTECT, related_name="versions")

    objects = ResponseVersionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "version of a cluster's reply")
        verbose_name_plural = pgettext_lazy("things", "versions of a cluster's reply")
        ordering = ["pk"]
        constraints = history_constraints("response")

    def __str__(self):
        return f"{self.written_id}: {self.version or self.refusal}"


class Meeting(models.Model):
    """A group's meeting around one screen: where it has got to, and for how long."""

    group = models.ForeignKey(ReviewGroup, models.PROTECT, related_name="meetings")
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    minutes = models.PositiveSmallIntegerField(default=60)
    # What to talk about: pairs of a review's and an outcome's number, in order.
    agenda = models.JSONField(default=list)
    # Where the room is, and since when.
    position = models.PositiveSmallIntegerField(default=0)
    moved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = pgettext_lazy("thing", "meeting")
        verbose_name_plural = pgettext_lazy("things", "meetings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(ended_at=None),
                name="one_running_meeting_a_group",
            )
        ]

    def __str__(self):
        return f"{self.group_id}: {self.started_at:%Y-%m-%d}"


class ActionOrigin(models.Model):
    """That an action came from a review: of an annotation, of a finding, or of the talk as a whole."""

    action = models.OneToOneField(Action, models.PROTECT, related_name="review_origin")
    review = models.ForeignKey(
        ClusterReview, models.PROTECT, related_name="action_origins"
    )
    annotation = models.ForeignKey(
        Annotation, models.PROTECT, null=True, related_name="action_origins"
    )
    finding = models.ForeignKey(
        Finding, models.PROTECT, null=True, related_name="action_origins"
    )

    class Meta:
        verbose_name = pgettext_lazy("thing", "origin of an action")
        verbose_name_plural = pgettext_lazy("things", "origins of actions")
        constraints = [
            models.CheckConstraint(
                condition=Q(annotation=None) | Q(finding=None),
                name="action_has_one_origin_at_most",
            )
        ]

    def __str__(self):
        return f"{self.action_id}: {self.review_id}"
