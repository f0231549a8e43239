"""Who needs help: barriers, support needs, and the words that clusters wrote."""

from django.views.decorators.http import require_safe

from cdf_site.common.excerpts import LONGEST_SOUGHT, words_sought
from reporting.exhibits import EXHIBITS, numbered
from reporting.forms.words import WordsForm
from reporting.needs import load_choosers, needs_of_cluster
from reporting.views.loading import dashboard_page, show
from reporting.words import search

SHOWN = ("needs", "needs_by_outcome")


@require_safe
def needs(request, scope):
    """The most common barriers and support needs of a scope, who chose one, and a search."""
    page = dashboard_page(request, scope)
    outcome = page.outcome_asked_for
    typed = page.query.get("q", "")[:LONGEST_SOUGHT].replace("\x00", " ").strip()
    sought = words_sought(typed)
    form = WordsForm(
        page.outcomes, initial={"q": typed, "outcome": page.query.get("outcome", "")}
    )
    tag = None if sought or page.scope.is_cluster else _tag_asked_for(page)
    return show(
        request,
        page,
        "needs",
        "reporting/dashboard_needs.html",
        {
            "exhibits": numbered(EXHIBITS[key](page) for key in SHOWN),
            "outcome": outcome,
            "all_outcomes_url": page.scope.url("needs", **page.filters),
            "chosen_here": needs_of_cluster(page) if page.scope.is_cluster else None,
            "tag": tag,
            "choosers": load_choosers(page, tag, page.query.get("clusters"))
            if tag
            else None,
            "form": form,
            "typed": typed,
            "found": search(page, sought, page.query.get("page"), outcome=outcome)
            if sought
            else None,
        },
    )


def _tag_asked_for(page):
    code = page.query.get("need", "")
    return next((tag for tag in page.needs.tags if tag.code == code), None)
