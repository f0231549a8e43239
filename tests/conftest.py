"""The cast: who people are to one cluster, and the small world in which they meet.

One board with two clusters; one open cycle on an edition with a module of two outcomes that
have a criterion at each level, a module without levels, and one enabling factor.
"""

import gc
import os
import shutil

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.files.storage import FileSystemStorage
from django.core.management.commands import migrate
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation

from assessments.models import Evidence, SelfReflection
from tests import emptying
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    EditionFactory,
    EnablingFactorFactory,
    HealthBoardFactory,
    ModuleFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.remembering import give_back_what_is_remembered, remembered

__all__ = ["give_back_what_is_remembered"]

# About words, mark-up and drawings, in which the database has no part; and about what pages say
# and ask for. That each page opens, for whom, is tried on every database: test_permission_matrix.py
# and, for reviews, test_routes.py; so is what they read and write, in tests of selectors and
# services, and the journeys.
ON_ONE_DATABASE = {
    "tests/assessments/test_action_pages.py",
    "tests/assessments/test_board_pages.py",
    "tests/assessments/test_people_pages.py",
    "tests/assessments/test_text_language.py",
    "tests/assessments/test_worksheets.py",
    "tests/bench/test_lives.py",
    "tests/common/test_error_pages.py",
    "tests/frameworks/test_admin.py",
    "tests/frameworks/test_correction_pages.py",
    "tests/frameworks/test_exchange_refusals.py",
    "tests/frameworks/test_exchange_round_trip.py",
    "tests/frameworks/test_framework_pages.py",
    "tests/frameworks/test_translation_files.py",
    "tests/notifications/test_own_emails.py",
    "tests/notifications/test_previews.py",
    "tests/organisations/test_admin.py",
    "tests/organisations/test_admin_two_people.py",
    "tests/organisations/test_cluster_pages.py",
    "tests/organisations/test_cluster_past.py",
    "tests/peerreview/test_annotating.py",
    "tests/peerreview/test_group_pages.py",
    "tests/peerreview/test_library.py",
    "tests/peerreview/test_reading_pages.py",
    "tests/peerreview/test_record_pages.py",
    "tests/peerreview/test_record_pdf.py",
    "tests/peerreview/test_round_pages.py",
    "tests/reporting/dashboard/test_documents.py",
    "tests/reporting/dashboard/test_exports.py",
    "tests/reporting/test_learned_pages.py",
    "tests/reporting/test_learned_pdf.py",
    "tests/reporting/test_draft_pdf.py",
    "tests/reporting/test_hostile_text.py",
    "tests/reporting/test_worksheet_pdf.py",
    "tests/reporting/test_report_pdf.py",
    "tests/reporting/test_pack_pages.py",
    "tests/reporting/test_packs_made.py",
    "tests/reporting/test_pdf_ua.py",
    "tests/reporting/test_summary_pdf.py",
    "tests/test_admin_pages.py",
    "tests/test_nothing_untranslated.py",
    "tests/test_third_module.py",
    "tests/test_translations.py",
}
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}

# Set by script/test: the database of DATABASE_URL is migrated, and each process of tests
# begins with a copy of it. Otherwise each migrates its own.
MIGRATED = os.environ.get("MIGRATED") == "yes"


def pytest_collection_modifyitems(items):
    """Mark as ``once`` what says the same on every database: script/test runs it on SQLite."""
    for item in items:
        asks_for_none = item.get_closest_marker(
            "django_db"
        ) is None and not DATABASE_FIXTURES & set(item.fixturenames)
        if asks_for_none or item.location[0] in ON_ONE_DATABASE:
            item.add_marker("once")


def pytest_collection_finish():
    """What was loaded until now stays: it is not looked through again for what to throw away."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix, tmp_path_factory
):
    """On SQLite, a file: threads need connections of their own, and memory has only one."""
    connection = connections["default"]
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        name = tmp_path_factory.mktemp("database") / "tests.sqlite3"
        if MIGRATED:
            shutil.copy(database["NAME"], name)
        database["TEST"]["NAME"] = str(name)
    elif MIGRATED:
        database["TEST"]["TEMPLATE"] = database["NAME"]


@pytest.fixture(scope="session")
def django_db_keepdb():
    """The copy that was put into place is not to be replaced by an empty file."""
    return MIGRATED and connections["default"].vendor == "sqlite"


@pytest.fixture(scope="session")
def migrated_once():
    """Nothing is left to migrate in a copy of what is migrated."""
    with pytest.MonkeyPatch.context() as patch:
        if MIGRATED:
            patch.setattr(migrate.Command, "handle", lambda *_, **__: None)
        yield


@pytest.fixture(scope="session")
def django_db_setup(migrated_once, django_db_setup, django_db_blocker):
    """After a test that committed, only what it wrote is removed."""
    with django_db_blocker.unblock():
        after_a_test = emptying.Emptying(connections["default"]).after_a_test
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            TransactionTestCase, "_fixture_teardown", lambda case: after_a_test(case)
        )
        yield


@pytest.fixture(scope="session", autouse=True)
def files_of_evidence(tmp_path_factory):
    """Files go to a folder of the tests'."""
    field = Evidence._meta.get_field("file")
    field.storage = FileSystemStorage(location=tmp_path_factory.mktemp("evidence"))


@pytest.fixture(scope="session", autouse=True)
def folder_of_documents(tmp_path_factory):
    """Documents that were made are kept in a folder of the tests'."""
    settings.DOCUMENTS_ROOT = tmp_path_factory.mktemp("documents")


@pytest.fixture(scope="session", autouse=True)
def nothing_collected(tmp_path_factory):
    """Each test's client looks through the collected files, where somebody has collected them."""
    settings.STATIC_ROOT = tmp_path_factory.mktemp("collected")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """Passwords are hashed as in service, at the least cost that Argon2 knows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Argon2PasswordHasher, "time_cost", 1)
        patch.setattr(Argon2PasswordHasher, "memory_cost", 8)  # KiB
        patch.setattr(Argon2PasswordHasher, "parallelism", 1)
        yield


@pytest.fixture(autouse=True)
def english():
    """Each test begins in the default language, whatever the one before it chose."""
    with translation.override("en"):
        yield


# The world ----------------------------------------------------------------------------


@remembered
def edition(db):
    edition = EditionFactory(code="2030-05")
    ModuleFactory(edition=edition, number=1, code="LEVELS", outcomes=2)
    ModuleFactory(
        edition=edition, number=2, code="SIGNS", uses_levels=False, outcomes=1
    )
    EnablingFactorFactory(edition=edition, number=1)
    return edition


@remembered
def cycle(edition):
    return CycleFactory(code="2030", edition=edition)


@remembered
def board(db):
    return HealthBoardFactory(code="7A0")


@remembered
def cluster(board):
    return ClusterFactory(code="afan", health_board=board)


@remembered
def other_cluster(board):
    return ClusterFactory(code="ogwr", health_board=board)


@remembered
def reflection(cycle, cluster) -> SelfReflection:
    """Not started."""
    return SelfReflectionFactory(cycle=cycle, cluster=cluster)


# The cast -----------------------------------------------------------------------------


@remembered
def lead(cluster):
    return UserFactory(email="lead@example.test", lead_of=cluster)


@remembered
def contributor(cluster):
    return UserFactory(email="contributor@example.test", contributor_to=cluster)


@remembered
def stranger(other_cluster):
    """The lead of another cluster of the same board."""
    return UserFactory(email="stranger@example.test", lead_of=other_cluster)


@remembered
def officer(board):
    return UserFactory(email="officer@example.test", officer_of=board)


@remembered
def other_officer(db):
    """The officer of another board."""
    return UserFactory(
        email="other.officer@example.test", officer_of=HealthBoardFactory(code="7A9")
    )


@remembered
def national(db):
    return UserFactory(email="national@example.test", national_officer=True)


@remembered
def translator(db):
    return UserFactory(email="translator@example.test", translator=True)


@remembered
def administrator(db):
    return UserFactory(email="administrator@example.test", administrator=True)


@remembered
def superuser(db):
    return UserFactory(email="superuser@example.test", is_superuser=True)
