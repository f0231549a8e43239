"""Whether anything that administrators do to the framework changes what clusters have submitted.

Each life (bench/lives.py) is some twenty acts at random from a seed of its own, on a world that is
made once and put back after each. The PDFs are drawn and compared in some of the lives: drawing
one takes longer than all the rest.
"""

import json
import random
import time
from collections import Counter

from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import setup_test_environment

from bench.lives import ACTS, Disturbed, furnish, live

LIVES = 500
LIVES_WITH_PDF = 5
STEPS = 20


def measure(*, lives, say):
    """Live ``lives`` times; the first few with their PDFs."""
    call_command("migrate", verbosity=0)
    setup_test_environment()  # the forms that a page was drawn with are read, and nothing is sent
    done, disturbed, submissions, began = Counter(), [], 0, time.monotonic()
    for seed in range(lives):
        with transaction.atomic():
            world = furnish(with_pdf=seed < LIVES_WITH_PDF)
            try:
                live(world, steps_of(seed))
            except Disturbed as error:
                disturbed.append({"seed": seed, "changed": error.args[0]})
            done.update(world.done)
            submissions += len(world.watch.submissions)
            transaction.set_rollback(True)
        if seed % 25 == 24:
            say(f"{seed + 1} lives, {time.monotonic() - began:.0f} s")
    return {
        "database": connection.vendor,
        "lives": lives,
        "with_pdf": min(lives, LIVES_WITH_PDF),
        "acts": sum(done.values()),
        "done": dict(sorted(done.items())),
        "submissions": submissions,
        "disturbed": len(disturbed),
        "disturbances": disturbed,
    }


def steps_of(seed):
    """The steps of a life, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 (nothing here is secret)
    return [(dice.choice(list(ACTS)), dice.getrandbits(32)) for _ in range(STEPS)]


def as_json(measured):
    return json.dumps(measured)


def as_table(measured):
    lines = [f"{name:28} {value}" for name, value in measured["done"].items()]
    return "\n".join(
        [
            f"On {measured['database']}: {measured['lives']} lives, "
            f"{measured['with_pdf']} of them with PDFs, {measured['submissions']} submissions",
            *lines,
            f"Lives in which a submission or a figure changed: {measured['disturbed']}",
            *map(str, measured["disturbances"]),
        ]
    )
