"""Packs that are really made: what is in their files, and whether everyone can read them."""

import io
import zipfile

import pikepdf
import pytest

from notifications.models import Message
from reporting.models import Pack
from reporting.packs import files
from reporting.pdf.press import NotDrawn
from reporting.pdf.report import render_report
from tests.factories import ClusterFactory, SelfReflectionFactory
from tests.reporting import faults
from tests.reporting.faults import OTHER, spaced
from tests.reporting.packing import ask, some_submissions, work
from tests.reporting.tree import Document

pytestmark = pytest.mark.django_db

NAMES = [("Tŷ / Ddewi", "St David's"), ("Ŵyr", "Ŵyr"), ("Tŷ : Ddewi", "Gŵyr")]
# Of the fourteen, those that are said of a file whatever it holds; the others are below.
WHATEVER_IT_HOLDS = (
    *(faults.tagged, faults.language, faults.pdfuaid, faults.untagged),
    *(faults.headings, faults.cells, faults.figures, faults.links, faults.tabs),
)


@pytest.fixture
def submissions(cycle, board):
    SelfReflectionFactory(
        cycle=cycle,
        cluster=ClusterFactory(health_board=board, name_cy="Cwm", name_en="Vale"),
    )
    return some_submissions(cycle, board, NAMES)


def made(*asked, **said):
    """A pack, and its bytes."""
    pack = ask(*asked, **said)
    work()
    pack = Pack.objects.get(pk=pack.pk)
    return pack, files.path_of(pack).read_bytes()


def test_a_zip_holds_each_document_once_and_says_what_is_missing(
    cycle, board, submissions, officer
):
    pack, content = made(cycle, officer, board, language="both")

    assert (pack.state, pack.size) == ("ready", len(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "Cynnwys.txt",
            "Contents.txt",
            "Tŷ Ddewi - crynodeb - 2030.pdf",
            "Tŷ Ddewi (2) - crynodeb - 2030.pdf",
            "Ŵyr - crynodeb - 2030.pdf",
        ]
        documents = [archive.read(name) for name in archive.namelist()[2:]]
        said = [
            archive.read(name).decode("utf-8-sig").splitlines()
            for name in archive.namelist()[:2]
        ]
    names = [titles_of(document) for document in documents]
    assert [
        part.name("cy") in name and part.name("en") in name
        for part, name in zip(pack.parts.in_order(), names, strict=True)
    ] == [True] * 3
    assert [lines[-2:] for lines in said] == [
        ["Heb gyflwyno dim:", "- Cwm"],
        ["Had submitted nothing:", "- Vale"],
    ]
    assert "- Tŷ Ddewi (2) - crynodeb - 2030.pdf" in said[0]
    assert not files.path_of_part(pack.parts.in_order()[0]).exists()
    assert Message.objects.filter(kind="pack_ready").count() == 1


def titles_of(raw):
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        return str(pdf.docinfo.Title)


@pytest.mark.parametrize(
    ("language", "languages"), [("en", ["en"]), ("both", ["cy", "en"])]
)
def test_a_bound_pack_can_be_read_by_everyone(
    cycle, board, submissions, officer, language, languages
):
    pack, content = made(cycle, officer, board, language=language, form="bound")

    assert faults.judged(content) == []
    with pikepdf.open(io.BytesIO(content)) as pdf:
        document = Document(pdf)
        assert [
            f"{check.__name__}: {fault}"
            for check in WHATEVER_IT_HOLDS
            for fault in check(document, languages)
        ] == []
        assert every_place_is_told_by_both_trees(document) == []
        contents = [each for each in document.root.children if each.tag != "Part"]
        parts = [each for each in document.root.children if each.tag == "Part"]
        titles = [
            " / ".join(dict.fromkeys(part.name(code) for code in languages))
            for part in pack.parts.in_order()
        ]
        assert [str(part.source.T) for part in parts] == titles
        of_each = [languages_of(part.children) for part in parts]
        assert [languages_of(contents), *of_each] == [languages] * 4
        for each in [*contents, *(child for part in parts for child in part.children)]:
            assert {quote.language for quote in each.find("BlockQuote")} <= {
                OTHER[each.language]
            }
        headings = [spaced(document.text_of(each)) for each in document.root.find("H1")]
        with pdf.open_outline() as outline:
            own, added = outline.root[: len(languages)], outline.root[len(languages) :]
            assert [item.title for item in added] == titles
            listed = [item.title for item in own] + [
                child.title for item in added for child in item.children
            ]
            assert list(map(spaced, listed)) == headings
        assert contents_lead_to(document, pack, languages)


def languages_of(elements):
    return list(dict.fromkeys(element.language for element in elements))


def every_place_is_told_by_both_trees(document):
    """Where a page leads to another element than the one that holds its content."""
    numbers = document.pdf.Root.StructTreeRoot.ParentTree.Nums
    parents = {int(numbers[at]): numbers[at + 1] for at in range(0, len(numbers), 2)}
    return [
        document.text_of(element)
        for element in document.root.walk()
        for page, number in element.contents
        if parents[int(document.pdf.pages[page].StructParents)][number].objgen
        != element.source.objgen
    ]


def contents_lead_to(document, pack, languages):
    """The page that each entry names is the one that its link leads to, and begins a document."""
    pages = [part.pages for part in pack.parts.in_order()]
    first = len(document.pdf.pages) - sum(pages)
    expected = [first + sum(pages[:at]) for at in range(len(pages))]
    found = [
        document.pages[link.Dest[0].objgen]
        for page in document.pdf.pages
        for link in page.get("/Annots", [])
        if "/Dest" in link and link.Dest[1] == "/Fit"
    ]
    rows = [
        int(document.text_of(row.children[1]))
        for table in document.root.find("Table")
        for row in table.find("TR")[1:]
        if len(row.children) == 3 and row.find("Link")
    ]
    assert found == expected * len(languages)
    assert rows == [page + 1 for page in found]
    return True


def test_the_same_is_the_same_to_the_byte(cycle, board, submissions, officer):
    pack, content = made(cycle, officer, board, form="bound")
    Pack.objects.filter(pk=pack.pk).update(
        state="waiting", finished_at=None, expires_at=None, size=None
    )
    pack.parts.update(state="waiting", pages=None)
    pack.refresh_from_db()
    files.path_of(pack).unlink()

    made_again, again = made(cycle, officer, board, form="bound")

    assert made_again == pack
    assert again == content


def test_what_cannot_be_drawn_is_named(cycle, board, submissions, officer, monkeypatch):
    def draw_all_but_one(submission, **asked):
        if submission == submissions[0]:
            raise NotDrawn("Exception")
        return render_report(submission, **asked)

    monkeypatch.setattr(
        "reporting.packs.documents.RENDERERS", {"report": draw_all_but_one}
    )

    pack, content = made(cycle, officer, board, document="report")

    assert pack.state == "partial"
    failed = pack.parts.get(state="failed")
    assert (failed.submission, failed.failures, failed.fault) == (
        submissions[0],
        3,
        "not_drawn",
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len(archive.namelist()) == 3
        said = archive.read("Cynnwys.txt").decode("utf-8-sig")
    assert "- Tŷ / Ddewi: Nid oedd modd ei llunio." in said
    assert Message.objects.get(kind="pack_ready").facts["failed"] == 1


def test_nothing_at_all_is_a_pack_that_failed(
    cycle, board, submissions, officer, monkeypatch
):
    def draw_nothing(submission, **asked):
        raise ValueError("words that somebody wrote")

    monkeypatch.setattr(
        "reporting.packs.documents.RENDERERS", {"summary": draw_nothing}
    )

    pack = ask(cycle, officer, board)
    work()

    pack.refresh_from_db()
    assert (pack.state, pack.fault) == ("failed", "not_drawn")
    assert not files.path_of(pack).exists()
    told = Message.objects.get(kind="pack_ready")
    assert (told.recipient, told.facts["count"]) == (officer, 0)
    assert "not be made" in told.subject or "gwneud" in told.subject
