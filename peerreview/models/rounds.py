"""Rounds of peer review, and the phases that say who sees and does what when."""

from dataclasses import dataclass

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models import Cycle
from cdf_site.common.naming import named_in_both_languages
from organisations.models import CLUSTER_ROLES, HealthBoard, Role, User

LEAST, MOST = 3, 5  # clusters of a group


class ReviewRoundQuerySet(models.QuerySet):
    def organised_by(self, user):
        """Those that ``user`` may arrange: all for the national officer, a board's own for its officers."""
        if user.has_role(Role.NATIONAL_OFFICER):
            return self
        return self.filter(health_board__in=user.health_board_ids())

    def visible_to(self, user):
        """Those that somebody arranges or, once announced, takes part in or has a cluster in."""
        organised = self.organised_by(user)
        if user.has_role(Role.NATIONAL_OFFICER):
            return organised
        part = Q(
            pk__in=self.model.objects.filter(
                Q(reviews__reflection__cluster__in=user.cluster_ids(*CLUSTER_ROLES))
                | Q(
                    reviews__reflection__cluster__health_board__in=user.health_board_ids()
                )
                | Q(
                    groups__assignments__user=user,
                    groups__assignments__ended_at=None,
                    groups__assignments__user__is_active=True,
                ),
                announced_at__isnull=False,
            ).values("pk")
        )
        return self.filter(part | Q(pk__in=organised.values("pk")))


class ReviewRound(models.Model):
    """One round in which clusters of a cycle are reviewed by peers, phase by phase."""

    class Kind(models.TextChoices):
        CLUSTERS = "clusters", pgettext_lazy("review round", "Cluster peer review")
        WHOLE_CYCLE = (
            "whole_cycle",
            pgettext_lazy("review round", "Whole-cycle process"),
        )

    class Boards(models.TextChoices):
        """How groups are put together across health boards."""

        MIXED = "mixed", _("Groups mix health boards")
        WITHIN = "within", _("Each group is of one health board")
        ANY = "any", _("Health boards play no part")

    cycle = models.ForeignKey(
        Cycle, models.PROTECT, related_name="rounds", verbose_name=_("cycle")
    )
    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(
        _("kind"), max_length=20, choices=Kind, default=Kind.CLUSTERS
    )
    # A board's own round, for its clusters; a round without one is of all Wales.
    health_board = models.ForeignKey(
        HealthBoard,
        models.PROTECT,
        related_name="rounds",
        null=True,
        blank=True,
        verbose_name=_("health board"),
    )
    group_size = models.PositiveSmallIntegerField(_("clusters in a group"), default=4)
    boards = models.CharField(
        _("health boards in a group"),
        max_length=10,
        choices=Boards,
        default=Boards.MIXED,
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", editable=False
    )
    # From then on, people know of their groups, and what they may read opens phase by phase.
    announced_at = models.DateTimeField(null=True, editable=False)
    announced_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = ReviewRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("review round")
        verbose_name_plural = _("review rounds")
        ordering = ["-created_at", "-pk"]
        constraints = [
            named_in_both_languages("review_round"),
            models.CheckConstraint(
                condition=Q(group_size__range=(LEAST, MOST)),
                name="review_round_group_size_in_range",
            ),
            models.CheckConstraint(
                condition=Q(announced_at=None, announced_by=None)
                | Q(announced_at__isnull=False, announced_by__isnull=False),
                name="review_round_is_announced_by_somebody",
            ),
        ]

    def __str__(self):
        return self.name or self.code

    @property
    def is_announced(self):
        return self.announced_at is not None

    @property
    def is_whole_cycle(self):
        return self.kind == self.Kind.WHOLE_CYCLE

    @cached_property
    def phase(self):
        """The phase that the round is in today, or None before its first day."""
        today = timezone.localdate()
        begun = [phase for phase in self.phases.all() if phase.starts_on <= today]
        return max(begun, key=lambda phase: phase.starts_on, default=None)

    @property
    def is_closed(self):
        return bool(self.phase and self.phase.kind == ReviewPhase.Kind.CLOSED)

    @property
    def is_running(self):
        """Announced, begun and not closed: what is open to reviewers now."""
        return bool(self.is_announced and self.phase and not self.is_closed)


class ReviewPhaseQuerySet(models.QuerySet):
    def current(self):
        """The phase that each round is in today."""
        today = timezone.localdate()
        latest = (
            ReviewPhase.objects.filter(round=OuterRef("round"), starts_on__lte=today)
            .order_by("-starts_on")
            .values("pk")[:1]
        )
        return self.filter(pk=Subquery(latest))


class ReviewPhase(models.Model):
    """A stretch of a round: from its first day until the day before the next phase's.

    Only the first days are kept, so phases cannot overlap.
    """

    class Kind(models.TextChoices):
        READING = "reading", pgettext_lazy("review phase", "Reading")
        ANNOTATING = "annotating", pgettext_lazy("review phase", "Annotating")
        DISCUSSING = "discussing", pgettext_lazy("review phase", "Discussing")
        AGREEING = "agreeing", pgettext_lazy("review phase", "Agreeing")
        CLOSED = "closed", pgettext_lazy("review phase", "Closed")

    class Sight(models.TextChoices):
        """Whether reviewers see each other's annotations that were shared."""

        ALWAYS = "always", pgettext_lazy("annotations of others", "Always")
        AFTER_OWN = (
            "after_own",
            pgettext_lazy("annotations of others", "Once they have shared their own"),
        )
        NEVER = "never", pgettext_lazy("annotations of others", "Never")

    round = models.ForeignKey(ReviewRound, models.CASCADE, related_name="phases")
    kind = models.CharField(_("phase"), max_length=20, choices=Kind)
    starts_on = models.DateField(_("first day"))
    reviewers_annotate = models.BooleanField(_("reviewers annotate"), default=False)
    cluster_replies = models.BooleanField(_("the cluster replies"), default=False)
    reviewers_see = models.CharField(
        _("reviewers see each other's annotations"),
        max_length=10,
        choices=Sight,
        default=Sight.NEVER,
    )
    cluster_sees = models.BooleanField(
        _("the cluster sees what was shared"), default=False
    )

    objects = ReviewPhaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("review phase")
        verbose_name_plural = _("review phases")
        ordering = ["round", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "kind"], name="one_review_phase_of_a_kind"
            ),
            models.UniqueConstraint(
                fields=["round", "starts_on"], name="review_phases_do_not_overlap"
            ),
            models.CheckConstraint(
                condition=~Q(kind="closed")
                | Q(reviewers_annotate=False, cluster_replies=False),
                name="nothing_is_written_in_a_closed_review",
            ),
            models.CheckConstraint(
                condition=Q(cluster_replies=False) | Q(cluster_sees=True),
                name="a_cluster_replies_to_what_it_sees",
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    @property
    def is_for_meeting(self):
        """Whether groups meet in it, and record what they find."""
        return self.kind in {self.Kind.DISCUSSING, self.Kind.AGREEING}


@dataclass(frozen=True)
class PhaseRules:
    """What a phase of a kind says as long as nobody says otherwise."""

    reviewers_annotate: bool
    cluster_replies: bool
    reviewers_see: str
    cluster_sees: bool


USUAL_RULES = {
    ReviewPhase.Kind.READING: PhaseRules(True, False, ReviewPhase.Sight.NEVER, False),
    ReviewPhase.Kind.ANNOTATING: PhaseRules(
        True, False, ReviewPhase.Sight.AFTER_OWN, False
    ),
    ReviewPhase.Kind.DISCUSSING: PhaseRules(True, True, ReviewPhase.Sight.ALWAYS, True),
    ReviewPhase.Kind.AGREEING: PhaseRules(False, True, ReviewPhase.Sight.ALWAYS, True),
    ReviewPhase.Kind.CLOSED: PhaseRules(False, False, ReviewPhase.Sight.ALWAYS, True),
}
