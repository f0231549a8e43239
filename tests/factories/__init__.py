"""Test data: one small, bilingual thing of each kind; what a test is about it says itself."""

from tests.factories.assessments import (
    CycleFactory,
    NeedTagFactory,
    SelfReflectionFactory,
)
from tests.factories.frameworks import (
    CriterionFactory,
    EditionFactory,
    EnablingFactorFactory,
    IndicatorFactory,
    LogicModelEntryFactory,
    ModuleFactory,
    OutcomeFactory,
    QuadrupleAimFactory,
    TransformationPrincipleFactory,
    WellbeingGoalFactory,
    thawed,
)
from tests.factories.organisations import (
    ClusterFactory,
    HealthBoardFactory,
    LocalAuthorityFactory,
    MembershipFactory,
    PlanningGroupFactory,
    RegionalPartnershipBoardFactory,
    UserFactory,
)

__all__ = [
    "ClusterFactory",
    "CriterionFactory",
    "CycleFactory",
    "EditionFactory",
    "EnablingFactorFactory",
    "HealthBoardFactory",
    "IndicatorFactory",
    "LocalAuthorityFactory",
    "LogicModelEntryFactory",
    "MembershipFactory",
    "ModuleFactory",
    "NeedTagFactory",
    "OutcomeFactory",
    "PlanningGroupFactory",
    "QuadrupleAimFactory",
    "RegionalPartnershipBoardFactory",
    "SelfReflectionFactory",
    "TransformationPrincipleFactory",
    "UserFactory",
    "WellbeingGoalFactory",
    "thawed",
]
