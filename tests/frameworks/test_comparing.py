"""What changed from one edition to another, on plain data."""

import copy

from frameworks.comparing import ADDED, MOVED, REMOVED, REWORDED, Place, compare
from frameworks.models import Criterion, EnablingFactor, Module, Outcome


def both(text):
    return {"cy": f"{text} (cy)", "en": f"{text} (en)"}


def criterion(level, number, text, **more):
    return {"level": level, "number": number, "text": both(text), **more}


def edition(*outcomes, **more):
    return {
        "title": both("Framework"),
        "modules": [
            {
                "code": "M",
                "number": 1,
                "uses_levels": True,
                "title": both("Module"),
                "outcomes": list(outcomes),
            }
        ],
        "enabling_factors": [],
        "wellbeing_goals": [],
        "principles": [],
        **more,
    }


def outcome(number, title, *criteria, **more):
    return {
        "number": number,
        "title": both(title),
        "criteria": list(criteria),
        **more,
    }


def successor(data):
    """A copy of an edition in which everything knows what it was made from."""
    copied = copy.deepcopy(data)
    for module in copied["modules"]:
        for one in module["outcomes"]:
            place = f"before/{module['code']}/{one['number']}"
            one["predecessor"] = place
            for each in one["criteria"]:
                level = each["level"] or "-"
                each["predecessor"] = f"{place}/{level}/{each['number']}"
    return copied


OLD = edition(
    outcome(1, "First", criterion(1, 1, "Plan"), criterion(2, 1, "Do")),
    outcome(2, "Second", criterion(1, 1, "Look"), criterion(1, 2, "Learn")),
)


def changes(comparison):
    """Every pair that changed: its model, its places then and now, and how."""
    return [
        (pair.model, pair.place_before, pair.place_after, pair.kinds_of_change)
        for pair in comparison.pairs()
        if pair.has_changed
    ]


def test_a_copy_has_no_changes():
    new = successor(OLD)

    comparison = compare(OLD, new)

    assert changes(comparison) == []
    assert not comparison.has_changes


def test_a_new_criterion_is_added_and_a_missing_one_removed():
    new = successor(OLD)
    first = new["modules"][0]["outcomes"][0]["criteria"]
    del first[1]
    first.append(criterion(3, 1, "Spread"))

    comparison = compare(OLD, new)

    assert changes(comparison) == [
        (Criterion, Place("M", 1, 2, 1), None, [REMOVED]),
        (Criterion, None, Place("M", 1, 3, 1), [ADDED]),
    ]
    assert comparison.counts[Criterion] == {ADDED: 1, REMOVED: 1}


def test_a_criterion_that_changes_its_level_number_or_outcome_is_moved():
    new = successor(OLD)
    first, second = new["modules"][0]["outcomes"]
    first["criteria"][0]["level"] = 2
    first["criteria"][0]["number"] = 2
    first["criteria"].append(second["criteria"].pop())
    first["criteria"][-1]["number"] = 7

    comparison = compare(OLD, new)

    assert changes(comparison) == [
        (Criterion, Place("M", 2, 1, 2), Place("M", 1, 1, 7), [MOVED]),
        (Criterion, Place("M", 1, 1, 1), Place("M", 1, 2, 2), [MOVED]),
    ]


def test_the_criteria_of_an_outcome_that_moves_stay_where_they_are_in_it():
    new = successor(OLD)
    first, second = new["modules"][0]["outcomes"]
    first["number"], second["number"] = 2, 1
    new["modules"][0]["outcomes"] = [second, first]

    comparison = compare(OLD, new)

    assert changes(comparison) == [
        (Outcome, Place("M", 2), Place("M", 1), [MOVED]),
        (Outcome, Place("M", 1), Place("M", 2), [MOVED]),
    ]


def test_a_rewording_is_compared_word_by_word_in_its_language():
    new = successor(OLD)
    new["modules"][0]["outcomes"][0]["criteria"][0]["text"]["en"] = "Plan well (en)"

    comparison = compare(OLD, new)
    [rewording] = [
        rewording for pair in comparison.pairs() for rewording in pair.rewordings
    ]

    assert (rewording.language, rewording.before) == ("en", "Plan (en)")
    assert not compare(OLD, new, languages=("cy",)).has_changes
    assert [(part.kind, part.text) for part in rewording.parts] == [
        ("same", "Plan "),
        ("added", "well "),
        ("same", "(en)"),
    ]
    assert comparison.counts[Criterion] == {REWORDED: 1}


def test_an_outcome_without_a_predecessor_is_that_of_most_of_its_criteria():
    new = successor(OLD)
    del new["modules"][0]["outcomes"][0]["predecessor"]
    new["modules"][0]["outcomes"][0]["number"] = 9

    comparison = compare(OLD, new)

    assert changes(comparison) == [(Outcome, Place("M", 1), Place("M", 9), [MOVED])]


def test_something_new_in_the_place_of_something_removed_is_not_the_same_thing():
    new = successor(OLD)
    new["modules"][0]["outcomes"][1] = outcome(2, "Other", criterion(1, 1, "Else"))

    comparison = compare(OLD, new)

    assert changes(comparison) == [
        (Outcome, None, Place("M", 2), [ADDED]),
        (Criterion, None, Place("M", 2, 1, 1), [ADDED]),
        (Outcome, Place("M", 2), None, [REMOVED]),
        (Criterion, Place("M", 2, 1, 1), None, [REMOVED]),
        (Criterion, Place("M", 2, 1, 2), None, [REMOVED]),
    ]


def test_predecessors_are_followed_through_the_editions_between():
    middle = successor(OLD)
    middle["modules"][0]["outcomes"][0]["criteria"][0]["number"] = 5
    new = successor(middle)
    new["modules"][0]["outcomes"][0]["criteria"][0]["text"]["cy"] = "Cynllunio"

    comparison = compare(OLD, new, between=[middle])

    assert changes(comparison) == [
        (
            Criterion,
            Place("M", 1, 1, 1),
            Place("M", 1, 1, 5),
            [MOVED, REWORDED],
        )
    ]


def test_what_went_and_came_back_as_something_else_is_both():
    middle = successor(OLD)
    gone = middle["modules"][0]["outcomes"][0]["criteria"].pop(0)
    new = successor(middle)
    new["modules"][0]["outcomes"][0]["criteria"].insert(
        0, {**gone, "predecessor": None}
    )

    comparison = compare(OLD, new, between=[middle])

    assert changes(comparison) == [
        (Criterion, None, Place("M", 1, 1, 1), [ADDED]),
        (Criterion, Place("M", 1, 1, 1), None, [REMOVED]),
    ]


def test_without_predecessors_the_same_text_or_the_same_place_tells():
    new = copy.deepcopy(OLD)
    first, second = new["modules"][0]["outcomes"]
    first["number"], second["number"] = 2, 1
    new["modules"][0]["outcomes"] = [second, first]
    second["criteria"][0]["text"]["en"] = "Look again"

    comparison = compare(OLD, new)

    assert changes(comparison) == [
        (Outcome, Place("M", 2), Place("M", 1), [MOVED]),
        (Criterion, Place("M", 2, 1, 1), Place("M", 1, 1, 1), [REWORDED]),
        (Outcome, Place("M", 1), Place("M", 2), [MOVED]),
    ]


def test_by_place_predecessors_are_not_asked():
    new = successor(OLD)
    new["modules"][0]["outcomes"][0]["criteria"][0]["predecessor"] = "before/M/1/1/9"

    comparison = compare(OLD, new, by_place=True)

    assert not comparison.has_changes


def test_modules_and_the_editions_own_parts_are_compared():
    new = successor(OLD)
    new["modules"][0]["uses_levels"] = False
    new["modules"].append({**copy.deepcopy(OLD["modules"][0]), "code": "N"})
    new["enabling_factors"] = [{"number": 1, "title": both("A"), "text": both("B")}]

    comparison = compare(OLD, new)

    assert comparison.counts[Module] == {ADDED: 1}
    assert comparison.counts[EnablingFactor] == {ADDED: 1}
    [setting] = comparison.modules[0].settings
    assert (setting.field, setting.before, setting.after) == (
        "uses_levels",
        True,
        False,
    )


def test_a_module_that_is_gone_keeps_its_outcomes_in_the_list():
    old = copy.deepcopy(OLD)
    old["modules"].append({**copy.deepcopy(OLD["modules"][0]), "code": "N"})
    new = successor(OLD)

    comparison = compare(old, new)

    assert comparison.counts[Module] == {REMOVED: 1}
    assert comparison.counts[Outcome] == {REMOVED: 2}
    assert comparison.counts[Criterion] == {REMOVED: 4}
