"""Planning a round, choosing its clusters, changing its days and announcing it."""

import datetime
from dataclasses import dataclass
from itertools import pairwise

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.models import SelfReflection
from organisations.audit import record, record_added, record_changed, values
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise
from peerreview.models import (
    ClusterReview,
    PhaseRules,
    ReviewPhase,
    ReviewRound,
)
from peerreview.selectors.rounds import announcement_fingerprint
from peerreview.services import telling
from peerreview.services.access import derive_access
from peerreview.services.groups import (
    assign_usual_reviewers,
    end_leads,
    new_group,
    refuse_crowds,
    refuse_facilitators_clusters,
)
from peerreview.services.locking import locked_round

Kind = ReviewPhase.Kind
FIXED_WITH_CLUSTERS = {"cycle", "kind", "health_board"}


class CodeTaken(Exception):
    """Another round has this code."""


class RoundChanged(Exception):
    """The round is no longer as the person saw it when they decided."""


class FixedByClusters(Exception):
    """Clusters were chosen already: the cycle, the kind and the board stay."""


class DaysNotRising(Exception):
    """A phase would begin before the one that it follows, or on the same day."""


class PhaseHasBegun(Exception):
    """The first day of a phase that has begun stays, and none is moved into the past."""


class AlreadyAnnounced(Exception):
    """Somebody has announced the round."""


class NothingToAnnounce(Exception):
    """No cluster is in a group."""


class RoundOver(Exception):
    """The round is closed, or its closing day is not ahead."""


class NotOfTheRound(Exception):
    """The self-reflection is of another cycle or board."""


@dataclass(frozen=True)
class PhasePlan:
    """From when a phase lasts, and what it allows."""

    starts_on: datetime.date
    rules: PhaseRules


@transaction.atomic
def add_round(
    *, code, name_cy, name_en, cycle, kind, health_board, group_size, boards, phases, by
):
    """Plan a round with its five ``phases``, by kind; nobody knows of it until it is announced.

    What the same person sends a second time is planned once.
    """
    review_round = ReviewRound(
        code=code,
        name_cy=name_cy,
        name_en=name_en,
        cycle=cycle,
        kind=kind,
        health_board=health_board,
        group_size=group_size,
        boards=boards,
        created_by=by,
    )
    by.forget_memberships()
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    _refuse_unordered(phases)
    try:
        with transaction.atomic():
            review_round.save()
    except IntegrityError:
        there = ReviewRound.objects.filter(code=code).first()
        if there is None:
            raise
        if _is_the_same(there, review_round, phases):
            return there
        raise CodeTaken from None
    record_added(review_round, by=by)
    for phase_kind in Kind:
        plan = phases[phase_kind]
        phase = ReviewPhase.objects.create(
            round=review_round,
            kind=phase_kind,
            starts_on=plan.starts_on,
            **vars(plan.rules),
        )
        record_added(phase, by=by)
    return review_round


def _is_the_same(there, planned, phases):
    """Whether a round is stored just as it is planned, by the same person."""
    fixed = {"id", "created_at"}
    stored = {phase.kind: plan_of(phase) for phase in there.phases.all()}
    return stored == phases and all(
        getattr(there, field.attname) == getattr(planned, field.attname)
        for field in ReviewRound._meta.concrete_fields
        if field.attname not in fixed
    )


@transaction.atomic
def change_round(*, review_round, base_version, changes, phases, by):
    """Change what ``changes`` names, and the phases; RoundChanged where somebody else did meanwhile.

    What is sent a second time, as it is stored already, changes nothing and is no conflict.
    """
    review_round = locked_round(review_round, by=by)
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    stored = {phase.kind: phase for phase in review_round.phases.all()}
    changed = {
        name: new for name, new in changes.items() if new != getattr(review_round, name)
    }
    replanned = {
        kind: plan for kind, plan in phases.items() if plan != plan_of(stored[kind])
    }
    if not changed and not replanned:
        return review_round
    if review_round.version != base_version:
        raise RoundChanged
    if changed.keys() & FIXED_WITH_CLUSTERS and review_round.reviews.exists():
        raise FixedByClusters
    _refuse_unordered({kind: plan_of(phase) for kind, phase in stored.items()} | phases)
    _refuse_moving_what_began(review_round, stored, replanned)

    before = values(review_round)
    for name, new in changed.items():
        setattr(review_round, name, new)
    authorise(
        by, Permission.ORGANISE_ROUND, review_round
    )  # of the board that it has now
    review_round.version += 1
    review_round.save()
    record_changed(review_round, before, by=by)
    _replan(stored, replanned, by=by)
    derive_access(review_round=review_round, by=by)
    return review_round


def plan_of(phase):
    """What is stored of a phase, as it is planned."""
    rules = PhaseRules(
        reviewers_annotate=phase.reviewers_annotate,
        cluster_replies=phase.cluster_replies,
        reviewers_see=phase.reviewers_see,
        cluster_sees=phase.cluster_sees,
    )
    return PhasePlan(phase.starts_on, rules)


def stays(review_round, phase):
    """Whether the first day of ``phase`` can no longer be moved; that of closing always can."""
    return (
        review_round.is_announced
        and phase.kind != Kind.CLOSED
        and phase.starts_on <= timezone.localdate()
    )


def _refuse_unordered(phases):
    days = [phases[kind].starts_on for kind in Kind]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise DaysNotRising


def _refuse_moving_what_began(review_round, stored, replanned):
    today = timezone.localdate()
    for kind, plan in replanned.items():
        if plan.starts_on == stored[kind].starts_on:
            continue
        into_the_past = review_round.is_announced and plan.starts_on < today
        if into_the_past or stays(review_round, stored[kind]):
            raise PhaseHasBegun


def _replan(stored, replanned, *, by):
    before = {kind: values(stored[kind]) for kind in replanned}
    # In two steps: no two phases of a round may begin on one day, not for a moment either.
    for place, kind in enumerate(replanned):
        stored[kind].starts_on = datetime.date.min + datetime.timedelta(days=place)
        stored[kind].save(update_fields=["starts_on"])
    for kind, plan in replanned.items():
        phase = stored[kind]
        phase.starts_on = plan.starts_on
        for name, value in vars(plan.rules).items():
            setattr(phase, name, value)
        phase.save()
        record_changed(phase, before[kind], by=by)


# Which clusters take part -----------------------------------------------------------------


@transaction.atomic
def choose_clusters(*, review_round, added, dropped, languages, by):
    """Let the self-reflections of ``added`` take part, and those of ``dropped`` no longer.

    All three name self-reflections by their numbers; ``languages`` says in which one a cluster
    likes to meet, "" where either will do. Once the round was announced none is dropped: a
    cluster withdraws, and that is written down. In a whole-cycle round each gets its group.
    """
    review_round = locked_round(review_round, by=by)
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    reviews = {review.reflection_id: review for review in review_round.reviews.all()}
    reflections = may_take_part(review_round).in_bulk(set(added) - set(reviews))
    if set(added) - set(reviews) - set(reflections):
        raise NotOfTheRound
    if not review_round.is_announced:
        for pk in set(dropped) & set(reviews):
            review = reviews.pop(pk)
            record(AuditEvent.Kind.REMOVED, by=by, subject=review, reflection=pk)
            group = review.group
            review.delete()
            if review_round.is_whole_cycle and group:
                group.assignments.all().delete()
                group.delete()
            elif group:
                end_leads(review, group.pk, by=by)
    for pk in sorted(reflections):
        review = ClusterReview.objects.create(
            round=review_round,
            reflection=reflections[pk],
            meets_in=languages.get(pk, ""),
            group=new_group(review_round, by=by)
            if review_round.is_whole_cycle
            else None,
        )
        record(AuditEvent.Kind.ADDED, by=by, subject=review, reflection=pk)
        reviews[pk] = review
        if review.group:
            assign_usual_reviewers(group=review.group, by=by)
    for pk, language in languages.items():
        review = reviews.get(pk)
        if review and review.meets_in != language:
            record(
                AuditEvent.Kind.CHANGED,
                by=by,
                subject=review,
                before={"meets_in": review.meets_in},
                after={"meets_in": language},
            )
            review.meets_in = language
            review.save(update_fields=["meets_in"])
    derive_access(review_round=review_round, by=by)


def may_take_part(review_round):
    """The self-reflections of the round's cycle; of its board's clusters, where it has a board."""
    reflections = SelfReflection.objects.filter(cycle=review_round.cycle_id)
    if review_round.health_board_id:
        reflections = reflections.filter(
            cluster__health_board=review_round.health_board_id
        )
    return reflections


@transaction.atomic
def withdraw_cluster(*, review, reason, language, by):
    """Take a cluster out of its round: nobody reads it any more, and what was written stays.

    Its people no longer review the others of its group. What is returned has the reason that
    stands: that of whoever withdrew it first.
    """
    review_round = locked_round(review.round, by=by)
    review = _review_of(review_round, review)
    authorise(by, Permission.WITHDRAW_FROM_REVIEW, review)
    if not review.takes_part:
        return review
    review.withdrew_at = timezone.now()
    review.withdrew_by = by
    review.reason, review.language = reason, language if reason else ""
    review.save()
    record(AuditEvent.Kind.CHANGED, by=by, subject=review, change="withdrew")
    if review.group_id:
        end_leads(review, review.group_id, by=by)
    derive_access(review_round=review_round, by=by)
    return review


@transaction.atomic
def take_cluster_back(*, review, by):
    """Let a cluster that withdrew take part again, in the group that it was in.

    TakesOneCluster or FacilitatorsCluster where it no longer fits there.
    """
    review_round = locked_round(review.round, by=by)
    review = _review_of(review_round, review)
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    if review.takes_part:
        return
    review.withdrew_at = review.withdrew_by = None
    review.reason = review.language = ""
    review.save()
    refuse_crowds(review_round)
    refuse_facilitators_clusters([review])
    record(AuditEvent.Kind.CHANGED, by=by, subject=review, change="taken_back")
    if review.group:
        assign_usual_reviewers(group=review.group, of=review, by=by)
    derive_access(review_round=review_round, by=by)


def _review_of(review_round, review):
    review = (
        review_round.reviews.select_for_update(of=("self",), no_key=True)
        .select_related("round", "group", "reflection__cluster")
        .get(pk=review.pk)
    )
    review.round = review_round
    return review


# Announcing -------------------------------------------------------------------------------


@transaction.atomic
def announce_round(*, review_round, by, seen=None):
    """Let everybody know of their groups, and open what they read phase by phase.

    ``seen`` is the fingerprint of what the person was shown: RoundChanged where that is not how
    it is now.
    """
    review_round = locked_round(review_round, by=by)
    authorise(by, Permission.ORGANISE_ROUND, review_round)
    if review_round.is_announced:
        raise AlreadyAnnounced
    if seen not in {None, announcement_fingerprint(review_round)}:
        raise RoundChanged
    closing = review_round.phases.get(kind=Kind.CLOSED)
    if closing.starts_on <= timezone.localdate():
        raise RoundOver
    if not review_round.reviews.taking_part().exclude(group=None).exists():
        raise NothingToAnnounce
    before = values(review_round)
    review_round.announced_at, review_round.announced_by = timezone.now(), by
    review_round.version += 1
    review_round.save()
    record_changed(review_round, before, by=by)
    derive_access(review_round=review_round, by=by)
    telling.round_announced(review_round=review_round, by=by)
    return review_round
