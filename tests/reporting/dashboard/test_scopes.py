"""Who opens which scope of the dashboard, and what is counted there for whom."""

import pytest
from django.urls import reverse

from assessments import services
from reporting.scopes import EVERYWHERE, own_scope, scope_of_code
from reporting.tallies import load_tallies
from tests.factories import ClusterFactory, HealthBoardFactory, SelfReflectionFactory
from tests.steps import answer_all, outcome_of, submit

pytestmark = pytest.mark.django_db


def status(client, user, scope, **query):
    client.force_login(user)
    return client.get(
        reverse("dashboard:overview", args=[scope], query=query or None)
    ).status_code


@pytest.fixture
def abroad(cycle):
    """A cluster of another board, which has not begun."""
    cluster = ClusterFactory(code="menai", health_board=HealthBoardFactory(code="7B1"))
    return SelfReflectionFactory(cycle=cycle, cluster=cluster)


def test_who_opens_which_scope(
    client,
    reflection,
    abroad,
    lead,
    contributor,
    stranger,
    officer,
    other_officer,
    national,
    translator,
    administrator,
    superuser,
):
    scopes = ["wales", "board-7A0", "cluster-afan", "cluster-menai", "cluster-none"]

    opened = {
        person.email.split("@")[0]: [status(client, person, scope) for scope in scopes]
        for person in (
            lead,
            contributor,
            stranger,
            officer,
            other_officer,
            national,
            translator,
            administrator,
            superuser,
        )
    }

    assert opened == {
        "lead": [200, 200, 200, 404, 404],
        "contributor": [200, 200, 200, 404, 404],
        "stranger": [200, 200, 404, 404, 404],
        "officer": [200, 200, 200, 404, 404],
        "other.officer": [200, 200, 404, 404, 404],
        "national": [200, 200, 200, 200, 404],
        "translator": [403, 403, 403, 403, 403],
        "administrator": [403, 403, 403, 403, 403],
        "superuser": [403, 403, 403, 403, 403],
    }


def test_everybody_begins_with_their_own(lead, officer, national, translator):
    begin = [
        scope and scope.code
        for scope in map(own_scope, (lead, officer, national, translator))
    ]

    assert begin == ["cluster-afan", "board-7A0", "wales", None]


@pytest.mark.parametrize(
    "code", ["", "wales-x", "board", "board-", "board-none", "moon-7A0", "cluster-7A0"]
)
def test_an_address_that_names_nothing(board, cluster, code):
    assert scope_of_code(code) is None


def test_before_any_cycle_there_is_nothing_to_see(client, cluster, lead):
    assert status(client, lead, "cluster-afan") == 404


def test_a_filter_that_is_not_known_is_as_if_it_were_not_there(
    client, reflection, lead
):
    assert status(client, lead, "wales", cycle="1999", level="7") == 200


def counted(user, cycle, scope=EVERYWHERE):
    """Of the first outcome: how many take part, own levels, agreed levels."""
    tally = load_tallies(user, scope, [cycle])[cycle.pk]
    return (tally.total, dict(tally.own_levels(0)), dict(tally.agreed_levels(0)))


def test_own_levels_are_counted_for_their_readers_and_agreed_ones_for_all(
    reflection, abroad, lead, stranger, officer, other_officer, national
):
    answer_all(reflection, by=lead)
    submit(reflection, by=lead)
    services.begin_review(reflection=reflection, by=officer)
    people = (lead, stranger, officer, other_officer, national)

    before = [counted(person, reflection.cycle) for person in people]
    services.record_agreement(
        reflection=reflection,
        by=officer,
        levels={outcome_of(reflection).pk: (2, "They saw it.", "en")},
    )
    after = [counted(person, reflection.cycle) for person in people]

    own = [{1: 1}, {}, {1: 1}, {}, {1: 1}]
    assert before == [(2, levels, {}) for levels in own]
    assert after == [(2, levels, {2: 1}) for levels in own]


def test_a_scope_counts_its_own_clusters(reflection, abroad, national):
    totals = {
        code: counted(national, reflection.cycle, scope_of_code(code))[0]
        for code in ("wales", "board-7A0", "board-7b1", "cluster-afan")
    }

    assert totals == {"wales": 2, "board-7A0": 1, "board-7b1": 1, "cluster-afan": 1}
