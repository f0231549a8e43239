"""Whatever people write is text in every document: shown to the letter, and nothing else.

The largest texts are in ``bench/pdf.py``, which also says what they take.
"""

import io
import re
from pathlib import Path

import pikepdf
import pytest

from tests.reporting.faults import faults
from tests.reporting.hostile import ACTIVE, listener
from tests.reporting.made import DOCUMENTS, Author, build_everything
from tests.reporting.tree import Document

__all__ = ["listener"]

pytestmark = pytest.mark.django_db

ODD = """\
\u202etxet\u202c \u2066x\u2069 שלום عربي
😀 👨\u200d👩\u200d👧 🏴󠁧󠁢󠁷󠁬󠁳󠁿 \u200b\u200d\u200c
nul\x07 bell\x1b[0m \ufeff\ufffe
w\u0302 y\u0302 {combining}
{endless}
{lines}""".format(combining="a\u0300" * 300, endless="x" * 3_000, lines="b\n" * 100)


class Hostile(Author):
    def __init__(self, words):
        super().__init__(0)
        self.words = words

    def text(self, code):
        return self.words


@pytest.fixture
def cast(reflection, lead, contributor, officer, other_officer, national):
    return reflection, lead, contributor, officer, other_officer, national


def without_spaces(text):
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_people_write_is_only_text(client, cast, listener, name):
    words = ACTIVE.format(address=listener.address)
    world = build_everything(*cast, authors=[Hostile(words) for _kind in range(3)])
    made = DOCUMENTS[name]

    raw = made.had(client, world, "cy").content

    assert listener.calls == []
    assert faults(raw, ("cy",)) == []
    document = Document(pikepdf.open(io.BytesIO(raw)))
    text = without_spaces(document.text_of(document.root))
    # The summary of two pages shortens what is long.
    shown = without_spaces(words)[: 60 if name == "cluster summary" else None]
    assert text.count(shown) >= len(made.written(world))
    assert Path("/etc/hostname").read_text().strip() not in text
    for thing in document.pdf.objects:
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            assert not {"/EF", "/URI", "/JS", "/EmbeddedFiles"} & set(thing.keys())


@pytest.mark.parametrize("name", ["full report", "board summary"])
def test_odd_text_is_drawn(client, cast, name):
    world = build_everything(*cast, authors=[Hostile(ODD) for _kind in range(3)])

    raw = DOCUMENTS[name].had(client, world, "en").content

    document = Document(pikepdf.open(io.BytesIO(raw)))
    text = without_spaces(document.text_of(document.root))
    assert "x" * 3_000 + "b" * 100 in text
    assert "😀" in text
