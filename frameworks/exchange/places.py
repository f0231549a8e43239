"""Where things stand in an edition, as files name it: "PCMW/6" and "modules/PCMW/6/2/1"."""

from frameworks.exchange.shape import CRITERION, EDITION, MODULE, OUTCOME

# What belongs to the edition itself: its key in a file, with what of it is frozen by publishing.
PARTS = ("principles", "enabling_factors", "wellbeing_goals", "quadruple_aims")
NO_LEVEL = "-"


def outcome_path(module_code, number):
    return f"{module_code}/{number}"


def criterion_path(module_code, outcome_number, level, number):
    return f"{module_code}/{outcome_number}/{level or NO_LEVEL}/{number}"


def outcome_paths(edition):
    """The outcomes of an edition in a file, in the order in which they are written."""
    return [
        outcome_path(module["code"], outcome["number"])
        for module in sorted(edition["modules"], key=lambda one: one["number"])
        for outcome in sorted(module["outcomes"], key=lambda one: one["number"])
    ]


def placed(edition):
    """Everything in a file that a correction may speak of: its place, its shape, and itself."""
    yield "edition", EDITION, edition
    for name in PARTS:
        for part in edition.get(name, []):
            yield f"{name}/{part['number']}", EDITION[name].of, part
    for module in edition["modules"]:
        code = module["code"]
        yield f"modules/{code}", MODULE, module
        for outcome in module["outcomes"]:
            path = outcome_path(code, outcome["number"])
            yield f"modules/{path}", OUTCOME, outcome
            for criterion in outcome["criteria"]:
                path = criterion_path(
                    code, outcome["number"], criterion["level"], criterion["number"]
                )
                yield f"modules/{path}", CRITERION, criterion
