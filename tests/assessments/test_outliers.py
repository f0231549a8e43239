"""Which figures stand out from a cluster's own earlier ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.outliers import LEAST_PERIODS, modified_z_score, stands_out


@pytest.mark.parametrize(
    ("value", "earlier", "is_outlier"),
    [
        pytest.param(10, [10, 11, 9, 10, 12, 8], False, id="in the middle"),
        pytest.param(15, [10, 11, 9, 10, 12, 8], False, id="at 3.37"),
        pytest.param(16, [10, 11, 9, 10, 12, 8], True, id="beyond 3.5"),
        pytest.param(100, [10, 11, 9, 10, 12, 8], True, id="a nought too many"),
        pytest.param(1, [10, 11, 9, 10, 12, 8], True, id="a nought too few"),
        pytest.param(12, [10, 11, 9, 1000, 12, 8], False, id="an earlier slip"),
        pytest.param(100, [10, 11, 9, 10, 12], False, id="too few to say"),
        pytest.param(11, [10, 10, 10, 10, 10, 13], False, id="mostly equal, near"),
        pytest.param(30, [10, 10, 10, 10, 10, 13], True, id="mostly equal, far"),
        pytest.param(15, [10] * 6, False, id="all equal, half more"),
        pytest.param(16, [10] * 6, True, id="all equal, more than half more"),
        pytest.param(0, [0] * 6, False, id="always nought"),
        pytest.param(1, [0] * 6, True, id="nought until now"),
        pytest.param(50, [50] * 6 + [10, 11, 9, 10] * 6, True, id="long ago"),
    ],
)
def test_what_stands_out(value, earlier, is_outlier):
    assert stands_out(value, earlier) is is_outlier


def test_the_score_is_as_the_handbook_computes_it():
    # Median 10, distances 0 1 1 0 2 2: their median is 1.
    assert modified_z_score(14, [10, 11, 9, 10, 12, 8]) == pytest.approx(0.6745 * 4)


@given(st.lists(st.floats(-1e9, 1e9), min_size=LEAST_PERIODS, max_size=30))
def test_the_middle_never_stands_out(earlier):
    known = sorted(earlier[-24:])
    middle = (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2

    assert stands_out(middle, earlier) is False
