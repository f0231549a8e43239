"""A cluster's page of the dashboard: its cycle as a whole."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from organisations.permissions import Permission, holds
from peerreview.views.loading import review_url
from reporting.exhibits import EXHIBITS, numbered
from reporting.views.loading import show
from reporting.whole_cycle import load_whole_cycle

OVER_CYCLES = ("journey", "self_and_agreed")


def whole_cycle(request, page):
    """Self-reflection, peer review, indicators and actions of one cluster, over the cycles."""
    whole = load_whole_cycle(page)
    counts = whole.action_counts
    return show(
        request,
        page,
        "overview",
        "reporting/dashboard_cluster.html",
        {
            "whole": whole,
            "exhibits": numbered(EXHIBITS[key](page) for key in OVER_CYCLES),
            "shows_state": whole.reflection is not None
            and holds(request.user, Permission.READ_STATES, whole.reflection),
            "has_levels": whole.has_submitted,
            "record_links": [
                (review, review_url("cluster_record", review))
                for review in whole.reviews
            ],
            "action_counts": [
                (_("Undertaken in this cycle"), counts["undertaken"]),
                (pgettext("actions of this cycle", "Done"), counts["done"]),
                (pgettext("actions of this cycle", "Dropped"), counts["dropped"]),
                (_("Open now, of all cycles"), counts["open"]),
                (_("Overdue now"), counts["overdue"]),
            ],
        },
    )
