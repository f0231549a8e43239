"""Fixtures whose rows are written once by the code of the service, and then given back.

Most tests begin in one of a few worlds. Making one takes hundreds of statements; giving it back
takes one a table. What a test gets is the same: the same rows, triggers and keys, and objects of
its own.
"""

import functools
import inspect
import io
import pickle

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from tests.emptying import Emptying

_worlds = {}  # what each set of fixtures writes; None for what cannot be given back
_given = {}  # what the fixtures of the test that is running need not make


def remembered(function):
    """A fixture of rows alone: it asks for ``db`` and for fixtures that are remembered too."""

    @functools.wraps(function)
    def given_or_made(**others):
        if function.__name__ in _given:
            return _given[function.__name__]
        return function(**others)

    given_or_made.is_remembered = True
    return pytest.fixture(given_or_made)


@pytest.fixture(autouse=True)
def give_back_what_is_remembered(request):
    """Give back, before a test's other fixtures, the world that its remembered ones make."""
    names = _remembered_names(request)
    if not names or time_machine.escape_hatch.is_travelling():
        yield
        return
    request.getfixturevalue("db")
    # What waits for a commit happens only where there is one.
    key = (timezone.localdate(), connection.in_atomic_block, *names.items())
    if key not in _worlds:
        _worlds[key] = _made(request, names)
    elif _worlds[key] is not None:
        rows, values = _worlds[key]
        _write(rows)
        _given.update(pickle.loads(values))  # noqa: S301 our own
    yield
    _given.clear()


def _remembered_names(request):
    """Name and function of each fixture of the test that can be remembered, in their order."""
    found = {}

    def can_be(name):
        if name in {"db", "request"}:
            return name == "db"
        definitions = request.node._fixtureinfo.name2fixturedefs.get(name)
        function = definitions and definitions[-1].func
        if not getattr(function, "is_remembered", False):
            return False
        if not all(map(can_be, inspect.signature(function).parameters)):
            return False
        found[name] = function
        return True

    for name in request.fixturenames:
        can_be(name)
    return found


def _made(request, names):
    """Have the fixtures make their world, and put aside its rows and a copy of its objects."""
    emptying = Emptying(connection)
    is_empty = not emptying.filled()
    values = {name: request.getfixturevalue(name) for name in names}
    if not is_empty or mail.outbox:
        return None
    return _read(emptying.filled()), pickle.dumps(values)


# The rows, as the database holds them -----------------------------------------------------


def _read(tables):
    # Editions last: nothing may be added to what belongs to a published one.
    tables = sorted(tables, key=lambda table: table == "frameworks_edition")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return [(f"COPY {table}", _copied(cursor, table)) for table in tables]
        return [_selected(cursor, table) for table in tables]


def _write(rows):
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # No trigger refuses, and no key is asked for before its row is there.
            cursor.execute("SET LOCAL session_replication_role = replica")
            for copy, text in rows:
                cursor.copy_expert(f"{copy} FROM STDIN", io.StringIO(text))
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        else:
            for insert, values in rows:
                connection.connection.executemany(insert, values)


def _copied(cursor, table):
    text = io.StringIO()
    cursor.copy_expert(f"COPY {table} TO STDOUT", text)
    return text.getvalue()


def _selected(cursor, table):
    cursor.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608
    columns = [name for name, *_ in cursor.description]
    # A plus changes nothing, and keeps what is stored from being read as a date or a bool.
    select = ", ".join(f'+"{column}"' for column in columns)
    named = ", ".join(f'"{column}"' for column in columns)
    values = connection.connection.execute(f"SELECT {select} FROM {table}").fetchall()  # noqa: S608
    marks = ", ".join("?" for _ in columns)
    return f"INSERT INTO {table} ({named}) VALUES ({marks})", values  # noqa: S608
