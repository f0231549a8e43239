"""Whatever is done to the framework, what clusters have submitted stays as it was."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.models import Submission, SubmittedOutcome
from bench.lives import ACTS, Disturbed, furnish, live

pytestmark = pytest.mark.django_db

STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 2**32)),
    min_size=1,
    max_size=20,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_no_life_of_the_framework_disturbs_a_submission(transactional_world, steps):
    with transaction.atomic():
        world = furnish()

        live(world, steps)

        transaction.set_rollback(True)


@pytest.fixture
def transactional_world(db):
    """Only the database: each life makes its own world, and is rolled back."""


@pytest.mark.parametrize("act", sorted(ACTS))
def test_each_act_can_be_done(act):
    world = furnish()
    before = [("begin_a_draft", 1), ("hold_another_cycle", 2)]

    live(world, [*before, *[(act, number) for number in range(3, 8)]])

    assert world.done.get(act), "not refused each time"


def test_a_life_with_the_texts_of_pdfs():
    world = furnish(with_pdf=True)

    live(world, [("correct_a_wording", 1), ("rename_a_cluster", 2)])

    assert world.done == {"correct_a_wording": 1, "rename_a_cluster": 1}


@pytest.mark.parametrize("harm", ["level", "title"])
def test_a_harm_is_noticed(harm, monkeypatch):
    world = furnish()
    key, kept = next(iter(world.watch.submissions.items()))

    if harm == "level":
        monkeypatch.setattr(SubmittedOutcome.objects, "filter", lambda **_: Empty())
    else:
        world.watch.submissions[key] = ("another hash", *kept[1:])

    with pytest.raises(Disturbed):
        live(world, [])
    assert Submission.objects.count() >= 2


class Empty:
    """No rows at all."""

    def order_by(self, *_names):
        return self

    def values(self, *_names):
        return []
