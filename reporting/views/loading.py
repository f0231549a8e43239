"""Which page of the dashboard an address asks for."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from organisations.permissions import Permission, authorise, holds
from reporting.exhibits import AGREED, OWN, Page
from reporting.scopes import scope_of_code, scopes_for
from reporting.selectors import begun_cycles, current_cycle


def dashboard_page(request, scope):
    """The page that ``request`` asks for, with the filters of its address.

    403 for whoever is nothing to any cluster; 404 for a cluster that they may not read, as for a
    scope that there is none of, or before any cycle was opened. What a filter does not know is
    as if it were not there.
    """
    authorise(request.user, Permission.READ_DASHBOARD)
    page = page_asked_for(request, scope)
    if page is None or not holds(request.user, Permission.OPEN_SCOPE, page.scope):
        raise Http404
    return page


def page_asked_for(request, scope):
    """As ``dashboard_page``, whoever asks; None where there is none."""
    found = scope_of_code(scope)
    cycles = begun_cycles()
    wanted = request.GET.get("cycle")
    cycle = next((each for each in cycles if each.code == wanted), None)
    cycle = cycle or current_cycle(cycles)
    if found is None or cycle is None:
        return None
    return Page(
        user=request.user,
        scope=found,
        cycle=cycle,
        cycles=cycles,
        level=AGREED if request.GET.get("level") == AGREED else OWN,
        query=request.GET.dict(),
    )


# What there is to see of a scope, in the order of the menu; a cluster's overview is its cycle.
VIEWS = {
    "overview": gettext_lazy("Overview"),
    "levels": gettext_lazy("Heat map"),
}


def show(request, page, view, template, context=None):
    """Answer with ``template``, inside the frame of the dashboard."""
    return render(
        request,
        template,
        {
            "page": page,
            "view": view,
            "views": [
                (name, label, page.scope.url(name, **page.filters))
                for name, label in VIEWS.items()
            ],
            "scopes": scopes_for(request.user, page.scope),
            "cycle_links": [
                (
                    cycle,
                    page.scope.url(view, **page.filters | {"cycle": cycle.code}),
                )
                for cycle in page.cycles
            ],
        }
        | (context or {}),
    )
