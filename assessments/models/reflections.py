"""Cycles and self-reflections, and every change of a self-reflection's state."""

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from assessments.models.choices import LANGUAGES, required_and_answered
from assessments.models.reading import (
    may_read_progress,
    may_read_submissions,
)
from assessments.models.submissions import Submission
from cdf_site.common.naming import named_in_both_languages
from frameworks.errata import read_over
from frameworks.models import Edition, Outcome
from organisations.models import Cluster, FormerName, User


class CycleQuerySet(models.QuerySet):
    def current(self):
        """The cycles that are open, the one that closes first at the top."""
        return self.filter(opened_at__isnull=False, closed_at=None).order_by(
            "closes_at"
        )

    def begun(self):
        """The cycles that were ever opened, the newest first."""
        return self.filter(opened_at__isnull=False).order_by("-opens_at")


class Cycle(models.Model):
    """A round in which every cluster reflects, on one edition of the framework."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="cycles", verbose_name=_("edition")
    )
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"))
    opened_at = models.DateTimeField(_("opened at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)

    objects = CycleQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment cycle")
        verbose_name_plural = _("assessment cycles")
        ordering = ["-opens_at"]
        constraints = [
            named_in_both_languages("cycle"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="cycle_closes_after_it_opens",
                violation_error_message=_("A cycle closes after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(opened_at__isnull=False),
                name="cycle_is_opened_before_it_is_closed",
            ),
        ]

    def __str__(self):
        return self.name or self.code

    @property
    def is_open(self):
        """Opened and not closed, also when its closing hour has passed."""
        return self.opened_at is not None and self.closed_at is None

    @property
    def shown_state(self):
        """The state in a reader's words: "planned", "open", "time_over" or "closed"."""
        if self.opened_at is None:
            return "planned"
        if self.closed_at is not None:
            return "closed"
        return "time_over" if self.time_is_over else "open"

    @cached_property
    def latest_extension(self):
        """The newest extension of the whole cycle, or None."""
        return self.extensions.order_by("-pk").first()

    @property
    def time_is_over(self):
        """Whether the closing hour has passed and nobody has closed the cycle yet."""
        return (
            self.opened_at is not None
            and self.closed_at is None
            and self.closes_at <= timezone.now()
        )


class SelfReflectionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those whose progress ``user`` may see; what is in them is asked for separately."""
        return self.filter(may_read_submissions(user))

    def with_shown_state(self):
        """Say what a state alone does not: whether there is a submission, or it was returned."""
        last_change = StateChange.objects.filter(reflection=OuterRef("pk")).order_by(
            "-pk"
        )
        return self.annotate(
            has_submission=Exists(Submission.objects.filter(reflection=OuterRef("pk"))),
            last_change_kind=Subquery(last_change.values("kind")[:1]),
        )

    def with_name_then(self):
        """Say what the cluster was called when it submitted last, or when its cycle was closed."""
        submitted = Submission.objects.filter(reflection=OuterRef("pk"))
        former = FormerName.objects.at(
            OuterRef("named_at"), cluster=OuterRef("cluster")
        )
        return self.annotate(
            named_at=Coalesce(
                Subquery(submitted.order_by("-number").values("submitted_at")[:1]),
                F("cycle__closed_at"),
            ),
            former_name_cy=Subquery(former.values("name_cy")),
            former_name_en=Subquery(former.values("name_en")),
        )

    def with_answered_count(self):
        """Count the answers that a complete self-reflection needs; see ``required_question``."""
        return self.annotate(
            answered_count=Count("answers", filter=required_and_answered("answers__"))
        )


class SelfReflection(models.Model):
    """What one cluster says of itself in one cycle, from not started to closed."""

    class State(models.TextChoices):
        NOT_STARTED = "not_started", pgettext_lazy("self-reflection", "Not started")
        DRAFT = "draft", pgettext_lazy("self-reflection", "Draft")
        SUBMITTED = "submitted", pgettext_lazy("self-reflection", "Submitted")
        IN_REVIEW = "in_review", pgettext_lazy("self-reflection", "In review")
        AGREED = "agreed", pgettext_lazy("self-reflection", "Agreed")
        CLOSED = "closed", pgettext_lazy("self-reflection", "Closed")

    cycle = models.ForeignKey(
        Cycle, models.PROTECT, related_name="reflections", verbose_name=_("cycle")
    )
    cluster = models.ForeignKey(
        Cluster, models.PROTECT, related_name="reflections", verbose_name=_("cluster")
    )
    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.NOT_STARTED
    )
    # The closing hour of the latest extension, where there is one that is later than the cycle's.
    extended_to = models.DateTimeField(_("extended to"), null=True, editable=False)

    objects = SelfReflectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("self-reflection")
        verbose_name_plural = _("self-reflections")
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "cluster"],
                name="one_self_reflection_a_cluster_and_cycle",
            ),
        ]

    def __str__(self):
        return f"{self.cluster} ({self.cycle})"

    @cached_property
    def names_then(self):
        """What the cluster was called when it submitted last; until it does, what it is today.

        In both languages. Of a submission, the names are those that are frozen in it: whoever shows
        one puts them here.
        """
        named = self
        if "former_name_cy" not in self.__dict__:
            named = SelfReflection.objects.with_name_then().get(pk=self.pk)
        return {
            "cy": named.former_name_cy or self.cluster.name_cy,
            "en": named.former_name_en or self.cluster.name_en,
        }

    @property
    def cluster_name(self):
        """The cluster by the name it had then, in the language of the page."""
        return self.names_then["cy" if get_language() == "cy" else "en"]

    @property
    def name_now(self):
        """What the cluster is called today, where that is another name; else nothing."""
        name = self.cluster.name
        return name if name != self.cluster_name else ""

    @property
    def is_unsent(self):
        """Not with anybody else: not started, or a draft."""
        return self.state in UNSENT

    @property
    def closes_at(self):
        """When this cluster's time ends: the cycle's closing hour, or that of an extension."""
        return max(self.cycle.closes_at, self.extended_to or self.cycle.closes_at)

    @property
    def days_left(self):
        """Days from today to the day on which this cluster's time ends, 0 on that day itself."""
        return (timezone.localdate(self.closes_at) - timezone.localdate()).days

    @property
    def is_in_time(self):
        """Whether the cycle is open and this cluster's closing hour has not passed."""
        return (
            self.cycle.opened_at is not None
            and self.cycle.closed_at is None
            and self.cycle.opens_at <= timezone.now() < self.closes_at
        )

    @property
    def time_is_over(self):
        """Whether this cluster's closing hour has passed and nobody has closed the cycle yet."""
        return self.cycle.time_is_over and self.closes_at <= timezone.now()

    @property
    def may_be_extended(self):
        """Whether a board may give this cluster more time, also when its own has passed."""
        return (
            self.is_unsent
            and self.cycle.opened_at is not None
            and self.cycle.closed_at is None
        )

    @property
    def takes_answers(self):
        """Whether answers may be saved now; asked again under the lock by the service."""
        return self.is_unsent and self.is_in_time

    @cached_property
    def latest_submission(self):
        return self.submissions.order_by("-number").first()

    @cached_property
    def last_change(self):
        return self.state_changes.order_by("-pk").first()

    @cached_property
    def latest_extension(self):
        """The newest extension, or None; where there is none, nothing is asked."""
        if self.extended_to is None:
            return None
        return max(self.extensions.all(), key=lambda extension: extension.pk)

    @cached_property
    def return_reasons(self):
        """What the board asks for in each outcome, while the cluster works on a return."""
        if self.state != self.State.DRAFT:
            return []
        latest = StateChange.objects.filter(reflection=self).order_by("-pk")
        reasons = list(
            ReturnReason.objects.filter(
                change=Subquery(latest.values("pk")[:1])
            ).select_related("outcome__module")
        )
        for outcome in (reason.outcome for reason in reasons):
            read_over(self.cycle.edition, [outcome, outcome.module])
        return reasons

    @property
    def shown_state(self):
        """The state in a reader's words: also "returned" and "not_submitted"."""
        if self.state == self.State.CLOSED and not self._has_submission:
            return "not_submitted"
        if (
            self.state == self.State.DRAFT
            and self._last_change_kind == StateChange.Kind.RETURNED
        ):
            return "returned"
        return self.state

    # Annotated for lists by ``with_shown_state``, asked for where one is shown.
    @property
    def _has_submission(self):
        if "has_submission" in self.__dict__:
            return self.has_submission
        return self.latest_submission is not None

    @property
    def _last_change_kind(self):
        if "last_change_kind" in self.__dict__:
            return self.last_change_kind
        return self.last_change and self.last_change.kind


UNSENT = (SelfReflection.State.NOT_STARTED, SelfReflection.State.DRAFT)


class StateChange(models.Model):
    """One change of a self-reflection's state: who, when and why."""

    class Kind(models.TextChoices):
        STARTED = "started", pgettext_lazy("self-reflection", "started")
        SUBMITTED = "submitted", pgettext_lazy("self-reflection", "submitted")
        WITHDRAWN = "withdrawn", pgettext_lazy("self-reflection", "withdrawn")
        RETURNED = "returned", pgettext_lazy("self-reflection", "returned")
        REVIEW_BEGUN = "review_begun", pgettext_lazy("self-reflection", "review begun")
        AGREED = "agreed", pgettext_lazy("self-reflection", "agreement recorded")
        CLOSED = "closed", pgettext_lazy("self-reflection", "closed")

    reflection = models.ForeignKey(
        SelfReflection, models.PROTECT, related_name="state_changes"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    from_state = models.CharField(max_length=20, choices=SelfReflection.State)
    to_state = models.CharField(max_length=20, choices=SelfReflection.State)
    reason = models.TextField(blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = pgettext_lazy("thing", "state change")
        verbose_name_plural = pgettext_lazy("things", "state changes")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.reflection_id}: {self.kind}"


class ReturnReason(models.Model):
    """What a board asks a cluster to look at again in one outcome; part of a return."""

    change = models.ForeignKey(
        StateChange, models.PROTECT, related_name="return_reasons"
    )
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="+")
    text = models.TextField()
    language = models.CharField(max_length=2, choices=LANGUAGES)

    class Meta:
        verbose_name = pgettext_lazy("thing", "reason for a return")
        verbose_name_plural = pgettext_lazy("things", "reasons for a return")
        ordering = ["outcome__module__number", "outcome__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "outcome"], name="one_return_reason_an_outcome"
            ),
        ]

    def __str__(self):
        return f"{self.change_id}: {self.outcome_id}"


class ExtensionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Its cluster's, its board's and the national officers'."""
        return self.filter(may_read_progress(user, "reflection__"))


class Extension(models.Model):
    """More time for one cluster, granted by its board with a reason; kept for good."""

    reflection = models.ForeignKey(
        SelfReflection, models.PROTECT, related_name="extensions"
    )
    closes_at = models.DateTimeField()
    reason = models.TextField()
    language = models.CharField(max_length=2, choices=LANGUAGES)
    granted_at = models.DateTimeField(default=timezone.now)
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "extension")
        verbose_name_plural = pgettext_lazy("things", "extensions")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.reflection_id}: {self.closes_at:%Y-%m-%d %H:%M}"
