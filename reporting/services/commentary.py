"""Writing commentary, showing it and withdrawing it."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessments.services.versions import History, Typed, save_entries
from organisations.audit import record
from organisations.models import AuditEvent, Role
from organisations.permissions import Permission, holds
from reporting.models import Commentary, CommentaryVersion
from reporting.scopes import BOARD

__all__ = ["Typed", "may_have_written", "save_commentary"]

HISTORY = History(CommentaryVersion, "written")


@transaction.atomic
def save_commentary(*, scope, cycle, exhibit, entries, operation_id, by):
    """Save each language's text that is fresh, and refuse the stale with both texts kept.

    See ``save_entries``; the subject of an entry is the language it is written for, and its choice
    says whether readers see it. What comes from somebody who was an officer there, and is none any
    more, is kept as refused and listed in ``closed``. Raises PermissionDenied for everybody else.
    """
    rows = _locked_rows(scope, cycle, exhibit, [entry.subject for entry in entries])
    by.forget_memberships()  # which may have ended while this waited for the lock
    is_open = holds(by, Permission.WRITE_COMMENTARY, scope)
    if not (is_open or may_have_written(by, scope)):
        raise PermissionDenied(f"{Permission.WRITE_COMMENTARY} refused")
    saved = save_entries(
        rows=rows,
        entries=entries,
        history=HISTORY,
        is_open=is_open,
        language="",
        operation_id=operation_id,
        by=by,
    )
    for language in saved.changed:
        row = rows[language]
        is_shown = row.choice == Commentary.Choice.SHOWN
        row.shared_at = timezone.now() if is_shown else None
        row.health_board = _health_board_of(by, scope)
        row.save(update_fields=["shared_at", "health_board"])
        record(
            AuditEvent.Kind.CHANGED,
            by=by,
            subject=row,
            what="commentary",
            scope=scope.code,
            cycle=cycle.code,
            exhibit=exhibit,
            language=language,
            version=row.version,
            is_shown=is_shown,
        )
    return saved


def may_have_written(user, scope):
    """Whether ``user`` is or was an officer who could write on ``scope``."""
    boards = scope.clusters().values("health_board")
    return (
        user.is_active
        and user.memberships.filter(
            Q(role=Role.NATIONAL_OFFICER)
            | Q(role=Role.HEALTH_BOARD_OFFICER, health_board__in=boards)
        ).exists()
    )


def _locked_rows(scope, cycle, exhibit, languages):
    """The row of each language: there from now on, so that two who begin it meet."""
    place = {"scope": scope.code, "cycle": cycle, "exhibit": exhibit}
    Commentary.objects.bulk_create(
        [Commentary(**place, written_for=language) for language in languages],
        ignore_conflicts=True,
    )
    locked = Commentary.objects.select_for_update().filter(
        **place, written_for__in=languages
    )
    return {row.written_for: row for row in locked.order_by("written_for")}


def _health_board_of(user, scope):
    """The board for which an officer writes on ``scope``; None for the national programme's."""
    if user.has_role(Role.NATIONAL_OFFICER):
        return None
    boards = [
        membership.health_board
        for membership in user.current_memberships
        if membership.role == Role.HEALTH_BOARD_OFFICER
    ]
    there = set(scope.clusters().values_list("health_board", flat=True))
    if scope.kind == BOARD:
        there.add(scope.place.pk)
    return next((board for board in boards if board.pk in there), boards[0])
