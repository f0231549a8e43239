"""How much memory the files of everything take while they are written, on PostgreSQL.

Every cluster of Wales has answered everything, in each of four cycles. Read are, as browsers and
programs do, for a national officer: ``facts`` the long CSV file, ``answers`` every answer with its
words as JSON, an object a line. ``peak_mb`` is the most that Python had in use beyond what it had
before (``tracemalloc``), ``grown_mb`` by how much the whole process grew. Both say the same at
60 clusters and at four times as many, or the file is not streamed.
"""

import datetime
import json
import resource
import time
import tracemalloc

from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from assessments.models import Cycle, SelfReflection
from bench.dashboard_world import fill, open_cycles
from bench.databases import copies, using
from bench.pages import submit
from bench.world import build, person
from organisations.models import Cluster, Role
from reporting.services.tokens import make_token

SIZES = (60, 240)
MEGABYTE = 2**20
PLAIN_STATIC_FILES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}


def measure(*, say):
    say("database: framework, organisations, four cycles …")
    build()
    national_officer = person("national@example.test", Role.NATIONAL_OFFICER)
    open_cycles()
    content = answered_content()
    _token, secret = make_token(
        name="Bench", lasts=datetime.timedelta(days=1), by=national_officer
    )
    databases = {size: f"bench_{size}" for size in SIZES}
    copies(databases.values())
    measured = {}
    with override_settings(STORAGES=PLAIN_STATIC_FILES):
        for size, name in databases.items():
            say(f"{size} clusters …")
            with using(name):
                fill(size, by=national_officer, content=content)
                client = Client(headers={"authorization": f"Bearer {secret}"})
                client.force_login(national_officer)
                measured[str(size)] = {
                    "facts": streamed(
                        client, reverse("dashboard:facts_csv", args=["wales"])
                    ),
                    "answers": streamed(client, reverse("api:answers")),
                }
    return measured


def answered_content():
    """What is frozen of a self-reflection in which everything is answered; nothing of it stays."""
    with transaction.atomic():
        reflection = SelfReflection.objects.create(
            cycle=Cycle.objects.latest("opens_at"), cluster=Cluster.objects.first()
        )
        submit(reflection, 0)
        content = reflection.submissions.get().content
        transaction.set_rollback(True)
    return content


def streamed(client, url):
    """Read ``url`` to its end, a piece at a time, and keep none of it."""
    began, size_before = time.perf_counter(), most_of_process()
    tracemalloc.start()
    response = client.get(url)
    if response.status_code != 200 or not response.streaming:
        raise RuntimeError(f"{url}: {response.status_code}")
    lines = size = 0
    for piece in response.streaming_content:
        lines += piece.count(b"\n")
        size += len(piece)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {
        "lines": lines,
        "mb": round(size / MEGABYTE, 1),
        "seconds": round(time.perf_counter() - began, 1),
        "peak_mb": round(peak / MEGABYTE, 2),
        "grown_mb": round((most_of_process() - size_before) / MEGABYTE, 1),
    }


def most_of_process():
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def as_json(measured):
    return json.dumps(measured)


def as_table(measured):
    lines = []
    for size, files in measured.items():
        for name, figures in files.items():
            said = ", ".join(f"{key} {value}" for key, value in figures.items())
            lines.append(f"{size:>6}  {name:<8} {said}")
    return "\n".join(lines)
