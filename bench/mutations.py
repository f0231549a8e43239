"""Whether the tests notice when a guard of the answers is taken away.

Each mutation is one exact replacement in a copy of the tree, where the tests that should fail are
run. They must pass in the copy as it is; and a text that is no longer there ends the run, because
a guard that was not taken away was not missed either. The row lock is missed on PostgreSQL only:
SQLite lets one transaction write at a time in any case.
"""

import contextlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.children import ROOT, run

PATIENCE = 15 * 60  # seconds for one run of the tests
LEFT_OUT = (".*", "__pycache__", "node_modules", "build", "db.sqlite3*", "evidence")
BORROWED = ("build",)  # what the tests read, and no mutation changes
ANSWERS = "assessments/services/answers.py"
VERSIONS = "assessments/services/versions.py"
STATES = "assessments/services/states.py"
SAVING = "tests/assessments/test_save_answers.py"
AT_ONCE = "tests/assessments/test_concurrency.py"


@dataclass(frozen=True)
class Mutation:
    """A guard: where it stands, what is there without it, and the tests that guard it."""

    path: str
    guard: str
    without: str
    tests: str
    on_postgresql: bool = False


# As script/test has them; with-postgresql puts its own database in place.
TEST_SETTINGS = {
    "CDF_MODE": "development",
    "DATABASE_URL": "sqlite:///:memory:",
    "DEBUG": "0",
    "DEMONSTRATION": "0",
    "DJANGO_SETTINGS_MODULE": "cdf_site.settings",
    "PYTHONDONTWRITEBYTECODE": "1",
    "SECRET_KEY": "for-tests-only",
}

MUTATIONS = {
    "version_check": Mutation(
        VERSIONS,
        "elif row.pk is not None and entry.base_version != row.version:",
        "elif False:",
        SAVING,
    ),
    "row_lock": Mutation(
        STATES,
        'SelfReflection.objects.select_for_update(of=("self",), no_key=True)',
        "SelfReflection.objects",
        AT_ONCE,
        on_postgresql=True,
    ),
    "operation_id": Mutation(
        VERSIONS, "earlier = done.get(row.pk)", "earlier = None", SAVING
    ),
    "state_check": Mutation(
        ANSWERS,
        "is_open = holds(by, Permission.EDIT_ANSWERS, reflection)",
        "is_open = True",
        SAVING,
    ),
    "history": Mutation(
        VERSIONS,
        "    history.model.objects.create(\n",
        "    history.model(\n",
        SAVING,
    ),
}


def measure(*, say):
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        copy = Path(directory) / "tree"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        for name in BORROWED:
            (copy / name).symlink_to(ROOT / name)
        say("as it is …")
        for tests, on_postgresql in sorted(
            {(one.tests, one.on_postgresql) for one in MUTATIONS.values()}
        ):
            if failing := first_failing(copy, tests, on_postgresql):
                sys.exit(f"bench mutations: {failing} fails with every guard in place")
        found = {}
        for name, mutation in MUTATIONS.items():
            with taken_away(copy, mutation):
                by = first_failing(copy, mutation.tests, mutation.on_postgresql)
            found[name] = {"caught": by is not None, "by": by}
            say(f"without {name}: {by or 'no test notices'}")
    return found


@contextlib.contextmanager
def taken_away(copy, mutation):
    path = copy / mutation.path
    whole = path.read_text()
    if whole.count(mutation.guard) != 1:
        sys.exit(
            f"bench mutations: {mutation.path} holds {mutation.guard!r} "
            f"{whole.count(mutation.guard)} times, not once"
        )
    path.write_text(whole.replace(mutation.guard, mutation.without))
    try:
        yield
    finally:
        path.write_text(whole)


def first_failing(copy, tests, on_postgresql):
    """The name of the first of ``tests`` that fails, or None; whatever else goes wrong is raised."""
    done = run(
        [
            *(["script/with-postgresql"] if on_postgresql else []),
            *(sys.executable, "-m", "pytest", "-x", "-q", "-rf", "--tb=no", tests),
            *("-p", "no:cacheprovider", "-n", "0"),
        ],
        cwd=copy,
        environment=TEST_SETTINGS,
        patience=PATIENCE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode == 0:
        return None
    failed = re.search(r"^FAILED (\S+)", done.stdout, re.MULTILINE)
    if done.returncode != 1 or not failed:
        sys.exit(f"bench mutations: {tests} cannot be run\n{done.stdout}")
    return failed[1]


# Telling ------------------------------------------------------------------------------


def as_json(measured):
    return json.dumps(measured)


def as_table(measured):
    return "\n".join(
        f"{name:<16}{'caught' if one['caught'] else 'NOT CAUGHT':<12}{one['by'] or ''}"
        for name, one in measured.items()
    )
