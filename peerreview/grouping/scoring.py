"""What a pair, a group and a whole grouping are worth, and which rules they break.

The only place where this is defined: the solver reads the same functions. All of it is in sixths
of a point, which are whole numbers for groups of three to five, so that no rounding decides.
"""

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from peerreview.grouping import weights
from peerreview.grouping.candidates import (
    LANGUAGES,
    LARGEST_GROUP,
    MIXED,
    SMALLEST_GROUP,
    WITHIN,
)

SIXTHS = 6
MATURE, DEVELOPING = 3, 2
RURALITIES = {"rural": 0, "mixed": 1, "urban": 2}

# Rules that groups have to keep.
SIZE = "size"  # three to five clusters
PEOPLE = "people"  # two clusters of a group share a person
LANGUAGE = "language"  # two clusters of a group meet in no common language
BOARDS = "boards"  # a group of several boards, where they are to stay among themselves
IN_NO_GROUP = "in_no_group"
IN_SEVERAL_GROUPS = "in_several_groups"

# What points are for.
LEARNING = "learning"
OTHER_BOARD = "other_board"
SIMILAR_POPULATION = "population"
SIMILAR_RURALITY = "rurality"
SHARED_LANGUAGE = "shared_language"
PARTNERS_AGAIN = "partners_again"
NO_TEACHER = "no_teacher"
PARTS = (
    LEARNING,
    OTHER_BOARD,
    SIMILAR_POPULATION,
    SIMILAR_RURALITY,
    SHARED_LANGUAGE,
    PARTNERS_AGAIN,
    NO_TEACHER,
)


@dataclass(frozen=True)
class Violation:
    """A rule that is broken: by which clusters, and in which group (None: in none or in several)."""

    kind: str
    group: int | None
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Evaluation:
    """What a grouping is worth in points, group by group, and the rules it breaks."""

    objective: float
    scores: tuple[float, ...]
    violations: tuple[Violation, ...]


@dataclass(frozen=True)
class Effect:
    """What a change of groups does: to the objective, and to the rules."""

    difference: float
    broken: tuple[Violation, ...]
    mended: tuple[Violation, ...]


@dataclass(frozen=True)
class Profile:
    """A candidate with its levels as bit masks, one bit for each outcome."""

    candidate: object

    @cached_property
    def mature(self):
        return self._mask(lambda level: level == MATURE)

    @cached_property
    def ahead(self):
        return self._mask(lambda level: level in {DEVELOPING, MATURE})

    @cached_property
    def wants(self):
        return sum(1 << outcome for outcome in self.candidate.wants)

    @cached_property
    def languages(self):
        return self.candidate.languages or LANGUAGES

    def _mask(self, fits):
        return sum(
            1 << outcome
            for outcome, level in enumerate(self.candidate.levels)
            if fits(level)
        )


def profiles_of(keys, candidates):
    by_key = {candidate.key: candidate for candidate in candidates}
    return [Profile(by_key[key]) for key in keys]


def teaches(teacher, learner):
    """The outcomes, as two bit masks, that one is mature in, or only ahead in, for the other."""
    mature = teacher.mature & learner.wants & ~learner.mature
    ahead = teacher.ahead & ~teacher.mature & learner.wants & ~learner.ahead
    return mature, ahead


def can_learn(learner, teacher):
    return any(teaches(teacher, learner))


def pair_parts(one, other, settings):
    """What two profiles are worth to each other in a group, in points, by what they are for."""
    a, b = one.candidate, other.candidate
    mixes = settings.boards == MIXED and a.board != b.board
    return {
        LEARNING: _learning(one, other) + _learning(other, one),
        OTHER_BOARD: weights.OTHER_BOARD if mixes else 0,
        SIMILAR_POPULATION: population_points(a, b),
        SIMILAR_RURALITY: rurality_points(a, b),
        SHARED_LANGUAGE: language_points(a, b),
        PARTNERS_AGAIN: weights.MET_BEFORE if met_before(a, b) else 0,
    }


def pair_points(one, other, settings):
    """What two profiles are worth to each other in a group, in points."""
    return sum(pair_parts(one, other, settings).values())


def _learning(teacher, learner):
    mature, ahead = teaches(teacher, learner)
    halves = 2 * mature.bit_count() + ahead.bit_count()
    return weights.LEARNING_BY_HALVES[min(halves, len(weights.LEARNING_BY_HALVES) - 1)]


def population_points(one, other):
    if not (one.population and other.population):
        return 0
    difference = abs(math.log2(one.population / other.population))
    return round(weights.SAME_POPULATION * max(0, 1 - difference))


def rurality_points(one, other):
    if not (one.rurality and other.rurality):
        return 0
    difference = abs(RURALITIES[one.rurality] - RURALITIES[other.rurality])
    return (weights.SAME_RURALITY, weights.NEIGHBOURING_RURALITY, 0)[difference]


def language_points(one, other):
    if one.languages and one.languages == other.languages:
        return weights.SAME_LANGUAGES
    if not (one.languages and other.languages) or one.languages & other.languages:
        return weights.COMMON_LANGUAGE
    return 0


def met_before(one, other):
    return other.key in one.met_before or one.key in other.met_before


def broken_by_pair(one, other):
    """The kinds of rules that two clusters break by being in one group, whatever was asked for."""
    broken = []
    if not one.candidate.people.isdisjoint(other.candidate.people):
        broken.append(PEOPLE)
    if one.languages.isdisjoint(other.languages):
        broken.append(LANGUAGE)
    return broken


def group_sixths(profiles, settings):
    """What a group is worth, in sixths of a point."""
    pairs = sum(
        pair_points(one, other, settings) for one, other in combinations(profiles, 2)
    )
    return (
        pairs * pair_factor(len(profiles))
        + len(without_teacher(profiles)) * weights.NOBODY_TO_LEARN_FROM * SIXTHS
    )


def pair_factor(size):
    """How many sixths each point of a pair counts in a group of ``size``: twice 6 / (size - 1)."""
    if size < 2:
        return 0
    sixths, rest = divmod(2 * SIXTHS, size - 1)
    return sixths if not rest else 2 * SIXTHS / (size - 1)


def without_teacher(profiles):
    """Those who want to grow and can learn from none of the others."""
    return [
        learner
        for learner in profiles
        if learner.wants
        and not any(
            can_learn(learner, teacher)
            for teacher in profiles
            if teacher is not learner
        )
    ]


def score(group, candidates, settings):
    """What a group of keys is worth, in points."""
    return group_sixths(profiles_of(group, candidates), settings) / SIXTHS


def evaluate(groups, candidates, settings):
    """What ``groups``, each of keys, are worth, and which rules they break, group by group."""
    by_key = {candidate.key: Profile(candidate) for candidate in candidates}
    sixths, violations = [], []
    for number, group in enumerate(groups):
        profiles = [by_key[key] for key in group]
        sixths.append(group_sixths(profiles, settings))
        violations += _broken_in_group(number, profiles, settings)
    times = Counter(key for group in groups for key in group)
    for key in sorted(by_key):
        if times[key] != 1:
            kind = IN_SEVERAL_GROUPS if times[key] else IN_NO_GROUP
            violations.append(Violation(kind, None, (key,)))
    return Evaluation(
        sum(sixths) / SIXTHS,
        tuple(value / SIXTHS for value in sixths),
        tuple(violations),
    )


def parts(groups, candidates, settings):
    """The points of all ``groups`` by what they are for; their sum is the objective."""
    by_key = {candidate.key: Profile(candidate) for candidate in candidates}
    sixths = dict.fromkeys(PARTS, 0)
    for group in groups:
        profiles = [by_key[key] for key in group]
        factor = pair_factor(len(profiles))
        for one, other in combinations(profiles, 2):
            for part, points in pair_parts(one, other, settings).items():
                sixths[part] += points * factor
        lonely = len(without_teacher(profiles))
        sixths[NO_TEACHER] += lonely * weights.NOBODY_TO_LEARN_FROM * SIXTHS
    return {part: value / SIXTHS for part, value in sixths.items()}


def effect(before, after):
    """What was done between two evaluations, whatever numbers their groups have."""
    broke = {_rule(violation) for violation in before.violations}
    breaks = {_rule(violation) for violation in after.violations}
    return Effect(
        after.objective - before.objective,
        tuple(each for each in after.violations if _rule(each) not in broke),
        tuple(each for each in before.violations if _rule(each) not in breaks),
    )


def _rule(violation):
    return violation.kind, violation.keys


def _broken_in_group(number, profiles, settings):
    keys = tuple(sorted(profile.candidate.key for profile in profiles))
    if not SMALLEST_GROUP <= len(profiles) <= LARGEST_GROUP:
        yield Violation(SIZE, number, keys)
    boards = {profile.candidate.board for profile in profiles}
    if settings.boards == WITHIN and len(boards) > 1:
        yield Violation(BOARDS, number, keys)
    for one, other in combinations(sorted(profiles, key=_key), 2):
        for kind in broken_by_pair(one, other):
            yield Violation(kind, number, (_key(one), _key(other)))


def _key(profile):
    return profile.candidate.key
