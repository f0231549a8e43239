"""Files that people send: which are taken, how large they may be, and what they are called."""

import hashlib
import subprocess
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.translation import gettext_lazy as _

from cdf_site.common import confined

INSPECTION = str(Path(__file__).with_name("inspection.py"))
MOST_BYTES = 10 * 1024 * 1024
LONGEST_NAME = 200  # characters
CHUNK = 64 * 1024
OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": f"{OFFICE}wordprocessingml.document",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "png": "image/png",
    "jpg": "image/jpeg",
}
ALSO_CALLED = {"jpeg": "jpg"}
ENDINGS = [*MEDIA_TYPES, *ALSO_CALLED]

REFUSALS = {
    "kind": _("Choose a file of one of these kinds: pdf, docx, xlsx, png or jpg."),
    "size": _("The file is larger than 10 MB. Choose a smaller one, or add a link."),
    "empty": _("The file is empty."),
    "name": _(
        "The file's name holds characters that cannot be shown. Rename the file."
    ),
    "disagrees": _(
        "The content of the file is not of the kind that its name says. Save it again in the "
        "program that made it."
    ),
    "damaged": _("The file cannot be opened: it is damaged or not complete."),
    "locked": _("The file has a password. Save it without one."),
    "active": _(
        "The file holds a program, such as a macro, or another file. Save it without them."
    ),
    "grows": _("The file becomes too large when it is opened. Choose a smaller one."),
}


class RefusedFile(Exception):
    """A file that is not taken; ``reason`` is one of ``REFUSALS``."""

    def __init__(self, reason):
        self.reason = reason
        super().__init__(reason)

    @property
    def message(self):
        return REFUSALS[self.reason]


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be stored, and what is to be known of it."""

    file: object
    name: str
    media_type: str
    size: int
    sha256: str


class StopAtMostBytes(FileUploadHandler):
    """Stops a file that is too large while it arrives, and keeps the rest of its form.

    Its name is left with the request: a form that finds it there says so to the person.
    """

    def receive_data_chunk(self, raw_data, start):
        if start + len(raw_data) > MOST_BYTES:
            self.request.files_too_large = [
                *getattr(self.request, "files_too_large", []),
                self.field_name,
            ]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size):
        return None  # the handlers after this one have it


def shown_name(name):
    """A file's name for people: without a path, and without what turns or hides letters."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    ending = Path(name).suffix[:10]
    stem = " ".join(name[: len(name) - len(ending)].split())
    return f"{stem[: LONGEST_NAME - len(ending)]}{ending}"


def check(upload):
    """An upload as CheckedFile; RefusedFile where it is not what its name says, or not harmless."""
    name = upload.name or ""
    if any(
        unicodedata.category(letter) == "Cc"
        or unicodedata.bidirectional(letter)
        in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
        for letter in name
    ):
        raise RefusedFile("name")
    ending = Path(name).suffix.lower().removeprefix(".")
    kind = ALSO_CALLED.get(ending, ending)
    if kind not in MEDIA_TYPES:
        raise RefusedFile("kind")
    if upload.size > MOST_BYTES:
        raise RefusedFile("size")

    # Read once, from what was really sent: the inspection and the hash are of the same bytes.
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryFile() as copy:
        for chunk in upload.chunks(CHUNK):
            size += len(chunk)
            if size > MOST_BYTES:
                raise RefusedFile("size")
            digest.update(chunk)
            copy.write(chunk)
        if not size:
            raise RefusedFile("empty")
        copy.flush()
        copy.seek(0)
        _inspect(copy, kind)
    upload.seek(0)
    return CheckedFile(
        file=upload,
        name=shown_name(name),
        media_type=MEDIA_TYPES[kind],
        size=size,
        sha256=digest.hexdigest(),
    )


def _inspect(file, kind):
    """Raise RefusedFile with what ``inspection`` finds, also where it finds no end."""
    try:
        reason = confined.run(INSPECTION, file, kind)
    except subprocess.TimeoutExpired:
        raise RefusedFile("grows") from None
    except subprocess.CalledProcessError:
        raise RefusedFile("damaged") from None
    if reason:
        raise RefusedFile(reason if reason in REFUSALS else "damaged")
