"""What is asked: editions of the framework, their modules, outcomes, criteria and indicators."""

from frameworks.models.corrections import Correction, Erratum
from frameworks.models.editions import (
    Edition,
    EditionPart,
    EnablingFactor,
    QuadrupleAim,
    TransformationPrinciple,
    WellbeingGoal,
)
from frameworks.models.indicators import Indicator
from frameworks.models.logic_models import LogicModelEntry
from frameworks.models.modules import Criterion, Module, Outcome
from frameworks.models.texts import (
    LANGUAGES,
    SETTLED,
    Level,
    TextState,
    Translated,
)
from frameworks.models.uploads import FrameworkUpload

__all__ = [
    "LANGUAGES",
    "SETTLED",
    "Correction",
    "Criterion",
    "Edition",
    "EditionPart",
    "EnablingFactor",
    "Erratum",
    "FrameworkUpload",
    "Indicator",
    "Level",
    "LogicModelEntry",
    "Module",
    "Outcome",
    "QuadrupleAim",
    "TextState",
    "TransformationPrinciple",
    "Translated",
    "WellbeingGoal",
]
