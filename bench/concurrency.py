"""What twenty people at once, two buttons and a killed server can do to answers: nothing.

Runs ``bench.races`` on PostgreSQL and on SQLite, each on a new database and against the service
as it runs in production, over HTTP, with people who sign in; both at once, which costs less time
and leaves neither in peace. All of them work on one self-reflection:

- ``saves``: 20 people save an answer each, 500 times; ``lost`` are acknowledged texts that are not
  in the answer's history, under the version that the reply gave;
- ``same_answer``: 20 people save one answer from one version, in rounds;
- ``submit_race``: the lead submits while three save until they are told that it is over, then
  withdraws; ``changed`` counts the differences between what was frozen and the answers;
- ``double_submit``: the lead's button pressed 20 times at once, one round;
- ``kills``: the whole server is killed while 20 people save, and started again.

All figures are totals over the rounds. ``--quick`` does a tenth, but for the 20 people.
"""

import json
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.children import run, running

PATIENCE = {True: 15 * 60, False: 4 * 60 * 60}  # seconds for one database, by quick


def measure(*, quick, say):
    say("static files …")
    collect_static_files()
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as directory,
        races(["script/with-postgresql"], {}, quick) as postgresql,
        races([], sqlite_in(directory), quick) as sqlite,
    ):
        return {
            "postgresql": figures(postgresql, quick),
            "sqlite": figures(sqlite, quick),
        }


def collect_static_files():
    command = [sys.executable, "manage.py", "collectstatic", "--noinput"]
    done = run(command, environment=production(), patience=600, stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit("bench concurrency: static files cannot be collected")


def sqlite_in(directory):
    return {"DATABASE_URL": f"sqlite:///{Path(directory) / 'bench.sqlite3'}"}


def races(wrapper, environment, quick):
    """The races on one database, as a process of their own."""
    command = [sys.executable, "-m", "bench", "races", "--json", *["--quick"] * quick]
    return running(
        [*wrapper, *command],
        environment=production() | environment,
        stdout=subprocess.PIPE,
    )


def figures(process, quick):
    """What the races of ``process`` have counted; there are no figures where they fail."""
    output, _ = process.communicate(timeout=PATIENCE[quick])
    if process.returncode:
        sys.exit("bench concurrency: a run has failed, there are no figures")
    return json.loads(output)


def production():
    """The settings of a real installation, behind a web server that speaks TLS."""
    return {
        "ALLOWED_HOSTS": "127.0.0.1",
        "BEHIND_TLS_PROXY": "1",
        "CDF_MODE": "production",
        "CSRF_TRUSTED_ORIGINS": "",
        "DEBUG": "0",
        "DEMONSTRATION": "0",
        "DJANGO_SETTINGS_MODULE": "cdf_site.settings",
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        "EMAIL_URL": "",
        "SECRET_KEY": secrets.token_urlsafe(50),
    }


# Telling ------------------------------------------------------------------------------


def as_json(measured):
    return json.dumps(measured)


def as_table(measured):
    lines = [f"{'':<28}" + "".join(f"{name:>12}" for name in measured)]
    rows = {name: flat(figures) for name, figures in measured.items()}
    for name in next(iter(rows.values())):
        lines.append(
            f"{name:<28}" + "".join(f"{row[name]:>12}" for row in rows.values())
        )
    return "\n".join(lines)


def flat(figures):
    """``{"kills": {"lost": 0}}`` as ``{"kills, lost": 0}``."""
    found = {}
    for name, value in figures.items():
        if isinstance(value, dict):
            found |= {f"{name}, {part}": count for part, count in value.items()}
        else:
            found[name] = value
    return found
