"""What happens to every request."""

from django.contrib.auth import SESSION_KEY
from django.contrib.auth import middleware as auth_middleware
from django.core.exceptions import BadRequest
from django.http import JsonResponse, UnreadablePostError
from django.utils.cache import add_never_cache_headers

from cdf_site import errors
from cdf_site.common import sessions
from cdf_site.common.scripts import by_script


def refuse_unreadable_requests(get_response):
    """Answer 400 to a NUL byte in an address or a query, which no database can store."""

    def middleware(request):
        if "\x00" in request.path or any(
            "\x00" in key or "\x00" in value
            for key, values in request.GET.lists()
            for value in values
        ):
            raise BadRequest("NUL byte")
        return get_response(request)

    return middleware


class AcceptFormsSentAgain:
    """Let a form through that our own page offered for sending again, whatever its token.

    Signing in, in another tab, makes a new token, so that the one in that page is always old.

    Why this is as strong as the token, which is there to tell our own pages from other sites':
    Sec-Fetch-Site is set by the browser, and no script can set or change it. "same-origin" says
    that a page of exactly our origin sent the request; a redirect over another site, a
    neighbouring host name ("same-site") and an address typed or opened from a mail ("none") each
    have another value. A browser that sends none, old or without TLS, is asked for the token. So
    only a page of ours could misuse it, which could read a token as well. What a program that is
    no browser claims harms nobody: it has nobody's cookies.

    And it is given no further than it is needed: to forms that say that they are sent again, from
    a person who is signed in. Signing in itself always needs its token.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if (
            request.method == "POST"
            and request.headers.get("Sec-Fetch-Site") == "same-origin"
            and _says_sent_again(request)
            and request.user.is_authenticated
        ):
            request.csrf_processing_done = True  # Django's own mark: nothing to check


def _says_sent_again(request):
    try:
        return errors.SENT_AGAIN in request.POST
    except UnreadablePostError:
        return False


class LimitSessions:
    """End sessions that are over, and note that people are there.

    Over is a session whose time has passed, and one whose person may no longer sign in: it does
    not come back with them.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if SESSION_KEY in request.session and (
            sessions.is_over(request.session) or request.user.is_anonymous
        ):
            request.session.flush()
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if SESSION_KEY in request.session and getattr(
            view_func, "prolongs_session", True
        ):
            sessions.prolong(request.session)


class LoginRequiredMiddleware(auth_middleware.LoginRequiredMiddleware):
    """Django's own, and whoever sends a form after their session ended gets back what they typed.

    A form that held nothing leads to signing in. A script is told so, and keeps its words itself.
    A form from the page of somebody who has signed out since is refused: the words are not those
    of whoever is signed in now. Django has checked the form's token by now.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        if request.method == "POST" and errors.is_of_another_person(request):
            if by_script(request):
                return JsonResponse({"reason": "another_person"}, status=403)
            return errors.of_another_person(request)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request, view_func):
        if by_script(request):
            return JsonResponse({"reason": "signed_out"}, status=401)
        if request.method == "POST":
            texts = errors.sent_texts(request)
            if texts:
                return errors.signed_out(request, texts)
        return super().handle_no_permission(request, view_func)


def keep_out_of_caches(get_response):
    """Mark what a signed-in person sees as not to be stored, by browser or proxy."""

    def middleware(request):
        response = get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
        return response

    return middleware
