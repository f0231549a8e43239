"""Several things at once, each in a thread of its own, and waits that end."""

import threading
import time
from concurrent.futures import Future

from bench.visitors import BROKEN

PATIENCE = 120  # seconds for what takes few


def begin(works):
    """Let each of ``works`` go in a thread of its own, all together; returns their futures.

    The threads are daemons: a run that fails or is interrupted does not wait for them.
    """
    works = list(works)
    gate = threading.Barrier(len(works), timeout=PATIENCE)

    def run(work, future):
        try:
            gate.wait()
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    futures = [Future() for _ in works]
    for pair in zip(works, futures, strict=True):
        threading.Thread(target=run, args=pair, daemon=True).start()
    return futures


def at_once(works, patience=60 * PATIENCE):
    """What each of ``works`` returned; what one raised is raised here."""
    deadline = time.monotonic() + patience
    return [
        future.result(timeout=max(0, deadline - time.monotonic()))
        for future in begin(works)
    ]


def wait_until(condition, works):
    """Wait while ``works`` go on; raises what ended one of them early."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        for work in works:
            if work.done():
                work.result()
        if time.monotonic() > deadline:
            raise TimeoutError("too few saves under load")
        time.sleep(0.01)


def patiently(ask):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except BROKEN:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
