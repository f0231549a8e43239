"""Levels over the cycles, and beside what was agreed: recomputed, and honest where editions differ."""

from statistics import mean

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from frameworks.models import Outcome
from reporting.exhibits import AGREED, OWN, Page, journey, self_and_agreed
from reporting.scopes import EVERYWHERE, scope_of_code
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    EditionFactory,
    HealthBoardFactory,
    ModuleFactory,
    OutcomeFactory,
    SelfReflectionFactory,
)
from tests.reporting.dashboard.lives import (
    agreed_levels_of,
    freeze,
    outcomes_of,
    own_levels_of,
)

pytestmark = pytest.mark.django_db

LEVEL = st.sampled_from([None, 0, 1, 2, 3])
# Of each of three clusters in both cycles: nothing submitted, or levels and perhaps agreed ones.
LEVELS = st.lists(LEVEL, min_size=3, max_size=3)
LIVES = st.lists(
    st.none() | st.tuples(LEVELS, st.none() | LEVELS), min_size=6, max_size=6
)


@pytest.fixture
def old_edition(db):
    """Its signs come first, so that a place in a standing is not that of the new edition."""
    edition = EditionFactory(code="2026-05")
    ModuleFactory(
        edition=edition, number=1, code="SIGNS", uses_levels=False, outcomes=2
    )
    ModuleFactory(edition=edition, number=2, code="LEVELS", outcomes=3)
    return edition


@pytest.fixture
def new_edition(old_edition):
    """Outcome 1 was made from the old outcome 3, 2 is new, 3 was made from one without levels."""
    edition = EditionFactory(code="2031-05", predecessor=old_edition)
    module = ModuleFactory(edition=edition, number=1, code="LEVELS")
    signs, _signs, _first, _second, third = outcomes_of(old_edition)
    for number, before in ((1, third), (2, None), (3, signs)):
        OutcomeFactory(module=module, number=number, predecessor=before)
    return edition


@pytest.fixture
def cycles(old_edition, new_edition):
    """The newest first."""
    old = CycleFactory(code="2026", edition=old_edition, closed=True)
    new = CycleFactory(code="2031", edition=new_edition)
    return [new, old]


@pytest.fixture
def reflections(cycles, board):
    """Of two clusters of the board and one of another, in both cycles."""
    other = HealthBoardFactory(code="7B1")
    clusters = [
        ClusterFactory(code=code, health_board=of)
        for code, of in (("a", board), ("b", board), ("c", other))
    ]
    return [
        SelfReflectionFactory(cycle=cycle, cluster=cluster)
        for cycle in cycles
        for cluster in clusters
    ]


def by_outcome(reflection, levels):
    outcomes = [
        outcome
        for outcome in outcomes_of(reflection.cycle.edition)
        if outcome.module.uses_levels
    ]
    return {
        outcome.pk: level
        for outcome, level in zip(outcomes, levels or [], strict=False)
        if level is not None
    }


def live(reflections, lives, *, by):
    for reflection, life in zip(reflections, lives, strict=True):
        if life:
            own, agreed = (by_outcome(reflection, levels) for levels in life)
            freeze(reflection, by=by, own=own, agreed=agreed)


def numbers(exhibit):
    return [
        [value for value in row if not isinstance(value, str)]
        for row in exhibit.table.rows
    ]


# The figures, slowly --------------------------------------------------------------------


def origin(outcome, edition):
    """The outcome with levels of ``edition`` that this one is, or was made from."""
    while outcome and outcome.module.edition_id != edition.pk:
        outcome = outcome.predecessor
    return outcome if outcome and outcome.module.uses_levels else None


def slow_journey(reflections, cycles, level):
    """Of each outcome and each cycle with levels, the oldest first: counts, or nothing known."""
    read = agreed_levels_of if level == AGREED else own_levels_of
    rows = []
    for outcome in outcomes_of(cycles[0].edition):
        for cycle in reversed(cycles):
            of_cycle = [each for each in reflections if each.cycle == cycle]
            found = [levels for levels in map(read, of_cycle) if levels is not None]
            if not found:
                continue
            before = origin(Outcome.objects.get(pk=outcome.pk), cycle.edition)
            if before is None:
                rows.append([None] * 6)
                continue
            levels = [each.get(before.pk) for each in found]
            rows.append(
                [*(levels.count(each) for each in (0, 1, 2, 3, None)), len(found)]
            )
    return rows


def slow_pairs(reflections, outcome):
    """Pairs of an own and an agreed level of those that have both."""
    pairs = []
    for reflection in reflections:
        own = (own_levels_of(reflection) or {}).get(outcome.pk)
        agreed = (agreed_levels_of(reflection) or {}).get(outcome.pk)
        if own is not None and agreed is not None:
            pairs.append((own, agreed))
    return pairs


def slow_comparison(reflections, edition):
    rows = []
    for outcome in outcomes_of(edition):
        pairs = slow_pairs(reflections, outcome)
        if not pairs:
            rows.append([None, None, None, None, None, 0])
            continue
        rows.append(
            [
                mean(own for own, _agreed in pairs),
                mean(agreed for _own, agreed in pairs),
                sum(agreed > own for own, agreed in pairs),
                sum(agreed == own for own, agreed in pairs),
                sum(agreed < own for own, agreed in pairs),
                len(pairs),
            ]
        )
    return rows


QUICK = settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.generate],  # each try asks the database
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@QUICK
@given(lives=LIVES)
def test_every_figure_is_what_submissions_say(
    cycles, reflections, national, officer, lives
):
    with transaction.atomic():
        live(reflections, lives, by=national)
        new = cycles[0]
        theirs = [each for each in reflections if each.cluster.code != "c"]
        of_new = [each for each in reflections if each.cycle == new]

        for reader, scope, level, of in (
            (national, EVERYWHERE, OWN, reflections),
            (national, EVERYWHERE, AGREED, reflections),
            (national, scope_of_code("board-7A0"), OWN, theirs),
            # An officer reads the own levels of their board, and what was agreed anywhere.
            (officer, EVERYWHERE, OWN, theirs),
            (officer, EVERYWHERE, AGREED, reflections),
        ):
            page = Page(reader, scope, new, cycles, level)
            assert numbers(journey.load(page)) == slow_journey(of, cycles, level)

        for reader, of in ((national, of_new), (officer, of_new[:2])):
            page = Page(reader, EVERYWHERE, new, cycles)
            expected = slow_comparison(of, new.edition)
            assert numbers(self_and_agreed.load(page)) == expected

        transaction.set_rollback(True)


def test_one_cluster_over_the_cycles(cycles, reflections, national):
    lives = [
        ([2, None, 1], [3, None, None]),
        *[None] * 2,
        ([0, 1, 1], None),
        ([3, 3, 3], None),
        None,
    ]
    live(reflections, lives, by=national)

    page = Page(national, scope_of_code("cluster-a"), *_newest(cycles))
    found = journey.load(page)

    assert [row[1:] for row in found.table.rows] == [
        ["Cycle of 2026", "2026-05", "It was there", 1, None],
        ["Cycle of 2031", "2031-05", "It was there", 2, 3],
        ["Cycle of 2026", "2026-05", "There was none", None, None],
        ["Cycle of 2031", "2031-05", "It was there", None, None],
        ["Cycle of 2026", "2026-05", "There was none", None, None],
        ["Cycle of 2031", "2031-05", "It was there", 1, None],
    ]
    assert found.notes == [
        "The editions of these cycles differ. An outcome is compared with the one that it was made"
        " from; their criteria are not the same, so a change of level can come from them.",
        "Cycle of 2026: its edition had 2 outcomes with levels that this edition does not carry"
        " on. They are not shown.",
    ]
    assert "higher: 1; the same: 0; lower: 0" in found.chart.description


def test_one_cluster_beside_what_was_agreed(cycles, reflections, national):
    live(reflections, [([2, None, 1], [3, 1, None]), *[None] * 5], by=national)

    page = Page(national, scope_of_code("cluster-a"), *_newest(cycles))
    found = self_and_agreed.load(page)

    assert numbers(found) == [[2, 3, 1], [None, 1, None], [1, None, None]]
    assert "Agreed higher: 1; the same: 0; lower: 0" in found.chart.description


def test_nothing_is_compared_with_nothing(cycles, reflections, national):
    whole = Page(national, EVERYWHERE, *_newest(cycles))
    cluster = Page(national, scope_of_code("cluster-a"), *_newest(cycles))

    assert (journey.load(whole).chart, journey.load(whole).empty) == (
        None,
        "There are no levels that you can read here yet, in this cycle or in one before it.",
    )
    assert journey.load(cluster).chart is None
    assert self_and_agreed.load(cluster) is None
    assert self_and_agreed.load(whole).chart is None


def test_one_cycle_is_no_journey(cycles, reflections, national):
    live(reflections, [([2, 2, 2], None), *[None] * 5], by=national)

    found = journey.load(Page(national, EVERYWHERE, *_newest(cycles)))

    assert (found.chart, found.empty) == (
        None,
        "There are levels of one cycle only: Cycle of 2031. The picture appears with those of a"
        " second one.",
    )


def test_whoever_reads_no_submission_is_told_so(
    cycles, reflections, national, stranger
):
    live(reflections, [([2, 2, 2], [1, 1, 1]), *[None] * 5], by=national)

    found = self_and_agreed.load(Page(stranger, EVERYWHERE, *_newest(cycles)))

    assert found.empty.startswith("You cannot read the own levels of the clusters here")
    assert numbers(found) == [[None] * 5 + [0]] * 3


def _newest(cycles):
    """The newest cycle and all of them, with names of their own."""
    for cycle in cycles:
        cycle.name_en = f"Cycle of {cycle.code}"
    return cycles[0], cycles


@pytest.mark.parametrize("cluster_count", [1, 3])
def test_the_view_asks_as_little_however_many_there_are(
    client, cycles, reflections, national, cluster_count
):
    lives = [
        ([1, 2, 3], [1, 2, 2]) if each % 3 < cluster_count else None
        for each in range(6)
    ]
    live(reflections, lives, by=national)
    client.force_login(national)
    path = reverse("dashboard:outcomes", args=["wales"])
    client.get(path)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)

    assert (response.status_code, len(queries)) == (200, 10)


def test_the_view_in_welsh(client, cycles, reflections, national):
    live(reflections, [([1, 2, 3], [1, 2, 2])] * 6, by=national)
    client.force_login(national)

    with override("cy"):
        path = reverse("dashboard:outcomes", args=["wales"])
    page = client.get(path).content.decode()

    assert (
        "Lefelau&#x27;r clystyrau eu hunain dros y cylchoedd, fesul canlyniad" in page
    )
    assert "Llinell doredig" in page
    assert "Cyfanswm y parau o lefelau: 9." in page
