"""Who needs help: figures recomputed from what was submitted, who chose what, and the search."""

import json
from collections import Counter

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments import services
from assessments.models import Question
from assessments.subjects import Subject
from reporting.exhibits import Page, needs, needs_by_outcome
from reporting.scopes import EVERYWHERE, scope_of_code
from tests.factories import (
    ClusterFactory,
    HealthBoardFactory,
    NeedTagFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.steps import (
    criterion_subject,
    entry,
    question_subject,
    save,
    submit,
)

pytestmark = pytest.mark.django_db

BARRIERS, SUPPORTS = ("time", "staff", "space"), ("training", "data")


def some_of(codes):
    return st.sets(st.sampled_from(codes)).map(sorted).map(" ".join)


LIVES = st.lists(
    st.none()
    | st.fixed_dictionaries(
        {
            ("in_the_way", 1): some_of(BARRIERS),
            ("in_the_way", 2): some_of(BARRIERS),
            ("support_needed", 1): some_of(SUPPORTS),
            ("support_overall", None): some_of(SUPPORTS),
        }
    ),
    min_size=3,
    max_size=3,
)


@pytest.fixture
def tags(db):
    for kind, codes in (("barrier", BARRIERS), ("support", SUPPORTS)):
        for number, code in enumerate(codes, start=1):
            NeedTagFactory(
                kind=kind,
                code=code,
                number=number,
                name_en=code.title(),
                name_cy=f"{code} cy",
            )


@pytest.fixture
def reflections(cycle, board, tags):
    """Of two clusters of one board and one of another; none has begun."""
    other = HealthBoardFactory(code="7B1")
    return [
        SelfReflectionFactory(
            cycle=cycle,
            cluster=ClusterFactory(
                code=code, name_cy=code, name_en=code, health_board=of
            ),
        )
        for code, of in (("bala", board), ("crai", board), ("dowlais", other))
    ]


def say(reflection, *entries, language="en"):
    """Answer and submit."""
    lead = UserFactory(lead_of=reflection.cluster)
    save(reflection, *entries, by=lead, language=language)
    reflection.refresh_from_db()
    submit(reflection, by=lead)


def choose(reflection, life):
    """Choose and submit as ``life`` says; None is a draft."""
    if life is None:
        return
    entries = [
        entry(
            question_subject(reflection, Question(question), number=number)
            if number
            else Subject(question=Question(question)),
            "Words.",
            choice=choice,
        )
        for (question, number), choice in life.items()
    ]
    say(reflection, *entries)


# The figures, slowly --------------------------------------------------------------------


def slow_needs(reflections, number=None):
    """How many clusters chose each code, somewhere or for the outcome of LEVELS, and of how many."""
    counts, counted = Counter(), 0
    for reflection in reflections:
        submission = reflection.submissions.order_by("number").last()
        if submission is None:
            continue
        counted += 1
        content = json.loads(submission.content)
        codes = set()
        for module in content["modules"]:
            for outcome in module["outcomes"]:
                if number in {None, outcome["number"]}:
                    for answer in outcome["questions"].values():
                        codes |= {tag["code"] for tag in answer.get("tags", [])}
        if number is None:
            for answer in content["closing"].values():
                codes |= {tag["code"] for tag in answer.get("tags", [])}
        counts.update(codes)
    return counts, counted


def slow_rows(reflections, number=None):
    counts, counted = slow_needs(reflections, number)
    rows = [
        (code, kind, counts[code], counted)
        for kind, codes in (("Barrier", BARRIERS), ("Support", SUPPORTS))
        for code in codes
        if counts[code]
    ]
    return sorted(rows, key=lambda row: (row[1], -row[2]))


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lives=LIVES)
def test_every_figure_is_what_submissions_say(
    reflections, cycle, national, officer, lives
):
    with transaction.atomic():
        for reflection, life in zip(reflections, lives, strict=True):
            choose(reflection, life)

        for reader, scope, behind in (
            (national, EVERYWHERE, reflections),
            (national, scope_of_code("board-7A0"), reflections[:2]),
            (officer, EVERYWHERE, reflections[:2]),
            (officer, scope_of_code("board-7B1"), []),
        ):
            page = Page(reader, scope, cycle, [cycle])
            of_first = Page(
                reader, scope, cycle, [cycle], query={"outcome": "LEVELS-1"}
            )

            assert [tuple(row[1:]) for row in needs.load(page).table.rows] == slow_rows(
                behind
            )
            assert [
                (code, kind, count)
                for _need, code, kind, count, _counted in needs.load(
                    of_first
                ).table.rows
            ] == [row[:3] for row in slow_rows(behind, 1)]
            by_outcome = needs_by_outcome.load(page)
            if by_outcome:
                expected = [
                    [
                        max((counts[code] for code in codes), default=0)
                        for codes in (BARRIERS, SUPPORTS)
                    ]
                    for counts, _counted in (slow_needs(behind, n) for n in (1, 2))
                ]
                rows = by_outcome.table.rows
                assert [[row[2], row[4]] for row in rows[:2]] == expected

        transaction.set_rollback(True)


# The page -------------------------------------------------------------------------------


def view(client, user, scope="wales", **query):
    client.force_login(user)
    return client.get(reverse("dashboard:needs", args=[scope], query=query or None))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("query", "asked"), [({}, 11), ({"need": "time"}, 13), ({"q": "words"}, 13)]
)
def test_the_page_asks_as_little_however_many_clusters(
    client, reflections, national, query, asked, count
):
    for reflection in reflections[:count]:
        choose(reflection, {("in_the_way", 1): "time"})
    view(client, national, "board-7A0", **query)
    path = reverse("dashboard:needs", args=["board-7A0"], query=query or None)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)

    assert (response.status_code, len(queries)) == (200, asked)


def test_who_chose_one_and_for_what(client, reflections, national):
    choose(reflections[0], {("in_the_way", 1): "time", ("in_the_way", 2): "staff"})
    choose(reflections[1], {("in_the_way", 2): "time"})
    choose(reflections[2], {("in_the_way", 2): "staff"})

    choosers = view(client, national, need="time").context["choosers"]
    of_second = view(client, national, need="time", outcome="LEVELS-2").context

    assert [
        (
            str(chooser.submission.reflection.cluster),
            [outcome.number for outcome in chooser.outcomes],
        )
        for chooser in choosers
    ] == [("bala", [1]), ("crai", [2])]
    assert [str(c.submission.reflection.cluster) for c in of_second["choosers"]] == [
        "crai"
    ]


def test_a_cluster_sees_what_it_chose_itself(client, reflections, lead):
    choose(
        reflections[0], {("in_the_way", 1): "time", ("support_overall", None): "data"}
    )
    own = reflections[0].cluster.memberships.get().user

    here = view(client, own, "cluster-bala").context["chosen_here"]
    elsewhere = view(client, own, "wales").content.decode()

    assert [
        (
            kind,
            [
                (tag.code, outcomes and [o and o.number for o in outcomes])
                for tag, outcomes in of
            ],
        )
        for kind, of in here
    ] == [("barrier", [("time", [1])]), ("support", [("data", [None])])]
    assert view(client, own, "cluster-crai").status_code == 404
    assert "Clusters whose submissions you can read here: 1 of 3." in elsewhere


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "There is no submission here yet that you can read."),
        ("cy", "Nid oes cyflwyniad yma eto y gallwch ei ddarllen."),
    ],
)
def test_before_anybody_submitted(client, reflections, national, language, said):
    with override(language):
        html = view(client, national).content.decode()

    assert html.count(said) == 1
    assert "<svg" not in html


def test_names_are_in_the_language_of_the_page(client, reflections, national):
    choose(reflections[0], {("in_the_way", 1): "time"})

    with override("cy"):
        table = view(client, national).context["exhibits"][0].table

    assert [str(row[0]) for row in table.rows] == ["time cy"]


# The search -----------------------------------------------------------------------------


@pytest.fixture
def written(reflections):
    """In Welsh and in English, on an outcome, a criterion and an enabling factor."""
    say(
        reflections[0],
        entry(
            question_subject(reflections[0], Question.IN_THE_WAY),
            "Mae dŵr yn dod i'r tŷ bob gaeaf.",
        ),
        language="cy",
    )
    say(
        reflections[1],
        entry(
            criterion_subject(reflections[1], outcome=2),
            "Water in the house, 100% of winters_ — râs <b>.",
            choice="met",
        ),
    )
    say(
        reflections[2],
        entry(question_subject(reflections[2], Question.GOING_WELL), "Dŵr a thân."),
        language="cy",
    )
    return reflections


def found(client, user, **query):
    page = view(client, user, **query).context["found"]
    return page if page is None else [str(text.reflection.cluster) for text in page]


@pytest.mark.parametrize(
    ("typed", "clusters"),
    [
        ("dŵr", ["bala", "dowlais"]),
        ("DWR", ["bala", "dowlais"]),
        ("dw\u0302r", ["bala", "dowlais"]),
        ("ty dwr", ["bala"]),
        ("i’r", ["bala"]),
        ("than", ["dowlais"]),
        ("HOUSE water", ["crai"]),
        ("ras", ["crai"]),
        ("100%", ["crai"]),
        ("winters_", ["crai"]),
        ("%", ["crai"]),
        ("_", ["crai"]),
        ("<b>", ["crai"]),
        ("\\", []),
        ("' OR 1=1 --", []),
        ("x" * 10_000, []),
        ("a " * 5_000, ["bala", "crai", "dowlais"]),
        ("   ", None),
        ("", None),
    ],
)
def test_words_are_found(client, written, national, typed, clusters):
    assert found(client, national, q=typed) == clusters


def test_only_what_one_may_read_is_found(
    client, written, officer, other_officer, translator
):
    own = written[0].cluster.memberships.get().user

    assert found(client, officer, q="a") == ["bala", "crai"]
    assert found(client, own, q="a") == ["bala"]
    assert found(client, other_officer, q="a") == []
    assert view(client, translator, q="a").status_code == 403


def test_drafts_and_earlier_submissions_are_not_found(client, written, national):
    reflection = written[0]
    own = reflection.cluster.memberships.get().user
    from_before = found(client, national, q="gaeaf")
    reflection.refresh_from_db()
    services.withdraw(reflection=reflection, by=own)
    save(
        reflection,
        entry(question_subject(reflection, Question.GOING_WELL), "Secret."),
        by=own,
    )

    assert (from_before, found(client, national, q="secret")) == (["bala"], [])


def test_an_outcome_narrows_the_search(client, written, national):
    assert found(client, national, q="w", outcome="LEVELS-1") == ["bala", "dowlais"]
    assert found(client, national, q="w", outcome="LEVELS-2") == ["crai"]
    assert found(client, national, q="w", outcome="nothing") == [
        "bala",
        "crai",
        "dowlais",
    ]


def test_an_excerpt_says_its_language_and_marks_the_words(client, written, national):
    english = view(client, national, q="dwr").content.decode()
    with override("cy"):
        welsh = view(client, national, q="<b>").content.decode()

    assert 'lang="cy"><p>Mae <mark>dŵr</mark> yn dod i&#x27;r tŷ' in english
    assert english.count("Written in Welsh") == 2
    assert "râs <mark>&lt;b&gt;</mark>." in welsh
    assert "Ysgrifennwyd yn Saesneg" in welsh


def test_results_are_paged(client, reflections, national, monkeypatch, written):
    monkeypatch.setattr("reporting.words.MOST_TEXTS", 2)

    pages = [found(client, national, q="a", page=page) for page in ("1", "2", "x", "9")]

    assert pages == [["bala", "crai"], ["dowlais"], ["bala", "crai"], ["dowlais"]]
