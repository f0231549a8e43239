"""Two administrators at once, each with a connection of their own."""

import pytest
from django.utils import timezone

from assessments.selectors.clusters import free_from
from assessments.services import open_cycle, people
from organisations import services
from organisations.models import Cluster, FormerName, Membership, Role, Succession
from tests.assessments.test_concurrency import at_once, person
from tests.factories import CycleFactory, LocalAuthorityFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def new(number):
    return services.NewCluster(
        name_cy=f"Newydd {number}",
        name_en=f"New {number}",
        code=f"new-{number}",
        local_authority=LocalAuthorityFactory(),
    )


def merger(clusters, into, by):
    """A press on the button of a preview that both saw."""
    asked = {"clusters": clusters, "into": into, "on": timezone.localdate()}
    plan = services.plan_merger(**asked, free_from=free_from)

    def press():
        try:
            services.merge_clusters(
                **asked, by=person(by), free_from=free_from, seen=plan.digest
            )
        except (services.Refused, services.PlanChanged) as refusal:
            return type(refusal)
        return "done"

    return press


@pytest.mark.parametrize("into", ["new", "there"])
def test_two_administrators_merge_at_once(
    cluster, other_cluster, lead, stranger, administrator, into
):
    clusters = [cluster, other_cluster]
    intos = {"new": (new(1), new(2)), "there": (cluster, other_cluster)}[into]

    results = at_once(*(merger(clusters, each, administrator) for each in intos))

    assert sorted(results, key=str) == sorted(["done", services.ClosedAlready], key=str)
    assert Succession.objects.count() == {"new": 2, "there": 1}[into]
    assert Cluster.objects.open_on(timezone.localdate()).count() == 1
    assert Membership.objects.current().filter(role=Role.CLUSTER_LEAD).count() == 2


def test_joining_and_merging_at_once_leave_nobody_behind(
    cluster, other_cluster, lead, administrator
):
    newcomer = UserFactory(contributor_to=other_cluster)
    merge = merger([cluster, other_cluster], new(1), administrator)

    def hand_over():
        try:
            people.hand_over(
                cluster=other_cluster,
                person=newcomer,
                leaves=False,
                by=person(lead_there),
            )
        except people.PermissionDenied:
            return "refused"
        return "done"

    lead_there = UserFactory(lead_of=other_cluster)
    merge = merger([cluster, other_cluster], new(1), administrator)

    merged, handed_over = at_once(merge, hand_over)

    # Whoever came second found what the first had done.
    assert (merged, handed_over) in {
        ("done", "refused"),
        (services.PlanChanged, "done"),
    }
    roles = set(newcomer.memberships.current().values_list("role", flat=True))
    assert roles == {
        Role.CONTRIBUTOR if handed_over == "refused" else Role.CLUSTER_LEAD
    }


def test_a_cycle_that_opens_while_clusters_merge(
    cluster, other_cluster, administrator, national, edition
):
    cycle = CycleFactory(edition=edition, opened_at=None)
    merge = merger([cluster, other_cluster], new(1), administrator)

    merged, _ = at_once(merge, lambda: open_cycle(cycle=cycle, by=person(national)))

    reflected = set(cycle.reflections.values_list("cluster__code", flat=True))
    closed = set(
        Cluster.objects.filter(closed_on__isnull=False).values_list("code", flat=True)
    )
    # Either the cycle came first, and its clusters do not close in it; or it has none of them.
    assert (merged == "done") == bool(closed)
    assert merged in {"done", services.TooEarly}
    assert not reflected & closed


def test_two_administrators_rename_at_once(cluster, administrator):
    names = {f"Enw {number}" for number in range(4)}
    before = cluster.name_cy

    def rename(name):
        return lambda: services.rename_cluster(
            cluster=cluster, name_cy=name, name_en=name, by=person(administrator)
        )

    at_once(*(rename(name) for name in sorted(names)))

    cluster.refresh_from_db()
    former = list(FormerName.objects.values_list("name_cy", flat=True))
    assert former[0] == before
    assert {*former[1:], cluster.name_cy} == names
