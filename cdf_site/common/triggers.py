"""Rows that the database itself keeps from being changed or removed.

Two kinds: rows that are only ever appended, and the rows of an edition of the framework that was
published, of which some columns stay open. The tables of both are never emptied whole.

One place for all triggers, because migrations and ``flush`` must lift them: SQLite rebuilds a
table when a field is altered and drops its triggers without a word, and refuses to empty a
table that may not be emptied. They are dropped before either and made again after.

SQLite's REPLACE removes the row that is in the way without asking the trigger for its removal, so
there whoever adds a row, or gives it another number, is asked what is in the way.
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
    "assessments.SubmittedNeed",
    "assessments.SubmittedText",
    "assessments.ActionChange",
    "frameworks.Correction",
    "frameworks.Erratum",
    "peerreview.AnnotationVersion",
    "peerreview.FindingVersion",
    "peerreview.ResponseVersion",
    "peerreview.Resolution",
    "reporting.CommentaryVersion",
    "reporting.LearnedVersion",
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


def _append_only(connection):
    existing = set(connection.introspection.table_names())
    for model in map(apps.get_model, APPEND_ONLY):
        if model._meta.db_table in existing:
            yield model, model._meta.db_table


def _guarded_tables(connection):
    return [
        table for _, table in (*_append_only(connection), *_frozen_tables(connection))
    ]


def _in_the_way(model):
    """The condition for a row that cannot stay beside NEW: it has what one row alone may have."""
    meta = model._meta
    ways = [[field.column] for field in meta.concrete_fields if field.unique]
    ways += [
        [meta.get_field(name).column for name in constraint.fields]
        for constraint in meta.total_unique_constraints
    ]
    return " OR ".join(
        "(" + " AND ".join(f"{column} = NEW.{column}" for column in columns) + ")"
        for columns in ways
    )


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
            cursor.execute(
                "CREATE OR REPLACE FUNCTION refuse_emptying() RETURNS trigger AS $$ BEGIN "
                "RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"
            )
            for table in _guarded_tables(connection):
                cursor.execute(
                    f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_emptying()"
                )
        for model, table in _append_only(connection):
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
            cursor.execute(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {_in_the_way(model)}) "
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
        # A published edition is neither thawed nor removed; publishing itself changes the status.
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
    model = apps.get_model(frozen.label)
    status = frozen.status.format(row="there")
    replaced = (
        f"SELECT 1 FROM {table} AS there "  # noqa: S608
        f"WHERE ({_in_the_way(model)}) AND ({status}) <> 'draft'"
    )
    refusals = _refusals(frozen, differ="IS NOT")
    refusals["INSERT"] = f"({refusals.get('INSERT', 'FALSE')}) OR EXISTS ({replaced})"
    refusals["UPDATE"] += f" OR EXISTS ({replaced} AND there.id <> OLD.id)"
    for action, condition in refusals.items():
        yield (
            f"CREATE TRIGGER {table}_frozen_{action.lower()} BEFORE {action} ON {table} "
            f"WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is frozen by publishing'); END"
        )


def _frozen_on_postgresql(frozen, table):
    # The edition is locked against being published meanwhile, or the check would be too early. Not
    # more than that: whoever works on it with its row locked, and waits for this row, is not kept.
    status = (
        frozen.status
        if frozen.label == "frameworks.Edition"
        else (
            f"{frozen.status} FOR KEY SHARE"
            + (" OF e" if " e " in frozen.status else "")
        )
    )
    locking = Frozen(frozen.label, status, frozen.open)
    branches = " ELS".join(
        f"IF TG_OP = '{action}' THEN IF {condition} THEN "
        f"RAISE EXCEPTION '{table} is frozen by publishing' USING ERRCODE = '23000'; END IF;"
        for action, condition in _refusals(locking, differ="IS DISTINCT FROM").items()
    )
    waiting = ""
    if frozen.label == "frameworks.Edition":
        # However it is published, it waits for whoever has just added to it.
        waiting = (
            "IF TG_OP = 'UPDATE' THEN IF OLD.status = 'draft' AND NEW.status <> 'draft' "
            f"THEN PERFORM 1 FROM {table} WHERE id = OLD.id FOR UPDATE; END IF; END IF; "
        )
    yield (
        f"CREATE OR REPLACE FUNCTION {table}_frozen() RETURNS trigger AS $$ BEGIN "
        f"{waiting}{branches} END IF; "
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
        for table in _guarded_tables(connection):
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
        for _model, table in _append_only(connection):
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
                continue
            for action in ("update", "delete", "replace"):
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
