"""Editing a draft in the admin: order, levels, what is added, what is not deleted."""

import pytest

from frameworks.models import Criterion, Edition, Module, Outcome
from organisations.models import AuditEvent
from tests.factories import (
    CriterionFactory,
    EditionFactory,
    IndicatorFactory,
    ModuleFactory,
    OutcomeFactory,
)
from tests.frameworks.test_admin import address, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def module(db):
    return ModuleFactory(edition=EditionFactory(code="2031", draft=True), number=1)


@pytest.fixture
def outcome(module):
    """Three criteria at level 1, A B C, and one at level 2, D."""
    outcome = OutcomeFactory(module=module, number=1)
    for level, number, name in ((1, 1, "A"), (1, 2, "B"), (1, 3, "C"), (2, 1, "D")):
        CriterionFactory(
            outcome=outcome, level=level, number=number, text_cy=name, text_en=name
        )
    return outcome


def order(outcome):
    rows = outcome.criteria.order_by("level", "number")
    return [(row.level, row.number, row.text_en) for row in rows]


def send(staff, outcome, changes, *, new=()):
    """Save the page of an outcome with what was typed; ``new`` are rows that were added."""
    page = address(Outcome, "change", outcome.pk)
    fields = sent(staff.get(page)) | changes
    start = outcome.criteria.count()
    for row, typed in enumerate(new, start=start):
        fields |= {f"criteria-{row}-{name}": value for name, value in typed.items()}
    fields["criteria-TOTAL_FORMS"] = start + max(1, len(new))
    return staff.post(page, fields)


def test_two_numbers_are_swapped_in_one_save(staff, outcome):
    response = send(staff, outcome, {"criteria-0-number": 2, "criteria-1-number": 1})

    assert response.status_code == 302
    assert order(outcome) == [(1, 1, "B"), (1, 2, "A"), (1, 3, "C"), (2, 1, "D")]


def test_one_is_added_in_the_middle(staff, outcome):
    new = {"level": 1, "number": 2, "text_cy": "N", "text_en": "N"}

    send(staff, outcome, {}, new=[new])

    assert order(outcome) == [
        *[(1, 1, "A"), (1, 2, "N"), (1, 3, "B"), (1, 4, "C")],
        (2, 1, "D"),
    ]


@pytest.mark.parametrize(
    ("row", "number", "letters"),
    [(2, 1, "CABD"), (0, 3, "BCAD"), (0, 2, "BACD"), (1, "", "ACBD"), (0, 77, "BCAD")],
)
def test_a_number_is_the_place_it_shall_have(staff, outcome, row, number, letters):
    send(staff, outcome, {f"criteria-{row}-number": number})

    assert "".join(name for _level, _number, name in order(outcome)) == letters
    assert [number for _level, number, _name in order(outcome)] == [1, 2, 3, 1]


def test_what_is_removed_or_goes_to_another_level_leaves_no_gap(staff, outcome):
    send(staff, outcome, {"criteria-0-DELETE": "on", "criteria-1-level": 2})

    assert order(outcome) == [(1, 1, "C"), (2, 1, "D"), (2, 2, "B")]


@pytest.mark.parametrize(
    ("row", "way", "letters"),
    [(0, "down", "BACD"), (1, "up", "BACD"), (2, "down", "ABCD"), (3, "up", "ABCD")],
)
def test_a_button_moves_by_one_place_and_saves_what_was_typed(
    staff, outcome, row, way, letters
):
    number = list(outcome.criteria.order_by("level", "number"))[row].pk

    response = send(
        staff, outcome, {"_move": f"{way}-{number}", "title_en": "Typed before"}
    )

    outcome.refresh_from_db()
    at = letters.index("ABCD"[row])
    assert "".join(name for _level, _number, name in order(outcome)) == letters
    assert outcome.title_en == "Typed before"
    assert response.url == f"{address(Outcome, 'change', outcome.pk)}#criteria-{at}"


def test_every_row_that_got_another_number_is_written_down(staff, outcome):
    send(staff, outcome, {"criteria-2-number": 1})

    events = AuditEvent.objects.filter(subject_type="frameworks.criterion")
    assert {
        (event.details["before"]["number"], event.details["after"]["number"])
        for event in events
    } == {(1, 2), (2, 3), (3, 1)}


def test_nothing_is_written_where_nothing_changed(staff, outcome):
    before = order(outcome)

    send(staff, outcome, {})

    assert order(outcome) == before
    assert AuditEvent.objects.filter(subject_type="frameworks.criterion").count() == 0


@pytest.mark.parametrize("number", [0, -1, 1000, "one"])
def test_a_number_that_is_none_is_refused(staff, outcome, number):
    response = send(staff, outcome, {"criteria-0-number": number})

    errors = response.context["inline_admin_formsets"][0].formset.errors
    assert set(errors[0]) == {"number"}


def test_a_level_that_the_module_does_not_have_is_refused(staff, module, outcome):
    Module.objects.filter(pk=module.pk).update(highest_level=2)

    response = send(staff, outcome, {"criteria-0-level": 3})

    errors = response.context["inline_admin_formsets"][0].formset.errors
    assert set(errors[0]) == {"level"}


def test_a_module_keeps_the_levels_that_its_criteria_have(staff, module, outcome):
    page = address(Module, "change", module.pk)
    fields = sent(staff.get(page))

    refused = staff.post(page, fields | {"highest_level": 1})
    staff.post(page, fields | {"highest_level": 2})

    module.refresh_from_db()
    assert refused.context["adminform"].form.errors == {
        "highest_level": [
            "This module has criteria at a higher level. Change or remove them first."
        ]
    }
    assert module.highest_level == 2


# Outcomes and modules ---------------------------------------------------------------------


@pytest.fixture
def outcomes(module):
    return [
        OutcomeFactory(module=module, number=number, title_en=name, title_cy=name)
        for number, name in enumerate("ABC", start=1)
    ]


def titles(module):
    found = module.outcomes.order_by("number").values_list("number", "title_en")
    return [f"{number}{title}" for number, title in found]


@pytest.mark.parametrize(
    ("at", "number", "expected"),
    [
        (2, 1, ["1C", "2A", "3B"]),
        (0, 3, ["1B", "2C", "3A"]),
        (1, 99, ["1A", "2C", "3B"]),
    ],
)
def test_an_outcome_takes_the_place_of_its_number(
    staff, module, outcomes, at, number, expected
):
    page = address(Outcome, "change", outcomes[at].pk)

    staff.post(page, sent(staff.get(page)) | {"number": number})

    assert titles(module) == expected


def test_the_next_number_is_proposed_and_a_taken_one_moves_the_others_on(
    staff, module, outcomes
):
    page = address(Outcome, "add") + f"?module={module.pk}"
    fields = sent(staff.get(page))
    assert fields["number"] == 4

    staff.post(page, fields | {"number": 2, "title_cy": "N", "title_en": "N"})

    assert titles(module) == ["1A", "2N", "3B", "4C"]


def test_what_stays_closes_the_gap_of_what_is_deleted(staff, module, outcomes):
    staff.post(address(Outcome, "delete", outcomes[0].pk), {"post": "yes"})

    assert titles(module) == ["1B", "2C"]


def test_buttons_move_outcomes_and_modules(staff, module, outcomes):
    other = ModuleFactory(edition=module.edition, number=2)

    moved = staff.post(address(Outcome, "move", outcomes[0].pk), {"move": "down"})
    staff.post(address(Module, "move", other.pk), {"move": "up"})
    looked = staff.get(address(Outcome, "move", outcomes[0].pk))

    home = f"{address(Module, 'change', module.pk)}#outcome-{outcomes[0].pk}"
    assert (moved.url, looked.url) == (home, home)
    assert titles(module) == ["1B", "2A", "3C"]
    assert list(module.edition.modules.order_by("number")) == [other, module]


def test_nothing_moves_in_a_published_edition(staff, module, outcomes):
    Edition.objects.update(status=Edition.Status.PUBLISHED)

    response = staff.post(address(Outcome, "move", outcomes[0].pk), {"move": "down"})

    assert response.status_code == 403
    assert titles(module) == ["1A", "2B", "3C"]


@pytest.mark.parametrize("person", ["lead", "national"])
@pytest.mark.parametrize("name", ["check", "publish", "retire", "copy"])
def test_the_pages_of_an_edition_are_for_administrators(
    client, request, module, person, name
):
    client.force_login(request.getfixturevalue(person))

    for method in (client.get, client.post):
        response = method(address(Edition, name, module.edition.pk), follow=True)
        assert response.status_code == 403


# In use -------------------------------------------------------------------------------------


def test_what_something_else_refers_to_is_not_deleted(staff, module, outcome):
    later = EditionFactory(code="2032", draft=True)
    OutcomeFactory(
        module=ModuleFactory(edition=later, number=1, abbreviation_en="LATER"),
        number=1,
        title_en="What became of it",
        predecessor=outcome,
    )
    indicator = IndicatorFactory(edition=module.edition, name_en="People seen")
    indicator.outcomes.add(outcome)

    for thing in (outcome, module):
        response = staff.post(address(type(thing), "delete", thing.pk), {"post": "yes"})
        page = response.content.decode()
        assert response.status_code == 409
        assert "Key indicator: People seen" in page
        assert "2032 › LATER › 1. What became of it" in page

    assert Outcome.objects.filter(pk=outcome.pk).exists()
    assert list(indicator.outcomes.all()) == [outcome]


def test_a_criterion_that_another_follows_is_not_removed_in_its_row(staff, outcome):
    criterion = outcome.criteria.get(text_en="A")
    CriterionFactory(
        outcome=OutcomeFactory(
            module=ModuleFactory(edition=EditionFactory(draft=True))
        ),
        predecessor=criterion,
    )

    response = send(staff, outcome, {"criteria-0-DELETE": "on"})

    assert response.status_code == 200
    assert Criterion.objects.filter(pk=criterion.pk).exists()


def test_a_whole_draft_can_be_deleted_in_both_languages(staff, outcome):
    edition = outcome.module.edition
    page = address(Edition, "delete", edition.pk)

    asked = staff.get(page.replace("/en/", "/cy/")).content.decode()
    staff.post(page, {"post": "yes"})

    assert "Ydych" in asked
    assert not Edition.objects.filter(pk=edition.pk).exists()
