"""The press: what it draws, what it refuses, and what it outlives."""

import io
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdf
import pytest

from reporting.pdf import press
from reporting.pdf.press import MEGABYTES, Job, NotDrawn, TooLong

PAGE = '<article id="summary-en" lang="en"><h1>{}</h1>{}</article>'
LONG = "<p>a</p>" * 60_000  # takes many seconds, and more memory than there is
MEGABYTE = 2**20


def job(words, more="", **limits):
    return Job(PAGE.format(words, more), "", {}, ("en",), **limits)


def read(pressed):
    reader = pypdf.PdfReader(io.BytesIO(pressed.content))
    return " ".join(page.extract_text() for page in reader.pages).split()


def test_draws_and_says_how_much_memory_that_took():
    pressed = press.press(job("Words"))

    assert read(pressed) == ["Words"]
    assert 20 * MEGABYTE < pressed.memory < MEGABYTES * MEGABYTE


def test_draws_the_same_as_without_a_press():
    assert press.press(job("Words")).content == press.draw(job("Words"))


@pytest.mark.parametrize(
    "limit", [{"megabytes": 100}, {"seconds": 1}], ids=["memory", "time"]
)
def test_what_takes_more_than_it_may_is_too_long(limit):
    began = time.monotonic()

    with pytest.raises(TooLong):
        press.press(job("Words", LONG, **limit))

    assert time.monotonic() - began < 30
    assert read(press.press(job("The next"))) == ["The", "next"]


def test_a_press_that_does_not_begin_is_no_fault_of_the_document(monkeypatch):
    monkeypatch.setattr(press, "SERVE", "raise SystemExit(3)  # {}")

    outcome = press._Press().draw(job("Words"))

    assert isinstance(outcome, NotDrawn)


def test_what_fails_says_no_words_of_people(capfd):
    with pytest.raises(NotDrawn) as raised:
        press.press(job("Cyfrinach \ud800"))

    assert raised.value.args == ("UnicodeEncodeError",)
    assert raised.value.__cause__ is None
    assert "Cyfrinach" not in "".join(capfd.readouterr())
    assert read(press.press(job("The next"))) == ["The", "next"]


def children_of(process):
    path = Path(f"/proc/{process}/task/{process}/children")
    return [int(number) for number in path.read_text().split()]


def test_a_child_that_is_killed_is_answered():
    press.press(job("There is a press"))
    forking = press._press.process.pid

    with ThreadPoolExecutor() as threads:
        drawing = threads.submit(press.press, job("Words", LONG))
        while not (children := children_of(forking)):
            time.sleep(0.01)
        os.kill(children[0], signal.SIGKILL)
        with pytest.raises(TooLong):
            drawing.result(timeout=20)

    assert read(press.press(job("The next"))) == ["The", "next"]


def test_a_press_that_was_killed_is_begun_again():
    press.press(job("There is a press"))
    forking = press._press.process.pid
    os.kill(forking, signal.SIGKILL)
    os.waitid(os.P_PID, forking, os.WEXITED | os.WNOWAIT)

    assert read(press.press(job("The next"))) == ["The", "next"]


def test_threads_that_ask_at_once_each_have_their_own():
    with ThreadPoolExecutor(4) as threads:
        drawn = threads.map(press.press, [job(f"Number {n}") for n in range(8)])

        assert [read(each) for each in drawn] == [["Number", str(n)] for n in range(8)]


def test_a_forked_process_has_a_press_of_its_own():
    press.press(job("There is a press"))

    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if read(press.press(job("Its own"))) == ["Its", "own"] else 2
        finally:
            press._press.end()
            os._exit(status)
    ours = read(press.press(job("Ours")))

    assert ours == ["Ours"]
    assert os.waitpid(child, 0)[1] == 0


def test_the_process_that_forks_knows_no_secret_and_holds_no_document():
    press.press(job("Cyfrinach"))

    forking = Path(f"/proc/{press._press.process.pid}")
    names = {
        each.partition(b"=")[0]
        for each in (forking / "environ").read_bytes().split(b"\0")
    }
    assert not {b"SECRET_KEY", b"DATABASE_URL", b"EMAIL_URL"} & names
    assert len(list((forking / "task").iterdir())) == 1
