"""Annotations on a page: what was typed is saved, then the button does what it says."""

import re
import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from assessments.views.loading import reverse_in_language
from cdf_site.common.languages import detect
from cdf_site.common.scripts import by_script
from cdf_site.common.two_texts import joined
from peerreview.forms.annotations import (
    A_KEY,
    AnnotationsForm,
    sent_fields,
    sent_items,
)
from peerreview.models import Annotation, AnnotationVersion
from peerreview.selectors.reviews import part_in, taken_part_in
from peerreview.services import annotations as services
from peerreview.views.loading import review_url, visible_review

SETTLES = {"keep_mine", "use_theirs", "join"}
# Buttons that act on a stored annotation, by its primary key.
ACTS = ("resolve", "reopen", "take_back", "put_back")
A_PAGE = 50  # versions of a history
A_PK = re.compile(r"[0-9]{1,18}")


def outcome_url(review, module, number):
    return review_url("review_outcome", review, module=module, number=number)


def review_to_write_in(request, round_code, cluster):
    """As ``visible_review``; who took part keeps what they typed when they see it no longer.

    ``is_known`` says which it is.
    """
    try:
        review = visible_review(request, round_code, cluster)
        review.is_known = True
    except Http404:
        review = get_object_or_404(
            taken_part_in(request.user),
            round__code=round_code,
            reflection__cluster__code=cluster,
        )
        review.is_known = False
    return review


# What was sent -----------------------------------------------------------------------------


def annotate(request, review, *, load, here, onward=None, outcome=None):
    """Save a posted page of annotations; then do what its button says, and come back to it.

    What cannot be taken stays on the page beside what was saved. ``load`` brings the page anew.
    """
    data = with_versions(request.POST)
    own = {
        row.key: row
        for row in Annotation.objects.visible_to(request.user).filter(
            author=request.user, review=review
        )
    }
    items = sent_items(data, own, outcome)
    data = settled(data, items)
    form = AnnotationsForm(items, data=data)
    entries = form.entries() if items else []
    saved = services.Saved()
    if by_script(request):
        entries = form.leave_for_the_button(entries)
    if entries:
        try:
            saved = services.save_annotations(
                review=review,
                entries=entries,
                mentions=form.mentions(),
                language=form.cleaned_data["written_in"],
                operation_id=form.cleaned_data["operation_id"],
                by=request.user,
            )
        except services.ForeignPlace as error:
            raise BadRequest("this review has no such place") from error
        except (
            services.Unfinished
        ) as error:  # shared in another tab, emptied in this one
            form.add_unfinished(error.numbers)
    if by_script(request):
        for item in items:
            if item.stored.is_shared:
                saved.versions.setdefault(item.remark, item.row.version)
        return _saved_by_script(request, form, saved)
    wrong = form.with_errors() if items else []
    allowed = services.allowed_to_write(review, by=request.user) if wrong else None
    if saved.closed or not all(allowed(item.remark) for item in wrong):
        return _refused(request, review, saved, form, wrong)
    if not review.is_known:
        raise Http404
    unfinished = []
    if not ((items and form.errors) or saved.conflicts):
        try:
            done = _act(request, review)
        except services.Unfinished as error:
            unfinished = error.numbers
        else:
            at = anchor_of(request, own, saved)
            return _onward(
                request, review, saved, done, here=here, at=at, onward=onward
            )

    # Show the page again with what was typed, made from the versions that are stored now.
    data = data.copy()
    data["operation_id"] = uuid.uuid4()
    for remark, version in saved.versions.items():
        data[f"{remark.key}-version"] = version
    return load(data=data, saved=saved, unfinished=unfinished)


def _act(request, review):
    """What the pressed button does beyond saving; gives what was done, and to what."""
    data, by = request.POST, request.user
    if "share_all" in data:
        shared = services.share_annotations(review=review, by=by)
        messages.success(
            request,
            _("Annotations shared: %(number)s") % {"number": len(shared)},
        )
        return None
    if key := data.get("share", ""):
        try:
            number = uuid.UUID(key.removeprefix("a-"))
        except ValueError as error:
            raise BadRequest("no such annotation") from error
        [*shared] = services.share_annotations(review=review, by=by, numbers=[number])
        return ("shared", shared[0]) if shared else None
    for act in ACTS:
        if A_PK.fullmatch(data.get(act, "")):
            annotation = get_object_or_404(
                Annotation.objects.visible_to(by), pk=data[act], review=review
            )
            done = _do(act, annotation, request)
            return (act, done) if done else None
    return None


def _do(act, annotation, request):
    """The annotation as it is then; None where that was no longer possible, which is said."""
    by = request.user
    try:
        match act:
            case "resolve" | "reopen":
                return services.resolve_annotation(
                    annotation=annotation, is_resolved=act == "resolve", by=by
                )
            case "take_back":
                return services.take_back_annotation(annotation=annotation, by=by)
            case "put_back":
                return services.put_back_annotation(annotation=annotation, by=by)
    except services.RepliedTo:
        messages.info(
            request,
            _("Others have replied to this meanwhile, so it cannot be taken back."),
        )
    except services.TakenBack:
        messages.info(
            request,
            _("Its author has taken this annotation back meanwhile."),
        )
    return None


def _onward(request, review, saved, done, *, here, at, onward):
    """To the page that the button asked for, and to the place on it that was worked on."""
    time = time_format(timezone.localtime(), "H:i")
    saved_words = _("Saved at %(time)s") % {"time": time}
    if language := request.POST.get("switch_to"):
        with override(language if language in {"cy", "en"} else get_language()):
            if saved.changed:
                messages.success(request, _("Saved at %(time)s") % {"time": time})
            return redirect(_with_query(reverse_in_language(request), request))
    if done:
        act, annotation = done
        messages.success(request, _done_words(act, annotation))
        top = annotation.parent_id or annotation.pk
        query = {"done": act, "of": annotation.pk}
        return redirect(f"{_with_query(here, request, **query)}#annotation-{top}")
    if saved.changed or "stay" in request.POST:
        messages.success(request, saved_words)
    if A_PK.fullmatch(asked := request.POST.get("reply", "")):
        return redirect(f"{_with_query(here, request, reply=asked)}#reply-{asked}")
    if "onward" in request.POST and onward:
        return redirect(onward)
    if "leave" in request.POST:
        return redirect(review_url("review_detail", review))
    return redirect(f"{_with_query(here, request)}{at}")


def anchor_of(request, own, saved):
    """Where what was saved stands on the page: what the pressed button belongs to, or the first."""
    found = A_KEY.fullmatch(f"{request.POST.get('stay', '')}-version")
    if found:
        number = uuid.UUID(found[1])
    elif saved.changed:
        number = saved.changed[0].number
    else:
        return ""
    row = own.get(number)
    return f"#annotation-{row.pk}" if row and row.is_shared else f"#a-{number}"


def _with_query(url, request, **more):
    """The address with what was asked for in this one: filters stay, what is done is said once."""
    kept = {
        name: request.GET[name]
        for name in ("kind", "state", "mine", "at", "page")
        if name in request.GET
    }
    query = urlencode(kept | more)
    return f"{url}?{query}" if query else url


def _done_words(act, annotation):
    if act == "take_back" and not annotation.is_shared:
        return _("Put aside. Only you can see it.")
    return {
        "shared": _("Shared."),
        "resolve": _("Marked as resolved."),
        "reopen": _("Open again."),
        "take_back": _("Taken back: nobody else sees it any more."),
        "put_back": _("Put back."),
    }[act]


UNDONE_BY = {
    "resolve": "reopen",
    "reopen": "resolve",
    "take_back": "put_back",
    "put_back": "take_back",
    "shared": "take_back",
}


def undo_of(request):
    """The button that undoes what was done a moment ago, as the address says: its name and value."""
    done, of = request.GET.get("done", ""), request.GET.get("of", "")
    if done in UNDONE_BY and A_PK.fullmatch(of):
        return {"name": UNDONE_BY[done], "value": of, "done": done}
    return None


def with_versions(data):
    """The posted page, where what others see has its version under a name that no script saves."""
    shown = [name for name in data if name.endswith("-shown")]
    if shown:
        data = data.copy()
    for name in shown:
        data[name.removesuffix("-shown") + "-version"] = data[name]
    return data


def settled(data, items):
    """The posted page, with its text as the button says that was pressed beside another one.

    To keep mine is to send it as it is. What is left out is in the history already, from the save
    that was refused. The others go on from the version that was refused, and are shown again.
    """
    pressed = {name: data[name] for name in SETTLES if data.get(name)}
    for item in items if pressed else ():
        key, chosen = item.key, {}
        if item.row and pressed.get("use_theirs") == key:
            chosen = sent_fields(item, item.row)
        elif item.row and pressed.get("join") == key:
            chosen = {
                f"{key}-version": item.row.version,
                f"{key}-text": joined(data.get(f"{key}-text", ""), item.row.text),
            }
            if not (item.is_reply or data.get(f"{key}-choice")):
                chosen[f"{key}-choice"] = item.row.choice
        elif key not in pressed.values() and f"{key}-base" in data:
            chosen = {f"{key}-version": data[f"{key}-base"]}
        if chosen:
            data = data.copy()
            for name, value in chosen.items():
                data[name] = value
    return data


def _saved_by_script(request, form, saved):
    """The reply to a save while typing; see ``assessments.views.answers``."""
    status = 422 if form.errors else 200
    if saved.conflicts:
        status = 409
    if saved.closed:
        status = 410
    stored = AnnotationsForm(
        form.items.values(), data=form.data, conflicts=saved.conflicts
    )
    language = form.cleaned_data.get("written_in") or get_language()
    languages = {
        remark.key: _language_now(form, remark, language) for remark in saved.changed
    }
    return JsonResponse(
        {
            "saved_at": time_format(timezone.localtime(), "H:i"),
            "versions": {
                remark.key: version for remark, version in saved.versions.items()
            },
            "changed": [remark.key for remark in saved.changed],
            "conflicts": [conflict.entry.subject.key for conflict in saved.conflicts],
            "theirs": {
                conflict.entry.subject.key: render_to_string(
                    "peerreview/_annotation_conflict.html",
                    {"row": stored.row(conflict.entry.subject.key)},
                    request,
                )
                for conflict in saved.conflicts
            },
            "errors": {name: found[0] for name, found in form.errors.items()},
            "languages": languages,
            "parts": {
                f"{key}-written": render_to_string(
                    "assessments/_written_in.html", {"language": written_in}
                )
                for key, written_in in languages.items()
            },
        },
        status=status,
    )


def _language_now(form, remark, default):
    text = form.cleaned_data.get(f"{remark.key}-text", "")
    chosen = form.cleaned_data.get(f"{remark.key}-language", "")
    return chosen or (detect(text, default) if text else "")


def _refused(request, review, saved, form, wrong):
    """Say that nothing can be written here now, with what was typed: it is kept.

    What is ``wrong``, as a text too long, is not kept, and shown as it was sent.
    """
    language = form.cleaned_data.get("written_in")
    return render(
        request,
        "peerreview/annotation_refused.html",
        {
            "review": review,
            "refused": [
                (entry, entry.language or detect(entry.text, language))
                for entry in saved.closed
            ],
            "not_kept": [
                (text, detect(text, language or get_language()))
                for item in wrong
                if (text := form.data.get(f"{item.key}-text", ""))
            ],
        },
        status=409,
    )


# History -----------------------------------------------------------------------------------


def annotation_history(request, round, cluster, annotation):  # noqa: A002
    """How one's own annotation came about; nobody else's."""
    review = visible_review(request, round, cluster)
    annotation = get_object_or_404(
        Annotation.objects.visible_to(request.user).select_related("outcome__module"),
        key=annotation,
        review=review,
        author=request.user,
    )
    versions = (
        AnnotationVersion.objects.visible_to(request.user)
        .filter(written=annotation)
        .order_by("-pk")
    )
    outcome = annotation.outcome
    return render(
        request,
        "peerreview/annotation_history.html",
        {
            "review": review,
            "annotation": annotation,
            "part": part_in(review, request.user),
            "kinds": dict(Annotation.Kind.choices),
            "page": Paginator(versions, A_PAGE).get_page(request.GET.get("page")),
            "back_url": outcome_url(review, outcome.module.code, outcome.number)
            if outcome
            else review_url("review_detail", review),
        },
    )
