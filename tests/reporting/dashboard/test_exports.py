"""Tables as files: what is in them is the table, and nothing in them is computed."""

import csv
import io
import zipfile
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook

from assessments import services
from assessments.models import Cycle
from cdf_site.common.formulas import unguarded
from organisations.models import Cluster
from reporting import facts
from reporting.exhibits import EXHIBITS, OFFERS, Offer, Page
from reporting.scopes import scope_of_code
from reporting.table_files import DICTIONARY_COLUMNS, as_csv, as_workbook
from reporting.tables import Column, Kind, Table
from tests.factories import ClusterFactory, SelfReflectionFactory, UserFactory
from tests.reporting.dashboard.submitted import submit_everything
from tests.steps import outcome_of

pytestmark = pytest.mark.django_db
BOM = b"\xef\xbb\xbf"
HOSTILE = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1"),
    *(
        "'=1",
        "''=1",
        "'+1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff20A",
        "\tx",
        "\rx",
        "\x00=1",
    ),
    *(
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("https://example.test")',
        "-2+3+cmd|' /C calc'!A0",
    ),
]
HARMLESS = [
    "Afan",
    "'quoted'",
    "1 = 1",
    "a-b",
    "",
    'Llŷn, "a"; b\nc',
    "_x000B_",
    "x\x0by",
]


@pytest.fixture
def submitted(reflection, lead, officer):
    """Afan submitted everything, and level 2 was agreed of its first outcome."""
    submit_everything(reflection, by=lead)
    services.begin_review(reflection=reflection, by=officer)
    services.record_agreement(
        reflection=reflection,
        by=officer,
        levels={outcome_of(reflection).pk: (2, "They saw it.", "en")},
    )
    return reflection


def address(name, scope="wales", **more):
    return reverse(f"dashboard:{name}", kwargs={"scope": scope, **more})


def page_of(user, scope="wales"):
    cycles = list(Cycle.objects.begun().select_related("edition"))
    return Page(user, scope_of_code(scope), cycles[0], cycles, in_file=True)


def body_of(response):
    assert response.status_code == 200
    return (
        b"".join(response.streaming_content) if response.streaming else response.content
    )


def read_csv(body):
    assert body.startswith(BOM)
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def read_workbook(body, sheet=0):
    book = load_workbook(io.BytesIO(body))
    return [[cell.value for cell in row] for row in book.worksheets[sheet].iter_rows()]


def as_text(value):
    """A value as CSV has it, in the plainest way."""
    if value is None:
        return ""
    if hasattr(value, "as_tuple") or isinstance(value, float):
        return float(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def as_cell(value):
    """A value as a workbook has it: an empty text is an empty cell."""
    if isinstance(value, int | float) or hasattr(value, "as_tuple"):
        return float(value)
    return as_text(value) or None


def near(read, expected):
    """Two rows, numbers as numbers."""
    return [
        float(cell) if isinstance(wanted, float) else cell
        for cell, wanted in zip(read, expected, strict=True)
    ]


@pytest.mark.parametrize("scope", ["wales", "cluster-afan"])
def test_every_exhibit_read_back_is_its_table(client, submitted, lead, scope):
    client.force_login(lead)

    statuses = {}
    for key, load in EXHIBITS.items():
        exhibit = load(page_of(lead, scope))
        files = [
            client.get(address(name, scope, exhibit=key))
            for name in ("exhibit_csv", "exhibit_xlsx")
        ]
        statuses[key] = [file.status_code for file in files]
        if exhibit is None:
            assert statuses.pop(key) == [404, 404]
            continue
        table = exhibit.table
        heads, *rows = read_csv(files[0].content)
        assert heads == [column.code for column in table.columns], key
        expected = [[as_text(value) for value in row] for row in table.rows]
        found = [[unguarded(cell) for cell in row] for row in rows]
        assert list(map(near, found, expected)) == expected, key
        heads, *rows = read_workbook(files[1].content)
        assert heads == [column.code for column in table.columns], key
        expected = [[as_cell(value) for value in row] for row in table.rows]
        assert list(map(near, rows, expected)) == expected, key

    assert set(map(tuple, statuses.values())) == {(200, 200)}
    assert len(statuses) > 3


def test_the_second_sheet_says_what_the_first_holds(client, submitted, lead):
    client.force_login(lead)
    columns = EXHIBITS["distribution"](page_of(lead)).table.columns

    body = body_of(client.get(address("exhibit_xlsx", exhibit="distribution")))

    heads, *rows = read_workbook(body, sheet=1)
    assert heads == [column.code for column in DICTIONARY_COLUMNS]
    assert [row[1] for row in rows] == [column.code for column in columns]
    assert all(all(row) for row in rows)


# Formulas -------------------------------------------------------------------------------

NAME = Column("name", "Name", "A name.")
NUMBER = Column("number", "Number", "A number.", Kind.NUMBER)


def test_no_text_is_a_formula_in_csv():
    texts = [*HOSTILE, *HARMLESS]

    body = as_csv(Table("Names", [NAME], [[text] for text in texts]))

    _heads, *rows = read_csv(body)
    cells = [row[0] if row else "" for row in rows]
    assert [cell for cell in cells[: len(HOSTILE)] if not cell.startswith("'")] == []
    assert cells[len(HOSTILE) :] == HARMLESS
    assert list(map(unguarded, cells)) == texts


def test_no_text_is_a_formula_in_a_workbook():
    texts = [*HOSTILE, *HARMLESS]

    body = as_workbook("names", Table("Names", [NAME], [[text] for text in texts]))

    sheet = load_workbook(io.BytesIO(body)).worksheets[0]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert all(cell.quotePrefix for cell in cells[: len(HOSTILE)])
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        sheets = [
            name for name in parts.namelist() if name.startswith("xl/worksheets/")
        ]
        assert not [name for name in sheets if b"<f>" in parts.read(name)]


def test_numbers_stay_numbers():
    rows = [[-1.5], [0], [None], [1e-7], [12345678901]]

    body = as_csv(Table("Numbers", [NUMBER], rows))

    assert [row[0] if row else "" for row in read_csv(body)[1:]] == [
        *("-1.5", "0", "", "1e-07", "12345678901")
    ]
    assert read_workbook(as_workbook("numbers", Table("N", [NUMBER], rows)))[1:] == rows


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "\t=1", "'=1"])
def test_a_hostile_name_of_a_cluster(client, submitted, officer, name):
    Cluster.objects.filter(pk=submitted.cluster_id).update(name_cy=name, name_en=name)
    client.force_login(officer)
    files = [
        address("exhibit_csv", exhibit="heat_map"),
        address("exhibit_xlsx", exhibit="heat_map"),
        address("facts_csv"),
    ]

    csv_of_one, workbook, everything = (body_of(client.get(file)) for file in files)

    assert [name] not in [[cell] for row in read_csv(csv_of_one) for cell in row]
    assert f"'{name}" in {cell for row in read_csv(csv_of_one) for cell in row}
    assert f"'{name}" in {cell for row in read_csv(everything) for cell in row}
    assert name not in {cell for row in read_csv(everything) for cell in row}
    sheet = load_workbook(io.BytesIO(workbook)).worksheets[0]
    named = [cell for row in sheet.iter_rows() for cell in row if cell.value == name]
    assert {(cell.data_type, bool(cell.quotePrefix)) for cell in named} == {("s", True)}


# The dictionary -------------------------------------------------------------------------


def test_every_column_is_described_in_both_languages(submitted, national):
    tables = {
        key: exhibit.table.columns
        for key, load in EXHIBITS.items()
        if (exhibit := load(page_of(national)))
    } | {"facts": facts.COLUMNS, "dictionary": DICTIONARY_COLUMNS}

    faults = []
    for key, columns in tables.items():
        codes = [column.code for column in columns]
        if len(set(codes)) != len(codes):
            faults.append((key, "codes twice"))
        for column in columns:
            texts = {}
            for language in ("cy", "en"):
                with override(language):
                    texts[language] = (str(column.label), str(column.description))
            if not all(texts["cy"] + texts["en"]):
                faults.append((key, column.code, "nothing said"))
            if texts["cy"][1] == texts["en"][1]:
                faults.append((key, column.code, "no Welsh"))

    assert faults == []


@pytest.mark.parametrize("language", ["cy", "en"])
def test_the_dictionary_in_each_form(client, submitted, national, language):
    client.force_login(national)
    with override(language):
        page, as_text_file, book = (
            body_of(client.get(address(name)))
            for name in ("dictionary", "dictionary_csv", "dictionary_xlsx")
        )

    heads, *rows = read_csv(as_text_file)
    assert heads == [column.code for column in DICTIONARY_COLUMNS]
    assert read_workbook(book) == [heads, *rows]
    assert {row[0] for row in rows} >= {"distribution", "heat_map", "facts"}
    shown = page.decode()
    assert [row[1] for row in rows if f">{row[1]}<" not in shown] == []


# Who gets what --------------------------------------------------------------------------

FILES = [
    *("data", "dictionary", "dictionary_csv", "dictionary_xlsx", "facts_csv"),
    *("exhibit_csv", "exhibit_xlsx"),
]


@pytest.mark.parametrize("name", FILES)
def test_who_gets_a_file(
    client, submitted, lead, stranger, officer, other_officer, translator, name
):
    more = {"exhibit": "distribution"} if name.startswith("exhibit") else {}

    statuses = {}
    for scope in ("wales", "cluster-afan"):
        for person in (lead, stranger, officer, other_officer, translator):
            client.force_login(person)
            response = client.get(address(name, scope, **more))
            statuses[scope, person.email.split("@")[0]] = response.status_code
    client.logout()
    statuses["no one"] = client.get(address(name, **more)).status_code

    of_a_cluster = 404 if more else 200  # a cluster alone has no distribution
    assert statuses == {
        ("wales", "lead"): 200,
        ("wales", "stranger"): 200,
        ("wales", "officer"): 200,
        ("wales", "other.officer"): 200,
        ("wales", "translator"): 403,
        ("cluster-afan", "lead"): of_a_cluster,
        ("cluster-afan", "stranger"): 404,
        ("cluster-afan", "officer"): of_a_cluster,
        ("cluster-afan", "other.officer"): 404,
        ("cluster-afan", "translator"): 403,
        "no one": 302,
    }


def test_an_unknown_exhibit_has_no_file(client, submitted, lead):
    client.force_login(lead)

    assert client.get(address("exhibit_csv", exhibit="nothing")).status_code == 404


def test_files_have_names_and_are_kept_by_nobody(client, submitted, lead):
    client.force_login(lead)

    with override("cy"):
        file = client.get(address("exhibit_csv", exhibit="distribution"))

    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "dangosfwrdd-cymru-" in file.headers["Content-Disposition"]
    assert "-2030-cy.csv" in file.headers["Content-Disposition"]
    assert {"private", "no-store"} <= set(file.headers["Cache-Control"].split(", "))


@pytest.mark.parametrize("name", FILES)
def test_queries_do_not_grow_with_clusters(client, submitted, officer, name):
    more = {"exhibit": "heat_map"} if name.startswith("exhibit") else {}
    client.force_login(officer)

    def count():
        with CaptureQueriesContext(connection) as queries:
            body_of(client.get(address(name, **more)))
        return len(queries)

    with_one = count()
    for _ in range(2):
        cluster = ClusterFactory(health_board=submitted.cluster.health_board)
        reflection = SelfReflectionFactory(cycle=submitted.cycle, cluster=cluster)
        submit_everything(reflection, by=UserFactory(lead_of=cluster))

    assert count() == with_one


def test_the_page_offers_only_files_that_there_are(client, submitted, lead):
    client.force_login(lead)

    shown = client.get(address("data", "cluster-afan")).context["exhibits"]

    assert len(shown) > 1
    for exhibit, *files in shown:
        assert [client.get(file).status_code for file in files] == [200, 200], (
            exhibit.key
        )


@pytest.mark.parametrize("scope", ["wales", "cluster-afan", "cluster-silent"])
@pytest.mark.parametrize("level", ["own", "agreed"])
def test_what_is_offered_is_what_there_is(submitted, national, scope, level):
    ClusterFactory(code="silent")
    page = replace(page_of(national, scope), level=level)

    offered = {key: offer(replace(page)) for key, offer in OFFERS.items()}

    loaded = {key: load(replace(page)) for key, load in EXHIBITS.items()}
    assert offered == {
        key: found and Offer(found.key, found.title, found.table.columns)
        for key, found in loaded.items()
    }


@pytest.mark.parametrize("scope", ["wales", "cluster-afan"])
@pytest.mark.parametrize("name", ["data", "dictionary"])
def test_lists_of_tables_load_none_of_them(client, submitted, national, name, scope):
    client.force_login(national)
    client.get(address(name, scope))

    with CaptureQueriesContext(connection) as queries:
        client.get(address(name, scope))

    assert len(queries) <= 12


def test_the_filters_of_the_page_are_those_of_its_files(client, submitted, officer):
    client.force_login(officer)

    shown = client.get(f"{address('data')}?cycle=2030&level=agreed").context["exhibits"]

    assert {file.partition("?")[2] for _exhibit, *files in shown for file in files} == {
        "cycle=2030&level=agreed"
    }


def test_a_table_of_one_page_is_whole_in_a_file(submitted, officer):
    page = replace(page_of(officer), in_file=True)

    assert len(EXHIBITS["heat_map"](page).table.rows) >= Cluster.objects.count()
