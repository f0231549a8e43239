"""The draft of a self-reflection as a PDF: marked on every page, and its cluster's alone."""

import datetime
import io
import json
from types import SimpleNamespace

import pypdf
import pytest
from django.urls import reverse

from assessments.models import SelfReflection
from reporting.pdf import report
from reporting.pdf.press import TooLong
from reporting.pdf.report import render_draft
from tests.reporting.faults import faults
from tests.reporting.pdf_text import words
from tests.steps import State, bring_to, entry, save, submit, words_of

pytestmark = pytest.mark.django_db

MARK = {"cy": "Drafft – heb ei gyflwyno", "en": "Draft – not submitted"}
MADE_AT = datetime.datetime(2026, 11, 12, 9, 30, tzinfo=datetime.UTC)
WHEN = {"cy": "12 Tachwedd 2026, 09:30", "en": "12 November 2026, 09:30"}


def address(language="cy"):
    return reverse("reporting:draft_pdf", args=["2030", "afan", language])


def asked_for(client, monkeypatch, language="cy", **query):
    """What the view draws, and its answer; drawing all of it is tested once."""
    drawn = []

    def render(content, **asked):
        drawn.append(SimpleNamespace(content=json.loads(content), **asked))
        return b"%PDF-"

    monkeypatch.setattr("reporting.views.summaries.render_draft", render)
    response = client.get(address(language), query)
    return drawn, response


@pytest.fixture
def draft(reflection, lead):
    text = "Mae'r tŷ yn y dŵr.\n\nAnd a half sen"
    save(reflection, entry(words_of(reflection), text), by=lead, language="cy")
    reflection.refresh_from_db()
    return reflection


def test_every_page_says_that_it_is_a_draft(client, draft, lead, monkeypatch):
    client.force_login(lead)
    (found,), _response = asked_for(client, monkeypatch, "both")

    raw = render_draft(
        json.dumps(found.content), made_at=MADE_AT, languages=("cy", "en")
    )

    assert faults(raw, ("cy", "en")) == []
    pages = [
        words(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(raw)).pages
    ]
    first_english = next(
        at for at, page in enumerate(pages) if "Draft of the self-reflection" in page
    )
    for language, its_pages in (
        ("cy", pages[:first_english]),
        ("en", pages[first_english:]),
    ):
        cover, *others = its_pages
        assert others
        assert MARK[language] in cover
        assert WHEN[language] in cover
        for page in others:
            assert page.count(MARK[language]) == 2  # in the margin, and in the foot
            assert WHEN[language] in page
    assert "Mae'r tŷ yn y dŵr. And a half sen" in " ".join(pages)


def test_it_is_what_the_cluster_has_written_now(client, draft, lead, monkeypatch):
    client.force_login(lead)
    save(draft, entry(words_of(draft), "Newydd.", base=1), by=lead)

    (found,), response = asked_for(client, monkeypatch)

    outcome = found.content["modules"][0]["outcomes"][0]
    assert outcome["questions"]["going_well"]["text"] == "Newydd."
    assert (found.languages, found.large_print) == (("cy",), False)
    assert "no-store" in response.headers["Cache-Control"]
    assert "drafft-hunanfyfyrdod" in response.headers["Content-Disposition"]


def test_it_is_not_kept(client, draft, lead, monkeypatch):
    client.force_login(lead)
    (found,), _response = asked_for(client, monkeypatch)
    monkeypatch.setattr(report, "draw", lambda parts, **asked: asked["keep"])

    kept = render_draft(json.dumps(found.content), made_at=MADE_AT, languages=("cy",))

    assert kept is False


def test_whoever_needs_large_print_gets_it(client, draft, lead, monkeypatch):
    lead.large_print = True
    lead.save()
    client.force_login(lead)

    (needed,), _response = asked_for(client, monkeypatch)
    (other,), _response = asked_for(client, monkeypatch, print="normal")

    assert (needed.large_print, other.large_print) == (True, False)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.IN_REVIEW, State.CLOSED])
def test_what_was_submitted_is_no_draft(
    client, reflection, lead, officer, national, state
):
    bring_to(state, reflection, lead=lead, officer=officer, national=national)
    client.force_login(lead)

    response = client.get(address())

    assert SelfReflection.objects.get().latest_submission
    assert response.status_code == 302
    assert response.headers["Location"].endswith("/afan/")


def test_there_is_none_in_another_language(client, draft, lead):
    client.force_login(lead)

    assert client.get(address("fr")).status_code == 404


def test_what_is_too_long_is_said(client, draft, lead, monkeypatch):
    def refuse(content, **asked):
        raise TooLong

    client.force_login(lead)
    monkeypatch.setattr("reporting.views.summaries.render_draft", refuse)

    assert client.get(address()).status_code == 413


def test_pages_lead_to_it_until_it_is_submitted(client, draft, lead):
    client.force_login(lead)
    pages = [
        reverse(f"assessments:{name}", args=["2030", "afan"])
        for name in ("reflection_detail", "draft_detail")
    ]

    before = [address() in client.get(page).content.decode() for page in pages]
    submit(draft, by=lead)
    after = [address() in client.get(page).content.decode() for page in pages]

    assert before == [True, True]
    assert after == [False, False]
