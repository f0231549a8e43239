"""Who may read what in a round: the rows follow from who reviews whom, whatever is changed."""

import datetime
import random

import pytest
import time_machine
from django.utils import timezone

from assessments.models import ReviewAccess, SelfReflection, Submission
from organisations.models import CLUSTER_ROLES, Membership
from peerreview.models import Assignment, ClusterReview, Interest, ReviewRound
from peerreview.services import assignments, groups, rounds
from peerreview.services.access import beginning_of, wanted_access
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    MembershipFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.factories.peerreview import phases_with
from tests.peerreview.world import Phase
from tests.steps import start, submit

pytestmark = pytest.mark.django_db


def rows(review_round):
    """Who reads what now by the rows: pairs of a cluster's code and a person's address, with the role."""
    found = ReviewAccess.objects.running().filter(source=review_round.code)
    return {
        (row.reflection.cluster.code, row.user.email): row.role
        for row in found.select_related("reflection__cluster", "user")
    }


def expected(review_round):
    """The same by the assignments, one pair at a time."""
    found = {}
    for review in review_round.reviews.filter(withdrew_at=None, group__isnull=False):
        for assignment in Assignment.objects.filter(
            group=review.group, ended_at=None, user__is_active=True
        ):
            user, cluster = assignment.user, review.cluster
            own = (
                Membership.objects.current()
                .filter(user=user, cluster=cluster, role__in=CLUSTER_ROLES)
                .exists()
            )
            said = Interest.objects.filter(review=review, user=user).exists()
            if not own and not said:
                found[cluster.code, user.email] = assignment.role
    return found


@pytest.fixture
def announced(world):
    """The round of the world, announced through the service."""
    ReviewAccess.objects.all().delete()
    ReviewRound.objects.update(announced_at=None, announced_by=None)
    world.round.refresh_from_db()
    rounds.announce_round(review_round=world.round, by=world.national)
    world.round.refresh_from_db()
    return world


def test_announcing_opens_each_cluster_to_its_group_but_not_to_its_own_people(
    announced,
):
    assert rows(announced.round) == {
        ("afan", "ogwr@example.test"): "reviewer",
        ("afan", "tawe@example.test"): "reviewer",
        ("afan", "facilitator@example.test"): "facilitator",
        ("peer-ogwr", "lead@example.test"): "reviewer",
        ("peer-ogwr", "tawe@example.test"): "reviewer",
        ("peer-ogwr", "facilitator@example.test"): "facilitator",
        ("peer-tawe", "lead@example.test"): "reviewer",
        ("peer-tawe", "ogwr@example.test"): "reviewer",
        ("peer-tawe", "facilitator@example.test"): "facilitator",
    }
    assert rows(announced.round) == expected(announced.round)


def test_access_lasts_from_the_first_day_of_reading_to_the_first_of_closing(announced):
    days = dict(announced.round.phases.values_list("kind", "starts_on"))

    access = ReviewAccess.objects.first()

    assert (access.starts_at, access.ends_at) == (
        beginning_of(days["reading"]),
        beginning_of(days["closed"]),
    )
    assert timezone.localtime(access.starts_at).time() == datetime.time()


def test_days_that_are_moved_move_the_access(announced):
    closing = announced.round.phases.get(kind=Phase.CLOSED)
    later = closing.starts_on + datetime.timedelta(days=10)

    plan = rounds.PhasePlan(later, rounds.plan_of(closing).rules)
    rounds.change_round(
        review_round=announced.round,
        base_version=announced.round.version,
        changes={},
        phases={Phase.CLOSED: plan},
        by=announced.national,
    )

    assert set(ReviewAccess.objects.values_list("ends_at", flat=True)) == {
        beginning_of(later)
    }


def test_before_reading_begins_nobody_reads(world):
    ReviewAccess.objects.all().delete()
    ReviewRound.objects.update(announced_at=None, announced_by=None)
    days_ahead = datetime.timedelta(days=60)
    for phase in world.round.phases.order_by("-starts_on"):
        phase.starts_on += days_ahead
        phase.save()

    rounds.announce_round(review_round=world.round, by=world.national)

    assert rows(world.round) == {}
    assert ReviewAccess.objects.count() == 9
    with time_machine.travel(
        beginning_of(world.round.phases.get(kind="reading").starts_on)
    ):
        assert rows(world.round) == expected(world.round) != {}


def test_what_was_submitted_in_the_cycle_before_is_open_too(world, edition):
    before = SelfReflectionFactory(
        cluster=world.review.cluster,
        cycle=CycleFactory(
            edition=edition,
            opens_at=world.round.cycle.opens_at - datetime.timedelta(days=300),
        ),
    )
    start(before, by=world.lead)
    submit(before, by=world.lead)
    never_sent = SelfReflectionFactory(
        cluster=world.others[0].cluster, cycle=before.cycle
    )

    wanted = wanted_access(world.round)

    readers = {user for (reflection, user) in wanted if reflection == before.pk}
    assert readers == {
        world.reviewer.pk,
        world.second_reviewer.pk,
        world.facilitator.pk,
    }
    assert {wanted[before.pk, user] for user in readers} == {"reader"}
    assert never_sent.pk not in {reflection for reflection, _user in wanted}


def test_who_becomes_a_member_loses_the_right_at_once(announced):
    """The rows still say that they read; the rule does not."""
    MembershipFactory(
        user=announced.reviewer, cluster=announced.review.cluster, role="contributor"
    )
    reviewer = type(announced.reviewer).objects.get(pk=announced.reviewer.pk)

    reads = ClusterReview.objects.read_by_reviewer(reviewer)

    assert ("afan", reviewer.email) in rows(announced.round)
    assert announced.review not in reads
    assert announced.others[1] in reads

    assignments.remove(
        assignment=Assignment.objects.get(user=announced.facilitator),
        by=announced.national,
    )
    assert ("afan", reviewer.email) not in rows(announced.round)


def test_declining_closes_what_was_open_and_being_assigned_again_opens_it(announced):
    mine = Assignment.objects.get(user=announced.reviewer, ended_at=None)

    assignments.decline(
        assignment=mine, reason="Ar wyliau.", language="cy", by=announced.reviewer
    )

    assert "ogwr@example.test" not in {
        person for _cluster, person in rows(announced.round)
    }
    assert (
        not Submission.objects.visible_to(announced.reviewer)
        .filter(reflection=announced.review.reflection)
        .exists()
    )
    assignments.assign(
        group=announced.group,
        user=announced.reviewer,
        role="reviewer",
        by=announced.national,
    )
    assert rows(announced.round) == expected(announced.round)
    assert ("afan", "ogwr@example.test") in rows(announced.round)


def test_an_interest_closes_one_cluster_until_the_organiser_takes_it_back(announced):
    interest = assignments.declare_interest(
        review=announced.review, reason="", language="", by=announced.reviewer
    )
    closed = rows(announced.round)

    assignments.take_interest_back(interest=interest, by=announced.national)

    assert ("afan", "ogwr@example.test") not in closed
    assert ("peer-tawe", "ogwr@example.test") in closed
    assert ("afan", "ogwr@example.test") in rows(announced.round)


def test_a_cluster_that_withdraws_is_read_by_nobody(announced):
    rounds.withdraw_cluster(
        review=announced.review, reason="Illness.", language="en", by=announced.lead
    )
    closed = {cluster for cluster, _person in rows(announced.round)}

    rounds.take_cluster_back(review=announced.review, by=announced.national)

    assert closed == {"peer-ogwr", "peer-tawe"}
    assert rows(announced.round) == expected(announced.round)
    assert ("afan", "ogwr@example.test") in rows(announced.round)


@pytest.mark.parametrize("seed", range(6))
def test_rows_agree_with_assignments_whatever_is_done(announced, seed):
    chance = random.Random(seed)  # noqa: S311
    world = announced
    newcomers = [
        UserFactory(email=f"newcomer{number}@example.test") for number in range(3)
    ]
    late = []
    for number in range(3):
        cluster = ClusterFactory(code=f"late-{number}")
        UserFactory(email=f"late{number}@example.test", lead_of=cluster)
        late.append(SelfReflectionFactory(cycle=world.round.cycle, cluster=cluster))
    people = [
        *newcomers,
        *(world.reviewer, world.second_reviewer, world.facilitator, world.lead),
    ]

    def add_clusters():
        rounds.choose_clusters(
            review_round=world.round,
            added=[one.pk for one in chance.sample(late, 2)],
            dropped=[],
            languages={},
            by=world.national,
        )

    def move():
        groups.move_cluster(
            review=chance.choice(list(world.round.reviews.all())),
            group=chance.choice([world.group, world.other_group, None]),
            by=world.national,
        )

    def assign():
        assignments.assign(
            group=chance.choice([world.group, world.other_group]),
            user=chance.choice(people),
            role=chance.choice(["reviewer", "facilitator"]),
            by=world.national,
        )

    def end():
        running = list(Assignment.objects.running().select_related("group__round"))
        if running:
            one = chance.choice(running)
            if chance.random() < 0.5:
                assignments.remove(assignment=one, by=world.national)
            else:
                assignments.decline(assignment=one, reason="", language="", by=one.user)

    def declare():
        one = chance.choice(list(Assignment.objects.running().select_related("user")))
        review = one.group.reviews.order_by("?").first()
        if review:
            assignments.declare_interest(
                review=review, reason="", language="", by=one.user
            )

    def withdraw():
        rounds.withdraw_cluster(
            review=chance.choice(list(world.round.reviews.all())),
            reason="",
            language="",
            by=world.national,
        )

    def take_back():
        rounds.take_cluster_back(
            review=chance.choice(list(world.round.reviews.all())), by=world.national
        )

    refusals = (
        assignments.FacilitatorThere,
        assignments.OwnCluster,
        assignments.OnlyOwnClusters,
        groups.FacilitatorsCluster,
        assignments.PermissionDenied,
    )
    done = 0
    for _ in range(25):
        act = chance.choice(
            [
                add_clusters,
                move,
                move,
                assign,
                assign,
                end,
                declare,
                withdraw,
                take_back,
            ]
        )
        try:
            act()
        except refusals:
            continue
        done += 1

        assert rows(world.round) == expected(world.round), act.__name__

    assert done > 8


def test_a_closed_round_gives_nothing_and_a_later_closing_day_gives_it_back(announced):
    phases_with(announced.round, Phase.CLOSED)
    assignments.remove(
        assignment=Assignment.objects.get(user=announced.facilitator),
        by=announced.national,
    )
    closed = rows(announced.round)
    closing = announced.round.phases.get(kind=Phase.CLOSED)
    announced.round.refresh_from_db()

    rounds.change_round(
        review_round=announced.round,
        base_version=announced.round.version,
        changes={},
        phases={
            Phase.CLOSED: rounds.PhasePlan(
                timezone.localdate() + datetime.timedelta(days=7),
                rounds.plan_of(closing).rules,
            )
        },
        by=announced.national,
    )

    assert closed == {}
    assert rows(announced.round) == expected(announced.round) != {}


def test_the_access_of_another_round_stays(announced):
    other = ReviewAccess.objects.create(
        reflection=announced.review.reflection,
        user=announced.unassigned,
        source="another-round",
        starts_at=timezone.now() - datetime.timedelta(days=1),
        ends_at=timezone.now() + datetime.timedelta(days=1),
    )

    assignments.remove(
        assignment=Assignment.objects.get(user=announced.facilitator),
        by=announced.national,
    )

    other.refresh_from_db()
    assert other.ends_at > timezone.now()
    assert SelfReflection.objects.count() == 5


def test_the_leads_of_a_cluster_that_withdraws_read_no_other_until_it_is_back(
    announced,
):
    ogwrs = ("afan", "ogwr@example.test")

    rounds.withdraw_cluster(
        review=announced.others[0], reason="", language="", by=announced.reviewer
    )
    left = ogwrs in rows(announced.round)
    rounds.take_cluster_back(review=announced.others[0], by=announced.national)

    assert (left, ogwrs in rows(announced.round)) == (False, True)
    assert rows(announced.round) == expected(announced.round)


def test_the_leads_of_a_cluster_that_was_dropped_before_announcing_read_no_other(
    world,
):
    ReviewAccess.objects.all().delete()
    ReviewRound.objects.update(announced_at=None, announced_by=None)
    rounds.choose_clusters(
        review_round=world.round,
        added=[],
        dropped=[world.others[0].reflection_id],
        languages={},
        by=world.national,
    )

    rounds.announce_round(review_round=world.round, by=world.national)

    assert world.reviewer.email not in {
        person for _cluster, person in rows(world.round)
    }
    assert ("afan", "tawe@example.test") in rows(world.round)


def test_a_cluster_is_taken_back_only_where_its_group_still_takes_it(announced):
    review = announced.others[0]
    rounds.withdraw_cluster(
        review=review, reason="", language="", by=announced.national
    )
    MembershipFactory(
        user=announced.facilitator, cluster=review.cluster, role="contributor"
    )

    with pytest.raises(groups.FacilitatorsCluster):
        rounds.take_cluster_back(review=review, by=announced.national)

    review.refresh_from_db()
    assert not review.takes_part
