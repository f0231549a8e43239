"""What is stored of a submission so that nobody has to open it again."""

import json

import pytest

from assessments import services
from assessments.models import (
    FactorChoice,
    Question,
    SignsChoice,
    Standing,
    SubmittedText,
)
from assessments.standing import (
    FACTORS,
    SIGNS,
    agreed_levels_of,
    level_of_text,
    standing_of,
)
from assessments.subjects import Subject
from frameworks.models import EnablingFactor
from tests.steps import (
    answer_all,
    criterion_subject,
    entry,
    outcome_of,
    question_subject,
    save,
    start,
    submit,
    words_of,
)

pytestmark = pytest.mark.django_db


def standing(reflection):
    return Standing.objects.filter(reflection=reflection).values_list(
        "submission__number", "own_levels", "agreed_levels", "signs", "factors"
    )


def test_there_is_none_before_a_submission(reflection, lead):
    start(reflection, by=lead)

    assert list(standing(reflection)) == []


def test_what_is_not_answered_is_no_level(reflection, lead):
    start(reflection, by=lead)

    submit(reflection, by=lead)

    assert list(standing(reflection)) == [(1, "--.", "--.", "-", "-")]


def test_what_was_answered_stands_in_the_order_of_the_framework(reflection, lead):
    answer_all(reflection, by=lead)
    save(
        reflection,
        entry(
            question_subject(reflection, Question.OWN_LEVEL, number=2),
            choice="0",
            base=1,
        ),
        by=lead,
    )

    submit(reflection, by=lead)

    assert list(standing(reflection)) == [(1, "10.", "--.", "m", "h")]


def test_a_second_submission_takes_the_place_of_the_first(reflection, lead, officer):
    start(reflection, by=lead)
    submit(reflection, by=lead)
    services.return_reflection(
        reflection=reflection, by=officer, reason="Look again.", language="en"
    )
    answer_all(reflection, by=lead)

    submit(reflection, by=lead)

    assert list(standing(reflection)) == [(2, "11.", "--.", "m", "h")]


def test_a_return_leaves_what_readers_have(reflection, lead, officer):
    answer_all(reflection, by=lead)
    submit(reflection, by=lead)

    services.return_reflection(
        reflection=reflection, by=officer, reason="Look again.", language="en"
    )

    assert list(standing(reflection)) == [(1, "11.", "--.", "m", "h")]


def test_agreed_levels_stand_beside_the_clusters_own(reflection, lead, officer):
    answer_all(reflection, by=lead)
    submit(reflection, by=lead)
    services.begin_review(reflection=reflection, by=officer)

    services.record_agreement(
        reflection=reflection,
        by=officer,
        levels={outcome_of(reflection, number=2).pk: (3, "They saw it.", "en")},
    )

    assert list(standing(reflection)) == [(1, "11.", "-3.", "m", "h")]


def test_words_are_stored_where_they_can_be_found(reflection, lead):
    factor = Subject(
        enabling_factor_id=EnablingFactor.objects.get(
            edition=reflection.cycle.edition
        ).pk
    )
    save(
        reflection,
        entry(words_of(reflection), "Mae’r tŷ yn LLAWN."),
        entry(criterion_subject(reflection), "Because.", choice="met"),
        entry(factor, "Arian.", choice="hinders"),
        entry(Subject(question=Question.ANYTHING_ELSE), "Nothing else."),
        entry(question_subject(reflection, Question.DISCUSSION_NOTE), "Ours alone."),
        by=lead,
    )
    reflection.refresh_from_db()

    submit(reflection, by=lead)

    stored = SubmittedText.objects.values_list(
        "outcome__number",
        "criterion__level",
        "enabling_factor__number",
        "question",
        "text",
        "folded",
    )
    assert set(stored) == {
        (1, None, None, "going_well", "Mae’r tŷ yn LLAWN.", "mae'r ty yn llawn."),
        (None, 1, None, "", "Because.", "because."),
        (None, None, 1, "", "Arian.", "arian."),
        (None, None, None, "anything_else", "Nothing else.", "nothing else."),
    }


def test_it_can_be_derived_again_from_what_was_frozen(reflection, lead):
    answer_all(reflection, by=lead)
    submission = submit(reflection, by=lead)

    derived = standing_of(json.loads(submission.content))

    assert list(Standing.objects.values_list("own_levels", "signs", "factors")) == [
        (derived.own_levels, derived.signs, derived.factors)
    ]


@pytest.mark.parametrize(
    ("own_levels", "levels", "expected"),
    [
        ("", {}, ""),
        ("1-.", {}, "--."),
        ("1-.", {0: 2, 1: 0}, "20."),
        ("1.", {1: 3}, "-."),  # where there are no levels, none is agreed
    ],
)
def test_agreed_levels_as_text(own_levels, levels, expected):
    assert agreed_levels_of(own_levels, levels) == expected


def test_a_character_is_a_level_or_none():
    assert [level_of_text(each) for each in "0123-."] == [0, 1, 2, 3, None, None]


def test_another_clusters_standing_is_not_seen(
    reflection, lead, stranger, officer, other_officer, national, superuser
):
    answer_all(reflection, by=lead)
    submit(reflection, by=lead)

    seen = {
        person.email: Standing.objects.visible_to(person).exists()
        for person in (lead, stranger, officer, other_officer, national, superuser)
    }

    assert seen == {
        lead.email: True,
        stranger.email: False,
        officer.email: True,
        other_officer.email: False,
        national.email: True,
        superuser.email: False,
    }


def test_every_choice_has_a_character_of_its_own():
    for choices, characters in ((SignsChoice, SIGNS), (FactorChoice, FACTORS)):
        assert set(characters) == set(choices.values)
        assert len({*characters.values(), "-", "."}) == len(characters) + 2
