"""The service as it runs in production, on a free port of this machine."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time

HOST = "127.0.0.1"
# As script/server has them, and docs/operating.md.
WORKERS, THREADS = 2, 4
# What a web server in front, which speaks TLS, would add.
BEHIND_TLS = {"X-Forwarded-Proto": "https"}
PATIENCE = 60  # seconds to start, to die


class Server:
    """Gunicorn in a process group of its own, gone at the end of a ``with``."""

    def __init__(self, directory):
        self.log = directory / "server.log"
        self.port = free_port()
        self.process = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, kind, error, traceback):
        self.kill()
        if kind and kind is not KeyboardInterrupt:
            print(self.last_words(), file=sys.stderr)

    def start(self):
        """Return when it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 (nothing in it comes from outside)
                [
                    *(sys.executable, "-m", "gunicorn", "cdf_site.wsgi:application"),
                    *("--bind", f"{HOST}:{self.port}", "--no-control-socket"),
                    *("--worker-class", "gthread"),
                    *("--workers", str(WORKERS), "--threads", str(THREADS)),
                    *("--log-level", "warning"),
                ],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until(self._answers, "does not answer")

    def kill(self):
        """End the master and its workers at once, as a power cut would; all are gone after."""
        if self.process is None:
            return
        # Unless it has ended, and nobody of its group is left.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=PATIENCE)
        self.process = None
        self._wait_until(lambda: not listens(self.port), "does not end")

    def last_words(self):
        log = self.log.read_text(errors="replace") if self.log.exists() else ""
        return f"the server's last lines:\n{log[-4000:]}"

    def _answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the server has ended; {self.last_words()}")
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        try:
            connection.request("GET", "/en/sign-in/", headers=BEHIND_TLS)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        if status != 200:
            raise RuntimeError(f"the server answers {status}; {self.last_words()}")
        return True

    def _wait_until(self, condition, complaint):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise RuntimeError(f"the server {complaint}; {self.last_words()}")
            time.sleep(0.05)


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0
