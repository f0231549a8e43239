"""Who else is here: shown for fifteen seconds, to the cluster alone, and holding up nobody."""

import datetime
import uuid

import pytest
from django.utils import timezone

from assessments.models import Presence
from assessments.selectors import room as selectors_room
from assessments.views.loading import reflection_url
from cdf_site.common import sessions
from organisations.models import AuditEvent, Profession
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

START = datetime.datetime(2030, 11, 5, 14, 0, tzinfo=datetime.UTC)
JSON = {"accept": "application/json"}


@pytest.fixture
def after(time_machine, reflection):
    """Moves the clock so many seconds after the start; the cycle is open then."""
    cycle = reflection.cycle
    cycle.opens_at = START - datetime.timedelta(days=1)
    cycle.closes_at = START + datetime.timedelta(days=1)
    cycle.save()

    def move(seconds):
        time_machine.move_to(START + datetime.timedelta(seconds=seconds), tick=False)

    move(0)
    return move


@pytest.fixture
def address(reflection):
    return reflection_url("presence_note", reflection)


def give_a_sign(client, address, by, *, place="LEVELS-1", page=None, **more):
    client.force_login(by)
    sent = {"page_id": page or uuid.uuid4(), "place": place} | more
    return client.post(address, sent, headers=JSON)


def seen_by(reflection, user):
    return [
        (here.name, here.profession, here.places)
        for here in selectors_room.here_now(reflection, user)
    ]


def test_others_are_listed_with_their_place(client, address, lead, contributor):
    contributor.memberships.update(profession=Profession.PHARMACY)
    give_a_sign(client, address, contributor)

    response = give_a_sign(client, address, lead, place="contents")

    assert response.json() == {
        "here": [
            {
                "name": str(contributor),
                "profession": "Pharmacy",
                "places": ["LEVELS-1"],
                "where": f"{abbreviation()}: Outcome 1",
            }
        ]
    }


def abbreviation():
    from frameworks.models import Module  # noqa: PLC0415

    return Module.objects.get(code="LEVELS").abbreviation


def test_one_is_not_here_oneself_nor_twice(
    client, address, reflection, lead, contributor
):
    for place in ("LEVELS-1", "context"):
        give_a_sign(client, address, contributor, place=place)

    assert seen_by(reflection, contributor) == []
    assert seen_by(reflection, lead) == [
        (str(contributor), "", ("LEVELS-1", "context"))
    ]


def test_gone_fifteen_seconds_after_the_last_sign(
    client, address, reflection, lead, contributor, after
):
    page = uuid.uuid4()
    give_a_sign(client, address, contributor, page=page)
    after(10)
    give_a_sign(client, address, contributor, page=page)

    seen = {}
    for seconds in (10, 24, 25, 26):
        after(seconds)
        seen[seconds] = len(seen_by(reflection, lead))

    assert seen == {10: 1, 24: 1, 25: 0, 26: 0}


def test_gone_at_once_when_the_page_says_so(
    client, address, reflection, lead, contributor
):
    page = uuid.uuid4()
    give_a_sign(client, address, contributor, page=page)

    response = give_a_sign(client, address, contributor, page=page, leave="1")

    assert (response.status_code, seen_by(reflection, lead)) == (204, [])


@pytest.mark.parametrize("signs", [0, 1])
def test_a_sign_read_after_the_page_was_left_brings_nobody_back(
    client, address, reflection, lead, contributor, after, signs
):
    page = uuid.uuid4()
    for _ in range(signs):
        give_a_sign(client, address, contributor, page=page)
    give_a_sign(client, address, contributor, page=page, leave="1")

    give_a_sign(client, address, contributor, page=page)

    assert seen_by(reflection, lead) == []
    after(16)
    give_a_sign(client, address, lead)
    assert list(Presence.objects.values_list("by__email", flat=True)) == [lead.email]


def test_nobody_takes_somebody_elses_page_away(
    client, address, reflection, lead, contributor
):
    page = uuid.uuid4()
    give_a_sign(client, address, contributor, page=page)

    give_a_sign(client, address, lead, page=page, leave="1")

    assert len(seen_by(reflection, lead)) == 1


def test_what_fell_silent_is_deleted_on_the_way(
    client, address, contributor, lead, after
):
    give_a_sign(client, address, contributor)
    after(16)

    give_a_sign(client, address, lead)

    assert list(Presence.objects.values_list("by__email", flat=True)) == [lead.email]


def test_other_clusters_know_nothing(
    client, address, reflection, stranger, officer, superuser, contributor
):
    give_a_sign(client, address, contributor)

    statuses = [
        give_a_sign(client, address, person).status_code
        for person in (stranger, officer, superuser)
    ]

    assert statuses == [404, 403, 404]
    assert Presence.objects.count() == 1


def test_a_sign_is_no_sign_of_a_person(client, address, lead, after):
    client.force_login(lead)
    client.get(reflection_of(address))
    seen = client.session[sessions.LAST_SEEN]
    after(120)

    client.post(address, {"page_id": uuid.uuid4(), "place": "contents"}, headers=JSON)

    assert client.session[sessions.LAST_SEEN] == seen


def reflection_of(address):
    return address.removesuffix("presence/")


def test_whoever_is_signed_out_is_told_so(client, address):
    response = client.post(
        address, {"page_id": uuid.uuid4(), "place": "contents"}, headers=JSON
    )

    assert response.status_code == 401


@pytest.mark.parametrize(
    "sent", [{"place": "contents"}, {"page_id": str(uuid.uuid4()), "place": "<b>"}]
)
def test_what_no_page_of_ours_sends_is_refused(client, address, lead, sent):
    client.force_login(lead)

    assert client.post(address, sent, headers=JSON).status_code == 400


def test_a_sign_writes_no_audit_and_takes_eight_queries(
    client, address, lead, contributor, django_assert_num_queries
):
    give_a_sign(client, address, contributor)
    page = uuid.uuid4()
    give_a_sign(client, address, lead, page=page)
    before = AuditEvent.objects.count()

    # Session, person, memberships, self-reflection; note, prune, who is here, modules.
    with django_assert_num_queries(8):
        client.post(address, {"page_id": page, "place": "contents"}, headers=JSON)

    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("others", [1, 3])
def test_who_is_here_takes_one_query_for_any_number(
    client, address, reflection, lead, cluster, django_assert_num_queries, others
):
    for _ in range(others):
        give_a_sign(client, address, UserFactory(contributor_to=cluster))
    lead.current_memberships  # asked for once a request  # noqa: B018

    with django_assert_num_queries(1):
        seen = selectors_room.here_now(reflection, lead)

    assert len(seen) == others


def test_the_page_says_who_is_here_without_a_script(
    client, address, reflection, lead, contributor
):
    give_a_sign(client, address, contributor)
    client.force_login(lead)

    html = client.get(reflection_url("reflection_detail", reflection)).content.decode()

    assert "Here now:" in html
    assert f"{contributor} ({abbreviation()}: Outcome 1)" in html
    assert timezone.now()


def test_a_page_of_own_views_tells_nobody(client, reflection, lead):
    client.force_login(lead)

    html = client.get(reflection_url("own_views_edit", reflection)).content.decode()

    assert 'id="presence"' not in html
