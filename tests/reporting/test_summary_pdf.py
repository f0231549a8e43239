"""The summary of a submission: two pages whatever people wrote, and what changed since last time."""

import io
import json
import re
from types import SimpleNamespace

import pikepdf
import pytest
from django.db import transaction
from django.urls import reverse

from assessments.models import Question, ReviewAccess, SubmittedOutcome
from organisations.models import User
from reporting.before import Before, load_before
from reporting.pdf.press import TooLong
from reporting.pdf.summary import render_summary
from tests.factories import (
    CycleFactory,
    EditionFactory,
    ModuleFactory,
    OutcomeFactory,
    SelfReflectionFactory,
)
from tests.factories.assessments import days_from_now
from tests.reporting import builders
from tests.reporting.faults import faults
from tests.reporting.pdf_text import words
from tests.reporting.tree import Document
from tests.steps import (
    answer_all,
    entry,
    outcome_of,
    question_subject,
    save,
    start,
    submit,
)

pytestmark = pytest.mark.django_db

BOTH = ("cy", "en")


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
def before(content):
    """Outcome 1 is new, 2 was not answered now, 3 was above, 4 the same, 5 below, 6 unknown."""
    module = content["modules"][0]
    now = {each["number"]: each["own_level"] for each in module["outcomes"]}
    then = {2: 2, 3: now[3] + 1, 4: now[4], 5: 0, 6: None}
    assert now[5] == 0
    then[7] = 0
    return Before(
        {"cy": "Cylch Hydref 2025", "en": "Autumn 2025 cycle"},
        {(module["code"], number): level for number, level in then.items()},
    )


@pytest.fixture(scope="module")
def drawn(submission, before):
    return render_summary(submission, languages=BOTH, before=before)


@pytest.fixture(scope="module")
def document(drawn):
    return Document(pikepdf.open(io.BytesIO(drawn)))


def pages_of(raw):
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        return len(pdf.pages)


def parts_of(document, language):
    return [each for each in document.root.children if each.language == language]


def rows_of(document, language, table):
    """The words of each row of a table of one language's document."""
    tables = [
        each for part in parts_of(document, language) for each in part.find("Table")
    ]
    return [
        [document.text_of(cell) for cell in row.children]
        for row in tables[table].find("TR")
    ]


# What it says ----------------------------------------------------------------------------


def test_it_can_be_read_by_everyone(drawn):
    assert faults(drawn, BOTH) == []


@pytest.mark.parametrize(
    ("language", "cycle", "expected"),
    [
        (
            "cy",
            "Newid ers y cyflwyniad diwethaf: Cylch Hydref 2025.",
            [
                "canlyniad newydd",
                "cynt: 2",
                "i lawr 1 (cynt: 3)",
                "dim newid",
                "dim newid",
                "heb ei ateb o'r blaen",
                "i fyny 2 (cynt: <1)",
            ],
        ),
        (
            "en",
            "Change since the last submission: Autumn 2025 cycle.",
            [
                "a new outcome",
                "before: 2",
                "down 1 (before: 3)",
                "no change",
                "no change",
                "not answered before",
                "up 2 (before: <1)",
            ],
        ),
    ],
)
def test_it_says_in_words_what_changed(document, language, cycle, expected):
    rows = rows_of(document, language, 0)

    assert [row[2] for row in rows[1:8]] == expected
    assert cycle in document.text_of(document.root)


def test_without_an_earlier_submission_it_compares_with_nothing(submission):
    raw = render_summary(submission, languages=("en",))

    document = Document(pikepdf.open(io.BytesIO(raw)))
    text = document.text_of(document.root)
    assert "There is no earlier submission to compare with." in text
    assert len(document.root.find("Table")[0].find("TR")[0].children) == 3


def test_it_counts_signs_where_there_are_no_levels(document, content):
    outcomes = content["modules"][1]["outcomes"]
    chosen = [
        [each["answer"]["choice"] for each in outcome["criteria"]]
        for outcome in outcomes
    ]

    for language in BOTH:
        rows = rows_of(document, language, 1)[1:]
        assert [row[1:] for row in rows] == [
            [
                *(
                    str(choices.count(choice))
                    for choice in ("strong_signs", "some_signs", "no_signs_yet", "")
                ),
                str(len(choices)),
            ]
            for choices in chosen
        ]


SECTIONS = [Question.GOING_WELL, Question.SUPPORT_NEEDED, Question.NEXT_STEPS]


def texts_of(content, question):
    return [
        words(outcome["questions"][question]["text"])
        for module in content["modules"]
        for outcome in module["outcomes"]
    ]


@pytest.mark.parametrize("language", BOTH)
def test_what_people_wrote_begins_as_they_wrote_it(document, content, language):
    overall = words(content["closing"]["support_overall"]["text"])
    for place, question in enumerate(SECTIONS):
        stored = texts_of(content, question)
        shown = [words(row[1]) for row in rows_of(document, language, 2 + place)]
        if question == Question.SUPPORT_NEEDED:
            assert overall.startswith(shown[0].removesuffix("…"))
            shown = shown[1:]

        assert len(shown) > 3
        places = [
            next(
                at
                for at, text in enumerate(stored)
                if text.startswith(each.removesuffix("…"))
            )
            for each in shown
        ]
        assert places == sorted(places)  # all have one date, or are in the form's order


def test_both_modules_are_heard(document):
    abouts = [row[0] for row in rows_of(document, "en", 2)]

    assert {about.split()[0] for about in abouts} == {"PCMW", "ACD"}


def test_the_highest_levels_stand_for_what_goes_well(document, content):
    outcomes = content["modules"][0]["outcomes"]
    abouts = [row[0] for row in rows_of(document, "en", 2)]
    shown = [int(n) for n in re.findall(r"PCMW (\d+)\.", " ".join(abouts))]

    assert {outcomes[number - 1]["own_level"] for number in shown} == {3}


# Two pages ---------------------------------------------------------------------------------


def with_texts(content, text):
    """``content`` with a third module, and ``text`` for everything that people wrote."""

    def written(value):
        if isinstance(value, dict) and "choice" in value:
            return value | {"text": text, "language": "en"}
        if isinstance(value, dict):
            return {key: written(item) for key, item in value.items()}
        return [written(item) for item in value] if isinstance(value, list) else value

    first = content["modules"][0]
    third = first | {"code": "THIRD", "outcomes": first["outcomes"][:6]}
    return written(content | {"modules": [*content["modules"], third]})


@pytest.mark.parametrize(
    "text",
    [
        "Mae'r tîm yn gweithio'n dda â'i gilydd. " * 4_000,
        "W" * 200_000,
        "😀 👨\u200d👩\u200d👧 漢字 שלום e\u0301\n" * 2_000,
        "Iawn.",
        "",
    ],
    ids=["long", "endless", "odd", "short", "empty"],
)
def test_it_is_two_pages_whatever_people_wrote(submission, content, before, text):
    long = SimpleNamespace(
        content=json.dumps(with_texts(content, text)),
        number=1,
        submitted_at=submission.submitted_at,
    )

    assert pages_of(render_summary(long, languages=BOTH, before=before)) == 4


def test_the_submission_as_it_is_takes_two_pages_in_each_language(drawn):
    assert pages_of(drawn) == 4


def test_large_print_says_the_same_in_larger_letters(submission, before, document):
    raw = render_summary(submission, languages=("en",), before=before, large_print=True)

    large = Document(pikepdf.open(io.BytesIO(raw)))
    assert smallest_letters(large.pdf) >= 18
    assert smallest_letters(document.pdf) < 9
    quotes = [
        each for part in parts_of(document, "en") for each in part.find("BlockQuote")
    ]
    # What goes over a page is two quotes.
    assert words(" ".join(map(large.text_of, large.root.find("BlockQuote")))) == words(
        " ".join(map(document.text_of, quotes))
    )


def smallest_letters(pdf):
    """In points, of all that is read aloud; WeasyPrint draws in pixels of 3/4 of a point."""
    sizes, is_read = [], False
    for page in pdf.pages:
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "BDC":
                is_read = str(operands[0]) != "/Artifact"
            elif str(operator) == "Tf" and is_read:
                sizes.append(float(operands[1]))
    return min(sizes) * 0.75


# What the cluster had said before ----------------------------------------------------------


@pytest.fixture
def earlier(edition, cluster, lead):
    """Submitted in the cycle before, on the same edition: own level 1 of outcome 1."""
    cycle = CycleFactory(
        code="2029",
        name_cy="Hunanfyfyrio 2029",
        name_en="Self-reflection 2029",
        edition=edition,
        opens_at=days_from_now(-400),
        closes_at=days_from_now(5),
    )
    reflection = SelfReflectionFactory(cycle=cycle, cluster=cluster)
    answer_all(reflection, by=lead)
    subject = question_subject(reflection, Question.OWN_LEVEL)
    save(reflection, entry(subject, "Felly.", choice="1"), by=lead)
    return submit(reflection, by=lead)


@pytest.fixture
def now(reflection, lead):
    answer_all(reflection, by=lead)
    return submit(reflection, by=lead)


NAME = {"cy": "Hunanfyfyrio 2029", "en": "Self-reflection 2029"}


def levels_then(submission):
    rows = SubmittedOutcome.objects.filter(submission=submission, uses_levels=True)
    return {
        ("LEVELS", number): level
        for number, level in rows.values_list("outcome__number", "own_level")
    }


def test_before_is_the_last_submission_of_an_earlier_cycle(
    earlier, now, lead, django_assert_num_queries
):
    lead.cluster_ids()
    with django_assert_num_queries(1):
        before = load_before(now, user=lead)

    assert before == Before(NAME, levels_then(earlier))
    assert before.levels["LEVELS", 1] == 1
    assert load_before(earlier, user=lead) is None


def test_before_is_what_the_reader_may_read(reflection, earlier, now):
    reviewer = User.objects.create(email="reviewer@example.org")
    ReviewAccess.objects.create(
        reflection=reflection,
        user=reviewer,
        starts_at=days_from_now(-1),
        ends_at=days_from_now(1),
    )

    assert load_before(now, user=reviewer) is None


def test_before_follows_an_outcome_that_has_another_number(earlier, cluster, lead):
    old = earlier.reflection.cycle.edition
    new = EditionFactory(code="2031-05", predecessor=old)
    module = ModuleFactory(edition=new, number=1, code="LEVELS", uses_levels=True)
    OutcomeFactory(module=module, number=1)
    OutcomeFactory(
        module=module, number=2, predecessor=outcome_of(earlier.reflection, number=1)
    )
    cycle = CycleFactory(code="2031", edition=new, opens_at=days_from_now(-2))
    reflection = SelfReflectionFactory(cycle=cycle, cluster=cluster)
    start(reflection, by=lead)
    later = submit(reflection, by=lead)

    before = load_before(later, user=lead)

    assert before == Before(NAME, {("LEVELS", 2): 1})


# As a file ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "needed", "expected"),
    [
        ("", False, False),
        ("", True, True),
        ("large", False, True),
        ("normal", True, False),
        ("huge", False, False),
    ],
)
def test_who_needs_large_print_gets_it(
    client, now, lead, monkeypatch, asked, needed, expected
):
    User.objects.filter(pk=lead.pk).update(large_print=needed)
    client.force_login(lead)
    asked_for = []
    monkeypatch.setattr(
        "reporting.views.summaries.render_summary",
        lambda submission, **asked: asked_for.append(asked) or b"%PDF-",
    )
    url = reverse("reporting:summary_pdf", args=["2030", "afan", 1, "both"])

    response = client.get(url, {"print": asked} if asked else {})

    assert response.content == b"%PDF-"
    assert asked_for == [
        {"languages": BOTH, "agreed": {}, "before": None, "large_print": expected}
    ]
    assert "crynodeb-hunanfyfyrdod" in response.headers["Content-Disposition"]


def test_what_cannot_be_drawn_is_said(client, now, lead, monkeypatch):
    def refuse(submission, **asked):
        raise TooLong

    monkeypatch.setattr("reporting.views.summaries.render_summary", refuse)
    client.force_login(lead)

    response = client.get(
        reverse("reporting:summary_pdf", args=["2030", "afan", 1, "cy"])
    )

    assert response.status_code == 413
    assert "too much text" in response.content.decode()


PAGES = [
    (
        "assessments:submission_detail",
        {"cycle": "2030", "cluster": "afan", "number": 1},
    ),
    ("assessments:reflection_detail", {"cycle": "2030", "cluster": "afan"}),
    ("reporting:board", {"cycle": "2030", "board": "7A0"}),
    ("dashboard:overview", {"scope": "cluster-afan"}),
]


@pytest.mark.parametrize(("name", "where"), PAGES)
def test_pages_lead_to_every_document_in_the_print_that_was_asked_for(
    client, now, officer, name, where
):
    client.force_login(officer)
    page = reverse(name, kwargs=where)
    documents = [
        reverse(f"reporting:{document}_pdf", args=["2030", "afan", 1, language])
        for document in ("summary", "report")
        for language in ("cy", "en", "both")
    ]

    plain = client.get(page).content.decode()
    large = client.get(page, {"print": "large"}).content.decode()

    assert [f'href="{each}"' in plain for each in documents] == [True] * 6
    assert [f'href="{each}?print=large"' in large for each in documents] == [True] * 6
    assert "print=large" in plain
    assert "print=normal" in large
