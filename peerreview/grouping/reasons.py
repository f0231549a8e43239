"""Why a group is as it is: facts, from which a page makes sentences in its language."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations

from peerreview.grouping.scoring import (
    DEVELOPING,
    MATURE,
    met_before,
    profiles_of,
    teaches,
    without_teacher,
)

STRENGTHS = "strengths"
NOBODY_TO_LEARN_FROM = "nobody_to_learn_from"
BOARDS = "boards"
POPULATION = "size"
RURALITY = "rurality"
LANGUAGE = "language"
NEW_PARTNERS = "new_partners"
MET_BEFORE = "met_before"


@dataclass(frozen=True)
class Reason:
    """A kind and its facts; clusters are keys, in order.

    strengths             outcome (its place), level (3 mature, 2 ahead), has, wants: who is there,
                          and who wants to grow and is not
    nobody_to_learn_from  keys: who wants to grow, and finds nobody here who is ahead
    boards                count, boards
    size                  smallest, largest population; known, of: of how many clusters
    rurality              values: each that occurs, known, of
    language              languages: in which all meet; named_by: who named theirs
    new_partners          keys: who had partners last cycle, none of whom is here
    met_before            pairs: who were partners last cycle
    """

    kind: str
    facts: dict = field(hash=False)


def reasons(group, candidates, settings):
    """The reasons for a group of keys: what can be learnt first, the most widely wanted before."""
    profiles = profiles_of(sorted(group), candidates)
    members = [profile.candidate for profile in profiles]
    found = [*_strengths(profiles)]
    if lonely := without_teacher(profiles):
        found.append(Reason(NOBODY_TO_LEARN_FROM, {"keys": _keys(lonely)}))
    boards = tuple(sorted({member.board for member in members}))
    found.append(Reason(BOARDS, {"count": len(boards), "boards": boards}))
    found += _size(members)
    found += _rurality(members)
    found += _language(profiles)
    return tuple(found + _partners(members))


def _strengths(profiles):
    has, wants = {}, {}
    for teacher in profiles:
        for learner in profiles:
            for level, outcomes in zip(
                (MATURE, DEVELOPING), teaches(teacher, learner), strict=True
            ):
                for outcome in _bits(outcomes):
                    has.setdefault((level, outcome), set()).add(teacher.candidate.key)
                    wants.setdefault((level, outcome), set()).add(learner.candidate.key)
    ordered = sorted(has, key=lambda place: (-place[0], -len(wants[place]), place[1]))
    for level, outcome in ordered:
        place = level, outcome
        yield Reason(
            STRENGTHS,
            {
                "outcome": outcome,
                "level": level,
                "has": tuple(sorted(has[place])),
                "wants": tuple(sorted(wants[place])),
            },
        )


def _bits(mask):
    return [place for place in range(mask.bit_length()) if mask >> place & 1]


def _size(members):
    known = [member.population for member in members if member.population]
    if len(known) < 2:
        return []
    facts = {"smallest": min(known), "largest": max(known)}
    return [Reason(POPULATION, facts | {"known": len(known), "of": len(members)})]


def _rurality(members):
    known = Counter(member.rurality for member in members if member.rurality)
    if known.total() < 2:
        return []
    facts = {"values": tuple(sorted(known)), "known": known.total()}
    return [Reason(RURALITY, facts | {"of": len(members)})]


def _language(profiles):
    named_by = _keys([profile for profile in profiles if profile.candidate.languages])
    if not named_by:
        return []
    common = frozenset.intersection(*[profile.languages for profile in profiles])
    facts = {"languages": tuple(sorted(common)), "named_by": named_by}
    return [Reason(LANGUAGE, facts)]


def _partners(members):
    pairs = tuple(
        (one.key, other.key)
        for one, other in combinations(members, 2)
        if met_before(one, other)
    )
    if pairs:
        return [Reason(MET_BEFORE, {"pairs": pairs})]
    had = tuple(member.key for member in members if member.met_before)
    return [Reason(NEW_PARTNERS, {"keys": had})] if had else []


def _keys(profiles):
    return tuple(profile.candidate.key for profile in profiles)
