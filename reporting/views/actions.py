"""Actions of a scope: how far they are, what was escalated, what changed."""

from django.views.decorators.http import require_safe

from reporting.actions import LISTS, OPEN
from reporting.exhibits import EXHIBITS, numbered
from reporting.exhibits.action_list import NAMES
from reporting.views.loading import dashboard_page, show

SHOWN = ("actions", "actions_by_outcome", "actions_escalated")
LIST = "action_list"


@require_safe
def actions(request, scope):
    """Counts, and one of the lists of actions, twenty to a page."""
    page = dashboard_page(request, scope)
    exhibits = numbered(EXHIBITS[key](page) for key in SHOWN)
    (listed,) = numbered([EXHIBITS[LIST](page)], first=len(exhibits) + 1)
    chosen = page.action_list.name
    rows = page.action_list.page

    def url(**changes):
        query = page.filters | {"list": chosen if chosen != OPEN else None} | changes
        return f"{page.scope.url('actions', **query)}#{LIST}"

    return show(
        request,
        page,
        "actions",
        "reporting/dashboard_actions.html",
        {
            "exhibits": exhibits,
            "listed": listed,
            "rows": rows,
            "lists": [
                (
                    NAMES[name],
                    page.action_counts.lists[name],
                    url(list=name if name != OPEN else None),
                    name == chosen,
                )
                for name in LISTS
            ],
            "previous_url": url(page=rows.previous_page_number())
            if rows.has_previous()
            else "",
            "next_url": url(page=rows.next_page_number()) if rows.has_next() else "",
        },
    )
