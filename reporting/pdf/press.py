"""Drawing one document in a process of its own, which may use so much time and memory and no more.

Each document is drawn by a fresh child, so that what hostile text can do, at worst, is end that
child. The children are forked by a process that has WeasyPrint loaded and nothing else: neither
threads nor connections, nobody's data and no secret of the settings. It is begun with the first
document, and ends with the process that began it. (Python's own forkserver does nearly this, but
runs the main program's module again in each child.)

This module is what that process loads, so it imports no Django.
"""

import atexit
import contextlib
import logging
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from reporting.pdf.tagging import finish

SECONDS = 28  # of the processor: who asks has an answer within 30 where it is free
PATIENCE = 60  # seconds by the clock, on a machine with much else to do
MEGABYTES = 512
PDF_UA = "pdf/ua-1"  # tagged, so that screen readers can read it
SECRETS = {"SECRET_KEY", "DATABASE_URL", "EMAIL_URL"}
SERVE = "from reporting.pdf.press import serve; serve({})"
PROGRAM = Path(__file__).resolve().parents[2]

# WeasyPrint reports letters that no font has, and thereby what people wrote.
logging.getLogger("weasyprint").setLevel(logging.CRITICAL)


class TooLong(Exception):
    """The document holds more than can be drawn in the time and memory that one may take."""


class NotDrawn(Exception):
    """Drawing failed; says which error it was, without what people wrote."""


@dataclass(frozen=True)
class Job:
    """A document to draw: nothing else is read.

    ``fonts`` are the bytes of each font by the address that ``css`` gives it; ``languages`` are
    those of its ``article`` elements, in their order.
    """

    html: str
    css: str
    fonts: dict[str, bytes]
    languages: tuple[str, ...]
    seconds: int = SECONDS
    megabytes: int = MEGABYTES


@dataclass(frozen=True)
class Pressed:
    """A document that was drawn, and how many bytes of memory that took at most."""

    content: bytes
    memory: int


def press(job):
    """Draw ``job`` in a child and return it as Pressed. Raises TooLong and NotDrawn.

    One at a time in a process that asks: drawing takes a processor for seconds.
    """
    with _press.lock:
        outcome = _press.draw(job)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def draw(job):
    """The bytes of a tagged PDF of ``job``, drawn here and without limits."""
    fonts, fetcher = FontConfiguration(), _Fonts(job.fonts)
    stylesheet = CSS(string=job.css, url_fetcher=fetcher, font_config=fonts)
    document = HTML(string=job.html, url_fetcher=fetcher).render(
        stylesheets=[stylesheet], font_config=fonts, pdf_variant=PDF_UA
    )
    first_pages = [
        next(
            index
            for index, page in enumerate(document.pages)
            if f"summary-{language}" in page.anchors
        )
        for language in job.languages
    ]
    link_words = [
        [
            (target, " ".join("".join(box.element.itertext()).split()))
            for _kind, target, _rectangle, box in page.links
        ]
        for page in document.pages
    ]
    raw = document.write_pdf(pdf_variant=PDF_UA, uncompressed_pdf=True)
    return finish(
        raw, languages=job.languages, first_pages=first_pages, link_words=link_words
    )


class _Fonts(URLFetcher):
    """Gives the style sheet its fonts, and refuses every other address.

    WeasyPrint's own fetcher opens whatever a document names, files of the machine included. No
    address is ever looked at for a path: it is the address of a font or it is refused.
    """

    def __init__(self, fonts):
        super().__init__()
        self.fonts = fonts

    def fetch(self, url, headers=None):
        if url not in self.fonts:
            raise ValueError("A PDF loads nothing but its fonts.")
        return URLFetcherResponse(url, self.fonts[url], {"Content-Type": "font/ttf"})


# The process that forks ---------------------------------------------------------------------


class _Press:
    """The process of which each document's child is forked, as whoever asks sees it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.process = None

    def draw(self, job):
        """What became of ``job``: Pressed, or why not."""
        try:
            if self.process is None or self.process.poll() is not None:
                self.begin()  # for the first time, or after somebody ended it
            self.connection.send(job)
            if self.connection.poll(PATIENCE):
                return self.connection.recv()
        except (EOFError, OSError):
            # The child was ended for what it used, and then ``serve`` comes to its end; but where
            # the process cannot even begin, no document is at fault.
            with contextlib.suppress(subprocess.TimeoutExpired):
                if self.process.wait(5) > 0:
                    self.end()
                    return NotDrawn("the press does not begin")
        self.end()
        return TooLong("more time or memory than one document may take")

    def begin(self):
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 (our own words)
                [sys.executable, "-c", SERVE.format(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=PROGRAM,
                env={name: os.environ[name] for name in os.environ.keys() - SECRETS},
                start_new_session=True,  # what stops the server stops this by its end
            )
        self.connection = Connection(ours.detach())

    def end(self):
        if self.process is not None:
            self.connection.close()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


_press = _Press()
atexit.register(_press.end)
# A process forked from one that has a press (a server's worker) begins its own.
os.register_at_fork(after_in_child=_press.__init__)


def serve(handle):
    """Fork a child for each document that is asked for through the socket ``handle``.

    Ends where a child did not come to its end, by which whoever asked knows, and with whoever asks.
    """
    connection = Connection(handle)
    while connection.poll(None):
        child = os.fork()
        if child == 0:
            _answer(connection)
        if os.waitpid(child, 0)[1]:
            return


def _answer(connection):
    """Draw the document that is asked for, within its limits, and leave."""
    status = 1
    try:
        job = connection.recv()
        resource.setrlimit(resource.RLIMIT_DATA, (job.megabytes * 2**20,) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (job.seconds,) * 2)
        connection.send(_outcome(job))
        status = 0
    finally:
        os._exit(status)


def _outcome(job):
    try:
        content = draw(job)
    except MemoryError:
        return TooLong(f"more than {job.megabytes} MB")
    except Exception as error:
        return NotDrawn(type(error).__name__)
    return Pressed(content, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
