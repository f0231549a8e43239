"""Who may read which rows of a cluster; the querysets' ``visible_to`` ask here."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from organisations.models import CLUSTER_ROLES, Role, Succession, User


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
    now = timezone.now()
    reviewed = ReviewAccess.objects.filter(
        user=user, user__is_active=True, starts_at__lte=now, ends_at__gt=now
    )
    return (
        may_read_progress(user, prefix)
        | Q(**{f"{prefix}pk__in": reviewed.values("reflection")})
        | Q(**{f"{prefix}cluster__in": followed_by(user)})
    )


def may_read_figures(user):
    """Figures that ``user`` may read: of their clusters and those they follow, as progress."""
    if user.has_role(Role.NATIONAL_OFFICER):
        return Q(pk__isnull=False)
    return (
        Q(cluster__in=user.cluster_ids(*CLUSTER_ROLES))
        | Q(cluster__in=followed_by(user))
        | Q(cluster__health_board__in=user.health_board_ids())
    )


def followed_by(user):
    """The clusters that those of ``user`` follow, as a subquery."""
    return (
        Succession.objects.in_effect()
        .filter(successor__in=user.cluster_ids(*CLUSTER_ROLES))
        .values("predecessor")
    )


class ReviewAccess(models.Model):
    """A reviewer's or facilitator's leave to read a cluster's submissions, for a time."""

    reflection = models.ForeignKey(
        "assessments.SelfReflection", models.PROTECT, related_name="review_accesses"
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="review_accesses")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

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
