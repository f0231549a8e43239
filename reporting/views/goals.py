"""The well-being goals, by the outcomes that are linked to them."""

from django.views.decorators.http import require_safe

from reporting.exhibits import EXHIBITS, numbered
from reporting.views.loading import dashboard_page, level_links, show

SHOWN = ("goals", "goal_signs")


@require_safe
def goals(request, scope):
    """Progress by goal, and which outcomes stand behind it."""
    page = dashboard_page(request, scope)
    return show(
        request,
        page,
        "goals",
        "reporting/dashboard_goals.html",
        {
            "exhibits": numbered(EXHIBITS[key](page) for key in SHOWN),
            "level_links": level_links(page, "goals"),
        },
    )
