"""What a group finds of one outcome, as fields that save alone."""

from django.utils.translation import gettext_lazy as _

from assessments.forms import AnswersForm
from assessments.models import Question
from assessments.pages import Item
from assessments.services.versions import Typed
from assessments.subjects import question_choices
from peerreview.finding_subjects import CONCLUSION, NOTES


class FindingsForm(AnswersForm):
    """The findings of one outcome, each with the version that the page was made from."""

    def _entry(self, item):
        data = self.cleaned_data
        language = f"{item.key}-language"
        return Typed(
            subject=item.subject,
            base_version=data[f"{item.key}-version"],
            choice=data.get(f"{item.key}-choice", ""),
            text=data[f"{item.key}-text"],
            after=self._after(item),
            language=data[language] if language in self.data else None,
        )


def finding_items(sheet):
    """What can be written of an item of the agenda: the conclusion, and the notes."""
    if sheet.uses_levels:
        conclusion = Item(
            subject=sheet.subject(CONCLUSION),
            label=_("The level that the group agrees on"),
            choices=tuple(question_choices(Question.OWN_LEVEL, sheet.outcome.module)),
            text_label=_("Why? In a sentence"),
            text_hint=_(
                "Needed where the level differs from the cluster's own. It is shown beside both levels."
            ),
            rows=2,
        )
    else:
        conclusion = Item(
            subject=sheet.subject(CONCLUSION),
            label=_("What the group concludes"),
            text_label=_("What the group concludes"),
            text_hint=_("In a sentence or two. There are no levels here."),
            rows=2,
        )
    notes = Item(
        subject=sheet.subject(NOTES),
        label=NOTES.label,
        text_label=NOTES.label,
        text_hint=_(
            "Shared with the cluster and its health board when the agreement is recorded."
        ),
        rows=6,
    )
    return [conclusion, notes]
