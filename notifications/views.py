"""A forgotten password, and the demonstration's outbox."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator

from notifications.forms import ForgottenPasswordForm, NewPasswordForm
from notifications.models import Message
from notifications.writing import BETWEEN, BETWEEN_SUBJECTS, BOTH, LANGUAGES

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
    messages = Message.objects.visible_to(request.user).select_related("recipient")
    page = Paginator(messages, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "notifications/outbox.html",
        {
            "page": page,
            "previous_url": page.has_previous()
            and f"?page={page.previous_page_number()}",
            "next_url": page.has_next() and f"?page={page.next_page_number()}",
        },
    )


@login_not_required
def outbox_message(request, message):
    """One e-mail of the demonstration, with links that work here."""
    _only_in_a_demonstration()
    message = get_object_or_404(Message.objects.visible_to(request.user), pk=message)
    languages = LANGUAGES if message.language == BOTH else (message.language,)
    subjects = message.subject.split(BETWEEN_SUBJECTS, maxsplit=len(languages) - 1)
    texts = message.text.strip().split(BETWEEN)
    return render(
        request,
        "notifications/outbox_message.html",
        {
            "sent": message,
            "subjects": list(zip(languages, subjects, strict=False)),
            "parts": [
                (language, [_pieces(line) for line in text.split("\n")])
                for language, text in zip(languages, texts, strict=False)
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
