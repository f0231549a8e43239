"""What the concurrency benchmark counts: texts that are gone, and changes after a submission."""

import uuid

import pytest

from assessments.models import Answer, AnswerVersion
from bench.room import Sent, changes_since, check_integrity, differences, missing
from bench.visitors import CLOSED, CONFLICT, SAVED
from tests.steps import entry, save, start, stored, submit, words_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "x"}]}, 0),
        ({"a": [1, {"b": "x"}]}, {"a": [2, {"b": "y"}]}, 2),
        ({"a": 1}, {"b": 1}, 2),
        ([1, 2], [1, 2, 3], 1),
    ],
)
def test_differences(one, other, count):
    assert differences(one, other) == count


def test_missing_is_what_is_not_kept_as_the_reply_said(reflection, lead):
    words = words_of(reflection)
    save(reflection, entry(words, "Accepted."), by=lead)
    save(reflection, entry(words, "Stale."), by=lead)
    submit(reflection, by=lead)
    save(reflection, entry(words, "Late.", base=1), by=lead)
    kept = [
        Sent(words, "Accepted.", SAVED, 1),
        Sent(words, "Stale.", CONFLICT, 1),
        Sent(words, "Late.", CLOSED, 1),
    ]
    gone = [
        Sent(words, "Never came.", SAVED, 2),
        Sent(words, "Accepted.", SAVED, 2),  # under another version than it was told
        Sent(words, "Stale.", SAVED, 1),  # told to be saved, but refused
        Sent(words, "Accepted.", CONFLICT, 1),
        Sent(words_of(reflection, number=2), "Accepted.", SAVED, 1),
    ]

    assert missing(reflection, kept + gone) == gone


def test_changes_since_a_submission_are_counted(reflection, lead):
    start(reflection, by=lead)
    submission = submit(reflection, by=lead)
    words = words_of(reflection)
    assert changes_since(submission) == 0

    Answer.objects.filter(pk=stored(reflection, words).pk).update(text="Since.")

    assert changes_since(submission) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda answer, lead: Answer.objects.update(text="Not its newest version."),
        lambda answer, lead: Answer.objects.update(version=2),
        lambda answer, lead: AnswerVersion.objects.create(
            answer=answer,
            version=3,
            base_version=1,
            text="After a gap.",
            operation_id=uuid.uuid4(),
            by=lead,
        ),
    ],
    ids=["another text", "a version too many", "a gap"],
)
def test_integrity_is_an_answer_that_follows_from_its_history(reflection, lead, damage):
    start(reflection, by=lead)
    check_integrity(reflection)

    damage(Answer.objects.get(), lead)

    with pytest.raises(RuntimeError):
        check_integrity(reflection)
