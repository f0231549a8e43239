"""Runs a benchmark by its name, on a database of its own that is thrown away afterwards."""

import argparse
import importlib
import os
import secrets
import sys
import tempfile
from pathlib import Path

import django


def main():
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("what", choices=["pages"], nargs="?", default="pages")
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")
    parser.add_argument(
        "--rounds", type=int, default=30, help="how often to ask for each"
    )
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as directory:
        # The environment counts before .env: nothing of this machine's own is read or written.
        os.environ |= {
            "ALLOWED_HOSTS": "testserver",
            "CDF_MODE": "development",  # in production the client would be sent to https
            "DATABASE_URL": f"sqlite:///{Path(directory) / 'bench.sqlite3'}",
            "DEBUG": "0",
            "DEMONSTRATION": "0",
            "DJANGO_SETTINGS_MODULE": "cdf_site.settings",
            "SECRET_KEY": secrets.token_urlsafe(50),
        }
        django.setup()
        benchmark = importlib.import_module(f"bench.{options.what}")
        measured = benchmark.measure(rounds=options.rounds, say=say)
        print(
            benchmark.as_json(measured)
            if options.json
            else benchmark.as_table(measured)
        )


def say(line):
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
