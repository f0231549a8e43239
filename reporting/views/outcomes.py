"""Outcomes from cycle to cycle, and beside what peers said."""

from django.views.decorators.http import require_safe

from reporting.exhibits import EXHIBITS, numbered
from reporting.views.loading import dashboard_page, level_links, show

OUTCOMES = ("journey", "self_and_agreed")


@require_safe
def outcomes(request, scope):
    """How far the outcomes of a scope have come over the cycles, and where peers saw it otherwise."""
    page = dashboard_page(request, scope)
    return show(
        request,
        page,
        "outcomes",
        "reporting/dashboard_outcomes.html",
        {
            "exhibits": numbered(EXHIBITS[key](page) for key in OUTCOMES),
            "level_links": []
            if page.scope.is_cluster
            else level_links(page, "outcomes"),
        },
    )
