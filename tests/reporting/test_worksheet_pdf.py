"""The blank worksheet: all that the form asks, in either language, with room to answer by hand."""

import io
from types import SimpleNamespace

import pikepdf
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from assessments import pages
from assessments.models import CriterionChoice, Cycle, SignsChoice
from frameworks.models import Criterion, Outcome
from organisations.models import User
from reporting.pdf import rendering
from reporting.pdf.worksheet import render_worksheet
from reporting.views import worksheets
from tests.factories import (
    CycleFactory,
    EditionFactory,
    EnablingFactorFactory,
    ModuleFactory,
    NeedTagFactory,
    UserFactory,
)
from tests.reporting.tree import Document
from tests.steps import correct_wording

pytestmark = pytest.mark.django_db

CORRECTED = "Mae'r tŷ yn y dŵr."


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """The worksheet of a small edition in both languages, drawn once, and what it is of."""
    with django_db_blocker.unblock(), transaction.atomic():
        edition = EditionFactory(code="2030-05")
        ModuleFactory(edition=edition, number=1, code="LEVELS", outcomes=2)
        ModuleFactory(
            edition=edition, number=2, code="SIGNS", uses_levels=False, outcomes=1
        )
        EnablingFactorFactory(edition=edition, number=1)
        offered = NeedTagFactory(kind="barrier", code="time")
        withdrawn = NeedTagFactory(kind="barrier", code="old", is_offered=False)
        criteria = list(
            Criterion.objects.order_by(
                "outcome__module__number", "outcome__number", "level", "number"
            )
        )
        correct_wording(
            criteria[0],
            edition=edition,
            by=UserFactory(administrator=True),
            cy=CORRECTED,
        )
        CycleFactory(code="2030", edition=edition)
        cycle = Cycle.objects.select_related("edition").get()
        outcomes = list(Outcome.objects.select_related("module"))
        raw = render_worksheet(cycle, languages=("cy", "en"))
        made = SimpleNamespace(
            document=Document(pikepdf.open(io.BytesIO(raw))),
            criteria=criteria,
            outcomes=outcomes,
            offered=offered,
            withdrawn=withdrawn,
            labels={language: labels_of(language) for language in ("cy", "en")},
        )
        transaction.set_rollback(True)
    return made


def labels_of(language):
    """The questions of the first and the last part."""
    with translation.override(language):
        items = [*pages.context_items(), *pages.closing_items([])]
        return [str(item.label) for item in items]


def part_of(made, language):
    """The text of one language's document."""
    return " ".join(
        made.document.text_of(part)
        for part in made.document.root.children
        if part.language == language
    )


@pytest.mark.parametrize("language", ["cy", "en"])
def test_it_asks_all_that_the_form_asks_in_order(made, language):
    text = part_of(made, language)
    with translation.override(language):
        first, *others = [criterion.text for criterion in made.criteria]
        asked = [CORRECTED if language == "cy" else first, *others]
        titles = [outcome.title for outcome in made.outcomes]

    at = 0
    for each in [*asked, made.labels[language][-1]]:
        at = text.index(each, at) + len(each)
    assert [text.count(title) for title in titles] == [
        2 * titles.count(title)
        for title in titles  # in the contents, and above its form
    ]
    assert all(label in text for label in made.labels[language])


def test_what_is_no_longer_offered_is_not_there(made):
    text = part_of(made, "en")

    assert text.count(made.offered.name_en) == len(made.outcomes)
    assert made.withdrawn.name_en not in text


def test_there_is_an_empty_box_for_every_choice(made):
    boxes = [
        cell
        for table in made.document.root.find("Table")
        if made.document.text_of(table.find("TH")[0]) in {"Maen prawf", "Criterion"}
        for cell in table.find("TD")
    ]
    levelled = sum(criterion.level is not None for criterion in made.criteria)
    without = len(made.criteria) - levelled

    assert [made.document.text_of(box) for box in boxes] == [""] * len(boxes)
    assert len(boxes) == 2 * (
        levelled * len(CriterionChoice) + without * len(SignsChoice)
    )


# Who may have it --------------------------------------------------------------------------


@pytest.fixture
def not_drawn(monkeypatch):
    monkeypatch.setattr(worksheets, "render_worksheet", lambda cycle, **how: b"%PDF")


def address(cycle="2030", language="cy"):
    return reverse("reporting:worksheet_pdf", args=[cycle, language])


def test_it_is_for_everybody_who_signs_in(
    not_drawn, reflection, lead, other_officer, translator
):
    found = []
    for person in (
        lead,
        other_officer,
        translator,
        User.objects.create(email="new@x.test"),
    ):
        browser = Client()
        browser.force_login(person)
        found.append(browser.get(address()).status_code)

    assert found == [200, 200, 200, 200]
    assert Client().get(address()).status_code == 302


def test_its_file(not_drawn, client, reflection, lead):
    client.force_login(lead)

    answer = client.get(address(language="both"))

    assert answer["Content-Type"] == "application/pdf"
    assert 'filename="taflen-waith-2030-cy-en.pdf"' in answer["Content-Disposition"]
    assert client.get(address(language="fr")).status_code == 404
    assert client.post(address()).status_code == 405


def test_there_is_none_of_a_cycle_that_was_never_opened(not_drawn, client, lead):
    CycleFactory(code="2040", opened_at=None)
    client.force_login(lead)

    assert client.get(address("2040")).status_code == 404
    assert client.get(address("2050")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_as_little_however_large_the_framework_is(
    client, lead, monkeypatch, count
):
    monkeypatch.setattr(rendering, "kept", lambda *drawing: b"%PDF")
    edition = EditionFactory(code="2031-05")
    for number in range(1, count + 1):
        ModuleFactory(edition=edition, number=number, code=f"M{number}", outcomes=count)
    CycleFactory(code="2031", edition=edition)
    client.force_login(lead)

    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address("2031", "both"))

    assert answer.status_code == 200
    assert len(asked) == 7
