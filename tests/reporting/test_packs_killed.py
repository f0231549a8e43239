"""Workers that are killed while they make a pack: nothing is lost, and nothing is there twice."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection

from notifications.models import Message
from reporting.models import Pack, PackPart
from reporting.packs import files
from reporting.services import packs as services
from tests.reporting.packing import ask, some_submissions

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = [("Afan", "Afan"), ("Tŷ Ddewi", "St David's"), ("Ŵyr", "Ŵyr")]
KILLS = 3
LEASE = 4  # seconds, so that nobody waits long for what was lost
PATIENCE = 120  # seconds
WORKER = f"""
import datetime, os
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from reporting.services import packs
settings.DOCUMENTS_ROOT = os.environ["FOLDER"]
packs.LEASE = datetime.timedelta(seconds={LEASE})
call_command("db_worker", interval=0.1, startup_delay=False, verbosity=0)
"""


@contextmanager
def worker():
    """A process of its own on the database of the tests, as ``manage.py db_worker`` is."""
    database = connection.settings_dict["NAME"]
    url = (
        f"sqlite:///{database}"
        if connection.vendor == "sqlite"
        else f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{database}"
    )
    process = subprocess.Popen(  # noqa: S603 (nothing in it comes from outside)
        [sys.executable, "-c", WORKER],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "cdf_site.settings",
            "FOLDER": str(settings.DOCUMENTS_ROOT),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(true):
    ends_at = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < ends_at, "somebody waits for ever"
        time.sleep(0.02)


def test_nothing_is_lost_and_nothing_is_twice(
    cycle, board, officer, monkeypatch, tmp_path
):
    monkeypatch.setattr(
        services, "LEASE", services.LEASE / services.LEASE.seconds * LEASE
    )
    monkeypatch.setattr(settings, "DOCUMENTS_ROOT", tmp_path)
    some_submissions(cycle, board, NAMES)
    pack = ask(cycle, officer, board)
    drawing = PackPart.objects.filter(state="drawing").order_by("pk")

    killed = []
    for _kill in range(KILLS):
        seen = set(drawing.values_list("pk", "claims"))
        with worker() as process:
            wait_until(lambda: set(drawing.values_list("pk", "claims")) - seen)  # noqa: B023
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += set(drawing.values_list("pk", "claims")) - seen
    with worker():
        wait_until(lambda: not Pack.objects.get(pk=pack.pk).is_under_way)

    assert len(killed) == KILLS  # each with a document in its hands
    assert list(pack.parts.in_order().values_list("state", "name_cy")) == [
        ("done", name) for name, _english in NAMES
    ]
    assert sum(pack.parts.values_list("claims", flat=True)) == len(NAMES) + KILLS
    with zipfile.ZipFile(files.path_of(Pack.objects.get(pk=pack.pk))) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[1:] == [
            f"{name} - crynodeb - 2030.pdf" for name, _english in NAMES
        ]
    assert Message.objects.filter(kind="pack_ready").count() == 1
