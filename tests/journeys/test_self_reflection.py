"""From signing in to the PDF, in each language, and what happens when two write at once."""

import io
import re

import pypdf
import pytest

from assessments.models import Answer, SelfReflection
from tests.journeys.world import World, fits, follow, press, sign_in, sign_out, words

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TEXTS = {"cy": "Mae'r tŷ a'r ŵyn yn iawn.", "en": "All is well with us."}


@pytest.fixture
def world(transactional_db):
    return World()


@pytest.fixture
def looked_at(axe):
    """Check a page for accessibility, wide and at 320 pixels."""

    def look(page):
        axe(page)
        page.set_viewport_size({"width": 320, "height": 700})
        assert fits(page), f"{page.url} scrolls sideways at 320 pixels"
        page.set_viewport_size({"width": 1280, "height": 900})

    return look


FILL_PAGE = """
text => {
  for (const group of document.querySelectorAll(".criterion fieldset")) {
    group.querySelector("input[type=radio]")?.click();
  }
  for (const area of document.querySelectorAll(".criterion textarea")) {
    if (area.checkVisibility()) {
      area.value = text;
      area.dispatchEvent(new Event("input", {bubbles: true}));
    }
  }
}
"""


def fill_page(page, text):
    """Choose the first answer of every question, and write into every text that is open."""
    for group in page.locator(".criterion fieldset:has(input[type=radio])").all():
        group.locator("input[type=radio]").first.check()
    for area in page.locator(".criterion textarea:visible").all():
        area.fill(text)


@pytest.mark.parametrize(
    "language", [pytest.param("cy", marks=pytest.mark.essential), "en"]
)
def test_from_signing_in_to_the_pdf(new_page, world, looked_at, language):
    page = new_page(locale="cy-GB" if language == "cy" else "en-GB")
    text = TEXTS[language]

    page.goto("/")
    looked_at(page)
    page.goto(f"/{language}/sign-in/")
    looked_at(page)
    sign_in(page, world.lead, language)
    looked_at(page)
    follow(page.get_by_role("link", name=words(language, "Begin the self-reflection")))
    looked_at(page)
    follow(page.get_by_role("link", name=words(language, "Begin"), exact=True))

    # Part 1
    page.locator("input[name=participants-choice]").first.check()
    page.locator("input[name=method-choice]").first.check()
    for part, value in (("day", "3"), ("month", "11"), ("year", "2029")):
        page.locator(f"input[name=held-on-date_{part}]").fill(value)
    page.locator("textarea[name=about-cluster-text]").fill(text)
    looked_at(page)
    press(page, language, "Save and continue")

    # Parts 2 and 3: every outcome of the framework
    pages = 0
    while "/outcomes/" in page.url:
        pages += 1
        assert pages <= 20
        if pages == 1:
            fill_page(page, text)
        else:  # the same at once, without a mouse
            page.evaluate(FILL_PAGE, text)
        if pages in (6, 14):
            looked_at(page)
        press(page, language, "Save and continue")
    assert pages == 20

    # Parts 4 and 5
    fill_page(page, text)
    looked_at(page)
    press(page, language, "Save and continue")
    fill_page(page, text)
    looked_at(page)
    press(page, language, "Save and continue")

    # The check, and sending it
    assert words(
        language, "Everything is answered. You can submit the self-reflection."
    ) in (page.locator("main").inner_text())
    looked_at(page)
    press(page, language, "Submit the self-reflection")
    looked_at(page)
    assert world.reflection.state == SelfReflection.State.SUBMITTED
    sign_out(page, language)

    # What the board sees
    sign_in(page, world.officer, language)
    looked_at(page)
    follow(
        page.get_by_role("link", name=words(language, "See how far the clusters are"))
    )
    assert page.locator("table").first.is_visible()
    looked_at(page)
    follow(page.get_by_role("rowheader", name="Afan").get_by_role("link").first)
    looked_at(page)
    submission = words(language, "Submission %(number)s") % {"number": 1}
    follow(page.get_by_role("link", name=submission))
    assert text in page.locator("main").inner_text()
    looked_at(page)
    with page.expect_download() as download:
        page.locator(f"main a[hreflang={language}][href$='.pdf']").first.click()
    pdf = pypdf.PdfReader(io.BytesIO(download.value.path().read_bytes()))
    assert pdf.trailer["/Root"]["/Lang"] == language
    assert text in re.sub(r"\s+", " ", "".join(p.extract_text() for p in pdf.pages))


@pytest.mark.essential
def test_two_tabs_on_one_answer_without_javascript(new_page, world, faults):
    faults.expect("status of 409")
    first = new_page(java_script_enabled=False)
    sign_in(first, world.lead)
    address = "/en/self-reflections/2030/afan/outcomes/PCMW/1/"
    second = first.context.new_page()
    first.goto(address)
    second.goto(address)

    first.locator("textarea[name=going-well-text]").fill("From the first tab")
    press(first, "en", "Save and stay on this page")
    second.locator("textarea[name=going-well-text]").fill("From the second tab")
    second.locator("textarea[name=in-the-way-text]").fill("Nothing much")
    press(second, "en", "Save and stay on this page")

    assert "From the first tab" in second.locator(".conflict").inner_text()
    assert (
        second.locator("textarea[name=going-well-text]").input_value()
        == "From the second tab"
    )
    stored = dict(Answer.objects.values_list("question", "text"))
    assert stored == {"going_well": "From the first tab", "in_the_way": "Nothing much"}
    press(second, "en", "Keep theirs")
    assert (
        second.locator("textarea[name=going-well-text]").input_value()
        == "From the first tab"
    )


@pytest.mark.essential
@pytest.mark.parametrize("javascript", [True, False])
def test_changing_the_language_keeps_what_is_typed(new_page, world, javascript):
    page = new_page(java_script_enabled=javascript)
    sign_in(page, world.lead)
    page.goto("/en/self-reflections/2030/afan/outcomes/PCMW/2/")
    boxes = page.locator(".criterion textarea:visible")
    for number in range(boxes.count()):
        boxes.nth(number).fill(f"Text {number} ŵ")

    with page.expect_navigation():
        page.locator("header").get_by_role("button", name="Cymraeg").click()

    assert "/cy/self-reflections/2030/afan/outcomes/PCMW/2/" in page.url
    assert page.locator("html").get_attribute("lang") == "cy"
    kept = [
        box.input_value() for box in page.locator(".criterion textarea:visible").all()
    ]
    assert kept == [f"Text {number} ŵ" for number in range(len(kept))]
    assert len(kept) >= 5


@pytest.mark.essential
def test_enter_in_a_field_saves_and_stays_in_the_language(new_page, world):
    page = new_page()
    sign_in(page, world.lead)
    page.goto("/en/self-reflections/2030/afan/context/")
    for part, value in (("day", "3"), ("month", "11"), ("year", "2029")):
        page.locator(f"input[name=held-on-date_{part}]").fill(value)

    with page.expect_navigation():
        page.locator("input[name=held-on-date_year]").press("Enter")

    assert page.url.split("?")[0].endswith("/en/self-reflections/2030/afan/context/")
    assert str(Answer.objects.get().dated_on) == "2029-11-03"


@pytest.mark.essential
def test_errors_lead_to_their_field(new_page, world, looked_at, faults):
    faults.expect("status of 422")
    page = new_page()
    sign_in(page, world.lead)
    page.goto("/en/self-reflections/2030/afan/outcomes/PCMW/1/")
    group = page.locator(".criterion fieldset").first
    group.locator("label").nth(3).click()  # not applicable, without a reason

    press(page, "en", "Save and continue")

    looked_at(page)
    page.locator(".nhsuk-error-summary a").first.click()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"


def test_pages_of_the_frame(new_page, world, looked_at, faults):
    faults.expect("status of 404")
    page = new_page()
    for language in ("cy", "en"):
        for address in (
            "about/",
            "accessibility/",
            "privacy/",
            "cookies/",
            "framework/2022-05/",
            "framework/2022-05/PCMW/",
            "framework/2022-05/PCMW/6/",
            "framework/2022-05/ACD/1/",
            "no-such-page/",
        ):
            page.goto(f"/{language}/{address}")
            looked_at(page)
