"""What happens to every request."""

from django.core.exceptions import BadRequest
from django.utils.cache import add_never_cache_headers


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


def keep_out_of_caches(get_response):
    """Mark what a signed-in person sees as not to be stored, by browser or proxy."""

    def middleware(request):
        response = get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
        return response

    return middleware
