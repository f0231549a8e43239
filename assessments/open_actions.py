"""What the cluster has undertaken and not done yet, beside what is asked of it now.

Of this cycle and of all before it, of the cluster and of those that it follows. An action stands
beside the criterion that it came from, or that criterion's successor in this edition; without one, at
the outcome.
"""

from dataclasses import dataclass, field

from django.db.models import F, Q, prefetch_related_objects

from assessments.models import Action
from assessments.selectors.actions import with_owner_here
from organisations.models import Succession


@dataclass(frozen=True)
class OutcomeActions:
    """Open actions of one outcome: by the number of their criterion of today, and the others."""

    by_criterion: dict = field(default_factory=dict)
    of_the_outcome: list = field(default_factory=list)

    @property
    def count(self):
        return len(
            {
                action.pk
                for actions in [*self.by_criterion.values(), self.of_the_outcome]
                for action in actions
            }
        )


def load_outcome_actions(reflection, sheet, *, user):
    """The open actions that belong to the outcome of ``sheet``: one query.

    And one or two for each step by which the edition of an action lies further back than the one
    before today's.
    """
    actions = list(_open_actions(reflection, user).filter(outcome__isnull=False))
    lineage = _Lineage(sheet)
    lineage.reach({action.outcome.module.edition_id for action in actions})
    by_criterion, of_the_outcome = {}, []
    for action in actions:
        places = lineage.criteria.get(action.criterion_id, ())
        for place in places:
            by_criterion.setdefault(place, []).append(action)
        if not places and lineage.holds(action.outcome):
            of_the_outcome.append(action)
    return OutcomeActions(by_criterion, of_the_outcome)


def load_free_actions(reflection, *, user):
    """The open actions that belong to no one outcome: one query."""
    return list(_open_actions(reflection, user).filter(outcome=None))


def _open_actions(reflection, user):
    followed = (
        Succession.objects.in_effect()
        .filter(successor=reflection.cluster_id)
        .values("predecessor")
    )
    actions = Action.objects.visible_to(user).filter(
        Q(reflection__cluster=reflection.cluster_id)
        | Q(reflection__cluster__in=followed),
        reflection__cycle__opens_at__lte=reflection.cycle.opens_at,
    )
    return (
        with_owner_here(actions.open())
        .select_related("owner", "outcome__module", "reflection__cycle")
        .order_by(F("due_on").asc(nulls_last=True), "pk")
    )


class _Lineage:
    """What the criteria of an outcome, and so the outcome itself, were in earlier editions."""

    def __init__(self, sheet):
        self.outcome, self.module = sheet.outcome, sheet.module
        # By the number of a criterion of any edition: those of today that came from it.
        self.criteria = {criterion.pk: [criterion.pk] for criterion in sheet.criteria}
        self.outcomes = {sheet.outcome.pk}
        self.editions = {sheet.module.edition_id}
        self._follow(sheet.criteria)

    def reach(self, editions):
        """Go back until all of ``editions`` were met, or nothing has a predecessor any more."""
        while self._latest and not editions <= self.editions:
            prefetch_related_objects(self._latest, "predecessor__outcome__module")
            self._follow(self._latest)

    def holds(self, outcome):
        """Whether an ``outcome`` of any edition is this one, or some of this came from it.

        Where none of its criteria has a predecessor, an outcome is the one that stood in its place.
        """
        if outcome.pk in self.outcomes:
            return True
        return len(self.outcomes) == 1 and (
            (outcome.module.code, outcome.number)
            == (self.module.code, self.outcome.number)
        )

    def _follow(self, criteria):
        ancestors = {}
        for criterion in criteria:
            if criterion.predecessor_id:
                ancestor = criterion.predecessor
                ancestors[ancestor.pk] = ancestor
                self.criteria.setdefault(ancestor.pk, []).extend(
                    self.criteria[criterion.pk]
                )
                self.outcomes.add(ancestor.outcome_id)
                self.editions.add(ancestor.outcome.module.edition_id)
        self._latest = list(ancestors.values())
