"""Other programs that a benchmark runs, with an end to waiting and nothing left behind."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIDYING_UP = 60  # seconds


@contextlib.contextmanager
def running(command, *, environment, cwd=ROOT, **streams):
    """Start ``command``, and end it where it has not ended by itself.

    It has a session of its own: what interrupts this program reaches it once, from here, and is
    waited for while it stops its own servers. A killed script/with-postgresql would leave one.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    process = subprocess.Popen(  # noqa: S603 (nothing in it comes from outside)
        command,
        cwd=cwd,
        env=os.environ | environment,
        text=True,
        start_new_session=True,
        **streams,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            _end(process)


def run(command, *, patience, **options):
    """Run ``command`` for at most ``patience`` seconds; returns it completed."""
    with running(command, **options) as process:
        output, errors = process.communicate(timeout=patience)
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def _end(process):
    process.terminate()
    try:
        process.wait(timeout=TIDYING_UP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _interrupt(number, frame):
    raise KeyboardInterrupt
