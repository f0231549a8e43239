"""What is made in the background. Each task is told what by its number, and looks for itself.

A task may be done twice, or be lost with its worker: what is claimed in the database decides who
does something, and ``resume_pack`` asks again for whatever nobody does.
"""

from django.db import transaction
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from reporting.models import Pack, PackPart
from reporting.packs import making
from reporting.services import packs as services


@task()
def draw_part(part):
    """Draw a document of a pack; where it was the last, put the pack together."""
    if making.draw_part(part):
        draw_part.enqueue(part)
        return
    put_together.call(PackPart.objects.values_list("pack", flat=True).get(pk=part))


@task()
def put_together(pack):
    if making.put_together(pack):
        put_together.enqueue(pack)


@task()
def watch_pack(pack):
    """See to it, again and again, that somebody works on a pack until it is made."""
    pack = Pack.objects.under_way().filter(pk=pack).first()
    if pack:
        resume_pack(pack)


@transaction.atomic
def begin_pack(**asked):
    """Ask for a pack (``services.ask_pack``) and have it made; returns it."""
    pack = services.ask_pack(**asked)
    resume_pack(pack)
    return pack


def resume_pack(pack):
    """Have made what nobody makes: documents that wait, or whose worker was lost, and the whole.

    Asks for nothing that was asked for and still waits in the queue. Two queries where all is well.
    """
    if not pack.is_under_way:
        return
    asked = _asked()
    unfinished = list(PackPart.objects.filter(pack=pack).unfinished().in_order())
    for part in unfinished:
        if part.is_given_up:
            services.give_up_part(part=part)
        elif part.is_claimable and part.pk not in asked[draw_part.module_path]:
            draw_part.enqueue(part.pk)
    is_drawn = all(part.is_given_up for part in unfinished)
    if (
        is_drawn
        and pack.is_claimable
        and pack.pk not in asked[put_together.module_path]
    ):
        put_together.enqueue(pack.pk)
    if pack.pk not in asked[watch_pack.module_path]:
        watch_pack.using(run_after=timezone.now() + services.LEASE).enqueue(pack.pk)


def _asked():
    """The numbers that wait in the queue, for each task."""
    found = {task.module_path: set() for task in (draw_part, put_together, watch_pack)}
    waiting = DBTaskResult.objects.filter(status="READY", task_path__in=found)
    for path, arguments in waiting.values_list("task_path", "args_kwargs"):
        found[path].add(arguments["args"][0])
    return found
