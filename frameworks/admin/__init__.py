"""Django admin for the framework: drafts are edited here, published editions keep their words.

Of an edition that was published, only what is not the publication's own stays open: the editor's
notes, the links to well-being goals, the logic models and the indicators.
"""

from frameworks.admin.corrections import CorrectionAdmin
from frameworks.admin.editions import EditionAdmin
from frameworks.admin.indicators import IndicatorAdmin
from frameworks.admin.logic_models import LogicModelEntryAdmin
from frameworks.admin.modules import CriterionAdmin, ModuleAdmin, OutcomeAdmin

__all__ = [
    "CorrectionAdmin",
    "CriterionAdmin",
    "EditionAdmin",
    "IndicatorAdmin",
    "LogicModelEntryAdmin",
    "ModuleAdmin",
    "OutcomeAdmin",
]
