"""Renaming, closing, merging and splitting clusters: what is planned, and what is done."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from assessments.selectors.clusters import free_from
from assessments.services import people
from organisations import services
from organisations.models import (
    AuditEvent,
    Cluster,
    FormerName,
    Invitation,
    Role,
    Succession,
)
from organisations.permissions import Permission, holds
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    HealthBoardFactory,
    LocalAuthorityFactory,
    MembershipFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.steps import KNOWN, State, bring_to, invite

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def later(today):
    return today + 30 * DAY


def never(clusters):
    """Nothing is under way."""


@pytest.fixture
def new(db):
    def make(number=1):
        return services.NewCluster(
            name_cy=f"Y Clwstwr Newydd {number}",
            name_en=f"The New Cluster {number}",
            code=f"new-{number}",
            local_authority=LocalAuthorityFactory(),
        )

    return make


def merge(clusters, into, on, *, by, free=never):
    plan = services.plan_merger(clusters=clusters, into=into, on=on, free_from=free)
    return services.merge_clusters(
        clusters=clusters, into=into, on=on, by=by, free_from=free, seen=plan.digest
    )


def split(cluster, into, on, goes_to, *, by):
    asked = {"cluster": cluster, "into": into, "on": on, "goes_to": goes_to}
    plan = services.plan_split(**asked, free_from=never)
    return services.split_cluster(**asked, free_from=never, by=by, seen=plan.digest)


def close(cluster, on, *, by):
    plan = services.plan_closing(cluster=cluster, on=on, free_from=never)
    return services.close_cluster(
        cluster=cluster, on=on, by=by, free_from=never, seen=plan.digest
    )


def parts(user):
    """What somebody is to which cluster, from when until when, and what was not ended."""
    return sorted(
        (each.cluster.code, str(each.role), each.starts_on, each.ends_on)
        for each in user.memberships.filter(ended_at=None).select_related("cluster")
    )


LONG_AGO = datetime.date(2020, 1, 1)
LEAD, DEPUTY, CONTRIBUTOR = Role.CLUSTER_LEAD, Role.DEPUTY_LEAD, Role.CONTRIBUTOR


# Names ------------------------------------------------------------------------------------


def test_renaming_keeps_the_name_that_was(cluster, administrator):
    cluster.name_cy, cluster.name_en = "Afan", "Afan"
    cluster.save()

    services.rename_cluster(
        cluster=cluster,
        name_cy=" Dyffryn Afan ",
        name_en="Afan Valley",
        reason="As its people call it.",
        by=administrator,
    )

    cluster.refresh_from_db()
    former = FormerName.objects.get()
    event = AuditEvent.objects.filter(subject_type="organisations.cluster").first()
    assert (cluster.name_cy, cluster.name_en) == ("Dyffryn Afan", "Afan Valley")
    assert (former.cluster, former.name_cy, former.name_en) == (cluster, "Afan", "Afan")
    assert (former.renamed_by, former.reason) == (
        administrator,
        "As its people call it.",
    )
    assert (event.kind, event.by, event.details) == (
        AuditEvent.Kind.CHANGED,
        administrator,
        {
            "change": "renamed",
            "reason": "As its people call it.",
            "before": {"name_cy": "Afan", "name_en": "Afan"},
            "after": {"name_cy": "Dyffryn Afan", "name_en": "Afan Valley"},
        },
    )


def test_the_new_name_has_its_place_in_the_alphabet(cluster, administrator):
    ClusterFactory(name_en="M", name_cy="M")

    services.rename_cluster(cluster=cluster, name_cy="Z", name_en="A", by=administrator)

    assert [each.name_en for each in Cluster.objects.in_name_order()] == ["A", "M"]


@pytest.mark.parametrize(
    ("names", "refusal"),
    [
        (("", "Afan Valley"), services.NameMissing),
        (("Dyffryn Afan", "  "), services.NameMissing),
        (None, services.NothingNew),
    ],
)
def test_names_that_are_refused(cluster, administrator, names, refusal):
    name_cy, name_en = names or (cluster.name_cy, cluster.name_en)

    with pytest.raises(refusal):
        services.rename_cluster(
            cluster=cluster, name_cy=name_cy, name_en=name_en, by=administrator
        )

    assert not FormerName.objects.exists()


@pytest.mark.parametrize("person", ["lead", "officer", "national", "stranger"])
def test_nobody_but_administrators_changes_clusters(
    request, cluster, other_cluster, new, today, person
):
    by = request.getfixturevalue(person)

    for act in (
        lambda: services.rename_cluster(
            cluster=cluster, name_cy="A", name_en="A", by=by
        ),
        lambda: close(cluster, today, by=by),
        lambda: merge([cluster, other_cluster], new(), today, by=by),
        lambda: split(cluster, [new(1), new(2)], today, {by.pk: [0]}, by=by),
    ):
        with pytest.raises(PermissionDenied):
            act()

    assert not FormerName.objects.exists()
    assert not Succession.objects.exists()
    assert not Cluster.objects.exclude(closed_on=None).exists()


# Closing ----------------------------------------------------------------------------------


def test_closing_ends_what_people_are_with_the_day_before(
    cluster, lead, contributor, administrator, later
):
    close(cluster, later, by=administrator)

    cluster.refresh_from_db()
    assert cluster.closed_on == later
    assert parts(lead) == [("afan", LEAD, LONG_AGO, later - DAY)]
    assert parts(contributor) == [("afan", CONTRIBUTOR, LONG_AGO, later - DAY)]
    assert Cluster.objects.open_on(later - DAY).get() == cluster
    assert not Cluster.objects.open_on(later).exists()


def test_a_part_that_ends_earlier_and_one_that_has_not_begun(
    cluster, administrator, today, later
):
    soon = UserFactory()
    MembershipFactory(user=soon, role=CONTRIBUTOR, cluster=cluster, ends_on=today + DAY)
    future = UserFactory()
    MembershipFactory(user=future, role=CONTRIBUTOR, cluster=cluster, starts_on=later)

    close(cluster, later, by=administrator)

    assert parts(soon) == [("afan", CONTRIBUTOR, LONG_AGO, today + DAY)]
    assert parts(future) == []
    assert future.memberships.get().ended_at is not None


def test_closing_twice_is_refused_with_the_day(cluster, administrator, later):
    close(cluster, later, by=administrator)

    with pytest.raises(services.ClosedAlready) as refused:
        close(cluster, later + DAY, by=administrator)

    assert refused.value.cluster.closed_on == later
    cluster.refresh_from_db()
    assert cluster.closed_on == later


@pytest.mark.parametrize(
    ("opened", "on", "refusal"),
    [
        (None, -1, services.WrongDay),
        (None, 800, services.WrongDay),
        (10, 10, services.NotOpenYet),
        (10, 5, services.NotOpenYet),
    ],
)
def test_days_that_are_refused(cluster, administrator, today, opened, on, refusal):
    if opened:
        Cluster.objects.update(opened_on=today + opened * DAY)
        cluster.refresh_from_db()

    with pytest.raises(refusal):
        close(cluster, today + on * DAY, by=administrator)

    assert not Cluster.objects.exclude(closed_on=None).exists()


def test_who_would_be_without_a_cluster_is_invited_to_none(
    cluster, officer, administrator, today
):
    assert holds(officer, Permission.APPOINT_LEAD, cluster)

    close(cluster, today, by=administrator)

    cluster.refresh_from_db()
    assert not holds(officer, Permission.APPOINT_LEAD, cluster)


# Merging ----------------------------------------------------------------------------------


def test_merging_into_a_new_cluster(
    cluster, other_cluster, lead, contributor, stranger, administrator, new, later
):
    both = UserFactory(contributor_to=cluster, lead_of=other_cluster)

    merged = merge([cluster, other_cluster], new(), later, by=administrator)

    for each in (cluster, other_cluster):
        each.refresh_from_db()
        assert each.closed_on == later
    assert (merged.code, merged.name_cy, merged.opened_on, merged.health_board) == (
        *("new-1", "Y Clwstwr Newydd 1"),
        *(later, cluster.health_board),
    )
    assert parts(lead) == [
        ("afan", LEAD, LONG_AGO, later - DAY),
        ("new-1", LEAD, later, None),
    ]
    assert parts(contributor) == [
        ("afan", CONTRIBUTOR, LONG_AGO, later - DAY),
        ("new-1", CONTRIBUTOR, later, None),
    ]
    assert parts(both) == [
        ("afan", CONTRIBUTOR, LONG_AGO, later - DAY),
        ("new-1", LEAD, later, None),
        ("ogwr", LEAD, LONG_AGO, later - DAY),
    ]
    assert {
        (row.predecessor, row.successor, row.kind, row.effective_on, row.is_direct)
        for row in Succession.objects.all()
    } == {
        (cluster, merged, Succession.Kind.MERGED, later, True),
        (other_cluster, merged, Succession.Kind.MERGED, later, True),
    }


def test_until_the_day_everybody_is_what_they_were(
    cluster, other_cluster, lead, administrator, new, later, time_machine
):
    merged = merge([cluster, other_cluster], new(), later, by=administrator)
    assert type(lead).objects.get(pk=lead.pk).cluster_ids(LEAD) == {cluster.pk}

    time_machine.move_to(
        datetime.datetime.combine(later, datetime.time(12), datetime.UTC)
    )

    assert type(lead).objects.get(pk=lead.pk).cluster_ids(LEAD) == {merged.pk}


def test_merging_into_one_that_is_there(
    cluster, other_cluster, lead, stranger, administrator, today
):
    both = UserFactory(contributor_to=cluster, lead_of=other_cluster)

    merged = merge([cluster, other_cluster], other_cluster, today, by=administrator)

    cluster.refresh_from_db()
    other_cluster.refresh_from_db()
    assert merged == other_cluster
    assert (cluster.closed_on, other_cluster.closed_on) == (today, None)
    assert parts(stranger) == [("ogwr", LEAD, LONG_AGO, None)]
    assert parts(lead) == [
        ("afan", LEAD, LONG_AGO, today - DAY),
        ("ogwr", LEAD, today, None),
    ]
    assert parts(both) == [
        ("afan", CONTRIBUTOR, LONG_AGO, today - DAY),
        ("ogwr", LEAD, LONG_AGO, None),
    ]


def test_a_deputy_stays_one_until_the_same_day_and_a_contributor_beside_it(
    cluster, other_cluster, contributor, administrator, new, later
):
    MembershipFactory(
        user=contributor, role=DEPUTY, cluster=cluster, ends_on=later + 10 * DAY
    )

    merge([cluster, other_cluster], new(), later, by=administrator)

    assert parts(contributor) == [
        ("afan", CONTRIBUTOR, LONG_AGO, later - DAY),
        ("afan", DEPUTY, LONG_AGO, later - DAY),
        ("new-1", CONTRIBUTOR, later, None),
        ("new-1", DEPUTY, later, later + 10 * DAY),
    ]


def test_a_profession_goes_along(cluster, other_cluster, administrator, new, later):
    person = UserFactory()
    MembershipFactory(
        user=person, role=CONTRIBUTOR, cluster=cluster, profession="pharmacy"
    )
    MembershipFactory(user=person, role=LEAD, cluster=other_cluster)

    merged = merge([cluster, other_cluster], new(), later, by=administrator)

    assert person.memberships.get(cluster=merged).profession == "pharmacy"


@pytest.mark.parametrize("which", ["itself", "one", "none"])
def test_one_cluster_is_not_merged_with_itself(
    cluster, administrator, new, today, which
):
    clusters = {"itself": [cluster, cluster], "one": [cluster], "none": []}[which]

    with pytest.raises(services.TooFew):
        merge(clusters, new(), today, by=administrator)


def test_into_must_be_one_of_them(cluster, other_cluster, board, administrator, today):
    third = ClusterFactory(health_board=board)

    with pytest.raises(services.TooFew):
        merge([cluster, other_cluster], third, today, by=administrator)


def test_clusters_of_two_boards_are_not_merged(cluster, administrator, new, today):
    elsewhere = ClusterFactory(health_board=HealthBoardFactory())

    with pytest.raises(services.OtherBoard):
        merge([cluster, elsewhere], new(), today, by=administrator)


def test_a_code_that_exists_is_refused_and_nothing_is_done(
    cluster, other_cluster, lead, administrator, new, today
):
    ClusterFactory(code="new-1")

    with pytest.raises(services.CodeTaken):
        merge([cluster, other_cluster], new(), today, by=administrator)

    cluster.refresh_from_db()
    assert cluster.closed_on is None
    assert parts(lead) == [("afan", LEAD, LONG_AGO, None)]


def test_what_changed_since_the_preview_is_shown_and_not_done(
    cluster, other_cluster, administrator, new, today
):
    asked = {"clusters": [cluster, other_cluster], "into": new(), "on": today}
    seen = services.plan_merger(**asked, free_from=never).digest
    newcomer = UserFactory(contributor_to=cluster)

    with pytest.raises(services.PlanChanged) as changed:
        services.merge_clusters(**asked, by=administrator, free_from=never, seen=seen)

    assert [person.user for person in changed.value.plan.people] == [newcomer]
    assert not Succession.objects.exists()
    services.merge_clusters(
        **asked, by=administrator, free_from=never, seen=changed.value.plan.digest
    )
    assert Succession.objects.count() == 2


def test_whoever_follows_a_cluster_follows_those_before_it(
    cluster, other_cluster, board, administrator, new, today
):
    third = ClusterFactory(health_board=board)

    first = merge([cluster, other_cluster], new(1), today, by=administrator)
    Cluster.objects.filter(pk=first.pk).update(opened_on=today - DAY)
    first.refresh_from_db()
    second = merge([first, third], new(2), today, by=administrator)

    assert {
        (row.predecessor, row.is_direct)
        for row in Succession.objects.filter(successor=second)
    } == {(first, True), (third, True), (cluster, False), (other_cluster, False)}


def test_whoever_takes_over_from_others_later_does_not_close_before(
    cluster, other_cluster, board, administrator, today, time_machine
):
    third = ClusterFactory(health_board=board)
    merge([cluster, other_cluster], other_cluster, today + 5 * DAY, by=administrator)

    for day in (today, today + 5 * DAY, today + 20 * DAY):
        with pytest.raises(services.TakesOver) as refused:
            merge([other_cluster, third], third, day, by=administrator)
        assert (refused.value.cluster, refused.value.on) == (
            other_cluster,
            today + 5 * DAY,
        )
    time_machine.move_to(timezone.now() + 5 * DAY)
    merge([other_cluster, third], third, today + 5 * DAY, by=administrator)

    assert set(
        Succession.objects.filter(successor=third).values_list(
            "predecessor", "effective_on"
        )
    ) == {(other_cluster.pk, today + 5 * DAY), (cluster.pk, today + 5 * DAY)}


def test_everything_is_written_down(
    cluster, other_cluster, lead, administrator, new, later
):
    merge([cluster, other_cluster], new(), later, by=administrator)

    events = AuditEvent.objects.filter(by=administrator).order_by("pk")
    assert [(event.kind, event.subject_type) for event in events] == [
        ("added", "organisations.cluster"),
        ("changed", "organisations.cluster"),
        ("added", "organisations.succession"),
        ("changed", "organisations.cluster"),
        ("added", "organisations.succession"),
        ("changed", "organisations.membership"),
        ("added", "organisations.membership"),
    ]
    closing = events[1]
    assert (closing.subject_id, closing.details) == (
        str(cluster.pk),
        {
            "change": "merged",
            "before": {"closed_on": None},
            "after": {"closed_on": later.isoformat()},
        },
    )
    assert events[5].details["before"] == {"ends_on": None}
    assert events[5].details["after"] == {"ends_on": (later - DAY).isoformat()}


# Splitting --------------------------------------------------------------------------------


def test_splitting_sends_everybody_where_it_was_said(
    cluster, lead, contributor, administrator, new, later
):
    leaver = UserFactory(contributor_to=cluster)
    goes_to = {lead.pk: [0, 1], contributor.pk: [1], leaver.pk: []}

    one, two = split(cluster, [new(1), new(2)], later, goes_to, by=administrator)

    assert parts(lead) == [
        ("afan", LEAD, LONG_AGO, later - DAY),
        ("new-1", LEAD, later, None),
        ("new-2", LEAD, later, None),
    ]
    assert parts(contributor) == [
        ("afan", CONTRIBUTOR, LONG_AGO, later - DAY),
        ("new-2", CONTRIBUTOR, later, None),
    ]
    assert parts(leaver) == [("afan", CONTRIBUTOR, LONG_AGO, later - DAY)]
    assert {
        (row.predecessor, row.successor, row.kind) for row in Succession.objects.all()
    } == {
        (cluster, one, Succession.Kind.SPLIT),
        (cluster, two, Succession.Kind.SPLIT),
    }


@pytest.mark.parametrize("said", ["nothing", "elsewhere"])
def test_a_split_needs_a_word_on_everybody(
    cluster, lead, administrator, new, today, said
):
    goes_to = {"nothing": {}, "elsewhere": {lead.pk: [2]}}[said]

    with pytest.raises(services.NobodySaid):
        split(cluster, [new(1), new(2)], today, goes_to, by=administrator)


def test_one_cluster_is_not_split_into_one(cluster, administrator, new, today):
    with pytest.raises(services.TooFew):
        split(cluster, [new()], today, {}, by=administrator)


def test_two_new_clusters_with_one_code(cluster, administrator, new, today):
    with pytest.raises(services.CodeTaken):
        split(cluster, [new(1), new(1)], today, {}, by=administrator)

    assert Cluster.objects.get() == cluster


# While something is under way ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "is_free"),
    [
        (State.NOT_STARTED, False),
        (State.DRAFT, False),
        (State.SUBMITTED, False),
        (State.IN_REVIEW, False),
        (State.AGREED, True),
        (State.CLOSED, True),
    ],
)
def test_a_cycle_that_runs_puts_the_day_off(
    reflection, cluster, lead, officer, national, state, is_free
):
    bring_to(state, reflection, lead=lead, officer=officer, national=national)
    closes_on = timezone.localdate(reflection.cycle.closes_at)

    assert free_from([cluster]) == (None if is_free else closes_on + DAY)


def test_an_extension_puts_it_off_further(reflection, cluster):
    hour = reflection.cycle.closes_at + 5 * DAY
    reflection.extended_to = hour
    reflection.save()

    assert free_from([cluster]) == timezone.localdate(hour) + DAY


def test_a_cycle_of_others_or_one_that_is_not_open_puts_nothing_off(
    reflection, other_cluster, edition
):
    SelfReflectionFactory(
        cluster=other_cluster, cycle=CycleFactory(edition=edition, opened_at=None)
    )

    assert free_from([other_cluster]) is None


def test_a_day_that_is_too_early_names_the_earliest(
    reflection, cluster, other_cluster, administrator, new, today
):
    earliest = timezone.localdate(reflection.cycle.closes_at) + DAY

    with pytest.raises(services.TooEarly) as refused:
        merge(
            [cluster, other_cluster],
            new(),
            earliest - DAY,
            by=administrator,
            free=free_from,
        )

    assert refused.value.earliest == earliest
    merge([cluster, other_cluster], new(), earliest, by=administrator, free=free_from)
    assert Succession.objects.count() == 2


def test_the_cluster_that_carries_on_may_be_at_work(
    reflection, cluster, other_cluster, administrator, today
):
    merge([cluster, other_cluster], cluster, today, by=administrator, free=free_from)

    other_cluster.refresh_from_db()
    assert other_cluster.closed_on == today


# Between the decision and the day -------------------------------------------------------------


def test_invitations_are_taken_back_where_the_cluster_closes_today(
    cluster, lead, other_cluster, administrator, new, today
):
    invite(cluster, by=lead)

    merge([cluster, other_cluster], new(), today, by=administrator)

    assert not Invitation.objects.waiting().exists()
    with pytest.raises(people.Revoked):
        people.invitation_of(KNOWN)


def test_whoever_accepts_before_the_day_goes_along(
    cluster, lead, other_cluster, stranger, administrator, new, later
):
    invite(cluster, by=lead, email="new@example.test", profession="pharmacy")
    merged = merge([cluster, other_cluster], new(), later, by=administrator)

    person = people.accept_as_new(
        token=KNOWN, name="Ann", language="cy", password="a staple in the stable"
    )

    today = timezone.localdate()
    assert parts(person) == [
        ("afan", CONTRIBUTOR, today, later - DAY),
        ("new-1", CONTRIBUTOR, later, None),
    ]
    assert person.memberships.get(cluster=merged).profession == "pharmacy"


def test_an_invitation_works_no_longer_on_the_day(
    cluster, lead, other_cluster, administrator, new, today, time_machine
):
    invite(cluster, by=lead)
    merge([cluster, other_cluster], new(), today + DAY, by=administrator)

    time_machine.move_to(timezone.now() + DAY)

    with pytest.raises(people.Revoked):
        people.invitation_of(KNOWN)


def test_whoever_is_removed_before_the_day_does_not_come_back(
    cluster, lead, contributor, other_cluster, administrator, new, later
):
    merge([cluster, other_cluster], new(), later, by=administrator)

    people.remove(cluster=cluster, person=contributor, by=lead)

    assert parts(contributor) == []


def test_whoever_is_removed_from_one_of_two_comes_by_the_other(
    cluster, lead, other_cluster, administrator, new, later
):
    both = UserFactory(contributor_to=cluster)
    MembershipFactory(user=both, role=CONTRIBUTOR, cluster=other_cluster)
    merge([cluster, other_cluster], new(), later, by=administrator)

    people.remove(cluster=cluster, person=both, by=lead)

    assert parts(both) == [
        ("new-1", CONTRIBUTOR, later, None),
        ("ogwr", CONTRIBUTOR, LONG_AGO, later - DAY),
    ]


def test_handing_over_before_the_day_holds_afterwards_too(
    cluster, lead, contributor, other_cluster, administrator, new, later
):
    merge([cluster, other_cluster], new(), later, by=administrator)
    today = timezone.localdate()

    people.hand_over(cluster=cluster, person=contributor, leaves=False, by=lead)

    assert parts(contributor) == [
        ("afan", LEAD, today, later - DAY),
        ("new-1", LEAD, later, None),
    ]
    assert parts(lead) == [
        ("afan", CONTRIBUTOR, today, later - DAY),
        ("new-1", CONTRIBUTOR, later, None),
    ]


def test_a_deputy_until_after_the_day_is_one_in_both(
    cluster, lead, contributor, other_cluster, administrator, new, later
):
    merge([cluster, other_cluster], new(), later, by=administrator)
    today = timezone.localdate()

    for days in (5, 10):  # a second time, with another day
        people.nominate_deputy(
            cluster=cluster, person=contributor, until=later + days * DAY, by=lead
        )

    assert parts(contributor) == [
        ("afan", CONTRIBUTOR, LONG_AGO, later - DAY),
        ("afan", DEPUTY, today, later - DAY),
        ("new-1", CONTRIBUTOR, later, None),
        ("new-1", DEPUTY, later, later + 10 * DAY),
    ]


def test_whoever_was_sent_to_one_of_two_stays_there(
    cluster, lead, contributor, administrator, new, later
):
    goes_to = {lead.pk: [0, 1], contributor.pk: [1]}
    split(cluster, [new(1), new(2)], later, goes_to, by=administrator)

    people.hand_over(cluster=cluster, person=contributor, leaves=True, by=lead)

    assert parts(lead) == []
    assert parts(contributor) == [
        ("afan", LEAD, timezone.localdate(), later - DAY),
        ("new-2", LEAD, later, None),
    ]


# Kept for good ----------------------------------------------------------------------------


@pytest.mark.parametrize("model", [FormerName, Succession])
@pytest.mark.parametrize("act", ["update", "delete"])
def test_what_was_is_appended_only(
    cluster, other_cluster, administrator, new, today, model, act
):
    merge([cluster, other_cluster], new(), today, by=administrator)
    services.rename_cluster(cluster=cluster, name_cy="A", name_en="A", by=administrator)
    rows = model.objects.all()
    field = {FormerName: "name_cy", Succession: "kind"}[model]

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(**{field: "x"}) if act == "update" else rows._raw_delete("default")

    assert rows.exists()
