"""Export, import into an empty database, export: the same bytes, in JSON and in YAML."""

import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdf_site.common import plain_yaml
from frameworks.exchange import (
    JSON,
    YAML,
    check_file,
    create,
    dump,
    export,
    load,
    read,
    whole,
)
from frameworks.models import (
    Correction,
    Criterion,
    Edition,
    Erratum,
    Indicator,
    Outcome,
    TextState,
)
from tests.frameworks.test_exchange import PUBLICATION, SMALL, both, small

pytestmark = pytest.mark.django_db

EARLIER = "2029-05"  # an edition that is there before the one that is loaded

# What editions are made of ---------------------------------------------------------------

LETTERS = "abcŵŷâêîôûáïNgLl019 -–’'\"“”:#&*!|>%@`{}[],?.\\/<b>é…"
lines = st.text(LETTERS, min_size=1, max_size=90).filter(str.strip)
long_texts = st.lists(
    st.one_of(lines, lines.map(lambda line: f"- {line}"), st.just("")),
    min_size=1,
    max_size=4,
).map("\n".join)
words = st.one_of(
    lines,
    st.sampled_from(["no", "null", "~", "2022-05", "1.5", "007", "- a", "a: b", "# a"]),
)
numbers = st.integers(1, 999)
codes = st.text("ABCabc019_-", min_size=1, max_size=8)


def texts(of=long_texts, longest=None):
    if longest:
        of = of.map(lambda text: text[:longest]).filter(str.strip)
    of = of.filter(str.strip)
    marks = st.sampled_from([None, None, None, [], ["cy"], ["en"], ["cy", "en"]])
    return st.builds(
        lambda cy, en, mark: (
            {"cy": cy, "en": en} | ({} if mark is None else {"unofficial": mark})
        ),
        of,
        of,
        marks,
    )


maybe_texts = st.none() | texts()


def numbered(shape, most=3):
    return st.lists(
        st.fixed_dictionaries({"number": numbers, **shape}),
        max_size=most,
        unique_by=lambda item: item["number"],
    )


@st.composite
def logic_models(draw, levels):
    return draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "kind": st.sampled_from(["input", "output", "barrier"]),
                    "level": st.sampled_from([None, *levels]),
                    "number": numbers,
                    "text": texts(),
                }
            ),
            max_size=3,
        )
    )


@st.composite
def outcomes(draw, levels, goals, aims):
    criteria = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "level": st.sampled_from(levels or [None]),
                    "number": numbers,
                    "text": texts(),
                    "editor_note": maybe_texts,
                },
                optional={"predecessor": st.just(f"{EARLIER}/LEVELS/1/2/1")},
            ),
            min_size=1,
            max_size=4,
            unique_by=lambda item: (item["level"], item["number"]),
        )
    )
    return draw(
        st.fixed_dictionaries(
            {
                "number": numbers,
                "title": texts(words),
                "narrative": maybe_texts,
                "note": maybe_texts,
                "criteria": st.just(criteria),
                "wellbeing_goals": links(goals),
                "quadruple_aims": links(aims),
                "editor_note": maybe_texts,
                "logic_model": logic_models(levels),
            },
            optional={"predecessor": st.just(f"{EARLIER}/SIGNS/1")},
        )
    )


def links(things):
    known = [thing["number"] for thing in things]
    return st.lists(st.sampled_from(known)) if known else st.just([])


@st.composite
def modules(draw, goals, aims):
    uses_levels = draw(st.booleans())
    highest = draw(st.sampled_from([1, 2, 3])) if uses_levels else None
    levels = list(range(1, highest + 1)) if highest else []
    module = {
        "code": draw(codes),
        "number": draw(numbers),
        "uses_levels": uses_levels,
        "title": draw(texts(words)),
        "outcomes": draw(
            st.lists(
                outcomes(levels, goals, aims),
                min_size=1,
                max_size=2,
                unique_by=lambda item: item["number"],
            )
        ),
        "abbreviation": draw(texts(words, 20)),
        "introduction": draw(maybe_texts),
        "criteria_heading": draw(texts(words)),
        "has_one_logic_model": draw(st.booleans()),
        "logic_model": draw(logic_models(levels)),
    }
    return module | ({"highest_level": highest} if highest else {})


@st.composite
def editions(draw):
    goals = draw(numbered({"title": texts(words)}))
    aims = draw(numbered({"title": texts(words)}))
    found = draw(
        st.lists(
            modules(goals, aims),
            min_size=1,
            max_size=2,
            unique_by=(lambda item: item["number"], lambda item: item["code"]),
        )
    )
    paths = [
        f"{module['code']}/{outcome['number']}"
        for module in found
        for outcome in module["outcomes"]
    ]
    edition = {
        "code": "2030-05",
        "modules": found,
        "enabling_factors": draw(numbered({"title": texts(words), "text": texts()})),
        "wellbeing_goals": goals,
        "quadruple_aims": aims,
        "goal_links_are_suggested": draw(st.booleans()),
        "title": draw(texts(words)),
        "publisher": draw(texts(words)),
        "issued": draw(st.sampled_from(["2030-05", "2030-05-01"])),
        "source": draw(texts()),
        "licence_note": draw(texts()),
        "unofficial_language": draw(st.sampled_from([None, "cy", "en"])),
        "principles": draw(numbered({"text": texts()})),
        "introduction": draw(maybe_texts),
        "indicators": draw(indicators(paths)),
        "corrections": draw(corrections(found)),
    }
    if draw(st.booleans()):
        edition["predecessor"] = EARLIER
    return edition


def indicators(paths):
    return st.lists(
        st.fixed_dictionaries(
            {
                "number": numbers,
                "code": codes,
                "name": texts(words),
                "description": texts(),
                "unit": st.sampled_from(["count", "percentage", "per_1000"]),
                "direction": st.sampled_from(["higher", "lower", "neither"]),
                "target": st.none()
                | st.integers(0, 1000)
                | st.decimals(0, 10**9, places=2).map(float),
                "source": texts(words),
                "period": st.sampled_from(["month", "quarter", "year"]),
                "outcomes": st.lists(st.sampled_from(paths)),
                "is_example": st.booleans(),
            }
        ),
        max_size=2,
        unique_by=(lambda item: item["number"], lambda item: item["code"]),
    )


def corrections(found):
    places = [("edition", "title"), ("edition", "introduction")]
    for module in found:
        places.append((f"modules/{module['code']}", "title"))
        for outcome in module["outcomes"]:
            path = f"modules/{module['code']}/{outcome['number']}"
            places.append((path, "narrative"))
            criterion = outcome["criteria"][0]
            path += f"/{criterion['level'] or '-'}/{criterion['number']}"
            places.append((path, "text"))
    errata = st.builds(
        lambda place, language, text: {
            "place": place[0],
            "field": place[1],
            "language": language,
            "text": text,
        },
        st.sampled_from(places),
        st.sampled_from(["cy", "en"]),
        lines,
    )
    return st.lists(
        st.fixed_dictionaries(
            {
                "dated_on": st.sampled_from(["2030-06-01", "2030-07-31", "2031-01-01"]),
                "reason": st.just(both("Reason")),
                "makes_official": st.booleans(),
                "errata": st.lists(
                    errata,
                    min_size=1,
                    max_size=3,
                    unique_by=lambda item: tuple(item.values())[:3],
                ),
            }
        ),
        max_size=2,
    )


# Round trips -----------------------------------------------------------------------------


class Undo(Exception):
    """Takes the database back to what it was."""


def through_an_empty_database(raw, notation):
    """What comes out, in both notations, where nothing but the earlier edition was before."""
    try:
        with transaction.atomic():
            load(small(code=EARLIER))
            edition, is_new = load(raw, notation=notation)
            assert is_new
            written = {each: dump(edition, each).encode() for each in (JSON, YAML)}
            raise Undo
    except Undo:
        return written


@given(editions())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_exported_is_imported_and_exported_as_the_same_bytes(edition):
    raw = json.dumps(edition, ensure_ascii=False).encode()

    first = through_an_empty_database(raw, JSON)

    assert through_an_empty_database(first[JSON], JSON) == first
    assert through_an_empty_database(first[YAML], YAML) == first
    assert whole(json.loads(first[JSON])) == whole(read(raw))
    assert plain_yaml.parse(first[YAML].decode()).data == json.loads(first[JSON])


@pytest.mark.parametrize("notation", [JSON, YAML])
def test_the_publication_comes_back_the_same_from_both_notations(notation):
    written = through_an_empty_database(PUBLICATION.read_bytes(), JSON)

    assert written[JSON] == PUBLICATION.read_bytes()
    assert through_an_empty_database(written[notation], notation) == written


def test_the_order_in_a_file_does_not_matter():
    data = json.loads(PUBLICATION.read_text())
    for module in data["modules"]:
        module["outcomes"].reverse()
        for outcome in module["outcomes"]:
            outcome["criteria"].reverse()
            outcome["wellbeing_goals"].reverse()
    data["modules"].reverse()
    data["indicators"].reverse()

    written = through_an_empty_database(json.dumps(data).encode(), JSON)

    assert written[JSON] == PUBLICATION.read_bytes()


def test_yaml_is_written_for_people():
    text = through_an_empty_database(small(), JSON)[YAML].decode()

    assert text.startswith(
        'code: "2030-05"\n'
        "modules:\n"
        '  - code: "LEVELS"\n'
        "    number: 1\n"
        "    uses_levels: true\n"
        "    title:\n"
        '      cy: "Module (cy)"\n'
        '      en: "Module (en)"\n'
        "    outcomes:\n"
        "      - number: 1\n"
    )
    assert "        wellbeing_goals: [1]\n" in text


# States, predecessors and corrections come along ------------------------------------------


def with_more(**changes):
    return json.loads(small(**changes))


def test_what_is_published_is_checked_and_what_is_unofficial_says_so():
    edition, _ = load(
        small(
            unofficial_language="en",
            title=both("Edition") | {"unofficial": []},
            modules__0__title=both("Module") | {"unofficial": ["cy"]},
        )
    )

    module = edition.modules.get(code="LEVELS")
    assert edition.text_states["source"] == {"cy": "checked", "en": "unofficial"}
    assert edition.text_states["title"] == {"cy": "checked", "en": "checked"}
    assert module.text_states["title"] == {"cy": "unofficial", "en": "checked"}
    assert module.text_states["abbreviation"] == {"cy": "checked", "en": "unofficial"}
    assert "introduction" not in module.text_states
    assert export(edition)["title"] == both("Edition") | {"unofficial": []}


def test_of_a_draft_no_text_is_checked_yet(administrator):
    file = check_file(small(unofficial_language="en"))

    edition = create(file, by=administrator, is_published=False)

    assert edition.is_draft
    assert edition.text_state("title", "cy") == TextState.DRAFT
    assert edition.text_state("title", "en") == TextState.UNOFFICIAL


def test_predecessors_are_those_of_the_edition_before():
    earlier, _ = load(small(code=EARLIER))
    edition, _ = load(
        small(
            predecessor=EARLIER,
            modules__0__outcomes__0__predecessor=f"{EARLIER}/LEVELS/1",
            modules__0__outcomes__0__criteria__1__predecessor=f"{EARLIER}/LEVELS/1/2/2",
            modules__1__outcomes__0__criteria__0__predecessor=f"{EARLIER}/SIGNS/1/-/1",
        )
    )

    assert edition.predecessor == earlier
    before = Criterion.objects.filter(outcome__module__edition=earlier)
    levels, signs = (
        Outcome.objects.get(module__edition=edition, module__code=code)
        for code in ("LEVELS", "SIGNS")
    )
    assert levels.predecessor == Outcome.objects.get(
        module__edition=earlier, module__code="LEVELS"
    )
    assert levels.criteria.get(level=2, number=1).predecessor == before.get(
        level=2, number=2
    )
    assert signs.criteria.get().predecessor == before.get(level=None)


def test_corrections_are_read_over_the_text_one_after_the_other(administrator):
    def erratum(text):
        return {
            "place": "modules/LEVELS/1/2/1",
            "field": "text",
            "language": "en",
            "text": text,
        }

    edition, _ = load(
        small(
            corrections=[
                {
                    "dated_on": "2031-02-01",
                    "reason": both("Second"),
                    "errata": [erratum("Newest")],
                },
                {
                    "dated_on": "2031-01-01",
                    "reason": both("First"),
                    "makes_official": True,
                    "errata": [erratum("Newer")],
                },
            ]
        ),
        by=administrator,
    )

    criterion = Criterion.objects.get(
        outcome__module__edition=edition, level=2, number=1
    )
    assert criterion.text_en == "Criterion (en)"
    assert edition.corrected_on.isoformat() == "2031-02-01"
    assert list(
        Correction.objects.order_by("dated_on").values_list(
            "reason_en", "makes_official", "made_by"
        )
    ) == [
        ("First (en)", True, administrator.pk),
        ("Second (en)", False, administrator.pk),
    ]
    assert list(
        Erratum.objects.values_list("part", "part_id", "field", "replaced", "text")
    ) == [
        ("criterion", criterion.pk, "text", "Criterion (en)", "Newer"),
        ("criterion", criterion.pk, "text", "Newer", "Newest"),
    ]


def test_a_corrected_edition_is_exported_with_its_frozen_words():
    raw = small(
        corrections=[
            {
                "dated_on": "2031-01-01",
                "reason": both("Reason"),
                "errata": [
                    {
                        "place": "edition",
                        "field": "title",
                        "language": "en",
                        "text": "Other",
                    }
                ],
            }
        ]
    )
    edition, _ = load(raw)
    edition.title_en = "Other"  # read over, in memory

    assert export(edition)["title"]["en"] == SMALL["title"]["en"]


@pytest.mark.parametrize("modules", [1, 3])
def test_the_number_of_queries_does_not_depend_on_the_size(
    modules, django_assert_num_queries
):
    data = with_more(
        modules=[
            SMALL["modules"][0] | {"code": f"M{number}", "number": number}
            for number in range(1, modules + 1)
        ],
        indicators=[
            {
                "number": number,
                "code": f"i-{number}",
                "name": both("Name"),
                "description": both("Description"),
                "unit": "count",
                "direction": "neither",
                "source": both("Source"),
                "period": "year",
                "outcomes": ["M1/1"],
            }
            for number in range(1, modules + 1)
        ],
    )
    edition, _ = load(json.dumps(data).encode())

    with django_assert_num_queries(16):
        export(Edition.objects.get(pk=edition.pk))
    assert Indicator.objects.count() == modules
