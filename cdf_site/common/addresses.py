"""From where a request comes."""

from django.conf import settings


def client_address(request, *args, **kwargs):
    """The address of whoever asks.

    Behind our own web server it is the last one of ``X-Forwarded-For``, which that server has
    written; what stands before it came from outside and counts for nothing.
    """
    if request is None:
        return ""
    if settings.BEHIND_TLS_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip()
        if forwarded:
            return forwarded
    return request.META.get("REMOTE_ADDR", "")
