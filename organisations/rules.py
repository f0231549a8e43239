"""Who may do what with the organisations and in Django admin."""

import rules
from django.utils import timezone

from organisations.models import CLUSTER_ROLES, LEAD_ROLES, Membership, Role
from organisations.permissions import Permission


@rules.predicate
def is_administrator(user):
    return user.is_staff


@rules.predicate
def is_of_the_cluster(user, cluster):
    return cluster.pk in user.cluster_ids(*CLUSTER_ROLES)


@rules.predicate
def has_the_leads_right(user, cluster):
    return cluster.pk in user.cluster_ids(*LEAD_ROLES)


@rules.predicate
def is_the_lead(user, cluster):
    return cluster.pk in user.cluster_ids(Role.CLUSTER_LEAD)


@rules.predicate
def is_officer_of_its_board(user, cluster):
    return cluster.health_board_id in user.health_board_ids()


@rules.predicate
def has_no_lead(user, cluster):
    return not Membership.objects.leading().filter(cluster=cluster).exists()


@rules.predicate
def is_open(user, cluster):
    return cluster.is_open_on(timezone.localdate())


rules.add_perm(Permission.VIEW_PEOPLE, is_of_the_cluster | is_officer_of_its_board)
rules.add_perm(Permission.MANAGE_PEOPLE, has_the_leads_right)
rules.add_perm(Permission.NOMINATE_DEPUTY, is_the_lead)
rules.add_perm(Permission.HAND_OVER, is_the_lead)
rules.add_perm(Permission.APPOINT_LEAD, is_officer_of_its_board & is_open & has_no_lead)
rules.add_perm(Permission.ADMINISTER, is_administrator)
