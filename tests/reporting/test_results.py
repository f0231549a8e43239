"""How far a board's clusters and those of Wales are: states, dates and submissions; no draft."""

import datetime
from html import unescape
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from assessments import services
from assessments.models import (
    CriterionChoice,
    Cycle,
    Question,
    SelfReflection,
    SignsChoice,
)
from organisations import loading
from organisations.models import Cluster, HealthBoard
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    HealthBoardFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.steps import (
    answer_all,
    criterion_subject,
    entry,
    question_subject,
    save,
    start,
    stored,
    submit,
    words_of,
)

CANARY = "Canary in the draft"
BOARD = "/en/results/2030/7A0/"
NATIONAL = "/en/results/2030/"


# Reading a page as text ---------------------------------------------------------------


class Tables(HTMLParser):
    """The tables of a page as rows of the texts of their cells, by the class of the tables."""

    def __init__(self, response):
        super().__init__()
        self.tables, self.attributes = {}, []
        self._rows, self._cell = None, None
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "table":
            self._rows = []
            name = attributes["class"].split()[-1]
            self.tables.setdefault(name, []).append(self._rows)
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in {"th", "td"}:
            self.attributes.append((tag, attributes))
            self._cell = []

    def handle_endtag(self, tag):
        if tag in {"th", "td"} and self._cell is not None:
            self._rows[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None
        elif tag == "table":
            self._rows = None

    def handle_data(self, data):
        if self._cell is not None:
            self._cell.append(data)


def words(response):
    """The page's source with single spaces and plain apostrophes."""
    return " ".join(unescape(response.content.decode()).split())


def sent_at(reflection):
    """When it was submitted last, as pages say it."""
    latest = reflection.submissions.latest("number")
    return f"{timezone.localtime(latest.submitted_at):%-d %B %Y, %H:%M}"


def tables(response, name):
    assert response.status_code == 200
    return Tables(response).tables[name]


def table(response, name):
    (found,) = tables(response, name)
    return found


def clusters_of(response):
    """The rows of clusters with how far they are, and of health boards, without the heads."""
    return table(response, "progress-table")[1:]


# What somebody submitted --------------------------------------------------------------


@pytest.fixture
def mixed(reflection, lead):
    """Submitted with level 2, below level 1, and strong signs."""
    save(
        reflection,
        entry(criterion_subject(reflection, level=1), choice=CriterionChoice.MET),
        entry(
            criterion_subject(reflection, level=3),
            "No.",
            choice=CriterionChoice.NOT_APPLICABLE,
        ),
        entry(question_subject(reflection, Question.OWN_LEVEL), choice="2"),
        entry(question_subject(reflection, Question.OWN_LEVEL, number=2), choice="0"),
        entry(
            criterion_subject(reflection, module="SIGNS", level=None),
            choice=SignsChoice.STRONG,
        ),
        by=lead,
    )
    return submit(reflection, by=lead)


def test_draft_is_shown_as_progress_only(client, reflection, lead, officer, national):
    save(
        reflection,
        entry(words_of(reflection), CANARY),
        entry(question_subject(reflection, Question.OWN_LEVEL), CANARY, choice="3"),
        by=lead,
    )

    for user, address in [(officer, BOARD), (national, BOARD), (national, NATIONAL)]:
        client.force_login(user)
        page = client.get(address)

        row = clusters_of(page)[-1]
        assert row == [reflection.cluster.name, "Draft", "1 of 13", "Not submitted"]
        assert CANARY not in page.content.decode()
    # There was one to leak.
    assert stored(reflection, words_of(reflection)).text == CANARY


def test_returned_reflection_keeps_its_last_submission(
    client, mixed, reflection, lead, officer
):
    services.return_reflection(
        reflection=reflection, by=officer, reason=CANARY, language="en"
    )
    subject = question_subject(reflection, Question.OWN_LEVEL)
    save(reflection, entry(subject, CANARY, choice="3", base=1), by=lead)
    client.force_login(officer)

    page = client.get(BOARD)

    assert stored(reflection, subject).choice == "3"
    assert clusters_of(page)[0] == [
        reflection.cluster.name,
        "Returned",
        "5 of 13",
        f"{sent_at(reflection)} Readers see submission 1",
    ]
    assert CANARY not in page.content.decode()


def test_second_submission_takes_the_place_of_the_first(
    client, mixed, reflection, lead, officer
):
    services.return_reflection(
        reflection=reflection, by=officer, reason="Please look again.", language="en"
    )
    subject = question_subject(reflection, Question.OWN_LEVEL)
    save(reflection, entry(subject, choice="3", base=1), by=lead)
    submit(reflection, by=lead)
    client.force_login(officer)

    page = client.get(BOARD)

    name = reflection.cluster.name
    assert clusters_of(page) == [[name, "Submitted", "5 of 13", sent_at(reflection)]]
    assert table(page, "submissions")[1][:2] == [
        name,
        f"What changed since the one before: {name} Submission 2: {name} Submission 1: {name}",
    ]


def test_figures_say_of_how_many(
    client, mixed, cycle, other_cluster, stranger, national
):
    other = SelfReflectionFactory(cycle=cycle, cluster=other_cluster)
    start(other, by=stranger)
    elsewhere = SelfReflectionFactory(
        cycle=cycle, cluster=ClusterFactory(health_board=HealthBoardFactory(code="7A9"))
    )
    client.force_login(national)

    page = client.get(NATIONAL)

    here = mixed.reflection.cluster.health_board
    assert table(page, "tally-table") == [
        [
            "Health board",
            "Clusters that have submitted",
            "Not started",
            "Draft",
            "Returned",
            "Submitted",
            "In review",
            "Agreed",
        ],
        [
            here.name,
            *("1 of 2", "0 of 2", "1 of 2", "0 of 2", "1 of 2", "0 of 2", "0 of 2"),
        ],
        [
            elsewhere.cluster.health_board.name,
            *("0 of 1", "1 of 1", "0 of 1", "0 of 1", "0 of 1", "0 of 1", "0 of 1"),
        ],
        ["Wales", "1 of 3", "1 of 3", "1 of 3", "0 of 3", "1 of 3", "0 of 3", "0 of 3"],
    ]
    assert [row[0] for row in clusters_of(page) if len(row) == 1] == [
        here.name,
        elsewhere.cluster.health_board.name,
    ]
    board_page = reverse("reporting:board", args=["2030", "7A9"])
    assert f'href="{board_page}"' in page.content.decode()


@pytest.mark.parametrize(
    ("language", "note"),
    [
        (
            "en",
            "Clusters that have submitted and whose self-reflection was then returned or taken "
            "back: 2. They count as submitted, and their earlier submission is shown.",
        ),
        (
            "cy",
            "Clystyrau sydd wedi cyflwyno, ond y cafodd eu hunanfyfyrdod ei ddychwelyd neu ei "
            "dynnu'n ôl wedyn: 2. Maent yn cyfrif ymhlith y rhai sydd wedi cyflwyno, a dangosir "
            "eu cyflwyniad cynharach.",
        ),
    ],
)
def test_figures_say_why_the_states_do_not_add_up(
    client, mixed, reflection, lead, cycle, board, officer, national, language, note
):
    addresses = (f"/{language}/results/2030/7A0/", f"/{language}/results/2030/")
    client.force_login(national)
    for address in addresses:
        assert note.partition(":")[0] not in words(client.get(address))

    taken_back = SelfReflectionFactory(
        cycle=cycle, cluster=ClusterFactory(health_board=board)
    )
    its_lead = UserFactory(lead_of=taken_back.cluster)
    start(taken_back, by=its_lead)
    submit(taken_back, by=its_lead)
    services.withdraw(reflection=taken_back, by=its_lead)
    services.return_reflection(
        reflection=reflection, by=officer, reason="Look again.", language="en"
    )

    for address in addresses:
        assert note in words(client.get(address))


def test_levels_are_on_the_dashboard(client, mixed, officer, national):
    for user, address, scope in [
        (officer, BOARD, "board-7A0"),
        (national, NATIONAL, "wales"),
    ]:
        client.force_login(user)
        page = client.get(address)

        link = f'href="/en/dashboard/{scope}/levels/?cycle=2030"'
        assert link in page.content.decode()
        assert "Developing" not in page.content.decode()
        assert (
            client.get(f"/en/dashboard/{scope}/levels/?cycle=2030").status_code == 200
        )


def test_every_heading_says_what_it_is_a_heading_of(client, mixed, national):
    client.force_login(national)

    for address in (BOARD, NATIONAL):
        page = Tables(client.get(address))

        headings = [attributes for tag, attributes in page.attributes if tag == "th"]
        assert {heading.get("scope") for heading in headings} <= {
            "col",
            "row",
            "rowgroup",
        }


# Who sees what ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "board_status", "national_status"),
    [
        ("officer", 200, 403),
        ("other_officer", 404, 403),
        ("national", 200, 200),
        ("lead", 403, 403),  # whose own self-reflection is among the board's
        ("contributor", 403, 403),
        ("administrator", 404, 403),
        ("superuser", 404, 403),
    ],
)
def test_scopes(client, request, reflection, who, board_status, national_status):
    client.force_login(request.getfixturevalue(who))

    statuses = client.get(BOARD).status_code, client.get(NATIONAL).status_code

    assert statuses == (board_status, national_status)


@pytest.mark.parametrize("address", ["/en/results/", NATIONAL, BOARD])
def test_stranger_to_the_service_signs_in_first(client, reflection, address):
    response = client.get(address)

    assert response.status_code == 302
    assert response.url == f"{reverse(settings.LOGIN_URL)}?next={address}"


@pytest.mark.parametrize(
    "address", ["/en/results/2031/", "/en/results/2031/7A0/", "/en/results/2030/7A1/"]
)
def test_unknown_cycle_or_board_is_not_found(client, reflection, national, address):
    client.force_login(national)

    assert client.get(address).status_code == 404


def test_cycle_that_was_never_opened_is_not_found(client, reflection, national):
    CycleFactory(code="2031", edition=reflection.cycle.edition, unopened=True)
    client.force_login(national)

    page = client.get("/en/results/2031/")

    assert page.status_code == 404


def test_results_leads_to_ones_own(client, reflection, officer, national):
    client.force_login(officer)
    assert client.get("/en/results/").url == BOARD

    client.force_login(national)
    assert client.get("/en/results/").url == NATIONAL


def test_results_prefers_the_cycle_that_is_open(client, reflection, officer):
    a_moment_ago = timezone.now()
    CycleFactory(
        code="2029",
        edition=reflection.cycle.edition,
        opens_at=a_moment_ago - datetime.timedelta(hours=2),  # later than the open one
        closes_at=a_moment_ago - datetime.timedelta(hours=1),
        closed_at=a_moment_ago,
    )
    client.force_login(officer)

    assert client.get("/en/results/").url == BOARD


@pytest.mark.parametrize("who", ["lead", "contributor", "administrator", "superuser"])
def test_results_are_refused_to_those_without_any(client, request, reflection, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get("/en/results/").status_code == 403


def test_officer_of_two_boards_chooses(client, reflection, board):
    second = HealthBoardFactory(code="7A9")
    officer = UserFactory(officer_of=board)
    officer.memberships.create(
        role="health_board_officer",
        health_board=second,
        starts_on=datetime.date(2020, 1, 1),
    )
    client.force_login(officer)

    page = client.get("/en/results/").content.decode()

    assert f'<a href="{BOARD}">{board.name}</a>' in page
    assert f'<a href="/en/results/2030/7A9/">{second.name}</a>' in page


def test_before_the_first_cycle_there_is_nothing_yet(client, officer):
    client.force_login(officer)

    page = client.get("/en/results/")

    assert page.status_code == 200
    assert "No progress yet" in page.content.decode()


# Cycles -------------------------------------------------------------------------------


def test_page_says_by_when_and_leads_to_other_cycles(client, reflection, officer):
    cycle = reflection.cycle
    Cycle.objects.filter(pk=cycle.pk).update(
        closes_at=datetime.datetime(2090, 11, 30, 17, tzinfo=datetime.UTC)
    )
    before = CycleFactory(code="2029", edition=cycle.edition, closed=True)
    SelfReflectionFactory(cycle=before, cluster=reflection.cluster, state="closed")
    client.force_login(officer)

    page = client.get(BOARD).content.decode()

    assert "The cycle closes on 30 November 2090 at 17:00." in page
    assert f'href="{BOARD}" aria-current="page">{cycle.name}</a>' in page
    assert f'href="/en/results/2029/7A0/">{before.name}</a>' in page
    assert page.index(cycle.name) < page.index(before.name)


def test_closed_cycle_tells_who_never_submitted(
    client, mixed, reflection, other_cluster, officer, national
):
    SelfReflectionFactory(cycle=reflection.cycle, cluster=other_cluster)
    services.close_cycle(cycle=reflection.cycle, by=national)
    client.force_login(officer)

    page = client.get(BOARD)

    assert "The cycle closed on" in page.content.decode()
    assert clusters_of(page) == [
        [reflection.cluster.name, "Closed", "5 of 13", sent_at(reflection)],
        [other_cluster.name, "Not submitted", "0 of 13", "Not submitted"],
    ]


# Both languages -----------------------------------------------------------------------


def test_clusters_stand_in_the_order_of_the_language(client, cycle, board, officer):
    for name in ("Llan", "Lwyd", "Cwm", "Chwith"):
        cluster = ClusterFactory(health_board=board, name_cy=name, name_en=name)
        SelfReflectionFactory(cycle=cycle, cluster=cluster)
    client.force_login(officer)

    welsh = [row[0] for row in clusters_of(client.get("/cy/results/2030/7A0/"))]
    english = [row[0] for row in clusters_of(client.get(BOARD))]

    assert welsh == ["Cwm", "Chwith", "Lwyd", "Llan"]
    assert english == ["Chwith", "Cwm", "Llan", "Lwyd"]


@pytest.mark.parametrize(
    ("language", "heading", "heads", "name"),
    [
        (
            "cy",
            "Bwrdd Iechyd",
            ["Clwstwr", "Cyflwr", "Atebwyd", "Cyflwynwyd ar"],
            "Y Dyffryn",
        ),
        (
            "en",
            "Health Board",
            ["Cluster", "State", "Answered", "Submitted on"],
            "The Vale",
        ),
    ],
)
def test_page_is_whole_in_each_language(
    client, mixed, national, language, heading, heads, name
):
    client.force_login(national)

    for address in ("results/2030/7A0/", "results/2030/"):
        page = client.get(f"/{language}/{address}")

        html = page.content.decode()
        assert f'<html lang="{language}">' in html
        assert heading in html
        assert table(page, "progress-table")[0] == heads
        assert clusters_of(page)[-1][0].startswith(name)
        assert ">None<" not in html  # a text that one language lacks
        other = "en" if language == "cy" else "cy"
        assert f'href="/{other}/{address}"' in html
    assert '<span lang="cy">Cymraeg</span>' in client.get(BOARD).content.decode()


# How much it costs --------------------------------------------------------------------


def add_clusters(cycle, board, count):
    """Clusters by turns submitted, not started and draft."""
    for number in range(count):
        cluster = ClusterFactory(health_board=board)
        reflection = SelfReflectionFactory(cycle=cycle, cluster=cluster)
        lead = UserFactory(lead_of=cluster)
        if number % 3 == 0:
            answer_all(reflection, by=lead)
            submit(reflection, by=lead)
        elif number % 3 == 2:
            start(reflection, by=lead)


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(
    client, cycle, board, officer, national, django_assert_num_queries, count
):
    add_clusters(cycle, board, count)

    client.force_login(officer)
    with django_assert_num_queries(7):
        assert len(clusters_of(client.get(BOARD))) == count
    client.force_login(national)
    with django_assert_num_queries(7):
        assert len(clusters_of(client.get(NATIONAL))) == count + 1
    with django_assert_num_queries(4):
        client.get("/en/results/")


def test_queries_at_sixty(client, cycle, national, django_assert_num_queries):
    loading.load((settings.BASE_DIR / "fixtures" / "organisations.json").read_bytes())
    services.open_cycle(cycle=cycle, by=national)
    for reflection in SelfReflection.objects.all():
        lead = UserFactory(lead_of=reflection.cluster)
        start(reflection, by=lead)
        submit(reflection, by=lead)
    assert (Cluster.objects.count(), HealthBoard.objects.count()) == (60, 7)

    client.force_login(national)
    with django_assert_num_queries(7):
        assert len(clusters_of(client.get(NATIONAL))) == 60 + 7
    with django_assert_num_queries(7):
        client.get("/en/results/2030/7A6/")
