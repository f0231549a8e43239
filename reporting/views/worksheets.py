"""The blank worksheet of a cycle as a file to print."""

from functools import partial

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.models import Cycle
from reporting.files import LANGUAGES, document
from reporting.pdf.worksheet import render_worksheet


@require_safe
def worksheet_pdf(request, cycle, language):
    """The whole form with nothing filled in, for everybody who signs in: the framework is public."""
    if language not in LANGUAGES:
        raise Http404
    cycle = get_object_or_404(
        Cycle.objects.begun().select_related("edition"), code=cycle
    )
    return document(
        request,
        partial(render_worksheet, cycle),
        language=language,
        name=lambda: _("worksheet %(cycle)s") % {"cycle": cycle.code},
        too_long=_("The form holds too much for one PDF. Take one language."),
    )
