"""Boards, clusters and people."""

import datetime

import factory
from factory.django import DjangoModelFactory

from organisations.models import (
    CLUSTER_ROLES,
    Cluster,
    HealthBoard,
    LocalAuthority,
    Membership,
    PlanningGroup,
    RegionalPartnershipBoard,
    Role,
    User,
)

LONG_AGO = datetime.date(2020, 1, 1)


class RegionalPartnershipBoardFactory(DjangoModelFactory):
    class Meta:
        model = RegionalPartnershipBoard

    code = factory.Sequence("partnership-{}".format)
    name_cy = factory.Sequence("Bwrdd Partneriaeth Rhanbarthol {}".format)
    name_en = factory.Sequence("Regional Partnership Board {}".format)


class HealthBoardFactory(DjangoModelFactory):
    class Meta:
        model = HealthBoard

    code = factory.Sequence("board-{}".format)
    gss_code = factory.Sequence("W11{:06}".format)
    name_cy = factory.Sequence("Bwrdd Iechyd {}".format)
    name_en = factory.Sequence("Health Board {}".format)
    short_name_cy = factory.Sequence("Bwrdd {}".format)
    short_name_en = factory.Sequence("Board {}".format)
    local_cluster_name_cy = ""
    local_cluster_name_en = ""
    regional_partnership_board = factory.SubFactory(RegionalPartnershipBoardFactory)


class LocalAuthorityFactory(DjangoModelFactory):
    class Meta:
        model = LocalAuthority

    code = factory.Sequence("W06{:06}".format)
    name_cy = factory.Sequence("Cyngor {}".format)
    name_en = factory.Sequence("Council {}".format)


class PlanningGroupFactory(DjangoModelFactory):
    class Meta:
        model = PlanningGroup

    code = factory.Sequence("planning-group-{}".format)
    name_cy = factory.Sequence("Grŵp cynllunio traws-glwstwr: {}".format)
    name_en = factory.Sequence("Pan-cluster planning group: {}".format)
    health_board = factory.SubFactory(HealthBoardFactory)


class ClusterFactory(DjangoModelFactory):
    class Meta:
        model = Cluster

    code = factory.Sequence("cluster-{}".format)
    name_cy = factory.Sequence("Y Dyffryn {}".format)
    name_en = factory.Sequence("The Vale {}".format)
    name_status = Cluster.NameStatus.PUBLISHED
    health_board = factory.SubFactory(HealthBoardFactory)
    local_authority = factory.SubFactory(LocalAuthorityFactory)
    planning_group = factory.SubFactory(
        PlanningGroupFactory, health_board=factory.SelfAttribute("..health_board")
    )


class MembershipFactory(DjangoModelFactory):
    """A cluster lead, unless ``role`` says otherwise; each role has the scope it needs."""

    class Meta:
        model = Membership

    class Params:
        of_cluster = factory.LazyAttribute(lambda given: given.role in CLUSTER_ROLES)
        of_board = factory.LazyAttribute(
            lambda given: given.role == Role.HEALTH_BOARD_OFFICER
        )

    user = factory.SubFactory("tests.factories.organisations.UserFactory")
    role = Role.CLUSTER_LEAD
    cluster = factory.Maybe("of_cluster", factory.SubFactory(ClusterFactory))
    health_board = factory.Maybe("of_board", factory.SubFactory(HealthBoardFactory))
    starts_on = LONG_AGO


class UserFactory(DjangoModelFactory):
    """A person who holds no role: ``lead_of=cluster``, ``contributor_to=cluster``,
    ``officer_of=health_board``, ``national_officer=True``,
    ``translator=True`` or ``administrator=True`` gives one.

    Without ``password`` nobody can sign in with one, which is quick: use ``force_login``.
    """

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence("person{}@example.test".format)
    name = factory.Sequence("Person {}".format)

    @classmethod
    def _create(cls, model_class, *args, **fields):
        return model_class.objects.create_user(*args, **fields)

    @factory.post_generation
    def lead_of(user, create, cluster):
        if cluster:
            MembershipFactory(user=user, role=Role.CLUSTER_LEAD, cluster=cluster)

    @factory.post_generation
    def contributor_to(user, create, cluster):
        if cluster:
            MembershipFactory(user=user, role=Role.CONTRIBUTOR, cluster=cluster)

    @factory.post_generation
    def officer_of(user, create, health_board):
        if health_board:
            MembershipFactory(
                user=user, role=Role.HEALTH_BOARD_OFFICER, health_board=health_board
            )

    @factory.post_generation
    def national_officer(user, create, wanted):
        if wanted:
            MembershipFactory(user=user, role=Role.NATIONAL_OFFICER)

    @factory.post_generation
    def translator(user, create, wanted):
        if wanted:
            MembershipFactory(user=user, role=Role.TRANSLATOR)

    @factory.post_generation
    def administrator(user, create, wanted):
        if wanted:
            MembershipFactory(user=user, role=Role.ADMINISTRATOR)
