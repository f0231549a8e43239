"""The interface as a whole: its routes, who is let in, and what wrong requests are told."""

import functools

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseNotAllowed
from django.urls import path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET
from ninja import NinjaAPI
from ninja.responses import Response
from ninja.security import HttpBearer

from cdf_site.common.sessions import does_not_prolong
from reporting.api import definitions, errors, figures, streams
from reporting.services.tokens import owner_of


class PersonalTokens(HttpBearer):
    """A personal token, and nothing else: a session opens nothing here."""

    def authenticate(self, request, token):
        return owner_of(secret=token)


class ReadOnly(NinjaAPI):
    """Ninja's own; an operation has the name of its address."""

    def get_openapi_operation_id(self, operation):
        return operation.url_name


api = ReadOnly(
    title="Cluster development",
    version="1",
    description=gettext_lazy(
        "Reads what the owner of a personal token may read in the service. Nothing can be changed."
    ),
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
    auth=PersonalTokens(),
)
for _router in (definitions.router, figures.router, streams.router):
    api.add_router("", _router)
for _error, _handler in errors.HANDLERS.items():
    api.add_exception_handler(_error, _handler)


ROOT = "/api/v1/"


def description():
    """The OpenAPI document, with its sentences in the active language."""
    return api.get_openapi_schema(path_prefix=ROOT)


@require_GET
def openapi(request):
    """What the addresses are, for whoever asks: it holds nobody's data."""
    return Response(description())


def urlpatterns():
    """The addresses of the interface: outside of sessions, and kept by nobody on the way."""
    yield path("openapi.json", _for_programs(openapi), name="openapi")
    patterns, _app, _namespace = api.urls
    for pattern in patterns:
        if pattern.name != "api-root":
            pattern.callback = _for_programs(pattern.callback)
            yield pattern


def _for_programs(view):
    @functools.wraps(view, updated=())
    def answering(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            allowed = response.headers["Allow"]
            response = errors.answer(405, "read_only", errors.READ_ONLY)
            response.headers["Allow"] = allowed
        response.headers["Cache-Control"] = "private, no-store"
        return response

    answering.csrf_exempt = True
    return login_not_required(does_not_prolong(answering))
