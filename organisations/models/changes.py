"""What became of clusters: the names that they had, and which ones follow others."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cdf_site.common.naming import named_in_both_languages
from organisations.models.people import User
from organisations.models.places import Cluster


class FormerNameQuerySet(models.QuerySet):
    def at(self, instant, *, cluster):
        """The name that ``cluster`` had at ``instant``, where it is not today's; both expressions.

        As a subquery it has at most one row; where there is none, the name is today's.
        """
        return self.filter(cluster=cluster, renamed_at__gt=instant).order_by(
            "renamed_at", "pk"
        )[:1]


class FormerName(models.Model):
    """A name that a cluster had until an instant; appended only."""

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="former_names")
    name_cy = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    renamed_at = models.DateTimeField(default=timezone.now)
    renamed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    objects = FormerNameQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "former name")
        verbose_name_plural = pgettext_lazy("things", "former names")
        ordering = ["renamed_at", "pk"]
        constraints = [named_in_both_languages("former_name")]

    def __str__(self):
        return f"{self.cluster_id}: {self.name_en}"


class SuccessionQuerySet(models.QuerySet):
    def in_effect(self):
        """Those whose day has come."""
        return self.filter(effective_on__lte=timezone.localdate())

    def ahead(self):
        """Those that are decided, and whose day has not come yet."""
        return self.filter(effective_on__gt=timezone.localdate())


class Succession(models.Model):
    """That one cluster carries on for another from a day on; appended only.

    Whoever follows a cluster follows those that it had followed too: such rows are there from the
    beginning, with ``is_direct`` false, so that nobody has to climb a tree to know who may read.
    """

    class Kind(models.TextChoices):
        MERGED = "merged", pgettext_lazy("a cluster", "merged")
        SPLIT = "split", pgettext_lazy("a cluster", "split")

    predecessor = models.ForeignKey(
        Cluster, models.PROTECT, related_name="later_successions"
    )
    successor = models.ForeignKey(
        Cluster, models.PROTECT, related_name="earlier_successions"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    effective_on = models.DateField()
    is_direct = models.BooleanField(default=True)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "succession")
        verbose_name_plural = pgettext_lazy("things", "successions")
        ordering = ["effective_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"], name="one_succession_a_pair"
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="no_cluster_succeeds_itself",
            ),
        ]

    def __str__(self):
        return f"{self.predecessor_id} → {self.successor_id}"
