"""Drawing one document in a process of its own, which may use so much time and memory and no more.

Each document is drawn by a fresh child, so that what hostile text can do, at worst, is end that
child. The children are forked from a process that has WeasyPrint loaded and nothing else: neither
threads nor connections nor anybody's data. This module is what that process loads, so it imports
no Django.
"""

import logging
import multiprocessing
import resource
import threading
from dataclasses import dataclass

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from reporting.pdf.tagging import finish

SECONDS = 30  # of the processor
PATIENCE = 60  # seconds by the clock, on a machine with much else to do
MEGABYTES = 512
PDF_UA = "pdf/ua-1"  # tagged, so that screen readers can read it

# WeasyPrint reports letters that no font has, and thereby what people wrote.
logging.getLogger("weasyprint").setLevel(logging.CRITICAL)

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])
# Drawing takes a processor for seconds: one at a time in a process that asks for it.
_one_at_a_time = threading.Lock()


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


@dataclass(frozen=True)
class Pressed:
    """A document that was drawn, and how many bytes of memory that took at most."""

    content: bytes
    memory: int


def press(job):
    """Draw ``job`` in a child and return it as Pressed. Raises TooLong and NotDrawn."""
    with _one_at_a_time:
        ours, theirs = _processes.Pipe(duplex=False)
        child = _processes.Process(target=_child, args=(theirs, job), daemon=True)
        child.start()
        theirs.close()
        try:
            outcome = ours.recv() if ours.poll(PATIENCE) else TooLong("by the clock")
        except EOFError:  # ended without a word: by the kernel, for what it used
            outcome = TooLong("more time or memory than one document may take")
        finally:
            ours.close()
            child.kill()
            child.join()
            child.close()
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
    raw = document.write_pdf(pdf_variant=PDF_UA, uncompressed_pdf=True)
    return finish(raw, languages=job.languages, first_pages=first_pages)


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


def _child(pipe, job):
    resource.setrlimit(resource.RLIMIT_DATA, (MEGABYTES * 2**20,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        content = draw(job)
    except MemoryError:
        outcome = TooLong(f"more than {MEGABYTES} MB")
    except Exception as error:
        outcome = NotDrawn(type(error).__name__)
    else:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        outcome = Pressed(content, peak)
    pipe.send(outcome)
