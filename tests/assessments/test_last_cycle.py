"""The last cycle beside this one, and carrying its answers forward."""

import datetime
import re
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils.translation import override

from assessments import services
from assessments.last_cycle import (
    LastAnswer,
    changes,
    load_last_answers,
    load_last_outcome,
)
from assessments.models import Action, Answer, AnswerVersion, Question
from assessments.selectors import load_outcome
from assessments.subjects import Subject
from assessments.views.loading import reflection_url
from cdf_site.common.word_diff import Part
from frameworks.models import Criterion, Outcome
from tests.assessments.test_views import typed
from tests.factories import (
    CriterionFactory,
    CycleFactory,
    EditionFactory,
    ModuleFactory,
    SelfReflectionFactory,
    thawed,
)
from tests.factories.assessments import days_from_now
from tests.steps import (
    criterion_of,
    criterion_subject,
    entry,
    outcome_of,
    question_subject,
    save,
    sheet_of,
    submit,
    words_of,
)

pytestmark = pytest.mark.django_db


def last_of(reflection, user, number=1, module="LEVELS"):
    _previous, sheet, _next = load_outcome(reflection, module, number)
    return load_last_outcome(reflection, sheet, user=user)


@pytest.fixture
def page(reflection):
    return reflection_url("outcome_edit", reflection, module="LEVELS", number=1)


@pytest.fixture
def reflection_before(edition, cluster):
    """Of the cycle before, on the same edition; not started."""
    cycle = CycleFactory(
        code="2029",
        name_en="Self-reflection 2029",
        edition=edition,
        opens_at=days_from_now(-400),
        closes_at=days_from_now(5),
    )
    return SelfReflectionFactory(cycle=cycle, cluster=cluster)


@pytest.fixture
def before(reflection_before, lead, officer):
    """Submitted: level 1 met, level 2 partly met with a comment, words, and own level 1."""
    reflection = reflection_before
    save(
        reflection,
        entry(criterion_subject(reflection, level=1), choice="met"),
        entry(criterion_subject(reflection, level=2), "Nearly.", choice="partly_met"),
        entry(question_subject(reflection, Question.OWN_LEVEL), choice="1"),
        entry(words_of(reflection), "Mae'n mynd yn dda."),
        by=lead,
        language="cy",
    )
    submit(reflection, by=lead)
    return reflection


# What was said then -----------------------------------------------------------------------


def test_answers_are_those_that_were_submitted(reflection, before, lead):
    criterion = criterion_of(reflection, level=2)

    last = last_of(reflection, lead)

    assert last.cycle == before.cycle
    assert last.own_level == 1
    assert last.agreed is None
    assert last.new == frozenset()
    assert last.answers[Subject(criterion_id=criterion.pk)] == LastAnswer(
        choice="partly_met",
        text="Nearly.",
        language=last.answers[Subject(criterion_id=criterion.pk)].language,
        wording={"cy": criterion.text_cy, "en": criterion.text_en},
        wording_now={"cy": criterion.text_cy, "en": criterion.text_en},
    )
    assert [(str(label), answer.text) for label, answer in last.words] == [
        ("What is going well", "Mae'n mynd yn dda.")
    ]


def test_a_draft_of_the_cycle_before_is_not_shown(reflection, before, lead, officer):
    services.return_reflection(
        reflection=before, by=officer, reason="More.", language="en"
    )
    subject = criterion_subject(reflection, level=1)
    save(before, entry(subject, choice="not_yet_met", base=1), by=lead)

    assert last_of(reflection, lead).answers[subject].choice == "met"


def test_the_latest_submission_of_the_latest_cycle_counts(
    reflection, before, edition, cluster, lead, officer
):
    older = SelfReflectionFactory(
        cluster=cluster,
        cycle=CycleFactory(
            code="2028",
            edition=edition,
            opens_at=days_from_now(-800),
            closes_at=days_from_now(5),
        ),
    )
    subject = criterion_subject(reflection, level=1)
    save(older, entry(subject, choice="not_applicable", text="Why."), by=lead)
    submit(older, by=lead)
    services.return_reflection(
        reflection=before, by=officer, reason="More.", language="en"
    )
    before.refresh_from_db()
    save(before, entry(subject, choice="not_yet_met", base=1), by=lead)
    submit(before, by=lead)

    assert last_of(reflection, lead).answers[subject].choice == "not_yet_met"
    assert last_of(before, lead).answers[subject].choice == "not_applicable"
    assert last_of(older, lead) is None


def test_only_the_clusters_own(reflection, before, other_cluster, stranger):
    elsewhere = SelfReflectionFactory(cycle=reflection.cycle, cluster=other_cluster)

    assert last_of(elsewhere, stranger) is None
    assert last_of(reflection, stranger) is None


def test_the_agreed_level(reflection, before, lead, officer):
    outcome = outcome_of(reflection)

    services.record_agreement(
        reflection=before, by=officer, levels={outcome.pk: (2, "Modest.", "en")}
    )

    last = last_of(reflection, lead)
    assert (last.agreed.level, last.agreed.reason) == (2, "Modest.")


# Another edition --------------------------------------------------------------------------


@pytest.fixture
def other_edition(cluster, lead):
    """The edition before, on which the cluster submitted: all its criteria at level 1 are met."""
    edition = EditionFactory(code="2025-05")
    ModuleFactory(edition=edition, number=1, code="OLD", outcomes=2)
    with thawed():
        Criterion.objects.filter(outcome__module__edition=edition).update(
            text_en="There is a plan.", text_cy="Mae cynllun."
        )
    before = SelfReflectionFactory(
        cluster=cluster,
        cycle=CycleFactory(
            code="2029",
            edition=edition,
            opens_at=days_from_now(-400),
            closes_at=days_from_now(5),
        ),
    )
    save(
        before,
        *(
            entry(Subject(criterion_id=criterion.pk), choice="met")
            for criterion in Criterion.objects.filter(
                outcome__module__edition=edition, level=1
            )
        ),
        *(
            entry(Subject(outcome_id=outcome.pk, question="own_level"), choice="1")
            for outcome in Outcome.objects.filter(module__edition=edition)
        ),
        by=lead,
    )
    submit(before, by=lead)
    return edition


def came_from(criterion, edition, *, outcome, level=1):
    criterion.predecessor = Criterion.objects.get(
        outcome__module__edition=edition, outcome__number=outcome, level=level
    )
    criterion.text_en, criterion.text_cy = "There is a good plan.", "Mae cynllun da."
    with thawed():
        criterion.save()
    return criterion


def test_criteria_of_another_edition_match_by_their_predecessors(
    reflection, other_edition, lead
):
    # Most of outcome 1 came from the old outcome 2.
    one = came_from(criterion_of(reflection, level=1), other_edition, outcome=2)
    came_from(criterion_of(reflection, level=2), other_edition, outcome=2, level=2)
    new = criterion_of(reflection, level=3)

    last = last_of(reflection, lead)

    answer = last.answers[Subject(criterion_id=one.pk)]
    assert answer.choice == "met"
    assert answer.changed_wording == [
        Part("same", "There is a "),
        Part("added", "good "),
        Part("same", "plan."),
    ]
    with override("cy"):
        assert [part.text for part in answer.changed_wording if part.kind == "added"]
    assert last.new == {Subject(criterion_id=new.pk)}
    assert (last.anchor, last.own_level) == ("OLD-2", 1)


def test_two_criteria_of_one_predecessor_both_find_it(reflection, other_edition, lead):
    first = came_from(criterion_of(reflection, level=1), other_edition, outcome=1)
    second = came_from(
        CriterionFactory(outcome=first.outcome, level=1, number=9),
        other_edition,
        outcome=1,
    )

    last = last_of(reflection, lead)

    assert last.answers[Subject(criterion_id=first.pk)].choice == "met"
    assert last.answers[Subject(criterion_id=second.pk)].choice == "met"


def test_an_edition_that_no_cycle_was_on_is_stepped_over(
    reflection, other_edition, lead
):
    between = EditionFactory(code="2028-05")
    ModuleFactory(edition=between, number=1, code="LEVELS", outcomes=1)
    middle = came_from(
        Criterion.objects.get(outcome__module__edition=between, level=1),
        other_edition,
        outcome=1,
    )
    today = criterion_of(reflection, level=1)
    today.predecessor = middle
    with thawed():
        today.save()

    answers = load_last_answers(reflection, sheet_of(reflection), user=lead)

    assert answers[Subject(criterion_id=today.pk)].choice == "met"


def test_an_outcome_that_came_from_nowhere_has_no_last_cycle(
    reflection, other_edition, lead
):
    assert last_of(reflection, lead, number=2) is None


# What changed -----------------------------------------------------------------------------


def test_changes_are_answers_that_differ(reflection, before, lead):
    save(
        reflection,
        entry(criterion_subject(reflection, level=1), choice="met"),
        entry(criterion_subject(reflection, level=2), choice="met"),
        entry(criterion_subject(reflection, level=3), choice="met"),
        entry(question_subject(reflection, Question.OWN_LEVEL), choice="3"),
        by=lead,
    )
    sheet = sheet_of(reflection)

    answers = load_last_answers(reflection, sheet, user=lead)

    assert [changes(page, answers) for page in sheet.outcomes] == [3, 0, 0]


def test_what_is_not_answered_has_not_changed(reflection, before, lead):
    sheet = sheet_of(reflection)

    answers = load_last_answers(reflection, sheet, user=lead)

    assert [changes(page, answers) for page in sheet.outcomes] == [0, 0, 0]


# On the page ------------------------------------------------------------------------------


def test_page_shows_the_last_cycle(client, lead, reflection, before, page):
    client.force_login(lead)

    html = client.get(page).content.decode()

    assert "Self-reflection 2029" in html
    assert "Last cycle: Met" in html
    assert "Last cycle: Partly met" in html
    assert "Nearly." in html
    assert "Mae&#x27;n mynd yn dda." in html
    assert (
        reverse("assessments:submission_detail", args=["2029", "afan", 1]) + "#LEVELS-1"
        in html
    )


def test_page_without_a_last_cycle_says_nothing_of_it(client, lead, reflection, page):
    client.force_login(lead)

    html = client.get(page).content.decode()

    assert "Last cycle" not in html
    assert "Carry forward" not in html


@pytest.mark.parametrize("language", ["en", "cy"])
def test_page_shows_what_changed_in_the_wording(
    client, lead, reflection, other_edition, page, language
):
    came_from(criterion_of(reflection, level=1), other_edition, outcome=1)
    client.force_login(lead)

    html = client.get(page.replace("/en/", f"/{language}/")).content.decode()

    said = {
        "en": ("The wording has changed since the last cycle", "New in this edition"),
        "cy": (
            "Mae&#x27;r geiriad wedi newid ers y cylch diwethaf",
            "Newydd yn y rhifyn",
        ),
    }[language]
    assert all(words in html.replace("'", "&#x27;") for words in said)
    assert html.count('<ins class="difference__added">') == 1
    assert (
        html.count('name="carry"') == 2
    )  # the criterion that was there, and the level


# Carrying forward -------------------------------------------------------------------------


@pytest.fixture
def key(reflection):
    """Of the criterion that was partly met then."""
    return criterion_subject(reflection, level=2).key


def test_carrying_forward_fills_in_and_keeps_nothing(
    client, lead, reflection, before, page, key
):
    client.force_login(lead)

    response = client.post(page, typed(client, page, carry=key), follow=True)

    assert response.redirect_chain == [(f"{page}?carried={key}#{key}", 302)]
    form = response.context["form"]
    assert form[f"{key}-choice"].value() == "partly_met"
    assert form[f"{key}-text"].value() == "Nearly."
    html = response.content.decode()
    assert "Carried forward from: Self-reflection 2029." in html
    assert html.count(" data-unconfirmed") == 1
    assert not Answer.objects.filter(reflection=reflection).exists()


def test_carrying_forward_saves_what_else_was_typed(
    client, lead, reflection, before, page, key
):
    client.force_login(lead)
    other = criterion_subject(reflection, level=3).key

    client.post(
        page,
        typed(
            client,
            page,
            **{f"{other}-choice": "met", f"{key}-text": "My own words.", "carry": key},
        ),
    )

    assert set(
        Answer.objects.filter(reflection=reflection).values_list("choice", "text")
    ) == {("met", ""), ("", "My own words.")}
    form = client.get(f"{page}?carried={key}").context["form"]
    assert form[f"{key}-choice"].value() == "partly_met"
    assert form[f"{key}-text"].value() == "My own words."


def test_confirming_saves(client, lead, reflection, before, page, key):
    client.force_login(lead)
    carried = f"{page}?carried={key}"

    response = client.post(
        page, typed(client, carried, unconfirmed=key, confirm=key), follow=True
    )

    answer = Answer.objects.get(reflection=reflection)
    assert (answer.choice, answer.text) == ("partly_met", "Nearly.")
    assert response.redirect_chain == [(f"{page}#{key}", 302)]
    assert "data-unconfirmed" not in response.content.decode()


def test_changing_what_was_carried_confirms_it(
    client, lead, reflection, before, page, key
):
    client.force_login(lead)
    sent = typed(client, f"{page}?carried={key}", unconfirmed=key, stay="1")

    client.post(page, sent | {f"{key}-choice": "met"})

    answer = Answer.objects.get(reflection=reflection)
    assert (answer.choice, answer.text) == ("met", "Nearly.")


@pytest.mark.parametrize("button", ["stay", "switch_to", "flag", "carry"])
def test_no_other_button_keeps_what_is_not_confirmed(
    client, lead, reflection, before, page, key, button
):
    client.force_login(lead)
    value = {"switch_to": "cy", "flag": key, "carry": "own-level"}.get(button, "1")

    response = client.post(
        page,
        typed(client, f"{page}?carried={key}", unconfirmed=key, **{button: value}),
    )

    assert not Answer.objects.filter(reflection=reflection).exists()
    assert not AnswerVersion.objects.filter(answer__reflection=reflection).exists()
    assert f"carried={key}" in response.url
    assert ("carried=own-level" in response.url) == (button == "carry")


def test_going_on_without_confirming_is_asked_about_once(
    client, lead, reflection, before, page, key
):
    client.force_login(lead)
    sent = typed(client, f"{page}?carried={key}", unconfirmed=key)

    asked = client.post(page, sent)
    gone_on = client.post(page, sent | {"asked": "1"})

    assert asked.status_code == 422
    assert asked.context["form"].errors == {
        f"{key}-choice": ["Confirm this answer, or change it."]
    }
    assert asked.context["unconfirmed"] == [key]
    assert gone_on.status_code == 302
    assert not Answer.objects.filter(reflection=reflection).exists()


@pytest.mark.parametrize("button", ["leave", "back", "add_evidence"])
def test_every_button_that_leaves_asks_once_about_what_is_not_confirmed(
    client, lead, reflection, before, page, key, button
):
    client.force_login(lead)
    value = "LEVELS-1" if button == "add_evidence" else "1"
    sent = typed(client, f"{page}?carried={key}", unconfirmed=key, **{button: value})

    asked = client.post(page, sent)
    gone = client.post(page, sent | {"asked": "1"}, follow=True)

    assert asked.status_code == 422
    assert asked.context["form"].errors == {
        f"{key}-choice": ["Confirm this answer, or change it."]
    }
    assert 'name="asked"' in asked.content.decode()
    [(_url, status)] = gone.redirect_chain
    assert status == 302
    [message] = [str(message) for message in gone.context["messages"]]
    assert re.fullmatch(
        r"Saved at \d\d:\d\d\. Carried forward, but not saved until you confirm it: 1",
        message,
    )
    assert not Answer.objects.filter(reflection=reflection).exists()


def test_nothing_is_called_saved_that_was_only_filled_in(
    client, lead, reflection, before, page, key
):
    client.force_login(lead)

    response = client.post(page, typed(client, page, carry=key), follow=True)

    [message] = [str(message) for message in response.context["messages"]]
    assert message.endswith("not saved until you confirm it: 1")


@pytest.mark.parametrize(
    ("language", "is_chosen"), [("en", False), ("cy", True), ("", False)]
)
def test_a_carried_text_keeps_its_language_and_nobody_has_chosen_it(
    client, lead, reflection, reflection_before, page, language, is_chosen
):
    """Marked as what it does not read as, it was marked by hand, and stays so."""
    subject = words_of(reflection)
    made = replace(entry(subject, "The team meets every month."), language=language)
    save(reflection_before, made, by=lead)
    submit(reflection_before, by=lead)
    client.force_login(lead)
    page = page.replace("/en/", "/cy/")
    sent = typed(client, f"{page}?carried=going-well", unconfirmed="going-well")

    client.post(page, sent | {"confirm": "going-well"})

    answer = Answer.objects.get(reflection=reflection)
    # What reads as its language is of that language by detection, whoever said so.
    assert (answer.language, answer.language_is_chosen) == (
        language or "en",
        is_chosen,
    )


def test_an_unclear_text_keeps_its_language_on_a_page_of_the_other(
    client, lead, reflection, reflection_before, page
):
    subject = words_of(reflection)
    save(reflection_before, entry(subject, "2029"), by=lead, language="cy")
    submit(reflection_before, by=lead)
    client.force_login(lead)
    sent = typed(client, f"{page}?carried=going-well", unconfirmed="going-well")

    client.post(page, sent | {"confirm": "going-well"})

    answer = Answer.objects.get(reflection=reflection)
    assert (answer.language, answer.language_is_chosen) == ("cy", False)


def test_what_is_answered_is_not_offered(client, lead, reflection, before, page, key):
    save(
        reflection, entry(criterion_subject(reflection, level=2), choice="met"), by=lead
    )
    client.force_login(lead)

    response = client.get(f"{page}?carried={key}&carried=nonsense")

    assert response.context["unconfirmed"] == []
    assert key not in response.context["offers"]
    assert response.context["form"][f"{key}-choice"].value() == "met"


def test_carrying_what_is_not_offered_only_saves(
    client, lead, reflection, before, page
):
    client.force_login(lead)

    response = client.post(page, typed(client, page, carry="nonsense"))

    assert response.status_code == 302
    assert not Answer.objects.filter(reflection=reflection).exists()


def test_dates_are_not_carried(client, lead, reflection, reflection_before, page):
    subject = question_subject(reflection, Question.NEXT_STEPS)
    save(
        reflection_before,
        entry(subject, "A plan.", dated_on=datetime.date(2029, 5, 1)),
        by=lead,
    )
    submit(reflection_before, by=lead)
    client.force_login(lead)

    form = client.get(f"{page}?carried=next-steps").context["form"]

    assert form["next-steps-text"].value() == "A plan."
    assert form["next-steps-date"].value() is None


def test_script_saves_only_what_it_sends(client, lead, reflection, before, page, key):
    """As answers.js does: the fields of the answer that was typed into, and not the carried one."""
    client.force_login(lead)
    other = criterion_subject(reflection, level=3).key
    page_sent = typed(client, f"{page}?carried={key}")
    sent = {
        name: value
        for name, value in page_sent.items()
        if not name.startswith(f"{key}-")
    }

    client.post(
        page,
        sent | {f"{other}-choice": "met", "page_of": lead.pk},
        headers={"Accept": "application/json"},
    )

    assert [
        answer.choice for answer in Answer.objects.filter(reflection=reflection)
    ] == ["met"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_form_takes_fourteen_queries_with_a_last_cycle(
    client, lead, reflection, before, page, django_assert_num_queries, number
):
    for _ in range(number):
        Action.objects.create(
            reflection=before,
            outcome=outcome_of(reflection),
            text="To do.",
            language="en",
            added_by=lead,
        )
    client.force_login(lead)

    # One of them for the barriers and support needs that can be chosen.
    with django_assert_num_queries(14):
        client.get(page)
