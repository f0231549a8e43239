"""Cycles: planning, opening, extending and closing them, each after a look at whom it concerns."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments import services
from assessments.forms.cycles import (
    ClosingForm,
    CycleExtensionForm,
    CycleForm,
    NamesForm,
    OpeningForm,
    PlannedCycleForm,
)
from assessments.models import Cycle
from assessments.selectors.cycles import (
    all_cycles,
    closing_preview,
    cycle_page,
    events_of,
    extension_preview,
    fingerprint,
    opening_preview,
)
from frameworks.errata import read_over_editions
from organisations.permissions import Permission, authorise, holds

CONFLICT = 409


def _cycle(request, code, permission=Permission.MANAGE_CYCLES):
    """The cycle of an address. Whoever may keep none learns nothing of which there are."""
    authorise(request.user, Permission.MANAGE_CYCLES)
    cycle = get_object_or_404(Cycle.objects.select_related("edition"), code=code)
    read_over_editions([cycle.edition])
    authorise(request.user, permission, cycle)
    return cycle


def _sent(request):
    return request.POST if request.method == "POST" else None


def _to(cycle):
    return redirect("cycles:cycle_detail", cycle=cycle.code)


def _draw(request, template, context, *, form, changed=False):
    """The page; with a word on top where the cycle is no longer as it was shown."""
    errors = []
    status = 422 if form.errors else 200
    if changed:
        cycle = context["cycle"]
        status, errors = CONFLICT, [_has_changed(cycle)]
    return render(
        request,
        f"assessments/{template}.html",
        {"form": form, "errors": errors, "changed": changed} | context,
        status=status,
    )


def _has_changed(cycle):
    return " ".join(
        [
            _("The cycle, or whom this concerns, has changed since you looked."),
            _("Nothing was done. Look at what follows, and decide again."),
            _last_word(cycle),
        ]
    ).strip()


def _last_word(cycle):
    """What was done with the cycle last, by whom and when; the names stand outside sentences."""
    event = events_of(cycle).select_related("by").first()
    if event is None:
        return ""
    done = {
        "opened": _("The cycle was opened"),
        "clusters_added": _("Clusters were added to the cycle"),
        "extended": _("The cycle was extended"),
        "closed": _("The cycle was closed"),
    }.get(event.details.get("change"), _("The cycle was changed"))
    at = date_format(timezone.localtime(event.at), "j F Y, H:i")
    return f"{done}: {event.by}, {at}." if event.by else f"{done}: {at}."


# Looking ------------------------------------------------------------------------------------


def cycle_list(request):
    """All cycles, and how far each is."""
    authorise(request.user, Permission.MANAGE_CYCLES)
    return render(request, "assessments/cycle_list.html", {"cycles": all_cycles()})


def cycle_detail(request, cycle):
    """Everything about one cycle, and what can be done next."""
    cycle = _cycle(request, cycle)
    return render(
        request,
        "assessments/cycle_detail.html",
        {
            "cycle": cycle,
            "page": cycle_page(cycle),
            "sees_results": holds(request.user, Permission.VIEW_NATIONAL_RESULTS),
        },
    )


# Planning -----------------------------------------------------------------------------------


def cycle_add(request):
    """Plan a cycle."""
    authorise(request.user, Permission.MANAGE_CYCLES)
    form = CycleForm(_sent(request))
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        try:
            cycle = services.add_cycle(by=request.user, **form.values())
        except services.CodeTaken:
            form.add_error("code", _("This code is taken already. Choose another."))
        except services.NotPublished:
            form.add_error("edition", _("Choose an edition that is published."))
        else:
            messages.success(
                request,
                _("The cycle is planned. Nobody sees it until it is opened."),
            )
            return _to(cycle)
    return _draw(request, "cycle_add", {}, form=form)


def cycle_edit(request, cycle):
    """Change everything while a cycle is planned, and its names afterwards."""
    cycle = _cycle(request, cycle)
    is_planned = cycle.opened_at is None
    make_form = PlannedCycleForm if is_planned else NamesForm
    form = make_form(_sent(request), initial=_initial(cycle))
    changed = False
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        try:
            services.change_cycle(
                cycle=cycle,
                changes=form.values(),
                by=request.user,
                seen=form.cleaned_data["seen"],
            )
        except (services.CycleChanged, services.FixedByOpening):
            cycle = _cycle(request, cycle.code)
            changed = True
            form = _seen_now(
                PlannedCycleForm if cycle.opened_at is None else NamesForm,
                request.POST,
                fingerprint(cycle),
                initial=_initial(cycle),
            )
        except services.NotPublished:
            form.add_error("edition", _("Choose an edition that is published."))
        else:
            messages.success(request, _("The cycle has been changed."))
            return _to(cycle)
    return _draw(request, "cycle_edit", {"cycle": cycle}, form=form, changed=changed)


def _initial(cycle):
    opens_at, closes_at = map(timezone.localtime, (cycle.opens_at, cycle.closes_at))
    return {
        "name_cy": cycle.name_cy,
        "name_en": cycle.name_en,
        "edition": cycle.edition,
        "opens_on": opens_at.date(),
        "opens_at_hour": date_format(opens_at, "H:i"),
        "closes_on": closes_at.date(),
        "closes_at_hour": date_format(closes_at, "H:i"),
        "seen": fingerprint(cycle),
    }


def _seen_now(make_form, data, seen, *args, **kwargs):
    """The form as it was typed, on the cycle as it is now."""
    data = data.copy()
    data["seen"] = seen
    for name in ("final", "early", "confirmed"):  # decided of what was otherwise
        data.pop(name, None)
    return make_form(*args, data, **kwargs).as_typed()


# Opening ------------------------------------------------------------------------------------


def cycle_open(request, cycle):
    """Whom opening concerns; then open. Of an open cycle: the clusters added since."""
    cycle = _cycle(request, cycle, Permission.OPEN_CYCLE)
    if cycle.closed_at is not None:
        return _not_open(request, cycle)
    was_open, changed = cycle.is_open, False
    form = OpeningForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.open_cycle(
                cycle=cycle, by=request.user, seen=form.cleaned_data["seen"]
            )
        except services.CycleChanged:
            cycle = _cycle(request, cycle.code)
            if cycle.closed_at or (cycle.is_open and not was_open):
                messages.info(request, _last_word(cycle))
                return _to(cycle)
            changed = True
        except (services.NotPublished, services.HourPassed):
            cycle = _cycle(request, cycle.code)  # the page says why
        else:
            messages.success(
                request,
                _("The clusters have their self-reflections.")
                if was_open
                else _("The cycle is open."),
            )
            return _to(cycle)
    preview = opening_preview(cycle, by=request.user)
    if was_open and not preview.clusters and request.method == "POST":
        # Pressed twice, or by two: whoever was first did it.
        messages.info(request, _last_word(cycle))
        return _to(cycle)
    return _draw(
        request,
        "cycle_open",
        {
            "cycle": cycle,
            "preview": preview,
            "is_published": cycle.is_open or cycle.edition.is_published,
            "hour_passed": cycle.closes_at <= timezone.now(),
            "opens_later": cycle.opens_at > timezone.now(),
            "also_open": Cycle.objects.current().exclude(pk=cycle.pk),
        },
        form=OpeningForm(initial={"seen": preview.seen}),
        changed=changed,
    )


# Extending ----------------------------------------------------------------------------------


def cycle_extend(request, cycle):
    """A later closing hour for everybody: asked for, shown with whom it concerns, then set."""
    cycle = _cycle(request, cycle, Permission.EXTEND_CYCLE)
    if not cycle.is_open:
        return _not_open(request, cycle)
    form = CycleExtensionForm(
        cycle, _sent(request), initial={"seen": fingerprint(cycle)}
    )
    changed = False
    if (
        "switch_to" in request.POST and "shown" not in request.POST
    ) or "change" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"]
        if "confirmed" not in request.POST and seen == fingerprint(cycle):
            return _extension_check(request, cycle, form)
        try:
            services.extend_cycle(
                cycle=cycle, by=request.user, seen=seen, **form.values()
            )
        except services.NotOpen:
            return _not_open(request, _cycle(request, cycle.code))
        except (services.CycleChanged, services.NoExtension):
            changed = True
        else:
            messages.success(request, _("Every cluster has more time."))
            return _to(cycle)
    elif request.method == "POST" and form.data.get("seen") != fingerprint(cycle):
        changed = True  # no later than the hour that somebody else has set meanwhile
    if changed:
        cycle = _cycle(request, cycle.code)
        if not cycle.is_open:
            return _not_open(request, cycle)
        form = _seen_now(CycleExtensionForm, request.POST, fingerprint(cycle), cycle)
    return _draw(request, "cycle_extend", {"cycle": cycle}, form=form, changed=changed)


def _extension_check(request, cycle, form):
    preview = extension_preview(cycle, form.cleaned_data["closes_at"], by=request.user)
    context = {"cycle": cycle, "preview": preview}
    return _draw(request, "cycle_extend_check", context, form=form)


def _not_open(request, cycle):
    """Say why a cycle can be neither extended nor closed, and lead to its page."""
    if cycle.closed_at:
        messages.info(request, _last_word(cycle) or _("The cycle is closed."))
    else:
        messages.info(request, _("The cycle has not been opened yet."))
    return _to(cycle)


# Closing ------------------------------------------------------------------------------------


def cycle_close(request, cycle):
    """What ends with the cycle; then close it, which cannot be undone."""
    cycle = _cycle(request, cycle, Permission.CLOSE_CYCLE)
    if not cycle.is_open:
        return _not_open(request, cycle)
    preview = closing_preview(cycle, by=request.user)
    initial = {"seen": preview.seen}
    form = ClosingForm(_sent(request), initial=initial, is_early=preview.is_early)
    changed = False
    if "switch_to" in request.POST:
        form = form.as_typed()
    elif request.method == "POST" and form.is_valid():
        try:
            services.close_cycle(
                cycle=cycle,
                by=request.user,
                seen=form.cleaned_data["seen"],
                early_confirmed=form.cleaned_data.get("early", False),
            )
        except (services.CycleChanged, services.TooEarly):
            changed = True
        else:
            messages.success(request, _("The cycle is closed."))
            return _to(cycle)
    elif request.method == "POST" and form.data.get("seen") != preview.seen:
        changed = True
    if changed:
        cycle = _cycle(request, cycle.code)
        if not cycle.is_open:
            return _not_open(request, cycle)
        preview = closing_preview(cycle, by=request.user)
        form = _seen_now(
            ClosingForm, request.POST, preview.seen, is_early=preview.is_early
        )
    return _draw(
        request,
        "cycle_close",
        {"cycle": cycle, "preview": preview},
        form=form,
        changed=changed,
    )
