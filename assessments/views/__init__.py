"""The pages of a self-reflection: load what the person may see, authorise, form, service, redirect."""

from assessments.views.answers import (
    closing_edit,
    context_edit,
    enablers_edit,
    outcome_edit,
)
from assessments.views.boards import agreement_record, reflection_return
from assessments.views.contents import mine, reflection_detail
from assessments.views.evidence import (
    evidence_add,
    evidence_edit,
    evidence_file,
    evidence_list,
    evidence_remove,
    evidence_restore,
)
from assessments.views.extensions import extension_grant
from assessments.views.history import (
    answer_history,
    change_list,
    outcome_answer_history,
    state_list,
)
from assessments.views.own_views import (
    discussion_detail,
    own_view_edit,
    own_views_edit,
)
from assessments.views.room import (
    presence_note,
    session_change,
    session_detail,
    session_end,
    session_step,
)
from assessments.views.submissions import (
    draft_detail,
    reflection_check,
    reflection_submit,
    reflection_withdraw,
    submission_changes,
    submission_detail,
)
from assessments.views.worksheets import (
    worksheet_detail,
    worksheet_file,
    worksheet_preview,
)

__all__ = [
    "agreement_record",
    "answer_history",
    "change_list",
    "closing_edit",
    "context_edit",
    "discussion_detail",
    "draft_detail",
    "enablers_edit",
    "evidence_add",
    "evidence_edit",
    "evidence_file",
    "evidence_list",
    "evidence_remove",
    "evidence_restore",
    "extension_grant",
    "mine",
    "outcome_answer_history",
    "outcome_edit",
    "own_view_edit",
    "own_views_edit",
    "presence_note",
    "reflection_check",
    "reflection_detail",
    "reflection_return",
    "reflection_submit",
    "reflection_withdraw",
    "session_change",
    "session_detail",
    "session_end",
    "session_step",
    "state_list",
    "submission_changes",
    "submission_detail",
    "worksheet_detail",
    "worksheet_file",
    "worksheet_preview",
]
