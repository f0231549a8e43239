"""What was published is frozen by the database itself, whoever asks it and however."""

import threading

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from cdf_site.common.triggers import FROZEN
from frameworks import services
from frameworks.models import (
    LANGUAGES,
    Criterion,
    Edition,
    Indicator,
    LogicModelEntry,
    Outcome,
)
from tests.factories import (
    EditionFactory,
    EnablingFactorFactory,
    IndicatorFactory,
    LogicModelEntryFactory,
    ModuleFactory,
    QuadrupleAimFactory,
    TransformationPrincipleFactory,
    UserFactory,
    WellbeingGoalFactory,
)

pytestmark = pytest.mark.django_db

Status = Edition.Status
FROZEN_STATES = [Status.PUBLISHED, Status.RETIRED]
UPDATE, DELETE, INSERT, SELECT = "UPDATE", "DELETE FROM", "INSERT INTO", "SELECT"
OF_ROW = "WHERE id = %s"
MODELS = [apps.get_model(frozen.label) for frozen in FROZEN]
OPEN = {
    "edition": {
        "status",
        "unofficial_language",
        "editor_note",
        "editor_note_cy",
        "editor_note_en",
        "goal_links_are_suggested",
        "corrected_on",
        "text_states",
    },
    "module": {
        "editor_note",
        "editor_note_cy",
        "editor_note_en",
        "has_one_logic_model",
        "text_states",
    },
    "outcome": {"editor_note", "editor_note_cy", "editor_note_en", "text_states"},
    "criterion": {"editor_note", "editor_note_cy", "editor_note_en", "text_states"},
}
# Of each kind of column, the same value and another one, as the databases write them.
OTHER_VALUES = {
    "CharField": "'other'",
    "SlugField": "'other'",
    "TextField": "'other'",
    "JSONField": "'{}'",
    "DateField": "'2030-01-01'",
    "BooleanField": "NOT COLUMN",
    "PositiveSmallIntegerField": "COALESCE(COLUMN, 0) + 1",
    "BigAutoField": "COLUMN + 100000",
    "ForeignKey": "COALESCE(COLUMN, 0) + 100000",
}


def whole(status):
    """An edition with one row at least in every table that is frozen."""
    edition = EditionFactory(draft=True, levelled=True, predecessor=EditionFactory())
    for factory in (
        TransformationPrincipleFactory,
        EnablingFactorFactory,
        WellbeingGoalFactory,
        QuadrupleAimFactory,
        IndicatorFactory,
    ):
        factory(edition=edition)
    LogicModelEntryFactory(outcome=Outcome.objects.get(module__edition=edition))
    Edition.objects.filter(pk=edition.pk).update(status=status)
    edition.refresh_from_db()
    return edition


def row_of(model, edition):
    ways = {
        "edition": "pk",
        "module": "edition",
        "outcome": "module__edition",
        "criterion": "outcome__module__edition",
    }
    way = ways.get(model._meta.model_name, "edition")
    return model.objects.filter(**{way: edition.pk}).first()


def run(sql, *values):
    """Run a statement of its own, and say whether the database took it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    except IntegrityError as error:
        if "is frozen by publishing" in str(error):
            return "refused"
        return str(error)
    return "done"


def columns_of(model):
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def update(model, row, field):
    column = connection.ops.quote_name(field.column)
    value = OTHER_VALUES[field.get_internal_type()].replace("COLUMN", column)
    if field.column == "status":
        value = f"'{Status.RETIRED}'"
    value = {"unofficial_language": "'cy'", "highest_level": "2", "level": "NULL"}.get(
        field.column, value
    )
    return run(
        f"{UPDATE} {model._meta.db_table} SET {column} = {value} {OF_ROW}", row.pk
    )


@pytest.mark.parametrize("status", FROZEN_STATES)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_each_column_is_frozen_or_open(model, status):
    row = row_of(model, whole(status))
    is_open = OPEN.get(model._meta.model_name, {"text_states"})

    found = {field.column: update(model, row, field) for field in columns_of(model)}

    assert found == {
        field.column: "done" if field.column in is_open else "refused"
        for field in columns_of(model)
    }


@pytest.mark.parametrize("status", FROZEN_STATES)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_nothing_is_removed(model, status):
    row = row_of(model, whole(status))

    found = run(f"{DELETE} {model._meta.db_table} {OF_ROW}", row.pk)

    assert found == "refused"


@pytest.mark.parametrize("status", FROZEN_STATES)
@pytest.mark.parametrize("model", MODELS[1:], ids=lambda model: model._meta.model_name)
def test_nothing_is_added(model, status):
    row = row_of(model, whole(status))
    columns = [connection.ops.quote_name(field.column) for field in columns_of(model)]
    values = ["number + 50" if name == '"number"' else name for name in columns]
    table = model._meta.db_table

    found = run(
        f"{INSERT} {table} ({', '.join(columns)}) "
        f"{SELECT} {', '.join(values)} FROM {table} {OF_ROW}",
        row.pk,
    )

    assert found == "refused"


@pytest.mark.parametrize("model", MODELS[1:], ids=lambda model: model._meta.model_name)
def test_nothing_is_moved_into_it_or_out_of_it(model):
    frozen, draft = whole(Status.PUBLISHED), whole(Status.DRAFT)
    inside, outside = row_of(model, frozen), row_of(model, draft)
    parent = {"outcome": "module", "criterion": "outcome"}.get(
        model._meta.model_name, "edition"
    )
    move = f"{UPDATE} {model._meta.db_table} SET {parent}_id = %s, number = 70 {OF_ROW}"

    assert [
        run(move, getattr(outside, f"{parent}_id"), inside.pk),
        run(move, getattr(inside, f"{parent}_id"), outside.pk),
    ] == ["refused", "refused"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own statements")
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_nothing_takes_the_place_of_what_is_frozen(model):
    frozen, draft = whole(Status.PUBLISHED), whole(Status.DRAFT)
    inside, outside = row_of(model, frozen), row_of(model, draft)
    table = model._meta.db_table
    columns = [connection.ops.quote_name(field.column) for field in columns_of(model)]

    found = [
        run(
            f"REPLACE INTO {table} (id, {', '.join(columns)}) "
            f"{SELECT} %s, {', '.join(columns)} FROM {table} {OF_ROW}",
            inside.pk,
            outside.pk,
        ),
        run(
            f"{UPDATE} OR REPLACE {table} SET id = %s {OF_ROW}",
            inside.pk,
            outside.pk,
        ),
    ]

    assert found == ["refused", "refused"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own statements")
def test_no_draft_takes_the_code_of_a_published_edition():
    frozen, draft = whole(Status.PUBLISHED), whole(Status.DRAFT)

    found = run(
        f"{UPDATE} OR REPLACE frameworks_edition SET code = %s {OF_ROW}",
        frozen.code,
        draft.pk,
    )

    assert found == "refused"
    assert Edition.objects.filter(pk=frozen.pk).exists()


def test_its_status_never_leads_back_to_a_draft():
    edition = whole(Status.PUBLISHED)
    change = "UPDATE frameworks_edition SET status = %s WHERE id = %s"

    found = [
        run(change, status, edition.pk)
        for status in (Status.DRAFT, Status.RETIRED, Status.DRAFT, Status.PUBLISHED)
    ]

    assert found == ["refused", "done", "refused", "done"]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_a_draft_is_free(model):
    row = row_of(model, whole(Status.DRAFT))
    fields = [
        field
        for field in columns_of(model)
        if not field.is_relation and field.column != "status"
    ]

    assert {update(model, row, field) for field in fields} == {"done"}


@pytest.mark.parametrize("status", FROZEN_STATES)
def test_logic_models_indicators_and_links_stay_open(status):
    edition = whole(status)
    outcome = Outcome.objects.get(module__edition=edition)

    entry = LogicModelEntryFactory(outcome=outcome)
    indicator = IndicatorFactory(edition=edition)
    indicator.outcomes.add(outcome)
    outcome.wellbeing_goals.set(edition.wellbeinggoals.all())
    outcome.quadruple_aims.set(edition.quadrupleaims.all())
    LogicModelEntry.objects.exclude(pk=entry.pk).update(text_en="Other")
    Indicator.objects.exclude(pk=indicator.pk).update(number=9, name_en="Other")
    entry.delete()
    indicator.delete()

    assert LogicModelEntry.objects.get().text_en == "Other"
    assert Indicator.objects.get().name_en == "Other"
    assert (outcome.wellbeing_goals.count(), outcome.quadruple_aims.count()) == (1, 1)
    outcome.wellbeing_goals.clear()


# Publishing, while others write -----------------------------------------------------------

needs_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time"
)


def ready_draft(administrator):
    edition = EditionFactory(draft=True)
    ModuleFactory(edition=edition, number=1, outcomes=1)
    for language in LANGUAGES:
        services.mark_unofficial(edition=edition, language=language, by=administrator)
    return edition


def at_once(*acts):
    """Run ``acts`` in threads of their own, begun together; returns what each came to."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def act_of(number):
        barrier.wait()
        try:
            results[number] = acts[number]() or "done"
        except Exception as error:
            results[number] = type(error).__name__
        finally:
            connection.close()

    threads = [
        threading.Thread(target=act_of, args=(number,)) for number in range(len(acts))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@needs_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(8))
def test_what_is_published_was_checked_whoever_adds_to_it_meanwhile(turn):
    administrator = UserFactory(administrator=True)
    edition = ready_draft(administrator)
    outcome = Outcome.objects.get(module__edition=edition)

    def publish():
        services.publish(edition=edition, by=administrator)

    def add():
        with transaction.atomic():
            Criterion.objects.create(
                outcome=outcome, level=1, number=9, text_cy="Newydd", text_en=""
            )

    published, added = at_once(publish, add)

    edition.refresh_from_db()
    is_in = Criterion.objects.filter(outcome=outcome, number=9).exists()
    assert (edition.status, is_in, published, added) in [
        (Status.PUBLISHED, False, "done", "IntegrityError"),
        (Status.DRAFT, True, "NotReady", "done"),
    ]


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_whoever_adds_first_is_waited_for():
    administrator = UserFactory(administrator=True)
    edition = ready_draft(administrator)
    outcome = Outcome.objects.get(module__edition=edition)
    has_added, results = threading.Event(), []

    def publish():
        has_added.wait()
        try:
            services.publish(edition=edition, by=administrator)
        except services.NotReady as refused:
            results.append(refused.readiness.count)
        finally:
            connection.close()

    thread = threading.Thread(target=publish)
    thread.start()
    with transaction.atomic():
        Criterion.objects.create(
            outcome=outcome, level=1, number=9, text_cy="Newydd", text_en=""
        )
        has_added.set()
        thread.join(timeout=1)  # it waits for this transaction
        assert results == []
    thread.join()

    assert results == [2]  # the English is missing, and nobody has checked the Welsh


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_whoever_publishes_in_sql_waits_for_them_too():
    administrator = UserFactory(administrator=True)
    edition = ready_draft(administrator)
    outcome = Outcome.objects.get(module__edition=edition)
    has_added, published = threading.Event(), []

    def publish():
        has_added.wait()
        published.append(
            run(
                f"{UPDATE} frameworks_edition SET status = 'published' {OF_ROW}",
                edition.pk,
            )
        )
        connection.close()

    thread = threading.Thread(target=publish)
    thread.start()
    with transaction.atomic():
        Criterion.objects.create(
            outcome=outcome, level=1, number=9, text_cy="Newydd", text_en="New"
        )
        has_added.set()
        thread.join(timeout=1)
        assert published == []
    thread.join()

    assert published == ["done"]


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_published_twice_at_once_it_is_published_once():
    administrator = UserFactory(administrator=True)
    edition = ready_draft(administrator)

    def publish():
        services.publish(edition=edition, by=administrator)

    assert sorted(at_once(publish, publish)) == ["NotNow", "done"]


def test_published_twice_the_second_is_told():
    administrator = UserFactory(administrator=True)
    edition = ready_draft(administrator)
    services.publish(edition=edition, by=administrator)

    with pytest.raises(services.NotNow):
        services.publish(edition=edition, by=administrator)
