"""Editions of the framework, as small as they can be.

``EditionFactory(levelled=True)`` is a published edition with one module of one outcome, with
one criterion at each level. Sizes are numbers: ``ModuleFactory(outcomes=3)``,
``OutcomeFactory(criteria=2)`` (two at each level, or two in all where there are none).
"""

from contextlib import contextmanager

import factory
from django.db import connection, transaction
from factory.django import DjangoModelFactory

from cdf_site.common import triggers
from frameworks.models import (
    Criterion,
    Edition,
    EnablingFactor,
    Indicator,
    Level,
    LogicModelEntry,
    Module,
    Outcome,
    QuadrupleAim,
    TransformationPrinciple,
    WellbeingGoal,
)


@contextmanager
def thawed():
    """Let a test change what publishing has frozen, to arrange what it is about."""
    # What is rolled back takes the lifting with it, on both databases.
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            cursor.execute("SET LOCAL session_replication_role = origin")
        else:
            triggers.drop_frozen(connection)
            yield
            triggers.create_frozen(connection)


@contextmanager
def _open_to(model):
    """As ``thawed``, on SQLite and for new rows of one model: tests add thousands of them."""
    trigger = f"{model._meta.db_table}_frozen_insert"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [trigger])
        (statement,) = cursor.fetchone()
        cursor.execute(f"DROP TRIGGER {trigger}")
        yield
        cursor.execute(statement)


class PartFactory(DjangoModelFactory):
    """Adds parts to an edition, also to one that is published already."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with thawed() if connection.vendor == "postgresql" else _open_to(model_class):
            return super()._create(model_class, *args, **kwargs)


class EditionFactory(DjangoModelFactory):
    class Meta:
        model = Edition
        skip_postgeneration_save = True

    class Params:
        draft = factory.Trait(status=Edition.Status.DRAFT)
        retired = factory.Trait(status=Edition.Status.RETIRED)
        levelled = factory.Trait(
            module=factory.RelatedFactory(
                "tests.factories.frameworks.ModuleFactory",
                factory_related_name="edition",
                number=1,
                outcomes=1,
            )
        )

    code = factory.Sequence("edition-{}".format)
    status = Edition.Status.PUBLISHED
    title_cy = factory.Sequence("Fframwaith datblygu clwstwr: rhifyn {}".format)
    title_en = factory.Sequence("Cluster development framework: edition {}".format)
    publisher_cy = "Y Rhaglen Strategol"
    publisher_en = "Strategic Programme"
    issued = "2030-05"
    source_cy = "Y cyhoeddiad"
    source_en = "The publication"
    licence_note_cy = "Eiddo'r cyhoeddwr"
    licence_note_en = "The publisher's own"


class ModuleFactory(PartFactory):
    class Meta:
        model = Module
        skip_postgeneration_save = True

    edition = factory.SubFactory(EditionFactory)
    number = factory.Sequence(lambda number: number + 1)
    code = factory.LazyAttribute("MODULE-{0.number}".format)
    uses_levels = True
    title_cy = factory.LazyAttribute("Modiwl rhif {0.number}".format)
    title_en = factory.LazyAttribute("Module number {0.number}".format)
    abbreviation_cy = factory.LazyAttribute("MOD{0.number}".format)
    abbreviation_en = factory.LazyAttribute("MOD{0.number}".format)
    criteria_heading_cy = "Meini prawf"
    criteria_heading_en = "Criteria"

    @factory.post_generation
    def outcomes(module, create, count):
        for number in range(1, (count or 0) + 1):
            OutcomeFactory(module=module, number=number, criteria=1)


class OutcomeFactory(PartFactory):
    class Meta:
        model = Outcome
        skip_postgeneration_save = True

    module = factory.SubFactory(ModuleFactory)
    number = factory.Sequence(lambda number: number + 1)
    title_cy = factory.LazyAttribute("Canlyniad rhif {0.number}".format)
    title_en = factory.LazyAttribute("Outcome number {0.number}".format)
    narrative_cy = "Hanes y canlyniad."
    narrative_en = "The story of the outcome."

    @factory.post_generation
    def criteria(outcome, create, count):
        for level in Level.values if outcome.module.uses_levels else [None]:
            for number in range(1, (count or 0) + 1):
                CriterionFactory(outcome=outcome, level=level, number=number)


class CriterionFactory(PartFactory):
    class Meta:
        model = Criterion

    outcome = factory.SubFactory(OutcomeFactory)
    level = factory.LazyAttribute(
        lambda given: Level.FOUNDATION if given.outcome.module.uses_levels else None
    )
    number = factory.Sequence(lambda number: number + 1)
    text_cy = factory.LazyAttribute("Maen prawf {0.level}.{0.number}".format)
    text_en = factory.LazyAttribute("Criterion {0.level}.{0.number}".format)


class EnablingFactorFactory(PartFactory):
    class Meta:
        model = EnablingFactor

    edition = factory.SubFactory(EditionFactory)
    number = factory.Sequence(lambda number: number + 1)
    title_cy = factory.LazyAttribute("Ffactor {0.number}".format)
    title_en = factory.LazyAttribute("Factor {0.number}".format)
    text_cy = "Yr hyn sy'n galluogi."
    text_en = "What enables."


class WellbeingGoalFactory(PartFactory):
    class Meta:
        model = WellbeingGoal

    edition = factory.SubFactory(EditionFactory)
    number = factory.Sequence(lambda number: number + 1)
    title_cy = factory.LazyAttribute("Nod {0.number}".format)
    title_en = factory.LazyAttribute("Goal {0.number}".format)


class TransformationPrincipleFactory(PartFactory):
    class Meta:
        model = TransformationPrinciple

    edition = factory.SubFactory(EditionFactory)
    number = factory.Sequence(lambda number: number + 1)
    text_cy = "Dysgu o'r prosiectau."
    text_en = "Learning from projects."


class LogicModelEntryFactory(DjangoModelFactory):
    """An entry of an outcome's logic model; of a module's with ``outcome=None, module=…``."""

    class Meta:
        model = LogicModelEntry

    outcome = factory.SubFactory(OutcomeFactory)
    kind = LogicModelEntry.Kind.INPUT
    number = factory.Sequence(lambda number: number + 1)
    text_cy = "Amser"
    text_en = "Time"


class QuadrupleAimFactory(PartFactory):
    class Meta:
        model = QuadrupleAim

    edition = factory.SubFactory(EditionFactory)
    number = factory.Sequence(lambda number: number + 1)
    title_cy = factory.LazyAttribute("Nod pedwarplyg {0.number}".format)
    title_en = factory.LazyAttribute("Quadruple aim {0.number}".format)


class IndicatorFactory(DjangoModelFactory):
    class Meta:
        model = Indicator

    edition = factory.SubFactory(EditionFactory)
    number = factory.Sequence(lambda number: number + 1)
    code = factory.LazyAttribute("indicator-{0.number}".format)
    name_cy = factory.LazyAttribute("Dangosydd {0.number}".format)
    name_en = factory.LazyAttribute("Indicator {0.number}".format)
    description_cy = "Yr hyn sy'n cael ei fesur."
    description_en = "What is measured."
    unit = Indicator.Unit.PER_1000
    direction = Indicator.Direction.HIGHER
    source_cy = "Ffigurau synthetig"
    source_en = "Synthetic figures"
    period = Indicator.Period.QUARTER
