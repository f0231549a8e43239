"""Many at once, each with a connection of their own: nobody is told anything twice."""

import pytest
from django.core import mail
from django.core.management import call_command

from assessments import services
from assessments.services.reflections import NotNow
from notifications.models import Message
from organisations.models import User
from tests.assessments.test_concurrency import at_once, fresh, person
from tests.assessments.test_reminders import close_in
from tests.factories import ClusterFactory, SelfReflectionFactory, UserFactory
from tests.steps import start

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 20


def test_one_cluster_submits_twenty_times_and_each_officer_gets_one(
    reflection, lead, officer, board
):
    start(reflection, by=lead)
    User.objects.filter(pk=officer.pk).update(email_rhythm="at_once")
    UserFactory(email="second@example.test", officer_of=board)

    def press():
        try:
            services.submit(
                reflection=fresh(reflection), by=person(lead), incomplete_confirmed=True
            )
        except NotNow:
            return 0
        return 1

    assert sum(at_once(*[press] * MANY)) == 1
    at_once(*[lambda: call_command("send_daily", verbosity=0, stdout=Silent())] * 3)

    assert sorted(email.to for email in mail.outbox) == [
        [officer.email],
        ["second@example.test"],
    ]
    told = Message.objects.filter(held_at=None)
    assert sorted(message.address for message in told) == [
        officer.email,
        "second@example.test",
    ]


class Silent:
    def write(self, text):
        pass


def test_twenty_clusters_submit_and_the_officer_gets_one(cycle, board, officer):
    works = []
    for _number in range(MANY):
        cluster = ClusterFactory(health_board=board)
        lead = UserFactory(lead_of=cluster)
        reflection = SelfReflectionFactory(cycle=cycle, cluster=cluster)
        start(reflection, by=lead)
        works.append((reflection, lead))

    at_once(
        *[
            lambda reflection=reflection, lead=lead: services.submit(
                reflection=fresh(reflection), by=person(lead), incomplete_confirmed=True
            )
            for reflection, lead in works
        ]
    )
    assert mail.outbox == []
    at_once(*[lambda: call_command("send_daily", stdout=Silent())] * 4)

    (email,) = mail.outbox
    assert email.to == [officer.email]
    assert email.body.count("Cyflwynwyd hunanfyfyrdod") == MANY
    assert Message.objects.filter(kind="submitted").count() == MANY
    assert Message.objects.filter(kind="digest").count() == 1


def test_the_day_is_begun_by_eight_at_once(reflection, lead):
    close_in(reflection.cycle, 2)

    at_once(*[lambda: call_command("send_daily", stdout=Silent())] * 8)

    assert [email.to for email in mail.outbox] == [[lead.email]]
    assert Message.objects.count() == 1
