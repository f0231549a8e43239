"""The May 2022 edition of the framework, as data: its counts, its form, its words."""

import hashlib
import itertools
import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
RAW = (FIXTURES / "framework-2022-05.json").read_text(encoding="utf-8")
EDITION = json.loads(RAW)

EDITION_KEYS = [
    "code",
    "modules",
    "enabling_factors",
    "wellbeing_goals",
    "quadruple_aims",
    "goal_links_are_suggested",
    "title",
    "publisher",
    "issued",
    "source",
    "licence_note",
    "unofficial_language",
    "introduction",
    "context",
    "principles_introduction",
    "principles",
    "enabling_factors_introduction",
    "footnotes",
    "editor_note",
    "indicators",
]
MODULE_KEYS = [
    "code",
    "number",
    "uses_levels",
    "title",
    "outcomes",
    "abbreviation",
    "introduction",
    "context",
    "framework_introduction",
    "criteria_heading",
    "footnotes",
    "editor_note",
]
OUTCOME_KEYS = [
    "number",
    "title",
    "narrative",
    "note",
    "criteria",
    "wellbeing_goals",
    "quadruple_aims",
    "editor_note",
]
CRITERION_KEYS = ["level", "number", "text", "editor_note"]

# How many criteria each outcome has at each level; no level is None.
CRITERIA = {
    ("PCMW", 1): {1: 3, 2: 2, 3: 3},
    ("PCMW", 2): {1: 2, 2: 4, 3: 5},
    ("PCMW", 3): {1: 4, 2: 3, 3: 2},
    ("PCMW", 4): {1: 2, 2: 2, 3: 7},
    ("PCMW", 5): {1: 3, 2: 5, 3: 5},
    ("PCMW", 6): {1: 1, 2: 1, 3: 1},
    ("PCMW", 7): {1: 5, 2: 4, 3: 3},
    ("PCMW", 8): {1: 3, 2: 3, 3: 4},
    ("PCMW", 9): {1: 2, 2: 2, 3: 3},
    ("PCMW", 10): {1: 2, 2: 1, 3: 1},
    ("PCMW", 11): {1: 2, 2: 1, 3: 1},
    ("PCMW", 12): {1: 2, 2: 1, 3: 1},
    ("PCMW", 13): {1: 4, 2: 6, 3: 4},
    ("ACD", 1): {None: 4},
    ("ACD", 2): {None: 4},
    ("ACD", 3): {None: 3},
    ("ACD", 4): {None: 2},
    ("ACD", 5): {None: 2},
    ("ACD", 6): {None: 2},
    ("ACD", 7): {None: 2},
}

# The Welsh is the official text. Its words, slips included, belong to the
# publication and may not change unnoticed: not by an editor's tidying, a
# search-and-replace or a spelling checker. Each digest was taken from text that had
# been checked, word by word, against the publication. Where one differs, the fixture
# is wrong, unless the publication itself has been read again; then a correction of a
# published edition is an erratum, not a change here.
OUTCOME_DIGESTS = {
    ("PCMW", 1): "b154aa1cc30bb3502a30191ec9787a3049795793d9746e72819796a0fc3193e0",
    ("PCMW", 2): "fbee0fed4308478f2a57227aa46be3e13e2551349fdd930b88276429f9c6540b",
    ("PCMW", 3): "1d94443b3a77841b8ad09f9bb9eaba49f4f2d98bc222aaa04d1193cd61d5157b",
    ("PCMW", 4): "5a611d9eb8854d3c7fce994705d1e2e017e9613f3ff60112f8e27fc92461493a",
    ("PCMW", 5): "1de5cdb1e5e8c40cc9b9dd3fa3037c325d5acc156bf428384642c5cc1a596e17",
    ("PCMW", 6): "58cc8dfe5298d00f91526e1e6831e3b6a4a32d59d4ebd7dc9d8b15d1aa1eff72",
    ("PCMW", 7): "714f688aa6a096d4fa219a6a3ec18286c2bf9564ac422c2ac64915c2447717e2",
    ("PCMW", 8): "cfbfe424a485f0b84a40b9d0ccdff3e1ac762eb09f8e8a697759e5d6f99eca31",
    ("PCMW", 9): "9be69fde48d4bc94382f34077013d17addfdeb0b4ca9b7dd0def2a0a81670cac",
    ("PCMW", 10): "814ab14640b745f950af5982fd654ea920688132c1b7bda8d422f14089bead7f",
    ("PCMW", 11): "7f5753c667cf3b641d214d91a4516c95098b29bd13d2d8fca7ab0f9e41d8556a",
    ("PCMW", 12): "939ebb1169bfe8b35e5c60f5f5cc7c07566b337c37235d0485304a8e108f52e6",
    ("PCMW", 13): "c3835f6164a70648f66f900ce66ee9d302915da798282a9a5ffbdada2a4b7560",
    ("ACD", 1): "7ae5b18533c033fde8b3124521868c86d99b9d072c54664de1f7740ff929bb9e",
    ("ACD", 2): "6f591582088e5c14d51c12757493984f1f84fff1d9e5a9b4a70dbf8f9a34a21b",
    ("ACD", 3): "6ee2aa5900f932f4410667179289bf0ac0ee3bb41a920c4a8ba2aedd84426a43",
    ("ACD", 4): "55a08b3f53e70271634aad618466b19c57cf0763545ceab866c7f0d4f9b360ad",
    ("ACD", 5): "4bcb686d98c6f6ad7e1e79ddc328a475c9031c99e9376fb32106c511474e0ae0",
    ("ACD", 6): "292e4596bd00013a7dfaee47d6419d73747d17984d5ca99c7fcec36f0b6a65b5",
    ("ACD", 7): "cea3eba00ff90fb09630dbe859d62e058ca9d0a333a40356b8e721c20e8418ca",
}
SECTION_DIGESTS = {
    "introduction": "9f13ef71cddb25338dc9c13f2368410ffbacbe3357bebd76103b670a2e1a7973",
    "context": "fd7c2ac778a27e54270d4eb6088ef3385a4abd7d5dd3d3db11c737b86e1fca96",
    "principles_introduction": "5e6c5bcb193244e608b758ec9ade2d08378a6a58586b9f6f21f689478c38e3a8",
    "enabling_factors_introduction": "2945ac2e409a43575cdf612b397d0d7f2cbb67173bfce71874cb8054db64971d",
    "footnotes": "0ef879229db4e3be8c3db07285cc99b79927bad8270094d25464f19fb7668c53",
    "principles": "e4ffdac8557f4a31a1604cb702cf06d1ca5ecf2c26a710446bb2925d5c525356",
    "enabling_factors": "0f2b940bcbf3fb349fd206c3f1d937c35d8e400badb5d8f2e75a17481d6aec0f",
    "wellbeing_goals": "65f09c95af096c488ce360505cd963b884abdbf34a819c697277930473d7499f",
    "PCMW": "060a18c59158fa3ddece4e32f2154fe83c6630de930f6c583004143323b32ed6",
    "ACD": "577d7bda6cda8029cd726febb26f5d1cccbedf07ccfa550222a7985e0f23ee92",
}

TYPOGRAPHY = {
    "a form feed, a tab or a carriage return": r"[\f\t\r\v]",
    "a non-breaking space": r"[\u00a0\u202f]",
    "two spaces together": r"\S  ",
    "a space at the beginning of a line": r"^ (?! - \S)",
    "a space at the end of a line": r" +$",
    "more than one blank line": r"\n{3,}",
    "a bullet of the publication's own": r"·",
    "what is left of a picture": r"\[image",
    "what is left of a footnote": r"footnoteRef|\[\d+[:\]]",
    "a maturity level before the text": r"\(L[123]\):",
}


# The beginning of a line that is not plain text: a heading, a bullet, or nothing.
MARK = re.compile(r"#{2,3} |(?: {2})?- |$")


def outcomes():
    for module in EDITION["modules"]:
        for outcome in module["outcomes"]:
            yield module, outcome


def texts(value, path=""):
    """Every pair of texts below a value, each with its path."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts(item, f"{path}/{index}")
    elif isinstance(value, dict):
        if "cy" in value or "en" in value:
            yield path, value
        else:
            for key, item in value.items():
                yield from texts(item, f"{path}/{key}")


def shape(text):
    """What each line of a text is: a heading, a bullet, a paragraph, a gap."""
    marks = (MARK.match(line) for line in text.split("\n"))
    return [mark[0] if mark else "text" for mark in marks]


def welsh_digest(pairs):
    welsh = "\n".join(pair["cy"] for pair in pairs if pair is not None)
    return hashlib.sha256(welsh.encode()).hexdigest()


PAIRS = list(texts(EDITION))


def test_the_file_is_written_in_the_one_agreed_way():
    written = json.dumps(EDITION, ensure_ascii=False, indent=2) + "\n"
    assert written == RAW


def test_the_edition_is_that_of_may_2022_with_unofficial_english():
    assert EDITION["code"] == "2022-05"
    assert EDITION["issued"] == "2022-05"
    assert EDITION["unofficial_language"] == "en"


def test_the_parts_of_the_edition_are_numbered_from_one():
    assert [part["number"] for part in EDITION["modules"]] == [1, 2]
    assert [part["number"] for part in EDITION["principles"]] == list(range(1, 12))
    assert [part["number"] for part in EDITION["enabling_factors"]] == list(range(1, 7))
    assert [part["number"] for part in EDITION["wellbeing_goals"]] == list(range(1, 8))
    assert [part["number"] for part in EDITION["quadruple_aims"]] == [1, 2, 3, 4]
    assert [part["number"] for part in EDITION["indicators"]] == list(range(1, 9))


def test_module_1_has_13_outcomes_and_110_criteria_at_three_levels():
    module = EDITION["modules"][0]
    assert (module["code"], module["uses_levels"]) == ("PCMW", True)
    assert [outcome["number"] for outcome in module["outcomes"]] == list(range(1, 14))
    levels = Counter(
        criterion["level"]
        for outcome in module["outcomes"]
        for criterion in outcome["criteria"]
    )
    assert levels == {1: 35, 2: 35, 3: 40}
    assert levels.total() == 110


def test_module_2_has_7_outcomes_and_19_criteria_and_no_levels():
    module = EDITION["modules"][1]
    assert (module["code"], module["uses_levels"]) == ("ACD", False)
    assert [outcome["number"] for outcome in module["outcomes"]] == list(range(1, 8))
    levels = Counter(
        criterion["level"]
        for outcome in module["outcomes"]
        for criterion in outcome["criteria"]
    )
    assert levels == {None: 19}
    for outcome in module["outcomes"]:
        assert (outcome["narrative"], outcome["note"]) == (None, None)


def test_each_outcome_has_its_number_of_criteria_at_each_level():
    counted = {
        (module["code"], outcome["number"]): dict(
            Counter(criterion["level"] for criterion in outcome["criteria"])
        )
        for module, outcome in outcomes()
    }
    assert counted == CRITERIA


def test_criteria_are_numbered_from_one_within_their_level():
    for module, outcome in outcomes():
        expected = [
            (level, number)
            for level, count in CRITERIA[module["code"], outcome["number"]].items()
            for number in range(1, count + 1)
        ]
        assert [
            (criterion["level"], criterion["number"])
            for criterion in outcome["criteria"]
        ] == expected


def test_outcome_6_holds_one_criterion_at_level_2_with_five_bullets_inside():
    (criterion,) = (
        criterion
        for criterion in EDITION["modules"][0]["outcomes"][5]["criteria"]
        if criterion["level"] == 2
    )
    assert shape(criterion["text"]["cy"]) == ["text", "", *["- "] * 5]


def test_outcome_10_repeats_two_criteria_of_outcome_12_and_says_so():
    repeated = {}
    for number in (10, 12):
        outcome = EDITION["modules"][0]["outcomes"][number - 1]
        for criterion in outcome["criteria"]:
            repeated.setdefault(criterion["text"]["cy"], []).append(criterion)
    twice = [criteria for criteria in repeated.values() if len(criteria) == 2]
    assert [(both[0]["level"], both[0]["number"]) for both in twice] == [(1, 2), (2, 1)]
    for first, second in twice:
        assert first["text"] == second["text"]
        assert first["editor_note"] is not None
        assert second["editor_note"] is not None


def test_the_keys_stand_in_the_agreed_order():
    assert list(EDITION) == EDITION_KEYS
    for module, outcome in outcomes():
        assert list(module) == MODULE_KEYS
        assert list(outcome) == OUTCOME_KEYS
        for criterion in outcome["criteria"]:
            assert list(criterion) == CRITERION_KEYS
    for factor in EDITION["enabling_factors"]:
        assert list(factor) == ["number", "title", "text"]
    for goal in EDITION["wellbeing_goals"] + EDITION["quadruple_aims"]:
        assert list(goal) == ["number", "title"]
    for principle in EDITION["principles"]:
        assert list(principle) == ["number", "text"]


def test_each_outcome_names_one_to_three_of_the_seven_goals_in_order():
    for _, outcome in outcomes():
        goals = outcome["wellbeing_goals"]
        assert 1 <= len(goals) <= 3
        assert goals == sorted(set(goals) & set(range(1, 8)))


def test_each_outcome_serves_one_or_two_of_the_four_aims_and_the_links_are_a_suggestion():
    assert EDITION["goal_links_are_suggested"] is True
    for _, outcome in outcomes():
        aims = outcome["quadruple_aims"]
        assert 1 <= len(aims) <= 2
        assert aims == sorted(set(aims) & {1, 2, 3, 4})


def test_the_indicators_are_examples_with_no_target():
    known = {f"{module['code']}/{outcome['number']}" for module, outcome in outcomes()}
    for indicator in EDITION["indicators"]:
        assert indicator["is_example"] is True
        assert "target" not in indicator
        assert indicator["source"]["en"].startswith("Example only: ")
        assert indicator["source"]["cy"].startswith("Enghraifft yn unig: ")
        assert indicator["outcomes"]
        assert set(indicator["outcomes"]) <= known


def test_every_text_is_in_both_languages():
    assert len(PAIRS) == 276
    for path, pair in PAIRS:
        assert list(pair) == ["cy", "en"], path
        assert pair["cy"].strip(), path
        assert pair["en"].strip(), path
        assert pair["cy"] != pair["en"], path


def test_every_text_has_the_same_blocks_in_both_languages():
    for path, pair in PAIRS:
        assert shape(pair["cy"]) == shape(pair["en"]), path


def test_every_text_keeps_the_rules_of_typography():
    found = [
        (path, language, what)
        for path, pair in PAIRS
        for language, text in pair.items()
        for what, pattern in TYPOGRAPHY.items()
        if re.search(pattern, text, re.MULTILINE)
    ]
    assert found == []
    for path, pair in PAIRS:
        for text in pair.values():
            assert text == text.strip(), path
            assert unicodedata.is_normalized("NFC", text), path


def test_a_heading_or_a_list_stands_apart_from_the_text_before_it():
    bullets = {"- ", "  - "}
    for path, pair in PAIRS:
        marks = shape(pair["cy"])
        for before, mark in itertools.pairwise(marks):
            in_one_list = before in bullets and mark in bullets
            assert in_one_list or "" in {before, mark}, path


def test_the_official_welsh_of_each_outcome_is_that_of_the_publication():
    assert {
        (module["code"], outcome["number"]): welsh_digest(
            [
                outcome["title"],
                outcome["narrative"],
                outcome["note"],
                *(criterion["text"] for criterion in outcome["criteria"]),
            ]
        )
        for module, outcome in outcomes()
    } == OUTCOME_DIGESTS


def test_the_official_welsh_around_the_outcomes_is_that_of_the_publication():
    sections = {
        name: [EDITION[name]]
        for name in (
            "introduction",
            "context",
            "principles_introduction",
            "enabling_factors_introduction",
            "footnotes",
        )
    }
    sections["principles"] = [part["text"] for part in EDITION["principles"]]
    sections["enabling_factors"] = [
        text
        for factor in EDITION["enabling_factors"]
        for text in (factor["title"], factor["text"])
    ]
    sections["wellbeing_goals"] = [goal["title"] for goal in EDITION["wellbeing_goals"]]
    for module in EDITION["modules"]:
        sections[module["code"]] = [
            module["title"],
            module["introduction"],
            module["context"],
            module["framework_introduction"],
            module["criteria_heading"],
            module["footnotes"],
        ]
    digests = {name: welsh_digest(pairs) for name, pairs in sections.items()}
    assert digests == SECTION_DIGESTS
