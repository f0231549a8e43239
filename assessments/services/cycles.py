"""Making, opening, extending and closing assessment cycles."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.models import Cycle, CycleExtension, SelfReflection, StateChange
from assessments.selectors.cycles import fingerprint, gains_time, opening_clusters
from assessments.services import telling
from assessments.services.extensions import NoExtension
from assessments.services.reflections import ReasonMissing
from assessments.services.states import change_state
from frameworks.models import Edition
from organisations.audit import record, record_added, record_changed, values
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise

Kind = AuditEvent.Kind
NAMES = {"name_cy", "name_en"}
# From today: a year that was mistyped could not be taken back.
LONGEST_CYCLE_EXTENSION = datetime.timedelta(days=366)


class CycleChanged(Exception):
    """The cycle is no longer as the person saw it when they decided."""


class CodeTaken(Exception):
    """Another cycle has this code."""


class NotPublished(Exception):
    """The edition is a draft, or was retired: no cycle can be made or opened on it."""


class FixedByOpening(Exception):
    """The cycle has been opened: only its names can still be changed."""


class HourPassed(Exception):
    """The closing hour has passed, so nobody could answer."""


class NotOpen(Exception):
    """The cycle has not been opened, or was closed."""


class TooEarly(Exception):
    """The closing hour that was announced is still ahead, and nobody said that this is known."""


@transaction.atomic
def add_cycle(*, code, name_cy, name_en, edition, opens_at, closes_at, by):
    """Plan a cycle on a published edition; nobody sees it until it is opened."""
    authorise(by, Permission.MANAGE_CYCLES)
    _refuse_unpublished(edition)
    cycle = Cycle(
        code=code,
        name_cy=name_cy,
        name_en=name_en,
        edition=edition,
        opens_at=opens_at,
        closes_at=closes_at,
    )
    _save(cycle)
    record_added(cycle, by=by)
    return cycle


@transaction.atomic
def change_cycle(*, cycle, changes, by, seen=None):
    """Change what ``changes`` names; once the cycle was opened, its names alone.

    ``seen``, here and below, is the ``fingerprint`` of what the person was shown: CycleChanged
    where that is not how it is now.
    """
    cycle = _locked(cycle, Permission.MANAGE_CYCLES, by=by)
    _refuse_unseen(seen, fingerprint(cycle))
    before = values(cycle)
    changed = [name for name, new in changes.items() if new != getattr(cycle, name)]
    if cycle.opened_at is not None and not set(changed) <= NAMES:
        raise FixedByOpening
    if "edition" in changed:
        _refuse_unpublished(changes["edition"])
    for name in changed:
        setattr(cycle, name, changes[name])
    if changed:
        _save(cycle)
        record_changed(cycle, before, by=by)
    return cycle


@transaction.atomic
def open_cycle(*, cycle, by, seen=None):
    """Open ``cycle`` with a self-reflection, not started, for every cluster that exists then.

    A cycle that is open already stays as it is; clusters added since get theirs. Whoever leads
    one of them is told by e-mail.
    """
    cycle = _locked(cycle, Permission.OPEN_CYCLE, by=by)
    # Locked, so that none of them is merged or closed at the same moment.
    clusters = list(
        opening_clusters(cycle)
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    _refuse_unseen(seen, fingerprint(cycle, clusters))
    if cycle.closed_at is not None:
        return cycle
    opens = cycle.opened_at is None
    if opens:
        _refuse_unpublished(cycle.edition)
        if cycle.closes_at <= timezone.now():
            raise HourPassed
        cycle.opened_at = timezone.now()
        cycle.save(update_fields=["opened_at"])
        record(Kind.CYCLE_CHANGED, by=by, subject=cycle, change="opened")
    SelfReflection.objects.bulk_create(
        SelfReflection(cycle=cycle, cluster=cluster) for cluster in clusters
    )
    if clusters and not opens:
        record(
            Kind.CYCLE_CHANGED,
            by=by,
            subject=cycle,
            change="clusters_added",
            count=len(clusters),
        )
    telling.cycle_opened(cycle=cycle, clusters=clusters, by=by)
    return cycle


@transaction.atomic
def extend_cycle(*, cycle, closes_at, reason_cy, reason_en, by, seen=None):
    """Give every cluster time until ``closes_at``, with the reason in one language or both.

    Also after the closing hour, while nobody has closed the cycle. Like a cluster's own, an
    extension only ever lengthens the time. Clusters' own extensions that end later go on, those
    that end earlier no longer say anything. Whoever leads a cluster that gains time is told.
    """
    cycle = _locked(cycle, Permission.EXTEND_CYCLE, by=by)
    _refuse_unseen(seen, fingerprint(cycle))
    if not (reason_cy.strip() or reason_en.strip()):
        raise ReasonMissing
    if not cycle.is_open:
        raise NotOpen
    now = timezone.now()
    if not max(cycle.closes_at, now) < closes_at <= now + LONGEST_CYCLE_EXTENSION:
        raise NoExtension(f"no extension until {closes_at:%Y-%m-%d %H:%M}")

    reflections = _locked_reflections(cycle)
    gaining = [row.cluster for row in reflections if gains_time(row, closes_at)]
    extension = CycleExtension.objects.create(
        cycle=cycle,
        hour_before=cycle.closes_at,
        closes_at=closes_at,
        reason_cy=reason_cy,
        reason_en=reason_en,
        extended_by=by,
    )
    cycle.closes_at = closes_at
    cycle.save(update_fields=["closes_at"])
    for reflection in reflections:
        if reflection.extended_to and reflection.extended_to <= closes_at:
            reflection.extended_to = None
            reflection.save(update_fields=["extended_to"])
    record(
        Kind.CYCLE_CHANGED,
        by=by,
        subject=cycle,
        change="extended",
        closes_at=extension.closes_at.astimezone(datetime.UTC).isoformat(),
    )
    telling.cycle_extended(cycle=cycle, clusters=gaining, by=by)
    return extension


@transaction.atomic
def close_cycle(*, cycle, by, seen=None, early_confirmed=True):
    """Close ``cycle`` and every self-reflection in it; drafts stay readable by their cluster.

    ``early_confirmed=False`` refuses, with TooEarly, before the closing hour that was announced.
    """
    cycle = _locked(cycle, Permission.CLOSE_CYCLE, by=by)
    _refuse_unseen(seen, fingerprint(cycle))
    if not cycle.is_open:
        return cycle
    if cycle.closes_at > timezone.now() and not early_confirmed:
        raise TooEarly
    closed = SelfReflection.State.CLOSED
    for reflection in _locked_reflections(cycle):
        if reflection.state != closed:
            change_state(reflection, closed, StateChange.Kind.CLOSED, by=by)
    cycle.closed_at = timezone.now()
    cycle.save(update_fields=["closed_at"])
    record(Kind.CYCLE_CHANGED, by=by, subject=cycle, change="closed")
    return cycle


# What they share ----------------------------------------------------------------------------


def _locked(cycle, permission, *, by):
    """The cycle's row as it is now, locked; what ``by`` may is asked anew after the lock."""
    cycle = (
        Cycle.objects.select_for_update(of=("self",), no_key=True)
        .select_related("edition")
        .get(pk=cycle.pk)
    )
    by.forget_memberships()
    authorise(by, permission, cycle)
    return cycle


def _locked_reflections(cycle):
    """All of the cycle's, locked in one order, so that no two services wait for each other."""
    return list(
        cycle.reflections.select_for_update(of=("self",), no_key=True)
        .select_related("cluster", "cycle")
        .order_by("pk")
    )


def _refuse_unseen(seen, fingerprint_now):
    if seen not in {None, fingerprint_now}:
        raise CycleChanged


def _refuse_unpublished(edition):
    # Locked, so that it is not retired at the same moment.
    edition = Edition.objects.select_for_update(of=("self",), no_key=True).get(
        pk=edition.pk
    )
    if not edition.is_published:
        raise NotPublished


def _save(cycle):
    """Store it; CodeTaken where somebody else has just used its code."""
    try:
        with transaction.atomic():
            cycle.save()
    except IntegrityError:
        if Cycle.objects.filter(code=cycle.code).exclude(pk=cycle.pk).exists():
            raise CodeTaken from None
        raise
