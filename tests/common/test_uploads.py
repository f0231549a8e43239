"""Which files are taken: good ones of every kind, and none of the bad ones."""

import io
import resource
import signal
import subprocess
import sys
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cdf_site.common import confined, uploads
from tests.common.hostile import BAD, EICAR, GOOD, pdf, pdf_bomb, png_bomb, zip_bomb

MEGABYTE = 1024 * 1024


class Sent(io.BytesIO):
    """An upload with a name that Django would tidy."""

    def __init__(self, name, content):
        super().__init__(content)
        self.name, self.size = name, len(content)

    def chunks(self, size):
        while chunk := self.read(size):
            yield chunk


@pytest.mark.parametrize(("name", "make"), GOOD.items(), ids=list(GOOD))
def test_good_files_are_taken(name, make):
    content = make()

    checked = uploads.check(SimpleUploadedFile(name, content))

    assert (checked.name, checked.size) == (name, len(content))
    assert checked.file.read() == content


@pytest.mark.parametrize(
    ("name", "reason", "make"),
    [(name, reason, make) for (name, reason), make in BAD.items()],
    ids=[name.encode("unicode_escape").decode() for name, _ in BAD],
)
def test_no_bad_file_is_taken(name, reason, make):
    with pytest.raises(uploads.RefusedFile) as refusal:
        uploads.check(Sent(name, make()))

    assert refusal.value.reason == reason
    assert str(refusal.value.message)


def test_there_are_bad_files_of_every_kind():
    assert len(BAD) >= 30
    assert {reason for _, reason in BAD} == set(uploads.REFUSALS)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("bomb.docx", lambda: zip_bomb(900 * MEGABYTE)),
        ("bomb.pdf", pdf_bomb),
        ("bomb.png", lambda: png_bomb(60_000, 60_000, b"\0" * 50 * MEGABYTE)),
    ],
)
def test_a_bomb_costs_no_memory_and_no_time(name, make):
    bomb = Sent(name, make())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.monotonic()

    with pytest.raises(uploads.RefusedFile):
        uploads.check(bomb)

    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown / 1024 < 50  # megabytes, of this process
    assert time.monotonic() - begun < confined.USUAL.patience


def test_the_process_that_looks_inside_is_told_when_it_computes_too_long():
    program = (
        f"import runpy; confined = runpy.run_path({confined.__file__!r});"
        "confined['limit'](confined['Limits'](seconds=1))\n"
        "while True: pass"
    )

    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], check=False
    )

    assert done.returncode == -signal.SIGXCPU


@pytest.mark.parametrize(("megabytes", "ends"), [(100, 0), (600, 1)])
def test_the_process_that_looks_inside_has_little_memory(megabytes, ends):
    program = (
        f"import runpy; runpy.run_path({confined.__file__!r})['limit']();"
        f"bytearray({megabytes} * 1024 * 1024)"
    )

    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], capture_output=True, check=False
    )

    assert done.returncode == ends
    assert (b"MemoryError" in done.stderr) is bool(ends)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("minutes.pdf", "minutes.pdf"),
        ("C:\\Users\\me\\minutes.pdf", "minutes.pdf"),
        ("../../minutes.pdf", "minutes.pdf"),
        ("t\N{COMBINING CIRCUMFLEX ACCENT}y.pdf", "t̂y.pdf"),
        ("w\N{COMBINING CIRCUMFLEX ACCENT}y.pdf", "ŵy.pdf"),
        ("a\N{SOFT HYPHEN}b\N{ZERO WIDTH SPACE}c  d.pdf", "abc d.pdf"),
        ("<script>alert(1)</script>.pdf", "script>.pdf"),
        ("x" * 300 + ".docx", "x" * 195 + ".docx"),
    ],
)
def test_names_are_shown_as_letters(name, shown):
    assert uploads.shown_name(name) == shown


def test_a_harmful_text_in_a_good_file_is_still_a_good_file():
    """We look at what a file is; a scanner for viruses is the operator's."""
    document = pdf(lambda made: made.docinfo.__setitem__("/Title", EICAR.decode()))

    assert uploads.check(Sent("scanned.pdf", document)).media_type == "application/pdf"
