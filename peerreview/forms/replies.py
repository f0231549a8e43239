"""The page on which a cluster replies: a stance and a reason for each thing that was said."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.forms import AnswersForm
from assessments.pages import Item
from assessments.services.versions import Typed
from peerreview.models import Response


def item_of(target, name):
    """``name`` says for people what the reply is to, in a few words."""
    return Item(
        subject=target,
        label=name,
        choices=tuple(Response.Stance.choices),
        text_label=_("In your words"),
        text_hint=_("To explain or to disagree, give the reason."),
    )


class RepliesForm(AnswersForm):
    """The replies of one page, each with the version that the page was made from."""

    def _add(self, item, answer):
        super()._add(item, answer)
        self.fields[f"{item.key}-choice"].label = _("The cluster's reply")

    def _entry(self, item):
        data = self.cleaned_data
        return Typed(
            subject=item.subject,
            base_version=data[f"{item.key}-version"],
            choice=data[f"{item.key}-choice"],
            text=data[f"{item.key}-text"],
            after=self._after(item),
            language=data[f"{item.key}-language"]
            if f"{item.key}-language" in self.data
            else None,
        )


class SendForm(forms.Form):
    """Which of the replies that say enough are sent, each as it was looked at."""

    def __init__(self, rows, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"{row.key}-send"] = forms.BooleanField(
                label=_("Send this reply"), required=False, initial=True
            )
            self.fields[f"{row.key}-version"] = forms.IntegerField(
                widget=forms.HiddenInput,
                initial=row.response.version,
                required=False,
            )

    @property
    def pairs(self):
        """Each row with its box and the version that it shows."""
        return [
            (row, self[f"{row.key}-send"], self[f"{row.key}-version"])
            for row in self.rows
        ]

    def clean(self):
        data = super().clean()
        if not any(data.get(f"{row.key}-send") for row in self.rows):
            raise forms.ValidationError(_("Choose at least one reply."))
        return data

    def seen(self):
        """The version of each chosen reply, by target."""
        return {
            row.target: self.cleaned_data[f"{row.key}-version"]
            for row in self.rows
            if self.cleaned_data[f"{row.key}-send"]
        }
