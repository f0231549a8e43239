"""Rows that the database itself keeps from being changed or removed.

One place for all triggers, because migrations and ``flush`` must lift them: SQLite rebuilds a
table when a field is altered and drops its triggers without a word, and refuses to empty a
table that may not be emptied. They are dropped before either and made again after.
"""

from django.apps import apps
from django.db import connections

# Models whose rows are written once: history, what was submitted, and the audit.
APPEND_ONLY = [
    "organisations.AuditEvent",
    "assessments.AnswerVersion",
    "assessments.StateChange",
    "assessments.ReturnReason",
    "assessments.Extension",
    "assessments.Submission",
    "assessments.SubmittedOutcome",
    "assessments.SubmittedEvidence",
]


def _tables(connection):
    existing = set(connection.introspection.table_names())
    tables = (apps.get_model(label)._meta.db_table for label in APPEND_ONLY)
    return [table for table in tables if table in existing]


def trigger_names(connection):
    """Names of the triggers that are in the database now."""
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()}


def create(connection):
    """Make the triggers that refuse UPDATE and DELETE, where they are not there yet."""
    drop(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$ BEGIN "
                "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"
            )
        for table in _tables(connection):
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
                )
                continue
            for action in ("UPDATE", "DELETE"):
                cursor.execute(
                    f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )


def drop(connection):
    """Lift every trigger, for a migration or a flush."""
    names = trigger_names(connection)
    with connection.cursor() as cursor:
        for table in _tables(connection):
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
                continue
            for action in ("update", "delete"):
                if f"{table}_no_{action}" in names:
                    cursor.execute(f"DROP TRIGGER {table}_no_{action}")


def drop_before_migrate(*, using, **kwargs):
    """Receiver of ``pre_migrate``."""
    drop(connections[using])


def create_after_migrate(*, app_config, using, **kwargs):
    """Receiver of ``post_migrate``: once, after the last app that it is sent for."""
    # Django sends the signal for apps with models only.
    last = [app for app in apps.get_app_configs() if app.models_module][-1]
    if app_config == last:
        create(connections[using])
