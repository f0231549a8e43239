"""Texts that go out as files and come back: what is in them, what is refused, what is applied."""

import datetime
import io
import re
from html import unescape
from xml.etree import ElementTree

import polib
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

from cdf_site.common import uploads
from cdf_site.common.workbooks import Unreadable
from frameworks import services
from frameworks.models import Correction, Edition, FrameworkUpload, Outcome
from frameworks.translation_files.catalogues import po, xliff
from frameworks.translation_files.comparing import compare
from frameworks.translation_files.layout import lines_of
from frameworks.translation_files.reading import UNREADABLE, Code, read
from frameworks.translation_files.workbook import KEY, workbook
from tests.common.hostile import MEGABYTE, xlsx
from tests.factories import EditionFactory, LogicModelEntryFactory
from tests.frameworks.translations import (
    check_all,
    draft_to_translate,
    first,
    key_of,
    made_workbook,
    page_of,
    put,
    row_of,
    save,
    states,
    texts,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(db):
    return draft_to_translate()


@pytest.fixture
def signed_in(client, translator):
    client.force_login(translator)
    return client


def words_of(response):
    return " ".join(
        unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split()
    )


def made_po(edition, change=None, source="cy", target="en"):
    catalogue = polib.pofile(
        po(edition, lines_of(edition), source=source, target=target).decode()
    )
    if change:
        change({entry.msgctxt: entry for entry in catalogue}, catalogue)
    return str(catalogue).encode()


def upload(content, name="texts.xlsx"):
    return SimpleUploadedFile(name, content)


def faults_of(reading):
    return [(fault.place, fault.code) for fault in reading.faults]


def send(client, edition, content, name="texts.xlsx"):
    """Send a file, which leads to its preview."""
    response = client.post(
        page_of(edition, name="translation_files"), {"file": upload(content, name)}
    )
    assert response.status_code == 302, words_of(response)
    return response.headers["Location"]


def confirm(client, url, **more):
    page = client.get(url).content.decode()
    version = re.search(r'name="version" value="([^"]*)"', page)[1]
    return client.post(url, {"version": version} | more, follow=True)


# Out ----------------------------------------------------------------------------------------


def test_the_workbook_holds_both_languages_as_texts(draft, translator):
    criterion = first(draft)
    save(draft, translator, key_of(criterion), cy="=1+1", en="+44 20")

    book = load_workbook(io.BytesIO(workbook(draft, lines_of(draft))))

    guidance, page, about = book.worksheets
    assert [cell.value for cell in guidance[1]] == [
        "Testunau i'w cyfieithu",
        "Texts to translate",
    ]
    row = row_of(page, key_of(criterion))
    assert [(cell.data_type, cell.quotePrefix) for cell in (row[4], row[5])] == [
        ("s", True),
        ("s", True),
    ]
    assert [cell.value for cell in row[2:]] == [
        "MOD1 1 · Lefel 1, maen prawf 1 · testun",
        "MOD1 1 · Level 1, criterion 1 · text",
        "=1+1",
        "+44 20",
        "Drafft / Draft",
        "Drafft / Draft",
    ]
    assert [cell.protection.locked for cell in row[:8]] == [True] * 4 + [
        False,
        False,
        True,
        True,
    ]
    assert page.column_dimensions["A"].hidden
    assert page.protection.sheet
    assert about.sheet_state == "veryHidden"


@pytest.mark.parametrize(("only_left", "left"), [((), 17), (("cy", "en"), 2)])
def test_everything_or_only_what_is_left_goes_out(draft, translator, only_left, left):
    check_all(draft, translator)
    save(draft, translator, key_of(first(draft)), cy="Geiriau")
    save(draft, translator, key_of(first(draft, 2)), en="")

    lines = lines_of(Edition.objects.get(pk=draft.pk), only_left=only_left)

    assert len(lines) == left


def test_a_po_has_the_place_the_mark_and_what_is_fuzzy(draft, translator):
    check_all(draft, translator)
    criterion, english = first(draft), texts(first(draft))[1]
    save(draft, translator, key_of(criterion), cy="Geiriau")
    save(draft, translator, key_of(first(draft, 2)), cy="", en="Only English")

    catalogue = polib.pofile(
        po(draft, lines_of(draft), source="cy", target="en").decode()
    )

    entry = next(entry for entry in catalogue if entry.msgctxt == key_of(criterion))
    assert (entry.msgid, entry.msgstr, entry.flags) == ("Geiriau", english, ["fuzzy"])
    assert entry.comment.startswith("MOD1 1 · Lefel 1, maen prawf 1 · testun\nseen: ")
    assert key_of(first(draft, 2)) not in {entry.msgctxt for entry in catalogue}
    assert catalogue.metadata["Language"] == "en"


def test_an_xliff_says_how_far_each_text_is(draft, translator):
    check_all(draft, translator)
    criterion = first(draft)
    save(draft, translator, key_of(criterion), cy="Geiriau & <mwy>")

    root = ElementTree.fromstring(  # noqa: S314
        xliff(draft, lines_of(draft), source="cy", target="en")
    )

    space = "{urn:oasis:names:tc:xliff:document:1.2}"
    unit = next(
        unit
        for unit in root.iter(f"{space}trans-unit")
        if unit.get("id") == key_of(criterion)
    )
    assert unit.get("approved") == "no"
    assert unit.find(f"{space}source").text == "Geiriau & <mwy>"
    assert unit.find(f"{space}target").get("state") == "needs-review-translation"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"kind": "xlsx", "source": "cy", "which": "all"}, "texts-2031-05-cy-en.xlsx"),
        ({"kind": "po", "source": "en", "which": "left"}, "texts-2031-05-en-cy.po"),
        ({"kind": "xlf", "source": "cy", "which": "all"}, "texts-2031-05-cy-en.xlf"),
    ],
)
def test_files_are_downloaded(signed_in, draft, query, name):
    response = signed_in.get(page_of(draft, name="translation_download"), query)

    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    read(upload(response.content, name), draft)


def test_an_empty_file_is_not_made(signed_in, draft, translator):
    check_all(draft, translator)
    save(draft, translator, key_of(first(draft)), state_en="draft")
    query = {"kind": "po", "source": "en", "which": "left"}

    page = signed_in.get(
        page_of(draft, name="translation_download"), query, follow=True
    )

    assert "There is nothing to translate in such a file." in words_of(page)


def test_a_download_without_a_choice_says_so(signed_in, draft):
    response = signed_in.get(page_of(draft, name="translation_download"))

    assert response.status_code == 422
    assert "Choose a kind of file." in words_of(response)


# Back ---------------------------------------------------------------------------------------


def test_a_file_that_nobody_changed_changes_nothing(draft, translator):
    check_all(draft, translator)
    save(draft, translator, key_of(first(draft)), cy="Geiriau", en="")
    for content, name in (
        (made_workbook(draft), "a.xlsx"),
        (made_po(draft), "a.po"),
        (xliff(draft, lines_of(draft), source="en", target="cy"), "a.xlf"),
    ):
        reading = read(upload(content, name), draft)
        comparison = compare(reading.rows, draft)

        found = comparison.changes, comparison.conflicts, comparison.fitting
        assert (found, reading.faults) == (([], [], []), [])


def test_a_workbook_is_looked_at_and_applied(signed_in, draft, translator):
    check_all(draft, translator)
    criterion = first(draft)
    content = made_workbook(draft, put(key_of(criterion), cy="Geiriau <b>cryf</b>"))

    url = send(signed_in, draft, content)
    preview = signed_in.get(url)
    applied = confirm(signed_in, url)

    assert "Texts that would change: 1" in words_of(preview)
    assert "HTML, which will be shown as it is written" in words_of(preview)
    assert "Texts saved from the file: 1" in words_of(applied)
    assert texts(criterion)[0] == "Geiriau <b>cryf</b>"
    assert states(criterion) == ("draft", "stale")
    assert not FrameworkUpload.objects.exists()


def test_the_texts_of_a_file_may_be_checked(signed_in, draft):
    criterion = first(draft)
    content = made_workbook(draft, put(key_of(criterion), cy="Un", en="One"))

    confirm(signed_in, send(signed_in, draft, content), checked="1")

    assert (texts(criterion), states(criterion)) == (
        ("Un", "One"),
        ("checked", "checked"),
    )


def test_nothing_is_applied_before_it_is_confirmed(signed_in, draft):
    criterion = first(draft)
    before = texts(criterion)

    url = send(signed_in, draft, made_workbook(draft, put(key_of(criterion), cy="Un")))
    signed_in.post(url, {})

    assert texts(criterion) == before


def test_what_was_not_shown_is_not_applied(signed_in, draft, translator):
    criterion = first(draft)
    url = send(signed_in, draft, made_workbook(draft, put(key_of(criterion), cy="Un")))
    page = signed_in.get(url).content.decode()
    version = re.search(r'name="version" value="([^"]*)"', page)[1]
    save(draft, translator, key_of(criterion), cy="Yn y cyfamser")

    response = signed_in.post(url, {"version": version})

    assert (response.status_code, texts(criterion)[0]) == (409, "Yn y cyfamser")
    assert "nothing was applied" in words_of(response)


@pytest.mark.parametrize(("uses", "text"), [(False, "Yn y cyfamser"), (True, "Un")])
def test_what_somebody_changed_since_is_replaced_only_when_chosen(
    signed_in, draft, administrator, uses, text
):
    criterion, other = first(draft), first(draft, 2)

    def change(page):
        put(key_of(criterion), cy="Un")(page)
        put(key_of(other), cy="Dau")(page)

    content = made_workbook(draft, change)
    save(draft, administrator, key_of(criterion), cy="Yn y cyfamser")

    url = send(signed_in, draft, content)
    preview = signed_in.get(url)
    confirm(signed_in, url, **({"uses": f"{key_of(criterion)}-cy"} if uses else {}))

    assert "Changed by someone since the file went out: 1" in words_of(preview)
    assert (texts(criterion)[0], texts(other)[0]) == (text, "Dau")


@pytest.mark.parametrize("kind", ["xlsx", "po", "xlf"])
def test_a_translation_of_a_source_that_has_changed_needs_another_look(
    signed_in, draft, administrator, kind
):
    criterion = first(draft)
    if kind == "xlsx":
        content = made_workbook(draft, put(key_of(criterion), en="One"))
    elif kind == "po":

        def change(entries, _catalogue):
            entries[key_of(criterion)].msgstr = "One"

        content = made_po(draft, change)
    else:
        content = xliff(draft, lines_of(draft), source="cy", target="en").replace(
            texts(criterion)[1].encode(), b"One"
        )
    save(draft, administrator, key_of(criterion), cy="Testun arall")

    url = send(signed_in, draft, content, f"texts.{kind}")
    preview = signed_in.get(url)
    confirm(signed_in, url, checked="1")

    assert "the other language has changed since" in words_of(preview)
    assert (texts(criterion)[1], states(criterion)[1]) == ("One", "stale")


def test_a_po_without_its_mark_of_fuzzy_says_that_a_text_fits(
    signed_in, draft, translator
):
    check_all(draft, translator)
    for level in (1, 2, 3):
        save(draft, translator, key_of(first(draft, level)), cy=f"Geiriau {level}")

    def change(entries, _catalogue):
        entries[key_of(first(draft, 1))].flags.remove("fuzzy")
        entries[key_of(first(draft, 2))].msgstr = "Words 2"

    url = send(signed_in, draft, made_po(draft, change), "texts.po")
    confirm(signed_in, url, checked="1")

    assert [states(first(draft, level))[1] for level in (1, 2, 3)] == [
        "checked",  # fits as it is
        "draft",  # written, and still fuzzy
        "stale",
    ]


def test_what_is_wrong_in_a_workbook_is_said_cell_by_cell(draft, translator):
    other = draft_to_translate("2032-05")
    keys = [key_of(first(draft, level)) for level in (1, 2, 3)]
    outcome = Outcome.objects.filter(module__edition=draft).first()

    def change(page):
        put(keys[0], cy="=1+1", en="Fine")(page)
        put(keys[1], cy=datetime.date(2030, 1, 1), en=None)(page)
        put(keys[2], cy="t樽m", en=12)(page)
        put(key_of(outcome, "title"), en="a" * 301)(page)
        row_of(page, key_of(outcome, "narrative"))[0].value = key_of(first(other))
        for key in ("criterion-0-text", keys[2]):
            page.append([key, "0" * 16 + "-" + "0" * 16, "", "", "Un", "One"])

    reading = read(upload(made_workbook(draft, change)), draft)

    places = {row[KEY - 1].value: row[0].row for row in _rows(made_workbook(draft))}
    last = max(places.values())
    assert sorted(faults_of(reading)) == sorted(
        [
            (f"E{places[keys[0]]}", Code.FORMULA),
            (f"E{places[keys[1]]}", Code.NOT_A_TEXT),
            (f"F{places[keys[1]]}", Code.EMPTIED),
            (f"E{places[keys[2]]}", Code.SPOILED),
            (f"F{places[key_of(outcome, 'title')]}", Code.TOO_LONG),
            (f"{places[key_of(outcome, 'narrative')]}", Code.OTHER_EDITION),
            (f"{last + 1}", Code.UNKNOWN),
            (f"{last + 2}", Code.REPEATED),
        ]
    )
    said = {row.key: row.texts for row in reading.rows}
    assert said[keys[0]] == {"en": "Fine"}
    assert said[keys[2]] == {"en": "12"}
    assert keys[1] not in said


def _rows(content):
    return load_workbook(io.BytesIO(content)).worksheets[1].iter_rows(min_row=2)


def test_a_missing_text_that_is_still_empty_is_no_fault(draft, translator):
    save(draft, translator, key_of(first(draft)), en="")

    reading = read(upload(made_workbook(draft)), draft)

    assert faults_of(reading) == []


def test_a_fault_of_a_po_has_the_number_of_its_line(draft):
    criterion = first(draft)

    def change(entries, _catalogue):
        entries[key_of(criterion)].msgstr = "tÃ®m"

    content = made_po(draft, change)
    reading = read(upload(content, "texts.po"), draft)

    ((place, code),) = faults_of(reading)
    entry = content.decode().splitlines()[int(place) - 1 :]
    assert (code, entry[2]) == (Code.SPOILED, f'msgctxt "{key_of(criterion)}"')


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.docx", b"x", "kind"),
        ("a", b"x", "kind"),
        ("a.po", b"Hello", "not_texts"),
        ("a.po", b"/etc/hostname", "not_texts"),
        ("a.po", 'msgid "tîm"'.encode("cp1252"), "encoding"),
        ("a.po", b'msgid "a"\nmsgstr "b"\n', "not_texts"),
        ("a.po", b'msgid "a" nonsense\n', "damaged"),
        ("a.po", b"x" * (6 * 1024 * 1024), "too_large"),
        ("a.xlf", b"<html/>", "not_texts"),
        ("a.xlf", b"<xliff", "damaged"),
        ("a.xlf", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "damaged"),
    ],
)
def test_files_that_cannot_be_read(draft, name, content, code):
    with pytest.raises(Unreadable) as refused:
        read(upload(content, name), draft)

    assert refused.value.code == code
    assert code in UNREADABLE


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"no workbook", "disagrees"),
        (xlsx(("xl/worksheets/sheet1.xml", b" " * (200 * MEGABYTE))), "grows"),
    ],
)
def test_workbooks_that_are_none(draft, content, reason):
    with pytest.raises(uploads.RefusedFile) as refused:
        read(upload(content), draft)

    assert refused.value.reason == reason


@pytest.mark.parametrize("kind", ["xlsx", "po", "xlf"])
def test_a_file_of_another_edition_is_refused(signed_in, draft, kind):
    other = draft_to_translate("2032-05")
    content = {
        "xlsx": lambda: made_workbook(other),
        "po": lambda: made_po(other),
        "xlf": lambda: xliff(other, lines_of(other), source="cy", target="en"),
    }[kind]()

    response = signed_in.post(
        page_of(draft, name="translation_files"),
        {"file": upload(content, f"texts.{kind}")},
    )

    assert response.status_code == 422
    assert "This file belongs to another edition." in words_of(response)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choose a file."),
        ({"file": upload(b"x" * (50 * 1024 * 1024))}, "larger than 10 MB"),
        ({"file": upload(b"")}, "The file is empty."),
    ],
)
def test_what_is_sent_instead_of_a_file(signed_in, draft, data, sentence):
    response = signed_in.post(page_of(draft, name="translation_files"), data)

    assert response.status_code == 422
    assert sentence in words_of(response)


# Kept between being sent and being applied --------------------------------------------------


def test_a_file_is_its_senders_alone_and_for_a_day(
    client, draft, translator, administrator
):
    client.force_login(translator)
    url = send(client, draft, made_workbook(draft))
    assert client.get(url).status_code == 200

    client.force_login(administrator)
    assert client.get(url).status_code == 404

    client.force_login(translator)
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=25)):
        client.force_login(translator)
        assert client.get(url).status_code == 404
        send(client, draft, made_workbook(draft))
    assert FrameworkUpload.objects.count() == 1


def test_of_many_files_the_newest_stay(signed_in, draft, translator):
    reading = read(upload(made_workbook(draft)), draft)

    for number in range(7):
        services.keep_translation_file(
            edition=draft, file_name=f"{number}.xlsx", reading=reading, by=translator
        )

    names = FrameworkUpload.objects.order_by("pk").values_list("file_name", flat=True)
    assert list(names) == ["2.xlsx", "3.xlsx", "4.xlsx", "5.xlsx", "6.xlsx"]


def test_a_file_that_was_applied_is_gone(signed_in, draft):
    content = made_workbook(draft, put(key_of(first(draft)), cy="Un"))
    url = send(signed_in, draft, content)

    confirm(signed_in, url)

    assert signed_in.get(url).status_code == 404


# Published editions -------------------------------------------------------------------------


@pytest.fixture
def published(db):
    return EditionFactory(code="2030-10", levelled=True)


def test_frozen_texts_are_not_applied_and_can_be_corrected(
    client, published, administrator
):
    criterion = first(published)
    entry = LogicModelEntryFactory(outcome=criterion.outcome)
    before = texts(criterion)

    def change(page):
        put(key_of(criterion), cy="Geiriau cywir")(page)
        put(key_of(entry), cy="Mewnbwn")(page)

    client.force_login(administrator)
    url = send(client, published, made_workbook(published, change))
    preview = client.get(url)
    today = timezone.localdate()
    corrected = confirm(
        client,
        url,
        correct="1",
        reason_cy="Gwall",
        reason_en="A slip",
        dated_on_day=today.day,
        dated_on_month=today.month,
        dated_on_year=today.year,
    )
    confirm(client, url)

    assert "Published texts, which can only be corrected: 1" in words_of(preview)
    assert "The wording has been corrected." in words_of(corrected)
    erratum = Correction.objects.get().errata.get()
    assert (erratum.text, erratum.replaced) == ("Geiriau cywir", before[0])
    assert (texts(criterion), texts(entry)[0]) == (before, "Mewnbwn")


def test_a_translator_is_sent_to_an_administrator(signed_in, published):
    criterion = first(published)
    content = made_workbook(published, put(key_of(criterion), cy="Geiriau"))

    url = send(signed_in, published, content)
    page = signed_in.get(url)
    response = signed_in.post(url, {"correct": "1"})

    assert "Only an administrator can correct published texts." in words_of(page)
    assert response.status_code == 403
    assert not Correction.objects.exists()


def test_a_correction_from_a_file_needs_its_reasons(client, published, administrator):
    content = made_workbook(published, put(key_of(first(published)), cy="Geiriau"))
    client.force_login(administrator)

    response = confirm(client, send(client, published, content), correct="1")

    assert response.status_code == 422
    assert "Give the reason in Welsh." in words_of(response)
    assert not Correction.objects.exists()
