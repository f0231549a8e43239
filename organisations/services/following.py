"""What becomes of people who come and go between a decision on a cluster and its day.

Memberships are moved when a merger or a split is decided. Whoever joins the cluster before the
day goes along, and whoever leaves it does not come back by the new one.
"""

from django.utils import timezone

from organisations.models import Membership, Role, Succession
from organisations.services.clusters import begin, change
from organisations.services.plans import ONE_DAY, Arrival, fold


def last_day(cluster, ends_on):
    """The last day of a membership that is to hold until ``ends_on``: the cluster's, at most."""
    if cluster.closed_on is None:
        return ends_on
    last = cluster.closed_on - ONE_DAY
    return min(ends_on, last) if ends_on else last


def follow_beginning(membership, *, ends_on, by):
    """Have somebody who joined go along to every cluster that will carry on; until ``ends_on``.

    Where it was said of them before to which of several they go, to these.
    """
    successions = list(_ahead(membership.cluster_id))
    said = {
        succession.successor_id
        for succession in successions
        if _theirs(membership.user, succession).exists()
    }
    for succession in successions:
        if said and succession.successor_id not in said:
            continue
        if ends_on is None or ends_on >= succession.effective_on:
            _join(
                membership.user,
                succession,
                [(membership.role, membership.profession, ends_on)],
                by=by,
            )


def follow_end(membership, *, by):
    """End what was to become of a part that has ended; other parts of the person go along."""
    for succession in _ahead(membership.cluster_id):
        planned = list(_theirs(membership.user, succession).not_ended())
        if not planned:
            continue
        others = Membership.objects.not_ended().filter(
            user=membership.user,
            cluster__in=Succession.objects.filter(
                successor=succession.successor,
                effective_on=succession.effective_on,
                is_direct=True,
            ).values("predecessor"),
        )
        others = [(each.role, each.profession, None) for each in others]
        roles = {role for role, _profession, _ends_on in others}
        for each in planned:
            if each.role not in roles:
                change(each, by=by, change="ended", ended_at=timezone.now())
        # A deputy's right is planned with its own day; only what has none is made anew.
        lasting = [part for part in others if part[0] != Role.DEPUTY_LEAD]
        _join(membership.user, succession, lasting, by=by)


def _ahead(cluster):
    return (
        Succession.objects.ahead()
        .filter(predecessor=cluster, is_direct=True)
        .select_related("successor")
    )


def _theirs(user, succession):
    return Membership.objects.filter(
        user=user,
        cluster=succession.successor,
        starts_on__gte=succession.effective_on,
    )


def _join(user, succession, parts, *, by):
    there = Membership.objects.not_ended().filter(
        user=user, cluster=succession.successor
    )
    arrivals = fold(
        [
            Arrival(0, "", role, profession, succession.effective_on, ends_on)
            for role, profession, ends_on in parts
        ],
        [
            Arrival(0, "", each.role, each.profession, each.starts_on, each.ends_on)
            for each in there
        ],
    )
    for arrival in arrivals:
        begin(
            user,
            succession.successor,
            arrival.role,
            arrival.profession,
            starts_on=arrival.starts_on,
            ends_on=arrival.ends_on,
            by=by,
        )
