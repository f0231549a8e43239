"""The organisations fixture says what it should, before anything loads it."""

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "organisations.json"

CLUSTERS_BY_BOARD = {
    "7A6": 11,
    "7A1": 14,
    "7A4": 9,
    "7A5": 8,
    "7A2": 7,
    "7A7": 3,
    "7A3": 8,
}

KEYS = {
    "regional_partnership_boards": ["code", "name"],
    "health_boards": [
        "code",
        "gss_code",
        "name",
        "short_name",
        "local_cluster_name",
        "regional_partnership_board",
    ],
    "local_authorities": ["code", "name"],
    "planning_groups": ["code", "name", "health_board"],
    "clusters": [
        "code",
        "name",
        "health_board",
        "local_authority",
        "planning_group",
        "name_status",
    ],
}


@pytest.fixture(scope="module")
def organisations():
    return json.loads(FIXTURE.read_text(encoding="utf-8"))


def codes(rows):
    return {row["code"] for row in rows}


def by_code(rows, code):
    return next(row for row in rows if row["code"] == code)


def slug(text):
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")


def bilingual_texts(value):
    """Every {"cy", "en"} pair, however deep."""
    if isinstance(value, dict):
        if "cy" in value or "en" in value:
            yield value
        else:
            for inner in value.values():
                yield from bilingual_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from bilingual_texts(inner)


def test_the_file_is_written_in_one_way(organisations):
    expected = json.dumps(organisations, indent=2, ensure_ascii=False) + "\n"
    assert FIXTURE.read_bytes() == expected.encode("utf-8")


def test_sections_and_keys_are_in_order(organisations):
    assert list(organisations) == list(KEYS)
    for section, keys in KEYS.items():
        for row in organisations[section]:
            assert list(row) == keys, row


def test_counts(organisations):
    assert {section: len(rows) for section, rows in organisations.items()} == {
        "regional_partnership_boards": 7,
        "health_boards": 7,
        "local_authorities": 22,
        "planning_groups": 21,
        "clusters": 60,
    }


def test_clusters_by_board_and_in_the_order_of_the_boards(organisations):
    boards = [row["health_board"] for row in organisations["clusters"]]
    assert dict(Counter(boards)) == CLUSTERS_BY_BOARD
    assert list(dict.fromkeys(boards)) == list(CLUSTERS_BY_BOARD)
    assert [row["code"] for row in organisations["health_boards"]] == list(
        CLUSTERS_BY_BOARD
    )
    assert boards == [board for board, n in CLUSTERS_BY_BOARD.items() for _ in range(n)]


def test_codes_are_unique(organisations):
    for section, rows in organisations.items():
        assert len(codes(rows)) == len(rows), section
    gss_codes = {row["gss_code"] for row in organisations["health_boards"]}
    assert len(gss_codes) == 7


def test_codes_have_their_form(organisations):
    for row in organisations["health_boards"]:
        assert re.fullmatch(r"7A[1-7]", row["code"])
        assert re.fullmatch(r"W110000\d\d", row["gss_code"])
    for row in organisations["local_authorities"]:
        assert re.fullmatch(r"W060000\d\d", row["code"])
    for row in organisations["clusters"]:
        assert row["code"] == slug(row["name"]["en"])
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", row["code"])


def test_every_reference_resolves(organisations):
    partnership_boards = codes(organisations["regional_partnership_boards"])
    boards = codes(organisations["health_boards"])
    authorities = codes(organisations["local_authorities"])
    board_of_group = {
        row["code"]: row["health_board"] for row in organisations["planning_groups"]
    }

    for row in organisations["health_boards"]:
        assert row["regional_partnership_board"] in partnership_boards
    assert set(board_of_group.values()) <= boards
    for row in organisations["clusters"]:
        assert row["health_board"] in boards
        assert row["local_authority"] in authorities
        assert board_of_group[row["planning_group"]] == row["health_board"]


def test_nothing_stands_unused(organisations):
    clusters = organisations["clusters"]
    used = {
        "health_boards": {row["health_board"] for row in clusters},
        "local_authorities": {row["local_authority"] for row in clusters},
        "planning_groups": {row["planning_group"] for row in clusters},
        "regional_partnership_boards": {
            row["regional_partnership_board"] for row in organisations["health_boards"]
        },
    }
    for section, used_codes in used.items():
        assert codes(organisations[section]) == used_codes


def test_an_authority_lies_in_one_board_and_only_swansea_bay_joins_two_in_a_group(
    organisations,
):
    boards_of_authority = {}
    authorities_of_group = {}
    for row in organisations["clusters"]:
        boards_of_authority.setdefault(row["local_authority"], set()).add(
            row["health_board"]
        )
        authorities_of_group.setdefault(row["planning_group"], set()).add(
            row["local_authority"]
        )
    assert all(len(boards) == 1 for boards in boards_of_authority.values())
    wide = {
        group: found for group, found in authorities_of_group.items() if len(found) > 1
    }
    assert wide == {"swansea-bay": {"W06000011", "W06000012"}}


def test_both_languages_are_there_and_clean(organisations):
    pairs = list(bilingual_texts(organisations))
    # Two texts a board, one for each of the other rows, two local words for a cluster.
    assert len(pairs) == 7 + 2 * 7 + 22 + 21 + 60 + 2
    for pair in pairs:
        assert list(pair) == ["cy", "en"]
        for text in pair.values():
            assert text
            assert text == text.strip()
            assert "  " not in text
            assert unicodedata.is_normalized("NFC", text)
            assert "\N{RIGHT SINGLE QUOTATION MARK}" not in text
            assert "\N{NO-BREAK SPACE}" not in text


def test_no_two_clusters_share_a_name(organisations):
    for language in ("cy", "en"):
        names = [row["name"][language] for row in organisations["clusters"]]
        assert len(set(names)) == len(names)


def test_only_published_names_are_said_to_be_published(organisations):
    for row in organisations["clusters"]:
        expected = "published" if row["health_board"] == "7A5" else "unconfirmed"
        assert row["name_status"] == expected


def test_local_words_for_a_cluster(organisations):
    words = {
        row["code"]: row["local_cluster_name"] for row in organisations["health_boards"]
    }
    assert {code: text for code, text in words.items() if text} == {
        "7A6": {
            "cy": "Rhwydwaith Gofal Cymdogaeth",
            "en": "Neighbourhood Care Network",
        },
        "7A3": {"cy": "Cydweithfa Clwstwr Leol", "en": "Local Cluster Collaborative"},
    }


@pytest.mark.parametrize(
    ("section", "code", "cy", "en"),
    [
        (
            "health_boards",
            "7A7",
            "Bwrdd Iechyd Addysgu Powys",
            "Powys Teaching Health Board",
        ),
        (
            "health_boards",
            "7A4",
            "Bwrdd Iechyd Prifysgol Caerdydd a'r Fro",
            "Cardiff and Vale University Health Board",
        ),
        (
            "health_boards",
            "7A3",
            "Bwrdd Iechyd Prifysgol Bae Abertawe",
            "Swansea Bay University Health Board",
        ),
        (
            "regional_partnership_boards",
            "gwent",
            "Bwrdd Partneriaeth Rhanbarthol Gwent",
            "Gwent Regional Partnership Board",
        ),
        (
            "regional_partnership_boards",
            "west-wales",
            "Bwrdd Partneriaeth Rhanbarthol Gorllewin Cymru",
            "West Wales Regional Partnership Board",
        ),
        ("local_authorities", "W06000001", "Ynys Môn", "Isle of Anglesey"),
        ("local_authorities", "W06000006", "Wrecsam", "Wrexham"),
        (
            "local_authorities",
            "W06000012",
            "Castell-nedd Port Talbot",
            "Neath Port Talbot",
        ),
        ("local_authorities", "W06000015", "Caerdydd", "Cardiff"),
        ("local_authorities", "W06000024", "Merthyr Tudful", "Merthyr Tydfil"),
        (
            "planning_groups",
            "blaenau-gwent",
            "Grŵp cynllunio traws-glwstwr: Blaenau Gwent",
            "Pan-cluster planning group: Blaenau Gwent",
        ),
        (
            "planning_groups",
            "swansea-bay",
            "Grŵp cynllunio traws-glwstwr: Bae Abertawe",
            "Pan-cluster planning group: Swansea Bay",
        ),
        ("clusters", "taff-ely", "Taf Elái", "Taff Ely"),
        ("clusters", "merthyr", "Merthyr Tudful", "Merthyr"),
        ("clusters", "bridgend-north", "Gogledd Pen-y-bont ar Ogwr", "Bridgend North"),
        ("clusters", "afan", "Afan", "Afan"),
        ("clusters", "taf-tywi", "Taf/Tywi", "Taf/Tywi"),
        ("clusters", "upper-valleys", "Y Cymoedd Uchaf", "Upper Valleys"),
    ],
)
def test_known_pairs(organisations, section, code, cy, en):
    assert by_code(organisations[section], code)["name"] == {"cy": cy, "en": en}


@pytest.mark.parametrize(
    ("cluster", "health_board", "local_authority", "planning_group"),
    [
        ("afan", "7A3", "W06000012", "swansea-bay"),
        ("penderi", "7A3", "W06000011", "swansea-bay"),
        ("anglesey", "7A1", "W06000001", "isle-of-anglesey"),
        ("merthyr", "7A5", "W06000024", "merthyr-tydfil"),
        ("western-vale", "7A4", "W06000014", "vale-of-glamorgan"),
        ("newport-west", "7A6", "W06000022", "newport"),
        ("south-ceredigion", "7A2", "W06000008", "ceredigion"),
        ("mid-powys", "7A7", "W06000023", "powys"),
    ],
)
def test_known_places(
    organisations, cluster, health_board, local_authority, planning_group
):
    row = by_code(organisations["clusters"], cluster)
    assert row["health_board"] == health_board
    assert row["local_authority"] == local_authority
    assert row["planning_group"] == planning_group
