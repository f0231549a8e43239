"""Heat maps as pages and files need them."""

from django.core.paginator import Paginator

from reporting.heat_map.arranging import (
    arranged,
    in_order,
    modules_of,
    places_in,
    spans_boards,
    standings,
)
from reporting.heat_map.reading import read_of, rows_of
from reporting.heat_map.shapes import NAME, Arrangement, HeatMap

A_PAGE = 60  # clusters


def load_heat_map(page):
    """The heat map that ``page`` asks for: four queries, however many clusters there are.

    One more where the wording of the edition was corrected, and one where the cycle before was of
    another edition.
    """
    modules = modules_of(page.outcomes)
    arrangement = arranged(page, modules)
    paginator = Paginator(in_order(standings(page), page, arrangement), A_PAGE)
    paginator.count = page.coverage.total  # which is known already
    shown = paginator.get_page(page.query.get("page"))
    return HeatMap(
        modules,
        arrangement,
        rows_of(page, arrangement, read_of(shown.object_list)),
        shown,
    )


def load_heat_maps(page):
    """Heat maps of every module, whole, in the order of names: two queries, and two a module."""
    modules = modules_of(page.outcomes)
    is_grouped = spans_boards(page.scope)
    arrangements = [
        Arrangement(module, places_in(page, module), NAME, False, is_grouped)
        for module in modules
    ]
    read = read_of(in_order(standings(page), page, arrangements[0]))
    return [
        HeatMap(modules, arrangement, rows_of(page, arrangement, read))
        for arrangement in arrangements
    ]
