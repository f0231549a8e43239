"""The cluster's replies to what was said of it: writing, checking, sending, and reading them."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.text import Truncator
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from assessments.views.conflicts import SETTLES, settled
from cdf_site.common.languages import detect
from cdf_site.common.scripts import by_script
from organisations.permissions import Permission, holds
from peerreview.forms.replies import RepliesForm, SendForm, item_of
from peerreview.models import Response, ResponseVersion
from peerreview.rules import works_in_the_reviewed_cluster
from peerreview.selectors.replies import Target, gone_targets, load_replies
from peerreview.services import replies as services
from peerreview.views.loading import review_url, visible_review

A_PAGE = 20  # things to reply to
A_PAGE_OF_HISTORY = 30
STAYS = SETTLES | {"stay", "switch_to", "take_back"}


def name_of(row):
    """What a reply is to, in a few words: its kind, its outcome, and how it begins.

    Of what its author took back, nobody is shown how it begins.
    """
    kind = _("Finding") if row.is_finding else row.thing.kind_label
    parts = [str(kind), str(row.outcome or _("The whole submission"))]
    if row.is_taken_back:
        beginning = _("Something that was taken back")
    else:
        beginning = Truncator(row.thing.text).words(8)
    return f"{', '.join(parts)}: {beginning}"


def replies_edit(request, round, cluster):  # noqa: A002
    """What was said of the cluster, with its replies; for its people, to be written while they may."""
    review = visible_review(request, round, cluster)
    if request.method == "POST":
        return _save(request, review)
    return _page(request, review, load_replies(review, reader=request.user))


def _page_of(rows, number):
    return Paginator(rows, A_PAGE).get_page(number)


def _context(request, review, replies):
    page = _page_of(replies.rows, request.GET.get("page"))
    here = review_url("replies_edit", review)
    return {
        "review": review,
        "reflection": review.reflection,
        "replies": replies,
        "page": page,
        "here": f"{here}?page={page.number}" if page.number > 1 else here,
        "may_reply": holds(request.user, Permission.REPLY_FOR_CLUSTER, review),
        "is_of_the_cluster": works_in_the_reviewed_cluster(request.user, review),
    }


def _items(rows):
    return [item_of(row.target, name_of(row)) for row in rows]


def _page(request, review, replies):
    context = _context(request, review, replies)
    if not context["may_reply"]:
        return render(request, "peerreview/replies_read.html", context)
    rows = [row for row in context["page"] if row.takes_a_reply]
    form = RepliesForm(
        _items(rows), replies.answers, initial={"operation_id": uuid.uuid4()}
    )
    return _draw(request, context, form)


def _draw(request, context, form, *, status=200):
    """The things of the page in their order, each with its fields where it takes a reply."""
    fields = {row.item.subject: row for row in form.rows}
    context |= {
        "form": form,
        "pairs": [(row, fields.get(row.target)) for row in context["page"]],
        "errors": form.conflict_errors(),
    }
    return render(request, "peerreview/replies_edit.html", context, status=status)


# Saving ----------------------------------------------------------------------------------


def _save(request, review):
    """Save what was sent; what cannot be taken stays on the page, or is shown as kept."""
    if not works_in_the_reviewed_cluster(request.user, review):
        raise PermissionDenied(f"{Permission.REPLY_FOR_CLUSTER} refused")
    is_script = by_script(request)
    if is_script and "page_of" not in request.POST:
        raise BadRequest("a script says whose page it is on")
    replies = load_replies(review, reader=request.user)
    sent = {
        name.removesuffix("-version")
        for name in request.POST
        if name.endswith("-version")
    }
    rows = [row for row in replies.rows if row.key in sent]
    gone = gone_targets(review, sent, replies.by_target)
    items = [
        *_items(rows),
        *(item_of(target, _("Something that was taken back")) for target in gone),
    ]
    if len(items) < len(sent):
        raise BadRequest("a reply to something that was not said of this cluster")
    data = settled(
        request.POST, replies, [item for item in items if item.subject not in gone]
    )
    form = RepliesForm(items, replies.answers, data=data)
    form.is_valid()
    try:
        saved = services.save_replies(
            review=review,
            entries=form.entries(),
            language=form.cleaned_data["written_in"],
            operation_id=form.cleaned_data["operation_id"],
            by=request.user,
        )
    except services.ForeignTarget:
        raise BadRequest("a reply to something that was not said") from None
    if is_script:
        return _saved_by_script(request, form, saved, review)
    if saved.closed or _with_errors(form) & gone:
        return _refused(request, review, saved, form)
    replies = load_replies(review, reader=request.user)
    if not (form.errors or saved.conflicts):
        messages.success(
            request,
            _("Saved at %(time)s") % {"time": time_format(timezone.localtime(), "H:i")},
        )
        return redirect(_where_to(request, review, replies))

    data = data.copy()
    data["operation_id"] = uuid.uuid4()
    for target, version in saved.versions.items():
        data[f"{target.key}-version"] = version
    form = RepliesForm(
        [item for item in form.items if item.subject in replies.by_target],
        replies.answers,
        data=data,
        conflicts=saved.conflicts,
    )
    context = _context(request, review, replies) | {"changed": saved.changed}
    return _draw(request, context, form, status=409 if saved.conflicts else 422)


def _where_to(request, review, replies):
    """The page that the button asked for; what was sent may be taken back on the way."""
    data = request.POST
    here = _context(request, review, replies)["here"]
    if target := Target.named(data.get("take_back", "")):
        _take_back(request, review, target)
        return f"{here}#{target.key}"
    if "switch_to" in data:
        asked = data["switch_to"]
        with override(asked if asked in {"cy", "en"} else get_language()):
            return _with_page(review_url("replies_edit", review), request)
    if pressed := next((data[name] for name in SETTLES if data.get(name)), ""):
        return f"{here}#{pressed}"
    if "stay" in data:
        return here
    if "leave" in data:
        return review_url("cluster_record", review)
    if target := Target.named(data.get("send", "")):
        return f"{review_url('replies_send', review)}?{urlencode({'only': target.key})}"
    page = _page_of(replies.rows, request.GET.get("page"))
    if "check" not in data and page.has_next():
        return f"{review_url('replies_edit', review)}?page={page.next_page_number()}"
    return review_url("replies_send", review)


def _with_page(url, request):
    page = request.GET.get("page", "")
    return f"{url}?{urlencode({'page': page})}" if page else url


def _take_back(request, review, target):
    try:
        services.take_back_reply(review=review, target=target, by=request.user)
    except services.ForeignTarget:
        raise BadRequest("there is no such reply") from None
    messages.success(
        request, _("The reply is a draft again: change it, and send it once more.")
    )


def _saved_by_script(request, form, saved, review):
    """As the pages of answers reply to a save while typing; see ``assessments.views.answers``."""
    replies = load_replies(review, reader=request.user)
    known = [item for item in form.items if item.subject in replies.by_target]
    languages = {
        target.key: replies.answer(target).language for target in saved.changed
    }
    status = 422 if form.errors else 200
    if saved.conflicts:
        status = 409
    if saved.closed:
        status = 410
    again = RepliesForm(
        known, replies.answers, data=form.data, conflicts=saved.conflicts
    )
    return JsonResponse(
        {
            "saved_at": time_format(timezone.localtime(), "H:i"),
            "versions": {t.key: version for t, version in saved.versions.items()},
            "changed": [target.key for target in saved.changed],
            "conflicts": [conflict.entry.subject.key for conflict in saved.conflicts],
            "theirs": {
                row.item.key: render_to_string(
                    "assessments/_row_conflict.html", {"row": row}, request
                )
                for row in again.rows
                if row.conflict
            },
            "errors": {name: found[0] for name, found in form.errors.items()},
            "languages": languages,
            "parts": {
                f"{key}-written": render_to_string(
                    "assessments/_written_in.html", {"language": language}
                )
                for key, language in languages.items()
            },
        },
        status=status,
    )


def _with_errors(form):
    """What the fields with errors reply to."""
    parts = ("choice", "text", "language")
    return {
        item.subject
        for item in form.items
        if any(f"{item.key}-{part}" in form.errors for part in parts)
    }


def _refused(request, review, saved, form):
    """Say that this came too late, with what was typed: it is kept, but is no reply.

    What has errors, as a text that is too long, cannot be kept: it is on the page as it was sent.
    """
    items = {item.subject: item for item in form.items}
    default = form.cleaned_data["written_in"]
    texts = [
        (item, form.data.get(f"{item.key}-text", ""))
        for target, item in items.items()
        if target in _with_errors(form)
    ]
    return render(
        request,
        "peerreview/replies_refused.html",
        {
            "review": review,
            "reflection": review.reflection,
            "is_over": not holds(request.user, Permission.REPLY_FOR_CLUSTER, review),
            "refused": [
                (
                    items[entry.subject],
                    entry,
                    items[entry.subject].choice_words(entry.choice),
                    entry.language or detect(entry.text, default),
                )
                for entry in saved.closed
            ],
            "not_kept": [(item, text, detect(text, default)) for item, text in texts],
        },
        status=409,
    )


# Sending ---------------------------------------------------------------------------------


def replies_send(request, round, cluster):  # noqa: A002
    """Look at the replies that are not sent yet, and send those that say enough."""
    review = visible_review(request, round, cluster)
    if not works_in_the_reviewed_cluster(request.user, review):
        raise PermissionDenied(f"{Permission.REPLY_FOR_CLUSTER} refused")
    if not holds(request.user, Permission.REPLY_FOR_CLUSTER, review):
        messages.info(
            request,
            _("The cluster cannot reply now: replies can be read but not changed."),
        )
        return redirect(review_url("replies_edit", review))
    replies = load_replies(review, reader=request.user)
    only = Target.named(request.GET.get("only", ""))
    shown = [row for row in replies.waiting if only in (None, row.target)]
    if request.method == "POST" and _were_sent(request.POST, replies):
        messages.success(request, _("The replies were sent."))  # pressed twice
        return redirect(review_url("replies_edit", review))
    if request.method == "POST" and not shown:
        messages.info(request, _("No reply is waiting to be sent"))
        return redirect(review_url("replies_edit", review))
    ready = [row for row in shown if row.is_ready]
    hindrance = ""
    form = SendForm(ready, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.send_replies(review=review, seen=form.seen(), by=request.user)
        except (services.ChangedMeanwhile, services.NotReady):
            hindrance = _(
                "A reply was changed while you were looking at it, so nothing was sent. Look again."
            )
            form = SendForm(ready)
        else:
            messages.success(request, _("The replies were sent."))
            return redirect(review_url("replies_edit", review))
    return render(
        request,
        "peerreview/replies_send.html",
        {
            "review": review,
            "reflection": review.reflection,
            "form": form,
            "lacking": [row for row in shown if not row.is_ready],
            "hindrance": hindrance,
            "errors": [hindrance] if hindrance else [],
        },
        status=409 if hindrance else 200,
    )


def _were_sent(data, replies):
    """Whether every reply that was chosen has been sent already, as it was looked at."""
    chosen = {name.removesuffix("-send") for name in data if name.endswith("-send")}
    sent = {
        row.key
        for row in replies.rows
        if row.is_sent and data.get(f"{row.key}-version") == str(row.response.version)
    }
    return bool(chosen) and chosen <= sent


# What was written before -----------------------------------------------------------------


def replies_history(request, round, cluster):  # noqa: A002
    """Every version of the cluster's replies, what was refused among them; for its people."""
    review = visible_review(request, round, cluster)
    if not works_in_the_reviewed_cluster(request.user, review):
        raise PermissionDenied("the history of replies is the cluster's own")
    versions = (
        ResponseVersion.objects.visible_to(request.user)
        .filter(written__review=review)
        .select_related("by", "written")
        .order_by("-pk")
    )
    page = Paginator(versions, A_PAGE_OF_HISTORY).get_page(request.GET.get("page"))
    names = {
        row.target: name_of(row)
        for row in load_replies(review, reader=request.user).rows
    }
    stances = dict(Response.Stance.choices)
    return render(
        request,
        "peerreview/replies_history.html",
        {
            "review": review,
            "reflection": review.reflection,
            "page": page,
            "rows": [
                (
                    version,
                    names.get(Target.of(version.written)),
                    stances.get(version.choice, ""),
                )
                for version in page
            ],
        },
    )
