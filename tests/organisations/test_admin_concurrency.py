"""Administrators who save at the same instant, each with a connection of their own."""

import pytest
from django.test import Client

from frameworks.models import Criterion, Outcome
from organisations.models import AuditEvent
from tests.admin_steps import address, form_of
from tests.assessments.test_concurrency import at_once
from tests.factories import EditionFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 4


@pytest.fixture
def outcome():
    EditionFactory(code="draft", draft=True, levelled=True)
    return Outcome.objects.get()


@pytest.fixture
def browsers():
    found = []
    for _ in range(PEOPLE):
        client = Client()
        client.force_login(UserFactory(administrator=True))
        found.append(client)
    return found


def press(client, page, form):
    return lambda: client.post(page, form).status_code


def details(model, field):
    """What field was and became, for each event of a change, in their order."""
    events = AuditEvent.objects.filter(
        kind="changed", subject_type=model._meta.label_lower
    ).order_by("pk")
    return [
        (event.details["before"][field], event.details["after"][field])
        for event in events
    ]


@pytest.mark.parametrize("round_", range(3))
def test_one_of_those_who_change_one_text_is_saved_and_the_others_are_asked(
    outcome, browsers, round_
):
    page, before = address(Outcome, "change", outcome.pk), outcome.narrative_en
    forms = [form_of(browser.get(page)) for browser in browsers]

    statuses = at_once(
        *(
            press(browser, page, form | {"narrative_en": f"Text {number}"})
            for number, (browser, form) in enumerate(zip(browsers, forms, strict=True))
        )
    )

    outcome.refresh_from_db()
    assert sorted(statuses) == [200] * (PEOPLE - 1) + [302]
    assert details(Outcome, "narrative_en") == [(before, outcome.narrative_en)]


@pytest.mark.parametrize("round_", range(3))
def test_those_who_change_different_texts_are_all_saved(outcome, browsers, round_):
    page = address(Outcome, "change", outcome.pk)
    fields = ["narrative_cy", "narrative_en", "note_en", "editor_note_en"]
    forms = [form_of(browser.get(page)) for browser in browsers]

    statuses = at_once(
        *(
            press(browser, page, form | {field: field})
            for browser, form, field in zip(browsers, forms, fields, strict=True)
        )
    )

    outcome.refresh_from_db()
    assert statuses == [302] * PEOPLE
    assert [getattr(outcome, field) for field in fields] == fields


@pytest.mark.parametrize("round_", range(3))
def test_a_row_and_its_own_page_exclude_each_other(outcome, browsers, round_):
    criterion = outcome.criteria.get(level=1)
    whole = address(Outcome, "change", outcome.pk)
    own = address(Criterion, "change", criterion.pk)
    on_whole, on_own = form_of(browsers[0].get(whole)), form_of(browsers[1].get(own))

    statuses = at_once(
        press(browsers[0], whole, on_whole | {"criteria-0-text_en": "Whole"}),
        press(browsers[1], own, on_own | {"text_en": "Own"}),
    )

    criterion.refresh_from_db()
    assert sorted(statuses) == [200, 302]
    assert details(Criterion, "text_en") == [("Criterion 1.1", criterion.text_en)]
