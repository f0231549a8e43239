"""What happens to every request."""

from django.contrib.auth import middleware as auth_middleware
from django.core.exceptions import BadRequest
from django.http import UnreadablePostError
from django.utils.cache import add_never_cache_headers

from cdf_site import errors


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


def accept_forms_sent_again(get_response):
    """Let a form through that our own page offered for sending again, whatever its token.

    Signing in, in another tab, makes a new token, so that the one in that page is always old.
    What stands in for it is the browser's word, which no page can change, that the request comes
    from one of our own; a browser that says nothing is asked for the token.
    """

    def middleware(request):
        if (
            request.method == "POST"
            and request.headers.get("Sec-Fetch-Site") == "same-origin"
            and _says_sent_again(request)
        ):
            request.csrf_processing_done = True  # Django's own mark: nothing to check
        return get_response(request)

    return middleware


def _says_sent_again(request):
    try:
        return errors.SENT_AGAIN in request.POST
    except UnreadablePostError:
        return False


class LoginRequiredMiddleware(auth_middleware.LoginRequiredMiddleware):
    """Django's own, and whoever sends a form after their session ended gets back what they typed.

    A form that held nothing leads to signing in, and so does what a script sent: it keeps its
    words itself. Django has checked the form's token by now.
    """

    def handle_no_permission(self, request, view_func):
        by_script = request.headers.get("Accept") == "application/json"
        if request.method == "POST" and not by_script:
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
