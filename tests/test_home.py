"""The start page of each role, one's account, and the way in."""

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import Question
from assessments.subjects import Subject
from cdf_site.home import start_of
from organisations.models import AuditEvent, User
from tests.factories import ClusterFactory, MembershipFactory, SelfReflectionFactory
from tests.steps import entry, save

pytestmark = pytest.mark.django_db


def _method(reflection):
    return entry(Subject(question=Question.METHOD), choice="lead_alone")


def test_lead_is_told_what_is_left_and_by_when(client, lead, reflection):
    save(reflection, _method(reflection), by=lead)
    client.force_login(lead)

    page = client.get(reverse("home")).content.decode()

    task = start_of(lead).clusters[0]
    assert (task.reflection, task.left, task.total) == (reflection, 12, 13)
    assert "You have 12 questions left." in page
    assert "The cycle closes on" in page


def test_count_of_the_start_page_equals_that_of_the_contents(client, lead, reflection):
    client.force_login(lead)

    start = start_of(lead).clusters[0]
    contents = client.get(
        reverse("assessments:reflection_detail", args=["2030", "afan"])
    ).context["sheet"]

    assert (start.reflection.answered_count, start.total) == (
        contents.answered,
        contents.total,
    )


def test_officer_sees_how_far_the_clusters_are(client, officer, board, reflection):
    client.force_login(officer)

    page = client.get(reverse("home")).content.decode()

    assert start_of(officer).boards[0].counts == [("not_started", 1)]
    assert "1 of 1" in page


def test_national_officer_sees_wales(national, reflection, cycle):
    SelfReflectionFactory(cycle=cycle)

    task = start_of(national).boards[0]

    assert (task.name, task.counts, task.total) == ("", [("not_started", 2)], 2)


def test_administrator_is_led_to_the_administration(client, administrator):
    client.force_login(administrator)

    page = client.get(reverse("home")).content.decode()

    assert reverse("admin:index") in page


def test_whoever_has_no_role_is_told_whom_to_ask(client, db):
    client.force_login(User.objects.create_user("nobody@example.test"))

    page = client.get(reverse("home")).content.decode()

    assert "No cycle is open" in page


def test_what_has_happened_since_the_last_visit(lead, contributor, reflection):
    for _ in range(2):
        AuditEvent.objects.create(
            kind=AuditEvent.Kind.SIGNED_IN, by=contributor, at=timezone.now()
        )

    save(reflection, _method(reflection), by=lead)

    assert [change.kind for change in start_of(contributor).changes] == ["started"]
    assert start_of(lead).changes == []  # one's own are no news


@pytest.mark.parametrize("clusters", [1, 3])
def test_queries_do_not_grow_with_clusters(
    client, lead, reflection, cycle, board, django_assert_num_queries, clusters
):
    for _ in range(clusters - 1):
        other = ClusterFactory(health_board=board)
        SelfReflectionFactory(cycle=cycle, cluster=other)
        MembershipFactory(user=lead, role="cluster_lead", cluster=other)
    client.force_login(lead)

    with django_assert_num_queries(9):
        client.get(reverse("home"))


def test_language_of_the_account_leads_after_signing_in(client, lead):
    client.force_login(lead)

    client.post(reverse("account"), {"name": "Lead, Afan", "language": "cy"})
    lead.refresh_from_db()

    assert (lead.name, lead.language) == ("Lead, Afan", "cy")
    assert client.get("/").url == "/cy/"


def test_account_takes_no_other_field(client, lead):
    client.force_login(lead)

    client.post(
        reverse("account"),
        {
            "name": "x",
            "language": "en",
            "is_superuser": "1",
            "email": "a@b.test",
            "is_active": "",
        },
    )
    lead.refresh_from_db()

    assert (lead.email, lead.is_superuser, lead.is_active) == (
        "lead@example.test",
        False,
        True,
    )
