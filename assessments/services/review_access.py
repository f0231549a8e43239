"""Who may read what was submitted as a reviewer, and for how long."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessments.models import ReviewAccess
from organisations.audit import record
from organisations.models import AuditEvent


@transaction.atomic
def set_review_access(*, source, wanted, starts_at, ends_at, by):
    """Let exactly those of ``wanted`` read, from ``starts_at`` until ``ends_at``.

    ``wanted`` holds a role by pairs of a self-reflection's and a person's primary keys. What was
    given for the same ``source`` before is dated anew, changed or ended; what others gave stays.
    Whoever calls this has asked whether ``by`` may arrange it.
    """
    now = timezone.now()
    rows = ReviewAccess.objects.select_for_update().filter(source=source)
    running = {
        (row.reflection_id, row.user_id): row for row in rows.filter(Q(ends_at__gt=now))
    }
    ended = []
    for pair, row in running.items():
        if pair in wanted and ends_at > max(now, starts_at):
            now_given = (wanted[pair], starts_at, ends_at)
            if (row.role, row.starts_at, row.ends_at) != now_given:
                row.role, row.starts_at, row.ends_at = now_given
                row.save()
        else:
            ended.append(pair)
            if row.starts_at < now:
                row.ends_at = now
                row.save()
            else:
                row.delete()  # it never began
    given = []
    if ends_at > max(now, starts_at):
        given = sorted(set(wanted) - set(running))
        ReviewAccess.objects.bulk_create(
            ReviewAccess(
                reflection_id=reflection,
                user_id=user,
                role=wanted[reflection, user],
                source=source,
                starts_at=starts_at,
                ends_at=ends_at,
            )
            for reflection, user in given
        )
    if given or ended:
        record(
            AuditEvent.Kind.CHANGED,
            by=by,
            what="review_access",
            source=source,
            given=[list(pair) for pair in given],
            ended=[list(pair) for pair in ended],
        )
