"""A session that ends soon, and one that has ended, with JavaScript: in place, and by keyboard."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from assessments.models import Answer
from cdf_site.common import sessions
from tests.journeys.world import PASSWORD, World, end_sessions, fits, sign_in, words

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

FORM = "/{language}/self-reflections/2030/afan/outcomes/PCMW/1/"
ENDS_SOON = sessions.WARNED_BEFORE + 3  # seconds: the warning comes soon after the page
HOUR = 60 * 60

ABOUT_TO_END = "Your session is about to end"
STAY = "Stay signed in"
SAVED = "What you have typed is saved."
NOT_SAVED = "What you have typed is not saved yet, but it stays on this page."
LAST = (
    "This session has lasted as long as a session may, so it cannot be extended. "
    "You can sign in again when it has ended."
)
SIGNED_OUT = "You were signed out. Sign in again: what you typed is still here."
THREE_MINUTES = {
    "cy": "Byddwn yn eich allgofnodi ymhen 3 munud.",
    "en": "We will sign you out in 3 minutes.",
}
WRONG = "The e-mail address or password is not right. Try again."
LOCKED = (
    "The password was wrong five times. Wait a quarter of an hour and try again, "
    "or ask an administrator for a new password."
)


@pytest.fixture
def world(transactional_db):
    return World()


@pytest.fixture
def open_form(new_page, world):
    """Make the lead's page of an outcome, and the box in which they write."""

    def make(language="en", **options):
        page = new_page(locale="cy-GB" if language == "cy" else "en-GB", **options)
        sign_in(page, world.lead, language)
        page.goto(FORM.format(language=language))
        return page, box_of(page)

    return make


def box_of(page):
    return page.locator("textarea[name=going-well-text]")


def warning(page):
    return page.locator("#session-warning")


def signed_out(page):
    return page.locator("#signed-out")


def stored():
    return list(Answer.objects.exclude(text="").values_list("text", flat=True))


def last_seen():
    return SessionStore(Session.objects.get().session_key)[sessions.LAST_SEEN]


def extended(page):
    """Wait until the server has been told that the person is there."""
    return page.expect_response(
        lambda response: (
            response.request.method == "POST" and response.url.endswith("/session/")
        )
    )


def come_back_to(page):
    """What happens when a person turns to the page again."""
    page.wait_for_timeout(3_100)  # it asks no more often
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def sign_in_in_place(page, password=PASSWORD):
    page.locator("#signed-out-password").fill(password)
    page.keyboard.press("Enter")


# It ends soon -----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["cy", "en"])
def test_warned_and_extended_by_keyboard_alone(open_form, settings, axe, language):
    settings.SESSION_IDLE_SECONDS = ENDS_SOON
    page, box = open_form(language)
    box.focus()
    before = last_seen()

    expect(warning(page)).to_be_visible()
    expect(warning(page)).to_contain_text(words(language, ABOUT_TO_END))
    expect(warning(page)).to_contain_text(THREE_MINUTES[language])
    stay = warning(page).get_by_role("button", name=words(language, STAY))
    expect(stay).to_be_focused()
    axe(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert fits(page)
    settings.SESSION_IDLE_SECONDS = HOUR
    page.keyboard.press("Tab")
    expect(stay).not_to_be_focused()
    page.keyboard.press("Shift+Tab")
    with extended(page):
        page.keyboard.press("Enter")

    expect(warning(page)).to_be_hidden()
    expect(box).to_be_focused()
    assert last_seen() > before


def test_escape_stays_signed_in(open_form, settings):
    settings.SESSION_IDLE_SECONDS = ENDS_SOON
    page, _ = open_form()
    before = last_seen()

    expect(warning(page)).to_be_visible()
    settings.SESSION_IDLE_SECONDS = HOUR
    with extended(page):
        page.keyboard.press("Escape")

    expect(warning(page)).to_be_hidden()
    assert last_seen() > before


def test_the_other_tab_need_not_be_told_twice(open_form, settings):
    settings.SESSION_IDLE_SECONDS = ENDS_SOON
    page, _ = open_form()
    other = page.context.new_page()
    other.goto("/en/account/")

    expect(warning(page)).to_be_visible()
    expect(warning(other)).to_be_visible()
    settings.SESSION_IDLE_SECONDS = HOUR
    other.keyboard.press("Enter")

    expect(warning(other)).to_be_hidden()
    expect(warning(page)).to_be_hidden()


def test_saved_is_said_where_it_is_saved(open_form, settings, faults):
    faults.expect("ERR_INTERNET_DISCONNECTED")
    settings.SESSION_IDLE_SECONDS = ENDS_SOON
    page, box = open_form()
    box.fill("Typed")
    expect(page.locator("#save-state")).to_contain_text("Saved at")

    expect(warning(page).get_by_text(SAVED)).to_be_visible()
    expect(warning(page).get_by_text(NOT_SAVED)).to_be_hidden()


def test_what_is_not_saved_is_not_said_to_be(open_form, settings, faults):
    faults.expect("ERR_INTERNET_DISCONNECTED")
    settings.SESSION_IDLE_SECONDS = ENDS_SOON
    page, box = open_form()
    page.context.set_offline(True)
    box.fill("Typed")

    expect(warning(page).get_by_text(NOT_SAVED)).to_be_visible()
    expect(warning(page).get_by_text(SAVED)).to_be_hidden()
    page.keyboard.press("Enter")
    expect(warning(page)).to_contain_text("The service cannot be reached")
    page.context.set_offline(False)
    settings.SESSION_IDLE_SECONDS = HOUR
    page.keyboard.press("Enter")
    expect(warning(page)).to_be_hidden()


@pytest.mark.parametrize("language", ["cy", "en"])
def test_after_half_a_day_it_cannot_be_extended(
    open_form, settings, axe, faults, language
):
    settings.SESSION_ABSOLUTE_SECONDS = ENDS_SOON
    page, _ = open_form(language)

    expect(warning(page)).to_contain_text(words(language, LAST))
    expect(warning(page).get_by_text(words(language, STAY))).to_be_hidden()
    axe(page)
    page.keyboard.press("Enter")
    expect(warning(page)).to_be_hidden()
    settings.SESSION_ABSOLUTE_SECONDS = HOUR
    end_sessions(faults)
    come_back_to(page)
    expect(signed_out(page)).to_be_visible()
    sign_in_in_place(page)

    expect(signed_out(page)).to_be_hidden()


def test_signing_out_from_the_warning(open_form, settings):
    settings.SESSION_IDLE_SECONDS = ENDS_SOON
    page, _ = open_form()

    warning(page).get_by_role("button", name="Sign out").click()

    page.wait_for_url("**/en/sign-in/")
    assert Session.objects.count() == 0


def test_a_page_without_a_form_leads_to_signing_in_and_back(new_page, world, faults):
    page = new_page()
    sign_in(page, world.lead)
    page.goto("/en/self-reflections/2030/afan/")

    end_sessions(faults)
    come_back_to(page)

    page.wait_for_url("**/en/sign-in/?next=%2Fen%2Fself-reflections%2F2030%2Fafan%2F")


# It has ended -----------------------------------------------------------------------------


def test_nothing_typed_is_lost_in_twenty_rounds(open_form, faults):
    page, box = open_form()
    kept = []

    for number in range(20):
        text = f"Round {number}: y tŷ a'r ŵyn, «{'x' * number}»"
        end_sessions(faults)
        box.fill(text)
        expect(signed_out(page)).to_be_visible()
        sign_in_in_place(page)
        expect(signed_out(page)).to_be_hidden()
        expect(page.locator("#save-state")).to_contain_text("Saved at")
        kept.append((box.input_value() == text, stored() == [text]))

    assert kept == [(True, True)] * 20


@pytest.mark.parametrize("language", ["cy", "en"])
def test_signing_in_in_place(open_form, world, faults, axe, language):
    faults.expect("status of 4(22|29)")
    page, box = open_form(language)
    end_sessions(faults)
    box.fill("Typed after the end")

    expect(signed_out(page)).to_contain_text(words(language, SIGNED_OUT))
    expect(page.locator("#signed-out-username")).to_have_value(world.lead.email)
    expect(page.locator("#signed-out-password")).to_be_focused()
    expect(box).not_to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(signed_out(page)).to_be_visible()
    error = page.locator("#signed-out-error")
    sign_in_in_place(page, "")
    expect(error).to_have_text(words(language, "Enter your password."))
    sign_in_in_place(page, "wrong")
    expect(error).to_have_text(words(language, WRONG))
    expect(page.locator("#signed-out-password")).to_be_focused()
    axe(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert fits(page)
    for _ in range(4):
        expect(page.locator("#signed-out-password")).to_have_value("")
        with page.expect_response("**/sign-in/"):
            sign_in_in_place(page, "wrong")
    expect(error).to_have_text(words(language, LOCKED))
    assert stored() == []


def test_signing_in_in_another_tab_closes_it(open_form, world, faults):
    faults.expect("status of 403")
    page, box = open_form()
    end_sessions(faults)
    box.fill("Typed after the end")
    expect(signed_out(page)).to_be_visible()

    sign_in(page.context.new_page(), world.lead)
    come_back_to(page)

    expect(signed_out(page)).to_be_hidden()
    expect(page.locator("#save-state")).to_contain_text("Saved at")
    assert stored() == ["Typed after the end"]


def test_another_person_sees_nothing_and_saves_nothing(open_form, world, faults):
    faults.expect("status of 403")
    page, box = open_form()
    end_sessions(faults)
    box.fill("The lead's own words")
    expect(signed_out(page)).to_be_visible()

    sign_in(page.context.new_page(), world.contributor)
    come_back_to(page)
    page.wait_for_timeout(2_000)

    expect(page.get_by_text("The lead's own words")).to_be_hidden()
    expect(box_of(page)).to_be_hidden()
    assert stored() == []


def test_another_person_is_led_away_from_a_page_without_a_form(new_page, world, faults):
    faults.expect("status of 403")
    page = new_page()
    sign_in(page, world.lead)
    page.goto("/en/self-reflections/2030/afan/")
    other = new_page()
    sign_in(other, world.officer)

    # At once: in between, the page would lead to signing in.
    page.context.add_cookies(other.context.cookies())
    come_back_to(page)

    page.wait_for_url("**/en/")
