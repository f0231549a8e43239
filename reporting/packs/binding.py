"""Joining PDFs into one that is as accessible as they are: the contents, then each document.

Joining pages is easy and loses what screen readers need: each document's structure, which is a tree
of its own beside the pages. So the trees are joined as well. In each document, before it is copied,
the numbers by which pages lead to the structure are moved past those of the documents before it, the
names of the heads of tables are made its own, and links lead to places instead of names of places.

``bound`` has ``confined`` run this as a program, so it imports no Django. It reads JSON of what to
join and writes the PDF; ``TOO_MUCH`` is how it ends where it has too little memory for that.
"""

import io
import json
import sys
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, String

A_DOCUMENT = "pack:"  # how the links of the contents begin
TOO_MUCH = 3


def main():
    try:
        contents, documents = json.load(sys.stdin)
        bind(sys.stdout.buffer, Path(contents).read_bytes(), documents)
    except MemoryError:
        sys.exit(TOO_MUCH)


def bind(file, contents, documents):
    """Write the PDF ``contents`` with all of ``documents`` after it into ``file``.

    Of each of those a number, a title and a path; the links of the contents lead to ``pack:NUMBER``.
    """
    with pikepdf.open(io.BytesIO(contents)) as pdf:
        volume = _Volume(pdf)
        first_pages = {}
        for number, title, path in documents:
            first_pages[number] = len(pdf.pages)
            with pikepdf.open(path) as source:
                volume.add(source, title, prefix=f"d{number:04}-")
        volume.finish(first_pages)
        pdf.save(
            file,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
        )


class _Volume:
    """The PDF that grows: the contents, to which documents are added one by one."""

    def __init__(self, pdf):
        self.pdf = pdf
        self.root = pdf.Root.StructTreeRoot
        self.document = self.root.K[0]
        self.parents = list(self.root.ParentTree.Nums)
        self.heads = list(_heads(self.root))
        self.outline = []

    @property
    def next_parent(self):
        """The first number that leads from no page to the structure yet."""
        return 1 + max(int(number) for number in self.parents[::2])

    def add(self, source, title, prefix):
        _move_parents(source, self.next_parent)
        _rename_heads(source, prefix)
        _resolve_links(source)
        first, language = len(self.pdf.pages), source.Root.Lang
        # The pages first: what the structure says of them then leads to the copies.
        self.pdf.pages.extend(source.pages)
        copy = self.pdf.copy_foreign(source.Root.StructTreeRoot)
        part = self.pdf.make_indirect(
            Dictionary(
                Type=Name.StructElem,
                S=Name.Part,
                P=self.document,
                T=String(title),
                Lang=String(str(language)),
                K=copy.K[0].K,
            )
        )
        for kid in part.K:
            kid.P = part
        self.document.K.append(part)
        self.parents += list(copy.ParentTree.Nums)
        self.heads += _heads(copy)
        pages = {page.objgen: first + at for at, page in enumerate(source.pages)}
        with source.open_outline() as outline:
            self.outline.append(OutlineItem(title, first, "XYZ", left=0, top=842))
            self.outline[-1].children.extend(
                self._bookmark(item, pages) for item in outline.root
            )

    def finish(self, first_pages):
        self.root.ParentTree = self.pdf.make_indirect(
            Dictionary(Nums=Array(self.parents))
        )
        self.root.ParentTreeNextKey = self.next_parent
        self._name_heads()
        for page in self.pdf.pages:
            for link in page.get("/Annots", []):
                target = str(link.get("/A", {}).get("/URI", ""))
                if target.startswith(A_DOCUMENT):
                    first = first_pages[int(target.removeprefix(A_DOCUMENT))]
                    del link.A
                    link.Dest = Array([self.pdf.pages[first].obj, Name.Fit])
        with self.pdf.open_outline() as outline:
            outline.root.extend(self.outline)
        self.pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D)]))
        self.pdf.Root.PageMode = Name.UseOutlines

    def _name_heads(self):
        if not self.heads:
            return
        self.heads.sort(key=lambda pair: bytes(pair[0]))
        limits = Array([self.heads[0][0], self.heads[-1][0]])
        names = Array([item for pair in self.heads for item in pair])
        leaf = self.pdf.make_indirect(Dictionary(Names=names, Limits=limits))
        self.root.IDTree = self.pdf.make_indirect(Dictionary(Kids=Array([leaf])))

    def _bookmark(self, item, pages):
        page, *where = item.destination
        copy = OutlineItem(
            item.title,
            Array([self.pdf.pages[pages[page.objgen]].obj, *where]),
        )
        copy.children.extend(self._bookmark(child, pages) for child in item.children)
        return copy


def _heads(root):
    """The heads of tables: pairs of a name and an element."""
    for leaf in root.get("/IDTree", {}).get("/Kids", []):
        names = leaf.Names
        for at in range(0, len(names), 2):
            yield names[at], names[at + 1]


def _move_parents(source, by):
    numbers = source.Root.StructTreeRoot.ParentTree.Nums
    for at in range(0, len(numbers), 2):
        numbers[at] = int(numbers[at]) + by
    for page in source.pages:
        page.StructParents = int(page.StructParents) + by
        for annotation in page.get("/Annots", []):
            annotation.StructParent = int(annotation.StructParent) + by


def _rename_heads(source, prefix):
    tree = source.Root.StructTreeRoot.get("/IDTree", {})
    for leaf in tree.get("/Kids", []):
        for at in range(0, len(leaf.Names), 2):
            leaf.Names[at] = String(prefix + str(leaf.Names[at]))
    for element in source.objects:
        if (
            not isinstance(element, Dictionary)
            or element.get("/Type") != Name.StructElem
        ):
            continue
        if "/ID" in element:
            element.ID = String(prefix + str(element.ID))
        attributes = element.get("/A")
        if isinstance(attributes, Dictionary) and "/Headers" in attributes:
            attributes.Headers = Array(
                [String(prefix + str(name)) for name in attributes.Headers]
            )


def _resolve_links(source):
    """Let links lead to places: the names of places would be those of other documents as well."""
    names = source.Root.get("/Names", {}).get("/Dests", {}).get("/Names", [])
    places = {str(names[at]): names[at + 1] for at in range(0, len(names), 2)}
    for page in source.pages:
        for link in page.get("/Annots", []):
            if isinstance(link.get("/Dest"), String):
                link.Dest = places[str(link.Dest)]
            action = link.get("/A", {})
            if isinstance(action.get("/D"), String):
                action.D = places[str(action.D)]


if __name__ == "__main__":
    main()
