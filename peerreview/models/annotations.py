"""What reviewers say of a submission, and what is said to that."""

import uuid

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models import Submission
from frameworks.models import Criterion, Outcome
from organisations.models import User
from peerreview.models.groups import Assignment, ClusterReview
from peerreview.models.rounds import ReviewPhase
from peerreview.models.writing import Written, WrittenVersion, history_constraints


class AnnotationKind(models.TextChoices):
    """What somebody means by an annotation."""

    QUESTION = "question", pgettext_lazy("annotation", "Question")
    SUGGESTION = "suggestion", pgettext_lazy("annotation", "Suggestion")
    EVIDENCE = "evidence", pgettext_lazy("annotation", "Evidence wanted")
    GOOD_PRACTICE = "good_practice", pgettext_lazy("annotation", "Good practice")
    SUPPORT = "support", pgettext_lazy("annotation", "Support offered")


class AnnotationQuerySet(models.QuerySet):
    def roots(self):
        """Annotations themselves, without the replies to them."""
        return self.filter(parent=None)

    def open(self):
        return self.filter(resolved_at=None)

    def standing(self):
        """Without those that their author took back."""
        return self.filter(removed_at=None)

    def visible_to(self, user):
        """One's own, and of what was shared that which the phase lets one see.

        A facilitator sees all that was shared. Reviewers see each other's always, after their own or
        never. The cluster, its board and the national officers see it once the cluster does. A reply
        is seen by whoever sees what it replies to.
        """
        threads = Annotation.objects.threads_visible_to(user).values("pk")
        return self.alias(thread=Coalesce("parent_id", "pk")).filter(
            Q(parent=None) | Q(author=user) | Q(shared_at__isnull=False),
            thread__in=threads,
        )

    def threads_visible_to(self, user):
        """As ``visible_to``, of annotations themselves.

        A rule is said once in the query where it can be: the larger part of a page's time went into
        saying it eleven times.
        """
        reviewed = ClusterReview.objects.read_by_reviewer(user).values("pk")
        beside = ClusterReview.objects.known_beside_reviewing(user)
        facilitated = Assignment.objects.of_facilitator(user)
        own_shared = Annotation.objects.filter(
            review=OuterRef("review"),
            author=user,
            parent=None,
            shared_at__isnull=False,
            removed_at=None,
        )
        always, after_own = (
            Q(
                review__round__in=ReviewPhase.objects.current()
                .filter(reviewers_see=sight)
                .values("round")
            )
            for sight in (ReviewPhase.Sight.ALWAYS, ReviewPhase.Sight.AFTER_OWN)
        )
        own, shared = Q(author=user), Q(shared_at__isnull=False)
        as_reviewer = Q(review__in=reviewed) & (
            own
            | shared
            & (
                Q(review__group__in=facilitated.values("group"))
                | always
                | Q(Exists(own_shared)) & after_own
            )
        )
        otherwise = Q(review__in=beside.values("pk")) & own | shared & Q(
            review__in=beside.cluster_sees().values("pk")
        ) & ~Q(review__in=reviewed)
        return self.filter(as_reviewer | otherwise, parent=None)


class Annotation(Written):
    """One remark on a submission: on the whole of it, an outcome or one criterion; or a reply to one.

    It belongs to its author, and stays with the submission that it was about.
    """

    Kind = AnnotationKind

    class Voice(models.TextChoices):
        """In what capacity it was written."""

        REVIEWER = "reviewer", _("peer reviewer")
        FACILITATOR = "facilitator", _("facilitator")
        CLUSTER = "cluster", _("the cluster")

    # Chosen by the page before anything is saved, so that what is sent twice is saved once.
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    review = models.ForeignKey(
        ClusterReview, models.PROTECT, related_name="annotations"
    )
    submission = models.ForeignKey(
        Submission, models.PROTECT, related_name="annotations"
    )
    outcome = models.ForeignKey(Outcome, models.PROTECT, null=True, related_name="+")
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, related_name="+"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replies"
    )
    voice = models.CharField(max_length=20, choices=Voice)
    author = models.ForeignKey(User, models.PROTECT, related_name="annotations")
    written_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # Its author took it back; it is kept, and can be put back.
    removed_at = models.DateTimeField(null=True)

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "annotation")
        verbose_name_plural = pgettext_lazy("things", "annotations")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["review", "outcome"], name="annotation_of_an_outcome")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(criterion=None) | Q(outcome__isnull=False),
                name="annotation_of_a_criterion_names_its_outcome",
            ),
            models.CheckConstraint(
                condition=Q(parent=None, choice__in=["", *AnnotationKind.values])
                | Q(parent__isnull=False, choice="", resolved_at=None),
                name="annotation_has_a_kind_and_a_reply_has_none",
            ),
            models.CheckConstraint(
                condition=Q(shared_at=None) | Q(parent__isnull=False) | ~Q(choice=""),
                name="shared_annotation_has_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="annotation_is_resolved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("pk")),
                name="annotation_is_no_reply_to_itself",
            ),
        ]

    def __str__(self):
        return f"{self.review_id}: {self.choice or 'reply'} {self.pk}"

    @property
    def kind_label(self):
        return self.Kind(self.choice).label if self.choice else ""

    @property
    def is_resolved(self):
        return self.resolved_at is not None


class AnnotationVersionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """How a text came about is its author's alone."""
        return self.filter(written__author=user)


class AnnotationVersion(WrittenVersion):
    """A version of an annotation, or a text refused as one."""

    written = models.ForeignKey(Annotation, models.PROTECT, related_name="versions")

    objects = AnnotationVersionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "version of an annotation")
        verbose_name_plural = pgettext_lazy("things", "versions of an annotation")
        ordering = ["pk"]
        constraints = history_constraints("annotation")

    def __str__(self):
        return f"{self.written_id}: {self.version or self.refusal}"


class Resolution(models.Model):
    """That an annotation was resolved, or opened again; by whom and when."""

    annotation = models.ForeignKey(
        Annotation, models.PROTECT, related_name="resolutions"
    )
    is_resolved = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = pgettext_lazy("thing", "resolution")
        verbose_name_plural = pgettext_lazy("things", "resolutions")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.annotation_id}: {self.is_resolved}"


class Mention(models.Model):
    """That a colleague was named in an annotation or a reply, to have a look."""

    annotation = models.ForeignKey(Annotation, models.PROTECT, related_name="mentions")
    user = models.ForeignKey(User, models.PROTECT, related_name="mentions")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = pgettext_lazy("thing", "mention")
        verbose_name_plural = pgettext_lazy("things", "mentions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["annotation", "user"], name="one_mention_a_person"
            )
        ]

    def __str__(self):
        return f"{self.annotation_id}: {self.user_id}"
