"""WeasyPrint alone, in a process of its own: what drawing costs without anything of ours.

``python -m bench.bare`` reads what to draw from its input and says, for each document, how many
seconds that took. It has drawn one document before, so that nothing is loaded or found any more;
the product, which draws each document in a fresh process, has no such advantage.
"""

import contextlib
import logging
import pickle
import subprocess
import sys
import time

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from bench.children import ROOT

PDF_UA = "pdf/ua-1"  # tagged, as the product's are


class Fonts(URLFetcher):
    def __init__(self, fonts):
        super().__init__()
        self.fonts = fonts

    def fetch(self, url, headers=None):
        return URLFetcherResponse(url, self.fonts[url], {"Content-Type": "font/ttf"})


def draw(html, css, fonts):
    """What the documentation of WeasyPrint says to do, with the variant that is tagged."""
    configuration, fetcher = FontConfiguration(), Fonts(fonts)
    sheet = CSS(string=css, url_fetcher=fetcher, font_config=configuration)
    return HTML(string=html, url_fetcher=fetcher).write_pdf(
        stylesheets=[sheet], font_config=configuration, pdf_variant=PDF_UA
    )


def main():
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    asked, answer = sys.stdin.buffer, sys.stdout.buffer
    draw("<p>Ready", "", {})
    while True:
        try:
            documents = pickle.load(asked)  # noqa: S301 (from the benchmark that began this)
        except EOFError:
            return
        taken = []
        for document in documents:
            began = time.perf_counter()
            draw(*document)
            taken.append(time.perf_counter() - began)
        pickle.dump(taken, answer)
        answer.flush()


# As the benchmark sees it ---------------------------------------------------------------------


class Bare:
    """One such process."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.bare"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, documents):
        pickle.dump(documents, self.process.stdin)
        self.process.stdin.flush()

    def answer(self):
        """How many seconds each document of the last question took."""
        return pickle.load(self.process.stdout)  # noqa: S301 (from our own process)

    def draw(self, documents):
        self.ask(documents)
        return self.answer()

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=60)


@contextlib.contextmanager
def bare(count=1):
    """So many processes, ready to draw."""
    processes = [Bare() for _number in range(count)]
    try:
        for process in processes:
            process.draw([("<p>Ready", "", {})])
        yield processes
    finally:
        for process in processes:
            process.end()


if __name__ == "__main__":
    main()
