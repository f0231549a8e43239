"""Finding good practice, sharing it, and asking about it."""

from django import forms
from django.forms.utils import ErrorDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.forms import TextField
from assessments.forms.fields import LARGEST_VERSION, WrittenForm
from assessments.models import LEVEL_CHOICES
from peerreview.models import GoodPractice
from peerreview.selectors.practice import WITHOUT_LEVEL, Search

LONGEST_REQUEST = 1000  # characters
LONGEST_SEARCH = 200


class SearchForm(forms.Form):
    """By what the library is narrowed; what makes no sense narrows nothing."""

    q = forms.CharField(
        label=_("Words"),
        max_length=LONGEST_SEARCH,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    level = forms.ChoiceField(label=_("Level"), required=False)
    board = forms.ChoiceField(label=_("Health board"), required=False)

    def __init__(self, choices, *args, **kwargs):
        super().__init__(*args, **kwargs)
        words = dict(LEVEL_CHOICES)
        levels = [
            (
                str(level),
                format_lazy("{} {}", level, words[level]) if level else words[0],
            )
            for level in choices.levels
        ]
        every = pgettext_lazy("outcomes, levels or boards", "All")
        self.fields["outcome"].choices = [("", every), *choices.outcomes]
        self.fields["level"].choices = [
            ("", every),
            *levels,
            (WITHOUT_LEVEL, _("No level")),
        ]
        self.fields["board"].choices = [("", every), *choices.boards]

    def search(self):
        self.is_valid()
        said = self.cleaned_data
        return Search(
            outcome=said.get("outcome", ""),
            level=said.get("level", ""),
            board=said.get("board", ""),
            words=said.get("q", ""),
        )


class TypedForm(WrittenForm):
    """Can be shown in the other language as it was typed, not judged yet."""

    def as_typed(self):
        self._errors, self.cleaned_data = ErrorDict(), {}
        return self


class PersonField(forms.ChoiceField):
    """One of the cluster's people; its value is the person."""

    def __init__(self, people, **kwargs):
        self.people = {str(person.pk): person for person in people}
        super().__init__(
            choices=[(key, str(person)) for key, person in self.people.items()],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose a person.")},
            **kwargs,
        )

    def clean(self, value):
        return self.people[super().clean(value)]


class PracticeForm(TypedForm):
    """An entry of the library, in the cluster's words, with its consent."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("What others would look for, in a few words."),
        max_length=GoodPractice._meta.get_field("title").max_length,
        error_messages={"required": _("Give it a title.")},
    )
    text = TextField(
        label=_("What the cluster does, and what came of it"),
        help_text=_("In your own words, for people who do not know the cluster."),
        rows=10,
    )
    consent = forms.BooleanField(
        label=_(
            "The cluster and its contact agree that everyone with a role in this service can read this, with the cluster's name and the contact's name"
        ),
        error_messages={
            "required": _("It can be shared only if the cluster and its contact agree.")
        },
    )
    version = forms.IntegerField(
        min_value=0,
        max_value=LARGEST_VERSION,
        widget=forms.HiddenInput,
        required=False,
        initial=0,
    )

    def __init__(self, *args, people, outcomes=(), asks_consent=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.outcomes = {str(outcome.pk): outcome for outcome in outcomes}
        self.fields["contact"] = PersonField(
            people,
            label=_("Contact"),
            help_text=_(
                "Somebody of the cluster whom others can ask to be put in touch with."
            ),
        )
        if outcomes:
            self.fields["outcome"] = forms.ChoiceField(
                label=_("Outcome"),
                choices=[
                    ("", _("Choose an outcome")),
                    *((key, str(outcome)) for key, outcome in self.outcomes.items()),
                ],
                error_messages={"required": _("Choose an outcome.")},
            )
        if not asks_consent:
            del self.fields["consent"]
        self.order_fields(
            ["outcome", "title", "text", "written_in", "contact", "consent", "version"]
        )

    def clean_text(self):
        text = self.cleaned_data["text"]
        if not text.strip():
            raise forms.ValidationError(_("Say what the cluster does."))
        return text

    def clean_outcome(self):
        return self.outcomes[self.cleaned_data["outcome"]]

    def said(self):
        """What the services take."""
        data = self.cleaned_data
        return {
            "title": data["title"],
            "text": data["text"],
            "language": self.language_of(data["text"]),
            "contact": data["contact"],
        }


class ContactForm(TypedForm):
    """What somebody would like to hear."""

    text = TextField(
        label=_("What would you like to hear about? (optional)"),
        help_text=_(
            "The contact and the cluster's lead will see this, with your name and your e-mail address."
        ),
        rows=4,
        longest=LONGEST_REQUEST,
    )
