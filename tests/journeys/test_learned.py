"""The year's page from its beginning to everybody: its officer, a lead, somebody not signed in."""

import pypdf
import pytest
from playwright.sync_api import expect

from tests.factories import UserFactory
from tests.journeys.world import PASSWORD, fits, follow, press, sign_in, words
from tests.reporting.learned_pages import done_action, shared_practice, this_year
from tests.steps import start, submit

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TEXTS = {
    "cy": {"Heading": "Clinig i bawb", "Text": "Mae'r drws ar agor."},
    "en": {"Heading": "A clinic for all", "Text": "The door is open."},
}
LANGUAGE_OF = {"cy": "Welsh", "en": "English"}


@pytest.fixture
def people(reflection, board):
    """The national officer, and the lead of a cluster that has finished an action and shares something."""
    national = UserFactory(
        email="national@example.test", password=PASSWORD, national_officer=True
    )
    lead = UserFactory(
        email="lead@example.test", password=PASSWORD, lead_of=reflection.cluster
    )
    start(reflection, by=lead)
    submit(reflection, by=lead)
    reflection.refresh_from_db()
    done_action(reflection, by=lead)  # in Welsh
    shared_practice(reflection, by=lead)  # in English
    return national, lead


@pytest.fixture
def looked_at(axe):
    """Check a page that is as narrow as any."""

    def look(page):
        axe(page)
        assert fits(page), f"{page.url} scrolls sideways at 320 pixels"

    return look


@pytest.mark.parametrize("language", ["cy", "en"])
def test_a_year_s_page_from_its_beginning_to_everybody(
    new_page, people, looked_at, faults, language, tmp_path
):
    faults.expect("status of 409")  # published too early
    national, lead = people
    narrow = {
        "locale": f"{language}-GB",
        "viewport": {"width": 320, "height": 700},
    }
    officer, reader, anybody = (new_page(**narrow) for _ in range(3))
    address = f"/{language}/learned/{this_year()}/"

    def say(text, context=None):
        return words(language, text, context)

    def write(written_in):
        for part, text in TEXTS[written_in].items():
            label = say(f"{part} in {LANGUAGE_OF[written_in]}")
            officer.get_by_label(label).fill(text)

    def choose(source):
        follow(officer.get_by_role("link", name=say(source)))
        looked_at(officer)
        follow(officer.get_by_role("button", name=say("Choose", "an entry")))

    def save():
        press(officer, language, "Save")

    # Begun, and chosen from what there is
    sign_in(officer, national, language)
    follow(officer.get_by_role("link", name=say("Begin or edit a year's page")))
    looked_at(officer)
    press(officer, language, "Begin")
    looked_at(officer)
    choose("Choose from actions that are done")  # in Welsh; its words are edited
    looked_at(officer)
    write("cy")
    write("en")
    officer.get_by_label(say("Everybody, without signing in", "readers")).check()
    save()
    choose("Choose from the library")  # in English; the Welsh is left for later
    officer.get_by_label(say("Text in English")).fill("We meet on Mondays.")
    save()

    # Refused until it is in both languages
    press(officer, language, say("Publish", "a page"))
    looked_at(officer)
    follow(officer.locator(".nhsuk-error-summary a"))
    write("cy")
    save()
    follow(officer.get_by_role("link", name=say("See it as its readers would")))
    expect(officer.locator("main")).to_contain_text(TEXTS[language]["Text"])
    looked_at(officer)
    officer.go_back()

    # Published for those who sign in
    officer.get_by_label(say("Everyone who can sign in", "readers")).check()
    press(officer, language, say("Publish", "a page"))
    anybody.goto(address)
    assert "/sign-in/" in anybody.url
    sign_in(reader, lead, language)
    follow(reader.get_by_role("link", name=say("Read the page of the year")))
    looked_at(reader)
    expect(reader.locator("main")).to_contain_text(TEXTS[language]["Text"])
    with reader.expect_download() as waited:
        reader.locator(f'a[href$="/{language}.pdf"]').click()
    taken = tmp_path / "page.pdf"
    waited.value.save_as(taken)
    pages = [one.extract_text() for one in pypdf.PdfReader(taken).pages]
    assert TEXTS[language]["Text"] in "".join(pages)

    # Published for everybody, who read what everybody may
    follow(officer.get_by_role("link", name=say("Edit this page")))
    officer.get_by_label(say("Everybody, without signing in", "readers")).check()
    save()
    anybody.goto(address)
    looked_at(anybody)
    shown = anybody.locator("article h3")
    expect(shown).to_have_text([TEXTS[language]["Heading"]])
