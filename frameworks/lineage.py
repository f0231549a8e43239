"""Which outcome of an earlier edition an outcome carries on."""

from frameworks.models import Outcome


class Lineage:
    """Outcomes of all editions with what they were made from: one query."""

    def __init__(self):
        self._before, self._edition = {}, {}
        rows = Outcome.objects.order_by("module__number", "number").values_list(
            "pk", "predecessor", "module__edition"
        )
        for pk, before, edition in rows:
            self._before[pk], self._edition[pk] = before, edition

    def places(self, edition_id):
        """The place of each outcome in an edition, as it counts in a standing."""
        outcomes = (
            pk for pk, edition in self._edition.items() if edition == edition_id
        )
        return {pk: place for place, pk in enumerate(outcomes)}

    def in_edition(self, outcome_id, edition_id):
        """The outcome of that edition which it carries on, or is; None where there is none."""
        seen = set()
        while outcome_id in self._edition and outcome_id not in seen:
            if self._edition[outcome_id] == edition_id:
                return outcome_id
            seen.add(outcome_id)
            outcome_id = self._before[outcome_id]
        return None

    def same(self, outcome_id, edition_id):
        """The outcome of another edition, earlier or later, that is of one line with this one.

        Of several that were made from this one, the first; None where there is none.
        """
        found = self.in_edition(outcome_id, edition_id)
        if found is not None:
            return found
        edition = self._edition.get(outcome_id)
        later = (
            pk
            for pk, of_edition in self._edition.items()
            if of_edition == edition_id and self.in_edition(pk, edition) == outcome_id
        )
        return min(later, default=None)
