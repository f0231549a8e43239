"""The people that a rate is of: which year's population belongs to a period."""

# Estimates of a year come out a year or two later; older ones say too little of the time.
YEARS_BACK = 3


class Peoples:
    """The populations of clusters, each with ``cluster_id``, ``year`` and ``people``."""

    def __init__(self, populations):
        self._of = {}
        for population in sorted(populations, key=lambda each: each.year):
            self._of.setdefault(population.cluster_id, []).append(population)

    def of(self, cluster_id, day):
        """The population of the year of ``day``, a period's first; else the newest before it.

        None where there is none of that year or of the ``YEARS_BACK`` before it.
        """
        return next(
            (
                population
                for population in reversed(self._of.get(cluster_id, []))
                if day.year - YEARS_BACK <= population.year <= day.year
            ),
            None,
        )
