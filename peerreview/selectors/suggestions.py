"""What is known of a round's clusters when groups are suggested, and what somebody's groups are worth."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import get_language

from assessments.models import Question, Submission, SubmittedOutcome
from frameworks.models import Outcome
from organisations.models import CLUSTER_ROLES, Membership, Population
from peerreview.grouping import (
    Candidate,
    Effect,
    Evaluation,
    Settings,
    effect,
    evaluate,
    parts,
    reasons,
)
from peerreview.grouping.candidates import SMALLEST_GROUP, WITHIN
from peerreview.grouping.scoring import MATURE
from peerreview.models import (
    Assignment,
    ClusterReview,
    GroupDraft,
    ReviewGroup,
    ReviewRound,
)


@dataclass(frozen=True)
class Known:
    """What groups are suggested from: one candidate for each cluster that takes part and has submitted."""

    candidates: list[Candidate]
    reviews: dict[str, ClusterReview]  # by the code of the cluster, in the alphabet
    not_submitted: list[ClusterReview]
    outcomes: list[Outcome]  # by their places in the levels of a candidate

    @cached_property
    def fingerprint(self):
        """A text that changes with anything that a suggestion depends on."""
        seen = [
            (
                one.key,
                one.board,
                one.levels,
                sorted(one.wants),
                one.population,
                one.rurality,
                sorted(one.languages),
                sorted(one.people),
                sorted(one.met_before),
            )
            for one in self.candidates
        ]
        return hashlib.sha256(repr(seen).encode()).hexdigest()


def known_of(review_round):
    """Levels and wishes are those last submitted: seven queries, however many clusters there are."""
    taking_part = _reviews(review_round)
    submissions = {
        submission.reflection_id: submission
        for submission in Submission.objects.filter(
            reflection__in=[review.reflection_id for review in taking_part]
        )
        .latest_of_each()
        .only("reflection", "content")
    }
    reviews = {
        review.cluster.code: review
        for review in taking_part
        if review.reflection_id in submissions
    }
    clusters = [review.reflection.cluster_id for review in reviews.values()]
    outcomes = list(
        Outcome.objects.filter(
            module__edition=review_round.cycle.edition_id, module__uses_levels=True
        )
        .select_related("module")
        .order_by("module__number", "number")
    )
    levels = {}
    for submission, outcome, level in SubmittedOutcome.objects.filter(
        submission__in=[each.pk for each in submissions.values()], uses_levels=True
    ).values_list("submission", "outcome", "own_level"):
        levels.setdefault(submission, {})[outcome] = level
    # The newest year comes last, and stays.
    populations = dict(
        Population.objects.filter(cluster__in=clusters)
        .order_by("year")
        .values_list("cluster", "people")
    )
    people = {}
    for cluster, user in (
        Membership.objects.current()
        .filter(role__in=CLUSTER_ROLES, cluster__in=clusters)
        .values_list("cluster", "user")
    ):
        people.setdefault(cluster, set()).add(user)
    partners = _partners(review_round)
    candidates = []
    for code, review in reviews.items():
        cluster, submission = review.cluster, submissions[review.reflection_id]
        own = levels.get(submission.pk, {})
        candidates.append(
            Candidate(
                key=code,
                board=cluster.health_board.code,
                levels=tuple(own.get(outcome.pk) for outcome in outcomes),
                wants=_wants(json.loads(submission.content), outcomes, own),
                population=populations.get(cluster.pk),
                rurality=cluster.rurality,
                languages=frozenset({review.meets_in} - {""}),
                people=frozenset(people.get(cluster.pk, ())),
                met_before=frozenset(partners.get(cluster.pk, ())),
            )
        )
    return Known(
        candidates=sorted(candidates, key=lambda one: one.key),
        reviews=reviews,
        not_submitted=[
            review for review in taking_part if review.reflection_id not in submissions
        ],
        outcomes=outcomes,
    )


def _reviews(review_round):
    sort = "sort_cy" if get_language() == "cy" else "sort_en"
    reviews = (
        review_round.reviews.taking_part()
        .select_related("reflection__cluster__health_board")
        .order_by(f"reflection__cluster__{sort}", "pk")
    )
    return list(reviews)


def _wants(content, outcomes, own):
    """Where a cluster wants to grow: its target is above its own level, or it named support.

    Not where it is mature: nobody could be ahead of it.
    """
    places = {
        (outcome.module.code, outcome.number): place
        for place, outcome in enumerate(outcomes)
    }
    wanted = set()
    for module in content["modules"]:
        for outcome in module["outcomes"]:
            place = places.get((module["code"], outcome["number"]))
            if place is None:
                continue
            level = own.get(outcomes[place].pk)
            questions = outcome["questions"]
            target = questions.get(Question.TARGET_LEVEL, {}).get("choice", "")
            support = questions.get(Question.SUPPORT_NEEDED, {})
            aims_higher = target.isdecimal() and int(target) > (level or 0)
            names_support = bool(support.get("text", "").strip())
            if level != MATURE and (aims_higher or names_support):
                wanted.add(place)
    return frozenset(wanted)


def _partners(review_round):
    """The codes of the clusters that each met in a group, in the last cycle before that had groups."""
    rows = list(
        ClusterReview.objects.taking_part()
        .filter(
            group__isnull=False,
            round__kind=ReviewRound.Kind.CLUSTERS,
            round__announced_at__isnull=False,
            round__cycle__opens_at__lt=review_round.cycle.opens_at,
        )
        .order_by("-round__cycle__opens_at", "-round__cycle")
        .values_list(
            "round__cycle",
            "group",
            "reflection__cluster",
            "reflection__cluster__code",
        )
    )
    groups = {}
    for cycle, group, cluster, code in rows:
        if cycle == rows[0][0]:
            groups.setdefault(group, []).append((cluster, code))
    partners = {}
    for members in groups.values():
        for cluster, own_code in members:
            met = {code for _cluster, code in members} - {own_code}
            partners.setdefault(cluster, set()).update(met)
    return partners


# What groups are worth --------------------------------------------------------------------


@dataclass(frozen=True)
class GroupWorth:
    """One group of a draft; clusters by their codes, in the reader's alphabet."""

    number: int
    codes: list[str]
    points: float
    before: float  # of the group of this number as it was suggested
    reasons: list
    broken: list

    @property
    def change(self):
        return self.points - self.before

    @property
    def is_changed(self):
        return abs(self.change) > 1e-6


@dataclass(frozen=True)
class DraftWorth:
    """Somebody's groups beside those that were suggested to them."""

    draft: GroupDraft
    groups: list[GroupWorth]
    without_group: list[str]
    board_too_small: list[str]  # of those: no group of their own board is large enough
    now: Evaluation
    suggested: Evaluation
    effect: Effect
    parts_now: dict
    parts_suggested: dict
    is_moved: bool  # clusters stand elsewhere than was suggested
    is_outdated: bool  # what is known of the clusters has changed since
    numbers: dict = field(default_factory=dict)  # the group of each code, 0 for none

    @property
    def broken(self):
        """What is broken by clusters that are in groups."""
        return [each for each in self.now.violations if each.group is not None]

    @property
    def used_count(self):
        return sum(bool(group.codes) for group in self.groups)


def worth_of(draft, known):
    """What ``draft`` is worth, of what is ``known`` by now. No query."""
    settings = Settings(size=draft.size, boards=draft.boards)
    suggested, groups = (
        [[code for code in group if code in known.reviews] for group in stored]
        for stored in (draft.suggested, draft.groups)
    )
    candidates = known.candidates
    filled = [group for group in groups if group]
    was_filled = [group for group in suggested if group]
    now, before = (
        evaluate(some, candidates, settings) for some in (filled, was_filled)
    )
    points, was = dict(_numbered(groups, now)), dict(_numbered(suggested, before))
    places = [place for place, group in enumerate(groups) if group]
    broken = {}
    for violation in now.violations:
        if violation.group is not None:
            broken.setdefault(places[violation.group], []).append(violation)
    order = {code: place for place, code in enumerate(known.reviews)}
    numbers = dict.fromkeys(known.reviews, 0)
    for place, group in enumerate(groups):
        numbers |= dict.fromkeys(group, place + 1)
    boards = Counter(one.board for one in candidates)
    small = {one.key for one in candidates if boards[one.board] < SMALLEST_GROUP}
    without = [code for code, number in numbers.items() if not number]
    return DraftWorth(
        draft=draft,
        groups=[
            GroupWorth(
                number=place + 1,
                codes=sorted(group, key=order.get),
                points=points.get(place, 0.0),
                before=was.get(place, 0.0),
                reasons=list(reasons(group, candidates, settings)) if group else [],
                broken=broken.get(place, []),
            )
            for place, group in enumerate(groups)
        ],
        without_group=without,
        board_too_small=[
            code
            for code in without
            if settings.boards == WITHIN and len(boards) > 1 and code in small
        ],
        now=now,
        suggested=before,
        effect=effect(before, now),
        parts_now=parts(filled, candidates, settings),
        parts_suggested=parts(was_filled, candidates, settings),
        is_moved=_sets(groups) != _sets(suggested),
        is_outdated=draft.known != known.fingerprint,
        numbers=numbers,
    )


def _numbered(groups, evaluation):
    """The points of each group that is not empty, by its place."""
    places = [place for place, group in enumerate(groups) if group]
    return zip(places, evaluation.scores, strict=True)


def _sets(groups):
    return {frozenset(group) for group in groups if group}


# Using them -------------------------------------------------------------------------------


@dataclass(frozen=True)
class GroupThere:
    """A group that would be removed."""

    group: ReviewGroup
    clusters: list
    facilitators: list


@dataclass(frozen=True)
class Replacement:
    """The groups of a round, and those of a draft that would take their place."""

    there: list[GroupThere]
    groups: list[list[str]]  # codes, as the service takes them
    coming: list[list]  # clusters; without groups that are empty
    without_group: list


def replacement_of(draft):
    """Three queries. Clusters that take part no longer are in no group."""
    review_round = draft.round
    reviews = {review.cluster.code: review for review in _reviews(review_round)}
    order = {code: place for place, code in enumerate(reviews)}
    groups = [
        sorted((code for code in group if code in reviews), key=order.get)
        for group in draft.groups
    ]
    grouped = {code for group in groups for code in group}
    facilitating = Assignment.objects.running().filter(
        group__round=review_round, role=Assignment.Role.FACILITATOR
    )
    facilitators = {}
    for assignment in facilitating.select_related("user"):
        facilitators.setdefault(assignment.group_id, []).append(assignment.user)
    return Replacement(
        there=[
            GroupThere(
                group=group,
                clusters=[
                    review.cluster
                    for review in reviews.values()
                    if review.group_id == group.pk
                ],
                facilitators=facilitators.get(group.pk, []),
            )
            for group in review_round.groups.order_by("number")
        ],
        groups=groups,
        coming=[[reviews[code].cluster for code in group] for group in groups if group],
        without_group=[
            review.cluster for code, review in reviews.items() if code not in grouped
        ],
    )
