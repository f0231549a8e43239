"""A correction of wording: seen before it is made, read in a draft at once, never in a submission."""

import re

import pytest
from playwright.sync_api import expect

from assessments.models import Answer
from assessments.subjects import Subject
from assessments.views.loading import reflection_url
from frameworks.models import Correction, Criterion
from tests.factories import CycleFactory, SelfReflectionFactory
from tests.factories.assessments import days_from_now
from tests.journeys.world import World, fits, sign_in, words
from tests.steps import entry, save, submit

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NEW = {"cy": "Geiriau plaen, heb wall.", "en": "Plain words, without a slip."}


def first_of(reflection):
    """The first criterion of the first outcome."""
    return Criterion.objects.filter(
        outcome__module__edition=reflection.cycle.edition,
        outcome__module__code="PCMW",
        outcome__number=1,
    ).first()


@pytest.fixture
def world(transactional_db):
    """Afan submitted in the cycle before, on the same edition, and has begun in this one."""
    world = World()
    world.before = SelfReflectionFactory(
        cluster=world.cluster,
        cycle=CycleFactory(
            code="2029",
            edition=world.cycle.edition,
            opens_at=days_from_now(-400),
            closes_at=days_from_now(5),
        ),
    )
    for reflection in (world.before, world.reflection):
        save(
            reflection,
            entry(Subject(criterion_id=first_of(reflection).pk), "Bron.", choice="met"),
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
        assert fits(page), page.url
        axe(page)
        page.set_viewport_size({"width": 1280, "height": 800})

    return look


def press(page, role, language, sentence, context=None):
    with page.expect_navigation():
        page.get_by_role(role, name=words(language, sentence, context)).first.click()


@pytest.mark.parametrize("language", ["cy", "en"])
def test_a_correction_of_wording(new_page, looked_at, faults, world, language):
    faults.expect("422")  # without a reason
    criterion = first_of(world.reflection)
    answers = list(Answer.objects.order_by("pk").values())
    stored = world.before.submissions.get().content
    page = new_page(locale=f"{language}-GB")

    # The administrator corrects a criterion, and looks before it happens.
    sign_in(page, world.administrator, language)
    edition = world.cycle.edition
    page.goto(f"/{language}/admin/frameworks/edition/{edition.pk}/change/")
    press(page, "link", language, "Correct the wording")
    looked_at(page)
    with page.expect_navigation():
        page.locator(f"a[href$='/corrections/outcome-{criterion.outcome_id}/']").click()
    looked_at(page)
    for code, text in NEW.items():
        page.locator(f"#id_criterion-{criterion.pk}-text-{code}").fill(text)
    press(page, "button", language, "Preview the correction")
    expect(page.locator(".errornote")).to_be_visible()
    looked_at(page)
    page.locator("#id_reason_cy").fill("Gwall argraffu.")
    page.locator("#id_reason_en").fill("A slip of the press.")
    press(page, "button", language, "Preview the correction")
    expect(page.locator("#content")).to_contain_text(
        words(
            language,
            "Open self-reflections, which show the new words at once and keep their "
            "answers: %(count)s",
        )
        % {"count": world.cycle.reflections.count()}
    )
    looked_at(page)
    assert not Correction.objects.exists()
    press(page, "button", language, "Correct the wording")
    looked_at(page)
    assert Correction.objects.count() == 1

    # Everybody reads it on the public page, with its date and the words before.
    page.goto(f"/{language}/framework/2022-05/PCMW/1/")
    expect(page.locator("#level-1-1")).to_contain_text(NEW[language])
    page.locator("#level-1-1 summary").click()
    expect(page.locator("#level-1-1 del")).to_be_visible()
    looked_at(page)
    page.goto(f"/{language}/framework/2022-05/#corrections")
    looked_at(page)

    # The cluster's draft shows it, and has kept its answer.
    lead = new_page(locale=f"{language}-GB")
    sign_in(lead, world.lead, language)
    with_words = re.compile(re.escape(NEW[language]))
    lead.goto(
        f"/{language}/self-reflections/2030/afan/outcomes/PCMW/1/",
        wait_until="networkidle",
    )
    row = lead.locator(f"#criterion-{criterion.pk}")
    expect(row.locator("legend")).to_have_text(with_words)
    expect(row.locator("input[value=met]")).to_be_checked()
    row.locator("details.correction summary").click()
    expect(row.locator("details.correction")).to_contain_text(
        {"cy": "Gwall argraffu.", "en": "A slip of the press."}[language]
    )
    looked_at(lead)
    assert list(Answer.objects.order_by("pk").values()) == answers

    # What was submitted before stays as it was.
    lead.goto(
        f"/{language}" + reflection_url("submission_detail", world.before, number=1)[3:]
    )
    expect(lead.locator("main")).to_contain_text(
        criterion.text_in("text", language)[:60]
    )
    expect(lead.locator("main")).not_to_contain_text(NEW[language])
    assert world.before.submissions.get().content == stored
