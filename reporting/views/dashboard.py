"""The dashboard's start and the overview of a scope."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from organisations.permissions import Permission, authorise
from reporting.exhibits import EXHIBITS, numbered
from reporting.scopes import own_scope
from reporting.views.clusters import whole_cycle
from reporting.views.loading import dashboard_page, show

OVERVIEW = ("distribution",)


@require_safe
def start(request):
    """To where this person begins: Wales, their board, or their cluster."""
    authorise(request.user, Permission.READ_DASHBOARD)
    scope = own_scope(request.user)
    if scope is None:
        raise PermissionDenied
    return redirect(scope.url())


@require_safe
def overview(request, scope):
    """What there is to know of a scope at a glance; of a cluster, its cycle as a whole."""
    page = dashboard_page(request, scope)
    if page.scope.is_cluster:
        return whole_cycle(request, page)
    exhibits = numbered(EXHIBITS[key](page) for key in OVERVIEW)
    return show(
        request,
        page,
        "overview",
        "reporting/dashboard_overview.html",
        {"exhibits": exhibits},
    )
