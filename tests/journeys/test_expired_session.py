"""What was typed outlives its session: it waits on the page for its person to sign in."""

import pytest
from playwright.sync_api import expect

from assessments.models import Answer
from tests.journeys.world import (
    PASSWORD,
    World,
    end_sessions,
    press,
    sign_in,
    sign_out,
    words,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ADDRESS = "/{language}/self-reflections/2030/afan/outcomes/PCMW/1/"
SIGNED_OUT = "You were signed out. Sign in again: what you typed is still here."
OF_ANOTHER = (
    "Somebody else filled in this page before you signed in. Nothing has been saved in your "
    "name, and what they wrote is not shown to you."
)
SIGN_IN = "Sign in (opens in a new tab)"


@pytest.fixture
def world(transactional_db):
    return World()


def stored():
    return list(Answer.objects.exclude(text="").values_list("text", flat=True))


@pytest.mark.parametrize("language", ["cy", "en"])
def test_sent_again_after_signing_in_in_another_tab(new_page, world, faults, language):
    faults.expect("status of 403")
    page = new_page(java_script_enabled=False)
    sign_in(page, world.lead, language)
    page.goto(ADDRESS.format(language=language))
    page.locator("textarea[name=going-well-text]").fill("Typed\nfor an hour")
    page.locator("textarea[name=in-the-way-text]").fill("Short")
    end_sessions(faults)

    press(page, language, "Save and continue")
    expect(page.get_by_text(words(language, SIGNED_OUT))).to_be_visible()
    expect(page.locator("[name=going-well-text]")).to_have_value("Typed\nfor an hour")
    expect(page.locator("[name=in-the-way-text]")).to_have_value("Short")
    before = stored()
    with page.expect_popup() as opened:
        page.get_by_role("link", name=words(language, SIGN_IN)).click()
    sign_in(opened.value, world.lead, language)
    press(page, language, "Send the form again")

    page.wait_for_url("**/PCMW/2/")
    assert (before, sorted(stored())) == ([], ["Short", "Typed\nfor an hour"])


@pytest.mark.parametrize("language", ["cy", "en"])
def test_another_person_sends_and_sees_nothing_and_its_owner_sends_it_after_all(
    new_page, world, faults, axe, language
):
    faults.expect("status of 403")
    page = new_page(java_script_enabled=False)
    sign_in(page, world.lead, language)
    page.goto(ADDRESS.format(language=language))
    page.locator("textarea[name=going-well-text]").fill("The lead's own words")
    end_sessions(faults)
    press(page, language, "Save and continue")
    other = page.context.new_page()

    sign_in(other, world.contributor, language)
    press(page, language, "Send the form again")
    expect(page.get_by_text(words(language, OF_ANOTHER))).to_be_visible()
    shown, before = page.content(), stored()
    sign_out(other, language)
    sign_in(other, world.lead, language)
    page.reload()

    page.wait_for_url("**/PCMW/2/")
    assert ("own words" in shown, before, stored()) == (
        False,
        [],
        ["The lead's own words"],
    )


def test_with_javascript_the_button_keeps_the_page_until_signing_in(
    new_page, world, faults
):
    faults.expect("status of 403")
    page = new_page()
    sign_in(page, world.lead)
    page.goto(ADDRESS.format(language="en"))
    box = page.locator("textarea[name=going-well-text]")
    end_sessions(faults)

    box.fill("Typed after the session ended")
    box.press("Tab")
    expect(page.locator("#signed-out")).to_be_visible()
    before = stored()
    page.locator("#signed-out-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#signed-out")).to_be_hidden()
    expect(box).to_have_value("Typed after the session ended")
    press(page, "en", "Save and continue")

    page.wait_for_url("**/PCMW/2/")
    assert (before, stored()) == ([], ["Typed after the session ended"])


def test_the_refusal_of_another_person_s_form_is_accessible(
    new_page, world, faults, axe
):
    faults.expect("status of 403")
    page = new_page()
    sign_in(page, world.lead)
    page.goto(ADDRESS.format(language="en"))

    page.evaluate(
        """() => {
          const form = document.getElementById("page-form");
          form.elements.page_of.value = "0";
          HTMLFormElement.prototype.submit.call(form);
        }"""
    )
    expect(page.get_by_text(OF_ANOTHER)).to_be_visible()

    axe(page)


def test_the_page_that_gives_back_what_was_typed_is_accessible(
    new_page, world, faults, axe
):
    faults.expect("status of 403")
    page = new_page()
    sign_in(page, world.lead)
    page.goto("/en/account/")
    end_sessions(faults)

    page.locator("input[name=name]").fill("Ann")
    page.locator("main form").first.evaluate("form => form.submit()")
    expect(page.get_by_text(SIGNED_OUT)).to_be_visible()

    axe(page)
