"""The dashboard as a PDF: what it says, in which language, who may have it, and how it can be read."""

import io
import itertools
from dataclasses import replace
from types import SimpleNamespace

import pikepdf
import pypdf
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from assessments import services
from assessments.models import Action, Cycle
from reporting.exhibits import EXHIBITS, Page
from reporting.models import Commentary
from reporting.pdf import dashboard, rendering
from reporting.pdf.exhibits import TOO_MANY_TEXTS, Picture
from reporting.pdf.press import TooLong
from reporting.scopes import scope_of_code
from reporting.views import documents
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    EditionFactory,
    EnablingFactorFactory,
    HealthBoardFactory,
    ModuleFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.reporting.tree import Document
from tests.steps import answer_all, outcome_of, submit

pytestmark = pytest.mark.django_db

WELSH = "Mae'r tŷ yn y dŵr, a'r gŵyn wedi'i hateb."
DEED = "Agor clinig."
ENGLISH = 'The list & its < keeper > is "there".'
HEADINGS = ("H1", "H2", "H3", "H4", "H5")


@pytest.fixture
def filled(reflection, lead, officer):
    return fill(reflection, lead=lead, officer=officer)


def fill(reflection, *, lead, officer):
    """Submitted, agreed on, with an action, and with commentary in one language or both."""
    answer_all(reflection, by=lead)
    submit(reflection, by=lead)
    services.begin_review(reflection=reflection, by=officer)
    services.record_agreement(
        reflection=reflection,
        by=officer,
        levels={outcome_of(reflection).pk: (2, "They saw it.", "en")},
    )
    Action.objects.create(
        reflection=reflection, text=DEED, language="cy", owner=lead, added_by=lead
    )
    for exhibit, language, text in (
        ("", "cy", WELSH),
        ("", "en", ENGLISH),
        ("distribution", "en", ENGLISH),
    ):
        Commentary.objects.create(
            scope="board-7A0",
            cycle=reflection.cycle,
            exhibit=exhibit,
            written_for=language,
            language=language,
            text=text,
            choice="shown",
            version=1,
            shared_at=timezone.now(),
        )
    return reflection


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """What a board's documents are, drawn once, and what they have to say."""
    with django_db_blocker.unblock(), transaction.atomic():
        edition = EditionFactory(code="2030-05")
        ModuleFactory(edition=edition, number=1, code="LEVELS", outcomes=2)
        ModuleFactory(
            edition=edition, number=2, code="SIGNS", uses_levels=False, outcomes=1
        )
        EnablingFactorFactory(edition=edition, number=1)
        board = HealthBoardFactory(code="7A0")
        cluster = ClusterFactory(code="afan", health_board=board)
        reflection = SelfReflectionFactory(
            cycle=CycleFactory(code="2030", edition=edition), cluster=cluster
        )
        officer = UserFactory(officer_of=board)
        abroad = UserFactory(officer_of=HealthBoardFactory(code="7A9"))
        fill(reflection, lead=UserFactory(lead_of=cluster), officer=officer)
        names = {}
        for language in ("cy", "en"):
            with translation.override(language):
                names[language] = cluster.name, board.name
        made = SimpleNamespace(
            raw={
                "cy": drawn(page_for(officer), "cy"),
                "en": drawn(page_for(officer), "en"),
                "both": drawn(page_for(officer), "cy", "en"),
                "abroad": drawn(page_for(abroad), "cy"),
            },
            expected={
                language: shown_of(page_for(officer), language)
                for language in ("cy", "en")
            },
            names=names,
        )
        transaction.set_rollback(True)
    made.documents = {name: opened(raw) for name, raw in made.raw.items()}
    return made


def page_for(user, scope="board-7A0", **query):
    cycles = list(Cycle.objects.begun().select_related("edition"))
    return Page(user, scope_of_code(scope), cycles[0], cycles, query=query)


def drawn(page, *languages):
    return dashboard.render_dashboard(
        page,
        views=documents._views(page),
        languages=languages,
        made_at=timezone.now(),
    )


def opened(raw):
    return Document(pikepdf.open(io.BytesIO(raw)))


def words(raw):
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(raw)).pages]
    return " ".join(" ".join(pages).split())


def tables(document):
    """Every table as rows of texts, without the cover's; one that goes over a page is one."""
    found = []
    for table in document.root.find("Table")[1:]:
        head, *rows = [
            [document.text_of(cell) for cell in row.children]
            for row in table.find("TR")
        ]
        if found and found[-1][0] == head:
            found[-1] += rows
        else:
            found.append([head, *rows])
    return found


def shown_of(page, language):
    """The exhibits' tables as the document has to say them, in its order."""
    with translation.override(language):
        found = []
        for _label, keys in documents._views(page).values():
            for exhibit in filter(None, (EXHIBITS[key](page) for key in keys)):
                if exhibit.empty:
                    continue
                heads = [str(column.label) for column in exhibit.table.shown_columns]
                rows = [
                    [said(column, value, exhibit.key) for column, value in row]
                    for row in exhibit.table.shown_rows
                ]
                found.append([heads, *rows])
        return found


def said(column, value, key):
    """What stands in a cell of an exhibit, told again from the value."""
    if value is None and key == "action_list":
        return "–"
    if value is None:
        return _("Not answered") if column.kind == "level" else _("Not known")
    if column.kind == "number":
        return f"{value:.{column.decimals}f}"
    if column.kind == "percentage":
        return f"{value:.{column.decimals}f}%"
    if column.kind == "date":
        return f"{value.day} {_(value.strftime('%B'))} {value.year}"
    return " ".join(str(value).split())


@pytest.mark.parametrize("language", ["cy", "en"])
def test_tables_read_back_are_those_of_the_page(made, language):
    expected = made.expected[language]

    read = tables(made.documents[language])

    assert len(expected) >= 5
    assert [table for table in read if table in expected] == expected


@pytest.mark.parametrize("language", ["cy", "en"])
def test_the_heat_map_read_back(made, language):
    (cluster, board) = made.names[language]
    head, levels, agreed, signs = {
        "cy": ("Clwstwr", "1 1 o 3", "Cytunwyd: 2", "Cryf: 0 Rhai: 1 Dim eto: 0"),
        "en": ("Cluster", "1 1 of 3", "Agreed: 2", "Strong: 0 Some: 1 None yet: 0"),
    }[language]

    read = tables(made.documents[language])

    assert [head, "1", "2"] in [table[0] for table in read]
    heat_maps = [table for table in read if table[0][:2] == [head, "1"]]
    assert heat_maps == [
        [[head, "1", "2"], [cluster, f"{levels} {agreed}", levels]],
        [[head, "1"], [cluster, signs]],
    ]
    assert board in made.documents[language].text_of(made.documents[language].root)


@pytest.mark.parametrize("language", ["cy", "en"])
def test_commentary_is_printed_in_the_language_it_was_written_in(made, language):
    document = made.documents[language]

    text = document.text_of(document.root)
    quotes = [
        (quote.language, document.text_of(quote))
        for quote in document.root.find("BlockQuote")
    ]
    own = WELSH if language == "cy" else ENGLISH
    assert quotes == [("en", ENGLISH)] if language == "cy" else [("cy", DEED)]
    assert text.count(own) == (1 if language == "cy" else 2)
    assert ("Ar gael yn Saesneg yn unig." in text) == (language == "cy")


def test_it_is_readable_for_everyone(made):
    document = made.documents["both"]

    tagged = {item for element in document.root.walk() for item in element.contents}
    drawn_there = {item for item in document.marked_contents() if item[1] is not None}
    levels = [int(element.tag[1]) for element in document.root.find(*HEADINGS)]
    figures = document.root.find("Figure")
    annotations = sum(len(sheet.get("/Annots", [])) for sheet in document.pdf.pages)
    links = document.root.find("Link")
    languages = [part.language for part in document.root.children]
    assert document.pdf.Root.MarkInfo.Marked
    assert str(document.pdf.Root.Lang) == "cy"
    assert drawn_there <= tagged
    assert len(document.root.find("H1")) == 2
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert languages == sorted(languages)
    assert len(figures) >= 4
    assert all(str(figure.source.Alt) for figure in figures)
    assert annotations == sum(link.annotations for link in links) > 0
    with document.pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    title = str(document.pdf.docinfo.Title)
    assert title.startswith("Dangosfwrdd dangosyddion allweddol: ")
    assert " / Key indicator dashboard: " in title


def test_every_cell_knows_its_heads(made):
    document = made.documents["en"]

    heads = {str(element.source.ID) for element in document.root.find("TH")}
    cells = document.root.find("TD")
    assert cells
    assert all(len(cell.source.A.Headers) > 0 for cell in cells)
    assert {str(head) for cell in cells for head in cell.source.A.Headers} <= heads


def test_it_has_its_own_fonts_alone(made):
    fonts = {
        str(font.BaseFont): font
        for sheet in made.documents["cy"].pdf.pages
        for font in sheet.Resources.Font.values()
    }

    assert len(fonts) == 2
    assert all("/ToUnicode" in font for font in fonts.values())
    assert "dŵr" in words(made.raw["cy"])


def test_the_exhibits_are_numbered_through_and_listed_first(made):
    text = words(made.raw["en"])

    contents, _separator, rest = text.partition("As it stood on:")
    count = len(made.expected["en"])
    assert [f"Exhibit {number}: " in contents for number in range(1, count + 1)] == (
        [True] * count
    )
    assert f"Exhibit {count}: " in rest


def test_what_a_reader_may_not_read_is_not_in_it(made):
    officers, others = words(made.raw["cy"]), words(made.raw["abroad"])

    assert [DEED in officers, DEED in others] == [True, False]
    assert ["1 1 o 3" in officers, "1 1 o 3" in others] == [True, False]
    assert WELSH in others  # the commentary, which is for everybody


@pytest.mark.parametrize("scope", ["wales", "authority-none"])
def test_of_other_scopes(client, filled, lead, scope):
    client.force_login(lead)

    answer = client.get(reverse("dashboard:pdf", args=[scope, "cy"]))

    if scope == "authority-none":
        assert answer.status_code == 404
    else:
        assert answer["Content-Type"] == "application/pdf"
        assert 'filename="' in answer["Content-Disposition"]
        assert "no-store" in answer["Cache-Control"]


def test_a_cluster_has_its_whole_cycle(filled, lead):
    document = opened(drawn(page_for(lead, "cluster-afan", view="overview"), "en"))

    levels = tables(document)[0]
    first = outcome_of(filled)
    assert levels[0] == ["Outcome", filled.cycle.name_en]
    assert levels[1] == [
        f"{first.module.abbreviation} {first.number}: {first.title}",
        "1 Foundation · 1 of 3 Agreed: 2 Developing",
    ]


def test_before_anybody_has_submitted(reflection, national):
    text = words(drawn(page_for(national, "wales"), "en"))

    assert "Key indicator dashboard" in text
    assert "Exhibit 1: " in text


PICTURE = Picture(
    key="actions",
    number=1,
    title="",
    empty="",
    chart=None,
    heads=[("Place", False)] * TOO_MANY_TEXTS,
    rows=[],
    source="",
    dated=None,
    notes=[],
    commentary=None,
)


def test_an_exhibit_of_nothing_turns_no_page():
    assert PICTURE.is_turned
    assert not replace(PICTURE, empty="There are none yet.").is_turned


@pytest.mark.parametrize(
    ("heights", "is_tall"), [([50], False), ([70], True), ([50, 70], True)]
)
def test_a_drawing_is_tall_where_a_part_of_it_is(heights, is_tall):
    first, *more = [SimpleNamespace(width=100, height=height) for height in heights]
    first.more = more

    assert replace(PICTURE, chart=first).is_tall == is_tall


# Who may have it, and how much of it -------------------------------------------------------


@pytest.fixture
def not_drawn(monkeypatch):
    monkeypatch.setattr(documents, "render_dashboard", lambda page, **how: b"%PDF")


def test_who_may_have_it(
    not_drawn, reflection, lead, stranger, officer, other_officer, national, translator
):
    scopes = ["wales", "board-7A0", "cluster-afan"]
    opened_by = {}
    for person in (lead, stranger, officer, other_officer, national, translator):
        browser = Client()
        browser.force_login(person)
        opened_by[person.email.split("@")[0]] = [
            browser.get(reverse("dashboard:pdf", args=[scope, "cy"])).status_code
            for scope in scopes
        ]

    assert opened_by == {
        "lead": [200, 200, 200],
        "stranger": [200, 200, 404],
        "officer": [200, 200, 200],
        "other.officer": [200, 200, 404],
        "national": [200, 200, 200],
        "translator": [403, 403, 403],
    }


def test_an_unknown_language_or_way_of_asking(not_drawn, client, reflection, lead):
    client.force_login(lead)

    url = reverse("dashboard:pdf", args=["wales", "cy"])
    assert client.get(url.replace("/cy/", "/fr/")).status_code == 404
    assert client.post(url).status_code == 405


def test_what_is_too_long_is_refused_with_a_sentence(
    client, filled, officer, monkeypatch
):
    monkeypatch.setattr(dashboard, "MOST_LINES", 5)
    client.force_login(officer)

    answer = client.get(reverse("dashboard:pdf", args=["board-7A0", "en"]))

    assert answer.status_code == 413
    assert "too much here for a PDF" in answer.content.decode()
    with pytest.raises(TooLong):
        drawn(page_for(officer), "en")


def test_too_many_clusters_for_one_table(filled, officer, monkeypatch):
    monkeypatch.setattr(dashboard, "A_PAGE", 0)

    text = words(drawn(page_for(officer, view="levels"), "en"))

    assert "There are too many clusters here for one table." in text


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_as_little_however_many_clusters(
    client, filled, board, officer, monkeypatch, count
):
    monkeypatch.setattr(rendering, "kept", lambda *drawing: b"%PDF")
    for number in range(1, count):
        cluster = ClusterFactory(code=f"c{number}", health_board=board)
        SelfReflectionFactory(cycle=filled.cycle, cluster=cluster)
    client.force_login(officer)

    with CaptureQueriesContext(connection) as asked:
        answer = client.get(reverse("dashboard:pdf", args=["board-7A0", "en"]))

    assert answer.status_code == 200
    assert len(asked) == 24
