"""Outcomes followed back through the cycles, with gaps where an edition had none of their line."""

from dataclasses import dataclass

from frameworks.models import Outcome
from reporting.tallies import Tally, with_levels

MOST_CYCLES = 6  # beside each other; what is older is left out


@dataclass(frozen=True)
class Stop:
    """A cycle on the way, with its tally and the place that each outcome had in its standings.

    ``places`` has no place for an outcome that no outcome with levels of its edition was the
    origin of. ``edition_changed`` says that the stop before had other criteria, ``not_carried_on``
    how many outcomes with levels of its edition lead nowhere.
    """

    cycle: object
    tally: Tally
    places: dict[int, int]
    edition_changed: bool = False
    not_carried_on: int = 0


@dataclass(frozen=True)
class Journey:
    """The outcomes with levels of a cycle's edition, and the cycles up to it, the oldest first.

    ``empty`` are the cycles among them of which the reader may read nothing; ``older`` counts
    those that were left out.
    """

    outcomes: list
    stops: list[Stop]
    empty: list
    older: int


def load_journey(page, has_data):
    """The journey up to the cycle of ``page``, through the cycles whose tally ``has_data``.

    Two queries where their editions differ, else none but those of the page.
    """
    up_to_now = page.cycles[page.cycles.index(page.cycle) :]
    tallies = page.tallies
    known = [
        cycle
        for cycle in up_to_now
        if cycle.pk in tallies and has_data(tallies[cycle.pk])
    ]
    cycles = known[:MOST_CYCLES][::-1]
    here = page.cycle.edition_id
    others = {cycle.edition_id for cycle in cycles} - {here}
    places = _places(others) if others else {}
    outcomes = with_levels(page.outcomes)
    places[here] = {outcome.pk: place for place, outcome in outcomes}
    stops = []
    for cycle in cycles:
        edition = cycle.edition_id
        origins = {
            pk: pk if edition == here else page.lineage.in_edition(pk, edition)
            for pk in places[here]
        }
        stops.append(
            Stop(
                cycle=cycle,
                tally=tallies[cycle.pk],
                places={
                    pk: places[edition][origin]
                    for pk, origin in origins.items()
                    if origin in places[edition]
                },
                edition_changed=bool(stops) and stops[-1].cycle.edition_id != edition,
                not_carried_on=len(places[edition].keys() - set(origins.values())),
            )
        )
    return Journey(
        outcomes=[outcome for _place, outcome in outcomes],
        stops=stops,
        empty=[cycle for cycle in reversed(up_to_now) if cycle not in known],
        older=len(known[MOST_CYCLES:]),
    )


def _places(editions):
    """By edition, the place in a standing of each outcome that has levels: one query."""
    places, sizes = {edition: {} for edition in editions}, {}
    rows = (
        Outcome.objects.filter(module__edition__in=editions)
        .order_by("module__edition", "module__number", "number")
        .values_list("module__edition", "pk", "module__uses_levels")
    )
    for edition, pk, uses_levels in rows:
        place = sizes.get(edition, 0)
        sizes[edition] = place + 1
        if uses_levels:
            places[edition][pk] = place
    return places
