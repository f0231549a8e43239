"""Views before the meeting, the meeting itself at one screen, and who is here, in a real browser."""

import pytest
from playwright.sync_api import expect

from assessments.models import (
    Answer,
    Discussion,
    FacilitatedSession,
    Presence,
    Question,
    View,
)
from frameworks.models import Criterion
from organisations.models import Profession
from tests.factories import UserFactory
from tests.journeys.world import (
    PASSWORD,
    World,
    fits,
    follow,
    press,
    sign_in,
    sign_out,
    until,
    words,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SENTENCES = {
    "cy": "Rydym yn agos iawn at y lefel nesaf.",
    "en": "We are very close to the next level.",
}
SMALL = {"width": 320, "height": 700}
TABLET = {"width": 1024, "height": 768}
PROJECTOR = {"width": 1920, "height": 1080}


@pytest.fixture
def world(transactional_db):
    world = World()
    world.third = UserFactory(
        email="third@example.test", password=PASSWORD, contributor_to=world.cluster
    )
    world.contributor.memberships.update(profession=Profession.PHARMACY)
    return world


@pytest.fixture
def looked_at(axe):
    """Check a page for accessibility, and that it fits at 320 pixels and on a tablet."""

    def look(page):
        axe(page)
        before = page.viewport_size
        for size in (SMALL, TABLET):
            page.set_viewport_size(size)
            assert fits(page), f"{page.url} scrolls sideways at {size['width']} pixels"
        page.set_viewport_size(before)

    return look


def at(language, path=""):
    return f"/{language}/self-reflections/2030/afan/{path}"


def stored(question):
    return list(Answer.objects.filter(question=question).values_list("choice", "text"))


@pytest.mark.parametrize("language", ["cy", "en"])
@pytest.mark.parametrize("javascript", [True, False])
def test_three_views_are_spread_when_the_lead_opens(
    new_page, world, looked_at, language, javascript
):
    sentence = SENTENCES[language]
    for person, level, tells in (
        (world.contributor, 1, True),
        (world.third, 2, False),
        (world.lead, 2, False),
    ):
        page = new_page(java_script_enabled=javascript)
        sign_in(page, person, language)
        page.goto(at(language, "outcomes/PCMW/1/view/"))
        page.locator(f"input[name$=-choice][value='{level}']").check()
        page.locator("textarea[name$=-text]").fill(sentence if tells else "")
        if tells:
            page.locator("input[name$=-shared]").check()
            if javascript:
                looked_at(page)
        press(page, language, "Save and continue")
    assert View.objects.filter(choice__in="12").count() == 3

    page.goto(at(language, "outcomes/PCMW/1/discussion/"))
    hidden = page.locator("main").inner_text()
    if javascript:
        looked_at(page)
    press(page, language, "Open the discussion")

    numbers = page.locator(".spread__number").all_inner_texts()
    assert (sentence in hidden, numbers) == (False, ["0", "1", "2", "0"])
    assert sentence in page.locator(".spread__sentences").inner_text()
    assert str(world.contributor) not in page.locator("main").inner_text()
    if javascript:
        looked_at(page)
    page.goto(at(language, "outcomes/PCMW/1/view/"))
    assert page.locator("input[name$=-choice][type=radio]").count() == 0


def test_a_view_typed_in_two_tabs_keeps_both_texts(new_page, world, looked_at, faults):
    faults.expect("status of 409")
    first = new_page()
    sign_in(first, world.contributor)
    second = first.context.new_page()
    for tab in (first, second):
        tab.goto(at("en", "outcomes/PCMW/1/view/"))

    first.locator("textarea[name$=-text]").fill("From the first tab")
    expect(first.locator("#save-state")).to_contain_text("Saved at")
    second.locator("textarea[name$=-text]").fill("From the second tab")
    conflict = second.locator(".conflict")
    expect(conflict).to_contain_text("From the first tab")
    looked_at(second)
    conflict.get_by_role("button", name="The one on this page").click()

    expect(second.locator("#save-state")).to_contain_text("Saved at")
    expect(conflict).to_have_count(0)
    assert View.objects.get().text == "From the second tab"


@pytest.mark.parametrize("language", ["cy", "en"])
def test_a_session_by_keyboard_alone(new_page, world, looked_at, language):
    page = new_page(viewport=PROJECTOR)
    sign_in(page, world.contributor, language)
    page.goto(at(language, "session/"))
    looked_at(page)
    page.locator("input[name=present]").first.focus()
    page.keyboard.press("Space")
    page.locator("input[name=minutes_an_outcome]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    # The outcome as a whole, with a note; keys are letters while one writes.
    looked_at(page)
    page.keyboard.press("w")
    page.keyboard.type("n1 " + SENTENCES[language])
    expect(page.locator("#save-state")).not_to_be_empty()
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("n")

    # Every criterion: the first met, the others partly.
    total = len(
        Criterion.objects.filter(outcome__module__code="PCMW", outcome__number=1)
    )
    looked_at(page)
    for number in range(1, total + 1):
        with page.expect_navigation():
            page.keyboard.press("1" if number == 1 else "2")
        assert page.locator(".room__key[aria-pressed=true]").count() == 1
        with page.expect_navigation():
            page.keyboard.press("ArrowRight")

    # The level, beside what is suggested; left, and come back to.
    assert page.url.endswith("/session/PCMW/1/end/")
    assert page.locator(".room__suggested .level").is_visible()
    looked_at(page)
    with page.expect_navigation():
        page.keyboard.press("0")
    leave = page.get_by_role(
        "button", name=words(language, "Leave, and come back later")
    )
    leave.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(at(language, "session/"))

    assert page.url.endswith("/session/PCMW/1/end/")
    assert page.locator("[data-runs]").count() == 0
    assert stored(Question.OWN_LEVEL) == [("0", "")]
    assert stored(Question.DISCUSSION_NOTE) == [("", "n1 " + SENTENCES[language])]
    choices = Answer.objects.filter(criterion__isnull=False).order_by("pk")
    assert [a.choice for a in choices] == ["met"] + ["partly_met"] * (total - 1)


def test_the_keys_can_be_switched_off(new_page, world):
    page = new_page()
    sign_in(page, world.contributor)
    page.goto(at("en", "session/"))
    press(page, "en", "Start the session")
    page.locator("#shortcuts summary").click()
    page.locator("#use-shortcuts").uncheck()
    page.reload()

    page.keyboard.press("n")
    page.wait_for_timeout(500)

    assert page.url.endswith("/session/PCMW/1/outcome/")
    assert page.locator(".room--keys").count() == 0


def test_not_applicable_leads_to_its_reason(new_page, world):
    page = new_page()
    sign_in(page, world.contributor)
    page.goto(at("en", "session/"))
    press(page, "en", "Start the session")
    with page.expect_navigation():
        page.keyboard.press("n")
    with page.expect_navigation():
        page.keyboard.press("4")

    reason = page.locator(".room__answer textarea")
    expect(reason).to_be_focused()
    page.keyboard.type("n1 None here.")
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("n")

    answer = Answer.objects.get(criterion__isnull=False)
    assert (answer.choice, answer.text) == ("not_applicable", "n1 None here.")


def test_by_touch_every_button_is_as_large_as_a_finger(new_page, world):
    page = new_page(viewport=TABLET, has_touch=True)
    sign_in(page, world.contributor)
    page.goto(at("en", "session/"))
    press(page, "en", "Start the session")
    page.get_by_role("button", name="Next").tap()
    page.wait_for_url("**/session/PCMW/1/1/")
    page.get_by_role("button", name="Partly met").tap()
    expect(page.locator(".room__key[aria-pressed=true]")).to_contain_text("Partly met")

    small = page.evaluate(
        """[...document.querySelectorAll("form.room button")]
           .filter(button => button.offsetParent && button.getBoundingClientRect().height < 44)
           .map(button => button.textContent.trim())"""
    )

    assert small == []


def test_a_session_without_javascript_to_its_end(new_page, world, faults):
    faults.expect("status of 409")
    page = new_page(java_script_enabled=False)
    sign_in(page, world.lead)
    page.goto(at("en", "session/"))
    page.locator("input[name=present][value=pharmacy]").check()
    press(page, "en", "Start the session")
    page.locator("textarea[name=discussion-note-text]").fill("By hand.")
    press(page, "en", "Open the discussion…")
    press(page, "en", "Open the discussion")
    assert "Fewer than three people" in page.locator("main").inner_text()
    follow(page.get_by_role("link", name="Back to the room"))
    follow(page.locator(".room__next"))
    follow(page.get_by_role("button", name="Not applicable"))
    assert page.locator(".room__answer textarea").is_visible()
    page.locator(".room__key").first.click()
    assert not page.locator(".room__answer textarea").is_visible()
    follow(page.locator(".room__next"))
    press(page, "en", "End the session")
    press(page, "en", "Put this into part 1 and end the session")

    assert stored(Question.DISCUSSION_NOTE) == [("", "By hand.")]
    assert stored(Question.PARTICIPANTS) == [("pharmacy", "")]
    assert stored(Question.METHOD) == [("facilitated", "")]
    assert Answer.objects.get(question=Question.HELD_ON).dated_on is not None
    assert not Discussion.objects.exists()
    assert FacilitatedSession.objects.get().ended_at is not None


def test_two_people_see_each_other_and_do_not_when_one_has_left(
    new_page, world, looked_at
):
    lead = new_page()
    sign_in(lead, world.lead)
    quicker(lead)
    lead.goto(at("en"))
    other = new_page()
    quicker(other)
    sign_in(other, world.contributor)
    other.goto(at("en", "outcomes/PCMW/3/"))

    line = lead.locator(".presence__line")
    beside = lead.locator("[data-presence-at=PCMW-3]")
    expect(line).to_contain_text(f"{world.contributor} · Pharmacy")
    expect(line).to_contain_text("Outcome 3")
    expect(beside).to_contain_text(str(world.contributor))
    expect(other.locator(".presence__line")).to_contain_text(str(world.lead))
    looked_at(lead)
    other.goto("/en/")
    expect(line).to_be_hidden()
    expect(beside).to_be_hidden()

    # The line is hidden too where the server is slow to reply.
    here = Presence.objects.giving_signs().values_list("by__email", flat=True)
    assert until(lambda: list(here.all()) == [world.lead.email])

    other.goto(at("en", "outcomes/PCMW/3/"))
    expect(line).to_contain_text(str(world.contributor))
    sign_out(other)
    assert list(here.all()) == [world.lead.email]


def test_who_signs_out_is_not_here_again_while_the_last_words_are_sent(new_page, world):
    page = new_page()
    quicker(page)
    sign_in(page, world.lead)
    page.goto(at("en", "outcomes/PCMW/3/"))
    told, under_way = [], []

    def listen(route):
        told.append("leaves" if "leave" in route.request.post_data else "is here")
        if told[-1] == "leaves":
            for sign in under_way:
                sign.continue_()
            route.continue_()
        else:
            under_way.append(route)

    def late(route):
        page.wait_for_timeout(2_000)
        route.continue_()

    page.route("**/presence/", listen)
    assert until(lambda: page.wait_for_timeout(100) or under_way)
    page.route("**/outcomes/PCMW/3/", late)
    page.locator("textarea[name=going-well-text]").fill("The last words")
    sign_out(page)

    assert told == ["is here", "leaves"]
    assert Answer.objects.get().text == "The last words"


def quicker(page):
    """Let the pages give a sign every half second, as their attribute says."""

    def sooner(route):
        response = route.fetch()
        body = response.text().replace('data-every="10000"', 'data-every="500"')
        route.fulfill(response=response, body=body)

    page.route("**/self-reflections/2030/afan/", sooner)
    page.route("**/self-reflections/2030/afan/outcomes/**", sooner)
