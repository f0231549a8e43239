"""Flagging what the cluster should discuss, and taking the flag down when it has."""

from django.db import transaction
from django.utils import timezone

from assessments.models import Flag
from assessments.services.answers import ForeignSubject
from assessments.services.reflections import NotNow
from assessments.services.states import locked
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise


@transaction.atomic
def raise_flag(*, reflection, outcome, criterion=None, by):
    """Flag an outcome, or one of its criteria, for the cluster to discuss.

    What is flagged already stays as it is, under the name of whoever flagged it first. Raises
    PermissionDenied for whoever does not work in the cluster, NotNow where the self-reflection
    takes no answers, ForeignSubject for what its edition does not ask.
    """
    reflection = _open_for_discussion(reflection, by)
    if outcome.module.edition_id != reflection.cycle.edition_id or (
        criterion and criterion.outcome_id != outcome.pk
    ):
        raise ForeignSubject
    flag, is_new = Flag.objects.get_or_create(
        reflection=reflection,
        outcome=outcome,
        criterion=criterion,
        settled_at=None,
        defaults={"raised_by": by},
    )
    if is_new:
        record(
            AuditEvent.Kind.ADDED, by=by, subject=flag, self_reflection=reflection.pk
        )
    return flag


@transaction.atomic
def settle_flag(*, flag, by):
    """Take a flag down, whoever raised it; one that is down stays as it was settled first.

    Raises as ``raise_flag``.
    """
    reflection = _open_for_discussion(flag.reflection, by)
    flag = Flag.objects.select_for_update().get(pk=flag.pk)
    if flag.settled_at is None:
        flag.settled_at, flag.settled_by = timezone.now(), by
        flag.save(update_fields=["settled_at", "settled_by"])
        record(
            AuditEvent.Kind.CHANGED, by=by, subject=flag, self_reflection=reflection.pk
        )
    return flag


def _open_for_discussion(reflection, by):
    reflection = locked(reflection, by=by)
    authorise(by, Permission.READ_ANSWERS, reflection)
    if not reflection.takes_answers:
        raise NotNow
    return reflection
