"""Progress by well-being goal: recomputed from submissions, with its coverage."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assessments.models import SignsChoice
from frameworks.models import WellbeingGoal
from reporting.exhibits import AGREED, OWN, Page, goal_signs, goals
from reporting.scopes import EVERYWHERE, scope_of_code
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    EditionFactory,
    HealthBoardFactory,
    ModuleFactory,
    SelfReflectionFactory,
    UserFactory,
    WellbeingGoalFactory,
)
from tests.reporting.dashboard.lives import (
    agreed_levels_of,
    freeze,
    outcomes_of,
    own_levels_of,
    signs_of,
)

pytestmark = pytest.mark.django_db

LEVELS = st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=3, max_size=3)
SIGNS = st.lists(st.sampled_from(["", *SignsChoice.values]), min_size=4, max_size=4)
LIVES = st.lists(
    st.none() | st.tuples(LEVELS, SIGNS, st.none() | LEVELS), min_size=3, max_size=3
)


@pytest.fixture
def edition(db):
    """Five outcomes; goals to which some, one without levels, all, and none are linked."""
    edition = EditionFactory(code="2031-05", goal_links_are_suggested=True)
    ModuleFactory(edition=edition, number=1, code="LEVELS", outcomes=3)
    ModuleFactory(
        edition=edition, number=2, code="SIGNS", uses_levels=False, outcomes=2
    )
    first, _second, third, sign, _other = outcomes = outcomes_of(edition)
    for number, linked in enumerate(
        ([first, third, sign], [sign], outcomes, []), start=1
    ):
        goal = WellbeingGoalFactory(edition=edition, number=number)
        goal.outcomes.set(linked)
    return edition


@pytest.fixture
def reflections(cycle, board):
    other = HealthBoardFactory(code="7B1")
    return [
        SelfReflectionFactory(
            cycle=cycle, cluster=ClusterFactory(code=code, health_board=of)
        )
        for code, of in (("a", board), ("b", board), ("c", other))
    ]


def live(reflections, lives, *, by):
    for reflection, life in zip(reflections, lives, strict=True):
        if life:
            own, signs, agreed = life
            outcomes = outcomes_of(reflection.cycle.edition)
            criteria = [
                criterion
                for outcome in outcomes
                if not outcome.module.uses_levels
                for criterion in outcome.criteria.all()
            ]
            freeze(
                reflection,
                by=by,
                own=_known(outcomes, own),
                signs=_known(criteria, signs),
                agreed=_known(outcomes, agreed or []),
            )


def _known(things, values):
    pairs = zip(things, values, strict=False)
    return {thing.pk: value for thing, value in pairs if value is not None}


def numbers(exhibit):
    return [
        [value for value in row if not isinstance(value, str)]
        for row in exhibit.table.rows
    ]


# The figures, slowly --------------------------------------------------------------------


def slow_goals(edition, reflections, total, level):
    read = agreed_levels_of if level == AGREED else own_levels_of
    found = [levels for levels in map(read, reflections) if levels is not None]
    rows = []
    for goal in WellbeingGoal.objects.filter(edition=edition).order_by("number"):
        linked = list(goal.outcomes.select_related("module"))
        levelled = [outcome.pk for outcome in linked if outcome.module.uses_levels]
        row = [len(linked), len(levelled)]
        if levelled and found:
            said = [[each.get(pk) for pk in levelled] for each in found]
            flat = [level for each in said for level in each]
            answered = sum(any(level is not None for level in each) for each in said)
            counts = [flat.count(each) for each in (0, 1, 2, 3, None)]
        else:
            answered, counts = None, [None] * 5
        rows.append([*row, answered, len(found), total, *counts])
    return rows


def slow_signs(edition, reflections, total):
    found = [signs for signs in map(signs_of, reflections) if signs is not None]
    rows = []
    for goal in WellbeingGoal.objects.filter(edition=edition).order_by("number"):
        linked = list(goal.outcomes.filter(module__uses_levels=False))
        criteria = [
            criterion.pk for outcome in linked for criterion in outcome.criteria.all()
        ]
        if criteria and found:
            said = [[each[pk] for pk in criteria] for each in found]
            flat = [sign for each in said for sign in each]
            answered = sum(any(each) for each in said)
            counts = [flat.count(each) for each in (*SignsChoice.values, "")]
        else:
            answered, counts = None, [None] * 4
        rows.append([len(linked), len(criteria), answered, len(found), total, *counts])
    return rows


@settings(
    max_examples=5,
    phases=[Phase.explicit, Phase.generate],  # each try asks the database
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lives=LIVES)
def test_every_figure_is_what_submissions_say(
    edition, cycle, reflections, national, officer, lives
):
    with transaction.atomic():
        live(reflections, lives, by=national)

        for reader, scope, level, of, total in (
            (national, EVERYWHERE, OWN, reflections, 3),
            (national, EVERYWHERE, AGREED, reflections, 3),
            (national, scope_of_code("board-7A0"), OWN, reflections[:2], 2),
            (national, scope_of_code("cluster-a"), OWN, reflections[:1], 1),
            # An officer reads what their own board submitted, and what was agreed anywhere.
            (officer, EVERYWHERE, OWN, reflections[:2], 3),
            (officer, EVERYWHERE, AGREED, reflections, 3),
        ):
            page = Page(reader, scope, cycle, [cycle], level)
            expected = slow_goals(edition, of, total, level)
            assert numbers(goals.load(page)) == expected
            theirs = reflections[:2] if reader == officer else of
            assert numbers(goal_signs.load(page)) == slow_signs(edition, theirs, total)

        transaction.set_rollback(True)


def test_a_goal_without_outcomes_has_no_bar(cycle, reflections, national):
    live(reflections, [([1, 2, 3], ["", "", "", ""], None), None, None], by=national)

    found = goals.load(Page(national, EVERYWHERE, cycle, [cycle]))

    said = {words.text for words in found.chart.words}
    assert {
        "No outcome is linked to this goal.",
        "Only outcomes without levels are linked to this goal.",
        "Outcomes with levels: 2 · clusters that answered: 1 of 3",
    } <= said
    assert found.chart.description.endswith(
        "Levels 2 and 3, of all levels given: 1. Goal 1: 50%; 3. Goal 3: 67%."
    )


def test_before_anybody_submitted(cycle, reflections, national, stranger):
    of = [
        goals.load(Page(reader, EVERYWHERE, cycle, [cycle], level))
        for reader, level in ((national, OWN), (national, AGREED), (stranger, OWN))
    ]

    assert [found.chart for found in of] == [None] * 3
    assert [found.empty.split(".")[0] for found in of] == [
        "No cluster here has submitted in this cycle yet",
        "No levels have been agreed here in this cycle yet",
        "You cannot read the submissions of the clusters here",
    ]


def test_an_edition_without_goals(national, cluster):
    cycle = CycleFactory(code="2040")

    page = Page(national, EVERYWHERE, cycle, [cycle])

    assert goals.load(page).empty == (
        "This edition of the framework has no well-being goals."
    )
    assert goal_signs.load(page) is None


@pytest.mark.parametrize("cluster_count", [1, 3])
def test_the_view_asks_as_little_however_many_there_are(
    client, cycle, reflections, national, cluster_count
):
    lives = [([1, 2, 3], ["some_signs"] * 4, [1, 1, 1])] * cluster_count
    live(reflections, [*lives, None, None][:3], by=national)
    client.force_login(national)
    path = reverse("dashboard:goals", args=["wales"])
    client.get(path)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)

    assert (response.status_code, len(queries)) == (200, 12)


def test_the_view_in_welsh_names_the_outcomes_of_each_goal(
    client, cycle, reflections, national
):
    live(reflections, [([1, 2, 3], ["", "", "", ""], None)] * 3, by=national)
    client.force_login(national)

    with override("cy"):
        path = reverse("dashboard:goals", args=["wales"])
    page = client.get(path).content.decode()

    assert "Pa ganlyniadau sy'n gysylltiedig â pha nod" in page
    assert "clystyrau a atebodd: 3 o 3" in page
    assert "MOD1 3: Canlyniad rhif 3" in page


def test_who_opens_it(client, cycle, cluster, other_cluster, lead, translator):
    paths = [
        reverse("dashboard:goals", args=[scope])
        for scope in ("wales", "cluster-afan", "cluster-ogwr")
    ]

    def opened(person):
        client.force_login(person)
        return [client.get(path).status_code for path in paths]

    assert opened(lead) == [200, 200, 404]
    assert opened(translator) == [403, 403, 403]
    assert opened(UserFactory()) == [403, 403, 403]
