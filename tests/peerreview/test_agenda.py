"""What a meeting should talk about first, as a table of examples."""

import pytest

from peerreview.agenda import Known, Reason, in_order, proposed

A, B = (1, 1), (2, 1)

EXAMPLES = [
    # what is known, the reasons, the points
    (Known(A, own_level=2, suggested_level=2, last_level=2), {}, 0),
    (Known(A, own_level=2), {}, 0),
    (Known(A, uses_levels=False), {}, 0),
    (Known(A, own_level=3, suggested_level=1), {Reason.SUGGESTED: 2}, 4),
    (Known(A, own_level=0, suggested_level=2), {Reason.SUGGESTED: 2}, 4),
    (Known(A, own_level=0, last_level=1), {Reason.LAST: 1}, 1),
    (
        Known(A, own_level=1, suggested_level=2, last_level=3),
        {Reason.SUGGESTED: 1, Reason.LAST: 2},
        4,
    ),
    (Known(A, suggested_level=2, last_level=1), {Reason.NO_OWN_LEVEL: 1}, 2),
    (
        Known(A, own_level=2, questions=2, annotations=3),
        {Reason.QUESTIONS: 2, Reason.ANNOTATIONS: 3},
        7,
    ),
    (Known(A, uses_levels=False, questions=1), {Reason.QUESTIONS: 1}, 2),
]


@pytest.mark.parametrize(("known", "reasons", "points"), EXAMPLES)
def test_what_speaks_for_an_outcome(known, reasons, points):
    assert (known.reasons, known.points) == (reasons, points)


def outcomes(review, *questions):
    """Outcomes of one cluster, with so many open questions each."""
    return [
        Known((review, number), own_level=2, questions=count)
        for number, count in enumerate(questions, 1)
    ]


def test_clusters_come_one_after_the_other_and_what_counts_most_first():
    known = outcomes(7, 1, 3, 0) + outcomes(4, 5, 5)

    assert [one.key for one in in_order(known)] == [
        *((7, 2), (7, 1), (7, 3)),
        *((4, 1), (4, 2)),
    ]


@pytest.mark.parametrize(
    ("minutes", "keys"),
    [
        (1, [(7, 2)]),  # there is always something
        (10, [(7, 2), (4, 1)]),
        (15, [(7, 2), (7, 1), (4, 1)]),
        (60, [(7, 2), (7, 1), (4, 1), (4, 2)]),  # what counts nothing is not proposed
    ],
)
def test_what_there_is_time_for_is_shared_out_between_the_clusters(minutes, keys):
    known = outcomes(7, 1, 3, 0) + outcomes(4, 5, 5)

    assert proposed(known, minutes=minutes) == keys


def test_nothing_is_proposed_where_there_is_nothing_to_talk_about():
    assert proposed(outcomes(7, 0, 0), minutes=60) == []
