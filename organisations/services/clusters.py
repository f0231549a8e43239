"""Renaming, closing, merging and splitting clusters.

Each service locks the clusters in the order of their numbers, asks the rules and makes its plan
under the lock, and does what was shown or nothing. Nothing that a cluster wrote is touched.

What clusters do in a cycle is not known here: ``free_from`` says, of some clusters, from which day
on nothing of theirs is under way any more, or None (``assessments.selectors.clusters``).
"""

from django.db import IntegrityError, transaction
from django.utils import timezone

from organisations.audit import record_added, record_changed, values
from organisations.models import (
    Cluster,
    FormerName,
    Invitation,
    Membership,
    Succession,
    User,
)
from organisations.permissions import Permission, authorise
from organisations.services.plans import (
    CLOSED,
    NewCluster,
    plan_closing,
    plan_merger,
    plan_split,
)


class NameMissing(Exception):
    """A cluster has a name in Welsh and in English."""


class NothingNew(Exception):
    """The cluster is called so already."""


class CodeTaken(Exception):
    """Another cluster has the code, or two of the new ones have the same."""


class PlanChanged(Exception):
    """Something has changed since the plan was shown; ``plan`` is what would be done now."""

    def __init__(self, plan):
        self.plan = plan
        super().__init__("not what was shown")


@transaction.atomic
def rename_cluster(*, cluster, name_cy, name_en, by, reason=""):
    """Call ``cluster`` by other names from now on; what it submitted stays under the name it had."""
    [cluster], by = _locked([cluster]), _fresh(by)
    authorise(by, Permission.ADMINISTER)
    names = {"name_cy": name_cy.strip(), "name_en": name_en.strip()}
    if not all(names.values()):
        raise NameMissing
    before = _names(cluster)
    if names == before:
        raise NothingNew
    FormerName.objects.create(
        cluster=cluster, **before, renamed_by=by, reason=reason.strip()
    )
    change(cluster, by=by, change="renamed", reason=reason.strip(), **names)
    return cluster


@transaction.atomic
def close_cluster(*, cluster, on, by, free_from, seen):
    """Close ``cluster`` on the day ``on``; its people's part in it ends with the day before."""
    [cluster], by = _locked([cluster]), _fresh(by)
    authorise(by, Permission.ADMINISTER)
    plan = plan_closing(cluster=cluster, on=on, free_from=free_from)
    return _carry_out(plan, seen=seen, by=by)


@transaction.atomic
def merge_clusters(*, clusters, into, on, by, free_from, seen):
    """Make one of several clusters on the day ``on``, a new one or one of them.

    ``seen`` is the digest of the plan that was shown: PlanChanged where another would be carried
    out. Raises what the plan refuses, and CodeTaken. Returns the cluster that carries on.
    """
    clusters, by = _locked(clusters), _fresh(by)
    authorise(by, Permission.ADMINISTER)
    if isinstance(into, Cluster):
        into = next((cluster for cluster in clusters if cluster == into), into)
    plan = plan_merger(clusters=clusters, into=into, on=on, free_from=free_from)
    [successor] = _carry_out(plan, seen=seen, by=by)
    return successor


@transaction.atomic
def split_cluster(*, cluster, into, on, goes_to, by, free_from, seen):
    """Make several new clusters of one on the day ``on``; see ``merge_clusters``."""
    [cluster], by = _locked([cluster]), _fresh(by)
    authorise(by, Permission.ADMINISTER)
    plan = plan_split(
        cluster=cluster, into=into, on=on, goes_to=goes_to, free_from=free_from
    )
    return _carry_out(plan, seen=seen, by=by)


def _locked(clusters):
    """Their rows as they are now, locked: clusters and their people change one after the other."""
    return list(
        Cluster.objects.select_for_update(of=("self",))
        .select_related("health_board")
        .filter(pk__in=[cluster.pk for cluster in clusters])
        .order_by("pk")
    )


def _fresh(by):
    return User.objects.get(pk=by.pk)


def _names(cluster):
    return {"name_cy": cluster.name_cy, "name_en": cluster.name_en}


def change(thing, *, by, change, reason="", **fields):
    """Write ``fields`` into a row, and into the audit what it was before."""
    before = values(thing)
    for name, value in fields.items():
        setattr(thing, name, value)
    if isinstance(thing, Cluster):
        thing.save()  # its places in the alphabets go with its names
    else:
        thing.save(update_fields=list(fields))
    details = {"reason": reason} if reason else {}
    record_changed(thing, before, by=by, change=change, **details)


# Carrying a plan out ----------------------------------------------------------------------


def _carry_out(plan, *, seen, by):
    if plan.digest != seen:
        raise PlanChanged(plan)
    successors = [
        _open(each, plan, by=by) if isinstance(each, NewCluster) else each
        for each in plan.carrying_on
    ]
    for cluster in plan.closing:
        change(cluster, by=by, change=_done(plan), closed_on=plan.on)
        for successor in successors:
            _succeed(cluster, successor, plan, by=by)
    for person in plan.people:
        for departure in person.departures:
            if departure.is_cut_short:
                _depart(departure, by=by)
        for arrival in person.arrivals:
            _arrive(person.user, arrival, successors[arrival.place], by=by)
    if plan.is_today:
        _revoke_invitations(plan, by=by)
    return successors


def _done(plan):
    return "closed" if plan.kind == CLOSED else str(plan.kind)


def _open(new, plan, *, by):
    if not (new.name_cy.strip() and new.name_en.strip()):
        raise NameMissing
    cluster = new.cluster
    cluster.health_board = plan.closing[0].health_board
    cluster.opened_on = plan.on
    try:
        with transaction.atomic():
            cluster.save()
    except IntegrityError:
        raise CodeTaken from None
    record_added(
        cluster, by=by, change=_done(plan), of=[each.code for each in plan.closing]
    )
    return cluster


def _succeed(cluster, successor, plan, *, by):
    """``successor`` follows ``cluster``, and those that this one had followed."""
    followed = Succession.objects.filter(successor=cluster).values_list(
        "predecessor", flat=True
    )
    there = set(
        Succession.objects.filter(successor=successor).values_list(
            "predecessor", flat=True
        )
    )
    for number in [cluster.pk, *followed]:
        if number in there or number == successor.pk:
            continue
        succession = Succession.objects.create(
            predecessor_id=number,
            successor=successor,
            kind=plan.kind,
            effective_on=plan.on,
            is_direct=number == cluster.pk,
            decided_by=by,
        )
        there.add(number)
        if succession.is_direct:
            record_added(succession, by=by)


def _depart(departure, *, by):
    membership = departure.membership
    if departure.last_day is None:
        change(membership, by=by, change="ended", ended_at=timezone.now())
    else:
        change(membership, by=by, change="ended", ends_on=departure.last_day)


def _arrive(user, arrival, cluster, *, by):
    begin(
        user,
        cluster,
        arrival.role,
        arrival.profession,
        starts_on=arrival.starts_on,
        ends_on=arrival.ends_on,
        by=by,
    )


def begin(user, cluster, role, profession, *, starts_on, ends_on, by):
    """A membership, and what the audit says of it."""
    membership = Membership.objects.create(
        user=user,
        cluster=cluster,
        role=role,
        profession=profession,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    record_added(membership, by=by, role=role, cluster=cluster.code, person=user.pk)
    return membership


def _revoke_invitations(plan, *, by):
    invitations = Invitation.objects.filter(
        cluster__in=plan.closing, accepted_at=None, revoked_at=None
    )
    for invitation in invitations:
        change(invitation, by=by, change="revoked", revoked_at=timezone.now())
