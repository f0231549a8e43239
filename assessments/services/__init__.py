"""Everything that changes cycles, self-reflections and answers.

Each service is one transaction: it locks the self-reflection, asks the rules again under the lock,
and writes who did what. Nothing else writes these tables.
"""

from assessments.services.answers import (
    Conflict,
    Entry,
    ForeignSubject,
    Saved,
    save_answers,
)
from assessments.services.cycles import close_cycle, open_cycle
from assessments.services.reflections import (
    Incomplete,
    NewerSubmission,
    NotNow,
    ReasonMissing,
    TooLate,
    begin_review,
    record_agreement,
    return_reflection,
    submit,
    withdraw,
)

__all__ = [
    "Conflict",
    "Entry",
    "ForeignSubject",
    "Incomplete",
    "NewerSubmission",
    "NotNow",
    "ReasonMissing",
    "Saved",
    "TooLate",
    "begin_review",
    "close_cycle",
    "open_cycle",
    "record_agreement",
    "return_reflection",
    "save_answers",
    "submit",
    "withdraw",
]
