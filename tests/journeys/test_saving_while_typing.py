"""What is typed is saved by itself, and says so, whatever happens on the way."""

import time

import pytest
from playwright.sync_api import expect

from assessments import services
from assessments.models import Answer, AnswerVersion, SelfReflection
from organisations.models import Membership
from tests.factories import (
    CycleFactory,
    EditionFactory,
    EnablingFactorFactory,
    ModuleFactory,
    OutcomeFactory,
)
from tests.journeys.world import (
    World,
    drafts,
    end_sessions,
    press,
    sign_in,
    sign_out,
    until,
)
from tests.steps import entry, save, words_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ADDRESS = "/en/self-reflections/2030/afan/outcomes/PCMW/1/"
CONTEXT = "/en/self-reflections/2030/afan/context/"
KEPT = "Kept on this device. We will keep trying to save it."


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


def spoken(page):
    return page.locator("#save-state-spoken")


def stored():
    return list(Answer.objects.exclude(text="").values_list("text", flat=True))


def refused():
    return list(
        AnswerVersion.objects.exclude(refusal="").values_list("text", flat=True)
    )


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
    expect(spoken(page)).to_have_text(state(page).text_content())
    assert drafts(page) == 0
    axe(page)
    press(page, "en", "Save and continue")
    page.wait_for_url("**/PCMW/2/")
    assert refused() == []


def test_saving_is_spoken_once_and_not_at_every_pause(writing):
    page, box = writing
    page.evaluate(
        """() => {
          window.heard = [];
          const region = document.getElementById("save-state-spoken");
          new MutationObserver(() => heard.push(region.textContent.replace(/\\d\\d:\\d\\d/, "…")))
            .observe(region, {childList: true, characterData: true, subtree: true});
        }"""
    )

    for text in ("One", "One, two", "One, two, three"):
        box.fill(text)
        page.wait_for_timeout(1_500)
    expect(state(page)).to_contain_text("Saved at")

    heard = page.evaluate("heard")
    assert heard[:2] == ["Saving…", "Saved at …"]
    assert len(heard) <= 3  # once more where the minute has changed
    assert AnswerVersion.objects.count() == 3


def test_leaving_at_once_loses_nothing_and_keeps_nothing(writing):
    page, box = writing

    box.fill("Typed and gone")
    page.goto("/en/")

    assert until(stored) == ["Typed and gone"]
    page.goto(ADDRESS)
    expect(box).to_have_value("Typed and gone")
    page.wait_for_timeout(500)
    assert (drafts(page), page.locator("#save-restored").text_content()) == (0, "")


def test_a_page_made_before_the_last_words_were_saved_shows_them(writing, world):
    """As when a page is loaded again while they are on their way."""
    page, box = writing
    old = page.request.get(ADDRESS).text()

    box.fill("On their way")
    page.wait_for_timeout(600)  # the draft is written, and the answer not sent yet
    page.goto("/en/")
    assert until(stored) == ["On their way"]
    page.route(
        "**/PCMW/1/",
        lambda route: (
            route.fulfill(body=old, content_type="text/html; charset=utf-8")
            if route.request.method == "GET"
            else route.continue_()
        ),
    )
    page.goto(ADDRESS)

    expect(state(page)).to_contain_text("Saved at")
    expect(box).to_have_value("On their way")
    box.fill("On their way, and there")
    page.wait_for_timeout(1_500)
    expect(state(page)).to_contain_text("Saved at")
    assert (stored(), refused()) == (["On their way, and there"], [])


def test_what_somebody_went_on_from_does_not_come_back(writing, world):
    """The last words were saved, but the page did not hear of it; a colleague wrote on."""
    page, box = writing
    box.fill("A beginning")
    page.goto("/en/")
    until(stored)
    save(
        world.reflection,
        entry(words_of(world.reflection, module="PCMW"), "And an end", base=1),
        by=world.contributor,
    )

    page.goto(ADDRESS)
    page.wait_for_timeout(2_000)  # what would come back has come by then

    expect(box).to_have_value("And an end")
    assert (stored(), refused(), drafts(page)) == (["And an end"], [], 0)


def test_without_a_network_it_is_said_and_sent_later(writing, faults):
    faults.expect("ERR_INTERNET_DISCONNECTED")
    page, box = writing

    page.context.set_offline(True)
    box.fill("Typed on a train")
    expect(state(page)).to_have_text(KEPT)
    expect(spoken(page)).to_have_text(KEPT)
    page.locator("main").get_by_role("button", name="Save and continue").click()
    expect(state(page)).to_have_text(KEPT)
    before = (stored(), drafts(page))
    page.context.set_offline(False)

    expect(state(page)).to_contain_text("Saved at", timeout=15_000)
    assert (before, stored(), drafts(page)) == (([], 1), ["Typed on a train"], 0)


def test_while_the_server_starts_again_it_is_tried_again(writing, faults):
    faults.expect("status of 502")
    page, box = writing
    lost = []

    def server(route):
        if route.request.method != "POST" or len(lost) == 2:
            route.continue_()
        elif not lost:
            route.fetch()  # it was saved, but the reply gets lost
            lost.append("reply")
            route.fulfill(status=502)
        else:
            lost.append("request")
            route.fulfill(status=502)

    page.route("**/PCMW/1/", server)
    box.fill("Typed in between")
    expect(state(page)).to_have_text(KEPT)

    # tried again after five seconds, and after ten more
    expect(state(page)).to_contain_text("Saved at", timeout=40_000)
    assert (stored(), AnswerVersion.objects.count()) == (["Typed in between"], 1)


def test_a_slow_server_makes_no_conflicts(writing):
    """Fast typing, one request at a time; and leaving while one is on its way."""
    page, box = writing
    requests = []

    def slow(route):
        if route.request.method == "POST":
            requests.append(route)
            time.sleep(1.5)
        route.continue_()

    page.route("**/PCMW/1/", slow)
    typed = ""
    for number in range(20):
        typed += f"{number} "
        box.press_sequentially(f"{number} ", delay=5)
        page.wait_for_timeout(150 if number % 5 else 1_100)
    expect(state(page)).to_contain_text("Saved at", timeout=15_000)
    box.press_sequentially("and then", delay=5)
    page.wait_for_timeout(1_050)
    box.press_sequentially(" gone", delay=5)
    page.goto("/en/")

    assert until(lambda: stored() == [f"{typed}and then gone"])
    page.unroute("**/PCMW/1/")
    page.goto(ADDRESS)
    expect(box).to_have_value(f"{typed}and then gone")
    page.wait_for_timeout(1_000)
    expect(page.locator(".conflict")).to_have_count(0)
    assert refused() == []


@pytest.mark.parametrize("state_of", ["signed out", "offline", "overloaded"])
def test_while_nothing_can_be_saved_it_is_seldom_tried(writing, faults, state_of):
    faults.expect("status of (403|503)|ERR_INTERNET_DISCONNECTED")
    page, box = writing
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(1))
    if state_of == "signed out":
        end_sessions(faults)
    elif state_of == "offline":
        page.context.set_offline(True)
    else:
        page.route(
            "**/PCMW/1/",
            lambda route: (
                route.fulfill(status=503)
                if route.request.method == "POST"
                else route.continue_()
            ),
        )

    box.fill("One")
    for number in range(6):
        if state_of != "signed out":
            box.press_sequentially(str(number))
        page.wait_for_timeout(2_500)

    assert 1 <= len(sent) <= 4


def test_saved_is_not_said_of_what_is_not(writing):
    page, box = writing
    box.fill("One")
    expect(state(page)).to_contain_text("Saved at")

    box.press_sequentially(" and")
    while_typing = state(page).text_content()
    page.route("**/PCMW/1/", lambda route: (time.sleep(1), route.continue_()))
    page.wait_for_timeout(1_300)
    box.press_sequentially(" two")
    page.evaluate(
        """() => {
          window.said = [];
          const line = document.getElementById("save-state");
          new MutationObserver(() => said.push([line.textContent.slice(0, 5),
            document.querySelector("[name=going-well-version]").value]))
            .observe(line, {childList: true});
        }"""
    )
    expect(state(page)).to_contain_text("Saved at")

    assert while_typing == "Saving…"
    assert [
        version for sentence, version in page.evaluate("said") if sentence == "Saved"
    ] == ["3"]


def test_signing_in_is_asked_for_in_a_pause(writing, faults):
    faults.expect("status of 403")
    page, box = writing
    dialog = page.locator("#signed-out")
    end_sessions(faults)

    with page.expect_response(lambda response: response.status in {401, 403}):
        box.press_sequentially("ab")
    for _ in range(10):
        page.keyboard.type("c")
        page.wait_for_timeout(200)
    while_typing = dialog.is_visible()
    expect(dialog).to_be_visible()

    expect(box).to_have_value("ab" + 10 * "c")
    expect(page.locator("#signed-out-password")).to_have_value("")
    assert not while_typing


def test_a_fault_is_said_beside_its_field(writing, faults, axe):
    faults.expect("status of 422")
    page, _ = writing
    page.goto(CONTEXT)
    date = page.locator("fieldset:has(> .nhsuk-date-input)").first
    boxes = date.locator("input")

    boxes.nth(0).fill("31")
    boxes.nth(1).fill("2")
    boxes.nth(2).fill("2030")
    before = date.locator(".nhsuk-error-message").count()
    boxes.nth(2).press("Tab")
    expect(date.locator(".nhsuk-error-message")).to_have_count(1, timeout=3_000)
    error = date.locator("[id$=_error]").get_attribute("id")
    assert (before, error in date.get_attribute("aria-describedby").split()) == (
        0,
        True,
    )
    axe(page)
    boxes.nth(0).fill("1")
    boxes.nth(0).press("Tab")
    page.locator("textarea").first.focus()

    expect(date.locator(".nhsuk-error-message")).to_have_count(0)
    expect(boxes.nth(0)).not_to_have_attribute("aria-invalid", "true")


def test_what_stands_beside_an_answer_follows_it(writing, axe):
    page, _ = writing
    row = page.locator("#criteria-1 ~ .criterion").first
    taken_back = row.get_by_label("Not answered")
    before = (taken_back.count(), row.locator(".history-link").is_visible())

    row.locator("label").first.click()
    expect(row.locator(".history-link")).to_be_visible()
    axe(page)
    taken_back.check()
    expect(state(page)).to_contain_text("Saved at")

    assert before == (0, False)
    assert until(lambda: list(Answer.objects.values_list("choice", flat=True)) == [""])
    expect(row.locator(".history-link")).to_be_visible()


def test_what_is_too_large_to_send_on_leaving_is_sent_at_the_next_opening(
    writing, faults
):
    faults.expect("ERR_FAILED")
    page, box = writing
    other = page.locator("textarea[name=in-the-way-text]")
    large = "ŵ" * 9_000  # 54,000 bytes on the way, where 64,000 may be

    page.route("**/PCMW/1/", lambda route: route.abort())
    box.fill(large)
    box.blur()
    expect(state(page)).to_have_text(KEPT)
    other.fill(large)
    page.wait_for_timeout(500)
    page.unroute("**/PCMW/1/")
    page.goto("/en/")
    until(stored)
    page.goto(ADDRESS)

    expect(state(page)).to_contain_text("Saved at")
    expect(page.locator("#save-restored")).to_contain_text(
        "What you typed before is back:"
    )
    assert until(lambda: stored() == [large, large])
    expect(page.locator(".conflict")).to_have_count(0)


def test_what_comes_too_late_is_said_and_shown(writing, faults):
    faults.expect("status of 4(10|09)")
    page, box = writing
    SelfReflection.objects.update(state=SelfReflection.State.SUBMITTED)

    box.fill("Typed too late")
    expect(state(page)).to_contain_text("answers can no longer be changed")
    page.get_by_role("button", name="Save the page").click()

    expect(page.locator("main")).to_contain_text("Typed too late")
    assert (stored(), set(refused())) == ([], {"Typed too late"})


def test_a_text_that_is_too_long_is_said_and_kept(writing, faults):
    faults.expect("status of 422")
    page, box = writing

    box.fill("a" * 10_001)
    expect(state(page)).to_contain_text("This could not be saved as it is.")
    page.goto("/en/")
    page.goto(ADDRESS)

    expect(box).to_have_value("a" * 10_001)
    expect(state(page)).to_contain_text("This could not be saved as it is.")
    page.get_by_role("button", name="Save the page").click()
    expect(page.locator(".nhsuk-error-summary")).to_contain_text("Shorten this text.")


def test_whoever_may_no_longer_write_is_told(writing, world, faults):
    faults.expect("status of 404")
    page, box = writing
    Membership.objects.filter(user=world.lead).delete()

    box.fill("Typed by a former lead")

    expect(state(page)).to_contain_text("You can no longer save here.")
    expect(box).to_have_value("Typed by a former lead")


def test_another_person_sees_none_of_it_and_its_writer_all(writing, world, faults):
    faults.expect("status of 403")
    page, box = writing
    end_sessions(faults)
    box.fill("The lead's own words")
    expect(state(page)).to_contain_text("You were signed out.")

    another_tab = page.context.new_page()
    sign_in(another_tab, world.contributor)
    page.wait_for_url("**/en/", timeout=45_000)  # the dialog asks every 20 s
    page.goto(ADDRESS)
    page.wait_for_timeout(1_000)
    seen_by_another = (box.input_value(), stored(), drafts(page))
    sign_out(page)
    sign_in(page, world.lead)
    page.goto(ADDRESS)

    expect(box).to_have_value("The lead's own words")
    expect(state(page)).to_contain_text("Saved at")
    assert seen_by_another == ("", [], 1)
    assert (stored(), drafts(page)) == (["The lead's own words"], 0)


def test_a_page_brought_back_as_it_was_is_loaded_again(writing, world):
    page, box = writing
    save(
        world.reflection,
        entry(words_of(world.reflection, module="PCMW"), "Meanwhile"),
        by=world.contributor,
    )

    page.evaluate(
        "window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
    )

    expect(box).to_have_value("Meanwhile")
    box.fill("Meanwhile, and more")
    expect(state(page)).to_contain_text("Saved at")
    assert (stored(), refused()) == (["Meanwhile, and more"], [])


@pytest.fixture
def large_page(world):
    """An outcome of thirty criteria: a page of more than sixty fields."""
    edition = EditionFactory()
    module = ModuleFactory(edition=edition, number=1, code="LARGE")
    OutcomeFactory(module=module, number=1, criteria=10)
    EnablingFactorFactory(edition=edition)
    services.close_cycle(cycle=world.cycle, by=world.administrator)
    cycle = CycleFactory(code="2031", edition=edition, opened_at=None)
    services.open_cycle(cycle=cycle, by=world.administrator)
    return "/en/self-reflections/2031/afan/outcomes/LARGE/1/"


def test_changing_the_language_keeps_sixty_fields(new_page, world, large_page):
    page = new_page()
    sign_in(page, world.lead)
    page.goto(large_page)
    page.evaluate(
        """() => {
          for (const details of document.querySelectorAll("details.comment")) details.open = true;
          for (const area of document.querySelectorAll(".criterion textarea")) {
            area.value = `Ŵ ${area.name}`;
            area.dispatchEvent(new Event("input", {bubbles: true}));
          }
          for (const group of document.querySelectorAll(".criterion fieldset")) {
            group.querySelector("input[type=radio]")?.click();
          }
        }"""
    )
    fields = """() => [...new FormData(document.getElementById("page-form"))].filter(([name, value]) =>
      /-(text|choice)$/.test(name) && value)"""
    filled = page.evaluate(fields)

    seen = []
    for language in ("cy", "en") * 2:
        label = {"cy": "Cymraeg", "en": "English"}[language]
        page.get_by_role("button", name=label, exact=True).click()
        page.wait_for_url(f"**/{language}/self-reflections/**")
        seen.append(page.evaluate(fields))

    assert len(filled) >= 60
    assert seen == [filled] * 4
    assert refused() == []
