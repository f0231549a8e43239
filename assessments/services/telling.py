"""Telling people by e-mail what was done to a self-reflection; names and a link, no answers."""

from django.db.models import Q
from django.utils import timezone

from assessments.models import Action
from assessments.selectors.actions import read_over_their_framework
from assessments.selectors.reminders import leads_of
from notifications.models import Message
from notifications.services import Letters, send, send_all
from notifications.writing import hour, in_both, link_to, name_of
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


def action_escalated(*, action, by):
    """Tell the officers of the cluster's board; nationally, the national officers as well."""
    read_over_their_framework([action])
    board = action.reflection.cluster.health_board_id
    told = Q(role=Role.HEALTH_BOARD_OFFICER, health_board=board)
    if action.escalated_to == Action.Escalation.NATIONAL:
        told |= Q(role=Role.NATIONAL_OFFICER)
    send(
        kind=Kind.ACTION_ESCALATED,
        to=_holders(told).exclude(pk=by.pk),
        about=action,
        facts=facts_of_action(action)
        | {"to": in_both(action.get_escalated_to_display)},
    )


def _tell_clusters(kind, cycle, clusters, *, by, **facts):
    """As many queries for all of them as for one, and one connection for all that is sent."""
    leads = leads_of(clusters)
    send_all(
        kind=kind,
        letters=[
            Letters(
                to=[person for person in leads.get(cluster.pk, []) if person != by],
                facts=facts_of(cycle, cluster) | facts,
            )
            for cluster in clusters
        ],
        about=cycle,
    )


def _leads(reflection):
    return _holders(role__in=LEAD_ROLES, cluster=reflection.cluster_id)


def _holders(*which, **of):
    """The people who hold such a membership today, each once."""
    memberships = Membership.objects.current().filter(*which, **of)
    return User.objects.filter(
        is_active=True, pk__in=memberships.values("user")
    ).order_by("pk")


def _tell(kind, reflection, people, *, by, **facts):
    cycle, cluster = reflection.cycle, reflection.cluster
    send(
        kind=kind,
        to=people.exclude(pk=by.pk),
        about=reflection,
        facts=facts_of(cycle, cluster) | facts,
    )


def facts_of(cycle, cluster):
    return {
        "cluster": name_of(cluster),
        "cycle": name_of(cycle),
        "link": link_to(
            "assessments:reflection_detail", cycle=cycle.code, cluster=cluster.code
        ),
    }


def facts_of_action(action):
    """Of which cluster and outcome an action is; never what it says."""
    outcome = action.outcome
    module = outcome and outcome.module
    return {
        "cluster": name_of(action.reflection.cluster),
        "module": {"cy": module.title_cy, "en": module.title_en} if module else "",
        "outcome": str(outcome.number) if outcome else "",
        "link": link_to("actions:action_detail", action=action.pk),
    }
