"""Telling people by e-mail what was done to a self-reflection; names and a link, no answers."""

from notifications.models import Message
from notifications.services import send
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
        facts={
            "cluster": name_of(cluster),
            "cycle": name_of(cycle),
            "link": link_to(
                "assessments:reflection_detail", cycle=cycle.code, cluster=cluster.code
            ),
        }
        | facts,
    )
