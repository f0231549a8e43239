"""Joining the documents of a pack: in a process of its own, and what becomes of it in each case."""

import io
import signal
import subprocess

import pikepdf
import pytest

from notifications.models import Message
from reporting import tasks
from reporting.models import Pack
from reporting.packs import binding, bound, files, making
from reporting.pdf import press
from reporting.pdf.press import Job
from reporting.services import packs as services
from tests.reporting import faults
from tests.reporting.packing import ask, some_submissions, work
from tests.reporting.test_packs import finish_all
from tests.reporting.tree import Document

NAMES = [("Llan", "Llan"), ("Ŵyr", "Ŵyr")]
DOCUMENT = """
<article id="summary-en" lang="en"><h1>{0}</h1>
<p><a href="#there">There</a></p>
<table><thead><tr><th id="a" scope="col">A</th></tr></thead>
<tbody><tr><td headers="a">{0} (12 0 R) \\</td></tr></tbody></table>
<h2 id="there" style="page-break-before: always">Below</h2></article>
"""
KILLED = subprocess.CalledProcessError(-9, "joining")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Contents, and three documents of two pages each."""
    folder = tmp_path_factory.mktemp("drawn")
    paths = [folder / f"{number}.pdf" for number in range(4)]
    for number, path in enumerate(paths):
        html = DOCUMENT.format(f"Number {number}")
        if number == 0:
            html = html.replace("#there", "pack:3")
        path.write_bytes(press.draw(Job(html, "", {}, ("en",))))
    titles = ["Ŵyr", "999 0 R", "(\\"]
    return paths[0], list(zip([1, 2, 3], titles, paths[1:], strict=True))


def joined(contents, documents):
    file = io.BytesIO()
    binding.bind(file, contents.read_bytes(), documents)
    return file.getvalue()


# The file ---------------------------------------------------------------------------------


def test_what_is_joined_holds_together(drawn):
    contents, documents = drawn

    with pikepdf.open(io.BytesIO(joined(contents, documents))) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert len(pdf.pages) == 8
        document = Document(pdf)
        assert [
            fault
            for check in (faults.untagged, faults.headings, faults.cells, faults.tabs)
            for fault in check(document, ["en"])
        ] == []
        said = [document.text_of(each) for each in document.root.find("H1", "TD")]
        assert said == [
            words
            for number in range(4)
            for words in (f"Number {number}", f"Number {number} (12 0 R) \\")
        ]
        leads_to = [
            document.pages[link.Dest[0].objgen]
            for page in pdf.pages
            for link in page.get("/Annots", [])
        ]
        assert leads_to == [6, 3, 5, 7]
        with pdf.open_outline() as outline:
            marks = [
                (item.title, document.pages[item.destination[0].objgen])
                for item in outline.root
            ]
            below = [
                document.pages[child.destination[0].objgen]
                for item in outline.root[1:]
                for child in item.children[0].children
            ]
        titles = [title for _number, title, _path in documents]
        assert marks[1:] == list(zip(titles, [2, 4, 6], strict=True))
        assert below == [3, 5, 7]


def test_a_process_of_its_own_writes_the_same(drawn, tmp_path):
    path = tmp_path / "joined.pdf"

    with path.open("w+b") as file:
        bound.join(file, *drawn)

    assert path.read_bytes() == joined(*drawn)


# The process ------------------------------------------------------------------------------


def test_more_memory_than_there_is_is_too_much(drawn, tmp_path, monkeypatch):
    monkeypatch.setattr(bound, "LIMITS", bound.LIMITS._replace(megabytes=300))
    huge = tmp_path / "huge.pdf"
    with huge.open("wb") as file:
        file.truncate(2**30)

    with pytest.raises(bound.TooMuch), (tmp_path / "joined.pdf").open("w+b") as file:
        bound.join(file, huge, drawn[1])


@pytest.mark.parametrize(
    ("program", "patience", "raised"),
    [
        (f"import os; os.kill(os.getpid(), {int(signal.SIGXCPU)})", 60, bound.TooMuch),
        ("import os; os.kill(os.getpid(), 9)", 60, subprocess.CalledProcessError),
        ("import time; time.sleep(60)", 1, subprocess.TimeoutExpired),
        ("raise ValueError", 60, subprocess.CalledProcessError),
    ],
    ids=["computing", "killed", "clock", "fault of ours"],
)
def test_a_process_that_does_not_come_to_its_end(
    drawn, tmp_path, monkeypatch, program, patience, raised
):
    path = tmp_path / "program.py"
    path.write_text(program)
    monkeypatch.setattr(bound, "PROGRAM", str(path))
    monkeypatch.setattr(bound, "LIMITS", bound.LIMITS._replace(patience=patience))

    with pytest.raises(raised), (tmp_path / "joined.pdf").open("w+b") as file:
        bound.join(file, *drawn)


# The pack ---------------------------------------------------------------------------------


@pytest.fixture
def pack(cycle, board, officer):
    some_submissions(cycle, board, NAMES)
    pack = ask(cycle, officer, board, form="bound")
    finish_all(pack)
    return pack


def have_put_together(monkeypatch, pack, *outcomes):
    """Do what waits, where each time the file is written one of ``outcomes`` becomes of it."""
    left = list(outcomes)

    def write(file, pack, parts):
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        file.write(outcome)

    monkeypatch.setitem(making.WRITERS, "bound", write)
    tasks.put_together.call(pack.pk)
    work()
    assert left == []
    return Pack.objects.get(pk=pack.pk)


@pytest.mark.django_db
def test_too_much_is_a_fault_of_its_own(pack, monkeypatch):
    pack = have_put_together(monkeypatch, pack, bound.TooMuch())

    assert (pack.state, pack.fault) == ("failed", "too_many")
    assert not files.path_of(pack).exists()
    facts = Message.objects.get(kind="pack_ready").facts
    assert (facts["count"], facts["failed"]) == (0, 0)


@pytest.mark.django_db
def test_what_was_broken_off_is_tried_again_at_once(pack, monkeypatch):
    pack = have_put_together(monkeypatch, pack, KILLED, OSError(), b"words")

    assert (pack.state, pack.claims) == ("ready", 3)
    assert files.path_of(pack).read_bytes() == b"words"


@pytest.mark.django_db
def test_what_is_broken_off_again_and_again_is_given_up(pack, monkeypatch):
    pack = have_put_together(monkeypatch, pack, *[KILLED] * services.MOST_BINDINGS)

    assert (pack.state, pack.fault) == ("failed", "crashed")
    assert Message.objects.filter(kind="pack_ready").count() == 1
