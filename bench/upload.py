"""How long a file of 10,000 figures takes, from sending it to the page that says it is applied.

The board with the most clusters has three monthly indicators, one of each unit, and the years of
populations that its rates need. Its officer sends a CSV file of new figures; the same rows again as
a workbook, with other numbers; and 10,000 rows of which 300 have a wrong cell. Each is sent as a
browser does, with the requests that the page of its progress makes; ``seconds`` is the sum of them
all, of the first file, ``longest_step`` the longest that nothing moved on the page. ``cpu_seconds``
is what of it was computing: the rest is waiting, for the disk or for what else the machine does.
"""

import csv
import io
import itertools
import json
import os
import re
import time

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Count
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from assessments.models import FigureUpload, IndicatorValue
from assessments.periods import EARLIEST, recent
from bench.world import build, open_cycle, person
from frameworks.models import Edition, Indicator
from organisations.models import HealthBoard, Population, Role

ROWS = 10_000
BAD_ROWS = 300
HEADS = ["cluster", "indicator", "period", "numerator", "denominator", "note", "source"]
NUMERATOR = HEADS.index("numerator")
WRONG = ["-1", "twelve", "1.234", "=1+1", "12%", ""]
PLAIN_STATIC_FILES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}


def measure(*, say):
    say("database: framework, organisations, a cycle …")
    build()
    open_cycle(by=person("national@example.test", Role.NATIONAL_OFFICER))
    board, rows = furnish()
    client = Client()
    client.force_login(
        person("officer@example.test", Role.HEALTH_BOARD_OFFICER, health_board=board)
    )
    with override_settings(STORAGES=PLAIN_STATIC_FILES):
        client.get(reverse("indicators:figures_upload", args=[board.code]))  # warm
        say(f"{ROWS} new figures as CSV …")
        first = send(client, board, "figures.csv", as_csv(rows))
        apply(client, board, first)
        applied = IndicatorValue.objects.count()
        say(f"{ROWS} changed figures as a workbook …")
        changed = [
            [*row[:NUMERATOR], str(int(row[NUMERATOR]) + 1), *row[NUMERATOR + 1 :]]
            for row in rows
        ]
        second = send(client, board, "figures.xlsx", as_workbook(changed))
        apply(client, board, second)
        say("undoing it …")
        undoing = timed_undo(client, board)
        say(f"{ROWS} rows of which {BAD_ROWS} are wrong …")
        before = figures()
        third = send(client, board, "bad.csv", as_csv(with_faults(changed)))
        listed = listed_faults(client, third)
        written = sum(before.get(key) != value for key, value in figures().items())
    return {
        "database": connection.vendor,
        "rows": applied,
        "seconds": round(sum(first["times"]), 2),
        "longest_step": round(max(first["times"]), 2),
        "steps": {name: round(sum(first[name]), 2) for name in STEPS},
        "cpu_seconds": round(first["cpu"], 2),
        "workbook_seconds": round(sum(second["times"]), 2),
        "workbook_cpu_seconds": round(second["cpu"], 2),
        "workbook_steps": {name: round(sum(second[name]), 2) for name in STEPS},
        "undo_seconds": round(undoing, 2),
        "bad_rows": BAD_ROWS,
        "errors_listed": listed,
        "written": written,
    }


STEPS = ("sending", "checking", "preview", "applying")


def furnish():
    """The board, and the rows of a file that holds ``ROWS`` figures of its clusters."""
    board = HealthBoard.objects.annotate(size=Count("clusters")).latest("size")
    clusters = list(board.clusters.all())
    edition = Edition.objects.get()
    number = edition.indicators.count()
    indicators = [
        Indicator.objects.create(
            edition=edition,
            number=number + place,
            code=f"bench-{unit.replace('_', '-')}",
            name_cy="Mesur",
            name_en="Measure",
            description_cy="Mesur.",
            description_en="Measure.",
            unit=unit,
            direction=Indicator.Direction.HIGHER,
            source_cy="Mesur",
            source_en="Measure",
            period=Indicator.Period.MONTH,
        )
        for place, unit in enumerate(Indicator.Unit.values, start=1)
    ]
    today = timezone.localdate()
    Population.objects.bulk_create(
        Population(cluster=cluster, year=year, people=30_000 + year)
        for cluster in clusters
        for year in range(EARLIEST.year, today.year)
    )
    months = [
        period
        for period in recent(Indicator.Period.MONTH, 400, today=today)
        if period.starts_on >= EARLIEST
    ]
    rows = [
        [
            cluster.code,
            indicator.code,
            month.code,
            str(100 + place % 40),
            "200" if indicator.unit == Indicator.Unit.PERCENTAGE else "",
            "Ffigurau'r tîm" if place % 10 == 0 else "",
            "",
        ]
        for place, (month, indicator, cluster) in enumerate(
            itertools.islice(itertools.product(months, indicators, clusters), ROWS)
        )
    ]
    if len(rows) != ROWS:
        raise RuntimeError(f"{len(rows)} rows, not {ROWS}")
    return board, rows


def with_faults(rows):
    bad = [list(row) for row in rows]
    for place in range(BAD_ROWS):
        row = bad[place * (ROWS // BAD_ROWS)]
        row[NUMERATOR] = WRONG[place % len(WRONG)]
        row[-1] = "Ffynhonnell"  # so that an empty number is not a row left empty
    return bad


def as_csv(rows):
    file = io.StringIO()
    csv.writer(file).writerows([HEADS, *rows])
    return file.getvalue().encode("utf-8-sig")


def as_workbook(rows):
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for row in [HEADS, *rows]:
        page.append([int(cell) if cell.isdigit() else cell or None for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def send(client, board, name, content):
    """Send a file and follow its progress to the page at its end; the times of each request."""
    sent = {"times": [], "page": None, "cpu": 0} | {step: [] for step in STEPS}

    def timed(step, ask, *arguments, **options):
        began, computing = time.perf_counter(), computed()
        response = ask(*arguments, **options)
        taken = time.perf_counter() - began
        sent["cpu"] += computed() - computing
        sent["times"].append(taken)
        sent[step].append(taken)
        return response

    sent["timed"] = timed
    response = timed(
        "sending",
        client.post,
        reverse("indicators:figures_upload", args=[board.code]),
        {"kind": "figures", "file": SimpleUploadedFile(name, content)},
    )
    address = response.headers["Location"]
    while (response := timed("checking", client.get, address)).status_code == 200:
        if not re.search(r'http-equiv="refresh"', response.content.decode()):
            raise RuntimeError("a page that neither goes on nor ends")
    sent["address"] = address
    sent["page"] = timed("preview", client.get, address)
    return sent


def computed():
    """Seconds that this process and those it began have computed, whatever else the machine does."""
    times = os.times()
    return sum(times[:4])


def apply(client, board, sent):
    """Press the button of the preview."""
    upload = FigureUpload.objects.first()  # the newest
    version = re.search(r'name="version" value="(\w+)"', sent["page"].content.decode())[
        1
    ]
    response = sent["timed"](
        "applying",
        client.post,
        reverse("indicators:figure_upload_apply", args=[board.code, upload.pk]),
        {"version": version},
    )
    sent["timed"]("applying", client.get, response.headers["Location"])
    upload.refresh_from_db()
    if upload.written_count != ROWS:
        raise RuntimeError("not every row was written")


def timed_undo(client, board):
    upload = FigureUpload.objects.filter(applied_at__isnull=False).first()
    address = reverse("indicators:figure_upload_undo", args=[board.code, upload.pk])
    began = time.perf_counter()
    client.get(address)
    client.post(address)
    taken = time.perf_counter() - began
    upload.refresh_from_db()
    if (upload.restored_count, upload.kept) != (ROWS, []):
        raise RuntimeError("not every figure was put back")
    return taken


def listed_faults(client, sent):
    """How many faults the pages list."""
    address, listed, number = sent["address"], 0, 0
    while True:
        number += 1
        page = client.get(address, {"page": number}).content.decode()
        listed += len(re.findall(r'<th class="number" scope="row">\d+</th>', page))
        if 'rel="next"' not in page:
            return listed


def figures():
    return {
        row[0]: row[1:]
        for row in IndicatorValue.objects.values_list(
            "pk", "numerator", "denominator", "version"
        )
    }


def as_json(measured):
    return json.dumps(measured)


def as_table(measured):
    lines = [
        f"Figures written from a CSV file: {measured['rows']} in {measured['seconds']} s "
        f"on {measured['database']}",
        *(f"  {name:12} {taken} s" for name, taken in measured["steps"].items()),
        f"The same as a workbook: {measured['workbook_seconds']} s",
        f"Undone: {measured['undo_seconds']} s",
        f"Of {measured['bad_rows']} wrong rows listed: {measured['errors_listed']}; "
        f"written: {measured['written']}",
    ]
    return "\n".join(lines)
