"""The lock and the record that every change of a state shares."""

from assessments.models import SelfReflection, StateChange
from organisations.audit import record
from organisations.models import AuditEvent


def locked(reflection, *, by):
    """The row of ``reflection`` as it is now, locked until the transaction ends.

    Two people may press a button at once, and an answer may be on its way: without the lock a
    submission and the answers it freezes can differ. What ``by`` is to whom is asked anew after
    it, because somebody may have been removed while they waited. Rows that only point to the
    self-reflection, such as who is here, can be written all the while.
    """
    reflection = (
        SelfReflection.objects.select_for_update(of=("self",), no_key=True)
        .select_related(
            "cycle__edition", "cluster__health_board", "cluster__local_authority"
        )
        .get(pk=reflection.pk)
    )
    by.forget_memberships()
    return reflection


def change_state(reflection, to_state, kind, *, by, reason="", language=""):
    """Put a locked ``reflection`` into ``to_state``, and write who did so and why."""
    change = StateChange.objects.create(
        reflection=reflection,
        kind=kind,
        from_state=reflection.state,
        to_state=to_state,
        reason=reason,
        language=language if reason else "",
        by=by,
    )
    record(
        AuditEvent.Kind.STATE_CHANGED,
        by=by,
        subject=reflection,
        kind=kind,
        from_state=reflection.state,
        to_state=to_state,
    )
    reflection.state = to_state
    reflection.save(update_fields=["state"])
    return change
