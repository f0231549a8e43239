"""The dashboard's start and the overview of a scope."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from organisations.permissions import Permission, authorise
from reporting.exhibits import EXHIBITS, numbered
from reporting.scopes import own_scope, scope_of_code
from reporting.views.clusters import whole_cycle
from reporting.views.loading import VIEWS, dashboard_page, level_links, show

OVERVIEW = ("distribution", "signs")
# What each view shows, told beside the way there.
ABOUT_VIEWS = {
    "levels": gettext_lazy("Every cluster and every outcome in one table."),
    "outcomes": gettext_lazy(
        "Levels from cycle to cycle, and where peers saw it otherwise."
    ),
    "factors": gettext_lazy("The enabling factors, and what clusters say of them."),
    "needs": gettext_lazy("The most common barriers and the support that is wanted."),
    "variation": gettext_lazy(
        "Indicators by area, and which differences are more than chance."
    ),
    "goals": gettext_lazy("The well-being goals and the outcomes that serve them."),
    "actions": gettext_lazy("What is planned, under way, done and overdue."),
    "data": gettext_lazy("Every table as a file, and what its columns mean."),
}


@require_safe
def start(request):
    """To the scope that was chosen, or else where this person begins: Wales, their board, or their cluster."""
    authorise(request.user, Permission.READ_DASHBOARD)
    chosen = request.GET.get("scope")
    scope = (chosen and scope_of_code(chosen)) or own_scope(request.user)
    if scope is None:
        raise PermissionDenied
    view = request.GET.get("view")
    return redirect(
        scope.url(
            view if view in VIEWS else "overview",
            cycle=request.GET.get("cycle") or None,
            level=request.GET.get("level") or None,
        )
    )


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
        {
            "exhibits": exhibits,
            "level_links": level_links(page, "overview"),
            "more_views": [
                (label, page.scope.url(view, **page.filters), ABOUT_VIEWS.get(view))
                for view, label in VIEWS.items()
                if view != "overview"
            ],
        },
    )
