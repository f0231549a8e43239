"""The demonstration's outbox: there alone, for everybody, with links that work."""

import pytest
from django.urls import reverse

from notifications.models import Message
from notifications.samples import SAMPLES
from notifications.services import send
from tests.notifications.test_messages import FACTS
from tests.pseudo import stored_texts, untranslated, use_pseudo_language

pytestmark = pytest.mark.django_db


@pytest.fixture
def demonstration(settings):
    settings.DEMONSTRATION = True


@pytest.fixture
def message(demonstration, lead):
    lead.language = ""
    return send(kind="returned", to=[lead], facts=FACTS)[0]


@pytest.mark.parametrize("language", ["cy", "en"])
def test_everybody_reads_it(client, message, language):
    rows = client.get(f"/{language}/outbox/").content.decode()
    page = client.get(f"/{language}/outbox/{message.pk}/").content.decode()

    assert f"/{language}/outbox/{message.pk}/" in rows
    assert '<a href="/cy/dolen/">http' in page
    assert '<a href="/en/link/">http' in page
    assert page.count('class="panel letter" lang="cy"') == 1
    assert page.count('class="panel letter" lang="en"') == 1


def test_there_is_none_elsewhere(client, lead, settings):
    settings.DEMONSTRATION = False
    (message,) = send(kind="returned", to=[lead], facts=FACTS)
    client.force_login(lead)

    statuses = [
        client.get(reverse("outbox")).status_code,
        client.get(reverse("outbox_message", args=[message.pk])).status_code,
    ]

    assert statuses == [404, 404]


def test_an_empty_one_says_so(client, demonstration):
    assert "Nothing was sent yet" in client.get("/en/outbox/").content.decode()


def test_it_is_linked_from_every_page_of_a_demonstration(client, demonstration):
    assert client.get("/en/sign-in/").content.decode().count('href="/en/outbox/"') >= 1


@pytest.mark.parametrize("count", [1, 3])
def test_queries(client, demonstration, lead, django_assert_num_queries, count):
    for _ in range(count):
        send(kind="returned", to=[lead], facts=FACTS)

    with django_assert_num_queries(3):
        client.get("/en/outbox/")


def test_what_is_held_is_said_so_and_sent_at_a_press(
    client, demonstration, lead, django_capture_on_commit_callbacks
):
    for kind in ("submitted", "action_due"):
        send(kind=kind, to=[lead], facts=SAMPLES[kind][0])
    before = client.get("/en/outbox/").content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        sent = client.post(reverse("outbox_send_daily"), follow=True)
    again = client.post(reverse("outbox_send_daily"), follow=True)

    assert before.count("Waits for the day&#x27;s e-mail") == 2
    assert "together: 2" in " ".join(before.split())
    assert "The day&#x27;s e-mails were sent: 1" in sent.content.decode()
    assert "Nothing was sent" in again.content.decode()
    after = client.get("/en/outbox/").content.decode()
    assert after.count("Sent in the day&#x27;s e-mail") == 2
    digest = Message.objects.get(kind="digest")
    held = Message.objects.filter(digest=digest).first()
    page = client.get(reverse("outbox_message", args=[held.pk])).content.decode()
    assert reverse("outbox_message", args=[digest.pk]) in page


def test_the_press_is_a_post_and_of_a_demonstration_alone(client, settings, lead):
    settings.DEMONSTRATION = False
    asked = [client.post(reverse("outbox_send_daily")).status_code]
    settings.DEMONSTRATION = True
    asked += [client.get(reverse("outbox_send_daily")).status_code]

    assert asked == [404, 405]


def test_it_is_read_page_by_page(client, demonstration, lead):
    Message.objects.bulk_create(
        Message(kind="returned", address=lead.email, language="en", subject=f"No. {n}")
        for n in range(30)
    )

    first = client.get("/en/outbox/").content.decode()
    second = client.get("/en/outbox/?page=2").content.decode()

    assert (first.count("No. "), second.count("No. ")) == (25, 5)
    assert 'href="?page=2"' in first


def test_no_untranslated_text(client, message, monkeypatch):
    data = stored_texts("organisations", "notifications") | {"Cymraeg"}
    use_pseudo_language(monkeypatch)

    pages = [
        client.get(f"/en/outbox/{pk}").content.decode() for pk in ("", f"{message.pk}/")
    ]

    assert [untranslated(page, data=data) for page in pages] == [[], []]
