"""Where one is after a page has saved, and what one is told there."""

import re

import pytest
from django.utils.translation import override

from assessments import services
from assessments.models import Question
from assessments.views.loading import reflection_url
from tests.assessments.test_views import typed
from tests.steps import (
    add_link,
    criterion_of,
    criterion_subject,
    entry,
    outcome_of,
    question_subject,
    save,
    start,
    submit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, lead, reflection):
    client.force_login(lead)
    return reflection_url("outcome_edit", reflection, module="LEVELS", number=1)


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def test_staying_returns_to_what_was_changed(client, page):
    sent = typed(client, page, **{"going-well-text": "Well.", "stay": "1"})

    response = client.post(page, sent, follow=True)

    [(url, _status)] = response.redirect_chain
    assert re.fullmatch(re.escape(page) + r"\?saved=\d\d%3A\d\d#going-well", url)
    assert re.fullmatch(r"Saved at \d\d:\d\d", response.context["saved"])
    assert f">{response.context['saved']}</p>" in response.content.decode()


def test_staying_without_a_change_returns_to_the_buttons(client, page):
    response = client.post(page, typed(client, page, stay="1"), follow=True)

    assert response.redirect_chain[0][0].endswith("#save")
    assert response.content.decode().count('id="save"') == 1


def test_only_a_time_is_repeated_from_the_address(client, page):
    response = client.get(page, {"saved": "whatever"})

    assert "saved" not in response.context


def test_changing_the_language_returns_there_and_tells_in_the_new_one(client, page):
    sent = typed(client, page, **{"going-well-text": "Well.", "switch_to": "cy"})

    response = client.post(page, sent, follow=True)

    [(url, _status)] = response.redirect_chain
    assert url.startswith(page.replace("/en/", "/cy/"))
    assert url.endswith("#going-well")
    [message] = messages_of(response)
    assert message.startswith("Cadwyd am ")


def test_the_callout_stands_between_the_level_and_its_reason(
    client, lead, reflection, page
):
    level = question_subject(reflection, Question.OWN_LEVEL)
    save(reflection, entry(level, choice="3"), by=lead)

    html = client.get(page).content.decode()

    places = [
        html.index(part)
        for part in (
            'name="own-level-choice"',
            'data-part="reason"',
            'name="own-level-text"',
        )
    ]
    assert places == sorted(places)
    assert html.count('data-part="reason"') == 1


def test_who_can_no_longer_change_answers_is_told_why(client, lead, reflection, page):
    start(reflection, by=lead)
    draft = client.get(reflection_url("draft_detail", reflection)).content.decode()
    submission = submit(reflection, by=lead)

    response = client.get(page, follow=True)

    assert "Only the cluster itself can read it." in draft
    assert messages_of(response) == [
        "The self-reflection has been submitted: answers can be read but not changed."
    ]
    html = response.content.decode()
    assert "Only the cluster itself can read it." not in html
    url = reflection_url("submission_detail", reflection, number=submission.number)
    assert f'<a href="{url}">' in html


def test_the_check_page_tells_of_pages_that_are_flagged(client, lead, reflection, page):
    here = reflection_url("reflection_check", reflection)
    before = client.get(here).content.decode()
    for criterion in (None, criterion_of(reflection)):
        services.raise_flag(
            reflection=reflection,
            outcome=outcome_of(reflection),
            criterion=criterion,
            by=lead,
        )

    html = client.get(here).content.decode()

    assert "Pages flagged for discussion" not in before
    assert "Pages flagged for discussion: 1" in html
    assert "?show=flagged" in html


def test_what_is_missing_is_listed_without_a_stray_space(
    client, lead, reflection, page
):
    level = question_subject(reflection, Question.OWN_LEVEL)
    save(reflection, entry(level, choice="3"), by=lead)

    html = client.get(reflection_url("reflection_check", reflection)).content.decode()

    assert not re.search(r"\s;", re.sub(r"<[^>]+>", "", html))


def test_a_new_text_is_marked_as_added_and_labelled(
    client, lead, officer, reflection, page
):
    criterion = criterion_subject(reflection)
    save(reflection, entry(criterion, choice="met"), by=lead)
    submit(reflection, by=lead)
    services.return_reflection(
        reflection=reflection, by=officer, reason="More.", language="en"
    )
    reflection.refresh_from_db()
    save(reflection, entry(criterion, "New.", choice="met", base=1), by=lead)
    submit(reflection, by=lead)

    html = client.get(
        reflection_url("submission_changes", reflection, number=2)
    ).content.decode()

    assert re.search(r">Comment</p>.*<ins[^>]*>.*New\.</ins>", html, re.DOTALL)


# Evidence ---------------------------------------------------------------------------------


def test_evidence_from_an_outcome_supports_it_as_a_whole(client, reflection, page):
    url = reflection_url("evidence_add", reflection)

    from_outcome = client.get(url, {"outcome": "LEVELS-1"}).context["form"]
    from_list = client.get(url).context["form"]

    assert from_outcome["uses"].value() == [f"outcome-{outcome_of(reflection).pk}"]
    assert not from_list["uses"].value()


def test_changing_evidence_returns_to_the_outcome_one_came_from(
    client, lead, reflection, page
):
    evidence = add_link(reflection, by=lead)
    here = reflection_url("evidence_list", reflection)
    edit = reflection_url("evidence_edit", reflection, evidence=evidence.pk)
    remove = reflection_url("evidence_remove", reflection, evidence=evidence.pk)

    listed = client.get(here, {"from": "LEVELS-1"}).content.decode()
    changed = client.post(
        f"{edit}?from=LEVELS-1", typed(client, edit, outcome="LEVELS-1")
    )
    removed = client.post(remove, {"from": "LEVELS-1"})

    assert f'href="{edit}?from=LEVELS-1"' in listed
    assert changed.url == f"{page}#evidence"
    assert removed.url == f"{here}?removed={evidence.pk}&from=LEVELS-1"
    assert f'href="{page}#evidence"' in client.get(removed.url).content.decode()


# The worksheet ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "worksheet-afan-2030.xlsx"), ("cy", "taflen-waith-afan-2030.xlsx")],
)
def test_the_worksheet_is_named_in_the_pages_language(
    client, reflection, page, language, name
):
    with override(language):
        url = reflection_url("worksheet_file", reflection)

    response = client.get(url)

    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
