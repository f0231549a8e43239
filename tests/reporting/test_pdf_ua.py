"""Every document can be read by everyone: fourteen checks, each of which is seen to fail too.

And a validator of PDF/UA-1, which is seen to see what a program can see of it.
"""

import io

import pikepdf
import pytest
from pikepdf import Name, String

from reporting.pdf.press import Job, draw
from tests.reporting.faults import CHECKS, faults
from tests.reporting.made import DOCUMENTS, LANGUAGES, everything
from tests.reporting.tree import Document

__all__ = ["everything"]

BOTH = LANGUAGES["both"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_can_be_read_by_everyone(client, everything, name):
    made = DOCUMENTS[name]

    drawn = {code: made.had(client, everything, code).content for code in LANGUAGES}

    assert {
        code: faults(raw, LANGUAGES[code], made.written(everything))
        for code, raw in drawn.items()
    } == {code: [] for code in LANGUAGES}
    titles = {code: titles_of(raw) for code, raw in drawn.items()}
    assert titles["both"] == titles["cy"] + titles["en"]
    assert titles["cy"] != titles["en"]


def titles_of(raw):
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        return str(pdf.docinfo.Title).split(" / ")


# Each check fails ---------------------------------------------------------------------------

PART = """
<article id="summary-{0}" lang="{0}" class="{0}">
  <h1>{1}</h1>
  <p><a href="#{0}-table">{2}</a></p>
  <h2 id="{0}-table">{2}</h2>
  <table>
    <thead><tr><th>{3}</th><th>{4}</th></tr></thead>
    <tbody><tr><th>Afan</th><td>2</td></tr></tbody>
  </table>
  <h3>{4}</h3>
  <svg width="9" height="9"><title>{3}</title><rect width="9" height="9"/></svg>
  <blockquote><p>{5}</p></blockquote>
</article>
"""
SPECIMEN = """
<!DOCTYPE html><html lang="cy"><head><title>Crynodeb: Afan / Summary: Afan</title></head>
<body>{}{}</body></html>
"""
WELSH, ENGLISH = "Mae'r tŷ yn y dŵr.", "The house is in the water."


@pytest.fixture(scope="module")
def specimen():
    """A document in both languages with one of everything."""
    parts = [
        PART.format("cy", "Crynodeb", "Lefelau", "Clwstwr", "Lefel", ENGLISH),
        PART.format("en", "Summary", "Levels", "Cluster", "Level", WELSH),
    ]
    css = ".en { break-before: page } a::after { content: target-counter(attr(href), page) }"
    return draw(Job(SPECIMEN.format(*parts), css, {}, BOTH))


def first(pdf, tag):
    return Document(pdf).root.find(tag)[0].source


def say_not_tagged(pdf):
    pdf.Root.MarkInfo.Marked = False


def say_another_language(pdf):
    pdf.Root.Lang = String("en")


def keep_the_title_in_one_language(pdf):
    pdf.docinfo.Title = String("Crynodeb: Afan")
    with pdf.open_metadata() as metadata:
        metadata["dc:title"] = "Crynodeb: Afan"


def say_nothing_of_pdfua(pdf):
    with pdf.open_metadata() as metadata:
        del metadata["pdfuaid:part"]


def draw_outside_the_structure(pdf):
    pdf.pages[0].contents_add(b"0 0 9 9 re f")


def skip_a_level(pdf):
    first(pdf, "H2").S = Name.H4


def have_two_main_headings(pdf):
    first(pdf, "H2").S = Name.H1


def lose_a_head(pdf):
    first(pdf, "TD").A.Headers[0] = String("of another table")


def say_nothing_of_a_drawing(pdf):
    del first(pdf, "Figure").Alt


def call_a_link_by_its_address(pdf):
    pdf.pages[0].Annots[0].Contents = String("cy-table")


def leave_a_font_out(pdf):
    for font in pdf.pages[0].Resources.Font.values():
        descriptor = font.DescendantFonts[0].FontDescriptor
        for name in {"/FontFile2", "/FontFile3"} & set(descriptor.keys()):
            del descriptor[name]


def have_no_order_of_tabs(pdf):
    del pdf.pages[1].Tabs


def have_no_bookmarks(pdf):
    del pdf.Root.Outlines


def read_a_quotation_in_the_wrong_language(pdf):
    del first(pdf, "BlockQuote").Lang


BROKEN = {
    "tagged": say_not_tagged,
    "language": say_another_language,
    "title": keep_the_title_in_one_language,
    "pdfuaid": say_nothing_of_pdfua,
    "untagged": draw_outside_the_structure,
    "headings": skip_a_level,
    "main_heading": have_two_main_headings,
    "cells": lose_a_head,
    "figures": say_nothing_of_a_drawing,
    "links": call_a_link_by_its_address,
    "fonts": leave_a_font_out,
    "tabs": have_no_order_of_tabs,
    "bookmarks": have_no_bookmarks,
    "parts": read_a_quotation_in_the_wrong_language,
}
ALSO_BREAKS = {
    "language": {"main_heading", "parts"},  # what is not said otherwise is in it
    "headings": {"bookmarks"},
    "main_heading": {"title", "headings", "bookmarks"},
}


SEEN_BY_THE_VALIDATOR = {
    *("tagged", "pdfuaid", "untagged", "headings", "main_heading"),
    *("figures", "fonts", "tabs"),
}


def test_the_specimen_has_no_faults(specimen):
    written = [(WELSH, "cy"), (ENGLISH, "en")]

    assert faults(specimen, BOTH, written) == []
    assert [check.__name__ for check in CHECKS] == list(BROKEN)


@pytest.mark.parametrize("check", BROKEN)
def test_each_check_fails(specimen, check):
    broken = io.BytesIO()
    with pikepdf.open(io.BytesIO(specimen)) as pdf:
        BROKEN[check](pdf)
        pdf.save(broken)

    found = faults(broken.getvalue(), BOTH)

    names = {fault.partition(":")[0] for fault in found}
    rules = {name for name in names if name.startswith("PDFUA1-")}
    assert names - rules == {check} | ALSO_BREAKS.get(check, set())
    assert bool(rules) == (check in SEEN_BY_THE_VALIDATOR)


def test_without_any_structure_there_is_one_fault(specimen):
    broken = io.BytesIO()
    with pikepdf.open(io.BytesIO(specimen)) as pdf:
        del pdf.Root.StructTreeRoot
        pdf.save(broken)

    assert faults(broken.getvalue(), BOTH) == ["tagged: there is no structure"]


@pytest.mark.parametrize(
    "written",
    [(WELSH, "en"), (ENGLISH, "cy"), (WELSH.replace("ŵ", "w"), "cy")],
    ids=["in another language", "in another language too", "a letter lost"],
)
def test_words_that_are_not_there_are_a_fault(specimen, written):
    (found,) = faults(specimen, BOTH, [written])

    assert found.startswith("words: ")
