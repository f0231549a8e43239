"""Packs for ``bench/pdf.py``: how much sooner two workers make one, and what kills do to it."""

import contextlib
import datetime
import io
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path
from unittest.mock import patch

import pikepdf

from bench.bare import bare
from bench.children import ROOT
from notifications.models import Message
from reporting.models import Pack, PackPart
from reporting.packs.files import path_of
from reporting.scopes import EVERYWHERE
from reporting.services import packs
from reporting.tasks import begin_pack

PATIENCE = 20 * 60  # seconds for a pack
LEASE = 8  # seconds; longer than one of these documents takes here
NO_EMAILS = "django.core.mail.backends.dummy.EmailBackend"
ENDED = {Pack.State.READY, Pack.State.PARTIAL, Pack.State.FAILED}


def measure_packs(cycle, person, documents, *, rounds, empty, say):
    """The speed-up of two workers against one, and of two bare processes against one."""
    taken = Counter()
    for number in range(rounds):
        # There and back, so that a machine that grows busier is no advantage to either.
        for count in (1, 2) if number % 2 else (2, 1):
            taken["bare", count] += seconds_bare(documents, count)
            taken["pack", count] += seconds_of_pack(
                cycle, person, len(documents), count, empty
            )
            say(
                f"  {count}: bare {taken['bare', count]:.1f} s, "
                f"pack {taken['pack', count]:.1f} s so far"
            )
    return {
        "pack_of": len(documents),
        "pack_seconds": {
            str(count): round(taken["pack", count] / rounds, 2) for count in (1, 2)
        },
        "pack_speedup": round(taken["pack", 1] / taken["pack", 2], 3),
        "bare_speedup": round(taken["bare", 1] / taken["bare", 2], 3),
    }


def seconds_bare(documents, count):
    """How long ``count`` bare processes take for the documents, which they share out."""
    with bare(count) as processes:
        began = time.perf_counter()
        for place, process in enumerate(processes):
            process.ask(documents[place::count])
        for process in processes:
            process.answer()
        return time.perf_counter() - began


def seconds_of_pack(cycle, person, size, count, empty):
    """How long ``count`` workers take for a pack, from asking for it until its file is there."""
    empty()
    with workers(count):
        began = time.perf_counter()
        pack = begin(cycle, person)
        wait_until(lambda: has_ended(pack))
        taken = time.perf_counter() - began
    lost, duplicated = count_documents(pack)
    if lost or duplicated or len(pack.parts.all()) != size:
        raise RuntimeError(f"{lost} lost, {duplicated} twice of {size}")
    return taken


def measure_kills(cycle, person, *, kills, empty):
    """Kill the worker while a pack is being made, again and again; count what is in the pack."""
    empty()
    pack = begin(cycle, person)
    size = pack.parts.count()
    for number in range(1, kills + 1):
        with workers(1) as (worker,):
            wait_until(
                lambda done=number * size // (kills + 2): (
                    count_done(pack) >= done and is_drawing(pack)
                )
            )
            time.sleep(random.uniform(0, 0.5))  # noqa: S311 (any moment will do)
            worker.kill()
    killed = not has_ended(pack)
    with workers(1):
        wait_until(lambda: has_ended(pack))
        wait_until(lambda: letters(pack) > 0)
    lost, duplicated = count_documents(pack)
    return {
        "kills": kills if killed else 0,
        "lost": lost,
        "duplicated": duplicated,
        "letters": letters(pack),
    }


def begin(cycle, person):
    with patch.object(packs, "LEASE", datetime.timedelta(seconds=LEASE)):
        return begin_pack(
            scope=EVERYWHERE,
            cycle=cycle,
            document=Pack.Document.REPORT,
            language=Pack.Language.ENGLISH,
            large_print=False,
            form=Pack.Form.ZIP,
            by=person,
        )


def has_ended(pack):
    pack.refresh_from_db()
    return pack.state in ENDED


def count_done(pack):
    return pack.parts.filter(state=PackPart.State.DONE).count()


def is_drawing(pack):
    return pack.parts.filter(state=PackPart.State.DRAWING).exists()


def letters(pack):
    """How many letters say that it is ready; one is right."""
    about = {"about_type": pack._meta.label_lower, "about_id": str(pack.pk)}
    return Message.objects.filter(kind=Message.Kind.PACK_READY, **about).count()


def count_documents(pack):
    """How many documents of ``pack`` are missing in its file, and how many are there twice."""
    expected = Counter(part.name("en") for part in pack.parts.all())
    found = Counter()
    with zipfile.ZipFile(path_of(pack)) as archive:
        if archive.testzip() is not None:
            raise RuntimeError("a damaged file")
        for name in archive.namelist():
            if name.endswith(".pdf"):
                found[cluster_of(archive.read(name), expected)] += 1
    return (expected - found).total(), (found - expected).total()


def cluster_of(content, names):
    """Of which of the clusters ``names`` a document is, by its title."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        title = str(pdf.docinfo.Title)
    return max((name for name in names if f": {name}, " in title), key=len, default="")


# Workers --------------------------------------------------------------------------------------


@contextlib.contextmanager
def workers(count):
    """So many workers in processes of their own, ready; they are gone at the end."""
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        signals = [Path(directory, str(number)) for number in range(count)]
        processes = []
        try:
            for ready in signals:
                processes.append(
                    subprocess.Popen(  # noqa: S603 (our own words)
                        [sys.executable, "-m", "bench.worker", str(ready), str(LEASE)],
                        cwd=ROOT,
                        stdout=sys.stderr,
                        env=os.environ | {"EMAIL_BACKEND": NO_EMAILS},
                    )
                )
            wait_until(lambda: all(ready.exists() for ready in signals))
            yield processes
        finally:
            for process in processes:
                process.send_signal(signal.SIGKILL)
                process.wait()


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("a pack that is not made")
        time.sleep(0.02)
