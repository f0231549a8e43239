"""Suggested groups: what they keep to, how good they are, and what is said of them."""

import subprocess
import sys
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bench.groups import synthetic, violations
from peerreview.grouping import (
    Candidate,
    Effect,
    Reason,
    Settings,
    Violation,
    effect,
    evaluate,
    reasons,
    score,
)
from peerreview.grouping.sizes import all_sizes, preferred_sizes
from peerreview.grouping.solving import suggest

OUTCOMES = 3
NEAR = 1e-6


@st.composite
def clusters(draw, smallest=0, largest=14):
    count = draw(st.integers(smallest, largest))
    keys = [f"c{number:02}" for number in range(count)]
    return [
        Candidate(
            key=key,
            board=draw(st.sampled_from("ABC")),
            levels=tuple(
                draw(st.sampled_from([None, 0, 1, 2, 3])) for _ in range(OUTCOMES)
            ),
            wants=draw(st.frozensets(st.integers(0, OUTCOMES - 1))),
            population=draw(st.sampled_from([None, 30_000, 50_000, 90_000])),
            rurality=draw(st.sampled_from(["", "rural", "mixed", "urban"])),
            languages=draw(st.frozensets(st.sampled_from(["cy", "en"]))),
            people=draw(st.frozensets(st.integers(0, 30), max_size=2)),
            met_before=draw(st.frozensets(st.sampled_from(keys), max_size=2)) - {key},
        )
        for key in keys
    ]


wishes = st.builds(
    Settings,
    size=st.sampled_from([3, 4, 5]),
    boards=st.sampled_from(["mixed", "within", "any"]),
    seed=st.integers(0, 5),
)
together = st.builds(
    Settings,
    size=st.sampled_from([3, 4, 5]),
    boards=st.sampled_from(["mixed", "any"]),
)


def plain(count, **facts):
    return [Candidate(key=f"c{n:02}", board=f"b{n % 3}", **facts) for n in range(count)]


def sizes_of(proposal):
    return tuple(sorted(map(len, proposal.groups), reverse=True))


def partitions(keys, sizes):
    """Every way to make groups of ``sizes``, each once or more."""
    if not sizes:
        yield ()
        return
    first, *rest = keys
    for size in sorted(set(sizes)):
        left = list(sizes)
        left.remove(size)
        for others in combinations(rest, size - 1):
            remaining = [key for key in rest if key not in others]
            for groups in partitions(remaining, left):
                yield ((first, *others), *groups)


# What holds for whatever clusters there are ---------------------------------------------


@hypothesis_settings(max_examples=60, deadline=None)
@given(candidates=clusters(), settings=wishes)
def test_each_cluster_is_in_one_group_or_said_to_be_left_out(candidates, settings):
    proposal = suggest(candidates, settings)

    placed = [key for group in proposal.groups for key in group]
    assert sorted([*placed, *proposal.left_out]) == [each.key for each in candidates]
    assert all(3 <= len(group) <= 5 for group in proposal.groups) or len(placed) < 3
    assert not proposal.left_out or settings.boards == "within"
    assert not proposal.cut_short


@hypothesis_settings(max_examples=60, deadline=None)
@given(candidates=clusters(), settings=wishes)
def test_the_figures_are_those_of_the_groups(candidates, settings):
    proposal = suggest(candidates, settings)

    evaluation = evaluate(proposal.groups, candidates, settings)
    assert evaluation.objective == pytest.approx(proposal.objective, abs=NEAR)
    assert evaluation.scores == tuple(
        score(group, candidates, settings) for group in proposal.groups
    )
    assert len(evaluation.violations) == len(
        violations(proposal.groups, candidates, settings)
    )
    assert proposal.bound >= proposal.objective - NEAR


@hypothesis_settings(max_examples=25, deadline=None)
@given(candidates=clusters(), settings=wishes, data=st.data())
def test_the_same_clusters_in_any_order_give_the_same_groups(
    candidates, settings, data
):
    shuffled = data.draw(st.permutations(candidates))

    assert suggest(candidates, settings) == suggest(shuffled, settings)


@hypothesis_settings(max_examples=60, deadline=None)
@given(candidates=clusters(smallest=6, largest=8), settings=together)
def test_a_few_clusters_are_grouped_as_well_as_can_be(candidates, settings):
    keys = [candidate.key for candidate in candidates]
    preferred = preferred_sizes(len(keys), settings.size)
    all_ways = [
        (len(evaluation.violations), -evaluation.objective)
        for sizes in all_sizes(len(keys), settings.size)
        for groups in partitions(keys, sizes)
        for evaluation in [evaluate(groups, candidates, settings)]
    ]
    fewest = min(all_ways)[0]

    proposal = suggest(candidates, settings)

    broken = len(violations(proposal.groups, candidates, settings))
    assert broken == fewest
    best = max(
        evaluation.objective
        for groups in partitions(keys, sizes_of(proposal))
        for evaluation in [evaluate(groups, candidates, settings)]
        if len(evaluation.violations) == fewest
    )
    assert proposal.objective <= best + NEAR
    assert best <= proposal.bound + NEAR
    assert proposal.objective == pytest.approx(best, abs=NEAR)
    assert sizes_of(proposal) == preferred or fewest < min(
        len(evaluate(groups, candidates, settings).violations)
        for groups in partitions(keys, preferred)
    )


# Of how many clusters each group is ------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "size", "sizes"),
    [
        (0, 4, ()),
        (1, 4, (1,)),
        (2, 4, (2,)),
        (3, 4, (3,)),
        (4, 4, (4,)),
        (5, 4, (5,)),
        (5, 3, (5,)),
        (6, 4, (3, 3)),
        (7, 4, (4, 3)),
        (7, 3, (4, 3)),
        (8, 5, (4, 4)),
        (11, 4, (4, 4, 3)),
        (11, 5, (4, 4, 3)),
        (13, 5, (5, 4, 4)),
        (60, 5, (5,) * 12),
    ],
)
def test_sizes_are_as_equal_as_can_be_near_the_preferred_one(count, size, sizes):
    proposal = suggest(plain(count), Settings(size=size))

    assert sizes_of(proposal) == sizes == preferred_sizes(count, size)


def test_fewer_than_three_are_one_group_and_it_says_so():
    candidates = plain(2)

    proposal = suggest(candidates, Settings())

    assert proposal.groups == (("c00", "c01"),)
    assert evaluate(proposal.groups, candidates, Settings()).violations == (
        Violation("size", 0, ("c00", "c01")),
    )


def test_a_size_that_nobody_may_ask_for():
    with pytest.raises(ValueError, match="size: 6"):
        Settings(size=6)


# The rules -------------------------------------------------------------------------------


def test_the_same_person_everywhere_breaks_as_few_rules_as_can_be():
    candidates = plain(12, people=frozenset({"everywhere"}))

    proposal = suggest(candidates, Settings(size=4))

    assert sizes_of(proposal) == (3, 3, 3, 3)
    assert evaluate(proposal.groups, candidates, Settings()).violations == tuple(
        Violation("people", number, pair)
        for number, group in enumerate(proposal.groups)
        for pair in combinations(group, 2)
    )


def test_sizes_give_way_where_a_rule_would_break():
    welsh = [replace(each, languages=frozenset({"cy"})) for each in plain(3)]
    english = [replace(each, languages=frozenset({"en"})) for each in plain(8)[3:]]

    proposal = suggest([*welsh, *english], Settings(size=4))

    assert proposal.groups == (
        ("c00", "c01", "c02"),
        ("c03", "c04", "c05", "c06", "c07"),
    )
    assert violations(proposal.groups, [*welsh, *english], Settings()) == []


def test_boards_among_themselves_leave_out_who_is_too_few():
    candidates = [
        Candidate(key=f"{board}{n}", board=board)
        for board in "ABC"
        for n in range({"A": 2, "B": 3, "C": 6}[board])
    ]
    settings = Settings(boards="within")

    proposal = suggest(candidates, settings)

    assert proposal.left_out == ("A0", "A1")
    assert [{key[0] for key in group} for group in proposal.groups] == [
        {"B"},
        {"C"},
        {"C"},
    ]
    assert evaluate(proposal.groups, candidates, settings).violations == (
        Violation("in_no_group", None, ("A0",)),
        Violation("in_no_group", None, ("A1",)),
    )


def test_one_board_of_two_clusters_is_one_group():
    candidates = [Candidate(key="A", board="x"), Candidate(key="B", board="x")]

    proposal = suggest(candidates, Settings(boards="within"))

    assert (proposal.groups, proposal.left_out) == ((("A", "B"),), ())


def test_every_rule_that_groups_break_is_named():
    candidates = [
        Candidate("a", "x", languages=frozenset({"cy"}), people=frozenset({1})),
        Candidate("b", "y", languages=frozenset({"en"}), people=frozenset({1})),
        Candidate("c", "y"),
        Candidate("d", "y"),
    ]
    groups = (("b", "a", "c"), ("c",))
    settings = Settings(boards="within")

    evaluation = evaluate(groups, candidates, settings)

    assert evaluation.violations == (
        Violation("boards", 0, ("a", "b", "c")),
        Violation("people", 0, ("a", "b")),
        Violation("language", 0, ("a", "b")),
        Violation("size", 1, ("c",)),
        Violation("in_several_groups", None, ("c",)),
        Violation("in_no_group", None, ("d",)),
    )
    assert len(violations(groups, candidates, settings)) == 6


# What groups are worth -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "worth"),
    [
        ({}, {}, 25),  # 20 for another board, 5 because neither named a language
        ({"board": "x"}, {"board": "x"}, 5),
        ({"levels": (3,)}, {"levels": (1,), "wants": frozenset({0})}, 35),
        ({"levels": (2,)}, {"levels": (None,), "wants": frozenset({0})}, 30),
        ({"levels": (2,)}, {"levels": (2,), "wants": frozenset({0})}, 25 - 30),
        ({"levels": (3,)}, {"levels": (1,)}, 25),
        ({"population": 40_000}, {"population": 40_000}, 35),
        ({"population": 40_000}, {"population": 80_000}, 25),
        ({"rurality": "rural"}, {"rurality": "rural"}, 35),
        ({"rurality": "rural"}, {"rurality": "mixed"}, 29),
        ({"languages": frozenset({"cy"})}, {"languages": frozenset({"cy"})}, 30),
        ({"languages": frozenset({"cy"})}, {"languages": frozenset({"en"})}, 20),
        ({"met_before": frozenset({"b"})}, {}, -35),
    ],
)
def test_what_a_pair_is_worth_to_each_of_the_two(one, other, worth):
    candidates = [
        Candidate(**{"key": "a", "board": "A", **one}),
        Candidate(**{"key": "b", "board": "B", **other}),
    ]

    # In a group of two each has one partner: the pair counts for both, who learns from nobody once.
    lonely = -30 if worth == -5 else 0
    assert score(("a", "b"), candidates, Settings()) == 2 * (worth - lonely) + lonely


def test_each_further_outcome_is_worth_less():
    worth = [
        score(
            ("a", "b"),
            [
                Candidate("a", "x", levels=(3,) * 5),
                Candidate("b", "x", (1,) * 5, wants=frozenset(range(count))),
            ],
            Settings(),
        )
        for count in range(6)
    ]

    gains = [after - before for before, after in pairwise(worth)]
    assert gains == [20, 12, 8, 0, 0]


def test_last_cycles_partners_are_kept_apart():
    candidates = [
        replace(each, met_before=frozenset({f"c{int(each.key[1:]) ^ 1:02}"}))
        for each in plain(8)
    ]

    proposal = suggest(candidates, Settings(boards="any"))

    assert [
        reason
        for group in proposal.groups
        for reason in reasons(group, candidates, Settings())
        if reason.kind == "met_before"
    ] == []


def test_the_effect_of_moving_clusters_by_hand():
    candidates = [
        Candidate("a", "x", people=frozenset({1})),
        Candidate("b", "y", people=frozenset({1})),
        *[Candidate(key, "x") for key in "cdef"],
    ]
    before = evaluate((("a", "c", "d"), ("b", "e", "f")), candidates, Settings())
    after = evaluate((("b", "a", "c"), ("d", "e", "f")), candidates, Settings())

    assert effect(before, after) == Effect(
        0.0, (Violation("people", 0, ("a", "b")),), ()
    )
    assert effect(after, before).mended == (Violation("people", 0, ("a", "b")),)


def test_the_reasons_for_a_group():
    candidates = [
        Candidate(
            "a", "x", (3, 1, None), frozenset({1}), 40_000, "rural", frozenset({"cy"})
        ),
        Candidate(
            "b",
            "y",
            (1, 2, 0),
            frozenset({0, 2}),
            50_000,
            "rural",
            met_before=frozenset({"z"}),
        ),
        Candidate("c", "x", (0, 0, 0), frozenset({0, 1}), None, "mixed"),
        Candidate("d", "y", (3, 0, 0), frozenset({2})),
    ]

    assert reasons(("d", "c", "b", "a"), candidates, Settings()) == (
        Reason(
            "strengths",
            {"outcome": 0, "level": 3, "has": ("a", "d"), "wants": ("b", "c")},
        ),
        Reason(
            "strengths", {"outcome": 1, "level": 2, "has": ("b",), "wants": ("a", "c")}
        ),
        Reason("nobody_to_learn_from", {"keys": ("d",)}),
        Reason("boards", {"count": 2, "boards": ("x", "y")}),
        Reason("size", {"smallest": 40_000, "largest": 50_000, "known": 2, "of": 4}),
        Reason("rurality", {"values": ("mixed", "rural"), "known": 3, "of": 4}),
        Reason("language", {"languages": ("cy",), "named_by": ("a",)}),
        Reason("new_partners", {"keys": ("b",)}),
    )


# Sixty of them ---------------------------------------------------------------------------


@pytest.mark.parametrize("boards", ["mixed", "within", "any"])
@pytest.mark.parametrize("size", [3, 4, 5])
def test_sixty_clusters(size, boards):
    candidates = synthetic(60, 7, seed=1)
    settings = Settings(size=size, boards=boards)

    proposal = suggest(candidates, settings)

    assert violations(proposal.groups, candidates, settings) == []
    assert 0 <= proposal.gap < 0.02
    assert not proposal.cut_short


def test_no_time_at_all_still_gives_groups_and_a_bound():
    candidates = synthetic(120, 7, seed=1)

    proposal = suggest(candidates, Settings(), seconds=0)

    assert proposal.cut_short
    assert violations(proposal.groups, candidates, Settings()) == []
    assert proposal.objective <= proposal.bound


def test_a_page_needs_no_solver():
    checking = "import sys, peerreview.grouping; print('numpy' in sys.modules, 'highspy' in sys.modules)"

    printed = subprocess.run(  # noqa: S603 (this interpreter, these words)
        [sys.executable, "-c", checking], capture_output=True, text=True, check=True
    )

    assert printed.stdout == "False False\n"
