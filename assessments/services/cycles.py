"""Opening and closing assessment cycles."""

from django.db import transaction
from django.utils import timezone

from assessments.models import Cycle, SelfReflection, StateChange
from assessments.services.states import change_state
from organisations.audit import record
from organisations.models import AuditEvent, Cluster
from organisations.permissions import Permission, authorise


@transaction.atomic
def open_cycle(*, cycle, by):
    """Open ``cycle`` with a self-reflection, not started, for every cluster that exists then.

    A cycle that is open already stays as it is; clusters added since get theirs.
    """
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    authorise(by, Permission.OPEN_CYCLE, cycle)
    if cycle.closed_at is not None:
        return cycle
    if cycle.opened_at is None:
        cycle.opened_at = timezone.now()
        cycle.save(update_fields=["opened_at"])
        record(AuditEvent.Kind.CYCLE_CHANGED, by=by, subject=cycle, change="opened")
    day = timezone.localdate(cycle.opens_at)
    clusters = Cluster.objects.open_on(day).exclude(reflections__cycle=cycle)
    SelfReflection.objects.bulk_create(
        SelfReflection(cycle=cycle, cluster=cluster) for cluster in clusters
    )
    return cycle


@transaction.atomic
def close_cycle(*, cycle, by):
    """Close ``cycle`` and every self-reflection in it; drafts stay readable by their cluster."""
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    authorise(by, Permission.CLOSE_CYCLE, cycle)
    if cycle.opened_at is None or cycle.closed_at is not None:
        return cycle
    closed = SelfReflection.State.CLOSED
    reflections = (
        cycle.reflections.select_for_update().exclude(state=closed).order_by("pk")
    )
    for reflection in reflections:
        change_state(reflection, closed, StateChange.Kind.CLOSED, by=by)
    cycle.closed_at = timezone.now()
    cycle.save(update_fields=["closed_at"])
    record(AuditEvent.Kind.CYCLE_CHANGED, by=by, subject=cycle, change="closed")
    return cycle
