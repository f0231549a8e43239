"""Somebody takes a document away, and while it is made the page says so."""

import pytest
from playwright.sync_api import expect

from tests.factories import UserFactory
from tests.journeys.world import PASSWORD, become_nobody, fits, sign_in, words
from tests.reporting.packing import some_submissions

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MAKING = "The document is being made. This may take up to half a minute."
READY = "The document is ready. It is among your downloads."
STOPPED = "Stopped. Nothing was downloaded."
UNREACHABLE = "The service cannot be reached at the moment. Try again."
TOO_LONG = "Mae'r ŵyl yn rhy hir."


@pytest.fixture
def officer(cycle, board):
    some_submissions(cycle, board, [("Tŷ Ddewi", "St David's")])
    return UserFactory(
        email="officer@example.test", password=PASSWORD, officer_of=board
    )


def link_to(page, language):
    """Of the summary in ``language``, the first document of the only cluster."""
    return page.locator(f".submissions a[hreflang={language}]").first


def taken(download):
    """The name of what was downloaded, and how it begins."""
    return download.suggested_filename, download.path().read_bytes()[:5]


def test_while_a_document_is_made_its_link_says_so(page, officer, axe, faults):
    faults.expect("status of 413|ERR_FAILED")
    sign_in(page, officer, "cy")
    page.goto("/cy/results/2030/7A0/")
    asked = []  # what waits for its answer
    page.route("**/*.pdf", lambda route: asked.append(route))
    link, line = link_to(page, "cy"), page.locator(".document-progress")
    said = line.get_by_role("status")
    stop = line.get_by_role("button", name=words("cy", "Stop", "making a document"))

    # Once, whatever is pressed meanwhile, and the keyboard stays where it is
    link.press("Enter")
    expect(said).to_have_text(words("cy", MAKING))
    link.press("Enter")
    expect(link).to_be_focused()
    axe(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert fits(page)
    stop.press("Enter")
    expect(said).to_have_text(words("cy", STOPPED))
    expect(stop).to_be_hidden()
    expect(link).to_be_focused()
    assert len(asked) == 1

    # What the server says of a text that is too long, and that nobody answers
    link.press("Enter")
    expect(stop).to_be_visible()
    asked.pop().fulfill(
        status=413, content_type="text/plain; charset=utf-8", body=TOO_LONG
    )
    expect(said).to_have_text(TOO_LONG)
    link.press("Enter")
    expect(stop).to_be_visible()
    asked.pop().abort()
    expect(said).to_have_text(words("cy", UNREACHABLE))

    # The file itself
    page.goto("/en/results/2030/7A0/")
    link = link_to(page, "cy")
    link.click()
    expect(said).to_have_text(MAKING)
    with page.expect_download() as waited:
        asked.pop().continue_()
    expect(said).to_have_text(READY)
    assert taken(waited.value) == (
        "crynodeb-hunanfyfyrdod-tŷ-ddewi-2030-1-cy.pdf",
        b"%PDF-",
    )

    # Where there is none, the page that says why
    page.unroute("**/*.pdf")
    become_nobody(page, faults)
    link.click()
    page.wait_for_url("**/en/sign-in/?next=**")


def test_without_scripts_it_is_a_link(new_page, officer):
    page = new_page(java_script_enabled=False)
    sign_in(page, officer, "cy")
    page.goto("/cy/results/2030/7A0/")

    with page.expect_download() as waited:
        link_to(page, "en").click()

    assert taken(waited.value) == (
        "self-reflection-summary-st-davids-2030-1-en.pdf",
        b"%PDF-",
    )
    expect(page.locator(".document-progress")).to_have_count(0)
