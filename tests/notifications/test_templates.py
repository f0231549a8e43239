"""Every kind of e-mail in Welsh, in English and in both: whole, alone, Welsh first."""

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from notifications.models import Message
from notifications.samples import SAMPLES
from notifications.writing import BETWEEN, subject_of, subjects_of, write

FOLDER = Path(django_settings.BASE_DIR) / "templates" / "notifications"
KINDS = Message.Kind.values
LETTERS = [
    pytest.param(kind, facts, id=f"{kind}-{number}")
    for kind, some in SAMPLES.items()
    for number, facts in enumerate(some)
]
ENGLISH = re.compile(
    r"\b(the|you|your|and|with|this|link|cluster|hello|invited|sign|password|of|to|is)\b",
    re.IGNORECASE,
)
WELSH = re.compile(
    r"\b(yr?|yn|mae|eich|ac|gyda|dolen|clwstwr|helo|cyfrinair|wedi|i'w|nid)\b",
    re.IGNORECASE,
)


def texts_in(facts):
    """What is put in from outside, in whatever language."""
    for value in facts.values() if isinstance(facts, dict) else facts:
        if isinstance(value, (dict, list)):
            yield from texts_in(value)
        else:
            yield str(value)


def own_lines(text, facts):
    """The lines of a template: without addresses, without what was put in, without empty ones."""
    text = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r"https?://\S+", "", re.sub(r"<[^>]+>", "\n", text))
    for known in sorted(texts_in(facts), key=len, reverse=True):
        text = text.replace(known, "")
    lines = [line.strip(" :/()") for line in text.split("\n")]
    return [line for line in lines if re.search(r"[a-zŵŷâêîôû]", line, re.IGNORECASE)]


# The files ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_whole_file_in_each_language_and_facts(kind):
    files = [f"{kind}_{code}.{end}" for code in ("cy", "en") for end in ("txt", "html")]

    assert [name for name in files if not (FOLDER / name).is_file()] == []
    assert SAMPLES[kind]


def test_there_is_no_file_and_no_fact_without_a_kind():
    kinds = {path.stem.rpartition("_")[0] for path in FOLDER.glob("*.txt")}

    assert kinds == set(SAMPLES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_samples_go_every_way_of_the_templates(kind):
    """Each fact on which a template decides is once there and once not."""
    decided = {
        name
        for path in FOLDER.glob(f"{kind}_??.*")
        for name in re.findall(r"{%\s*if (\w+)", path.read_text())
    }

    assert {
        name: {bool(facts[name]) for facts in SAMPLES[kind]}
        for name in decided - {"online"}  # of a meeting: an address on another machine
    } == {name: {True, False} for name in decided - {"online"}}


# What they say ----------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "facts"), LETTERS)
def test_each_language_is_whole_and_alone(kind, facts):
    welsh, english = write(kind, facts, "cy"), write(kind, facts, "en")

    for letter, foreign, own in ((welsh, ENGLISH, WELSH), (english, WELSH, ENGLISH)):
        said = [
            "\n".join(own_lines(text, facts))
            for text in (letter.subject, letter.text, letter.html)
        ]
        assert [foreign.findall(text) for text in said] == [[], [], []]
        assert own.search(said[1])
        assert own.search(said[2])
        assert "{" not in "".join(said)
    for one, other in (
        (welsh.subject, english.subject),
        (welsh.text, english.text),
        (welsh.html, english.html),
    ):
        assert set(own_lines(one, facts)) & set(own_lines(other, facts)) == set()
    assert "/cy/" in welsh.text
    assert "/en/" not in welsh.text
    assert "/en/" in english.text
    assert "/cy/" not in english.text
    assert '<html lang="cy">' in welsh.html
    assert '<div class="letter" lang="cy">' in welsh.html
    assert '<html lang="en">' in english.html
    assert '<div class="letter" lang="en">' in english.html


@pytest.mark.parametrize(("kind", "facts"), LETTERS)
def test_html_and_plain_text_say_the_same(kind, facts):
    for part in write(kind, facts, "both").parts:
        plain, html = own_lines(part.text, facts), own_lines(part.html, facts)
        # A link has words of its own, and in plain text is an address.
        assert set(plain) <= set(html) | {""}, set(plain) - set(html)


@pytest.mark.parametrize(("kind", "facts"), LETTERS)
def test_in_both_languages_welsh_is_first(kind, facts):
    welsh, english = write(kind, facts, "cy"), write(kind, facts, "en")

    both = write(kind, facts, "both")

    assert both.subject == f"{welsh.subject} / {english.subject}"
    assert both.text.split(BETWEEN) == [welsh.text.strip(), english.text]
    assert both.html.index('<div class="letter" lang="cy">') < both.html.index(
        '<div class="letter" lang="en">'
    )
    assert subject_of(kind, facts) == {"cy": welsh.subject, "en": english.subject}
    assert subjects_of(Message(language="both", subject=both.subject)) == [
        ("cy", welsh.subject),
        ("en", english.subject),
    ]


@pytest.mark.parametrize(("kind", "facts"), LETTERS)
def test_no_picture_no_tracking_and_links_to_the_service_alone(kind, facts, settings):
    letter = write(kind, facts, "both")

    addresses = re.findall(r"https?://[^\s\"<]+", letter.text + letter.html)
    assert re.findall(r"<(img|script|link)\b|style=|url\(|@", letter.html) == []
    assert addresses
    assert {address.startswith(settings.SERVICE_URL) for address in addresses} == {True}


def test_a_name_is_no_html_and_makes_no_heading_of_an_e_mail():
    facts = SAMPLES["invitation"][0] | {"by": "Ann <b>Ŵyn</b>\nBcc: all@example.test"}

    letter = write("invitation", facts, "en")

    assert "Ann <b>Ŵyn</b> Bcc: all@example.test" in letter.text
    assert "Ann &lt;b&gt;Ŵyn&lt;/b&gt;" in letter.html


def test_a_name_in_a_digest_is_no_html_either():
    line = {
        "subject": {"cy": "Ŷ <i>\nX", "en": "Ŷ <i>\nX"},
        "link": {"cy": "/cy/", "en": "/en/"},
    }

    letter = write("digest", SAMPLES["digest"][0] | {"letters": [line]}, "en")

    assert "Ŷ <i> X\nhttp" in letter.text
    assert "Ŷ &lt;i&gt;" in letter.html


def test_a_long_subject_is_shortened():
    facts = SAMPLES["returned"][0] | {"cluster": {"cy": "C" * 200, "en": "C" * 200}}

    letter = write("returned", facts, "both")

    assert len(letter.subject) == 400
    assert letter.subject.endswith("…")
