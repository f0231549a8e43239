"""The summary of Wales, a region, a health board or a local authority as a file to take away."""

from functools import partial

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reporting.files import LANGUAGES, document, today
from reporting.pdf.areas import render_area_summary
from reporting.views.loading import dashboard_page


@require_safe
def summary_pdf(request, scope, language):
    """What a committee is given of a scope, in the language asked for, or in both, Welsh first.

    Whoever opens the scope on the dashboard may have it, and reads in it what they read there.
    """
    if language not in LANGUAGES:
        raise Http404
    page = dashboard_page(request, scope)
    if page.scope.is_cluster:  # which has a summary of its own
        raise Http404
    return document(
        request,
        partial(render_area_summary, page, made_at=today()),
        language=language,
        name=lambda: (
            _("summary %(scope)s %(cycle)s")
            % {"scope": page.scope.name, "cycle": page.cycle.code}
        ),
        too_long=_(
            "There is too much here for a PDF. Take one view at a time, or the data."
        ),
    )
