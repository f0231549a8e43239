"""Uploading figures: what would change is shown, all or nothing is written, and it can be undone."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

from assessments.figure_files.comparing import compare
from assessments.figure_files.layout import FIGURES, POPULATIONS
from assessments.figure_files.tables import table_of
from assessments.figure_files.undoing import undoing_of
from assessments.models import FigureUpload, IndicatorValue
from assessments.periods import recent
from assessments.services import figure_uploads as services
from assessments.services.figures import Figure, enter_figures, mark_of
from frameworks.models import Indicator
from organisations.models import AuditEvent, Population
from tests.factories import ClusterFactory, IndicatorFactory

pytestmark = pytest.mark.django_db

HEADS = ["cluster", "indicator", "period", "numerator", "denominator", "note", "source"]


@pytest.fixture
def shots(edition):
    return IndicatorFactory(
        edition=edition, number=1, code="shots", unit="percentage", period="month"
    )


@pytest.fixture
def calls(edition):
    return IndicatorFactory(edition=edition, number=2, code="calls", period="month")


@pytest.fixture
def months():
    return recent(Indicator.Period.MONTH, 24, today=timezone.localdate())


def file_of(rows, heads=HEADS, name="figures.csv"):
    file = io.StringIO()
    csv.writer(file).writerows([heads, *rows])
    return SimpleUploadedFile(name, file.getvalue().encode())


def kept(board, rows, *, by, edition=None, kind=FIGURES, heads=HEADS):
    upload = services.keep_figure_file(
        health_board=board,
        kind=kind,
        edition=edition,
        file_name="figures.csv",
        table=table_of(file_of(rows, heads), kind),
        by=by,
    )
    while upload.checked_at is None:
        upload = services.check_on(upload=upload, by=by)
    return upload


def applied(board, rows, **options):
    upload = kept(board, rows, **options)
    return services.apply_figure_file(
        upload=upload, fingerprint=compare(upload).fingerprint, by=options["by"]
    )


def populations(board, rows, *, by):
    heads = ["cluster", "year", "people", "source"]
    return applied(board, rows, by=by, kind=POPULATIONS, heads=heads)


def stored():
    return [
        (
            value.cluster.code,
            value.indicator.code,
            value.period_start.isoformat()[:7],
            value.numerator,
            value.denominator,
            value.note,
            value.version,
        )
        for value in IndicatorValue.objects.select_related(
            "cluster", "indicator"
        ).order_by("cluster__code", "indicator__code", "period_start")
    ]


def enter(indicator, cluster, period, numerator, denominator, *, by):
    now = IndicatorValue.objects.filter(
        indicator=indicator, cluster=cluster, period_start=period.starts_on
    ).first()
    enter_figures(
        indicator=indicator,
        health_board=cluster.health_board,
        period=period,
        figures=[
            Figure(
                cluster.pk,
                None if numerator is None else Decimal(numerator),
                None if denominator is None else Decimal(denominator),
                mark_of(now),
            )
        ],
        by=by,
    )


# What is applied ----------------------------------------------------------------------


def test_new_changed_same_and_empty_rows(
    board, cluster, other_cluster, shots, edition, months, officer
):
    month, before = months[1].code, months[2].code
    enter(shots, cluster, months[1], 10, 20, by=officer)
    enter(shots, cluster, months[2], 11, 20, by=officer)
    enter(shots, other_cluster, months[2], 5, 9, by=officer)
    rows = [
        ["afan", "shots", month, 10, 20, "", ""],
        ["afan", "shots", before, 12, 20, "Wedi'i gywiro", ""],
        ["ogwr", "shots", month, 0, 30, "", ""],
        ["ogwr", "shots", before, "", "", "", ""],
    ]

    upload = kept(board, rows, by=officer, edition=edition)
    comparison = compare(upload)
    services.apply_figure_file(
        upload=upload, fingerprint=comparison.fingerprint, by=officer
    )

    assert (
        len(comparison.added),
        len(comparison.changed),
        comparison.same_count,
        comparison.empty_count,
    ) == (1, 1, 1, 1)
    assert stored() == [
        ("afan", "shots", before, 12, 20, "Wedi'i gywiro", 2),
        ("afan", "shots", month, 10, 20, "", 1),
        ("ogwr", "shots", before, 5, 9, "", 1),
        ("ogwr", "shots", month, 0, 30, "", 1),
    ]


def test_an_empty_note_keeps_the_note_that_is_there(
    board, cluster, shots, edition, months, officer
):
    row = ["afan", "shots", months[1].code, 10, 20]
    applied(board, [[*row, "Nodyn", "Arolwg"]], by=officer, edition=edition)

    upload = kept(board, [[*row, "", ""]], by=officer, edition=edition)

    assert compare(upload).same_count == 1
    assert compare(upload).changes == []


def test_each_figure_and_the_file_are_written_down(
    board, cluster, shots, edition, months, officer
):
    enter(shots, cluster, months[1], 10, 20, by=officer)
    newest = AuditEvent.objects.latest("pk").pk

    upload = applied(
        board,
        [
            ["afan", "shots", months[1].code, 11, 20, "", ""],
            ["afan", "shots", months[2].code, 12, 20, "", ""],
        ],
        by=officer,
        edition=edition,
    )

    events = AuditEvent.objects.filter(pk__gt=newest).order_by("pk")
    told = [
        (event.kind, event.subject_type.partition(".")[2], event.by) for event in events
    ]
    assert told == [
        ("added", "figureupload", officer),
        ("added", "indicatorvalue", officer),
        ("changed", "indicatorvalue", officer),
        ("changed", "figureupload", officer),
    ]
    changed = events[2].details
    assert changed["upload"] == upload.pk
    assert changed["before"]["numerator"] == "10"
    assert changed["after"]["numerator"] == "11"
    assert events[3].details == {"applied": 2}


def test_one_fault_and_nothing_is_written(
    board, cluster, shots, edition, months, officer
):
    upload = kept(
        board,
        [
            ["afan", "shots", months[1].code, 10, 20, "", ""],
            ["afan", "shots", months[2].code, 30, 20, "", ""],
            ["afan", "shots", months[1].code, 11, 20, "", ""],
        ],
        by=officer,
        edition=edition,
    )

    with pytest.raises(services.NotApplicable):
        services.apply_figure_file(upload=upload, fingerprint="", by=officer)

    faults = [
        (fault["row"], fault["code"], fault["value"])
        for part in upload.parts.all()
        for fault in part.faults
    ]
    assert faults == [(3, "greater", "30"), (4, "repeated", "2")]
    assert stored() == []


def test_all_faults_of_many_rows_are_listed(
    client, board, cluster, shots, edition, months, officer, monkeypatch
):
    monkeypatch.setattr(services, "ROWS_A_STEP", 100)
    rows = [
        ["afan", "shots", f"20{place:02}-01", "x", "", "", ""] for place in range(26)
    ]
    rows += [["nowhere", "shots", "2020-01", 1, 2, "", ""]] * 250
    upload = kept(board, rows, by=officer, edition=edition)
    client.force_login(officer)
    address = page("figure_upload_detail", board, upload)

    pages = [client.get(address, {"page": number}) for number in (1, 2, 3, 4)]

    # Two in each of the first rows: what is no number, and what it would be out of.
    assert upload.fault_count == 26 * 2 + 250
    assert upload.parts.count() == 3
    assert [len(each.context["faults"]) for each in pages] == [100, 100, 100, 2]
    assert stored() == []


def test_a_file_says_the_same_twice_in_different_parts(
    board, cluster, shots, edition, months, officer, monkeypatch
):
    monkeypatch.setattr(services, "ROWS_A_STEP", 2)
    rows = [["afan", "shots", month.code, 1, 2, "", ""] for month in months[:4]]

    upload = kept(board, [*rows, rows[0], rows[0]], by=officer, edition=edition)

    faults = [
        (part.number, fault["row"], fault["value"])
        for part in upload.parts.all()
        for fault in part.faults
    ]
    assert faults == [(3, 6, "2"), (3, 7, "2")]


def test_what_changed_since_the_preview_is_told_and_nothing_is_applied(
    client, board, cluster, shots, edition, months, officer
):
    enter(shots, cluster, months[1], 10, 20, by=officer)
    rows = [["afan", "shots", month.code, 15, 20, "", ""] for month in months[1:3]]
    upload = kept(board, rows, by=officer, edition=edition)
    client.force_login(officer)
    shown = client.get(page("figure_upload_detail", board, upload))
    enter(shots, cluster, months[1], 11, 20, by=officer)

    refused = client.post(
        page("figure_upload_apply", board, upload),
        {"version": shown.context["comparison"].fingerprint},
    )

    assert refused.status_code == 409
    assert "nothing was applied" in refused.content.decode()
    assert stored() == [("afan", "shots", months[1].code, 11, 20, "", 2)]
    again = client.post(
        page("figure_upload_apply", board, upload),
        {"version": refused.context["comparison"].fingerprint},
    )
    assert again.status_code == 302
    assert [row[3] for row in stored()] == [15, 15]


def test_a_file_is_applied_once(board, cluster, shots, edition, months, officer):
    rows = [["afan", "shots", months[1].code, 15, 20, "", ""]]
    upload = kept(board, rows, by=officer, edition=edition)
    fingerprint = compare(upload).fingerprint
    services.apply_figure_file(upload=upload, fingerprint=fingerprint, by=officer)

    with pytest.raises(services.NotApplicable):
        services.apply_figure_file(upload=upload, fingerprint=fingerprint, by=officer)

    assert [row[-1] for row in stored()] == [1]


def test_what_stands_out_is_named_and_not_refused(
    board, cluster, shots, edition, months, officer
):
    earlier = [
        ["afan", "shots", month.code, 50 + place % 3, 100, "", ""]
        for place, month in enumerate(reversed(months[2:10]))
    ]
    rows = [*earlier, ["afan", "shots", months[1].code, 5, 100, "", ""]]

    upload = kept(board, rows, by=officer, edition=edition)

    comparison = compare(upload)
    assert [change.row for change in comparison.outliers] == [10]
    assert len(comparison.changes) == 9


# Undoing ------------------------------------------------------------------------------


def test_a_file_is_undone_but_for_what_was_changed_since(
    board, cluster, shots, edition, months, officer
):
    for month in months[1:3]:
        enter(shots, cluster, month, 10, 20, by=officer)
    rows = [["afan", "shots", month.code, 15, 20, "N", ""] for month in months[1:5]]
    upload = applied(board, rows, by=officer, edition=edition)
    enter(shots, cluster, months[2], 17, 20, by=officer)
    enter(shots, cluster, months[4], 18, 20, by=officer)

    undone = services.undo_figure_file(upload=upload, by=officer)

    assert stored() == [
        ("afan", "shots", months[4].code, 18, 20, "N", 2),
        ("afan", "shots", months[2].code, 17, 20, "N", 3),
        ("afan", "shots", months[1].code, 10, 20, "", 3),
    ]
    assert undone.restored_count == 2
    assert undone.kept == [
        [cluster.pk, shots.pk, months[place].starts_on.isoformat()] for place in (4, 2)
    ]
    with pytest.raises(services.NotApplicable):
        services.undo_figure_file(upload=upload, by=officer)


def test_two_files_are_undone_one_after_the_other(
    board, cluster, shots, edition, months, officer
):
    row = ["afan", "shots", months[1].code]
    first = applied(board, [[*row, 1, 20, "", ""]], by=officer, edition=edition)
    second = applied(board, [[*row, 2, 20, "", ""]], by=officer, edition=edition)

    services.undo_figure_file(upload=second, by=officer)
    between = stored()
    undone = services.undo_figure_file(upload=first, by=officer)

    assert [row[3] for row in between] == [1]
    assert (undone.restored_count, undone.kept, stored()) == (1, [], [])


def test_a_figure_that_was_taken_back_meanwhile_stays_so(
    board, cluster, shots, edition, months, officer
):
    rows = [["afan", "shots", months[1].code, 15, 20, "", ""]]
    upload = applied(board, rows, by=officer, edition=edition)
    enter(shots, cluster, months[1], None, None, by=officer)

    undoing = undoing_of(upload)

    assert (undoing.count, len(undoing.kept)) == (0, 1)


# Populations --------------------------------------------------------------------------


def test_a_rate_is_computed_with_the_population_of_its_year(
    board, cluster, calls, edition, officer
):
    populations(
        board, [["afan", 2024, 30_000, "ONS"], ["afan", 2025, 32_000, ""]], by=officer
    )
    rows = [
        ["afan", "calls", month, 60, "", "", ""] for month in ("2024-06", "2026-02")
    ]

    applied(board, rows, by=officer, edition=edition)

    values = IndicatorValue.objects.order_by("period_start")
    assert [
        (value.population.year, value.denominator, value.value) for value in values
    ] == [(2024, 30_000, 2), (2025, 32_000, Decimal("1.875"))]


def test_rates_follow_a_population_that_is_corrected(
    board, cluster, calls, edition, officer
):
    populations(board, [["afan", 2024, 30_000, ""]], by=officer)
    rows = [
        ["afan", "calls", "2024-06", 60, "", "", ""],
        ["afan", "calls", "2024-07", 60, 1_000, "", ""],  # about other people
        ["afan", "calls", "2025-06", 60, "", "", ""],
    ]
    applied(board, rows, by=officer, edition=edition)

    later = populations(
        board, [["afan", 2024, 40_000, ""], ["afan", 2025, 50_000, ""]], by=officer
    )
    followed = [row[4] for row in stored()]
    services.undo_figure_file(upload=later, by=officer)

    assert followed == [40_000, 1_000, 50_000]
    assert [row[4] for row in stored()] == [30_000, 1_000, 30_000]
    assert [(p.year, p.people) for p in Population.objects.all()] == [(2024, 30_000)]


def test_a_population_that_rates_need_is_not_taken_away(
    board, cluster, calls, edition, officer
):
    upload = populations(board, [["afan", 2024, 30_000, ""]], by=officer)
    applied(
        board,
        [["afan", "calls", "2024-06", 60, "", "", ""]],
        by=officer,
        edition=edition,
    )

    undone = services.undo_figure_file(upload=upload, by=officer)

    assert (undone.restored_count, undone.kept) == (0, [[cluster.pk, 2024]])
    assert Population.objects.count() == 1


def test_a_rate_entered_by_hand_is_of_the_population_too(
    client, board, cluster, calls, months, officer
):
    populations(board, [["afan", months[1].starts_on.year, 30_000, ""]], by=officer)
    client.force_login(officer)
    address = reverse(
        "indicators:figures_edit",
        args=[calls.edition.code, "calls", board.code, months[1].code],
    )
    name = f"numerator-{cluster.pk}"

    before = client.get(address).content.decode()
    client.post(address, {name: "60", f"mark-{cluster.pk}": ""})
    form = client.get(address).context["form"]
    client.post(address, {field: form[field].value() or "" for field in form.fields})

    assert "used where this is empty: 30,000" in before
    assert [(row[3], row[4], row[-1]) for row in stored()] == [(60, 30_000, 1)]
    assert IndicatorValue.objects.get().population.people == 30_000


# Who may ------------------------------------------------------------------------------


def test_who_may_not_upload(
    board, cluster, shots, edition, months, officer, lead, other_officer, administrator
):
    rows = [["afan", "shots", months[1].code, 15, 20, "", ""]]
    waiting = kept(board, rows, by=officer, edition=edition)
    done = applied(board, rows, by=officer, edition=edition)

    for person in (lead, other_officer, administrator):
        with pytest.raises(PermissionDenied):
            kept(board, rows, by=person, edition=edition)
        with pytest.raises(PermissionDenied):
            services.check_on(upload=waiting, by=person)
        with pytest.raises(PermissionDenied):
            services.apply_figure_file(upload=waiting, fingerprint="", by=person)
        with pytest.raises(PermissionDenied):
            services.undo_figure_file(upload=done, by=person)


def test_a_file_of_another_board_is_not_found(
    client, board, shots, cluster, edition, months, officer, national
):
    elsewhere = ClusterFactory().health_board
    rows = [["afan", "shots", months[1].code, 15, 20, "", ""]]
    upload = kept(board, rows, by=officer, edition=edition)
    client.force_login(national)

    own = client.get(page("figure_upload_detail", board, upload)).status_code
    other = client.get(page("figure_upload_detail", elsewhere, upload)).status_code

    assert (own, other) == (200, 404)


def test_only_the_newest_files_that_wait_are_kept(
    board, cluster, shots, edition, months, officer
):
    rows = [["afan", "shots", months[1].code, 15, 20, "", ""]]
    done = applied(board, rows, by=officer, edition=edition)
    old = kept(board, rows, by=officer, edition=edition)
    FigureUpload.objects.filter(pk__in=[old.pk, done.pk]).update(
        uploaded_at=timezone.now() - datetime.timedelta(days=2)
    )

    newer = [kept(board, rows, by=officer, edition=edition).pk for _ in range(6)]

    assert list(FigureUpload.objects.values_list("pk", flat=True)) == [
        *reversed(newer[1:]),
        done.pk,
    ]


# The pages ----------------------------------------------------------------------------


def page(name, board, upload=None, language="en"):
    with override(language):
        arguments = [board.code] if upload is None else [board.code, upload.pk]
        return reverse(f"indicators:{name}", args=arguments)


@pytest.mark.parametrize("language", ["cy", "en"])
def test_from_the_template_to_the_figure_and_back(
    client, board, cluster, other_cluster, shots, calls, edition, officer, language
):
    client.force_login(officer)
    with override(language):
        template = reverse(
            "indicators:figures_template", args=[board.code, "figures", "csv"]
        )
    text = client.get(template).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    filled = next(row for row in rows if row[:2] == ["afan", "shots"])
    filled[3:6] = "1,5", "20", "=1+1"

    sent = client.post(
        page("figures_upload", board, language=language),
        {"kind": "figures", "file": file_of(rows[1:], rows[0])},
    )
    preview = client.get(sent["Location"], follow=True)
    upload = FigureUpload.objects.get()
    done = client.post(
        page("figure_upload_apply", board, upload, language),
        {"version": preview.context["comparison"].fingerprint},
        follow=True,
    )
    undo = client.get(page("figure_upload_undo", board, upload, language))
    undone = client.post(
        page("figure_upload_undo", board, upload, language), follow=True
    )

    assert rows[0][0] == {"cy": "Clwstwr", "en": "Cluster"}[language]
    assert len(rows) == 1 + 2 * 2 * 12
    assert [row[:2] for row in rows[1:3]] == [["afan", "shots"], ["ogwr", "shots"]]
    comparison = preview.context["comparison"]
    assert (len(comparison.added), comparison.empty_count) == (1, 47)
    assert comparison.added[0].note == "=1+1"
    words = {
        "cy": ("Cymhwyswyd o'r ffeil: 1", "Adferwyd: 1"),
        "en": ("Applied from the file: 1", "Put back: 1"),
    }[language]
    assert words[0] in done.content.decode().replace("&#x27;", "'")
    assert undo.context["undoing"].count == 1
    assert words[1] in undone.content.decode()
    assert stored() == []


@pytest.mark.parametrize("kind", ["figures", "populations"])
def test_a_template_that_comes_back_changes_nothing(
    client, board, cluster, shots, edition, months, officer, kind
):
    rows = [["afan", "shots", months[1].code, 15, 20, "'=1+1", ""]]
    applied(board, rows, by=officer, edition=edition)
    populations(
        board, [["afan", timezone.localdate().year - 1, 30_000, "@ONS"]], by=officer
    )
    client.force_login(officer)

    for ending in ("csv", "xlsx"):
        address = reverse(
            "indicators:figures_template", args=[board.code, kind, ending]
        )
        content = client.get(address).content
        table = table_of(SimpleUploadedFile(f"a.{ending}", content), kind)
        upload = services.keep_figure_file(
            health_board=board,
            kind=kind,
            edition=edition,
            file_name="a",
            table=table,
            by=officer,
        )
        upload = services.check_on(upload=upload, by=officer)

        assert upload.fault_count == 0
        assert compare(upload).changes == []
        assert compare(upload).same_count == 1


@pytest.mark.parametrize("language", ["cy", "en"])
def test_the_workbook_explains_itself_and_holds_no_formula(
    client, board, cluster, shots, calls, months, edition, officer, language
):
    rows = [["afan", "shots", months[1].code, 15, 20, "=1+1", ""]]
    applied(board, rows, by=officer, edition=edition)
    client.force_login(officer)
    with override(language):
        address = reverse(
            "indicators:figures_template", args=[board.code, "figures", "xlsx"]
        )

    book = load_workbook(io.BytesIO(client.get(address).content))

    assert (
        book.sheetnames
        == {
            "cy": ["Canllaw", "Ffigurau", "Codau"],
            "en": ["Guidance", "Figures", "Codes"],
        }[language]
    )
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert [(c.value, c.quotePrefix) for c in cells if c.value == "=1+1"] == [
        ("=1+1", True)
    ]
    codes = {row[0].value for row in book.worksheets[2].iter_rows()}
    assert {"afan", "shots", "calls"} < codes


@pytest.mark.parametrize("language", ["cy", "en"])
def test_faults_are_told_in_the_readers_language(
    client, board, cluster, shots, edition, months, officer, language
):
    rows = [["afan", "shots", months[1].code, "1.234", 20, "y t樽m", ""]]
    upload = kept(board, rows, by=officer, edition=edition)
    client.force_login(officer)

    text = client.get(page("figure_upload_detail", board, upload, language))

    shown = " ".join(text.content.decode().replace("&#x27;", "'").split())
    assert {
        "cy": '<td>D Nifer</td> <td class="breaks"> Gellir darllen hwn mewn dwy ffordd',
        "en": '<td>D Number</td> <td class="breaks"> This can be read in two ways',
    }[language] in shown
    assert {
        "cy": '<td>F Nodyn</td> <td class="breaks"> Difethwyd llythrennau ar y ffordd',
        "en": '<td>F Note</td> <td class="breaks"> Letters were spoiled on the way',
    }[language] in shown
    assert "y t樽m" in shown


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"kind": "figures"}, "Choose a file."),
        (
            {"kind": "figures", "file": SimpleUploadedFile("a.pdf", b"%PDF")},
            "Choose a file of one of these kinds: xlsx or csv.",
        ),
        (
            {"kind": "figures", "file": SimpleUploadedFile("a.csv", b"")},
            "The file is empty.",
        ),
        (
            {"kind": "figures", "file": SimpleUploadedFile("a.csv", b"x" * (11 * 2**20))},
            "The file is larger than 5 MB. Choose a smaller one.",
        ),
        ({"kind": "other"}, "Select a valid choice"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_figures_is_refused_on_the_form(
    client, board, shots, officer, data, message
):
    client.force_login(officer)
    for value in data.values():
        if hasattr(value, "seek"):
            value.seek(0)

    response = client.post(page("figures_upload", board), data)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not FigureUpload.objects.exists()


def test_progress_is_shown_step_by_step(
    client, board, cluster, shots, edition, months, officer, monkeypatch
):
    monkeypatch.setattr(services, "ROWS_A_STEP", 2)
    rows = [["afan", "shots", month.code, 1, 2, "", ""] for month in months[:5]]
    client.force_login(officer)
    sent = client.post(
        page("figures_upload", board), {"kind": "figures", "file": file_of(rows)}
    )

    steps = [client.get(sent["Location"]) for _ in range(4)]

    texts = [" ".join(step.content.decode().split()) for step in steps]
    assert "Rows checked: 2 of 5" in texts[0]
    assert "Rows checked: 4 of 5" in texts[1]
    assert all('http-equiv="refresh"' in text for text in texts[:2])
    assert steps[2].status_code == 302
    assert 'http-equiv="refresh"' not in texts[3]
    assert len(steps[3].context["comparison"].added) == 5


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_list_and_the_preview(
    client, board, cluster, shots, edition, months, officer, count
):
    for place in range(count):
        rows = [
            ["afan", "shots", month.code, place, 20, "", ""]
            for month in months[1 : 1 + count]
        ]
        upload = kept(board, rows, by=officer, edition=edition)
    client.force_login(officer)
    asked = []

    for address in (
        page("figures_upload", board),
        page("figure_upload_detail", board, upload),
    ):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address)
        asked.append(len(queries))

    assert asked == [8, 11]


def test_addresses_that_take_what_is_sent_lead_back(
    client, board, cluster, shots, edition, months, officer
):
    rows = [["afan", "shots", months[1].code, 15, 20, "", ""]]
    upload = kept(board, rows, by=officer, edition=edition)
    client.force_login(officer)

    for name in ("figure_upload_apply", "figure_upload_undo"):
        response = client.get(page(name, board, upload))

        assert response.status_code == 302
        assert response["Location"] == page("figure_upload_detail", board, upload)


def test_an_officer_is_led_to_the_own_board_and_a_national_one_chooses(
    client, board, cluster, officer, national, lead
):
    ClusterFactory()
    told = {}
    for person in (officer, national, lead):
        client.force_login(person)
        told[person.email] = client.get(reverse("indicators:figures_boards"))

    assert [response.status_code for response in told.values()] == [302, 200, 403]
    assert told[officer.email]["Location"] == page("figures_upload", board)
    assert len(told[national.email].context["boards"]) == 2
