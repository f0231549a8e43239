"""Which language a text is in: detected, put right by its writer, and marked where it is shown."""

import json

import pytest

from assessments.forms import LONGEST_TEXT
from assessments.models import Answer, AnswerVersion, StateChange
from assessments.views.loading import history_url, reflection_url
from tests.assessments.test_views import by_script, typed
from tests.steps import entry, outcome_of, save, start, stored, submit, words_of

pytestmark = pytest.mark.django_db

WELSH = "Mae'r tîm yn cyfarfod bob mis."
ENGLISH = "The team meets every month."
UNCLEAR = "Betsi Cadwaladr, 2029"


@pytest.fixture
def page(reflection):
    return reflection_url("outcome_edit", reflection, module="LEVELS", number=1)


def said(reflection, text, language, *, base=0, subject=None):
    """An entry for the first outcome's words whose writer says the language."""
    made = entry(subject or words_of(reflection), text, base=base)
    return type(made)(**{**vars(made), "language": language})


def language_of(reflection):
    answer = stored(reflection, words_of(reflection))
    return (answer.language, answer.language_is_chosen, answer.version)


# Services -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "page_language", "language"),
    [
        (WELSH, "en", "cy"),
        (WELSH, "cy", "cy"),
        (ENGLISH, "cy", "en"),
        (UNCLEAR, "cy", "cy"),
        (UNCLEAR, "en", "en"),
        ("", "en", ""),
    ],
)
@pytest.mark.parametrize("says", [None, ""])
def test_the_language_of_a_text_is_detected(
    reflection, lead, text, page_language, language, says
):
    made = said(reflection, text, says)
    made = type(made)(**{**vars(made), "choice": ""})
    anything = entry(words_of(reflection, number=2), "Anything.")

    save(reflection, made, anything, by=lead, language=page_language)

    row = Answer.objects.filter(**made.subject.fields).first()
    assert (row.language if row else "") == language


def test_what_its_writer_says_counts(reflection, lead):
    save(reflection, said(reflection, WELSH, "en"), by=lead)

    assert language_of(reflection) == ("en", True, 1)
    assert AnswerVersion.objects.get().language == "en"


def test_correcting_the_language_alone_is_a_version_with_the_same_text(
    reflection, lead
):
    save(reflection, said(reflection, UNCLEAR, ""), by=lead)

    saved = save(reflection, said(reflection, UNCLEAR, "cy", base=1), by=lead)

    assert saved.changed == [words_of(reflection)]
    assert language_of(reflection) == ("cy", True, 2)
    assert list(AnswerVersion.objects.values_list("text", "language")) == [
        (UNCLEAR, "en"),
        (UNCLEAR, "cy"),
    ]


def test_a_correction_can_be_taken_back(reflection, lead):
    save(reflection, said(reflection, WELSH, "en"), by=lead)

    save(reflection, said(reflection, WELSH, "", base=1), by=lead)

    assert language_of(reflection) == ("cy", False, 2)


def test_a_correction_holds_while_the_text_is_written_on(reflection, lead):
    save(reflection, said(reflection, UNCLEAR, "cy"), by=lead)

    save(reflection, said(reflection, ENGLISH, "cy", base=1), by=lead)
    save(reflection, entry(words_of(reflection), ENGLISH + "!", base=2), by=lead)

    assert language_of(reflection) == ("cy", True, 3)


def test_the_same_said_again_changes_nothing(reflection, lead):
    operation = "0c9dd83a-1a3c-4a43-9fc1-2a3d4d5a3f10"
    for base in (0, 0, 1):
        save(
            reflection,
            said(reflection, WELSH, "en", base=base),
            by=lead,
            operation_id=operation,
        )

    assert language_of(reflection) == ("en", True, 1)


def test_a_correction_in_the_same_operation_is_not_taken_for_the_first_again(
    reflection, lead
):
    operation = "0c9dd83a-1a3c-4a43-9fc1-2a3d4d5a3f10"
    for base, language in ((0, ""), (1, "cy")):
        save(
            reflection,
            said(reflection, UNCLEAR, language, base=base),
            by=lead,
            operation_id=operation,
        )

    assert language_of(reflection) == ("cy", True, 2)


def test_an_old_page_takes_no_correction_back(reflection, lead, contributor):
    save(reflection, said(reflection, UNCLEAR, ""), by=lead)
    save(reflection, said(reflection, UNCLEAR, "cy", base=1), by=contributor)

    saved = save(reflection, said(reflection, UNCLEAR, "", base=1), by=lead)

    assert (saved.changed, saved.conflicts) == ([], [])
    assert language_of(reflection) == ("cy", True, 2)


def test_an_emptied_text_has_no_language(reflection, lead):
    save(reflection, said(reflection, WELSH, "cy"), by=lead)

    save(reflection, said(reflection, "", "cy", base=1), by=lead)

    assert language_of(reflection) == ("", False, 2)


# Pages ----------------------------------------------------------------------------------


def test_welsh_on_the_english_page_is_seen_and_marked(client, lead, reflection, page):
    client.force_login(lead)

    response = client.post(
        page,
        typed(client, page, **{"going-well-text": WELSH, "stay": "1"}),
        follow=True,
    )

    field = response.context["form"]["going-well-text"]
    assert field.field.widget.attrs["lang"] == "cy"
    assert "Written in Welsh" in response.content.decode()
    assert response.context["form"]["going-well-language"].value() == ""
    read = client.get(reflection_url("draft_detail", reflection)).content.decode()
    assert '<blockquote class="quote__text" lang="cy">' in read


def test_the_language_is_put_right_on_the_page(client, lead, reflection, page):
    save(reflection, entry(words_of(reflection), UNCLEAR), by=lead)
    client.force_login(lead)

    client.post(page, typed(client, page, **{"going-well-language": "cy"}))

    assert language_of(reflection) == ("cy", True, 2)
    form = client.get(page).context["form"]
    assert form["going-well-language"].value() == "cy"


def test_an_older_page_still_says_the_language_for_all(client, lead, reflection, page):
    client.force_login(lead)
    data = typed(client, page, **{"going-well-text": UNCLEAR, "written_in": "cy"})
    old = {name: value for name, value in data.items() if "-language" not in name}

    client.post(page, old)

    assert language_of(reflection) == ("cy", False, 1)


def test_a_language_that_there_is_not_is_refused(client, lead, reflection, page):
    client.force_login(lead)
    data = {"going-well-text": WELSH, "going-well-language": "fr"}

    response = client.post(page, typed(client, page, **data))

    assert response.status_code == 422
    assert Answer.objects.filter(text=WELSH).count() == 0


def test_the_script_hears_of_the_language(client, lead, reflection, page):
    client.force_login(lead)
    sent = {"going-well-version": "0", "going-well-text": WELSH}

    reply = by_script(client, page, lead, sent).json()

    assert reply["languages"] == {"going-well": "cy"}
    assert reply["parts"]["going-well-written"].strip() == "Written in Welsh"


@pytest.mark.parametrize(
    ("reason", "written_in", "language"),
    [
        (WELSH, "", "cy"),
        (ENGLISH, "", "en"),
        (UNCLEAR, "", "en"),
        (UNCLEAR, "cy", "cy"),
        (ENGLISH, "cy", "cy"),
    ],
)
def test_what_a_board_writes_is_detected_too(
    client, lead, officer, reflection, reason, written_in, language
):
    start(reflection, by=lead)
    submit(reflection, by=lead)
    client.force_login(officer)
    url = reflection_url("reflection_return", reflection)

    client.post(url, typed(client, url, reason=reason, written_in=written_in))

    change = StateChange.objects.get(kind=StateChange.Kind.RETURNED)
    assert (change.reason, change.language) == (reason, language)


# Length ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "You can enter up to 10,000 characters"),
        ("cy", "Gallwch roi hyd at 10,000 o nodau"),
    ],
)
def test_characters_are_counted_and_none_is_cut(
    client, lead, reflection, page, language, sentence
):
    client.force_login(lead)
    page = page.replace("/en/", f"/{language}/")
    long_text = "ŵ" * (LONGEST_TEXT + 1)

    before = client.get(page).content.decode()
    response = client.post(page, typed(client, page, **{"going-well-text": long_text}))

    assert before.count('data-maxlength="10000"') == before.count("<textarea")
    assert sentence in before
    assert "maxlength=" not in before.replace("data-maxlength", "")
    assert response.status_code == 422
    assert long_text in response.content.decode()
    assert f"{LONGEST_TEXT + 1:,}" in json.dumps(response.context["form"].errors)


def test_what_is_too_long_is_shown_when_the_rest_came_too_late(
    client, lead, reflection, page
):
    start(reflection, by=lead)
    client.force_login(lead)
    long_text = "ŵ" * (LONGEST_TEXT + 1)
    data = typed(
        client,
        page,
        **{"going-well-text": long_text},
    )
    names = [name for name in data if name.endswith("-text")]
    data |= {name: "Short." for name in names if name != "going-well-text"}
    submit(reflection, by=lead)

    response = client.post(page, data)

    assert response.status_code == 409
    assert long_text in response.content.decode()
    assert "Short." in response.content.decode()


def test_a_text_of_the_greatest_length_is_kept_whole(client, lead, reflection, page):
    client.force_login(lead)
    text = "tŷ\r\n" * (LONGEST_TEXT // 3) + "x"

    client.post(page, typed(client, page, **{"going-well-text": text}))

    kept = stored(reflection, words_of(reflection)).text
    assert (kept, len(kept)) == (text.replace("\r\n", "\n"), LONGEST_TEXT)


# Restoring ------------------------------------------------------------------------------


def restored(client, reflection, version):
    answer = stored(reflection, words_of(reflection))
    url = history_url(reflection, words_of(reflection), outcome_of(reflection))
    return client.post(url, {"kept": version.pk, "base_version": answer.version})


def test_a_restored_text_leaves_the_language_to_be_detected(client, lead, reflection):
    save(reflection, said(reflection, ENGLISH, ""), by=lead)
    save(reflection, said(reflection, ENGLISH + "!", "", base=1), by=lead)
    client.force_login(lead)

    restored(client, reflection, AnswerVersion.objects.get(version=1))

    assert language_of(reflection) == ("en", False, 3)
    save(reflection, said(reflection, WELSH, None, base=3), by=lead)
    assert language_of(reflection) == ("cy", False, 4)


def test_a_restored_text_keeps_the_language_that_was_chosen(client, lead, reflection):
    save(reflection, said(reflection, WELSH, "en"), by=lead)
    save(reflection, said(reflection, WELSH + "!", "", base=1), by=lead)
    client.force_login(lead)

    restored(client, reflection, AnswerVersion.objects.get(version=1))

    assert language_of(reflection) == ("en", True, 3)
