"""What helps and hinders: the enabling factors, and the words behind their figures."""

from django.views.decorators.http import require_safe

from assessments.standing import FACTORS
from reporting.exhibits import EXHIBITS, numbered
from reporting.exhibits.factors import CHOICES, KEY, said_of
from reporting.forms.words import FactorWordsForm
from reporting.views.loading import dashboard_page, show
from reporting.words import texts_on_factors


@require_safe
def factors(request, scope):
    """What the clusters of a scope say of each enabling factor, in figures and in words."""
    page = dashboard_page(request, scope)
    number, said = page.query.get("factor", ""), page.query.get("said", "")
    factor = next((each for each in page.factors if str(each.number) == number), None)
    found = texts_on_factors(
        page,
        page.factors,
        page.query.get("page"),
        factor=factor,
        said=FACTORS.get(said, ""),
    )
    return show(
        request,
        page,
        "factors",
        "reporting/dashboard_factors.html",
        {
            "exhibits": numbered([EXHIBITS[KEY](page)]),
            "said_here": [
                (each, said_of(page.tally, place))
                for place, each in enumerate(page.factors)
            ]
            if page.scope.is_cluster and page.tally.submitted
            else None,
            "form": FactorWordsForm(
                page.factors, CHOICES, initial={"factor": number, "said": said}
            ),
            "is_narrowed": bool(factor or said in FACTORS),
            "all_url": page.scope.url("factors", **page.filters) + "#words",
            "found": found,
        },
    )
