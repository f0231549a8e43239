"""What changed between two editions of the database, as a page shows it."""

from django.db.models import F

from frameworks.comparing import PARTS, compare
from frameworks.errata import read_over
from frameworks.exchange.writing import predecessor_path
from frameworks.models import LANGUAGES, Criterion, Edition, Module, Outcome
from frameworks.texts import NOT_FOR_READERS


def load_comparison(since, edition, *, languages=LANGUAGES):
    """How ``edition`` differs from ``since``, both with their corrected words.

    Ten queries, and one for the errata of each edition that was corrected, however large they are
    and however many editions lie between them.
    """
    chain = _chain(since, edition)
    before, *between, after = _plain(chain or [since, edition])
    return compare(
        before, after, between=between, by_place=chain is None, languages=languages
    )


def _chain(since, edition):
    """The editions from ``since`` to ``edition``, or None where one does not lead to the other."""
    editions = Edition.objects.in_bulk()
    chain = [edition]
    while chain[0].pk != since.pk:
        before = editions.get(chain[0].predecessor_id)
        if before is None or before in chain:
            return None
        chain.insert(0, before)
    return [since, *chain[1:]]


def _plain(editions):
    """The editions in the form of files, without what is not compared: eight queries for all."""
    modules = list(Module.objects.filter(edition__in=editions).order_by("number"))
    outcomes = list(
        Outcome.objects.filter(module__in=modules)
        .select_related("predecessor__module__edition")
        .order_by("number")
    )
    criteria = list(
        Criterion.objects.filter(outcome__in=outcomes)
        .select_related("predecessor__outcome__module__edition")
        .order_by(F("level").asc(nulls_last=True), "number")
    )
    parts = {
        name: list(model.objects.filter(edition__in=editions).order_by("number"))
        for name, model in PARTS.items()
    }
    return [
        _edition(edition, before, modules, outcomes, criteria, parts)
        for before, edition in zip([None, *editions], editions, strict=False)
    ]


def _edition(edition, before, modules, outcomes, criteria, parts):
    modules = [module for module in modules if module.edition_id == edition.pk]
    keys = {module.pk for module in modules}
    outcomes = [outcome for outcome in outcomes if outcome.module_id in keys]
    keys = {outcome.pk for outcome in outcomes}
    criteria = [criterion for criterion in criteria if criterion.outcome_id in keys]
    parts = {
        name: [part for part in found if part.edition_id == edition.pk]
        for name, found in parts.items()
    }
    every_part = [part for found in parts.values() for part in found]
    read_over(edition, [edition, *modules, *outcomes, *criteria, *every_part])
    return {
        **_texts(edition),
        **{
            name: [{"number": part.number, **_texts(part)} for part in found]
            for name, found in parts.items()
        },
        "modules": [
            {
                "code": module.code,
                "number": module.number,
                "uses_levels": module.uses_levels,
                "highest_level": module.highest_level if module.uses_levels else None,
                **_texts(module),
                "outcomes": [
                    {
                        "number": outcome.number,
                        "predecessor": _path(outcome, before),
                        **_texts(outcome),
                        "criteria": [
                            {
                                "level": criterion.level,
                                "number": criterion.number,
                                "predecessor": _path(criterion, before),
                                **_texts(criterion),
                            }
                            for criterion in criteria
                            if criterion.outcome_id == outcome.pk
                        ],
                    }
                    for outcome in outcomes
                    if outcome.module_id == module.pk
                ],
            }
            for module in modules
        ],
    }


def _path(thing, before):
    """The path to its predecessor in the edition ``before``, or None."""
    path = thing.predecessor and predecessor_path(thing)
    return path if before and path and path.startswith(f"{before.code}/") else None


def _texts(thing):
    return {
        name: {language: thing.text_in(name, language) for language in LANGUAGES}
        for name in thing.text_fields()
        if name not in NOT_FOR_READERS
    }
