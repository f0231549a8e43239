"""Who may read which rows of a cluster; the querysets' ``visible_to`` ask here."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisations.models import CLUSTER_ROLES, Cluster, Role, Succession, User


def may_read_progress(user, prefix=""):
    """Rows of a cluster whose progress ``user`` may see: its people, its board, nationally."""
    if user.has_role(Role.NATIONAL_OFFICER):
        return Q(
            **{f"{prefix}pk__isnull": False}
        )  # not Q(), which vanishes beside an "or"
    return Q(**{f"{prefix}cluster__in": user.cluster_ids(*CLUSTER_ROLES)}) | Q(
        **{f"{prefix}cluster__health_board__in": user.health_board_ids()}
    )


def may_read_answers(user, prefix=""):
    """Rows of a cluster whose drafts ``user`` may read: its own people alone."""
    return Q(**{f"{prefix}cluster__in": user.cluster_ids(*CLUSTER_ROLES)})


def may_read_submissions(user, prefix=""):
    """Rows whose submissions ``user`` may read: as progress, and reviewers with access now.

    So may the people of a cluster read what those submitted that it follows.
    """
    if user.has_role(Role.NATIONAL_OFFICER):
        return may_read_progress(user, prefix)  # which is all there is
    return (
        may_read_progress(user, prefix)
        | Q(**{f"{prefix}pk__in": reviewed_by(user)})
        | Q(**{f"{prefix}cluster__in": followed_by(user)})
    )


def readable_clusters(user):
    """The clusters that ``user`` may read more of than agreed levels.

    Theirs and those that theirs follow, their board's, those they review now, or all of Wales.
    """
    if user.has_role(Role.NATIONAL_OFFICER):
        return Cluster.objects.all()
    return Cluster.objects.filter(
        Q(pk__in=user.cluster_ids(*CLUSTER_ROLES))
        | Q(pk__in=followed_by(user))
        | Q(health_board__in=user.health_board_ids())
        | Q(
            pk__in=ReviewAccess.objects.running()
            .filter(user=user)
            .values("reflection__cluster")
        )
    )


def reads_cluster(user, cluster):
    """Whether ``cluster`` is one of ``readable_clusters``: no query where memberships say so."""
    return (
        user.has_role(Role.NATIONAL_OFFICER)
        or cluster.pk in user.cluster_ids(*CLUSTER_ROLES)
        or cluster.health_board_id in user.health_board_ids()
        or readable_clusters(user).filter(pk=cluster.pk).exists()
    )


def may_read_figures(user):
    """Figures that ``user`` may read: those of the clusters that they may read."""
    if user.has_role(Role.NATIONAL_OFFICER):
        return Q(pk__isnull=False)
    return Q(cluster__in=readable_clusters(user))


def reviewed_by(user):
    """The self-reflections that ``user`` may read as a reviewer now, as a subquery."""
    return ReviewAccess.objects.running().filter(user=user).values("reflection")


def followed_by(user):
    """The clusters that those of ``user`` follow, as a subquery."""
    return (
        Succession.objects.in_effect()
        .filter(successor__in=user.cluster_ids(*CLUSTER_ROLES))
        .values("predecessor")
    )


class ReviewAccessQuerySet(models.QuerySet):
    def running(self):
        """Those that hold now, of people who can sign in."""
        now = timezone.now()
        return self.filter(user__is_active=True, starts_at__lte=now, ends_at__gt=now)


class ReviewAccess(models.Model):
    """A reviewer's or facilitator's leave to read a cluster's submissions, for a time."""

    class Role(models.TextChoices):
        REVIEWER = "reviewer", _("peer reviewer")
        FACILITATOR = "facilitator", _("facilitator")
        # Of what the cluster said in an earlier cycle, beside what is reviewed.
        READER = "reader", _("reader")

    REVIEWING = (Role.REVIEWER, Role.FACILITATOR)

    reflection = models.ForeignKey(
        "assessments.SelfReflection", models.PROTECT, related_name="review_accesses"
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="review_accesses")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    role = models.CharField(max_length=20, choices=Role, default=Role.REVIEWER)
    # What gave it: the code of a review round.
    source = models.CharField(max_length=40, blank=True, db_index=True)

    objects = ReviewAccessQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "reviewer's access")
        verbose_name_plural = pgettext_lazy("things", "reviewers' access")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="review_access_ends_after_it_starts",
            )
        ]

    def __str__(self):
        return f"{self.reflection_id}: {self.user_id}"
