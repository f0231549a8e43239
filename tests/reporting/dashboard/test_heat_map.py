"""Clusters by outcomes: each cell recomputed from what was sent, orders, pages, and who sees what."""

import datetime
import json
import re
from html import unescape

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assessments import services
from assessments.models import AgreedLevel, CriterionChoice, Question, SignsChoice
from assessments.subjects import Subject
from frameworks.models import Criterion
from reporting.exhibits import AGREED, OWN, Page
from reporting.exhibits import heat_map as exhibit
from reporting.heat_map import AgreedCell, OwnCell, SignsCell, load_heat_map, loading
from reporting.scopes import EVERYWHERE, scope_of_code
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    EditionFactory,
    HealthBoardFactory,
    ModuleFactory,
    OutcomeFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.steps import (
    answer_all,
    criterion_of,
    entry,
    outcome_of,
    question_subject,
    save,
    start,
    submit,
    words_of,
)

pytestmark = pytest.mark.django_db

CANARY = "Canary in the draft"
YEAR = datetime.timedelta(days=365)
NUMBERS = (1, 2)  # of the outcomes with levels
A_LEVEL = st.sampled_from([None, 0, 1, 2, 3])
LIFE = st.fixed_dictionaries(
    {
        "submits": st.booleans(),
        "own": st.tuples(A_LEVEL, A_LEVEL),
        "criteria": st.lists(
            st.sampled_from([None, *CriterionChoice.values]), min_size=6, max_size=6
        ),
        "sign": st.sampled_from([None, *SignsChoice.values]),
        "agreed": st.none() | st.tuples(A_LEVEL, A_LEVEL),
    }
)


@pytest.fixture
def cycle_before(cycle):
    return CycleFactory(
        code="2029", edition=cycle.edition, opens_at=cycle.opens_at - YEAR
    )


@pytest.fixture
def abroad(db):
    return HealthBoardFactory(code="7B1", name_cy="Bwrdd B", name_en="Board B")


def page_of(user, cycle, *others, scope="wales", level=OWN, **query):
    return Page(user, scope_of_code(scope), cycle, [cycle, *others], level, query=query)


def cells(user, cycle, *others, **which):
    found = load_heat_map(page_of(user, cycle, *others, **which))
    return {row.cluster.code: row.cells for row in found.rows}


def live(reflection, life, *, lead):
    """Answer, submit and agree as ``life`` says."""
    start(reflection, by=lead)
    criteria = [
        criterion_of(reflection, outcome=number, level=level)
        for number in NUMBERS
        for level in (1, 2, 3)
    ]
    sign = Criterion.objects.get(
        outcome__module__edition=reflection.cycle.edition,
        outcome__module__code="SIGNS",
    )
    answers = [
        (Subject(criterion_id=criterion.pk), choice)
        for criterion, choice in zip(
            [*criteria, sign], [*life["criteria"], life["sign"]], strict=True
        )
    ] + [
        (question_subject(reflection, Question.OWN_LEVEL, number=number), level)
        for number, level in zip(NUMBERS, life["own"], strict=True)
    ]
    entries = [
        entry(subject, "Why.", choice=f"{choice}")
        for subject, choice in answers
        if choice is not None
    ]
    if entries:
        save(reflection, *entries, by=lead)
        reflection.refresh_from_db()
    if not life["submits"]:
        return
    submit(reflection, by=lead)
    if life["agreed"]:
        officer = UserFactory(officer_of=reflection.cluster.health_board)
        services.begin_review(reflection=reflection, by=officer)
        reflection.refresh_from_db()
        levels = zip(NUMBERS, life["agreed"], strict=True)
        services.record_agreement(
            reflection=reflection,
            by=officer,
            levels={
                outcome_of(reflection, number=number).pk: (level, "So.", "en")
                for number, level in levels
                if level is not None
            },
        )


def sent(reflection, own, agreed=None):
    """Submitted with the levels ``own``, and with those agreed if there are any."""
    life = {"submits": True, "own": own, "agreed": agreed, "sign": None}
    lead = UserFactory(lead_of=reflection.cluster)
    live(reflection, life | {"criteria": [None] * 6}, lead=lead)


# Each cell, slowly ----------------------------------------------------------------------


def slow_outcome(reflection, module, number):
    """An outcome as it was frozen in the latest submission; None where there is none."""
    submission = reflection.submissions.order_by("number").last()
    if submission is None:
        return None
    content = json.loads(submission.content)
    (module,) = [each for each in content["modules"] if each["code"] == module]
    return next(each for each in module["outcomes"] if each["number"] == number)


def slow_own(reflection, number):
    outcome = slow_outcome(reflection, "LEVELS", number)
    return outcome and outcome["own_level"]


def slow_agreed(reflection, number):
    return (
        AgreedLevel.objects.filter(
            submitted_outcome__submission__reflection=reflection,
            submitted_outcome__outcome__number=number,
        )
        .values_list("level", flat=True)
        .first()
    )


def slow_change(now, before):
    return None if now is None or before is None else now - before


def slow_own_cell(reflection, before, number):
    outcome = slow_outcome(reflection, "LEVELS", number)
    choices = [each["answer"]["choice"] for each in outcome["criteria"]]
    own, agreed = outcome["own_level"], slow_agreed(reflection, number)
    return OwnCell(
        own,
        slow_change(own, slow_own(before, number)),
        agreed,
        slow_change(agreed, slow_agreed(before, number)),
        choices.count("met"),
        len(choices) - choices.count("not_applicable"),
    )


def slow_agreed_cell(reflection, before, number):
    agreed = slow_agreed(reflection, number)
    return AgreedCell(agreed, slow_change(agreed, slow_agreed(before, number)))


def slow_row(reflection, before, *, reads_own):
    if reads_own and slow_outcome(reflection, "LEVELS", 1):
        return [slow_own_cell(reflection, before, number) for number in NUMBERS]
    if all(slow_agreed(reflection, number) is None for number in NUMBERS):
        return []
    return [slow_agreed_cell(reflection, before, number) for number in NUMBERS]


def slow_signs(reflection):
    outcome = slow_outcome(reflection, "SIGNS", 1)
    if outcome is None:
        return []
    choices = [each["answer"]["choice"] for each in outcome["criteria"]]
    return [SignsCell(*(choices.count(choice) for choice in SignsChoice), len(choices))]


@settings(
    max_examples=6,
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ],  # making each smaller takes minutes
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(now=st.tuples(LIFE, LIFE), then=st.tuples(LIFE, LIFE))
def test_every_cell_is_what_was_sent_and_agreed(
    cycle, cycle_before, cluster, abroad, national, officer, now, then
):
    with transaction.atomic():
        foreign = ClusterFactory(code="menai", health_board=abroad)
        pairs = []
        for place, each in enumerate((cluster, foreign)):
            lead = UserFactory(lead_of=each)
            of_then = SelfReflectionFactory(cycle=cycle_before, cluster=each)
            of_now = SelfReflectionFactory(cycle=cycle, cluster=each)
            live(of_then, then[place], lead=lead)
            live(of_now, now[place], lead=lead)
            pairs.append((of_now, of_then))

        for reader, level, reads in (
            (national, OWN, (True, True)),
            (officer, OWN, (True, False)),
            (national, AGREED, (False, False)),
        ):
            found = cells(reader, cycle, cycle_before, level=level)
            assert found == {
                pair[0].cluster.code: slow_row(*pair, reads_own=reads_own)
                for pair, reads_own in zip(pairs, reads, strict=True)
            }
        assert cells(officer, cycle, module="SIGNS") == {
            "afan": slow_signs(pairs[0][0]),
            "menai": [],
        }
        transaction.set_rollback(True)


def test_a_change_follows_an_outcome_into_another_edition(cycle, cluster, national):
    """Its number is another then, and one outcome is new."""
    edition = EditionFactory(code="2031-05")
    module = ModuleFactory(edition=edition, number=1, code="LEVELS", outcomes=0)
    ModuleFactory(
        edition=edition, number=2, code="SIGNS", uses_levels=False, outcomes=1
    )
    before = SelfReflectionFactory(cycle=cycle, cluster=cluster)
    OutcomeFactory(module=module, number=1, criteria=1)
    OutcomeFactory(
        module=module,
        number=2,
        criteria=1,
        predecessor=outcome_of(before, number=1),
    )
    after = CycleFactory(
        code="2031", edition=edition, opens_at=cycle.opens_at + YEAR / 400
    )
    sent(before, (1, 3), (2, None))
    sent(SelfReflectionFactory(cycle=after, cluster=cluster), (0, 3), (1, 3))

    first, second = cells(national, after, cycle)["afan"]

    assert (first.change, first.agreed_change) == (None, None)
    assert (second.change, second.agreed_change) == (2, 1)


def test_the_file_holds_every_cell_of_every_module(cycle, cluster, abroad, officer):
    sent(SelfReflectionFactory(cycle=cycle, cluster=cluster), (2, None))
    foreign = ClusterFactory(
        code="menai", health_board=abroad, name_cy="Menai", name_en="Menai"
    )
    SelfReflectionFactory(cycle=cycle, cluster=foreign)

    table = exhibit.load(
        Page(officer, EVERYWHERE, cycle, [cycle], AGREED, in_file=True)
    ).table

    codes = [column.code for column in table.columns]
    rows = [dict(zip(codes, row, strict=True)) for row in table.rows]
    assert [
        (row["cluster_code"], row["module"], row["outcome_number"], row["own_level"])
        for row in rows
    ] == [
        ("menai", "LEVELS", 1, None),
        ("menai", "LEVELS", 2, None),
        ("afan", "LEVELS", 1, 2),
        ("afan", "LEVELS", 2, None),
        ("menai", "SIGNS", 1, None),
        ("afan", "SIGNS", 1, None),
    ]
    assert [
        (row["criteria_met"], row["criteria_applicable"], row["criteria"])
        for row in rows
    ] == [
        (None,) * 3,
        (None,) * 3,
        (0, 3, None),
        (0, 3, None),
        (None,) * 3,
        (None, None, 1),
    ]


# Orders and pages -----------------------------------------------------------------------


def order(user, cycle, language="en", **query):
    with override(language):
        found = load_heat_map(page_of(user, cycle, **query))
    return [row.cluster.code for row in found.rows]


@pytest.fixture
def four(cycle, board, abroad, national):
    """Clusters whose alphabets differ: two in each board, the last without a submission."""
    own = {"llan": (1, 3), "lwyd": (None, 0), "cwm": (3, 0)}
    agreed = {"llan": (3, 1), "lwyd": (2, None)}
    for place, code in enumerate(("llan", "lwyd", "cwm", "chwith")):
        cluster = ClusterFactory(
            code=code,
            name_cy=code.title(),
            name_en=code.title(),
            health_board=(board, abroad)[place % 2],
        )
        reflection = SelfReflectionFactory(cycle=cycle, cluster=cluster)
        if code in own:
            sent(reflection, own[code], agreed.get(code))
    board.name_cy, board.name_en = "Bwrdd A", "Board A"
    board.save()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "cwm llan chwith lwyd"),
        ({"sort": "-name"}, "llan cwm lwyd chwith"),
        ({"list": "one"}, "chwith cwm llan lwyd"),
        ({"list": "one", "sort": "-name"}, "lwyd llan cwm chwith"),
        ({"sort": "board"}, "cwm llan chwith lwyd"),
        ({"sort": "-board"}, "chwith lwyd cwm llan"),
        ({"list": "one", "sort": "1"}, "llan cwm chwith lwyd"),
        ({"list": "one", "sort": "-1"}, "cwm llan chwith lwyd"),
        ({"list": "one", "sort": "2"}, "cwm lwyd llan chwith"),
        ({"list": "one", "sort": "-1", "level": AGREED}, "llan lwyd chwith cwm"),
        ({"sort": "-2"}, "llan cwm lwyd chwith"),
        ({"list": "one", "sort": "9"}, "chwith cwm llan lwyd"),
        ({"list": "one", "sort": "-1", "module": "SIGNS"}, "cwm llan lwyd chwith"),
    ],
)
def test_orders(cycle, four, national, query, expected):
    assert order(national, cycle, **query) == expected.split()


def test_the_welsh_alphabet(cycle, four, national):
    assert [
        order(national, cycle, "cy", list="one", sort=sort)
        for sort in ("name", "-name")
    ] == [["cwm", "chwith", "lwyd", "llan"], ["llan", "lwyd", "chwith", "cwm"]]


def test_what_one_may_not_read_has_no_part_in_the_order(cycle, four, officer):
    """Lwyd, of another board, is below level 1 of its second outcome by its own account."""
    found = order(officer, cycle, list="one", sort="2")

    assert found == ["cwm", "llan", "chwith", "lwyd"]


def heads(html):
    """The heads of the columns: their order now, and where they lead."""
    head = re.search(r"<thead>(.*?)</thead>", html, re.DOTALL)[1]
    return [
        (
            (re.search(r'aria-sort="(\w+)"', each) or [None, None])[1],
            unescape(re.search(r'href="[^"?]*\??([^"]*)"', each)[1]),
        )
        for each in re.findall(r"<th .*?</th>", head, re.DOTALL)
    ]


def get(client, user, scope="wales", language="en", **query):
    client.force_login(user)
    with override(language):
        path = reverse("dashboard:levels", args=[scope], query=query or None)
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_heads_turn_the_order_round(client, cycle, four, national):
    plain = heads(get(client, national, list="one", sort="1"))
    turned = heads(get(client, national, list="one", sort="-1"))

    assert plain == [
        (None, "cycle=2030&list=one"),
        (None, "cycle=2030&sort=board&list=one"),
        ("ascending", "cycle=2030&sort=-1&list=one"),
        (None, "cycle=2030&sort=2&list=one"),
    ]
    assert turned[2] == ("descending", "cycle=2030&sort=1&list=one")


def test_pages(client, cycle, four, national, monkeypatch):
    monkeypatch.setattr(loading, "A_PAGE", 3)

    pages = {
        page: order(national, cycle, list="one", page=page) for page in ("1", "2", "9")
    }
    first = get(client, national, list="one")
    second = get(client, national, list="one", page="2")

    assert pages == {
        "1": ["chwith", "cwm", "llan"],
        "2": ["lwyd"],
        "9": ["lwyd"],
    }
    assert (
        'href="/en/dashboard/wales/levels/?cycle=2030&amp;list=one&amp;page=2"' in first
    )
    assert (
        'href="/en/dashboard/wales/levels/?cycle=2030&amp;list=one&amp;page=1"'
        in second
    )
    assert "Page 2 of 2" in second


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("query", [{}, {"module": "SIGNS", "sort": "-1"}])
def test_queries_do_not_grow(
    client, cycle, cycle_before, board, national, count, query
):
    for _cluster in range(count):
        cluster = ClusterFactory(health_board=board)
        for each in (cycle, cycle_before):
            reflection = SelfReflectionFactory(cycle=each, cluster=cluster)
            sent(reflection, (1, 2), (2, 2))
    client.force_login(national)
    path = reverse("dashboard:levels", args=["wales"], query=query or None)
    client.get(path)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)

    assert len(response.context["heat_map"].rows) == count
    assert len(queries) == (10 if query else 11)


# The page -------------------------------------------------------------------------------


def text(html):
    """The words of a piece of a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def rows(html):
    """The text of each head and cell of the heat map's body."""
    table = re.search(r'<table class="table--matrix.*?</table>', html, re.DOTALL)[0]
    return [
        [
            text(cell)
            for cell in re.findall(r"<(?:th|td).*?</(?:th|td)>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    ]


@pytest.fixture
def shown(cycle, cycle_before, cluster, national):
    """Level 2 of the first outcome, after 3, and 1 agreed; none of the second."""
    before = SelfReflectionFactory(cycle=cycle_before, cluster=cluster)
    sent(before, (3, None))
    reflection = SelfReflectionFactory(cycle=cycle, cluster=cluster)
    sent(reflection, (2, None), (1, None))
    return reflection


def test_a_cell_says_everything_in_words(client, shown, national):
    name = shown.cluster.name

    english = rows(get(client, national, list="one"))
    welsh = rows(get(client, national, list="one", language="cy"))

    assert english[1:] == [
        [
            name,
            shown.cluster.health_board.name_en,
            "2 Developing Criteria met: 0 of 3 Levels down since the cycle before: ▼ 1 "
            "Agreed: 1 Foundation",
            "Not answered Criteria met: 0 of 3",
        ]
    ]
    assert welsh[1][2] == (
        "2 Datblygol Meini prawf a fodlonwyd: 0 o 3 Lefelau i lawr ers y cylch blaenorol: ▼ 1 "
        "Cytunwyd: 1 Sylfaen"
    )


def test_a_cell_leads_to_what_was_submitted_of_the_outcome(client, shown, national):
    html = get(client, national)

    places = re.findall(r'class="matrix__cell" href="([^"]*)"', html)
    submission = reverse("assessments:submission_detail", args=["2030", "afan", 1])
    assert places == [f"{submission}#LEVELS-1", f"{submission}#LEVELS-2"]
    page = client.get(submission).content.decode()
    for place in places:
        assert f'id="{place.partition("#")[2]}"' in page


def test_every_head_says_what_it_is_a_head_of(client, shown, national):
    table = re.search(r"<table.*</table>", get(client, national), re.DOTALL)[0]

    scopes = re.findall(r'<th\b[^>]*\bscope="(\w+)"', table)
    assert len(scopes) == table.count("<th ") + table.count("<th\n")
    assert scopes == ["col", "col", "col", "rowgroup", "row"]


def test_signs_are_counted_in_a_module_without_levels(
    client, reflection, lead, national
):
    answer_all(reflection, by=lead)
    submit(reflection, by=lead)

    html = get(client, national, module="SIGNS")

    assert rows(html)[-1][1:] == ["Strong: 0 Some: 1 None yet: 0 Answered: 1 of 1"]
    assert "No maturity levels" in html


# Who sees what --------------------------------------------------------------------------


def test_who_sees_which_cells(client, shown, lead, stranger, other_officer, national):
    own, agreed = "2 Developing Criteria met: 0 of 3", "Agreed: 1 Foundation"

    seen = {
        person.email.split("@")[0]: rows(get(client, person, list="one"))[1][2]
        for person in (lead, stranger, other_officer, national)
    }

    change = "Levels down since the cycle before: ▼ 1"
    assert seen == {
        "lead": f"{own} {change} {agreed}",
        "stranger": agreed,
        "other.officer": agreed,
        "national": f"{own} {change} {agreed}",
    }
    assert 'class="matrix__cell"' not in get(client, stranger)


def test_a_draft_is_not_shown(client, reflection, lead, officer, stranger):
    save(
        reflection,
        entry(words_of(reflection), CANARY),
        entry(question_subject(reflection, Question.OWN_LEVEL), CANARY, choice="3"),
        by=lead,
    )

    for person, said in (
        (lead, "Nothing has been submitted"),
        (officer, "Nothing has been submitted"),
        (stranger, "No level agreed yet"),
    ):
        html = get(client, person)
        assert CANARY not in html
        assert rows(html)[-1] == [reflection.cluster.name, said]


def test_scopes_hold_their_own_clusters(client, shown, abroad, lead, officer, national):
    def status(user, scope):
        client.force_login(user)
        return client.get(reverse("dashboard:levels", args=[scope])).status_code

    assert [row[0] for row in rows(get(client, national, "cluster-afan"))[1:]] == [
        shown.cluster.name
    ]
    assert "No clusters in this cycle" in get(client, officer, "board-7B1")
    foreign = ClusterFactory(code="menai", health_board=abroad)
    assert [status(lead, f"cluster-{foreign.code}"), status(lead, "wales")] == [
        404,
        200,
    ]
