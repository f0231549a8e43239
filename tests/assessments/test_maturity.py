"""The suggested level: a table of examples, and what holds for all answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.maturity import (
    LEVELS,
    MET,
    NOT_APPLICABLE,
    NOT_YET_MET,
    PARTLY_MET,
    Explanation,
    LevelCount,
    Suggestion,
    count_levels,
    explain,
    suggest,
)

LETTERS = {
    "M": MET,
    "p": PARTLY_MET,
    "n": NOT_YET_MET,
    "x": NOT_APPLICABLE,
    "-": "",
}

# For each level a letter a criterion: M met, p partly met, n not yet met, x not applicable,
# - not answered; "" where the level has no criterion.
EXAMPLES = [
    # level 1, 2, 3         level, provisional, next level, left
    ("no criteria", "", "", "", None, False, None, 0),
    ("nothing answered", "--", "-", "-", None, True, None, 0),
    ("nothing applies", "xx", "x", "x", None, False, None, 0),
    ("one not applicable, nothing else answered", "x-", "-", "-", 0, True, 1, 1),
    ("below level 1", "Mp", "n", "n", 0, False, 1, 1),
    ("none met", "nn", "nn", "n", 0, False, 1, 2),
    ("level 1", "MM", "Mp", "n", 1, False, 2, 1),
    ("level 1, nothing above met", "M", "nnn", "n", 1, False, 2, 3),
    ("level 2", "MM", "M", "np", 2, False, 3, 2),
    ("level 3", "MM", "M", "M", 3, False, None, 0),
    ("out of order: level 2 met, level 1 not", "n", "MM", "n", 0, False, 1, 1),
    ("out of order: only level 3 met", "p", "n", "MMM", 0, False, 1, 1),
    ("level 3 met, level 2 not", "M", "p", "M", 1, False, 2, 1),
    ("level 1 does not apply and is skipped", "xx", "M", "n", 2, False, 3, 1),
    ("level 2 does not apply and is skipped", "M", "x", "M", 3, False, None, 0),
    ("level 2 does not apply, level 3 is not met", "M", "x", "n", 1, False, 3, 1),
    ("level 3 does not apply", "M", "M", "x", 2, False, None, 0),
    ("levels 1 and 2 do not apply, 3 is not met", "x", "x", "n", 0, False, 3, 1),
    ("not applicable beside met", "Mx", "Mx", "Mx", 3, False, None, 0),
    ("no criteria at level 2", "M", "", "M", 3, False, None, 0),
    ("unanswered counts as not met", "M-", "M", "M", 0, True, 1, 1),
    ("unanswered above makes it provisional", "M", "M", "M-", 2, True, 3, 1),
    ("unanswered and not met are both left", "M", "-pn", "-", 1, True, 2, 3),
    ("only level 3 answered", "-", "-", "M", 0, True, 1, 1),
]


def pairs(*levels):
    return [
        (level, LETTERS[letter])
        for level, letters in zip(LEVELS, levels, strict=True)
        for letter in letters
    ]


@pytest.mark.parametrize(
    ("one", "two", "three", "level", "provisional", "next_level", "left"),
    [example[1:] for example in EXAMPLES],
    ids=[example[0] for example in EXAMPLES],
)
def test_suggestion(one, two, three, level, provisional, next_level, left):
    answers = pairs(one, two, three)

    suggestion = suggest(answers)

    assert suggestion == Suggestion(
        level, provisional, count_levels(answers), next_level, left
    )


# The same letters; each criterion is called by its level and its place there.
EXPLANATIONS = [
    # level 1, 2, 3          held by, left, ahead, unanswered
    ("no criteria", "", "", "", "", "", "", ""),
    ("nothing answered", "-", "-", "-", "", "", "", "1a 2a 3a"),
    ("nothing applies", "x", "x", "x", "", "", "", ""),
    ("below level 1", "Mp", "n", "n", "", "1b", "1a", ""),
    ("level 1", "MM", "Mp", "n", "1a 1b", "2b", "2a", ""),
    ("level 2", "MM", "M", "np", "1a 1b 2a", "3a 3b", "", ""),
    ("level 3", "M", "M", "M", "1a 2a 3a", "", "", ""),
    ("out of order: level 3 met, level 2 not", "M", "p", "M", "1a", "2a", "3a", ""),
    ("out of order: only level 3 met", "p", "n", "MM", "", "1a", "3a 3b", ""),
    ("not applicable is in none", "Mx", "xn", "x", "1a", "2b", "", ""),
    ("a level that does not apply is skipped", "M", "x", "n", "1a", "3a", "", ""),
    ("unanswered is left, and named", "M-", "M", "-", "", "1b", "1a 2a", "1b 3a"),
]


@pytest.mark.parametrize(
    ("one", "two", "three", "held_by", "left", "ahead", "unanswered"),
    [example[1:] for example in EXPLANATIONS],
    ids=[example[0] for example in EXPLANATIONS],
)
def test_explanation(one, two, three, held_by, left, ahead, unanswered):
    judged = [
        (level, LETTERS[letter], f"{level}{'abc'[place]}")
        for level, letters in zip(LEVELS, (one, two, three), strict=True)
        for place, letter in enumerate(letters)
    ]

    explanation = explain(judged)

    assert explanation == Explanation(
        tuple(held_by.split()),
        tuple(left.split()),
        tuple(ahead.split()),
        tuple(unanswered.split()),
    )


def test_counts_of_each_level():
    answers = pairs("MMx", "pn-", "xx")

    counts = count_levels(answers)

    assert counts == (
        LevelCount(level=1, met=2, applicable=2, answered=3, total=3),
        LevelCount(level=2, met=0, applicable=3, answered=2, total=3),
        LevelCount(level=3, met=0, applicable=0, answered=2, total=2),
    )


def test_a_level_without_criteria_is_not_counted():
    counts = count_levels(pairs("M", "", "M"))

    assert [count.level for count in counts] == [1, 3]


def test_met_and_applicable_over_all_levels():
    suggestion = suggest(pairs("MMx", "Mn", "-"))

    assert (suggestion.met, suggestion.applicable) == (3, 5)


# What holds for all answers ------------------------------------------------------------

choices = st.sampled_from(list(LETTERS.values()))
answer_lists = st.lists(st.tuples(st.sampled_from(LEVELS), choices), max_size=30)


def height(suggestion):
    """Levels in order, with no suggestion below them all."""
    return -1 if suggestion.level is None else suggestion.level


@given(answer_lists)
def test_everything_that_applies_up_to_the_suggested_level_is_met(answers):
    level = height(suggest(answers))

    assert {
        choice for of, choice in answers if of <= level and choice != NOT_APPLICABLE
    } <= {MET}


@given(answer_lists)
def test_a_suggested_level_has_a_criterion_that_applies(answers):
    level = height(suggest(answers))

    assert level < 1 or (level, MET) in answers


@given(answer_lists)
def test_what_is_left_holds_the_cluster_back(answers):
    suggestion = suggest(answers)

    left = [
        choice
        for level, choice in answers
        if level == suggestion.next_level and choice not in {MET, NOT_APPLICABLE}
    ]

    assert suggestion.left == len(left)
    assert (suggestion.next_level is None) == (suggestion.left == 0)
    assert suggestion.next_level is None or suggestion.next_level > suggestion.level


@given(answer_lists)
def test_an_explanation_agrees_with_its_suggestion(answers):
    suggestion = suggest(answers)

    explanation = explain((level, choice, choice) for level, choice in answers)

    assert len(explanation.left) == suggestion.left
    assert bool(explanation.unanswered) == suggestion.provisional
    assert len(explanation.held_by) + len(explanation.ahead) == suggestion.met
    assert set(explanation.held_by) <= {MET}


@given(answer_lists)
def test_there_is_no_level_only_where_nothing_is_answered_or_applies(answers):
    said = {choice for _, choice in answers}

    suggestion = suggest(answers)

    assert (suggestion.level is None) == (said <= {""} or said <= {NOT_APPLICABLE})


@given(answer_lists)
def test_it_is_provisional_while_something_is_unanswered(answers):
    suggestion = suggest(answers)

    assert suggestion.provisional == any(not choice for _, choice in answers)


@given(answer_lists, st.sampled_from(LEVELS))
def test_one_more_criterion_met_never_lowers(answers, level):
    before = suggest(answers)

    after = suggest([*answers, (level, MET)])

    # "Nothing is answered" becomes a judgement by being answered, and 0 is above none.
    assert height(after) >= height(before)


@given(answer_lists.filter(bool), st.data())
def test_an_answer_that_becomes_met_never_lowers(answers, data):
    place = data.draw(st.integers(0, len(answers) - 1))
    improved = list(answers)
    improved[place] = (answers[place][0], MET)

    assert height(suggest(improved)) >= height(suggest(answers))


@given(
    answer_lists.flatmap(
        lambda answers: st.tuples(st.just(answers), st.permutations(answers))
    )
)
def test_the_order_of_the_answers_does_not_matter(lists):
    answers, shuffled = lists

    assert suggest(shuffled) == suggest(answers)
