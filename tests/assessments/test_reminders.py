"""Reminders of deadlines and actions: whom, when, once; and the command that sends the day's."""

import datetime
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from assessments import services
from assessments.models import Action, SelfReflection
from assessments.selectors.reminders import REMINDED
from assessments.services.reminders import remind_of_actions, remind_of_deadlines
from notifications.models import Message
from organisations.models import Membership, Role, Succession, User
from tests.factories import (
    ClusterFactory,
    MembershipFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.steps import State, bring_to, criterion_of

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def told(kind):
    return sorted(
        message.address.split("@")[0] for message in Message.objects.filter(kind=kind)
    )


def close_in(cycle, days):
    """The cycle closes so many days from today, at five minutes to midnight."""
    today = timezone.localtime()
    closes_at = today.replace(hour=23, minute=55) + days * DAY
    type(cycle).objects.filter(pk=cycle.pk).update(
        closes_at=closes_at, opens_at=closes_at - 60 * DAY
    )
    cycle.refresh_from_db()


# Deadlines ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "kind"),
    [
        (15, None),
        (14, "reminder"),
        (13, "reminder"),  # nothing ran the day before
        (12, "reminder"),
        (11, None),
        (8, None),
        (7, "reminder"),
        (3, None),
        (2, "last_reminder"),
        (1, "last_reminder"),
        (0, "last_reminder"),
    ],
)
def test_whoever_leads_is_reminded_so_many_days_before(reflection, lead, days, kind):
    close_in(reflection.cycle, days)

    remind_of_deadlines()

    message = Message.objects.first()
    assert (message and message.kind) == kind
    if message:
        assert (message.recipient, message.facts["days"]) == (lead, days)
        assert message.facts["is_last_day"] is (days == 0)


def test_each_time_once(reflection, lead):
    now = timezone.localtime().replace(hour=7, minute=0)
    close_in(reflection.cycle, 20)
    counts = []
    for day in range(22):
        with time_machine.travel(now + day * DAY):
            counts += [len(remind_of_deadlines()) for _ in range(2)]

    assert counts.count(1) == Message.objects.count() == len(REMINDED)
    assert {day // 2 for day, count in enumerate(counts) if count} == {
        20 - days for days in REMINDED
    }


def test_deputies_are_reminded_and_contributors_are_not(
    reflection, lead, contributor, officer, stranger
):
    deputy = UserFactory(email="deputy@example.test")
    MembershipFactory(user=deputy, role=Role.DEPUTY_LEAD, cluster=reflection.cluster)
    UserFactory(lead_of=reflection.cluster, is_active=False)
    close_in(reflection.cycle, 7)

    remind_of_deadlines()

    assert told("reminder") == ["deputy", "lead"]


@pytest.mark.parametrize("state", State.values)
def test_only_who_has_not_submitted_is_reminded(
    reflection, lead, officer, national, state
):
    close_in(reflection.cycle, 7)
    bring_to(state, reflection, lead=lead, officer=officer, national=national)
    Message.objects.all().delete()

    remind_of_deadlines()

    unsent = state in {State.NOT_STARTED, State.DRAFT}
    assert told("reminder") == (["lead"] if unsent else [])


def test_a_cluster_is_reminded_of_its_own_deadline(reflection, lead, stranger):
    other = stranger.memberships.get().cluster
    SelfReflectionFactory(cycle=reflection.cycle, cluster=other)
    close_in(reflection.cycle, 2)
    SelfReflection.objects.filter(pk=reflection.pk).update(
        extended_to=reflection.cycle.closes_at + 5 * DAY
    )

    remind_of_deadlines()

    assert (told("reminder"), told("last_reminder")) == (["lead"], ["stranger"])
    facts = Message.objects.get(kind="reminder").facts
    assert (
        facts["closes_at"]
        != Message.objects.get(kind="last_reminder").facts["closes_at"]
    )


def test_a_later_deadline_has_reminders_of_its_own(reflection, lead):
    close_in(reflection.cycle, 2)
    remind_of_deadlines()
    SelfReflection.objects.filter(pk=reflection.pk).update(
        extended_to=reflection.cycle.closes_at + 5 * DAY
    )

    remind_of_deadlines()

    assert (told("last_reminder"), told("reminder")) == (["lead"], ["lead"])


def test_before_it_opens_and_after_its_hour_nobody_is_reminded(reflection, lead):
    close_in(reflection.cycle, 0)
    with time_machine.travel(
        reflection.cycle.closes_at + datetime.timedelta(minutes=1)
    ):
        assert remind_of_deadlines() == []
    type(reflection.cycle).objects.update(opened_at=None)
    assert remind_of_deadlines() == []


# Actions ------------------------------------------------------------------------------------


@pytest.fixture
def action(reflection, lead, contributor):
    """Of the contributor, due in a week."""
    return services.add_action(
        reflection=reflection,
        text="Canary of an action.",
        language="en",
        criterion=criterion_of(reflection),
        owner=contributor,
        due_on=timezone.localdate() + 7 * DAY,
        by=lead,
    )


def due(action, days):
    Action.objects.filter(pk=action.pk).update(due_on=timezone.localdate() + days * DAY)


@pytest.mark.parametrize(
    ("days", "kind"),
    [
        (8, None),
        (7, "action_due"),
        (0, "action_due"),
        (-1, "action_overdue"),
        (-7, "action_overdue"),
        (-8, None),
    ],
)
def test_the_owner_and_the_leads_are_told_once(action, days, kind):
    due(action, days)

    for _ in range(2):
        remind_of_actions()

    rows = Message.objects.order_by("address")
    assert [(row.kind, row.address.split("@")[0]) for row in rows] == (
        [(kind, "contributor"), (kind, "lead")] if kind else []
    )
    assert [row.facts["is_owner"] for row in rows] == [True, False][: len(rows)]
    assert "Canary" not in str([row.facts for row in rows])


def test_what_is_due_is_told_again_when_it_is_late_or_has_another_day(action):
    for days in (7, 6, -1):
        due(action, days)
        remind_of_actions()

    assert len(told("action_due")) == 4
    assert len(told("action_overdue")) == 2


@pytest.mark.parametrize("status", Action.Status.values)
def test_only_open_actions_press(action, status):
    Action.objects.filter(pk=action.pk).update(status=status)

    remind_of_actions()

    assert bool(told("action_due")) is (status in {"planned", "under_way"})


def test_an_owner_who_left_is_told_nothing(action, contributor):
    Membership.objects.filter(user=contributor).update(ended_at=timezone.now())

    remind_of_actions()

    assert told("action_due") == ["lead"]


def test_whoever_leads_and_owns_is_told_once(action, lead):
    Action.objects.update(owner=lead)

    remind_of_actions()

    assert told("action_due") == ["lead"]


def test_whoever_leads_the_cluster_that_follows_is_told(
    action, cluster, other_cluster, stranger, national
):
    Succession.objects.create(
        predecessor=cluster,
        successor=other_cluster,
        kind="merged",
        effective_on=timezone.localdate(),
        decided_by=national,
    )

    remind_of_actions()

    assert told("action_due") == ["contributor", "lead", "stranger"]


@pytest.mark.parametrize(
    ("step", "who"),
    [
        ("health_board", ["officer"]),
        ("planning_group", ["officer"]),
        ("national", ["national", "officer"]),
    ],
)
def test_the_board_is_told_of_what_is_escalated(
    action, lead, officer, other_officer, national, step, who
):
    def escalate(step):
        action.refresh_from_db()
        services.escalate_action(
            action=action,
            base_version=action.version,
            escalated_to=step,
            note=f"Canary of a note for {step}.",
            language="en",
            by=lead,
        )

    escalate(step)
    assert told("action_escalated") == who
    assert "Canary" not in str(Message.objects.values_list("facts", "subject"))

    escalate("")
    assert told("action_escalated") == who


# The command --------------------------------------------------------------------------------


def run():
    output = StringIO()
    call_command("send_daily", stdout=output)
    return output.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_days_e_mails_leave_once(action, lead, contributor):
    close_in(action.reflection.cycle, 7)
    User.objects.filter(pk=contributor.pk).update(email_rhythm="needed")

    said = [run(), run()]

    assert said == [
        "Reminders written: 3. The day's e-mails: 1.\n",
        "Reminders written: 0. The day's e-mails: 0.\n",
    ]
    assert [(email.to, email.subject[-3:]) for email in mail.outbox] == [
        ([lead.email], "(2)")
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_queries(reflection, lead, national, django_assert_num_queries, number):
    close_in(reflection.cycle, 7)
    reflections = [reflection] + [
        SelfReflectionFactory(cycle=reflection.cycle, cluster=ClusterFactory())
        for _ in range(number - 1)
    ]
    for one in reflections:
        owner = UserFactory(lead_of=one.cluster)
        for days in (3, -3):
            services.add_action(
                reflection=one,
                text="Words.",
                language="en",
                criterion=criterion_of(one),
                owner=owner,
                due_on=timezone.localdate() + days * DAY,
                by=owner,
            )

    # Self-reflections, leads; who is told, what was said, what is written; savepoints.
    with django_assert_num_queries(5 + 2):
        assert len(remind_of_deadlines()) == number + 1
    # Twice: actions, successions, leads; and the same.
    with django_assert_num_queries(2 * 6 + 2):
        assert len(remind_of_actions()) == 2 * (number + 1)
