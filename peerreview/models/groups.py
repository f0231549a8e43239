"""Groups, the clusters that are reviewed in them, and the people who do it."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models import LANGUAGES, ReviewAccess, SelfReflection
from organisations.models import CLUSTER_ROLES, Role, User
from peerreview.models.rounds import ReviewPhase, ReviewRound


class ReviewGroupQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those that somebody arranges; once announced, the people's in it and its boards'."""
        if user.has_role(Role.NATIONAL_OFFICER):
            return self
        organised = ReviewRound.objects.organised_by(user).values("pk")
        part = self.model.objects.filter(
            Q(assignments__in=Assignment.objects.running().filter(user=user))
            | Q(
                reviews__withdrew_at=None,
                reviews__reflection__cluster__in=user.cluster_ids(*CLUSTER_ROLES),
            )
            | Q(reviews__reflection__cluster__health_board__in=user.health_board_ids()),
            round__announced_at__isnull=False,
        )
        return self.filter(Q(round__in=organised) | Q(pk__in=part.values("pk")))


class ReviewGroup(models.Model):
    """Clusters that are reviewed together, with their reviewers, a facilitator and a meeting."""

    round = models.ForeignKey(ReviewRound, models.PROTECT, related_name="groups")
    number = models.PositiveSmallIntegerField(_("number"))
    meets_at = models.DateTimeField(_("when the group meets"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("length of the meeting in minutes"), default=60
    )
    place = models.CharField(_("place"), max_length=300, blank=True)
    link = models.URLField(_("link to the meeting"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = ReviewGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("review group")
        verbose_name_plural = _("review groups")
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "number"], name="review_group_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(minutes__range=(15, 480)),
                name="review_meeting_has_a_sensible_length",
            ),
        ]

    def __str__(self):
        return f"{self.round_id}: {self.number}"


class AssignmentQuerySet(models.QuerySet):
    def running(self):
        """Those that nobody has ended, of people who can sign in."""
        return self.filter(ended_at=None, user__is_active=True)

    def of_facilitator(self, user):
        """Where ``user`` facilitates now."""
        return self.running().filter(user=user, role=Assignment.Role.FACILITATOR)

    def in_running_rounds(self):
        """Those of rounds that were announced and are not closed."""
        closed = ReviewPhase.objects.filter(
            kind=ReviewPhase.Kind.CLOSED, starts_on__lte=timezone.localdate()
        )
        return self.filter(group__round__announced_at__isnull=False).exclude(
            group__round__in=closed.values("round")
        )

    def visible_to(self, user):
        """One's own, and those of the groups that one knows of; pages tell few why somebody declined."""
        return self.filter(
            Q(user=user)
            | Q(group__in=ReviewGroup.objects.visible_to(user).values("pk"))
        )


class Assignment(models.Model):
    """That somebody reviews, or facilitates, in one group of one round."""

    class Role(models.TextChoices):
        REVIEWER = "reviewer", _("peer reviewer")
        FACILITATOR = "facilitator", _("facilitator")

    class Ending(models.TextChoices):
        DECLINED = "declined", pgettext_lazy("assignment", "Declined")
        REPLACED = "replaced", pgettext_lazy("assignment", "Replaced")
        REMOVED = "removed", pgettext_lazy("assignment", "Removed")

    group = models.ForeignKey(ReviewGroup, models.PROTECT, related_name="assignments")
    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=20, choices=Role)
    assigned_at = models.DateTimeField(default=timezone.now)
    assigned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ending = models.CharField(max_length=20, choices=Ending, blank=True)
    # Why somebody declined; for whoever arranges the round.
    reason = models.TextField(blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "assignment")
        verbose_name_plural = pgettext_lazy("things", "assignments")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "user"],
                condition=Q(ended_at=None),
                name="one_running_assignment_a_person_and_group",
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(ended_at=None, role="facilitator"),
                name="one_facilitator_a_group",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ending="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ending=""),
                name="assignment_is_ended_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.group_id}: {self.user_id} ({self.role})"


class ClusterReviewQuerySet(models.QuerySet):
    def read_by_reviewer(self, user):
        """Those that ``user`` may read as a reviewer or facilitator now.

        The round's access to the submission, the assignment to the group, and no membership in the cluster:
        whoever becomes its member is no peer any more, at their next request.
        """
        now = timezone.now()
        access = ReviewAccess.objects.filter(
            reflection=OuterRef("reflection"),
            user=user,
            source=OuterRef("round__code"),
            role__in=ReviewAccess.REVIEWING,
            starts_at__lte=now,
            ends_at__gt=now,
        )
        return self.filter(
            Exists(access),
            group__in=Assignment.objects.running().filter(user=user).values("group"),
            withdrew_at=None,
            round__announced_at__isnull=False,
        ).exclude(reflection__cluster__in=user.cluster_ids(*CLUSTER_ROLES))

    def facilitated_by(self, user):
        return self.read_by_reviewer(user).filter(
            group__in=Assignment.objects.of_facilitator(user).values("group")
        )

    def known_beside_reviewing(self, user):
        """The cluster's own people's, its board's and the national officers'."""
        if user.has_role(Role.NATIONAL_OFFICER):
            return self
        return self.filter(self._beside(user))

    def visible_to(self, user):
        """As ``known_beside_reviewing``, and its reviewers'."""
        if user.has_role(Role.NATIONAL_OFFICER):
            return self
        reviewed = self.model.objects.read_by_reviewer(user).values("pk")
        return self.filter(Q(pk__in=reviewed) | self._beside(user))

    @staticmethod
    def _beside(user):
        return Q(round__announced_at__isnull=False) & (
            Q(reflection__cluster__in=user.cluster_ids(*CLUSTER_ROLES))
            | Q(reflection__cluster__health_board__in=user.health_board_ids())
        ) | Q(round__in=ReviewRound.objects.organised_by(user).values("pk"))

    def taking_part(self):
        return self.filter(withdrew_at=None)

    def cluster_sees(self):
        """Those whose cluster may see now what was shared."""
        return self.filter(
            round__in=ReviewPhase.objects.current()
            .filter(cluster_sees=True)
            .values("round")
        )


class ClusterReview(models.Model):
    """The review of one cluster in one round: what it submitted, read by a group."""

    class MeetsIn(models.TextChoices):
        WELSH = "cy", _("Welsh")
        ENGLISH = "en", _("English")

    round = models.ForeignKey(ReviewRound, models.PROTECT, related_name="reviews")
    reflection = models.ForeignKey(
        SelfReflection, models.PROTECT, related_name="reviews"
    )
    group = models.ForeignKey(
        ReviewGroup, models.PROTECT, null=True, related_name="reviews"
    )
    # In which language its people prefer to meet; empty where either will do.
    meets_in = models.CharField(max_length=2, choices=MeetsIn, blank=True)
    withdrew_at = models.DateTimeField(null=True)
    withdrew_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    # The agreement was recorded by the group.
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ClusterReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review of a cluster")
        verbose_name_plural = _("reviews of clusters")
        ordering = ["round", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "reflection"], name="one_review_a_cluster_and_round"
            ),
            models.CheckConstraint(
                condition=Q(withdrew_at=None, withdrew_by=None)
                | Q(withdrew_at__isnull=False, withdrew_by__isnull=False),
                name="cluster_is_withdrawn_from_a_review_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at=None, agreed_by=None)
                | Q(agreed_at__isnull=False, agreed_by__isnull=False),
                name="review_is_agreed_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.round_id}: {self.reflection_id}"

    @property
    def cluster(self):
        return self.reflection.cluster

    @property
    def takes_part(self):
        return self.withdrew_at is None


class InterestQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and those in the rounds that one arranges."""
        return self.filter(
            Q(user=user)
            | Q(review__round__in=ReviewRound.objects.organised_by(user).values("pk"))
        )


class Interest(models.Model):
    """That somebody should not review one cluster, said by themselves, and why."""

    review = models.ForeignKey(ClusterReview, models.PROTECT, related_name="interests")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    declared_at = models.DateTimeField(default=timezone.now)

    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "declared interest")
        verbose_name_plural = pgettext_lazy("things", "declared interests")
        constraints = [
            models.UniqueConstraint(
                fields=["review", "user"], name="one_interest_a_person_and_review"
            )
        ]

    def __str__(self):
        return f"{self.review_id}: {self.user_id}"
