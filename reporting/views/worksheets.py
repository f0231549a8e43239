"""The blank worksheet of a cycle as a file to print."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.models import Cycle
from reporting.files import LANGUAGES, pdf_file, too_long, wants_large_print
from reporting.pdf.press import TooLong
from reporting.pdf.worksheet import render_worksheet


@require_safe
def worksheet_pdf(request, cycle, language):
    """The whole form with nothing filled in, for everybody who signs in: the framework is public."""
    if language not in LANGUAGES:
        raise Http404
    cycle = get_object_or_404(
        Cycle.objects.begun().select_related("edition"), code=cycle
    )
    languages = LANGUAGES[language]
    try:
        content = render_worksheet(
            cycle, languages=languages, large_print=wants_large_print(request)
        )
    except TooLong:
        return too_long(_("The form holds too much for one PDF. Take one language."))
    with translation.override(languages[0]):
        name = _("worksheet %(cycle)s") % {"cycle": cycle.code}
    return pdf_file(content, name, languages)
