"""What officers write on the dashboard: who writes, who reads, and that nothing is lost."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from organisations.models import AuditEvent, Membership, Role
from reporting.models import Commentary, CommentaryVersion
from tests.factories import UserFactory

HOSTILE = "<script>alert(1)</script> {{ 7|add:7 }} & <b>"
SCOPES = ("wales", "board-7A0", "board-7A9", "cluster-afan")


@pytest.fixture(autouse=True)
def open_cycle(reflection):
    return reflection.cycle


def address(
    name="commentary", scope="board-7A0", exhibit="distribution", language="en"
):
    with override(language):
        return reverse(f"dashboard:{name}", args=[scope, exhibit])


def typed(cy="", en="", *, versions=(0, 0), shown=("cy", "en"), **more):
    """The form as a page sends it that was made from ``versions``."""
    data = {
        "operation_id": uuid.uuid4(),
        "cy-version": versions[0],
        "cy-text": cy,
        "en-version": versions[1],
        "en-text": en,
    }
    return data | {f"{language}-shared": "on" for language in shown} | more


def write(client, user, *, where=None, **form):
    client.force_login(user)
    return client.post(address(**where or {}), typed(**form))


def page(client, user, scope="board-7A0", language="en"):
    client.force_login(user)
    with override(language):
        url = reverse("dashboard:overview", args=[scope])
    return client.get(url).content.decode()


def stored(exhibit="distribution"):
    return {
        row.written_for: (row.text, row.version, row.is_shared)
        for row in Commentary.objects.filter(exhibit=exhibit)
    }


# Who writes, and who reads -----------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["commentary", "commentary_history"])
def test_who_may_write_where(
    client, lead, stranger, officer, other_officer, national, translator, name
):
    opened = {}
    for person in (lead, stranger, officer, other_officer, national, translator):
        client.force_login(person)
        opened[person.email.split("@")[0]] = [
            client.get(address(name, scope, "page")).status_code for scope in SCOPES
        ]

    assert opened == {
        "lead": [403, 403, 403, 403],
        "stranger": [403, 403, 403, 404],
        "officer": [403, 200, 403, 200],
        "other.officer": [403, 403, 200, 404],
        "national": [200, 200, 200, 200],
        "translator": [403, 403, 403, 403],
    }


@pytest.mark.django_db
def test_who_may_not_write_saves_nothing(client, lead, stranger, other_officer):
    statuses = [
        write(client, person, en="Mine.", where={"scope": scope}).status_code
        for person, scope in (
            (lead, "board-7A0"),
            (stranger, "cluster-afan"),
            (other_officer, "board-7A0"),
        )
    ]

    assert statuses == [403, 404, 403]
    assert not Commentary.objects.exists()


@pytest.mark.django_db
def test_an_officer_of_two_boards_writes_for_the_one_that_it_is_about(
    client, officer, other_officer
):
    theirs = other_officer.memberships.get().health_board
    Membership.objects.create(
        user=officer, role=Role.HEALTH_BOARD_OFFICER, health_board=theirs
    )

    for scope in ("board-7A0", "board-7A9"):
        write(client, officer, en="Mine.", where={"scope": scope})

    assert dict(
        Commentary.objects.exclude(text="").values_list("scope", "health_board__code")
    ) == {"board-7A0": "7A0", "board-7A9": "7A9"}


@pytest.mark.django_db
@pytest.mark.parametrize("exhibit", ["moon", "variation--MOON", "variation--"])
def test_an_exhibit_that_there_is_none_of(client, officer, exhibit):
    saved = write(client, officer, en="On nothing.", where={"exhibit": exhibit})

    assert client.get(address(exhibit=exhibit)).status_code == 404
    assert saved.status_code == 404
    assert not Commentary.objects.exists()


@pytest.mark.django_db
def test_it_stands_below_its_exhibit_for_whoever_opens_the_page(
    client, officer, lead, other_officer
):
    saved = write(client, officer, cy="Mae'n well.", en="It is better.")

    assert saved.status_code == 302
    for person in (lead, other_officer):
        assert "It is better." in page(client, person)
        assert "Mae&#x27;n well." in page(client, person, language="cy")
        assert "It is better." not in page(client, person, scope="wales")
        assert "It is better." not in page(client, person, language="cy")


@pytest.mark.django_db
def test_it_is_dated_and_says_whose_officer_wrote_it(client, officer, board, lead):
    write(client, officer, en="It is better.")

    shown = " ".join(page(client, lead).split())
    assert f"By an officer of the health board: {board.name_en}." in shown
    assert f"Date: {timezone.localdate():%-d %B %Y}" in shown
    assert officer.email not in shown


@pytest.mark.django_db
def test_one_on_the_whole_page_stands_at_its_head(client, national, lead):
    where = {"scope": "wales", "exhibit": "page"}
    write(client, national, en="All in all.", where=where)

    shown = page(client, lead, scope="wales")
    assert shown.index("All in all.") < shown.index('class="exhibit"')
    assert "By an officer of the national programme." in shown


@pytest.mark.django_db
def test_readers_of_the_other_language_see_it_marked(client, officer, lead):
    write(client, officer, en="It is better.")

    shown = " ".join(page(client, lead, language="cy").split())
    assert '<div class="commentary__note" lang="en"><p>It is better.</p></div>' in shown
    assert "Ar gael yn Saesneg yn unig." in shown


@pytest.mark.django_db
def test_what_is_not_shown_is_seen_by_officers_alone(client, officer, lead):
    write(client, officer, en="Not yet.", shown=())

    assert "Not yet." not in page(client, lead)
    assert "Not yet." in client_of(officer).get(address()).content.decode()


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.django_db
def test_it_is_withdrawn_and_kept(client, officer, lead):
    write(client, officer, en="It is better.")
    write(client, officer, en="It is better.", versions=(0, 1), shown=())

    assert "It is better." not in page(client, lead)
    assert stored()["en"] == ("It is better.", 2, False)
    history = client_of(officer).get(address("commentary_history"))
    assert history.content.decode().count("It is better.") == 2


@pytest.mark.django_db
def test_hostile_text_is_shown_as_it_was_typed(client, officer, lead):
    write(client, officer, en=HOSTILE)

    escaped = "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7|add:7 }} &amp; &lt;b&gt;"
    history = client_of(officer).get(address("commentary_history"))
    assert escaped in page(client, lead)
    assert escaped in history.content.decode()


@pytest.mark.django_db
def test_what_is_too_long_stays_on_the_page(client, officer):
    long = "word " * 700

    answer = write(client, officer, cy="Iawn.", en=long)

    assert answer.status_code == 422
    assert long.strip() in answer.content.decode()
    assert not Commentary.objects.exists()


@pytest.mark.django_db
def test_it_is_written_down_without_its_text(client, officer):
    write(client, officer, en="It is better.")

    event = AuditEvent.objects.get(kind="changed")
    assert (event.kind, event.by) == ("changed", officer)
    assert event.details == {
        "what": "commentary",
        "scope": "board-7A0",
        "cycle": "2030",
        "exhibit": "distribution",
        "language": "en",
        "version": 1,
        "is_shown": True,
    }


# Several who write ---------------------------------------------------------------------------


@pytest.fixture
def colleague(board):
    return UserFactory(email="colleague@example.test", officer_of=board)


@pytest.mark.django_db
def test_of_two_texts_none_is_lost(client, officer, colleague):
    write(client, officer, cy="Un.", en="One.")

    answer = write(client, colleague, cy="Dau.", en="One.")

    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "Un." in shown
    assert "Dau." in shown
    assert stored() == {"cy": ("Un.", 1, True), "en": ("One.", 1, True)}
    refused = CommentaryVersion.objects.exclude(refusal="")
    assert list(refused.values_list("text", "refusal")) == [("Dau.", "stale")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("button", "becomes"),
    [
        ("keep_mine", ("Two.", 2, True)),
        ("use_theirs", ("One.", 1, True)),
        ("join", ("Two.\n\nOne.", 2, True)),
    ],
)
def test_a_conflict_is_settled_by_a_button(client, officer, colleague, button, becomes):
    write(client, officer, en="One.")
    conflict = write(client, colleague, en="Two.")
    form = conflict.context["form"]

    client.post(
        address(),
        typed(
            en="Two.",
            versions=(form["cy-version"].value(), form["en-version"].value()),
            **{button: "en", "en-base": 0},
        ),
    )

    assert stored()["en"] == becomes


@pytest.mark.django_db
def test_each_language_is_saved_alone(client, officer, colleague):
    write(client, officer, cy="Un.", en="One.")

    write(client, officer, cy="Un newydd.", en="One.", versions=(1, 1))
    answer = write(client, colleague, cy="Un.", en="One, new.", versions=(1, 1))

    assert answer.status_code == 302
    assert stored() == {"cy": ("Un newydd.", 2, True), "en": ("One, new.", 2, True)}


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_at_once_meet(officer, board):
    browsers = [client_of(officer), client_of(UserFactory(officer_of=board))]
    gate = Barrier(2, timeout=60)

    def send(browser, text):
        try:
            gate.wait()
            return browser.post(address(), typed(en=text)).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=2) as threads:
        sent = [
            threads.submit(send, browser, text)
            for browser, text in zip(browsers, ["One.", "Two."], strict=True)
        ]
        statuses = sorted(future.result(timeout=60) for future in sent)

    kept = CommentaryVersion.objects.values_list("text", "refusal")
    assert statuses == [302, 409]
    assert sorted(text for text, _refusal in kept) == ["One.", "Two."]
    assert sorted(refusal for _text, refusal in kept) == ["", "stale"]


@pytest.mark.django_db
def test_words_of_somebody_whose_office_ended_are_kept(client, officer, national):
    client.force_login(officer)
    Membership.objects.filter(user=officer).update(ended_at=timezone.now())

    answer = client.post(address(), typed(en="My last word."))

    assert answer.status_code == 409
    assert "My last word." in answer.content.decode()
    assert stored()["en"] == ("", 0, False)
    history = client_of(national).get(address("commentary_history"))
    assert "My last word." in history.content.decode()


# The history ---------------------------------------------------------------------------------


def restore(client, user, kept, base_version):
    client.force_login(user)
    return client.post(
        address("commentary_history"),
        {"kept": kept, "base_version": base_version, "operation_id": uuid.uuid4()},
        follow=True,
    )


@pytest.mark.django_db
def test_a_version_is_put_back_as_it_was(client, officer):
    write(client, officer, en="It was better.")
    write(client, officer, en="", versions=(0, 1))
    first = CommentaryVersion.objects.earliest("pk")

    answer = restore(client, officer, first.pk, 2)

    assert "It was put back, as a new version." in answer.content.decode()
    assert stored()["en"] == ("It was better.", 3, True)


@pytest.mark.django_db
def test_nothing_is_put_back_over_what_changed_meanwhile(client, officer):
    write(client, officer, en="One.")
    write(client, officer, en="Two.", versions=(0, 1))
    first = CommentaryVersion.objects.earliest("pk")
    write(client, officer, en="Three.", versions=(0, 2))

    answer = restore(client, officer, first.pk, 2)

    assert "nothing was restored" in answer.content.decode()
    assert stored()["en"] == ("Three.", 3, True)


@pytest.mark.django_db
def test_what_cannot_be_put_back(client, officer, other_officer, lead):
    write(client, officer, en="One.")
    first = CommentaryVersion.objects.get()
    write(client, other_officer, en="Elsewhere.", where={"scope": "board-7A9"})
    elsewhere = CommentaryVersion.objects.latest("pk")

    statuses = [
        restore(client, person, kept, 1).status_code
        for person, kept in (
            (officer, elsewhere.pk),
            (officer, "x"),
            (other_officer, first.pk),
            (lead, first.pk),
        )
    ]

    assert statuses == [404, 400, 403, 403]
    assert CommentaryVersion.objects.count() == 2


# What it costs -------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_as_little_however_much_was_written(client, officer, lead, count):
    for exhibit in ("distribution", "signs", "page")[:count]:
        write(client, officer, en="Word.", where={"exhibit": exhibit})
    for version in range(1, count):
        write(client, officer, en=f"Word {version}.", versions=(0, version))
    counts = []
    for user, url in (
        (lead, reverse("dashboard:overview", args=["board-7A0"])),
        (officer, address("commentary_history")),
    ):
        client.force_login(user)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        counts.append(len(asked))

    assert counts == [12, 7]
