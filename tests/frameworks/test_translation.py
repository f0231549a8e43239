"""Translating on the pages: saving, states, conflicts, what is left, and who may."""

import re
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from frameworks import services
from frameworks.models import Criterion, Edition, Outcome
from frameworks.text_queries import left_by_edition, sources_before
from frameworks.texts import FrameworkText
from organisations.models import AuditEvent
from organisations.permissions import Permission, holds
from tests.factories import (
    EditionFactory,
    IndicatorFactory,
    LogicModelEntryFactory,
    ModuleFactory,
    UserFactory,
)
from tests.frameworks.translations import (
    check_all,
    draft_to_translate,
    first,
    key_of,
    page_of,
    save,
    sent,
    states,
    texts,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(db):
    return draft_to_translate()


@pytest.fixture
def other_translator(db):
    return UserFactory(email="other.translator@example.test", translator=True)


@pytest.fixture
def signed_in(client, translator):
    client.force_login(translator)
    return client


def words_of(response):
    return " ".join(
        unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split()
    )


def section_of(thing):
    return f"outcome-{thing.outcome_id}"


# Saving -------------------------------------------------------------------------------------


def test_a_text_is_saved_with_its_states_and_written_down(draft, translator):
    check_all(draft, translator)
    criterion = first(draft)
    before = texts(criterion)

    saved = save(draft, translator, key_of(criterion), cy="Geiriau newydd\r\n")

    assert saved.saved == {(key_of(criterion), "cy")}
    assert texts(criterion) == ("Geiriau newydd", before[1])
    assert states(criterion) == ("draft", "stale")
    event = AuditEvent.objects.order_by("pk").last()
    assert (event.by, event.subject_type, event.subject_id) == (
        translator,
        "frameworks.criterion",
        str(criterion.pk),
    )
    assert event.details["before"]["text_cy"] == before[0]
    assert event.details["after"]["text_cy"] == "Geiriau newydd"
    assert event.details["after"]["text_states"] == {
        "text": {"cy": "draft", "en": "stale"}
    }


def test_what_is_the_same_changes_nothing_and_is_not_written_down(draft, translator):
    criterion = first(draft)
    count = AuditEvent.objects.count()

    saved = save(draft, translator, key_of(criterion), cy=texts(criterion)[0] + "\r\n")

    assert (saved.saved, saved.is_whole) == (set(), True)
    assert AuditEvent.objects.count() == count


@pytest.mark.parametrize("state", ["draft", "checked", "unofficial"])
def test_a_state_is_chosen(draft, translator, state):
    criterion = first(draft)
    save(draft, translator, key_of(criterion), cy="Geiriau", state_cy=state)

    assert states(criterion) == (state, "stale")


def test_a_stale_text_that_still_fits_is_marked_as_checked(draft, translator):
    check_all(draft, translator)
    criterion = first(draft)
    save(draft, translator, key_of(criterion), cy="Geiriau", state_cy="checked")

    save(draft, translator, key_of(criterion), state_en="checked")

    assert states(criterion) == ("checked", "checked")


def test_the_second_of_two_translators_keeps_their_text_and_sees_the_other(
    draft, translator, other_translator
):
    criterion = first(draft)
    seen = texts(criterion)
    save(draft, translator, key_of(criterion), cy="Un")

    saved = save(draft, other_translator, key_of(criterion), cy="Dau", mark=seen)

    place = key_of(criterion), "cy"
    assert texts(criterion)[0] == "Un"
    assert (saved.saved, saved.is_whole) == (set(), False)
    theirs = saved.conflicts[place]
    assert (theirs.text, theirs.by) == ("Un", translator)


def test_two_translators_of_two_languages_both_save_and_the_second_text_is_stale(
    draft, translator, other_translator
):
    criterion = first(draft)
    seen = texts(criterion)
    save(draft, translator, key_of(criterion), cy="Un")

    saved = save(
        draft,
        other_translator,
        key_of(criterion),
        en="One",
        state_en="checked",
        mark=seen,
    )

    assert (saved.is_whole, saved.outdated) == (True, {(key_of(criterion), "en")})
    assert texts(criterion) == ("Un", "One")
    assert states(criterion) == ("draft", "stale")


def test_a_state_is_not_set_on_a_text_that_nobody_saw(draft, translator):
    criterion = first(draft)
    seen = texts(criterion)
    save(draft, translator, key_of(criterion), cy="Un")

    saved = save(draft, translator, key_of(criterion), state_cy="checked", mark=seen)

    assert set(saved.not_settled) == {(key_of(criterion), "cy")}
    assert states(criterion)[0] == "draft"


def test_placeholders_must_match_before_a_text_is_checked(draft, translator):
    criterion = first(draft)

    saved = save(
        draft,
        translator,
        key_of(criterion),
        cy="Helo {enw}",
        en="Hello {name}",
        state_cy="checked",
    )

    assert set(saved.not_settled) == {(key_of(criterion), "cy")}
    assert texts(criterion) == ("Helo {enw}", "Hello {name}")
    assert states(criterion) == ("draft", "draft")


@pytest.mark.parametrize("text", ["a" * 301, "Mae\x00 nul", "tÃ®m"])
def test_a_text_that_does_not_fit_is_refused_and_the_others_are_saved(
    draft, translator, text
):
    outcome = Outcome.objects.filter(module__edition=draft).first()

    saved = services.save_texts(
        edition=draft,
        entries={
            key_of(outcome, "title"): services.TextEntry(texts={"cy": text}),
            key_of(outcome, "narrative"): services.TextEntry(texts={"cy": "Hanes"}),
        },
        by=translator,
    )

    assert set(saved.refused) == {(key_of(outcome, "title"), "cy")}
    assert texts(outcome, "narrative")[0] == "Hanes"


def test_of_a_published_edition_only_what_is_open_is_saved(translator):
    edition = EditionFactory(code="2031-05")
    ModuleFactory(edition=edition, number=1, code="LEVELS", outcomes=1)
    criterion = first(edition)
    entry = LogicModelEntryFactory(outcome=criterion.outcome)
    indicator = IndicatorFactory(edition=edition)

    saved = services.save_texts(
        edition=edition,
        entries={
            key_of(criterion): services.TextEntry(texts={"cy": "Na"}),
            key_of(entry): services.TextEntry(texts={"cy": "Gweithgaredd"}),
            key_of(indicator, "name"): services.TextEntry(texts={"en": ""}),
            "criterion-0-text": services.TextEntry(texts={"cy": "Pwy"}),
        },
        by=translator,
    )

    assert saved.saved == {(key_of(entry), "cy")}
    assert set(saved.refused) == {
        (key_of(criterion), "cy"),
        (key_of(indicator, "name"), "en"),
        ("criterion-0-text", "cy"),
    }
    assert texts(entry)[0] == "Gweithgaredd"


def test_a_text_of_another_edition_is_not_saved(draft, translator):
    elsewhere = draft_to_translate("2032-05")
    criterion = first(elsewhere)

    saved = save(draft, translator, key_of(criterion), cy="Na")

    assert set(saved.refused) == {(key_of(criterion), "cy")}
    assert texts(criterion)[0] != "Na"


def test_nothing_of_a_retired_edition_is_translated(translator):
    edition = EditionFactory(retired=True, levelled=True)

    with pytest.raises(services.NotEditable):
        save(edition, translator, key_of(first(edition)), cy="Na")


def test_only_translators_and_administrators_save(draft, national):
    with pytest.raises(PermissionDenied):
        save(draft, national, key_of(first(draft)), cy="Na")


def test_who_translates(translator, administrator, national, lead):
    people = [translator, administrator, national, lead]

    assert [holds(person, Permission.TRANSLATE) for person in people] == [
        True,
        True,
        False,
        False,
    ]


def test_what_the_other_language_said_when_the_two_agreed(draft, translator):
    check_all(draft, translator)
    criterion = first(draft)
    agreed = texts(criterion)[0]
    for text in ("Un", "Dau"):
        save(draft, translator, key_of(criterion), cy=text)

    text = FrameworkText(Criterion.objects.get(pk=criterion.pk), "text")
    found = sources_before([text])

    assert {place: source.text for place, source in found.items()} == {
        (key_of(criterion), "en"): agreed
    }


# What is left -------------------------------------------------------------------------------


def test_what_is_left_is_counted_by_language(draft, translator):
    check_all(draft, translator)
    criterion = first(draft)
    save(draft, translator, key_of(criterion), cy="Geiriau")
    save(draft, translator, key_of(first(draft, level=2)), en="")

    left = left_by_edition([draft])[draft.pk]

    assert {row["language"]: dict(row["states"]) for row in left.by_language} == {
        "cy": {"draft": 1, "stale": 1, "checked": left.total("cy") - 2},
        "en": {"missing": 1, "stale": 1, "checked": left.total("en") - 2},
    }
    assert (left.left("cy"), left.left("en")) == (2, 2)


def test_the_list_says_how_far_each_edition_is(signed_in, draft, edition):
    page = words_of(signed_in.get(reverse("translation:translation_list")))

    total = left_by_edition([draft])[draft.pk].total("cy")
    assert page.index(draft.title_en) < page.index(edition.title_en)
    assert f"Welsh: 0 of {total}" in page


def test_next_to_do_goes_through_what_is_left_and_then_says_so(
    signed_in, draft, translator
):
    check_all(draft, translator)
    outcomes = list(Outcome.objects.filter(module__edition=draft).order_by("number"))
    for outcome in outcomes:
        save(draft, translator, key_of(outcome, "note"), cy="Nodyn")
    url = page_of(draft, name="translation_next")

    steps = [
        signed_in.get(url, query).headers["Location"]
        for query in (
            {"language": "en"},
            {"language": "en", "after": f"outcome-{outcomes[0].pk}"},
            {"language": "en", "after": f"outcome-{outcomes[1].pk}"},
        )
    ]

    places = [
        f"{page_of(draft, f'outcome-{outcome.pk}')}?language=en#{key_of(outcome, 'note')}"
        for outcome in outcomes
    ]
    assert steps == [places[0], places[1], places[0]]

    for outcome in outcomes:
        save(
            draft,
            translator,
            key_of(outcome, "note"),
            en="A note",
            state_cy="checked",
            state_en="checked",
        )
    page = signed_in.get(url, {"language": "en"}, follow=True)
    assert "Nothing is left in English." in words_of(page)


# The page of a section ----------------------------------------------------------------------


def test_the_page_shows_both_languages_with_their_states(signed_in, draft, translator):
    check_all(draft, translator)
    criterion = first(draft)
    save(draft, translator, key_of(criterion), cy="- un\n- dau")

    response = signed_in.get(page_of(draft, section_of(criterion)))

    page = response.content.decode()
    name = f"{key_of(criterion)}-cy-text"
    assert re.search(rf'<textarea[^>]*name="{name}"[^>]*lang="cy"', page)
    words = words_of(response)
    assert "different numbers of bullets" in words
    assert "What has changed in the Welsh since" in words


def test_the_page_saves_and_goes_on(signed_in, draft, translator):
    check_all(draft, translator)
    criterion = first(draft)
    url = page_of(draft, section_of(criterion))

    response = signed_in.post(url, sent(criterion, cy="Geiriau") | {"next": "1"})

    following = page_of(draft, name="translation_next")
    assert response.headers["Location"] == f"{following}?after={section_of(criterion)}"
    assert (texts(criterion)[0], states(criterion)) == ("Geiriau", ("draft", "stale"))


def test_changing_the_language_saves_first(signed_in, draft):
    criterion = first(draft)
    url = page_of(draft, section_of(criterion))

    response = signed_in.post(
        f"{url}?only=left", sent(criterion, cy="Geiriau") | {"switch_to": "cy"}
    )

    assert response.headers["Location"] == url.replace("/en/", "/cy/") + "?only=left"
    assert texts(criterion)[0] == "Geiriau"


def test_a_conflict_shows_both_texts_and_saving_again_settles_it(
    signed_in, draft, other_translator
):
    criterion = first(draft)
    old = texts(criterion)
    url = page_of(draft, section_of(criterion))
    save(draft, other_translator, key_of(criterion), cy="Eu geiriau nhw")

    response = signed_in.post(url, sent(criterion, cy="Fy ngeiriau i", mark=old))

    assert (response.status_code, texts(criterion)[0]) == (409, "Eu geiriau nhw")
    page = response.content.decode()
    assert re.search(r"<textarea[^>]*>\s*Fy ngeiriau i</textarea>", page)
    assert "Eu geiriau nhw" in words_of(response)
    assert str(other_translator) in words_of(response)

    version = re.search(rf'name="{key_of(criterion)}-version" value="([^"]*)"', page)[1]
    again = sent(criterion, cy="Fy ngeiriau i") | {
        f"{key_of(criterion)}-version": version
    }
    theirs = signed_in.post(url, again | {"use_theirs": f"{key_of(criterion)}-cy"})
    assert (theirs.status_code, texts(criterion)[0]) == (302, "Eu geiriau nhw")

    mine = signed_in.post(url, again)
    assert (mine.status_code, texts(criterion)[0]) == (302, "Fy ngeiriau i")


def test_a_refused_text_stays_in_its_field(signed_in, draft):
    outcome = first(draft).outcome
    url = page_of(draft, f"outcome-{outcome.pk}")

    response = signed_in.post(url, sent(outcome, "title", en="a" * 301))

    assert response.status_code == 422
    assert "a" * 301 in response.content.decode()
    assert "at most 300 fit" in words_of(response)


def test_html_is_shown_literally(signed_in, draft):
    criterion = first(draft)
    url = page_of(draft, section_of(criterion))

    signed_in.post(url, sent(criterion, en="<b>bold</b><script>alert(1)</script>"))

    page = signed_in.get(url).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, ["cy", "en", "settled"]),
        ({"only": "left"}, ["cy", "en"]),
        ({"only": "left", "language": "cy"}, ["cy"]),
        ({"only": "left", "language": "en"}, ["en"]),
        ({"only": "left", "language": "fr"}, ["cy", "en"]),
    ],
)
def test_only_what_is_left_is_shown(signed_in, draft, translator, query, shown):
    check_all(draft, translator)
    things = {"cy": first(draft, 1), "en": first(draft, 2), "settled": first(draft, 3)}
    save(draft, translator, key_of(things["cy"]), state_cy="draft")
    save(draft, translator, key_of(things["en"]), state_en="draft")

    page = signed_in.get(page_of(draft, section_of(things["cy"])), query)

    found = [
        name
        for name, thing in things.items()
        if f'name="{key_of(thing)}-version"' in page.content.decode()
    ]
    assert found == shown


def test_published_texts_are_shown_and_not_offered_for_writing(signed_in):
    edition = EditionFactory(levelled=True)
    criterion = first(edition)
    entry = LogicModelEntryFactory(outcome=criterion.outcome)

    page = signed_in.get(page_of(edition, section_of(criterion))).content.decode()

    assert f'name="{key_of(entry)}-cy-text"' in page
    assert f'name="{key_of(criterion)}-cy-text"' not in page
    assert criterion.text_cy in page


@pytest.mark.parametrize(
    "change",
    [
        {"criterion-0-text-version": "a-b"},
        {"{key}-version": "no mark"},
        {"{key}-cy-choice": "stale"},
    ],
)
def test_a_form_that_no_page_sends_is_refused(signed_in, draft, change):
    criterion = first(draft)
    data = sent(criterion, cy="Geiriau") | {
        name.format(key=key_of(criterion)): value for name, value in change.items()
    }

    response = signed_in.post(page_of(draft, section_of(criterion)), data)

    assert response.status_code == 400
    assert texts(criterion)[0] != "Geiriau"


# All of a section ---------------------------------------------------------------------------


def test_a_section_is_checked_after_a_look_at_it(signed_in, draft):
    criterion = first(draft)
    save_one = first(draft, 2)
    Criterion.objects.filter(pk=save_one.pk).update(
        text_cy="Helo {enw}", text_en="Hello {name}"
    )
    url = page_of(draft, section_of(criterion), "translation_check") + "?language=cy"

    page = signed_in.get(url).content.decode()
    version = re.search(r'name="version" value="([^"]*)"', page)[1]
    response = signed_in.post(url, {"version": version})

    section = page_of(draft, section_of(criterion))
    assert response.headers["Location"] == f"{section}?language=cy"
    assert states(criterion) == ("checked", "draft")
    assert states(save_one) == ("draft", "draft")


def test_a_section_that_has_changed_since_is_not_checked(signed_in, draft, translator):
    criterion = first(draft)
    url = page_of(draft, section_of(criterion), "translation_check") + "?language=cy"
    page = signed_in.get(url).content.decode()
    version = re.search(r'name="version" value="([^"]*)"', page)[1]
    save(draft, translator, key_of(criterion), cy="Geiriau eraill")

    response = signed_in.post(url, {"version": version})

    assert (response.status_code, states(criterion)[0]) == (409, "draft")


# Who sees what ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "status"),
    [("translator", 200), ("administrator", 200), ("national", 403), ("lead", 403)],
)
def test_who_opens_the_pages(client, request, draft, person, status):
    client.force_login(request.getfixturevalue(person))
    section = section_of(first(draft))

    found = {
        client.get(url).status_code
        for url in (
            reverse("translation:translation_list"),
            page_of(draft, name="translation_edition"),
            page_of(draft, section),
            page_of(draft, section, "translation_check") + "?language=cy",
            page_of(draft, name="translation_files"),
        )
    }

    assert found == {status}


@pytest.mark.parametrize(
    "path", ["2031-05/outcome-0/", "2031-05/nothing/", "nothing/", "retired/"]
)
def test_what_is_not_there_is_not_found(signed_in, draft, path):
    EditionFactory(code="retired", retired=True)

    response = signed_in.get(f"{reverse('translation:translation_list')}{path}")

    assert response.status_code == 404


@pytest.mark.parametrize("outcomes", [1, 3])
def test_queries_do_not_grow_with_the_edition(client, translator, outcomes):
    draft = draft_to_translate(outcomes=outcomes)
    for _ in range(outcomes - 1):
        EditionFactory(draft=True)
    check_all(draft, translator)
    for outcome in Outcome.objects.all():
        save(draft, translator, key_of(outcome, "title"), cy="Teitl arall")
    client.force_login(translator)
    pages = {
        reverse("translation:translation_list"): 14,
        page_of(draft, name="translation_edition"): 14,
        page_of(draft, section_of(first(draft))): 15,
        page_of(draft, name="translation_files"): 5,
        reverse("home"): 20,
    }

    found = {}
    for url in pages:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        found[url] = len(queries)

    assert found == pages


def test_the_start_page_tells_a_translator_what_to_do(
    client, draft, translator, administrator
):
    client.force_login(translator)
    save(draft, administrator, key_of(first(draft)), cy="Geiriau")

    page = words_of(client.get(reverse("home")))

    assert draft.title_en in page
    assert "Next to do in Welsh" in page
    assert "Changed by others since you were last here: 1" in page


def test_the_start_page_of_a_translator_with_nothing_to_do(client, translator):
    client.force_login(translator)

    page = words_of(client.get(reverse("home")))

    assert "Nothing is left to translate at the moment." in page


def test_publishing_waits_for_what_is_left(draft, translator, administrator):
    save(draft, translator, key_of(first(draft)), en="")

    with pytest.raises(services.NotReady):
        services.publish(edition=draft, by=administrator)

    assert Edition.objects.get(pk=draft.pk).is_draft
