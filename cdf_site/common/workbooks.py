"""Reading an xlsx file that somebody has sent: its cells, taken out in a confined process."""

import datetime
import json
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from cdf_site.common import confined

UNPACKING = str(Path(__file__).with_name("unpacking.py"))
LARGEST_FILE = 5 * 1024 * 1024


class Unreadable(Exception):
    """The file cannot be used; ``code`` says in what way: "too_large", or "damaged"."""

    def __init__(self, code):
        self.code = code
        super().__init__(code)


class Cell(NamedTuple):
    value: object
    is_formula: bool


def sheets_of(content, *most):
    """Pairs of a sheet's title and its rows, each a number and cells by column.

    ``most``, if given, says how many rows of a sheet and how many columns are looked at.
    """
    return [
        (
            title,
            [
                (
                    number,
                    {int(column): _cell(*cell) for column, cell in cells.items()},
                )
                for number, cells in rows
            ],
        )
        for title, rows in told(UNPACKING, content, *map(str, most))["sheets"]
    ]


def told(program, content, *arguments):
    """What a program of ours, run confined, says of the bytes ``content``, as JSON.

    Raises Unreadable with the code that it refuses them with, with "too_large" where they use up what
    it is given, and with "damaged" where it fails on them.
    """
    if len(content) > LARGEST_FILE:
        raise Unreadable("too_large")
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        file.seek(0)
        try:
            said = json.loads(confined.run(program, file, *arguments))
        except subprocess.TimeoutExpired:
            raise Unreadable("too_large") from None
        except subprocess.CalledProcessError as error:
            # Ended because it had used what it is given, or by what spoiled the file.
            is_spent = error.returncode in {-signal.SIGKILL, -signal.SIGXCPU}
            raise Unreadable("too_large" if is_spent else "damaged") from None
    if "refused" in said:
        raise Unreadable(said["refused"])
    return said


def _cell(kind, value):
    if kind == "date":
        value = datetime.date.fromisoformat(value)
    return Cell(value, is_formula=kind == "f")
