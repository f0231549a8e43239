"""What was learned and what changed as a PDF: its words, its tags, and who may have it."""

import io

import pypdf
import pytest
from django.urls import reverse
from django.utils import translation

from reporting.learned import load_page
from reporting.pdf import learned as document
from reporting.pdf.learned import render_learned
from reporting.pdf.press import TooLong
from reporting.services import learned as services
from tests.reporting.faults import faults, spaced
from tests.reporting.learned_pages import WORDS, begun, own_entry, published, write

pytestmark = pytest.mark.django_db

LANGUAGES = {"cy": ("cy",), "en": ("en",), "both": ("cy", "en")}
HOSTILE = (
    '<img src="file:///etc/passwd"> <script>alert(1)</script> {{ 7|add:7 }} & '
    '<style>*{display:none}</style> <a href="https://example.test/">link</a>'
)


@pytest.fixture
def page(national):
    """An introduction, and six entries: enough for contents."""
    learned = begun(by=national)
    write(
        learned.entries.get(),
        by=national,
        heading_cy="",
        heading_en="",
        text_cy="Blwyddyn dda yng Ngŵyr a'r Tŷ-du.",
        text_en="A good year in Gower.",
    )
    for number in range(6):
        own_entry(
            learned,
            by=national,
            section=("learned", "changed")[number % 2],
            readers="public",
            **{name: f"{words} {number}" for name, words in WORDS.items()},
        )
    services.publish_learned(learned=learned, is_public=True, by=national)
    learned.refresh_from_db()
    return load_page(learned, national)


def words(raw):
    pages = [one.extract_text() for one in pypdf.PdfReader(io.BytesIO(raw)).pages]
    return spaced(" ".join(pages))


def in_order(page, language):
    """All that is stored, as the document says it."""
    with translation.override(language):
        yield page.introduction.text
        for entry in page.entries:
            yield entry.heading
            yield entry.text


@pytest.mark.parametrize("code", LANGUAGES)
def test_it_holds_every_word_in_order_and_can_be_read_by_everyone(page, code):
    raw = render_learned(page, languages=LANGUAGES[code])

    text, place = words(raw), 0
    for language in LANGUAGES[code]:
        for said in in_order(page, language):
            place = text.index(said, place) + 1
    assert faults(raw, LANGUAGES[code]) == []


def test_the_same_page_is_the_same_document(page):
    with_contents = render_learned(page, languages=("cy",))

    assert with_contents == render_learned(page, languages=("cy",))
    assert words(with_contents).count("Tŷ agored 0") == 2  # in the contents too


def test_few_entries_need_no_contents_and_hostile_text_is_only_text(national):
    learned = published(by=national, heading_en=HOSTILE[:200], text_en=HOSTILE)

    raw = render_learned(load_page(learned, national), languages=("en",))

    text = words(raw)
    assert spaced(HOSTILE) in text
    assert "Contents" not in text
    assert b"/URI" not in raw


def test_a_page_without_end_is_refused(page, monkeypatch):
    monkeypatch.setattr(document, "MOST_LINES", 5)

    with pytest.raises(TooLong):
        render_learned(page, languages=("cy",))


def test_who_is_given_which_words(client, national, lead, monkeypatch):
    """As the page: what is not public is in the file of those who are signed in."""
    drawn = []
    monkeypatch.setattr(
        "reporting.views.learned.render_learned",
        lambda page, **more: drawn.append([e.heading_en for e in page.entries]) or b"%",
    )
    learned = published(by=national, readers="public", is_public=True)
    own_entry(learned, by=national, heading_en="Private")
    where = {"year": learned.year, "language": "both"}
    address = reverse("learned:learned_pdf", kwargs=where)

    public = client.get(address)
    client.force_login(lead)
    client.get(address)

    assert drawn == [["Entry 1"], ["Entry 1", "Private"]]
    assert public.headers["Content-Disposition"].startswith(
        f'attachment; filename="yr-hyn-a-ddysgwyd-{learned.year}-cy-en.pdf"'
    )
    assert client.get(address.replace("both", "moon")).status_code == 404
