"""Reads the structure of a tagged PDF, as a screen reader would."""

import re
from dataclasses import dataclass, field
from functools import cached_property

import pikepdf
from pikepdf import Array, Name, Object


@dataclass
class Element:
    """One element: its tag, its language (its own or inherited), and what it holds."""

    tag: str
    language: str
    own_language: str | None
    source: Object
    children: list["Element"] = field(default_factory=list)
    contents: list[tuple[int, int]] = field(default_factory=list)  # page, number
    annotations: int = 0

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, *tags):
        return [element for element in self.walk() if element.tag in tags]


class Document:
    """An opened PDF with its structure and the text of every piece of marked content."""

    def __init__(self, pdf):
        self.pdf = pdf
        self.pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
        self.root = self._element(pdf.Root.StructTreeRoot.K[0], str(pdf.Root.Lang))

    def _element(self, source, language):
        own = str(source.Lang) if "/Lang" in source else None
        element = Element(str(source.S)[1:], own or language, own, source)
        kids = source.get("/K", [])
        for kid in kids if isinstance(kids, Array) else [kids]:
            if not isinstance(kid, Object):
                element.contents.append((self.pages[source.Pg.objgen], int(kid)))
            elif kid.get("/Type") == Name.OBJR:
                element.annotations += 1
            else:
                element.children.append(self._element(kid, element.language))
        return element

    def marked_contents(self):
        """Every piece of content on the pages: its page, and its number or None.

        None for an artifact; "untagged" for what is drawn outside both.
        """
        drawing = {"Tj", "TJ", "'", '"', "f", "F", "f*", "B", "b", "S", "s", "sh", "Do"}
        for page_number, page in enumerate(self.pdf.pages):
            stack = []
            for instruction in pikepdf.parse_content_stream(page):
                operator = str(instruction.operator)
                if operator in {"BDC", "BMC"}:
                    tag = str(instruction.operands[0])
                    number = None
                    if tag != "/Artifact" and len(instruction.operands) > 1:
                        number = int(instruction.operands[1].MCID)
                    stack.append(number)
                elif operator == "EMC":
                    stack.pop()
                elif operator in drawing:
                    yield page_number, stack[-1] if stack else "untagged"

    def text_of(self, element):
        """The words of ``element`` and all it holds, in the order of the structure."""
        return " ".join(" ".join(self._pieces(element)).split())

    def _pieces(self, element):
        # The order between an element's own content and its children's is that of the numbers.
        for kid in [*element.contents, *element.children]:
            if isinstance(kid, tuple):
                yield self.texts.get(kid, "")
            else:
                yield from self._pieces(kid)

    @cached_property
    def texts(self):
        """The text of each piece of marked content, by page and number."""
        texts = {}
        for page_number, page in enumerate(self.pdf.pages):
            letters = {
                name: letters_of(font) for name, font in page.Resources.Font.items()
            }
            number, font = None, {}
            for instruction in pikepdf.parse_content_stream(page):
                operator = str(instruction.operator)
                if operator == "BDC" and "/MCID" in instruction.operands[1]:
                    number = int(instruction.operands[1].MCID)
                elif operator == "EMC":
                    number = None
                elif operator == "Tf":
                    font = letters[str(instruction.operands[0])]
                elif operator == "TJ" and number is not None:
                    key = (page_number, number)
                    for piece in instruction.operands[0]:
                        if isinstance(piece, pikepdf.String):
                            texts[key] = texts.get(key, "") + _decoded(
                                bytes(piece), font
                            )
        return texts


def letters_of(font):
    """What each glyph of a font stands for, from its ToUnicode table."""
    table = font.ToUnicode.read_bytes()
    blocks = re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL)
    pairs = re.findall(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", b"".join(blocks))
    return {
        int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
        for glyph, text in pairs
    }


def _decoded(raw, letters):
    glyphs = (int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2))
    return "".join(letters[glyph] for glyph in glyphs)
