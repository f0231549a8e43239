"""What helps and hinders: figures recomputed from what was submitted, and the words behind them."""

import json

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.models import FactorChoice
from assessments.subjects import Subject
from frameworks.models import EnablingFactor
from reporting.exhibits import Page, factors
from reporting.scopes import EVERYWHERE, scope_of_code
from tests.factories import (
    ClusterFactory,
    EnablingFactorFactory,
    HealthBoardFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.steps import entry, save, start, submit

pytestmark = pytest.mark.django_db

SAID = st.sampled_from([None, *FactorChoice.values])
LIVES = st.lists(
    st.none() | st.tuples(SAID, SAID), min_size=3, max_size=3
)  # None: a draft


@pytest.fixture
def edition(edition):
    EnablingFactorFactory(edition=edition, number=2)
    return edition


@pytest.fixture
def reflections(cycle, board):
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


def say(reflection, choices, words="Words.", language="en"):
    """Say this of each factor, and submit; None leaves it unanswered."""
    lead = UserFactory(lead_of=reflection.cluster)
    of_edition = EnablingFactor.objects.filter(edition=reflection.cycle.edition)
    entries = [
        entry(
            Subject(enabling_factor_id=factor.pk),
            f"{words} {factor.number}",
            choice=choice,
        )
        for factor, choice in zip(of_edition.order_by("number"), choices, strict=True)
        if choice
    ]
    start(reflection, by=lead)
    if entries:
        save(reflection, *entries, by=lead, language=language)
    reflection.refresh_from_db()
    submit(reflection, by=lead)


def slow_counts(reflections, place):
    """How many said what of the factor, in the order of the columns, and how many submitted."""
    said = []
    for reflection in reflections:
        submission = reflection.submissions.order_by("number").last()
        if submission is not None:
            content = json.loads(submission.content)
            said.append(content["enabling_factors"][place]["answer"]["choice"])
    if not said:
        return [*[None] * 5, 0]
    columns = ("helps", "both", "hinders", "neither", "")
    return [*(said.count(each) for each in columns), len(said)]


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
            if life:
                say(reflection, life)
        mine = scope_of_code("board-7A0")

        for reader, scope, groups in (
            (national, EVERYWHERE, [(reflections, 3)]),
            (national, mine, [(reflections[:2], 2), (reflections, 3)]),
            (officer, EVERYWHERE, [(reflections[:2], 3)]),
            (officer, mine, [(reflections[:2], 2)]),
        ):
            table = factors.load(Page(reader, scope, cycle, [cycle])).table

            assert [row[2:] for row in table.rows] == [
                [*slow_counts(behind, place), total]
                for place in (0, 1)
                for behind, total in groups
            ]
            assert [column.code for column in table.columns][2:7] == [
                "helps",
                "both",
                "hinders",
                "neither",
                "not_answered",
            ]

        transaction.set_rollback(True)


# The page -------------------------------------------------------------------------------


def view(client, user, scope="wales", **query):
    client.force_login(user)
    return client.get(reverse("dashboard:factors", args=[scope], query=query or None))


def texts(page):
    return [
        (str(text.reflection.cluster), text.row.text, str(text.said))
        for text in page.context["found"]
    ]


@pytest.fixture
def said(reflections):
    """Bala and Crai disagree on the first factor; Dowlais, of another board, on both."""
    say(reflections[0], ("helps", "hinders"), "Dŵr", "cy")
    say(reflections[1], ("hinders", None), "Water")
    say(reflections[2], ("hinders", "both"), "Fire")
    return reflections


def test_the_words_behind_each_figure(client, said, national):
    behind = {
        (factor, choice): [
            words
            for _cluster, words, _said in texts(
                view(client, national, factor=factor, said=choice)
            )
        ]
        for factor in ("1", "2", "")
        for choice in ("helps", "hinders", "nonsense")
    }

    assert behind == {
        ("1", "helps"): ["Dŵr 1"],
        ("1", "hinders"): ["Water 1", "Fire 1"],
        ("1", "nonsense"): ["Dŵr 1", "Water 1", "Fire 1"],
        ("2", "helps"): [],
        ("2", "hinders"): ["Dŵr 2"],
        ("2", "nonsense"): ["Dŵr 2", "Fire 2"],
        ("", "helps"): ["Dŵr 1"],
        ("", "hinders"): ["Dŵr 2", "Water 1", "Fire 1"],
        ("", "nonsense"): ["Dŵr 1", "Dŵr 2", "Water 1", "Fire 1", "Fire 2"],
    }


def test_words_are_for_those_who_may_read_them(
    client, said, officer, other_officer, translator
):
    own = said[0].cluster.memberships.get().user

    assert [words for _c, words, _s in texts(view(client, officer))] == [
        "Dŵr 1",
        "Dŵr 2",
        "Water 1",
    ]
    assert texts(view(client, own, "cluster-bala")) == [
        ("bala", "Dŵr 1", "Helps"),
        ("bala", "Dŵr 2", "Hinders"),
    ]
    assert texts(view(client, other_officer)) == []
    assert view(client, own, "cluster-crai").status_code == 404
    assert view(client, translator).status_code == 403


def test_a_single_cluster_is_not_counted_but_told(client, said, national):
    page = view(client, national, "cluster-crai")

    assert page.context["exhibits"] == []
    assert [choice for _factor, choice in page.context["said_here"]] == [
        FactorChoice.HINDERS,
        None,
    ]


def test_words_in_another_language_than_the_page_say_so(client, said, national):
    with override("cy"):
        html = view(client, national, factor="1").content.decode()

    assert html.count("Ysgrifennwyd yn Saesneg") == 2
    assert 'lang="cy"><p>Dŵr 1</p>' in html
    assert "Y ffactorau galluogi, fesul un" in html


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_little_however_many_clusters(
    client, reflections, national, count
):
    for reflection in reflections[:count]:
        say(reflection, ("helps", "both"))
    client.force_login(national)
    path = reverse("dashboard:factors", args=["board-7A0"])
    client.get(path)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)

    assert (response.status_code, len(queries)) == (200, 12)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "No cluster here has submitted in this cycle yet."),
        ("cy", "Nid oes clwstwr yma wedi cyflwyno yn y cylch hwn eto."),
    ],
)
def test_before_anybody_submitted(client, reflections, national, language, said):
    with override(language):
        html = view(client, national).content.decode()

    assert html.count(said) == 1
    assert "<svg" not in html
