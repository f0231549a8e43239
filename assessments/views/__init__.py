"""The pages of a self-reflection: load what the person may see, authorise, form, service, redirect."""

from assessments.views.answers import (
    closing_edit,
    context_edit,
    enablers_edit,
    outcome_edit,
)
from assessments.views.boards import agreement_record, reflection_return
from assessments.views.contents import mine, reflection_detail
from assessments.views.submissions import (
    draft_detail,
    reflection_check,
    reflection_submit,
    reflection_withdraw,
    submission_detail,
)

__all__ = [
    "agreement_record",
    "closing_edit",
    "context_edit",
    "draft_detail",
    "enablers_edit",
    "mine",
    "outcome_edit",
    "reflection_check",
    "reflection_detail",
    "reflection_return",
    "reflection_submit",
    "reflection_withdraw",
    "submission_detail",
]
