"""When e-mails leave: at once, together once a day, or not, as each reader has chosen."""

import datetime

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from notifications.models import Message
from notifications.rhythm import NEEDED_NOW
from notifications.samples import SAMPLES
from notifications.services import (
    MOST_IN_A_DIGEST,
    Address,
    Letters,
    send,
    send_all,
    send_digests,
)
from notifications.writing import subject_of, write
from organisations.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
State = Message.State


@pytest.fixture
def tell(django_capture_on_commit_callbacks):
    """Send to people, and do what is done when the transaction has been committed."""

    def tell(kind, *people, **facts):
        with django_capture_on_commit_callbacks(execute=True):
            return send(
                kind=kind, to=people, facts=SAMPLES[kind][0] | facts, about=people[0]
            )

    return tell


@pytest.fixture
def digest(django_capture_on_commit_callbacks):
    def digest():
        with django_capture_on_commit_callbacks(execute=True):
            return send_digests()

    return digest


def person(rhythm="daily", **fields):
    return UserFactory(email_rhythm=rhythm, **fields)


def states(*messages):
    return [
        Message.objects.select_related("digest").get(pk=message.pk).state
        for message in messages
    ]


# What waits, and what does not --------------------------------------------------------------


def test_these_kinds_never_wait():
    assert {
        *("invitation", "role_given", "password_reset", "returned"),
        *("extension_granted", "cycle_opened", "cycle_extended", "last_reminder"),
        *("review_assigned", "review_meeting", "pack_ready", "digest"),
    } == NEEDED_NOW


@pytest.mark.parametrize(
    ("rhythm", "state", "left"),
    [("at_once", "sent", 1), ("daily", "held", 0), ("needed", "unwanted", 0)],
)
def test_what_needs_nothing_now_leaves_as_its_reader_chose(tell, rhythm, state, left):
    (message,) = tell("submitted", person(rhythm))

    assert (states(message), len(mail.outbox)) == ([state], left)


@pytest.mark.parametrize("rhythm", User.Rhythm.values)
@pytest.mark.parametrize("kind", ["returned", "last_reminder"])
def test_what_is_needed_now_leaves_at_once(tell, rhythm, kind):
    (message,) = tell(kind, person(rhythm))

    assert (states(message), len(mail.outbox)) == ([State.SENT], 1)


def test_somebody_without_an_account_gets_it_at_once(
    django_capture_on_commit_callbacks,
):
    with django_capture_on_commit_callbacks(execute=True):
        send(
            kind="submitted",
            to=[Address("x@example.test")],
            facts=SAMPLES["submitted"][0],
        )

    assert [email.to for email in mail.outbox] == [["x@example.test"]]


def test_what_holds_a_secret_is_never_kept_for_later(
    django_capture_on_commit_callbacks,
):
    with django_capture_on_commit_callbacks(execute=True):
        send(
            kind="submitted", to=[person()], facts=SAMPLES["submitted"][0], secret=True
        )

    assert len(mail.outbox) == 1


@pytest.mark.parametrize("plain", [True, False])
def test_plain_text_where_that_is_what_somebody_needs(tell, digest, plain):
    reader = person(plain_text_emails=plain)
    tell("returned", reader)
    tell("submitted", reader)
    tell("reminder", reader)
    digest()

    assert [len(email.alternatives) for email in mail.outbox] == [int(not plain)] * 2


# The day's e-mail ---------------------------------------------------------------------------


def test_the_days_letters_leave_in_one(tell, digest):
    reader, other = person(language="cy"), person()
    first, second = tell("submitted", reader, other)
    third = tell("action_due", reader)[0]

    assert digest() == 2

    (row,) = Message.objects.filter(kind="digest")
    (whole, single) = sorted(mail.outbox, key=lambda email: email.to != [reader.email])
    lines = [
        {
            "subject": subject_of(kind, SAMPLES[kind][0]),
            "link": SAMPLES[kind][0]["link"],
        }
        for kind in ("submitted", "action_due")
    ]
    letter = write(
        "digest",
        {"count": 2, "letters": lines, "more": 0, "link": row.facts["link"]},
        "cy",
    )
    assert (whole.to, whole.subject, whole.body) == (
        [reader.email],
        letter.subject,
        letter.text,
    )
    assert states(first, third, row) == [State.TOGETHER, State.TOGETHER, State.SENT]
    # One letter alone is told as itself.
    assert single.body == write("submitted", SAMPLES["submitted"][0], "both").text
    assert states(second, Message.objects.get(letters=second)) == [
        State.TOGETHER,
        State.SENT,
    ]


def test_it_is_written_as_its_reader_is_on_that_day(tell, digest):
    reader = person(language="en")
    tell("submitted", reader)
    User.objects.filter(pk=reader.pk).update(language="cy", email="new@example.test")

    digest()

    assert [(email.to, email.subject.split(":")[0]) for email in mail.outbox] == [
        (["new@example.test"], "Cyflwynwyd hunanfyfyrdod")
    ]


def test_what_is_sent_just_now_is_not_sent_again_by_another_command(tell):
    """The letters of the day are as young as the run that sends them, however long they waited."""
    tell("submitted", person())
    with time_machine.travel(timezone.now() + DAY):
        send_digests()  # not committed yet

        call_command("resend_messages")

    assert mail.outbox == []


def test_what_is_said_twice_is_said_once(tell, digest):
    reader = person()
    twice = [tell("reply", reader)[0] for _ in range(2)]

    digest()

    assert [email.subject for email in mail.outbox] == [twice[0].subject]
    assert states(*twice) == [State.TOGETHER] * 2


def test_there_is_one_a_day_and_person(tell, digest):
    reader = person()
    tell("submitted", reader)
    assert digest() == 1
    later = tell("action_due", reader)[0]

    assert (digest(), states(later)) == (0, [State.HELD])
    with time_machine.travel(timezone.now() + DAY):
        assert (digest(), states(later)) == (1, [State.TOGETHER])
        assert digest() == 0


def test_whoever_wants_none_of_it_any_more_gets_none(tell, digest):
    reader, gone = person(), person()
    message, other = tell("submitted", reader, gone)
    User.objects.filter(pk=reader.pk).update(email_rhythm="needed")
    User.objects.filter(pk=gone.pk).update(is_active=False)

    assert (digest(), mail.outbox) == (0, [])
    assert states(message, other) == [State.UNWANTED, State.HELD]


def test_a_long_day_is_counted(tell, digest):
    reader = person(language="en")
    for number in range(MOST_IN_A_DIGEST + 3):
        tell("submitted", reader, link={"cy": f"/{number}/", "en": f"/{number}/"})

    digest()

    (email,) = mail.outbox
    assert email.body.count("A self-reflection was submitted") == MOST_IN_A_DIGEST
    assert "after signing in: 3\n" in email.body
    assert email.subject.endswith("(43)")


def test_what_does_not_leave_waits_and_nothing_held_is_sent_early(
    tell, digest, settings
):
    reader, other = person(), person()
    tell("submitted", reader)
    tell("reply", reader)
    usual, settings.EMAIL_BACKEND = (
        settings.EMAIL_BACKEND,
        "tests.notifications.test_messages.Broken",
    )
    digest()
    held = tell("submitted", other)[0]
    settings.EMAIL_BACKEND = usual

    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=6)):
        call_command("resend_messages")

    assert [email.to for email in mail.outbox] == [[reader.email]]
    assert states(held) == [State.HELD]


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_a_digest(tell, django_assert_num_queries, number):
    readers = [person() for _ in range(number)]
    tell("submitted", *readers)
    tell("reply", *readers)

    # Those who want none, people, letters, digests, what went into them; and savepoints.
    with django_assert_num_queries(2 + 5):
        assert send_digests() == number


# Once ---------------------------------------------------------------------------------------


def test_on_its_occasion_it_is_said_once(lead, contributor, cluster):
    def remind(occasion, *to):
        return len(
            send_all(
                kind="reminder",
                letters=[
                    Letters(
                        to=list(to),
                        facts=SAMPLES["reminder"][0],
                        about=cluster,
                        occasion=occasion,
                    )
                ],
            )
        )

    written = [
        remind("14", lead, lead),
        remind("14", lead, contributor),
        remind("7", lead),
        remind("7", lead),
    ]

    assert written == [1, 1, 1, 0]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"is_unwanted": True, "sent_at": True}, id="unwanted"),
        pytest.param({"held_at": True, "sent_at": True}, id="held"),
        pytest.param({"held_at": True, "error": "OSError"}, id="held, and it failed"),
        pytest.param({"held_at": True, "daily_on": True}, id="held, and the day's"),
        pytest.param({"digest": True}, id="in a digest, and never held"),
        pytest.param({"once_key": "said"}, id="said once"),
        pytest.param({"daily_on": "again"}, id="two of a day"),
    ],
)
def test_the_database_refuses_what_is_not_so(lead, row):
    today = timezone.localdate()
    first = Message.objects.create(
        kind="reply", recipient=lead, once_key="said", daily_on=today
    )
    values = dict.fromkeys(["sent_at", "held_at"], timezone.now()) | {
        "digest": first,
        "daily_on": today if row.get("daily_on") == "again" else today + DAY,
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(
            kind="reply",
            recipient=lead,
            **{name: values.get(name, value) for name, value in row.items()},
        )
