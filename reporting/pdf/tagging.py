"""What WeasyPrint leaves out of a tagged PDF, put in afterwards.

WeasyPrint 70 writes the language of the whole document only, so a screen reader would read an
English answer in a Welsh document with a Welsh voice. Three ways lead to a mark on the parts:
wrapping WeasyPrint's private tree builder, matching the finished tree with the HTML by order, or
letting the tags themselves say it. This is the third: it needs nothing but the documented tags, so
an update cannot silently break it. The template quotes what is in the other language, and nothing
else, in a ``blockquote``; each language's document is an ``article`` that begins on a known page.

It also gives every item of a list one body (WeasyPrint: as many as it has paragraphs, or none),
names every head of a table once (WeasyPrint repeats the name on each page the table goes on
to) and says what it is the head of, and marks running heads and page numbers as what they are:
WeasyPrint leaves them as content that belongs to nothing. Links are called by their words
(WeasyPrint: by the name of the place they lead to), and none is inside another (WeasyPrint: the
number of a page, behind the words of an entry of the contents).
"""

import re
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, String

MARKED = re.compile(rb"/\w+\s*<<\s*/MCID (\d+)\s*>>\s*BDC")
PAGINATION = b"/Artifact <</Type /Pagination>> BDC"
WITHOUT_CONTENT = {"/NonStruct", "/Span", "/Div"}


def finish(raw, *, languages, first_pages, link_words):
    """The PDF ``raw`` with its parts' languages, its links, heads of tables and pagination.

    ``languages`` in the order of the documents, which begin at ``first_pages``, counted from 0;
    ``link_words`` holds, for each page, where its links lead and what words lead there.
    """
    with pikepdf.open(BytesIO(raw)) as pdf:
        tree = _Tree(pdf, languages, first_pages)
        tree.walk()
        _name_links(pdf, link_words)
        _mark_pagination(pdf, tree)
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
        # Which element holds what: pairs of a number and the element.
        self.parents = pdf.Root.StructTreeRoot.ParentTree.Nums
        self.parent_at = {
            int(self.parents[at]): at + 1 for at in range(0, len(self.parents), 2)
        }

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
        elif kind == Name.Link:
            self.link(element)
        elif kind == Name.LI:
            self.item(element)
        page = self.pages[element.Pg.objgen]
        kids = element.K
        for kid in kids if isinstance(kids, Array) else [kids]:
            if not isinstance(kid, Object):
                self.marked[page].add(int(kid))
            elif kid.get("/Type") == Name.StructElem:
                self.element(kid, language)
        self.drop_empty(element)

    def link(self, link):
        """Make what is a link inside ``link`` a part of it."""
        for inner in [kid for kid in link.K if _is_a(kid, "/S", Name.Link)]:
            marks = [kid for kid in inner.K if _is_a(kid, "/Type", Name.OBJR)]
            inner.S = Name.Span
            inner.K = Array([kid for kid in inner.K if kid not in marks])
            for mark in marks:
                self.parents[self.parent_at[int(mark.Obj.StructParent)]] = link
                link.K.append(mark)

    def item(self, item):
        """Put what an item of a list holds beside its mark into one body."""
        mark = [kid for kid in item.K if _is_a(kid, "/S", Name.Lbl)]
        rest = [kid for kid in item.K if kid not in mark]
        if len(rest) == 1 and _is_a(rest[0], "/S", Name.LBody):
            return
        body = self.pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.LBody, P=item, Pg=item.Pg, K=rest)
        )
        for kid in rest:
            kid.P = body
            if _is_a(kid, "/S", Name.LBody):
                kid.S = Name.Div
        item.K = Array([*mark, body])

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


def _is_a(kid, key, name):
    return isinstance(kid, Object) and kid.get(key) == name


def _is_empty(kid):
    return (
        _is_a(kid, "/Type", Name.StructElem)
        and str(kid.S) in WITHOUT_CONTENT
        and len(kid.K) == 0
    )


def _name_links(pdf, words):
    for page, links in zip(pdf.pages, words, strict=True):
        left = list(links)
        for annotation in page.get("/Annots", []):
            # By the name of where it leads, because what leads nowhere has none.
            target = str(annotation.Contents)
            found = next((link for link in left if link[0] == target), None)
            if found:
                left.remove(found)
                annotation.Contents = String(found[1] or target)


def _mark_pagination(pdf, tree):
    """Turn content that the structure does not hold into artifacts of the page."""
    for page, held in zip(pdf.pages, tree.marked, strict=True):

        def mark(match, held=held):
            return match[0] if int(match[1]) in held else PAGINATION

        stream = page.Contents
        stream.write(MARKED.sub(mark, stream.read_bytes()))
        elements = tree.parents[tree.parent_at[int(page.StructParents)]]
        for number in range(len(elements)):
            if number not in held:
                elements[number] = None
