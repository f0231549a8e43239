"""What is typed is saved by itself, and says so, whatever happens on the way."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from assessments.models import Answer, AnswerVersion
from tests.journeys.world import World, press, sign_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ADDRESS = "/en/self-reflections/2030/afan/outcomes/PCMW/1/"


@pytest.fixture
def world(transactional_db):
    return World()


@pytest.fixture
def writing(new_page, world):
    """The lead on the page of an outcome, and the box in which they write."""
    page = new_page()
    sign_in(page, world.lead)
    page.goto(ADDRESS)
    return page, page.locator("textarea[name=going-well-text]")


def state(page):
    return page.locator("#save-state")


def stored():
    return list(Answer.objects.exclude(text="").values_list("text", flat=True))


def test_saved_while_typing_and_the_level_follows(writing, axe):
    page, box = writing

    for group in page.locator("#criteria-1 ~ .criterion fieldset").all():
        group.locator("label").first.click()
    box.press_sequentially("The tŷ is open", delay=10)

    expect(page.locator("[data-part=answered]")).to_contain_text("Answered: 3 of 9")
    expect(page.locator("[data-part=suggestion]")).to_contain_text("Level 1")
    expect(state(page)).to_contain_text("Saved at")
    page.wait_for_timeout(2_000)  # the promise: within two seconds of the last key
    assert stored() == ["The tŷ is open"]
    axe(page)
    press(page, "en", "Save and continue")
    page.wait_for_url("**/PCMW/2/")
    assert AnswerVersion.objects.exclude(refusal="").count() == 0


def test_leaving_at_once_loses_nothing(writing):
    page, box = writing

    box.fill("Typed and gone")
    page.goto("/en/")
    page.wait_for_timeout(500)

    assert stored() == ["Typed and gone"]


def test_without_a_network_it_is_said_and_sent_later(writing, faults):
    faults.expect("ERR_INTERNET_DISCONNECTED")
    page, box = writing

    page.context.set_offline(True)
    box.fill("Typed on a train")
    expect(state(page)).to_contain_text("Not saved yet.")
    before = stored()
    page.context.set_offline(False)

    expect(state(page)).to_contain_text("Saved at", timeout=15_000)
    assert (before, stored()) == ([], ["Typed on a train"])


def test_somebody_elses_change_is_told_and_both_texts_are_shown(writing, faults):
    faults.expect("status of 409")
    page, box = writing
    other = page.context.new_page()
    other.goto(ADDRESS)
    other.locator("textarea[name=going-well-text]").fill("Quicker")
    expect(state(other)).to_contain_text("Saved at")

    box.fill("Slower")
    expect(state(page)).to_have_text("This answer was changed while you were writing.")
    page.get_by_role("button", name="Save the page and see both texts").click()

    expect(page.locator(".conflict")).to_contain_text("Quicker")
    expect(box).to_have_value("Slower")
    assert stored() == ["Quicker"]


def test_after_the_session_ended_it_is_saved_when_the_same_person_signs_in(
    writing, world, faults
):
    faults.expect("status of 403")
    page, box = writing
    Session.objects.all().delete()

    box.fill("Typed after the session ended")
    expect(state(page)).to_contain_text("You were signed out.")
    another_tab = page.context.new_page()
    sign_in(another_tab, world.lead)

    expect(state(page)).to_contain_text("Saved at", timeout=20_000)
    assert stored() == ["Typed after the session ended"]


def test_nothing_is_saved_for_another_person(writing, world, faults):
    faults.expect("status of 403")
    page, box = writing
    Session.objects.all().delete()
    box.fill("The lead's own words")
    expect(state(page)).to_contain_text("You were signed out.")

    another_tab = page.context.new_page()
    sign_in(another_tab, world.contributor)
    page.wait_for_timeout(6_000)  # it has tried again by then

    expect(state(page)).to_contain_text("You were signed out.")
    assert stored() == []
