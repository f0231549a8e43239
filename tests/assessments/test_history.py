"""The history of answers with restoring, all changes, the states, and what submissions changed."""

import datetime
import re
import uuid

import pytest
from django.utils import timezone
from django.utils.translation import override

from assessments import services
from assessments.models import Answer, AnswerVersion, Question
from assessments.subjects import Subject
from assessments.views.loading import history_url, reflection_url
from cdf_site.common.word_diff import ADDED, REMOVED, Part
from organisations.models import Membership
from tests.factories import CriterionFactory, OutcomeFactory
from tests.steps import (
    State,
    answer_all,
    content_of,
    criterion_subject,
    entry,
    history,
    outcome_of,
    question_subject,
    save,
    start,
    stored,
    submit,
    words_of,
)

pytestmark = pytest.mark.django_db


def text_of(response):
    main = response.content.decode().partition("<main")[2].partition("</main")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main)).strip()


def url_of(reflection, subject):
    outcome = subject.outcome_id and outcome_of(reflection)
    return history_url(reflection, subject, outcome or None)


def press_restore(client, reflection, subject, kept, *, base=None, **more):
    answer = stored(reflection, subject)
    return client.post(
        url_of(reflection, subject),
        {
            "kept": kept,
            "base_version": answer.version if base is None else base,
            "operation_id": str(uuid.uuid4()),
        }
        | more,
    )


def versions(reflection, subject):
    return list(stored(reflection, subject).versions.order_by("pk"))


# The history of an answer -----------------------------------------------------------------


def test_history_shows_what_was_accepted_and_refused(
    client, reflection, lead, contributor
):
    subject = words_of(reflection)
    save(reflection, entry(subject, "Mae'n dda"), by=lead, language="cy")
    save(
        reflection,
        entry(subject, "Mae'n dda iawn", base=1),
        by=contributor,
        language="cy",
    )
    save(reflection, entry(subject, "Too late for this", base=1), by=lead)
    client.force_login(contributor)

    response = client.get(url_of(reflection, subject))

    rows = response.context["page"].object_list
    assert [
        (
            row.version.version,
            row.version.refusal,
            row.author,
            row.is_current,
            row.differs,
        )
        for row in rows
    ] == [
        (None, "stale", lead, False, True),
        (2, "", contributor, True, False),
        (1, "", lead, False, True),
    ]
    # What was refused stands beside the version that its writer had seen.
    assert rows[0].change.texts == (
        ("cy", [Part(REMOVED, "Mae'n dda")]),
        ("en", [Part(ADDED, "Too late for this")]),
    )
    html = response.content.decode()
    assert "the answer had changed" in text_of(response)
    assert 'lang="cy"' in html
    assert re.search(r"<ins[^>]*>.*iawn</ins>", html)


def test_addresses_of_every_kind_of_answer(client, reflection, lead):
    answer_all(reflection, by=lead)
    save(reflection, entry(words_of(reflection), "Well."), by=lead)
    client.force_login(lead)

    statuses = {
        client.get(
            history_url(
                reflection,
                Subject.of(answer),
                answer.outcome,
            )
        ).status_code
        for answer in Answer.objects.select_related("outcome__module")
    }

    assert statuses == {200}


@pytest.mark.parametrize(
    "path",
    [
        "history/nothing/",
        "history/criterion-0/",
        "history/criterion-999999/",
        "history/criterion-99999999999999999999/",
        "history/factor-999999/",
        "history/going-well/",
        "history/LEVELS/1/about-cluster/",
        "history/LEVELS/9/going-well/",
        "history/NONE/1/going-well/",
    ],
)
def test_no_such_answer(client, reflection, lead, path):
    client.force_login(lead)

    response = client.get(f"{reflection_url('reflection_detail', reflection)}{path}")

    assert response.status_code == 404


def test_another_edition_s_criterion_has_no_history_here(client, reflection, lead):
    other = CriterionFactory()
    client.force_login(lead)

    response = client.get(
        reflection_url("answer_history", reflection, key=f"criterion-{other.pk}")
    )

    assert response.status_code == 404


def test_whoever_left_the_cluster_is_not_named(client, reflection, lead, contributor):
    subject = words_of(reflection)
    save(reflection, entry(subject, "Words."), by=contributor)
    Membership.objects.filter(user=contributor).update(ended_at=timezone.now())
    client.force_login(lead)

    pages = [
        client.get(url_of(reflection, subject)),
        client.get(reflection_url("change_list", reflection)),
        client.get(reflection_url("state_list", reflection)),
    ]

    assert ["A former member of the cluster" in text_of(page) for page in pages] == [
        True
    ] * 3
    assert not any(str(contributor) in text_of(page) for page in pages)


def test_never_answered_is_said(client, reflection, lead):
    client.force_login(lead)

    response = client.get(url_of(reflection, words_of(reflection)))

    assert "Nothing has been written here yet" in text_of(response)


# Restoring ----------------------------------------------------------------------------------


def test_restoring_makes_a_new_version_and_can_be_undone(client, reflection, lead):
    subject = criterion_subject(reflection)
    save(reflection, entry(subject, "Cyntaf", choice="met"), by=lead, language="cy")
    save(reflection, entry(subject, "Second", base=1, choice="partly_met"), by=lead)
    first, second = versions(reflection, subject)
    client.force_login(lead)

    response = press_restore(client, reflection, subject, first.pk)

    assert content_of(stored(reflection, subject)) == ("met", "Cyntaf", None, "cy", 3)
    assert response.url == f"{url_of(reflection, subject)}?undo={second.pk}"
    page = client.get(response.url)
    assert page.context["undo"] == str(second.pk)

    press_restore(client, reflection, subject, page.context["undo"])

    assert content_of(stored(reflection, subject)) == (
        *("partly_met", "Second", None, "en"),
        4,
    )
    assert [row.version for row in versions(reflection, subject)] == [1, 2, 3, 4]


def test_a_refused_text_is_restored_and_undone_to_nothing(client, reflection, lead):
    subject = question_subject(reflection, Question.NEXT_STEPS)
    submitted = start_and_submit(reflection, lead)
    save(
        reflection, entry(subject, "Late", dated_on=datetime.date(2031, 1, 2)), by=lead
    )
    services.withdraw(reflection=submitted, by=lead)
    [refused] = versions(reflection, subject)
    client.force_login(lead)

    response = press_restore(client, reflection, subject, refused.pk)

    assert stored(reflection, subject).content == (
        "",
        "Late",
        datetime.date(2031, 1, 2),
    )
    assert response.url.endswith("?undo=0")
    assert client.get(response.url).context["undo"] == "0"
    press_restore(client, reflection, subject, 0)
    assert stored(reflection, subject).content == ("", "", None)
    assert [row[:3] for row in history(reflection, subject)] == [
        (None, 0, "closed"),
        (1, 0, ""),
        (2, 1, ""),
    ]


def start_and_submit(reflection, lead):
    start(reflection, by=lead)
    submit(reflection, by=lead)
    return reflection


def test_pressing_twice_restores_once(client, reflection, lead):
    subject = words_of(reflection)
    save(reflection, entry(subject, "One"), by=lead)
    save(reflection, entry(subject, "Two", base=1), by=lead)
    first = versions(reflection, subject)[0]
    client.force_login(lead)

    for _ in range(2):
        press_restore(
            client, reflection, subject, first.pk, base=2, operation_id="7" * 32
        )

    assert [row[0] for row in history(reflection, subject)] == [1, 2, 3]


def test_an_old_page_restores_nothing_over_somebody_else(
    client, reflection, lead, contributor
):
    subject = words_of(reflection)
    save(reflection, entry(subject, "One"), by=lead)
    save(reflection, entry(subject, "Two", base=1), by=lead)
    first = versions(reflection, subject)[0]
    save(reflection, entry(subject, "Three", base=2), by=contributor)
    client.force_login(lead)

    response = press_restore(client, reflection, subject, first.pk, base=2)

    assert stored(reflection, subject).text == "Three"
    page = client.get(response.url)
    assert "Somebody changed this answer while you were looking at it" in text_of(page)


def test_after_the_closing_hour_nothing_is_restored_but_all_is_found(
    client, reflection, lead
):
    subject = words_of(reflection)
    save(reflection, entry(subject, "One"), by=lead)
    save(reflection, entry(subject, "Two", base=1), by=lead)
    first = versions(reflection, subject)[0]
    reflection.cycle.closes_at = timezone.now()
    reflection.cycle.save()
    save(reflection, entry(subject, "After the hour", base=2), by=lead)
    client.force_login(lead)

    response = press_restore(client, reflection, subject, first.pk)

    assert stored(reflection, subject).text == "Two"
    page = client.get(response.url)
    assert "The answers can no longer be changed." in text_of(page)
    assert "After the hour" in text_of(page)
    assert "Restore" not in text_of(page).replace("read and restored", "")
    late = client.get(reflection_url("change_list", reflection) + "?only=refused")
    assert [row.version.text for row, _ in late.context["rows"]] == ["After the hour"]


@pytest.mark.parametrize(
    ("kept", "base"),
    [("x", "1"), ("1", "x"), ("", ""), ("9" * 30, "1"), ("987654", "1")],
)
def test_spoiled_restore_is_refused(client, reflection, lead, kept, base):
    save(reflection, entry(words_of(reflection), "One"), by=lead)
    client.force_login(lead)

    response = client.post(
        url_of(reflection, words_of(reflection)), {"kept": kept, "base_version": base}
    )

    assert response.status_code == 404
    assert AnswerVersion.objects.count() == 1


def test_a_version_of_another_answer_is_not_restored(client, reflection, lead):
    save(reflection, entry(words_of(reflection), "One"), by=lead)
    other = Subject(question=Question.ANYTHING_ELSE)
    save(reflection, entry(other, "Else"), by=lead)
    client.force_login(lead)

    response = press_restore(
        client, reflection, words_of(reflection), versions(reflection, other)[0].pk
    )

    assert response.status_code == 404
    assert stored(reflection, words_of(reflection)).text == "One"


@pytest.mark.parametrize(
    ("actor", "status"),
    [("stranger", 404), ("officer", 403), ("national", 403), ("superuser", 404)],
)
def test_nobody_else_restores(client, request, reflection, lead, actor, status):
    subject = words_of(reflection)
    save(reflection, entry(subject, "One"), by=lead)
    save(reflection, entry(subject, "Two", base=1), by=lead)
    client.force_login(request.getfixturevalue(actor))

    response = press_restore(
        client, reflection, subject, versions(reflection, subject)[0].pk
    )

    assert response.status_code == status
    assert stored(reflection, subject).text == "Two"


# Lists: bounded -----------------------------------------------------------------------------


def write_versions(reflection, lead, count):
    subject = words_of(reflection)
    for base in range(count):
        save(reflection, entry(subject, f"Text {base}", base=base), by=lead)
    return subject


@pytest.mark.parametrize("count", [1, 3, 60])
def test_queries_of_a_history(
    client, reflection, lead, django_assert_num_queries, count
):
    url = url_of(reflection, write_versions(reflection, lead, count))
    client.force_login(lead)
    client.get(url)

    # session, person, memberships, self-reflection, outcome, answer, versions twice, bases, people
    with django_assert_num_queries(10):
        response = client.get(url)

    assert len(response.context["page"].object_list) == min(count, 50)


def test_the_second_page_goes_on_where_the_first_ended(client, reflection, lead):
    subject = write_versions(reflection, lead, 52)
    client.force_login(lead)

    second = client.get(url_of(reflection, subject) + "?page=2")

    assert [row.version.version for row in second.context["page"].object_list] == [2, 1]
    assert "Page 2 of 2" in text_of(second)


@pytest.mark.parametrize("count", [1, 3, 60])
def test_queries_of_the_changes(
    client, reflection, lead, django_assert_num_queries, count
):
    write_versions(reflection, lead, count)
    save(reflection, entry(criterion_subject(reflection), choice="met"), by=lead)
    client.force_login(lead)
    client.get(reflection_url("change_list", reflection))

    # session, person, memberships, self-reflection, versions twice, people
    with django_assert_num_queries(7):
        response = client.get(reflection_url("change_list", reflection))

    assert len(response.context["rows"]) == min(count + 1, 50)


@pytest.mark.parametrize("rounds", [1, 3, 20])
def test_queries_of_the_states(
    client, reflection, lead, officer, django_assert_num_queries, rounds
):
    start(reflection, by=lead)
    for number in range(rounds):
        submit(reflection, by=lead)
        services.return_reflection(
            reflection=reflection,
            by=officer,
            reason=f"Round {number}",
            language="en",
            outcome_reasons={outcome_of(reflection).pk: ("Here", "en")},
        )
    client.force_login(officer)
    client.get(reflection_url("state_list", reflection))

    # session, person, memberships, self-reflection, people, changes, reasons, extensions
    with django_assert_num_queries(8):
        response = client.get(reflection_url("state_list", reflection))

    rows = response.context["page"].object_list
    assert len(rows) == 2 * rounds + 1
    assert [row.submission_number for row in rows if row.submission_number] == [
        *range(rounds, 0, -1)
    ]


def test_the_board_reads_reasons_and_no_answers(client, reflection, lead, officer):
    save(reflection, entry(words_of(reflection), "A secret draft."), by=lead)
    submit(reflection, by=lead)
    services.return_reflection(
        reflection=reflection,
        by=officer,
        reason="Edrychwch eto.",
        language="cy",
        outcome_reasons={outcome_of(reflection).pk: ("More on this.", "en")},
    )
    client.force_login(officer)

    response = client.get(reflection_url("state_list", reflection))

    text = text_of(response)
    assert [w in text for w in ("Edrychwch eto.", "More on this.", str(officer))] == [
        True
    ] * 3
    assert "A secret draft." not in text


# Returned with reasons ------------------------------------------------------------------------


@pytest.fixture
def sent(reflection, lead):
    answer_all(reflection, by=lead)
    submit(reflection, by=lead)
    return reflection


def test_reasons_of_outcomes_reach_the_cluster_where_they_are_meant(
    client, sent, lead, officer
):
    first, second = outcome_of(sent), outcome_of(sent, number=2)
    client.force_login(officer)
    url = reflection_url("reflection_return", sent)

    response = client.post(
        url,
        {
            "submission_number": 1,
            "written_in": "cy",
            "reason": "",
            f"outcome-{first.pk}": "Dywedwch fwy.",
        },
    )

    assert response.status_code == 302
    sent.refresh_from_db()
    assert sent.state == State.DRAFT
    [change] = sent.state_changes.filter(kind="returned")
    assert [
        (reason.outcome, reason.text, reason.language)
        for reason in change.return_reasons.all()
    ] == [(first, "Dywedwch fwy.", "cy")]
    client.force_login(lead)
    pages = {
        name: "Dywedwch fwy." in text_of(client.get(url))
        for name, url in {
            "contents": reflection_url("reflection_detail", sent),
            "first": reflection_url("outcome_edit", sent, module="LEVELS", number=1),
            "second": reflection_url("outcome_edit", sent, module="LEVELS", number=2),
            "states": reflection_url("state_list", sent),
        }.items()
    }
    assert pages == {"contents": True, "first": True, "second": False, "states": True}
    assert second not in {reason.outcome for reason in sent.return_reasons}


def test_a_reason_no_longer_stands_over_the_form_after_another_submission(
    client, sent, lead, officer
):
    services.return_reflection(
        reflection=sent,
        by=officer,
        reason="",
        language="en",
        outcome_reasons={outcome_of(sent).pk: ("Look here.", "en")},
    )
    submit(sent, by=lead)
    services.withdraw(reflection=sent, by=lead)
    client.force_login(lead)

    form = client.get(reflection_url("outcome_edit", sent, module="LEVELS", number=1))

    assert "Look here." not in text_of(form)
    assert "Look here." in text_of(client.get(reflection_url("state_list", sent)))


def test_returning_asks_for_one_reason_at_least(client, sent, officer):
    client.force_login(officer)

    response = client.post(
        reflection_url("reflection_return", sent),
        {"submission_number": 1, "written_in": "en", "reason": " "},
    )

    assert response.context["form"].errors == {"reason": ["Give a reason."]}
    with pytest.raises(services.ReasonMissing):
        services.return_reflection(
            reflection=sent,
            by=officer,
            reason=" ",
            language="en",
            outcome_reasons={outcome_of(sent).pk: (" ", "en")},
        )


def test_an_outcome_of_another_edition_is_no_reason(sent, officer):
    with pytest.raises(services.ForeignSubject):
        services.return_reflection(
            reflection=sent,
            by=officer,
            reason="",
            language="en",
            outcome_reasons={OutcomeFactory().pk: ("Here", "en")},
        )

    sent.refresh_from_db()
    assert sent.state == State.SUBMITTED


def test_pressing_return_twice_returns_once(client, sent, officer):
    client.force_login(officer)
    data = {
        "submission_number": 1,
        "written_in": "en",
        "reason": "",
        f"outcome-{outcome_of(sent).pk}": "More.",
    }

    statuses = [
        client.post(reflection_url("reflection_return", sent), data).status_code
        for _ in range(2)
    ]

    assert statuses == [302, 302]
    assert sent.state_changes.filter(kind="returned").count() == 1


# What changed between submissions ---------------------------------------------------------------


def test_what_changed_is_said_before_and_after_submitting_again(
    client, sent, lead, officer
):
    services.return_reflection(
        reflection=sent, by=officer, reason="More.", language="en"
    )
    subject = question_subject(sent, Question.OWN_LEVEL)
    save(sent, entry(subject, "Because.", base=1, choice="2"), by=lead)
    save(sent, entry(words_of(sent), "It goes well."), by=lead)
    client.force_login(lead)

    check = client.get(reflection_url("reflection_check", sent))
    submit(sent, by=lead)
    client.force_login(officer)
    url = reflection_url("submission_changes", sent, number=2)
    changes = client.get(url)

    assert "Since submission 1 you changed" in text_of(check)
    [outcome] = changes.context["comparison"].outcomes
    assert (outcome.number, outcome.own_level) == (1, (1, 2))
    assert check.context["comparison"].outcomes == [outcome]
    assert "It goes well." in text_of(changes)
    assert (
        url
        in client.get(
            reflection_url("submission_detail", sent, number=2)
        ).content.decode()
    )
    assert url in client.get(reflection_url("reflection_detail", sent)).content.decode()


def test_any_earlier_submission_can_be_compared(client, sent, lead):
    for text in ("One", "Two"):
        services.withdraw(reflection=sent, by=lead)
        answer = Answer.objects.filter(reflection=sent, **words_of(sent).fields).first()
        save(
            sent,
            entry(words_of(sent), text, base=answer.version if answer else 0),
            by=lead,
        )
        submit(sent, by=lead)
    client.force_login(lead)
    url = reflection_url("submission_changes", sent, number=3)

    before = {
        since: client.get(f"{url}{since}")
        .context["comparison"]
        .outcomes[0]
        .questions[0][1]
        for since in ("", "?since=2", "?since=1")
    }

    assert (bool(before[""].texts), before[""].new_text) == (True, "")
    assert before["?since=2"] == before[""]
    assert before["?since=1"].new_text == "Two"
    statuses = [
        client.get(f"{url}?since={since}").status_code
        for since in ("3", "0", "4", "x", "-1", "9" * 30, "")
    ]
    assert statuses == [404] * 7


def test_the_first_submission_has_nothing_to_compare(client, sent, lead):
    client.force_login(lead)

    response = client.get(reflection_url("submission_changes", sent, number=1))

    assert response.url == reflection_url("submission_detail", sent, number=1)


def test_the_form_leads_to_the_history_of_what_is_answered(client, reflection, lead):
    start(reflection, by=lead)
    client.force_login(lead)

    with override("cy"):
        page = reflection_url("outcome_edit", reflection, module="LEVELS", number=1)
        html = client.get(page).content.decode()

        links = re.findall(r'class="history-link"\s+(hidden)?', html)
        assert links.count("") == 1
        assert url_of(reflection, words_of(reflection)) in html
