"""A cycle from its plan to its end: the national officer, and what the cluster sees of it."""

# ruff: noqa: F401, F811 (a fixture that is imported is also an argument)
import datetime

import pytest
from django.utils import timezone

from assessments.models import Cycle
from notifications.models import Message
from tests.factories import ClusterFactory, UserFactory
from tests.journeys.test_self_reflection import looked_at
from tests.journeys.world import PASSWORD, World, press, sign_in, words

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

DAY = datetime.timedelta(days=1)


@pytest.fixture
def world(transactional_db, settings):
    settings.DEMONSTRATION = True  # for its outbox
    world = World()
    world.national = UserFactory(
        email="national@example.test", password=PASSWORD, national_officer=True
    )
    Message.objects.all().delete()
    Cycle.objects.update(closed_at=timezone.now())  # what World opened is over
    return world


def fill_date(page, name, day):
    for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
        page.locator(f"input[name={name}_{part}]").fill(str(value))


def plan(page, language, today):
    """Plan the cycle "2031" from the start page; a name is forgotten at first."""
    page.get_by_role("link", name=words(language, "See the cycles")).click()
    page.get_by_role("link", name=words(language, "Plan a cycle")).click()
    page.locator("input[name=name_en]").fill("Self-reflection 2031")
    page.locator("input[name=code]").fill("2031")
    fill_date(page, "opens_on", today)
    page.locator("input[name=opens_at_hour]").fill("00:00")
    fill_date(page, "closes_on", today + 30 * DAY)


@pytest.mark.parametrize("language", ["cy", "en"])
def test_a_cycle_from_its_plan_to_its_end(new_page, world, looked_at, faults, language):
    faults.expect("status of 422")
    locale = "cy-GB" if language == "cy" else "en-GB"
    officer, lead = new_page(locale=locale), new_page(locale=locale)
    today = timezone.localdate()
    main = officer.locator("main")

    # Planning, with a mistake
    sign_in(officer, world.national, language)
    looked_at(officer)
    plan(officer, language, today)
    looked_at(officer)
    press(officer, language, "Plan the cycle")
    looked_at(officer)
    assert words(language, "Enter the name in Welsh.") in main.inner_text()
    officer.locator("input[name=name_cy]").fill("Hunanfyfyrio 2031")
    press(officer, language, "Plan the cycle")
    looked_at(officer)
    cycle = Cycle.objects.get(code="2031")
    assert cycle.shown_state == "planned"

    # Opening, after a look at whom it concerns
    officer.get_by_role(
        "link", name=words(language, "Open the cycle"), exact=True
    ).click()
    officer.locator("main details").first.locator("summary").click()
    looked_at(officer)
    assert (
        f"{words(language, 'Clusters that get a self-reflection')}: 60"
        in main.inner_text()
    )
    press(officer, language, "Open the cycle")
    looked_at(officer)
    assert cycle.reflections.count() == 60

    # The lead was told, and begins
    told = Message.objects.get(kind="cycle_opened")
    assert told.address == world.lead.email
    sign_in(lead, world.lead, language)
    lead.get_by_role("link", name=words(language, "Begin the self-reflection")).click()

    # A cluster that was added since
    ClusterFactory(
        health_board=world.board,
        local_authority=world.cluster.local_authority,
        planning_group=None,
    )
    officer.get_by_role(
        "link",
        name=words(language, "Give clusters that were added since a self-reflection"),
    ).click()
    looked_at(officer)
    press(officer, language, "Give them a self-reflection")
    assert cycle.reflections.count() == 61

    # More time for all
    officer.get_by_role("link", name=words(language, "Extend the cycle")).click()
    fill_date(officer, "closes_on", today + 37 * DAY)
    officer.locator("textarea[name=reason_cy]").fill("Eira mawr ym mis Ionawr.")
    looked_at(officer)
    press(officer, language, "Continue")
    looked_at(officer)
    other = "English" if language == "cy" else "Cymraeg"
    officer.get_by_role("button", name=other, exact=True).click()
    switched = "en" if language == "cy" else "cy"
    officer.wait_for_url(f"**/{switched}/cycles/2031/extend/")
    looked_at(officer)
    press(officer, switched, "Extend the cycle")
    officer.goto(f"/{language}/cycles/2031/")
    looked_at(officer)
    assert "Eira mawr" in main.inner_text()
    lead.reload()
    looked_at(lead)
    assert "Eira mawr" in lead.locator("main").inner_text()

    # Its end, before its hour
    officer.get_by_role("link", name=words(language, "Close the cycle")).click()
    looked_at(officer)
    press(officer, language, "Close the cycle")
    looked_at(officer)
    officer.locator("input[name=early]").check()
    officer.locator("input[name=final]").check()
    press(officer, language, "Close the cycle")
    looked_at(officer)
    officer.goto(f"/{language}/cycles/")
    looked_at(officer)
    cycle.refresh_from_db()
    assert cycle.shown_state == "closed"


def test_two_officers_without_javascript(new_page, world, looked_at, faults):
    faults.expect("status of 409")
    page = new_page(java_script_enabled=False)
    other = UserFactory(
        email="other@example.test",
        name="Officer Two",
        password=PASSWORD,
        national_officer=True,
    )
    second = new_page(java_script_enabled=False)
    sign_in(page, world.national)
    sign_in(second, other)
    plan(page, "en", timezone.localdate())
    page.locator("input[name=name_cy]").fill("Hunanfyfyrio 2031")
    press(page, "en", "Plan the cycle")
    for one in (page, second):
        one.goto("/en/cycles/2031/open/")
    press(second, "en", "Open the cycle")
    press(page, "en", "Open the cycle")

    assert "The cycle was opened: Officer Two" in page.locator("body").inner_text()

    for one in (page, second):
        one.goto("/en/cycles/2031/extend/")
        fill_date(one, "closes_on", timezone.localdate() + 40 * DAY)
        one.locator("textarea[name=reason_en]").fill("Snow.")
        press(one, "en", "Continue")
    press(second, "en", "Extend the cycle")
    press(page, "en", "Extend the cycle")

    text = page.locator("main").inner_text()
    assert "The cycle was extended: Officer Two" in text
    assert page.locator("textarea[name=reason_en]").input_value() == "Snow."
