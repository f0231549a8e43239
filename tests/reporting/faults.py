"""What keeps a PDF from being readable for everyone: the one place where that is said.

Fourteen checks, each of which has been seen to fail (``test_pdf_ua.py``), and the rules of PDF/UA-1
that a program can judge (ISO 14289-1), by a validator that is not ours. ``script/verapdf`` asks
another one, where there is one.
"""

import io
import itertools
import re

import pikepdf
from page import ValidationProfile, validate_pdf_bytes

from tests.reporting.tree import Document, letters_of

OTHER = {"cy": "en", "en": "cy"}
HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")
WEIGHTS = 2  # of letters, and a file of a font for each
PAGE = re.compile(r"(^|\s)\d+$")
HYPHEN_AT_THE_END_OF_A_LINE = re.compile(r"(?<=\w)- (?=\w)")


def faults(raw, languages, written=()):
    """What is wrong with the PDF ``raw``: a list of sentences, each of which begins with its check.

    ``languages`` are those of the documents in it, in their order; ``written`` are texts that
    people wrote, each with its language, all of which have to be there to the letter.
    """
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        if not ("/StructTreeRoot" in pdf.Root and "/MarkInfo" in pdf.Root):
            return ["tagged: there is no structure"]
        document = Document(pdf)
        return [
            f"{check.__name__}: {fault}"
            for check in CHECKS
            for fault in check(document, languages)
        ] + [*judged(raw), *_changed(document, written)]


def judged(raw):
    """What is not as PDF/UA-1 asks, each rule once."""
    report = validate_pdf_bytes(raw, profile=ValidationProfile.PDF_UA_1)
    broken = {failure.rule_id: failure.message for failure in report.failures}
    return [f"{rule}: {broken[rule]}" for rule in sorted(broken)]


def spaced(text):
    """``text`` with single spaces, and whole words where a line ended at a hyphen."""
    return HYPHEN_AT_THE_END_OF_A_LINE.sub("-", " ".join(text.split()))


# The fourteen -----------------------------------------------------------------------------


def tagged(document, languages):
    if not document.pdf.Root.MarkInfo.get("/Marked"):
        yield "it does not say that it is"
    if document.root.tag != "Document":
        yield f"all of it is a {document.root.tag}"


def language(document, languages):
    said = str(document.pdf.Root.get("/Lang"))
    if said != languages[0]:
        yield f"{said}, not {languages[0]}"


def title(document, languages):
    """Shown in the window, and begins as each document in it does, in the language of each."""
    said = str(document.pdf.docinfo.get("/Title", ""))
    with document.pdf.open_metadata() as metadata:
        if metadata.get("dc:title") != said:
            yield "the metadata say another"
    if not document.pdf.Root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "the name of the file is shown"
    for heading in document.root.find("H1"):
        if document.text_of(heading) not in said:
            yield f"{said!r} does not say {document.text_of(heading)!r}"


def pdfuaid(document, languages):
    with document.pdf.open_metadata() as metadata:
        if metadata.get("pdfuaid:part") != "1":
            yield "it does not say that it is PDF/UA-1"


def untagged(document, languages):
    """Everything that is drawn is in the structure, in one place of it, or is an artifact."""
    held = [item for element in document.root.walk() for item in element.contents]
    if len(held) != len(set(held)):
        yield "some content is in two places"
    drawn = set(document.marked_contents())
    outside = {item for item in drawn if item[1] is not None} - set(held)
    if outside:
        pages = sorted({page + 1 for page, _number in outside})
        yield f"content in no structure on pages {pages}"


def headings(document, languages):
    """They do not skip a level, in each document, and each of them says something."""
    found = document.root.find(*HEADINGS)
    levels = [int(heading.tag[1]) for heading in found]
    if levels[:1] != [1]:
        yield "the first is not a main one"
    for before, after, heading in zip(levels, levels[1:], found[1:], strict=False):
        if after > before + 1:
            yield f"H{after} after H{before}: {document.text_of(heading)!r}"
    if not all(document.text_of(heading) for heading in found):
        yield "one has no words"


def main_heading(document, languages):
    """One for each language's document, in that language."""
    found = [heading.language for heading in document.root.find("H1")]
    if found != list(languages):
        yield f"{found}, not {list(languages)}"


def cells(document, languages):
    """Each knows the heads that it stands below and beside, which are there once."""
    heads = document.root.find("TH")
    names = [str(head.source.get("/ID")) for head in heads]
    if len(set(names)) != len(names):
        yield "two heads have one name"
    if not all("/Scope" in head.source.get("/A", {}) for head in heads):
        yield "a head does not say what it is the head of"
    listed = document.pdf.Root.StructTreeRoot.get("/IDTree")
    pairs = listed.Kids[0].Names if listed else []
    if [str(pairs[at]) for at in range(0, len(pairs), 2)] != sorted(names):
        yield "the list of the heads is another"
    for cell in document.root.find("TD"):
        said = [str(name) for name in cell.source.get("/A", {}).get("/Headers", [])]
        if not said:
            yield f"without a head: {document.text_of(cell)!r}"
        elif not set(said) <= set(names):
            yield f"of a head that is not there: {document.text_of(cell)!r}"


def figures(document, languages):
    for figure in document.root.find("Figure"):
        if not str(figure.source.get("/Alt", "")).strip():
            yield "a drawing without words"


def links(document, languages):
    """Each is in the structure, with words of its own, which its mark on the page repeats."""
    annotations = [
        annotation
        for page in document.pdf.pages
        for annotation in page.get("/Annots", [])
    ]
    found = document.root.find("Link")
    if sum(link.annotations for link in found) != len(annotations):
        yield "a link is not in the structure"
    if any(child.tag == "Link" for link in found for child in link.children):
        yield "a link inside a link"
    for link in found:
        words = document.text_of(link)
        if not words:
            yield "a link without words"
        for kid in link.source.K:
            if isinstance(kid, pikepdf.Dictionary) and "/Obj" in kid:
                said = str(kid.Obj.get("/Contents", ""))
                if not said or not _is_of(words, said):
                    yield f"{words!r} is called {said!r}"


def _is_of(words, link):
    """Whether ``words`` are those of the ``link``, or some of them where it goes over lines.

    The number of a page that follows an entry of the contents is not among them.
    """
    whole = "".join(link.split())
    return any(
        "".join(piece.split()) in whole for piece in (words, PAGE.sub("", words))
    )


def fonts(document, languages):
    """In the file, one for each weight, each with what its glyphs stand for."""
    found = {}
    for page in document.pdf.pages:
        for font in page.Resources.get("/Font", {}).values():
            found.setdefault(str(font.BaseFont), []).append(font)
    files = set()
    for name, uses in found.items():
        for font in uses:
            descriptor = font.DescendantFonts[0].FontDescriptor
            file = descriptor.get("/FontFile2") or descriptor.get("/FontFile3")
            if file is None:
                yield f"{name} is not in the file"
            else:
                files.add(file.objgen)
            if "/ToUnicode" not in font or not letters_of(font):
                yield f"what {name} writes cannot be read"
    if len(files) > WEIGHTS:
        yield f"{len(files)} files of fonts: {sorted(found)}"


def tabs(document, languages):
    for number, page in enumerate(document.pdf.pages, start=1):
        if page.get("/Tabs") != "/S":
            yield f"on page {number} not in the order of the structure"


def bookmarks(document, languages):
    """One for each main heading, with those of the next level below it, in their order."""

    def of_outline(items, depth=1):
        for item in items:
            yield depth, spaced(item.title)
            yield from of_outline(item.children, depth + 1)

    with document.pdf.open_outline() as outline:
        listed = [item for item in of_outline(outline.root) if item[0] <= 2]
    expected = [
        (int(heading.tag[1]), spaced(document.text_of(heading)))
        for heading in document.root.find("H1", "H2")
    ]
    if listed != expected:
        different = [
            pair for pair in itertools.zip_longest(listed, expected) if len({*pair}) > 1
        ]
        yield f"{different[:3]}"


def parts(document, languages):
    """Each document says its language, and what is quoted in the other one says that."""
    said = [part.language for part in document.root.children]
    if [code for code, _group in itertools.groupby(said)] != list(languages):
        yield f"{said}, not {list(languages)}"
    for part in document.root.children:
        for element in part.walk():
            if element.tag == "BlockQuote":
                if element.own_language != OTHER[part.language]:
                    yield f"{document.text_of(element)[:60]!r} is in {element.language}"
            elif element.own_language not in {None, part.language} and element is part:
                yield f"a part in {element.own_language}"


CHECKS = (
    *(tagged, language, title, pdfuaid, untagged, headings, main_heading),
    *(cells, figures, links, fonts, tabs, bookmarks, parts),
)


# What people wrote ------------------------------------------------------------------------


def _changed(document, written):
    """What of ``written`` is not there, or is not read aloud in its language."""
    for text, code in written:
        plain = spaced(text)
        # Where it stands alone: in what a quotation or a paragraph holds, or a page of one.
        read = [
            spaced(" ".join(_read_in(document, part, code)))
            for part in document.root.children
        ]
        if plain not in spaced(" ".join(read)):
            yield f"words: {plain[:60]!r} is not read in {code}"


def _read_in(document, element, code):
    """The texts of ``element`` that are said to be in the language ``code``, in their order."""
    for kid in [*element.contents, *element.children]:
        if isinstance(kid, tuple):
            if element.language == code:
                yield document.texts.get(kid, "")
        else:
            yield from _read_in(document, kid, code)
