"""Writing down who did what, and what is not written down."""

import json

import pytest
from django.db import transaction
from django.urls import reverse

from organisations.audit import record
from organisations.models import AuditEvent
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_an_event_says_who_what_and_about_which(lead, cluster):
    event = record(
        AuditEvent.Kind.CHANGED, by=lead, subject=cluster, fields=["name_cy"]
    )

    event.refresh_from_db()
    assert (
        event.kind,
        event.by,
        event.subject_type,
        event.subject_id,
        event.details,
    ) == (
        *("changed", lead, "organisations.cluster", str(cluster.pk)),
        {"fields": ["name_cy"]},
    )


def test_an_event_without_person_or_subject():
    event = record(AuditEvent.Kind.ORGANISATIONS_LOADED, by=None, added=3)

    event.refresh_from_db()
    assert (event.by, event.subject_type, event.subject_id, event.details) == (
        *(None, "", ""),
        {"added": 3},
    )


def test_a_detail_may_be_called_as_the_event_is(lead):
    event = record(AuditEvent.Kind.STATE_CHANGED, by=lead, kind="started")

    assert (event.kind, event.details) == ("state_changed", {"kind": "started"})


def test_an_event_is_undone_with_what_it_tells_of(lead):
    def change_that_fails():
        with transaction.atomic():
            record(AuditEvent.Kind.CHANGED, by=lead, subject=lead)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_that_fails()

    assert AuditEvent.objects.count() == 0


def test_the_newest_event_comes_first(lead):
    events = [record(AuditEvent.Kind.CHANGED, by=lead, number=n) for n in range(3)]

    assert list(AuditEvent.objects.all()) == events[::-1]


def test_changing_one_s_account_is_written_down(client, lead):
    client.force_login(lead)
    before = AuditEvent.objects.count()

    client.post(
        reverse("account"),
        {"name": "Lead, Afan", "language": "cy", "email_rhythm": "daily"},
    )

    events = AuditEvent.objects.order_by("pk")[before:]
    assert list(events.values_list("kind", "by", "subject_id", "details")) == [
        ("changed", lead.pk, str(lead.pk), {"fields": ["name"]}),
        ("support_needs_changed", lead.pk, str(lead.pk), {}),
    ]


def test_a_changed_password_is_written_down_and_not_kept(client):
    person = UserFactory(password="correct horse battery")
    client.force_login(person)
    new = "staple battery horse"

    response = client.post(
        reverse("password_change"),
        {
            "old_password": "correct horse battery",
            "new_password1": new,
            "new_password2": new,
        },
    )

    kept = json.dumps(list(AuditEvent.objects.values()), default=str)
    person.refresh_from_db()
    assert response.status_code == 302
    assert person.check_password(new)
    assert list(
        AuditEvent.objects.filter(kind="password_changed").values_list("by", "details")
    ) == [(person.pk, {})]
    assert "horse" not in kept
