"""A pack as one PDF: its contents are drawn, and joined with its documents in a process of its own.

Whatever joining takes, or does to that process, the worker outlives it.
"""

import io
import json
import signal
import subprocess
import tempfile

import pikepdf

from cdf_site.common import confined
from reporting.files import LANGUAGES
from reporting.models import PackPart
from reporting.packs import binding
from reporting.packs.contents import as_pdf
from reporting.packs.files import path_of_contents, path_of_part
from reporting.pdf.stored import written

PROGRAM = binding.__file__
# All of Wales in both languages, 4,300 pages, takes a gigabyte.
LIMITS = confined.Limits(megabytes=1536, seconds=90, patience=120, written=1024)


class TooMuch(Exception):
    """The documents are more than can be joined with what one pack may use."""


def write_bound(file, pack, parts):
    """Write ``pack`` into ``file``. The same documents give the same bytes. Raises TooMuch."""
    done = [part for part in parts if part.state == PackPart.State.DONE]
    path = path_of_contents(pack)
    with written(path) as contents:
        contents.write(_contents(pack, parts, done))
    join(
        file,
        path,
        [(part.position, _title(pack, part), path_of_part(part)) for part in done],
    )


def join(file, contents, documents):
    """``binding.bind`` in a process of its own, where ``contents`` is a path."""
    with tempfile.TemporaryFile("w+") as said:
        json.dump([contents, documents], said, default=str)
        said.seek(0)
        try:
            confined.run(PROGRAM, said, into=file, limits=LIMITS)
        except subprocess.CalledProcessError as error:
            if error.returncode in {binding.TOO_MUCH, -signal.SIGXCPU}:
                raise TooMuch from None
            raise


def _title(pack, part):
    """What its bookmark says: in both languages where they are not the same."""
    names = [part.name(language) for language in LANGUAGES[pack.language]]
    return " / ".join(dict.fromkeys(names))


def _contents(pack, parts, done):
    """The contents, which count their own pages: drawn again where there are more than thought."""
    # In each language a cover, and most often a page.
    length = 2 * len(LANGUAGES[pack.language])
    while True:
        places, page = [], length + 1
        for part in done:
            places.append(page)
            page += part.pages
        contents = as_pdf(pack, parts, places)
        with pikepdf.open(io.BytesIO(contents)) as pdf:
            if len(pdf.pages) <= length:
                return contents
            length = len(pdf.pages)
