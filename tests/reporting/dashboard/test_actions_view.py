"""Actions of a scope: counts recomputed row by row, lists, and who sees which."""

import datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assessments.models import Action
from reporting.exhibits import (
    Page,
    action_list,
    actions,
    actions_by_outcome,
    actions_escalated,
)
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
from tests.reporting.dashboard.lives import outcomes_of

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
KINDS = ("planned", "under_way", "overdue", "done", "dropped")
CLOSED = ("done", "dropped")
ACTIONS = st.lists(
    st.fixed_dictionaries(
        {
            "reflection": st.integers(0, 5),
            "outcome": st.none() | st.integers(0, 1),
            "status": st.sampled_from(Action.Status.values),
            "due": st.none() | st.sampled_from([-1, 0, 1]),
            "escalated_to": st.sampled_from(["", *Action.Escalation.values]),
            "closed": st.sampled_from([0, 40]),  # days ago
        }
    ),
    max_size=12,
)


@pytest.fixture
def cycles(db):
    """The newest first; of two editions, of which the newer carries on one of two outcomes."""
    old = EditionFactory(code="2026-05")
    ModuleFactory(edition=old, number=1, outcomes=2)
    new = EditionFactory(code="2031-05", predecessor=old)
    module = ModuleFactory(edition=new, number=1)
    OutcomeFactory(module=module, number=1, predecessor=outcomes_of(old)[1])
    OutcomeFactory(module=module, number=2)
    return [
        CycleFactory(code="2031", edition=new),
        CycleFactory(code="2026", edition=old, closed=True),
    ]


@pytest.fixture
def reflections(cycles, board):
    """Of two clusters of the board and one of another, in both cycles."""
    other = HealthBoardFactory(code="7B1", name_en="Another Board")
    clusters = [
        ClusterFactory(code=code, health_board=of, name_en=code, name_cy=code)
        for code, of in (("a", board), ("b", board), ("c", other))
    ]
    return [
        SelfReflectionFactory(cycle=cycle, cluster=cluster)
        for cycle in cycles
        for cluster in clusters
    ]


def undertake(
    reflection,
    *,
    by,
    outcome=None,
    status="planned",
    due=None,
    escalated_to="",
    closed=0,
    text="Do it.",
):
    """An action as the services leave it; ``due`` and ``closed`` are days from and before today."""
    is_closed = status in CLOSED
    today = timezone.localdate()
    return Action.objects.create(
        reflection=reflection,
        outcome=outcome,
        text=text,
        language="en",
        status=status,
        due_on=None if due is None else today + due * DAY,
        escalated_to=escalated_to,
        what_changed="It is used." if is_closed else "",
        closing_language="en" if is_closed else "",
        closed_at=timezone.now() - closed * DAY if is_closed else None,
        added_by=by,
    )


def numbers(exhibit):
    return [
        [value for value in row[1:] if isinstance(value, int)]
        for row in exhibit.table.rows
    ]


# The figures, slowly --------------------------------------------------------------------


def is_in_hand(action, cycle):
    if action.reflection.cycle == cycle:
        return True
    return action.reflection.cycle.opens_at < cycle.opens_at and (
        action.closed_at is None or action.closed_at >= cycle.opened_at
    )


def kind_of(action):
    is_late = action.due_on is not None and action.due_on < timezone.localdate()
    if action.status not in CLOSED and is_late:
        return "overdue"
    return action.status


def slow_counts(found):
    kinds = [kind_of(action) for action in found]
    return [*(kinds.count(kind) for kind in KINDS), len(kinds)]


def slow_outcome(action, edition):
    """The outcome of ``edition`` that an action is about, None, or "elsewhere"."""
    if action.outcome is None:
        return None
    for outcome in outcomes_of(edition):
        if action.outcome_id in (outcome.pk, outcome.predecessor_id):
            return outcome
    return "elsewhere"


@settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.generate],  # each try asks the database
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(undertaken=ACTIONS)
def test_every_figure_is_what_the_actions_are(
    cycles, reflections, national, officer, undertaken
):
    with transaction.atomic():
        for one in undertaken:
            reflection = reflections[one["reflection"]]
            about = outcomes_of(reflection.cycle.edition)
            outcome = None if one["outcome"] is None else about[one["outcome"]]
            known = one | {"reflection": reflection, "outcome": outcome}
            undertake(by=national, **known)

        for reader, code, cycle, clusters, parts in (
            (national, "wales", cycles[0], "abc", ["ab", "c"]),
            (national, "wales", cycles[1], "abc", ["ab", "c"]),
            (national, "board-7A0", cycles[0], "ab", ["a", "b"]),
            (national, "cluster-c", cycles[0], "c", []),
            # An officer sees what the clusters of their own board undertook.
            (officer, "wales", cycles[0], "ab", ["ab"]),
        ):
            page = Page(reader, scope_of_code(code), cycle, cycles)
            of = [
                action
                for action in Action.objects.all()
                if is_in_hand(action, cycle)
                and action.reflection.cluster.code in clusters
            ]
            _compare(page, of, clusters, parts)

        transaction.set_rollback(True)


def _compare(page, of, clusters, parts):
    edition = page.cycle.edition
    total = 3 if page.scope == EVERYWHERE else len(clusters)
    expected = [[len(clusters), total, *slow_counts(of)]]
    for part in parts:
        there = [one for one in of if one.reflection.cluster.code in part]
        expected.append([len(part), len(part), *slow_counts(there)])
    found = numbers(actions.load(page))
    assert (found[0], sorted(found[1:])) == (expected[0], sorted(expected[1:]))

    about = [slow_outcome(action, edition) for action in of]
    groups = [*outcomes_of(edition), None]
    if "elsewhere" in about:
        groups.append("elsewhere")
    assert numbers(actions_by_outcome.load(page)) == [
        slow_counts([one for one, at in zip(of, about, strict=True) if at == group])
        for group in groups
    ]
    assert numbers(actions_escalated.load(page)) == [
        slow_counts([one for one in of if one.escalated_to == code])
        for code in Action.Escalation.values
    ]
    lists = page.action_counts.lists
    assert lists == {
        "open": sum(one.status not in CLOSED for one in of),
        "overdue": sum(kind_of(one) == "overdue" for one in of),
        "escalated": sum(one.escalated_to != "" for one in of),
        "changed": sum(one.status == "done" for one in of),
        "all": len(of),
    }
    for name, count in lists.items():
        asked = Page(
            page.user,
            page.scope,
            page.cycle,
            page.cycles,
            query={"list": name},
            in_file=True,
        )
        assert len(action_list.load(asked).table.rows) == count


# Lists ----------------------------------------------------------------------------------


@pytest.fixture
def four(reflections, national):
    """Of the cluster a: overdue, due, done and escalated."""
    a = reflections[0]
    return [
        undertake(a, by=national, text="Due.", due=3),
        undertake(a, by=national, text="Late.", due=-3, status="under_way"),
        undertake(a, by=national, text="Done.", status="done"),
        undertake(a, by=national, text="Up.", escalated_to="health_board"),
    ]


def listed(client, person, scope="wales", **query):
    client.force_login(person)
    response = client.get(reverse("dashboard:actions", args=[scope], query=query))
    return [action.text for action in response.context["rows"].object_list]


def test_the_lists(client, four, national):
    lists = {
        name: listed(client, national, list=name)
        for name in ("open", "overdue", "escalated", "changed", "all", "unknown")
    }

    assert lists == {
        "open": ["Late.", "Due.", "Up."],
        "overdue": ["Late."],
        "escalated": ["Up."],
        "changed": ["Done."],
        "all": ["Late.", "Due.", "Up.", "Done."],
        "unknown": ["Late.", "Due.", "Up."],
    }


def test_a_list_has_pages_and_a_file_has_all(client, cycles, reflections, national):
    for number in range(21):
        undertake(reflections[0], by=national, text=f"{number}", due=number)

    pages = [listed(client, national, page=number) for number in (1, 2, 9, "x")]
    whole = Page(national, EVERYWHERE, cycles[0], cycles, in_file=True)

    assert [len(page) for page in pages] == [20, 1, 1, 20]
    assert len(action_list.load(whole).table.rows) == 21


def test_what_changed_is_read_by_whoever_may(
    client, four, cluster, lead, officer, other_officer, national
):
    everybody = (national, officer, other_officer, lead)

    seen = [listed(client, person, list="changed") for person in everybody]

    assert seen == [["Done."], ["Done."], [], []]
    client.force_login(officer)
    page = client.get(
        reverse("dashboard:actions", args=["wales"], query={"list": "changed"})
    )
    assert "It is used." in page.content.decode()


def test_whoever_sees_none_is_told_so(client, cycles, four, cluster, stranger):
    client.force_login(stranger)

    page = client.get(reverse("dashboard:actions", args=["board-7A0"])).content.decode()

    assert "You cannot read the actions of the clusters here." in page
    assert "Late." not in page
    found = Page(stranger, scope_of_code("board-7A0"), cycles[0], cycles)
    rows = actions.load(found).table.rows
    assert [row[1:] for row in rows] == [[0, 2, *[None] * 6]]


def test_whoever_sees_some_is_told_of_how_many(cycles, four, officer, national):
    told = [
        any(
            note.startswith("You can read the actions of some clusters only: 2 of 3.")
            for note in actions.load(Page(reader, EVERYWHERE, cycles[0], cycles)).notes
        )
        for reader in (officer, national)
    ]

    assert told == [True, False]


def test_before_anything_was_undertaken(client, reflections, national):
    client.force_login(national)

    page = client.get(reverse("dashboard:actions", args=["cluster-a"])).content.decode()

    assert "No actions have been undertaken here yet." in page


def test_what_was_done_before_the_cycle_is_of_an_earlier_one(
    cycles, reflections, national
):
    of_old = reflections[3]
    for status, closed in (("done", 40), ("done", 0), ("planned", 0)):
        undertake(of_old, by=national, status=status, closed=closed)

    new, old = (Page(national, EVERYWHERE, cycle, cycles) for cycle in cycles)

    assert new.action_counts.lists["all"] == 2
    assert old.action_counts.lists["all"] == 3


@pytest.mark.parametrize("cluster_count", [1, 3])
def test_the_view_asks_as_little_however_many_there_are(
    client, cycles, reflections, national, cluster_count
):
    for reflection in reflections[:cluster_count]:
        for outcome in (*outcomes_of(reflection.cycle.edition), None):
            undertake(reflection, by=national, outcome=outcome, escalated_to="national")
    client.force_login(national)
    path = reverse("dashboard:actions", args=["wales"])
    client.get(path)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)

    assert (response.status_code, len(queries)) == (200, 11)


def test_the_view_in_welsh(client, four, national):
    client.force_login(national)

    with override("cy"):
        path = reverse("dashboard:actions", args=["wales"])
    page = client.get(path).content.decode()

    assert "Beth a uwchgyfeiriwyd, ac i bwy" in page
    assert "Wedi&#x27;u cynllunio: 2; Yn mynd rhagddynt: 0; Yn hwyr: 1" in page
