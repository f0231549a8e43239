"""Files with the newer parts of the format, and YAML: what is refused, on which line, and why."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from cdf_site.common import plain_yaml
from frameworks.exchange import JSON, YAML, Refused, load
from frameworks.exchange.problems import MOST_PROBLEMS
from frameworks.models import Criterion
from frameworks.services import preview_import
from tests.factories import CriterionFactory, EditionFactory, OutcomeFactory
from tests.frameworks.test_exchange import SMALL, both, rows, small

pytestmark = pytest.mark.django_db

EARLIER = "2029-05"
CRITERION = "modules[1] › outcomes[1] › criteria[1]"
INDICATOR = {
    "number": 1,
    "code": "flu",
    "name": both("Name"),
    "description": both("Description"),
    "unit": "percentage",
    "direction": "higher",
    "source": both("Source"),
    "period": "year",
    "outcomes": ["LEVELS/1"],
}
ERRATUM = {
    "place": "modules/LEVELS/1/2/1",
    "field": "text",
    "language": "en",
    "text": "New",
}


def correction(**changes):
    return {
        "dated_on": "2031-01-01",
        "reason": both("Reason"),
        "errata": [ERRATUM | changes],
    }


def yaml(**changes):
    """The small file as YAML."""
    return plain_yaml.write(json.loads(small(**changes))).encode()


def found(raw, notation=JSON):
    with pytest.raises(Refused) as refused:
        load(raw, notation=notation)
    return [
        (problem.line, problem.place, problem.reason)
        for problem in refused.value.problems
    ]


REFUSED = [
    pytest.param(
        small(modules__0__outcomes=[]),
        (12, "modules[1] › outcomes", "at least one is needed here"),
        id="a module without outcomes",
    ),
    pytest.param(
        small(modules__0__highest_level=2, modules__0__outcomes__0__criteria__1__level=3),
        (29, "modules[1] › outcomes[1] › criteria[2] › level", "this module has no criteria at this level"),
        id="above the highest level",
    ),
    pytest.param(
        small(modules__0__highest_level=4),
        (58, "modules[1] › highest_level", "the highest level is 1, 2 or 3"),
        id="highest level 4",
    ),
    pytest.param(
        small(modules__1__highest_level=2),
        (94, "modules[2] › highest_level", "this module has no maturity levels"),
        id="highest level of a module without",
    ),
    pytest.param(
        small(modules__0__outcomes__0__criteria__0__level=1.0),
        (21, f"{CRITERION} › level", "a level is 1, 2, 3 or null"),
        id="level 1.0",
    ),
    pytest.param(
        small(modules__0__outcomes__0__quadruple_aims=[2]),
        (49, "modules[1] › outcomes[1] › quadruple_aims[1]", "there is no aim with this number"),
        id="no such aim",
    ),
    pytest.param(
        small(title={"cy": 5, "en": "Five"}),
        (106, "title › cy", "a text is expected here: put it in quotation marks"),
        id="a number for a text",
    ),
    pytest.param(
        small(title=both("Title") | {"unofficial": ["fr"]}),
        (108, "title › unofficial", 'a list of "cy" and "en", or an empty one, is expected here'),
        id="unofficial in French",
    ),
    pytest.param(
        small(indicators=[INDICATOR | {"unit": "miles"}]),
        (134, "indicators[1] › unit", "one of these is expected here: count, percentage, per_1000"),
        id="unknown unit",
    ),
    pytest.param(
        small(indicators=[INDICATOR | {"outcomes": ["LEVELS/9"]}]),
        (142, "indicators[1] › outcomes[1]", "there is no outcome with this number"),
        id="indicator of no outcome",
    ),
    pytest.param(
        small(indicators=[INDICATOR | {"target": 0.125}]),
        (144, "indicators[1] › target", "a number with at most two decimal places, or null, is expected here"),
        id="target of three places",
    ),
    pytest.param(
        small(corrections=[correction(place="modules/LEVELS/1/3/1")]),
        (131, "corrections[1] › errata[1] › place", "this place is not in the edition"),
        id="correction of an unknown place",
    ),
    pytest.param(
        small(corrections=[correction(field="editor_note")]),
        (132, "corrections[1] › errata[1] › field", "there is no text of this name there"),
        id="correction of an editor's note",
    ),
    pytest.param(
        small(corrections=[correction(text="y t樽m")]),
        (134, "corrections[1] › errata[1] › text", "the text was spoiled by a wrong encoding near “樽”"),
        id="spoiled correction",
    ),
    pytest.param(
        small(corrections=[correction() | {"dated_on": "2031-02-30"}]),
        (124, "corrections[1] › dated_on", "a date such as 2022-05-31 is expected here"),
        id="no such day",
    ),
    pytest.param(
        small(predecessor="2030-05"),
        (122, "predecessor", "a predecessor is in another edition"),
        id="its own predecessor",
    ),
    pytest.param(
        small(predecessor="1999-01"),
        (122, "predecessor", "there is no edition with this code"),
        id="predecessor that is not there",
    ),
    pytest.param(
        small(modules__0__outcomes__0__criteria__0__predecessor="2030-05/LEVELS/1/2/1"),
        (27, f"{CRITERION} › predecessor", "a predecessor is in another edition"),
        id="criteria that follow each other",
    ),
    pytest.param(
        small(modules__0__outcomes__0__criteria__0__predecessor=f"{EARLIER}/LEVELS/1/3/9"),
        (27, f"{CRITERION} › predecessor", "the predecessor is not in that edition"),
        id="criterion that is not there",
    ),
    pytest.param(
        small(modules__0__outcomes__0__criteria__0__predecessor="1999-01/LEVELS/1/1/1"),
        (27, f"{CRITERION} › predecessor", "there is no edition with this code"),
        id="criterion of an edition that is not there",
    ),
    pytest.param(
        small(predecessor="2028-05", modules__0__outcomes__0__predecessor=f"{EARLIER}/LEVELS/1"),
        (48, "modules[1] › outcomes[1] › predecessor",
         "this predecessor is not in the edition that is named as the edition before"),
        id="of another edition than the one before",
    ),
    pytest.param(
        small(modules__0__outcomes__0__predecessor="LEVELS/1"),
        (48, "modules[1] › outcomes[1] › predecessor", "a place such as 2022-05/PCMW/6 is expected here"),
        id="no path",
    ),
    pytest.param(
        b'{\n  "code": "a",\n  "modules": [],\n  "code": "b"\n}',
        (4, "code", "this key is there twice"),
        id="key twice",
    ),
    pytest.param(
        b'{"code": NaN}', (1, "", "this is not JSON"), id="no number"
    ),
    pytest.param(
        b'{"code": ' + b"1" * 5000 + b"}", (1, "", "this is not JSON"), id="5,000 figures"
    ),
    pytest.param(
        b" " * 50_000_000, (1, "", "the file is larger than five megabytes"), id="50 MB"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "problem"), REFUSED)
def test_a_faulty_file_is_refused_with_line_and_reason_in_both_languages(raw, problem):
    EditionFactory(code="2028-05")
    load(small(code=EARLIER))
    before = rows()

    assert found(raw) == [problem]
    with override("cy"):
        ((line, place, reason),) = found(raw)

    assert (line, place) == problem[:2]
    assert reason != problem[2]
    assert rows() == before


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (yaml(modules__0__outcomes__0__criteria__0__level=4),
         (15, f"{CRITERION} › level", "a level is 1, 2, 3 or null")),
        (yaml(modules__0__outcomes__0__criteria__1__text={"en": "Criterion"}),
         (22, "modules[1] › outcomes[1] › criteria[2] › text › cy", "the Welsh text is missing")),
        (yaml(title={"cy": "Fframwaith y t樽m", "en": "Team"}),
         (66, "title › cy", "the text was spoiled by a wrong encoding near “樽”")),
        (b"code: 2030-05\ncode: 2031-05\n", (2, "code", "this key is there twice")),
        (b"code: &a x\nmodules: *a\n",
         (1, "", "anchors (&) and aliases (*) are not taken: write it out")),
        (b"code: x\nmodules: *a\n",
         (2, "", "anchors (&) and aliases (*) are not taken: write it out")),
        (b"code: x\nmodules: !!python/object/apply:os.system [ls]\n",
         (2, "", "tags (!) are not taken")),
        (b"code: x\ntitle: !!str no\n", (2, "", "tags (!) are not taken")),
        (b"code: x\n---\ncode: y\n", (2, "", "a file holds one edition")),
        (b"code: x\n? [a, b]\n: c\n", (2, "", "a key is a single word")),
        (b"code: x\n  title: y\n",
         (2, "", "this is not YAML: it cannot be read from column 8 on")),
        (b'code: "\\UFFFFFFFF"\n', (1, "", "this is not YAML")),
        (b"code: x\ntitle: a\x00b\n", (2, "", "this character cannot stand in a file: U+0000")),
        (b"[" * 100_000, (1, "", "the file is nested too deeply")),
        (b"code: t\xeem\n", (1, "", "the file is not in UTF-8")),
        (b"[" + b"1," * 210_000 + b"1]",
         (1, "", "the file holds more values than an edition has")),
        (b"", (1, "", "an object in braces is expected here")),
    ],
    ids=range(17),
)  # fmt: skip
def test_faulty_yaml_is_refused_with_line_and_reason_in_both_languages(raw, problem):
    before = rows()

    problems = found(raw, YAML)
    with override("cy"):
        in_welsh = found(raw, YAML)

    assert problems[0] == problem
    assert in_welsh[0][:2] == problem[:2]
    assert in_welsh[0][2] != problem[2]
    assert rows() == before


def test_words_of_yaml_that_look_like_something_else_stay_texts():
    raw = (
        yaml()
        .replace(b'code: "2030-05"', b"code: 2030-05")
        .replace(b'cy: "Edition (cy)"', b"cy: no")
        .replace(b'en: "Edition (en)"', b"en: on")
        .replace(b'issued: "2030-05"', b"issued: 2030-05-01")
    )

    edition, _ = load(raw, notation=YAML)

    assert (edition.code, edition.issued) == ("2030-05", "2030-05-01")
    assert (edition.title_cy, edition.title_en) == ("no", "on")


def test_html_is_kept_as_it_is_written():
    html = {"cy": "<b>Fframwaith</b> & <script>x</script>", "en": "<b>Framework</b>"}

    edition, _ = load(small(title=html))

    assert {"cy": edition.title_cy, "en": edition.title_en} == html


def test_reasons_are_said_in_the_language_of_the_page():
    with override("cy"):
        (problem,) = found(small(predecessor="2030-05"))

    assert problem == (122, "predecessor", "mewn rhifyn arall y mae rhagflaenydd")


def test_of_very_many_problems_the_first_are_named_and_the_others_counted():
    criteria = [{"level": 9, "number": number} for number in range(1, 201)]

    with pytest.raises(Refused) as refused:
        load(small(modules__0__outcomes__0__criteria=criteria))

    assert len(refused.value.problems) == MOST_PROBLEMS
    assert refused.value.more == 400 - MOST_PROBLEMS
    assert str(refused.value).endswith(f"Further problems: {400 - MOST_PROBLEMS}")


def test_editions_never_follow_each_other_in_a_circle():
    draft = EditionFactory(code=SMALL["code"], draft=True)
    EditionFactory(code="second", draft=True, predecessor=draft)

    with pytest.raises(Refused) as refused:
        preview_import(small(predecessor="second"), JSON)

    assert [str(problem) for problem in refused.value.problems] == [
        "Line 122, predecessor: the predecessors would lead round in a circle"
    ]


# What is typed into the admin is held to the same -----------------------------------------


def problems_of(thing):
    try:
        thing.clean()
    except ValidationError as error:
        return error.messages
    return []


def test_an_edition_cannot_follow_itself_or_its_successor():
    first = EditionFactory(draft=True)
    second = EditionFactory(draft=True, predecessor=first)

    first.predecessor = first
    assert problems_of(first) == ["A predecessor is in another edition."]
    first.predecessor = second
    assert problems_of(first) == ["The predecessors would lead round in a circle."]
    assert problems_of(second) == []


def test_a_criterion_follows_one_of_the_edition_before():
    before = CriterionFactory(outcome__module__edition=EditionFactory())
    other = CriterionFactory(outcome__module__edition=EditionFactory())
    edition = EditionFactory(draft=True, predecessor=before.outcome.module.edition)
    outcome = OutcomeFactory(module__edition=edition)
    criterion = CriterionFactory(outcome=outcome)

    criterion.predecessor = CriterionFactory(outcome=outcome, number=9)
    assert problems_of(criterion) == ["A predecessor is in another edition."]
    criterion.predecessor = other
    assert problems_of(criterion) == [
        "This predecessor is not in the edition that is named as the edition before."
    ]
    criterion.predecessor = before
    assert problems_of(criterion) == []


def test_criteria_of_drafts_never_follow_each_other_in_a_circle():
    one = CriterionFactory(outcome__module__edition=EditionFactory(draft=True))
    other = CriterionFactory(
        outcome__module__edition=EditionFactory(draft=True), predecessor=one
    )
    one = Criterion.objects.get(pk=one.pk)

    one.predecessor = other

    assert problems_of(one) == ["The predecessors would lead round in a circle."]
