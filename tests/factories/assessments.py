"""Cycles and self-reflections; what is in them is written by the services."""

import datetime

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from assessments.models import Cycle, NeedTag, SelfReflection
from tests.factories.frameworks import EditionFactory
from tests.factories.organisations import ClusterFactory


def days_from_now(days):
    return timezone.now() + datetime.timedelta(days=days)


class CycleFactory(DjangoModelFactory):
    """Open since yesterday, for a month; ``unopened=True`` and ``closed=True`` say otherwise."""

    class Meta:
        model = Cycle

    class Params:
        unopened = factory.Trait(opened_at=None)
        closed = factory.Trait(
            opens_at=factory.LazyFunction(lambda: days_from_now(-60)),
            closes_at=factory.LazyFunction(lambda: days_from_now(-30)),
            closed_at=factory.SelfAttribute("closes_at"),
        )

    code = factory.Sequence("cycle-{}".format)
    name_cy = factory.Sequence("Cylch {}".format)
    name_en = factory.Sequence("Cycle {}".format)
    edition = factory.SubFactory(EditionFactory, levelled=True)
    opens_at = factory.LazyFunction(lambda: days_from_now(-1))
    closes_at = factory.LazyFunction(lambda: days_from_now(30))
    opened_at = factory.SelfAttribute("opens_at")


class SelfReflectionFactory(DjangoModelFactory):
    class Meta:
        model = SelfReflection

    cycle = factory.SubFactory(CycleFactory)
    cluster = factory.SubFactory(ClusterFactory)


class NeedTagFactory(DjangoModelFactory):
    """A barrier that can be chosen; ``kind="support"`` says otherwise."""

    class Meta:
        model = NeedTag

    kind = NeedTag.Kind.BARRIER
    code = factory.Sequence("tag-{}".format)
    name_cy = factory.Sequence("Rhwystr {}".format)
    name_en = factory.Sequence("Barrier {}".format)
    number = factory.Sequence(lambda number: number + 1)
