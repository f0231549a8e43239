"""Logic models: as a chain with its conditions, of an outcome or of a module as a whole."""

import re

import pytest

from frameworks.logic_models import logic_model
from frameworks.models import LogicModelEntry, Outcome
from tests.factories import LogicModelEntryFactory

pytestmark = pytest.mark.django_db

Kind = LogicModelEntry.Kind
PAGE = "/en/framework/2030-05/LEVELS/1/logic-model/"
OF_MODULE = "/en/framework/2030-05/LEVELS/logic-model/"
EMPTY = "The logic model has not been filled in yet."


@pytest.fixture
def outcome(edition):
    return Outcome.objects.get(module__edition=edition, module__number=1, number=1)


def shown(model):
    return [
        (step.kind, group.level, [entry.text_en for entry in group.entries])
        for step in (*model.chain, *model.conditions)
        for group in step.levels
    ]


def test_a_logic_model_is_a_chain_with_its_conditions(outcome):
    for kind, level, number, text in (
        (Kind.BARRIER, None, 1, "Few rooms"),
        (Kind.OUTPUT, 2, 1, "Clinics"),
        (Kind.INPUT, 3, 1, "More staff"),
        (Kind.INPUT, 1, 2, "Money"),
        (Kind.INPUT, 1, 1, "Staff"),
        (Kind.INPUT, None, 1, "Time"),
    ):
        LogicModelEntryFactory(
            outcome=outcome, kind=kind, level=level, number=number, text_en=text
        )

    model = logic_model(outcome)

    assert shown(model) == [
        (Kind.INPUT, None, ["Time"]),
        (Kind.INPUT, 1, ["Staff", "Money"]),
        (Kind.INPUT, 3, ["More staff"]),
        (Kind.OUTPUT, 2, ["Clinics"]),
        (Kind.BARRIER, None, ["Few rooms"]),
    ]
    assert [step.kind for step in model.chain] == [
        *(Kind.INPUT, Kind.ACTIVITY, Kind.OUTPUT, Kind.OUTCOME, Kind.IMPACT)
    ]
    assert not model.is_empty


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        ("en", "Inputs Activities Outputs Outcomes Impacts Barriers Assumptions"),
        (
            "cy",
            "Mewnbynnau Gweithgareddau Allbynnau Canlyniadau Effeithiau Rhwystrau "
            "Rhagdybiaethau",
        ),
    ],
)
def test_the_page_draws_every_step(client, outcome, language, headings):
    LogicModelEntryFactory(
        outcome=outcome, text_en="<b>Time</b>", text_cy="<b>Amser</b>"
    )

    text = client.get(PAGE.replace("/en/", f"/{language}/")).content.decode()

    assert re.findall(r"<h2[^>]*logic-model__heading[^>]*>(\w+)</h2>", text) == (
        headings.split()
    )
    assert {"en": "&lt;b&gt;Time", "cy": "&lt;b&gt;Amser"}[language] in text
    assert EMPTY not in text


@pytest.mark.parametrize("page", [PAGE, OF_MODULE])
def test_an_empty_logic_model_says_so(client, outcome, page):
    response = client.get(page)

    assert EMPTY in response.content.decode()


def test_the_outcome_s_page_leads_to_it(client, outcome):
    before = client.get(PAGE.removesuffix("logic-model/")).content.decode()
    LogicModelEntryFactory(outcome=outcome)
    after = client.get(PAGE.removesuffix("logic-model/")).content.decode()

    assert EMPTY in before
    assert f'href="{PAGE}"' in after


def test_a_module_with_one_logic_model_has_it_for_every_outcome(client, outcome):
    module = outcome.module
    module.has_one_logic_model = True
    module.save()
    LogicModelEntryFactory(outcome=None, module=module, text_en="For all of them")

    response = client.get(PAGE, follow=True)

    assert response.redirect_chain == [(OF_MODULE, 302)]
    assert "For all of them" in response.content.decode()
    for page in ("/en/framework/2030-05/LEVELS/", "/en/framework/2030-05/LEVELS/1/"):
        assert "See the logic model" in client.get(page).content.decode()


def test_the_form_leads_to_it_beside_the_criteria(client, reflection, lead):
    client.force_login(lead)

    text = client.get("/en/self-reflections/2030/afan/outcomes/LEVELS/1/").content

    assert f'href="{PAGE}"' in text.decode()


def test_a_draft_s_logic_model_is_not_there(client, db):
    assert client.get(PAGE).status_code == 404
    assert client.get(OF_MODULE).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_query_count(client, outcome, count, django_assert_num_queries):
    for number in range(count):
        LogicModelEntryFactory(outcome=outcome, number=number + 1)

    with django_assert_num_queries(2):
        client.get(PAGE)
