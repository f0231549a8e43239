"""The overview of a scope: its figures recomputed, the frame around it, and what it asks for."""

import json

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments import services
from assessments.models import AgreedLevel, Question, SelfReflection, SignsChoice
from assessments.subjects import Subject
from frameworks.models import Criterion
from reporting.exhibits import AGREED, OWN, Page, distribution, signs
from reporting.scopes import EVERYWHERE, scope_of_code
from tests.factories import (
    ClusterFactory,
    HealthBoardFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.steps import (
    answer_all,
    entry,
    outcome_of,
    question_subject,
    save,
    start,
    submit,
)

pytestmark = pytest.mark.django_db

LEVELS = st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=2, max_size=2)
LIVES = st.lists(
    st.fixed_dictionaries(
        {
            "submits": st.booleans(),
            "own": LEVELS,
            "signs": st.sampled_from([None, *SignsChoice.values]),
            "agreed": st.none() | LEVELS,
        }
    ),
    min_size=4,
    max_size=4,
)


@pytest.fixture
def board_of_another(db):
    return HealthBoardFactory(code="7B1")


@pytest.fixture
def reflections(cycle, board, board_of_another):
    """Of two clusters in each of two boards; none has begun."""
    return [
        SelfReflectionFactory(
            cycle=cycle, cluster=ClusterFactory(code=code, health_board=of)
        )
        for of, codes in ((board, "ab"), (board_of_another, "cd"))
        for code in codes
    ]


def live(reflection, life):
    """Answer, submit and agree as ``life`` says."""
    lead = UserFactory(lead_of=reflection.cluster)
    officer = UserFactory(officer_of=reflection.cluster.health_board)
    entries = [
        entry(
            question_subject(reflection, Question.OWN_LEVEL, number=number),
            "A reason.",
            choice=f"{level}",
        )
        for number, level in enumerate(life["own"], start=1)
        if level is not None
    ]
    if life["signs"]:
        criterion = Criterion.objects.get(outcome__module__code="SIGNS")
        entries.append(entry(Subject(criterion_id=criterion.pk), choice=life["signs"]))
    start(reflection, by=lead)
    if entries:
        save(reflection, *entries, by=lead)
        reflection.refresh_from_db()
    if not life["submits"]:
        return
    submit(reflection, by=lead)
    if life["agreed"]:
        services.begin_review(reflection=reflection, by=officer)
        reflection.refresh_from_db()
        services.record_agreement(
            reflection=reflection,
            by=officer,
            levels={
                outcome_of(reflection, number=number).pk: (level, "They agreed.", "en")
                for number, level in enumerate(life["agreed"], start=1)
                if level is not None
            },
        )


# The figures, slowly --------------------------------------------------------------------


def latest(reflection):
    submission = reflection.submissions.order_by("number").last()
    return submission and json.loads(submission.content)


def slow_levels(reflections, number, level):
    """How many are below level 1, at 1, 2, 3 and at none; and how many that is of."""
    found = []
    for reflection in reflections:
        content = latest(reflection)
        if content is None:
            continue
        agreed = {
            each.submitted_outcome.outcome.number: each.level
            for each in AgreedLevel.objects.filter(
                submitted_outcome__submission__reflection=reflection
            )
        }
        if level == AGREED:
            if agreed:
                found.append(agreed.get(number))
        else:
            outcomes = content["modules"][0]["outcomes"]
            found.append(
                next(each for each in outcomes if each["number"] == number)["own_level"]
            )
    if not found:
        return [*[None] * 5, 0]
    return [*(found.count(each) for each in (0, 1, 2, 3, None)), len(found)]


def slow_signs(reflections):
    found = [
        content["modules"][1]["outcomes"][0]["criteria"][0]["answer"]["choice"]
        for content in map(latest, reflections)
        if content
    ]
    if not found:
        return [*[None] * 4, 0]
    return [*(found.count(each) for each in (*SignsChoice.values, "")), len(found)]


def numbers(table):
    """The rows of a table without what is told in words."""
    return [
        [value for value in row if not isinstance(value, str)] for row in table.rows
    ]


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lives=LIVES)
def test_every_figure_is_what_submissions_say(
    reflections, cycle, national, officer, lives
):
    with transaction.atomic():
        for reflection, life in zip(reflections, lives, strict=True):
            live(reflection, life)
        mine = scope_of_code("board-7A0")
        theirs = reflections[:2]

        for reader, scope, level, groups in (
            (national, EVERYWHERE, OWN, [(reflections, OWN)]),
            (national, EVERYWHERE, AGREED, [(reflections, AGREED)]),
            (national, mine, OWN, [(theirs, OWN), (reflections, OWN)]),
            (national, mine, AGREED, [(theirs, AGREED), (reflections, AGREED)]),
            # Of another board's clusters an officer knows agreed levels alone.
            (officer, mine, OWN, [(theirs, OWN), (reflections, AGREED)]),
            (officer, EVERYWHERE, OWN, [(theirs, OWN)]),
        ):
            page = Page(reader, scope, cycle, [cycle], level)
            total = {id(theirs): 2, id(reflections): 4}
            of_all = 4 if scope == EVERYWHERE else None
            expected = [
                [*slow_levels(of, number, kind), of_all or total[id(of)]]
                for number in (1, 2)
                for of, kind in groups
            ]

            assert numbers(distribution.load(page).table) == expected
            expected_signs = [
                [*slow_signs(of), of_all or total[id(of)]]
                for of, kind in groups
                if reader is national or of is theirs
            ]
            assert numbers(signs.load(page).table) == expected_signs

        transaction.set_rollback(True)


# The page -------------------------------------------------------------------------------


def answered(reflection, national):
    lead = UserFactory(lead_of=reflection.cluster)
    answer_all(reflection, by=lead)
    submit(reflection, by=lead)


def page_of(client, user, scope, **query):
    client.force_login(user)
    path = reverse("dashboard:overview", args=[scope], query=query or None)
    return client.get(path).content.decode()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("scope", ["wales", "board-7A0"])
def test_the_page_asks_as_little_however_many_clusters(
    client, reflections, national, scope, count
):
    for reflection in reflections[count:]:
        SelfReflection.objects.filter(pk=reflection.pk).delete()
    for reflection in reflections[:count]:
        answered(reflection, national)
    client.force_login(national)
    path = reverse("dashboard:overview", args=[scope])
    client.get(path)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)

    assert (response.status_code, len(queries)) == (200, 10 if scope == "wales" else 12)


def test_an_officer_is_told_what_is_not_theirs_to_read(
    client, reflections, national, officer
):
    answered(reflections[0], national)

    page = page_of(client, officer, "board-7A0")
    wales = page_of(client, officer, "wales")

    assert "the bars of Wales are of agreed levels" in page
    assert "None yet, so there is no bar." in page
    assert "Clusters whose submissions you can read here: 2 of 4." in wales
    assert "Only the submissions that you can read are counted." in wales


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "No cluster here has submitted in this cycle yet."),
        ("cy", "Nid oes clwstwr yma wedi cyflwyno yn y cylch hwn eto."),
    ],
)
def test_before_anybody_submitted(client, reflections, national, language, said):
    with override(language):
        page = page_of(client, national, "wales")

    assert page.count(said) == 2
    assert "<svg" not in page


def test_before_anybody_agreed(client, reflections, national):
    answered(reflections[0], national)

    page = page_of(client, national, "wales", level="agreed")

    assert "No levels have been agreed here in this cycle yet." in page


def test_what_a_reader_of_none_is_told(client, reflections, national, other_officer):
    answered(reflections[0], national)

    page = page_of(client, other_officer, "wales")

    assert "You cannot read the submissions of the clusters here" in page
    assert "Clusters whose submissions you can read here: 0 of 4." in page


def test_a_scope_without_clusters(client, reflections, national):
    HealthBoardFactory(code="7C1")

    page = page_of(client, national, "board-7C1")

    assert "No clusters in this cycle" in page
    assert "<svg" not in page


# The frame ------------------------------------------------------------------------------


def test_the_form_leads_to_the_scope_that_was_chosen(client, reflections, national):
    client.force_login(national)

    led = [
        client.get(reverse("dashboard:start", query=query or None)).url
        for query in (
            {},
            {"scope": "board-7A0"},
            {"scope": "board-7a0", "view": "levels", "cycle": "2030", "level": "own"},
            {"scope": "nowhere", "view": "nothing"},
        )
    ]

    assert led == [
        "/en/dashboard/wales/",
        "/en/dashboard/board-7A0/",
        "/en/dashboard/board-7A0/levels/?cycle=2030&level=own",
        "/en/dashboard/wales/",
    ]


def test_the_menu_has_the_dashboard_for_whoever_reads_it(
    client, reflections, lead, officer, translator
):
    said = {}
    for person in (lead, officer, translator):
        client.force_login(person)
        page = client.get("/en/").content.decode()
        said[person.email.split("@")[0]] = 'href="/en/dashboard/"' in page

    assert said == {"lead": True, "officer": True, "translator": False}


def test_files_of_an_exhibit_keep_the_filters(client, reflections, national):
    answered(reflections[0], national)

    page = page_of(client, national, "wales", cycle="2030")

    for name in ("csv", "xlsx"):
        assert f"/en/dashboard/wales/exhibits/signs.{name}?cycle=2030" in page
