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
    pack = PackPart.objects.values_list("pack", flat=True).get(pk=part)
    making.put_together(pack)


@task()
def put_together(pack):
    making.put_together(pack)


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


@transaction.atomic
def resume_pack(pack):
    """Have made what nobody makes: documents that wait, or whose worker was lost, and the whole.

    Asks for nothing that has been asked for and still waits in the queue.
    """
    if not pack.is_under_way:
        return
    services.give_up_parts(pack=pack)
    parts = PackPart.objects.filter(pack=pack)
    claimable = list(parts.claimable().in_order().values_list("pk", flat=True))
    asked = _asked(draw_part)
    for part in claimable:
        if part not in asked:
            draw_part.enqueue(part)
    if not parts.unfinished().exists() and pack.pk not in _asked(put_together):
        put_together.enqueue(pack.pk)
    if pack.pk not in _asked(watch_pack):
        watch_pack.using(run_after=timezone.now() + services.LEASE).enqueue(pack.pk)


def _asked(which):
    """The numbers that wait in the queue for the task ``which``."""
    waiting = DBTaskResult.objects.filter(status="READY", task_path=which.module_path)
    return {asked["args"][0] for asked in waiting.values_list("args_kwargs", flat=True)}
