"""The summary and the full report of a submission as files to take away, and a cluster's own draft."""

import json
from functools import partial

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from assessments import snapshot
from assessments.evidence import load_by_outcome
from assessments.models import Submission
from assessments.selectors import agreed_levels, load_sheet
from assessments.views.loading import readable, reflection_url
from organisations.permissions import Permission, authorise
from reporting.before import load_before
from reporting.files import LANGUAGES, document
from reporting.pdf.report import render_draft, render_report
from reporting.pdf.summary import render_summary

SUMMARY = gettext_lazy("self-reflection summary %(cluster)s %(cycle)s %(number)s")
REPORT = gettext_lazy("self-reflection report %(cluster)s %(cycle)s %(number)s")
DRAFT = gettext_lazy("self-reflection draft %(cluster)s %(cycle)s")
TOO_LONG = gettext_lazy(
    "This self-reflection holds too much text for a PDF. Read it on its page."
)


@require_GET
def summary_pdf(request, cycle, cluster, number, language):
    """The two pages of one submission in the language asked for, or in both, Welsh first."""
    submission = _submission(request, cycle, cluster, number, language)
    before = load_before(submission, user=request.user)
    render = partial(render_summary, submission, before=before)
    return _file(request, render, SUMMARY, submission, language)


@require_GET
def report_pdf(request, cycle, cluster, number, language):
    """All of one submission, in the language asked for, or in both."""
    submission = _submission(request, cycle, cluster, number, language)
    render = partial(render_report, submission)
    return _file(request, render, REPORT, submission, language)


@require_GET
def draft_pdf(request, cycle, cluster, language):
    """What the cluster has written so far, for its own people alone."""
    if language not in LANGUAGES:
        raise Http404
    reflection = readable(request, cycle, cluster)
    if not reflection.is_unsent and reflection.latest_submission:
        return redirect(reflection_url("reflection_detail", reflection))
    draft = snapshot.canonical(
        snapshot.build(load_sheet(reflection), load_by_outcome(reflection))
    )
    return document(
        request,
        partial(render_draft, draft, made_at=timezone.now()),
        language=language,
        name=lambda: (
            DRAFT % {"cluster": reflection.cluster.name, "cycle": reflection.cycle.code}
        ),
        too_long=TOO_LONG,
    )


def _submission(request, cycle, cluster, number, language):
    """The submission of an address, for whoever may read it."""
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
    return submission


def _file(request, render, sentence, submission, language):
    """The document, under a name that says whose it is, as the cluster was called then."""
    frozen = json.loads(submission.content)["cluster"]["name"]
    return document(
        request,
        partial(render, agreed=agreed_levels(submission)),
        language=language,
        name=lambda: (
            sentence
            % {
                "cluster": frozen[LANGUAGES[language][0]],
                "cycle": submission.reflection.cycle.code,
                "number": submission.number,
            }
        ),
        too_long=TOO_LONG,
    )
