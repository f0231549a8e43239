"""What became of an action: who, when, what changed and why. Nothing here writes."""

import datetime
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from assessments.models import OPEN_STATUSES, Action, ActionChange
from assessments.selectors.actions import members
from cdf_site.common.word_diff import word_diff
from organisations.models import CLUSTER_ROLES, Membership, User

# What a step can change, in the order of the page.
LABELS = {
    "text": pgettext_lazy("action", "What is to be done"),
    "owner_id": pgettext_lazy("action", "Owner"),
    "due_on": pgettext_lazy("action", "Due"),
    "status": pgettext_lazy("action", "Status"),
    "support_needed": pgettext_lazy("action", "Support needed"),
    "support_from": pgettext_lazy("action", "Support from"),
    "escalated_to": pgettext_lazy("action", "Escalated to"),
}
LANGUAGES_OF = {"text": "language", "support_needed": "support_language"}


@dataclass(frozen=True)
class Changed:
    """A field of an action before a step and after it, in words."""

    label: str
    before: str = ""
    after: str = ""
    parts: list = field(default_factory=list)  # of a text: what changed, word by word
    language: str = ""


@dataclass(frozen=True)
class Step:
    """One step in the life of an action, as its page shows it."""

    change: ActionChange
    author: User | None  # None: somebody who has left the cluster
    changed: list[Changed]


def steps_of(action):
    """Everything that became of ``action``, the latest first: four queries.

    Of an action whose steps were not written down from the beginning, it begins with who added it.
    """
    changes = list(action.changes.select_related("by").order_by("version"))
    if not changes or changes[0].kind != ActionChange.Kind.ADDED:
        first = ActionChange(
            action=action,
            version=0,
            kind=ActionChange.Kind.ADDED,
            at=action.added_at,
            by=action.added_by,
        )
        changes.insert(0, first)
    here, ever = _people_of(action.reflection.cluster)
    numbers = {change.after.get("owner_id") for change in changes} - {None}
    owners = {person.pk: person for person in User.objects.filter(pk__in=numbers)}

    def name_of(number):
        if number is None:
            return pgettext("owner of an action", "Nobody yet")
        return str(owners[number]) if number in here else _("A former member")

    steps, before = [], {}
    for change in changes:
        steps.append(
            Step(
                change=change,
                author=None if change.by_id in ever - here else change.by,
                changed=_changed(before, change.after, name_of) if before else [],
            )
        )
        before = change.after or before
    return steps[::-1]


def status_before_closing(action):
    """The status to which an action that was closed goes back when it is opened again."""
    statuses = [
        change.after.get("status") for change in action.changes.order_by("-version")
    ]
    return next(
        (one for one in statuses if one in OPEN_STATUSES), Action.Status.PLANNED
    )


def _people_of(cluster):
    """The numbers of those who work in ``cluster`` or one that follows it, and of all who ever did."""
    here = set(members(cluster).values_list("user", flat=True))
    ever = Membership.objects.filter(cluster=cluster, role__in=CLUSTER_ROLES)
    return here, here | set(ever.values_list("user", flat=True))


def _changed(before, after, name_of):
    return [
        _in_words(name, before, after, name_of)
        for name in LABELS
        if before.get(name) != after.get(name)
    ]


def _in_words(name, before, after, name_of):
    old, new = before.get(name), after.get(name)
    if name in LANGUAGES_OF:
        language = LANGUAGES_OF[name]
        return Changed(
            LABELS[name],
            parts=word_diff(old or "", new or ""),
            language=after.get(language) or before.get(language) or "",
        )
    say = {
        "owner_id": name_of,
        "due_on": _day,
        "status": lambda status: Action.Status(status).label,
        "escalated_to": escalation_words,
    }.get(name, lambda text: text or _none())
    return Changed(LABELS[name], before=say(old), after=say(new))


def _day(value):
    if not value:
        return _none()
    return date_format(datetime.date.fromisoformat(value), "j F Y")


def _none():
    return pgettext("before or after a change", "nothing")


def escalation_words(step):
    """Where an action is, on the ladder of those whom it can be brought before."""
    if step:
        return Action.Escalation(step).label
    return _("With the cluster, and not escalated")
