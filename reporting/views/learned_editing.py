"""Editing a year's page of what was learned: choosing, writing, ordering, publishing, taking back."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cdf_site.templatetags.interface import PageError
from organisations.permissions import Permission, authorise
from reporting import learned as selectors
from reporting.forms.learned import LABELS, BeginForm, EntryForm, PublishForm
from reporting.models import Learned, LearnedEntry, LearnedVersion
from reporting.services import learned as services

A_PAGE = 20
CONFLICT, INVALID = 409, 422
CANDIDATES = {
    "actions": (selectors.candidate_actions, services.choose_action),
    "practice": (selectors.candidate_practices, services.choose_practice),
}
ARRANGING = {
    "up": lambda entry, by: services.move_entry(entry=entry, up=True, by=by),
    "down": lambda entry, by: services.move_entry(entry=entry, up=False, by=by),
    "remove": lambda entry, by: services.remove_entry(entry=entry, by=by),
    "put_back": lambda entry, by: services.put_back_entry(entry=entry, by=by),
}


def learned_begin(request):
    """Begin the page of a year: a button of the list."""
    authorise(request.user, Permission.EDIT_LEARNED)
    # Of a year that was begun meanwhile, the page that is there is opened.
    form = BeginForm([], request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return redirect("learned:learned_list")
    learned = services.begin_learned(year=form.cleaned_data["year"], by=request.user)
    return redirect("learned:learned_edit", year=learned.year)


def learned_edit(request, year):
    """All entries in their order, what each still needs, and publishing."""
    learned = _editable(request, year)
    return _draw(request, learned, PublishForm(learned))


def _editable(request, year):
    authorise(request.user, Permission.EDIT_LEARNED)
    return get_object_or_404(Learned.objects.visible_to(request.user), year=year)


def _draw(request, learned, form, *, errors=(), status=200):
    return render(
        request,
        "reporting/learned_edit.html",
        {
            "learned": learned,
            "edited": selectors.load_edited(learned, request.user),
            "labels": LABELS,
            "form": form,
            "errors": errors,
        },
        status=status,
    )


def learned_choose(request, year, source):
    """What could be chosen for the page, a button each."""
    learned = _editable(request, year)
    if source not in CANDIDATES:
        raise Http404
    candidates, choose = CANDIDATES[source]
    if request.method == "POST":
        try:
            number = int(request.POST.get("chosen", ""))
            entry = choose(learned=learned, number=number, by=request.user)
        except (ValueError, OverflowError, services.NoCandidate):
            messages.error(request, _("That can no longer be chosen."))
        except services.TooMany:
            messages.error(request, _too_many())
        else:
            return redirect("learned:entry_edit", year=year, entry=entry.pk)
        return redirect("learned:learned_choose", year=year, source=source)
    found = Paginator(candidates(learned, request.user), A_PAGE)
    return render(
        request,
        "reporting/learned_choose.html",
        {
            "learned": learned,
            "source": source,
            "page": found.get_page(request.GET.get("page")),
        },
    )


def _too_many():
    return _("There are as many entries as one page may have.")


def entry_add(request, year, section):
    """Add an entry of the officers' own: a button of the page."""
    learned = _editable(request, year)
    if section not in selectors.SECTIONS:
        raise Http404
    if request.method == "POST":
        try:
            entry = services.add_entry(
                learned=learned, section=section, by=request.user
            )
        except services.TooMany:
            messages.error(request, _too_many())
        else:
            return redirect("learned:entry_edit", year=year, entry=entry.pk)
    return redirect("learned:learned_edit", year=year)


def _entry(request, year, number):
    """The entry of an address, or 404."""
    learned = _editable(request, year)
    return get_object_or_404(
        LearnedEntry.objects.visible_to(request.user)
        .filter(learned=learned)
        .select_related("learned", *selectors.SOURCES),
        pk=number,
    )


def entry_edit(request, year, entry):
    """Write an entry in both languages, and say who may read it."""
    entry = _entry(request, year, entry)
    if "switch_to" in request.POST:
        return _draw_entry(request, entry, EntryForm(entry, request.POST).as_typed())
    if request.method != "POST":
        return _draw_entry(request, entry, EntryForm(entry))
    form = EntryForm(entry, request.POST)
    if not form.is_valid():
        if "version" in form.errors:
            raise BadRequest("the version of the form is missing or spoiled")
        return _draw_entry(request, entry, form, status=INVALID)
    saved = services.save_entry(
        entry=entry,
        base_version=form.cleaned_data["version"],
        said=form.said(),
        by=request.user,
    )
    if saved.conflicts:
        # Saved once more, it goes on from what stands now, which is shown above the fields.
        data = request.POST.copy()
        data["version"] = saved.entry.version
        form = EntryForm(saved.entry, data, conflicts=saved.conflicts)
        return _draw_entry(request, entry, form, now=saved.entry, status=CONFLICT)
    messages.success(request, _("It has been saved."))
    return redirect("learned:learned_edit", year=year)


def _draw_entry(request, entry, form, *, now=None, status=200):
    return render(
        request,
        "reporting/learned_entry.html",
        {
            "entry": entry,
            "form": form,
            "now": now,  # what somebody else made of it while this was written
            "errors": form.conflict_errors(),
        },
        status=status,
    )


def entry_arrange(request, year, entry):
    """Move an entry up or down, take it off the page, or put it back: buttons of the page."""
    entry = _entry(request, year, entry)
    arrange = ARRANGING.get(request.POST.get("act"))
    if request.method == "POST" and arrange:
        arrange(entry, request.user)
    return redirect("learned:learned_edit", year=year)


def entry_history(request, year, entry):
    """Every version of an entry, the newest first, and what was refused among them."""
    entry = _entry(request, year, entry)
    versions = LearnedVersion.objects.visible_to(request.user).filter(entry=entry)
    found = Paginator(versions.select_related("by").order_by("-pk"), A_PAGE)
    return render(
        request,
        "reporting/learned_history.html",
        {"entry": entry, "page": found.get_page(request.GET.get("page"))},
    )


def learned_publish(request, year):
    """Publish the page, or change for whom it is published: a button below it."""
    learned = _editable(request, year)
    form = PublishForm(learned, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return redirect("learned:learned_edit", year=year)
    if not form.is_valid():
        return _draw(request, learned, form, status=INVALID)
    try:
        services.publish_learned(
            learned=learned, is_public=form.is_public, by=request.user
        )
    except services.Incomplete as refused:
        errors = [
            _("It was not published: something is still missing in one language."),
            *map(_what_it_lacks, refused.entries),
        ]
    except services.NothingToShow:
        errors = [
            _("It was not published: there is no entry that its readers may read.")
        ]
    else:
        messages.success(request, _("The page is published."))
        return redirect("learned:learned_detail", year=year)
    return _draw(request, learned, form, errors=errors, status=CONFLICT)


def _what_it_lacks(entry):
    """The line of the error summary that leads to where an entry is completed."""
    heading = entry.heading or entry.heading_cy or entry.heading_en
    name = heading or entry.get_section_display()
    lacking = "; ".join(str(LABELS[name]) for name in entry.missing)
    where = {"year": entry.learned.year, "entry": entry.pk}
    return PageError(f"{name}: {lacking}", reverse("learned:entry_edit", kwargs=where))


def learned_take_back(request, year):
    """Take the page back: a button below it."""
    learned = _editable(request, year)
    if request.method == "POST":
        services.take_back_learned(learned=learned, by=request.user)
        messages.success(
            request, _("The page was taken back. Only its editors see it.")
        )
    return redirect("learned:learned_edit", year=year)
