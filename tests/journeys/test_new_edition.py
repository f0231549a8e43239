"""A new edition with a third module: begun, written, looked at, refused, and published."""

import re

import pytest
from playwright.sync_api import expect

from frameworks.models import Edition, Outcome
from tests.factories import EditionFactory, UserFactory
from tests.journeys.world import PASSWORD, fits, sign_in, words

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TITLE = {"cy": "Gofal sylfaenol gwyrddach", "en": "Greener primary care"}
OUTCOME = {"cy": "Llai o wastraff", "en": "Less waste"}
CRITERIA = {
    "cy": ["Mesur gwastraff", "Lleihau:\n\n- papur\n- plastig"],
    "en": ["Measure waste", "Reduce:\n\n- paper\n- plastic"],
}


@pytest.fixture
def administrator(transactional_db):
    return UserFactory(
        email="administrator@example.test", password=PASSWORD, administrator=True
    )


@pytest.fixture
def edition(transactional_db):
    return EditionFactory(code="2030", levelled=True)


def fill(page, **texts):
    for name, by_language in texts.items():
        for language, text in by_language.items():
            page.locator(f"[name='{name}_{language}']").fill(text)


def save(page):
    with page.expect_navigation():
        page.locator("[name=_save]").last.click()


def link(page, language, sentence):
    with page.expect_navigation():
        page.get_by_role("link", name=words(language, sentence)).first.click()


def button(page, language, sentence):
    with page.expect_navigation():
        page.get_by_role("button", name=words(language, sentence)).first.click()


@pytest.mark.parametrize("language", ["cy", "en"])
def test_a_new_edition_with_a_third_module(
    new_page, axe, faults, administrator, edition, language
):
    faults.expect("409")  # publishing too early
    page = new_page(locale=f"{language}-GB")
    sign_in(page, administrator, language)

    # A draft begins as a copy
    page.goto(f"/{language}/admin/frameworks/edition/{edition.pk}/change/")
    axe(page)
    link(page, language, "Start a new draft from this edition")
    axe(page)
    page.locator("[name=code]").fill("2031")
    page.locator("[name=issued]").fill("2031-01")
    page.locator("[name=title_cy]").fill("Rhifyn 2031")
    page.locator("[name=title_en]").fill("The 2031 edition")
    button(page, language, "Start the draft")
    draft = Edition.objects.get(code="2031")
    home = page.url
    axe(page)

    # The module, with two levels
    link(page, language, "Add a module")
    axe(page)
    page.locator("[name=code]").fill("GREEN")
    page.locator("[name=uses_levels]").check()
    page.locator("[name=highest_level]").select_option("2")
    fill(
        page,
        title=TITLE,
        abbreviation={"cy": "GSG", "en": "GPC"},
        criteria_heading={"cy": "Meini prawf", "en": "Criteria"},
    )
    save(page)

    # Its outcome, and the criteria on one page
    page.goto(home)
    page.locator(
        ".edition-home a", has_text=words(language, "Add an outcome")
    ).last.click()
    fill(page, title=OUTCOME)
    save(page)
    outcome = Outcome.objects.get(module__code="GREEN")
    page.goto(f"/{language}/admin/frameworks/outcome/{outcome.pk}/change/")
    for row in (0, 1):
        if row:
            page.locator("#criteria-group .add-row a").click()
        page.locator(f"[name=criteria-{row}-level]").select_option(str(row + 1))
        for each in ("cy", "en"):
            page.locator(f"[name=criteria-{row}-text_{each}]").fill(CRITERIA[each][row])
    with page.expect_navigation():
        page.locator("[name=_continue]").last.click()
    expect(page.locator(".as-shown li")).to_have_count(4)
    axe(page)

    # As a cluster will see it, in both languages
    link(page, language, "Preview of the form")
    expect(page.locator(".callout")).to_contain_text(
        words(language, "Preview of a draft.")
    )
    expect(page.locator("main")).to_contain_text(OUTCOME[language])
    expect(page.locator("main li").first).to_be_visible()
    axe(page)
    other = {"cy": "en", "en": "cy"}[language]
    page.goto(page.url.replace(f"/{language}/", f"/{other}/"))
    expect(page.locator("main")).to_contain_text(OUTCOME[other])

    # Refused with the list, settled, published
    page.goto(f"/{language}/admin/frameworks/edition/{draft.pk}/publish/")
    axe(page)
    button(page, language, "Publish the edition")
    expect(page.locator(".errornote")).to_be_visible()
    expect(page.locator("#content")).to_contain_text(OUTCOME[language])
    axe(page)
    for sentence in (
        "Mark the unchecked Welsh texts as unofficial",
        "Mark the unchecked English texts as unofficial",
    ):
        link(page, language, sentence)
        axe(page)
        button(page, language, sentence)
    link(page, language, "Publish the edition")
    button(page, language, "Publish the edition")

    draft.refresh_from_db()
    assert draft.is_published
    expect(page.locator(".edition-state--published")).to_be_visible()
    page.goto(f"/{language}/framework/2031/GREEN/1/")
    expect(page.locator("h1")).to_contain_text(re.compile(OUTCOME[language]))


@pytest.mark.parametrize("language", ["cy", "en"])
def test_its_pages_fit_a_small_screen(new_page, administrator, language):
    draft = EditionFactory(code="2031", draft=True, levelled=True)
    outcome = Outcome.objects.get()
    page = new_page(locale=f"{language}-GB", viewport={"width": 320, "height": 640})
    sign_in(page, administrator, language)
    home = f"/{language}/admin/frameworks"

    for address in (
        f"{home}/edition/{draft.pk}/change/",
        f"{home}/edition/{draft.pk}/check/",
        f"{home}/edition/{draft.pk}/copy/",
        f"{home}/module/{outcome.module_id}/change/",
        f"{home}/outcome/{outcome.pk}/change/",
        f"/{language}/form-preview/2031/{outcome.module.code}/1/",
        f"/{language}/framework-preview/2031/{outcome.module.code}/1/",
    ):
        page.goto(address)
        assert fits(page), address
