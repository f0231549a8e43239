"""Who is told by e-mail of what changes in a group that was announced; and nothing typed is lost."""

import datetime
import re

import pytest
from django.utils import timezone

from notifications.models import Message
from peerreview.models import Assignment
from peerreview.services import assignments, telling
from tests.factories import UserFactory
from tests.peerreview.test_group_pages import meeting, on, url

pytestmark = pytest.mark.django_db


def told(kind):
    return sorted(
        message.address.split("@")[0] for message in Message.objects.filter(kind=kind)
    )


def later(days=8):
    return timezone.localdate() + datetime.timedelta(days=days)


def test_the_people_of_a_group_are_told_once_when_its_meeting_is_set(client, world):
    client.force_login(world.national)
    sent = meeting(world.group, **on(later()), link="https://example.test/room")

    for _ in range(2):
        client.post(url("group_edit", group=1), sent)

    assert told("review_meeting") == ["facilitator", "lead", "ogwr", "tawe"]
    facts = Message.objects.filter(kind="review_meeting").first().facts
    assert facts["online"] == "https://example.test/room"


def test_nobody_is_told_of_a_meeting_before_the_round_is_announced(client, world):
    world.round.announced_at = world.round.announced_by = None
    world.round.save()
    client.force_login(world.national)

    client.post(url("group_edit", group=1), meeting(world.group, **on(later())))

    assert told("review_meeting") == []


def test_whoever_is_taken_out_or_replaced_is_told_once(client, world):
    reviewer = Assignment.objects.get(user=world.reviewer)
    facilitator = Assignment.objects.get(user=world.facilitator)

    for _ in range(2):
        assignments.remove(assignment=reviewer, by=world.national)
    assignments.replace(assignment=facilitator, user=UserFactory(), by=world.national)

    assert told("review_removed") == ["facilitator", "ogwr"]


def test_the_clusters_leads_and_the_boards_officers_are_told_of_the_agreement(world):
    telling.review_agreed(review=world.review, by=world.facilitator)

    assert told("review_agreed") == sorted(
        person.email.split("@")[0] for person in (world.lead, world.officer)
    )


def test_taking_somebody_out_is_asked_first(client, world):
    client.force_login(world.national)
    mine = Assignment.objects.get(user=world.reviewer)
    where = url("assignment_remove", group=1, assignment=mine.pk)

    asked = client.get(where)
    client.post(where, {"switch_to": "cy"})

    mine.refresh_from_db()
    assert (asked.status_code, mine.ended_at) == (200, None)
    assert "Ogwr" in asked.content.decode()


@pytest.mark.parametrize("then", ["facilitator", "reviewer", "remove", "clusters"])
def test_a_button_to_the_people_saves_the_meeting_first(client, world, then):
    client.force_login(world.national)
    mine = Assignment.objects.get(user=world.reviewer)
    adding = url("assignment_add", group=1)
    leads_to = {
        "facilitator": f"{adding}?role=facilitator",
        "reviewer": f"{adding}?role=reviewer",
        "remove": url("assignment_remove", group=1, assignment=mine.pk),
        "clusters": f"{url('round_detail')}#group-1",
    }
    value = f"remove-{mine.pk}" if then == "remove" else then

    response = client.post(
        url("group_edit", group=1), meeting(world.group, place="Neuadd", then=value)
    )

    world.group.refresh_from_db()
    assert world.group.place == "Neuadd"
    assert response.headers["Location"] == leads_to[then]


def test_a_meeting_is_not_set_on_a_day_that_is_past_but_a_past_one_stays(client, world):
    client.force_login(world.national)

    refused = client.post(
        url("group_edit", group=1), meeting(world.group, **on(later(-1)))
    )
    world.group.meets_at = timezone.now() - datetime.timedelta(days=3)
    world.group.meets_at = world.group.meets_at.replace(second=0, microsecond=0)
    world.group.save()
    local = timezone.localtime(world.group.meets_at)
    kept = client.post(
        url("group_edit", group=1),
        meeting(world.group, **on(local.date(), f"{local:%H:%M}"), place="Yma"),
    )

    assert set(refused.context["form"].errors) == {"meets_on"}
    assert kept.status_code == 302


def test_moving_asks_for_a_group_and_comes_back_to_it(client, world):
    client.force_login(world.national)
    cluster = world.review.cluster.code

    page = client.get(url("round_detail")).content.decode()
    nothing = client.post(
        url("review_move", cluster=cluster), {"group": "", "from": "1"}
    )
    moved = client.post(
        url("review_move", cluster=cluster), {"group": "2", "from": "1"}
    )

    first = re.search(r'<select[^>]*name="group">\s*<option value="">([^<]+)', page)
    assert first[1] == "Choose a group"
    assert nothing.headers["Location"] == f"{url('round_detail')}#group-1"
    assert moved.headers["Location"] == f"{url('round_detail')}#group-2"


def test_an_officer_finds_the_records_of_their_own_clusters_alone(client, world):
    client.force_login(world.officer)

    page = client.get(url("round_detail")).content.decode()

    found = [
        review.cluster.code
        for review in (world.review, *world.others)
        if url("cluster_record", cluster=review.cluster.code) in page
    ]
    assert found == [world.review.cluster.code, "peer-ogwr"]


def test_groups_are_not_suggested_once_announced(client, world):
    client.force_login(world.national)

    page = client.get(url("round_detail")).content.decode()

    assert url("groups_suggest") not in page


def test_next_come_facilitators_and_meetings(client, world):
    world.round.announced_at = world.round.announced_by = None
    world.round.save()
    client.force_login(world.national)

    page = client.get(url("round_detail")).content.decode()

    assert "Put every cluster into a group" not in page
    assert "Arrange each group" in page
