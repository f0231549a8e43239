"""The full report of a submission as a PDF: what is in it, who can read it, and what it never does."""

import datetime
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pypdf
import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont

from assessments.models import (
    AgreedLevel,
    CriterionChoice,
    Profession,
    Question,
    ReviewAccess,
    SignsChoice,
    Submission,
    SubmittedOutcome,
)
from cdf_site.common import triggers
from frameworks.models import Outcome
from organisations.models import Cluster, HealthBoard, Membership, Role, User
from reporting.files import LANGUAGES
from reporting.pdf import press
from reporting.pdf.fonts import load_fonts
from reporting.pdf.press import TooLong
from reporting.pdf.report import render_report
from reporting.pdf.shapes import LEVEL_WORDS
from tests.reporting import builders
from tests.reporting.faults import faults
from tests.reporting.hostile import ACTIVE, listener
from tests.reporting.pdf_text import text_of_pages, words
from tests.reporting.tree import Document, letters_of

__all__ = ["listener"]

# Every test, so that there is a database for the submission that they share, whichever run.
pytestmark = pytest.mark.django_db

OTHER = {"cy": "en", "en": "cy"}


# What is tested: drawn once --------------------------------------------------------------


@pytest.fixture(scope="module")
def submission(django_db_setup, django_db_blocker):
    """Read from the database, which keeps nothing of it: rendering reads only what it holds."""
    with django_db_blocker.unblock(), transaction.atomic():
        submission = builders.build_submission()
        transaction.set_rollback(True)
    return SimpleNamespace(
        content=submission.content,
        number=submission.number,
        submitted_at=submission.submitted_at,
    )


@pytest.fixture(scope="module")
def content(submission):
    return json.loads(submission.content)


@pytest.fixture(scope="module")
def files(submission):
    return {
        "cy": render_report(submission, languages=("cy",)),
        "en": render_report(submission, languages=("en",)),
        "both": render_report(submission, languages=("cy", "en")),
    }


@pytest.fixture(scope="module")
def documents(files):
    return {
        name: Document(pikepdf.open(io.BytesIO(raw))) for name, raw in files.items()
    }


@pytest.fixture(scope="module")
def texts(files):
    return {language: text_of_pages(files[language]) for language in ("cy", "en")}


@pytest.fixture(params=["cy", "en"])
def language(request):
    return request.param


@pytest.fixture
def document(documents, language):
    return documents[language]


def with_content(submission, content, **changes):
    fields = {"number": submission.number, "submitted_at": submission.submitted_at}
    return SimpleNamespace(content=json.dumps(content), **(fields | changes))


def answers_in(value):
    """Every stored answer, in the order of the document."""
    if isinstance(value, dict) and "choice" in value:
        yield value
    elif isinstance(value, dict):
        names = [name for name in Question.values if name in value] or [
            name
            for name in (
                "context",
                "modules",
                "outcomes",
                "criteria",
                "questions",
                "enabling_factors",
                "answer",
                "closing",
            )
            if name in value
        ]
        for name in names:
            yield from answers_in(value[name])
    elif isinstance(value, list):
        for item in value:
            yield from answers_in(item)


def written(content):
    """The texts that people wrote, in the order of the document: the reason for a level first."""
    texts = [*answers_in(content["context"])]
    for module in content["modules"]:
        for outcome in module["outcomes"]:
            questions = outcome["questions"]
            reason = [questions["own_level"]] if "own_level" in questions else []
            others = {
                key: value
                for key, value in questions.items()
                if not key.endswith("level")
            }
            texts += [*reason, *answers_in(outcome["criteria"]), *answers_in(others)]
    texts += [*answers_in(content["enabling_factors"]), *answers_in(content["closing"])]
    return [answer for answer in texts if answer["text"]]


# What makes a PDF readable for everyone ----------------------------------------------------


@pytest.mark.parametrize("name", ["cy", "en", "both"])
def test_can_be_read_by_everyone(files, content, name):
    texts = [(answer["text"], answer["language"]) for answer in written(content)]

    assert faults(files[name], LANGUAGES[name], texts) == []


def test_shows_a_title_in_its_language(document, content, language):
    with translation.override(language):
        heading = _("Full report of the self-reflection")
    name, cycle = (
        content["cluster"]["name"][language],
        content["cycle"]["name"][language],
    )
    assert str(document.pdf.docinfo.Title) == f"{heading}: {name}, {cycle}"


def test_has_no_pictures(document):
    """So none is without words: shapes beside a level or an answer repeat them."""
    assert document.root.find("Figure") == []


def test_has_bookmarks(document, content, language):
    with document.pdf.open_outline() as outline:
        (top,) = outline.root
        parts = [item.title for item in top.children]
        outcomes = [item.title for item in top.children[3].children]

    assert len(parts) == 7  # contents, the levels at a glance, the five parts
    assert len(outcomes) == len(content["modules"][0]["outcomes"])
    assert content["modules"][0]["outcomes"][12]["title"][language] in outcomes[12]


def test_marks_what_is_in_the_other_language(document, content, language):
    quotes = document.root.find("BlockQuote")
    foreign = [words(a["text"]) for a in written(content) if a["language"] != language]

    assert {quote.language for quote in quotes} == {OTHER[language]}
    # An answer that goes over a page is two quotes.
    assert words(" ".join(map(document.text_of, quotes))) == " ".join(foreign)
    in_quotes = {id(element) for quote in quotes for element in quote.walk()}
    others = [e for e in document.root.walk() if id(e) not in in_quotes]
    assert {element.language for element in others} == {language}


def test_marks_the_languages_of_both_versions(documents, content):
    root = documents["both"].root
    texts = {"cy": [], "en": []}
    for part in root.children:
        quotes = part.find("BlockQuote")
        texts[part.language] += map(documents["both"].text_of, quotes)
        assert {quote.language for quote in quotes} <= {OTHER[part.language]}

    languages = [part.language for part in root.children]
    assert languages == sorted(languages)  # all of the Welsh, then all of the English
    for language, found in texts.items():
        foreign = [
            words(a["text"]) for a in written(content) if a["language"] != language
        ]
        assert words(" ".join(found)) == " ".join(foreign)


# What it says ----------------------------------------------------------------------------


def test_holds_every_word_in_order(texts, content, language):
    text = texts[language]

    place = 0
    for answer in written(content):
        place = text.index(words(answer["text"]), place) + 1
    for module in content["modules"]:
        for outcome in module["outcomes"]:
            assert words(outcome["title"][language]) in text
            assert words(outcome["title"][OTHER[language]]) not in text


def test_tells_not_answered_from_below_level_1(document, content, language):
    table = document.root.find("Table")[1]  # after the cover's
    rows = [
        [document.text_of(cell) for cell in row.children]
        for row in table.find("TR")[1:]
    ]
    with translation.override(language):
        unanswered, below = _("Not answered"), f"<1 {_('Below level 1')}"

    own = [outcome["own_level"] for outcome in content["modules"][0]["outcomes"]]
    assert own[:2] == [0, None]
    assert [row[1] for row in rows][:2] == [below, unanswered]
    assert len(rows) == 13


def test_gives_no_level_where_there_are_none(document, content, language):
    module = content["modules"][1]
    table = document.root.find("Table")[2]
    rows = [
        [document.text_of(cell) for cell in row.children][1:]
        for row in table.find("TR")[1:]
    ]

    expected = []
    for outcome in module["outcomes"]:
        choices = [criterion["answer"]["choice"] for criterion in outcome["criteria"]]
        counts = [choices.count(choice) for choice in [*SignsChoice.values, ""]]
        expected.append([str(count) for count in [*counts, len(choices)]])
    assert rows == expected


@pytest.fixture(scope="module")
def agreed(content):
    """Two of the outcomes with levels: one as the cluster judged, one with a reason."""
    code, (first, second, *_others) = (
        content["modules"][0]["code"],
        content["modules"][0]["outcomes"],
    )
    agreed_at = datetime.datetime(2026, 12, 3, 9, tzinfo=datetime.UTC)
    return {
        (code, first["number"]): SimpleNamespace(
            level=first["own_level"], reason="", language="", agreed_at=agreed_at
        ),
        (code, second["number"]): SimpleNamespace(
            level=2, reason="Mwy na hynny\x07.", language="cy", agreed_at=agreed_at
        ),
    }


@pytest.mark.parametrize(
    ("language", "note", "heading"),
    [
        (
            "cy",
            "Cofnodwyd ar ôl y cyflwyniad, ar 3 Rhagfyr 2026",
            "Pam y cytunwyd ar y lefel hon, ar ôl y cyflwyniad",
        ),
        (
            "en",
            "Recorded after the submission, on 3 December 2026",
            "Why this level was agreed, after the submission",
        ),
    ],
)
def test_agreed_levels_stand_beside_the_clusters_own(
    submission, content, agreed, language, note, heading
):
    modules = [
        module | {"outcomes": module["outcomes"][:3]} for module in content["modules"]
    ]
    three = with_content(submission, small(content, modules=modules))

    drawn = render_report(three, languages=(language,), agreed=agreed)

    document = Document(pikepdf.open(io.BytesIO(drawn)))
    rows = [
        [document.text_of(cell) for cell in row.children][1:3]
        for row in document.root.find("Table")[1].find("TR")
    ]
    with translation.override(language):
        level = {0: f"<1 {_('Below level 1')}", 2: f"2 {LEVEL_WORDS[2]}"}
        own, beside, none = (
            _("The cluster's own level"),
            _("Agreed level"),
            _("No level agreed"),
        )
        assert rows[:3] == [
            [own, beside],
            [level[0]] * 2,
            [_("Not answered"), level[2]],
        ]
        assert rows[3] == [rows[3][0], none]
    text = text_of_pages(drawn)
    assert text.count(note) == 2
    assert text.count(heading) == 1
    assert text.index(heading) < text.index("Mwy na hynny.")
    (quoted,) = [
        element.language
        for element in document.root.walk()
        if "Mwy na hynny." in document.text_of(element)
        and not any("hynny" in document.text_of(child) for child in element.children)
    ]
    assert quoted == "cy"


def test_without_agreement_nothing_is_said_of_it(submission, content, texts):
    one = with_content(submission, small(content))

    assert render_report(one, languages=("en",), agreed={}) == render_report(
        one, languages=("en",)
    )
    assert "Agreed level" not in texts["en"]
    assert "Y lefel y cytunwyd arni" not in texts["cy"]


def test_contents_name_every_part_with_its_page(files, documents, content, language):
    lines = [
        words(line)
        for page in pypdf.PdfReader(io.BytesIO(files[language])).pages[1:2]
        for line in page.extract_text().splitlines()
    ]
    document = documents[language]
    with document.pdf.open_outline() as outline:
        parts = outline.root[0].children[1:]
        pages = {
            entry.title: document.pages[entry.destination[0].objgen] + 1
            for place, part in enumerate(parts)
            for entry in [part, *(part.children if place in {0, 2, 3} else [])]
        }
    titles = [
        re.sub(r"^(?:Canlyniad|Outcome) (\d+):", r"\1.", title) for title in pages
    ]

    assert len(titles) == 6 + 20 + 2  # the parts, the outcomes, the exhibits
    # What floats to the right is read first.
    text = "".join(lines).replace(" ", "")
    assert text.startswith("".join(map(str, pages.values())))
    places = [text.index(title.replace(" ", "")) for title in titles]
    assert places == sorted(places)


def test_tables_of_levels_are_exhibits_with_source_and_date(texts, content, language):
    sentence = {
        "cy": "Ffynhonnell: hunanfyfyrdod y clwstwr, cyflwyniad 1 Y sefyllfa ar: 30 Tachwedd 2026",
        "en": "Source: the cluster's self-reflection, submission 1 As it stood on: 30 November 2026",
    }[language]
    exhibit = {"cy": "Arddangosyn", "en": "Exhibit"}[language]

    assert texts[language].count(sentence) == len(content["modules"]) == 2
    for number, module in enumerate(content["modules"], start=1):
        # In the contents and above the table.
        title = f"{exhibit} {number}: {module['title'][language]}"
        assert texts[language].count(title) == 2


def test_counts_the_criteria_that_are_met(document, content):
    table = document.root.find("Table")[1]
    cells = [document.text_of(row.children[3]) for row in table.find("TR")[1:]]

    for cell, outcome in zip(cells, content["modules"][0]["outcomes"], strict=True):
        choices = [criterion["answer"]["choice"] for criterion in outcome["criteria"]]
        numbers = [choices.count(CriterionChoice.MET), len(choices)]
        numbers += [choices.count("")] if "" in choices else []
        assert [int(number) for number in re.findall(r"\d+", cell)] == numbers


def test_says_when(texts, language):
    text = texts[language]
    month = {"cy": "Tachwedd", "en": "November"}[language]

    assert f"30 {month} 2026, 16:45" in text
    assert {"cy": "3 Chwefror 2026", "en": "3 February 2026"}[language] in text


def test_numbers_its_pages(files, language):
    pages = pypdf.PdfReader(io.BytesIO(files[language])).pages
    with translation.override(language):
        last = _("Page %(number)s of %(total)s") % {
            "number": len(pages),
            "total": len(pages),
        }

    assert last in words(pages[-1].extract_text())
    assert words(pages[0].extract_text()).endswith(last) is False


def test_says_that_the_english_framework_is_not_official(texts, submission, content):
    with translation.override("en"):
        note = _(
            "The Welsh text is the official one. The English is this project's translation."
        )
    edition = content["edition"] | {"unofficial_language": None}
    official = with_content(submission, small(content, edition=edition))

    assert note in texts["en"]
    assert note not in texts["cy"]
    assert note not in text_of_pages(render_report(official, languages=("en",)))


def test_an_empty_submission_is_drawn(submission, content):
    def emptied(value):
        if isinstance(value, dict) and "choice" in value:
            return {"choice": "", "text": "", "dated_on": None, "language": ""}
        if isinstance(value, dict):
            return {key: emptied(item) for key, item in value.items()}
        return [emptied(item) for item in value] if isinstance(value, list) else value

    empty = emptied(small(content))
    for outcome in empty["modules"][0]["outcomes"]:
        outcome["own_level"] = outcome["suggestion"]["level"] = None

    text = text_of_pages(
        render_report(with_content(submission, empty), languages=("en",))
    )

    assert "<1" not in text
    for label in Question.labels[:4]:
        assert f"{label} Not answered" in text


def test_is_the_same_for_the_same_submission(submission, content):
    same = with_content(submission, small(content))

    assert render_report(same, languages=("en",)) == render_report(
        same, languages=("en",)
    )


def test_names_those_who_took_part(documents):
    document = documents["en"]
    # The contents have no bullets.
    first = next(
        each
        for each in document.root.find("L")
        if document.text_of(each).startswith("•")
    )
    items = [document.text_of(item) for item in first.children]

    with translation.override("en"):
        expected = [f"• {Profession(code).label}" for code in Profession.values[:4]]
    assert items == expected


# Letters ---------------------------------------------------------------------------------


def small(content, **changes):
    """``content`` with the first outcome of each module only: quick to draw."""
    modules = [
        module | {"outcomes": module["outcomes"][:1]} for module in content["modules"]
    ]
    factors = content["enabling_factors"][:1]
    return content | {"modules": modules, "enabling_factors": factors} | changes


def test_draws_the_welsh_letters(submission, content):
    """The text alone does not show it: a lost letter may still be in what is copied."""
    letters = "ŵŷŴŶâêîôû wyWYaeiou"  # on the cover in both weights
    cluster = content["cluster"] | {"name": {"cy": letters, "en": letters}}
    drawn = render_report(
        with_content(submission, small(content, cluster=cluster)), languages=("cy",)
    )

    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        fonts = list(pdf.pages[0].Resources.Font.values())
        assert len(fonts) == 2
        for font in fonts:
            embedded = TTFont(
                io.BytesIO(
                    font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()
                )
            )
            glyphs = {letter: at for at, letter in letters_of(font).items()}
            for accented, plain in zip("ŵŷŴŶâêîôû", "wyWYaeiou", strict=True):
                taller = outline(embedded, glyphs[accented])
                shorter = outline(embedded, glyphs[plain])
                assert taller.yMax > shorter.yMax
                assert taller.xMax - taller.xMin >= shorter.xMax - shorter.xMin


def outline(font, glyph):
    return font["glyf"][font.getGlyphName(glyph)]


# Hostile text ----------------------------------------------------------------------------


def in_every_text(value, text):
    """``value`` with ``text`` for everything that a person or an administrator wrote."""
    if isinstance(value, dict) and "choice" in value:
        return value | {"text": text, "language": "en"}
    if isinstance(value, dict) and set(value) == {"cy", "en"}:
        return {"cy": text, "en": text}
    if isinstance(value, dict):
        return {key: in_every_text(item, text) for key, item in value.items()}
    return (
        [in_every_text(item, text) for item in value]
        if isinstance(value, list)
        else value
    )


def test_hostile_text_is_only_text(submission, content, listener):
    """Wherever it stands: in the words of the framework and in names, too."""
    text = ACTIVE.format(address=listener.address)
    hostile = in_every_text(small(content), text)

    drawn = render_report(with_content(submission, hostile), languages=("cy",))

    assert listener.calls == []
    document = Document(pikepdf.open(io.BytesIO(drawn)))
    quotes = [document.text_of(quote) for quote in document.root.find("BlockQuote")]
    # In a narrow cell a long address goes over lines, which reads as a space.
    literal = re.sub(r"\s", "", text)
    assert re.sub(r"\s", "", "".join(quotes)) == literal * len(written(hostile))
    assert len(document.root.find("H1")) == 1
    assert Path("/etc/hostname").read_text().strip() not in text_of_pages(drawn)
    for thing in document.pdf.objects:
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            assert not {"/EF", "/URI", "/JS", "/EmbeddedFiles"} & set(thing.keys())


def test_fetches_nothing_but_fonts(listener):
    fetcher = press._Fonts(load_fonts())

    for url in (
        listener.address,
        "file:///etc/hostname",
        "data:text/plain,x",
        "cdf-font:",
        "cdf-font:400/../../600",
        "CDF-FONT:400",
    ):
        with pytest.raises(ValueError, match="nothing but its fonts"):
            fetcher.fetch(url)
    assert listener.calls == []
    assert fetcher.fetch("cdf-font:400").read()[:4] == b"\x00\x01\x00\x00"


@pytest.mark.parametrize(
    "text",
    [
        "\u202etxet\u202c \u2066x\u2069 שלום عربي",
        "😀 👨\u200d👩\u200d👧 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
        "nul\x00 bell\x07 escape\x1b[0m half\ud800",
        "e\u0301 y\u0302 w\u0302 " + "a\u0300" * 300,
        "llawer o eiriau " * 1_000,
        "x" * 200_000,
    ],
    ids=["direction", "emoji", "control", "combining", "long", "endless"],
)
def test_odd_text_is_drawn(submission, content, text):
    answer = {"choice": "", "text": text, "dated_on": None, "language": "cy"}
    odd = content | {"modules": [], "closing": {"anything_else": answer}}

    drawn = render_report(with_content(submission, odd), languages=("cy",))

    assert len(pypdf.PdfReader(io.BytesIO(drawn)).pages) > 1
    if text.isascii() and text.isprintable():
        found = re.sub(r"\s", "", text_of_pages(drawn))
        assert re.sub(r"\s", "", text) in found


def test_a_text_without_end_is_refused(submission, content):
    answer = {"choice": "", "text": "a\n" * 20_000, "dated_on": None, "language": "cy"}
    endless = with_content(submission, content | {"closing": {"anything_else": answer}})

    with pytest.raises(TooLong):
        render_report(endless, languages=("cy",))


def test_an_unknown_format_is_refused(submission, content):
    with pytest.raises(ValueError, match="not known"):
        render_report(
            with_content(submission, content | {"format": 4}), languages=("cy",)
        )


def test_what_people_wrote_stays_out_of_the_log(submission, content, caplog):
    answer = {
        "choice": "",
        "text": "漢字 cyfrinach",
        "dated_on": None,
        "language": "cy",
    }
    odd = content | {"modules": [], "closing": {"anything_else": answer}}

    render_report(with_content(submission, odd), languages=("cy",))

    assert caplog.text == ""


# Who may have it -------------------------------------------------------------------------


@pytest.fixture
def stored(content, monkeypatch):
    """A small submission in the database, of the first cluster, with its lead."""
    reflection, lead = builders.build_reflection()
    submission = builders.submit(reflection, lead)
    # As if the edition were as small: drawing all of it is tested above.
    submission.content = json.dumps(small(json.loads(submission.content)))
    monkeypatch.setattr(
        "reporting.views.summaries.render_report",
        lambda found, *, languages, agreed, large_print: render_report(
            with_content(submission, json.loads(submission.content)),
            languages=languages,
            agreed=agreed,
        ),
    )
    return submission


def address(submission, *, language="cy", number=None, page_language="en"):
    reflection = submission.reflection
    with translation.override(page_language):
        return reverse(
            "reporting:report_pdf",
            args=[
                reflection.cycle.code,
                reflection.cluster.code,
                number or submission.number,
                language,
            ],
        )


def sign_in(client, role, *, cluster=None, health_board=None):
    user = User.objects.create(email=f"{role}@example.org")
    Membership.objects.create(
        user=user, role=role, cluster=cluster, health_board=health_board
    )
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def test_report_pdf_for_its_own_lead(client, stored):
    client.force_login(
        stored.submitted_by, backend="django.contrib.auth.backends.ModelBackend"
    )

    response = client.get(address(stored))

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in response.headers["Cache-Control"]
    assert "no-store" in response.headers["Cache-Control"]
    assert response.content.startswith(b"%PDF-1.7")
    reader = pypdf.PdfReader(io.BytesIO(response.content))
    assert reader.trailer["/Root"]["/Lang"] == "cy"


@pytest.mark.parametrize("language", ["cy", "en", "both"])
def test_report_pdf_in_each_language(client, stored, language):
    client.force_login(
        stored.submitted_by, backend="django.contrib.auth.backends.ModelBackend"
    )

    response = client.get(address(stored, language=language))

    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        found = Document(pdf)
        assert len(found.root.find("H1")) == (2 if language == "both" else 1)


def test_report_pdf_names_the_file(client, stored):
    # The name it had when it submitted, whatever the cluster is called today.
    content = json.loads(stored.content)
    content["cluster"]["name"] = {"cy": "Dŵr a Thŷ", "en": 'Water "and" House'}
    triggers.drop(connection)
    Submission.objects.filter(pk=stored.pk).update(content=json.dumps(content))
    triggers.create(connection)
    client.force_login(
        stored.submitted_by, backend="django.contrib.auth.backends.ModelBackend"
    )

    headers = {
        language: client.get(address(stored, language=language)).headers[
            "Content-Disposition"
        ]
        for language in ("cy", "en", "both")
    }

    welsh = (
        'attachment; filename="adroddiad-hunanfyfyrdod-dwr-a-thy-2026-1-{0}.pdf"; '
        "filename*=UTF-8''adroddiad-hunanfyfyrdod-d%C5%B5r-a-th%C5%B7-2026-1-{0}.pdf"
    )
    assert headers == {
        "cy": welsh.format("cy"),
        "both": welsh.format("cy-en"),
        "en": 'attachment; filename="self-reflection-report-water-and-house-2026-1-en.pdf"; '
        "filename*=UTF-8''self-reflection-report-water-and-house-2026-1-en.pdf",
    }


def test_report_pdf_of_what_is_not_there(client, stored):
    client.force_login(
        stored.submitted_by, backend="django.contrib.auth.backends.ModelBackend"
    )

    assert client.get(address(stored, language="fr")).status_code == 404
    assert client.get(address(stored, number=2)).status_code == 404
    assert client.post(address(stored)).status_code == 405


def test_report_pdf_that_is_too_long(client, stored, monkeypatch):
    def refuse(submission, *, languages, agreed, large_print):
        raise TooLong

    monkeypatch.setattr("reporting.views.summaries.render_report", refuse)
    client.force_login(
        stored.submitted_by, backend="django.contrib.auth.backends.ModelBackend"
    )

    response = client.get(address(stored))

    assert response.status_code == 413
    assert "too much text" in response.content.decode()


def test_report_pdf_for_an_officer_of_the_board(client, stored):
    board = stored.reflection.cluster.health_board
    sign_in(client, Role.HEALTH_BOARD_OFFICER, health_board=board)

    assert client.get(address(stored)).status_code == 200


def test_report_pdf_for_an_officer_of_another_board(client, stored):
    board = stored.reflection.cluster.health_board
    other = HealthBoard.objects.exclude(pk=board.pk).first()
    sign_in(client, Role.HEALTH_BOARD_OFFICER, health_board=other)

    assert client.get(address(stored)).status_code == 404


def test_report_pdf_for_a_national_officer(client, stored):
    sign_in(client, Role.NATIONAL_OFFICER)

    assert client.get(address(stored)).status_code == 200


def test_report_pdf_for_a_lead_of_another_cluster(client, stored):
    other = Cluster.objects.exclude(pk=stored.reflection.cluster_id).first()
    sign_in(client, Role.CLUSTER_LEAD, cluster=other)

    assert client.get(address(stored)).status_code == 404


def test_report_pdf_for_an_administrator(client, stored):
    user = sign_in(client, Role.ADMINISTRATOR)
    user.is_superuser = True
    user.save()

    assert client.get(address(stored)).status_code == 404


def test_report_pdf_for_a_reviewer_while_access_runs(client, stored):
    other = Cluster.objects.exclude(pk=stored.reflection.cluster_id).first()
    reviewer = sign_in(client, Role.CLUSTER_LEAD, cluster=other)
    now = timezone.now()
    access = ReviewAccess.objects.create(
        reflection=stored.reflection,
        user=reviewer,
        starts_at=now - datetime.timedelta(days=2),
        ends_at=now + datetime.timedelta(days=2),
    )

    assert client.get(address(stored)).status_code == 200
    access.ends_at = now - datetime.timedelta(days=1)
    access.save()
    assert client.get(address(stored)).status_code == 404


def test_report_pdf_for_nobody_in_particular(client, stored):
    response = client.get(address(stored))

    assert response.status_code == 302
    with translation.override("en"):
        assert response.headers["Location"].startswith(reverse("sign_in"))


def test_report_pdf_asks_few_questions(client, stored, django_assert_num_queries):
    """Session, person, memberships, the submission, its agreed levels; the permission again."""
    client.force_login(
        stored.submitted_by, backend="django.contrib.auth.backends.ModelBackend"
    )

    with django_assert_num_queries(6):
        client.get(address(stored))


def test_report_pdf_holds_the_agreed_levels_of_its_submission(client, stored, content):
    first = content["modules"][0]["outcomes"][0]
    outcome = Outcome.objects.get(module__number=1, number=first["number"])
    for submission, level, reason in [
        (stored, 2, "Rheswm y cytundeb"),
        (another_submission(stored), 3, "Another agreement"),
    ]:
        row = SubmittedOutcome.objects.create(
            submission=submission,
            outcome=outcome,
            uses_levels=True,
            own_level=1,
            is_provisional=False,
            answered=0,
            total=1,
        )
        AgreedLevel.objects.create(
            submitted_outcome=row,
            level=level,
            reason=reason,
            language="cy",
            agreed_by=stored.submitted_by,
        )
    client.force_login(
        stored.submitted_by, backend="django.contrib.auth.backends.ModelBackend"
    )

    text = text_of_pages(client.get(address(stored, language="en")).content)

    assert text.count("Rheswm y cytundeb") == 1
    assert "Another agreement" not in text


def another_submission(stored):
    return Submission.objects.create(
        reflection=stored.reflection,
        number=2,
        content=stored.content,
        content_hash=stored.content_hash,
        submitted_at=stored.submitted_at,
        submitted_by=stored.submitted_by,
    )
