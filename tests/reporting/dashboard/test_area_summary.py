"""The summary of an area: what it says, in which language, of whom, and who may have it."""

import datetime
import html
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from assessments.models import IndicatorValue, SubmittedNeed
from assessments.periods import Period
from frameworks.models import Indicator
from peerreview.models import Annotation, GoodPractice
from reporting import good_practice
from reporting.good_practice import load_good_practice
from reporting.pdf import rendering
from reporting.pdf.areas import drawing, render_area_summary
from reporting.pdf.areas.contents import area_document
from reporting.views import area_summaries
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    EditionFactory,
    HealthBoardFactory,
    IndicatorFactory,
    ModuleFactory,
    NeedTagFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.factories.peerreview import (
    ClusterReviewFactory,
    ReviewGroupFactory,
    ReviewRoundFactory,
)
from tests.reporting.dashboard.lives import freeze, outcomes_of
from tests.reporting.dashboard.test_documents import (
    DEED,
    ENGLISH,
    WELSH,
    fill,
    opened,
    page_for,
    tables,
    words,
)

pytestmark = pytest.mark.django_db

SHARED = "Cyfarfod bob wythnos â'r tîm yn y tŷ."


def share(review, *, by, title="Yr hyn a wnawn", text=SHARED, **said):
    """An entry of the library, as the services make it."""
    reflection = review.reflection
    outcome = outcomes_of(reflection.cycle.edition)[0]
    annotation = Annotation.objects.create(
        review=review,
        submission=reflection.latest_submission,
        author=by,
        voice="reviewer",
        choice="good_practice",
        outcome=outcome,
        text="Da iawn.",
        language="cy",
        shared_at=timezone.now(),
    )
    return GoodPractice.objects.create(
        annotation=annotation,
        cluster=reflection.cluster,
        outcome=outcome,
        title=title,
        text=text,
        language="cy",
        contact=by,
        consented_by=by,
        **said,
    )


def put(indicator, cluster, numerator, *, by):
    """A figure of the cycle's last quarter, of 1,000."""
    period = Period.around(datetime.date(2026, 9, 30), Indicator.Period.QUARTER)
    IndicatorValue.objects.create(
        indicator=indicator,
        cluster=cluster,
        period_start=period.starts_on,
        numerator=Decimal(numerator),
        denominator=Decimal(1000),
        entered_by=by,
    )


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """What summaries are, each drawn once, and what they have to say."""
    with django_db_blocker.unblock(), transaction.atomic():
        edition = EditionFactory(code="2030-05")
        ModuleFactory(edition=edition, number=1, code="LEVELS", outcomes=2)
        ModuleFactory(
            edition=edition, number=2, code="SIGNS", uses_levels=False, outcomes=1
        )
        share_of = IndicatorFactory(
            edition=edition, code="share", unit="percentage", period="quarter"
        )
        cycle = CycleFactory(code="2030", edition=edition)
        board, abroad = HealthBoardFactory(code="7A0"), HealthBoardFactory(code="7A9")
        officer, other = UserFactory(officer_of=board), UserFactory(officer_of=abroad)
        national = UserFactory(national_officer=True)
        afan, bran, cynon = (
            ClusterFactory(code=code, health_board=of)
            for code, of in (("afan", board), ("bran", board), ("cynon", abroad))
        )
        lead = UserFactory(lead_of=afan)
        reflection = SelfReflectionFactory(cycle=cycle, cluster=afan)
        fill(reflection, lead=lead, officer=officer)
        [first, second, _signs] = outcomes_of(edition)
        freeze(
            SelfReflectionFactory(cycle=cycle, cluster=bran),
            by=lead,
            own={first.pk: 3, second.pk: 2},
        )
        SelfReflectionFactory(cycle=cycle, cluster=cynon)
        SubmittedNeed.objects.create(
            submission=reflection.latest_submission,
            outcome=first,
            question="support_needed",
            tag=NeedTagFactory(kind="support", code="time"),
        )
        for cluster, numerator in ((afan, 500), (bran, 200), (cynon, 300)):
            put(share_of, cluster, numerator, by=national)
        review = ClusterReviewFactory(
            group=ReviewGroupFactory(round=ReviewRoundFactory(cycle=cycle)),
            reflection=reflection,
        )
        share(review, by=lead)
        made = SimpleNamespace(
            raw={
                "board": drawn(page_for(national), "cy", "en"),
                "wales": drawn(page_for(national, "wales"), "en"),
            },
            abroad=html_of(page_for(other, "wales"), "cy"),
            said={
                language: said_of(page_for(national), language)
                for language in ("cy", "en")
            },
            outcome=first,
            clusters=[afan, bran],
        )
        transaction.set_rollback(True)
    made.documents = {name: opened(raw) for name, raw in made.raw.items()}
    return made


def drawn(page, *languages):
    return render_area_summary(page, languages=languages, made_at=timezone.now())


def html_of(page, language):
    """What would be drawn."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(drawing, "draw", lambda parts, **how: parts)
        [part] = drawn(page, language)
    return html.unescape(" ".join(part.html.split()))


def said_of(page, language):
    with translation.override(language):
        return area_document(page, language, timezone.now())


def exhibits_of(document, word):
    """The titles of numbered exhibits, as headings say them."""
    found = [document.text_of(each) for each in document.root.find("H3")]
    return [each for each in found if each.startswith(word)]


def test_exhibits_are_numbered_through_in_both_languages(made):
    document = made.documents["board"]

    for language, word in (("cy", "Arddangosyn"), ("en", "Exhibit")):
        expected = [
            f"{word} {number}: {' '.join(exhibit.title.split())}"
            for number, exhibit in enumerate(made.said[language].exhibits, start=1)
        ]
        assert len(expected) >= 8
        assert exhibits_of(document, word) == expected
        contents = [
            document.text_of(link).rpartition(" ")
            for link in document.root.find("Link")
            if document.text_of(link).startswith(word)
        ]
        pages = [int(page) for _title, _space, page in contents]
        assert [title for title, _space, _page in contents] == expected
        assert pages == sorted(pages)


def test_in_brief(made):
    read = dict(tables(made.documents["wales"])[0])
    outcome = made.outcome

    title = f"{outcome.module.abbreviation} {outcome.number}: {outcome.title_en}"
    assert read == {
        "Clusters that take part": "3",
        "Clusters that have submitted": "2 of 3",
        "Clusters with agreed levels": "1 of 3",
        "Most clusters at level 2 or 3": f"{title}: 1 of 2",
        "Fewest clusters at level 2 or 3": f"{title}: 1 of 2",
        "Indicators with areas beyond the limits of 95%": "1 of 1",
        "Most common support need": read["Most common support need"],
        "Good practice shared": "1",
        "Open actions": "1",
        "Overdue actions": "0",
        "Escalated actions": "0",
    }
    assert read["Most common support need"].endswith(": 1 of 2")


def test_levels_of_all_outcomes_together_read_back(made):
    [read] = [
        table
        for table in tables(made.documents["wales"])
        if table[0][:2] == ["Assessment cycle", "Levels"]
    ]

    assert [row[1:] for row in read[1:]] == [
        ["The clusters' own", "0", "2", "1", "1", "0", "2"],
        ["Agreed with peers", "0", "0", "1", "0", "1", "1"],
    ]


def test_boards_of_wales_by_outcome(made):
    [read] = [
        table
        for table in tables(made.documents["wales"])
        if table[0][:2] == ["Health board", "Levels"]
    ]

    assert sorted(row[1:] for row in read[1:]) == [
        ["The clusters' own", "0 of 1", "No cluster is counted yet"],
        ["The clusters' own", "2 of 2", "1", "1"],
    ]


def test_it_says_which_areas_are_beyond_the_limits(made):
    document = made.documents["board"]
    afan, bran = made.clusters

    text = document.text_of(document.root)
    assert f"Higher, and beyond the limits of 99.8%: {afan.name_en}." in text
    assert f"Lower, and beyond the limits of 99.8%: {bran.name_en}." in text
    assert f"Yn uwch, a'r tu hwnt i'r terfynau 99.8%: {afan.name_cy}." in text


def test_what_people_wrote_is_in_its_own_language(made):
    document = made.documents["board"]

    text = document.text_of(document.root)
    quoted = [
        (quote.language, document.text_of(quote))
        for quote in document.root.find("BlockQuote")
    ]
    assert quoted == [
        ("en", ENGLISH),  # of an exhibit, in the Welsh part
        ("cy", f"Yr hyn a wnawn {SHARED}"),
    ]
    assert [text.count(said) for said in (WELSH, ENGLISH, SHARED)] == [1, 3, 2]


def test_it_says_the_day_and_no_hour(made):
    day = timezone.localdate()

    text = words(made.raw["wales"])
    assert f"Data as on {day.day} " in text
    assert f"{day.year}, " not in text


def test_a_reader_of_some_clusters_reads_of_those_alone(made):
    document = made.documents["wales"]
    whole, some = document.text_of(document.root), made.abroad

    assert "whoever made this document can read" not in whole
    assert (
        "Clystyrau y gall pwy bynnag a luniodd y ddogfen hon ddarllen eu cyflwyniadau: 1 o 3."
        in some
    )
    for label, number in (
        ("Clystyrau â lefelau y cytunwyd arnynt", "1 o 3"),
        (
            "Wedi'u cyflwyno, o'r rhai y gall pwy bynnag a luniodd y ddogfen hon eu darllen",
            "0 o 1",
        ),
        ("Camau gweithredu agored", "0"),
    ):
        assert f'<th scope="row">{label}</th> <td>{number}</td>' in some
    assert [DEED in whole, DEED in some] == [False, False]
    assert SHARED in some  # which everybody with a role may read


# Who may have it --------------------------------------------------------------------------


@pytest.fixture
def not_drawn(monkeypatch):
    monkeypatch.setattr(
        area_summaries, "render_area_summary", lambda page, **how: b"%PDF"
    )


def test_who_may_have_it(
    not_drawn, reflection, lead, stranger, officer, other_officer, national, translator
):
    scopes = ["wales", "board-7A0", "cluster-afan"]
    opened_by = {}
    for person in (lead, stranger, officer, other_officer, national, translator):
        browser = Client()
        browser.force_login(person)
        opened_by[person.email.split("@")[0]] = [
            browser.get(
                reverse("dashboard:summary_pdf", args=[scope, "cy"])
            ).status_code
            for scope in scopes
        ]

    assert opened_by == {
        "lead": [200, 200, 404],
        "stranger": [200, 200, 404],
        "officer": [200, 200, 404],
        "other.officer": [200, 200, 404],
        "national": [200, 200, 404],
        "translator": [403, 403, 403],
    }


def test_its_file(not_drawn, client, reflection, officer):
    client.force_login(officer)
    url = reverse("dashboard:summary_pdf", args=["wales", "both"])

    answer = client.get(url)

    assert answer["Content-Type"] == "application/pdf"
    assert 'filename="crynodeb-cymru-2030-cy-en.pdf"' in answer["Content-Disposition"]
    assert client.get(url.replace("both", "fr")).status_code == 404
    assert client.post(url).status_code == 405


def test_what_is_too_long_is_refused_with_a_sentence(
    client, reflection, officer, monkeypatch
):
    freeze(reflection, by=officer)
    monkeypatch.setattr(drawing, "MOST_LINES", 5)
    client.force_login(officer)

    answer = client.get(reverse("dashboard:summary_pdf", args=["board-7A0", "en"]))

    assert answer.status_code == 413
    assert "too much here for a PDF" in answer.content.decode()


@pytest.mark.parametrize("scope", ["board-7A0", "wales"])
def test_before_anybody_has_submitted(reflection, national, scope):
    document = said_of(page_for(national, scope), "en")

    assert dict(document.facts)["Clusters that have submitted"] == "0 of 1"
    assert [section.name for section in document.sections] == [
        *("brief", "levels"),
        *(["over-time"] if scope == "wales" else []),
        *("needs", "actions"),
    ]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("scope", "queries"), [("board-7A0", 28), ("wales", 24)])
def test_it_asks_as_little_however_many_clusters(
    client, reflection, lead, board, officer, monkeypatch, count, scope, queries
):
    monkeypatch.setattr(rendering, "kept", lambda *drawing: b"%PDF")
    freeze(reflection, by=lead)
    indicator = IndicatorFactory(
        edition=reflection.cycle.edition, unit="percentage", period="quarter"
    )
    group = ReviewGroupFactory(round=ReviewRoundFactory(cycle=reflection.cycle))
    reflections = [reflection] + [
        SelfReflectionFactory(
            cycle=reflection.cycle,
            cluster=ClusterFactory(code=f"c{number}", health_board=board),
        )
        for number in range(1, count)
    ]
    for each in reflections[1:]:
        freeze(each, by=lead)
    for each in reflections:
        put(indicator, each.cluster, 300, by=officer)
        review = ClusterReviewFactory(group=group, reflection=each)
        share(review, by=lead)
    client.force_login(officer)

    with CaptureQueriesContext(connection) as asked:
        answer = client.get(reverse("dashboard:summary_pdf", args=[scope, "en"]))

    assert answer.status_code == 200
    assert len(asked) == queries


# Good practice ----------------------------------------------------------------------------


def test_the_newest_of_each_board_come_first(
    reflection, lead, officer, other_officer, monkeypatch
):
    monkeypatch.setattr(good_practice, "MOST_SHOWN", 3)
    freeze(reflection, by=lead)
    abroad = SelfReflectionFactory(
        cycle=reflection.cycle,
        cluster=ClusterFactory(
            health_board=other_officer.memberships.get().health_board
        ),
    )
    freeze(abroad, by=other_officer)
    group = ReviewGroupFactory(round=ReviewRoundFactory(cycle=reflection.cycle))
    here, there = (
        ClusterReviewFactory(group=group, reflection=each)
        for each in (reflection, abroad)
    )
    now, day = timezone.now(), datetime.timedelta(days=1)
    for review, title, ago in (
        (here, "newest", 0),
        (here, "second", 1),
        (here, "third", 2),
        (there, "of another board", 9),
    ):
        share(review, by=lead, title=title, consented_at=now - ago * day)
    share(here, by=lead, title="gone", withdrawn_at=now, withdrawn_by=lead)

    # The lead sees on the library's own pages what the cluster withdrew.
    of_wales, count = load_good_practice(page_for(lead, "wales"))
    of_the_board, count_here = load_good_practice(page_for(officer, "board-7A0"))

    assert [each.title for each in of_wales] == ["newest", "of another board", "second"]
    assert count == 4
    assert [each.title for each in of_the_board] == ["newest", "second", "third"]
    assert count_here == 3
