"""The forms of suggested groups: what is asked for, and where each cluster goes."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.forms.people import TypedForm
from peerreview.forms.rounds import version_field
from peerreview.models import LEAST, MOST, ReviewRound

# Of more clusters, a list of all groups beside each would be megabytes: the number is typed.
MOST_WITH_LISTS = 150


class WishesForm(TypedForm):
    """How large groups are to be, and whether health boards mix. A board's round has one board."""

    size = forms.TypedChoiceField(
        label=_("Clusters in a group, if possible"),
        choices=[(number, str(number)) for number in range(LEAST, MOST + 1)],
        coerce=int,
        widget=forms.RadioSelect(attrs={"class": "compact"}),
        error_messages={"required": _("Choose how many clusters are in a group.")},
    )
    boards = forms.ChoiceField(
        label=_("Health boards in a group"),
        choices=ReviewRound.Boards.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how groups are put together.")},
    )

    def __init__(self, review_round, draft, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["size"] = draft.size if draft else review_round.group_size
        self.initial["boards"] = draft.boards if draft else review_round.boards
        if review_round.health_board_id:
            del self.fields["boards"]

    def values(self):
        boards = self.cleaned_data.get("boards", ReviewRound.Boards.WITHIN)
        return {"size": self.cleaned_data["size"], "boards": boards}


class PlacesForm(TypedForm):
    """The group of each cluster: its number, 0 for none, or one more than there are for a new one."""

    version = version_field()

    def __init__(self, worth, known, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.worth = worth
        self.initial["version"] = worth.draft.version
        count = len(worth.groups)
        choices = [
            *(
                (str(number), f"{_('Group')} {number}")
                for number in range(1, count + 1)
            ),
            ("0", _("No group")),
            (str(count + 1), pgettext_lazy("a group", "A new group")),
        ]
        are_typed = len(known.reviews) > MOST_WITH_LISTS
        for code, review in known.reviews.items():
            self.fields[f"to-{code}"] = forms.ChoiceField(
                label=review.cluster.name,
                choices=choices,
                required=False,
                widget=forms.TextInput(
                    attrs={"inputmode": "numeric", "autocomplete": "off"}
                )
                if are_typed
                else forms.Select,
                error_messages={
                    "invalid_choice": _(
                        "Enter the number of a group, or 0 for no group."
                    )
                },
            )
            self.initial[f"to-{code}"] = str(worth.numbers[code])

    def field_of(self, code):
        return self[f"to-{code}"]

    def groups(self):
        """The codes of the clusters of each group; who was not on the page stays where they are."""
        groups = [[] for _number in range(len(self.worth.groups) + 1)]
        for code, number in self.worth.numbers.items():
            chosen = int(self.cleaned_data.get(f"to-{code}") or number)
            if chosen:
                groups[chosen - 1].append(code)
        return groups if groups[-1] else groups[:-1]
