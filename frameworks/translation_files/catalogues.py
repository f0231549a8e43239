"""Making PO and XLIFF 1.2: one language as the source, the other to be written."""

from xml.etree import ElementTree

import polib
from django.utils import timezone

from frameworks.models import SETTLED, TextState
from frameworks.translation_files.layout import FORMAT

XLIFF = "urn:oasis:names:tc:xliff:document:1.2"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# What XLIFF calls a target in each state.
TARGET_STATES = {
    TextState.MISSING: "needs-translation",
    TextState.DRAFT: "translated",
    TextState.STALE: "needs-review-translation",
    TextState.CHECKED: "final",
    TextState.UNOFFICIAL: "translated",
}


def with_source(lines, source):
    """The lines whose text exists in the source language: there is nothing else to translate from."""
    return [line for line in lines if line.text.text(source)]


def po(edition, lines, *, source, target):
    """The texts as the bytes of a PO file; what needs an update is marked as fuzzy."""
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = {
        "Project-Id-Version": edition.code,
        "POT-Creation-Date": timezone.localtime().strftime("%Y-%m-%d %H:%M%z"),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": target,
        "X-Source-Language": source,
        "X-Format": FORMAT,
        "X-Edition": edition.code,
    }
    for line in with_source(lines, source):
        stale = line.text.state(target) == TextState.STALE
        catalogue.append(
            polib.POEntry(
                msgctxt=line.key,
                msgid=line.text.text(source),
                msgstr=line.text.text(target),
                comment=f"{line.where[source]}\nseen: {line.seen}",
                flags=["fuzzy"] if stale else [],
            )
        )
    return str(catalogue).encode()


def xliff(edition, lines, *, source, target):
    """The texts as the bytes of an XLIFF 1.2 file."""
    ElementTree.register_namespace("", XLIFF)
    root = ElementTree.Element(f"{{{XLIFF}}}xliff", version="1.2")
    file = ElementTree.SubElement(
        root,
        f"{{{XLIFF}}}file",
        {
            "original": edition.code,
            "source-language": source,
            "target-language": target,
            "datatype": "plaintext",
            "product-version": FORMAT,
        },
    )
    body = ElementTree.SubElement(file, f"{{{XLIFF}}}body")
    for line in with_source(lines, source):
        state = line.text.state(target) or TextState.MISSING
        unit = ElementTree.SubElement(
            body,
            f"{{{XLIFF}}}trans-unit",
            {
                "id": line.key,
                "approved": "yes" if state in SETTLED else "no",
                XML_SPACE: "preserve",
            },
        )
        _child(unit, "source", line.text.text(source))
        written = _child(unit, "target", line.text.text(target))
        written.set("state", TARGET_STATES[state])
        _child(unit, "note", line.where[source])
        _child(unit, "note", f"seen: {line.seen}")
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _child(unit, name, text):
    child = ElementTree.SubElement(unit, f"{{{XLIFF}}}{name}")
    child.text = text
    return child
