"""Empties the database after a test that committed: what it wrote, not every table.

Django's ``flush`` truncates all tables after each such test. On PostgreSQL that makes and
removes a file for every table and index, some thousand in all: seconds on a slow disk.
"""

from contextlib import contextmanager

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import transaction
from django.test import TransactionTestCase

from cdf_site.common import triggers

# What ``post_migrate`` writes: left alone while it is as it was written.
KEPT = [ContentType, Permission]

flush_after_a_test = TransactionTestCase._fixture_teardown


class Emptying:
    """Made when the database has just been migrated, which is how it shall look again."""

    def __init__(self, connection):
        self.connection = connection
        self.tables = connection.introspection.django_table_names(
            only_existing=True, include_views=False
        )
        self.kept = self._kept()
        self.triggers = triggers.trigger_names(connection)

    def after_a_test(self, case):
        """In place of ``TransactionTestCase._fixture_teardown``."""
        if case.available_apps is not None or case.serialized_rollback:
            flush_after_a_test(case)
            return
        self.empty()

    def empty(self):
        self._delete()
        if self._kept() != self.kept:
            call_command("flush", interactive=False, verbosity=0, reset_sequences=False)
            self.kept = self._kept()
        elif triggers.trigger_names(self.connection) != self.triggers:
            triggers.create(self.connection)

    def keep(self):
        """Put aside what the database holds; returns what ``give_back`` asks for."""
        filled = self.filled()
        for table in filled:
            self._execute(
                f"CREATE TABLE {self._quoted(f'kept_{table}')} AS SELECT * FROM {self._quoted(table)}"  # noqa: S608
            )
        return filled

    def give_back(self, filled):
        """Write again, into an empty database, what was put aside."""
        with transaction.atomic(using=self.connection.alias), self._unguarded():
            for table in filled:
                self._execute(
                    f"INSERT INTO {self._quoted(table)} SELECT * FROM {self._quoted(f'kept_{table}')}"  # noqa: S608
                )

    def _kept(self):
        return [list(model.objects.order_by("pk").values_list()) for model in KEPT]

    def _delete(self):
        with transaction.atomic(using=self.connection.alias):
            if self.connection.vendor == "postgresql":
                # As TRUNCATE does: wait for whoever still writes.
                self._execute(f"LOCK TABLE {', '.join(map(self._quoted, self.tables))}")
            filled = self.filled()
            if filled:
                with self._unguarded():
                    for table in filled:
                        self._execute(f"DELETE FROM {self._quoted(table)}")  # noqa: S608

    def filled(self):
        """The tables that hold rows, apart from what ``post_migrate`` writes."""
        kept = {model._meta.db_table for model in KEPT}
        rows = self._execute(
            " UNION ALL ".join(
                f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {self._quoted(table)})"  # noqa: S608
                for table in self.tables
                if table not in kept
            )
        )
        return [table for (table,) in rows]

    @contextmanager
    def _unguarded(self):
        """No trigger refuses, and no foreign key asks for an order."""
        if self.connection.vendor == "postgresql":
            self._execute("SET LOCAL session_replication_role = replica")
            yield  # which ends with the transaction
            return
        triggers.drop(self.connection)
        yield  # SQLite looks at foreign keys when the transaction ends
        triggers.create(self.connection)

    def _quoted(self, table):
        return self.connection.ops.quote_name(table)

    def _execute(self, statement):
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
