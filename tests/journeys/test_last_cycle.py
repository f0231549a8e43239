"""The last cycle beside the form: carried forward, confirmed, flagged and found again."""

import pytest
from playwright.sync_api import expect

from assessments.models import Answer, Flag
from assessments.subjects import Subject
from frameworks.models import Criterion, Outcome
from tests.factories import (
    CycleFactory,
    EditionFactory,
    ModuleFactory,
    SelfReflectionFactory,
    thawed,
)
from tests.factories.assessments import days_from_now
from tests.journeys.world import World, fits, follow, sign_in, words
from tests.steps import entry, save, submit

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    """Afan submitted before, on another edition, from which two criteria came, reworded."""
    world = World()
    edition = EditionFactory(code="2019-05")
    ModuleFactory(edition=edition, number=1, code="OLD", outcomes=1)
    old = list(Criterion.objects.filter(outcome__module__edition=edition, level=1))
    old += Criterion.objects.filter(outcome__module__edition=edition, level=2)
    world.criteria = list(
        Criterion.objects.filter(
            outcome__module__edition=world.cycle.edition,
            outcome__module__code="PCMW",
            outcome__number=1,
        )[:2]
    )
    for criterion, predecessor in zip(world.criteria, old, strict=True):
        criterion.predecessor = predecessor
        with thawed():
            criterion.save()
    world.before = SelfReflectionFactory(
        cluster=world.cluster,
        cycle=CycleFactory(
            code="2029",
            name_cy="Hunanfyfyrio 2029",
            name_en="Self-reflection 2029",
            edition=edition,
            opens_at=days_from_now(-400),
            closes_at=days_from_now(5),
        ),
    )
    outcome = Outcome.objects.get(module__edition=edition)
    save(
        world.before,
        entry(Subject(criterion_id=old[0].pk), "Bron yno.", choice="partly_met"),
        entry(Subject(criterion_id=old[1].pk), choice="met"),
        entry(Subject(outcome_id=outcome.pk, question="own_level"), choice="2"),
        entry(Subject(outcome_id=outcome.pk, question="going_well"), "Da iawn."),
        by=world.lead,
    )
    submit(world.before, by=world.lead)
    return world


@pytest.fixture
def looked_at(axe):
    """Check a page for accessibility, wide and at 320 pixels."""

    def look(page):
        axe(page)
        page.set_viewport_size({"width": 320, "height": 700})
        assert fits(page), f"{page.url} scrolls sideways at 320 pixels"
        page.set_viewport_size({"width": 1280, "height": 900})

    return look


def stored(world):
    """What was answered in this cycle, by criterion or question."""
    return {
        answer.criterion_id or answer.question: (answer.choice, answer.text)
        for answer in Answer.objects.filter(reflection=world.reflection)
    }


def press_in(place, name):
    follow(place.locator(f"button[name={name}]"))


@pytest.mark.parametrize("language", ["cy", "en"])
def test_last_cycle_is_carried_forward_confirmed_flagged_and_found(
    new_page, world, looked_at, language
):
    page = new_page()
    first, second = world.criteria
    keys = [f"criterion-{criterion.pk}" for criterion in world.criteria]
    rows = [page.locator(f"#{key}") for key in keys]
    sign_in(page, world.lead, language)
    contents = f"/{language}/self-reflections/2030/afan/"
    page.goto(f"{contents}outcomes/PCMW/1/")

    # What was said then, and what has changed in the question
    panel = page.locator("#last-cycle")
    expect(panel).to_contain_text(world.before.cycle.__dict__[f"name_{language}"])
    rows[0].locator("details.beside__last summary").click()
    expect(rows[0].locator("details.beside__last")).to_contain_text("Bron yno.")
    expect(rows[0].locator("ins").first).to_be_visible()
    looked_at(page)

    # Carried forward, it is shown, and nobody's answer yet
    press_in(rows[0], "carry")
    expect(rows[0].locator("input[value=partly_met]")).to_be_checked()
    expect(rows[0].locator("textarea")).to_have_value("Bron yno.")
    expect(rows[0].locator(".carried")).to_contain_text(
        words(language, "Check that it still holds, then confirm.")
    )
    page.locator("textarea[name=in-the-way-text]").fill("Mae'r amser yn brin.")
    expect(page.locator("#save-state")).to_contain_text(
        words(language, "Saved at %(time)s").split("%")[0].strip()
    )
    assert stored(world) == {"in_the_way": ("", "Mae'r amser yn brin.")}
    looked_at(page)

    # Until it is confirmed, or changed, which is to confirm it
    press_in(rows[0], "confirm")
    assert stored(world)[first.pk] == ("partly_met", "Bron yno.")
    expect(page.locator(".carried")).to_have_count(0)
    press_in(rows[1], "carry")
    rows[1].locator("input[value=not_yet_met]").check()
    expect(page.locator(".carried")).to_have_count(0)
    expect(page.locator("#save-state")).to_contain_text(
        words(language, "Saved at %(time)s").split("%")[0].strip()
    )
    assert stored(world)[second.pk] == ("not_yet_met", "")

    # Why this level is suggested, with a way to each question
    page.locator(".suggestion summary").click()
    expect(page.locator(".suggestion a").first).to_have_attribute("href", f"#{keys[0]}")
    looked_at(page)

    # Another level than the suggested one asks for a reason, at once
    page.locator("#own-level input[value='3']").check()
    expect(page.locator("[data-part=reason]")).to_contain_text(
        words(language, "You chose a different level. Give your reason.")
    )
    assert page.locator(".suggestion details").evaluate("details => details.open")

    # Flagged, found on the contents page, and settled
    press_in(rows[0], "flag")
    expect(rows[0]).to_contain_text(str(world.lead))
    looked_at(page)
    page.goto(f"{contents}?show=flagged")
    expect(page.locator(".nhsuk-task-list__item")).to_have_count(1)
    looked_at(page)
    follow(page.locator(".flag a"))
    assert page.url.endswith(f"outcomes/PCMW/1/#{keys[0]}")
    press_in(rows[0], "settle")
    assert not Flag.objects.open().exists()
    page.goto(f"{contents}?show=flagged")
    looked_at(page)
    follow(page.get_by_role("link", name=words(language, "Show everything")))
    expect(page.locator(".nhsuk-task-list__item")).to_have_count(23)
    page.goto(f"{contents}?show=changed")
    expect(page.locator(".nhsuk-task-list__item")).to_have_count(1)


def test_without_scripts(new_page, world):
    page = new_page(java_script_enabled=False)
    key = f"criterion-{world.criteria[0].pk}"
    row = page.locator(f"#{key}")
    sign_in(page, world.lead)
    page.goto("/en/self-reflections/2030/afan/outcomes/PCMW/1/")
    page.locator("textarea[name=going-well-text]").fill("Typed before.")

    press_in(row, "carry")

    assert stored(world) == {"going_well": ("", "Typed before.")}
    expect(row.locator("input[value=partly_met]")).to_be_checked()
    page.locator("textarea[name=in-the-way-text]").fill("Typed between.")

    press_in(page.locator("#outcome"), "flag")

    assert world.criteria[0].pk not in stored(world)
    assert stored(world)["in_the_way"] == ("", "Typed between.")
    expect(row.locator("input[value=partly_met]")).to_be_checked()
    expect(page.locator("#outcome")).to_contain_text("Flagged for discussion")

    press_in(row, "confirm")

    assert stored(world)[world.criteria[0].pk] == ("partly_met", "Bron yno.")
