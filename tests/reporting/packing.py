"""Packs in tests: small submissions to pack, and a worker that makes them here and now."""

from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from reporting.models import Pack
from reporting.models.packs import MOST_FAILURES, Fault
from reporting.scopes import BOARD, EVERYWHERE, Scope
from reporting.services import packs as services
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
    """Do what waits in the queue, as ``manage.py db_worker`` does, within the test's transaction."""
    worker = Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="tests",
        excluded_queue_names=[],
    )
    while task := DBTaskResult.objects.ready().first():
        task.claim(worker.worker_id)
        worker.run_task(task)


def pack_pages(cycle, board, *, by):
    """A pack in each of the states that its page says something different about: their numbers."""
    made = [
        ask(cycle, by, board, language=language, form="bound")
        for language in ("cy", "en", "both")
    ]
    for pack in made[1:]:
        first, *others = pack.parts.in_order()
        for _time in range(MOST_FAILURES):
            services.fail_part(
                part=services.claim_part(part=first.pk), fault=Fault.TOO_LONG
            )
        for part in others:
            services.finish_part(part=services.claim_part(part=part.pk), pages=2)
        services.finish_pack(pack=services.claim_pack(pack=pack.pk), size=1_000)
    services.cancel_pack(pack=ask(cycle, by, board), by=by)
    Pack.objects.filter(pk=made[2].pk).update(state="expired", size=None)
    return list(Pack.objects.visible_to(by).values_list("pk", flat=True))
