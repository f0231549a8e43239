"""Which outcome of an earlier edition an outcome carries on."""

from frameworks.models import Outcome


class Lineage:
    """Outcomes of all editions with what they were made from: one query."""

    def __init__(self):
        self._before, self._edition = {}, {}
        for pk, before, edition in Outcome.objects.values_list(
            "pk", "predecessor", "module__edition"
        ):
            self._before[pk], self._edition[pk] = before, edition

    def in_edition(self, outcome_id, edition_id):
        """The outcome of that edition which it carries on, or is; None where there is none."""
        seen = set()
        while outcome_id in self._edition and outcome_id not in seen:
            if self._edition[outcome_id] == edition_id:
                return outcome_id
            seen.add(outcome_id)
            outcome_id = self._before[outcome_id]
        return None
