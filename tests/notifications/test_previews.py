"""Administrators look at every kind of e-mail, in each language and in both."""

import pytest
from django.urls import reverse

from notifications.models import Message
from notifications.samples import SAMPLES
from notifications.writing import write
from tests.assessments.test_action_pages import words_of

pytestmark = pytest.mark.django_db


def test_every_kind_is_listed_with_when_it_leaves(client, administrator):
    client.force_login(administrator)

    page = client.get(reverse("admin:notifications_message_kinds"))

    links = {
        reverse("admin:notifications_message_kind", args=[kind])
        for kind in Message.Kind.values
    }
    assert {
        link for link in links if f'href="{link}"' not in page.content.decode()
    } == set()
    text = words_of(page)
    assert "Invitation At once" in text
    assert "Reply in a review As each person chooses" in text


@pytest.mark.parametrize("kind", ["reply", "digest", "pack_ready"])
def test_a_kind_is_shown_in_both_ways_and_three_languages(client, administrator, kind):
    client.force_login(administrator)

    page = client.get(reverse("admin:notifications_message_kind", args=[kind]))

    text, raw = words_of(page), page.content.decode()
    assert "are invented" in text
    for facts in SAMPLES[kind]:
        for part in write(kind, facts, "both").parts:
            # Alone and in both; as HTML and as plain text.
            assert raw.count(part.html) == 2
            assert text.count(" ".join(part.text.split())) >= 2
            assert f'<span lang="{part.language}">{part.subject}' in raw.replace(
                "&#x27;", "'"
            )


def test_there_is_no_page_of_another_kind(client, administrator):
    client.force_login(administrator)

    page = client.get(reverse("admin:notifications_message_kind", args=["gossip"]))

    assert page.status_code == 404


def test_nobody_else_looks(client, lead, national):
    pages = [
        reverse("admin:notifications_message_kinds"),
        reverse("admin:notifications_message_kind", args=["reply"]),
    ]
    asked = []
    for person in (lead, national):
        client.force_login(person)
        asked += [client.get(page).status_code for page in pages]

    assert asked == [302] * 4
