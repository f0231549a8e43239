"""A round with two groups, and the people around one of its clusters, Afan."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from assessments.models import ReviewAccess, SelfReflection, Submission
from organisations.models import User
from peerreview.models import (
    Assignment,
    ClusterReview,
    ReviewGroup,
    ReviewPhase,
    ReviewRound,
)
from tests.factories import ClusterFactory, SelfReflectionFactory, UserFactory
from tests.factories.peerreview import (
    AssignmentFactory,
    ClusterReviewFactory,
    ReviewGroupFactory,
    ReviewRoundFactory,
    phases_with,
)
from tests.steps import start, submit

Phase = ReviewPhase.Kind


@dataclass
class ReviewWorld:
    """Afan, Ogwr and Tawe are in one group, whose leads review each other's; Llwchwr is in another."""

    round: ReviewRound
    group: ReviewGroup
    other_group: ReviewGroup
    review: ClusterReview  # Afan's
    others: list[ClusterReview]  # Ogwr's and Tawe's
    elsewhere: ClusterReview  # Llwchwr's
    submission: Submission  # Afan's
    lead: User
    contributor: User
    reviewer: User  # leads Ogwr
    second_reviewer: User  # leads Tawe
    outsider: User  # reviews in the other group; leads Llwchwr
    unassigned: User  # leads a cluster that takes no part
    facilitator: User
    officer: User
    other_officer: User
    national: User

    def put_into(self, phase):
        """Have the round be in ``phase`` since yesterday, and reread what knows of it."""
        phases_with(self.round, phase)
        for thing in (
            self.group,
            self.other_group,
            self.review,
            self.elsewhere,
            *self.others,
        ):
            thing.refresh_from_db()
            thing.round = self.round


def let_read(review, user, role=ReviewAccess.Role.REVIEWER):
    """The access that the services derive, without a round that was announced through them."""
    now, day = timezone.now(), datetime.timedelta(days=1)
    return ReviewAccess.objects.create(
        reflection=review.reflection,
        user=user,
        role=role,
        source=review.round.code,
        starts_at=now - 30 * day,
        ends_at=now + 60 * day,
    )


def build_review_world(
    *,
    reflection,
    lead,
    contributor,
    officer,
    other_officer,
    national,
    phase=Phase.ANNOTATING,
):
    """``phase`` began yesterday. Every cluster has submitted; nobody has begun to review."""
    review_round = ReviewRoundFactory(
        cycle=reflection.cycle, code="autumn", created_by=national, phase=phase
    )
    group, other_group = (
        ReviewGroupFactory(round=review_round, number=number) for number in (1, 2)
    )
    clusters = {}
    for code, board in [
        ("ogwr", reflection.cluster.health_board),
        ("tawe", other_officer.memberships.get().health_board),
        ("llwchwr", other_officer.memberships.get().health_board),
        ("unassigned", reflection.cluster.health_board),
    ]:
        cluster = ClusterFactory(code=f"peer-{code}", health_board=board)
        person = UserFactory(
            email=f"{code}@example.test", name=code.title(), lead_of=cluster
        )
        its = SelfReflectionFactory(cycle=reflection.cycle, cluster=cluster)
        start(its, by=person)
        submit(its, by=person)
        clusters[code] = (its, person)
    if reflection.state == SelfReflection.State.NOT_STARTED:
        start(reflection, by=lead)
        submit(reflection, by=lead)
    review = ClusterReviewFactory(group=group, reflection=reflection)
    others = [
        ClusterReviewFactory(group=group, reflection=clusters[code][0])
        for code in ("ogwr", "tawe")
    ]
    elsewhere = ClusterReviewFactory(
        group=other_group, reflection=clusters["llwchwr"][0]
    )
    ogwr, tawe, outsider, unassigned = (person for _, person in clusters.values())
    facilitator = UserFactory(email="facilitator@example.test", name="Hwylusydd")
    for person, role in [
        (lead, Assignment.Role.REVIEWER),
        (ogwr, Assignment.Role.REVIEWER),
        (tawe, Assignment.Role.REVIEWER),
        (facilitator, Assignment.Role.FACILITATOR),
    ]:
        AssignmentFactory(group=group, user=person, role=role)
        for each in (review, *others):
            if each.reflection.cluster_id not in person.cluster_ids("cluster_lead"):
                let_read(each, person, role=role)
    AssignmentFactory(group=other_group, user=outsider)
    return ReviewWorld(
        round=review_round,
        group=group,
        other_group=other_group,
        review=review,
        others=others,
        elsewhere=elsewhere,
        submission=reflection.submissions.get(),
        lead=lead,
        contributor=contributor,
        reviewer=ogwr,
        second_reviewer=tawe,
        outsider=outsider,
        unassigned=unassigned,
        facilitator=facilitator,
        officer=officer,
        other_officer=other_officer,
        national=national,
    )
