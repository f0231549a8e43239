"""What a cluster says of itself: cycles, self-reflections, answers, submissions and around them."""

from assessments.models.actions import (
    OPEN_STATUSES,
    Action,
    ActionChange,
    ActionStatus,
)
from assessments.models.answers import (
    Answer,
    AnswerVersion,
)
from assessments.models.choices import (
    CLOSING_QUESTIONS,
    CONTEXT_QUESTIONS,
    LANGUAGES,
    LEVEL_CHOICES,
    LEVEL_QUESTIONS,
    LEVELS_AS_CHOICES,
    NEED_QUESTIONS,
    OUTCOME_QUESTIONS,
    OUTCOME_TEXT_QUESTIONS,
    REFLECTION_QUESTIONS,
    REQUIRED_QUESTIONS,
    WRITTEN_QUESTIONS,
    CriterionChoice,
    FactorChoice,
    MethodChoice,
    Question,
    SignsChoice,
    required_and_answered,
)
from assessments.models.cycles import (
    CycleExtension,
)
from assessments.models.evidence import (
    Evidence,
    EvidenceUse,
    SubmittedEvidence,
    WorksheetUpload,
)
from assessments.models.figure_uploads import (
    FigureUpload,
    FigureUploadPart,
)
from assessments.models.indicators import (
    IndicatorValue,
)
from assessments.models.meetings import (
    FacilitatedSession,
    OutcomeClock,
    Presence,
)
from assessments.models.reading import (
    ReviewAccess,
    followed_by,
    may_read_answers,
    may_read_progress,
    may_read_submissions,
    reviewed_by,
)
from assessments.models.reflections import (
    UNSENT,
    Cycle,
    Extension,
    ReturnReason,
    SelfReflection,
    StateChange,
)
from assessments.models.standings import (
    Standing,
    SubmittedNeed,
    SubmittedText,
)
from assessments.models.submissions import (
    AgreedLevel,
    Submission,
    SubmittedOutcome,
)
from assessments.models.tags import NeedTag
from assessments.models.views import (
    Discussion,
    Flag,
    View,
)
from organisations.models import Profession

__all__ = [
    "CLOSING_QUESTIONS",
    "CONTEXT_QUESTIONS",
    "LANGUAGES",
    "LEVELS_AS_CHOICES",
    "LEVEL_CHOICES",
    "LEVEL_QUESTIONS",
    "NEED_QUESTIONS",
    "OPEN_STATUSES",
    "OUTCOME_QUESTIONS",
    "OUTCOME_TEXT_QUESTIONS",
    "REFLECTION_QUESTIONS",
    "REQUIRED_QUESTIONS",
    "UNSENT",
    "WRITTEN_QUESTIONS",
    "Action",
    "ActionChange",
    "ActionStatus",
    "AgreedLevel",
    "Answer",
    "AnswerVersion",
    "CriterionChoice",
    "Cycle",
    "CycleExtension",
    "Discussion",
    "Evidence",
    "EvidenceUse",
    "Extension",
    "FacilitatedSession",
    "FactorChoice",
    "FigureUpload",
    "FigureUploadPart",
    "Flag",
    "IndicatorValue",
    "MethodChoice",
    "NeedTag",
    "OutcomeClock",
    "Presence",
    "Profession",
    "Question",
    "ReturnReason",
    "ReviewAccess",
    "SelfReflection",
    "SignsChoice",
    "Standing",
    "StateChange",
    "Submission",
    "SubmittedEvidence",
    "SubmittedNeed",
    "SubmittedOutcome",
    "SubmittedText",
    "View",
    "WorksheetUpload",
    "followed_by",
    "may_read_answers",
    "may_read_progress",
    "may_read_submissions",
    "required_and_answered",
    "reviewed_by",
]
