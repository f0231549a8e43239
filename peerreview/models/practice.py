"""Good practice that clusters let others learn from."""

from django.db import models
from django.db.models import Exists, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models import LANGUAGES, LEVEL_CHOICES
from frameworks.models import Outcome
from organisations.models import CLUSTER_ROLES, Cluster, Succession, User
from peerreview.models.annotations import Annotation
from peerreview.models.groups import Assignment


def _followed_by(cluster_ids):
    """The clusters that those follow, as a subquery."""
    return (
        Succession.objects.in_effect()
        .filter(successor__in=cluster_ids)
        .values("predecessor")
    )


class GoodPracticeQuerySet(models.QuerySet):
    def shared(self):
        """Those to which consent was not withdrawn."""
        return self.filter(withdrawn_at=None)

    def visible_to(self, user):
        """Everybody's who is something to a cluster, a board or nationally, or reviews now.

        What was withdrawn is its cluster's, and theirs whose cluster carries on for it.
        """
        of_theirs = user.cluster_ids(*CLUSTER_ROLES)
        found = self.filter(
            Q(withdrawn_at=None)
            | Q(cluster__in=of_theirs)
            | Q(cluster__in=_followed_by(of_theirs))
        )
        if user.current_memberships:
            return found
        reviewing = Assignment.objects.running().in_running_rounds()
        return found.filter(Exists(reviewing.filter(user=user)))


class GoodPractice(models.Model):
    """An entry of the library: what a cluster does well, in its own words, with a contact."""

    annotation = models.OneToOneField(
        Annotation, models.PROTECT, related_name="good_practice"
    )
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="good_practices")
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="+")
    # The level that was agreed by then; none where none was. Never the cluster's own.
    level = models.PositiveSmallIntegerField(null=True, choices=LEVEL_CHOICES)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("what the cluster does, and what came of it"))
    language = models.CharField(max_length=2, choices=LANGUAGES)
    contact = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("contact")
    )
    consented_at = models.DateTimeField(default=timezone.now)
    consented_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = GoodPracticeQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "good practice")
        verbose_name_plural = pgettext_lazy("things", "good practice")
        ordering = ["-consented_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__lte=3),
                name="good_practice_level_in_range",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="good_practice_is_withdrawn_by_somebody",
            ),
        ]

    def __str__(self):
        return self.title

    def is_kept_by(self, cluster_ids):
        """Whether it is of one of the clusters, or of one that they follow."""
        return (
            self.cluster_id in cluster_ids
            or _followed_by(cluster_ids).filter(predecessor=self.cluster_id).exists()
        )


class ContactRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and those to the clusters in which one works."""
        of_theirs = user.cluster_ids(*CLUSTER_ROLES)
        return self.filter(
            Q(by=user)
            | Q(good_practice__cluster__in=of_theirs)
            | Q(good_practice__cluster__in=_followed_by(of_theirs))
        )


class ContactRequest(models.Model):
    """That somebody wants to be put in touch about good practice; one a person and entry."""

    good_practice = models.ForeignKey(
        GoodPractice, models.PROTECT, related_name="contact_requests"
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)

    objects = ContactRequestQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "contact request")
        verbose_name_plural = pgettext_lazy("things", "contact requests")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["good_practice", "by"], name="one_contact_request_a_person"
            )
        ]

    def __str__(self):
        return f"{self.good_practice_id}: {self.by_id}"
