"""Inviting, accepting, the lead's right for a time and for good, and leaving: the services."""

import datetime
import inspect
import re

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assessments import services as reflections
from assessments.models import Action
from assessments.selectors.people import people_of
from assessments.services import people as services
from notifications.models import Message
from organisations.models import AuditEvent, Invitation, Membership, Role, User
from organisations.permissions import Permission, holds
from tests.factories import MembershipFactory, UserFactory
from tests.steps import KNOWN, entry, invite, save, start, submit, words_of

pytestmark = pytest.mark.django_db

PASSWORD = "a staple in the stable"
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DEMONSTRATION = False


@pytest.fixture
def deputy(cluster, contributor):
    MembershipFactory(user=contributor, role=Role.DEPUTY_LEAD, cluster=cluster)
    return contributor


def fresh(user):
    return User.objects.get(pk=user.pk)


def roles(cluster):
    """Everybody's current roles in ``cluster``, by e-mail address."""
    return sorted(
        Membership.objects.current()
        .filter(cluster=cluster)
        .values_list("user__email", "role")
    )


def audited():
    return [
        (
            event.kind,
            event.by and event.by.email,
            event.details.get("change") or event.details.get("role"),
        )
        for event in AuditEvent.objects.order_by("pk")
    ]


def token_in(email):
    return re.search(r"/invitation/([^/]+)/", email.body)[1]


def accept_as_new(known=KNOWN, **more):
    said = {"name": "New", "language": "cy", "password": PASSWORD} | more
    return services.accept_as_new(token=known, **said)


def test_services_take_keywords_and_say_by_whom():
    offered = {
        name: inspect.signature(function).parameters
        for name, function in vars(services).items()
        if inspect.isfunction(function)
        and function.__module__ == services.__name__
        and not name.startswith("_")
        and name not in {"hash_of", "invitation_of"}
    }

    assert len(offered) == 13
    for name, parameters in offered.items():
        assert {p.kind for p in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
        assert name == "accept_as_new" or "by" in parameters


# Inviting -----------------------------------------------------------------------------------


def test_an_invitation_goes_out_with_a_link(
    cluster, lead, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        invitation = services.invite(
            cluster=cluster,
            email=" New@Example.TEST ",
            name="Ann",
            profession="pharmacy",
            language="cy",
            by=lead,
        )

    invitation.refresh_from_db()
    (email,) = mail.outbox
    assert email.to == ["new@example.test"]
    assert invitation.secret_hash == services.hash_of(token_in(email))
    assert len(token_in(email)) == 43
    assert token_in(email) not in str(list(Invitation.objects.values()))
    assert token_in(email) not in str(list(Message.objects.values()))
    assert token_in(email) not in str(list(AuditEvent.objects.values()))
    assert (invitation.role, invitation.profession, invitation.name) == (
        "contributor",
        "pharmacy",
        "Ann",
    )
    assert invitation.expires_at - invitation.invited_at == 14 * DAY
    assert audited() == [("added", lead.email, "contributor")]


@pytest.mark.parametrize(
    ("language", "known", "expected"),
    [("", None, "both"), ("en", None, "en"), ("", "cy", "cy"), ("en", "cy", "en")],
)
def test_the_language_of_an_invitation(cluster, lead, language, known, expected):
    if known:
        UserFactory(email="invited@example.test", language=known)

    invite(cluster, by=lead, language=language)

    assert Message.objects.get().language == expected


@pytest.mark.parametrize(
    "who",
    ["contributor", "stranger", "officer", "national", "administrator", "superuser"],
)
def test_only_a_lead_or_deputy_invites(cluster, lead, who, request):
    with pytest.raises(PermissionDenied):
        invite(cluster, by=request.getfixturevalue(who))

    assert (Invitation.objects.count(), Message.objects.count()) == (0, 0)


def test_a_deputy_invites(cluster, lead, deputy):
    assert invite(cluster, by=deputy).invited_by == deputy


def test_who_works_here_is_not_invited(cluster, lead, contributor):
    with pytest.raises(services.AlreadyHere):
        invite(cluster, by=lead, email="CONTRIBUTOR@example.test")


def test_nobody_is_invited_twice(cluster, lead):
    invite(cluster, by=lead)

    with pytest.raises(services.AlreadyInvited):
        invite(cluster, by=lead, known="another", email="Invited@example.test")

    assert Message.objects.count() == 1


def test_there_is_an_end_to_invitations(cluster, lead, monkeypatch):
    monkeypatch.setattr(services, "MOST_INVITATIONS", 1)
    invite(cluster, by=lead)

    with pytest.raises(services.TooManyInvitations):
        invite(cluster, by=lead, known="another", email="another@example.test")


def test_sent_again_it_has_a_new_link_and_a_new_time(
    cluster, lead, django_capture_on_commit_callbacks
):
    invitation = invite(cluster, by=lead)
    later = timezone.now() + 20 * DAY

    with time_machine.travel(later), django_capture_on_commit_callbacks(execute=True):
        services.resend(invitation=invitation, by=lead)
        services.resend(invitation=invitation, by=lead)  # pressed twice

    invitation.refresh_from_db()
    (email,) = mail.outbox
    assert invitation.secret_hash == services.hash_of(token_in(email))
    assert abs(invitation.expires_at - later - 14 * DAY) < datetime.timedelta(minutes=1)
    with pytest.raises(services.Expired):
        services.invitation_of(KNOWN)


def test_what_did_not_leave_is_sent_again_at_once(cluster, lead):
    invitation = invite(cluster, by=lead)
    Message.objects.update(error="OSError: no way out")

    services.resend(invitation=invitation, by=lead)

    assert Message.objects.count() == 2


def test_a_revoked_invitation_does_nothing(cluster, lead):
    invitation = invite(cluster, by=lead)

    services.revoke(invitation=invitation, by=lead)
    services.revoke(invitation=invitation, by=lead)

    with pytest.raises(services.Revoked):
        accept_as_new()
    with pytest.raises(services.Revoked):
        services.resend(invitation=invitation, by=lead)
    assert audited()[1:] == [("changed", lead.email, "revoked")]


def test_one_address_gets_five_invitations_a_day_and_no_more(cluster, lead):
    for number in range(5):
        invitation = invite(cluster, by=lead, known=f"{number}")
        services.revoke(invitation=invitation, by=lead)

    with pytest.raises(services.AskedTooOften):
        invite(cluster, by=lead)
    with pytest.raises(services.AskedTooOften):
        invite_next_lead(cluster, by=lead, email="INVITED@example.test")
    invite(cluster, by=lead, known="another", email="another@example.test")

    assert Message.objects.filter(address="invited@example.test").count() == 5
    with time_machine.travel(timezone.now() + DAY):
        assert invite(cluster, by=lead)


def test_sending_again_counts_too_and_what_did_not_leave_does_not(cluster, lead):
    invitation = invite(cluster, by=lead)
    for minutes in range(2, 12, 2):
        Message.objects.filter(sent_at=None).update(error="OSError: no way out")
        with time_machine.travel(timezone.now() + minutes * DAY / 24 / 60):
            services.resend(invitation=invitation, by=lead)
    Message.objects.update(error="")

    with (
        time_machine.travel(timezone.now() + DAY / 24),
        pytest.raises(services.AskedTooOften),
    ):
        services.resend(invitation=invitation, by=lead)

    assert Message.objects.count() == 6


def test_another_cluster_may_ask_the_same_person(
    cluster, lead, other_cluster, stranger
):
    for number in range(5):
        invitation = invite(cluster, by=lead, known=f"{number}")
        services.revoke(invitation=invitation, by=lead)

    assert invite(other_cluster, by=stranger)


@pytest.mark.parametrize("act", [services.resend, services.revoke])
@pytest.mark.parametrize("who", ["contributor", "stranger", "officer", "national"])
def test_only_a_lead_or_deputy_presses(cluster, lead, act, who, request):
    invitation = invite(cluster, by=lead)

    with pytest.raises(PermissionDenied):
        act(invitation=invitation, by=request.getfixturevalue(who))


# Accepting ----------------------------------------------------------------------------------


def test_a_new_person_gets_an_account_and_works_here(cluster, lead, reflection):
    invitation = invite(cluster, by=lead, profession="pharmacy")

    person = accept_as_new()

    invitation.refresh_from_db()
    assert (person.email, person.name, person.language) == (
        "invited@example.test",
        "New",
        "cy",
    )
    assert person.check_password(PASSWORD)
    assert roles(cluster) == [
        ("invited@example.test", "contributor"),
        ("lead@example.test", "cluster_lead"),
    ]
    assert Membership.objects.get(user=person).profession == "pharmacy"
    assert (invitation.accepted_by, invitation.accepted_at is None) == (person, False)
    save(reflection, entry(words_of(reflection), "Mine."), by=fresh(person))
    assert not holds(fresh(person), Permission.SUBMIT_REFLECTION, reflection)
    assert [kind for kind, *_ in audited()[:4]] == ["added"] * 2 + ["changed", "added"]


def test_somebody_with_an_account_accepts_with_it(cluster, lead, stranger):
    invite(cluster, by=lead, email=stranger.email)

    with pytest.raises(services.AccountExists):
        accept_as_new()
    services.accept(token=KNOWN, by=stranger)

    assert (stranger.email, "contributor") in roles(cluster)
    assert stranger.memberships.count() == 2


def test_nobody_accepts_for_another(cluster, lead, stranger):
    invite(cluster, by=lead)

    with pytest.raises(services.WrongPerson):
        services.accept(token=KNOWN, by=stranger)

    assert Invitation.objects.waiting().count() == 1


def test_a_link_works_once(cluster, lead, stranger):
    invite(cluster, by=lead, email=stranger.email)
    services.accept(token=KNOWN, by=stranger)

    with pytest.raises(services.Used):
        services.accept(token=KNOWN, by=stranger)

    assert stranger.memberships.filter(cluster=cluster).count() == 1


@pytest.mark.parametrize(("days", "refused"), [(13.9, False), (14.1, True)])
def test_a_link_works_for_a_time(cluster, lead, days, refused):
    invite(cluster, by=lead)

    with time_machine.travel(timezone.now() + days * DAY):
        if refused:
            with pytest.raises(services.Expired):
                accept_as_new()
        else:
            accept_as_new()

    assert User.objects.filter(email="invited@example.test").exists() is not refused


def test_an_unknown_link_is_as_an_old_one():
    with pytest.raises(services.Expired):
        services.invitation_of("no-such-token")


def test_who_works_here_meanwhile_gets_no_second_membership(cluster, lead, stranger):
    invite(cluster, by=lead, email=stranger.email)
    MembershipFactory(user=stranger, role=Role.CONTRIBUTOR, cluster=cluster)

    services.accept(token=KNOWN, by=stranger)

    assert stranger.memberships.filter(cluster=cluster).count() == 1


# A deputy -----------------------------------------------------------------------------------


def test_a_deputy_has_the_leads_right_until_the_end_of_a_day(
    reflection, cluster, lead, contributor, django_capture_on_commit_callbacks
):
    start(reflection, by=lead)
    until = timezone.localdate() + 10 * DAY

    with django_capture_on_commit_callbacks(execute=True):
        services.nominate_deputy(
            cluster=cluster, person=contributor, until=until, by=lead
        )

    assert holds(fresh(contributor), Permission.SUBMIT_REFLECTION, reflection)
    assert [email.to for email in mail.outbox] == [[contributor.email]]
    with time_machine.travel(timezone.now() + 9.9 * DAY):
        assert holds(fresh(contributor), Permission.MANAGE_PEOPLE, cluster)
    with time_machine.travel(timezone.now() + 11 * DAY):
        assert not holds(fresh(contributor), Permission.MANAGE_PEOPLE, cluster)
        assert holds(fresh(contributor), Permission.VIEW_PEOPLE, cluster)


def test_named_again_a_deputy_gets_another_day(cluster, lead, contributor):
    today = timezone.localdate()
    for days in (10, 10, 20):
        services.nominate_deputy(
            cluster=cluster, person=contributor, until=today + days * DAY, by=lead
        )

    deputies = contributor.memberships.filter(role=Role.DEPUTY_LEAD)
    assert [one.ends_on for one in deputies] == [today + 20 * DAY]
    assert Message.objects.count() == 2


@pytest.mark.parametrize("days", [-1, 91])
def test_a_deputy_s_time_is_short(cluster, lead, contributor, days):
    with pytest.raises(services.WrongDate):
        services.nominate_deputy(
            cluster=cluster,
            person=contributor,
            until=timezone.localdate() + days * DAY,
            by=lead,
        )


@pytest.mark.parametrize(
    "who", ["contributor", "deputy", "stranger", "officer", "national"]
)
def test_only_the_lead_names_and_ends_a_deputy(
    cluster, lead, contributor, who, request
):
    by = fresh(request.getfixturevalue(who))

    with pytest.raises(PermissionDenied):
        services.nominate_deputy(
            cluster=cluster, person=contributor, until=timezone.localdate(), by=by
        )
    with pytest.raises(PermissionDenied):
        services.end_deputy(cluster=cluster, person=contributor, by=by)


def test_only_a_contributor_becomes_a_deputy(cluster, lead, stranger):
    with pytest.raises(services.NotHere):
        services.nominate_deputy(
            cluster=cluster, person=stranger, until=timezone.localdate(), by=lead
        )


def test_a_deputy_s_right_ends_early(cluster, lead, deputy):
    services.end_deputy(cluster=cluster, person=deputy, by=lead)
    services.end_deputy(cluster=cluster, person=deputy, by=lead)

    assert roles(cluster) == [
        (deputy.email, "contributor"),
        (lead.email, "cluster_lead"),
    ]


def test_a_deputy_and_nothing_else_becomes_a_contributor(cluster, lead):
    deputy = MembershipFactory(role=Role.DEPUTY_LEAD, cluster=cluster).user

    services.end_deputy(cluster=cluster, person=deputy, by=lead)

    assert (deputy.email, "contributor") in roles(cluster)


# Handing over -------------------------------------------------------------------------------


@pytest.mark.parametrize("leaves", [True, False])
def test_a_contributor_becomes_the_lead_at_once(cluster, lead, deputy, leaves):
    services.hand_over(cluster=cluster, person=deputy, leaves=leaves, by=lead)

    stays = [] if leaves else [(lead.email, "contributor")]
    assert roles(cluster) == [(deputy.email, "cluster_lead"), *stays]
    assert Membership.objects.filter(cluster=cluster).count() == 5 - leaves
    assert Message.objects.get().recipient == deputy


def test_handing_over_twice_does_it_once(cluster, lead, contributor):
    services.hand_over(cluster=cluster, person=contributor, leaves=False, by=lead)

    with pytest.raises(PermissionDenied):  # the same request's person, as read before
        services.hand_over(cluster=cluster, person=contributor, leaves=False, by=lead)

    assert [role for _, role in roles(cluster)] == ["cluster_lead", "contributor"]


@pytest.mark.parametrize(
    "who", ["contributor", "deputy", "stranger", "officer", "national"]
)
def test_only_the_lead_hands_over(cluster, lead, contributor, who, request):
    by = fresh(request.getfixturevalue(who))

    with pytest.raises(PermissionDenied):
        services.hand_over(cluster=cluster, person=contributor, leaves=False, by=by)
    with pytest.raises(PermissionDenied):
        services.invite_next_lead(cluster=cluster, email="next@example.test", by=by)


def test_nobody_from_elsewhere_leads_at_once(cluster, lead, stranger):
    with pytest.raises(services.NotHere):
        services.hand_over(cluster=cluster, person=stranger, leaves=False, by=lead)


def invite_next_lead(cluster, *, by, email="next@example.test", **said):
    invitation = services.invite_next_lead(cluster=cluster, email=email, by=by, **said)
    Invitation.objects.filter(pk=invitation.pk).update(
        secret_hash=services.hash_of(KNOWN)
    )
    return invitation


@pytest.mark.parametrize("leaves", [True, False])
def test_an_invited_lead_leads_once_they_accept(cluster, lead, leaves):
    invite_next_lead(cluster, by=lead, leaves=leaves)
    assert roles(cluster) == [(lead.email, "cluster_lead")]

    accept_as_new()

    stays = [] if leaves else [(lead.email, "contributor")]
    assert roles(cluster) == [*stays, ("next@example.test", "cluster_lead")]


def test_one_next_lead_is_invited_at_a_time(cluster, lead, contributor):
    first = invite_next_lead(cluster, by=lead)
    services.invite_next_lead(cluster=cluster, email="another@example.test", by=lead)
    with pytest.raises(services.Revoked):
        accept_as_new()

    services.hand_over(cluster=cluster, person=contributor, leaves=False, by=lead)

    assert first.email == "next@example.test"
    assert Invitation.objects.waiting().count() == 0


def test_a_next_lead_who_contributes_leads_at_once(cluster, lead, contributor):
    done = services.invite_next_lead(cluster=cluster, email=contributor.email, by=lead)

    assert done is None
    assert (contributor.email, "cluster_lead") in roles(cluster)


def test_an_invitation_of_somebody_who_leads_no_longer_is_void(
    cluster, lead, contributor
):
    invite_next_lead(cluster, by=lead)
    Membership.objects.filter(user=lead).update(ended_at=timezone.now())
    MembershipFactory(user=contributor, cluster=cluster)

    with pytest.raises(services.Revoked):
        accept_as_new()

    assert not User.objects.filter(email="next@example.test").exists()


def test_an_old_invitation_to_lead_is_void_once_somebody_else_leads(
    cluster, lead, contributor
):
    with time_machine.travel(timezone.now() - 20 * DAY):
        invitation = invite_next_lead(cluster, by=lead, leaves=True)

    services.hand_over(cluster=cluster, person=contributor, leaves=False, by=lead)

    with pytest.raises(services.Revoked):
        services.resend(invitation=invitation, by=contributor)


def test_sent_again_by_another_lead_an_invitation_is_theirs(
    cluster, lead, django_capture_on_commit_callbacks
):
    second = UserFactory(lead_of=cluster)
    with time_machine.travel(timezone.now() - 20 * DAY):
        invitation = invite_next_lead(cluster, by=lead, leaves=True)
    services.leave(cluster=cluster, by=lead)

    with django_capture_on_commit_callbacks(execute=True):
        services.resend(invitation=invitation, by=second)
    accept_as_new(token_in(mail.outbox[-1]))

    assert roles(cluster) == [
        ("next@example.test", "cluster_lead"),
        (second.email, "contributor"),
    ]


def test_what_a_lead_asked_holds_under_the_next_one(cluster, lead, contributor):
    invitation = invite(cluster, by=lead)

    services.hand_over(cluster=cluster, person=contributor, leaves=True, by=lead)

    invitation.refresh_from_db()
    assert invitation.invited_by == contributor
    assert audited()[-1] == ("changed", lead.email, "taken over")
    accept_as_new()
    assert ("invited@example.test", "contributor") in roles(cluster)


def test_the_board_s_officer_finds_a_lead_where_there_is_none(cluster, officer):
    invite_next_lead(cluster, by=officer)

    accept_as_new()

    assert roles(cluster) == [("next@example.test", "cluster_lead")]
    with pytest.raises(PermissionDenied):
        services.invite_next_lead(
            cluster=cluster, email="third@example.test", by=officer
        )


def test_a_lead_who_cannot_sign_in_leads_nobody(cluster, lead, officer, other_officer):
    User.objects.filter(pk=lead.pk).update(is_active=False)

    with pytest.raises(PermissionDenied):
        services.invite_next_lead(
            cluster=cluster, email="a@example.test", by=other_officer
        )

    assert services.invite_next_lead(
        cluster=cluster, email="a@example.test", by=officer
    )


def test_the_lead_is_not_their_own_successor(cluster, lead):
    with pytest.raises(services.AlreadyHere):
        services.invite_next_lead(cluster=cluster, email=lead.email, by=lead)


# Leaving ------------------------------------------------------------------------------------


def test_who_is_removed_no_longer_reads_and_what_they_wrote_stays(
    reflection, cluster, lead, contributor
):
    subject = words_of(reflection)
    save(reflection, entry(subject, "Theirs."), by=contributor)

    services.remove(cluster=cluster, person=contributor, by=lead)
    services.remove(cluster=cluster, person=contributor, by=lead)

    assert not holds(fresh(contributor), Permission.READ_ANSWERS, reflection)
    assert reflection.answers.get().text == "Theirs."
    assert reflection.answers.get().versions.get().by == contributor
    assert contributor.memberships.filter(ended_at__isnull=False).count() == 1
    assert audited()[-1] == ("changed", lead.email, "ended")


def test_a_deputy_removes_contributors_and_no_deputies_or_leads(cluster, lead, deputy):
    other = UserFactory(contributor_to=cluster)
    second = UserFactory(contributor_to=cluster)
    MembershipFactory(user=second, role=Role.DEPUTY_LEAD, cluster=cluster)

    services.remove(cluster=cluster, person=other, by=deputy)
    for person in (second, lead):
        with pytest.raises(services.OutOfReach):
            services.remove(cluster=cluster, person=person, by=deputy)
    services.remove(cluster=cluster, person=second, by=lead)

    assert {email for email, _ in roles(cluster)} == {lead.email, deputy.email}


@pytest.mark.parametrize("who", ["contributor", "stranger", "officer", "national"])
def test_only_a_lead_or_deputy_removes_and_restores(cluster, lead, who, request):
    other = UserFactory(contributor_to=cluster)
    by = request.getfixturevalue(who)

    for act in (services.remove, services.restore):
        with pytest.raises(PermissionDenied):
            act(cluster=cluster, person=other, by=by)


def test_no_invitation_leads_back_who_was_removed(cluster, lead, stranger):
    invite(cluster, by=lead, email=stranger.email)
    MembershipFactory(user=stranger, role=Role.CONTRIBUTOR, cluster=cluster)

    services.remove(cluster=cluster, person=stranger, by=lead)

    with pytest.raises(services.Revoked):
        services.accept(token=KNOWN, by=stranger)
    assert audited()[-1] == ("changed", lead.email, "revoked")


def test_whom_a_removed_person_asked_does_not_come(cluster, lead, deputy):
    invitation = invite(cluster, by=deputy)
    theirs = invite(cluster, by=lead, known="another", email="another@example.test")

    services.remove(cluster=cluster, person=deputy, by=lead)

    invitation.refresh_from_db()
    assert invitation.revoked_at is not None
    assert list(Invitation.objects.waiting()) == [theirs]


def test_an_invitation_of_another_cluster_stands(
    cluster, lead, contributor, other_cluster, stranger
):
    theirs = invite(other_cluster, by=stranger, email=contributor.email)

    services.remove(cluster=cluster, person=contributor, by=lead)

    assert list(Invitation.objects.waiting()) == [theirs]


@pytest.mark.parametrize("goes", ["removed", "leaves"])
def test_what_begins_later_ends_too(cluster, lead, contributor, goes):
    today = timezone.localdate()
    MembershipFactory(
        user=contributor, role=Role.CONTRIBUTOR, cluster=cluster, starts_on=today + DAY
    )
    lapsed = MembershipFactory(
        user=contributor,
        role=Role.DEPUTY_LEAD,
        cluster=cluster,
        starts_on=today - 9 * DAY,
        ends_on=today - 5 * DAY,
    )

    if goes == "removed":
        services.remove(cluster=cluster, person=contributor, by=lead)
    else:
        services.leave(cluster=cluster, by=contributor)

    assert list(contributor.memberships.filter(ended_at=None)) == [lapsed]
    with time_machine.travel(timezone.now() + 2 * DAY):
        assert roles(cluster) == [(lead.email, "cluster_lead")]


def test_a_deputy_does_not_remove_who_will_be_one(cluster, lead, deputy):
    other = UserFactory(contributor_to=cluster)
    MembershipFactory(
        user=other,
        role=Role.DEPUTY_LEAD,
        cluster=cluster,
        starts_on=timezone.localdate() + DAY,
    )

    with pytest.raises(services.OutOfReach):
        services.remove(cluster=cluster, person=other, by=deputy)


def test_who_leaves_is_asked_anew(cluster, lead, stranger):
    invite(cluster, by=lead, email=stranger.email)
    MembershipFactory(user=stranger, role=Role.CONTRIBUTOR, cluster=cluster)

    services.leave(cluster=cluster, by=stranger)

    with pytest.raises(services.Revoked):
        services.accept(token=KNOWN, by=stranger)


def end_by_the_lead(cluster, deputy, lead):
    services.end_deputy(cluster=cluster, person=deputy, by=lead)


def end_by_its_day(cluster, deputy, lead):
    yesterday = timezone.localdate() - DAY
    Membership.objects.filter(user=deputy, role=Role.DEPUTY_LEAD).update(
        starts_on=yesterday, ends_on=yesterday
    )


def end_by_lock_out(cluster, deputy, lead):
    User.objects.filter(pk=deputy.pk).update(is_active=False)


@pytest.mark.parametrize("end", [end_by_the_lead, end_by_its_day, end_by_lock_out])
def test_what_a_deputy_asked_waits_for_the_lead_once_their_right_has_ended(
    cluster, lead, deputy, end, django_capture_on_commit_callbacks
):
    invitation = invite(cluster, by=deputy)

    end(cluster, deputy, lead)

    with pytest.raises(services.Revoked):
        services.invitation_of(KNOWN)
    with pytest.raises(services.Revoked):
        accept_as_new()
    (asked,) = people_of(cluster, reader=fresh(lead)).asked
    assert asked.is_expired
    with (
        time_machine.travel(timezone.now() + DAY / 24),
        django_capture_on_commit_callbacks(execute=True),
    ):
        services.resend(invitation=invitation, by=lead)
    accept_as_new(token_in(mail.outbox[-1]))
    assert ("invited@example.test", "contributor") in roles(cluster)


def test_a_deputy_s_time_that_is_over_does_not_keep_anybody_away(
    cluster, lead, contributor
):
    today = timezone.localdate()
    MembershipFactory(
        user=contributor,
        role=Role.DEPUTY_LEAD,
        cluster=cluster,
        starts_on=today - 10 * DAY,
        ends_on=today - 8 * DAY,
    )
    services.remove(cluster=cluster, person=contributor, by=lead)

    (left,) = people_of(cluster, reader=fresh(lead)).left
    services.restore(cluster=cluster, person=contributor, by=lead)

    assert (left.user, left.on, left.may_be_restored) == (contributor, today, True)
    assert (contributor.email, "contributor") in roles(cluster)


def test_whose_time_was_over_is_asked_whatever_ended_before(cluster, lead, contributor):
    services.remove(cluster=cluster, person=contributor, by=lead)
    today = timezone.localdate()
    Membership.objects.filter(user=contributor).update(
        ended_at=timezone.now() - 5 * DAY
    )
    MembershipFactory(
        user=contributor,
        role=Role.CONTRIBUTOR,
        cluster=cluster,
        starts_on=today - 4 * DAY,
        ends_on=today - DAY,
    )

    (left,) = people_of(cluster, reader=fresh(lead)).left

    assert (left.on, left.may_be_restored) == (today - DAY, False)
    with pytest.raises(services.NotHere):
        services.restore(cluster=cluster, person=contributor, by=lead)


def test_who_left_is_taken_back_with_their_profession(cluster, lead):
    person = MembershipFactory(
        role=Role.CONTRIBUTOR, cluster=cluster, profession="dental"
    ).user
    services.remove(cluster=cluster, person=person, by=lead)

    services.restore(cluster=cluster, person=person, by=lead)
    services.restore(cluster=cluster, person=person, by=lead)

    rows = person.memberships.order_by("pk").values_list("profession", "ended_at")
    assert [(profession, ended is None) for profession, ended in rows] == [
        ("dental", False),
        ("dental", True),
    ]


def test_who_left_long_ago_is_asked_instead(cluster, lead, contributor):
    services.remove(cluster=cluster, person=contributor, by=lead)

    with (
        time_machine.travel(timezone.now() + 31 * DAY),
        pytest.raises(services.NotHere),
    ):
        services.restore(cluster=cluster, person=contributor, by=lead)


def test_nobody_from_elsewhere_is_taken_back(cluster, lead, stranger):
    with pytest.raises(services.NotHere):
        services.restore(cluster=cluster, person=stranger, by=lead)


def test_people_leave_and_the_last_lead_does_not(cluster, lead, deputy):
    services.leave(cluster=cluster, by=deputy)
    with pytest.raises(services.LastLead):
        services.leave(cluster=cluster, by=lead)
    MembershipFactory(cluster=cluster)
    services.leave(cluster=cluster, by=lead)

    assert [role for _, role in roles(cluster)] == ["cluster_lead"]


def action_of(reflection, owner):
    return Action.objects.create(
        reflection=reflection, text="To do.", language="en", owner=owner, added_by=owner
    )


def test_an_action_gets_another_owner(reflection, cluster, lead, contributor):
    action = action_of(reflection, contributor)
    services.remove(cluster=cluster, person=contributor, by=lead)

    services.give_action(action=action, person=lead, by=lead)

    action.refresh_from_db()
    assert action.owner == lead
    assert audited()[-1] == ("changed", lead.email, None)


def test_an_action_goes_to_somebody_who_is_here_by_somebody_who_may(
    reflection, lead, contributor, stranger
):
    action = action_of(reflection, contributor)

    with pytest.raises(services.NotHere):
        services.give_action(action=action, person=stranger, by=lead)
    with pytest.raises(PermissionDenied):
        services.give_action(action=action, person=lead, by=contributor)


# What others are told -------------------------------------------------------------------------


def told(kind):
    rows = Message.objects.filter(kind=kind).order_by("address")
    return list(rows.values_list("address", flat=True))


def test_the_board_s_officers_are_told_of_a_submission(
    reflection, lead, officer, other_officer, national, board
):
    second = UserFactory(email="second@example.test", officer_of=board)
    MembershipFactory(user=second, role=Role.HEALTH_BOARD_OFFICER, health_board=board)
    UserFactory(officer_of=board, is_active=False)
    start(reflection, by=lead)

    submit(reflection, by=lead)

    assert told("submitted") == [officer.email, second.email]


def test_leads_and_deputies_are_told_of_a_return(
    reflection, lead, deputy, officer, cluster
):
    UserFactory(contributor_to=cluster)
    start(reflection, by=lead)
    submit(reflection, by=lead)

    reflections.return_reflection(
        reflection=reflection, by=officer, reason="Dirgelwch.", language="cy"
    )

    message = Message.objects.filter(kind="returned").first()
    assert told("returned") == sorted([lead.email, deputy.email])
    assert "Dirgelwch" not in str(message.facts)


def test_leads_are_told_of_an_extension(reflection, lead, officer):
    reflections.grant_extension(
        reflection=reflection,
        closes_at=reflection.cycle.closes_at + DAY,
        reason="Snow.",
        language="en",
        by=officer,
    )

    assert told("extension_granted") == [lead.email]
