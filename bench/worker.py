"""A worker of the queue as ``manage.py db_worker`` is, for ``bench/pdf_packs.py``.

It is warm before it begins: what it draws with is loaded. What its documents are leased for is as
short as it is told, because nobody can wait so long here until a killed worker is given up.
"""

import datetime
import sys
from pathlib import Path

import django
from django.core.management import call_command


def main(ready, lease):
    django.setup()
    from reporting.pdf.press import Job, press  # noqa: PLC0415 (Django has to be set up first)
    from reporting.services import packs  # noqa: PLC0415

    packs.LEASE = datetime.timedelta(seconds=float(lease))
    press(Job('<article id="summary-en"><h1>Ready</h1></article>', "", {}, ("en",)))
    Path(ready).touch()
    call_command("db_worker", interval=0.05, startup_delay=False, verbosity=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
