"""A link and a file for two criteria; and Welsh on the English page."""

import pytest
from playwright.sync_api import expect

from assessments.models import Answer, Evidence
from tests.common.hostile import HTML, pdf
from tests.journeys.world import World, fits, follow, press, sign_in, words

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    return World()


@pytest.fixture
def looked_at(axe):
    def look(page):
        axe(page)
        page.set_viewport_size({"width": 320, "height": 700})
        assert fits(page), f"{page.url} scrolls sideways at 320 pixels"
        page.set_viewport_size({"width": 1280, "height": 900})

    return look


def outcome_page(language):
    return f"/{language}/self-reflections/2030/afan/outcomes/PCMW/3/"


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("language", ["cy", "en"])
def test_adding_downloading_taking_out_and_undoing(
    new_page, world, looked_at, faults, language, javascript
):
    faults.expect("status of 422")
    page = new_page(
        locale="cy-GB" if language == "cy" else "en-GB", java_script_enabled=javascript
    )
    look = looked_at if javascript else lambda page: None
    sign_in(page, world.lead, language)
    page.goto(outcome_page(language))
    page.locator("textarea[name=going-well-text]").fill("Typed before.")

    # a link, from the form: what was typed is saved first
    press(page, language, "Save and add evidence")
    assert Answer.objects.filter(text="Typed before.").count() == 1
    look(page)
    page.locator("input[name=title]").fill("Cofnodion ein cyfarfod ym mis Mai")
    page.locator("input[name=url]").fill("https://example.test/cofnodion")
    for box in page.locator("input[name=uses][value^=criterion-]").all()[:2]:
        box.check()
    press(page, language, "Add evidence")
    expect(page.locator(".evidence-count")).to_have_count(2)
    look(page)

    # a file that is none, and one that is: what was typed and ticked stays
    press(page, language, "Save and add evidence")
    page.locator("input[name=title]").fill("Our plan for the winter")
    page.locator("input[name=uses][value^=criterion-]").first.check()
    file = {"name": "Cynllun y tŷ.pdf", "mimeType": "application/pdf"}
    page.locator("input[name=file]").set_input_files(file | {"buffer": HTML})
    press(page, language, "Add evidence")
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()
    look(page)
    expect(page.locator("input[name=title]")).to_have_value("Our plan for the winter")
    expect(page.locator("input[name=uses][value^=criterion-]").first).to_be_checked()
    content = pdf()
    page.locator("input[name=file]").set_input_files(file | {"buffer": content})
    press(page, language, "Add evidence")

    # the file comes back as it was
    with page.expect_download() as download:
        page.get_by_role("link", name="Our plan for the winter").click()
    assert download.value.suggested_filename == "Cynllun y tŷ.pdf"
    assert download.value.path().read_bytes() == content

    # out, and back
    follow(page.get_by_role("link", name=words(language, "Change or remove evidence")))
    look(page)
    remove = page.get_by_role("button", name="Our plan for the winter")
    follow(remove)
    expect(remove).to_have_count(0)
    look(page)
    press(page, language, "Undo")
    expect(remove).to_be_visible()
    assert sorted(Evidence.objects.in_use().values_list("title", "language")) == [
        ("Cofnodion ein cyfarfod ym mis Mai", "cy"),
        ("Our plan for the winter", "en"),
    ]

    # another outcome, from the list
    follow(page.locator("a[href*='/edit/']").first)
    look(page)


def test_welsh_on_the_english_page_is_seen_marked_and_put_right(
    new_page, world, looked_at
):
    page = new_page()
    sign_in(page, world.lead)
    page.goto(outcome_page("en"))
    box = page.locator("textarea[name=going-well-text]")
    written = page.locator("[data-part=going-well-written]")

    box.fill("Mae'r tîm yn cyfarfod bob mis.")

    expect(written).to_have_text("Written in Welsh")
    expect(box).to_have_attribute("lang", "cy")
    looked_at(page)
    page.locator("select[name=going-well-language]").select_option("en")
    expect(written).to_have_text("Written in English")
    expect(box).to_have_attribute("lang", "en")
    answer = Answer.objects.get(question="going_well")
    assert (answer.language, answer.language_is_chosen) == ("en", True)
    page.goto("/en/self-reflections/2030/afan/read/")
    expect(page.locator("blockquote[lang=en]")).to_have_text(answer.text)


def test_a_text_that_is_too_long_is_counted_in_welsh_and_not_cut(
    new_page, world, faults
):
    faults.expect("status of 422")
    page = new_page(locale="cy-GB")
    sign_in(page, world.lead, "cy")
    page.goto(outcome_page("cy"))
    box = page.locator("textarea[name=going-well-text]")

    box.fill("ŵ" * 10_003)

    sentence = words("cy", "Too many characters: %%{count}").replace("%%{count}", "3")
    expect(page.get_by_text(sentence).first).to_be_visible()
    press(page, "cy", "Save and stay on this page")
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()
    assert len(box.input_value()) == 10_003
