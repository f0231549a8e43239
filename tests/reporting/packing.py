"""Packs in tests: small submissions to pack, and a worker that makes them here and now."""

from django_tasks_db.management.commands.db_worker import Worker

from reporting.scopes import BOARD, EVERYWHERE, Scope
from reporting.tasks import begin_pack
from tests.factories import ClusterFactory, SelfReflectionFactory, UserFactory
from tests.steps import start, submit

WALES = EVERYWHERE


def submitted_by(cycle, cluster):
    """What ``cluster`` submitted: one answer."""
    reflection = SelfReflectionFactory(cycle=cycle, cluster=cluster)
    lead = UserFactory(lead_of=cluster)
    start(reflection, by=lead)
    return submit(reflection, by=lead)


def some_submissions(cycle, board, names):
    return [
        submitted_by(
            cycle, ClusterFactory(health_board=board, name_cy=cy, name_en=english)
        )
        for cy, english in names
    ]


def ask(cycle, by, board=None, **said):
    """A pack of summaries in Welsh as a ZIP file, unless ``said`` says otherwise."""
    return begin_pack(
        **{
            "scope": Scope(BOARD, board) if board else WALES,
            "cycle": cycle,
            "document": "summary",
            "language": "cy",
            "large_print": False,
            "form": "zip",
            "by": by,
        }
        | said
    )


def work():
    """Do what waits in the queue, as ``manage.py db_worker`` does."""
    Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="tests",
        excluded_queue_names=[],
    ).run()
