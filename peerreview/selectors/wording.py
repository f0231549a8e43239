"""Outcomes as they read today: with the corrections of their published wording."""

from frameworks.errata import read_over


def read_outcomes_over(things, edition=None):
    """Put the corrected wording on the outcomes and modules of ``things``, in memory.

    ``things`` have an ``outcome``, or None. Without an ``edition``, each outcome's own: one query
    for each edition that was ever corrected, otherwise none.
    """
    read_each_over([thing.outcome for thing in things if thing.outcome], edition)


def read_each_over(outcomes, edition=None):
    """As ``read_outcomes_over``, of outcomes themselves."""
    editions = {}
    for outcome in outcomes:
        its = edition or editions.setdefault(
            outcome.module.edition_id, outcome.module.edition
        )
        read_over(its, [outcome, outcome.module])
