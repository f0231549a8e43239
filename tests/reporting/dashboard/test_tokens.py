"""Personal tokens: made, used, run out, taken back; and what their owner may no more."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from organisations.models import AuditEvent, Membership
from reporting.models import PersonalToken
from reporting.services import tokens as services
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
WHERE = reverse("api:scopes")


def make(by, name="R", lasts=30 * DAY):
    return services.make_token(name=name, lasts=lasts, by=by)


def ask(client, secret, where=WHERE):
    return client.get(where, headers={"Authorization": f"Bearer {secret}"})


def code(response):
    return response.status_code, response.json()["error"]["code"]


def test_a_token_opens_what_its_owner_may_read(client, cycle, lead):
    _token, secret = make(lead)

    assert ask(client, secret).status_code == 200


def test_the_secret_is_stored_nowhere(lead):
    token, secret = make(lead)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM reporting_personaltoken")
        stored = str(cursor.fetchall())
    events = str(list(AuditEvent.objects.values_list("details", flat=True)))
    assert secret not in stored + events
    assert secret.startswith(token.hint)
    assert token.secret_hash == services.hash_of(secret)
    assert token.secret_hash not in events


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({}, id="no header"),
        pytest.param({"Authorization": "Bearer"}, id="no token"),
        pytest.param({"Authorization": "Bearer cdf_unknown"}, id="unknown"),
        pytest.param({"Authorization": "Basic cdf_unknown"}, id="another scheme"),
    ],
)
def test_without_a_token_there_is_nothing(client, lead, header):
    make(lead)

    response = client.get(WHERE, headers=header)

    assert code(response) == (401, "unauthorised")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_session_opens_nothing(client, cycle, lead):
    client.force_login(lead)

    assert code(client.get(WHERE)) == (401, "unauthorised")


def test_the_hash_is_no_token(client, lead):
    token, _secret = make(lead)

    assert code(ask(client, token.secret_hash)) == (401, "unauthorised")


def test_it_runs_out(client, cycle, lead, monkeypatch):
    token, secret = make(lead, lasts=DAY)
    assert ask(client, secret).status_code == 200

    PersonalToken.objects.filter(pk=token.pk).update(
        created_at=timezone.now() - 2 * DAY, expires_at=timezone.now()
    )

    assert code(ask(client, secret)) == (401, "unauthorised")


def test_it_lasts_a_year_at_most(lead):
    with pytest.raises(ValueError, match="366 days"):
        make(lead, lasts=366 * DAY)


def test_it_can_be_revoked_and_is_at_once(client, cycle, lead):
    token, secret = make(lead)

    services.revoke_token(token=token, by=lead)
    revoked_at = PersonalToken.objects.get().revoked_at
    services.revoke_token(token=token, by=lead)

    assert code(ask(client, secret)) == (401, "unauthorised")
    assert PersonalToken.objects.get().revoked_at == revoked_at
    kinds = AuditEvent.objects.filter(subject_type="reporting.personaltoken")
    assert list(kinds.order_by("pk").values_list("kind", "by", "details__what")) == [
        ("added", lead.pk, "personal_token"),
        ("removed", lead.pk, "personal_token"),
    ]


def test_nobody_revokes_anothers(lead, national):
    token, _secret = make(lead)

    with pytest.raises(PermissionDenied):
        services.revoke_token(token=token, by=national)


def test_memberships_that_end_take_the_token_with_them(client, cycle, lead):
    _token, secret = make(lead)
    assert ask(client, secret).status_code == 200

    Membership.objects.filter(user=lead).update(ended_at=timezone.now())

    assert code(ask(client, secret)) == (403, "not_permitted")


def test_whoever_may_not_sign_in_reads_nothing(client, cycle, lead):
    _token, secret = make(lead)

    lead.is_active = False
    lead.save()

    assert code(ask(client, secret)) == (401, "unauthorised")


@pytest.mark.parametrize("person", ["translator", "administrator", "superuser"])
def test_who_is_nothing_to_a_cluster_holds_none(request, person):
    with pytest.raises(PermissionDenied):
        make(request.getfixturevalue(person))


def test_one_name_once(lead, national):
    token, _secret = make(lead)
    make(national)

    with pytest.raises(services.NameTaken):
        make(lead)
    services.revoke_token(token=token, by=lead)

    assert make(lead)


def test_so_many_and_no_more(lead):
    for number in range(services.MOST_AT_ONCE):
        make(lead, name=str(number))

    with pytest.raises(services.TooManyTokens):
        make(lead, name="one more")


def test_requests_in_a_minute(client, cycle, lead, monkeypatch):
    monkeypatch.setattr(services, "REQUESTS_A_MINUTE", 3)
    _token, secret = make(lead)
    _other, second = make(lead, name="another")

    statuses = [ask(client, secret).status_code for _ in range(4)]
    refused = ask(client, secret)

    assert statuses == [200, 200, 200, 429]
    assert code(refused) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert ask(client, second).status_code == 200  # each has its own
    PersonalToken.objects.update(minute_began_at=timezone.now() - services.A_MINUTE)
    assert ask(client, secret).status_code == 200


def test_its_last_use_is_written_once_a_minute(client, cycle, lead):
    _token, secret = make(lead)
    ask(client, secret)
    first = PersonalToken.objects.get().last_used_at

    ask(client, secret)

    assert PersonalToken.objects.get().last_used_at == first
    PersonalToken.objects.update(minute_began_at=first - services.A_MINUTE)
    ask(client, secret)
    assert PersonalToken.objects.get().last_used_at > first


# Pages ----------------------------------------------------------------------------------


def test_it_is_made_on_a_page_and_shown_once(client, lead):
    client.force_login(lead)

    made = client.post(reverse("tokens:token_make"), {"name": "Power BI", "days": "90"})

    token = PersonalToken.objects.get()
    secret = made.context["secret"]
    assert made.status_code == 200
    assert secret in made.content.decode()
    assert "no-store" in made.headers["Cache-Control"]
    assert services.hash_of(secret) == token.secret_hash
    assert token.expires_at - token.created_at == 90 * DAY
    listed = client.get(reverse("tokens:token_list")).content.decode()
    assert "Power BI" in listed
    assert secret not in listed


def test_the_form_sent_twice_makes_one(client, lead):
    client.force_login(lead)
    sent = {"name": "Power BI", "days": "90"}
    client.post(reverse("tokens:token_make"), sent)

    again = client.post(reverse("tokens:token_make"), sent)

    assert PersonalToken.objects.count() == 1
    assert list(again.context["form"].errors) == ["name"]


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"days": "90"}, ["name"]),
        ({"name": "x", "days": "366"}, ["days"]),
        ({"name": "x" * 101, "days": "30"}, ["name"]),
        ({"name": "x\x00", "days": "30"}, ["name"]),
    ],
)
def test_what_the_form_refuses(client, lead, sent, wrong):
    client.force_login(lead)

    page = client.post(reverse("tokens:token_make"), sent)

    assert list(page.context["form"].errors) == wrong
    assert PersonalToken.objects.count() == 0


def test_a_button_revokes_and_an_address_does_not(client, lead, national):
    token, _secret = make(lead)
    address = reverse("tokens:token_revoke", args=[token.pk])
    client.force_login(national)
    assert client.post(address).status_code == 404
    client.force_login(lead)
    assert client.get(address).status_code == 302
    assert PersonalToken.objects.get().revoked_at is None

    response = client.post(address)

    assert response.headers["Location"] == reverse("tokens:token_list")
    assert PersonalToken.objects.get().revoked_at is not None


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_list(client, lead, count):
    for number in range(count):
        make(lead, name=str(number))
    client.force_login(lead)

    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("tokens:token_list"))

    assert len(queries) == 4  # the session, the person, their roles, the tokens


def test_the_account_leads_to_the_tokens_of_those_who_may(client, lead):
    there = reverse("tokens:token_list")
    client.force_login(lead)
    assert there in client.get(reverse("account")).content.decode()
    client.force_login(UserFactory(email="nobody@example.test"))

    assert there not in client.get(reverse("account")).content.decode()
