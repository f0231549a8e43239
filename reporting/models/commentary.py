"""What an officer says of an exhibit, or of a whole page of the dashboard."""

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models import LANGUAGES, Cycle
from assessments.models.reading import readable_clusters
from organisations.models import (
    CLUSTER_ROLES,
    Cluster,
    HealthBoard,
    LocalAuthority,
    Role,
)
from peerreview.models.writing import Written, WrittenVersion, history_constraints

SHOWN = "shown"  # the choice of a note that readers see; without it, officers alone do
A_CLUSTER = "cluster-"  # how the code of a cluster's scope begins


def _codes(kind, places):
    return places.annotate(
        scope_code=Concat(Value(f"{kind}-"), "code", output_field=models.CharField())
    ).values("scope_code")


def _written_by(user):
    """The scopes, by code, on which an officer of a health board may write."""
    boards = user.health_board_ids()
    theirs = Cluster.objects.filter(health_board__in=boards)
    elsewhere = Cluster.objects.exclude(health_board__in=boards)
    authorities = LocalAuthority.objects.filter(
        pk__in=theirs.values("local_authority")
    ).exclude(pk__in=elsewhere.values("local_authority"))
    return (
        Q(scope__in=_codes("board", HealthBoard.objects.filter(pk__in=boards)))
        | Q(scope__in=_codes("cluster", theirs))
        | Q(scope__in=_codes("authority", authorities))
    )


class CommentaryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What is shown of the scopes that ``user`` may open, and all of those they may write on."""
        if user.has_role(Role.NATIONAL_OFFICER):
            return self.all()
        if not user.has_role(*CLUSTER_ROLES, Role.HEALTH_BOARD_OFFICER):
            return self.none()
        opened = ~Q(scope__startswith=A_CLUSTER) | Q(
            scope__in=_codes("cluster", readable_clusters(user))
        )
        seen = opened & Q(shared_at__isnull=False)
        if user.health_board_ids():
            seen |= _written_by(user)
        return self.filter(seen)

    def shown(self):
        return self.filter(shared_at__isnull=False)


class Commentary(Written):
    """A note in one language on one exhibit of one scope in one cycle.

    Whoever may open the page of that scope reads it while it is shown. Whether it is belongs to what
    is saved, so that two officers cannot undo each other's without being told. The same note in the
    other language is a row of its own, so that each is saved, and refused, alone.
    """

    class Choice(models.TextChoices):
        SHOWN = SHOWN, _("Shown on the dashboard")

    scope = models.CharField(max_length=80)  # as its address names it
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    exhibit = models.CharField(max_length=80, blank=True)  # none: of the whole page
    written_for = models.CharField(max_length=2, choices=LANGUAGES)
    # Whose officer wrote what stands here; none: the national programme's.
    health_board = models.ForeignKey(
        HealthBoard, models.PROTECT, related_name="+", null=True
    )

    objects = CommentaryQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "commentary")
        verbose_name_plural = pgettext_lazy("things", "commentaries")
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "cycle", "exhibit", "written_for"],
                name="one_commentary_an_exhibit_and_language",
            )
        ]

    def __str__(self):
        return f"{self.scope}: {self.exhibit} ({self.written_for})"


class CommentaryVersionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The history is for those who may write: what was withdrawn stays among officers."""
        if user.has_role(Role.NATIONAL_OFFICER):
            return self.all()
        if not user.health_board_ids():
            return self.none()
        return self.filter(
            written__in=Commentary.objects.filter(_written_by(user)).values("pk")
        )


class CommentaryVersion(WrittenVersion):
    """A version of a commentary, or a text refused as one; kept for good."""

    written = models.ForeignKey(Commentary, models.PROTECT, related_name="versions")

    objects = CommentaryVersionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "version of a commentary")
        verbose_name_plural = pgettext_lazy("things", "versions of a commentary")
        ordering = ["pk"]
        constraints = history_constraints("commentary")

    def __str__(self):
        return f"{self.written_id}: {self.version or self.refusal}"
