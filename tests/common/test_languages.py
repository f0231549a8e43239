"""The language of a text, on texts of health care that the function has never seen."""

import json
from collections import Counter

import pytest
from django.conf import settings

from cdf_site.common.languages import detect


def pairs(thing):
    """Every text of a fixture that is there in both languages."""
    if isinstance(thing, dict) and set(thing) == {"cy", "en"}:
        yield thing
    elif isinstance(thing, dict):
        for part in thing.values():
            yield from pairs(part)
    elif isinstance(thing, list):
        for part in thing:
            yield from pairs(part)


def texts(name):
    content = json.loads((settings.BASE_DIR / "fixtures" / name).read_text())
    if name.startswith("framework"):
        content = [
            criterion
            for module in content["modules"]
            for outcome in module["outcomes"]
            for criterion in outcome["criteria"]
        ]
    return [pair for pair in pairs(content) if pair["cy"] and pair["en"]]


@pytest.mark.parametrize(
    ("name", "words", "found"),
    [
        # of the texts of each corpus, cut after so many words: at least this share
        ("framework-2022-05.json", 5, 0.85),
        ("framework-2022-05.json", 10, 0.97),
        ("framework-2022-05.json", 20, 0.97),
        ("demonstration_texts.json", 5, 0.94),
        ("demonstration_texts.json", 10, 0.98),
        ("demonstration_texts.json", 20, 0.98),
    ],
)
@pytest.mark.parametrize("language", ["cy", "en"])
def test_texts_of_the_framework_and_of_clusters(name, words, found, language):
    corpus = texts(name)
    assert len(corpus) > 100

    said = Counter(
        detect(" ".join(pair[language].split()[:words]), "unclear") for pair in corpus
    )

    wrong = "en" if language == "cy" else "cy"
    assert said[wrong] == 0
    assert said[language] / len(corpus) >= found


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wedi'i wneud", "cy"),
        ("Nid yw'n berthnasol", "cy"),
        ("Mae’r tŷ a’r ŵyn yn iawn.", "cy"),
        ("POPETH YN IAWN", "cy"),
        ("Not applicable", "en"),
        ("It's done", "en"),
        ("The practice in Ystradgynlais met with Cwm Taf Morgannwg", "en"),
        # not clear: names, figures, a word, and half of each
        ("", "unclear"),
        ("12/3/2029", "unclear"),
        ("Betsi Cadwaladr, Ynys Môn", "unclear"),
        ("https://example.test/abc", "unclear"),
        ("None", "unclear"),
        ("We meet every month. Rydym yn cyfarfod bob mis.", "unclear"),
    ],
)
def test_a_few_words(text, language):
    assert detect(text, "unclear") == language


def test_what_is_not_clear_is_in_the_language_of_the_page():
    assert [detect("Afan", "cy"), detect("Afan", "en")] == ["cy", "en"]


def test_a_long_text_takes_no_time():
    assert detect("a'" * 5_000 + "ŵ" * 10_000 + "'" * 10_000, "en") == "en"
