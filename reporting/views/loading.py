"""Which page of the dashboard an address asks for."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

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
    "outcomes": gettext_lazy("Over time and with peers"),
    "factors": gettext_lazy("What helps and hinders"),
    "needs": gettext_lazy("Who needs help"),
    "variation": gettext_lazy("Variation"),
    "goals": gettext_lazy("Well-being goals"),
    "actions": pgettext_lazy("undertaken", "Actions"),
    "data": gettext_lazy("Data"),
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
            "breadcrumbs": _breadcrumbs(page, view),
            "asks_for_packs": holds(request.user, Permission.ASK_PACK, page.scope),
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


def level_links(page, view):
    """To the clusters' own levels and to the agreed ones: (label, address, is it shown)."""
    return [
        (label, page.scope.url(view, **page.filters | {"level": level}), is_shown)
        for label, level, is_shown in (
            (pgettext("levels", "The clusters' own"), None, not page.shows_agreed),
            (pgettext("levels", "Agreed with peers"), AGREED, page.shows_agreed),
        )
    ]


def _breadcrumbs(page, view):
    """From Wales down to where this page is."""
    above = [*page.scope.above, *([] if view == "overview" else [page.scope])]
    return [{"label": scope.name, "url": scope.url(**page.filters)} for scope in above]
