"""The record of a review as a file to take away: of one cluster, or of a group."""

from functools import partial

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from organisations.permissions import Permission, authorise
from peerreview.selectors.records import load_records
from peerreview.views.loading import visible_group, visible_review
from peerreview.views.records import reviews_of
from reporting.files import LANGUAGES, document, today
from reporting.pdf.review_record import render_review_record


@require_GET
def review_record_pdf(request, round, cluster, language):  # noqa: A002
    """The record of one cluster's review, in the language asked for or in both, Welsh first."""
    if language not in LANGUAGES:
        raise Http404
    review = visible_review(request, round, cluster)
    authorise(request.user, Permission.READ_REVIEW, review)
    if review.group is None:
        raise Http404
    review.group.round = review.round
    return _file(request, [review], review.group, False, language)


@require_GET
def group_record_pdf(request, round, group, language):  # noqa: A002
    """The records of a group's clusters, those that the reader may see, as one document."""
    if language not in LANGUAGES:
        raise Http404
    group = visible_group(request, round, group)
    reviews = reviews_of(request, group)
    if not reviews:
        raise Http404
    return _file(request, reviews, group, True, language)


def _file(request, reviews, group, of_the_group, language):
    return document(
        request,
        partial(
            render_review_record,
            load_records(reviews, reader=request.user),
            group=group,
            of_the_group=of_the_group,
            made_at=today(),
        ),
        language=language,
        name=lambda: (
            _("record of review %(round)s %(subject)s")
            % {
                "round": group.round.code,
                "subject": _("group %(number)s") % {"number": group.number}
                if of_the_group
                else reviews[0].reflection.cluster_name,
            }
        ),
        too_long=_("This record holds too much text for a PDF. Read it on its page."),
    )
