"""Editions as files: what is loaded, what is refused and why, and what the database refuses."""

import copy
import io
import json

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from frameworks.exchange import LARGEST_FILE, Refused, dump, load
from frameworks.models import Edition, LogicModelEntry, Module, Outcome
from organisations.models import AuditEvent
from tests.factories import (
    CriterionFactory,
    EditionFactory,
    EnablingFactorFactory,
    LogicModelEntryFactory,
    ModuleFactory,
    OutcomeFactory,
    TransformationPrincipleFactory,
    WellbeingGoalFactory,
)
from tests.frameworks.test_framework_fixture import FIXTURES

pytestmark = pytest.mark.django_db

PUBLICATION = FIXTURES / "framework-2022-05.json"


def both(text):
    return {"cy": f"{text} (cy)", "en": f"{text} (en)"}


def criterion(level, number):
    return {"level": level, "number": number, "text": both("Criterion")}


SMALL = {
    "code": "2030-05",
    "modules": [
        {
            "code": "LEVELS",
            "number": 1,
            "uses_levels": True,
            "title": both("Module"),
            "outcomes": [
                {
                    "number": 1,
                    "title": both("Outcome"),
                    "criteria": [criterion(1, 1), criterion(2, 1), criterion(2, 2)],
                    "wellbeing_goals": [1],
                }
            ],
            "abbreviation": both("M"),
            "criteria_heading": both("Criteria"),
        },
        {
            "code": "SIGNS",
            "number": 2,
            "uses_levels": False,
            "title": both("Module"),
            "outcomes": [
                {
                    "number": 1,
                    "title": both("Outcome"),
                    "criteria": [criterion(None, 1)],
                }
            ],
            "abbreviation": both("S"),
            "criteria_heading": both("Criteria"),
        },
    ],
    "wellbeing_goals": [{"number": 1, "title": both("Goal")}],
    "title": both("Edition"),
    "publisher": both("Publisher"),
    "issued": "2030-05",
    "source": both("Source"),
    "licence_note": both("Licence"),
}


def small(**changes):
    """The small file, each value at a path (``a__0__b``) replaced; as bytes."""
    data = copy.deepcopy(SMALL)
    for path, value in changes.items():
        *way, last = (
            int(step) if step.isdigit() else step for step in path.split("__")
        )
        thing = data
        for step in way:
            thing = thing[step]
        thing[last] = value
    return json.dumps(data, indent=2, ensure_ascii=False).encode()


def rows():
    """How many rows each table of the framework has, and how many audit events there are."""
    models = apps.get_app_config("frameworks").get_models(include_auto_created=True)
    counts = {model.__name__: model.objects.count() for model in models}
    return counts | {"AuditEvent": AuditEvent.objects.count()}


# Loading --------------------------------------------------------------------------------


def test_the_publication_comes_out_as_it_went_in():
    edition, is_new = load(PUBLICATION.read_bytes())

    assert is_new
    assert edition.status == Edition.Status.PUBLISHED
    assert dump(edition).encode() == PUBLICATION.read_bytes()
    assert rows() == {
        "Edition": 1,
        "TransformationPrinciple": 11,
        "EnablingFactor": 6,
        "WellbeingGoal": 7,
        "QuadrupleAim": 4,
        "Module": 2,
        "Outcome": 20,
        "Outcome_wellbeing_goals": 40,
        "Outcome_quadruple_aims": 31,
        "Criterion": 129,
        "LogicModelEntry": 0,
        "Indicator": 8,
        "Indicator_outcomes": 9,
        "Correction": 0,
        "Erratum": 0,
        "FrameworkUpload": 0,
        "AuditEvent": 1,
    }


def test_loading_twice_changes_nothing():
    load(PUBLICATION.read_bytes())
    before = rows()

    edition, is_new = load(PUBLICATION.read_bytes())

    assert not is_new
    assert rows() == before
    assert dump(edition).encode() == PUBLICATION.read_bytes()


def test_loading_again_keeps_what_administrators_edited():
    edition, _ = load(small())
    outcome = Outcome.objects.get(module__code="LEVELS")
    outcome.editor_note_cy, outcome.editor_note_en = "Nodyn", "Note"
    outcome.save()
    outcome.wellbeing_goals.clear()
    LogicModelEntryFactory(outcome=outcome)
    before = dump(edition)

    edition, is_new = load(small())

    assert not is_new
    assert dump(edition) == before


def test_loading_is_audited(administrator):
    edition, _ = load(small(), by=administrator)

    event = AuditEvent.objects.get()
    assert (event.kind, event.by, event.subject_id, event.details) == (
        AuditEvent.Kind.FRAMEWORK_LOADED,
        administrator,
        str(edition.pk),
        {"code": "2030-05"},
    )


def test_a_byte_order_mark_is_no_fault():
    edition, _ = load(b"\xef\xbb\xbf" + small())

    assert edition.title_cy == "Edition (cy)"


def test_a_third_module_appears_without_a_line_of_code():
    data = copy.deepcopy(SMALL)
    data["modules"].append(data["modules"][0] | {"code": "THIRD", "number": 3})

    edition, _ = load(json.dumps(data).encode())

    codes = list(edition.modules.values_list("code", flat=True))
    assert codes == ["LEVELS", "SIGNS", "THIRD"]


def test_the_commands_load_and_export(tmp_path, capsysbinary):
    said = io.StringIO()

    call_command("load_framework", PUBLICATION, stdout=said)
    call_command("load_framework", PUBLICATION, stdout=said)
    call_command("export_framework", "2022-05")

    assert said.getvalue() == "2022-05: loaded\n2022-05: already there, unchanged\n"
    assert capsysbinary.readouterr().out == PUBLICATION.read_bytes()


def test_the_command_names_file_line_place_and_reason(tmp_path):
    file = tmp_path / "edition.json"
    file.write_bytes(small(modules__0__outcomes__0__criteria__0__level=4))

    with pytest.raises(CommandError) as refused:
        call_command("load_framework", file)

    assert str(refused.value) == (
        f"{file}: Line 21, modules[1] › outcomes[1] › criteria[1] › level: "
        "a level is 1, 2, 3 or null\nThe file was refused and nothing was changed."
    )


def test_the_command_says_that_there_is_no_file(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_framework", tmp_path / "none.json")


def test_the_command_says_which_editions_there_are():
    EditionFactory(code="2030-05")

    with pytest.raises(CommandError, match=r"“2031-05”\. Editions: 2030-05"):
        call_command("export_framework", "2031-05")


# Refusing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "problems"),
    [
        pytest.param(
            small(modules__0__outcomes__0__criteria__0__level=4),
            [
                (
                    21,
                    "modules[1] › outcomes[1] › criteria[1] › level",
                    "a level is 1, 2, 3 or null",
                )
            ],
            id="level 4",
        ),
        pytest.param(
            small(modules__0__outcomes__0__criteria__0__level=True),
            [
                (
                    21,
                    "modules[1] › outcomes[1] › criteria[1] › level",
                    "a level is 1, 2, 3 or null",
                )
            ],
            id="level true",
        ),
        pytest.param(
            small(modules__0__outcomes__0__criteria__1__text={"en": "Criterion"}),
            [
                (
                    31,
                    "modules[1] › outcomes[1] › criteria[2] › text › cy",
                    "the Welsh text is missing",
                )
            ],
            id="no Welsh",
        ),
        pytest.param(
            small(title={"cy": "Rhifyn", "en": " \n"}),
            [(107, "title › en", "the English text is missing")],
            id="blank English",
        ),
        pytest.param(
            small(modules__0__outcomes__0__criteria__2__number=1),
            [
                (
                    38,
                    "modules[1] › outcomes[1] › criteria[3] › number",
                    "this number or code is there twice",
                )
            ],
            id="number twice",
        ),
        pytest.param(
            small(modules__1__code="LEVELS"),
            [(60, "modules[2] › code", "this number or code is there twice")],
            id="code twice",
        ),
        pytest.param(
            small(modules__1__outcomes__0__criteria__0__level=1),
            [
                (
                    76,
                    "modules[2] › outcomes[1] › criteria[1] › level",
                    "criteria of this module have no maturity level",
                )
            ],
            id="level in a module without",
        ),
        pytest.param(
            small(modules__0__outcomes__0__criteria__0__level=None),
            [
                (
                    21,
                    "modules[1] › outcomes[1] › criteria[1] › level",
                    "criteria of this module have a maturity level",
                )
            ],
            id="no level in a module with",
        ),
        pytest.param(
            small(modules__0__outcomes__0__wellbeing_goals=[1, 8]),
            [
                (
                    47,
                    "modules[1] › outcomes[1] › wellbeing_goals[2]",
                    "there is no goal with this number",
                )
            ],
            id="no such goal",
        ),
        pytest.param(
            small(modules__0__colour="red"),
            [(58, "modules[1] › colour", "this key is not known")],
            id="unknown key",
        ),
        pytest.param(
            small(title={"cy": "Fframwaith y t樽m", "en": "The team's framework"}),
            [
                (
                    106,
                    "title › cy",
                    "the text was spoiled by a wrong encoding near “樽”",
                )
            ],
            id="spoiled letter",
        ),
        pytest.param(
            small(title={"cy": "Fframwaith油datblygu", "en": "Framework"}),
            [
                (
                    106,
                    "title › cy",
                    "the text was spoiled by a wrong encoding near “油”",
                )
            ],
            id="spoiled space",
        ),
        pytest.param(
            small(title={"cy": "Fframwaith", "en": "The teamâ€™s framework"}),
            [
                (
                    107,
                    "title › en",
                    "the text was spoiled by a wrong encoding near “â€”",
                )
            ],
            id="read as Windows-1252",
        ),
        pytest.param(
            small(title={"cy": "Fframwaith", "en": "F\x00"}),
            [
                (
                    107,
                    "title › en",
                    "the text was spoiled by a wrong encoding near “U+0000”",
                )
            ],
            id="NUL",
        ),
        pytest.param(
            small(code="2030 05", issued="May 2030"),
            [
                (
                    2,
                    "code",
                    "a code of 1 to 20 letters, figures and hyphens is expected here",
                ),
                (113, "issued", "a date such as 2022-05 is expected here"),
            ],
            id="every problem at once",
        ),
        pytest.param(
            small(title=both("x" * 300)),
            [
                (
                    106,
                    "title › cy",
                    "the text has 305 characters; at most 200 fit",
                ),
                (
                    107,
                    "title › en",
                    "the text has 305 characters; at most 200 fit",
                ),
            ],
            id="too long",
        ),
        pytest.param(
            small(modules=[]),
            [(3, "modules", "at least one is needed here")],
            id="no modules",
        ),
        pytest.param(
            small(modules="none"),
            [(3, "modules", "a list in brackets is expected here")],
            id="no list",
        ),
        pytest.param(
            small()[:-2],
            [(121, "", "this is not JSON: it cannot be read from column 4 on")],
            id="cut off",
        ),
        pytest.param(
            b'{\n  "code": x}',
            [(2, "", "this is not JSON: it cannot be read from column 11 on")],
            id="not JSON",
        ),
        pytest.param(
            b"[]",
            [(1, "", "an object in braces is expected here")],
            id="no object",
        ),
        pytest.param(
            b"[" * 100_000,
            [(1, "", "the file is nested too deeply")],
            id="nested",
        ),
        pytest.param(
            b'{\n  "code": "t\xeem"\n}',
            [(2, "", "the file is not in UTF-8")],
            id="not UTF-8",
        ),
        pytest.param(
            small() + b" " * 6_000_000,
            [(1, "", "the file is larger than five megabytes")],
            id="6 MB",
        ),
    ],
)
def test_a_faulty_file_is_refused_and_nothing_changes(raw, problems):
    load(small(code="2029-05"))
    before = rows()

    with pytest.raises(Refused) as refused:
        load(raw)

    found = [
        (problem.line, problem.place, problem.reason)
        for problem in refused.value.problems
    ]
    assert found == problems
    assert rows() == before


def test_the_line_is_the_line_of_the_fault():
    raw = small(title={"cy": "Fframwaith y t樽m", "en": "Framework"})

    with pytest.raises(Refused) as refused:
        load(raw)

    lines = raw.decode().split("\n")
    assert "t樽m" in lines[refused.value.problems[0].line - 1]


@pytest.mark.parametrize(
    ("changes", "line", "place"),
    [
        ({"title": both("Another title")}, 106, "title › cy"),
        (
            {"modules__0__outcomes__0__criteria__0__text": both("Other words")},
            24,
            "modules[1] › outcomes[1] › criteria[1] › text › cy",
        ),
        (
            {"modules__0__outcomes__0__criteria": [criterion(1, 1)]},
            19,
            "modules[1] › outcomes[1] › criteria",
        ),
        ({"wellbeing_goals": [], "modules__0__outcomes__0__wellbeing_goals": []}, 94, "wellbeing_goals"),
        ({"predecessor": "2029-05"}, 122, "predecessor"),
        ({"modules__0__highest_level": 2}, 58, "modules[1] › highest_level"),
    ],
)  # fmt: skip
def test_other_content_under_a_published_code_is_refused(changes, line, place):
    edition, _ = load(small())
    before, text = rows(), dump(edition)

    with pytest.raises(Refused) as refused:
        load(small(**changes))

    (problem,) = refused.value.problems
    assert (problem.line, problem.place) == (line, place)
    assert problem.reason == (
        "an edition with this code is there already with other content; a published "
        "edition never changes, so give the new one a code of its own"
    )
    assert rows() == before
    assert dump(Edition.objects.get()) == text


def test_the_largest_file_that_is_allowed_is_read():
    raw = small()

    _, is_new = load(raw + b" " * (LARGEST_FILE - len(raw)))

    assert is_new


# What the database itself refuses -------------------------------------------------------


@pytest.mark.parametrize(
    "doubled",
    [
        lambda edition, module, outcome: EditionFactory(code=edition.code),
        lambda edition, module, outcome: ModuleFactory(
            edition=edition, number=1, code="NEW"
        ),
        lambda edition, module, outcome: ModuleFactory(
            edition=edition, number=9, code="M"
        ),
        lambda edition, module, outcome: OutcomeFactory(module=module, number=1),
        lambda edition, module, outcome: CriterionFactory(
            outcome=outcome, level=2, number=1
        ),
        lambda edition, module, outcome: [
            CriterionFactory(outcome=outcome, level=None, number=7) for _ in "ab"
        ],
        lambda edition, module, outcome: [
            EnablingFactorFactory(edition=edition, number=1) for _ in "ab"
        ],
        lambda edition, module, outcome: [
            WellbeingGoalFactory(edition=edition, number=1) for _ in "ab"
        ],
        lambda edition, module, outcome: [
            TransformationPrincipleFactory(edition=edition, number=1) for _ in "ab"
        ],
    ],
)
def test_nothing_has_the_same_number_or_code_twice(doubled):
    edition = EditionFactory()
    module = ModuleFactory(edition=edition, number=1, code="M", outcomes=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        doubled(edition, module, module.outcomes.get())


@pytest.mark.parametrize("level", [0, 4, 99])
def test_a_criterion_has_level_1_2_3_or_none(level):
    outcome = OutcomeFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        CriterionFactory(outcome=outcome, level=level)


@pytest.mark.parametrize("level", [0, 4])
def test_a_logic_model_entry_has_level_1_2_3_or_none(level):
    outcome = OutcomeFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        LogicModelEntryFactory(outcome=outcome, level=level)


@pytest.mark.parametrize("has_module", [True, False])
def test_a_logic_model_entry_has_exactly_one_subject(has_module):
    module = ModuleFactory(outcomes=1)
    outcome = module.outcomes.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        LogicModelEntryFactory(
            module=module if has_module else None,
            outcome=outcome if has_module else None,
        )
    LogicModelEntryFactory(module=module, outcome=None)
    LogicModelEntryFactory(outcome=outcome)

    assert LogicModelEntry.objects.count() == 2


def test_the_same_number_may_stand_at_two_levels_and_in_two_modules():
    first, second = ModuleFactory(outcomes=2), ModuleFactory(outcomes=2)

    assert Module.objects.count() == 2
    assert first.outcomes.count() == second.outcomes.count() == 2
