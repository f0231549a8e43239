"""Actions: the list, one of them with all that became of it, and each thing one can do with it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from assessments import selectors, services
from assessments.action_trail import LABELS, status_before_closing, steps_of
from assessments.forms.actions import (
    ActionFilterForm,
    ActionForm,
    EscalationForm,
    NewActionForm,
    StatusForm,
    criterion_label,
)
from assessments.models import Action
from assessments.selectors.actions import (
    action_page,
    may_add_for,
    owners_of,
    places_of,
    read_over_their_framework,
    with_all_it_shows,
)
from assessments.views.loading import outcome_url, visible
from cdf_site.common.two_texts import joined
from frameworks.errata import read_over
from frameworks.models import Criterion
from organisations.permissions import Permission, authorise, holds

CONFLICT, INVALID = 409, 422
SOMEBODY_ELSE = gettext_lazy(
    "Somebody else has changed this action since you looked. Nothing was saved: look at how it is "
    "now, and decide again."
)


# Looking ------------------------------------------------------------------------------------


def action_list(request):
    """What this person, their clusters and their boards have undertaken; the address says which."""
    form = ActionFilterForm(places_of(request.user), request.GET, user=request.user)
    shown = action_page(request.user, form.conditions(), request.GET.get("page"))
    more = [
        (name, value)
        for name, value in request.GET.items()
        if name in form.fields and value
    ]
    return render(
        request,
        "assessments/action_list.html",
        {
            "form": form,
            "page": shown.page,
            "overdue_count": shown.overdue_count,
            "may_add_for": may_add_for(request.user),
            "previous_url": shown.page.has_previous()
            and _page_url(shown.page.previous_page_number(), more),
            "next_url": shown.page.has_next()
            and _page_url(shown.page.next_page_number(), more),
        },
    )


def _page_url(number, filters):
    return f"?{urlencode([*filters, ('page', number)])}"


def action_detail(request, action):
    """Everything about one action, with its trail."""
    action = _action(request, action)
    return render(
        request,
        "assessments/action_detail.html",
        {
            "action": action,
            "steps": steps_of(action),
            "ladder": Action.Escalation.choices,
            "may_change": holds(request.user, Permission.CHANGE_ACTION, action),
            "may_escalate": holds(request.user, Permission.ESCALATE_ACTION, action),
        },
    )


def _action(request, number, permission=None):
    """The action of an address, or 404; 403 where this person may see it but not do that."""
    action = get_object_or_404(
        with_all_it_shows(Action.objects.visible_to(request.user)), pk=number
    )
    read_over_their_framework([action])
    if permission:
        authorise(request.user, permission, action)
    return action


def _sent(request):
    return request.POST if request.method == "POST" else None


def _to(action):
    return redirect("actions:action_detail", action=action.pk)


# Undertaking --------------------------------------------------------------------------------


@dataclass(frozen=True)
class About:
    """What an action can be about, as one chooses it."""

    code: str
    label: str
    outcome: object = None
    criterion: object = None


def action_add(request, cycle, cluster):
    """Undertake something; ``outcome`` and ``criterion`` of the address say what about."""
    reflection = visible(request, cycle, cluster)
    authorise(request.user, Permission.KEEP_ACTIONS, reflection)
    outcome, subjects, chosen = _subjects(request, reflection)
    form = NewActionForm(
        subjects,
        owners_of(reflection.cluster),
        _sent(request),
        initial={"about": chosen},
    )
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        subject = form.subject()
        values = form.values()
        try:
            action = services.add_action(
                reflection=reflection,
                outcome=subject.outcome,
                criterion=subject.criterion,
                owner=form.people.get(str(values.pop("owner_id"))),
                by=request.user,
                **values,
                **form.languages(),
            )
        except services.NotOfTheCluster:
            form.add_error("owner", _("Choose somebody who works in the cluster."))
        else:
            messages.success(request, _("The action has been added."))
            if _came_from_form(request, reflection) and outcome:
                place = f"criterion-{action.criterion_id}"
                if not action.criterion_id:
                    place = "actions"
                return redirect(f"{outcome_url(reflection, outcome)}#{place}")
            return _to(action)
    return render(
        request,
        "assessments/action_add.html",
        {
            "reflection": reflection,
            "form": form,
            "outcome": outcome,
            "came_from_form": _came_from_form(request, reflection),
        },
        status=INVALID if form.errors else 200,
    )


def _came_from_form(request, reflection):
    return request.GET.get("from") == "form" and holds(
        request.user, Permission.EDIT_ANSWERS, reflection
    )


def _subjects(request, reflection):
    """The outcome of the address, what can be chosen beside it, and what is chosen at first.

    Without an outcome, all of them; of one, the criteria too.
    """
    outcomes = selectors.outcomes_of(reflection.cycle.edition)
    by_code = {f"{one.module.code}-{one.number}": one for one in outcomes}
    criterion = _criterion_from(request, reflection)
    code = request.GET.get("outcome", "")
    if criterion:
        code = next(
            code for code, one in by_code.items() if one.pk == criterion.outcome_id
        )
    none = About("", pgettext("about an action", "No one outcome"))
    outcome = by_code.get(code)
    if outcome is None:
        return (
            None,
            [none, *(About(code, str(one), one) for code, one in by_code.items())],
            "",
        )
    criteria = read_over(
        reflection.cycle.edition, Criterion.objects.filter(outcome=outcome)
    )
    whole = About(
        code, pgettext("about an action", "The outcome as a whole"), outcome=outcome
    )
    subjects = [
        whole,
        *(
            About(
                f"criterion-{one.pk}",
                criterion_label(one),
                outcome=outcome,
                criterion=one,
            )
            for one in criteria
        ),
    ]
    return outcome, subjects, f"criterion-{criterion.pk}" if criterion else code


def _criterion_from(request, reflection):
    number = request.GET.get("criterion", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    return Criterion.objects.filter(
        pk=number, outcome__module__edition=reflection.cycle.edition
    ).first()


# Changing -----------------------------------------------------------------------------------


# The columns that the form changes, each with its field.
FIELDS = {
    "text": "text",
    "owner_id": "owner",
    "due_on": "due_on",
    "support_needed": "support_needed",
    "support_from": "support_from",
}


@dataclass(frozen=True)
class Theirs:
    """What somebody else made of a field that is being changed here too."""

    name: str
    label: str
    text: str = ""  # written by people, in its language
    language: str = ""
    words: str = ""  # chosen
    can_be_joined: bool = False


def action_edit(request, action):
    """Change what is to be done, by whom, until when, and with what support."""
    action = _action(request, action, Permission.CHANGE_ACTION)
    people = owners_of(action.reflection.cluster)
    form = ActionForm(people, _sent(request), action=action, initial=_initial(action))
    # The fields of which the page shows two, until one of them is saved.
    both = [name for name in request.POST.getlist("both") if name in FIELDS]
    is_conflict = False
    if {"switch_to", "use_theirs", "join"} & set(request.POST):
        data, both = _settled(request.POST, action, both)
        form = ActionForm(people, data, action=action).as_typed()
    elif request.method == "POST" and form.is_valid():
        try:
            services.change_action(
                action=action, changes=form.values(), by=request.user, **form.said()
            )
        except services.ActionChanged as changed:
            is_conflict, both = True, changed.fields
            action = _action(request, action.pk, Permission.CHANGE_ACTION)
            form = ActionForm(
                people, _as_of_now(request, action), action=action
            ).as_typed()
        except services.NotOfTheCluster:
            form.add_error("owner", _("Choose somebody who works in the cluster."))
        else:
            messages.success(request, _("The action has been changed."))
            return _to(action)
    return render(
        request,
        "assessments/action_edit.html",
        {
            "action": action,
            "form": form,
            "theirs": {FIELDS[name]: _theirs(action, name, people) for name in both},
            "latest": steps_of(action)[0] if both else None,
            "errors": [SOMEBODY_ELSE] if is_conflict else [],
        },
        status=CONFLICT if is_conflict else _status_of(form),
    )


def _as_of_now(request, action):
    """What was typed, from here on of the action as it is now."""
    data = request.POST.copy()
    data["version"] = action.version
    return data


def _status_of(form):
    return INVALID if form.errors else 200


def _initial(action):
    return {
        "text": action.text,
        "owner": str(action.owner_id or ""),
        "due_on": action.due_on,
        "support_needed": action.support_needed,
        "support_from": action.support_from,
        "version": action.version,
    }


WRITTEN = ("text", "support_needed")


def _settled(data, action, both):
    """The page as it was sent, with the field as the button says that was pressed."""
    name = data.get("use_theirs") or data.get("join")
    if name not in both:
        return data, both
    data = data.copy()
    theirs = _initial(action)[FIELDS[name]]
    if "join" in data and name in WRITTEN:
        data[name] = joined(data.get(name, ""), theirs)
    elif name == "due_on":
        parts = (theirs.day, theirs.month, theirs.year) if theirs else ("", "", "")
        for part, value in zip(("day", "month", "year"), parts, strict=True):
            data[f"due_on_{part}"] = value
    else:
        data[FIELDS[name]] = theirs
    return data, [one for one in both if one != name]


def _theirs(action, name, people):
    language = {"text": action.language, "support_needed": action.support_language}
    text = getattr(action, name) or ""
    if name in WRITTEN:
        return Theirs(
            name, LABELS[name], text, language[name], can_be_joined=bool(text)
        )
    words = {
        "owner_id": str(action.owner) if action.owner in people else "",
        "due_on": action.due_on and date_format(action.due_on, "j F Y"),
        "support_from": text,
    }
    return Theirs(name, LABELS[name], words=words[name] or "")


# How far it is, and before whom ---------------------------------------------------------------


def action_status(request, action):
    """Say how far an action is; the button "Open it again" undoes its being closed."""
    action = _action(request, action, Permission.CHANGE_ACTION)
    if "reopen" in request.POST:
        return _reopen(request, action)

    def act(form):
        services.set_action_status(
            action=action,
            status=form.cleaned_data["status"],
            note=form.said_note(),
            by=request.user,
            **form.said(),
        )

    return _step_page(
        request,
        action,
        Permission.CHANGE_ACTION,
        "assessments/action_status.html",
        make_form=lambda action, *args: StatusForm(*args, initial=_status_now(action)),
        act=act,
    )


def _status_now(action):
    closing = {
        Action.Status.DONE: "what_changed",
        Action.Status.DROPPED: "reason",
    }.get(action.status)
    return {"status": action.status, "version": action.version} | (
        {closing: action.what_changed} if closing else {}
    )


def _reopen(request, action):
    form = StatusForm(request.POST.dict() | {"status": status_before_closing(action)})
    if action.is_open or not form.is_valid():
        return _to(action)
    try:
        services.set_action_status(
            action=action,
            status=form.cleaned_data["status"],
            note="",
            by=request.user,
            **form.said(),
        )
    except services.ActionChanged:
        messages.warning(request, SOMEBODY_ELSE)
    else:
        messages.success(request, _("The action is open again."))
    return _to(action)


def action_escalate(request, action):
    """Bring an action before others, higher or lower, or take it back; with a note."""
    action = _action(request, action, Permission.ESCALATE_ACTION)

    def act(form):
        services.escalate_action(
            action=action,
            escalated_to=form.said_step(),
            note=form.cleaned_data["note"],
            by=request.user,
            **form.said(),
        )

    return _step_page(
        request,
        action,
        Permission.ESCALATE_ACTION,
        "assessments/action_escalate.html",
        make_form=lambda action, *args: EscalationForm(
            action, *args, initial={"version": action.version}
        ),
        act=act,
    )


def _step_page(request, action, permission, template, *, make_form, act):
    """A page of one step of an action: shown, taken once, or shown again with what was typed."""
    form = make_form(action, _sent(request))
    is_conflict = False
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        try:
            act(form)
        except (services.ActionChanged, services.NoSuchStep):
            is_conflict = True
            action = _action(request, action.pk, permission)
            form = make_form(action, _as_of_now(request, action)).as_typed()
        else:
            messages.success(request, _("The action has been changed."))
            return _to(action)
    return render(
        request,
        template,
        {
            "action": action,
            "form": form,
            "latest": steps_of(action)[0] if is_conflict else None,
            "errors": [SOMEBODY_ELSE] if is_conflict else [],
        },
        status=CONFLICT if is_conflict else _status_of(form),
    )
