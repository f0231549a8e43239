"""Several databases on one PostgreSQL server, each a copy of the first, for one process in turn."""

import contextlib

from django.db import connection


def copies(names):
    """Make a database for each of ``names``, with everything that the one in use holds."""
    original = connection.settings_dict["NAME"]
    with using("template1"), connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')


@contextlib.contextmanager
def using(name):
    """Within it, the default connection leads to the database ``name``."""
    before = connection.settings_dict["NAME"]
    _lead_to(name)
    try:
        yield
    finally:
        _lead_to(before)


def _lead_to(name):
    connection.close()
    connection.settings_dict["NAME"] = name
