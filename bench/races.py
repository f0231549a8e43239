"""Many hands on one self-reflection, over HTTP, on the database of ``DATABASE_URL``.

Every figure is counted: replies as they came, texts as they stand in the database afterwards. A
reply that nobody expects, or a database that contradicts itself, ends the run.
"""

import json
import random
import signal
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from bench.room import (
    CLIENTS,
    State,
    changes_since,
    check_integrity,
    enter,
    furnish,
    missing,
)
from bench.server import Server
from bench.together import PATIENCE, at_once, begin, patiently, wait_until
from bench.visitors import CLOSED, CONFLICT, SAVED

RACERS = 3  # who save while the lead submits
TEXT = "Mae'r tîm yn cwrdd bob wythnos ac yn dysgu o'r hyn sy'n gweithio'n dda, ŵ ŷ. "


@dataclass(frozen=True)
class Sizes:
    """How often each is done; ``saves`` is for each client."""

    saves: int
    same_answer: int
    races: int
    kills: int


FULL = Sizes(saves=500, same_answer=50, races=1000, kills=50)
QUICK = Sizes(saves=50, same_answer=5, races=100, kills=5)


def measure(*, quick, say):
    """Every scene in turn, on a server that is gone afterwards, also when interrupted."""
    sizes = QUICK if quick else FULL
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    figures = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        say(f"{connection.vendor}: database …")
        lead, people, reflection = furnish()
        with Server(Path(directory)) as server:
            room = enter(server, lead, people, reflection)
            say(f"{connection.vendor}: {len(people) + 1} people have signed in")
            for name, scene, size in (
                ("saves", save_different_answers, sizes.saves),
                ("same_answer", save_the_same_answer, sizes.same_answer),
                ("submit_race", submit_while_others_save, sizes.races),
                ("double_submit", submit_many_times_at_once, CLIENTS),
                ("kills", kill_under_load, sizes.kills),
            ):
                began = time.monotonic()
                counted = scene(room, size, say)
                check_integrity(room.reflection)
                figures |= counted if name == "saves" else {name: counted}
                taken = time.monotonic() - began
                say(f"{connection.vendor}: {name} {counted}, {taken:.0f} s")
    return figures


def stop(number, frame):
    """End as if interrupted from the keyboard, once: tidying up is not interrupted again."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, signal.SIG_IGN)
    raise KeyboardInterrupt


def as_json(measured):
    return json.dumps(measured)


def as_table(measured):
    return json.dumps(measured, indent=2)


# The scenes ---------------------------------------------------------------------------


def save_different_answers(room, saves, say):
    """Twenty people save an answer each, again and again: nobody is refused, nothing is lost."""

    def writer(number):
        def work():
            return [
                expected(room.save(number, f"{TEXT} {number}, {save}"), SAVED)
                for save in range(saves)
            ]

        return work

    sent = [one for many in at_once(writer(n) for n in range(CLIENTS)) for one in many]
    return {"saves": len(sent), "lost": len(missing(room.reflection, sent))}


def save_the_same_answer(room, rounds, say):
    """Twenty people save one answer from the version that all of them have before them."""
    field, version = room.fields[0], room.versions[0]
    sent = []

    def writer(visitor, text):
        return lambda: room.send(visitor, field, text, version)

    for number in range(rounds):
        replies = at_once(
            writer(visitor, f"{TEXT} {number}, {visitor.email}")
            for visitor in room.people
        )
        version = max(reply.version for reply in replies)
        sent += replies
    room.versions[0] = version
    return {
        "rounds": rounds,
        "accepted": sum(one.status == SAVED for one in sent),
        "refused": sum(one.status == CONFLICT for one in sent),
        "texts_kept": len(sent) - len(missing(room.reflection, sent)),
    }


def submit_while_others_save(room, rounds, say):
    """The lead submits while others save until they are told that it is over.

    The button is pressed at any moment of the first saves. ``changed`` counts what stands
    otherwise in the answers than in what was submitted.
    """
    sent, changed = [], 0

    def writer(number, round_number):
        def work():
            replies = []
            while not replies or replies[-1].status == SAVED:
                text = f"{TEXT} {round_number}, {number}, {len(replies)}"
                replies.append(expected(room.save(number, text), SAVED, CLOSED))
            return replies

        return work

    def press():
        time.sleep(random.uniform(0, 0.15))  # noqa: S311 (any moment will do)
        room.submit(room.lead)

    for number in range(rounds):
        *replies, _ = at_once(
            [*(writer(racer, number) for racer in range(RACERS)), press]
        )
        room.expect(State.SUBMITTED)
        changed += changes_since(room.submissions().latest("number"))
        sent += [one for many in replies for one in many]
        room.withdraw()
        if (number + 1) % 100 == 0:
            say(f"{connection.vendor}: {number + 1} of {rounds} races")
    in_time = sum(one.status == SAVED for one in sent)
    say(f"{connection.vendor}: {in_time} saves in time, {len(sent) - in_time} too late")
    if not in_time:
        raise RuntimeError("no save came in time: nothing was raced")
    if gone := missing(room.reflection, sent):
        raise RuntimeError(f"{len(gone)} texts of the races are gone: {gone[:3]}")
    return {"rounds": rounds, "changed": changed}


def submit_many_times_at_once(room, presses, say):
    """The lead's button, pressed so many times at once."""
    before = room.transitions().count(), room.submissions().count()

    def press(visitor):
        return lambda: room.submit(visitor)

    at_once(press(room.lead.another()) for _ in range(presses))
    room.expect(State.SUBMITTED)
    transitions = room.transitions().count() - before[0]
    submissions = room.submissions().count() - before[1]
    if submissions != transitions:
        raise RuntimeError(f"{transitions} transitions made {submissions} submissions")
    room.withdraw()
    return {"transitions": transitions}


def kill_under_load(room, kills, say):
    """Kill the whole server while twenty people save, and start it again.

    A save that got no reply is sent again as it was, as the form does.
    """
    over = threading.Event()
    sent = []  # appending is atomic

    def writer(number):
        def work():
            count = 0
            while not over.is_set():
                text, operation_id = f"{TEXT} {number}, kill {count}", uuid.uuid4()
                reply = patiently(
                    lambda: room.save(number, text, operation_id=operation_id)  # noqa: B023
                )
                sent.append(expected(reply, SAVED))
                count += 1

        return work

    works = begin(writer(number) for number in range(CLIENTS))
    try:
        for number in range(kills):
            enough = len(sent) + CLIENTS
            wait_until(lambda: len(sent) >= enough, works)  # noqa: B023
            time.sleep(random.uniform(0, 0.3))  # noqa: S311 (any moment will do)
            room.server.kill()
            room.server.start()
            if (number + 1) % 10 == 0:
                say(f"{connection.vendor}: {number + 1} of {kills} kills")
    finally:
        over.set()
    for work in works:
        work.result(timeout=PATIENCE)
    return {
        "kills": kills,
        "acknowledged": len(sent),
        "lost": len(missing(room.reflection, sent)),
    }


def expected(sent, *statuses):
    if sent.status not in statuses:
        raise RuntimeError(f"{sent} was not expected")
    return sent
