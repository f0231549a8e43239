"""Two screens of one meeting at once, each with a connection of its own."""

import uuid

import pytest

from assessments.models import SelfReflection, StateChange
from peerreview.finding_subjects import CONCLUSION, FindingSubject, digest_of
from peerreview.models import ClusterReview, Finding, FindingVersion, Meeting
from peerreview.services import findings, meetings
from peerreview.services.findings import AlreadyAgreed
from tests.assessments.test_concurrency import at_once, person
from tests.peerreview.test_meetings import agenda_of, begin, subject, typed
from tests.peerreview.world import Phase

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_screens_record_the_same_finding(world):
    world.put_into(Phase.DISCUSSING)

    def screen(level):
        def work():
            return findings.save_findings(
                review=ClusterReview.objects.get(pk=world.review.pk),
                entries=[typed(subject(world), choice=level, text=f"Level {level}.")],
                language="en",
                operation_id=uuid.uuid4(),
                by=person(world.facilitator),
            )

        return work

    first, second = at_once(screen("1"), screen("2"))

    assert sorted([len(first.conflicts), len(second.conflicts)]) == [0, 1]
    finding = Finding.objects.get()
    assert finding.version == 1
    assert sorted(FindingVersion.objects.values_list("text", flat=True)) == [
        "Level 1.",
        "Level 2.",
    ]


def test_the_agreement_is_recorded_once(world):
    world.put_into(Phase.DISCUSSING)
    findings.save_findings(
        review=world.review,
        entries=[typed(subject(world), choice="2", text="The group saw more.")],
        language="en",
        operation_id=uuid.uuid4(),
        by=world.facilitator,
    )
    seen = digest_of(Finding.objects.all())

    def record():
        try:
            findings.record_review_agreement(
                review=ClusterReview.objects.get(pk=world.review.pk),
                submission_number=1,
                seen=seen,
                by=person(world.facilitator),
            )
        except AlreadyAgreed:
            return "already"
        return "recorded"

    assert sorted(at_once(record, record)) == ["already", "recorded"]
    assert StateChange.objects.filter(kind="agreed").count() == 1
    outcome = FindingSubject.of(Finding.objects.get()).outcome_id
    row = world.submission.submitted_outcomes.get(outcome=outcome)
    assert (row.own_level, row.agreed_level.level) == (None, 2)


def test_a_finding_that_is_typed_as_the_agreement_is_recorded_is_never_lost(world):
    world.put_into(Phase.DISCUSSING)
    seen = digest_of([])

    def record():
        try:
            findings.record_review_agreement(
                review=ClusterReview.objects.get(pk=world.review.pk),
                submission_number=1,
                seen=seen,
                by=person(world.facilitator),
            )
        except findings.FindingsChanged:
            return "changed"
        return "recorded"

    def write():
        return findings.save_findings(
            review=ClusterReview.objects.get(pk=world.review.pk),
            entries=[typed(subject(world, CONCLUSION), text="At the last moment.")],
            language="en",
            operation_id=uuid.uuid4(),
            by=person(world.facilitator),
        )

    recorded, saved = at_once(record, write)

    expected = {"recorded": (0, 1), "changed": (1, 0)}
    assert (len(saved.changed), len(saved.closed)) == expected[recorded]
    assert FindingVersion.objects.get().text == "At the last moment."


def test_a_meeting_that_is_started_twice_at_once_is_one(world):
    world.put_into(Phase.DISCUSSING)
    agenda = agenda_of(world, 1)

    def start():
        return meetings.start_meeting(
            group=world.group, agenda=agenda, minutes=60, by=person(world.facilitator)
        ).pk

    first, second = at_once(start, start)

    assert first == second
    assert Meeting.objects.count() == 1
    reflection = SelfReflection.objects.get(pk=world.review.reflection_id)
    assert reflection.state == SelfReflection.State.IN_REVIEW


def test_it_is_moved_and_ended_at_once(world):
    world.put_into(Phase.DISCUSSING)
    meeting = begin(world, 1, 2)

    def move():
        try:
            meetings.move_meeting(
                meeting=Meeting.objects.get(pk=meeting.pk),
                position=1,
                by=person(world.facilitator),
            )
        except meetings.NotRunning:
            return
        return

    def end():
        meetings.end_meeting(
            meeting=Meeting.objects.get(pk=meeting.pk), by=person(world.facilitator)
        )

    at_once(move, end, end)

    meeting.refresh_from_db()
    assert meeting.ended_at is not None
