"""What an administrator says of a cluster that is renamed, closed, merged or split."""

from itertools import groupby

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from organisations import services
from organisations.models import Cluster, FormerName, LocalAuthority, PlanningGroup

NEW = "new"
LEAVES = "leaves"
MOST_NEW = 4  # clusters of one
FEWEST_NEW = 2
NAME_LENGTH = Cluster._meta.get_field("name").max_length


def _name(label):
    return forms.CharField(
        label=label,
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class RenameForm(forms.Form):
    name_cy = _name(_("New name in Welsh"))
    name_en = _name(_("New name in English"))
    reason = forms.CharField(
        label=_("Reason (optional)"),
        required=False,
        max_length=FormerName._meta.get_field("reason").max_length,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("For the history, in your own words."),
    )


class DayForm(forms.Form):
    """The day on which it happens."""

    on = forms.DateField(
        label=_("On which day?"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "Today or later. The clusters that close exist until the day before."
        ),
    )

    def refuse(self, error):
        """Show why ``error`` refused it, where it can be put right."""
        day = isinstance(
            error, services.WrongDay | services.NotOpenYet | services.TooEarly
        )
        self.add_error("on" if day else None, sentence(error))


class MergeForm(DayForm):
    """Which clusters become one, and which one that is."""

    clusters = forms.MultipleChoiceField(
        label=_("Which clusters become one?"), widget=forms.CheckboxSelectMultiple
    )
    into = forms.ChoiceField(
        label=_("What do they become?"), widget=forms.RadioSelect, initial=NEW
    )
    field_order = ("clusters", "on", "into")

    def __init__(self, offered, *args, **kwargs):
        """``offered``: the clusters that can be chosen, board by board."""
        super().__init__(*args, **kwargs)
        self.offered = {str(cluster.pk): cluster for cluster in offered}
        names = [(pk, cluster.name) for pk, cluster in self.offered.items()]
        by_board = [
            (board.name, [(str(cluster.pk), cluster.name) for cluster in clusters])
            for board, clusters in groupby(
                offered, key=lambda cluster: cluster.health_board
            )
        ]
        self.fields["clusters"].choices = by_board if len(by_board) > 1 else names
        self.fields["into"].choices = [(NEW, _("A new cluster"))] + [
            (pk, _("It carries on: %(name)s") % {"name": name}) for pk, name in names
        ]

    def clean(self):
        cleaned = super().clean()
        chosen, into = cleaned.get("clusters"), cleaned.get("into")
        if chosen and into and into != NEW and into not in chosen:
            self.add_error(
                "into", _("Choose a new cluster, or one of those that become one.")
            )
        return cleaned

    @property
    def is_new(self):
        return self.data.get("into", NEW) == NEW

    def chosen(self):
        return [self.offered[pk] for pk in self.cleaned_data["clusters"]]

    def carries_on(self):
        """The cluster that takes the others in, where it is no new one."""
        return self.offered.get(self.cleaned_data["into"])


class NewClusterForm(forms.Form):
    """A cluster that is to be opened."""

    name_cy = _name(_("Name in Welsh"))
    name_en = _name(_("Name in English"))
    code = forms.SlugField(
        label=_("Code"),
        max_length=Cluster._meta.get_field("code").max_length,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_(
            "Part of its addresses, for good: small letters, figures and hyphens."
        ),
    )
    local_authority = forms.ModelChoiceField(
        LocalAuthority.objects.none(), label=_("Local authority")
    )
    planning_group = forms.ModelChoiceField(
        PlanningGroup.objects.none(),
        label=_("Pan-cluster planning group (optional)"),
        required=False,
    )

    def __init__(self, board, *args, like=None, **kwargs):
        """``board`` is None where it is not known yet; ``like`` gives first values."""
        if like:
            kwargs["initial"] = {
                "local_authority": like.local_authority_id,
                "planning_group": like.planning_group_id,
            }
        super().__init__(*args, **kwargs)
        groups = PlanningGroup.objects.in_name_order()
        self.fields["local_authority"].queryset = LocalAuthority.objects.in_name_order()
        self.fields["planning_group"].queryset = (
            groups.filter(health_board=board) if board else groups
        )

    def clean_code(self):
        code = self.cleaned_data["code"].lower()
        if Cluster.objects.filter(code=code).exists():
            raise forms.ValidationError(_("Another cluster has this code."))
        return code

    def has_changed(self):
        """What a cluster is to be called counts; where it lies is filled in from the beginning."""
        return bool({"name_cy", "name_en", "code"} & set(self.changed_data))

    def cluster(self):
        return services.NewCluster(**self.cleaned_data)


class PeopleForm(forms.Form):
    """Of each person of a cluster that is split, to which of the new ones they go."""

    def __init__(self, memberships, names, *args, **kwargs):
        """``memberships`` of the cluster that is split, ``names`` of the new ones."""
        super().__init__(*args, **kwargs)
        roles = {}
        for membership in memberships:
            roles.setdefault(membership.user, []).append(
                str(membership.get_role_display())
            )
        self.people = list(roles)
        choices = [(str(place), name) for place, name in enumerate(names)]
        for person in self.people:
            self.fields[f"person-{person.pk}"] = forms.MultipleChoiceField(
                label=f"{person} ({', '.join(roles[person])})",
                choices=[*choices, (LEAVES, _("None: their part ends"))],
                widget=forms.CheckboxSelectMultiple,
                error_messages={
                    "required": _("Say to which clusters this person goes, or none.")
                },
            )

    def clean(self):
        cleaned = super().clean()
        for name, chosen in list(cleaned.items()):
            if LEAVES in chosen and len(chosen) > 1:
                self.add_error(name, _("Choose clusters, or none, not both."))
        return cleaned

    def goes_to(self):
        """The places of the new clusters, by the person's primary key."""
        return {
            person.pk: [
                int(place)
                for place in self.cleaned_data[f"person-{person.pk}"]
                if place != LEAVES
            ]
            for person in self.people
        }


def sentence(error):
    """Why a plan was refused, and what to do."""
    match error:
        case services.TooFew():
            return _("Choose at least two clusters.")
        case services.OtherBoard():
            return _(
                "These clusters belong to different health boards. Only clusters of one health "
                "board can be merged: otherwise what each board reads of past cycles would change."
            )
        case services.WrongDay():
            return _("Choose a day from today on, at most two years ahead.")
        case services.NotOpenYet():
            return _(
                "Choose a later day. This cluster opens on %(date)s: %(cluster)s"
            ) % {
                "cluster": error.cluster.name,
                "date": date_format(error.cluster.opened_on, "j F Y"),
            }
        case services.ClosedAlready():
            if error.cluster.closed_on <= timezone.localdate():
                text = _("This cluster closed on %(date)s: %(cluster)s")
            else:
                text = _(
                    "It is settled that this cluster closes on %(date)s: %(cluster)s"
                )
            return text % {
                "cluster": error.cluster.name,
                "date": date_format(error.cluster.closed_on, "j F Y"),
            }
        case services.TakesOver():
            return _(
                "It is settled that this cluster carries on for others from %(date)s. Once that "
                "day has come, you can close, merge or split it: %(cluster)s"
            ) % {
                "cluster": error.cluster.name,
                "date": date_format(error.on, "j F Y"),
            }
        case services.TooEarly():
            return _(
                "A self-reflection is still under way until then. The earliest possible day: "
                "%(date)s"
            ) % {"date": date_format(error.earliest, "j F Y")}
        case services.CodeTaken():
            return _(
                "Another cluster has this code, or two of the new ones have the same."
            )
        case services.NameMissing():
            return _("Give the name in Welsh and in English.")
        case services.NothingNew():
            return _("The cluster is called so already.")
        case services.NobodySaid():
            return _(
                "Somebody has joined the cluster meanwhile. Say where they go, too."
            )
