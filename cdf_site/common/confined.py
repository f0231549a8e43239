"""Runs a program of ours on a file that somebody has sent, in a process with little to spend.

Whatever a hostile file makes a library do, that process has no database, no settings, no
environment, 512 MB of memory and ten seconds of computing, writes no file, and ends.
"""

import resource
import runpy
import subprocess
import sys

MEMORY = 512 * 1024 * 1024
SECONDS = 10  # of computing
PATIENCE = 30  # seconds of waiting for it


def run(program, file, *arguments):
    """What ``program``, a path of ours, prints about ``file``, which has a descriptor.

    Raises TimeoutExpired where it does not end and CalledProcessError where it fails.
    """
    return subprocess.run(  # noqa: S603 (our own program; the file is no argument)
        [sys.executable, "-I", __file__, program, *arguments],
        stdin=file,
        capture_output=True,
        timeout=PATIENCE,
        check=True,
        env={},
    ).stdout.decode()


def limit():
    """Give this process no more than it needs; a limit that is lower already stays."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    limit()
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="__main__")
