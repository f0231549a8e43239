"""What programs are told when something went wrong: a code, and a sentence in both languages."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.utils.translation import gettext_lazy, override
from ninja.errors import AuthenticationError, ValidationError

from reporting.services.tokens import TooManyRequests

UNAUTHORISED = gettext_lazy(
    "Send a personal token that is valid: Authorization: Bearer, and the token."
)
NOT_PERMITTED = gettext_lazy("The owner of this token may not read this data.")
NOT_FOUND = gettext_lazy("There is nothing here that the owner of this token may read.")
TOO_MANY = gettext_lazy(
    "Too many requests in one minute. Wait for as many seconds as Retry-After says."
)
WRONG_PARAMETERS = gettext_lazy("A parameter of the address is not understood.")
READ_ONLY = gettext_lazy("This address can only be read: use GET.")
UNKNOWN_PARAMETER = gettext_lazy("There is no such parameter here.")
UNKNOWN_CYCLE = gettext_lazy("There is no cycle with this code that was opened.")
UNKNOWN_OUTCOME = gettext_lazy(
    "Name an outcome by its module's code, a full stop and its number: ACD.1"
)
UNKNOWN_INDICATOR = gettext_lazy("There is no indicator with this code.")
WRONG_MONTH = gettext_lazy("Write a month as year and month: 2026-04")
WRONG_VALUE = gettext_lazy("This value is not possible here.")


class WrongParameters(Exception):
    """Names of parameters, and of each the sentence that says what is wrong."""

    def __init__(self, **said):
        super().__init__(said)
        self.said = said


def answer(status, code, sentence, **more):
    return JsonResponse(
        {"error": {"code": code, "message": in_both(sentence), **more}}, status=status
    )


def in_both(sentence):
    texts = {}
    for language in ("cy", "en"):
        with override(language):
            texts[language] = str(sentence)
    return texts


def unauthorised(request, error):
    response = answer(401, "unauthorised", UNAUTHORISED)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def not_permitted(request, error):
    return answer(403, "not_permitted", NOT_PERMITTED)


def not_found(request, error):
    return answer(404, "not_found", NOT_FOUND)


def too_many_requests(request, error):
    response = answer(429, "too_many_requests", TOO_MANY)
    response.headers["Retry-After"] = str(error.seconds)
    return response


def wrong_parameters(request, error):
    parameters = [
        {"parameter": name, "message": in_both(sentence)}
        for name, sentence in error.said.items()
    ]
    return answer(422, "wrong_parameters", WRONG_PARAMETERS, parameters=parameters)


def wrong_values(request, error):
    """Of what the type of a parameter refuses: the name of each, once."""
    names = {str(each["loc"][-1]): WRONG_VALUE for each in error.errors}
    return wrong_parameters(request, WrongParameters(**names))


HANDLERS = {
    AuthenticationError: unauthorised,
    PermissionDenied: not_permitted,
    Http404: not_found,
    TooManyRequests: too_many_requests,
    WrongParameters: wrong_parameters,
    ValidationError: wrong_values,
}
