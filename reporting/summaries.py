"""The summary of a submission as a file to take away."""

import json
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assessments.models import Submission
from assessments.selectors import agreed_levels
from organisations.permissions import Permission, authorise
from reporting.pdf import TooLong, render_summary

LANGUAGES = {"cy": ("cy",), "en": ("en",), "both": ("cy", "en")}


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
        return HttpResponse(
            _(
                "This self-reflection holds too much text for a PDF. Read it on its page."
            ),
            content_type="text/plain; charset=utf-8",
            status=413,
        )
    response = HttpResponse(content, content_type="application/pdf")
    with translation.override(languages[0]):
        response.headers["Content-Disposition"] = _attachment(submission, languages)
    response.headers["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response


def _attachment(submission, languages):
    """The header that names the file: with Welsh letters, and without for old programs."""
    frozen = json.loads(submission.content)["cluster"]["name"]
    name = _("self-reflection %(cluster)s %(cycle)s %(number)s") % {
        "cluster": frozen[languages[0]],
        "cycle": submission.reflection.cycle.code,
        "number": submission.number,
    }
    name = " ".join([name, *languages])
    plain, full = slugify(name), slugify(name, allow_unicode=True)
    return f"attachment; filename=\"{plain}.pdf\"; filename*=UTF-8''{quote(full)}.pdf"
