"""Packs: asking for one, and the states of its making, which many workers share.

A worker takes up a piece of work by one statement that changes a row only where nobody has it
(``claim_part``, ``claim_pack``), and has it until a lease runs out. Whoever finishes says which of
the claims was theirs: one who was given up for lost cannot undo what another did since.
"""

import datetime
import secrets

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation

from assessments.models import Submission
from cdf_site.common.welsh import english_key, welsh_key
from notifications.models import Message
from notifications.services import send
from notifications.writing import hour, link_to
from organisations.audit import record
from organisations.models import AuditEvent, User
from organisations.permissions import Permission, authorise, holds
from reporting.models import Pack, PackPart
from reporting.models.packs import (
    LIFETIME,
    MOST_CLAIMS,
    MOST_FAILURES,
    Fault,
)
from reporting.selectors import load_progress

# Longer than a document may take (reporting.pdf.press), and than putting a pack together may: its
# contents are such a document, and joining takes two minutes at most (reporting.packs.bound).
LEASE = datetime.timedelta(seconds=90)
BINDING_LEASE = datetime.timedelta(minutes=3)
MOST_BINDINGS = 3  # of one pack, begun and never finished
MOST_AT_ONCE = 5  # packs of one person that are under way


class NothingToPack(Exception):
    """No cluster has submitted anything."""


class TooManyPacks(Exception):
    """As many packs are being made for one person as may be."""


@transaction.atomic
def ask_pack(*, scope, cycle, document, language, large_print, form, by):
    """A new pack of what every cluster of ``scope`` submitted last in ``cycle``, and its parts.

    Where the same is being made for the same person already, that one: a button pressed twice asks
    for one pack. Raises NothingToPack, TooManyPacks, PermissionDenied.
    """
    authorise(by, Permission.ASK_PACK, scope)
    User.objects.select_for_update().get(pk=by.pk)  # who counts what is theirs
    wanted = {
        "health_board": scope.place,
        "cycle": cycle,
        "document": document,
        "language": language,
        "large_print": large_print,
        "form": form,
    }
    own = Pack.objects.visible_to(by).under_way()
    same = own.filter(**wanted).first()
    if same:
        return same
    if own.count() >= MOST_AT_ONCE:
        raise TooManyPacks
    rows = _clusters(scope, cycle, language, by)
    latest = {
        submission.reflection_id: submission.pk
        for submission in Submission.objects.visible_to(by)
        .latest_of_each()
        .filter(reflection__in=[row.reflection.pk for row in rows])
        .only("reflection_id")
    }
    if not latest:
        raise NothingToPack
    pack = Pack.objects.create(
        **wanted,
        asked_by=by,
        token=secrets.token_urlsafe(32),
        not_submitted=[
            row.reflection.names_then for row in rows if row.reflection.pk not in latest
        ],
    )
    submitted = [row.reflection for row in rows if row.reflection.pk in latest]
    PackPart.objects.bulk_create(
        PackPart(
            pack=pack,
            submission_id=latest[reflection.pk],
            position=position,
            name_cy=reflection.names_then["cy"],
            name_en=reflection.names_then["en"],
        )
        for position, reflection in enumerate(submitted, start=1)
    )
    record(
        AuditEvent.Kind.ADDED,
        by=by,
        subject=pack,
        what="pack",
        scope=scope.code,
        cycle=cycle.code,
        document=document,
        language=language,
        form=form,
        documents=len(submitted),
    )
    return pack


@transaction.atomic
def cancel_pack(*, pack, by):
    """Make no more of it. Returns whether there was something to cancel."""
    cancelled = (
        Pack.objects.visible_to(by)
        .under_way()
        .filter(pk=pack.pk)
        .update(
            state=Pack.State.CANCELLED, finished_at=timezone.now(), lease_until=None
        )
    )
    return bool(cancelled)


@transaction.atomic
def claim_part(*, part):
    """Take up the document with the number ``part``, or None where it is not to be had.

    It comes with its submission, its pack and who asked for that.
    """
    # Conditions on the row itself: PostgreSQL asks them again after waiting for another claim.
    claimed = (
        PackPart.objects.claimable()
        .filter(pk=part, claims__lt=MOST_CLAIMS)
        .filter(pack__in=Pack.objects.under_way())
        .update(
            state=PackPart.State.DRAWING,
            lease_until=timezone.now() + LEASE,
            claims=F("claims") + 1,
        )
    )
    if not claimed:
        return None
    part = PackPart.objects.select_related(
        *("pack__asked_by", "pack__health_board", "pack__cycle"),
        *("submission__reflection__cluster", "submission__reflection__cycle"),
    ).get(pk=part)
    Pack.objects.filter(pk=part.pack_id, state=Pack.State.WAITING).update(
        state=Pack.State.MAKING
    )
    return part


def finish_part(*, part, pages):
    """Say that ``part``, as ``claim_part`` gave it, is drawn. False where it is another's now."""
    return _leave_part(part, state=PackPart.State.DONE, pages=pages)


def fail_part(*, part, fault):
    """Say that ``part`` could not be drawn. Returns whether it is to be tried again."""
    again = part.failures + 1 < MOST_FAILURES and fault != Fault.REFUSED
    left = _leave_part(
        part,
        state=PackPart.State.WAITING if again else PackPart.State.FAILED,
        failures=F("failures") + 1,
        fault="" if again else fault,
    )
    return left and again


def may_be_made(*, part):
    """Whether who asked for the pack of ``part`` may still read its submission."""
    asked_by = part.pack.asked_by
    return (
        holds(asked_by, Permission.ASK_PACK, part.pack.scope)
        and Submission.objects.visible_to(asked_by)
        .filter(pk=part.submission_id)
        .exists()
    )


@transaction.atomic
def claim_pack(*, pack):
    """Take up putting the pack with the number ``pack`` together, or None.

    None while one of its documents is neither made nor given up, and while another worker has it.
    """
    if PackPart.objects.unfinished().filter(pack=pack).exists():
        return None
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    making = Pack.objects.filter(free, pk=pack, state=Pack.State.MAKING)
    is_lost = making.filter(claims__gte=MOST_BINDINGS).exists()
    if not making.update(lease_until=now + BINDING_LEASE, claims=F("claims") + 1):
        return None
    pack = Pack.objects.select_related("asked_by", "health_board", "cycle").get(pk=pack)
    if is_lost:
        fail_pack(pack=pack, fault=Fault.CRASHED)
        return None
    return pack


def leave_pack(*, pack):
    """Let go of ``pack``, as ``claim_pack`` gave it, unfinished. Returns whether to try again."""
    return _leave_pack(pack)


@transaction.atomic
def finish_pack(*, pack, size):
    """Say that the file of ``pack``, as ``claim_pack`` gave it, lies there, and tell who asked.

    False where it was cancelled, or is another worker's now: then the file is nobody's.
    """
    now = timezone.now()
    failed = pack.parts.filter(state=PackPart.State.FAILED).count()
    state = Pack.State.PARTIAL if failed else Pack.State.READY
    expires_at = now + LIFETIME
    if not _end_pack(pack, state=state, expires_at=expires_at, size=size):
        return False
    made = pack.parts.count() - failed
    _tell(pack, count=made, failed=failed, expires=hour(expires_at))
    return True


@transaction.atomic
def fail_pack(*, pack, fault):
    """Say that nothing can be made of ``pack``, as ``claim_pack`` gave it, and tell who asked."""
    if _end_pack(pack, state=Pack.State.FAILED, fault=fault):
        failed = pack.parts.filter(state=PackPart.State.FAILED).count()
        _tell(pack, count=0, failed=failed)


def give_up_part(*, part):
    """Name as failed what was taken up as often as it may be, and never left."""
    PackPart.objects.claimable().filter(pk=part.pk, claims__gte=MOST_CLAIMS).update(
        state=PackPart.State.FAILED, lease_until=None, fault=Fault.CRASHED
    )


def expire_packs():
    """Note which packs are not kept any longer; returns them, for their files to be removed."""
    over = list(Pack.objects.over())
    Pack.objects.over().filter(pk__in=[pack.pk for pack in over]).update(
        state=Pack.State.EXPIRED, size=None
    )
    return over


def _clusters(scope, cycle, language, by):
    """The clusters of ``scope``, by their names in the language that the pack begins in."""
    with translation.override(_first(language)):
        board = scope.place.code if scope.place else None
        progress = load_progress(by, cycle, board_code=board)
        rows = [row for board in progress.boards for row in board.clusters]
        key = welsh_key if _first(language) == "cy" else english_key
        return sorted(
            rows,
            key=lambda row: (key(row.reflection.cluster_name), row.reflection.pk),
        )


def _first(language):
    return "en" if language == "en" else "cy"


def _tell(pack, **facts):
    """Send word to who asked for ``pack`` of what became of it."""
    link = link_to("packs:pack_detail", pack=pack.pk)
    send(
        kind=Message.Kind.PACK_READY,
        to=[pack.asked_by],
        facts=facts | {"link": link},
        about=pack,
    )


def _leave_part(part, **changes):
    """Let go of a claim, unless it was taken away: False then, and nothing is changed."""
    mine = PackPart.objects.filter(
        pk=part.pk, state=PackPart.State.DRAWING, claims=part.claims
    )
    return bool(mine.update(lease_until=None, **changes))


def _end_pack(pack, **changes):
    return _leave_pack(pack, finished_at=timezone.now(), **changes)


def _leave_pack(pack, **changes):
    mine = Pack.objects.filter(pk=pack.pk, state=Pack.State.MAKING, claims=pack.claims)
    return bool(mine.update(lease_until=None, **changes))
