"""Answers, each with its history."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models.choices import (
    LANGUAGES,
    LEVEL_QUESTIONS,
    LEVELS_AS_CHOICES,
    NEED_QUESTIONS,
    OUTCOME_QUESTIONS,
    REFLECTION_QUESTIONS,
    WRITTEN_QUESTIONS,
    CriterionChoice,
    FactorChoice,
    MethodChoice,
    Question,
    SignsChoice,
)
from assessments.models.reading import may_read_answers
from frameworks.models import Criterion, EnablingFactor, Outcome
from organisations.models import User

LONGEST_CHOICE = 400  # characters, of several codes


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
        # Several, joined; see assessments.subjects.
        | Q(question__in=[Question.PARTICIPANTS, *NEED_QUESTIONS])
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
        "assessments.SelfReflection", models.PROTECT, related_name="answers"
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
    # Several codes, where several may be chosen, have spaces between: professions in the list's
    # order, barriers and support needs in the alphabet's (assessments.needs).
    choice = models.CharField(max_length=LONGEST_CHOICE, blank=True)
    text = models.TextField(blank=True)
    dated_on = models.DateField(null=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    # Its writer said which language it is in; otherwise it was detected.
    language_is_chosen = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "answer")
        verbose_name_plural = pgettext_lazy("things", "answers")
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
                    question__in=[*OUTCOME_QUESTIONS, Question.DISCUSSION_NOTE],
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
        STALE = "stale", _("the answer had changed meanwhile")
        CLOSED = "closed", _("the self-reflection could no longer be changed")

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField(null=True)  # none where it was refused
    base_version = models.PositiveIntegerField()
    refusal = models.CharField(max_length=10, choices=Refusal, blank=True)
    choice = models.CharField(max_length=LONGEST_CHOICE, blank=True)
    text = models.TextField(blank=True)
    dated_on = models.DateField(null=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)
    operation_id = models.UUIDField(default=uuid.uuid4)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = AnswerVersionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "version of an answer")
        verbose_name_plural = pgettext_lazy("things", "versions of an answer")
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
