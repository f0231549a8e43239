"""Groups: who is in them, when they meet, and what reviewers say of their own part."""

import datetime
import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import ReviewAccess
from notifications.models import Message
from organisations.models import Membership
from peerreview.models import (
    Assignment,
    ClusterReview,
    Interest,
    ReviewGroup,
    ReviewRound,
)
from peerreview.services import assignments, groups, rounds
from tests.factories import (
    ClusterFactory,
    MembershipFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.factories.peerreview import (
    AssignmentFactory,
    ClusterReviewFactory,
    ReviewRoundFactory,
)
from tests.peerreview.world import Phase

pytestmark = pytest.mark.django_db


def url(name, **where):
    return reverse(f"peerreview:{name}", kwargs={"round": "autumn"} | where)


def words_of(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(text).split())


def people_of(group):
    """Who is in ``group``: addresses by what they do."""
    found = {}
    for assignment in group.assignments.running().select_related("user"):
        found.setdefault(assignment.role, set()).add(
            assignment.user.email.split("@")[0]
        )
    return found


def meeting(group, **more):
    """The form of a group's meeting, as it is stored."""
    return {
        "meets_on_day": "",
        "meets_on_month": "",
        "meets_on_year": "",
        "meets_at_hour": "",
        "minutes": str(group.minutes),
        "place": group.place,
        "link": group.link,
        "version": str(group.version),
    } | more


def on(day, hour="14:00"):
    return {
        "meets_on_day": str(day.day),
        "meets_on_month": str(day.month),
        "meets_on_year": str(day.year),
        "meets_at_hour": hour,
    }


def led_cluster(world, name, group=None, board=None):
    """A cluster of the round with its lead, in a group or in none."""
    more = {"health_board": board} if board else {}
    cluster = ClusterFactory(code=name, **more)
    lead = UserFactory(email=f"{name}@example.test", lead_of=cluster)
    review = ClusterReviewFactory(
        round=world.round,
        group=group,
        reflection=SelfReflectionFactory(cycle=world.round.cycle, cluster=cluster),
    )
    return review, lead


# Looking ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "status"),
    [
        ("lead", 200),
        ("contributor", 200),
        ("reviewer", 200),
        ("facilitator", 200),
        ("officer", 200),
        ("other_officer", 200),
        ("national", 200),
        ("outsider", 404),
        ("unassigned", 404),
        ("administrator", 404),
    ],
)
def test_who_opens_a_group(client, world, administrator, actor, status):
    client.force_login(
        administrator if actor == "administrator" else getattr(world, actor)
    )

    assert client.get(url("group_detail", group=1)).status_code == status


def test_a_reviewer_is_led_to_the_others_and_a_cluster_to_its_own(client, world):
    client.force_login(world.reviewer)
    as_reviewer = client.get(url("group_detail", group=1)).content.decode()
    client.force_login(world.contributor)
    as_contributor = client.get(url("group_detail", group=1)).content.decode()

    def linked(page):
        return {
            code
            for code in ("afan", "peer-ogwr", "peer-tawe")
            if f'href="{url("review_detail", cluster=code)}"' in page
        }

    assert linked(as_reviewer) == {"afan", "peer-ogwr", "peer-tawe"}
    assert f"Review: {world.others[0].cluster.name}" not in as_reviewer
    assert f"Review: {world.review.cluster.name}" in as_reviewer
    assert linked(as_contributor) == {"afan"}


@pytest.mark.parametrize("actor", ["national", "reviewer", "lead"])
def test_the_page_of_a_group_asks_the_same_of_3_and_of_60_clusters(
    client, world, actor, django_assert_max_num_queries
):
    client.force_login(getattr(world, actor))
    page = url("group_detail", group=1)
    client.get(page)

    with django_assert_max_num_queries(15) as few:
        client.get(page)
    for number in range(57):
        _review, lead = led_cluster(world, f"more-{number}", world.group)
        AssignmentFactory(group=world.group, user=lead)
    with django_assert_max_num_queries(15) as many:
        response = client.get(page)

    assert len(few) == len(many)
    assert len(response.context["row"].clusters) == 60


def test_what_is_wrong_with_a_group_is_said_to_whoever_arranges_it(client, world):
    MembershipFactory(
        user=UserFactory(name="Mair", contributor_to=world.review.cluster),
        cluster=world.others[0].cluster,
        role="contributor",
    )
    client.force_login(world.national)

    both = words_of(client.get(url("group_detail", group=1)))
    one = words_of(client.get(url("group_detail", group=2)))

    assert "Two clusters of the group share a person: Mair" in both
    assert "This is a group of one: nobody in it has another cluster to review." in one
    client.force_login(world.outsider)
    assert "group of one" not in words_of(client.get(url("group_detail", group=2)))


# The meeting ------------------------------------------------------------------------------


def test_a_meeting_is_set(client, world):
    client.force_login(world.national)
    day = timezone.localdate() + datetime.timedelta(days=8)

    response = client.post(
        url("group_edit", group=1),
        meeting(
            world.group,
            **on(day, "14.30"),
            minutes="90",
            place="Neuadd y Dref",
            link="https://example.test/room",
        ),
    )

    world.group.refresh_from_db()
    assert response.headers["Location"] == url("group_detail", group=1)
    assert timezone.localtime(world.group.meets_at).strftime("%H:%M") == "14:30"
    assert (
        timezone.localdate(world.group.meets_at),
        world.group.minutes,
        world.group.place,
        world.group.link,
    ) == (day, 90, "Neuadd y Dref", "https://example.test/room")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"minutes": "5"}, "minutes"),
        ({"minutes": "an hour"}, "minutes"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "ftp://example.test/"}, "link"),
        (on(datetime.date(2030, 1, 1), ""), "meets_at_hour"),
        ({"meets_at_hour": "14:00"}, "meets_on"),
        ({"place": "x" * 301}, "place"),
    ],
)
def test_what_is_typed_wrongly_is_said_at_its_field(client, world, typed, field):
    client.force_login(world.national)

    response = client.post(url("group_edit", group=1), meeting(world.group, **typed))

    assert (response.status_code, set(response.context["form"].errors)) == (
        422,
        {field},
    )


@pytest.mark.parametrize(
    ("days", "warned"), [(8, False), (15, False), (3, True), (40, True)]
)
def test_a_date_outside_the_phases_of_meeting_is_kept_and_warned_of(
    client, world, days, warned
):
    """Discussing begins in six days, agreeing in thirteen, and closing in twenty."""
    client.force_login(world.national)
    day = timezone.localdate() + datetime.timedelta(days=days)

    client.post(url("group_edit", group=1), meeting(world.group, **on(day)))

    text = words_of(client.get(url("group_edit", group=1)))
    assert ReviewGroup.objects.get(number=1).meets_at is not None
    assert ("no phase for discussing or agreeing" in text) == warned


def test_two_who_set_a_meeting_see_both(client, world):
    other = UserFactory(national_officer=True, name="Catrin")
    sent = meeting(world.group, place="Yma")
    groups.change_group(
        group=world.group, base_version=0, changes={"place": "Acw"}, by=other
    )
    client.force_login(world.national)

    first = client.post(url("group_edit", group=1), sent)

    text = words_of(first)
    assert first.status_code == 409
    assert "Acw" in text
    assert "Catrin" in text
    assert first.context["form"]["place"].value() == "Yma"
    client.post(
        url("group_edit", group=1),
        sent | {"version": first.context["form"]["version"].value()},
    )
    assert ReviewGroup.objects.get(number=1).place == "Yma"


# People -----------------------------------------------------------------------------------


def test_somebody_is_added_from_the_list_and_told(client, world):
    client.force_login(world.national)

    client.post(
        url("assignment_add", group=1),
        {"role": "reviewer", "person": world.outsider.pk, "email": ""},
    )

    assert people_of(world.group)["reviewer"] == {"lead", "ogwr", "tawe", "llwchwr"}
    told = Message.objects.filter(kind="review_assigned")
    assert [message.recipient for message in told] == [world.outsider]


def test_somebody_is_added_by_their_address(client, world, administrator):
    client.force_login(world.national)

    client.post(
        url("assignment_add", group=2),
        {
            "role": "facilitator",
            "person": "",
            "email": " Administrator@Example.test ",
        },
    )

    assert people_of(world.other_group)["facilitator"] == {"administrator"}


def refused(client, group=1, **typed):
    response = client.post(
        url("assignment_add", group=group),
        {"role": "reviewer", "person": "", "email": ""} | typed,
    )
    assert response.status_code == 422
    return [
        error for errors in response.context["form"].errors.values() for error in errors
    ]


def test_who_is_refused_and_why(client, world):
    client.force_login(world.national)
    inactive = UserFactory(email="gone@example.test", is_active=False)
    own = world.outsider  # leads the only cluster of the other group
    nobody = (
        "Nobody can sign in with this address. Check it for mistakes, or have the "
        "person invited first."
    )
    choose = "Choose a person from the list, or enter an e-mail address."

    found = [
        refused(client),
        refused(client, person=world.lead.pk, email="lead@example.test"),
        refused(client, email="unknown@example.test"),
        refused(client, email=inactive.email),
        refused(client, group=2, person=own.pk),
        refused(client, role="facilitator", person=world.lead.pk),
        refused(client, role="facilitator", person=world.outsider.pk),
    ]

    assert found == [
        [choose],
        [choose],
        [nobody],
        [nobody],
        [
            "This person works in every cluster of the group, and nobody reviews their "
            "own. Choose somebody else, or a group with other clusters."
        ],
        [
            "This person works in a cluster of the group. A facilitator comes from "
            "elsewhere."
        ],
        ["The group has a facilitator. Replace them on the page of the group."],
    ]


def test_somebody_inactive_is_refused_by_the_service_too(world):
    with pytest.raises(assignments.CannotSignIn):
        assignments.assign(
            group=world.group,
            user=UserFactory(is_active=False),
            role="reviewer",
            by=world.national,
        )


def test_somebody_is_replaced_and_removed(client, world):
    client.force_login(world.national)
    before = Assignment.objects.get(user=world.facilitator)
    next_one = UserFactory(email="next@example.test")

    client.post(
        url("assignment_replace", group=1, assignment=before.pk),
        {"person": "", "email": next_one.email},
    )
    twice = client.post(
        url("assignment_replace", group=1, assignment=before.pk),
        {"person": "", "email": next_one.email},
    )
    mine = Assignment.objects.get(user=world.reviewer)
    for _ in range(2):
        client.post(url("assignment_remove", group=1, assignment=mine.pk))

    before.refresh_from_db()
    mine.refresh_from_db()
    assert twice.status_code == 302
    assert (before.ending, mine.ending) == ("replaced", "removed")
    assert people_of(world.group) == {
        "reviewer": {"lead", "tawe"},
        "facilitator": {"next"},
    }


def test_a_reviewer_who_is_to_facilitate_does_so_instead(world):
    newcomer = UserFactory(email="newcomer@example.test")
    assignments.assign(
        group=world.other_group, user=newcomer, role="reviewer", by=world.national
    )

    for _ in range(2):
        assignments.assign(
            group=world.other_group,
            user=newcomer,
            role="facilitator",
            by=world.national,
        )

    assert people_of(world.other_group) == {
        "reviewer": {"llwchwr"},
        "facilitator": {"newcomer"},
    }


# Clusters ---------------------------------------------------------------------------------


def move(client, cluster, to, came_from):
    return client.post(
        url("review_move", cluster=cluster), {"group": to, "from": came_from}
    )


def test_a_cluster_moves_with_its_lead(client, world):
    client.force_login(world.national)

    for _ in range(2):  # a double click
        move(client, "peer-tawe", 2, 1)

    assert people_of(world.group)["reviewer"] == {"lead", "ogwr"}
    assert people_of(world.other_group)["reviewer"] == {"llwchwr", "tawe"}
    told = Message.objects.filter(kind__startswith="review").order_by("kind")
    assert [(message.kind, message.recipient) for message in told] == [
        ("review_announced", world.second_reviewer),
        ("review_assigned", world.second_reviewer),
    ]


def test_a_cluster_that_somebody_else_moved_stays_where_they_put_it(client, world):
    review = ClusterReview.objects.get(reflection__cluster__code="peer-tawe")
    groups.move_cluster(
        review=review, group=None, by=UserFactory(national_officer=True)
    )
    client.force_login(world.national)

    move(client, "peer-tawe", 2, 1)

    review.refresh_from_db()
    assert review.group is None


def test_the_leads_of_a_group_of_one_review_once_a_second_cluster_comes(world):
    group = groups.add_group(review_round=world.round, by=world.national)
    first, _lead = led_cluster(world, "first")
    second, _lead = led_cluster(world, "second")

    groups.move_cluster(review=first, group=group, by=world.national)
    alone = people_of(group)
    groups.move_cluster(review=second, group=group, by=world.national)

    assert alone == {}
    assert people_of(group) == {"reviewer": {"first", "second"}}


def test_who_was_taken_out_is_not_asked_again_when_another_cluster_comes(world):
    assignments.remove(
        assignment=Assignment.objects.get(user=world.reviewer), by=world.national
    )

    groups.move_cluster(review=world.elsewhere, group=world.group, by=world.national)

    assert people_of(world.group)["reviewer"] == {"lead", "tawe", "llwchwr"}


def test_a_facilitators_cluster_does_not_come(client, world):
    _review, lead = led_cluster(world, "elsewhere")
    assignments.replace(
        assignment=Assignment.objects.get(user=world.facilitator),
        user=lead,
        by=world.national,
    )
    client.force_login(world.national)

    move(client, "elsewhere", 1, 0)

    assert (
        ClusterReview.objects.get(reflection__cluster__code="elsewhere").group is None
    )


def test_a_group_of_a_whole_cycle_round_takes_one_cluster(world, national):
    whole = ReviewRoundFactory(
        cycle=world.round.cycle, kind="whole_cycle", created_by=national
    )
    rounds.choose_clusters(
        review_round=whole,
        added=[world.review.reflection_id, world.elsewhere.reflection_id],
        dropped=[],
        languages={},
        by=national,
    )
    first, second = whole.reviews.order_by("pk")

    with pytest.raises(groups.TakesOneCluster):
        groups.move_cluster(review=second, group=first.group, by=national)


def test_an_empty_group_is_added_once_and_removed(client, world):
    client.force_login(world.national)

    for _ in range(2):
        client.post(url("group_add"))
    numbers = [group.number for group in world.round.groups.all()]
    client.post(url("group_remove", group=3))
    client.post(url("group_remove", group=1))

    assert numbers == [1, 2, 3]
    assert [group.number for group in world.round.groups.all()] == [1, 2]


# Declining, and interests -----------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_reviewer_declines_and_the_organiser_sees_why(client, world, language):
    client.force_login(world.reviewer)
    page = url("assignment_decline", group=1).replace("/en/", f"/{language}/")

    responses = [
        client.post(page, {"reason": "Ar wyliau.", "written_in": ""}) for _ in range(2)
    ]

    mine = Assignment.objects.get(user=world.reviewer)
    assert [response.status_code for response in responses] == [302, 302]
    assert (mine.ending, mine.ended_by, mine.reason) == (
        "declined",
        world.reviewer,
        "Ar wyliau.",
    )
    client.force_login(world.national)
    assert "Ar wyliau." in words_of(client.get(url("group_edit", group=1)))
    for actor in (world.lead, world.facilitator, world.officer):
        client.force_login(actor)
        assert "Ar wyliau." not in words_of(client.get(url("group_detail", group=1)))


@pytest.mark.parametrize(
    ("actor", "status"),
    [
        ("contributor", 403),
        ("officer", 403),
        ("national", 403),
        ("outsider", 404),
        ("unassigned", 404),
        ("facilitator", 200),
        ("lead", 200),
    ],
)
def test_who_has_a_part_to_decline(client, world, actor, status):
    client.force_login(getattr(world, actor))

    assert client.get(url("assignment_decline", group=1)).status_code == status


def test_nobody_declines_for_another(world):
    with pytest.raises(assignments.PermissionDenied):
        assignments.decline(
            assignment=Assignment.objects.get(user=world.reviewer),
            reason="",
            language="",
            by=world.lead,
        )


def test_an_interest_is_declared_once_and_taken_back_by_the_organiser_alone(
    client, world
):
    page = url("interest_declare", cluster="afan")
    client.force_login(world.reviewer)

    for _ in range(2):
        client.post(page, {"reason": "My sister leads it.", "written_in": "en"})

    interest = Interest.objects.get()
    assert (interest.user, interest.review, interest.language) == (
        world.reviewer,
        world.review,
        "en",
    )
    back = url("interest_take_back", cluster="afan", person=world.reviewer.pk)
    statuses = []
    for actor in (world.reviewer, world.lead, world.officer, world.outsider):
        client.force_login(actor)
        assert "My sister" not in words_of(client.get(url("round_detail")))
        statuses.append(client.post(back).status_code)
    assert statuses == [403, 403, 403, 403]
    client.force_login(world.national)
    assert "My sister leads it." in words_of(client.get(url("round_detail")))
    client.post(back)
    assert not Interest.objects.exists()


@pytest.mark.parametrize(
    ("actor", "status"),
    [
        ("lead", 403),  # their own cluster
        ("contributor", 403),
        ("officer", 403),
        ("national", 403),
        ("outsider", 404),
        ("unassigned", 404),
        ("facilitator", 200),
        ("reviewer", 200),
    ],
)
def test_who_can_declare_an_interest(client, world, actor, status):
    client.force_login(getattr(world, actor))

    response = client.get(url("interest_declare", cluster="afan"))

    assert response.status_code == status


def test_after_closing_nothing_is_declined(client, world):
    world.put_into(Phase.CLOSED)
    client.force_login(world.reviewer)

    client.post(url("assignment_decline", group=1), {"reason": "", "written_in": ""})

    assert Assignment.objects.get(user=world.reviewer).ended_at is None
    with pytest.raises(assignments.RoundNotRunning):
        assignments.decline(
            assignment=Assignment.objects.get(user=world.reviewer),
            reason="",
            language="",
            by=world.reviewer,
        )


def test_before_it_is_announced_nobody_is_told_of_anything(world):
    ReviewRound.objects.update(announced_at=None, announced_by=None)
    world.round.refresh_from_db()

    assignments.assign(
        group=world.group, user=UserFactory(), role="reviewer", by=world.national
    )
    groups.move_cluster(review=world.elsewhere, group=world.group, by=world.national)

    assert not Message.objects.filter(kind__startswith="review").exists()


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("group_edit", {"group": 1}),
        ("group_remove", {"group": 1}),
        ("assignment_add", {"group": 1}),
        ("review_move", {"cluster": "afan"}),
        ("review_take_back", {"cluster": "afan"}),
    ],
)
def test_only_whoever_arranges_the_round_changes_a_group(client, world, name, where):
    found = {}
    for actor in ("lead", "reviewer", "facilitator", "officer", "unassigned"):
        client.force_login(getattr(world, actor))
        found[actor] = client.post(url(name, **where), {"group": "2"}).status_code

    world.review.refresh_from_db()
    assert found == {
        "lead": 403,
        "reviewer": 403,
        "facilitator": 403,
        "officer": 403,
        "unassigned": 404,
    }
    assert world.review.group == world.group


@pytest.mark.parametrize("way", ["closed", "removed"])
def test_a_reason_is_given_back_where_something_came_in_between(client, world, way):
    client.force_login(world.reviewer)
    if way == "closed":
        world.put_into(Phase.CLOSED)
        said = "The round is closed."
    else:
        assignments.remove(
            assignment=Assignment.objects.get(user=world.reviewer), by=world.national
        )
        said = "You are no longer asked to do anything in this group."
    typed = {"reason": "My sister leads it.", "written_in": ""}

    for page in (
        url("assignment_decline", group=1),
        url("interest_declare", cluster="afan"),
    ):
        response = client.post(page, typed)

        assert response.status_code == 409
        assert said in words_of(response)
        assert "My sister leads it." in words_of(response)
    assert not Interest.objects.exists()


def test_a_round_that_closes_under_the_form_gives_the_reason_back(
    client, world, monkeypatch
):
    client.force_login(world.reviewer)

    def closed(**_given):
        raise assignments.RoundNotRunning

    monkeypatch.setattr(assignments, "decline", closed)
    monkeypatch.setattr(assignments, "declare_interest", closed)

    found = [
        client.post(page, {"reason": "My sister leads it.", "written_in": ""})
        for page in (
            url("assignment_decline", group=1),
            url("interest_declare", cluster="afan"),
        )
    ]

    assert [response.status_code for response in found] == [409, 409]
    assert all("My sister leads it." in words_of(response) for response in found)


def test_an_interest_of_a_person_with_an_absurd_number_is_not_found(client, world):
    client.force_login(world.national)

    page = url("interest_take_back", cluster="afan", person=10**30)

    assert client.post(page).status_code == 404


def test_a_page_leads_nobody_to_what_they_cannot_open(client, world):
    ReviewAccess.objects.filter(
        user=world.reviewer, reflection=world.review.reflection
    ).delete()
    client.force_login(world.reviewer)

    page = client.get(url("group_detail", group=1)).content.decode()

    assert f'href="{url("review_detail", cluster="afan")}"' not in page
    assert f'href="{url("review_detail", cluster="peer-tawe")}"' in page
    assert f'href="{url("interest_declare", cluster="afan")}"' in page


def test_a_lead_who_left_is_warned_of_to_whoever_arranges_the_round(client, world):
    Membership.objects.filter(user=world.reviewer).update(ended_at=timezone.now())
    said = f"No longer in a cluster of the group: {world.reviewer}"

    found = {}
    for actor in ("national", "lead"):
        client.force_login(getattr(world, actor))
        found[actor] = [
            words_of(client.get(page)).count(said)
            for page in (url("round_detail"), url("group_detail", group=1))
        ]

    assert found == {"national": [1, 1], "lead": [0, 0]}
