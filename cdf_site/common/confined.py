"""Runs a program of ours in a process with little to spend.

Whatever it makes a library do, above all with a file that somebody has sent, that process has no
database, no settings, no environment, so much memory and computing and no more, and ends.
"""

import resource
import runpy
import subprocess
import sys
from typing import NamedTuple

MEGABYTE = 1024 * 1024


class Limits(NamedTuple):
    """What a program may use."""

    megabytes: int = 512
    seconds: int = 10  # of computing
    patience: int = 30  # seconds of waiting for it
    written: int = 0  # megabytes that it may write into files


USUAL = Limits()


def run(program, file, *arguments, into=subprocess.PIPE, limits=USUAL):
    """What ``program``, a path of ours, prints about ``file``, which has a descriptor.

    It goes ``into`` a file where one is given, and nothing is returned. Raises TimeoutExpired where
    the program does not end and CalledProcessError where it fails.
    """
    done = subprocess.run(  # noqa: S603 (our own program; the file is no argument)
        [sys.executable, "-I", __file__, *map(str, limits), program, *arguments],
        stdin=file,
        stdout=into,
        stderr=subprocess.PIPE,
        timeout=limits.patience,
        check=True,
        env={},
    )
    return (done.stdout or b"").decode()


def limit(most=USUAL):
    """Give this process no more than it needs; a limit that is lower already stays.

    A second before the computing is over for good a signal says that it is: SIGXCPU.
    """
    for what, soft, hard in (
        (resource.RLIMIT_AS, most.megabytes * MEGABYTE, most.megabytes * MEGABYTE),
        (resource.RLIMIT_CPU, most.seconds, most.seconds + 1),
        (resource.RLIMIT_FSIZE, most.written * MEGABYTE, most.written * MEGABYTE),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        _soft, set_already = resource.getrlimit(what)
        if set_already != resource.RLIM_INFINITY:
            soft, hard = min(soft, set_already), min(hard, set_already)
        resource.setrlimit(what, (soft, hard))


if __name__ == "__main__":
    count = len(Limits._fields)
    limit(Limits(*map(int, sys.argv[1 : count + 1])))
    del sys.argv[: count + 1]
    runpy.run_path(sys.argv[0], run_name="__main__")
