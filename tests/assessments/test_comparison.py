"""What changed between two answers and between two frozen contents: pure functions."""

import datetime

import pytest

from assessments.comparison import Change, change_of, compare
from cdf_site.common.word_diff import ADDED, REMOVED, SAME, Part


def said(choice="", text="", dated_on=None, language=""):
    return {
        "choice": choice,
        "text": text,
        "dated_on": dated_on,
        "language": language or ("en" if text else ""),
    }


@pytest.mark.parametrize(
    ("question", "before", "after", "expected"),
    [
        ("", None, None, Change()),
        ("", said("met"), said("met"), Change()),
        ("", said("met"), said("partly_met"), Change(choice=("Met", "Partly met"))),
        ("", None, said("met"), Change(choice=("", "Met"))),
        ("own_level", said("0"), said("2"), Change(choice=("Below level 1", "2 Developing"))),
        (
            "participants",
            said("pharmacy dental"),
            said("dental"),
            Change(choice=("Pharmacy, Dental", "Dental")),
        ),
        ("", None, said(text="New"), Change(new_text="New", language="en")),
        (
            "",
            said(text="a safe call"),
            said(text="a quick call"),
            Change(
                texts=(
                    (
                        "en",
                        [
                            Part(SAME, "a "),
                            Part(REMOVED, "safe"),
                            Part(ADDED, "quick"),
                            Part(SAME, " call"),
                        ],
                    ),
                ),
                language="en",
            ),
        ),
        ("", said(text="Gone"), said(), Change(texts=(("en", [Part(REMOVED, "Gone")]),))),
        (
            "",
            said(text="Yes"),
            said(text="Ie", language="cy"),
            Change(
                texts=(("en", [Part(REMOVED, "Yes")]), ("cy", [Part(ADDED, "Ie")])),
                language="cy",
            ),
        ),
        (
            "",
            said(text="Te"),
            said(text="Te", language="cy"),
            Change(languages=("en", "cy"), language="cy"),
        ),
        (
            "held_on",
            said(dated_on="2030-11-05"),
            said(dated_on=datetime.date(2030, 11, 6)),
            Change(dates=(datetime.date(2030, 11, 5), datetime.date(2030, 11, 6))),
        ),
    ],
)  # fmt: skip
def test_what_became_of_an_answer(question, before, after, expected):
    assert change_of(question, before, after) == expected
    assert bool(change_of(question, before, before)) is False


def content(*, own="1", choice="met", words="", suggested=1, factor="helps", about=""):
    return {
        "format": 1,
        "context": {"about_cluster": said(text=about)},
        "modules": [
            {
                "code": "LEVELS",
                "abbreviation": {"cy": "LEF", "en": "LEV"},
                "uses_levels": True,
                "outcomes": [
                    {
                        "number": number,
                        "title": {"cy": "Teitl", "en": "Title"},
                        "own_level": own and int(own) if number == 1 else 2,
                        "suggestion": {"level": suggested if number == 1 else 2},
                        "criteria": [
                            {
                                "level": 1,
                                "number": 1,
                                "text": {"cy": "Testun", "en": "Text"},
                                "answer": said(choice if number == 1 else "met"),
                            }
                        ],
                        "questions": {
                            "own_level": said(own if number == 1 else "2"),
                            "going_well": said(text=words if number == 1 else ""),
                        },
                    }
                    for number in (1, 2)
                ],
            }
        ],
        "enabling_factors": [
            {"number": 1, "title": {"cy": "Ff", "en": "F"}, "answer": said(factor)}
        ],
        "closing": {"anything_else": said()},
    }


def test_nothing_changed():
    comparison = compare(content(), content())

    assert not comparison
    assert comparison.unchanged_count == 2


def test_everything_that_changed_and_nothing_else():
    comparison = compare(
        content(),
        content(
            own="3",
            choice="partly_met",
            words="Well",
            suggested=0,
            factor="both",
            about="Us",
        ),
    )

    [outcome] = comparison.outcomes
    assert (outcome.module["code"], outcome.number) == ("LEVELS", 1)
    assert (outcome.own_level, outcome.suggested_level) == ((1, 3), (1, 0))
    assert [(c["text"]["en"], change.choice) for c, change in outcome.criteria] == [
        ("Text", ("Met", "Partly met"))
    ]
    assert outcome.questions == [("going_well", Change(new_text="Well", language="en"))]
    assert (outcome.choices_count, outcome.texts_count) == (1, 1)
    assert comparison.context == [
        ("about_cluster", Change(new_text="Us", language="en"))
    ]
    assert comparison.enabling_factors == [
        ({"cy": "Ff", "en": "F"}, Change(choice=("Helps", "Both helps and hinders")))
    ]
    assert comparison.unchanged_count == 1


def test_contents_of_other_formats_are_compared():
    """A format that knew less, or knows more, than today's."""
    old = {"format": 0, "modules": [{"code": "LEVELS", "outcomes": [{"number": 1}]}]}
    new = content() | {"format": 9, "evidence": [{"title": "x"}]}
    new["closing"]["a_question_of_tomorrow"] = said(text="Later")

    forwards, backwards = compare(old, new), compare(new, old)

    assert [outcome.number for outcome in forwards.outcomes] == [1, 2]
    assert forwards.closing == [
        ("a_question_of_tomorrow", Change(new_text="Later", language="en"))
    ]
    assert [outcome.own_level for outcome in backwards.outcomes] == [
        (1, None),
        (2, None),
    ]
    assert not compare(old, old)
