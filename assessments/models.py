"""What a cluster says of itself: cycles, self-reflections, answers and submissions."""

import uuid

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments import maturity
from cdf_site.common.naming import named_in_both_languages
from frameworks.models import Criterion, Edition, EnablingFactor, Level, Outcome
from organisations.models import CLUSTER_ROLES, Cluster, Role, User

LANGUAGES = [("cy", _("Welsh")), ("en", _("English"))]
LEVEL_CHOICES = [(maturity.BELOW_LEVEL_1, _("Below level 1")), *Level.choices]


def level_in_range(field, name):
    """The constraint that a stored level is none, 0 (below level 1), 1, 2 or 3."""
    return models.CheckConstraint(
        condition=Q(**{field: None}) | Q(**{f"{field}__lte": 3}), name=name
    )


# Cycles and self-reflections ----------------------------------------------------------


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
    def takes_answers(self):
        """Whether text that arrives now is in time."""
        return (
            self.opened_at is not None
            and self.closed_at is None
            and self.opens_at <= timezone.now() < self.closes_at
        )


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
    """Rows whose submissions ``user`` may read: as progress, and reviewers with access now."""
    now = timezone.now()
    reviewed = ReviewAccess.objects.filter(
        user=user, user__is_active=True, starts_at__lte=now, ends_at__gt=now
    )
    return may_read_progress(user, prefix) | Q(
        **{f"{prefix}pk__in": reviewed.values("reflection")}
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

    @property
    def is_unsent(self):
        """Not with anybody else: not started, or a draft."""
        return self.state in {self.State.NOT_STARTED, self.State.DRAFT}

    @property
    def takes_answers(self):
        """Whether answers may be saved now; asked again under the lock by the service."""
        return self.is_unsent and self.cycle.takes_answers

    @cached_property
    def latest_submission(self):
        return self.submissions.order_by("-number").first()

    @cached_property
    def last_change(self):
        return self.state_changes.order_by("-pk").first()

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
        ordering = ["pk"]

    def __str__(self):
        return f"{self.reflection_id}: {self.kind}"


# Answers ------------------------------------------------------------------------------


class CriterionChoice(models.TextChoices):
    """To a criterion with a maturity level."""

    MET = maturity.MET, _("Met")
    PARTLY_MET = maturity.PARTLY_MET, _("Partly met")
    NOT_YET_MET = maturity.NOT_YET_MET, _("Not yet met")
    NOT_APPLICABLE = maturity.NOT_APPLICABLE, _("Not applicable")


class SignsChoice(models.TextChoices):
    """To a criterion without a level."""

    STRONG = "strong_signs", _("Strong signs")
    SOME = "some_signs", _("Some signs")
    NONE_YET = "no_signs_yet", _("No signs yet")


class FactorChoice(models.TextChoices):
    """To an enabling factor."""

    HELPS = "helps", _("Helps")
    HINDERS = "hinders", _("Hinders")
    BOTH = "both", _("Both helps and hinders")
    NEITHER = "neither", _("Neither")


class MethodChoice(models.TextChoices):
    """How the reflection was made."""

    FACILITATED = "facilitated", _("Facilitated discussion")
    LEAD_ALONE = "lead_alone", _("Lead alone")


class Profession(models.TextChoices):
    """Who took part: the professional collaboratives and their partners."""

    GENERAL_PRACTICE = "general_practice", _("General practice")
    PHARMACY = "pharmacy", _("Pharmacy")
    OPTOMETRY = "optometry", _("Optometry")
    DENTAL = "dental", _("Dental")
    COMMUNITY_NURSING = "community_nursing", _("Community nursing")
    ALLIED_HEALTH = "allied_health", _("Allied health professionals")
    SOCIAL_CARE = "social_care", _("Social care")
    THIRD_SECTOR = "third_sector", _("Third sector")
    LOCAL_AUTHORITY = "local_authority", _("Local authority")


class Question(models.TextChoices):
    """The questions that are not the framework's own criteria."""

    # part 1
    PARTICIPANTS = "participants", _("Who took part, by profession")
    METHOD = "method", _("How the reflection was made")
    HELD_ON = "held_on", _("Date of the discussion")
    ABOUT_CLUSTER = "about_cluster", _("About the cluster")
    # each outcome
    OWN_LEVEL = "own_level", _("The cluster's own level")
    TARGET_LEVEL = "target_level", _("Target level")
    GOING_WELL = "going_well", _("What is going well")
    IN_THE_WAY = "in_the_way", _("What gets in the way")
    SUPPORT_NEEDED = "support_needed", _("What support is needed")
    NEXT_STEPS = "next_steps", _("What happens next, and by when")
    # part 5
    SUPPORT_OVERALL = "support_overall", _("Support needed overall")
    ANYTHING_ELSE = "anything_else", _("Anything else")


CONTEXT_QUESTIONS = [
    Question.PARTICIPANTS,
    Question.METHOD,
    Question.HELD_ON,
    Question.ABOUT_CLUSTER,
]
LEVEL_QUESTIONS = [Question.OWN_LEVEL, Question.TARGET_LEVEL]
OUTCOME_TEXT_QUESTIONS = [
    Question.GOING_WELL,
    Question.IN_THE_WAY,
    Question.SUPPORT_NEEDED,
    Question.NEXT_STEPS,
]
CLOSING_QUESTIONS = [Question.SUPPORT_OVERALL, Question.ANYTHING_ELSE]
REFLECTION_QUESTIONS = CONTEXT_QUESTIONS + CLOSING_QUESTIONS
WRITTEN_QUESTIONS = [
    Question.HELD_ON,
    Question.ABOUT_CLUSTER,
    *OUTCOME_TEXT_QUESTIONS,
    *CLOSING_QUESTIONS,
]
OUTCOME_QUESTIONS = LEVEL_QUESTIONS + OUTCOME_TEXT_QUESTIONS
# A self-reflection is complete without its texts, but not without these.
REQUIRED_QUESTIONS = [
    Question.PARTICIPANTS,
    Question.METHOD,
    Question.HELD_ON,
    Question.OWN_LEVEL,
]


def required_and_answered(prefix=""):
    """Answers that count as progress: a choice or a date, where one is asked for."""
    required = (
        Q(**{f"{prefix}criterion__isnull": False})
        | Q(**{f"{prefix}enabling_factor__isnull": False})
        | Q(**{f"{prefix}question__in": REQUIRED_QUESTIONS})
    )
    answered = Q(**{f"{prefix}choice__gt": ""}) | Q(
        **{f"{prefix}dated_on__isnull": False}
    )
    return required & answered


LEVELS_AS_CHOICES = ["", *(str(level) for level, _label in LEVEL_CHOICES)]


def choice_fits_its_subject():
    """The constraint that a choice is one of those that its subject offers, or none."""
    return models.CheckConstraint(
        condition=Q(
            criterion__isnull=False,
            choice__in=["", *CriterionChoice.values, *SignsChoice.values],
        )
        | Q(enabling_factor__isnull=False, choice__in=["", *FactorChoice.values])
        | Q(question__in=LEVEL_QUESTIONS, choice__in=LEVELS_AS_CHOICES)
        | Q(question=Question.METHOD, choice__in=["", *MethodChoice.values])
        | Q(question=Question.PARTICIPANTS)  # several, joined; see assessments.subjects
        | Q(question__in=WRITTEN_QUESTIONS, choice=""),
        name="answer_choice_fits_its_subject",
    )


class AnswerQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A draft's content is its own cluster's."""
        return self.filter(may_read_answers(user, "reflection__"))


class Answer(models.Model):
    """One thing that saves alone: the answer to exactly one subject, with its version.

    An answer without choice, text and date is not answered: rows are emptied, never deleted.
    """

    reflection = models.ForeignKey(
        SelfReflection, models.PROTECT, related_name="answers"
    )
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, related_name="answers"
    )
    outcome = models.ForeignKey(
        Outcome, models.PROTECT, null=True, related_name="answers"
    )
    enabling_factor = models.ForeignKey(
        EnablingFactor, models.PROTECT, null=True, related_name="answers"
    )
    question = models.CharField(max_length=20, choices=Question, blank=True)
    # Several codes, where several may be chosen, stand in the list's order with spaces between.
    choice = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    dated_on = models.DateField(null=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    criterion__isnull=False,
                    outcome=None,
                    enabling_factor=None,
                    question="",
                )
                | Q(
                    criterion=None,
                    outcome__isnull=False,
                    enabling_factor=None,
                    question__in=OUTCOME_QUESTIONS,
                )
                | Q(
                    criterion=None,
                    outcome=None,
                    enabling_factor__isnull=False,
                    question="",
                )
                | Q(
                    criterion=None,
                    outcome=None,
                    enabling_factor=None,
                    question__in=REFLECTION_QUESTIONS,
                ),
                name="answer_has_exactly_one_subject",
            ),
            choice_fits_its_subject(),
            models.UniqueConstraint(
                fields=["reflection", "criterion"],
                condition=Q(criterion__isnull=False),
                name="one_answer_a_criterion",
            ),
            models.UniqueConstraint(
                fields=["reflection", "outcome", "question"],
                condition=Q(outcome__isnull=False),
                name="one_answer_a_question_of_an_outcome",
            ),
            models.UniqueConstraint(
                fields=["reflection", "enabling_factor"],
                condition=Q(enabling_factor__isnull=False),
                name="one_answer_an_enabling_factor",
            ),
            models.UniqueConstraint(
                fields=["reflection", "question"],
                condition=Q(criterion=None, outcome=None, enabling_factor=None),
                name="one_answer_a_question_of_the_reflection",
            ),
        ]

    def __str__(self):
        return f"{self.reflection_id}: {self.question or self.criterion_id or self.enabling_factor_id}"

    @property
    def content(self):
        """What was answered, without its language and version."""
        return (self.choice, self.text, self.dated_on)


class AnswerVersionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The history of an answer is its own cluster's, as the answer is."""
        return self.filter(may_read_answers(user, "answer__reflection__"))


class AnswerVersion(models.Model):
    """A text that was accepted as an answer's version, or refused; kept for good."""

    class Refusal(models.TextChoices):
        STALE = "stale", _("someone else had changed the answer")
        CLOSED = "closed", _("the self-reflection could no longer be changed")

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField(null=True)  # none where it was refused
    base_version = models.PositiveIntegerField()
    refusal = models.CharField(max_length=10, choices=Refusal, blank=True)
    choice = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    dated_on = models.DateField(null=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    operation_id = models.UUIDField(default=uuid.uuid4)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = AnswerVersionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "version"], name="answer_version_unique_in_answer"
            ),
            models.UniqueConstraint(
                fields=["answer", "operation_id"], name="one_version_an_operation"
            ),
            models.CheckConstraint(
                condition=Q(version=None) & ~Q(refusal="")
                | Q(version__isnull=False, refusal=""),
                name="answer_version_is_accepted_or_refused",
            ),
        ]

    def __str__(self):
        return f"{self.answer_id}: {self.version or self.refusal}"

    @property
    def content(self):
        return (self.choice, self.text, self.dated_on)


# What was submitted, and what came of it ------------------------------------------------


class SubmissionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Its cluster's, its board's and the national officers', and reviewers' with access."""
        return self.filter(may_read_submissions(user, "reflection__"))

    def latest_of_each(self):
        """The newest of each self-reflection."""
        newer = Submission.objects.filter(
            reflection=OuterRef("reflection"), number__gt=OuterRef("number")
        )
        return self.filter(~Exists(newer))


class Submission(models.Model):
    """A self-reflection as it was sent, with its framework text; never changed afterwards."""

    reflection = models.ForeignKey(
        SelfReflection, models.PROTECT, related_name="submissions"
    )
    number = models.PositiveSmallIntegerField()
    # Canonical JSON as text: a JSON column may reorder keys, and the hash would not hold.
    content = models.TextField()
    content_hash = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["reflection", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["reflection", "number"], name="submission_number_unique"
            ),
        ]

    def __str__(self):
        return f"{self.reflection_id}: {self.number}"


class SubmittedOutcome(models.Model):
    """The levels and counts of one outcome at submission, so that no page recomputes them."""

    submission = models.ForeignKey(
        Submission, models.PROTECT, related_name="submitted_outcomes"
    )
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="+")
    uses_levels = models.BooleanField()
    own_level = models.PositiveSmallIntegerField(null=True, choices=LEVEL_CHOICES)
    suggested_level = models.PositiveSmallIntegerField(null=True, choices=LEVEL_CHOICES)
    is_provisional = models.BooleanField()
    answered = models.PositiveSmallIntegerField()
    total = models.PositiveSmallIntegerField()
    met_1 = models.PositiveSmallIntegerField(default=0)
    applicable_1 = models.PositiveSmallIntegerField(default=0)
    met_2 = models.PositiveSmallIntegerField(default=0)
    applicable_2 = models.PositiveSmallIntegerField(default=0)
    met_3 = models.PositiveSmallIntegerField(default=0)
    applicable_3 = models.PositiveSmallIntegerField(default=0)
    strong_signs = models.PositiveSmallIntegerField(default=0)
    some_signs = models.PositiveSmallIntegerField(default=0)
    no_signs_yet = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "outcome"], name="submitted_outcome_unique"
            ),
            level_in_range("own_level", "submitted_own_level_in_range"),
            level_in_range("suggested_level", "submitted_suggested_level_in_range"),
            models.CheckConstraint(
                condition=Q(uses_levels=True) | Q(own_level=None, suggested_level=None),
                name="submitted_outcome_without_levels_has_none",
            ),
        ]

    def __str__(self):
        return f"{self.submission_id}: {self.outcome_id}"

    @property
    def met(self):
        return self.met_1 + self.met_2 + self.met_3

    @property
    def applicable(self):
        return self.applicable_1 + self.applicable_2 + self.applicable_3


class AgreedLevel(models.Model):
    """The level agreed with peers or the board, beside the cluster's own and never over it."""

    submitted_outcome = models.OneToOneField(
        SubmittedOutcome, models.PROTECT, related_name="agreed_level"
    )
    level = models.PositiveSmallIntegerField(choices=LEVEL_CHOICES)
    reason = models.TextField(blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    agreed_at = models.DateTimeField(default=timezone.now)
    agreed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [level_in_range("level", "agreed_level_in_range")]

    def __str__(self):
        return f"{self.submitted_outcome_id}: {self.level}"


class ReviewAccess(models.Model):
    """A reviewer's or facilitator's leave to read a cluster's submissions, for a time."""

    reflection = models.ForeignKey(
        SelfReflection, models.PROTECT, related_name="review_accesses"
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="review_accesses")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="review_access_ends_after_it_starts",
            )
        ]

    def __str__(self):
        return f"{self.reflection_id}: {self.user_id}"


class ActionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Its cluster's, its board's and the national officers'."""
        return self.filter(may_read_progress(user, "reflection__"))


class Action(models.Model):
    """Something a cluster has undertaken to do, by when, and what changed."""

    class Status(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("action", "Planned")
        UNDER_WAY = "under_way", pgettext_lazy("action", "Under way")
        DONE = "done", pgettext_lazy("action", "Done")
        DROPPED = "dropped", pgettext_lazy("action", "Dropped")

    class Escalation(models.TextChoices):
        PLANNING_GROUP = "planning_group", _("Pan-cluster planning group")
        HEALTH_BOARD = "health_board", _("Health board")
        PARTNERSHIP_BOARD = "partnership_board", _("Regional partnership board")
        NATIONAL = "national", _("National programme")

    reflection = models.ForeignKey(
        SelfReflection, models.PROTECT, related_name="actions"
    )
    outcome = models.ForeignKey(Outcome, models.PROTECT, null=True, related_name="+")
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, related_name="+"
    )
    text = models.TextField()
    language = models.CharField(max_length=2, choices=LANGUAGES)
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="actions")
    due_on = models.DateField(null=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.PLANNED)
    escalated_to = models.CharField(max_length=20, choices=Escalation, blank=True)
    what_changed = models.TextField(blank=True)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ActionQuerySet.as_manager()

    def __str__(self):
        return f"{self.reflection_id}: {self.status}"
