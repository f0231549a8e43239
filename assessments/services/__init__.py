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
from assessments.services.cycles import (
    LONGEST_CYCLE_EXTENSION,
    CodeTaken,
    CycleChanged,
    FixedByOpening,
    HourPassed,
    NotOpen,
    NotPublished,
    TooEarly,
    add_cycle,
    change_cycle,
    close_cycle,
    extend_cycle,
    open_cycle,
)
from assessments.services.evidence import (
    MOST_EVIDENCE,
    TooMuchEvidence,
    Use,
    add_evidence,
    change_evidence,
    remove_evidence,
    restore_evidence,
)
from assessments.services.extensions import (
    LONGEST_EXTENSION,
    NoExtension,
    grant_extension,
)
from assessments.services.flags import raise_flag, settle_flag
from assessments.services.own_views import (
    FEWEST_SHOWN,
    Opinion,
    SavedViews,
    TooFewViews,
    open_discussion,
    save_views,
)
from assessments.services.presence import forget_presence, note_presence
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
from assessments.services.review_access import (
    set_review_access,
)
from assessments.services.sessions import (
    NotRunning,
    change_session,
    end_session,
    move_session,
    pause_clock,
    resume_clock,
    start_session,
)
from assessments.services.worksheets import (
    MOST_UPLOADS,
    apply_worksheet,
    keep_worksheet,
)

__all__ = [
    "FEWEST_SHOWN",
    "LONGEST_CYCLE_EXTENSION",
    "LONGEST_EXTENSION",
    "MOST_EVIDENCE",
    "MOST_UPLOADS",
    "CodeTaken",
    "Conflict",
    "CycleChanged",
    "Entry",
    "FixedByOpening",
    "ForeignSubject",
    "HourPassed",
    "Incomplete",
    "NewerSubmission",
    "NoExtension",
    "NotNow",
    "NotOpen",
    "NotPublished",
    "NotRunning",
    "Opinion",
    "ReasonMissing",
    "Saved",
    "SavedViews",
    "TooEarly",
    "TooFewViews",
    "TooLate",
    "TooMuchEvidence",
    "Use",
    "add_cycle",
    "add_evidence",
    "apply_worksheet",
    "begin_review",
    "change_cycle",
    "change_evidence",
    "change_session",
    "close_cycle",
    "end_session",
    "extend_cycle",
    "forget_presence",
    "grant_extension",
    "keep_worksheet",
    "move_session",
    "note_presence",
    "open_cycle",
    "open_discussion",
    "pause_clock",
    "raise_flag",
    "record_agreement",
    "remove_evidence",
    "restore_evidence",
    "resume_clock",
    "return_reflection",
    "save_answers",
    "save_views",
    "set_review_access",
    "settle_flag",
    "start_session",
    "submit",
    "withdraw",
]
