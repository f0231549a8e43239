"""The public pages of the framework: what they say, whom they let in, what they cost."""

import datetime
import html
import re

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override

from frameworks import selectors
from frameworks.exchange import load
from frameworks.models import Criterion, Edition, Outcome
from tests.factories import (
    CriterionFactory,
    EditionFactory,
    EnablingFactorFactory,
    LogicModelEntryFactory,
    ModuleFactory,
    OutcomeFactory,
    QuadrupleAimFactory,
    TransformationPrincipleFactory,
    WellbeingGoalFactory,
    thawed,
)
from tests.frameworks.test_framework_fixture import FIXTURES

pytestmark = pytest.mark.django_db

UNOFFICIAL = (
    "The Welsh text is the official one. The English is this project's translation."
)
PAGES = [
    "/framework/2030-05/",
    "/framework/2030-05/LEVELS/",
    "/framework/2030-05/LEVELS/1/",
    "/framework/2030-05/SIGNS/",
    "/framework/2030-05/SIGNS/1/",
]


@pytest.fixture
def text_of(client):
    """The page at an address, as text."""

    def get(address):
        response = client.get(address)
        assert response.status_code == 200
        return compact(html.unescape(response.content.decode()))

    return get


def compact(page):
    """``page`` without the white space that a formatter of templates may add or take."""
    page = re.sub(r"\s+", " ", page)
    page = re.sub(r"(<(?:a|br|h\d|li|p|title)\b[^>]*>) ", r"\1", page)
    return re.sub(r" (</(?:a|h\d|li|p|title)>|<br>)", r"\1", page)


@pytest.fixture
def levelled(edition):
    return edition.modules.get(code="LEVELS")


def outcome_address(outcome, language="en"):
    with override(language):
        return reverse(
            "frameworks:outcome_detail",
            args=[outcome.module.edition.code, outcome.module.code, outcome.number],
        )


# Which edition --------------------------------------------------------------------------


def test_current_edition_is_the_newest_that_is_published(client):
    EditionFactory(code="old", issued="2022-05")
    EditionFactory(code="new", issued="2026-11")
    EditionFactory(code="newer-draft", issued="2027-01", draft=True)
    EditionFactory(code="newer-retired", issued="2027-02", retired=True)

    response = client.get("/cy/framework/")

    assert response.status_code == 302
    assert response["Location"] == "/cy/framework/new/"


def test_current_edition_says_so_when_there_is_none(text_of):
    EditionFactory(draft=True)

    assert "No edition of the framework has been published yet" in text_of(
        "/en/framework/"
    )


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["cy", "en"])
def test_everybody_may_read_every_page(client, edition, page, language):
    response = client.get(f"/{language}{page}")

    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_a_draft_is_not_there(client, edition, administrator, page):
    edition.status = Edition.Status.DRAFT
    with thawed():
        edition.save()
    client.force_login(administrator)

    assert client.get(f"/en{page}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_retired_edition_stays_readable_and_says_so(text_of, edition, page):
    edition.status = Edition.Status.RETIRED
    edition.save()

    assert "This edition is no longer in use." in text_of(f"/en{page}")


@pytest.mark.parametrize(
    "address",
    [
        "/en/framework/2031/",
        "/en/framework/2030-05/NONE/",
        "/en/framework/2030-05/LEVELS/99/",
        "/en/framework/2031/LEVELS/1/",
        "/en/framework/2030-05/levels/1/",
    ],
)
def test_what_is_not_there_is_not_found(client, edition, address):
    assert client.get(address).status_code == 404


# What the pages say ---------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["cy", "en"])
def test_every_page_says_which_language_is_official(text_of, edition, page, language):
    Edition.objects.filter(pk=edition.pk).update(unofficial_language="en")
    with override(language):
        sentence = gettext(UNOFFICIAL)

    text = text_of(f"/{language}{page}")

    inset = f'class="nhsuk-inset-text">{sentence}'
    aside = f'class="secondary small">{sentence}'
    assert [inset in text, aside in text] == [language == "en", language == "cy"]


def test_edition_detail_shows_the_whole_edition(text_of, edition):
    for field, text in {
        "publisher": "Bwrdd y Rhaglen / Programme board",
        "introduction": "## Purpose\n\nWhy it is here.\n\n## Background\n\nHow it came.",
        "context": "Without a heading.",
        "principles_introduction": "Lessons:",
        "enabling_factors_introduction": "Six factors:",
        "footnotes": "- 1: https://example.test/a",
        "source": "From the publication.",
        "licence_note": "Belongs to its publishers.",
    }.items():
        setattr(edition, f"{field}_en", text)
    with thawed():
        edition.save()
    TransformationPrincipleFactory(edition=edition, number=1, text_en="Plan locally")
    WellbeingGoalFactory(edition=edition, number=1, title_en="A healthier Wales")

    text = text_of("/en/framework/2030-05/")

    shown = [
        f"<title>{edition.title_en} – ",
        "Bwrdd y Rhaglen / Programme board<br>May 2030</p>",
        '<h2 id="introduction-1">Purpose</h2>',
        "<p>Why it is here.</p>",
        '<h2 id="introduction-2">Background</h2>',
        '<h2 id="context-1">Context</h2>',
        "<p>Without a heading.</p>",
        "<p>Lessons:</p>",
        "Plan locally</li>",
        "<p>Six factors:</p>",
        "1. Factor 1</h3>",
        "A healthier Wales</li>",
        '<a href="https://example.test/a" rel="nofollow">https://example.test/a</a>',
        "<p>From the publication.</p>",
        "<p>Belongs to its publishers.</p>",
        '<a href="/en/framework/2030-05/LEVELS/">Module 1: Module number 1</a>',
        '<li value="2"><a href="/en/framework/2030-05/LEVELS/2/">Outcome number 2</a>',
        '<li value="1"><a href="/en/framework/2030-05/SIGNS/1/">Outcome number 1</a>',
    ]
    assert [part for part in shown if part not in text] == []


@pytest.mark.parametrize("page", PAGES)
def test_contents_lead_to_places_on_the_page(text_of, edition, page):
    edition.introduction_en = "## One\n\nText\n\n## Two\n\nText"
    with thawed():
        edition.save()

    text = text_of(f"/en{page}")

    targets = set(re.findall(r'<a href="#([^"]+)"', text)) - {"main"}
    places = re.findall(r' id="([^"]+)"', text)
    assert targets <= set(places)
    assert len(places) == len(set(places))


def test_module_detail_counts_criteria_at_each_level(text_of, levelled):
    outcome = OutcomeFactory(module=levelled, number=9, criteria=2)
    with thawed():
        outcome.criteria.filter(level=3).delete()

    text = text_of("/en/framework/2030-05/LEVELS/")

    assert re.findall(r"Criteria: [^<]*[^< ]", text) == [
        "Criteria: 3 (Level 1: 1, Level 2: 1, Level 3: 1)",
        "Criteria: 3 (Level 1: 1, Level 2: 1, Level 3: 1)",
        "Criteria: 4 (Level 1: 2, Level 2: 2, Level 3: 0)",
    ]


def test_a_module_without_levels_says_so(text_of, edition):
    with thawed():
        edition.modules.filter(code="SIGNS").update(
            criteria_heading_en="Signs of success"
        )

    module = text_of("/en/framework/2030-05/SIGNS/")
    outcome = text_of("/en/framework/2030-05/SIGNS/1/")

    assert "No maturity levels" in module
    assert re.findall(r"Criteria: [^<]*[^< ]", module) == ["Criteria: 1"]
    assert "No maturity levels" in outcome
    assert '<h2 id="criteria">Signs of success</h2>' in outcome
    assert '<li id="criterion-1" value="1">' in outcome
    assert "level-1" not in outcome


def test_outcome_detail_groups_criteria_by_level(text_of, levelled):
    outcome = levelled.outcomes.get(number=1)
    CriterionFactory(
        outcome=outcome, level=2, number=3, text_cy="Cymraeg", text_en="- One\n- Two"
    )

    text = text_of(outcome_address(outcome))

    assert re.findall(r'<li id="(level-\d-\d)"', text) == [
        "level-1-1",
        "level-2-1",
        "level-2-3",
        "level-3-1",
    ]
    words = re.findall(r'level__number">([^<]+)</span> <span[^>]*>([^<]+)<', text)
    assert words == [
        ("Level 1", "Foundation"),
        ("Level 2", "Developing"),
        ("Level 3", "Mature"),
    ]
    assert "<title>Outcome 1: Outcome number 1 – " in text
    assert "<li>One</li><li>Two</li>" in text
    assert "<p>The story of the outcome.</p>" in text


def test_outcome_detail_shows_each_language_its_own_words(text_of, levelled):
    outcome = levelled.outcomes.get(number=1)

    text = text_of(outcome_address(outcome, "cy"))

    assert "<p>Hanes y canlyniad.</p>" in text
    assert "Maen prawf 1.1" in text
    assert "The story of the outcome." not in text


@pytest.mark.parametrize("suggested", [True, False])
def test_goals_and_aims_say_whether_the_links_are_a_suggestion(
    text_of, edition, levelled, suggested
):
    outcome = levelled.outcomes.get(number=1)
    outcome.wellbeing_goals.add(
        WellbeingGoalFactory(edition=edition, title_en="A resilient Wales")
    )
    outcome.quadruple_aims.add(
        QuadrupleAimFactory(edition=edition, title_en="A healthy workforce")
    )
    Edition.objects.update(goal_links_are_suggested=suggested)

    text = text_of(outcome_address(outcome))

    assert "<li>A resilient Wales</li>" in text
    assert "<li>A healthy workforce</li>" in text
    assert ("These links are this project's suggestion." in text) == suggested


def test_neighbours_go_through_the_whole_edition(edition):
    first, second, other = Outcome.objects.filter(module__edition=edition).order_by(
        "module__number", "number"
    )

    assert selectors.neighbours(first) == (None, second)
    assert selectors.neighbours(second) == (first, other)
    assert selectors.neighbours(other) == (second, None)


def test_outcome_detail_leads_to_its_neighbours(text_of, levelled):
    text = text_of(outcome_address(levelled.outcomes.get(number=2)))

    assert (
        '<a class="neighbours__link neighbours__link--previous" href="/en/framework/2030-05/LEVELS/1/" rel="prev">'
        in text
    )
    assert (
        '<a class="neighbours__link neighbours__link--next" href="/en/framework/2030-05/SIGNS/1/" rel="next">'
        in text
    )


@pytest.mark.parametrize("page", PAGES)
def test_notes_of_editors_are_not_public(text_of, edition, page):
    secret = {"editor_note_cy": "Cyfrinach", "editor_note_en": "Between editors"}
    Edition.objects.update(**secret)
    edition.modules.update(**secret)
    Outcome.objects.update(**secret)
    Criterion.objects.update(**secret)

    assert "Between editors" not in text_of(f"/en{page}")
    assert "Cyfrinach" not in text_of(f"/cy{page}")


def test_mark_up_in_a_text_is_text(client, levelled):
    hostile = "<script>alert(1)</script>"
    with thawed():
        Outcome.objects.update(title_en=hostile, narrative_en=hostile, note_en=hostile)
        Criterion.objects.update(text_en=hostile)
        Edition.objects.update(footnotes_en=f"- 1: https://example.test/ {hostile}")

    for page in PAGES:
        assert b"<script>" not in client.get(f"/en{page}").content


@pytest.mark.parametrize("language", ["cy", "en"])
def test_the_may_2022_edition_is_shown_whole(client, language):
    edition, _ = load((FIXTURES / "framework-2022-05.json").read_bytes())
    shown = []

    with override(language):
        for module in edition.modules.all():
            for outcome in module.outcomes.all():
                response = client.get(outcome_address(outcome, language))
                places = re.findall(
                    r'<li id="((?:level-\d|criterion)-\d+)"', response.content.decode()
                )
                shown += [(outcome, place) for place in places]

    assert len(shown) == len(set(shown)) == 129


# What the pages cost --------------------------------------------------------------------


@pytest.mark.parametrize("outcome_count", [1, 3])
@pytest.mark.parametrize(
    ("page", "queries"),
    [("edition", 6), ("module", 3), ("outcome", 6)],
)
def test_the_cost_does_not_grow_with_the_outcomes(
    client, lead, django_assert_num_queries, page, queries, outcome_count
):
    edition = EditionFactory(code="2030")
    EnablingFactorFactory(edition=edition)
    module = ModuleFactory(edition=edition, code="M", outcomes=outcome_count)
    goal = WellbeingGoalFactory(edition=edition)
    for outcome in module.outcomes.all():
        outcome.wellbeing_goals.add(goal)
        LogicModelEntryFactory(outcome=outcome)
    address = {
        "edition": "/en/framework/2030/",
        "module": "/en/framework/2030/M/",
        "outcome": "/en/framework/2030/M/1/",
    }[page]

    with django_assert_num_queries(queries):
        client.get(address)
    client.force_login(lead)
    with django_assert_num_queries(queries + 3):  # session, person, memberships
        client.get(address)


# Parts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("", []),
        (None, []),
        ("Text", [("place-1", "Heading", "Text")]),
        ("## One\n\nText", [("place-1", "One", "\n\nText")]),
        (
            "Before\n\n## One\r\nText\n### Part\n## Two",
            [
                ("place-1", "Heading", "Before\n\n"),
                ("place-2", "One", "\nText\n### Part\n"),
                ("place-3", "Two", ""),
            ],
        ),
    ],
)
def test_sections(text, sections):
    found = selectors.sections(text, "place", "Heading")

    assert [(part.anchor, part.heading, part.text) for part in found] == sections


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        ("2022-05", selectors.Issued(datetime.date(2022, 5, 1), has_day=False)),
        ("2022-05-14", selectors.Issued(datetime.date(2022, 5, 14), has_day=True)),
        ("2022-13", None),
        ("soon", None),
    ],
)
def test_issued(issued, expected):
    assert selectors.issued(Edition(issued=issued)) == expected


def test_an_edition_without_modules_is_shown(text_of):
    EditionFactory(code="bare", issued="2022-05-14")

    text = text_of("/en/framework/bare/")

    assert "This edition has no modules." in text
    assert "14 May 2022" in text
