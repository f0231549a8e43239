"""Levels, signs and factors of many clusters at once, counted without opening a submission.

A reader counts what they may read: own levels, signs and factors of submissions that are visible to
them, and agreed levels of every cluster, because those are known once they are agreed.
"""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import Concat

from assessments.models import SelfReflection
from assessments.models.reading import may_read_submissions
from assessments.models.standings import has_agreed_levels
from assessments.standing import NOT_ANSWERED, level_of_text
from cdf_site.common.joining import Joined
from frameworks.errata import read_over
from frameworks.models import Criterion, EnablingFactor, Outcome

# Long texts that no figure is called by; each would be asked for where it is needed.
UNREAD = (
    *("text_states", "narrative", "note", "editor_note"),
    *(
        f"module__{name}"
        for name in (
            *("text_states", "introduction", "context", "framework_introduction"),
            *("criteria_heading", "footnotes", "editor_note"),
        )
    ),
)


@dataclass(frozen=True)
class Layout:
    """What each character of a standing is about, for one edition."""

    edition: object
    outcomes: list  # with their modules
    sign_criteria: list  # of the modules without levels
    factors: list

    @property
    def with_levels(self):
        """The outcomes that have levels, each with its place: pairs."""
        return with_levels(self.outcomes)


def layout_of(edition, outcomes=None):
    """What standings on ``edition`` are about, with corrected wording: three queries, or four.

    One fewer where its ``outcomes_of`` are at hand.
    """
    outcomes = outcomes_of(edition) if outcomes is None else outcomes
    criteria = list(
        Criterion.objects.filter(
            outcome__module__edition=edition, outcome__module__uses_levels=False
        ).order_by("outcome__module__number", "outcome__number", "number")
    )
    factors = factors_of(edition)
    by_key = {outcome.pk: outcome for outcome in outcomes}
    for criterion in criteria:
        criterion.outcome = by_key[criterion.outcome_id]
    read_over(edition, criteria)
    return Layout(edition, outcomes, criteria, factors)


def factors_of(edition):
    """Its enabling factors, in order and with corrected wording: one query, or two."""
    factors = EnablingFactor.objects.filter(edition=edition).order_by("number")
    return read_over(edition, factors)


def outcomes_of(edition):
    """Its outcomes with their modules, in order and with corrected wording: one query, or two.

    Without their long texts.
    """
    outcomes = list(
        Outcome.objects.filter(module__edition=edition)
        .select_related("module")
        .defer(*UNREAD)
        .order_by("module__number", "number")
    )
    modules = {outcome.module_id: outcome.module for outcome in outcomes}
    for outcome in outcomes:
        outcome.module = modules[outcome.module_id]
    read_over(edition, [*modules.values(), *outcomes])
    return outcomes


def with_levels(outcomes):
    """Of the outcomes of an edition those that have levels, each with its place: pairs."""
    return [
        (place, outcome)
        for place, outcome in enumerate(outcomes)
        if outcome.module.uses_levels
    ]


@dataclass(frozen=True)
class Tally:
    """The standings of some clusters in one cycle.

    ``total`` counts the clusters that take part, ``readable`` those whose submissions the reader
    may read, ``submitted`` those of the readable that have one, ``agreed`` all that have agreed
    levels.
    """

    total: int
    readable: int
    submitted: int
    agreed: int
    own_text: str = ""
    signs_text: str = ""
    factors_text: str = ""
    agreed_text: str = ""
    pairs_text: str = (
        ""  # an own level and an agreed one of each outcome, of the readable
    )

    def own_levels(self, place):
        """How often each level was the cluster's own; None is not answered."""
        return _levels(_every(self.own_text, place, self.submitted))

    def agreed_levels(self, place):
        """How often each level was agreed; those with no agreed level are under None."""
        return _levels(_every(self.agreed_text, place, self.agreed))

    def signs(self, place):
        """How often each kind of sign was seen, by its character."""
        return Counter(_every(self.signs_text, place, self.submitted))

    def factors(self, place):
        """How often a factor was said to help, to hinder, both or neither, by its character."""
        return Counter(_every(self.factors_text, place, self.submitted))

    def pairs(self, place):
        """How often each pair of an own and an agreed level occurs, where there are both."""
        width = len(self.pairs_text) // self.submitted if self.submitted else 0
        if not width:
            return Counter()
        found = Counter(
            zip(
                self.pairs_text[place::width],
                self.pairs_text[width // 2 + place :: width],
                strict=True,
            )
        )
        return Counter(
            {
                (level_of_text(own), level_of_text(agreed)): count
                for (own, agreed), count in found.items()
                if own != NOT_ANSWERED and agreed != NOT_ANSWERED
            }
        )


@dataclass(frozen=True)
class Coverage:
    """Of a tally, how many clusters it is about."""

    total: int
    readable: int
    submitted: int


NOTHING = Tally(0, 0, 0, 0)


def load_tallies(user, scope, cycles, *, by=None):
    """Tallies of ``scope`` by cycle, as ``{cycle.pk: Tally}``: one query.

    With ``by``, a path from a self-reflection such as ``cluster__health_board``, by cycle and what
    is there: ``{(cycle.pk, board.pk): Tally}``.
    """
    readable = may_read_submissions(user)
    has_standing = Q(standing__isnull=False)
    seen = readable & has_standing
    is_agreed = has_standing & has_agreed_levels("standing__")
    groups = ["cycle", *([by] if by else [])]
    rows = (
        SelfReflection.objects.filter(
            scope.of_clusters("cluster__"), cycle__in=[cycle.pk for cycle in cycles]
        )
        .order_by()
        .values(*groups)
        .annotate(
            total=Count("pk"),
            readable=Count("pk", filter=readable),
            submitted=Count("pk", filter=seen),
            agreed=Count("pk", filter=is_agreed),
            own_text=Joined("standing__own_levels", filter=seen),
            signs_text=Joined("standing__signs", filter=seen),
            factors_text=Joined("standing__factors", filter=seen),
            agreed_text=Joined("standing__agreed_levels", filter=is_agreed),
            pairs_text=Joined(
                Concat("standing__own_levels", "standing__agreed_levels"), filter=seen
            ),
        )
    )
    tallies = {}
    for row in rows:
        cycle, group = row.pop("cycle"), row.pop(by) if by else None
        key = (cycle, group) if by else cycle
        tallies[key] = Tally(
            **{name: "" if value is None else value for name, value in row.items()}
        )
    return tallies


def load_coverage(user, scope, cycle):
    """How many clusters of ``scope`` take part, and how many submissions ``user`` may read: one query."""
    return Coverage(
        **SelfReflection.objects.filter(
            scope.of_clusters("cluster__"), cycle=cycle
        ).aggregate(
            total=Count("pk"),
            readable=Count("pk", filter=may_read_submissions(user)),
            submitted=Count(
                "pk", filter=may_read_submissions(user) & Q(standing__isnull=False)
            ),
        )
    )


def _every(text, place, count):
    """The characters at ``place`` of each of ``count`` texts of one length that stand joined."""
    if not count:
        return ""
    return text[place :: len(text) // count]


def _levels(characters):
    return Counter(
        {
            level_of_text(character): count
            for character, count in Counter(characters).items()
        }
    )
