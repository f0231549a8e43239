"""Corrections of wording in a self-reflection: drafts show them, submissions never do."""

import html
import io
import json
import re

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments import services, snapshot
from assessments.models import Answer
from assessments.views.loading import reflection_url
from frameworks.correcting import correct, frozen_texts
from reporting.exhibits import Page
from reporting.heat_map import load_heat_maps
from reporting.pdf.report import render_report
from reporting.scopes import EVERYWHERE
from tests.assessments.test_last_cycle import (  # noqa: F401
    before,
    last_of,
    reflection_before,
)
from tests.reporting.pdf_text import text_of_pages as pdf_text
from tests.steps import (
    add_link,
    answer_all,
    correct_wording,
    criterion_of,
    criterion_subject,
    submit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def started(reflection, lead):
    answer_all(reflection, by=lead)
    return reflection


def correct_everything(edition, *, by):
    """Give every text of the framework other words; those, by language."""
    texts = {
        key: {
            language: f"Corrected {language} {index}"
            for language in ("cy", "en")
            if text.text(language)
        }
        for index, (key, text) in enumerate(frozen_texts(edition).items())
        if text.text("en")
    }
    correct(
        edition=edition,
        reason_cy="Y testun swyddogol.",
        reason_en="The official text.",
        dated_on=timezone.localdate(),
        texts=texts,
        makes_official=True,
        by=by,
    )
    return texts


def text_at(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return " ".join(html.unescape(response.content.decode()).split())


def main_of(page):
    """What a page is about, without what stands around it."""
    return re.search(r"<main.*</main>", page)[0]


# Drafts -----------------------------------------------------------------------------------


def test_a_draft_shows_the_corrected_words_and_keeps_its_answers(
    client, started, lead, administrator
):
    criterion = criterion_of(started)
    answers = list(Answer.objects.order_by("pk").values())
    correct_wording(
        criterion, edition=started.cycle.edition, by=administrator, en="Plain words"
    )
    client.force_login(lead)

    page = text_at(
        client, reflection_url("outcome_edit", started, module="LEVELS", number=1)
    )

    assert "Plain words" in page
    assert f"Wording corrected on {timezone.localdate():%-d %B %Y}" in page
    assert "A slip of the press." in page
    assert list(Answer.objects.order_by("pk").values()) == answers


WORDS_OF = [  # pages of a cluster, and what of the framework they show
    ("reflection_detail", {}, ["module.title", "outcome.title"]),
    ("reflection_check", {}, []),
    (
        "outcome_edit",
        {"module": "LEVELS", "number": 1},
        ["module.title", "outcome.title", "outcome.narrative", "criterion.text"],
    ),
    ("enablers_edit", {}, ["factor.title", "factor.text"]),
    (
        "draft_detail",
        {},
        ["module.title", "outcome.title", "criterion.text", "factor.title"],
    ),
    ("own_views_edit", {}, ["module.title", "outcome.title", "criterion.text"]),
    (
        "own_view_edit",
        {"module": "LEVELS", "number": 1},
        ["outcome.title", "criterion.text"],
    ),
    ("discussion_detail", {"module": "LEVELS", "number": 1}, ["outcome.title"]),
    ("evidence_list", {}, []),
    ("evidence_add", {}, ["outcome.title", "criterion.text"]),
    ("change_list", {}, ["outcome.title", "criterion.text", "factor.title"]),
]


@pytest.mark.parametrize(("name", "where", "shown"), WORDS_OF)
def test_every_page_of_a_draft_shows_the_corrected_words(
    client, started, lead, administrator, name, where, shown
):
    edition = started.cycle.edition
    criterion = criterion_of(started)
    factor = edition.enablingfactors.get()
    things = {
        "module": criterion.outcome.module,
        "outcome": criterion.outcome,
        "criterion": criterion,
        "factor": factor,
    }
    old = [
        getattr(things[one.split(".")[0]], f"{one.split('.')[1]}_en") for one in shown
    ]
    texts = correct_everything(edition, by=administrator)
    client.force_login(lead)

    page = text_at(client, reflection_url(name, started, **where))

    for one in shown:
        thing, field = one.split(".")
        meta = things[thing]._meta.model_name
        new = texts[f"{meta}-{things[thing].pk}-{field}"]["en"]
        assert new in page, one
    without_differences = page.split("<details")[0]
    assert [words for words in old if words in without_differences] == []


@pytest.mark.parametrize(
    ("name", "where"), [(name, where) for name, where, _shown in WORDS_OF]
)
def test_a_page_of_a_corrected_edition_costs_one_query_more(
    client, started, lead, administrator, name, where
):
    client.force_login(lead)
    add_link(started, by=lead)
    address = reflection_url(name, started, **where)
    client.get(address)
    with CaptureQueriesContext(connection) as uncorrected:
        client.get(address)
    for number in range(3):
        correct_wording(
            criterion_of(started),
            edition=started.cycle.edition,
            by=administrator,
            en=f"Words {number}",
        )

    with CaptureQueriesContext(connection) as corrected:
        client.get(address)

    assert not [query for query in uncorrected if "erratum" in query["sql"]]
    assert len(corrected) == len(uncorrected) + 1


def test_the_room_shows_the_corrected_words(client, started, lead, administrator):
    criterion = criterion_of(started)
    services.start_session(
        reflection=started,
        agenda=[criterion.outcome],
        present=["pharmacy"],
        minutes_an_outcome=10,
        by=lead,
    )
    texts = correct_everything(started.cycle.edition, by=administrator)
    client.force_login(lead)
    place = {"module": "LEVELS", "number": 1}

    page = text_at(client, reflection_url("session_step", started, step="1", **place))
    contents = text_at(client, reflection_url("reflection_detail", started))

    assert texts[f"criterion-{criterion.pk}-text"]["en"] in page
    assert texts[f"outcome-{criterion.outcome_id}-title"]["en"] in page
    assert texts[f"outcome-{criterion.outcome_id}-title"]["en"] in contents


@pytest.mark.parametrize("kind", ["criterion", "factor"])
def test_the_history_of_an_answer_names_it_by_the_corrected_words(
    client, started, lead, administrator, kind
):
    criterion = criterion_of(started)
    factor = started.cycle.edition.enablingfactors.get()
    texts = correct_everything(started.cycle.edition, by=administrator)
    key, words = {
        "criterion": (
            f"criterion-{criterion.pk}",
            texts[f"criterion-{criterion.pk}-text"]["en"],
        ),
        "factor": (
            f"factor-{factor.pk}",
            texts[f"enablingfactor-{factor.pk}-title"]["en"],
        ),
    }[kind]
    client.force_login(lead)

    page = text_at(client, reflection_url("answer_history", started, key=key))

    assert words in page


def test_the_worksheet_asks_in_the_corrected_words(
    client, started, lead, administrator
):
    criterion = criterion_of(started)
    texts = correct_everything(started.cycle.edition, by=administrator)
    client.force_login(lead)

    response = client.get(reflection_url("worksheet_file", started))

    cells = {
        cell
        for sheet in openpyxl.load_workbook(io.BytesIO(response.content))
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    }
    assert {
        texts[f"criterion-{criterion.pk}-text"]["cy"],
        texts[f"criterion-{criterion.pk}-text"]["en"],
    } <= cells


def test_the_contents_say_which_outcomes_were_corrected_meanwhile(
    client, started, lead, administrator
):
    client.force_login(lead)
    contents = reflection_url("reflection_detail", started)
    assert "Wording corrected" not in text_at(client, contents)
    correct_wording(
        criterion_of(started),
        edition=started.cycle.edition,
        by=administrator,
        en="Plain words",
    )

    assert text_at(client, contents).count("Wording corrected on") == 1


def test_a_correction_counts_as_a_change_of_wording_since_the_last_cycle(
    reflection,
    before,  # noqa: F811
    lead,
    administrator,
):
    subject = criterion_subject(reflection, level=1)
    assert last_of(reflection, lead).answers[subject].changed_wording == []

    correct_wording(
        criterion_of(reflection),
        edition=reflection.cycle.edition,
        by=administrator,
        en="Plain words",
    )
    reflection = type(reflection).objects.get(pk=reflection.pk)

    last = last_of(reflection, lead).answers[subject]
    assert last.wording_now["en"] == "Plain words"
    assert last.changed_wording != []


# Submissions ------------------------------------------------------------------------------


def figures(cycle, user):
    """The levels and signs that the board reads, without the titles that stand above them."""
    cycle = type(cycle).objects.get(pk=cycle.pk)
    return [
        (heat_map.module.code, [row.cells for row in heat_map.rows])
        for heat_map in load_heat_maps(Page(user, EVERYWHERE, cycle, [cycle]))
    ]


def test_what_was_submitted_is_the_same_before_and_after(
    started, lead, officer, administrator
):
    submit(started, by=lead)
    submission = started.submissions.get()
    stored = (submission.content, submission.content_hash)
    pdf = {
        languages: pdf_text(render_report(submission, languages=languages, agreed={}))
        for languages in (("cy",), ("en",), ("cy", "en"))
    }
    board = figures(started.cycle, officer)

    texts = correct_everything(started.cycle.edition, by=administrator)

    submission = type(submission).objects.get(pk=submission.pk)
    assert (submission.content, submission.content_hash) == stored
    assert snapshot.digest(submission.content) == submission.content_hash
    for languages, words in pdf.items():
        assert (
            pdf_text(render_report(submission, languages=languages, agreed={})) == words
        )
    assert figures(started.cycle, officer) == board
    assert len(texts) > 10


def test_the_page_of_a_submission_keeps_its_words(client, started, lead, administrator):
    submit(started, by=lead)
    client.force_login(lead)
    address = reflection_url("submission_detail", started, number=1)
    page = main_of(text_at(client, address))

    correct_everything(started.cycle.edition, by=administrator)

    assert main_of(text_at(client, address)) == page


def test_the_next_submission_has_the_corrected_words(
    started, lead, officer, administrator
):
    submit(started, by=lead)
    services.return_reflection(
        reflection=started, by=officer, reason="More.", language="en"
    )
    edition = started.cycle.edition
    texts = correct_everything(edition, by=administrator)

    submit(type(started).objects.get(pk=started.pk), by=lead)

    first, second = (
        json.loads(submission.content)
        for submission in started.submissions.order_by("number")
    )
    criterion = criterion_of(started)
    words = [
        content["modules"][0]["outcomes"][0]["criteria"][0]["text"]
        for content in (first, second)
    ]
    assert words == [
        {"cy": criterion.text_cy, "en": criterion.text_en},
        texts[f"criterion-{criterion.pk}-text"],
    ]
    assert second["edition"]["title"] == texts[f"edition-{edition.pk}-title"]
    assert [
        each["answer"] for each in first["modules"][0]["outcomes"][0]["criteria"]
    ] == [each["answer"] for each in second["modules"][0]["outcomes"][0]["criteria"]]


def test_the_heat_map_is_headed_by_the_corrected_titles(
    client, started, lead, officer, administrator
):
    submit(started, by=lead)
    texts = correct_everything(started.cycle.edition, by=administrator)
    outcome = criterion_of(started).outcome
    client.force_login(officer)

    page = text_at(client, reverse("dashboard:levels", args=["board-7A0"]))

    assert texts[f"outcome-{outcome.pk}-title"]["en"] in page
    assert texts[f"module-{outcome.module_id}-title"]["en"] in page
