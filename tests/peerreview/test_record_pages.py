"""Every page of replies, records and good practice in both languages, with one of everything on it."""

import pytest

from tests.every_page import Page
from tests.peerreview.record_pages import record_of, record_pages
from tests.pseudo import stored_texts, untranslated, use_pseudo_language
from tests.steps import start, submit

pytestmark = pytest.mark.django_db

SAME_IN_BOTH = {"PDF", "Cymraeg", "English"}


@pytest.fixture
def pages(reflection, lead, officer, national):
    start(reflection, by=lead)
    submit(reflection, by=lead)
    return record_pages(Page, record_of(reflection, national=national), officer)


@pytest.mark.parametrize("language", ["cy", "en"])
def test_every_page_of_a_record_opens(client, pages, language):
    assert [page.get(client, language).status_code for page in pages] == [200] * len(
        pages
    )


def test_pages_of_a_record_have_no_untranslated_text(client, pages, monkeypatch):
    data = SAME_IN_BOTH | stored_texts(
        "frameworks", "organisations", "assessments", "peerreview"
    )
    use_pseudo_language(monkeypatch)

    found = {
        page.name: untranslated(page.get(client, "cy").content.decode(), data=data)
        for page in pages
    }

    assert {name: texts for name, texts in found.items() if texts} == {}
