"""A forgotten password, one's own e-mails, and the demonstration's outbox."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from notifications.forms import ForgottenPasswordForm, NewPasswordForm
from notifications.models import Message
from notifications.services import send_digests
from notifications.writing import BETWEEN, languages_of, subjects_of

ON_A_PAGE = 25


# A forgotten password --------------------------------------------------------------------
# Three of Django's four views ask for nobody's sign-in by themselves; said for all here.


@method_decorator(login_not_required, name="dispatch")
class PasswordReset(auth_views.PasswordResetView):
    """Ask for a link; the answer is the same whether there is an account or not."""

    form_class = ForgottenPasswordForm
    template_name = "registration/password_reset.html"
    success_url = reverse_lazy("password_reset_sent")


@method_decorator(login_not_required, name="dispatch")
class PasswordResetSent(auth_views.PasswordResetDoneView):
    template_name = "registration/password_reset_sent.html"


@method_decorator(login_not_required, name="dispatch")
class PasswordResetConfirm(auth_views.PasswordResetConfirmView):
    """The page behind the link; it works once, and every session of the person ends."""

    form_class = NewPasswordForm
    template_name = "registration/password_reset_confirm.html"
    success_url = reverse_lazy("password_reset_done")


@method_decorator(login_not_required, name="dispatch")
class PasswordResetDone(auth_views.PasswordResetCompleteView):
    template_name = "registration/password_reset_done.html"


password_reset = PasswordReset.as_view()
password_reset_sent = PasswordResetSent.as_view()
password_reset_confirm = PasswordResetConfirm.as_view()
password_reset_done = PasswordResetDone.as_view()


# One's own e-mails -----------------------------------------------------------------------


def own_emails(request):
    """What was written to oneself, and what became of it; what it says is in one's mailbox."""
    written = Message.objects.written_to(request.user).select_related("digest")
    return render(request, "notifications/own_emails.html", _page_of(written, request))


def _page_of(written, request):
    page = Paginator(written, ON_A_PAGE).get_page(request.GET.get("page"))
    for message in page:
        message.subjects = subjects_of(message)
    return {
        "page": page,
        "previous_url": page.has_previous() and f"?page={page.previous_page_number()}",
        "next_url": page.has_next() and f"?page={page.next_page_number()}",
    }


# The outbox ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A part of a plain text; with an address it is a link to one of our pages."""

    text: str
    url: str = ""


@login_not_required
def outbox(request):
    """Every e-mail of the demonstration, which sends none; there is no such page elsewhere."""
    _only_in_a_demonstration()
    written = Message.objects.visible_to(request.user)
    return render(
        request,
        "notifications/outbox.html",
        _page_of(written.select_related("digest"), request)
        | {"held_count": written.held().count()},
    )


@require_POST
@login_not_required
def outbox_send_daily(request):
    """Send the day's e-mails now, where nothing does so every morning."""
    _only_in_a_demonstration()
    if count := send_digests():
        messages.success(
            request, _("The day's e-mails were sent: %(count)s") % {"count": count}
        )
    else:
        messages.info(
            request,
            _("Nothing was sent: each person gets one such e-mail a day at most."),
        )
    return redirect("outbox")


@login_not_required
def outbox_message(request, message):
    """One e-mail of the demonstration, with links that work here."""
    _only_in_a_demonstration()
    message = get_object_or_404(
        Message.objects.visible_to(request.user).select_related("digest"), pk=message
    )
    texts = message.text.strip().split(BETWEEN)
    return render(
        request,
        "notifications/outbox_message.html",
        {
            "sent": message,
            "subjects": subjects_of(message),
            "parts": [
                (language, [_pieces(line) for line in text.split("\n")])
                for language, text in zip(languages_of(message), texts, strict=False)
            ],
        },
    )


def _only_in_a_demonstration():
    if not settings.DEMONSTRATION:
        raise Http404


def _pieces(line):
    """The line with links to our pages; they lead to wherever this page was asked for."""
    link = re.compile(rf"({re.escape(settings.SERVICE_URL)}/\S*)")
    return [
        Piece(text, text.removeprefix(settings.SERVICE_URL))
        if link.fullmatch(text)
        else Piece(text)
        for text in link.split(line)
        if text
    ]
