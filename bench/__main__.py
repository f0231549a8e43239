"""Runs a benchmark by its name, on a database of its own that is thrown away afterwards.

pages        queries and time of the main pages
concurrency  what many hands and a killed server do to answers, on PostgreSQL and SQLite
races        the same on the empty database of DATABASE_URL (concurrency calls it)
editions     whether anything done to the framework changes what was submitted
groups       how good suggested groups for peer review are, and how soon (no database)
upload       how long a file of 10,000 figures takes; on the empty database of DATABASE_URL, if that
             is PostgreSQL
dashboard    what the dashboard costs with 60, 600 and 6,000 clusters, on PostgreSQL
dashboard-export  how much memory the files of every fact take, on PostgreSQL
pdf          what documents and packs cost, beside WeasyPrint alone, and what kills and hostile text
             do to them; on the empty database of DATABASE_URL, if that is PostgreSQL
mutations    whether the tests notice when a guard of the answers is taken away
"""

import argparse
import contextlib
import importlib
import os
import secrets
import sys
import tempfile
from pathlib import Path

import django

from bench.children import run

ON_POSTGRESQL = {"dashboard", "dashboard-export"}
PATIENCE = 60 * 60  # seconds


def main():
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "what",
        choices=[
            "pages",
            "concurrency",
            "races",
            "editions",
            "groups",
            "upload",
            "dashboard",
            "dashboard-export",
            "pdf",
            "mutations",
        ],
        nargs="?",
        default="pages",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")
    parser.add_argument(
        "--rounds", type=int, default=30, help="pages: how often to ask for each"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="concurrency: a tenth of everything; pdf: three clusters, not twelve",
    )
    parser.add_argument(
        "--lives", type=int, default=500, help="editions: how many lives to live"
    )
    options = parser.parse_args()

    chosen = {
        "pages": {"rounds": options.rounds},
        "concurrency": {"quick": options.quick},
        "races": {"quick": options.quick},
        "editions": {"lives": options.lives},
        "groups": {},
        "upload": {},
        "dashboard": {},
        "dashboard-export": {},
        "pdf": {"quick": options.quick},
        "mutations": {},
    }[options.what]
    if options.what in ON_POSTGRESQL and not is_postgresql():
        sys.exit(on_postgresql(sys.argv[1:]))
    alone = options.what in {"pages", "editions", "upload", "pdf", *ON_POSTGRESQL}
    takes_given = options.what in {"upload", "pdf", *ON_POSTGRESQL}
    given = os.environ.get("DATABASE_URL", "") if takes_given else ""
    with scratch_database(given) if alone else contextlib.nullcontext():
        if alone or options.what == "races":
            django.setup()
        benchmark = importlib.import_module(f"bench.{options.what.replace('-', '_')}")
        measured = benchmark.measure(say=say, **chosen)
        print(
            benchmark.as_json(measured)
            if options.json
            else benchmark.as_table(measured)
        )


def is_postgresql():
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


def on_postgresql(arguments):
    """Run the benchmark again with a PostgreSQL server of its own; returns its exit status."""
    command = ["script/with-postgresql", sys.executable, "-m", "bench", *arguments]
    return run(command, environment={}, patience=PATIENCE).returncode


@contextlib.contextmanager
def scratch_database(given=""):
    """Settings of its own, on an SQLite that is thrown away or the PostgreSQL that is ``given``."""
    with tempfile.TemporaryDirectory() as directory:
        # The environment counts before .env: nothing of this machine's own is read or written.
        os.environ |= {
            "ALLOWED_HOSTS": "testserver",
            "CDF_MODE": "development",  # in production the client would be sent to https
            "DATABASE_URL": given
            if given.startswith("postgres")
            else f"sqlite:///{Path(directory) / 'bench.sqlite3'}",
            "DEBUG": "0",
            "DEMONSTRATION": "0",
            "DJANGO_SETTINGS_MODULE": "cdf_site.settings",
            "DOCUMENTS_ROOT": str(Path(directory) / "documents"),
            "SECRET_KEY": secrets.token_urlsafe(50),
        }
        yield


def say(line):
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
