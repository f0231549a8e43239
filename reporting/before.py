"""What a cluster said of its levels in the cycle before, beside what it submitted."""

import json
from dataclasses import dataclass

from assessments.models import Submission
from frameworks.lineage import Lineage
from frameworks.models import Outcome


@dataclass(frozen=True)
class Before:
    """The last submission of an earlier cycle, as it was frozen.

    ``cycle`` is the cycle's name then, by language. ``levels`` holds the cluster's own levels, None
    where it had not said, by the module code and the number that each outcome has in the later
    submission, without those that no outcome of then leads to.
    """

    cycle: dict[str, str]
    levels: dict[tuple[str, int], int | None]


def load_before(submission, *, user):
    """What ``user`` may read of the latest earlier cycle in which the cluster submitted, or None.

    One query, and two more where that cycle had another edition. What comes back never changes:
    submissions are frozen, and so are the predecessors of a published edition's outcomes.
    """
    reflection = submission.reflection
    earlier = (
        Submission.objects.visible_to(user)
        .filter(
            reflection__cluster=reflection.cluster_id,
            reflection__cycle__opens_at__lt=reflection.cycle.opens_at,
        )
        .select_related("reflection__cycle")
        .order_by("-reflection__cycle__opens_at", "-number")
        .first()
    )
    if earlier is None:
        return None
    content = json.loads(earlier.content)
    levels = {
        (module["code"], outcome["number"]): outcome["own_level"]
        for module in content["modules"]
        if module["uses_levels"]
        for outcome in module["outcomes"]
    }
    editions = (reflection.cycle.edition_id, earlier.reflection.cycle.edition_id)
    if editions[0] != editions[1]:
        levels = {
            place: levels[origin]
            for place, origin in _origins(*editions).items()
            if origin in levels
        }
    return Before(content["cycle"]["name"], levels)


def _origins(edition_id, earlier_id):
    """The place of each outcome of an edition, and of that in an earlier one which it carries on."""
    rows = Outcome.objects.filter(
        module__edition__in=(edition_id, earlier_id)
    ).values_list("pk", "module__edition", "module__code", "number")
    places = {pk: (edition, (code, number)) for pk, edition, code, number in rows}
    lineage = Lineage()
    return {
        place: places[origin][1]
        for pk, (edition, place) in places.items()
        if edition == edition_id
        and (origin := lineage.in_edition(pk, earlier_id)) in places
    }
