"""The record of a review as a PDF: what is in it, in which language, and who may have it."""

import io
import itertools
import re
from pathlib import Path

import pikepdf
import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from assessments.models import Action
from organisations.models import User
from peerreview.models import ActionOrigin, Annotation, Finding, Response
from peerreview.selectors.records import load_records
from reporting.pdf.press import TooLong
from reporting.pdf.review_record import render_review_record
from tests.peerreview.said import agree, annotate, find, reply
from tests.peerreview.world import Phase
from tests.reporting.tree import Document
from tests.steps import outcome_of

pytestmark = pytest.mark.django_db

OTHER = {"cy": "en", "en": "cy"}
WELSH = "Mae'r tŷ yn y dŵr, a'r gŵyn wedi'i hateb."
ENGLISH = 'The list & its < keeper > is "there".'


@pytest.fixture
def full(world):
    """Every kind of text, in both languages."""
    world.put_into(Phase.AGREEING)
    outcome = outcome_of(world.review.reflection)
    first = annotate(world, text=f"1 {WELSH}", language="cy", outcome=outcome)
    second = annotate(world, text=f"2 {ENGLISH}", choice="suggestion")
    annotate(
        world, text=f"3 {WELSH}", language="cy", choice="good_practice", outcome=outcome
    )
    annotate(world, text=f"4 {ENGLISH}", choice="support")
    Annotation.objects.filter(pk=second.pk).update(
        resolved_at=timezone.now(), resolved_by=world.reviewer
    )
    conclusion = find(world, text=f"5 {WELSH}", language="cy")
    find(world, part="notes", choice="", text=f"6 {ENGLISH}", outcome=None)
    agree(world, 2, reason=f"7 {ENGLISH}")
    reply(world, first, "accept", f"8 {ENGLISH}")
    reply(world, second, "explain", f"9 {ENGLISH}")
    reply(world, conclusion, "disagree", f"10 {WELSH}")
    action = Action.objects.create(
        reflection=world.review.reflection,
        text=f"11 {ENGLISH}",
        language="en",
        owner=world.lead,
        added_by=world.facilitator,
    )
    ActionOrigin.objects.create(action=action, review=world.review)
    return world


def texts(language):
    """Which of the eleven texts are in ``language``, and the words of each."""
    welsh = {1, 3, 5, 10}
    chosen = welsh if language == "cy" else set(range(1, 12)) - welsh
    return [f"{number} {WELSH if language == 'cy' else ENGLISH}" for number in chosen]


def draw(world, *languages, reader=None, reviews=None, of_the_group=False):
    return render_review_record(
        load_records(reviews or [world.review], reader=reader or world.national),
        group=world.group,
        of_the_group=of_the_group,
        languages=languages,
        made_at=timezone.now(),
    )


def opened(raw):
    return Document(pikepdf.open(io.BytesIO(raw)))


def words(raw):
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(raw)).pages]
    return " ".join(" ".join(pages).split())


@pytest.mark.parametrize("language", ["cy", "en"])
def test_it_holds_every_word_in_the_language_it_was_written_in(full, language):
    raw = draw(full, language)

    document = opened(raw)
    quotes = [document.text_of(quote) for quote in document.root.find("BlockQuote")]
    assert sorted(quotes) == sorted(texts(OTHER[language]))
    assert {quote.language for quote in document.root.find("BlockQuote")} == {
        OTHER[language]
    }
    for text in texts(language):
        assert words(raw).count(text) == 1
    assert str(document.pdf.Root.Lang) == language


@pytest.mark.parametrize("language", ["cy", "en"])
def test_both_levels_stand_side_by_side(full, language):
    document = opened(draw(full, language))

    rows = [
        [document.text_of(cell) for cell in row.children]
        for row in document.root.find("Table")[2].find("TR")
    ]
    with translation.override(language):
        assert rows[0][1:] == [_("The cluster's own level"), _("Agreed level")]
        assert rows[1][1] == _("Not answered")
        assert rows[1][2].startswith("2 ")
        assert rows[2][1:] == [_("Not answered"), _("No level agreed yet")]


def test_it_is_readable_for_everyone(full):
    document = opened(draw(full, "cy", "en"))

    tagged = {item for element in document.root.walk() for item in element.contents}
    drawn = {item for item in document.marked_contents() if item[1] is not None}
    headings = document.root.find("H1", "H2", "H3", "H4", "H5")
    levels = [int(element.tag[1]) for element in headings]
    assert document.pdf.Root.MarkInfo.Marked
    assert drawn <= tagged
    assert len(document.root.find("H1")) == 2
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert [part.language for part in document.root.children] == sorted(
        part.language for part in document.root.children
    )
    with document.pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    title = str(document.pdf.docinfo.Title)
    assert title.startswith("Cofnod yr adolygiad: ")
    assert " / Record of the review: " in title


@pytest.mark.parametrize("language", ["cy", "en"])
def test_its_frame_is_in_its_language(full, language):
    raw = draw(full, language)

    last = words(raw)[-200:]
    with translation.override(language):
        number = len(pypdf.PdfReader(io.BytesIO(raw)).pages)
        assert _("Page %(number)s of %(total)s") % {
            "number": number,
            "total": number,
        } in words(raw)
        assert _("Made: %(when)s").partition(":")[0] in last
    assert full.round.name_cy in words(draw(full, "cy"))


def test_a_group_has_all_its_clusters(full):
    annotate(full, text="Of Ogwr.", review=full.others[0])

    raw = draw(full, "en", reviews=[full.review, *full.others], of_the_group=True)

    headings = [opened(raw).text_of(heading) for heading in opened(raw).root.find("H2")]
    names = [
        review.reflection.cluster.name_en for review in [full.review, *full.others]
    ]
    assert headings == ["Contents", "Who took part", *names]
    assert "Of Ogwr." in words(raw)
    assert "Group 1" in words(raw)


HOSTILE = [
    '<img src="http://127.0.0.1:9/img"><script>x</script>',
    '<a rel="attachment" href="file:///etc/hostname">x</a>',
    '"}} @page {{ background: url(http://127.0.0.1:9/page) }}',
    "</blockquote></article><!-- {% include 'base.html' %} {{ record }}",
    "nul\x07 \u202etxet half a word " + "y" * 300,
]


@pytest.mark.parametrize("snippet", HOSTILE)
def test_hostile_text_is_only_text(full, snippet):
    for model in (Annotation, Finding, Response, Action):
        model.objects.update(text=snippet, language="cy")
    User.objects.filter(pk=full.reviewer.pk).update(name=snippet[:150])

    raw = draw(full, "en")

    document = opened(raw)
    quotes = [document.text_of(quote) for quote in document.root.find("BlockQuote")]
    readable = re.sub(r"[\x07\u202e]", "", snippet)
    literal = re.sub(r"\s", "", readable)
    # Again and again and nothing else; one that goes on upon the next page is in two elements.
    assert set(re.sub(r"\s", "", "".join(quotes)).split(literal)) == {""}
    assert len(document.root.find("H1")) == 1
    assert Path("/etc/hostname").read_text().strip() not in words(raw)
    for thing in document.pdf.objects:
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            assert not {"/EF", "/URI", "/JS", "/EmbeddedFiles"} & set(thing.keys())


def test_an_empty_record_is_drawn(world):
    text = words(draw(world, "en"))

    assert "No findings have been shared yet" in text
    assert "The review has not closed yet" in text


def test_a_record_without_end_is_refused(full):
    Finding.objects.update(text="a\n" * 20_000)

    with pytest.raises(TooLong):
        draw(full, "en")


# Who may have it --------------------------------------------------------------------------

ACTORS = (
    *("lead", "contributor", "reviewer", "second_reviewer", "outsider", "unassigned"),
    *("facilitator", "officer", "other_officer", "national"),
)


def address(world, *, group=False, language="cy"):
    where = {"round": world.round.code, "language": language}
    if group:
        where["group"] = world.group.number
        return reverse("reporting:group_record_pdf", kwargs=where)
    where["cluster"] = world.review.reflection.cluster.code
    return reverse("reporting:review_record_pdf", kwargs=where)


@pytest.fixture
def quickly_drawn(monkeypatch):
    """What is drawn is tested above."""

    def drawn(records, **said):
        texts = [r.annotation.text for record in records for r in record.remarks]
        return "\n".join([said["languages"][0], *texts]).encode()

    monkeypatch.setattr("reporting.views.review_records.render_review_record", drawn)


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("actor", ACTORS)
def test_who_may_have_it(client, world, quickly_drawn, actor, phase):
    world.put_into(phase)
    annotate(world, text="A shared question.")
    annotate(world, text="Canary of a draft.", shared=False)
    client.force_login(getattr(world, actor))

    found = [client.get(address(world, group=group)) for group in (False, True)]

    around = {"lead", "contributor", "officer", "national"}
    reviewing = {"reviewer", "second_reviewer", "facilitator"}
    knows = around | reviewing
    sees = (
        {"reviewer", "facilitator"}
        if phase in {Phase.READING, Phase.ANNOTATING}
        else knows
    )
    in_the_group = knows | {"other_officer"}
    assert [each.status_code for each in found] == [
        200 if actor in knows else 404,
        200 if actor in in_the_group else 404,
    ]
    for each in found:
        assert (b"A shared question." in each.content) == (actor in sees)
        assert b"Canary" not in each.content


@pytest.mark.parametrize("language", ["cy", "en", "both"])
def test_review_record_pdf_is_a_file_to_keep(client, full, language):
    client.force_login(full.lead)

    response = client.get(address(full, language=language))

    assert response.content.startswith(b"%PDF-1.7")
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response.headers["Cache-Control"]
    start = "record-of-review-autumn" if language == "en" else "cofnod-adolygiad-autumn"
    assert start in response.headers["Content-Disposition"]


def test_review_record_pdf_of_what_is_not_there(client, full):
    client.force_login(full.lead)

    assert client.get(address(full, language="fr")).status_code == 404
    assert client.get(address(full, group=True, language="fr")).status_code == 404
    assert client.post(address(full)).status_code == 405


def test_review_record_pdf_that_is_too_long(client, full):
    Finding.objects.update(text="a\n" * 20_000)
    client.force_login(full.lead)

    response = client.get(address(full))

    assert response.status_code == 413
    assert "too much text" in response.content.decode()
