"""What a health board's officer does with a submission, and what others outside the cluster see."""

import datetime
import re

import pytest
from django.utils import timezone
from django.utils.translation import override

from assessments import services
from assessments.models import AgreedLevel, ReviewAccess, SelfReflection
from assessments.views.loading import reflection_url
from tests.assessments.test_concurrency import at_once
from tests.assessments.test_views import typed
from tests.factories import UserFactory
from tests.steps import (
    State,
    answer_all,
    bring_to,
    entry,
    outcome_of,
    save,
    start,
    submit,
    words_of,
)

pytestmark = pytest.mark.django_db

NEWER = {
    "en": "The cluster has submitted again since. Look at the new submission first.",
    "cy": "Mae&#x27;r clwstwr wedi cyflwyno eto ers hynny. Edrychwch ar y cyflwyniad newydd yn gyntaf.",
}
RETURN, AGREE = "reflection_return", "agreement_record"


@pytest.fixture
def sent(reflection, lead):
    """Submitted once, complete, with own level 1 for both outcomes."""
    answer_all(reflection, by=lead)
    submit(reflection, by=lead)
    return reflection


def send_again(reflection, lead):
    services.withdraw(reflection=reflection, by=lead)
    return submit(reflection, by=lead)


def in_language(name, reflection, language):
    with override(language):
        return reflection_url(name, reflection)


def words(name, reflection):
    """Something typed into the page called ``name``, that can be taken."""
    if name == RETURN:
        return {"reason": "Dywedwch fwy <b>."}
    first = outcome_of(reflection).pk
    return {f"level-{first}": "3", f"reason-{first}": "Dywedwch fwy <b>."}


def changes(reflection, kind):
    return list(
        reflection.state_changes.filter(kind=kind).values_list("reason", "language")
    )


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


# What the page was made from ------------------------------------------------------------


@pytest.mark.parametrize("name", [RETURN, AGREE])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_nothing_is_said_of_a_submission_that_was_not_seen(
    client, officer, lead, sent, name, language
):
    client.force_login(officer)
    url = in_language(name, sent, language)
    old = typed(client, url, **words(name, sent))
    assert old["submission_number"] == 1
    send_again(sent, lead)

    response = client.post(url, old)

    assert response.status_code == 409
    html = response.content.decode()
    assert NEWER[language] in html
    assert "Dywedwch fwy &lt;b&gt;." in html
    with override(language):
        assert reflection_url("submission_detail", sent, number=2) in html
    sent.refresh_from_db()
    assert (sent.state, AgreedLevel.objects.count()) == (State.SUBMITTED, 0)
    assert changes(sent, "returned") == []


@pytest.mark.parametrize(
    ("name", "state"), [(RETURN, State.DRAFT), (AGREE, State.AGREED)]
)
def test_after_a_newer_submission_the_page_can_be_sent_again(
    client, officer, lead, sent, name, state
):
    client.force_login(officer)
    url = reflection_url(name, sent)
    old = typed(client, url, **words(name, sent))
    send_again(sent, lead)
    form = client.post(url, old).context["form"]

    response = client.post(
        url, old | {"submission_number": form["submission_number"].value()}
    )

    assert response.status_code == 302
    sent.refresh_from_db()
    assert sent.state == state
    assert set(
        AgreedLevel.objects.values_list("submitted_outcome__submission__number")
    ) == ({(2,)} if name == AGREE else set())


@pytest.mark.parametrize("name", [RETURN, AGREE])
@pytest.mark.parametrize(
    "spoiled",
    [
        {"submission_number": ""},
        {"submission_number": "0"},
        {"submission_number": "2"},
        {"submission_number": "9" * 30},
        {"submission_number": "one"},
        {"written_in": "fr"},
    ],
)
def test_spoiled_hidden_field_is_refused(client, officer, sent, name, spoiled):
    client.force_login(officer)
    url = reflection_url(name, sent)

    response = client.post(url, typed(client, url, **words(name, sent)) | spoiled)

    assert response.status_code == 400
    sent.refresh_from_db()
    assert sent.state == State.SUBMITTED


def test_services_compare_the_number_under_the_lock(sent, lead, officer):
    send_again(sent, lead)

    with pytest.raises(services.NewerSubmission):
        services.return_reflection(
            reflection=sent,
            by=officer,
            reason="More.",
            language="en",
            submission_number=1,
        )
    with pytest.raises(services.NewerSubmission):
        services.record_agreement(
            reflection=sent, by=officer, levels={}, submission_number=1
        )

    assert issubclass(services.NewerSubmission, services.NotNow)
    services.record_agreement(
        reflection=sent, by=officer, levels={}, submission_number=2
    )


# What happened meanwhile ----------------------------------------------------------------


@pytest.mark.parametrize(("name", "kind"), [(RETURN, "returned"), (AGREE, "agreed")])
def test_double_click_is_done_once_and_says_so_calmly(
    client, officer, sent, name, kind
):
    client.force_login(officer)
    url = reflection_url(name, sent)
    page = typed(client, url, **words(name, sent))

    first = client.post(url, page)
    second = client.post(url, page, follow=True)

    contents = reflection_url("reflection_detail", sent)
    assert first.url == contents
    assert second.redirect_chain == [(contents, 302)]
    assert "already" in text_of(second)
    assert len(changes(sent, kind)) == 1


def test_text_after_a_withdrawal_is_shown_again(client, officer, lead, sent):
    client.force_login(officer)
    for name in (RETURN, AGREE):
        url = reflection_url(name, sent)
        page = typed(client, url, **words(name, sent))
        services.withdraw(reflection=sent, by=lead)

        response = client.post(url, page)

        assert response.status_code == 409
        assert "The cluster has withdrawn its submission." in text_of(response)
        assert "Dywedwch fwy &lt;b&gt;." in response.content.decode()
        submit(sent, by=lead)


def test_other_reason_after_a_return_is_shown_again(client, officer, sent):
    client.force_login(officer)
    url = reflection_url(RETURN, sent)
    page = typed(client, url, reason="The first.")
    client.post(url, page)

    response = client.post(url, page | {"reason": "Another."})

    assert response.status_code == 409
    assert "returned to its cluster already" in text_of(response)
    assert "Another." in response.content.decode()
    assert changes(sent, "returned") == [("The first.", "en")]


def test_other_levels_after_an_agreement_are_shown_again(client, officer, sent):
    client.force_login(officer)
    url = reflection_url(AGREE, sent)
    page = typed(client, url)
    client.post(url, page)

    response = client.post(url, page | words(AGREE, sent))

    assert response.status_code == 409
    assert "recorded already" in text_of(response)
    assert "Dywedwch fwy &lt;b&gt;." in response.content.decode()
    assert list(AgreedLevel.objects.values_list("level", flat=True)) == [1, 1]


@pytest.mark.parametrize(
    ("how", "why"),
    [("the hour", "The time for answers ended on"), ("closed", "The cycle has closed")],
)
def test_text_after_the_cycle_closed_is_shown_again(
    client, officer, national, sent, how, why
):
    client.force_login(officer)
    url = reflection_url(RETURN, sent)
    page = typed(client, url, reason="Too late.")
    if how == "closed":
        services.close_cycle(cycle=sent.cycle, by=national)
    else:
        type(sent.cycle).objects.update(closes_at=timezone.now())

    response = client.post(url, page)

    assert response.status_code == 409
    assert why in text_of(response)
    assert "Too late." in response.content.decode()


def test_text_that_cannot_be_taken_is_shown_with_what_happened(
    client, officer, lead, sent
):
    client.force_login(officer)
    url = reflection_url(RETURN, sent)
    page = typed(client, url, reason="x" * 10_001)
    services.withdraw(reflection=sent, by=lead)

    response = client.post(url, page)

    assert response.status_code == 409
    assert "x" * 10_001 in response.content.decode()


@pytest.mark.parametrize("state", State)
def test_opening_a_page_that_has_no_use_leads_back(
    client, lead, officer, national, reflection, state
):
    bring_to(state, reflection, lead=lead, officer=officer, national=national)
    client.force_login(officer)
    useful = {
        RETURN: state == State.SUBMITTED,
        AGREE: state in {State.SUBMITTED, State.IN_REVIEW},
    }

    found = {}
    for name in useful:
        response = client.get(reflection_url(name, reflection), follow=True)
        found[name] = not response.redirect_chain
        if response.redirect_chain:
            assert response.redirect_chain[0][0] == reflection_url(
                "reflection_detail", reflection
            )
            assert len(list(response.context["messages"])) == 1

    assert found == useful


def test_role_is_asked_before_the_state(
    client, lead, national, other_officer, reflection
):
    start(reflection, by=lead)
    page = {"submission_number": "1", "written_in": "en", "reason": "Why."}
    for person, status in ((lead, 403), (national, 403), (other_officer, 404)):
        client.force_login(person)
        for name in (RETURN, AGREE):
            url = reflection_url(name, reflection)
            assert client.get(url).status_code == status
            assert client.post(url, page).status_code == status


@pytest.mark.django_db(transaction=True)
def test_eight_presses_of_return_are_one(reflection, lead, officer):
    start(reflection, by=lead)
    submit(reflection, by=lead)

    def press():
        try:
            services.return_reflection(
                reflection=SelfReflection.objects.get(pk=reflection.pk),
                by=type(officer).objects.get(pk=officer.pk),
                reason="More.",
                language="en",
                submission_number=1,
            )
        except services.NotNow:
            return False
        return True

    assert sorted(at_once(*[press] * 8)) == [False] * 7 + [True]
    assert changes(reflection, "returned") == [("More.", "en")]


# Language -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [RETURN, AGREE])
@pytest.mark.parametrize(("language", "other"), [("en", "cy"), ("cy", "en")])
def test_changing_the_language_keeps_what_is_typed(
    client, officer, sent, name, language, other
):
    client.force_login(officer)
    url, other_url = (in_language(name, sent, code) for code in (language, other))
    page = typed(client, url, **words(name, sent))
    button = f'formaction="{other_url}"'

    html = client.get(url).content.decode()
    response = client.post(other_url, page | {"switch_to": other})

    assert button in html
    assert response.status_code == 200
    html = response.content.decode()
    assert f'<html lang="{other}">' in html
    assert f'formaction="{url}"' in html
    form = response.context["form"]
    assert {name: str(form[name].value()) for name in page} == {
        name: str(value) for name, value in page.items()
    }
    assert form["written_in"].value() == ""
    assert "nhsuk-error-summary" not in html
    sent.refresh_from_db()
    assert sent.state == State.SUBMITTED


def test_changing_the_language_of_an_unfinished_page_asks_for_nothing(
    client, officer, sent
):
    client.force_login(officer)
    for name in (RETURN, AGREE):
        page = {"submission_number": "1", "written_in": "en", "switch_to": "cy"}

        response = client.post(in_language(name, sent, "cy"), page)

        assert response.status_code == 200
        assert "nhsuk-error-summary" not in response.content.decode()


def test_reason_is_kept_in_the_language_it_was_said_to_be_in(client, officer, sent):
    client.force_login(officer)
    url = reflection_url(AGREE, sent)
    client.post(url, typed(client, url, **words(AGREE, sent), written_in="cy"))

    assert list(
        AgreedLevel.objects.values_list("level", "language").order_by("pk")
    ) == [
        (3, "cy"),
        (1, ""),
    ]


def test_reason_of_a_return_is_kept_in_its_language(client, officer, sent):
    client.force_login(officer)
    url = reflection_url(RETURN, sent)
    client.post(url, typed(client, url, reason="Rhagor.", written_in="cy"))

    assert changes(sent, "returned") == [("Rhagor.", "cy")]


# What is heard --------------------------------------------------------------------------


def test_every_label_and_error_names_its_outcome(client, officer, sent):
    client.force_login(officer)
    url = reflection_url(AGREE, sent)
    page = typed(client, url)
    html = client.get(url).content.decode()
    for number in (1, 2):
        page[f"level-{outcome_of(sent, number=number).pk}"] = "3"

    refused = client.post(url, page)

    labels = re.findall(
        r"<(?:legend|label)[^>]*>(.*?)</(?:legend|label)>", html, re.DOTALL
    )
    named = [" ".join(re.sub(r"<[^>]*>", "", label).split()) for label in labels]
    about = [label for label in named if "greed level" in label or "reason" in label]
    assert about == [
        f"{number}. Outcome number {number}: {label}"
        for number in (1, 2)
        for label in (
            "Agreed level",
            "The reason, if it differs from the cluster&#x27;s own level",
        )
    ]
    assert '<span class="nhsuk-u-visually-hidden">1. Outcome number 1: </span>' in html
    summary = refused.content.decode().split("nhsuk-error-summary__list")[1]
    lines = re.findall(r"<a href=[^>]*>(.*?)</a>", summary.split("</ul>")[0])
    assert [line.split(":")[0] for line in lines] == [
        "1. Outcome number 1",
        "2. Outcome number 2",
    ]
    assert not any("<" in line or "&lt;" in line for line in lines)


# Readers outside the cluster ------------------------------------------------------------


def test_officer_finds_levels_actions_and_the_way_back(client, officer, sent):
    client.force_login(officer)

    html = client.get(reflection_url("reflection_detail", sent)).content.decode()

    main = html.split("nhsuk-grid-column-two-thirds")[1].split(
        "nhsuk-grid-column-one-third"
    )[0]
    assert reflection_url(AGREE, sent) in main
    assert reflection_url(RETURN, sent) in main
    assert reflection_url("submission_detail", sent, number=1) in main
    assert main.count("<tr>") == 2 + 2 + 1
    assert "Agreed level" not in main
    assert 'href="/en/results/2030/7A0/"' in html
    current = re.findall(r'href="([^"]*)" aria-current="page"', html)
    assert current == ["/en/results/"]


def test_agreed_levels_stand_in_the_table(client, officer, national, sent):
    services.record_agreement(
        reflection=sent,
        by=officer,
        levels={outcome_of(sent).pk: (2, "More.", "en")},
    )
    client.force_login(national)

    page = text_of(client.get(reflection_url("reflection_detail", sent)))

    assert "Agreed level" in page
    assert "1. Outcome number 1 1 Foundation 1 Foundation 2 Developing" in page
    assert "2. Outcome number 2 1 Foundation 1 Foundation None" in page


def test_draft_is_shown_as_progress_only(client, officer, lead, reflection):
    save(reflection, entry(words_of(reflection), "CANARY"), by=lead)
    client.force_login(officer)

    page = text_of(client.get(reflection_url("reflection_detail", reflection)))

    assert "Answered: 0 of 13" in page
    assert "CANARY" not in page


@pytest.mark.parametrize("withdrawn", [False, True])
def test_queries_of_the_page_for_officers(
    client, officer, lead, sent, django_assert_max_num_queries, withdrawn
):
    send_again(sent, lead)
    if withdrawn:
        services.withdraw(reflection=sent, by=lead)
    client.force_login(officer)

    with django_assert_max_num_queries(14):
        response = client.get(reflection_url("reflection_detail", sent))

    assert response.status_code == 200


# While a group of peers reviews it --------------------------------------------------------


@pytest.fixture
def facilitator(reflection):
    now, day = timezone.now(), datetime.timedelta(days=1)
    person = UserFactory(name="Heledd Hwylus")
    ReviewAccess.objects.create(
        reflection=reflection,
        user=person,
        role=ReviewAccess.Role.FACILITATOR,
        starts_at=now - day,
        ends_at=now + day,
    )
    return person


def test_a_facilitator_returns_what_is_in_review(client, sent, facilitator):
    services.begin_review(reflection=sent, by=facilitator)
    client.force_login(facilitator)
    url = reflection_url(RETURN, sent)

    response = client.post(url, typed(client, url, reason="Dywedwch fwy."))

    assert response.status_code == 302
    sent.refresh_from_db()
    assert sent.state == State.DRAFT
    assert changes(sent, "returned") == [("Dywedwch fwy.", "en")]


def test_a_facilitator_returns_nothing_that_is_not_in_review(client, sent, facilitator):
    client.force_login(facilitator)

    response = client.get(reflection_url(RETURN, sent), follow=True)

    assert "Its review has not begun: open what was submitted first." in text_of(
        response
    )


def test_an_officer_hears_that_the_review_has_begun(client, officer, sent, facilitator):
    client.force_login(officer)
    url = reflection_url(RETURN, sent)
    old = typed(client, url, reason="Dywedwch fwy <b>.")
    services.begin_review(reflection=sent, by=facilitator)

    response = client.post(url, old)

    assert response.status_code == 409
    html = response.content.decode()
    assert "Its review has begun, so it can no longer be returned." in html
    assert "Dywedwch fwy &lt;b&gt;." in html


@pytest.mark.parametrize("state", [State.SUBMITTED, State.IN_REVIEW])
def test_an_officer_hears_who_records_the_agreement(
    client, officer, sent, facilitator, state
):
    if state == State.IN_REVIEW:
        services.begin_review(reflection=sent, by=facilitator)
    client.force_login(officer)

    contents = text_of(client.get(reflection_url("reflection_detail", sent)))
    response = client.get(reflection_url(AGREE, sent), follow=True)

    said = "its facilitator records the agreement: Heledd Hwylus"
    assert said in text_of(response)
    assert "Facilitator: Heledd Hwylus" in contents
    assert "Record the agreed levels" not in contents


def test_what_an_officer_typed_stays_where_a_facilitator_came_meanwhile(
    client, officer, sent
):
    client.force_login(officer)
    url = reflection_url(AGREE, sent)
    old = typed(client, url, **words(AGREE, sent))
    now, day = timezone.now(), datetime.timedelta(days=1)
    ReviewAccess.objects.create(
        reflection=sent,
        user=UserFactory(name="Heledd Hwylus"),
        role=ReviewAccess.Role.FACILITATOR,
        starts_at=now - day,
        ends_at=now + day,
    )

    response = client.post(url, old)

    assert response.status_code == 409
    html = response.content.decode()
    assert "Heledd Hwylus" in html
    assert "Dywedwch fwy &lt;b&gt;." in html
    assert AgreedLevel.objects.count() == 0


def test_a_facilitator_has_no_page_of_the_board_for_the_agreement(
    client, sent, facilitator
):
    services.begin_review(reflection=sent, by=facilitator)
    client.force_login(facilitator)

    contents = text_of(client.get(reflection_url("reflection_detail", sent)))
    response = client.get(reflection_url(AGREE, sent))

    assert response.status_code == 403
    assert "Record the agreed levels" not in contents
    assert "Return it to the cluster" in contents
