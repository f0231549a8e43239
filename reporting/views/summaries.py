"""The summary of a submission as a file to take away."""

import json

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assessments.models import Submission
from assessments.selectors import agreed_levels
from organisations.permissions import Permission, authorise
from reporting.files import LANGUAGES, pdf_file, too_long
from reporting.pdf.press import TooLong
from reporting.pdf.rendering import render_summary


@require_GET
def summary_pdf(request, cycle, cluster, number, language):
    """One submission as a PDF in the language asked for, or in both, Welsh first."""
    if language not in LANGUAGES:
        raise Http404
    submission = get_object_or_404(
        Submission.objects.visible_to(request.user).select_related(
            "reflection__cluster", "reflection__cycle"
        ),
        reflection__cycle__code=cycle,
        reflection__cluster__code=cluster,
        number=number,
    )
    authorise(request.user, Permission.READ_SUBMISSION, submission)
    languages = LANGUAGES[language]
    try:
        content = render_summary(
            submission, languages=languages, agreed=agreed_levels(submission)
        )
    except TooLong:
        return too_long(
            _(
                "This self-reflection holds too much text for a PDF. Read it on its page."
            )
        )
    frozen = json.loads(submission.content)["cluster"]["name"]
    with translation.override(languages[0]):
        name = _("self-reflection %(cluster)s %(cycle)s %(number)s") % {
            "cluster": frozen[languages[0]],
            "cycle": submission.reflection.cycle.code,
            "number": submission.number,
        }
    return pdf_file(content, name, languages)
