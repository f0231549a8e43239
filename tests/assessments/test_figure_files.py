"""Files of figures as they come: which are taken, what is read, and every way a cell can be wrong."""

import csv
import datetime
import io
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from openpyxl import Workbook, load_workbook

from assessments.figure_files.checking import Codes, Context, check_rows
from assessments.figure_files.faults import Code, Unreadable, Wrong, letters
from assessments.figure_files.layout import COLUMNS, FIGURES, POPULATIONS
from assessments.figure_files.numbers import has_decimal_comma, number_of
from assessments.figure_files.tables import kept_value, table_of
from assessments.populations import Peoples
from cdf_site.common.formulas import guarded
from cdf_site.common.uploads import RefusedFile
from frameworks.models import Indicator
from organisations.models import Cluster, Population
from tests.common import hostile

TODAY = datetime.date(2026, 11, 20)
HEADS = "cluster,indicator,period,numerator,denominator,note,source"


def sent(text, name="figures.csv", encoding="utf-8"):
    content = text if isinstance(text, bytes) else text.encode(encoding)
    return SimpleUploadedFile(name, content)


def workbook(*rows, name="figures.xlsx"):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile(name, file.getvalue())


def cluster(key, code, board=1, **dates):
    return Cluster(pk=key, code=code, health_board_id=board, **dates)


def indicator(key, code, unit, period="month"):
    return Indicator(pk=key, code=code, unit=unit, period=period)


CODES = Codes(
    board_id=1,
    clusters={
        "afan": cluster(1, "afan"),
        "ogwr": cluster(2, "ogwr", board=2),
        "hen": cluster(3, "hen", closed_on=datetime.date(2026, 1, 1)),
    },
    today=TODAY,
    indicators={
        "visits": indicator(1, "visits", "count"),
        "shots": indicator(2, "shots", "percentage"),
        "calls": indicator(3, "calls", "per_1000", "quarter"),
        "posts": indicator(4, "posts", "count", "year"),
    },
    peoples=Peoples([Population(cluster_id=1, year=2024, people=30_000)]),
)


def checked(file, kind=FIGURES):
    table = table_of(file, kind)
    context = Context(kind, table.columns, table.comma_is_decimal, CODES)
    entries, faults = check_rows(table.rows, context)
    return entries, [*table.faults, *faults]


def found(file, kind=FIGURES):
    return [
        (fault.row, fault.letters, Code(fault.code), fault.value)
        for fault in checked(file, kind)[1]
    ]


# Numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("1234", "1234"),
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        ("1,25", "1.25"),
        ("1,234", "1234"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1 234", "1234"),
        ("1\u00a0234,5", "1234.5"),
        ("1\u202f234", "1234"),
        (" 7 ", "7"),
        ("007", "7"),
        (12, "12"),
        (12.5, "12.5"),
        (0.1 + 0.2, "0.3"),
        (1e9, "1000000000"),
    ],
)
def test_numbers_as_people_write_them(text, number):
    assert number_of(text, comma_is_decimal=False) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.234", Code.AMBIGUOUS),
        ("12%", Code.PERCENT),
        ("-1", Code.NEGATIVE),
        ("\u22125", Code.NEGATIVE),
        (-1, Code.NEGATIVE),
        ("1.2345", Code.TOO_EXACT),
        ("1,2345", Code.TOO_EXACT),
        ("0.125", Code.TOO_EXACT),
        (0.125, Code.TOO_EXACT),
        ("1000000000000", Code.TOO_LARGE),
        (1e300, Code.TOO_LARGE),
        ("9" * 41, Code.NOT_A_NUMBER),
        ("=1+1", Code.FORMULA),
        ("@SUM(1)", Code.FORMULA),
        ("twelve", Code.NOT_A_NUMBER),
        ("1,23,456", Code.NOT_A_NUMBER),
        ("1,234.567,8", Code.NOT_A_NUMBER),
        ("1 23", Code.NOT_A_NUMBER),
        ("1e5", Code.NOT_A_NUMBER),
        ("٣", Code.NOT_A_NUMBER),
        (".5", Code.NOT_A_NUMBER),
        ("5.", Code.NOT_A_NUMBER),
        (",", Code.NOT_A_NUMBER),
        ("+5", Code.NOT_A_NUMBER),
        (True, Code.NOT_A_NUMBER),
        (float("inf"), Code.NOT_A_NUMBER),
        (float("nan"), Code.NOT_A_NUMBER),
    ],
)
def test_numbers_that_are_not_taken(text, code):
    with pytest.raises(Wrong) as wrong:
        number_of(text, comma_is_decimal=False)

    assert wrong.value.code == code


def test_a_comma_before_three_figures_is_not_guessed_where_others_stand_before_decimals():
    with pytest.raises(Wrong) as wrong:
        number_of("1,234", comma_is_decimal=True)

    assert wrong.value.code == Code.AMBIGUOUS
    assert number_of("1.234,5", comma_is_decimal=True) == Decimal("1234.5")


@pytest.mark.parametrize(
    ("text", "is_decimal"),
    [
        ("12,5", True),
        ("1.234,56", True),
        ("1 234,5", True),
        ("1,234", False),
        ("1,234,567", False),
        ("1,234.5", False),
        ("12", False),
    ],
)
def test_what_shows_that_commas_stand_before_decimals(text, is_decimal):
    assert has_decimal_comma(text) is is_decimal


# Files as a whole ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "code", "line"),
    [
        (sent(HEADS, "figures.txt"), "kind", None),
        (sent(HEADS, "figures"), "kind", None),
        (sent(HEADS, "figures.xlsm"), "kind", None),
        (sent("a" * (5 * 1024 * 1024 + 1)), "too_large", None),
        (sent("name,age\nAfan,3"), "no_heads", None),
        (sent(HEADS), "no_rows", None),
        (sent(HEADS + "\n,,,,,,\n"), "no_rows", None),
        (sent(HEADS + "\nafan,visits,2026-04,1,,y tîm,", encoding="cp1252"), "encoding", 2),
        (sent(HEADS + "\na\nb\nŷ".replace("ŷ", "î"), encoding="latin-1"), "encoding", 4),
        (sent(HEADS, encoding="utf-16"), "encoding", 1),
        (sent(HEADS + '\nafan,visits,2026-04,1,,"y tîm,'), "quotes", 2),
        (sent(HEADS + "\n" + "afan,visits,2026-04,1,,,\n" * 20_001), "too_many_rows", None),
        (workbook(["name", "age"], ["Afan", 3]), "no_heads", None),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_why_and_where(file, code, line):
    with pytest.raises(Unreadable) as refused:
        table_of(file, FIGURES)

    assert (refused.value.code, refused.value.line) == (code, line)


@pytest.mark.parametrize("language", ["cy", "en"])
def test_a_wrong_encoding_is_told_with_its_line(language):
    file = sent(HEADS + "\nafan,visits,2026-04,1,,y tîm,", encoding="cp1252")

    with override(language), pytest.raises(Unreadable) as refused:
        table_of(file, FIGURES)

    with override(language):
        message = refused.value.message
    assert message.endswith(" 2 (afan,visits,2026-04,1,,y t\ufffdm,)")
    assert {"cy": "Nid yw rhai o lythrennau'r ffeil", "en": "Letters of the file"}[
        language
    ] in message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("empty.xlsx", b""),
        ("blank.csv", b"\n\n , \n"),
        ("really.csv", hostile.xlsx()),
        ("really.csv", hostile.pdf()),
        ("nul.csv", b"cluster\0,period"),
        ("letter.xlsx", hostile.docx()),
        ("bomb.xlsx", hostile.zip_bomb()),
        ("cut.xlsx", hostile.CALC.read_bytes()[:-40]),
        ("entities.xlsx", hostile.BAD["entities.xlsx", "active"]()),
        ("macros.xlsx", hostile.BAD["renamed macros.xlsx", "active"]()),
        ("link.xlsx", hostile.BAD["another workbook.xlsx", "active"]()),
    ],
)
def test_hostile_files_are_refused(name, content):
    with pytest.raises((RefusedFile, Unreadable)):
        table_of(SimpleUploadedFile(name, content), FIGURES)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_csv_as_programs_write_it(separator, start):
    rows = [HEADS.split(","), ["afan", "visits", "2026-04", "12", "", "Nodyn: ŵ", ""]]
    text = start + "\r\n".join(separator.join(row) for row in rows)

    entries, faults = checked(sent(text))

    assert faults == []
    assert entries == [[2, 1, 1, "2026-04-01", "12", None, "Nodyn: ŵ", None]]


def test_heads_in_either_language_and_any_order():
    text = "NIFER,Cyfnod,Dangosydd,clwstwr\n12,2026-04,visits,afan\n"

    entries, faults = checked(sent(text))

    assert faults == []
    assert entries == [[2, 1, 1, "2026-04-01", "12", None, None, None]]


def test_a_workbook_with_numbers_and_dates_as_such():
    entries, faults = checked(
        workbook(
            HEADS.split(","),
            ["afan", "shots", datetime.date(2026, 4, 1), 12.5, 200, "Nodyn", None],
            [None] * 7,
            ["AFAN", "Visits", "April 2026", "1,234", None, None, None],
        )
    )

    assert faults == []
    assert entries == [
        [2, 1, 2, "2026-04-01", "12.5", "200", "Nodyn", None],
        [4, 1, 1, "2026-04-01", "1234", None, None, None],
    ]


def test_an_infinite_number_in_a_workbook_is_none():
    """As 1E999 is read from a file: JSON, in which rows are kept, has none."""
    cell = SimpleNamespace(value=float("1E999"), is_formula=False)

    assert kept_value(cell) == "inf"


def test_unknown_repeated_and_missing_columns_are_all_told():
    assert found(sent("cluster,colour,cluster,period\nafan,red,,2026-04\n"))[:4] == [
        (1, "B", Code.UNKNOWN_COLUMN, "colour"),
        (1, "C", Code.REPEATED_COLUMN, ""),
        (1, "", Code.MISSING_COLUMN, ""),
        (1, "", Code.MISSING_COLUMN, ""),
    ]


# Cells --------------------------------------------------------------------------------

GOOD = ["afan", "shots", "2026-04", "10", "20", "", ""]


def with_cell(place, value):
    row = list(GOOD)
    row[place] = value
    return row


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        (with_cell(0, ""), [("A", Code.MISSING, "")]),
        (with_cell(0, "nowhere"), [("A", Code.UNKNOWN_CLUSTER, "nowhere")]),
        (with_cell(0, "ogwr"), [("A", Code.OTHER_BOARD, "ogwr")]),
        (with_cell(0, "hen"), [("A", Code.CLOSED, "hen")]),
        (with_cell(1, "nothing"), [("B", Code.UNKNOWN_INDICATOR, "nothing")]),
        (with_cell(2, "2026-13"), [("C", Code.UNKNOWN_PERIOD, "2026-13")]),
        (with_cell(2, "1999-12"), [("C", Code.UNKNOWN_PERIOD, "1999-12")]),
        (with_cell(2, "2026-12"), [("C", Code.FUTURE, "2026-12")]),
        (with_cell(3, "30"), [("D", Code.GREATER, "30")]),
        (with_cell(3, "-3"), [("D", Code.NEGATIVE, "-3")]),
        (with_cell(3, ""), [("D", Code.NO_NUMERATOR, "")]),
        (with_cell(3, "#N/A"), [("D", Code.ERROR, "#N/A")]),
        (with_cell(4, ""), [("E", Code.NO_DENOMINATOR, "")]),
        (with_cell(4, "0"), [("E", Code.NOUGHT, "0")]),
        (with_cell(5, "y t樽m"), [("F", Code.SPOILED, "y t樽m")]),
        (with_cell(5, "y tÃ®m"), [("F", Code.SPOILED, "y tÃ®m")]),
        (with_cell(5, "a" * 501), [("F", Code.TOO_LONG, "a" * 100)]),
        (with_cell(6, "a" * 201), [("G", Code.TOO_LONG, "a" * 100)]),
        (["afan", "visits", "2026-04", "1", "2", "", ""], [("E", Code.NOT_ASKED, "2")]),
        (["afan", "calls", "2026-05", "1", "", "", ""], [("C", Code.UNKNOWN_PERIOD, "2026-05")]),
        (["afan", "calls", "2020-04", "1", "", "", ""], [("E", Code.NO_POPULATION, "")]),
        (
            ["nowhere", "nothing", "2026-04", "x", "1.234", "樽", ""],
            [
                ("A", Code.UNKNOWN_CLUSTER, "nowhere"),
                ("B", Code.UNKNOWN_INDICATOR, "nothing"),
                ("D", Code.NOT_A_NUMBER, "x"),
                ("E", Code.AMBIGUOUS, "1.234"),
                ("F", Code.SPOILED, "樽"),
            ],
        ),
    ],
)  # fmt: skip
def test_every_fault_of_a_row_is_told_with_its_cell(row, faults):
    file = io.StringIO()
    csv.writer(file).writerows([HEADS.split(","), GOOD, row])

    assert found(sent(file.getvalue())) == [(3, *fault) for fault in faults]


def test_a_number_that_split_its_row_is_told():
    text = f"{HEADS}\nafan,visits,2026-04,12,345,,,x\n"

    assert found(sent(text)) == [
        (2, "E", Code.NOT_ASKED, "345"),
        (2, "H", Code.EXTRA, "x"),
    ]


@pytest.mark.parametrize("place", range(7))
def test_a_formula_in_a_workbook_is_refused_in_every_cell(place):
    faults = found(workbook(HEADS.split(","), with_cell(place, "=1+1")))

    assert (2, "ABCDEFG"[place], Code.FORMULA, "=1+1") in faults


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x")', "@x", "-", "+44"])
def test_in_csv_what_looks_like_a_formula_is_a_text_and_comes_back_as_it_was(text):
    file = io.StringIO()
    csv.writer(file).writerows([HEADS.split(","), with_cell(5, guarded(text))])

    entries, faults = checked(sent(file.getvalue()))

    assert faults == []
    assert guarded(text) == f"'{text}"
    assert entries[0][6] == text
    assert checked(sent(f"{HEADS}\nafan,visits,2026-04,1,,-dim,"))[0][0][6] == "-dim"


@pytest.mark.parametrize(
    ("name", "code", "day"),
    [
        ("2026-04", "visits", "2026-04-01"),
        ("2026-04-01", "visits", "2026-04-01"),
        ("01/04/2026", "visits", "2026-04-01"),
        ("Apr-26", "visits", "2026-04-01"),
        ("Ebrill 2026", "visits", "2026-04-01"),
        ("april 2026", "visits", "2026-04-01"),
        ("April–June 2026", "calls", "2026-04-01"),
        ("Ebrill-Mehefin 2026", "calls", "2026-04-01"),
        ("2025/26", "posts", "2025-04-01"),
        ("2025-26", "posts", "2025-04-01"),
        ("2025/2026", "posts", "2025-04-01"),
        ("2025-04", "posts", "2025-04-01"),
    ],
)
def test_periods_as_people_and_programs_write_them(name, code, day):
    entries, faults = checked(sent(f"{HEADS}\nafan,{code},{name},1,,,\n"))

    assert (faults, entries[0][3]) == ([], day)


def test_a_row_left_empty_says_nothing_and_a_rate_may_leave_its_people_out():
    text = f"{HEADS}\nafan,shots,2026-04,,,,\nafan,calls,2026-04,5,,,\n"

    assert checked(sent(text)) == (
        [
            [2, 1, 2, "2026-04-01", None, None, None, None],
            [3, 1, 3, "2026-04-01", "5", None, None, None],
        ],
        [],
    )


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        ("afan,2025,30000,ONS", []),
        ('afan,2025,"30,000",', []),
        ("afan,2025,,", []),
        ("afan,2025,,ONS", [("C", Code.MISSING)]),
        ("afan,2025,0,", [("C", Code.NOUGHT)]),
        ("afan,2025,30.5,", [("C", Code.NOT_WHOLE)]),
        ("afan,2025,30000000,", [("C", Code.TOO_LARGE)]),
        ("afan,2027,30000,", [("B", Code.FUTURE)]),
        ("afan,25,30000,", [("B", Code.UNKNOWN_YEAR)]),
        ("afan,1989,30000,", [("B", Code.UNKNOWN_YEAR)]),
        ("ogwr,2025,30000,", [("A", Code.OTHER_BOARD)]),
        ("hen,2026,30000,", [("A", Code.CLOSED)]),
    ],
)
def test_populations(row, faults):
    told = found(sent(f"cluster,year,people,source\n{row}\n"), POPULATIONS)

    assert [(column, code) for _row, column, code, _value in told] == faults


@pytest.mark.parametrize(("column", "name"), [(1, "A"), (26, "Z"), (27, "AA")])
def test_names_of_columns(column, name):
    assert letters(column) == name


@pytest.mark.parametrize("kind", [FIGURES, POPULATIONS])
@pytest.mark.parametrize("language", ["cy", "en"])
def test_every_fault_and_head_is_in_both_languages(kind, language):
    with override(language):
        sentences = [str(code.label) for code in Code]
        heads = [str(column.head) for column in COLUMNS[kind]]
    with override({"cy": "en", "en": "cy"}[language]):
        others = [str(code.label) for code in Code]
        other_heads = [str(column.head) for column in COLUMNS[kind]]

    assert not set(sentences) & set(others)
    assert not set(heads) & set(other_heads)


def test_calc_opens_what_is_made(tmp_path):
    """A workbook from LibreOffice is one of ours as soon as it has our heads."""
    book = load_workbook(hostile.CALC)
    page = book.active
    for column, head in enumerate(HEADS.split(","), start=1):
        page.cell(1, column).value = head
    page.delete_rows(2, page.max_row)
    page.append(["afan", "visits", "2026-04", 1])
    file = io.BytesIO()
    book.save(file)

    entries, _faults = checked(SimpleUploadedFile("a.xlsx", file.getvalue()))

    assert entries == [[2, 1, 1, "2026-04-01", "1", None, None, None]]
