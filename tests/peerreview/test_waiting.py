"""What waits for a cluster's reply: one number wherever it is said, and nothing is told twice."""

import pytest
from django.urls import reverse
from django.utils import timezone

from peerreview.selectors.replies import load_replies, wanting_reply
from tests.peerreview.said import annotate, at, find, reply, save_reply, target_of
from tests.peerreview.said import text_of as words
from tests.peerreview.world import Phase

pytestmark = pytest.mark.django_db


def test_the_same_number_waits_everywhere(client, world):
    world.put_into(Phase.DISCUSSING)
    asked, concluded = annotate(world, text="Who keeps the list?"), find(world)
    save_reply(world, asked, text="Begun.")
    reply(world, annotate(world, text="Replied to."))
    answered = annotate(world, text="Answered in its thread.")
    annotate(
        world,
        world.lead,
        text="We answered here.",
        parent=answered,
        voice="cluster",
        choice="",
    )
    annotate(world, resolved_at=timezone.now(), resolved_by=world.reviewer)
    annotate(world, choice="good_practice")
    annotate(world, choice="support")
    find(world, part="notes", choice="", text="Notes need no reply.")
    client.force_login(world.lead)

    start = words(client.get(reverse("home")))
    overview = words(client.get(at("review_detail", world.review)))
    replies = words(client.get(at("replies_edit", world.review)))

    assert wanting_reply([world.review], reader=world.lead) == {
        world.review.pk: {target_of(asked), target_of(concluded)}
    }
    assert load_replies(world.review, reader=world.lead).wanting == 2
    assert "Reply: 2 waiting" in start
    assert "The cluster's replies" in overview
    assert "Waiting for your cluster's reply: 2" in replies
    assert "We answered here." in replies
    assert "Notes need no reply." not in replies


def test_the_record_has_what_was_resolved_with_its_thread(client, world):
    world.put_into(Phase.DISCUSSING)
    settled = annotate(
        world,
        text="Who keeps the list?",
        resolved_at=timezone.now(),
        resolved_by=world.reviewer,
    )
    annotate(
        world,
        world.lead,
        text="The practice does.",
        parent=settled,
        voice="cluster",
        choice="",
    )
    client.force_login(world.lead)

    page = words(client.get(at("cluster_record", world.review)))

    assert "Who keeps the list?" in page
    assert "The practice does." in page
    assert "No level agreed yet" in page
