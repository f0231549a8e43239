"""The pages for what went wrong, in the language of the address.

An address that names no language gets both. None of these pages asks the database or
the session for anything, so that they still appear when one of them is what failed.
"""

import re
from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpResponse, JsonResponse, UnreadablePostError
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language_from_path
from django.utils.translation import gettext as _

BOTH = ("cy", "en")
FOR_PROGRAMS = "/api/"
SENT_AGAIN = "sent_again"  # the field by which our form for sending again is known
NEVER_SHOWN = ("csrfmiddlewaretoken", SENT_AGAIN)
# What the pages put into their forms themselves, or offer for choosing, goes back unseen: the
# rest was typed. (Django admin names its buttons with an underscore.)
NOT_TYPED = re.compile(
    r"(.*-)?(version|base|after|was|shared|choice|level|language|operation_id)|level-\d+|submission_number|(.*-)?_.*"
    r"|written_in|page_of|asked|incomplete|stay|leave|switch_to|keep_mine|use_theirs|join|next"
    r"|add_evidence|uses|outcome"
    r"|add_action|about|owner|past_asked|past_confirmed|both|status|escalated_to|reopen"
    r"|(.+-)(place|submission|mentions?)|share|share_all|resolve|take_back|put_back|onward"
    r"|choose|go|clock|room|present|agenda"
    r"|readers|names_cluster|act"
    r"|size|boards|suggest|effect|undo|use"
    r"|initial-.*|large_print|plain_text_emails|email_rhythm|shares_meeting_note"
)
NUMBER_OR_CODE = re.compile(r"\d*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FREE_TEXT = re.compile(r"(.*-)?text|reason(-.*)?")


@dataclass(frozen=True)
class ErrorText:
    """What an error page says, in one language."""

    language: str
    title: str
    service: str
    content: str


@dataclass(frozen=True)
class SentText:
    """What one field of a form held."""

    name: str
    text: str

    @property
    def is_long(self):
        return len(self.text) > 60 or "\n" in self.text

    @property
    def is_typed(self):
        """Whether these are a person's own words, which they will want to see."""
        if not self.text.strip():
            return False
        if FREE_TEXT.fullmatch(self.name):
            return True
        return not (
            NOT_TYPED.fullmatch(self.name) or NUMBER_OR_CODE.fullmatch(self.text)
        )


def bad_request(request, exception):
    if isinstance(exception, RequestDataTooBig):
        return _error_page(request, "too_large", status=413)
    return _error_page(request, "bad_request", status=400)


def permission_denied(request, exception):
    return _error_page(request, "permission_denied", status=403)


def csrf_failure(request, reason=""):
    """Give back what was typed, in a form that can be sent again with a fresh token.

    Only to our own pages: a form that another site sent is not offered for sending.
    """
    texts = sent_texts(request) if _came_from_here(request) else []
    if texts and is_of_another_person(request):
        return of_another_person(request)
    return _send_again_page(request, "csrf_failure", texts)


def signed_out(request, texts):
    """Give back what was typed when the session had ended before the form was sent."""
    return _send_again_page(request, "signed_out", texts)


def is_of_another_person(request):
    """Whether the form was in a page of somebody other than who is signed in now.

    Pages that one writes on say whose they are, in a field.
    """
    user = str(request.user.pk)
    return request.user.is_authenticated and request.POST.get("page_of", user) != user


def of_another_person(request):
    """Refuse a form that somebody else filled in, without showing what it held.

    The browser still has it: loading that page again, as the person who wrote it, sends it.
    """
    return _error_page(request, "of_another_person", status=403)


def page_not_found(request, exception):
    return _error_page(request, "page_not_found", status=404)


def server_error(request):
    return _error_page(request, "server_error", status=500)


def _send_again_page(request, name, texts):
    return _error_page(
        request,
        name,
        status=403,
        texts=texts,
        typed=[sent for sent in texts if sent.is_typed],
        kept=[sent for sent in texts if not sent.is_typed],
        action=request.get_full_path(),
        sent_again=SENT_AGAIN,
        csrf_token=get_token(request),
    )


def _error_page(request, name, *, status, **context):
    """Draw ``templates/errors/<name>.html`` in the language of the address, or in both.

    Programs get its name and its title, as JSON.
    """
    if request.path_info.startswith(FOR_PROGRAMS):
        return _error_for_programs(name, status)
    language = get_language_from_path(request.path_info)
    languages = (language,) if language else BOTH
    context["name"] = name
    texts = [_error_text(code, context) for code in languages]
    with translation.override(languages[0]):
        page = render_to_string(
            "errors/frame.html",
            {
                **context,
                "error_texts": texts,
                "home": f"/{language}/" if language else "/",
                "other_language": _other_language(request, language),
            },
        )
    return HttpResponse(page, status=status)


def _error_for_programs(name, status):
    titles = {code: _error_text(code, {"name": name}).title for code in BOTH}
    return JsonResponse({"error": {"code": name, "message": titles}}, status=status)


def _error_text(language, context):
    context = {**context, "home": f"/{language}/"}
    with translation.override(language):
        return ErrorText(
            language=language,
            title=render_to_string("errors/_title.html", context).strip(),
            service=_("Cluster development"),
            content=render_to_string(f"errors/{context['name']}.html", context),
        )


def _other_language(request, language):
    """The same address in the other language, where trying again costs nothing."""
    if not language or request.method not in {"GET", "HEAD"}:
        return None
    other = next(code for code in BOTH if code != language)
    rest = request.get_full_path().removeprefix(f"/{language}")
    return {
        "code": other,
        "label": {"cy": "Cymraeg", "en": "English"}[other],
        "url": f"/{other}{rest}",
    }


def _came_from_here(request):
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    here = f"{request.scheme}://{request.get_host()}"
    return origin == here or origin.startswith(f"{here}/")


def sent_texts(request):
    """Return what the form held, passwords and files left out."""
    try:
        sent = list(request.POST.lists())
    except (RequestDataTooBig, SuspiciousOperation, UnreadablePostError):
        return []
    return [
        SentText(name, value)
        for name, values in sent
        if name not in NEVER_SHOWN and "password" not in name
        for value in values
    ]
