"""The forms of actions: what is to be done, how far it is, before whom it is, and the list's filters."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from assessments.action_trail import escalation_words
from assessments.forms.fields import LARGEST_VERSION, TextField, WrittenForm
from assessments.forms.people import TypedForm
from assessments.models import OPEN_STATUSES, Action
from cdf_site.common.forms import DatePartsField
from cdf_site.common.long_text import opening

LONGEST_ACTION = 2_000  # characters: what takes more is several
WORDS_OF_A_CHOICE = 16
Status = Action.Status
NOTES = ("what_changed", "reason", "note")


class ActionPageForm(WrittenForm, TypedForm):
    """What all forms about one action have: which version of it the person saw."""

    version = forms.IntegerField(
        min_value=0,
        max_value=LARGEST_VERSION,
        required=False,
        widget=forms.HiddenInput,
    )

    def said(self):
        """The version that was seen and the languages, as the services take them."""
        return {
            "base_version": self.cleaned_data.get("version") or 0,
            **self.languages(),
        }

    def languages(self):
        return {
            "language": get_language(),
            "written_in": self.cleaned_data.get("written_in", ""),
        }


class ActionForm(ActionPageForm):
    """What is to be done, by whom, until when, and with whose support."""

    text = TextField(
        label=pgettext_lazy("action", "What is to be done"),
        rows=3,
        longest=LONGEST_ACTION,
    )
    owner = forms.ChoiceField(
        label=pgettext_lazy("action", "Owner"),
        help_text=_("Who sees to it that it is done."),
        required=False,
    )
    due_on = DatePartsField(
        label=_("Due (optional)"),
        help_text=_("The day by which it is to be done. For example 30 11 2026."),
        required=False,
    )
    past_confirmed = forms.BooleanField(
        label=_("Yes, the day is in the past"), required=False
    )
    # The day that the box above was shown for.
    past_asked = forms.CharField(
        required=False, max_length=10, widget=forms.HiddenInput
    )
    support_needed = TextField(
        label=_("Support needed (optional)"), rows=3, longest=LONGEST_ACTION
    )
    support_from = forms.CharField(
        label=_("From whom (optional)"),
        help_text=_("For example the health board or the local authority."),
        max_length=Action._meta.get_field("support_from").max_length,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = [
        *("text", "owner", "due_on", "past_confirmed"),
        *("support_needed", "support_from", "written_in", "version", "past_asked"),
    ]

    def __init__(self, people, *args, action=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.action = action
        choices = [
            ("", pgettext_lazy("owner of an action", "Nobody yet")),
            *((pk, str(person)) for pk, person in self.people.items()),
        ]
        if action and action.owner and str(action.owner_id) not in self.people:
            # Whoever has left keeps it until somebody else takes it.
            choices.append((str(action.owner_id), _("A former member")))
        self.fields["owner"].choices = choices
        self.initial.setdefault("written_in", "")

    def clean_text(self):
        text = self.cleaned_data["text"].strip()
        if not text:
            raise forms.ValidationError(_("Say what is to be done."))
        return text

    def clean_support_needed(self):
        return self.cleaned_data["support_needed"].strip()

    def clean(self):
        data = super().clean()
        due_on = data.get("due_on")
        was_due_on = self.action and self.action.due_on
        if not due_on or due_on >= timezone.localdate() or due_on == was_due_on:
            return data
        if not (
            data.get("past_asked") == due_on.isoformat() and data.get("past_confirmed")
        ):
            # Shown with a box for this very day, whatever was ticked for another.
            self.data = self.data.copy()
            self.data["past_asked"] = due_on.isoformat()
            self.data.pop("past_confirmed", None)
            self.add_error(
                "due_on", _("This day is in the past. Confirm it, or change it.")
            )
        return data

    @property
    def asks_past(self):
        """Whether the page asks if a day in the past is meant."""
        return bool(self["past_asked"].value())

    def owner_id(self):
        owner = self.cleaned_data["owner"]
        return int(owner) if owner else None

    def values(self):
        """What was typed, by the names of the action's columns."""
        names = ("text", "due_on", "support_needed", "support_from")
        return {
            "owner_id": self.owner_id(),
            **{name: self.cleaned_data[name] for name in names},
        }


class NewActionForm(ActionForm):
    """As ``ActionForm``, with what it is about: an outcome, one of its criteria, or neither."""

    about = forms.ChoiceField(
        label=pgettext_lazy("action", "What it is about"), required=False
    )
    field_order = ["about", *ActionForm.field_order]

    def __init__(self, subjects, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.subjects = {subject.code: subject for subject in subjects}
        self.fields["about"].choices = [
            (code, subject.label) for code, subject in self.subjects.items()
        ]

    def subject(self):
        return self.subjects[self.cleaned_data["about"]]


class StatusForm(ActionPageForm):
    """How far an action is; of one that is closed, what changed or why."""

    status = forms.ChoiceField(
        label=pgettext_lazy("action", "Status"),
        choices=Status.choices,
        widget=forms.RadioSelect(
            attrs={"reveals": {Status.DONE: "what_changed", Status.DROPPED: "reason"}}
        ),
        error_messages={"required": _("Choose how far it is.")},
    )
    what_changed = TextField(
        label=pgettext_lazy("action", "What changed?"),
        help_text=_("What is different now that it is done?"),
        rows=4,
        longest=LONGEST_ACTION,
    )
    reason = TextField(
        label=pgettext_lazy("action", "Why was it dropped?"),
        rows=4,
        longest=LONGEST_ACTION,
    )
    note = TextField(label=_("A note on it (optional)"), rows=3, longest=LONGEST_ACTION)
    field_order = ["status", "what_changed", "reason", "note", "written_in", "version"]

    def clean(self):
        data = super().clean()
        wanted = {
            Status.DONE: ("what_changed", _("Say what changed.")),
            Status.DROPPED: ("reason", _("Say why it was dropped.")),
        }.get(data.get("status"))
        if wanted and not set(NOTES) & set(self.errors) and not self.said_note():
            self.add_error(*wanted)
        return data

    def said_note(self):
        """All that was typed, the fitting text first: nothing of it is thrown away."""
        fitting = {Status.DONE: "what_changed", Status.DROPPED: "reason"}.get(
            self.cleaned_data.get("status"), "note"
        )
        names = sorted(NOTES, key=lambda name: name != fitting)
        texts = (self.cleaned_data.get(name, "").strip() for name in names)
        return "\n\n".join(text for text in texts if text)


NOT_ESCALATED = "cluster"


class EscalationForm(ActionPageForm):
    """Before whom an action is brought next, and what they are told."""

    escalated_to = forms.ChoiceField(
        label=_("Bring it before"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose before whom it is brought.")},
    )
    note = TextField(label=_("Why, and what is needed"), rows=4, longest=LONGEST_ACTION)
    field_order = ["escalated_to", "note", "written_in", "version"]

    def __init__(self, action, *args, **kwargs):
        super().__init__(*args, **kwargs)
        steps = ["", *Action.Escalation.values]
        self.fields["escalated_to"].choices = [
            (
                step or NOT_ESCALATED,
                escalation_words(step) if step else _("Take it back to the cluster"),
            )
            for step in steps
            if step != action.escalated_to
        ]

    def clean_note(self):
        note = self.cleaned_data["note"].strip()
        if not note:
            raise forms.ValidationError(_("Say why, and what is needed."))
        return note

    def said_step(self):
        step = self.cleaned_data["escalated_to"]
        return "" if step == NOT_ESCALATED else step


OPEN, ALL = "", "all"


class ActionFilterForm(forms.Form):
    """What of the list is shown; all of it stands in the address."""

    status = forms.ChoiceField(
        label=pgettext_lazy("action", "Status"),
        choices=[
            (OPEN, pgettext_lazy("actions", "Open")),
            *Status.choices,
            (ALL, pgettext_lazy("filter", "All")),
        ],
        required=False,
    )
    escalated_to = forms.ChoiceField(
        label=_("Escalated to"),
        choices=[
            ("", pgettext_lazy("filter", "All")),
            ("any", pgettext_lazy("escalated to", "Anybody")),
            *Action.Escalation.choices,
        ],
        required=False,
    )
    board = forms.ChoiceField(label=_("Health board"), required=False)
    cluster = forms.ChoiceField(label=_("Cluster"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    mine = forms.BooleanField(label=_("Only those that I own"), required=False)
    overdue = forms.BooleanField(label=_("Only those that are overdue"), required=False)

    def __init__(self, places, data, *, user):
        super().__init__(data, prefix=None, auto_id="filter-%s")
        self.user = user
        every = ("", pgettext_lazy("filter", "All"))
        clusters = {cluster.code: cluster for cluster in places.clusters}
        choices = {
            "board": [(board.code, board.name) for board in places.boards],
            "cluster": [(code, cluster.name) for code, cluster in clusters.items()],
            "outcome": [
                (f"{outcome.module.code}-{outcome.number}", str(outcome))
                for outcome in places.outcomes
            ],
        }
        for name, options in choices.items():
            if len(options) < 2 and not (options and self.data.get(name)):
                del self.fields[name]
            else:
                self.fields[name].choices = [every, *options]

    def conditions(self):
        """What was chosen, of the actions; what cannot be chosen is as if nothing had been."""
        self.is_valid()
        chosen = {
            name: self.cleaned_data[name]
            for name in self.cleaned_data
            if self.cleaned_data[name]
        }
        conditions = Q()
        match chosen.get("status", OPEN):
            case "":
                conditions &= Q(status__in=OPEN_STATUSES)
            case "all":
                pass
            case status:
                conditions &= Q(status=status)
        match chosen.get("escalated_to", ""):
            case "":
                pass
            case "any":
                conditions &= ~Q(escalated_to="")
            case step:
                conditions &= Q(escalated_to=step)
        if "board" in chosen:
            conditions &= Q(reflection__cluster__health_board__code=chosen["board"])
        if "cluster" in chosen:
            conditions &= Q(reflection__cluster__code=chosen["cluster"])
        if "outcome" in chosen:
            module, _dash, number = chosen["outcome"].rpartition("-")
            conditions &= Q(outcome__module__code=module, outcome__number=number)
        if "mine" in chosen:
            conditions &= Q(owner=self.user)
        if "overdue" in chosen:
            conditions &= Q(status__in=OPEN_STATUSES, due_on__lt=timezone.localdate())
        return conditions

    @property
    def is_narrowed(self):
        return any(self.cleaned_data.values())


def criterion_label(criterion):
    """A criterion in a list to choose from: its level and number, and how it begins."""
    where = (
        gettext("Level %(level)s, criterion %(number)s")
        % {"level": criterion.level, "number": criterion.number}
        if criterion.level
        else gettext("Criterion %(number)s") % {"number": criterion.number}
    )
    words = opening(criterion.text)[0].split()
    end = "…" if len(words) > WORDS_OF_A_CHOICE else ""
    return f"{where}: {' '.join(words[:WORDS_OF_A_CHOICE])}{end}"
