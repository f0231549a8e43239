"""Rows that the database itself keeps from being changed or removed.

Two kinds: rows that are only ever appended, and the rows of an edition of the framework that was
published, of which some columns stay open.

One place for all triggers, because migrations and ``flush`` must lift them: SQLite rebuilds a
table when a field is altered and drops its triggers without a word, and refuses to empty a
table that may not be emptied. They are dropped before either and made again after.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db import connections

# Models whose rows are written once: history, what was submitted, and the audit.
APPEND_ONLY = [
    "organisations.AuditEvent",
    "organisations.FormerName",
    "organisations.Succession",
    "assessments.AnswerVersion",
    "assessments.StateChange",
    "assessments.ReturnReason",
    "assessments.Extension",
    "assessments.CycleExtension",
    "assessments.Submission",
    "assessments.SubmittedOutcome",
    "assessments.SubmittedEvidence",
    "frameworks.Correction",
    "frameworks.Erratum",
]


@dataclass(frozen=True)
class Frozen:
    """A model whose rows are frozen once the edition they belong to is no draft.

    ``status`` is the query for that edition's status; ``{row}`` stands for OLD or NEW. ``open``
    names the columns that may still change; of a translated one, all its columns.
    """

    label: str
    status: str
    open: tuple[str, ...] = ("text_states",)


_OF_EDITION = "SELECT status FROM frameworks_edition WHERE id = {row}.edition_id"
_OF_MODULE = (
    "SELECT e.status FROM frameworks_edition e "
    "JOIN frameworks_module m ON m.edition_id = e.id WHERE m.id = {row}.module_id"
)
_OF_OUTCOME = (
    "SELECT e.status FROM frameworks_edition e "
    "JOIN frameworks_module m ON m.edition_id = e.id "
    "JOIN frameworks_outcome o ON o.module_id = m.id WHERE o.id = {row}.outcome_id"
)
FROZEN = [
    # Its own row; that a status never leads back to a draft is held to beside it.
    Frozen(
        "frameworks.Edition",
        "SELECT {row}.status",
        (
            "status",
            "unofficial_language",
            "editor_note",
            "goal_links_are_suggested",
            "corrected_on",
            "text_states",
        ),
    ),
    Frozen("frameworks.TransformationPrinciple", _OF_EDITION),
    Frozen("frameworks.EnablingFactor", _OF_EDITION),
    Frozen("frameworks.WellbeingGoal", _OF_EDITION),
    Frozen("frameworks.QuadrupleAim", _OF_EDITION),
    Frozen(
        "frameworks.Module",
        _OF_EDITION,
        ("editor_note", "has_one_logic_model", "text_states"),
    ),
    Frozen("frameworks.Outcome", _OF_MODULE, ("editor_note", "text_states")),
    Frozen("frameworks.Criterion", _OF_OUTCOME, ("editor_note", "text_states")),
]
OPEN_SUFFIXES = ("", "_cy", "_en")  # of a column that exists in both languages


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
    """Make all triggers anew, for the tables that are there."""
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
    create_frozen(connection)


def create_frozen(connection):
    """Make the triggers that freeze what belongs to a published edition."""
    with connection.cursor() as cursor:
        for frozen, table in _frozen_tables(connection):
            for statement in (
                _frozen_on_postgresql(frozen, table)
                if connection.vendor == "postgresql"
                else _frozen_on_sqlite(frozen, table)
            ):
                cursor.execute(statement)


def _frozen_tables(connection):
    existing = set(connection.introspection.table_names())
    for frozen in FROZEN:
        table = apps.get_model(frozen.label)._meta.db_table
        if table in existing:
            yield frozen, table


def _frozen_columns(frozen):
    is_open = {name + suffix for name in frozen.open for suffix in OPEN_SUFFIXES}
    fields = apps.get_model(frozen.label)._meta.concrete_fields
    return [field.column for field in fields if field.column not in is_open]


def _refusals(frozen, *, differ):
    """For each action, the condition under which it is refused; ``differ`` compares columns."""
    before, after = (
        f"COALESCE(({frozen.status.format(row=row)}), 'draft') <> 'draft'"
        for row in ("OLD", "NEW")
    )
    changed = " OR ".join(
        f"OLD.{column} {differ} NEW.{column}" for column in _frozen_columns(frozen)
    )
    if frozen.label == "frameworks.Edition":
        # A published edition is neither added nor thawed; publishing itself changes the status.
        return {
            "UPDATE": f"({before}) AND ({changed} OR NEW.status = 'draft')",
            "DELETE": before,
        }
    return {
        "INSERT": after,
        "UPDATE": f"({changed}) AND (({before}) OR ({after}))",
        "DELETE": before,
    }


def _frozen_on_sqlite(frozen, table):
    for action, condition in _refusals(frozen, differ="IS NOT").items():
        yield (
            f"CREATE TRIGGER {table}_frozen_{action.lower()} BEFORE {action} ON {table} "
            f"WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is frozen by publishing'); END"
        )


def _frozen_on_postgresql(frozen, table):
    # The edition is locked against being published meanwhile, or the check would be too early.
    status = (
        frozen.status
        if frozen.label == "frameworks.Edition"
        else (
            f"{frozen.status} FOR SHARE" + (" OF e" if " e " in frozen.status else "")
        )
    )
    locking = Frozen(frozen.label, status, frozen.open)
    branches = " ELS".join(
        f"IF TG_OP = '{action}' THEN IF {condition} THEN "
        f"RAISE EXCEPTION '{table} is frozen by publishing' USING ERRCODE = '23000'; END IF;"
        for action, condition in _refusals(locking, differ="IS DISTINCT FROM").items()
    )
    yield (
        f"CREATE OR REPLACE FUNCTION {table}_frozen() RETURNS trigger AS $$ BEGIN "
        f"{branches} END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$ LANGUAGE plpgsql"
    )
    yield (
        f"CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_frozen()"
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
    drop_frozen(connection)


def drop_frozen(connection):
    """Lift the triggers that freeze published editions."""
    with connection.cursor() as cursor:
        for _frozen, table in _frozen_tables(connection):
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_frozen ON {table}")
                continue
            for action in ("insert", "update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_frozen_{action}")


def drop_before_migrate(*, using, **kwargs):
    """Receiver of ``pre_migrate``."""
    drop(connections[using])


def create_after_migrate(*, app_config, using, **kwargs):
    """Receiver of ``post_migrate``: once, after the last app that it is sent for."""
    # Django sends the signal for apps with models only.
    last = [app for app in apps.get_app_configs() if app.models_module][-1]
    if app_config == last:
        create(connections[using])
