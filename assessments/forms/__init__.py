"""The forms of a self-reflection, and of what a board does with a submission."""

from assessments.forms.answers import AnswersForm, sent_fields
from assessments.forms.boards import AgreementForm, ExtensionForm, ReturnForm
from assessments.forms.fields import LANGUAGE_CHOICES, LONGEST_TEXT, TextField

__all__ = [
    "LANGUAGE_CHOICES",
    "LONGEST_TEXT",
    "AgreementForm",
    "AnswersForm",
    "ExtensionForm",
    "ReturnForm",
    "TextField",
    "sent_fields",
]
