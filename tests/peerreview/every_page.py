"""The pages of a review for tests that look at every page: names, who opens them, and where."""

import uuid

from assessments.services.versions import Typed
from organisations.models import User
from peerreview.models import Annotation, Assignment, ReviewPhase, ReviewRound
from peerreview.services import annotations as services
from peerreview.services.annotations import Remark
from tests.factories import UserFactory
from tests.factories.peerreview import (
    AssignmentFactory,
    ClusterReviewFactory,
    ReviewGroupFactory,
    ReviewRoundFactory,
)
from tests.peerreview.meeting_pages import hold_a_meeting, meeting_pages
from tests.peerreview.suggestion_pages import suggestion_pages
from tests.peerreview.world import let_read
from tests.steps import criterion_of, outcome_of

CODE = "every-page"


def review_pages(reflection, *, officer, national):
    """Pages of the review of ``reflection`` that ``build_review`` has made."""
    review = ReviewRound.objects.get(code=CODE).reviews.get()
    reviewer, facilitator = (
        review.group.assignments.get(role=role).user
        for role in (Assignment.Role.REVIEWER, Assignment.Role.FACILITATOR)
    )
    lead = User.objects.get(
        memberships__cluster=reflection.cluster, memberships__role="cluster_lead"
    )
    where = {"round": CODE, "cluster": review.cluster.code}
    outcome = where | {"module": "LEVELS", "number": 1}
    written = Annotation.objects.filter(review=review, author=reviewer).first()
    return [
        ("peerreview:review_detail", reviewer, where),
        ("peerreview:review_detail", facilitator, where),
        ("peerreview:review_detail", lead, where),
        ("peerreview:review_detail", officer, where),
        ("peerreview:review_outcome", reviewer, outcome),
        ("peerreview:review_outcome", facilitator, outcome),
        ("peerreview:review_outcome", lead, outcome),
        ("peerreview:review_outcome", reviewer, outcome | {"module": "SIGNS"}),
        (
            "peerreview:annotation_history",
            reviewer,
            where | {"annotation": written.key},
        ),
        *_arranging(review, reviewer=reviewer, lead=lead, national=national),
        *suggestion_pages(reflection, national=national),
        *meeting_pages(
            review,
            facilitator=facilitator,
            reviewer=reviewer,
            lead=lead,
            officer=officer,
        ),
    ]


def _arranging(review, *, reviewer, lead, national):
    """The pages around a round: of whoever arranges it, and of those who are in it."""
    here = {"round": CODE}
    group = here | {"group": review.group.number}
    cluster = here | {"cluster": review.cluster.code}
    planned = {"round": f"{CODE}-next"}
    assignment = review.group.assignments.get(user=reviewer)
    return [
        ("peerreview:round_list", reviewer, {}),
        ("peerreview:round_list", lead, {}),
        ("peerreview:round_list", national, {}),
        ("peerreview:round_list", User.objects.filter(memberships=None).first(), {}),
        ("peerreview:round_add", national, {}),
        ("peerreview:round_detail", national, here),
        ("peerreview:round_detail", lead, here),
        ("peerreview:round_detail", national, planned),
        ("peerreview:round_edit", national, here),
        ("peerreview:round_clusters", national, here),
        ("peerreview:round_clusters", national, planned),
        ("peerreview:round_announce", national, planned),
        ("peerreview:review_withdraw", lead, cluster),
        ("peerreview:group_detail", reviewer, group),
        ("peerreview:group_detail", lead, group),
        ("peerreview:group_detail", national, group),
        ("peerreview:group_edit", national, group),
        ("peerreview:assignment_add", national, group),
        (
            "peerreview:assignment_replace",
            national,
            group | {"assignment": assignment.pk},
        ),
        (
            "peerreview:assignment_remove",
            national,
            group | {"assignment": assignment.pk},
        ),
        ("peerreview:assignment_decline", reviewer, group),
        ("peerreview:interest_declare", reviewer, cluster),
    ]


def build_review(reflection, *, national):
    """Have ``reflection``, which is submitted, be reviewed in a group that meets.

    On its first outcome there is a private annotation, an open one with replies, a resolved one, one
    that was taken back, and one that a colleague is mentioned in.
    """
    review_round = ReviewRoundFactory(
        cycle=reflection.cycle,
        code=CODE,
        created_by=national,
        phase=ReviewPhase.Kind.DISCUSSING,
    )
    group = ReviewGroupFactory(round=review_round, number=1)
    review = ClusterReviewFactory(group=group, reflection=reflection)
    reviewer, facilitator = UserFactory(), UserFactory()
    for user, role in [
        (reviewer, Assignment.Role.REVIEWER),
        (facilitator, Assignment.Role.FACILITATOR),
    ]:
        AssignmentFactory(group=group, user=user, role=role)
        let_read(review, user, role=role)
    planned = ReviewRoundFactory(
        cycle=reflection.cycle,
        code=f"{CODE}-next",
        created_by=national,
        unannounced=True,
    )
    ClusterReviewFactory(
        group=ReviewGroupFactory(round=planned, number=1), reflection=reflection
    )
    about = {
        "outcome_id": outcome_of(reflection).pk,
        "criterion_id": criterion_of(reflection).pk,
    }

    def write(by, text, kind, *, shares=True, mentions=(), **about):
        number = uuid.uuid4()
        remark = Remark(number, submission_number=1, **about)
        services.save_annotations(
            review=review,
            entries=[Typed(remark, 0, choice=kind, text=text)],
            mentions={number: mentions},
            language="cy",
            operation_id=uuid.uuid4(),
            by=by,
        )
        if shares:
            services.share_annotations(review=review, by=by, numbers=[number])
        return Annotation.objects.get(key=number)

    question = write(
        reviewer, "Ers pryd?", "question", mentions=[facilitator.pk], **about
    )
    write(facilitator, "Cwestiwn da.", "", parent_id=question.pk)
    write(reviewer, "Heb ei anfon.", "", shares=False, parent_id=question.pk)
    write(reviewer, "I mi fy hun.", "suggestion", shares=False, **about)
    write(reviewer, "Da iawn.", "good_practice", **about)
    write(reviewer, "Diolch.", "support")
    resolved = write(reviewer, "Pa dystiolaeth?", "evidence", **about)
    services.resolve_annotation(annotation=resolved, is_resolved=True, by=facilitator)
    regretted = write(reviewer, "Nage.", "question", **about)
    services.take_back_annotation(annotation=regretted, by=reviewer)
    hold_a_meeting(review, by=facilitator)
