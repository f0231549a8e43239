"""The heat map: clusters by outcomes."""

from django.views.decorators.http import require_safe

from reporting.exhibits import AGREED, OWN
from reporting.heat_map import BOARD, NAME, ONE_LIST, load_heat_map, spans_boards
from reporting.views.loading import dashboard_page, show


@require_safe
def levels(request, scope):
    """The clusters of a scope by the outcomes of a module, sixty to a page."""
    page = dashboard_page(request, scope)
    return show(
        request,
        page,
        "levels",
        "reporting/dashboard_levels.html",
        heat_map_context(page, load_heat_map(page)),
    )


def heat_map_context(page, heat_map):
    """The heat map with the addresses that it leads to; asks nothing of the database."""
    arrangement, rows = heat_map.arrangement, heat_map.page

    def url(**changes):
        return page.scope.url("levels", **_query(page, heat_map) | changes)

    def column(name):
        """Where the head of a column leads, and how the table stands in its order now."""
        is_sorted = arrangement.sort == name
        if not is_sorted:
            return url(sort=name if name != NAME else None), ""
        if arrangement.is_descending:
            return url(sort=name if name != NAME else None), "descending"
        return url(sort=f"-{name}"), "ascending"

    several = spans_boards(page.scope)
    return {
        "heat_map": heat_map,
        "name_column": column(NAME),
        "board_column": column(BOARD)
        if several and not arrangement.is_grouped
        else None,
        "outcome_columns": [
            (outcome, *column(str(outcome.number))) for outcome in heat_map.outcomes
        ],
        "modules": [
            (module, url(module=module.code, sort=None), module == heat_map.module)
            for module in heat_map.modules
        ],
        "level_links": {OWN: url(level=None), AGREED: url(level=AGREED)},
        "list_links": {
            "grouped": url(
                list=None,
                sort=None if arrangement.sort == BOARD else _sort(arrangement),
            ),
            "one": url(list=ONE_LIST),
        }
        if several
        else None,
        "previous_url": url(page=rows.previous_page_number())
        if rows.has_previous()
        else "",
        "next_url": url(page=rows.next_page_number()) if rows.has_next() else "",
    }


def _query(page, heat_map):
    """The filters of the address as they are in effect, without the page of the list."""
    arrangement = heat_map.arrangement
    return page.filters | {
        "module": arrangement.module.code
        if arrangement.module != heat_map.modules[0]
        else None,
        "sort": _sort(arrangement),
        "list": ONE_LIST
        if spans_boards(page.scope) and not arrangement.is_grouped
        else None,
    }


def _sort(arrangement):
    if arrangement.sort == NAME and not arrangement.is_descending:
        return None
    return f"{'-' if arrangement.is_descending else ''}{arrangement.sort}"
