"""The record of a review: what is on it, and for whom."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import Action
from peerreview.models import ActionOrigin, Annotation, ClusterReview
from peerreview.selectors.records import load_records
from tests.peerreview.said import (
    agree,
    annotate,
    at,
    find,
    reply,
    save_reply,
    text_of,
)
from tests.peerreview.world import Phase
from tests.steps import outcome_of

pytestmark = pytest.mark.django_db

ACTORS = (
    *("lead", "contributor", "reviewer", "second_reviewer", "outsider", "unassigned"),
    *("facilitator", "officer", "other_officer", "national"),
)
AROUND = {"lead", "contributor", "officer", "national"}
REVIEWING = {"reviewer", "second_reviewer", "facilitator"}


def at_group(world, group=None):
    return reverse(
        "peerreview:group_record",
        kwargs={"round": world.round.code, "group": (group or world.group).number},
    )


def undertake(world, text="Keep one list.", **said):
    action = Action.objects.create(
        reflection=world.review.reflection,
        text=text,
        language="en",
        owner=world.lead,
        due_on=datetime.date(2031, 3, 1),
        added_by=world.facilitator,
        **said,
    )
    ActionOrigin.objects.create(action=action, review=world.review)
    return action


@pytest.fixture
def full(world):
    """Everything that a record can hold, in the phase of agreeing."""
    world.put_into(Phase.AGREEING)
    outcome = outcome_of(world.review.reflection)
    asked = annotate(world, text="Who keeps the list?", outcome=outcome)
    annotate(
        world,
        world.second_reviewer,
        text="Beth am restr?",
        language="cy",
        choice="suggestion",
    )
    settled = annotate(world, text="Where is it said?", choice="evidence")
    annotate(world, text="Weekly rounds.", choice="good_practice", outcome=outcome)
    annotate(world, text="Ask our pharmacist.", choice="support")
    Annotation.objects.filter(pk=settled.pk).update(
        resolved_at=timezone.now(), resolved_by=world.reviewer
    )
    conclusion = find(world, text="The group agrees on two.")
    find(world, part="notes", choice="", text="We talked of lists.", outcome=None)
    agree(world, 2, reason="Two, because of the list.")
    reply(world, asked, "accept")
    reply(world, settled, "explain", "In the minutes.")
    reply(world, conclusion, "disagree", "Nearly three.")
    undertake(world, outcome=outcome)
    return world


def test_cluster_record_holds_all_that_was_shared(client, full):
    client.force_login(full.national)

    page = text_of(client.get(at("cluster_record", full.review)))

    for words in (
        "Hwylusydd (facilitator)",
        "Ogwr (peer reviewer)",
        "Submission number 1",
        "The cluster's own level Not answered Agreed level Level 2 Developing",
        "Two, because of the list.",
        "The group agrees on two.",
        "We talked of lists.",
        "The cluster's reply: We disagree Nearly three.",
        "Question 1 0",
        "Evidence wanted 0 1",
        "Who keeps the list? Ogwr (peer reviewer) The cluster's reply: We accept this",
        "Beth am restr? Written in Welsh",
        "The cluster's reply: We explain this In the minutes.",
        "Weekly rounds.",
        "Ask our pharmacist.",
        "We accept this: 1; We explain this: 1; We disagree: 1",
        "Keep one list. Owner:",
        "Due: 1 March 2031",
        "Planned",
    ):
        assert words in page


def test_cluster_record_marks_the_language_of_what_people_wrote(client, full):
    client.force_login(full.lead)

    page = client.get(at("cluster_record", full.review)).content.decode()

    assert '<blockquote class="quote__text" lang="cy"><p>Beth am restr?' in page


@pytest.mark.parametrize("actor", ACTORS)
def test_what_was_not_shared_is_on_no_record(client, world, actor):
    world.put_into(Phase.DISCUSSING)
    annotate(world, text="Canary of a remark.", shared=False)
    annotate(world, text="Canary taken back.", removed_at=timezone.now())
    find(world, text="Canary of a finding.", shared=False)
    asked = annotate(world, text="Shared words.")
    save_reply(world, asked, "explain", "Canary of a reply.")
    client.force_login(getattr(world, actor))

    pages = [
        client.get(address).content.decode()
        for address in (at("cluster_record", world.review), at_group(world))
    ]

    sees = actor in AROUND | REVIEWING
    assert [("Canary" in page, "Shared words." in page) for page in pages] == [
        (False, sees)
    ] * 2


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("actor", ACTORS)
def test_cluster_record_and_group_record_are_read_as_the_querysets_say(
    client, world, actor, phase
):
    world.put_into(phase)
    annotate(world, text="A shared question.")
    client.force_login(getattr(world, actor))

    record = client.get(at("cluster_record", world.review))
    group = client.get(at_group(world))
    elsewhere = client.get(at_group(world, world.other_group))

    knows = actor in AROUND | REVIEWING
    sees = {
        Phase.READING: {"reviewer", "facilitator"},
        Phase.ANNOTATING: {"reviewer", "facilitator"},
    }.get(phase, AROUND | REVIEWING)
    # A board knows of every group that has one of its clusters.
    sees_group = knows or actor == "other_officer"
    sees_elsewhere = actor in {"outsider", "other_officer", "national"}
    assert (record.status_code, "A shared question." in record.content.decode()) == (
        200 if knows else 404,
        actor in sees,
    )
    assert (group.status_code, elsewhere.status_code) == (
        200 if sees_group else 404,
        200 if sees_elsewhere else 404,
    )
    assert ("A shared question." in group.content.decode()) == (actor in sees)


def test_group_record_has_the_clusters_that_its_reader_may_see(client, world):
    world.put_into(Phase.DISCUSSING)
    annotate(world, text="Of Ogwr.", review=world.others[0])
    client.force_login(world.officer)

    page = text_of(client.get(at_group(world)))

    assert "Of Ogwr." in page
    assert "Clusters of the group whose review you may not read: 1" in page


@pytest.mark.parametrize("number", [1, 3])
def test_group_record_asks_as_many_queries_for_three(
    client, full, number, django_assert_num_queries
):
    if number == 1:
        ClusterReview.objects.filter(pk__in=[each.pk for each in full.others]).delete()
    client.force_login(full.national)

    with django_assert_num_queries(16):
        client.get(at_group(full))


@pytest.mark.parametrize("number", [1, 200])
def test_cluster_record_asks_as_many_queries_for_200(
    client, full, number, django_assert_num_queries
):
    for place in range(number - 1):
        annotate(full, text=f"Remark {place}.")
    client.force_login(full.lead)

    with django_assert_num_queries(16):
        response = client.get(at("cluster_record", full.review))

    assert text_of(response).count("Remark ") == number - 1


def test_former_members_are_named_as_such(client, full):
    full.group.assignments.filter(user=full.reviewer).update(
        ended_at=timezone.now(), ended_by=full.national, ending="replaced"
    )
    full.group.assignments.filter(user=full.lead).update(
        ended_at=timezone.now(), ended_by=full.lead, ending="declined"
    )
    client.force_login(full.national)

    page = text_of(client.get(at("cluster_record", full.review)))

    assert "Ogwr (former member, peer reviewer)" in page
    (record,) = load_records([full.review], reader=full.national)
    assert full.lead not in {person.user for person in record.people}


def test_a_resolved_question_is_counted_and_listed(client, full):
    quiet = annotate(full, text="Settled in the room.")
    Annotation.objects.filter(pk=quiet.pk).update(
        resolved_at=timezone.now(), resolved_by=full.reviewer
    )
    client.force_login(full.national)

    page = text_of(client.get(at("cluster_record", full.review)))

    assert "Settled in the room." in page
    assert "Question 1 1" in page


def test_an_overdue_action_is_marked(client, full):
    Action.objects.update(due_on=timezone.localdate() - datetime.timedelta(days=1))
    client.force_login(full.lead)

    assert "Overdue" in text_of(client.get(at("cluster_record", full.review)))


def test_a_cluster_that_withdrew_is_said_to_have(client, full):
    ClusterReview.objects.filter(pk=full.review.pk).update(
        withdrew_at=timezone.now(), withdrew_by=full.lead
    )
    client.force_login(full.lead)

    page = text_of(client.get(at("cluster_record", full.review)))

    assert "The cluster has withdrawn from this review." in page


def test_a_cluster_that_withdrew_is_led_to_no_group(client, full):
    ClusterReview.objects.filter(pk=full.review.pk).update(
        withdrew_at=timezone.now(), withdrew_by=full.lead
    )
    client.force_login(full.contributor)

    page = client.get(at("cluster_record", full.review))

    assert "Who keeps the list?" in text_of(page)
    assert "former member" not in text_of(page)
    assert at_group(full) not in page.content.decode()
    assert client.get(at_group(full)).status_code == 404


def test_the_lead_can_share_good_practice_from_the_record(client, full):
    address = at(
        "practice_add",
        full.review,
        annotation=Annotation.objects.get(choice="good_practice").key,
    )

    found = {}
    for actor in ACTORS:
        client.force_login(getattr(full, actor))
        page = client.get(at("cluster_record", full.review)).content.decode()
        found[actor] = address in page

    assert {actor for actor, offered in found.items() if offered} == {"lead"}
