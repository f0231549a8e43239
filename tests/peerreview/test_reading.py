"""Who sees what is written in a review: the querysets, phase by phase."""

import pytest
from django.utils import timezone

from assessments.models import ReviewAccess, Submission
from organisations.permissions import Permission, holds
from peerreview.models import (
    Annotation,
    ClusterReview,
    Finding,
    Interest,
    Response,
    ReviewGroup,
    ReviewPhase,
    ReviewRound,
)
from tests.factories import MembershipFactory
from tests.peerreview.world import Phase

pytestmark = pytest.mark.django_db

ACTORS = (
    *("lead", "contributor", "reviewer", "second_reviewer", "outsider", "unassigned"),
    *("facilitator", "officer", "other_officer", "national"),
)


def seen_by(world, things):
    """For each of the people, which of ``things`` they see, by their names."""
    return {
        actor: {
            name
            for name, thing in things.items()
            if type(thing).objects.visible_to(getattr(world, actor)).filter(pk=thing.pk)
        }
        for actor in ACTORS
    }


def annotate(world, by, *, shared=True, review=None, **said):
    review = review or world.review
    return Annotation.objects.create(
        review=review,
        submission=review.reflection.latest_submission,
        author=by,
        text="A remark.",
        language="en",
        shared_at=timezone.now() if shared else None,
        **({"voice": "reviewer", "choice": "question"} | said),
    )


def test_a_review_is_known_to_its_cluster_board_and_reviewers(world):
    found = seen_by(world, {"afan": world.review, "llwchwr": world.elsewhere})

    assert found == {
        "lead": {"afan"},
        "contributor": {"afan"},
        "reviewer": {"afan"},
        "second_reviewer": {"afan"},
        "outsider": {"llwchwr"},
        "unassigned": set(),
        "facilitator": {"afan"},
        "officer": {"afan"},
        "other_officer": {"llwchwr"},
        "national": {"afan", "llwchwr"},
    }


def test_groups_and_rounds_are_known_to_those_who_take_part(world):
    found = seen_by(
        world,
        {"round": world.round, "group": world.group, "other": world.other_group},
    )

    everybody = {"round", "group", "other"}
    assert found == {
        "lead": {"round", "group"},
        "contributor": {"round", "group"},
        "reviewer": {"round", "group"},
        "second_reviewer": {"round", "group"},
        "outsider": {"round", "other"},
        "unassigned": set(),
        "facilitator": {"round", "group"},
        "officer": {"round", "group"},
        "other_officer": everybody,
        "national": everybody,
    }


def test_before_it_is_announced_a_round_is_known_to_whoever_arranges_it(world):
    ReviewRound.objects.update(announced_at=None, announced_by=None)

    found = seen_by(
        world, {"round": world.round, "group": world.group, "afan": world.review}
    )

    assert {actor for actor, seen in found.items() if seen} == {"national"}


# Who sees a shared question of the first reviewer, and a private one, in each phase.
SHARED_IN = {
    Phase.READING: {"reviewer", "facilitator"},
    # the second reviewer, once they have shared their own
    Phase.ANNOTATING: {"reviewer", "facilitator"},
    Phase.DISCUSSING: {
        *("reviewer", "second_reviewer", "facilitator"),
        *("lead", "contributor", "officer", "national"),
    },
    Phase.AGREEING: {
        *("reviewer", "second_reviewer", "facilitator"),
        *("lead", "contributor", "officer", "national"),
    },
}


@pytest.mark.parametrize("phase", SHARED_IN)
def test_annotations_are_seen_as_the_phase_says(world, phase):
    world.put_into(phase)
    shared = annotate(world, world.reviewer)
    private = annotate(world, world.reviewer, shared=False)

    found = seen_by(world, {"shared": shared, "private": private})

    assert {actor for actor, seen in found.items() if "shared" in seen} == SHARED_IN[
        phase
    ]
    assert {actor for actor, seen in found.items() if "private" in seen} == {"reviewer"}


def test_others_annotations_are_seen_once_own_are_shared(world):
    theirs = annotate(world, world.reviewer)
    annotate(world, world.second_reviewer, shared=False)
    visible = Annotation.objects.visible_to(world.second_reviewer)
    before = theirs in visible

    annotate(world, world.second_reviewer)

    assert (before, theirs in visible.all()) == (False, True)


def test_own_annotations_on_one_cluster_do_not_open_those_on_another(world):
    theirs = annotate(world, world.reviewer)
    annotate(world, world.second_reviewer, review=world.others[0])

    assert theirs not in Annotation.objects.visible_to(world.second_reviewer)


def test_a_reply_is_seen_with_what_it_replies_to(world):
    world.put_into(Phase.DISCUSSING)
    root = annotate(world, world.reviewer)
    reply = annotate(world, world.lead, parent=root, voice="cluster", choice="")
    typing = annotate(
        world, world.lead, parent=root, voice="cluster", choice="", shared=False
    )

    found = seen_by(world, {"reply": reply, "typing": typing})

    assert {actor for actor, seen in found.items() if "reply" in seen} == SHARED_IN[
        Phase.DISCUSSING
    ]
    assert {actor for actor, seen in found.items() if "typing" in seen} == {"lead"}


def test_findings_and_the_clusters_reply_are_seen_once_shared(world):
    world.put_into(Phase.AGREEING)
    of_it = {
        "review": world.review,
        "submission": world.submission,
        "part": "conclusion",
    }
    finding = Finding.objects.create(**of_it, text="Agreed.")
    reply = Response.objects.create(
        review=world.review, finding=finding, choice="accept"
    )
    before = seen_by(world, {"finding": finding, "reply": reply})

    Finding.objects.update(shared_at=timezone.now())
    Response.objects.update(shared_at=timezone.now())

    after = seen_by(world, {"finding": finding, "reply": reply})
    reviewing = {"reviewer", "second_reviewer", "facilitator"}
    cluster = {"lead", "contributor"}
    above = {"officer", "national"}
    assert {actor for actor, seen in before.items() if "finding" in seen} == reviewing
    assert {actor for actor, seen in before.items() if "reply" in seen} == cluster
    assert {
        actor for actor, seen in after.items() if seen
    } == reviewing | cluster | above


@pytest.mark.parametrize(
    "way", ["member", "declined", "interest", "access", "inactive", "withdrew"]
)
def test_a_reviewer_loses_the_right_at_the_next_request(world, way):
    annotation = annotate(world, world.reviewer)
    now = timezone.now()
    match way:
        case "member":
            MembershipFactory(
                user=world.reviewer,
                cluster=world.review.reflection.cluster,
                role="contributor",
            )
        case "declined":
            world.group.assignments.filter(user=world.reviewer).update(
                ended_at=now, ended_by=world.reviewer, ending="declined"
            )
        case "interest" | "access":
            ReviewAccess.objects.filter(
                user=world.reviewer, reflection=world.review.reflection
            ).update(ends_at=now)
        case "inactive":
            type(world.reviewer).objects.filter(pk=world.reviewer.pk).update(
                is_active=False
            )
        case "withdrew":
            ClusterReview.objects.filter(pk=world.review.pk).update(
                withdrew_at=now, withdrew_by=world.lead
            )
    reviewer = type(world.reviewer).objects.get(pk=world.reviewer.pk)

    reads = ClusterReview.objects.read_by_reviewer(reviewer).filter(pk=world.review.pk)

    assert not reads.exists()
    as_member = way == "member"
    assert (annotation in Annotation.objects.visible_to(reviewer)) is as_member


def test_nobody_reads_before_the_round_begins_or_after_it_closes(world):
    ReviewAccess.objects.update(ends_at=timezone.now())

    assert not ClusterReview.objects.read_by_reviewer(world.reviewer).exists()
    assert (
        not Submission.objects.visible_to(world.reviewer)
        .filter(reflection=world.review.reflection)
        .exists()
    )


def test_declared_interests_are_the_persons_and_the_organisers(world):
    interest = Interest.objects.create(
        review=world.review, user=world.reviewer, reason="My sister leads it."
    )

    found = seen_by(world, {"interest": interest})

    assert {actor for actor, seen in found.items() if seen} == {"reviewer", "national"}


def test_a_round_is_in_the_phase_that_began_last(world):
    assert world.round.phase.kind == Phase.ANNOTATING
    assert list(ReviewPhase.objects.current()) == [world.round.phase]
    assert ReviewGroup.objects.count() == 2


def test_the_access_of_another_round_does_not_open_this_one(world):
    access = ReviewAccess.objects.filter(
        user=world.reviewer, reflection=world.review.reflection
    )

    access.update(source="another")

    reads = ClusterReview.objects.read_by_reviewer(world.reviewer)
    assert not reads.filter(pk=world.review.pk).exists()


def test_a_facilitator_who_joined_the_cluster_leaves_the_agreement_to_its_board(world):
    reflection = world.review.reflection
    before = holds(world.officer, Permission.RECORD_AGREEMENT, reflection)

    MembershipFactory(
        user=world.facilitator, cluster=reflection.cluster, role="contributor"
    )

    after = holds(world.officer, Permission.RECORD_AGREEMENT, reflection)
    assert (before, after) == (False, True)
