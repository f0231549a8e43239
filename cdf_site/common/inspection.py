"""Looks inside a file that somebody has sent, in a process of its own with little to spend.

``uploads`` runs this with the file as standard input and its kind as the argument; it prints "" or
why the file is refused. Whatever a hostile file makes a library do, this process has no database,
no settings, 512 MB of memory and ten seconds, and ends.
"""

import os
import re
import resource
import sys
import zipfile
from xml.etree import ElementTree

import pikepdf
from PIL import Image

MEGABYTE = 1024 * 1024
MEMORY = 512 * MEGABYTE
SECONDS = 10
CHUNK = 64 * 1024

MOST_EXPANDED = 100 * MEGABYTE  # of a docx or xlsx, unpacked
MOST_MEMBERS = 1_000
MOST_TIMES_LARGER = 100
SMALL_MEMBER = MEGABYTE  # may grow more: a sheet of the same cells
MOST_PIXELS = 50_000_000  # twice what a telephone's camera takes
MOST_PDF_OBJECTS = 200_000

OFFICE = "application/vnd.openxmlformats-officedocument."
MAIN_PARTS = {
    "docx": ("/word/document.xml", f"{OFFICE}wordprocessingml.document.main+xml"),
    "xlsx": ("/xl/workbook.xml", f"{OFFICE}spreadsheetml.sheet.main+xml"),
}
CONTENT_TYPES = "[Content_Types].xml"
OVERRIDE = "{http://schemas.openxmlformats.org/package/2006/content-types}Override"
END_OF_ZIP = b"PK\x05\x06"
LENGTH_OF_END = 22
# Names in a PDF, and parts of a docx or xlsx, that run something or carry another file.
ACTIVE_IN_PDF = {"/JS", "/JavaScript", "/Launch", "/EF", "/XFA", "/RichMedia"}
ACTIVE_IN_OFFICE = re.compile(
    r"vbaproject|vbadata|macrosheets/|dialogsheets/|activex|oleobject|attachedtoolbars",
    re.IGNORECASE,
)
# A template that is fetched from elsewhere whenever the document is opened.
FETCHED = re.compile(
    rb"attachedTemplate\"[^>]*Target=\"(?:https?:|ftp:|\\\\)"
    rb"|Target=\"(?:https?:|ftp:|\\\\)[^>]*attachedTemplate\"",
    re.IGNORECASE,
)


class Refused(Exception):
    """The reason, as ``uploads.REFUSALS`` names it."""


def limit():
    """Give this process no more than it needs; a limit that is lower already stays."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def check_pdf(file):
    if file.read(5) != b"%PDF-":
        raise Refused("disagrees")
    if not _tail(file).rstrip(b"\0\t\n\f\r ").endswith(b"%%EOF"):
        raise Refused("damaged")
    file.seek(0)
    try:
        # Without recovery: a file that needs to be repaired is not what its sender saw.
        pdf = pikepdf.open(file, attempt_recovery=False)
    except pikepdf.PasswordError:
        raise Refused("locked") from None
    with pdf:
        if not len(pdf.pages):
            raise Refused("damaged")
        if len(pdf.objects) > MOST_PDF_OBJECTS:
            raise Refused("grows")
        if any(_is_active(thing) for thing in pdf.objects):
            raise Refused("active")


def _is_active(thing, depth=0):
    """Whether an object of a PDF, or one directly inside it, runs something or holds a file."""
    if depth > 50:
        return True
    if isinstance(thing, pikepdf.Array):
        return any(_is_active(part, depth + 1) for part in _own_parts(thing))
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        keys = set(thing.keys())
        if keys & ACTIVE_IN_PDF or str(thing.get("/S")) in ACTIVE_IN_PDF:
            return True
        return any(
            _is_active(part, depth + 1)
            for part in _own_parts(thing[key] for key in keys)
        )
    return False


def _own_parts(parts):
    """Those of ``parts`` that are no objects of their own: these are looked at by themselves."""
    for part in parts:
        if isinstance(part, pikepdf.Object) and not part.is_indirect:
            yield part


def check_office(file, kind):
    if file.read(4) != b"PK\x03\x04":
        raise Refused("disagrees")
    end = _tail(file)[-LENGTH_OF_END:]
    if not end.startswith(END_OF_ZIP):
        raise Refused("damaged")  # cut off, or something comes after it
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        _check_members(members)
        expanded = 0
        for member in members:
            expanded += _read_through(archive, member, MOST_EXPANDED - expanded)
        _check_main_part(archive, kind)


def _check_members(members):
    names = [member.filename for member in members]
    if len(names) > MOST_MEMBERS:
        raise Refused("grows")
    if len({name.lower() for name in names}) != len(names):
        raise Refused("damaged")
    if min((member.header_offset for member in members), default=1) != 0:
        raise Refused("damaged")
    for member in members:
        name = member.orig_filename
        if name.startswith("/") or re.search(r"[\\:\0]|(^|/)\.\.(/|$)", name):
            raise Refused("damaged")
        if member.flag_bits & 1:
            raise Refused("locked")
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Refused("damaged")
        if ACTIVE_IN_OFFICE.search(name):
            raise Refused("active")
        if member.file_size > SMALL_MEMBER:
            _check_growth(member.file_size, member.compress_size)
    expanded = sum(member.file_size for member in members)
    if expanded > MOST_EXPANDED:
        raise Refused("grows")
    _check_growth(expanded, sum(member.compress_size for member in members))


def _check_growth(expanded, packed):
    if expanded > MOST_TIMES_LARGER * max(packed, 1):
        raise Refused("grows")


def _read_through(archive, member, left):
    """The size of a member as it really is; its checksum is looked at on the way."""
    size, before = 0, b""
    with archive.open(member) as content:
        while chunk := content.read(CHUNK):
            size += len(chunk)
            if size > left:
                raise Refused("grows")
            if member.filename.endswith((".xml", ".rels")):
                seen = before + chunk
                if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                    raise Refused("active")
                if member.filename.endswith(".rels") and FETCHED.search(seen):
                    raise Refused("active")
                before = chunk[-4096:]
    return size


def _check_main_part(archive, kind):
    names = set(archive.namelist())
    if CONTENT_TYPES not in names:
        raise Refused("disagrees")
    if archive.getinfo(CONTENT_TYPES).file_size > SMALL_MEMBER:
        raise Refused("grows")
    content = archive.read(CONTENT_TYPES)  # read through: it declares no entities
    parts = ElementTree.fromstring(content).iter(OVERRIDE)  # noqa: S314
    types = {part.get("PartName"): part.get("ContentType", "") for part in parts}
    if any("macroenabled" in each.lower() for each in types.values()):
        raise Refused("active")
    name, content_type = MAIN_PARTS[kind]
    if types.get(name) != content_type or name.removeprefix("/") not in names:
        raise Refused("disagrees")


def check_image(file, kind):
    Image.MAX_IMAGE_PIXELS = None  # asked below, before anything is drawn
    with Image.open(file, formats=[kind]) as image:
        width, height = image.size
        if width * height > MOST_PIXELS or getattr(image, "n_frames", 1) > 1:
            raise Refused("grows")
        image.verify()
    end = {"PNG": b"IEND\xaeB`\x82", "JPEG": b"\xff\xd9"}[kind]
    if not _tail(file).rstrip(b"\0").endswith(end):
        raise Refused("damaged")  # cut off, or something comes after it
    file.seek(0)
    with Image.open(file, formats=[kind]) as image:
        image.draft("RGB", (1, 1))  # a JPEG is read whole, and drawn small
        image.load()


SIGNATURES = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff"}


def check(file, kind):
    """Raise Refused unless ``file`` is what ``kind`` says, whole and harmless."""
    try:
        if kind == "pdf":
            check_pdf(file)
        elif kind in MAIN_PARTS:
            check_office(file, kind)
        else:
            image_kind = {"png": "PNG", "jpg": "JPEG"}[kind]
            signature = SIGNATURES[image_kind]
            if file.read(len(signature)) != signature:
                raise Refused("disagrees")
            file.seek(0)
            check_image(file, image_kind)
    except Refused:
        raise
    except MemoryError:
        raise Refused("grows") from None
    except Exception:
        raise Refused("damaged") from None


def _tail(file):
    """The last kilobyte."""
    file.seek(0, os.SEEK_END)
    file.seek(max(0, file.tell() - 1024))
    return file.read()


def main():
    limit()
    try:
        with os.fdopen(0, "rb") as file:
            check(file, sys.argv[1])
    except Refused as refusal:
        sys.stdout.write(str(refusal))


if __name__ == "__main__":
    main()
