"""What WeasyPrint leaves out of a tagged PDF, put in afterwards.

WeasyPrint 70 writes the language of the whole document only, so a screen reader would read an
English answer in a Welsh document with a Welsh voice. Three ways lead to a mark on the parts:
wrapping WeasyPrint's private tree builder, matching the finished tree with the HTML by order, or
letting the tags themselves say it. This is the third: it needs nothing but the documented tags, so
an update cannot silently break it. The template quotes what is in the other language, and nothing
else, in a ``blockquote``; each language's document is an ``article`` that begins on a known page.

It also names every head of a table once (WeasyPrint repeats the name on each page the table goes on
to) and says what it is the head of, and marks running heads and page numbers as what they are:
WeasyPrint leaves them as content that belongs to nothing.
"""

import re
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, String

MARKED = re.compile(rb"/\w+\s*<<\s*/MCID (\d+)\s*>>\s*BDC")
PAGINATION = b"/Artifact <</Type /Pagination>> BDC"
WITHOUT_CONTENT = {"/NonStruct", "/Span", "/Div"}


def finish(raw, *, languages, first_pages):
    """The PDF ``raw`` with its parts' languages, its heads of tables and its pagination.

    ``languages`` in the order of the documents, which begin at ``first_pages``, counted from 0.
    """
    with pikepdf.open(BytesIO(raw)) as pdf:
        tree = _Tree(pdf, languages, first_pages)
        tree.walk()
        _mark_pagination(pdf, tree.marked)
        finished = BytesIO()
        pdf.save(
            finished,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
        )
    return finished.getvalue()


class _Tree:
    """Walks the structure once. ``marked`` collects, by page, the content it holds."""

    def __init__(self, pdf, languages, first_pages):
        self.pdf = pdf
        self.pages = {page.objgen: index for index, page in enumerate(pdf.pages)}
        self.starts = list(zip(first_pages, languages, strict=True))
        self.marked = [set() for page in pdf.pages]
        self.heads = {}

    def walk(self):
        root = self.pdf.Root.StructTreeRoot
        document = root.K[0]
        for part in document.K:
            language = self.language_of(part)
            if language != self.starts[0][1]:
                part.Lang = String(language)
            self.element(part, language)
        self.drop_empty(document)
        if self.heads:
            names = sorted(self.heads)
            pairs = [
                item for name in names for item in (String(name), self.heads[name])
            ]
            limits = Array([String(names[0]), String(names[-1])])
            leaf = self.pdf.make_indirect(Dictionary(Names=Array(pairs), Limits=limits))
            root.IDTree = self.pdf.make_indirect(Dictionary(Kids=Array([leaf])))

    def language_of(self, part):
        page = self.pages[part.Pg.objgen]
        return next(code for first, code in reversed(self.starts) if page >= first)

    def element(self, element, language):
        kind = element.S
        if kind == Name.BlockQuote:
            element.Lang = String("en" if language == "cy" else "cy")
        elif kind == Name.Table:
            self.table(element)
        page = self.pages[element.Pg.objgen]
        kids = element.K
        for kid in kids if isinstance(kids, Array) else [kids]:
            if not isinstance(kid, Object):
                self.marked[page].add(int(kid))
            elif kid.get("/Type") == Name.StructElem:
                self.element(kid, language)
        self.drop_empty(element)

    def drop_empty(self, element):
        """Leave out the boxes that hold only a drawn shape."""
        kids = element.K
        kept = [kid for kid in kids if not _is_empty(kid)]
        if len(kept) < len(kids):
            element.K = Array(kept)

    def table(self, table):
        names = {}
        cells = [
            (group.S, cell)
            for group in table.K
            if group.S in {Name.THead, Name.TBody}
            for row in group.K
            for cell in row.K
        ]
        for group, cell in cells:
            if cell.S == Name.TH:
                name = f"h{len(self.heads) + 1:06}"
                names[str(cell.ID)] = name
                self.heads[name] = cell
                cell.ID = String(name)
                cell.A.Scope = Name.Column if group == Name.THead else Name.Row
        for _group, cell in cells:
            if cell.S == Name.TD:
                cell.A.Headers = Array(
                    [String(names[str(head)]) for head in cell.A.get("/Headers", [])]
                )


def _is_empty(kid):
    return (
        isinstance(kid, Object)
        and kid.get("/Type") == Name.StructElem
        and str(kid.S) in WITHOUT_CONTENT
        and len(kid.K) == 0
    )


def _mark_pagination(pdf, marked):
    """Turn content that the structure does not hold into artifacts of the page."""
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    parents = {int(numbers[at]): numbers[at + 1] for at in range(0, len(numbers), 2)}
    for page, held in zip(pdf.pages, marked, strict=True):

        def mark(match, held=held):
            return match[0] if int(match[1]) in held else PAGINATION

        stream = page.Contents
        stream.write(MARKED.sub(mark, stream.read_bytes()))
        elements = parents[int(page.StructParents)]
        for number in range(len(elements)):
            if number not in held:
                elements[number] = None
