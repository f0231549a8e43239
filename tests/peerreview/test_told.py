"""Who is told by e-mail that something was said in a review; never what."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from notifications.models import Message
from organisations.models import Membership
from peerreview.models import Mention
from peerreview.services import annotations as services
from peerreview.services.telling_said import tell_clusters_that_see
from tests.factories import UserFactory
from tests.peerreview.said import annotate, find, reply
from tests.peerreview.world import Phase

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def told(kind):
    return sorted(
        message.address.split("@")[0] for message in Message.objects.filter(kind=kind)
    )


def share(world, by, text="Words.", *, parent=None, mentions=()):
    """A remark or a reply of ``by``, shared as a page does it."""
    row = annotate(
        world,
        by,
        text=text,
        shared=False,
        parent=parent,
        choice="" if parent else "question",
        voice="cluster" if by in {world.lead, world.contributor} else "reviewer",
    )
    Mention.objects.bulk_create(
        Mention(annotation=row, user=person) for person in mentions
    )
    services.share_annotations(review=world.review, by=by, numbers=[row.key])
    return row


# What reviewers wrote -----------------------------------------------------------------------


def test_the_clusters_leads_are_told_once_a_day_that_something_was_shared(world):
    world.put_into(Phase.DISCUSSING)

    for by in (world.reviewer, world.reviewer, world.second_reviewer):
        share(world, by, "Canary.")

    (message,) = Message.objects.filter(kind="annotations_shared")
    assert (message.recipient, message.held_at is None) == (world.lead, False)
    assert "Canary" not in str(message.facts)
    with time_machine.travel(timezone.now() + DAY):
        share(world, world.reviewer)
    assert told("annotations_shared") == ["lead", "lead"]


def test_whoever_is_mentioned_is_told_that_and_no_more(world):
    world.put_into(Phase.DISCUSSING)

    share(world, world.reviewer, mentions=[world.lead])

    assert (told("annotations_shared"), told("review_mention")) == ([], ["lead"])


def test_while_the_cluster_sees_nothing_its_leads_are_told_nothing(world):
    world.put_into(Phase.ANNOTATING)

    share(world, world.reviewer)
    tell_clusters_that_see()

    assert told("annotations_shared") == []


def test_they_are_told_when_the_phase_begins_in_which_they_see(world):
    annotate(world)
    annotate(world, review=world.others[0], shared=False)
    world.put_into(Phase.DISCUSSING)

    written = [len(tell_clusters_that_see()) for _ in range(2)]

    assert (written, told("annotations_shared")) == ([1, 0], ["lead"])
    with time_machine.travel(timezone.now() + 5 * DAY):
        # Too late to be news; and somebody who came since is not told either.
        UserFactory(lead_of=world.review.reflection.cluster)
        assert tell_clusters_that_see() == []


def test_nothing_is_said_of_a_round_that_was_not_announced(world):
    annotate(world)
    world.put_into(Phase.DISCUSSING)
    world.round.announced_at = world.round.announced_by = None
    world.round.save()

    assert tell_clusters_that_see() == []


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_telling_clusters(world, django_assert_num_queries, number):
    for review in [world.review, *world.others][:number]:
        submission = world.review.reflection.latest_submission
        annotate(world, review=review, submission=submission)
        UserFactory(lead_of=review.reflection.cluster)
    world.put_into(Phase.DISCUSSING)

    # Phases, reviews, leads; who is told, what was said, what is written; the savepoint.
    with django_assert_num_queries(6 + 2):
        assert len(tell_clusters_that_see()) > number


# Replies ------------------------------------------------------------------------------------


def test_a_reply_is_told_to_whom_it_answers(world):
    world.put_into(Phase.DISCUSSING)
    question = annotate(world)

    share(world, world.lead, parent=question)
    assert told("reply") == ["ogwr"]
    share(world, world.second_reviewer, parent=question)

    # The first asked, the lead replied before.
    assert told("reply") == ["lead", "ogwr", "ogwr"]


def test_a_reply_is_not_told_to_whoever_sees_it_no_more(world):
    world.put_into(Phase.DISCUSSING)
    question = annotate(world)
    share(world, world.contributor, parent=question)
    Membership.objects.filter(user=world.contributor).update(ended_at=timezone.now())
    Message.objects.all().delete()

    share(world, world.second_reviewer, parent=question)

    assert told("reply") == ["ogwr"]


def test_a_mention_in_a_reply_is_told_as_that(world):
    world.put_into(Phase.DISCUSSING)
    question = annotate(world)

    share(world, world.lead, parent=question, mentions=[world.reviewer])

    assert (told("reply"), told("review_mention")) == ([], ["ogwr"])


def test_the_clusters_reply_is_told_to_the_author_of_what_it_answers(world):
    world.put_into(Phase.DISCUSSING)
    question = annotate(world)

    reply(world, question, "explain", "Canary.")

    (message,) = Message.objects.filter(kind="reply")
    assert (message.recipient, message.facts["from_cluster"]) == (world.reviewer, True)
    assert "Canary" not in str(message.facts)


def test_the_clusters_reply_to_a_finding_is_told_to_all_who_review(world):
    world.put_into(Phase.AGREEING)

    reply(world, find(world))

    assert told("reply") == ["facilitator", "ogwr", "tawe"]
