"""What the benchmark of documents counts: what a pack lacks or holds twice, and hostile texts."""

import io
import json
import zipfile

import pikepdf
import pytest

from bench import pdf, pdf_packs
from bench.pdf_hostile import kinds, with_all, with_one
from reporting.pdf.press import Job, press


class Part:
    def __init__(self, cluster):
        self.cluster = cluster

    def name(self, language):
        return self.cluster


class Parts(list):
    all = list.copy


class Pack:
    parts = Parts([Part("Afan"), Part("Afan Uchaf"), Part("Ogwr")])


def file_of(titles):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("Contents.txt", "Afan, Afan Uchaf, Ogwr")
        for number, title in enumerate(titles):
            document = io.BytesIO()
            with pikepdf.new() as made:
                made.docinfo.Title = title
                made.save(document)
            archive.writestr(f"{number}.pdf", document.getvalue())
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("clusters", "counted"),
    [
        (["Afan", "Afan Uchaf", "Ogwr"], (0, 0)),
        (["Afan", "Ogwr"], (1, 0)),
        (["Afan", "Afan Uchaf", "Ogwr", "Ogwr"], (0, 1)),
        (["Afan", "Afan", "Ogwr"], (1, 1)),
        (["Afan", "Afan Uchaf", "Elsewhere"], (1, 1)),
        ([], (3, 0)),
    ],
)
def test_documents_of_a_pack_are_counted(monkeypatch, clusters, counted):
    file = file_of(f"Full report: {cluster}, Cycle" for cluster in clusters)
    monkeypatch.setattr(pdf_packs, "path_of", lambda pack: file)

    assert pdf_packs.count_documents(Pack()) == counted


def test_hostile_texts_are_as_long_as_they_are_to_be():
    sizes = {name: len(text) for name, text in kinds(200_000, "http://x").items()}

    assert sizes["one word"] == 200_000
    assert kinds(200_000, "http://x")["lines"].count("\n") == 50_000
    assert kinds(200_000, "http://x")["combining"].count("\u0300") == 10_000
    assert max(sizes.values()) == 200_000


def test_hostile_text_stands_in_one_answer_or_in_all():
    content = {
        "closing": {"anything_else": {"choice": "", "text": "a", "language": "en"}},
        "modules": [{"title": "M", "answer": {"choice": "met", "text": "b"}}],
    }

    one, every = with_one(content, "X"), with_all(content, "X")

    assert json.dumps(one).count('"X"') == 1
    assert json.dumps(every).count('"X"') == 2
    assert (every["modules"][0]["title"], one["modules"]) == ("M", content["modules"])


def test_pages_are_counted():
    job = Job('<article id="summary-en"><h1>One page</h1></article>', "", {}, ("en",))

    assert pdf.page_count(press(job).content) == 1
