"""Several people at once among the people of a cluster, each with a connection of their own."""

import time

import pytest
from django.core.exceptions import PermissionDenied

from assessments.services import people as services
from notifications.models import Message
from organisations.models import AuditEvent, Invitation, Membership, Role, User
from tests.assessments.test_concurrency import at_once, fresh, person
from tests.factories import UserFactory
from tests.steps import KNOWN, invite, start, submit

pytestmark = pytest.mark.django_db(transaction=True)

PRESSES = 6


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pressed(act, *refusals):
    try:
        act()
    except refusals:
        return False
    return True


def current(cluster):
    return sorted(
        Membership.objects.current()
        .filter(cluster=cluster)
        .values_list("user__email", "role")
    )


def test_two_clicks_on_accept_make_one_account(cluster, lead):
    invite(cluster, by=lead)

    def press():
        return pressed(
            lambda: services.accept_as_new(
                token=KNOWN,
                name="Ann",
                language="cy",
                password="a staple in the stable",
            ),
            services.Used,
            services.AccountExists,
        )

    results = at_once(*[press] * PRESSES)

    assert sum(results) == 1
    assert User.objects.filter(email="invited@example.test").count() == 1
    assert current(cluster) == [
        ("invited@example.test", "contributor"),
        (lead.email, "cluster_lead"),
    ]


def test_two_clusters_that_ask_one_new_person_make_one_account(
    cluster, lead, other_cluster, stranger, monkeypatch
):
    invite(cluster, by=lead, known="one")
    invite(other_cluster, by=stranger, known="two")
    accept = services._accept

    def accept_slowly(*args):  # the other one looks for the account meanwhile
        time.sleep(0.3)
        return accept(*args)

    monkeypatch.setattr(services, "_accept", accept_slowly)

    def press(token):
        return lambda: pressed(
            lambda: services.accept_as_new(
                token=token,
                name="Ann",
                language="cy",
                password="a staple in the stable",
            ),
            services.AccountExists,
        )

    results = at_once(press("one"), press("two"))

    ann = User.objects.get(email="invited@example.test")
    assert sorted(results) == [False, True]
    assert ann.memberships.count() == 1
    assert Invitation.objects.waiting().count() == 1


def test_two_clicks_on_accept_make_one_membership(cluster, lead, stranger):
    invite(cluster, by=lead, email=stranger.email)

    results = at_once(
        *[
            lambda: pressed(
                lambda: services.accept(token=KNOWN, by=person(stranger)), services.Used
            )
        ]
        * PRESSES
    )

    assert sum(results) == 1
    assert stranger.memberships.filter(cluster=cluster).count() == 1


def test_accepting_and_revoking_exclude_each_other(cluster, lead, stranger):
    invitation = invite(cluster, by=lead, email=stranger.email)

    accepted, revoked = at_once(
        lambda: pressed(
            lambda: services.accept(token=KNOWN, by=person(stranger)), services.Revoked
        ),
        lambda: pressed(
            lambda: services.revoke(invitation=invitation, by=person(lead)),
            services.Used,
        ),
    )

    assert accepted != revoked
    assert stranger.memberships.filter(cluster=cluster).exists() == accepted


def test_an_invitation_pressed_at_once_is_one(cluster, lead):
    def press():
        return pressed(
            lambda: services.invite(
                cluster=cluster, email="new@example.test", by=person(lead)
            ),
            services.AlreadyInvited,
        )

    results = at_once(*[press] * PRESSES)

    assert sum(results) == 1
    assert (Invitation.objects.count(), Message.objects.count()) == (1, 1)


def test_handing_over_to_two_makes_one_lead(cluster, lead):
    nexts = [UserFactory(contributor_to=cluster) for _ in range(4)]

    def hand_over_to(next_lead):
        return lambda: pressed(
            lambda: services.hand_over(
                cluster=cluster, person=next_lead, leaves=False, by=person(lead)
            ),
            PermissionDenied,
        )

    results = at_once(*map(hand_over_to, nexts))

    roles = [role for _, role in current(cluster)]
    assert sum(results) == 1
    assert (roles.count("cluster_lead"), roles.count("contributor")) == (1, 4)


def test_two_leads_who_leave_at_once_leave_one(cluster, lead):
    second = UserFactory(lead_of=cluster)

    results = at_once(
        *(
            lambda by=by: pressed(
                lambda: services.leave(cluster=cluster, by=person(by)),
                services.LastLead,
            )
            for by in (lead, second)
        )
    )

    assert sum(results) == 1
    assert [role for _, role in current(cluster)] == [Role.CLUSTER_LEAD]


def test_a_removal_pressed_at_once_ends_one_membership_once(cluster, lead, contributor):
    at_once(
        *[lambda: services.remove(cluster=cluster, person=contributor, by=person(lead))]
        * PRESSES
    )

    ended = AuditEvent.objects.filter(kind="changed", details__change="ended")
    assert ended.count() == 1


def test_submitting_at_once_tells_each_officer_once(reflection, lead, officer):
    User.objects.filter(pk=officer.pk).update(email_rhythm=User.Rhythm.AT_ONCE)
    start(reflection, by=lead)

    at_once(
        *[
            lambda: pressed(
                lambda: submit(fresh(reflection), by=person(lead)), PermissionDenied
            )
        ]
        * PRESSES
    )

    messages = Message.objects.filter(kind="submitted")
    assert [message.address for message in messages] == [officer.email]
    assert messages.get().sent_at is not None
