"""What people say of themselves: that it is kept, that no tab writes over another, and who sees it."""

import datetime
import json

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from organisations.models import AuditEvent, User
from organisations.services.needs import (
    NoteChanged,
    forget_meeting_note,
    save_own_account,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NEEDS = (
    *("name", "language", "large_print", "plain_text_emails", "email_rhythm"),
    *("meeting_note", "meeting_note_language", "shares_meeting_note"),
)
NOTE = {"meeting_note": "A hearing loop.", "meeting_note_language": "en"}


@pytest.fixture
def person():
    return UserFactory(email="person@example.test", name="Person", language="en")


def stored(person):
    return tuple(User.objects.values_list(*NEEDS).get(pk=person.pk))


def save(person, *, seen=("", False), language="en", **changes):
    save_own_account(changes=changes, seen=seen, language=language, by=person)
    return stored(person)


def drawn(client, language="en"):
    """What the page would send if nothing were touched on it."""
    form = client.get(f"/{language}/account/").context["form"]
    sent = {}
    for field in form:
        sent[field.html_initial_name] = str(field.initial)
        if field.value() is True:
            sent[field.html_name] = "on"
        elif field.value() is not False:
            sent[field.html_name] = field.value()
    return sent


def events(person):
    return list(
        AuditEvent.objects.filter(by=person)
        .exclude(kind="signed_in")
        .order_by("pk")
        .values_list("kind", "details")
    )


# Saving ---------------------------------------------------------------------------------


def test_needs_are_kept_and_what_is_not_said_stays(person):
    first = save(person, large_print=True, email_rhythm="needed")
    second = save(
        person,
        plain_text_emails=True,
        meeting_note="A hearing loop, please.",
        written_in="",
        shares_meeting_note=True,
    )

    assert first == ("Person", "en", True, False, "needed", "", "", False)
    assert second == (
        *("Person", "en", True, True, "needed"),
        *("A hearing loop, please.", "en", True),
    )


@pytest.mark.parametrize(
    ("note", "written_in", "language", "kept"),
    [
        ("Mae angen dolen glywed arnaf yn y cyfarfod.", "", "en", "cy"),
        ("Mae angen dolen glywed arnaf yn y cyfarfod.", "en", "cy", "en"),
        ("Zoom", "", "cy", "cy"),
        ("", "cy", "cy", ""),
    ],
)
def test_a_note_has_its_language(person, note, written_in, language, kept):
    found = save(
        person, meeting_note=note, written_in=written_in, language=language, name="x"
    )

    assert found[-3:] == (note, kept, False)


def test_clearing_the_note_withdraws_consent(person):
    save(person, meeting_note="Breaks.", written_in="", shares_meeting_note=True)

    found = save(person, seen=("Breaks.", True), meeting_note="", written_in="")

    assert found[-3:] == ("", "", False)


def test_what_is_written_down_says_nothing_of_the_note(person):
    save(person, name="Somebody", meeting_note="A hearing loop.", written_in="")
    save(person, seen=("A hearing loop.", False))

    assert events(person) == [
        ("changed", {"fields": ["name"]}),
        ("support_needs_changed", {}),
    ]


# Two tabs -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"meeting_note": "Breaks.", "written_in": ""},
        {"meeting_note": "", "written_in": ""},
        # what was not seen is not shared either
        {"shares_meeting_note": True},
    ],
)
def test_a_note_is_neither_written_over_nor_shared_unseen(person, changes):
    before = save(person, meeting_note="A hearing loop.", written_in="")

    with pytest.raises(NoteChanged) as refused:
        save(person, seen=("Large type.", False), name="Other", **changes)

    assert stored(person) == before
    assert refused.value.person.meeting_note == "A hearing loop."


def test_an_older_page_saves_what_was_touched_on_it_alone(person):
    save(person, meeting_note="Breaks.", written_in="", shares_meeting_note=True)
    save(person, seen=("Breaks.", True), large_print=True)

    assert save(person, name="Other") == (
        *("Other", "en", True, False, "daily"),
        *("Breaks.", "en", True),
    )


def test_consent_can_be_withdrawn_on_an_older_page(person):
    save(person, meeting_note="Breaks.", written_in="", shares_meeting_note=True)

    found = save(person, seen=("Old.", True), shares_meeting_note=False)

    assert found[-3:] == ("Breaks.", "en", False)


def test_the_same_sent_twice_is_saved_once(person):
    said = {"meeting_note": "Breaks.", "written_in": "", "shares_meeting_note": True}

    assert save(person, **said) == save(person, **said)


# The page -------------------------------------------------------------------------------


def test_the_page_keeps_all_that_is_said(client, person):
    client.force_login(person)
    sent = drawn(client)

    response = client.post(
        reverse("account"),
        sent
        | {
            "language": "",
            "large_print": "on",
            "plain_text_emails": "on",
            "email_rhythm": "at_once",
            "meeting_note": "Dolen glywed,\r\na seibiant yn y canol os gwelwch yn dda",
            "shares_meeting_note": "on",
        },
    )

    assert response.url == reverse("account")
    assert stored(person) == (
        *("Person", "", True, True, "at_once"),
        *("Dolen glywed,\na seibiant yn y canol os gwelwch yn dda", "cy", True),
    )
    person.refresh_from_db()
    assert not person.is_asked_for_needs


def test_a_page_that_is_sent_as_it_was_drawn_changes_nothing(client, person):
    save(
        person,
        meeting_note="Dolen\nglywed",
        written_in="cy",
        shares_meeting_note=True,
        large_print=True,
    )
    before, written_down = stored(person), events(person)
    client.force_login(person)

    client.post(reverse("account"), drawn(client))

    assert (stored(person), events(person)) == (before, written_down)


def test_an_older_tab_undoes_nothing(client, person):
    client.force_login(person)
    old = drawn(client)
    client.post(
        reverse("account"),
        old | {"large_print": "on", "email_rhythm": "needed", "meeting_note": "Zoom"},
    )

    client.post(reverse("account"), old | {"name": "Other"})

    assert stored(person) == (
        *("Other", "en", True, False, "needed"),
        *("Zoom", "en", False),
    )


def test_two_tabs_show_both_notes_and_lose_none(client, person):
    client.force_login(person)
    old = drawn(client)
    client.post(reverse("account"), old | {"meeting_note": "Breaks."})
    mine = old | {"meeting_note": "Papers.", "name": "Other"}

    refused = client.post(reverse("account"), mine)
    kept = stored(person)
    form = refused.context["form"]
    seen = form["meeting_note"].html_initial_name
    again = mine | {"both": "1", seen: "Breaks."}
    switched = client.post("/cy/account/", again | {"switch_to": "cy"})
    client.post(reverse("account"), again)

    page = refused.content.decode()
    assert refused.status_code == 409
    assert (kept[0], kept[5]) == ("Person", "Breaks.")
    assert "Breaks.</p>" in page
    assert (form["meeting_note"].value(), form["name"].value()) == ("Papers.", "Other")
    assert f'name="{seen}" value="Breaks."' in page
    assert "Breaks.</p>" in switched.content.decode()
    assert (stored(person)[0], stored(person)[5]) == ("Other", "Papers.")


def test_what_was_typed_is_shown_in_the_other_language_and_not_saved(client, person):
    client.force_login(person)
    sent = drawn(client) | {"meeting_note": "Breaks.", "switch_to": "cy"}

    response = client.post("/cy/account/", sent)

    assert response.status_code == 200
    assert response.context["form"]["meeting_note"].value() == "Breaks."
    assert stored(person)[5] == ""


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"meeting_note": "x" * 501}, "meeting_note"),
        ({"email_rhythm": "weekly"}, "email_rhythm"),
        ({"email_rhythm": ""}, "email_rhythm"),
        ({"written_in": "fr"}, "written_in"),
        ({"language": "fr"}, "language"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client, person, sent, field):
    client.force_login(person)
    before = stored(person)
    typed = drawn(client) | {"name": "Other", "meeting_note": "Breaks."} | sent

    response = client.post(reverse("account"), typed)

    form = response.context["form"]
    assert response.status_code == 422
    assert list(form.errors) == [field]
    assert form["meeting_note"].value() == typed["meeting_note"]
    assert stored(person) == before


def test_hostile_text_is_shown_literally(client, person):
    save(person, meeting_note='<img src="file:///x">‮\u2066🎧', written_in="cy")
    client.force_login(person)

    page = client.get(reverse("account")).content.decode()

    assert "&lt;img src=&quot;file:///x&quot;&gt;" in page
    assert "<img" not in page


@pytest.mark.parametrize(
    ("joined", "said", "asked"),
    [(1, False, True), (15, False, False), (1, True, False)],
)
def test_the_start_page_asks_newcomers_until_they_have_said(
    client, person, joined, said, asked
):
    person.joined_at = timezone.now() - datetime.timedelta(days=joined)
    person.needs_said_at = timezone.now() if said else None
    person.save()
    client.force_login(person)

    page = client.get("/en/").content.decode()

    assert ("Tell us how you would like to receive things" in page) is asked


# What the database refuses --------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"shares_meeting_note": True},
        {"meeting_note": "Breaks."},
        {"meeting_note_language": "cy"},
        NOTE | {"is_active": False},
    ],
)
def test_the_database_refuses(person, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=person.pk).update(**wrong)


# Who sees it ----------------------------------------------------------------------------


def test_a_note_is_forgotten(person):
    save(person, meeting_note="Breaks.", written_in="", shares_meeting_note=True)

    forget_meeting_note(person=person)

    assert stored(person)[-3:] == ("", "", False)


@pytest.mark.once
def test_administrators_change_how_things_are_received_and_see_no_note(
    client, superuser, person
):
    save(person, meeting_note="canary", written_in="", shares_meeting_note=True)
    client.force_login(superuser)
    there = reverse("admin:organisations_user_change", args=[person.pk])
    page = client.get(there)
    form = page.context["adminform"].form
    sent = {
        "email": person.email,
        "name": "Other",
        "language": "cy",
        "large_print": "on",
        "email_rhythm": "needed",
        "is_active": "on",
        "meeting_note": "theirs",
        "shares_meeting_note": "",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }

    changed = client.post(there, sent)
    pages = [page] + [
        client.get(address, follow=True)
        for address in (
            there,
            reverse("admin:organisations_user_history", args=[person.pk]),
            reverse("admin:organisations_user_changelist"),
            reverse("admin:organisations_auditevent_changelist"),
        )
    ]

    assert changed.status_code == 302
    assert set(form.fields) & {"language", "large_print", "email_rhythm"}
    assert [name for name in form.fields if "note" in name] == []
    assert stored(person) == (
        *("Other", "cy", True, False, "needed"),
        *("canary", "en", True),
    )
    assert [p for p in pages if "canary" in p.content.decode()] == []
    assert "canary" not in json.dumps(
        list(AuditEvent.objects.values_list("details", flat=True))
    )


@pytest.mark.once
@pytest.mark.parametrize(
    "address",
    [
        "admin:organisations_user_changelist",
        "admin:organisations_membership_changelist",
        "admin:organisations_auditevent_changelist",
    ],
)
def test_no_list_of_the_admin_tells_a_note_by_its_filters(
    client, superuser, person, address
):
    save(person, meeting_note="canary", written_in="")
    client.force_login(superuser)
    path = {"user": "", "membership": "user__", "auditevent": "by__"}[
        address.split("_")[1]
    ]

    statuses = {
        client.get(reverse(address), {f"{path}{name}": value}).status_code
        for name, value in [
            ("meeting_note__startswith", "c"),
            ("meeting_note", "canary"),
            ("shares_meeting_note__exact", "0"),
        ]
    }

    assert statuses == {400}


@pytest.mark.once
def test_whoever_may_not_sign_in_any_more_has_no_note(client, superuser, person):
    save(person, meeting_note="Breaks.", written_in="", shares_meeting_note=True)
    client.force_login(superuser)

    response = client.post(
        reverse("admin:organisations_user_change", args=[person.pk]),
        {
            "email": person.email,
            "name": "Person",
            "language": "en",
            "email_rhythm": "daily",
            "memberships-TOTAL_FORMS": "0",
            "memberships-INITIAL_FORMS": "0",
        },
    )

    assert response.status_code == 302
    assert stored(person)[-3:] == ("", "", False)
    assert not User.objects.get(pk=person.pk).is_active
