"""What the dashboard shows of a scope as a file to take away."""

from functools import partial

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reporting.files import LANGUAGES, document, today
from reporting.pdf.dashboard import render_dashboard
from reporting.views import (
    actions,
    clusters,
    dashboard,
    factors,
    goals,
    needs,
    outcomes,
    variation,
)
from reporting.views.loading import VIEWS, dashboard_page

# The exhibits of each view that a document can hold, in the order of the menu.
PRINTED = {
    "overview": dashboard.OVERVIEW,
    "levels": (),  # a table of its own
    "outcomes": outcomes.OUTCOMES,
    "factors": (factors.KEY,),
    "needs": needs.SHOWN,
    "variation": variation.SHOWN,
    "goals": goals.SHOWN,
    "actions": (*actions.SHOWN, actions.LIST),
}


@require_safe
def pdf(request, scope, language):
    """One view of a scope as a PDF, or all of them, in the language asked for, or in both."""
    if language not in LANGUAGES:
        raise Http404
    page = dashboard_page(request, scope)
    return document(
        request,
        partial(render_dashboard, page, views=_views(page), made_at=today()),
        language=language,
        name=lambda: (
            _("dashboard %(scope)s %(cycle)s")
            % {"scope": page.scope.name, "cycle": page.cycle.code}
        ),
        too_long=_(
            "There is too much here for a PDF. Take one view at a time, or the data."
        ),
    )


def _views(page):
    """The views that the address asks for: the one that it names, or else all that there are.

    Each exhibit stands in the first view that has it. A cluster's overview is its cycle as a
    whole, with every outcome.
    """
    wanted = page.query.get("view")
    names = [wanted] if wanted in PRINTED else list(PRINTED)
    taken, found = set(), {}
    for name in names:
        keys = PRINTED[name]
        if page.scope.is_cluster and name == "overview":
            keys = clusters.OVER_CYCLES
        elif page.scope.is_cluster and name == "levels" and len(names) > 1:
            continue
        found[name] = (VIEWS[name], [key for key in keys if key not in taken])
        taken.update(keys)
    return found
