"""How the tests' database is emptied after a test that committed."""

import threading

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from cdf_site.common import triggers
from organisations.models import AuditEvent
from tests.emptying import Emptying
from tests.factories import HealthBoardFactory, UserFactory
from tests.steps import start, submit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def emptying(transactional_db):
    """Of the database as it is before the test writes to it."""
    return Emptying(connection)


def rows():
    """How many rows each model has, of those that have any."""
    counts = {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models(include_auto_created=True)
    }
    return {label: count for label, count in counts.items() if count}


def contents():
    """Every row, by model."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models(include_auto_created=True)
    }


def test_leaves_what_flushing_leaves(emptying, lead, reflection):
    start(reflection, by=lead)
    submit(reflection, by=lead)
    written = rows()

    emptying.empty()

    emptied = rows()
    call_command("flush", interactive=False, verbosity=0)
    assert emptied == rows()
    assert set(emptied) == {"contenttypes.ContentType", "auth.Permission"}
    assert {"assessments.Submission", "organisations.AuditEvent"} <= set(written)


def test_what_is_written_once_is_refused_again(emptying, lead, reflection):
    start(reflection, by=lead)
    names = triggers.trigger_names(connection)

    emptying.empty()

    AuditEvent.objects.create(kind=AuditEvent.Kind.ADDED)
    with pytest.raises(DatabaseError, match="append-only"):
        AuditEvent.objects.all().delete()
    assert triggers.trigger_names(connection) == names


def test_triggers_that_a_test_lost_are_there_again(emptying):
    names = triggers.trigger_names(connection)
    triggers.drop(connection)

    emptying.empty()

    assert triggers.trigger_names(connection) == names != set()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: ContentType.objects.create(app_label="of", model="a test"),
        lambda: ContentType.objects.filter(model="cycle").update(model="spoiled"),
        lambda: ContentType.objects.get(model="cycle").delete(),
    ],
)
def test_what_migrating_wrote_is_as_it_was(emptying, spoil):
    before = set(ContentType.objects.values_list("app_label", "model"))
    spoil()

    emptying.empty()

    assert set(ContentType.objects.values_list("app_label", "model")) == before


def test_what_was_put_aside_is_given_back_as_it_was(emptying, lead, reflection):
    start(reflection, by=lead)
    submit(reflection, by=lead)
    written = contents()

    filled = emptying.keep()
    emptying.empty()
    emptied = emptying.filled()
    emptying.give_back(filled)

    assert (emptied, contents()) == ([], written)
    with pytest.raises(DatabaseError, match="append-only"):
        AuditEvent.objects.all().delete()
    for table in filled:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP TABLE "kept_{table}"')


def test_waits_for_whoever_still_writes(emptying):
    writing, finish = threading.Event(), threading.Event()

    def write():
        with transaction.atomic():
            UserFactory()
            writing.set()
            finish.wait(timeout=10)
        connection.close()

    HealthBoardFactory()
    writer = threading.Thread(target=write)
    writer.start()
    writing.wait(timeout=10)
    threading.Timer(0.3, finish.set).start()

    emptying.empty()

    writer.join()
    assert set(rows()) == {"contenttypes.ContentType", "auth.Permission"}
