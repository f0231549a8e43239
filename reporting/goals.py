"""The well-being goals of an edition, and the outcomes by which progress towards them is followed."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Prefetch

from assessments.standing import NOT_ANSWERED
from frameworks.errata import read_over
from frameworks.models import Outcome, WellbeingGoal


@dataclass(frozen=True)
class LinkedGoal:
    """A goal, and the outcomes linked to it, each with its place in a standing."""

    goal: object
    outcomes: list[tuple[int, object]]

    @property
    def name(self):
        return f"{self.goal.number}. {self.goal.title}"

    @property
    def with_levels(self):
        return [place for place, outcome in self.outcomes if outcome.module.uses_levels]

    def sign_places(self, sign_criteria):
        """The places, among those criteria, of the criteria of its outcomes."""
        linked = {outcome.pk for _place, outcome in self.outcomes}
        return [
            place
            for place, criterion in enumerate(sign_criteria)
            if criterion.outcome_id in linked
        ]


def linked_goals(edition, outcomes):
    """The goals of ``edition``, of which ``outcomes`` are all outcomes in order: two queries."""
    goals = read_over(
        edition,
        WellbeingGoal.objects.filter(edition=edition)
        .prefetch_related(Prefetch("outcomes", Outcome.objects.only("pk")))
        .order_by("number"),
    )
    linked = []
    for goal in goals:
        keys = {outcome.pk for outcome in goal.outcomes.all()}
        of_goal = [pair for pair in enumerate(outcomes) if pair[1].pk in keys]
        linked.append(LinkedGoal(goal, of_goal))
    return linked


def answered_any(text, count, places):
    """Of ``count`` standings that stand joined in ``text``, how many answered at one of ``places``."""
    if not count or not places:
        return 0
    width = len(text) // count
    answers = Counter(zip(*(text[place::width] for place in places), strict=True))
    return sum(
        number
        for characters, number in answers.items()
        if any(character != NOT_ANSWERED for character in characters)
    )
