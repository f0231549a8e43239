"""A translator's round: what is next, writing, a conflict, a file out and back, nothing left."""

import polib
import pytest

from frameworks.models import Criterion
from tests.factories import UserFactory
from tests.frameworks.translations import (
    check_all,
    draft_to_translate,
    first,
    key_of,
    save,
    states,
    texts,
)
from tests.journeys.world import PASSWORD, fits, press, sign_in, words

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

OTHER = {"cy": "en", "en": "cy"}
NAMES = {"cy": "Welsh", "en": "English"}


@pytest.fixture
def translator(transactional_db):
    return UserFactory(
        email="translator@example.test", password=PASSWORD, translator=True
    )


@pytest.fixture
def colleague(transactional_db):
    return UserFactory(email="colleague@example.test", translator=True)


@pytest.fixture
def draft(translator):
    """In each language one text is stale and one is missing; the others are checked."""
    draft = draft_to_translate()
    check_all(draft, translator)
    for language in ("cy", "en"):
        level = {"cy": 1, "en": 2}[language]
        save(
            draft,
            translator,
            key_of(first(draft, level)),
            **{
                OTHER[language]: f"Changed {level}",
                f"state_{OTHER[language]}": "checked",
            },
        )
    return draft


@pytest.mark.parametrize("language", ["cy", "en"])
def test_a_translators_round(
    new_page, axe, faults, draft, translator, colleague, language
):
    faults.expect("409")  # the conflict
    page = new_page(locale=f"{language}-GB")
    sign_in(page, translator, language)
    axe(page)

    # What is next, from the start page
    page.get_by_role(
        "link", name=words(language, f"Next to do in {NAMES[language]}")
    ).click()
    stale = first(draft, {"cy": 1, "en": 2}[language])
    key = key_of(stale)
    assert page.url.endswith(f"?language={language}#{key}")
    axe(page)
    assert page.locator(f"#{key} .difference").count() == 1

    # Somebody else writes the same text meanwhile: both stay
    field = page.locator(f"[name='{key}-{language}-text']")
    field.fill("My words")
    save(draft, colleague, key, **{language: "Their words"})
    press(page, language, "Save and go to the next")
    axe(page)
    assert field.input_value() == "My words"
    assert page.locator(".conflict").get_by_text("Their words").first.is_visible()
    page.locator(f"[name='{key}-{language}-choice']").select_option("checked")
    press(page, language, "Save and stay here")
    assert texts(stale)[("cy", "en").index(language)] == "My words"

    # A file goes out, is translated, and comes back
    page.goto(f"/{language}/translation/{draft.code}/")
    axe(page)
    page.get_by_role(
        "link",
        name=words(language, "Send texts out to be translated, or bring them back"),
    ).click()
    axe(page)
    page.locator("input[name=kind][value=po]").check()
    page.locator(f"input[name=source][value={language}]").check()
    with page.expect_download() as download:
        page.get_by_role("button", name=words(language, "Download"), exact=True).click()
    catalogue = polib.pofile(download.value.path().read_text())
    assert {entry.msgctxt for entry in catalogue} >= {
        key_of(first(draft, {"cy": 2, "en": 1}[language]))
    }
    for entry in catalogue:
        entry.msgstr, entry.flags = f"From the file {entry.msgctxt}", []
    page.locator("input[type=file]").set_input_files(
        {
            "name": "back.po",
            "mimeType": "text/plain",
            "buffer": str(catalogue).encode(),
        }
    )
    press(page, language, "See what would change")
    axe(page)
    page.get_by_label(words(language, "The texts are checked")).check()
    press(page, language, "Apply these changes")
    assert f": {len(catalogue)}" in page.locator("main").inner_text()

    # What is left is looked at and marked, part by part, until nothing is
    while left := _left(draft):
        section, of_language = left
        page.goto(
            f"/{language}/translation/{draft.code}/{section}/check/?language={of_language}"
        )
        axe(page)
        press(page, language, "Mark these texts as checked")
    page.goto(f"/{language}/translation/{draft.code}/next/")
    nothing = words(language, "Nothing is left in either language.")
    assert page.get_by_text(nothing).first.is_visible()
    assert set(states(stale)) == {"checked"}


def _left(draft):
    """A part with something left, and the language; None at the end."""
    for criterion in Criterion.objects.filter(outcome__module__edition=draft):
        for language in ("cy", "en"):
            if criterion.text_state("text", language) not in ("checked", "unofficial"):
                return f"outcome-{criterion.outcome_id}", language
    return None


@pytest.mark.parametrize("language", ["cy", "en"])
def test_every_page_fits_a_telephone(new_page, axe, draft, translator, language):
    page = new_page(
        locale=f"{language}-GB",
        viewport={"width": 320, "height": 640},
    )
    sign_in(page, translator, language)
    section = f"outcome-{first(draft).outcome_id}"

    for path in (
        "",
        f"{draft.code}/",
        f"{draft.code}/{section}/",
        f"{draft.code}/files/",
    ):
        page.goto(f"/{language}/translation/{path}")
        assert fits(page), path
        axe(page)


def test_without_scripts(new_page, draft, translator):
    page = new_page(java_script_enabled=False)
    sign_in(page, translator)
    stale = first(draft, 2)
    page.goto(f"/en/translation/{draft.code}/next/?language=en")

    page.locator(f"[name='{key_of(stale)}-en-text']").fill("Without scripts")
    press(page, "en", "Save and go to the next")

    assert texts(stale)[1] == "Without scripts"
