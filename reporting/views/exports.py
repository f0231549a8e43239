"""What the dashboard shows, as files: a table, the data dictionary, and every fact one may see."""

from dataclasses import replace

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organisations.permissions import Permission, holds
from reporting import facts
from reporting.exhibits import EXHIBITS, OFFERS
from reporting.files import handed_over
from reporting.table_files import as_csv, as_workbook, csv_lines, dictionary_of
from reporting.views.loading import dashboard_page, show

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = ("exhibit_csv", "exhibit_xlsx")
FACTS = "facts"  # as the dictionary calls the long file


@require_safe
def exhibit_csv(request, scope, exhibit):
    """One exhibit's table as CSV, with the filters of the address."""
    page, found = _exhibit(request, scope, exhibit)
    return _file(as_csv(found.table), CSV, page, found.title, "csv")


@require_safe
def exhibit_xlsx(request, scope, exhibit):
    """The same as a workbook, with its data dictionary."""
    page, found = _exhibit(request, scope, exhibit)
    return _file(as_workbook(found.key, found.table), XLSX, page, found.title, "xlsx")


@require_safe
def data(request, scope):
    """Every table of the scope as files, and how else to read them."""
    page = dashboard_page(request, scope)
    return show(
        request,
        page,
        "data",
        "reporting/dashboard_data.html",
        {
            "exhibits": [
                (offer, *(_address(page, offer, name) for name in FILES))
                for offer in _offers(page)
            ],
            "may_hold_tokens": holds(request.user, Permission.HOLD_TOKENS),
        },
    )


@require_safe
def dictionary(request, scope):
    """What each column of each table holds, as a page."""
    page = dashboard_page(request, scope)
    table = _dictionary(page)
    titles = {offer.key: offer.title for offer in _offers(page)}
    titles[FACTS] = _("Every fact that you may see")
    tables = {}
    for row in table.rows:
        tables.setdefault(row[0], []).append(
            dict(zip([column.code for column in table.columns], row, strict=True))
        )
    return show(
        request,
        page,
        "dictionary",
        "reporting/dashboard_dictionary.html",
        {
            "tables": [
                (key, titles.get(key, key), columns) for key, columns in tables.items()
            ],
            "kinds": table.columns[-1].description,
        },
    )


@require_safe
def dictionary_csv(request, scope):
    page = dashboard_page(request, scope)
    table = _dictionary(page)
    return _file(as_csv(table), CSV, page, table.caption, "csv")


@require_safe
def dictionary_xlsx(request, scope):
    page = dashboard_page(request, scope)
    table = _dictionary(page)
    content = as_workbook("dictionary", table)
    return _file(content, XLSX, page, table.caption, "xlsx")


@require_safe
def facts_csv(request, scope):
    """Every fact of the scope that the reader may see, of every cycle, a row each.

    It is read and written a row at a time, however long it is.
    """
    page = dashboard_page(request, scope)
    rows = facts.of(request.user, page.scope, page.cycles)
    lines = (line.encode() for line in csv_lines(facts.COLUMNS, rows))
    response = StreamingHttpResponse(lines, content_type=CSV)
    name = _("dashboard %(scope)s %(subject)s") % {
        "scope": page.scope.name,
        "subject": _("facts"),
    }
    return handed_over(response, f"{name} {translation.get_language()}", "csv")


def _exhibit(request, scope, key):
    """The page of an address, and its exhibit as it is in files; 404 where it has none such."""
    page = replace(dashboard_page(request, scope), in_file=True)
    found = EXHIBITS[key](page) if key in EXHIBITS else None
    if found is None:
        raise Http404
    return page, found


def _address(page, offer, name):
    query = {key: value for key, value in page.filters.items() if value is not None}
    return reverse(
        f"dashboard:{name}",
        kwargs={"scope": page.scope.code, "exhibit": offer.key},
        query=query,
    )


def _offers(page):
    """What the page has files of."""
    return list(filter(None, (offer(page) for offer in OFFERS.values())))


def _dictionary(page):
    tables = {offer.key: offer.columns for offer in _offers(page)}
    return dictionary_of(tables | {FACTS: facts.COLUMNS})


def _file(content, content_type, page, subject, ending):
    name = _("dashboard %(scope)s %(subject)s") % {
        "scope": page.scope.name,
        "subject": subject,
    }
    return handed_over(
        HttpResponse(content, content_type=content_type),
        f"{name} {page.cycle.code} {translation.get_language()}",
        ending,
    )
