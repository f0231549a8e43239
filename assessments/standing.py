"""Where a submission stands, as short texts that a database can join: pure functions.

One character stands for each outcome, criterion without a level, or enabling factor, in the order
of the framework. So the levels of thousands of clusters are one text, in which counting is taking
every n-th character, and no page computes from answers.
"""

from dataclasses import dataclass

NOT_ANSWERED = "-"  # of an agreed level: none was agreed
NO_LEVELS = "."
SIGNS = {"strong_signs": "s", "some_signs": "m", "no_signs_yet": "n"}
FACTORS = {"helps": "h", "hinders": "d", "both": "b", "neither": "n"}


@dataclass(frozen=True)
class Standing:
    """A submission's own levels, signs and factors, as texts."""

    own_levels: str
    signs: str
    factors: str


def standing_of(content):
    """The standing of a submission, from its frozen content."""
    outcomes = [outcome for module in content["modules"] for outcome in _of(module)]
    return Standing(
        own_levels="".join(
            level_as_text(outcome["own_level"]) if uses_levels else NO_LEVELS
            for uses_levels, outcome in outcomes
        ),
        signs="".join(
            SIGNS.get(criterion["answer"]["choice"], NOT_ANSWERED)
            for uses_levels, outcome in outcomes
            if not uses_levels
            for criterion in outcome["criteria"]
        ),
        factors="".join(
            FACTORS.get(factor["answer"]["choice"], NOT_ANSWERED)
            for factor in content["enabling_factors"]
        ),
    )


def agreed_levels_of(own_levels, levels):
    """The agreed levels, by the place of their outcome, beside ``own_levels``."""
    return "".join(
        NO_LEVELS if own == NO_LEVELS else level_as_text(levels.get(place))
        for place, own in enumerate(own_levels)
    )


def level_as_text(level):
    return NOT_ANSWERED if level is None else str(level)


def level_of_text(text):
    """The level that a character stands for; None where there is none."""
    return int(text) if text.isdigit() else None


def _of(module):
    return [(module["uses_levels"], outcome) for outcome in module["outcomes"]]


@dataclass(frozen=True)
class Said:
    """An answer in a submission, and where in the framework it stands.

    ``place`` names an outcome by its module's code and its number, a criterion by its level and
    number behind those, an enabling factor by its number alone; it is empty for parts 1 and 5.
    """

    place: tuple
    question: str
    choice: str
    text: str
    language: str


def said_in(content):
    """Everything that was answered in a submission, from its frozen content."""
    for question, answer in (*content["context"].items(), *content["closing"].items()):
        yield _said((), question, answer)
    for module in content["modules"]:
        for outcome in module["outcomes"]:
            place = (module["code"], outcome["number"])
            for criterion in outcome["criteria"]:
                whole = (*place, criterion["level"], criterion["number"])
                yield _said(whole, "", criterion["answer"])
            for question, answer in outcome["questions"].items():
                yield _said(place, question, answer)
    for factor in content["enabling_factors"]:
        yield _said((factor["number"],), "", factor["answer"])


def places_of(outcomes, criteria, factors):
    """The columns of a row that say what it is about, by the place of ``Said``.

    ``outcomes`` come with their module, ``criteria`` with their outcome.
    """
    by_key = {outcome.pk: (outcome.module.code, outcome.number) for outcome in outcomes}
    return (
        {(): {}}
        | {place: {"outcome_id": pk} for pk, place in by_key.items()}
        | {
            (*by_key[criterion.outcome_id], criterion.level, criterion.number): {
                "criterion_id": criterion.pk
            }
            for criterion in criteria
        }
        | {(factor.number,): {"enabling_factor_id": factor.pk} for factor in factors}
    )


def _said(place, question, answer):
    return Said(place, question, answer["choice"], answer["text"], answer["language"])
