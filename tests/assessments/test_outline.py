"""The contents page: what is left, by when, what comes next, and the filters."""

import datetime
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from assessments import services
from assessments.models import Question
from assessments.subjects import Subject
from assessments.views.loading import outcome_url, reflection_url
from tests.factories import CycleFactory, SelfReflectionFactory
from tests.factories.assessments import days_from_now
from tests.steps import (
    answer_all,
    criterion_of,
    criterion_subject,
    entry,
    outcome_of,
    question_subject,
    save,
    submit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def contents(reflection):
    return reflection_url("reflection_detail", reflection)


@pytest.fixture
def before(edition, cluster, lead):
    """Everything was answered and submitted in the cycle before."""
    reflection = SelfReflectionFactory(
        cluster=cluster,
        cycle=CycleFactory(
            code="2029",
            edition=edition,
            opens_at=days_from_now(-400),
            closes_at=days_from_now(5),
        ),
    )
    answer_all(reflection, by=lead)
    submit(reflection, by=lead)
    return reflection


def text_of(response):
    return " ".join(unescape(response.content.decode()).split())


def titles(response):
    return [
        str(line.title) for part in response.context["parts"] for line in part.lines
    ]


def counts(response):
    return {each.show.value: each.count for each in response.context["filters"]}


# Filters ----------------------------------------------------------------------------------


def test_everything_is_listed_without_a_filter(client, lead, reflection, contents):
    client.force_login(lead)

    for address in (contents, f"{contents}?show=all", f"{contents}?show=nonsense"):
        assert titles(client.get(address)) == [
            "Who took part, how and when",
            "1. Outcome number 1",
            "2. Outcome number 2",
            "1. Outcome number 1",
            "The enabling factors",
            "In your own words",
        ]
    assert counts(client.get(contents)) == {"all": 6, "unanswered": 5, "flagged": 0}


def test_what_is_unanswered_with_its_number(client, lead, reflection, contents):
    answer_all(reflection, by=lead)
    save(
        reflection,
        entry(criterion_subject(reflection, outcome=2, level=1), base=1),
        entry(criterion_subject(reflection, outcome=2, level=2), base=1),
        entry(question_subject(reflection, Question.OWN_LEVEL), choice="3", base=1),
        by=lead,
    )
    client.force_login(lead)

    response = client.get(f"{contents}?show=unanswered")

    assert titles(response) == ["1. Outcome number 1", "2. Outcome number 2"]
    assert "Not answered: 2" in text_of(response)
    assert "Reasons missing: 1" in text_of(response)


def test_what_changed_since_the_last_cycle_with_its_number(
    client, lead, reflection, before, contents
):
    save(
        reflection,
        entry(criterion_subject(reflection, level=1), choice="met"),
        entry(criterion_subject(reflection, level=2), choice="met"),
        entry(criterion_subject(reflection, outcome=2, level=1), choice="met"),
        by=lead,
    )
    client.force_login(lead)

    response = client.get(f"{contents}?show=changed")

    assert titles(response) == ["1. Outcome number 1"]
    assert "Changed: 1" in text_of(response)
    assert counts(response) == {"all": 6, "unanswered": 5, "changed": 1, "flagged": 0}


def test_what_is_flagged_with_who_and_what(
    client, lead, contributor, reflection, contents
):
    outcome, criterion = outcome_of(reflection), criterion_of(reflection)
    services.raise_flag(
        reflection=reflection, outcome=outcome, criterion=criterion, by=contributor
    )
    services.settle_flag(
        flag=services.raise_flag(
            reflection=reflection, outcome=outcome_of(reflection, number=2), by=lead
        ),
        by=lead,
    )
    client.force_login(lead)

    response = client.get(f"{contents}?show=flagged")

    text = text_of(response)
    assert titles(response) == ["1. Outcome number 1"]
    assert f"{outcome_url(reflection, outcome)}#criterion-{criterion.pk}" in text
    assert str(contributor) in text
    assert "Flagged: 1" in text_of(client.get(contents))


@pytest.mark.parametrize(
    ("language", "nothing", "back"),
    [
        ("en", "Nothing matches", "Show everything"),
        ("cy", "Nid oes dim yn cyfateb", "Dangos popeth"),
    ],
)
def test_nothing_matches_and_the_way_back(
    client, lead, reflection, contents, language, nothing, back
):
    client.force_login(lead)

    response = client.get(contents.replace("/en/", f"/{language}/") + "?show=flagged")

    assert titles(response) == []
    assert nothing in text_of(response)
    assert f'href="?#contents">{back}</a>' in text_of(response)


def test_readers_from_outside_see_no_filters(
    client, officer, lead, reflection, contents
):
    answer_all(reflection, by=lead)
    client.force_login(officer)

    response = client.get(f"{contents}?show=flagged")

    assert "filters" not in response.context
    assert "Flagged" not in text_of(response)


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_the_contents_do_not_grow(
    client, lead, reflection, before, contents, django_assert_num_queries, number
):
    for level in range(1, number + 1):
        criterion = criterion_of(reflection, level=level)
        services.raise_flag(
            reflection=reflection,
            outcome=criterion.outcome,
            criterion=criterion,
            by=lead,
        )
    client.force_login(lead)

    with django_assert_num_queries(16):
        client.get(f"{contents}?show=flagged")


# What is left, and by when -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "left", "days", "what_next"),
    [
        (
            "en",
            "You have 2 outcomes left.",
            "There are 3 days left.",
            ("The next thing to do:", "2. Outcome number 2"),
        ),
        (
            "cy",
            "Mae gennych 2 ganlyniad ar ôl.",
            "Mae 3 diwrnod ar ôl.",
            ("Y peth nesaf i'w wneud:", "2. Canlyniad rhif 2"),
        ),
    ],
)
@pytest.mark.parametrize("where", ["contents", "home"])
def test_what_is_left_and_by_when_and_what_comes_next(
    client, lead, reflection, contents, where, language, left, days, what_next
):
    answer_all(reflection, by=lead)
    save(
        reflection,
        entry(criterion_subject(reflection, outcome=2, level=1), base=1),
        entry(criterion_subject(reflection, module="SIGNS", level=None), base=1),
        by=lead,
    )
    closes_at = timezone.localtime() + datetime.timedelta(days=3)
    reflection.cycle.closes_at = closes_at.replace(hour=17, minute=0)
    reflection.cycle.save()
    client.force_login(lead)
    with override(language):
        page = outcome_url(reflection, outcome_of(reflection, number=2))
        address = reverse("home") if where == "home" else contents
    address = address.replace("/en/", f"/{language}/")

    text = text_of(client.get(address))

    assert left in text
    assert days in text
    label, title = what_next
    named = (
        f'<a href="{page}">{title}</a>'
        if where == "home"
        else f"<strong>{title}</strong>"
    )
    assert f"{label} {named}" in text
    assert "17:00" in text


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "That is today."), (1, "There is 1 day left."), (2, "There are 2 days left.")],
)
def test_days_left_are_counted_by_the_calendar(
    client, lead, reflection, contents, days, words
):
    last_minute = timezone.localtime().replace(hour=23, minute=59, second=59)
    reflection.cycle.closes_at = last_minute + datetime.timedelta(days=days)
    reflection.cycle.save()
    client.force_login(lead)

    assert words in text_of(client.get(contents))


def test_an_extension_counts(client, lead, officer, reflection, contents):
    services.grant_extension(
        reflection=reflection,
        closes_at=timezone.localtime() + datetime.timedelta(days=45),
        reason="A flood.",
        language="en",
        by=officer,
    )
    client.force_login(lead)

    assert "There are 45 days left." in text_of(client.get(contents))


def test_when_only_another_part_is_left(client, lead, reflection, contents):
    answer_all(reflection, by=lead)
    save(reflection, entry(Subject(question=Question.METHOD), base=1), by=lead)
    client.force_login(lead)

    text = text_of(client.get(contents))

    assert "The outcomes are complete. Something is left in another part." in text
    assert "<strong>Who took part, how and when</strong>" in text


def test_when_nothing_is_left(client, lead, reflection, contents):
    answer_all(reflection, by=lead)
    client.force_login(lead)

    text = text_of(client.get(contents))

    assert "Everything is answered." in text
    assert "The next thing to do" not in text
