"""Looks inside a file that somebody has sent, in a process of its own with little to spend.

``uploads`` has ``confined`` run this with the file as standard input and its kind as the argument;
it prints "" or why the file is refused.
"""

import os
import re
import sys
import zipfile
from xml.etree import ElementTree

import pikepdf
from PIL import Image

MEGABYTE = 1024 * 1024
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
# Keys of a PDF, and kinds of its actions, that run something, send something, open or carry
# another file.
ACTIVE_IN_PDF = {
    "/EF",
    "/GoToE",
    "/GoToR",
    "/ImportData",
    "/JS",
    "/JavaScript",
    "/Launch",
    "/RichMedia",
    "/SubmitForm",
    "/XFA",
}
MOST_ACTIONS = 1_000  # of a PDF, one following another without a click

# Parts of a docx or xlsx that run something or carry another file. A chart has its figures in a
# workbook inside the document.
ACTIVE_IN_OFFICE = re.compile(
    r"vbaproject|vbadata|macrosheets/|dialogsheets/|activex|oleobject|attachedtoolbars"
    r"|(^|/)embeddings/(?!.*\.xlsx$)",
    re.IGNORECASE,
)
A_CHARTS_WORKBOOK = re.compile(r"(^|/)embeddings/.*\.xlsx$", re.IGNORECASE)
A_CHARTS_RELATIONSHIPS = re.compile(r"(^|/)charts/_rels/[^/]*$", re.IGNORECASE)
# The last words of a relationship's type.
ACTIVE_RELATIONSHIPS = {
    "afchunk",
    "attachedtemplate",
    "control",
    "externallink",
    "frame",
    "oleobject",
    "package",
    "vbaproject",
}
MARKUP = (".xml", ".rels", ".vml")
DECLARATION = re.compile(rb"<\?xml[^<>]*\?>")
ENCODING = re.compile(
    rb"encoding\s*=\s*[\"']\s*(?!(?:utf-?8|us-ascii)\s*[\"'])", re.IGNORECASE
)


class Refused(Exception):
    """The reason, as ``uploads.REFUSALS`` names it."""


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
        if "/OpenAction" in keys and _opens_an_address([thing["/OpenAction"]]):
            return True
        events = thing.get("/AA")
        if isinstance(events, pikepdf.Dictionary) and _opens_an_address(
            event for _name, event in events.items()
        ):
            return True
        return any(
            _is_active(part, depth + 1)
            for part in _own_parts(thing[key] for key in keys)
        )
    return False


def _opens_an_address(actions):
    """Whether one of ``actions``, which nobody clicks, or what follows them opens an address."""
    left, seen = list(actions), 0
    while left:
        action = left.pop()
        seen += 1
        if seen > MOST_ACTIONS:  # or they follow one another in a ring
            return True
        if not isinstance(action, pikepdf.Dictionary):
            continue  # a place in the document
        if str(action.get("/S")) == "/URI":
            return True
        following = action.get("/Next", [])
        is_list = isinstance(following, pikepdf.Array)
        left.extend(list(following) if is_list else [following])
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
    name = member.filename
    is_markup = name.lower().endswith(MARKUP)
    size, before = 0, b""
    with archive.open(member) as content:
        while chunk := content.read(CHUNK):
            size += len(chunk)
            if size > left:
                raise Refused("grows")
            if is_markup:
                _check_markup(chunk, before)
            elif (
                not before
                and A_CHARTS_WORKBOOK.search(name)
                and not chunk.startswith(b"PK\x03\x04")
            ):
                raise Refused("active")
            before = chunk[-32:]
    if name.lower().endswith(".rels"):
        _check_relationships(archive, member)
    return size


def _check_markup(chunk, before):
    """Refuse letters that hide what they say, and entities, in a part of a docx or xlsx."""
    if not before:
        start = chunk.removeprefix(b"\xef\xbb\xbf").lstrip(b"\t\n\r ")
        declaration = DECLARATION.match(start[:1024])
        if not start.startswith(b"<") or (
            start.startswith(b"<?xml") and not declaration
        ):
            raise Refused("damaged")
        if declaration and ENCODING.search(declaration[0]):
            raise Refused("damaged")
    if b"\0" in chunk:  # also of UTF-16 and UTF-32
        raise Refused("damaged")
    seen = before + chunk
    if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
        raise Refused("active")


def _check_relationships(archive, member):
    """Refuse what is fetched from elsewhere without a click, and what is carried along."""
    if member.file_size > SMALL_MEMBER:
        raise Refused("grows")
    content = archive.read(member)  # read through: it declares no entities
    for element in ElementTree.fromstring(content).iter():  # noqa: S314
        kind = element.get("Type", "").strip().rsplit("/", 1)[-1].lower()
        is_elsewhere = element.get("TargetMode", "").strip().lower() == "external"
        if is_elsewhere and kind != "hyperlink":
            raise Refused("active")
        if kind == "package" and A_CHARTS_RELATIONSHIPS.search(member.filename):
            continue
        if kind in ACTIVE_RELATIONSHIPS:
            raise Refused("active")


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
    try:
        with os.fdopen(0, "rb") as file:
            check(file, sys.argv[1])
    except Refused as refusal:
        sys.stdout.write(str(refusal))


if __name__ == "__main__":
    main()
