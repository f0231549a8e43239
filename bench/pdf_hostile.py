"""The most that a person could write, for ``bench/pdf.py``: drawn or refused, and at what price.

Each kind of text is put into one answer of a complete submission, and into all of them; its report
in both languages is asked for. Memory is that of the process that draws, read from the system while
it lives, so that it is known of those too that were ended.
"""

import contextlib
import itertools
import json
import re
import socket
import threading
import time
from pathlib import Path
from types import SimpleNamespace

from assessments import snapshot
from reporting.pdf import press
from reporting.pdf.press import NotDrawn, TooLong
from reporting.pdf.report import render_report

EVERY = 0.005  # seconds, from one look at the memory to the next


def kinds(most, address):
    """The texts, of ``most`` characters or about so."""
    mark_up = (
        f'<img src="{address}/i"><link rel="attachment" href="file:///etc/hostname">'
        f'<style>@import "{address}/s"; * {{ background: url({address}/b) }}</style>'
        f'<svg><image href="{address}/v"/></svg></blockquote></article><!-- '
    )
    return {
        "words": "gair hir " * (most // 9),
        "one word": "x" * most,
        "one word with a roof": "ŵ" * most,
        "lines": "a\n" * (most // 4),  # 50,000 of them
        "few lines": "a\n" * min(4_000, most),  # as many as are not refused unread
        "paragraphs": "a\n\n" * min(2_000, most),
        "mark-up": mark_up * (most // len(mark_up)),
        "combining": "a" + "\u0300" * (most // 20),  # 10,000 on one letter
        "right to left": "\u202eשלום\u2066عربي\u202c " * (most // 12),  # noqa: RUF001
        "joined": "👨\u200d👩\u200d👧" * (most // 20),
        "joiners": "a\u200d\u200b" * (most // 3),
        "emoji": "😀🏴 " * (most // 12),
        "scripts": "漢字 かな ไทย देव " * (most // 16),
        "spaces": "\u00a0\u2003\t" * (most // 3),
        "hyphens": "a\u00ad-" * (most // 3),
        "brackets": "([{<" * (most // 4),
    }


def measure_hostile(submission, *, most):
    found, content = {}, json.loads(submission.content)
    with listener() as (address, calls):
        for name, text in kinds(most, address).items():
            for where, hostile in (
                ("in one", with_one(content, text)),
                ("in all", with_all(content, text[:400])),
            ):
                found[f"{name} {where}"] = outcome(submission, hostile)
    return {
        "hostile_worst_seconds": max(seconds for _how, seconds, _mb in found.values()),
        "hostile_peak_mb": max(
            megabytes for _how, _seconds, megabytes in found.values()
        ),
        "hostile_requests": len(calls),
        "hostile": found,
    }


def outcome(submission, content):
    """Whether it was drawn, in how many seconds, and the most megabytes that took."""
    asked = SimpleNamespace(
        content=snapshot.canonical(content),
        number=submission.number,
        submitted_at=submission.submitted_at,
    )
    began, how = time.perf_counter(), "drawn"
    with watched() as most:
        try:
            render_report(asked, languages=("cy", "en"))
        except TooLong:
            how = "refused"
        except NotDrawn as error:
            how = f"failed: {error}"
    taken = time.perf_counter() - began
    return [how, round(taken, 2), round(most[0] / 1024, 1)]


# The text in a submission ---------------------------------------------------------------------


def with_one(content, text):
    """``content`` with ``text`` as one of its answers."""
    answer = {"choice": "", "text": text, "dated_on": None, "language": "cy"}
    return content | {"closing": content["closing"] | {"anything_else": answer}}


def with_all(value, text, numbers=None):
    """``value`` with ``text`` for everything that anybody wrote, in either language by turns."""
    numbers = numbers or itertools.count()
    if isinstance(value, dict) and "choice" in value and "text" in value:
        language = "cy" if next(numbers) % 2 else "en"
        return value | {"text": text, "language": language}
    if isinstance(value, dict):
        return {key: with_all(item, text, numbers) for key, item in value.items()}
    if isinstance(value, list):
        return [with_all(item, text, numbers) for item in value]
    return value


# Looking --------------------------------------------------------------------------------------


@contextlib.contextmanager
def watched():
    """The most memory, in kilobytes, of a process that draws meanwhile, as the system counts it."""
    most, stopped = [0], threading.Event()

    def look():
        while not stopped.wait(EVERY):
            forking = press._press.process
            # Between two looks a process comes, goes, or is gone and not yet buried.
            with contextlib.suppress(OSError, AttributeError):
                children = Path(f"/proc/{forking.pid}/task/{forking.pid}/children")
                for child in children.read_text().split():
                    status = Path(f"/proc/{child}/status").read_text()
                    peaks = re.findall(r"VmHWM:\s*(\d+)", status)
                    most[0] = max(most[0], *map(int, peaks), 0)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield most
    finally:
        stopped.set()
        looking.join()


@contextlib.contextmanager
def listener():
    """A server on this machine, and who called it: nobody should."""
    calls, stopped = [], threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)

        def listen():
            while not stopped.is_set():
                with contextlib.suppress(TimeoutError):
                    caller, _address = server.accept()
                    calls.append(caller.recv(200))
                    caller.close()

        listening = threading.Thread(target=listen)
        listening.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", calls
        finally:
            stopped.set()
            listening.join()
