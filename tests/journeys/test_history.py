"""From a first sentence to a second submission: history, restoring, reasons, more time."""

import datetime

import pytest
from django.utils import timezone

from assessments.models import Answer, Cycle, SelfReflection
from tests.journeys.world import World, fits, follow, press, sign_in, words

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TEXTS = {
    "cy": ("Mae'r tŷ yn iawn.", "Mae'r tŷ a'r ŵyn yn iawn."),
    "en": ("All is well with us.", "All is very well with us."),
}
REASONS = {"cy": "Dywedwch fwy am y practisau.", "en": "Say more of the practices."}


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


def text_of(page):
    return page.locator("main").inner_text()


def well():
    return Answer.objects.get(question="going_well").text


@pytest.mark.parametrize(
    ("language", "javascript"), [("cy", True), ("en", True), ("en", False)]
)
def test_from_a_first_sentence_to_a_second_submission(
    new_page, world, looked_at, language, javascript
):
    look = looked_at if javascript else (lambda page: None)
    cluster_page = new_page(java_script_enabled=javascript)
    board_page = new_page(java_script_enabled=javascript)
    here = f"/{language}/self-reflections/2030/afan/"
    outcome = f"{here}outcomes/PCMW/1/"
    first, second = TEXTS[language]
    sign_in(cluster_page, world.lead, language)
    sign_in(board_page, world.officer, language)

    # Written, changed, and put back from the history; the undo, and back again
    for text in (first, second):
        cluster_page.goto(outcome)
        cluster_page.locator("textarea[name=going-well-text]").fill(text)
        press(cluster_page, language, "Save and stay on this page")
    follow(cluster_page.locator("#going-well .history-link"))
    assert cluster_page.locator("ins").count() >= 1
    look(cluster_page)
    follow(cluster_page.locator(".version form button"))
    assert "undo=" in cluster_page.url
    assert well() == first
    look(cluster_page)
    follow(cluster_page.locator("form.undo button"))
    assert well() == second
    cluster_page.goto(f"{here}changes/")
    assert cluster_page.locator("li.version").count() == 4
    look(cluster_page)

    # Submitted, and returned with a reason for the first outcome
    cluster_page.goto(f"{here}check/")
    cluster_page.locator("label[for=incomplete]").click()
    press(cluster_page, language, "Submit the self-reflection")
    board_page.goto(f"{here}return/")
    board_page.locator("details summary").first.click()
    board_page.locator("details textarea").first.fill(REASONS[language])
    look(board_page)
    press(board_page, language, "Return it to the cluster")

    # The cluster reads it on the contents page and on the outcome's own
    cluster_page.goto(here)
    assert REASONS[language] in text_of(cluster_page)
    look(cluster_page)
    follow(cluster_page.locator(".return-reasons a"))
    assert REASONS[language] in text_of(cluster_page)
    cluster_page.locator(".criterion fieldset label").first.click()
    cluster_page.locator("textarea[name=going-well-text]").fill(first)
    press(cluster_page, language, "Save and stay on this page")

    # The hour passes; the board gives more time, and the cluster writes again
    a_second = datetime.timedelta(seconds=1)
    Cycle.objects.update(closes_at=timezone.now() - a_second)
    cluster_page.goto(outcome)
    assert cluster_page.url.endswith("/read/")
    board_page.goto(f"{here}extension/")
    until = timezone.localtime(timezone.now() + datetime.timedelta(days=3))
    for part, value in (
        ("day", until.day),
        ("month", until.month),
        ("year", until.year),
    ):
        board_page.locator(f"input[name=closes_on_{part}]").fill(str(value))
    board_page.locator("textarea[name=reason]").fill(REASONS[language])
    look(board_page)
    press(board_page, language, "Give more time")
    look(board_page)
    cluster_page.goto(outcome)
    cluster_page.locator("textarea[name=in-the-way-text]").fill(first)
    press(cluster_page, language, "Save and stay on this page")

    # The check page says what changed, and the board reads it once it is sent
    cluster_page.goto(f"{here}check/")
    heading = words(language, "Since submission %(number)s you changed") % {"number": 1}
    assert heading in text_of(cluster_page)
    look(cluster_page)
    cluster_page.locator("label[for=incomplete]").click()
    press(cluster_page, language, "Submit the self-reflection")
    cluster_page.goto(f"{here}states/")
    assert cluster_page.locator("li.version").count() == 5
    look(cluster_page)
    board_page.goto(here)
    changed = words(language, "What changed since the one before")
    follow(board_page.get_by_role("link", name=changed).first)
    assert board_page.url.endswith("/submissions/2/changes/")
    assert board_page.locator("del").count() >= 1
    look(board_page)
    assert world.reflection.state == SelfReflection.State.SUBMITTED
