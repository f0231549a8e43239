"""Variation: an indicator by area, what of it chance would explain, and over time."""

from django.views.decorators.http import require_safe

from reporting.exhibits import EXHIBITS, numbered
from reporting.variation import words
from reporting.views.loading import dashboard_page, show

SHOWN = ("variation", "funnel", "over_time")


@require_safe
def variation(request, scope):
    """An indicator, chosen by a form whose choices stand in the address."""
    page = dashboard_page(request, scope)
    found = page.variation
    exhibits = (
        numbered(EXHIBITS[key](page) for key in SHOWN) if found and found.at else []
    )
    return show(
        request,
        page,
        "variation",
        "reporting/dashboard_variation.html",
        {
            "exhibits": exhibits,
            "variation": found,
            "kinds": [(kind, words.KINDS[kind]) for kind in found.kinds]
            if found
            else [],
        },
    )
