"""Rounds, groups and reviews; what is written in them is written by the services."""

import datetime

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from peerreview.models import (
    USUAL_RULES,
    Assignment,
    ClusterReview,
    ReviewGroup,
    ReviewPhase,
    ReviewRound,
)
from tests.factories.assessments import CycleFactory, SelfReflectionFactory
from tests.factories.organisations import UserFactory

WEEK = datetime.timedelta(weeks=1)


def phases_with(review_round, kind):
    """Phases of a week each, of which ``kind`` began yesterday; those before it, earlier."""
    kinds = list(ReviewPhase.Kind)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    review_round.phases.all().delete()
    ReviewPhase.objects.bulk_create(
        ReviewPhase(
            round=review_round,
            kind=each,
            starts_on=yesterday + (place - kinds.index(kind)) * WEEK,
            **vars(USUAL_RULES[each]),
        )
        for place, each in enumerate(kinds)
    )
    review_round.__dict__.pop("phase", None)


class ReviewRoundFactory(DjangoModelFactory):
    """Announced, and in its phase of annotating; ``phase=...`` and ``unannounced=True`` say otherwise."""

    class Meta:
        model = ReviewRound
        skip_postgeneration_save = True

    class Params:
        unannounced = factory.Trait(announced_at=None, announced_by=None)

    cycle = factory.SubFactory(CycleFactory)
    code = factory.Sequence("round-{}".format)
    name_cy = factory.Sequence("Rownd {}".format)
    name_en = factory.Sequence("Round {}".format)
    created_by = factory.SubFactory(UserFactory)
    announced_at = factory.LazyFunction(timezone.now)
    announced_by = factory.SelfAttribute("created_by")

    @factory.post_generation
    def phase(self, create, kind, **kwargs):
        if create:
            phases_with(self, kind or ReviewPhase.Kind.ANNOTATING)


class ReviewGroupFactory(DjangoModelFactory):
    class Meta:
        model = ReviewGroup

    round = factory.SubFactory(ReviewRoundFactory)
    number = factory.Sequence(lambda number: number + 1)


class ClusterReviewFactory(DjangoModelFactory):
    class Meta:
        model = ClusterReview

    round = factory.SelfAttribute("group.round")
    group = factory.SubFactory(ReviewGroupFactory)
    reflection = factory.SubFactory(SelfReflectionFactory)


class AssignmentFactory(DjangoModelFactory):
    class Meta:
        model = Assignment

    group = factory.SubFactory(ReviewGroupFactory)
    user = factory.SubFactory(UserFactory)
    role = Assignment.Role.REVIEWER
    assigned_by = factory.SelfAttribute("group.round.created_by")
