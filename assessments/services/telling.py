"""Telling people by e-mail what was done to a self-reflection; names and a link, no answers."""

from django.utils import timezone

from notifications.models import Message
from notifications.services import Letters, send, send_all
from notifications.writing import hour, link_to, name_of
from organisations.models import LEAD_ROLES, Membership, Role, User

Kind = Message.Kind


def submitted(*, submission, by):
    """Tell the officers of the cluster's board; in the caller's transaction."""
    reflection = submission.reflection
    _tell(
        Kind.SUBMITTED,
        reflection,
        _holders(
            role=Role.HEALTH_BOARD_OFFICER,
            health_board=reflection.cluster.health_board_id,
        ),
        by=by,
        number=str(submission.number),
    )


def returned(*, reflection, by):
    """Tell whoever holds the lead's right that they have the self-reflection back."""
    _tell(Kind.RETURNED, reflection, _leads(reflection), by=by)


def extension_granted(*, reflection, closes_at, by):
    """Tell whoever holds the lead's right that there is time until ``closes_at``."""
    facts = {"closes_at": hour(closes_at)}
    _tell(Kind.EXTENSION_GRANTED, reflection, _leads(reflection), by=by, **facts)


def cycle_opened(*, cycle, clusters, by):
    """Tell whoever holds the lead's right in one of ``clusters``, once for each cluster."""
    facts = {"closes_at": hour(cycle.closes_at), "opens_at": ""}
    if cycle.opens_at > timezone.now():
        facts["opens_at"] = hour(cycle.opens_at)
    _tell_clusters(Kind.CYCLE_OPENED, cycle, clusters, by=by, **facts)


def cycle_extended(*, cycle, clusters, by):
    """Tell whoever holds the lead's right in one of ``clusters``, once for each cluster."""
    facts = {"closes_at": hour(cycle.closes_at)}
    _tell_clusters(Kind.CYCLE_EXTENDED, cycle, clusters, by=by, **facts)


def _tell_clusters(kind, cycle, clusters, *, by, **facts):
    """One query for all of them, and one connection for all that is sent."""
    leads = {}
    for membership in (
        Membership.objects.current()
        .filter(role__in=LEAD_ROLES, cluster__in=clusters, user__is_active=True)
        .exclude(user=by)
        .select_related("user")
        .order_by("user")
    ):
        leads.setdefault(membership.cluster_id, {})[membership.user_id] = (
            membership.user
        )
    send_all(
        kind=kind,
        letters=[
            Letters(
                to=list(leads[cluster.pk].values()),
                facts=_facts_of(cycle, cluster) | facts,
            )
            for cluster in clusters
            if cluster.pk in leads
        ],
        about=cycle,
    )


def _leads(reflection):
    return _holders(role__in=LEAD_ROLES, cluster=reflection.cluster_id)


def _holders(**of):
    """The people who hold such a membership today, each once."""
    memberships = Membership.objects.current().filter(**of)
    return User.objects.filter(
        is_active=True, pk__in=memberships.values("user")
    ).order_by("pk")


def _tell(kind, reflection, people, *, by, **facts):
    cycle, cluster = reflection.cycle, reflection.cluster
    send(
        kind=kind,
        to=people.exclude(pk=by.pk),
        about=reflection,
        facts=_facts_of(cycle, cluster) | facts,
    )


def _facts_of(cycle, cluster):
    return {
        "cluster": name_of(cluster),
        "cycle": name_of(cycle),
        "link": link_to(
            "assessments:reflection_detail", cycle=cycle.code, cluster=cluster.code
        ),
    }
