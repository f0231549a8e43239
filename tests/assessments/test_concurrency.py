"""Several people at once, each with a connection of their own.

What PostgreSQL shows, SQLite may hide, and the other way round: these run on both.
"""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections

from assessments import services, snapshot
from assessments.models import (
    OUTCOME_TEXT_QUESTIONS,
    Answer,
    AnswerVersion,
    SelfReflection,
)
from assessments.services import NotNow
from assessments.subjects import Subject
from organisations.models import AuditEvent, User
from tests.factories import ModuleFactory
from tests.steps import State, entry, question_subject, save, sheet_of, start, submit

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60  # seconds for a whole round, after which somebody waits for ever


def at_once(*works):
    """Do each of ``works`` in a thread of its own, all let go together.

    Returns what each returned; what one raised is raised here.
    """
    gate = threading.Barrier(len(works), timeout=PATIENCE)

    def run(work):
        try:
            gate.wait()
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(works)) as threads:
        futures = [threads.submit(run, work) for work in works]
        return [future.result(timeout=PATIENCE) for future in futures]


def person(user):
    """The same person as another request sees them: what is cached is not shared."""
    return User.objects.get(pk=user.pk)


def fresh(reflection):
    return SelfReflection.objects.get(pk=reflection.pk)


@pytest.fixture
def many_subjects(edition, reflection):
    """Twelve subjects that are answered in words."""
    ModuleFactory(edition=edition, number=3, code="MORE", outcomes=3)
    return [
        question_subject(reflection, question, module="MORE", number=number)
        for number in (1, 2, 3)
        for question in OUTCOME_TEXT_QUESTIONS
    ]


def test_ten_people_save_different_answers(reflection, lead, many_subjects):
    threads, times = 10, 20

    def writer(subject):
        def work():
            by, acknowledged = person(lead), []
            for number in range(times):
                text = f"{subject.outcome_id} {subject.question} {number}"
                saved = save(
                    fresh(reflection), entry(subject, text, base=number), by=by
                )
                assert saved.versions == {subject: number + 1}
                acknowledged.append(text)
            return acknowledged

        return work

    results = at_once(*(writer(subject) for subject in many_subjects[:threads]))

    accepted = AnswerVersion.objects.filter(refusal="").order_by("answer", "version")
    acknowledged = [text for texts in results for text in texts]
    assert len(acknowledged) == threads * times
    assert sorted(accepted.values_list("text", flat=True)) == sorted(acknowledged)
    assert sorted(Answer.objects.values_list("text", "version")) == sorted(
        (texts[-1], times) for texts in results
    )
    assert fresh(reflection).state_changes.count() == 1
    assert AuditEvent.objects.filter(kind="answers_saved").count() == threads * times


@pytest.mark.parametrize("base", [0, 1])
def test_eight_people_save_the_same_answer(reflection, lead, many_subjects, base):
    subject, people = many_subjects[0], 8
    if base:
        save(reflection, entry(subject, "Before."), by=lead)
    texts = [f"From {number}." for number in range(people)]

    def writer(text):
        return lambda: save(
            fresh(reflection), entry(subject, text, base=base), by=person(lead)
        )

    results = at_once(*(writer(text) for text in texts))

    accepted = [saved for saved in results if saved.changed]
    refused = [saved for saved in results if saved.conflicts]
    answer = Answer.objects.get()
    versions = answer.versions.filter(base_version=base)
    assert (len(accepted), len(refused)) == (1, people - 1)
    assert sorted(versions.values_list("text", flat=True)) == texts
    assert list(versions.filter(refusal="").values_list("version", "text")) == [
        (base + 1, answer.text)
    ]
    assert {
        conflict.theirs.text for saved in refused for conflict in saved.conflicts
    } == {answer.text}


def test_the_same_page_sent_by_eight_retries_is_one_version(
    reflection, lead, many_subjects
):
    subject = many_subjects[0]
    operation_id = "7c1f5a52-6a3e-4f0e-8d61-0d2b8c1f6a01"

    def retry():
        return save(
            fresh(reflection),
            entry(subject, "Once."),
            by=person(lead),
            operation_id=operation_id,
        )

    results = at_once(*[retry] * 8)

    assert [saved.versions for saved in results] == [{subject: 1}] * 8
    assert sum(len(saved.changed) for saved in results) == 1
    assert AnswerVersion.objects.count() == 1


def test_a_submission_is_what_was_stored_when_it_was_sent(
    reflection, lead, many_subjects
):
    """Nobody's text arrives between the submission's copy and the end of the draft."""
    start(reflection, by=lead)
    writers, rounds = 3, 20

    def writer(number, subject, version):
        def work():
            mine = entry(subject, f"Round {number}.", base=version)
            return save(fresh(reflection), mine, by=person(lead))

        return work

    kept = 0
    for number in range(rounds):
        versions = {
            Subject.of(answer): answer.version for answer in Answer.objects.all()
        }
        subjects = many_subjects[:writers]

        *saves, submission = at_once(
            *(
                writer(number, subject, versions.get(subject, 0))
                for subject in subjects
            ),
            lambda: submit(fresh(reflection), by=person(lead)),
        )

        stored = snapshot.build(sheet_of(reflection))
        content = json.loads(submission.content)
        del content["number"], content["submitted_at"]
        assert content == stored
        late = [saved for saved in saves if saved.closed]
        in_time = [saved for saved in saves if saved.changed]
        assert len(late) + len(in_time) == writers
        kept += writers
        services.withdraw(reflection=reflection, by=lead)

    texts = AnswerVersion.objects.filter(text__startswith="Round")
    assert texts.count() == kept == writers * rounds


def test_eight_presses_of_submit_are_one_submission(reflection, lead):
    start(reflection, by=lead)

    def press():
        try:
            return submit(fresh(reflection), by=person(lead)).number
        except NotNow:
            return None

    results = at_once(*[press] * 8)

    assert sorted(results, key=str) == [1] + [None] * 7
    assert fresh(reflection).state == State.SUBMITTED
    assert reflection.submissions.count() == 1
    assert reflection.state_changes.filter(kind="submitted").count() == 1


def test_withdrawing_and_beginning_to_review_exclude_each_other(
    reflection, lead, officer
):
    start(reflection, by=lead)

    for _ in range(5):
        submit(reflection, by=lead)

        def press(service, by):
            try:
                service(reflection=fresh(reflection), by=person(by))
            except PermissionDenied:
                return False
            return True

        withdrawn, begun = at_once(
            lambda: press(services.withdraw, lead),
            lambda: press(services.begin_review, officer),
        )

        assert withdrawn != begun
        assert fresh(reflection).state == (
            State.DRAFT if withdrawn else State.IN_REVIEW
        )
        if begun:
            break


def test_closing_the_cycle_while_people_save(reflection, lead, national, many_subjects):
    start(reflection, by=lead)

    def writer(subject):
        return lambda: save(fresh(reflection), entry(subject, "Now."), by=person(lead))

    *saves, _ = at_once(
        *(writer(subject) for subject in many_subjects[:6]),
        lambda: services.close_cycle(cycle=reflection.cycle, by=person(national)),
    )

    in_time = sum(len(saved.changed) for saved in saves)
    late = sum(len(saved.closed) for saved in saves)
    rows = AnswerVersion.objects.filter(text="Now.")
    assert in_time + late == 6
    assert (rows.filter(refusal="").count(), rows.filter(refusal="closed").count()) == (
        in_time,
        late,
    )
    assert fresh(reflection).state == State.CLOSED


def test_opening_a_cycle_twice_at_once_gives_one_self_reflection(
    reflection, other_cluster, national
):
    def press():
        return services.open_cycle(cycle=reflection.cycle, by=person(national))

    at_once(*[press] * 4)

    assert reflection.cycle.reflections.count() == 2
