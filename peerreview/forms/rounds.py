"""The forms of a round: what it is, its phases, its clusters, and a withdrawal."""

from dataclasses import dataclass

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.forms.fields import LARGEST_VERSION, TextField, WrittenForm
from assessments.forms.people import TypedForm
from assessments.models import Cycle
from cdf_site.common.forms import DatePartsField
from organisations.models import HealthBoard, Role
from peerreview.models import (
    LEAST,
    MOST,
    USUAL_RULES,
    ClusterReview,
    PhaseRules,
    ReviewPhase,
    ReviewRound,
)
from peerreview.services.rounds import PhasePlan, plan_of, stays

Kind = ReviewPhase.Kind
TAKEN_BY_A_PAGE = {"add"}  # the last part of an address of its own
NAME_LENGTH = ReviewRound._meta.get_field("name").max_length
LONGEST_REASON = 2_000  # characters
RULES = ("reviewers_annotate", "reviewers_see", "cluster_sees", "cluster_replies")
NATIONAL = "national"


def version_field():
    return forms.IntegerField(
        min_value=0, max_value=LARGEST_VERSION, widget=forms.HiddenInput
    )


@dataclass(frozen=True)
class PhaseFields:
    """A phase on the form: its fields, and whether its rules are worth opening."""

    kind: str
    label: str
    starts_on: object
    rules: list
    is_open: bool
    stays: object = None  # its first day, where that can no longer be moved


class RoundForm(TypedForm):
    """A round with its five phases. ``by`` arranges it; of one that is there, ``review_round``."""

    name_cy = forms.CharField(
        label=_("Name in Welsh"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"lang": "cy", "autocomplete": "off"}),
        error_messages={"required": _("Enter the name in Welsh.")},
    )
    name_en = forms.CharField(
        label=_("Name in English"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"lang": "en", "autocomplete": "off"}),
        error_messages={"required": _("Enter the name in English.")},
    )
    code = forms.SlugField(
        label=_("Code"),
        help_text=_(
            "It stands in addresses and cannot be changed later. "
            "Letters, figures and hyphens, for example autumn-2030."
        ),
        max_length=ReviewRound._meta.get_field("code").max_length,
        widget=forms.TextInput(
            attrs={"class": "nhsuk-input--width-20", "autocomplete": "off"}
        ),
        error_messages={
            "required": _("Enter a code."),
            "invalid": _("Use letters without accents, figures and hyphens."),
        },
    )
    cycle = forms.ModelChoiceField(
        label=pgettext_lazy("label", "Assessment cycle"),
        queryset=Cycle.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a cycle.")},
    )
    health_board = forms.ChoiceField(
        label=_("Whose clusters?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whose clusters take part.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind of review"),
        choices=ReviewRound.Kind.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "In a cluster peer review, groups of clusters review each other. In a whole-cycle "
            "process, each cluster meets its health board, with the key indicators beside."
        ),
        error_messages={"required": _("Choose the kind of review.")},
    )
    group_size = forms.TypedChoiceField(
        label=_("Clusters in a group"),
        choices=[(number, str(number)) for number in range(LEAST, MOST + 1)],
        coerce=int,
        widget=forms.RadioSelect(attrs={"class": "compact"}),
        help_text=_("For suggested groups. A whole-cycle process does not need it."),
        error_messages={"required": _("Choose how many clusters are in a group.")},
    )
    boards = forms.ChoiceField(
        label=_("Health boards in a group"),
        choices=ReviewRound.Boards.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "For suggested groups. A round of one health board has groups within it."
        ),
        error_messages={"required": _("Choose how groups are put together.")},
    )
    version = version_field()

    def __init__(self, *args, by, review_round=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.review_round = review_round
        self.fields["cycle"].queryset = Cycle.objects.begun()
        self.fields["health_board"].choices = _boards(by)
        if review_round:
            del self.fields["code"]
            if review_round.reviews.exists():
                for name in ("cycle", "health_board", "kind"):
                    del self.fields[name]
        if not by.has_role(Role.NATIONAL_OFFICER):
            del self.fields["boards"]
        stored = (
            {phase.kind: phase for phase in review_round.phases.all()}
            if review_round
            else {}
        )
        self.staying = {
            kind for kind, phase in stored.items() if stays(review_round, phase)
        }
        for kind in Kind:
            self._add_phase(kind, stored.get(kind))
        self._begin_with(review_round, by)

    def _add_phase(self, kind, phase):
        plan = plan_of(phase) if phase else None
        rules = plan.rules if plan else USUAL_RULES[kind]
        if kind not in self.staying:
            self.fields[f"{kind}-starts_on"] = DatePartsField(
                label=format_lazy("{}: {}", kind.label, _("first day"))
            )
            if plan:
                self.initial.setdefault(f"{kind}-starts_on", plan.starts_on)
        for name in RULES:
            if kind == Kind.CLOSED and name in {
                "reviewers_annotate",
                "cluster_replies",
            }:
                continue  # nothing is written in a closed review
            self.fields[f"{kind}-{name}"] = _rule_field(name, kind)
            self.initial.setdefault(f"{kind}-{name}", getattr(rules, name))

    def _begin_with(self, review_round, by):
        if review_round is None:
            begin = {
                "cycle": self.fields["cycle"].queryset.first(),
                "kind": ReviewRound.Kind.CLUSTERS,
                "group_size": 4,
                "boards": ReviewRound.Boards.MIXED,
                "health_board": self.fields["health_board"].choices[0][0],
                "version": 0,
            }
        else:
            begin = {
                "name_cy": review_round.name_cy,
                "name_en": review_round.name_en,
                "cycle": review_round.cycle_id,
                "kind": review_round.kind,
                "group_size": review_round.group_size,
                "boards": review_round.boards,
                "health_board": str(review_round.health_board_id or NATIONAL),
                "version": review_round.version,
            }
        for name, value in begin.items():
            self.initial.setdefault(name, value)

    @property
    def phases(self):
        """The fields, phase by phase."""
        stored = (
            {phase.kind: phase for phase in self.review_round.phases.all()}
            if self.review_round
            else {}
        )
        return [
            PhaseFields(
                kind=kind,
                label=kind.label,
                starts_on=self[f"{kind}-starts_on"]
                if f"{kind}-starts_on" in self.fields
                else None,
                rules=[
                    self[f"{kind}-{name}"]
                    for name in RULES
                    if f"{kind}-{name}" in self.fields
                ],
                is_open=any(
                    f"{kind}-{name}" in self.errors
                    or (
                        f"{kind}-{name}" in self.fields
                        and self[f"{kind}-{name}"].value()
                        not in {
                            getattr(USUAL_RULES[kind], name),
                            str(getattr(USUAL_RULES[kind], name)),
                        }
                    )
                    for name in RULES
                ),
                stays=stored[kind].starts_on if kind in self.staying else None,
            )
            for kind in Kind
        ]

    def clean_code(self):
        code = self.cleaned_data["code"]
        if code in TAKEN_BY_A_PAGE:
            raise forms.ValidationError(
                _("This code is taken already. Choose another.")
            )
        return code

    def clean(self):
        data = super().clean()
        if "health_board" in data:
            data["health_board"] = (
                None
                if data["health_board"] == NATIONAL
                else HealthBoard.objects.get(pk=data["health_board"])
            )
        self._check_days(data)
        for kind in Kind:
            if data.get(f"{kind}-cluster_replies") and not data.get(
                f"{kind}-cluster_sees"
            ):
                self.add_error(
                    f"{kind}-cluster_replies",
                    _(
                        "A cluster can reply only to what it sees. Tick both, or neither."
                    ),
                )
        return data

    def _check_days(self, data):
        stored = (
            {phase.kind: phase for phase in self.review_round.phases.all()}
            if self.review_round
            else {}
        )
        today, before = timezone.localdate(), None
        for kind in Kind:
            name = f"{kind}-starts_on"
            if kind in self.staying:
                before = stored[kind].starts_on
                continue
            day = data.get(name)
            if day is None:
                continue
            if before and day <= before:
                self.add_error(
                    name,
                    _(
                        "Choose a day after the first day of the phase before. Phases follow "
                        "each other and do not overlap."
                    ),
                )
            elif (
                self.review_round
                and self.review_round.is_announced
                and day != stored[kind].starts_on
                and day < today
            ):
                self.add_error(
                    name,
                    _("The round has been announced: choose today or a later day."),
                )
            before = max(before, day) if before else day

    def differences(self):
        """What is typed otherwise than it is stored: each with its label and what is stored."""
        return [
            (self[name].label, _shown(field, self.initial.get(name)))
            for name, field in self.fields.items()
            if name != "version" and _differs(self, name)
        ]

    def values(self):
        """What was typed, by the fields of a round; with ``phases`` by their kinds."""
        names = (
            *("name_cy", "name_en", "code", "cycle", "health_board", "kind"),
            *("group_size", "boards"),
        )
        found = {
            name: self.cleaned_data[name] for name in names if name in self.cleaned_data
        }
        of_a_board = found.get(
            "health_board",
            self.review_round.health_board if self.review_round else None,
        )
        if of_a_board:
            found["boards"] = ReviewRound.Boards.WITHIN
        return found | {"phases": self._plans()}

    def _plans(self):
        stored = (
            {phase.kind: phase for phase in self.review_round.phases.all()}
            if self.review_round
            else {}
        )
        return {
            kind: PhasePlan(
                stored[kind].starts_on
                if kind in self.staying
                else self.cleaned_data[f"{kind}-starts_on"],
                PhaseRules(
                    **{
                        name: self.cleaned_data.get(f"{kind}-{name}", False)
                        for name in RULES
                    }
                ),
            )
            for kind in Kind
        }


def _differs(form, name):
    field = form.fields[name]
    typed = field.widget.value_from_datadict(form.data, form.files, name)
    return field.has_changed(form.initial.get(name), typed)


def _shown(field, value):
    """A stored value in the reader's words."""
    match field:
        case DatePartsField():
            return date_format(value, "j F Y") if value else ""
        case forms.BooleanField():
            return _("Yes") if value else _("No")
        case forms.ModelChoiceField():
            return str(field.queryset.filter(pk=getattr(value, "pk", value)).first())
        case forms.ChoiceField():
            return dict(field.choices).get(value, value)
        case _:
            return value


def _boards(by):
    boards = [
        (str(board.pk), board.name)
        for board in HealthBoard.objects.in_name_order()
        if by.has_role(Role.NATIONAL_OFFICER) or board.pk in by.health_board_ids()
    ]
    if by.has_role(Role.NATIONAL_OFFICER):
        return [(NATIONAL, _("Clusters of all Wales")), *boards]
    return boards


def _rule_field(name, kind):
    field = ReviewPhase._meta.get_field(name)
    if name == "reviewers_see":
        return forms.ChoiceField(
            label=_("Reviewers see each other's annotations"),
            choices=ReviewPhase.Sight.choices,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose one of these.")},
        )
    labels = {
        "reviewers_annotate": _("Reviewers annotate"),
        "cluster_sees": _("The cluster sees what was shared"),
        "cluster_replies": _("The cluster replies"),
    }
    return forms.BooleanField(label=labels[name], required=False, initial=field.default)


class ClustersForm(TypedForm):
    """Which clusters take part. ``seen`` says what the page showed, so that only what was changed is."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20_000)

    def __init__(self, choices, *args, is_announced, **kwargs):
        super().__init__(*args, **kwargs)
        self.choices = choices
        self.is_announced = is_announced
        begun = any(choice.review for choice in choices)
        stored = {
            choice.reflection.pk: choice.review.meets_in
            for choice in choices
            if choice.review
        }
        self.initial.setdefault(
            "seen", " ".join(f"{pk}:{language}" for pk, language in stored.items())
        )
        for choice in choices:
            pk = choice.reflection.pk
            if not (is_announced and choice.review):
                self.fields[f"part-{pk}"] = forms.BooleanField(
                    label=choice.reflection.cluster.name,
                    help_text=""
                    if choice.has_submission
                    else _("Nothing submitted yet"),
                    required=False,
                )
                self.initial.setdefault(
                    f"part-{pk}",
                    choice.review is not None
                    if begun or is_announced
                    else choice.has_submission,
                )
            self.fields[f"meets-{pk}"] = forms.ChoiceField(
                label=_("Language of the meeting"),
                choices=[
                    ("", pgettext_lazy("language of a meeting", "Either")),
                    *ClusterReview.MeetsIn.choices,
                ],
                required=False,
            )
            self.initial.setdefault(f"meets-{pk}", stored.get(pk, ""))

    @property
    def rows(self):
        return [
            (
                choice,
                self[f"part-{choice.reflection.pk}"]
                if f"part-{choice.reflection.pk}" in self.fields
                else None,
                self[f"meets-{choice.reflection.pk}"],
            )
            for choice in self.choices
        ]

    def values(self):
        """What was changed against what the page showed, as the service takes it."""
        seen = dict(
            pair.partition(":")[::2] for pair in self.cleaned_data["seen"].split()
        )
        added, dropped, languages = [], [], {}
        for choice in self.choices:
            pk = choice.reflection.pk
            was, language = str(pk) in seen, self.cleaned_data[f"meets-{pk}"]
            takes_part = self.cleaned_data.get(f"part-{pk}", was)
            if takes_part and not was:
                added.append(pk)
            elif was and not takes_part:
                dropped.append(pk)
            if takes_part and language != seen.get(str(pk), ""):
                languages[pk] = language
        return {"added": added, "dropped": dropped, "languages": languages}


class ReasonForm(TypedForm, WrittenForm):
    """Why somebody does what they do, where they say so."""

    reason = TextField(label=_("Reason"), rows=3, longest=LONGEST_REASON)
    field_order = ["reason", "written_in"]

    def __init__(self, *args, label=None, hint="", wanted=False, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label, field.help_text = label or field.label, hint
        self.wanted = wanted

    def clean_reason(self):
        reason = self.cleaned_data["reason"].strip()
        if self.wanted and not reason:
            raise forms.ValidationError(_("Give a reason."))
        return reason

    def values(self):
        reason = self.cleaned_data["reason"]
        return {"reason": reason, "language": self.language_of(reason)}


class AnnounceForm(TypedForm):
    """Nothing but what was seen: the button says the rest."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)
