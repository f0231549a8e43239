"""Names in the order of the Welsh alphabet, and of an English index."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cdf_site.common.welsh import ALPHABET, english_key, welsh_key
from organisations.models import Cluster
from tests.factories import ClusterFactory

# As in a Welsh dictionary or telephone book: ch after c, dd after d, ff after f, ng after g,
# ll after l, ph after p, rh after r, th after t; the n and g of Bangor are two letters.
IN_ORDER = [
    "Aberystwyth",
    "Afan",
    "Bala",
    "Bangor",
    "Barri",
    "Brynmawr",
    "Caerdydd",
    "Casnewydd",
    "Conwy",
    "Cwmbrân",
    "Cwmtawe",
    "Chwilog",
    "Dinbych",
    "Dwyfor",
    "Dyfi",
    "Ddyfi",
    "Eryri",
    "Fallon",
    "Fro",
    "Ffestiniog",
    "Gwent",
    "Gŵyr",
    "Gwyrfai",
    "Ngwynedd",
    "Harlech",
    "Iâl",
    "Jersey",
    "Lacharn",
    "Lyn",
    "Llandudno",
    "Llanelli",
    "Llangefni",
    "Llangollen",
    "Môn",
    "Nedd",
    "Ogwr",
    "Penarth",
    "Pontypridd",
    "Phrydain",
    "Rogerstone",
    "Ruthun",
    "Rhondda",
    "Rhyl",
    "Sir Benfro",
    "Taf Elái",
    "Torfaen",
    "Tywyn",
    "Thomas",
    "Uwchaled",
    "Wrecsam",
    "Wysg",
    "Y Bala",
    "Ynys Môn",
]


def test_places_in_the_order_of_the_welsh_alphabet():
    assert sorted(sorted(IN_ORDER), key=welsh_key) == IN_ORDER


def test_every_letter_of_the_alphabet_in_its_place():
    words = [f"{letter}o" for letter in ALPHABET]

    assert sorted(sorted(words), key=welsh_key) == words


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Bangor", "Bar"),
        ("Llangefni", "Llanharan"),  # n and g, not the letter ng: before n and h
        ("Angor", "Alun"),  # the letter ng, which comes before l
        ("Cwm", "Cwmbrân"),
        ("Taf", "Taf Elái"),
        ("De Gwynedd", "Dead"),  # word by word
        ("Gogledd 1", "Gogledd 2"),
        ("Gogledd", "Gogledd 1"),
        ("Y Fro", "Y Rhyl"),
    ],
)
def test_the_first_before_the_second(first, second):
    assert welsh_key(first) < welsh_key(second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Môn", "mon"),
        ("CWMBRÂN", "Cwmbrân"),
        ("Gŵyr", "Gwyr"),
        ("Cwmbra\u0302n", "Cwmbrân"),
        ("Pen-y-bont", "Pen y bont"),
        ("Castell-nedd", "Castell  nedd"),
        ("Ro\u2019r", "Ror"),
    ],
)
def test_accents_case_and_marks_do_not_count(one, other):
    assert welsh_key(one) == welsh_key(other)


@given(st.text(max_size=30))
def test_a_key_is_digits_only(text):
    assert all(character in "0123456789" for character in welsh_key(text))


@given(st.text(st.sampled_from("abcdefgh lrtnwy"), max_size=12))
def test_a_beginning_comes_before_the_whole(word):
    longer = f"{word} arall"

    assert welsh_key(word) < welsh_key(longer)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Afan", "01080119"),
        ("Llan", "170119"),
        ("Bangor", "020119102024"),
        ("Angor", "01112024"),
        ("Y Fro", "3300082420"),
        ("A 2", "010092"),
        ("", ""),
        ("—", ""),
    ],
)
def test_a_key_is_what_it_was(name, key):
    """Keys are stored: where these change, every stored name has to be saved again."""
    assert welsh_key(name) == key


def test_an_english_index_knows_no_double_letters():
    names = ["Llandudno", "Chirk", "Cwmbrân", "Rhyl", "Ddol", "Dinbych", "Rogerstone"]

    assert sorted(names, key=english_key) == [
        "Chirk",
        "Cwmbrân",
        "Ddol",
        "Dinbych",
        "Llandudno",
        "Rhyl",
        "Rogerstone",
    ]


# As the clusters' names stand in a Welsh list, read through by hand.
CLUSTERS = [
    "Afan",
    "Aman Gwendraeth",
    "Arfon",
    "Canol a De Sir Ddinbych",
    "Canol Wrecsam",
    "Canol y Fro",
    "Canolbarth Powys",
    "Castell-nedd",
    "Cwmtawe",
    "De Caerffili",
    "De Ceredigion",
    "De Cynon",
    "De-ddwyrain Caerdydd",
    "De-orllewin Caerdydd",
    "De Powys",
    "De Sir Benfro",
    "De Sir Fynwy",
    "De Sir y Fflint",
    "De Torfaen",
    "De Wrecsam",
    "Dwyfor",
    "Dwyrain Blaenau Gwent",
    "Dwyrain Caerdydd",
    "Dwyrain Caerffili",
    "Dwyrain Casnewydd",
    "Dwyrain Conwy",
    "Dwyrain Pen-y-bont ar Ogwr",
    "Dwyrain y Fro",
    "Gogledd a Gorllewin Wrecsam",
    "Gogledd Caerdydd",
    "Gogledd Caerffili",
    "Gogledd Ceredigion",
    "Gogledd Cynon",
    "Gogledd-ddwyrain Sir y Fflint",
    "Gogledd-orllewin Sir y Fflint",
    "Gogledd Pen-y-bont ar Ogwr",
    "Gogledd Powys",
    "Gogledd Sir Benfro",
    "Gogledd Sir Ddinbych",
    "Gogledd Sir Fynwy",
    "Gogledd Torfaen",
    "Gorllewin Blaenau Gwent",
    "Gorllewin Caerdydd",
    "Gorllewin Casnewydd",
    "Gorllewin Conwy",
    "Gorllewin Pen-y-bont ar Ogwr",
    "Gorllewin y Fro",
    "Iechyd y Bae",
    "Iechyd y Ddinas",
    "Llanelli",
    "Llwchwr",
    "Meirionnydd",
    "Merthyr Tudful",
    "Penderi",
    "Rhondda",
    "Taf Elái",
    "Taf/Tywi",
    "Y Cymoedd Uchaf",
    "Y Ddinas a De Caerdydd",
    "Ynys Môn",
]


def cluster_names():
    path = Path(settings.BASE_DIR) / "fixtures" / "organisations.json"
    return [
        cluster["name"]["cy"] for cluster in json.loads(path.read_text())["clusters"]
    ]


def test_the_sixty_clusters_in_welsh_order():
    assert sorted(sorted(cluster_names()), key=welsh_key) == CLUSTERS


@pytest.mark.django_db
def test_the_database_sorts_as_the_alphabet_of_the_page():
    names = ["Llanelli", "Rhyl", "Bangor", "Chwilog", "Rogerstone", "Cwmbrân", "Bala"]
    for place in names:
        ClusterFactory(name_cy=place, name_en=place)
    orders = {}

    for language in ("cy", "en"):
        with translation.override(language):
            orders[language] = [
                str(cluster) for cluster in Cluster.objects.in_name_order()
            ]

    assert orders == {
        "cy": [
            "Bala",
            "Bangor",
            "Cwmbrân",
            "Chwilog",
            "Llanelli",
            "Rogerstone",
            "Rhyl",
        ],
        "en": [
            "Bala",
            "Bangor",
            "Chwilog",
            "Cwmbrân",
            "Llanelli",
            "Rhyl",
            "Rogerstone",
        ],
    }


@pytest.mark.django_db
def test_a_new_name_has_a_new_place():
    cluster = ClusterFactory(name_cy="Rhyl", name_en="Rhyl")

    cluster.name_cy = "Y Rhyl"
    cluster.save()

    cluster.refresh_from_db()
    assert (cluster.sort_cy, cluster.sort_en) == (
        welsh_key("Y Rhyl"),
        english_key("Rhyl"),
    )
