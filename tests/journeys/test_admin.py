"""Administrators at work in a real browser: two of them at one text, and the history of it."""

import pytest
from playwright.sync_api import expect

from frameworks.models import Outcome
from organisations.models import AuditEvent
from tests.factories import EditionFactory, UserFactory
from tests.journeys.world import PASSWORD, fits, sign_in, words

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CHANGED = "Somebody else changed this while you were editing."


@pytest.fixture
def outcome():
    EditionFactory(code="draft", draft=True, levelled=True)
    return Outcome.objects.get()


def write(page, name, text):
    """Type into a field, in whichever part of the page it stands."""
    page.evaluate(
        """([name, text]) => {
          const field = document.querySelector(`[name=${name}]`);
          for (let part = field; part; part = part.parentElement)
            if (part.tagName === "DETAILS") part.open = true;
          field.value = text;
        }""",
        [name, text],
    )


def save(page):
    with page.expect_navigation():
        page.locator("[name=_continue]").first.evaluate("button => button.click()")


@pytest.mark.parametrize("language", ["cy", "en"])
def test_two_administrators_at_one_text(new_page, outcome, language):
    locale = "cy-GB" if language == "cy" else "en-GB"
    first = new_page(locale=locale)
    second = new_page(locale=locale, viewport={"width": 320, "height": 640})
    for page in (first, second):
        person = UserFactory(administrator=True, password=PASSWORD)
        sign_in(page, person, language)
        page.goto(f"/{language}/admin/frameworks/outcome/{outcome.pk}/change/")

    write(first, "narrative_en", "The first one's text")
    save(first)
    write(second, "narrative_en", "The second one's text")
    save(second)
    expect(second.locator(".errorlist").first).to_contain_text(words(language, CHANGED))
    expect(second.locator(".errorlist").first).to_contain_text("The first one's text")
    assert fits(second)
    save(second)

    outcome.refresh_from_db()
    assert outcome.narrative_en == "The second one's text"
    second.goto(f"/{language}/admin/frameworks/outcome/{outcome.pk}/history/")
    expect(second.locator(".history__row")).to_have_count(2)
    expect(second.locator(".history del").first).to_contain_text("first")
    assert fits(second)


@pytest.mark.parametrize("language", ["cy", "en"])
def test_pages_of_the_admin_break_no_rule_of_the_browser(new_page, outcome, language):
    """The profile refuses whatever the policy forbids, another machine, and a script's error."""
    page = new_page(locale="cy-GB" if language == "cy" else "en-GB")
    person = UserFactory(administrator=True, password=PASSWORD)
    sign_in(page, person, language)
    board = page.goto(f"/{language}/admin/organisations/healthboard/add/")
    assert board.ok
    tabs = page.locator(".ui-tabs-tab")
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    expect(tabs.nth(1)).to_be_focused()
    expect(page.locator("[name=name_en]")).to_be_visible()

    event = AuditEvent.objects.latest("pk").pk
    for path in (
        *("", "organisations/", "organisations/cluster/add/"),
        *("organisations/cluster/?q=ty", "organisations/user/add/"),
        *(f"organisations/user/{person.pk}/change/", "organisations/membership/add/"),
        *(f"organisations/auditevent/{event}/change/", "organisations/auditevent/"),
        f"frameworks/outcome/{outcome.pk}/delete/",
    ):
        answer = page.goto(f"/{language}/admin/{path}")
        assert answer.ok, path
