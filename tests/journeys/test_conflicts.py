"""Two on one answer: the second is told, sees both texts, and settles it where they stand."""

import pytest
from playwright.sync_api import expect

from assessments.models import Answer, AnswerVersion
from organisations.models import Cluster
from tests.factories import MembershipFactory
from tests.journeys.world import World, fits, press, sign_in, until

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ADDRESS = "/en/self-reflections/2030/afan/outcomes/PCMW/1/"


@pytest.fixture
def world(transactional_db):
    return World()


def state(page):
    return page.locator("#save-state")


def box(page, name="going-well"):
    return page.locator(f"textarea[name={name}-text]")


def conflict(page, name="going-well"):
    return page.locator(f"#{name} .conflict")


def choose(page, label, name="going-well"):
    conflict(page, name).get_by_role("button", name=label, exact=True).click()


def stored():
    return dict(Answer.objects.exclude(text="").values_list("question", "text"))


def history(question="going_well"):
    versions = AnswerVersion.objects.filter(answer__question=question).order_by("pk")
    return list(versions.values_list("text", "refusal", "by__email"))


@pytest.fixture
def two(new_page, world, faults):
    """The lead and a contributor, on one page."""
    faults.expect("status of 409")
    pages = []
    for person in (world.lead, world.contributor):
        page = new_page()
        sign_in(page, person)
        page.goto(ADDRESS)
        pages.append(page)
    return pages


def write(page, **texts):
    for name, text in texts.items():
        box(page, name.replace("_", "-")).fill(text)
    assert until(lambda: texts.items() <= stored().items())


def test_each_way_of_settling_it_in_place(two, axe):
    mine, theirs = two
    names = ("going-well", "in-the-way", "support-needed")
    write(theirs, going_well="T1", in_the_way="T2", support_needed="T3")
    criterion = mine.locator(".criterion fieldset").first
    theirs.locator(".criterion fieldset label").first.click()
    assert until(Answer.objects.exclude(criterion=None).exists)

    criterion.locator("label").nth(1).click()
    for number, name in enumerate(names, 1):
        box(mine, name).fill(f"M{number}")
    expect(mine.locator(".conflict")).to_have_count(4)
    expect(state(mine)).to_have_text("This answer was changed while you were writing.")
    expect(mine.locator("#save-state-spoken")).to_have_text(
        "This answer was changed while you were writing."
    )
    expect(conflict(mine)).to_contain_text("Someone else changed this answer at")
    expect(conflict(mine)).to_contain_text("T1")
    expect(box(mine)).to_have_value("M1")
    expect(box(mine, "support-needed")).to_be_focused()  # nobody was interrupted
    axe(mine)
    mine.set_viewport_size({"width": 320, "height": 700})
    assert fits(mine)
    mine.set_viewport_size({"width": 1280, "height": 900})
    mine.get_by_role("button", name="Show both texts").click()
    expect(mine.locator(".conflict").first).to_be_focused()
    expect(mine.locator(".conflict").first.get_by_role("button")).to_have_count(2)
    mine.locator(".conflict").first.get_by_role("button", name="Keep theirs").click()
    expect(mine.locator(".conflict")).to_have_count(3)

    choose(mine, "Keep mine")
    expect(box(mine)).to_be_focused()
    choose(mine, "Keep theirs", "in-the-way")
    expect(box(mine, "in-the-way")).to_have_value("T2")
    choose(mine, "Join both", "support-needed")
    expect(box(mine, "support-needed")).to_have_value("M3\n\nT3")
    expect(mine.locator(".conflict")).to_have_count(0)
    expect(criterion.locator("input").first).to_be_checked()
    expect(state(mine)).to_contain_text("Saved at")
    mine.wait_for_timeout(1_500)

    assert stored() == {
        "going_well": "M1",
        "in_the_way": "T2",
        "support_needed": "M3\n\nT3",
    }
    theirs_by, mine_by = "contributor@example.test", "lead@example.test"
    assert history() == [
        ("T1", "", theirs_by),
        ("M1", "stale", mine_by),
        ("M1", "", mine_by),
    ]
    assert history("in_the_way") == [
        ("T2", "", theirs_by),
        ("M2", "stale", mine_by),
    ]
    press(mine, "en", "Save and continue")
    mine.wait_for_url("**/PCMW/2/")


def test_words_typed_beside_the_other_text_are_in_the_history_too(two):
    mine, theirs = two
    write(theirs, going_well="Theirs")
    box(mine).fill("Mine")
    expect(conflict(mine)).to_be_visible()

    box(mine).fill("Mine, and better")
    mine.wait_for_timeout(1_500)  # nothing is sent before it is settled
    while_open = history()
    press_save = mine.locator("main").get_by_role(
        "button", name="Save and continue", exact=True
    )
    press_save.click()  # which leads to what is to be settled
    expect(conflict(mine)).to_be_focused()
    choose(mine, "Keep theirs")
    expect(box(mine)).to_have_value("Theirs")
    expect(state(mine)).to_contain_text("Saved at")
    mine.wait_for_timeout(1_500)

    assert [text for text, *_ in while_open] == ["Theirs", "Mine"]
    assert [text for text, *_ in history()] == [
        "Theirs",
        "Mine",
        "Mine, and better",
        "Theirs",
    ]


def test_two_tabs_of_one_person_are_two_editors(new_page, world, faults):
    faults.expect("status of 409")
    first = new_page()
    sign_in(first, world.lead)
    first.goto(ADDRESS)
    second = first.context.new_page()
    second.goto(ADDRESS)
    write(second, going_well="In the second tab")

    box(first).fill("In the first tab")

    expect(conflict(first)).to_contain_text("You changed this answer yourself at")
    choose(first, "Join both")
    expect(state(first)).to_contain_text("Saved at")
    assert stored() == {"going_well": "In the first tab\n\nIn the second tab"}


def test_texts_of_two_clusters_never_cross(new_page, world):
    """One person, two memberships, two tabs: each saves where its address says."""
    other = Cluster.objects.get(code="upper-valleys")
    MembershipFactory(user=world.lead, cluster=other)
    first = new_page()
    sign_in(first, world.lead)
    first.goto(ADDRESS)
    second = first.context.new_page()
    second.goto(ADDRESS.replace("afan", other.code))

    for number in range(3):
        box(first).fill(f"Afan {number}")
        box(second).fill(f"Other {number}")
        second.wait_for_timeout(400)
    for page in (first, second):
        expect(state(page)).to_contain_text("Saved at")
        press(page, "en", "Save and continue")

    assert dict(
        Answer.objects.exclude(text="").values_list("reflection__cluster__code", "text")
    ) == {"afan": "Afan 2", other.code: "Other 2"}


def test_without_javascript_the_buttons_do_the_same(new_page, world, faults, axe):
    faults.expect("status of 409")
    theirs = new_page()
    mine = new_page(java_script_enabled=False)
    for page, person in ((mine, world.lead), (theirs, world.contributor)):
        sign_in(page, person)
        page.goto(ADDRESS)
    write(theirs, going_well="T1", in_the_way="T2", support_needed="T3")

    for number, name in enumerate(("going-well", "in-the-way", "support-needed"), 1):
        box(mine, name).fill(f"M{number}")
    press(mine, "en", "Save and continue")
    seen = [mine.locator(".conflict").count()]
    for label, name in (
        ("Keep theirs", "in-the-way"),
        ("Join both", "support-needed"),
        ("Keep mine", "going-well"),
    ):
        with mine.expect_navigation():
            choose(mine, label, name)
        seen.append(mine.locator(".conflict").count())

    expect(box(mine, "support-needed")).to_have_value("M3\n\nT3")
    assert stored() == {
        "going_well": "M1",
        "in_the_way": "T2",
        "support_needed": "M3\n\nT3",
    }
    assert seen == [3, 2, 1, 0]  # one button settles one answer
