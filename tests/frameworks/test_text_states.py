"""How far a text is in each language, and what editing it does to that."""

import pytest

from frameworks.models import Criterion, Outcome, TextState
from frameworks.texts import texts_of
from tests.factories import CriterionFactory, EditionFactory, OutcomeFactory

pytestmark = pytest.mark.django_db

OLD = {"cy": "Hen eiriau", "en": "Old words"}
BOTH_CHECKED = {"cy": "checked", "en": "checked"}


def criterion(states, **texts):
    """A criterion of a draft with ``states``, where empty texts may be given."""
    texts = OLD | texts
    return CriterionFactory(
        outcome__module__edition=EditionFactory(draft=True),
        text_cy=texts["cy"],
        text_en=texts["en"],
        text_states={"text": states},
    )


def states_of(thing, field="text"):
    stored = type(thing).objects.get(pk=thing.pk)
    return {language: stored.text_state(field, language) for language in ("cy", "en")}


def as_stored(thing):
    return type(thing).objects.get(pk=thing.pk).text_states


@pytest.mark.parametrize(
    ("before", "texts", "after"),
    [
        # nothing, one or both changed
        (BOTH_CHECKED, {}, BOTH_CHECKED),
        (BOTH_CHECKED, {"cy": "Geiriau"}, {"cy": "draft", "en": "stale"}),
        (BOTH_CHECKED, {"en": "Words"}, {"cy": "stale", "en": "draft"}),
        (BOTH_CHECKED, {"cy": "G", "en": "W"}, {"cy": "draft", "en": "draft"}),
        # what was unofficial is stale as well
        (
            {"cy": "checked", "en": "unofficial"},
            {"cy": "Geiriau"},
            {"cy": "draft", "en": "stale"},
        ),
        # drafts too: whoever writes the one sees that the other waits
        ({}, {"cy": "Geiriau"}, {"cy": "draft", "en": "stale"}),
        # catching up leaves the other language as it was
        (
            {"cy": "checked", "en": "stale"},
            {"en": "Words"},
            {"cy": "checked", "en": "draft"},
        ),
        ({"cy": "draft", "en": "stale"}, {"en": "W"}, {"cy": "draft", "en": "draft"}),
        # and a second change of it counts as any other
        ({"cy": "checked"}, {"en": "Words"}, {"cy": "stale", "en": "draft"}),
        # the text that made the other stale is changed once more
        (
            {"cy": "draft", "en": "stale"},
            {"cy": "Geiriau"},
            {"cy": "draft", "en": "stale"},
        ),
        # emptied: missing, and the other language has to be looked at
        (BOTH_CHECKED, {"en": ""}, {"cy": "stale", "en": "missing"}),
        (BOTH_CHECKED, {"cy": "", "en": ""}, {"cy": None, "en": None}),
    ],
)
def test_what_editing_does_to_the_states(before, texts, after):
    thing = criterion(before)
    for language, text in texts.items():
        setattr(thing, f"text_{language}", text)

    thing.save()

    assert states_of(thing) == after
    assert states_of(thing) == {
        language: thing.text_state("text", language) for language in ("cy", "en")
    }


def test_a_missing_text_that_is_written_leaves_the_other_as_it_was():
    thing = criterion({"cy": "checked"}, en="")
    assert states_of(thing) == {"cy": "checked", "en": "missing"}

    thing.text_en = "Words"
    thing.save()

    assert states_of(thing) == {"cy": "checked", "en": "draft"}


def test_the_first_language_of_a_text_leaves_the_other_missing():
    thing = criterion({}, cy="", en="")

    thing.text_cy = "Geiriau"
    thing.save()

    assert states_of(thing) == {"cy": "draft", "en": "missing"}


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ({"cy": "checked"}, {"cy": "checked", "en": "stale"}),
        ({"en": "checked"}, {"cy": "draft", "en": "checked"}),
        ({"cy": "checked", "en": "unofficial"}, {"cy": "checked", "en": "unofficial"}),
    ],
)
def test_a_state_that_is_set_with_the_text_counts(said, after):
    thing = criterion(BOTH_CHECKED)
    thing.text_cy = "Geiriau"
    for language, state in said.items():
        thing.set_text_state("text", language, state)

    thing.save()

    assert states_of(thing) == after


def test_states_that_are_assigned_count_like_those_that_are_set():
    thing = criterion({"cy": "checked", "en": "stale"})
    thing.text_cy = "Geiriau"
    thing.text_states = {"text": {"cy": "draft", "en": "unofficial"}}

    thing.save()

    assert states_of(thing) == {"cy": "draft", "en": "unofficial"}


def test_a_state_is_set_once():
    """What was said with one save is not said again with the next."""
    thing = criterion(BOTH_CHECKED)
    thing.set_text_state("text", "cy", TextState.CHECKED)
    thing.save()

    thing.text_cy = "Geiriau"
    thing.save()

    assert states_of(thing) == {"cy": "draft", "en": "stale"}


def test_an_empty_text_has_no_state():
    thing = criterion({}, en="")
    thing.set_text_state("text", "en", TextState.CHECKED)

    thing.save()

    assert (states_of(thing), as_stored(thing)) == (
        {"cy": "draft", "en": "missing"},
        {},
    )


@pytest.mark.parametrize(
    ("update_fields", "after"),
    [
        (["text_cy"], {"cy": "draft", "en": "stale"}),
        (["text_cy", "text_en"], {"cy": "draft", "en": "draft"}),
        (["number"], BOTH_CHECKED),
    ],
)
def test_only_what_is_saved_changes_the_states(update_fields, after):
    thing = criterion(BOTH_CHECKED)
    thing.text_cy, thing.text_en = "Geiriau", "Words"

    thing.save(update_fields=update_fields)

    assert states_of(thing) == after


def test_a_state_is_saved_whatever_else_is():
    thing = criterion(BOTH_CHECKED)
    thing.set_text_state("text", "en", TextState.STALE)

    thing.save(update_fields=["number"])

    assert states_of(thing) == {"cy": "checked", "en": "stale"}


def test_who_saves_something_else_leaves_the_states_that_others_set():
    """An older copy of the row, whose own states nobody touched."""
    thing = criterion(BOTH_CHECKED)
    older = Criterion.objects.get(pk=thing.pk)
    thing.text_cy = "Geiriau"
    thing.save()

    older.number = 9
    older.save(update_fields=["number"])

    assert states_of(thing) == {"cy": "draft", "en": "stale"}


def test_each_field_has_states_of_its_own():
    outcome = OutcomeFactory(
        module__edition=EditionFactory(draft=True),
        text_states={"title": BOTH_CHECKED, "narrative": BOTH_CHECKED},
    )
    outcome.narrative_cy = "Hanes arall."

    outcome.save()

    assert (states_of(outcome, "title"), states_of(outcome, "narrative")) == (
        BOTH_CHECKED,
        {"cy": "draft", "en": "stale"},
    )


def test_states_that_were_not_read_are_not_overwritten():
    thing = criterion(BOTH_CHECKED)
    deferred = Criterion.objects.defer("text_states").get(pk=thing.pk)
    deferred.text_en = "Words"

    deferred.save()

    assert states_of(thing) == {"cy": "stale", "en": "draft"}


def test_reading_the_row_again_forgets_what_was_set():
    thing = criterion(BOTH_CHECKED)
    thing.set_text_state("text", "cy", TextState.UNOFFICIAL)

    thing.refresh_from_db()
    thing.save()

    assert states_of(thing) == BOTH_CHECKED


def test_what_is_asked_for_is_missing_where_it_is_empty_in_both_languages():
    outcome = OutcomeFactory(
        module__edition=EditionFactory(draft=True),
        title_cy="",
        title_en="",
        narrative_cy="",
        narrative_en="",
    )

    states = {text.field: text.states for text in texts_of(Outcome.objects.get())}

    assert outcome.pk
    assert states == {
        "title": {"cy": "missing", "en": "missing"},
        "narrative": {"cy": None, "en": None},
        "note": {"cy": None, "en": None},
    }
