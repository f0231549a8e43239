"""The worksheet: what goes out comes back, and nothing is applied unseen."""

import datetime
import io
import re
import time
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from assessments import services
from assessments.models import Answer, CriterionChoice, Question, WorksheetUpload
from assessments.subjects import Subject
from assessments.worksheets.comparing import compare
from assessments.worksheets.layout import tabs
from assessments.worksheets.reading import Fault, Reading, Unreadable, read
from assessments.worksheets.writing import (
    CHOICE,
    DATE,
    REFERENCE,
    TEXT,
    VERSION,
    worksheet,
)
from tests.factories import SelfReflectionFactory
from tests.steps import (
    answer_all,
    criterion_subject,
    entry,
    question_subject,
    save,
    sheet_of,
    stored,
    submit,
    words_of,
)

pytestmark = pytest.mark.django_db


def made(reflection, *, with_answers=True):
    return worksheet(sheet_of(reflection), with_answers=with_answers)


def filled_in(content, cells):
    """The worksheet with ``cells``, values by reference and column, written into it."""
    book = load_workbook(io.BytesIO(content))
    left = dict(cells)
    for page in book:
        for row in page.iter_rows():
            for (reference, column), value in cells.items():
                if len(row) >= REFERENCE and row[REFERENCE - 1].value == reference:
                    page.cell(row[0].row, column).value = value
                    left.pop((reference, column), None)
    assert not left, f"no such rows: {left}"
    return saved_as_bytes(book)


def saved_as_bytes(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def compared(reflection, content):
    sheet = sheet_of(reflection)
    return compare(read(content, sheet).filled, sheet)


def changes(comparison):
    return {
        change.line.reference: (change.choice, change.text, change.dated_on)
        for change in comparison.changes
    }


def faults(reflection, content):
    return [
        (fault.code, fault.value)
        for fault in read(content, sheet_of(reflection)).faults
    ]


# What goes out ------------------------------------------------------------------------


def test_every_answer_of_the_form_has_a_row(reflection, lead):
    answer_all(reflection, by=lead)

    references = [
        line.reference for tab in tabs(sheet_of(reflection)) for line in tab.lines
    ]

    assert len(references) == len(set(references))
    assert {
        line.subject for tab in tabs(sheet_of(reflection)) for line in tab.lines
    } >= {Subject.of(answer) for answer in reflection.answers.all()}
    assert references[:3] == [
        "participants:general_practice",
        "participants:pharmacy",
        "participants:optometry",
    ]
    assert "LEVELS-1-L1-1" in references
    assert "SIGNS-1-1" in references
    assert "LEVELS-2-own_level" in references


def test_it_is_in_both_languages(reflection, lead):
    book = load_workbook(io.BytesIO(made(reflection)))
    page, row = next(
        (page, row)
        for page in book
        for row in page.iter_rows(max_col=VERSION)
        if row[REFERENCE - 1].value == "LEVELS-1-L1-1"
    )
    criterion = (
        reflection.cycle.edition.modules.get(code="LEVELS")
        .outcomes.get(number=1)
        .criteria.get(level=1)
    )

    assert [cell.value for cell in row[1:3]] == [criterion.text_cy, criterion.text_en]
    assert page.cell(1, CHOICE).value == "Ateb / Answer"
    assert book["_lists"].sheet_state == book["_about"].sheet_state == "veryHidden"


@pytest.mark.parametrize("text", ["=1+1", "+44", "-", "@here", '=HYPERLINK("x")'])
def test_what_people_wrote_is_never_a_formula(reflection, lead, text):
    save(reflection, entry(words_of(reflection), text), by=lead)

    book = load_workbook(io.BytesIO(made(reflection)))

    found = [
        (cell.value, cell.data_type, cell.quotePrefix)
        for page in book
        for row in page.iter_rows()
        for cell in row
        if cell.value == text
    ]
    assert found == [(text, "s", True)]
    assert not any(
        cell.data_type == "f"
        for page in book
        for row in page.iter_rows()
        for cell in row
    )


# What comes back ----------------------------------------------------------------------


@pytest.mark.parametrize("with_answers", [True, False])
def test_sent_back_as_it_was_it_changes_nothing(reflection, lead, with_answers):
    answer_all(reflection, by=lead)
    save(
        reflection,
        entry(words_of(reflection), "Agorwyd y drws yn y tŷ.\n\nEto."),
        by=lead,
    )

    comparison = compared(reflection, made(reflection, with_answers=with_answers))

    assert (comparison.changes, comparison.conflicts) == ([], [])


@pytest.mark.parametrize(
    "label",
    [
        "Wedi'i fodloni / Met",
        "Wedi’i fodloni",
        "met",
        "MET",
        "  Met ",
        "wedi'i fodloni",
    ],
)
def test_a_choice_in_either_language(reflection, lead, label):
    content = filled_in(made(reflection), {("LEVELS-1-L1-1", CHOICE): label})

    assert changes(compared(reflection, content)) == {
        "LEVELS-1-L1-1": ("met", "", None)
    }


def test_words_dates_levels_and_several_choices(reflection, lead):
    content = filled_in(
        made(reflection),
        {
            ("LEVELS-1-going_well", TEXT): "Mae'r drws ar agor – ŵ ŷ.",
            ("LEVELS-1-next_steps", TEXT): "Rhagor.",
            ("LEVELS-1-next_steps", DATE): datetime.datetime(2031, 2, 1),  # noqa: DTZ001
            ("LEVELS-1-own_level", CHOICE): "Lefel 2 Datblygol / Level 2 Developing",
            ("held_on", DATE): "5/11/2030",
            ("participants:pharmacy", CHOICE): "x",
            ("participants:general_practice", CHOICE): "Ie",
            ("participants", TEXT): "Rheolwr",
            ("SIGNS-1-1", CHOICE): "Rhai arwyddion",
        }
        | {("LEVELS-1-own_level", CHOICE): "2 Datblygol"},
    )

    assert changes(compared(reflection, content)) == {
        "participants": ("general_practice pharmacy", "Rheolwr", None),
        "held_on": ("", "", datetime.date(2030, 11, 5)),
        "LEVELS-1-own_level": ("2", "", None),
        "LEVELS-1-going_well": ("", "Mae'r drws ar agor – ŵ ŷ.", None),
        "LEVELS-1-next_steps": ("", "Rhagor.", datetime.date(2031, 2, 1)),
        "SIGNS-1-1": ("some_signs", "", None),
    }


def test_an_empty_cell_changes_nothing(reflection, lead):
    subject = criterion_subject(reflection)
    save(reflection, entry(subject, "A reason.", choice="not_applicable"), by=lead)
    content = filled_in(
        made(reflection),
        {("LEVELS-1-L1-1", CHOICE): "Met", ("LEVELS-1-L1-1", TEXT): None},
    )

    assert changes(compared(reflection, content)) == {
        "LEVELS-1-L1-1": ("met", "A reason.", None)
    }


def test_what_somebody_changed_meanwhile_is_a_conflict_only_where_both_wrote(
    reflection, lead, contributor
):
    words, choice = words_of(reflection), criterion_subject(reflection)
    content = filled_in(
        made(reflection),
        {("LEVELS-1-going_well", TEXT): "Mine.", ("LEVELS-1-L2-1", CHOICE): "Met"},
    )
    save(
        reflection, entry(words, "Theirs."), entry(choice, choice="met"), by=contributor
    )

    comparison = compared(reflection, content)

    assert changes(comparison) == {"LEVELS-1-L2-1": ("met", "", None)}
    assert [(c.line.reference, c.now.text, c.text) for c in comparison.conflicts] == [
        ("LEVELS-1-going_well", "Theirs.", "Mine.")
    ]


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        (("LEVELS-1-L1-1", CHOICE), "Perhaps", "unknown_choice"),
        (("LEVELS-1-L1-1", CHOICE), "=1+1", "formula"),
        (("LEVELS-1-going_well", TEXT), "=HYPERLINK(1)", "formula"),
        (("LEVELS-1-going_well", CHOICE), "Met", "not_asked"),
        (("LEVELS-1-going_well", TEXT), "a" * 10_001, "too_long"),
        (("LEVELS-1-going_well", TEXT), "y t樽m", "spoiled"),
        (("LEVELS-1-going_well", TEXT), "y tÅ·", "spoiled"),
        (("held_on", DATE), "yesterday", "not_a_date"),
        (("held_on", DATE), "31/02/2030", "not_a_date"),
        (("LEVELS-1-L1-1", REFERENCE), "LEVELS-9-L1-1", "unknown_row"),
        (("LEVELS-1-L1-1", REFERENCE), "LEVELS-1-L2-1", "repeated_row"),
        (("LEVELS-1-L1-1", VERSION), "one", "no_version"),
        (("LEVELS-1-L1-1", VERSION), -1, "no_version"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_and_the_others_are_read(
    reflection, lead, cell, value, code
):
    content = filled_in(
        made(reflection), {("support_overall", TEXT): "Time.", cell: value}
    )

    reading = read(content, sheet_of(reflection))

    assert [fault.code for fault in reading.faults] == [code]
    assert [row.reference for row in reading.filled] == ["support_overall"]


def test_a_fault_says_where_it_is(reflection, lead):
    content = filled_in(made(reflection), {("held_on", DATE): "soon"})

    assert read(content, sheet_of(reflection)).faults == [
        Fault("1 Clwstwr · Cluster", "F14", "not_a_date", "soon")
    ]


def packed(name, content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "not_a_worksheet", id="empty"),
        pytest.param(b"PK\x03\x04", "not_a_worksheet", id="cut off"),
        pytest.param(b"%PDF-1.7", "not_a_worksheet", id="pdf"),
        pytest.param(packed("a.txt", "a"), "not_a_worksheet", id="another zip"),
        pytest.param(b"x" * (5 * 1024 * 1024 + 1), "too_large", id="large"),
        pytest.param(
            packed("xl/bomb.xml", b"0" * (61 * 1024 * 1024)), "too_large", id="bomb"
        ),
    ],
)
def test_what_is_no_worksheet_is_refused(reflection, content, code):
    with pytest.raises(Unreadable) as refused:
        read(content, sheet_of(reflection))

    assert refused.value.code == code


def test_an_entity_bomb_is_refused(reflection):
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(
            b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
        )
        + b"]><worksheet>&j;</worksheet>"
    )
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(made(reflection))) as before,
        zipfile.ZipFile(file, "w") as after,
    ):
        for name in before.namelist():
            is_answers = name == "xl/worksheets/sheet3.xml"
            after.writestr(name, bomb if is_answers else before.read(name))

    with pytest.raises(Unreadable):
        read(file.getvalue(), sheet_of(reflection))


def changed(content, change):
    """The file with each part as ``change`` gives it back for its name and content."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)))
    return file.getvalue()


def with_styles(content, count):
    return changed(
        content,
        lambda name, part: (
            re.sub(rb"<cellXfs[^>]*>", lambda start: start[0] + b"<xf/>" * count, part)
            if name == "xl/styles.xml"
            else part
        ),
    )


def with_sheets(content, count, rows, words="y"):
    """``count`` sheets more, all of them the same part with ``rows``."""
    said = "".join(
        f'<row r="{row}"><c r="G{row}" t="inlineStr"><is><t>{words}{row}</t></is></c></row>'
        for row in range(2, rows + 2)
    ).encode()

    def change(name, part):
        if name == "xl/worksheets/sheet2.xml":
            return re.sub(
                rb"<sheetData>.*</sheetData>",
                b"<sheetData>%b</sheetData>" % said,
                part,
                flags=re.DOTALL,
            )
        if name == "xl/workbook.xml":
            sheet = re.findall(rb"<sheet [^>]*/>", part)[1]
            more = b"".join(
                re.sub(
                    rb'name="[^"]*"',
                    b'name="s%d"' % number,
                    re.sub(
                        rb'sheetId="[^"]*"', b'sheetId="%d"' % (100 + number), sheet
                    ),
                )
                for number in range(count)
            )
            return part.replace(b"</sheets>", more + b"</sheets>")
        return part

    return changed(content, change)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda made: with_styles(made, 800_000), id="styles"),
        pytest.param(lambda made: with_sheets(made, 50, 10), id="sheets"),
        pytest.param(
            lambda made: with_sheets(made, 20, 2_900, words="z" * 1_000), id="words"
        ),
    ],
)
def test_a_small_file_that_takes_long_is_refused(reflection, spoil):
    content = spoil(made(reflection))
    begun = time.process_time()

    with pytest.raises(Unreadable) as refused:
        read(content, sheet_of(reflection))

    assert refused.value.code == "too_large"
    assert time.process_time() - begun < 3  # seconds of this process


def test_what_uses_up_its_time_is_refused(reflection, monkeypatch, tmp_path):
    program = tmp_path / "for_ever.py"
    program.write_text(
        "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))\n"
        "while True: pass\n"
    )
    monkeypatch.setattr("cdf_site.common.workbooks.UNPACKING", str(program))

    with pytest.raises(Unreadable) as refused:
        read(b"", sheet_of(reflection))

    assert refused.value.code == "too_large"


def test_the_first_faults_are_listed_and_all_are_counted(client, reflection, lead):
    client.force_login(lead)
    content = with_sheets(made(reflection), 2, 150)

    page = client.get(sent(client, reflection, content).url).content.decode()
    entries = WorksheetUpload.objects.get().entries

    assert (len(entries["faults"]), entries["fault_count"]) == (200, 300)
    assert "Cells that could not be read: 300" in page
    assert "Only the first are listed: 200" in page


def test_another_cluster_s_worksheet_is_refused(reflection, other_cluster):
    other = SelfReflectionFactory(cycle=reflection.cycle, cluster=other_cluster)

    with pytest.raises(Unreadable) as refused:
        read(made(other), sheet_of(reflection))

    assert refused.value.code == "another_cluster"


# The pages ----------------------------------------------------------------------------


def url(name, reflection, **more):
    return reverse(
        f"assessments:{name}",
        kwargs={"cycle": reflection.cycle.code, "cluster": reflection.cluster.code}
        | more,
    )


def sent(client, reflection, content, name="worksheet.xlsx"):
    return client.post(
        url("worksheet_detail", reflection),
        {"file": SimpleUploadedFile(name, content)},
    )


def test_downloaded_filled_in_sent_back_looked_at_and_applied(
    client, reflection, contributor
):
    client.force_login(contributor)
    downloaded = client.get(url("worksheet_file", reflection))
    content = filled_in(
        downloaded.content,
        {("LEVELS-1-L1-1", CHOICE): "Met", ("LEVELS-1-going_well", TEXT): "Gair."},
    )

    response = sent(client, reflection, content)
    upload = WorksheetUpload.objects.get()
    preview = client.get(response.url)

    assert (
        downloaded["Content-Disposition"]
        == 'attachment; filename="worksheet-afan-2030.xlsx"'
    )
    assert response.url == url("worksheet_preview", reflection, upload=upload.pk)
    assert Answer.objects.count() == 0
    assert "Gair." in preview.content.decode()

    applied = client.post(
        response.url,
        {"version-LEVELS-1-L1-1": "0", "version-LEVELS-1-going_well": "0"},
        follow=True,
    )

    assert "Answers saved from the worksheet: 2" in applied.content.decode()
    assert (
        stored(reflection, criterion_subject(reflection)).choice == CriterionChoice.MET
    )
    assert stored(reflection, words_of(reflection)).text == "Gair."
    upload.refresh_from_db()
    assert upload.applied_at is not None


def test_only_what_was_on_the_page_is_applied(client, reflection, lead):
    client.force_login(lead)
    content = filled_in(made(reflection), {("LEVELS-1-going_well", TEXT): "Gair."})
    address = sent(client, reflection, content).url

    response = client.post(address)

    assert response.url == address
    assert Answer.objects.count() == 0


def test_a_conflict_is_applied_only_where_it_was_chosen(
    client, reflection, lead, contributor
):
    client.force_login(lead)
    well = words_of(reflection)
    hinders = question_subject(reflection, Question.IN_THE_WAY)
    content = filled_in(
        made(reflection),
        {
            ("LEVELS-1-going_well", TEXT): "Mine.",
            ("LEVELS-1-in_the_way", TEXT): "Mine too.",
        },
    )
    save(
        reflection,
        entry(well, "Theirs."),
        entry(hinders, "Theirs too."),
        by=contributor,
    )
    address = sent(client, reflection, content).url

    client.post(
        address,
        {
            "version-LEVELS-1-going_well": "1",
            "version-LEVELS-1-in_the_way": "1",
            "use": "LEVELS-1-going_well",
        },
    )

    assert (stored(reflection, well).text, stored(reflection, hinders).text) == (
        "Mine.",
        "Theirs too.",
    )


def test_what_changes_between_looking_and_applying_is_not_overwritten(
    client, reflection, lead, contributor
):
    client.force_login(lead)
    content = filled_in(made(reflection), {("LEVELS-1-going_well", TEXT): "Mine."})
    address = sent(client, reflection, content).url
    save(reflection, entry(words_of(reflection), "Theirs."), by=contributor)

    response = client.post(
        address,
        {"version-LEVELS-1-going_well": "0", "use": "LEVELS-1-going_well"},
        follow=True,
    )

    answer = stored(reflection, words_of(reflection))
    assert answer.text == "Theirs."
    assert list(answer.versions.values_list("text", "refusal")) == [
        ("Theirs.", ""),
        ("Mine.", "stale"),
    ]
    assert "Some answers have changed meanwhile." in response.content.decode()


def test_what_is_wrong_with_a_file_is_said_on_the_page(client, reflection, lead):
    client.force_login(lead)

    response = sent(client, reflection, b"%PDF-1.7")

    assert response.status_code == 422
    assert "This is not a worksheet of this service." in response.content.decode()
    assert WorksheetUpload.objects.count() == 0


def test_what_was_never_applied_makes_room_for_what_is_newer(
    reflection, lead, contributor
):
    def keep(name, *, by):
        return services.keep_worksheet(
            reflection=reflection, file_name=name, reading=Reading(), by=by
        )

    theirs, applied = keep("theirs", by=contributor), keep("applied", by=lead)
    kept_for_ever = {"changes": [], "versions": {}, "language": "cy", "by": lead}
    services.apply_worksheet(upload=applied, **kept_for_ever)

    uploads = [keep(f"{number}", by=lead) for number in range(7)]

    assert list(WorksheetUpload.objects.order_by("pk")) == [
        theirs,
        applied,
        *uploads[2:],
    ]
    with pytest.raises(WorksheetUpload.DoesNotExist):
        services.apply_worksheet(upload=uploads[0], **kept_for_ever)


def test_an_upload_is_its_sender_s(client, reflection, lead, contributor, officer):
    client.force_login(lead)
    address = sent(client, reflection, made(reflection)).url

    codes = []
    for person in (lead, contributor, officer):
        client.force_login(person)
        codes.append(client.get(address).status_code)

    assert codes == [200, 404, 403]


def test_after_submission_nothing_is_taken(client, reflection, lead):
    answer_all(reflection, by=lead)
    content = made(reflection)
    submit(reflection, by=lead)
    client.force_login(lead)

    response = sent(client, reflection, content)

    assert response.status_code == 403
    with pytest.raises(PermissionDenied):
        services.keep_worksheet(
            reflection=reflection,
            file_name="a.xlsx",
            reading=read(content, sheet_of(reflection)),
            by=lead,
        )


def test_the_preview_asks_the_same_questions_for_one_row_and_for_three(
    client, reflection, lead, django_assert_num_queries
):
    client.force_login(lead)
    cells = {
        ("LEVELS-1-going_well", TEXT): "One.",
        ("LEVELS-1-in_the_way", TEXT): "Two.",
        ("LEVELS-2-going_well", TEXT): "Three.",
    }
    for number in (1, 3):
        chosen = dict(list(cells.items())[:number])
        address = sent(client, reflection, filled_in(made(reflection), chosen)).url
        # One of them for the barriers and support needs that can be chosen.
        with django_assert_num_queries(12):
            client.get(address)
