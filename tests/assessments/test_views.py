"""The pages of a self-reflection, asked as a browser without JavaScript asks them."""

import json
import uuid

import pytest
from django.urls import reverse

from assessments.models import (
    Answer,
    AnswerVersion,
    CriterionChoice,
    Question,
    SelfReflection,
)
from assessments.views.loading import reflection_url
from tests.steps import criterion_of, outcome_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(reflection):
    """The address of the first outcome's page."""
    return reflection_url("outcome_edit", reflection, module="LEVELS", number=1)


def typed(client, url, **changes):
    """What the page at ``url`` would send, with ``changes`` typed into it."""
    form = client.get(url).context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if hasattr(field.field.widget, "decompress"):
            for suffix, part in zip(
                field.field.widget.widgets_names,
                field.field.widget.decompress(value),
                strict=True,
            ):
                sent[f"{field.html_name}{suffix}"] = part
        elif value is not None:
            sent[field.html_name] = value
    return sent | changes


def test_page_shows_what_is_stored(client, lead, reflection, page):
    client.force_login(lead)
    key = f"criterion-{criterion_of(reflection).pk}"

    response = client.post(
        page,
        typed(
            client,
            page,
            **{f"{key}-choice": "met", f"{key}-text": "tŷ\r\nŵyn", "stay": "1"},
        ),
        follow=True,
    )

    address, anchor = response.redirect_chain[0][0].split("#")
    assert (address.split("?")[0], anchor) == (page, key)
    answer = Answer.objects.get(criterion=criterion_of(reflection))
    assert (answer.choice, answer.text, answer.version) == ("met", "tŷ\nŵyn", 1)
    assert response.context["form"][f"{key}-text"].value() == "tŷ\nŵyn"


def test_buttons_lead_where_they_say(client, lead, reflection, page):
    client.force_login(lead)
    second = reflection_url("outcome_edit", reflection, module="LEVELS", number=2)
    contents = reflection_url("reflection_detail", reflection)

    assert client.post(page, typed(client, page)).url == second
    stays = client.post(page, typed(client, page, stay="1")).url
    assert (stays.split("?")[0], stays.split("#")[1]) == (page, "save")
    assert client.post(page, typed(client, page, leave="1")).url == contents
    assert client.post(second, typed(client, second, back="1")).url == page


def test_the_pages_follow_each_other_to_the_check(client, lead, reflection):
    client.force_login(lead)
    url, seen = reflection_url("context_edit", reflection), []
    for _ in range(10):
        seen.append(url.split("/afan/")[1])
        response = client.post(url, typed(client, url))
        url = response.url
        if url.endswith("/check/"):
            break

    assert seen == [
        "context/",
        "outcomes/LEVELS/1/",
        "outcomes/LEVELS/2/",
        "outcomes/SIGNS/1/",
        "enablers/",
        "support/",
    ]


def test_changing_the_language_saves_first(client, lead, reflection, page):
    client.force_login(lead)
    key = f"criterion-{criterion_of(reflection).pk}"

    response = client.post(
        page, typed(client, page, **{f"{key}-text": "Words", "switch_to": "cy"})
    )

    assert response.url.split("?")[0] == page.replace("/en/", "/cy/")
    answer = Answer.objects.get()
    assert (answer.text, answer.language) == ("Words", "en")


def test_what_is_written_keeps_the_language_it_was_said_to_be_in(
    client, lead, reflection, page
):
    client.force_login(lead)
    key = f"criterion-{criterion_of(reflection).pk}"

    client.post(
        page, typed(client, page, **{f"{key}-text": "Geiriau", "written_in": "cy"})
    )

    assert Answer.objects.get().language == "cy"


def test_stale_page_saves_its_fresh_fields_and_shows_both_texts(
    client, lead, contributor, reflection, page
):
    level_1 = f"criterion-{criterion_of(reflection, level=1).pk}"
    level_2 = f"criterion-{criterion_of(reflection, level=2).pk}"
    client.force_login(contributor)
    stale = typed(
        client, page, **{f"{level_1}-text": "Mine", f"{level_2}-text": "Fresh"}
    )
    client.force_login(lead)
    client.post(page, typed(client, page, **{f"{level_1}-text": "Theirs"}))
    client.force_login(contributor)

    response = client.post(page, stale)

    assert response.status_code == 409
    html = response.content.decode()
    assert "Theirs" in html
    assert "Mine" in html
    assert (
        Answer.objects.get(criterion=criterion_of(reflection, level=1)).text == "Theirs"
    )
    assert (
        Answer.objects.get(criterion=criterion_of(reflection, level=2)).text == "Fresh"
    )
    refused = AnswerVersion.objects.get(refusal="stale")
    assert (refused.text, refused.by) == ("Mine", contributor)


def test_after_a_conflict_saving_again_keeps_mine(
    client, lead, contributor, reflection, page
):
    key = f"criterion-{criterion_of(reflection).pk}"
    client.force_login(contributor)
    stale = typed(client, page, **{f"{key}-text": "Mine"})
    client.force_login(lead)
    client.post(page, typed(client, page, **{f"{key}-text": "Theirs"}))
    client.force_login(contributor)
    form = client.post(page, stale).context["form"]

    response = client.post(
        page,
        stale
        | {
            "operation_id": str(uuid.uuid4()),
            f"{key}-version": form[f"{key}-version"].value(),
        },
    )

    assert response.status_code == 302
    assert Answer.objects.get().text == "Mine"
    assert set(AnswerVersion.objects.values_list("text", "version")) == {
        ("Theirs", 1),
        ("Mine", None),
        ("Mine", 2),
    }


def test_after_a_conflict_the_other_answer_can_be_used(
    client, lead, contributor, reflection, page
):
    key = f"criterion-{criterion_of(reflection).pk}"
    other = f"criterion-{criterion_of(reflection, level=2).pk}"
    client.force_login(contributor)
    stale = typed(client, page, **{f"{key}-text": "Mine", f"{key}-choice": "met"})
    client.force_login(lead)
    client.post(page, typed(client, page, **{f"{key}-text": "Theirs"}))
    client.force_login(contributor)
    client.post(page, stale)

    response = client.post(
        page,
        stale
        | {
            "operation_id": str(uuid.uuid4()),
            "use_theirs": key,
            f"{other}-text": "More",
        },
    )

    assert response.url == f"{page}#{other}"
    assert dict(Answer.objects.values_list("criterion__level", "text")) == {
        1: "Theirs",
        2: "More",
    }
    assert Answer.objects.get(text="Theirs").choice == ""


def test_text_too_long_is_told_how_long_and_kept(client, lead, reflection, page):
    client.force_login(lead)
    key = f"criterion-{criterion_of(reflection).pk}"
    other = f"criterion-{criterion_of(reflection, level=2).pk}"

    response = client.post(
        page,
        typed(client, page, **{f"{key}-text": "a" * 10_001, f"{other}-text": "Short"}),
    )

    assert response.status_code == 422
    assert response.context["form"].errors == {
        f"{key}-text": ["Shorten this text. It has 10,001 characters and 10,000 fit."]
    }
    assert "a" * 10_001 in response.content.decode()
    assert list(Answer.objects.values_list("text", flat=True)) == ["Short"]


def test_reason_is_asked_for_and_everything_is_saved_all_the_same(
    client, lead, reflection, page
):
    client.force_login(lead)
    key = f"criterion-{criterion_of(reflection).pk}"

    response = client.post(
        page, typed(client, page, **{f"{key}-choice": CriterionChoice.NOT_APPLICABLE})
    )

    assert response.status_code == 422
    assert response.context["form"].errors == {f"{key}-text": ["Give a reason."]}
    assert Answer.objects.get().choice == CriterionChoice.NOT_APPLICABLE


def test_level_that_differs_asks_for_a_reason(client, lead, reflection, page):
    client.force_login(lead)
    key = f"criterion-{criterion_of(reflection).pk}"

    response = client.post(
        page, typed(client, page, **{f"{key}-choice": "met", "own-level-choice": "3"})
    )

    assert response.context["form"].errors == {
        "own-level-text": ["You chose a different level. Give your reason."]
    }
    answer = Answer.objects.get(question=Question.OWN_LEVEL)
    assert (answer.choice, answer.outcome) == ("3", outcome_of(reflection))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"operation_id": "not-a-number"}, 400),
        ({"written_in": "fr"}, 400),
        ({"own-level-version": "-1"}, 400),
        ({"own-level-version": ""}, 400),
        ({"going-well-version": str(2**31)}, 400),
        ({"going-well-version": str(2**31 - 1)}, 302),
        ({"own-level-choice": "4"}, 422),
        ({"own-level-text": "a\x00b"}, 422),
        ({"next-steps-date_day": "31", "next-steps-date_month": "2"}, 422),
        ({"switch_to": "fr"}, 302),
        ({"use_theirs": "criterion-0"}, 302),
        ({"unknown": "x" * 1000}, 302),
    ],
)
def test_spoiled_input_is_answered_without_a_fault(
    client, lead, reflection, page, changes, status
):
    client.force_login(lead)

    response = client.post(page, typed(client, page, **changes))

    assert response.status_code == status
    assert list(Answer.objects.exclude(text="", choice="", dated_on=None)) == []


def test_page_without_versions_is_refused(client, lead, reflection, page):
    client.force_login(lead)
    key = f"criterion-{criterion_of(reflection).pk}"

    response = client.post(
        page,
        {
            "operation_id": str(uuid.uuid4()),
            "written_in": "en",
            f"{key}-choice": "met",
        },
    )

    assert response.status_code == 400
    assert not Answer.objects.exists()


def test_text_that_comes_too_late_is_shown_and_kept(client, lead, reflection, page):
    client.force_login(lead)
    key = f"criterion-{criterion_of(reflection).pk}"
    late = typed(client, page, **{f"{key}-text": "Too late"})
    SelfReflection.objects.update(state=SelfReflection.State.SUBMITTED)

    response = client.post(page, late)

    assert response.status_code == 409
    assert "Too late" in response.content.decode()
    assert AnswerVersion.objects.get().refusal == "closed"
    assert client.get(page).url == reflection_url("draft_detail", reflection)


def test_submitting_incomplete_asks_first(client, lead, reflection, page):
    client.force_login(lead)
    key = f"criterion-{criterion_of(reflection).pk}"
    client.post(page, typed(client, page, **{f"{key}-choice": "met"}))
    submit = reflection_url("reflection_submit", reflection)

    asked = client.post(submit)
    reflection.refresh_from_db()

    assert asked.status_code == 422
    assert reflection.state == SelfReflection.State.DRAFT

    sent = client.post(submit, {"incomplete": "1"}, follow=True)
    again = client.post(submit, {"incomplete": "1"}, follow=True)
    reflection.refresh_from_db()

    assert reflection.state == SelfReflection.State.SUBMITTED
    assert "Your self-reflection has been submitted." in sent.content.decode()
    assert "Your self-reflection has been submitted." in again.content.decode()
    assert reflection.submissions.count() == 1


@pytest.fixture
def submitted(client, lead, reflection, page):
    client.force_login(lead)
    key = f"criterion-{criterion_of(reflection).pk}"
    client.post(
        page,
        typed(
            client,
            page,
            **{f"{key}-choice": "met", f"{key}-text": "As it was sent <b>"},
        ),
    )
    client.post(reflection_url("reflection_submit", reflection), {"incomplete": "1"})
    return reflection


def test_submission_is_read_by_its_board_as_it_was_sent(client, officer, submitted):
    client.force_login(officer)

    page = client.get(reflection_url("submission_detail", submitted, number=1))

    assert page.status_code == 200
    assert "As it was sent &lt;b&gt;" in page.content.decode()
    assert json.loads(submitted.submissions.get().content) | {"agreed": None} != {}


def test_board_returns_with_a_reason_and_the_cluster_reads_it(
    client, officer, lead, submitted
):
    client.force_login(officer)
    url = reflection_url("reflection_return", submitted)

    refused = client.post(url, typed(client, url, reason="  "))
    client.post(url, typed(client, url, reason="Please say more of outcome 1."))
    client.force_login(lead)
    contents = client.get(reflection_url("reflection_detail", submitted))

    assert refused.context["form"].errors == {"reason": ["Give a reason."]}
    assert "Please say more of outcome 1." in contents.content.decode()
    submitted.refresh_from_db()
    assert submitted.shown_state == "returned"


def test_board_records_agreement(client, officer, submitted):
    client.force_login(officer)
    url = reflection_url("agreement_record", submitted)
    form = client.get(url).context["form"]
    levels = {name: "1" for name in form.fields if name.startswith("level-")}
    sent = typed(client, url, **levels)

    refused = client.post(url, sent)
    reasons = {name: "Seen." for name in form.fields if name.startswith("reason-")}
    client.post(url, sent | reasons)

    assert refused.status_code == 200
    assert set(refused.context["form"].errors) == set(reasons)
    submitted.refresh_from_db()
    assert submitted.state == SelfReflection.State.AGREED
    detail = client.get(reflection_url("submission_detail", submitted, number=1))
    assert "Agreed level" in detail.content.decode()


def test_lead_withdraws(client, lead, submitted):
    client.force_login(lead)

    client.post(reflection_url("reflection_withdraw", submitted))
    client.post(reflection_url("reflection_withdraw", submitted))  # pressed twice
    submitted.refresh_from_db()
    SelfReflection.objects.update(state=SelfReflection.State.IN_REVIEW)
    refused = client.post(reflection_url("reflection_withdraw", submitted), follow=True)

    assert submitted.state == SelfReflection.State.DRAFT
    assert "can no longer be withdrawn" in refused.content.decode()


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("reflection_detail", 16),
        ("context_edit", 8),
        ("enablers_edit", 9),
        ("closing_edit", 9),  # one for the support needs that can be chosen
        ("reflection_check", 11),
        ("draft_detail", 11),  # one for the names of barriers and support needs
    ],
)
def test_queries_of_each_page(
    client, lead, reflection, django_assert_max_num_queries, name, queries
):
    client.force_login(lead)

    with django_assert_max_num_queries(queries):
        client.get(reflection_url(name, reflection))


@pytest.mark.parametrize("number", [1, 2])
def test_outcome_takes_fourteen_queries(
    client, lead, reflection, django_assert_num_queries, number
):
    client.force_login(lead)
    url = reflection_url("outcome_edit", reflection, module="LEVELS", number=number)

    # One of them for the barriers and support needs that can be chosen.
    with django_assert_num_queries(14):
        client.get(url)


def test_unknown_outcome_is_not_found(client, lead, reflection):
    client.force_login(lead)

    for module, number in (("LEVELS", 99), ("NONE", 1)):
        url = reflection_url("outcome_edit", reflection, module=module, number=number)
        assert client.get(url).status_code == 404


def test_mine_leads_to_the_only_one(client, lead, reflection):
    client.force_login(lead)

    response = client.get(reverse("assessments:mine"))

    assert response.url == reflection_url("reflection_detail", reflection)


# Saving while typing ---------------------------------------------------------------------


def by_script(client, page, lead, fields):
    return client.post(
        page,
        {
            "operation_id": str(uuid.uuid4()),
            "written_in": "en",
            "page_of": lead.pk,
        }
        | fields,
        headers={"Accept": "application/json"},
    )


def test_script_saves_one_answer_and_hears_its_version(client, lead, reflection, page):
    client.force_login(lead)
    key = f"criterion-{criterion_of(reflection).pk}"

    response = by_script(
        client, page, lead, {f"{key}-version": "0", f"{key}-choice": "met"}
    )

    assert response.status_code == 200
    reply = response.json()
    assert (reply["versions"], reply["conflicts"], reply["errors"]) == (
        {key: 1},
        [],
        {},
    )
    assert set(reply["parts"]) == {
        "answered",
        "counts-1",
        "counts-2",
        "counts-3",
        "reason",
        "suggestion",
        f"{key}-written",
    }
    assert Answer.objects.get().choice == "met"


def test_script_hears_of_a_conflict_and_both_texts_are_kept(
    client, lead, reflection, page
):
    client.force_login(lead)
    fields = {"going-well-version": "0", "going-well-text": "First"}
    by_script(client, page, lead, fields)

    response = by_script(client, page, lead, fields | {"going-well-text": "Second"})

    assert response.status_code == 409
    assert response.json()["conflicts"] == ["going-well"]
    assert list(AnswerVersion.objects.values_list("text", "refusal")) == [
        ("First", ""),
        ("Second", "stale"),
    ]


def test_script_that_lost_the_reply_sends_again_and_saves_once(
    client, lead, reflection, page
):
    client.force_login(lead)
    fields = {
        "going-well-version": "0",
        "going-well-text": "Once",
        "operation_id": str(uuid.uuid4()),
    }

    replies = [by_script(client, page, lead, fields) for _ in range(3)]

    assert [reply.json()["versions"] for reply in replies] == [{"going-well": 1}] * 3
    assert AnswerVersion.objects.count() == 1


def test_script_is_told_when_it_is_too_late(client, lead, reflection, page):
    client.force_login(lead)
    SelfReflection.objects.update(state=SelfReflection.State.SUBMITTED)

    response = by_script(
        client, page, lead, {"going-well-version": "0", "going-well-text": "Late"}
    )

    assert response.status_code == 410
    assert AnswerVersion.objects.get().refusal == "closed"


def test_script_is_told_of_a_text_that_is_too_long(client, lead, reflection, page):
    client.force_login(lead)

    response = by_script(
        client,
        page,
        lead,
        {"going-well-version": "0", "going-well-text": "a" * 10_001},
    )

    assert response.status_code == 422
    assert set(response.json()["errors"]) == {"going-well-text"}


def test_words_of_a_page_are_not_saved_for_another_person(
    client, lead, contributor, reflection, page
):
    client.force_login(contributor)

    response = by_script(
        client, page, lead, {"going-well-version": "0", "going-well-text": "Mine"}
    )

    assert response.status_code == 403
    assert not Answer.objects.exists()


def test_asked_once_for_a_reason_one_may_go_on_without(client, lead, reflection, page):
    client.force_login(lead)
    key = f"criterion-{criterion_of(reflection).pk}"
    asked = client.post(
        page, typed(client, page, **{f"{key}-choice": CriterionChoice.NOT_APPLICABLE})
    )

    response = client.post(page, typed(client, page, asked="1"))

    assert (asked.status_code, response.status_code) == (422, 302)


def test_answer_of_a_version_that_is_no_longer_there_is_kept(
    client, lead, reflection, page
):
    """As after a backup was restored: there is nothing that it could overwrite."""
    client.force_login(lead)

    client.post(
        page,
        typed(
            client, page, **{"going-well-version": "7", "going-well-text": "Still here"}
        ),
    )

    assert Answer.objects.get().text == "Still here"


def test_check_page_of_what_was_submitted_leads_to_the_contents(client, submitted):
    response = client.get(reflection_url("reflection_check", submitted))

    assert response.url == reflection_url("reflection_detail", submitted)
