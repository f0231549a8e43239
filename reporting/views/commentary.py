"""Writing commentary on an exhibit or on a page of the dashboard, and how it came about."""

import uuid

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cdf_site.common.two_texts import joined
from organisations.permissions import Permission, authorise
from reporting.commentary import WHOLE_PAGE
from reporting.exhibits import EXHIBITS, is_note_key, kind_of_note, numbered
from reporting.forms.commentary import (
    LABELS,
    LANGUAGES,
    CommentaryForm,
    RestoreForm,
)
from reporting.models import Commentary, CommentaryVersion
from reporting.services.commentary import Typed, may_have_written, save_commentary
from reporting.views.loading import VIEWS, dashboard_page, page_asked_for

PAGE = "page"  # in the address, for a note that is on no one exhibit
SETTLES = ("keep_mine", "use_theirs", "join")  # buttons, whose value is the language
CONFLICT, INVALID = 409, 422
A_PAGE_OF_HISTORY = 30


def commentary_edit(request, scope, exhibit):
    """Write on an exhibit, or on the whole page, in both languages side by side."""
    if request.method == "POST":
        return _save(request, _page_to_save_on(request, scope), _key(exhibit))
    page = dashboard_page(request, scope)
    authorise(request.user, Permission.WRITE_COMMENTARY, page.scope)
    key = _key(exhibit)
    form = CommentaryForm(_stored(request.user, page, key))
    return _draw(request, page, key, form)


def _page_to_save_on(request, scope):
    """The page; also for who was an officer there while they wrote, so that their words are kept."""
    page = page_asked_for(request, scope)
    if page is None or not may_have_written(request.user, page.scope):
        page = dashboard_page(request, scope)
        authorise(request.user, Permission.WRITE_COMMENTARY, page.scope)
    return page


def _key(exhibit):
    """What the address says, as it is stored; 404 where there is no such exhibit."""
    if exhibit == PAGE:
        return WHOLE_PAGE
    longest = Commentary._meta.get_field("exhibit").max_length
    if len(exhibit) > longest or not is_note_key(exhibit):
        raise Http404
    return exhibit


def _stored(user, page, key):
    rows = Commentary.objects.visible_to(user).filter(
        scope=page.scope.code, cycle=page.cycle, exhibit=key
    )
    return {row.written_for: row for row in rows}


def _draw(request, page, key, form, *, status=200):
    exhibits = []
    if key:
        exhibits = numbered([EXHIBITS[kind_of_note(key)](page)])
        if not exhibits or exhibits[0].note_key != key:  # there is none such here
            raise Http404
    return render(
        request,
        "reporting/commentary_edit.html",
        _frame(request, page, key)
        | {"form": form, "exhibits": exhibits, "errors": form.conflict_errors()},
        status=status,
    )


def _frame(request, page, key):
    """What the pages about one note have in common."""
    query = {
        name: value
        for name, value in page.query.items()
        if name not in {"from", "page"}
    }
    query["cycle"] = page.cycle.code
    view = page.query.get("from")
    view = view if view in VIEWS else "overview"
    place = {"scope": page.scope.code, "exhibit": key or PAGE}
    return {
        "page": page,
        "back_url": f"{page.scope.url(view, **query)}#{kind_of_note(key) or 'commentary'}",
        "edit_url": reverse(
            "dashboard:commentary", kwargs=place, query=query | {"from": view}
        ),
        "history_url": reverse(
            "dashboard:commentary_history", kwargs=place, query=query | {"from": view}
        ),
    }


# Saving ----------------------------------------------------------------------------------


def _save(request, page, key):
    """Save what was typed; what cannot be taken stays on the page, or is shown as kept."""
    data = request.POST
    stored = _stored(request.user, page, key)
    if "switch_to" in data:
        authorise(request.user, Permission.WRITE_COMMENTARY, page.scope)
        form = CommentaryForm(stored, _from_where_they_began(data)).as_typed()
        return _draw(request, page, key, form)
    form = CommentaryForm(stored, _settled(data, stored))
    form.is_valid()
    entries = form.entries()
    if not entries:
        if not page.takes_commentary:
            return _refused(request, form, is_kept=False)
        return _draw(request, page, key, form, status=INVALID)
    saved = save_commentary(
        scope=page.scope,
        cycle=page.cycle,
        exhibit=key,
        entries=entries,
        operation_id=form.cleaned_data["operation_id"],
        by=request.user,
    )
    if not page.takes_commentary:
        return _refused(request, form, is_kept=True)
    if saved.conflicts:
        stored = _stored(request.user, page, key)
        data = _from_the_newest(form.data, saved)
        form = CommentaryForm(stored, data, conflicts=saved.conflicts)
        return _draw(request, page, key, form, status=CONFLICT)
    messages.success(request, _saved_words(_stored(request.user, page, key)))
    frame = _frame(request, page, key)
    is_settled = any(data.get(name) for name in SETTLES)
    return redirect(frame["edit_url"] if is_settled else frame["back_url"])


def _saved_words(stored):
    if any(row.is_shared for row in stored.values()):
        return _("The commentary has been saved. Readers of the dashboard see it.")
    return _("The commentary has been saved. Only officers who may change it see it.")


def _settled(data, stored):
    """The posted page, with its text as the button says that was pressed beside another one.

    To keep mine is to send it as it is. The language that stands beside another's too, and whose
    buttons were not pressed, goes on from the version that was refused, and is shown again.
    """
    pressed = {name: data[name] for name in SETTLES if data.get(name)}
    if not pressed:
        return data
    settled = data.copy()
    for language in LANGUAGES:
        row = stored.get(language)
        if row and pressed.get("use_theirs") == language:
            settled[f"{language}-version"] = row.version
            settled[f"{language}-text"] = row.text
            _tick(settled, language, row.is_shared)
        elif row and pressed.get("join") == language:
            settled[f"{language}-version"] = row.version
            settled[f"{language}-text"] = joined(
                data.get(f"{language}-text", ""), row.text
            )
        elif language not in pressed.values() and f"{language}-base" in data:
            settled[f"{language}-version"] = data[f"{language}-base"]
    return settled


def _tick(data, language, is_ticked):
    data.pop(f"{language}-shared", None)
    if is_ticked:
        data[f"{language}-shared"] = "on"


def _from_where_they_began(data):
    """The posted page, of which nothing is settled: shown again, and saved, it conflicts as before."""
    data = data.copy()
    for language in LANGUAGES:
        if f"{language}-base" in data:
            data[f"{language}-version"] = data[f"{language}-base"]
    return data


def _from_the_newest(data, saved):
    data = data.copy()
    data["operation_id"] = uuid.uuid4()
    for language, version in saved.versions.items():
        data[f"{language}-version"] = version
    return data


def _refused(request, form, *, is_kept):
    """Say that this person writes here no longer, with what they typed."""
    texts = [
        (LABELS[language], form.data.get(f"{language}-text", ""), language)
        for language in LANGUAGES
    ]
    return render(
        request,
        "reporting/commentary_refused.html",
        {"texts": [typed for typed in texts if typed[1].strip()], "is_kept": is_kept},
        status=CONFLICT,
    )


# What was written before -----------------------------------------------------------------


def commentary_history(request, scope, exhibit):
    """Every version in both languages, what was refused among them; each can be put back."""
    page = dashboard_page(request, scope)
    authorise(request.user, Permission.WRITE_COMMENTARY, page.scope)
    key = _key(exhibit)
    versions = (
        CommentaryVersion.objects.visible_to(request.user)
        .filter(
            written__scope=page.scope.code,
            written__cycle=page.cycle,
            written__exhibit=key,
        )
        .select_related("by", "written")
        .order_by("-pk")
    )
    frame = _frame(request, page, key)
    if request.method == "POST":
        _restore(request, page, key, versions)
        return redirect(frame["history_url"])
    return render(
        request,
        "reporting/commentary_history.html",
        frame
        | {
            "versions": Paginator(versions, A_PAGE_OF_HISTORY).get_page(
                request.GET.get("page")
            ),
            "labels": LABELS,
            "operation_id": uuid.uuid4(),
            "more": f"&{frame['history_url'].partition('?')[2]}",
        },
    )


def _restore(request, page, key, versions):
    """Put what a version said, or a refused text, back as a new version, shown or not as it was."""
    form = RestoreForm(request.POST)
    if not form.is_valid():
        raise BadRequest("a hidden field of the form is missing or spoiled")
    kept = get_object_or_404(versions, pk=form.cleaned_data["kept"])
    language = kept.written.written_for
    saved = save_commentary(
        scope=page.scope,
        cycle=page.cycle,
        exhibit=key,
        entries=[
            Typed(
                subject=language,
                base_version=form.cleaned_data["base_version"],
                choice=kept.choice,
                text=kept.text,
                language=language,
            )
        ],
        operation_id=form.cleaned_data["operation_id"],
        by=request.user,
    )
    if saved.conflicts:
        messages.error(
            request,
            _(
                "Somebody changed this text while you were looking at it, so nothing was "
                "restored. Look at the newest version first."
            ),
        )
    else:
        messages.success(request, _("It was put back, as a new version."))
