"""Reading what a cluster submitted as its peers do: the whole of it, and outcome by outcome."""

import json
from dataclasses import dataclass, field

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.models import SelfReflection
from cdf_site.common.long_text import opening
from frameworks.models import Outcome
from peerreview.models import Annotation, ReviewPhase
from peerreview.selectors.annotations import (
    OUTCOME,
    WHOLE,
    Wanted,
    load_board,
)
from peerreview.selectors.reviews import (
    Part,
    cluster_indicators,
    first_phase,
    latest_submission,
    outcome_lines,
    part_in,
    phase_ends_on,
    read_outcome,
)
from peerreview.services.reviews import begin_reading
from peerreview.views.annotation_fields import form_of_page
from peerreview.views.annotations import (
    annotate,
    outcome_url,
    review_to_write_in,
    undo_of,
)
from peerreview.views.loading import review_url, visible_review


@dataclass
class Page:
    """What stands on a page of a review, and what of it may be written on."""

    review: object
    part: Part
    submission: object
    board: object
    outcome: object = None
    labels: dict = field(default_factory=dict)  # of the places, for lists of faults


def review_detail(request, round, cluster):  # noqa: A002
    """The review of one cluster: what was submitted, and what is said of the whole."""
    if request.method != "POST":
        return _detail_page(request, visible_review(request, round, cluster))
    review = review_to_write_in(request, round, cluster)
    return annotate(
        request,
        review,
        load=lambda **typed: _detail_page(
            request, visible_review(request, round, cluster), **typed
        ),
        here=review_url("review_detail", review),
    )


def review_outcome(request, round, cluster, module, number):  # noqa: A002
    """One outcome: the criteria, what the cluster answered, and what is said of that."""
    if request.method != "POST":
        review = visible_review(request, round, cluster)
        return _outcome_page(request, review, module, number)
    review = review_to_write_in(request, round, cluster)
    outcome = get_object_or_404(
        Outcome,
        module__edition=review.reflection.cycle.edition_id,
        module__code=module,
        number=number,
    )
    return annotate(
        request,
        review,
        load=lambda **typed: _outcome_page(
            request, visible_review(request, round, cluster), module, number, **typed
        ),
        here=outcome_url(review, module, number),
        onward=_onward_url(request, review, module, number),
        outcome=outcome,
    )


def _onward_url(request, review, module, number):
    """The next outcome, where that is asked for; after the last one, the whole."""
    if "onward" not in request.POST:
        return None
    found = read_outcome(review, module, number, request.user)
    if found is None or found.following is None:
        return review_url("review_detail", review)
    return outcome_url(review, *found.following[:2])


def _begun(request, review, part):
    """Whoever reads first as a peer begins the review; until then the cluster may withdraw."""
    if (
        part.is_running
        and part.reads
        and review.reflection.state == SelfReflection.State.SUBMITTED
        and begin_reading(review=review, by=request.user)
    ):
        review.reflection.refresh_from_db(fields=["state"])


def _detail_page(request, review, **typed):
    user = request.user
    part = part_in(review, user)
    _begun(request, review, part)
    submission = latest_submission(review, user)
    content = json.loads(submission.content) if submission else None
    if content:
        review.reflection.names_then = content["cluster"]["name"]
    page = Page(
        review=review,
        part=part,
        submission=submission,
        board=load_board(
            review,
            part,
            submission,
            user,
            places=[WHOLE],
            wanted=Wanted.of(request.GET),
        ),
        labels={WHOLE: _("The submission as a whole")},
    )
    modules = outcome_lines(review, submission, user) if submission else []
    lines = [line for module in modules for line in module.outcomes]
    people = [person for person in page.board.people if person.reviews]
    return _render(
        request,
        "peerreview/review_detail.html",
        page,
        {
            "place": page.board.places[WHOLE],
            "modules": modules,
            "content": content,
            "indicators": cluster_indicators(review, user),
            "reviewers": [person for person in people if not person.facilitates],
            "facilitators": [person for person in people if person.facilitates],
            "has_last_cycle": any(line.last for line in lines),
            "private_count": page.board.private_count
            + sum(line.private_count for line in lines),
            "may_reply": part.may_reply_for_cluster,
            "can_be_returned": part.facilitates
            and review.reflection.state == SelfReflection.State.IN_REVIEW
            and review.reflection.is_in_time,
            "here": review_url("review_detail", review),
        },
        **typed,
    )


def _outcome_page(request, review, module, number, **typed):
    user = request.user
    part = part_in(review, user)
    _begun(request, review, part)
    read = read_outcome(review, module, number, user)
    if read is None:
        raise Http404
    review.reflection.names_then = read.names
    labels = {
        f"criterion-{one.pk}": opening(one.text[get_language()])[0]
        for one in read.criteria
    }
    labels[OUTCOME] = _("The outcome as a whole")
    page = Page(
        review=review,
        part=part,
        submission=read.submission,
        outcome=read.outcome,
        board=load_board(
            review,
            part,
            read.submission,
            user,
            places=list(labels),
            outcome=read.outcome,
            wanted=Wanted.of(request.GET),
        ),
        labels=labels,
    )
    places = page.board.places
    return _render(
        request,
        "peerreview/review_outcome.html",
        page,
        {
            "read": read,
            "criteria": [
                (criterion, places[f"criterion-{criterion.pk}"])
                for criterion in read.criteria
            ],
            "place": places[OUTCOME],
            "indicators": cluster_indicators(review, user, outcome=read.outcome),
            "last_cycle": read.last_cycle,
            # What assessments/_last_cycle.html asks of the form's sheet.
            "sheet": {"module": read.outcome.module, "outcome": read.outcome},
            "here": outcome_url(review, module, number),
            "previous_url": read.previous and outcome_url(review, *read.previous[:2]),
            "next_url": read.following and outcome_url(review, *read.following[:2]),
        },
        **typed,
    )


def _render(request, template, page, context, *, data=None, saved=None, unfinished=()):
    """Draw a page; with ``data``, what was sent and could not be taken, in its fields."""
    form = form_of_page(request, page, data=data, saved=saved)
    if unfinished:
        form.is_valid()
        form.add_unfinished(unfinished)
    wanted = Wanted.of(request.GET)
    indicators = context["indicators"]
    status = 200
    if data is not None:
        status = 409 if saved and saved.conflicts else 422
    part = page.part
    return render(
        request,
        template,
        {
            "review": page.review,
            "reflection": page.review.reflection,
            "part": part,
            "submission": page.submission,
            "board": page.board,
            "form": form,
            "errors": form.conflict_errors() if data is not None else [],
            "changed": saved.changed if saved else [],
            "writes": part.may_annotate or part.may_reply or part.may_resolve,
            "phase": part.phase,
            "phase_ends_on": phase_ends_on(page.review.round),
            "sentences": _what_now(page),
            "wanted": wanted,
            "kinds": Annotation.Kind.choices,
            "undo": undo_of(request),
            "any_figures": any(indicator.values for indicator in indicators),
        }
        | context,
        status=status,
    )


# What one can do now, in words -------------------------------------------------------------


def _what_now(page):
    """Sentences for whoever is on the page: what they are here, what they can do, who sees it."""
    review, part = page.review, page.part
    review_round, phase = review.round, part.phase
    if not review.takes_part:
        return [_("This cluster no longer takes part in the round.")]
    if not review_round.is_announced:
        return [_("The round has not been announced: nobody else knows of it yet.")]
    if phase is None:
        if (first := first_phase(review_round)) is None:
            return []
        begins_on = date_format(first.starts_on, "j F Y")
        return [_("Reading begins on %(date)s.") % {"date": begins_on}]
    if review_round.is_closed:
        return [_("The review is closed: it can be read, but nothing more is written.")]
    if page.submission is None:
        return [_("The cluster has not submitted its self-reflection yet.")]
    if part.facilitates:
        said = [
            _("You facilitate this review."),
            _("You can read, annotate, reply and resolve until the round closes."),
        ]
        return [*said, _who_sees(phase)]
    if part.reads:
        if not phase.reviewers_annotate:
            return [
                _("You review this cluster."),
                _("You can read everything, but nothing is annotated in this phase."),
            ]
        return [
            _("You review this cluster."),
            _("You can read, annotate and reply."),
            _of_each_other(phase),
            _who_sees(phase),
        ]
    said = [_("This is your own cluster.")] if part.is_member else []
    if phase.cluster_sees:
        said.append(_("You can read what the reviewers have shared."))
    else:
        said.append(_("What the reviewers write is not shown in this phase."))
    if part.may_reply_for_cluster:
        said.append(_("You can reply to each annotation."))
    return said


def _of_each_other(phase):
    match phase.reviewers_see:
        case ReviewPhase.Sight.ALWAYS:
            return _("You see what the other reviewers have shared.")
        case ReviewPhase.Sight.AFTER_OWN:
            return _(
                "Once you have shared an annotation, you see those that the other reviewers have shared."
            )
    return _("Reviewers do not see each other's annotations in this phase.")


def _who_sees(phase):
    if phase.cluster_sees:
        return _("What you share is seen by the cluster.")
    return _("What you share is not yet seen by the cluster.")
