"""Takes the texts out of a PO or XLIFF file that somebody has sent.

``reading`` has ``confined`` run this with the file as standard input and "po" or "xliff" as the
argument. It prints JSON: either {"refused": a code} or what the file says of itself and
{"units": [{"place", "key", "source", "target", "fuzzy", "notes"}]}.
"""

import io
import json
import os
import re
import sys
from xml.etree import ElementTree

import polib

MOST_UNITS = 5_000
XLIFF = "{urn:oasis:names:tc:xliff:document:1.2}"
DECLARES = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


class Refused(Exception):
    """The code, as ``reading.Unreadable`` has it."""


def unpack_po(text):
    if "msgid" not in text:
        raise Refused("not_texts")
    # With a line break in front it is no path, which polib would open.
    catalogue = polib.pofile("\n" + text, encoding="utf-8")
    if len(catalogue) > MOST_UNITS:
        raise Refused("too_large")
    return {
        "format": catalogue.metadata.get("X-Format", ""),
        "edition": catalogue.metadata.get("X-Edition", ""),
        "source_language": catalogue.metadata.get("X-Source-Language", ""),
        "target_language": catalogue.metadata.get("Language", ""),
        "units": [
            {
                "place": max(entry.linenum - 1, 1),
                "key": entry.msgctxt or "",
                "source": entry.msgid,
                "target": entry.msgstr,
                "fuzzy": "fuzzy" in entry.flags,
                "notes": entry.comment,
            }
            for entry in catalogue
            if not entry.obsolete
        ],
    }


def unpack_xliff(text):
    if DECLARES.search(text):
        raise Refused("damaged")
    # Read through: it declares no entities. Its own declaration is of bytes.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    root = ElementTree.parse(io.StringIO(text)).getroot()  # noqa: S314
    file = root.find(f"{XLIFF}file")
    if root.tag != f"{XLIFF}xliff" or file is None:
        raise Refused("not_texts")
    units = list(file.iter(f"{XLIFF}trans-unit"))
    if len(units) > MOST_UNITS:
        raise Refused("too_large")
    return {
        "format": file.get("product-version", ""),
        "edition": file.get("original", ""),
        "source_language": file.get("source-language", ""),
        "target_language": file.get("target-language", ""),
        "units": [_unit(number, unit) for number, unit in enumerate(units, start=1)],
    }


def _unit(number, unit):
    target = unit.find(f"{XLIFF}target")
    return {
        "place": number,
        "key": unit.get("id", ""),
        "source": _text(unit.find(f"{XLIFF}source")),
        "target": _text(target),
        "fuzzy": target is None or target.get("state", "").startswith(("needs", "new")),
        "notes": "\n".join(_text(note) for note in unit.iter(f"{XLIFF}note")),
    }


def _text(element):
    return "" if element is None else "".join(element.itertext())


def main():
    try:
        with os.fdopen(0, "rb") as file:
            text = file.read().decode("utf-8-sig")
        said = {"po": unpack_po, "xliff": unpack_xliff}[sys.argv[1]](text)
    except Refused as refusal:
        said = {"refused": str(refusal)}
    except UnicodeDecodeError:
        said = {"refused": "encoding"}
    except MemoryError:
        said = {"refused": "too_large"}
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
