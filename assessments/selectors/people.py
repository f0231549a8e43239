"""Questions about the people of a cluster, for their page. Nothing here writes."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import get_language

from assessments.models import Action
from cdf_site.common.welsh import english_key, welsh_key
from notifications.models import Message
from organisations.models import (
    CLUSTER_ROLES,
    Invitation,
    Membership,
    Profession,
    Role,
    User,
)
from organisations.permissions import Permission, holds

MOST_LEFT = 20  # the latest of those who left
MOST_ACTIONS = 50
RESTORED_WITHIN = timedelta(days=30)  # later, a person is asked by an invitation


@dataclass
class Here:
    """Somebody who works in the cluster today."""

    user: User
    memberships: list[Membership] = field(default_factory=list)
    may_be_removed: bool = False
    may_lose_the_leads_right: bool = False

    @property
    def leading(self):
        """The membership that says most."""
        return min(self.memberships, key=lambda m: CLUSTER_ROLES.index(m.role))

    @property
    def is_lead(self):
        return self.leading.role == Role.CLUSTER_LEAD

    @property
    def is_deputy(self):
        return self.leading.role == Role.DEPUTY_LEAD

    @property
    def profession(self):
        code = next((m.profession for m in self.memberships if m.profession), "")
        return Profession(code).label if code else ""

    @property
    def since(self):
        return min(membership.starts_on for membership in self.memberships)


@dataclass(frozen=True)
class Left:
    """Somebody who worked in the cluster, and until when."""

    user: User
    on: object
    may_be_restored: bool


@dataclass(frozen=True)
class Asked:
    """An invitation that nobody has accepted yet."""

    invitation: Invitation
    is_expired: bool  # too old, or of somebody who may no longer invite
    has_failed: bool  # the e-mail did not leave
    may_act: bool


@dataclass(frozen=True)
class People:
    """What the page of a cluster's people shows to one of its readers."""

    here: list[Here]
    left: list[Left]
    asked: list[Asked]
    actions: list[Action]  # not done, of people who left
    may_manage: bool
    may_nominate: bool
    may_hand_over: bool
    may_appoint_lead: bool
    is_of_the_cluster: bool

    @property
    def has_lead(self):
        return any(person.is_lead and person.user.is_active for person in self.here)


def people_of(cluster, *, reader):
    """The page of ``cluster``'s people for ``reader``: at most six queries, however many they are."""
    may_manage = holds(reader, Permission.MANAGE_PEOPLE, cluster)
    may_nominate = holds(reader, Permission.NOMINATE_DEPUTY, cluster)
    may_hand_over = holds(reader, Permission.HAND_OVER, cluster)
    may_appoint_lead = holds(reader, Permission.APPOINT_LEAD, cluster)
    here = people_here(cluster)
    for person in here:
        is_another = person.user.pk != reader.pk
        person.may_be_removed = (
            may_manage
            and is_another
            and not person.is_lead
            and (may_nominate or not person.is_deputy)
        )
        person.may_lose_the_leads_right = may_nominate and person.is_deputy
    return People(
        here=here,
        left=_left(cluster, here) if may_manage else [],
        asked=_asked(
            cluster,
            here,
            may_manage=may_manage,
            may_ask_lead=may_hand_over or may_appoint_lead,
        ),
        actions=_actions(cluster, here, reader) if may_manage else [],
        may_manage=may_manage,
        may_nominate=may_nominate,
        may_hand_over=may_hand_over,
        may_appoint_lead=may_appoint_lead,
        is_of_the_cluster=cluster.pk in reader.cluster_ids(*CLUSTER_ROLES),
    )


def people_here(cluster):
    """Everybody who works in the cluster today: leads, deputies, then the others by name."""
    people = {}
    memberships = Membership.objects.current().filter(cluster=cluster)
    for membership in memberships.select_related("user"):
        person = people.setdefault(membership.user_id, Here(user=membership.user))
        person.memberships.append(membership)
    key = welsh_key if get_language() == "cy" else english_key
    return sorted(
        people.values(),
        key=lambda person: (
            CLUSTER_ROLES.index(person.leading.role),
            key(str(person.user)),
            person.user.pk,
        ),
    )


def contributors(cluster):
    """Those whom a lead can give the lead's right, or the lead itself."""
    return [
        person
        for person in people_here(cluster)
        if person.user.is_active and not person.is_lead
    ]


def _left(cluster, here):
    memberships = (
        Membership.objects.ended()
        .filter(cluster=cluster)
        .exclude(user__in=[person.user.pk for person in here])
        .select_related("user")[: 3 * MOST_LEFT]
    )
    people = {}
    for membership in memberships:
        people.setdefault(membership.user_id, membership)
    return [
        Left(
            user=membership.user,
            on=timezone.localdate(membership.ended_at)
            if membership.ended_at
            else membership.ends_on,
            may_be_restored=may_be_restored(membership),
        )
        for membership in list(people.values())[:MOST_LEFT]
    ]


def _asked(cluster, here, *, may_manage, may_ask_lead):
    if not (may_manage or may_ask_lead):
        return []
    invitations = cluster.invitations.filter(accepted_at=None, revoked_at=None)
    if not may_manage:
        invitations = invitations.filter(role=Role.CLUSTER_LEAD)
    invitations = list(invitations.select_related("invited_by"))
    last_error = dict(  # the last of each counts
        Message.objects.filter(
            about_type=Invitation._meta.label_lower,
            about_id__in=[str(invitation.pk) for invitation in invitations],
        )
        .order_by("pk")
        .values_list("about_id", "error")
    )
    now = timezone.now()
    may_ask = {
        person.user.pk
        for person in here
        if person.user.is_active and (person.is_lead or person.is_deputy)
    }
    return [
        Asked(
            invitation=invitation,
            is_expired=invitation.expires_at <= now
            or (
                invitation.role != Role.CLUSTER_LEAD
                and invitation.invited_by_id not in may_ask
            ),
            has_failed=bool(last_error.get(str(invitation.pk))),
            may_act=may_ask_lead
            if invitation.role == Role.CLUSTER_LEAD
            else may_manage,
        )
        for invitation in invitations
    ]


def may_be_restored(membership):
    """Whether the person of a membership that ended may be taken back without being asked."""
    ended = membership.ended_at
    return ended is not None and timezone.now() - ended < RESTORED_WITHIN


def _actions(cluster, here, reader):
    return list(
        Action.objects.visible_to(reader)
        .filter(reflection__cluster=cluster, owner__isnull=False)
        .open()
        .exclude(owner__in=[person.user.pk for person in here])
        .select_related("owner", "reflection__cycle")
        .order_by("due_on", "pk")[:MOST_ACTIONS]
    )
