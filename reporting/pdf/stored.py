"""Documents that were made, each kept as a file under the key of all that it was made from.

The key holds what the document says and everything that says it: program, templates, translations,
fonts and libraries. What is the same is therefore the same file, and nothing here ever goes out of
date; what nobody asks for any more is thrown away by ``manage.py tidy_documents``. Who may read a
document is asked before, each time, by whoever gives it out.
"""

import hashlib
import json
import os
import tempfile
import time
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from reporting.pdf.fonts import load_fonts

LIBRARIES = ("Django", "WeasyPrint", "pydyf", "pikepdf", "tinycss2", "tinyhtml5")
SOURCES = ("*.py", "*.html", "*.css", "*.svg", "*.po")
FOLDERS = (
    *("cdf_site", "organisations", "frameworks", "assessments", "peerreview"),
    *("reporting", "templates/reporting", "locale"),
)
UNUSED_SECONDS = 30 * 24 * 60 * 60  # after which a file is thrown away
ONE_DAY = 24 * 60 * 60


def kept(made_from, make):
    """The document that ``make()`` makes from ``made_from``, which JSON can hold; made once.

    Two who ask at once may both make it: they make the same bytes, and one file stays.
    """
    return read(key := key_of(made_from)) or _keep(key, make())


def key_of(made_from):
    """The name of the document that is made from ``made_from`` by the program as it is."""
    text = json.dumps(made_from, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(f"{_made_by()}{text}".encode()).hexdigest()


def read(key):
    """The document of ``key``, or None where it is not there; its being used is noted."""
    path = path_of(key)
    try:
        content = path.read_bytes()
        if path.stat().st_mtime < time.time() - ONE_DAY:
            os.utime(path)
    except FileNotFoundError:
        return None
    return content


def path_of(key):
    return Path(settings.DOCUMENTS_ROOT, key[:2], f"{key}.pdf")


@contextmanager
def written(path):
    """A file to write, which is at ``path`` when all of it has been written.

    Whoever reads meanwhile, or after a crash, never finds half of it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
        Path(unfinished).replace(path)
    finally:
        Path(unfinished).unlink(missing_ok=True)


def tidy():
    """Throw away what was not asked for lately; return how many files that were."""
    before = time.time() - UNUSED_SECONDS
    unused = [
        path
        for path in Path(settings.DOCUMENTS_ROOT).glob("??/*")
        if path.stat().st_mtime < before
    ]
    for path in unused:
        path.unlink(missing_ok=True)
    return len(unused)


def _keep(key, content):
    with written(path_of(key)) as file:
        file.write(content)
    return content


@cache
def _made_by():
    """A digest of the program and all that it draws with; worked out once in a process."""
    digest = hashlib.sha256()
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    for folder in FOLDERS:
        for pattern in SOURCES:
            for path in sorted((settings.BASE_DIR / folder).rglob(pattern)):
                digest.update(path.read_bytes())
    for address, content in load_fonts().items():
        digest.update(address.encode() + content)
    return digest.hexdigest()
