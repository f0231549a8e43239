"""Documents that were made are kept, each once, under what it was made from."""

import datetime
import os
import stat
import threading
import time
from pathlib import Path

import pytest

from reporting.pdf import stored

DAY = datetime.timedelta(days=1).total_seconds()


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """A folder that is empty and not there yet, and documents made by a program of our own."""
    settings.DOCUMENTS_ROOT = tmp_path / "documents"
    stored._made_by.cache_clear()
    yield settings.DOCUMENTS_ROOT
    stored._made_by.cache_clear()


class Maker:
    def __init__(self, content=b"%PDF made"):
        self.content, self.times = content, 0

    def __call__(self):
        self.times += 1
        return self.content


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def age(path, days):
    moment = time.time() - days * DAY
    os.utime(path, (moment, moment))


def test_the_same_is_made_once(folder):
    make = Maker()

    given = [stored.kept(["html", "css", ("cy", "en")], make) for _time in range(3)]

    assert given == [b"%PDF made"] * 3
    assert make.times == 1
    assert [path.read_bytes() for path in files_in(folder)] == [b"%PDF made"]


@pytest.mark.parametrize(
    "other",
    [["html", "css", ("en", "cy")], ["htmlcss", ("cy", "en")], ["HTML", "css", ()]],
)
def test_anything_else_is_made_again(other):
    stored.kept(["html", "css", ("cy", "en")], Maker(b"one"))

    assert stored.kept(other, Maker(b"another")) == b"another"
    assert stored.kept(["html", "css", ("cy", "en")], Maker(b"a third")) == b"one"


@pytest.mark.parametrize("ending", ["py", "html", "css", "po"])
def test_another_program_makes_it_again(settings, tmp_path, ending):
    program = tmp_path / "program" / "reporting"
    program.mkdir(parents=True)
    (program / f"part.{ending}").write_text("before")
    settings.BASE_DIR = tmp_path / "program"
    stored.kept(["same"], Maker(b"before"))
    (program / f"part.{ending}").write_text("after")
    stored._made_by.cache_clear()

    assert stored.kept(["same"], Maker(b"after")) == b"after"


def test_what_could_not_be_made_is_not_kept(folder):
    def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        stored.kept(["same"], fail)

    assert stored.kept(["same"], Maker(b"made")) == b"made"


def test_nobody_reads_half_a_document(folder, monkeypatch):
    """As when the program is killed before the file is in its place."""

    def killed(self, target):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            stored.kept(["same"], Maker(b"half"))

    assert stored.read(stored.key_of(["same"])) is None
    assert stored.kept(["same"], Maker(b"whole")) == b"whole"


def test_two_who_ask_at_once_both_get_it(folder):
    both_make = threading.Barrier(2, timeout=20)
    given = []

    def make():
        both_make.wait()
        return b"%PDF made"

    threads = [
        threading.Thread(target=lambda: given.append(stored.kept(["same"], make)))
        for _number in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert given == [b"%PDF made"] * 2
    assert len(files_in(folder)) == 1


def test_it_is_for_the_program_alone(folder):
    stored.kept(["same"], Maker())

    (path,) = files_in(folder)
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)]
    assert modes == [0o600, 0o700]


def test_what_nobody_asks_for_is_thrown_away(folder):
    for name in ("old", "asked for", "new"):
        stored.kept([name], Maker(name.encode()))
    for name in ("old", "asked for"):
        age(stored.path_of(stored.key_of([name])), days=31)
    stored.kept(["asked for"], Maker(b"not made again"))

    assert stored.tidy() == 1

    assert {path.read_bytes() for path in files_in(folder)} == {b"asked for", b"new"}
