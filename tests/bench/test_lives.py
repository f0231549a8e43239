"""Whatever is done to the framework, what clusters have submitted stays as it was."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.models import SelfReflection, Submission, SubmittedOutcome
from bench.lives import ACTS, Disturbed, furnish, live
from cdf_site.common import triggers

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

    live(
        world, [("rename_a_cluster", 0), *[("correct_a_wording", n) for n in range(4)]]
    )

    assert set(world.done) == {"correct_a_wording", "rename_a_cluster"}


def harm_a_level():
    SubmittedOutcome.objects.filter(uses_levels=True).update(own_level=None)


def harm_a_text():
    Submission.objects.update(content="{}")


def harm_the_figures():
    SelfReflection.objects.update(state="draft")


@pytest.mark.parametrize("harm", [harm_a_level, harm_a_text, harm_the_figures])
def test_a_harm_is_noticed(harm):
    world = furnish()
    triggers.drop(connection)
    harm()
    triggers.create(connection)

    with pytest.raises(Disturbed):
        live(world, [])
