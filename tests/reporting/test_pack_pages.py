"""Pages of packs, in both languages, and who fetches the file. Nothing is drawn."""

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from organisations.models import Membership
from reporting import tasks
from reporting.models import Pack
from reporting.models.packs import MOST_FAILURES, Fault
from reporting.packs import files
from reporting.pdf import stored
from reporting.services import packs as services
from tests.factories import ClusterFactory, SelfReflectionFactory, UserFactory
from tests.reporting.packing import ask, some_submissions
from tests.reporting.test_packs import finish_all, made, waiting

pytestmark = pytest.mark.django_db

NAMES = [("Llan", "Llan"), ("Tŷ Ddewi", "St David's"), ("Ŵyr", "Ŵyr")]
WANTED = {"document": "summary", "language": "cy", "form": "zip"}
FILE = b"PK words"
HEADERS = (
    "Content-Type",
    "Content-Length",
    "X-Content-Type-Options",
    "Cache-Control",
)
A_MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def submissions(cycle, board):
    SelfReflectionFactory(
        cycle=cycle,
        cluster=ClusterFactory(health_board=board, name_cy="Cwm", name_en="Vale"),
    )
    return some_submissions(cycle, board, NAMES)


@pytest.fixture
def pack(cycle, board, submissions, officer, client):
    client.force_login(officer)
    return ask(cycle, officer, board)


@pytest.fixture
def ready(pack):
    pack = made(pack, size=len(FILE))
    with stored.written(files.path_of(pack)) as file:
        file.write(FILE)
    return pack


def url(name, language="en", **where):
    with translation.override(language):
        return reverse(f"packs:{name}", kwargs=where)


def words_of(response):
    return " ".join(response.content.decode().split())


# Asking -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "counted", "missing"),
    [
        ("en", "Clusters that have submitted: 3 of 4", "<li>Vale</li>"),
        ("cy", "Clystyrau sydd wedi cyflwyno: 3 o 4", "<li>Cwm</li>"),
    ],
)
def test_says_how_many_have_submitted(
    client, officer, submissions, language, counted, missing
):
    client.force_login(officer)

    page = words_of(
        client.get(url("pack_ask", language, area="board-7A0", cycle="2030"))
    )

    assert counted in page
    assert missing in page


def test_asking_leads_to_the_page_of_the_pack(client, officer, submissions, board):
    client.force_login(officer)
    asking = url("pack_ask", area="board-7A0", cycle="2030")

    answers = [client.post(asking, WANTED | {"large_print": "on"}) for _ in range(2)]

    pack = Pack.objects.get()
    assert {answer.url for answer in answers} == {url("pack_detail", pack=pack.pk)}
    assert (pack.asked_by, pack.health_board, pack.large_print) == (
        officer,
        board,
        True,
    )


def test_asking_for_nothing_says_what_to_choose(client, officer, submissions):
    client.force_login(officer)

    page = client.post(url("pack_ask", "cy", area="board-7A0", cycle="2030"), {})

    assert page.status_code == 200
    assert "Dewiswch iaith, neu&#x27;r ddwy." in words_of(page)
    assert not Pack.objects.exists()


@pytest.mark.parametrize(
    ("who", "area", "status"),
    [
        ("national", "wales", 200),
        ("officer", "wales", 403),
        ("other_officer", "board-7A0", 403),
        ("lead", "board-7A0", 403),
        ("superuser", "wales", 403),
        ("national", "authority-x", 404),
        ("national", "cluster-afan", 403),
    ],
)
def test_who_asks_for_what(client, request, reflection, who, area, status):
    client.force_login(request.getfixturevalue(who))

    response = client.get(url("pack_ask", area=area, cycle="2030"))

    assert response.status_code == status


def test_the_form_begins_with_what_its_reader_needs(client, board, reflection):
    reader = UserFactory(officer_of=board, language="cy", large_print=True)
    client.force_login(reader)

    form = client.get(url("pack_ask", area="board-7A0", cycle="2030")).context["form"]

    assert (form["language"].value(), form["large_print"].value()) == ("cy", True)


# While it is made ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "none", "one", "together"),
    [
        ("en", "made: 0 of 3", "made: 1 of 3", "being put together"),
        ("cy", "a wnaed: 0 o 3", "a wnaed: 1 o 3", "cael eu rhoi at ei gilydd"),
    ],
)
def test_says_how_far_it_is(client, pack, language, none, one, together):
    progress = url("pack_progress", language, pack=pack.pk)

    begun = client.get(progress).json()
    part = services.claim_part(part=pack.parts.in_order()[0].pk)
    services.finish_part(part=part, pages=2)
    page = words_of(client.get(url("pack_detail", language, pack=pack.pk)))
    finish_all(pack)
    last = client.get(progress).json()

    assert begun["isUnderWay"]
    assert none in begun["html"]
    assert one in page
    assert together in last["html"]


@pytest.mark.parametrize("name", ["pack_detail", "pack_progress"])
def test_looking_asks_again_for_what_was_lost(client, pack, name):
    DBTaskResult.objects.all().delete()

    client.get(url(name, pack=pack.pk))

    assert waiting(tasks.draw_part) == 3


def test_following_it_is_no_sign_of_a_person(client, pack):
    began = timezone.now()
    progress = url("pack_progress", pack=pack.pk)

    statuses = []
    for minutes in (1, 30, 61):
        with time_machine.travel(began + minutes * A_MINUTE, tick=False):
            statuses.append(
                client.get(progress, headers={"accept": "application/json"}).status_code
            )

    assert statuses == [200, 200, 401]


def test_cancelling_leads_back_and_offers_to_make_it_again(client, pack):
    page = client.post(url("pack_cancel", pack=pack.pk), follow=True)

    assert page.context["pack"].state == "cancelled"
    assert "You cancelled this pack." in words_of(page)
    assert 'name="document" value="summary"' in words_of(page)
    assert "packs.js" not in words_of(page)


def test_names_what_could_not_be_made_and_what_was_not_there(client, pack):
    part = pack.parts.in_order()[1]
    for _time in range(MOST_FAILURES):
        services.fail_part(part=services.claim_part(part=part.pk), fault=Fault.TOO_LONG)
    made(pack)

    page = words_of(client.get(url("pack_detail", "cy", pack=pack.pk)))

    assert "Tŷ Ddewi: Mae gormod o destun ar gyfer PDF." in page
    assert "<li>Cwm</li>" in page
    assert "ond nid pob un" in page


@pytest.mark.parametrize(
    ("who", "language", "fault", "said", "boards", "button"),
    [
        (
            "officer",
            "en",
            Fault.TOO_MANY,
            "There are too many documents for one PDF.",
            False,
            "Ask for a ZIP file",
        ),
        (
            "national",
            "cy",
            Fault.TOO_MANY,
            "Mae gormod o ddogfennau ar gyfer un PDF.",
            True,
            "Gofyn am ffeil ZIP",
        ),
        (
            "officer",
            "en",
            Fault.CRASHED,
            "Making it was broken off again and again.",
            False,
            "Ask for a ZIP file",
        ),
    ],
)
def test_what_cannot_be_one_pdf_is_offered_as_a_zip(
    client,
    request,
    cycle,
    board,
    submissions,
    who,
    language,
    fault,
    said,
    boards,
    button,
):
    by = request.getfixturevalue(who)
    pack = ask(cycle, by, None if boards else board, form="bound")
    finish_all(pack)
    services.fail_pack(pack=services.claim_pack(pack=pack.pk), fault=fault)
    client.force_login(by)

    page = words_of(client.get(url("pack_detail", language, pack=pack.pk)))

    assert said in page
    assert button in page
    assert ("un bwrdd iechyd ar y tro" in page) is boards
    assert 'name="form" value="zip"' in page
    assert "could be made" not in page


# The file -------------------------------------------------------------------------------------


def test_the_file_is_handed_over(client, ready):
    response = client.get(url("pack_file", "cy", pack=ready.pk))

    assert b"".join(response) == FILE
    assert {name: response.headers[name] for name in HEADERS} == {
        "Content-Type": "application/zip",
        "Content-Length": str(len(FILE)),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store, max-age=0, no-cache, must-revalidate",
    }
    assert "crynodebaur-hunanfyfyrdodau-" in response.headers["Content-Disposition"]
    assert url("pack_file", pack=ready.pk) in words_of(
        client.get(url("pack_detail", pack=ready.pk))
    )


@pytest.mark.parametrize(
    "who", ["national", "other_officer", "superuser", "administrator", "colleague"]
)
@pytest.mark.parametrize(
    "name", ["pack_detail", "pack_progress", "pack_cancel", "pack_file"]
)
def test_only_who_asked_opens_it(client, ready, request, board, who, name):
    other = (
        UserFactory(officer_of=board)
        if who == "colleague"
        else request.getfixturevalue(who)
    )
    client.force_login(other)

    response = client.get(url(name, pack=ready.pk))

    assert response.status_code == 404


def test_who_lost_their_role_fetches_nothing(client, ready, officer):
    Membership.objects.filter(user=officer).delete()

    statuses = [
        client.get(url(name, pack=ready.pk)).status_code
        for name in ("pack_detail", "pack_file")
    ]

    assert statuses == [404, 404]


def test_after_a_week_it_can_be_made_again(client, officer, ready):
    with time_machine.travel(ready.expires_at + A_MINUTE, tick=False):
        client.force_login(officer)
        before = client.get(url("pack_file", pack=ready.pk)).status_code
        page = client.get(url("pack_detail", pack=ready.pk))
        files.tidy()
        tidied = client.get(url("pack_detail", pack=ready.pk))
        listed = client.get(url("pack_list"))

    assert before == 404
    for each in (page, tidied):
        assert "This pack is no longer kept." in words_of(each)
        assert "Make it again" in words_of(each)
    assert "No longer kept" in words_of(listed)


def test_a_file_that_is_gone_is_not_found(client, ready):
    files.path_of(ready).unlink()

    assert client.get(url("pack_file", pack=ready.pk)).status_code == 404


# Lists ------------------------------------------------------------------------------------------


def test_lists_the_newest_first(client, pack, cycle, board, officer, national):
    newer = ask(cycle, officer, board, language="both", form="bound")
    ask(cycle, national, board)

    page = client.get(url("pack_list", "cy"))

    assert [each.pk for each, _heading in page.context["packs"]] == [newer.pk, pack.pk]
    assert "Crynodebau&#x27;r hunanfyfyrdodau" in words_of(page)


def test_queries_do_not_grow(client, cycle, board, officer, django_assert_num_queries):
    """Of the list and the page, with one pack of one document, and three packs of three."""
    client.force_login(officer)
    some_submissions(cycle, board, NAMES[:1])
    small = ask(cycle, officer, board)
    pages = {
        "pack_list": (url("pack_list"), 4),
        "pack_ask": (url("pack_ask", area="board-7A0", cycle="2030"), 8),
    }
    of_a_pack = {"pack_detail": 8, "pack_progress": 8}

    for name, (address, count) in pages.items():
        with django_assert_num_queries(count, info=name):
            client.get(address)
    for name, count in of_a_pack.items():
        with django_assert_num_queries(count, info=name):
            client.get(url(name, pack=small.pk))
    some_submissions(cycle, board, NAMES[1:])
    for language in ("cy", "en", "both"):
        large = ask(cycle, officer, board, language=language, form="bound")
    for name, (address, count) in pages.items():
        with django_assert_num_queries(count, info=name):
            client.get(address)
    for name, count in of_a_pack.items():
        with django_assert_num_queries(count, info=name):
            client.get(url(name, pack=large.pk))


def test_pages_of_results_and_the_dashboard_lead_to_packs(
    client, officer, lead, reflection
):
    asking = url("pack_ask", area="board-7A0", cycle="2030")
    pages = [
        reverse("reporting:board", args=["2030", "7A0"]),
        reverse("dashboard:overview", kwargs={"scope": "board-7A0"}),
    ]

    client.force_login(officer)
    assert [asking in words_of(client.get(page)) for page in pages] == [True, True]

    client.force_login(lead)
    assert asking not in words_of(client.get(pages[1]))
