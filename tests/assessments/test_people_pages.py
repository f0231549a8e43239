"""The pages of a cluster's people, and the page behind an invitation's link."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import Action
from assessments.services import people as services
from notifications.models import Message
from organisations.models import Invitation, Membership, Role, User
from tests.factories import ClusterFactory, MembershipFactory, UserFactory
from tests.pseudo import stored_texts, untranslated, use_pseudo_language
from tests.steps import KNOWN, invite
from tests.test_home import words_of

pytestmark = pytest.mark.django_db

PASSWORD = "a staple in the stable"
LONG_ADDRESS = f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}.test"  # 309 characters
ACCOUNT = {
    "name": "Ann",
    "language": "en",
    "new_password1": PASSWORD,
    "new_password2": PASSWORD,
}


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DEMONSTRATION = False


def at(name, cluster, **more):
    return reverse(f"people:{name}", kwargs={"cluster": cluster.code} | more)


def current(cluster, user):
    memberships = Membership.objects.current().filter(cluster=cluster, user=user)
    return sorted(memberships.values_list("role", flat=True))


# The list -----------------------------------------------------------------------------------


def test_the_lead_sees_everybody_and_what_can_be_done(
    client, cluster, lead, contributor
):
    MembershipFactory(
        user=contributor,
        role=Role.DEPUTY_LEAD,
        cluster=cluster,
        profession="optometry",
        ends_on=timezone.localdate(),
    )
    invite(cluster, by=lead, name="Bob")
    client.force_login(lead)

    page = words_of(client.get(at("people_list", cluster)))

    today = f"{timezone.localdate():%-d %B %Y}"
    assert f"{contributor.name} </p>" in page
    assert "Deputy cluster lead · Optometry" in page
    assert f"deputy until the end of {today}" in page
    assert "invited@example.test" in page
    for words in (
        "Invite a contributor",
        "Hand over to the next lead",
        "End the lead's right",
    ):
        assert words in page


@pytest.mark.parametrize("who", ["contributor", "officer"])
def test_others_see_the_list_only(
    client, cluster, lead, contributor, officer, who, request
):
    invite(cluster, by=lead)
    client.force_login(request.getfixturevalue(who))

    page = words_of(client.get(at("people_list", cluster)))

    assert contributor.name in page
    for words in (
        "invited@example.test",
        "Invite a",
        "Hand over",
        "Remove",
        "Withdraw",
    ):
        assert words not in page


def test_a_cluster_without_lead_says_so(client, cluster, contributor, officer):
    pages = {}
    for person in (contributor, officer):
        client.force_login(person)
        pages[person] = words_of(client.get(at("people_list", cluster)))
        assert "Nobody leads this cluster at the moment." in pages[person]

    assert "Invite a lead" not in pages[contributor]
    assert "Invite a lead" in pages[officer]


@pytest.mark.parametrize("count", [1, 3])
def test_queries(client, cluster, reflection, lead, django_assert_num_queries, count):
    for number in range(count):
        UserFactory(contributor_to=cluster)
        gone = UserFactory(contributor_to=cluster)
        services.remove(cluster=cluster, person=gone, by=lead)
        invite(cluster, by=lead, known=f"{number}", email=f"{number}@example.test")
        Action.objects.create(
            reflection=reflection,
            text="To do.",
            language="en",
            owner=gone,
            added_by=lead,
        )
    client.force_login(lead)
    client.get(at("people_list", cluster))

    with django_assert_num_queries(9):
        page = client.get(at("people_list", cluster))

    people = page.context["people"]
    assert [
        len(part) for part in (people.here, people.left, people.asked, people.actions)
    ] == [
        count + 1,
        count,
        count,
        count,
    ]


def test_the_list_is_linked_from_the_self_reflection_and_the_start(
    client, cluster, reflection, lead, officer
):
    link = f'href="{at("people_list", cluster)}"'
    client.force_login(lead)

    contents = client.get(
        reverse("assessments:reflection_detail", args=["2030", "afan"])
    )

    assert link in contents.content.decode()
    assert link in client.get(reverse("home")).content.decode()
    client.force_login(officer)
    assert link not in client.get(reverse("home")).content.decode()


def test_the_officer_s_start_names_clusters_without_lead(
    client, cycle, board, officer, cluster, lead
):
    leaderless = ClusterFactory(health_board=board)
    ClusterFactory()  # of another board
    client.force_login(officer)

    page = client.get(reverse("home"))

    assert page.context["start"].boards[0].without_lead == [leaderless]
    assert at("people_list", leaderless) in page.content.decode()


# Inviting -----------------------------------------------------------------------------------


def test_inviting_leads_back_to_the_list(client, cluster, lead):
    client.force_login(lead)

    page = client.post(
        at("person_invite", cluster),
        {
            "email": "New@example.test",
            "name": "",
            "profession": "pharmacy",
            "language": "",
        },
        follow=True,
    )

    invitation = Invitation.objects.get()
    assert page.redirect_chain == [(at("people_list", cluster), 302)]
    assert "The invitation is on its way." in words_of(page)
    assert (invitation.email, invitation.profession) == ("new@example.test", "pharmacy")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Enter the person's e-mail address."),
        (
            {"email": "contributor@example.test"},
            "This person works in the cluster already.",
        ),
        ({"email": "invited@example.test"}, "This person was invited already."),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"email": LONG_ADDRESS}, "The e-mail address is too long."),
    ],
)
def test_what_cannot_be_sent(client, cluster, lead, contributor, data, sentence):
    invite(cluster, by=lead)
    client.force_login(lead)

    page = client.post(at("person_invite", cluster), {"name": "Ann"} | data)

    assert sentence in words_of(page)
    assert 'value="Ann"' in page.content.decode()
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("name", ["person_invite", "hand_over", "deputy_nominate"])
def test_the_other_language_keeps_what_is_typed(
    client, cluster, lead, contributor, name
):
    client.force_login(lead)
    typed = {
        "email": "half@",
        "person": str(contributor.pk),
        "until_day": "3x",
        "switch_to": "cy",
    }

    page = client.post(at(name, cluster).replace("/en/", "/cy/"), typed)

    html = page.content.decode()
    kept = {"person_invite": "half@", "hand_over": "half@", "deputy_nominate": "3x"}[
        name
    ]
    assert f'value="{kept}"' in html
    assert "nhsuk-error-summary" not in html
    assert 'lang="cy"' in html
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize("name", ["lead_invite", "hand_over"])
def test_a_next_lead_s_address_is_no_longer_than_fits(
    client, cluster, officer, name, request
):
    by = officer if name == "lead_invite" else request.getfixturevalue("lead")
    client.force_login(by)
    said = {"person": "other", "afterwards": "leave", "confirmed": "1"}

    page = client.post(at(name, cluster), said | {"email": LONG_ADDRESS})

    assert "The e-mail address is too long." in words_of(page)
    assert Invitation.objects.count() == 0


def test_the_longest_address_fits(client, cluster, lead):
    address = f"{'a' * 60}@{'.'.join(['b' * 60] * 3)}.{'c' * 10}"
    client.force_login(lead)

    client.post(at("person_invite", cluster), {"email": address})
    too_long = client.post(at("person_invite", cluster), {"email": f"a{address}"})

    assert len(address) == 254
    assert [one.email for one in Invitation.objects.all()] == [address]
    assert "The e-mail address is too long." in words_of(too_long)


def test_an_address_is_not_asked_too_often(client, cluster, lead, officer):
    for number in range(5):
        last = invite(cluster, by=lead, known=f"{number}")
        services.revoke(invitation=last, by=lead)
    Invitation.objects.filter(pk=last.pk).update(
        revoked_at=None, invited_at=timezone.now() - datetime.timedelta(hours=1)
    )
    client.force_login(lead)

    again = client.post(
        at("invitation_resend", cluster, invitation=last.pk), follow=True
    )
    client.post(at("invitation_revoke", cluster, invitation=last.pk))
    asked = client.post(at("person_invite", cluster), {"email": last.email})
    next_lead = client.post(
        at("hand_over", cluster),
        {
            "person": "other",
            "email": last.email,
            "afterwards": "stay",
            "confirmed": "1",
        },
    )

    for page in (again, asked, next_lead):
        assert "Five invitations have gone to this address today." in words_of(page)
    assert Message.objects.count() == 5


def test_an_invitation_is_sent_again_and_withdrawn(client, cluster, lead):
    invitation = invite(cluster, by=lead)
    Invitation.objects.update(invited_at=timezone.now() - datetime.timedelta(hours=1))
    client.force_login(lead)

    again = client.post(
        at("invitation_resend", cluster, invitation=invitation.pk), follow=True
    )
    gone = client.post(
        at("invitation_revoke", cluster, invitation=invitation.pk), follow=True
    )
    late = client.post(
        at("invitation_resend", cluster, invitation=invitation.pk), follow=True
    )

    assert "The invitation is on its way again." in words_of(again)
    assert "The invitation was withdrawn." in words_of(gone)
    assert "The invitation has been withdrawn already." in words_of(late)
    assert Message.objects.count() == 2


@pytest.mark.parametrize("name", ["invitation_resend", "invitation_revoke"])
def test_an_invitation_of_elsewhere_is_not_found(
    client, cluster, lead, other_cluster, stranger, name
):
    theirs = invite(other_cluster, by=stranger)
    client.force_login(lead)

    assert client.post(at(name, cluster, invitation=theirs.pk)).status_code == 404


def test_the_list_says_what_did_not_leave_and_what_is_too_old(client, cluster, lead):
    invite(cluster, by=lead)
    Message.objects.update(error="OSError: no way out")
    old = invite(cluster, by=lead, known="old", email="old@example.test")
    Invitation.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    client.force_login(lead)

    page = words_of(client.get(at("people_list", cluster)))

    assert page.count("The e-mail could not be sent.") == 1
    assert page.count("The invitation has expired.") == 1


def test_the_officer_invites_a_lead(client, cluster, officer):
    client.force_login(officer)

    client.post(
        at("lead_invite", cluster), {"email": "next@example.test", "language": "cy"}
    )
    page = words_of(client.get(at("people_list", cluster)))

    assert Invitation.objects.get().role == "cluster_lead"
    assert "next@example.test" in page


# The lead's right ---------------------------------------------------------------------------


def until(days):
    day = timezone.localdate() + datetime.timedelta(days=days)
    return {"until_day": day.day, "until_month": day.month, "until_year": day.year}


def test_a_deputy_is_named_and_no_longer(client, cluster, lead, contributor):
    client.force_login(lead)

    named = client.post(
        at("deputy_nominate", cluster),
        {"person": contributor.pk} | until(5),
        follow=True,
    )
    assert current(cluster, contributor) == ["contributor", "deputy_lead"]
    ended = client.post(at("deputy_end", cluster, person=contributor.pk), follow=True)

    assert "This person now has the lead's right." in words_of(named)
    assert "This person no longer has the lead's right." in words_of(ended)
    assert current(cluster, contributor) == ["contributor"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choose a person."),
        (until(91), "Choose a day from today on, at most 90 days from now."),
        (until(-1), "Choose a day from today on, at most 90 days from now."),
    ],
)
def test_a_deputy_who_cannot_be(client, cluster, lead, contributor, data, sentence):
    client.force_login(lead)

    page = client.post(at("deputy_nominate", cluster), data)

    assert sentence in words_of(page)


def test_handing_over_asks_once_more(client, cluster, lead, contributor):
    client.force_login(lead)
    said = {"person": contributor.pk, "afterwards": "stay"}

    asked = client.post(at("hand_over", cluster), said)
    changed = client.post(at("hand_over", cluster), said | {"change": "1"})
    assert current(cluster, lead) == ["cluster_lead"]
    done = client.post(at("hand_over", cluster), said | {"confirmed": "1"}, follow=True)

    assert "Check before you hand over" in words_of(asked)
    assert "checked" in changed.content.decode()
    assert "The cluster has a new lead." in words_of(done)
    assert (current(cluster, lead), current(cluster, contributor)) == (
        ["contributor"],
        ["cluster_lead"],
    )


def test_who_hands_over_and_leaves_is_led_home(client, cluster, lead, contributor):
    client.force_login(lead)
    said = {"person": contributor.pk, "afterwards": "leave", "confirmed": "1"}

    done = client.post(at("hand_over", cluster), said)

    assert done.headers["Location"] == reverse("home")
    assert current(cluster, lead) == []


def test_handing_over_by_e_mail(client, cluster, lead):
    client.force_login(lead)
    said = {"person": "other", "email": "next@example.test", "afterwards": "leave"}

    nobody = client.post(at("hand_over", cluster), said | {"email": ""})
    asked = client.post(at("hand_over", cluster), said)
    client.post(at("hand_over", cluster), said | {"confirmed": "1"})

    assert "Enter the person's e-mail address." in words_of(nobody)
    assert "next@example.test" in words_of(asked)
    assert Invitation.objects.get().inviter_leaves is True
    assert current(cluster, lead) == ["cluster_lead"]


# Leaving ------------------------------------------------------------------------------------


def test_removing_asks_first_and_can_be_undone(client, cluster, lead, contributor):
    client.force_login(lead)
    remove = at("person_remove", cluster, person=contributor.pk)

    asked = client.get(remove)
    assert current(cluster, contributor) == ["contributor"]
    removed = client.post(remove, follow=True)
    assert current(cluster, contributor) == []
    client.post(at("person_restore", cluster, person=contributor.pk))

    assert "Remove this person from the cluster?" in words_of(asked)
    assert "Take back as a contributor" in words_of(removed)
    assert current(cluster, contributor) == ["contributor"]


def test_who_is_removed_is_out_at_the_next_click(
    client, reflection, cluster, lead, contributor
):
    client.force_login(contributor)
    assert client.get(at("people_list", cluster)).status_code == 200

    services.remove(cluster=cluster, person=contributor, by=lead)

    contents = reverse("assessments:reflection_detail", args=["2030", "afan"])
    assert [
        client.get(address).status_code
        for address in (at("people_list", cluster), contents)
    ] == [404, 404]


def test_nobody_is_removed_from_elsewhere(client, cluster, lead, stranger, contributor):
    client.force_login(lead)

    elsewhere = client.post(at("person_remove", cluster, person=stranger.pk))
    a_lead = client.post(at("person_remove", cluster, person=lead.pk))

    assert (elsewhere.status_code, a_lead.status_code) == (404, 403)


def test_people_leave_by_themselves(client, cluster, lead, contributor):
    client.force_login(contributor)
    gone = client.post(at("cluster_leave", cluster))
    client.force_login(lead)
    stays = client.post(at("cluster_leave", cluster))

    assert gone.headers["Location"] == reverse("home")
    assert current(cluster, contributor) == []
    assert "You are the only lead of this cluster." in words_of(stays)
    assert current(cluster, lead) == ["cluster_lead"]


def test_actions_of_those_who_left_are_given_away(
    client, reflection, cluster, lead, contributor
):
    action = Action.objects.create(
        reflection=reflection,
        text="Agor y drws.",
        language="cy",
        owner=contributor,
        added_by=contributor,
    )
    services.remove(cluster=cluster, person=contributor, by=lead)
    client.force_login(lead)
    assert "Agor y drws." in words_of(client.get(at("people_list", cluster)))

    nobody = client.post(at("action_give", cluster, action=action.pk), follow=True)
    done = client.post(
        at("action_give", cluster, action=action.pk), {"person": lead.pk}, follow=True
    )

    action.refresh_from_db()
    assert "Choose a person." in words_of(nobody)
    assert "The action has a new owner." in words_of(done)
    assert "Agor y drws." not in words_of(done)
    assert action.owner == lead


@pytest.mark.parametrize("sent", ["9" * 5000, "9" * 30, "²", "-1", "\u0663"])
def test_an_action_goes_to_nobody_unheard_of(client, reflection, cluster, lead, sent):
    action = Action.objects.create(
        reflection=reflection, text="To do.", language="en", added_by=lead
    )
    client.force_login(lead)

    page = client.post(
        at("action_give", cluster, action=action.pk), {"person": sent}, follow=True
    )

    action.refresh_from_db()
    assert page.redirect_chain == [(at("people_list", cluster), 302)]
    assert "Choose a person." in words_of(page)
    assert action.owner is None


def test_what_only_takes_a_button_leads_back(client, cluster, lead, contributor):
    client.force_login(lead)
    invitation = invite(cluster, by=lead)
    numbers = {
        "invitation_resend": {"invitation": invitation.pk},
        "invitation_revoke": {"invitation": invitation.pk},
        "deputy_end": {"person": contributor.pk},
        "person_restore": {"person": contributor.pk},
        "action_give": {"action": 1},
    }

    found = {
        name: client.get(at(name, cluster, **number)).headers["Location"]
        for name, number in numbers.items()
    }

    assert set(found.values()) == {at("people_list", cluster)}
    assert Invitation.objects.waiting().count() == 1


# The page behind the link ---------------------------------------------------------------------


@pytest.fixture
def link(cluster, lead):
    invite(cluster, by=lead, name="Bob", profession="dental")
    return reverse("people:invitation", args=[KNOWN])


def test_opening_the_link_accepts_nothing(client, link, cluster, lead):
    for _ in range(2):
        page = client.get(link)

    assert (page.status_code, Invitation.objects.waiting().count()) == (200, 1)
    for words in (
        cluster.name,
        lead.name,
        "Dental",
        "invited@example.test",
        'value="Bob"',
    ):
        assert words in words_of(page)
    assert page.headers["Cache-Control"].startswith("max-age=0, no-cache")


def test_a_new_person_makes_an_account_and_is_signed_in(client, link, cluster):
    page = client.post(link, ACCOUNT, follow=True)

    person = User.objects.get(email="invited@example.test")
    assert page.redirect_chain == [(at("people_list", cluster), 302)]
    assert client.session["_auth_user_id"] == str(person.pk)
    assert "Welcome. You now work in this cluster." in words_of(page)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Enter your name."),
        ({"new_password2": "another one entirely"}, "The two password fields"),
        (
            {"new_password1": "short", "new_password2": "short"},
            "at least 12 characters",
        ),
        (
            {
                "name": "Blodeuwedd Gwen",
                "new_password1": "blodeuwedd gwen",
                "new_password2": "blodeuwedd gwen",
            },
            "too similar to the name",
        ),
    ],
)
def test_an_account_that_is_not_made(client, link, wrong, sentence):
    page = client.post(link, ACCOUNT | wrong)

    assert sentence in words_of(page)
    assert not User.objects.filter(email="invited@example.test").exists()
    assert Invitation.objects.waiting().count() == 1


def test_whoever_has_an_account_signs_in_and_comes_back(client, cluster, link):
    person = UserFactory(email="invited@example.test", password=PASSWORD, language="")

    first = client.get(link)
    refused = client.post(link, ACCOUNT)
    assert f"/en/sign-in/?next={link}" in first.content.decode()
    assert User.objects.filter(email=person.email).get().name == person.name
    signed_in = client.post(
        f"/en/sign-in/?next={link}",
        {"username": person.email, "password": PASSWORD, "next": link},
    )
    assert signed_in.headers["Location"] == link
    assert "Accept the invitation" in words_of(client.get(link))
    client.post(link)

    assert refused.status_code == 200
    assert current(cluster, person) == ["contributor"]


def test_somebody_else_is_told_so(client, link, stranger, cluster):
    client.force_login(stranger)

    shown, sent = client.get(link), client.post(link, ACCOUNT)
    assert "This invitation is for another e-mail address than yours." in words_of(
        shown
    )
    assert stranger.email in words_of(shown)
    assert sent.status_code == 200
    assert Invitation.objects.waiting().count() == 1
    away = client.post(reverse("sign_out"), {"next": link})

    assert away.headers["Location"] == link


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"accepted": True}, "It has been accepted already."),
        ({"revoked_at": True}, "It was withdrawn."),
        ({"expires_at": True}, "The link is too old"),
        ({"secret_hash": "0"}, "The link is too old"),
    ],
)
def test_a_link_that_no_longer_works(client, link, lead, change, sentence):
    now = timezone.now()
    if "accepted" in change:
        change = {"accepted_at": now, "accepted_by": lead}
    Invitation.objects.update(
        **{key: now if value is True else value for key, value in change.items()}
    )

    shown, sent = client.get(link), client.post(link, ACCOUNT)

    assert (shown.status_code, sent.status_code) == (410, 410)
    assert sentence in words_of(shown)
    assert not User.objects.filter(email="invited@example.test").exists()


def test_unknown_and_expired_look_the_same(client, link):
    unknown = client.get(reverse("people:invitation", args=["x" * 43])).content
    Invitation.objects.update(expires_at=timezone.now())
    expired = client.get(link).content

    assert unknown.replace(b"x" * 43, b"") == expired.replace(KNOWN.encode(), b"")


def test_the_other_language_keeps_the_name(client, link):
    page = client.post(
        link.replace("/en/", "/cy/"), {"name": "Heledd", "switch_to": "cy"}
    )

    assert 'value="Heledd"' in page.content.decode()
    assert not User.objects.filter(email="invited@example.test").exists()


# In both languages ----------------------------------------------------------------------------


def test_refusals_and_rare_pages_have_no_untranslated_text(
    client, reflection, cluster, lead, contributor, officer, stranger, monkeypatch
):
    MembershipFactory(
        user=contributor,
        role=Role.DEPUTY_LEAD,
        cluster=cluster,
        ends_on=timezone.localdate(),
    )
    gone = UserFactory(contributor_to=cluster, is_active=False)
    services.remove(cluster=cluster, person=gone, by=lead)
    UserFactory(contributor_to=cluster, is_active=False)
    Action.objects.create(
        reflection=reflection,
        text="To do.",
        language="en",
        owner=gone,
        added_by=lead,
        due_on=timezone.localdate(),
    )
    invite(cluster, by=lead)
    invite(cluster, by=lead, known="old", email="old@example.test")
    Invitation.objects.filter(email="old@example.test").update(
        expires_at=timezone.now()
    )
    link = reverse("people:invitation", args=[KNOWN])
    months = {
        f"{timezone.localdate():%B}",
        f"{timezone.localdate() + datetime.timedelta(days=14):%B}",
    }
    data = (
        stored_texts("organisations", "assessments")
        | months
        | {"Cymraeg", "English", "other", "p"}
    )
    use_pseudo_language(monkeypatch)
    client.force_login(lead)

    pages = [
        client.get(at("people_list", cluster)),
        client.post(at("person_invite", cluster), {"email": contributor.email}),
        client.post(at("person_invite", cluster), {"email": "invited@example.test"}),
        client.post(at("deputy_nominate", cluster), until(100)),
        client.post(at("hand_over", cluster), {"person": "other"}),
        client.post(
            at("hand_over", cluster), {"person": contributor.pk, "afterwards": "leave"}
        ),
        client.post(
            at("action_give", cluster, action=Action.objects.get().pk), follow=True
        ),
    ]
    client.force_login(stranger)
    pages.append(client.get(link))
    client.logout()
    pages.append(client.post(link, {"new_password1": "1", "new_password2": "2"}))
    Invitation.objects.update(revoked_at=timezone.now())
    pages.append(client.get(link))

    assert [untranslated(page.content.decode(), data=data) for page in pages] == [
        []
    ] * len(pages)
