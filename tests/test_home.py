"""The start page of each role, one's account, and the way in."""

import datetime
import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import services
from assessments.models import Question
from assessments.subjects import Subject
from cdf_site.home import start_of
from organisations.models import AuditEvent, User
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    MembershipFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.steps import entry, save, start, submit

pytestmark = pytest.mark.django_db


def _method(reflection):
    return entry(Subject(question=Question.METHOD), choice="lead_alone")


def submit_one(cycle, cluster):
    reflection = SelfReflectionFactory(cycle=cycle, cluster=cluster)
    lead = UserFactory(lead_of=cluster)
    start(reflection, by=lead)
    submit(reflection, by=lead)
    reflection.refresh_from_db()
    return reflection


def more_time(reflection, officer):
    services.grant_extension(
        reflection=reflection,
        closes_at=reflection.cycle.closes_at + datetime.timedelta(days=7),
        reason="Illness in the team.",
        language="en",
        by=officer,
    )


def words_of(response):
    return " ".join(unescape(response.content.decode()).split())


def test_lead_is_told_what_is_left_and_by_when(client, lead, reflection):
    save(reflection, _method(reflection), by=lead)
    client.force_login(lead)

    page = client.get(reverse("home")).content.decode()

    task = start_of(lead).clusters[0]
    assert (task.reflection, task.left, task.total) == (reflection, 12, 13)
    assert "You have 3 outcomes left." in page
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


@pytest.mark.parametrize(
    ("language", "waiting", "more", "none"),
    [
        (
            "en",
            "Submitted self-reflections that wait to be looked at: 7",
            "and 2 more, among all clusters",
            "No submitted self-reflection waits to be looked at.",
        ),
        (
            "cy",
            "Hunanfyfyrdodau a gyflwynwyd ac sy'n aros i rywun edrych arnynt: 7",
            "rhagor ymhlith yr holl glystyrau: 2",
            "Nid oes unrhyw hunanfyfyrdod a gyflwynwyd yn aros i rywun edrych arno.",
        ),
    ],
)
def test_officer_is_led_to_what_waits_longest(
    client, officer, national, board, cycle, reflection, language, waiting, more, none
):
    client.force_login(officer)
    assert none in words_of(client.get(f"/{language}/"))

    submitted = [
        submit_one(cycle, ClusterFactory(health_board=board)) for _ in range(7)
    ]
    submit_one(cycle, ClusterFactory())  # another board's

    text = words_of(client.get(f"/{language}/"))
    task = start_of(officer).boards[0]
    assert (task.waiting, task.waiting_count) == (submitted[:5], 7)
    assert waiting in text
    assert none not in text
    assert f'<a href="/{language}/results/2030/7A0/"> {more} </a>' in text
    for number, each in enumerate(submitted):
        name = getattr(each.cluster, f"name_{language}")
        assert (f">{name}</a>" in text) == (number < 5)

    services.begin_review(reflection=submitted[0], by=officer)
    assert start_of(officer).boards[0].waiting == submitted[1:6]
    # It is not for Wales to look at them one by one.
    assert start_of(national).boards[0].waiting == []


@pytest.mark.parametrize("clusters", [1, 3])
def test_queries_of_an_officer_do_not_grow_with_clusters(
    client, officer, board, cycle, reflection, django_assert_num_queries, clusters
):
    for _ in range(clusters):
        submit_one(cycle, ClusterFactory(health_board=board))
    client.force_login(officer)

    with django_assert_num_queries(14):
        client.get(reverse("home"))


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

    assert [news.what for news in start_of(contributor).changes] == ["started"]
    assert start_of(lead).changes == []  # one's own are no news


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["More time given: Afan, Cycle", "Started: Afan, Cycle"]),
        ("cy", ["Rhoddwyd rhagor o amser: Afan, Cylch", "Dechreuwyd: Afan, Cylch"]),
    ],
)
def test_news_stand_in_order_of_time_with_more_time_among_them(
    client, lead, contributor, officer, reflection, language, lines
):
    start(reflection, by=lead)
    more_time(reflection, officer)
    type(reflection.cycle).objects.update(name_en="Cycle", name_cy="Cylch")
    type(reflection.cluster).objects.update(name_en="Afan", name_cy="Afan")
    client.force_login(contributor)

    text = words_of(client.get(f"/{language}/"))

    assert re.findall(r'/2030/afan/">([^<]+: Afan, [^<]+)</a>', text) == lines


def test_news_that_were_written_down_late_stand_at_their_hour(
    lead, contributor, reflection
):
    start(reflection, by=lead)
    reflection.state_changes.create(
        kind="submitted",
        from_state="draft",
        to_state="submitted",
        at=timezone.now() - datetime.timedelta(hours=1),
        by=lead,
    )

    news = start_of(contributor).changes

    assert [one.what for one in news] == ["started", "submitted"]


def test_the_panel_says_the_clusters_own_hour(client, lead, officer, reflection):
    start(reflection, by=lead)
    more_time(reflection, officer)
    client.force_login(lead)

    text = words_of(client.get("/en/"))

    assert "The cycle closes on" not in text
    assert f"{reflection.cluster.name_en}: The cluster's time ends on" in text


def test_a_returned_cluster_is_led_to_the_reasons(client, lead, officer, reflection):
    start(reflection, by=lead)
    submission = submit(reflection, by=lead)
    services.return_reflection(
        reflection=reflection,
        by=officer,
        reason="Say more.",
        language="en",
        outcome_reasons={},
        submission_number=submission.number,
    )
    client.force_login(lead)

    text = words_of(client.get("/en/"))

    assert '/2030/afan/">Returned: read why</a>' in text


@pytest.mark.parametrize("clusters", [1, 3])
def test_queries_do_not_grow_with_clusters(
    client, lead, reflection, cycle, board, django_assert_num_queries, clusters
):
    for _ in range(clusters - 1):
        other = ClusterFactory(health_board=board)
        SelfReflectionFactory(cycle=cycle, cluster=other)
        MembershipFactory(user=lead, role="cluster_lead", cluster=other)
    client.force_login(lead)

    with django_assert_num_queries(19):
        client.get(reverse("home"))


def test_language_of_the_account_leads_after_signing_in(client, lead):
    client.force_login(lead)

    client.post(
        reverse("account"),
        {"name": "Lead, Afan", "language": "cy", "email_rhythm": "daily"},
    )
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
            "email_rhythm": "daily",
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


def test_every_open_cycle_is_there(client, reflection, lead, officer):
    start(reflection, by=lead)
    later = SelfReflectionFactory(
        cluster=reflection.cluster,
        cycle=CycleFactory(
            edition=reflection.cycle.edition,
            name_en="The next cycle",
            closes_at=reflection.cycle.closes_at + datetime.timedelta(days=300),
        ),
    )

    for person in (lead, officer):
        client.force_login(person)
        page = client.get("/en/")
        shown = page.context["start"]
        assert shown.cycles == [reflection.cycle, later.cycle]
        assert page.content.decode().count("The next cycle") == 2
