"""What helps people in a meeting: who is told of it, of whom, and until when."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from organisations.models import User
from organisations.permissions import Permission, holds
from peerreview.selectors.needs import MeetingNeeds, meeting_needs
from peerreview.services import assignments
from tests.peerreview.world import Phase

pytestmark = pytest.mark.django_db

NOTE = {"meeting_note": "canaryneed", "meeting_note_language": "en"}
SHARED = NOTE | {"shares_meeting_note": True}
EVERYBODY = (
    *("lead", "contributor", "reviewer", "second_reviewer", "outsider"),
    *("unassigned", "facilitator", "officer", "other_officer", "national"),
)


def say(person, **needs):
    User.objects.filter(pk=person.pk).update(**needs)


def test_notes_are_of_those_who_come_and_share_them(world):
    for person in (world.lead, world.contributor, world.outsider, world.facilitator):
        say(person, **SHARED)
    say(world.reviewer, **NOTE)
    say(world.lead, language="cy")
    say(world.reviewer, language="cy")
    say(world.second_reviewer, language="")

    assert meeting_needs(world.group, besides=world.facilitator) == MeetingNeeds(
        notes=[world.lead], in_welsh=2, in_english=0, unsaid=1
    )


@pytest.mark.parametrize("leads", [1, 3])
def test_they_cost_one_query(world, leads, django_assert_num_queries):
    for person in [world.lead, world.reviewer, world.second_reviewer][:leads]:
        say(person, **SHARED)

    with django_assert_num_queries(1):
        needs = meeting_needs(world.group, besides=world.facilitator)

    assert len(needs.notes) == leads


def today(**more):
    return timezone.now() + datetime.timedelta(**more)


@pytest.mark.parametrize(
    ("phase", "meets_at", "readers"),
    [
        (Phase.READING, None, {"facilitator"}),
        (Phase.ANNOTATING, today(days=9), {"facilitator"}),
        (Phase.DISCUSSING, today(), {"facilitator"}),
        (Phase.DISCUSSING, today(days=-1), set()),
        (Phase.CLOSED, None, set()),
    ],
)
def test_the_facilitator_alone_reads_them_until_the_day_of_the_meeting(
    world, administrator, superuser, phase, meets_at, readers
):
    world.put_into(phase)
    world.group.meets_at = meets_at
    people = {name: getattr(world, name) for name in EVERYBODY} | {
        "administrator": administrator,
        "superuser": superuser,
    }

    found = {
        name
        for name, person in people.items()
        if holds(person, Permission.READ_MEETING_NEEDS, world.group)
    }

    assert found == readers


def test_whoever_facilitates_no_more_reads_them_no_more(world):
    assignment = world.facilitator.assignments.get()

    assignments.remove(assignment=assignment, by=world.national)

    assert not holds(world.facilitator, Permission.READ_MEETING_NEEDS, world.group)


@pytest.mark.once
@pytest.mark.parametrize("phase", [Phase.ANNOTATING, Phase.DISCUSSING])
@pytest.mark.parametrize("language", ["cy", "en"])
def test_the_page_of_the_meeting_shows_them_to_the_facilitator(
    client, world, phase, language
):
    say(world.lead, **SHARED)
    say(world.reviewer, **NOTE | {"meeting_note": "canaryother"})
    world.put_into(phase)
    there = reverse("peerreview:meeting_detail", args=["autumn", 1])
    there = there.replace("/en/", f"/{language}/")

    found = {}
    for name in ("facilitator", "lead", "reviewer", "officer", "national"):
        client.force_login(getattr(world, name))
        page = client.get(there).content.decode()
        found[name] = ("canaryneed" in page, "canaryother" in page)

    assert found == {
        "facilitator": (True, False),
        "lead": (False, False),
        "reviewer": (False, False),
        "officer": (False, False),
        "national": (False, False),
    }
