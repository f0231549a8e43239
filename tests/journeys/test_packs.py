"""An officer has the documents of all clusters made, sees how far they are, and takes them away."""

import zipfile

import pytest
from playwright.sync_api import expect

from tests.factories import UserFactory
from tests.journeys.world import PASSWORD, fits, follow, press, sign_in, words
from tests.reporting.packing import some_submissions, work

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NAMES = [("Tŷ Ddewi", "St David's"), ("Ŵyr", "Ŵyr")]


@pytest.fixture
def officer(cycle, board):
    some_submissions(cycle, board, NAMES)
    return UserFactory(
        email="officer@example.test", password=PASSWORD, officer_of=board
    )


def link(page, text, context=None):
    return page.locator("main").get_by_role("link", name=words("cy", text, context))


def test_a_pack_is_asked_for_followed_and_taken_away(page, officer, axe, tmp_path):
    sign_in(page, officer, "cy")
    page.goto("/cy/results/2030/7A0/")
    follow(link(page, "Documents of all clusters"))
    axe(page)
    page.get_by_label(words("cy", "Welsh"), exact=True).check()
    press(page, "cy", "Make the documents")
    expect(page.get_by_text("Dogfennau a wnaed: 0 o 2")).to_be_visible()
    expect(link(page, "Look again")).to_be_hidden()
    axe(page)

    work()  # elsewhere; the page sees it by itself

    download = link(page, "Download", "a pack")
    expect(download).to_be_visible()
    said = page.locator("#pack-said")
    expect(said).to_contain_text(words("cy", "The documents are ready."))
    expect(page.get_by_role("button", name=words("cy", "Cancel"))).to_be_hidden()
    page.set_viewport_size({"width": 320, "height": 640})
    assert fits(page)
    axe(page)
    with page.expect_download() as waited:
        download.click()
    taken = tmp_path / "pack.zip"
    waited.value.save_as(taken)
    with zipfile.ZipFile(taken) as archive:
        assert archive.namelist() == [
            "Cynnwys.txt",
            "Tŷ Ddewi - crynodeb - 2030.pdf",
            "Ŵyr - crynodeb - 2030.pdf",
        ]
    follow(page.get_by_role("link", name=words("cy", "Your packs")))
    axe(page)


def test_without_scripts_one_looks_again(new_page, officer):
    page = new_page(java_script_enabled=False)
    sign_in(page, officer, "cy")
    page.goto("/cy/packs/board-7A0/2030/")
    press(page, "cy", "Make the documents")

    work()
    expect(link(page, "Download", "a pack")).to_have_count(0)
    follow(link(page, "Look again"))

    expect(link(page, "Download", "a pack")).to_be_visible()
