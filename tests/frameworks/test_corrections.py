"""Corrections of wording: what is written, what is refused, and what the public pages show."""

import datetime
import html

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from frameworks.correcting import (
    CorrectedMeanwhile,
    CorrectionRefused,
    NotPublished,
    correct,
    frozen_texts,
)
from frameworks.errata import read_over
from frameworks.exchange import load
from frameworks.models import (
    Correction,
    Criterion,
    Edition,
    EnablingFactor,
    Erratum,
    Outcome,
    TextState,
)
from frameworks.texts import FrameworkText, sections_of
from frameworks.wording import seen
from organisations.models import AuditEvent
from tests.factories import EditionFactory, IndicatorFactory, OutcomeFactory
from tests.factories.frameworks import thawed
from tests.frameworks.test_framework_fixture import FIXTURES
from tests.steps import correct_wording

pytestmark = pytest.mark.django_db


@pytest.fixture
def criterion(edition):
    return Criterion.objects.get(
        outcome__module__edition=edition,
        outcome__module__code="LEVELS",
        outcome__number=1,
        level=1,
    )


def key_of(thing, name="text"):
    return FrameworkText(thing, name).key


def corrected(edition, texts, *, by, dated_on=None, **more):
    """Correct ``texts`` with a reason, today unless another day is given."""
    return correct(
        edition=edition,
        reason_cy="Gwall argraffu.",
        reason_en="A slip of the press.",
        dated_on=dated_on or timezone.localdate(),
        texts=texts,
        by=by,
        **more,
    )


def problems_of(edition, texts, *, by, **more):
    with pytest.raises(CorrectionRefused) as refused:
        corrected(edition, texts, by=by, **more)
    return [
        (problem.key, problem.language, problem.reason)
        for problem in refused.value.problems
    ]


def stored_texts(edition):
    """Every text as it stands in its row."""
    return {
        text.key: (text.text("cy"), text.text("en"))
        for section in sections_of(Edition.objects.get(pk=edition.pk))
        for text in section.texts
    }


def state_of(thing, name="text"):
    stored = type(thing).objects.get(pk=thing.pk)
    return {
        language: stored.text_state(name, language).value for language in ("cy", "en")
    }


def settle(thing, name="text", **states):
    for language, state in states.items():
        thing.set_text_state(name, language, state)
    thing.save(update_fields=["text_states"])


# What is written --------------------------------------------------------------------------


def test_a_correction_holds_what_it_replaced_and_the_row_stays(
    edition, criterion, administrator
):
    correction = corrected(
        edition, {key_of(criterion): {"en": "Corrected."}}, by=administrator
    )

    [erratum] = correction.errata.all()
    assert (erratum.part, erratum.part_id, erratum.field, erratum.language) == (
        "criterion",
        criterion.pk,
        "text",
        "en",
    )
    assert (erratum.replaced, erratum.text) == (criterion.text_en, "Corrected.")
    assert (correction.reason_cy, correction.reason_en) == (
        "Gwall argraffu.",
        "A slip of the press.",
    )
    assert correction.made_by == administrator
    edition.refresh_from_db()
    assert edition.corrected_on == correction.dated_on
    assert Criterion.objects.get(pk=criterion.pk).text_en == criterion.text_en


def test_a_second_correction_replaces_what_the_first_one_said(
    edition, criterion, administrator
):
    corrected(edition, {key_of(criterion): {"en": "First."}}, by=administrator)

    second = corrected(
        edition, {key_of(criterion): {"en": "Second."}}, by=administrator
    )

    assert second.errata.get().replaced == "First."
    edition.refresh_from_db()
    [read] = read_over(edition, [criterion])
    assert read.text_en == "Second."
    assert [wording.text for wording in read.corrected_wording] == ["First.", "Second."]


def test_line_ends_and_spaces_around_are_as_texts_are_stored(
    edition, criterion, administrator
):
    correction = corrected(
        edition, {key_of(criterion): {"en": " One.\r\n\r\n- two\r\n"}}, by=administrator
    )

    assert correction.errata.get().text == "One.\n\n- two"


def test_it_is_written_down_who_corrected(edition, criterion, administrator):
    correction = corrected(
        edition, {key_of(criterion): {"en": "Corrected."}}, by=administrator
    )

    events = AuditEvent.objects.filter(by=administrator).order_by("pk")
    assert [(event.kind, event.subject_type, event.subject_id) for event in events] == [
        ("added", "frameworks.correction", str(correction.pk)),
        ("changed", "frameworks.edition", str(edition.pk)),
    ]
    assert events[1].details["after"] == {
        "corrected_on": correction.dated_on.isoformat()
    }


def test_a_retired_edition_is_corrected_too(edition, criterion, administrator):
    edition.status = Edition.Status.RETIRED
    edition.save()

    corrected(edition, {key_of(criterion): {"en": "Corrected."}}, by=administrator)

    assert Erratum.objects.count() == 1


def test_errata_are_kept_for_good(edition, criterion, administrator):
    corrected(edition, {key_of(criterion): {"en": "Corrected."}}, by=administrator)

    for model in (Correction, Erratum):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(id=99)


# The states of texts ----------------------------------------------------------------------


def test_the_other_language_is_stale_until_it_is_corrected_as_well(
    edition, criterion, administrator
):
    settle(criterion, cy=TextState.CHECKED, en=TextState.CHECKED)

    corrected(edition, {key_of(criterion): {"cy": "Cywirwyd."}}, by=administrator)
    assert state_of(criterion) == {"cy": "checked", "en": "stale"}

    corrected(edition, {key_of(criterion): {"en": "Corrected."}}, by=administrator)
    assert state_of(criterion) == {"cy": "checked", "en": "checked"}


def test_both_languages_corrected_together_make_none_stale(
    edition, criterion, administrator
):
    settle(criterion, cy=TextState.CHECKED, en=TextState.UNOFFICIAL)

    corrected(
        edition,
        {key_of(criterion): {"cy": "Cywirwyd.", "en": "Corrected."}},
        by=administrator,
    )

    assert state_of(criterion) == {"cy": "checked", "en": "unofficial"}


def test_an_unofficial_text_that_catches_up_stays_unofficial(
    edition, criterion, administrator
):
    Edition.objects.update(unofficial_language="en")
    settle(criterion, cy=TextState.CHECKED, en=TextState.STALE)

    corrected(edition, {key_of(criterion): {"en": "Corrected."}}, by=administrator)

    assert state_of(criterion) == {"cy": "checked", "en": "unofficial"}
    edition.refresh_from_db()
    assert edition.unofficial_language == "en"


# The official text ------------------------------------------------------------------------


def test_the_official_english_takes_the_place_of_all_of_the_unofficial(
    administrator, django_assert_max_num_queries
):
    edition, _is_new = load((FIXTURES / "framework-2022-05.json").read_bytes())
    for text in frozen_texts(edition).values():
        text.thing.set_text_state(text.field, "en", TextState.UNOFFICIAL)
        type(text.thing).objects.filter(pk=text.thing.pk).update(
            text_states=text.thing.text_states
        )
    texts = {
        key: {"en": f"{text.text('en')}."[-(text.longest or 10_000) :]}
        for key, text in frozen_texts(edition).items()
        if text.text("en")
    }
    before = stored_texts(edition)

    with django_assert_max_num_queries(40):
        corrected(edition, texts, by=administrator, makes_official=True)

    assert len(texts) > 200
    assert Erratum.objects.count() == len(texts)
    edition = Edition.objects.get(pk=edition.pk)
    assert edition.unofficial_language == ""
    assert stored_texts(edition) == before
    assert {
        key: text.text("en")
        for key, text in frozen_texts(edition).items()
        if key in texts
    } == {key: wording["en"] for key, wording in texts.items()}


def test_the_edition_stays_unofficial_while_a_text_still_is(
    edition, criterion, administrator
):
    Edition.objects.update(unofficial_language="en")
    other = Criterion.objects.exclude(pk=criterion.pk).first()
    settle(criterion, cy=TextState.CHECKED, en=TextState.UNOFFICIAL)
    settle(other, cy=TextState.CHECKED, en=TextState.UNOFFICIAL)

    corrected(
        edition,
        {key_of(criterion): {"en": "Official."}},
        by=administrator,
        makes_official=True,
    )
    edition.refresh_from_db()
    assert edition.unofficial_language == "en"
    assert state_of(criterion) == {"cy": "checked", "en": "checked"}

    corrected(
        edition,
        {key_of(other): {"en": "Official."}},
        by=administrator,
        makes_official=True,
    )
    edition.refresh_from_db()
    assert edition.unofficial_language == ""


# What is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wording", "reason"),
    [
        ("", "A text cannot be left empty."),
        ("  \n", "A text cannot be left empty."),
        ("Criterion 1.1", "The wording is the same as before."),
        (
            "The tÃ®m",
            "The text was spoiled by a wrong encoding near “Ã®”.",
        ),
        ("a\x00b", "The text was spoiled by a wrong encoding near “U+0000”."),
        (
            "x" * 100_001,
            "The text has 100001 characters; at most 100000 fit.",
        ),
    ],
)
def test_a_bad_text_is_refused_whole(
    edition, criterion, administrator, wording, reason
):
    other = Outcome.objects.filter(module__edition=edition).first()

    problems = problems_of(
        edition,
        {key_of(criterion): {"en": wording}, key_of(other, "title"): {"en": "New"}},
        by=administrator,
    )

    assert problems == [(key_of(criterion), "en", reason)]
    assert not Correction.objects.exists()
    edition.refresh_from_db()
    assert edition.corrected_on is None


def test_a_line_that_does_not_fit_is_refused(edition, criterion, administrator):
    title = key_of(criterion.outcome, "title")

    assert problems_of(edition, {title: {"en": "x" * 301}}, by=administrator) == [
        (title, "en", "The text has 301 characters; at most 300 fit.")
    ]


def test_what_is_not_of_the_edition_is_refused(edition, administrator):
    foreign = Criterion.objects.filter(
        outcome=OutcomeFactory(criteria=1, module__number=9)
    ).first()
    indicator = IndicatorFactory(edition=edition)
    texts = {
        key_of(foreign): {"en": "A"},
        key_of(indicator, "name"): {"en": "B"},
        "criterion-0-text": {"en": "C"},
        key_of(edition, "title"): {"fr": "D"},
    }

    problems = problems_of(edition, texts, by=administrator)

    assert problems == [(key, "", "This text is not in the edition.") for key in texts]


def test_a_text_that_is_new_is_needed_in_both_languages(edition, administrator):
    outcome = Outcome.objects.filter(module__edition=edition).first()
    key = key_of(outcome, "note")

    assert problems_of(edition, {key: {"en": "A note."}}, by=administrator) == [
        (key, "en", "A text that is new is needed in both languages.")
    ]
    corrected(edition, {key: {"en": "A note.", "cy": "Nodyn."}}, by=administrator)
    edition.refresh_from_db()
    [read] = read_over(edition, [Outcome.objects.get(pk=outcome.pk)])
    assert (read.note_cy, read.note_en) == ("Nodyn.", "A note.")


def test_nothing_is_no_correction(edition, administrator):
    assert problems_of(edition, {}, by=administrator) == [
        ("", "", "Change the wording of at least one text.")
    ]


def test_reasons_are_needed_in_both_languages(edition, criterion, administrator):
    with pytest.raises(CorrectionRefused) as refused:
        correct(
            edition=edition,
            reason_cy=" ",
            reason_en="The tÃ®m",
            dated_on=timezone.localdate(),
            texts={key_of(criterion): {"en": "New"}},
            by=administrator,
        )

    assert [(p.key, p.language, p.reason) for p in refused.value.problems] == [
        ("reason", "cy", "Give the reason in Welsh."),
        (
            "reason",
            "en",
            "The reason was spoiled by a wrong encoding. Type it again.",
        ),
    ]


def test_a_date_in_the_future_is_refused(edition, criterion, administrator):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)

    assert problems_of(
        edition,
        {key_of(criterion): {"en": "New"}},
        by=administrator,
        dated_on=tomorrow,
    ) == [("dated_on", "", "The date cannot be in the future: pages show it at once.")]


def test_a_date_before_the_newest_correction_is_refused(
    edition, criterion, administrator
):
    today = timezone.localdate()
    corrected(edition, {key_of(criterion): {"en": "New"}}, by=administrator)

    [(key, _language, reason)] = problems_of(
        edition,
        {key_of(criterion): {"en": "Newer"}},
        by=administrator,
        dated_on=today - datetime.timedelta(days=1),
    )

    assert key == "dated_on"
    assert reason.startswith("The edition was corrected after this date.")


def test_a_draft_is_edited_and_not_corrected(administrator):
    edition = EditionFactory(draft=True)

    with pytest.raises(NotPublished):
        corrected(edition, {key_of(edition, "title"): {"en": "New"}}, by=administrator)


def test_administrators_alone_correct(edition, criterion, national, lead):
    for user in (national, lead):
        with pytest.raises(PermissionDenied):
            corrected(edition, {key_of(criterion): {"en": "New"}}, by=user)


def test_what_somebody_else_corrected_meanwhile_is_not_overwritten(
    edition, criterion, administrator
):
    key, was = key_of(criterion), seen(criterion.text_en)
    corrected(edition, {key: {"en": "Theirs."}}, by=administrator)

    with pytest.raises(CorrectedMeanwhile) as meanwhile:
        corrected(
            edition,
            {key: {"en": "Mine."}},
            seen_texts={key: {"en": was}},
            by=administrator,
        )

    assert meanwhile.value.readings == {key: {"en": "Theirs."}}
    assert Correction.objects.count() == 1


# What the public pages show ---------------------------------------------------------------


def text_at(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(html.unescape(response.content.decode()).split())


def test_everything_that_public_pages_show_is_read_over(client, edition, administrator):
    with thawed():
        outcome = Outcome.objects.get(
            module__edition=edition, module__code="LEVELS", number=1
        )
        outcome.note_cy, outcome.note_en = "Nodyn.", "A note."
        outcome.save()
    texts = {
        key: {
            language: f"{language}-{index}"
            for language in ("cy", "en")
            if text.text(language)
        }
        for index, (key, text) in enumerate(frozen_texts(edition).items())
    }
    texts = {key: wording for key, wording in texts.items() if wording}
    corrected(edition, texts, by=administrator)

    for language in ("cy", "en"):
        pages = "".join(
            text_at(client, f"/{language}/framework/2030-05/{path}")
            for path in ("", "LEVELS/", "LEVELS/1/", "LEVELS/2/", "SIGNS/", "SIGNS/1/")
        )

        unseen = [
            key for key, wording in texts.items() if f"{wording[language]}" not in pages
        ]
        assert unseen == []


def test_a_page_says_when_and_why_and_what_the_words_were(
    client, edition, criterion, administrator
):
    with override("en"):
        correction = correct_wording(
            criterion, edition=edition, by=administrator, en="Criterion one"
        )
    day = f"{correction.dated_on:%-d %B %Y}"

    page = text_at(client, "/en/framework/2030-05/LEVELS/1/")
    welsh = text_at(client, "/cy/framework/2030-05/LEVELS/1/")

    assert f"Wording corrected on {day}" in page
    assert "A slip of the press." in page
    assert "Criterion one" in page
    assert "1.1</del>" in page
    # The Welsh text stays as it was, and says nothing.
    assert "Gwall argraffu." not in welsh
    assert criterion.text_cy in welsh


def test_the_edition_lists_its_corrections(client, edition, criterion, administrator):
    assert 'id="corrections"' not in text_at(client, "/en/framework/2030-05/")
    corrected(
        edition,
        {
            key_of(criterion): {"cy": "Newydd", "en": "New"},
            key_of(EnablingFactor.objects.get(), "title"): {"en": "Factor"},
        },
        by=administrator,
        makes_official=True,
    )

    page = text_at(client, "/en/framework/2030-05/")

    assert 'id="corrections"' in page
    assert "A slip of the press." in page
    assert "These texts are the official ones." in page
    assert "Welsh texts corrected: 1" in page
    assert "English texts corrected: 2" in page
    assert page.count('href="/en/framework/2030-05/LEVELS/1/"') == 2


@pytest.mark.parametrize("path", ["", "LEVELS/", "LEVELS/1/", "SIGNS/", "SIGNS/1/"])
def test_a_corrected_edition_costs_one_query_more(
    client, edition, criterion, administrator, path
):
    address = f"/en/framework/2030-05/{path}"
    client.get(address)
    with CaptureQueriesContext(connection) as before:
        client.get(address)
    for number in range(3):
        corrected(
            edition, {key_of(criterion): {"en": f"New {number}"}}, by=administrator
        )

    with CaptureQueriesContext(connection) as after:
        client.get(address)

    assert not [query for query in before if "erratum" in query["sql"]]
    assert len(after) == len(before) + 1
