"""Every list of Django admin: what it costs, what it finds, and that its filters work."""

import pytest
from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import Cycle, NeedTag
from frameworks.models import (
    Correction,
    Criterion,
    Edition,
    Indicator,
    LogicModelEntry,
    Module,
    Outcome,
)
from notifications.models import Message
from organisations.audit import record_added
from organisations.models import (
    AuditEvent,
    Cluster,
    HealthBoard,
    LocalAuthority,
    Membership,
    PlanningGroup,
    RegionalPartnershipBoard,
    User,
)
from tests.admin_steps import address
from tests.factories import (
    ClusterFactory,
    CriterionFactory,
    CycleFactory,
    EditionFactory,
    HealthBoardFactory,
    IndicatorFactory,
    LocalAuthorityFactory,
    LogicModelEntryFactory,
    MembershipFactory,
    ModuleFactory,
    NeedTagFactory,
    OutcomeFactory,
    PlanningGroupFactory,
    RegionalPartnershipBoardFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12


def logic_model_entries(count):
    outcome = OutcomeFactory()
    LogicModelEntryFactory.create_batch(count, outcome=outcome)


def corrections(count):
    for edition in EditionFactory.create_batch(count):
        Correction.objects.create(
            edition=edition, reason_cy="Rheswm", reason_en="Reason"
        )


def events(count):
    for person in UserFactory.create_batch(count):
        record_added(person, by=person)


def messages(count):
    for person in UserFactory.create_batch(count):
        Message.objects.create(
            kind="returned", recipient=person, language="cy", subject="1"
        )


# Each list, how rows of it are made, and a word with which its search finds them.
LISTS = {
    RegionalPartnershipBoard: (RegionalPartnershipBoardFactory.create_batch, "bwrdd"),
    HealthBoard: (HealthBoardFactory.create_batch, "bwrdd"),
    LocalAuthority: (LocalAuthorityFactory.create_batch, "cyngor"),
    PlanningGroup: (PlanningGroupFactory.create_batch, "group"),
    Cluster: (ClusterFactory.create_batch, "dyffryn"),
    User: (UserFactory.create_batch, "person"),
    Membership: (MembershipFactory.create_batch, "person"),
    AuditEvent: (events, "user"),
    Correction: (corrections, "reason"),
    Edition: (EditionFactory.create_batch, "edition"),
    Module: (ModuleFactory.create_batch, "modiwl"),
    Outcome: (OutcomeFactory.create_batch, "canlyniad"),
    Criterion: (CriterionFactory.create_batch, "maen"),
    Indicator: (IndicatorFactory.create_batch, "indicator"),
    LogicModelEntry: (logic_model_entries, "amser"),
    Message: (messages, "person"),
    Cycle: (CycleFactory.create_batch, "cycle"),
    NeedTag: (NeedTagFactory.create_batch, "rhwystr"),
}


@pytest.fixture
def staff(client, superuser):
    client.force_login(superuser)
    return client


def test_every_list_is_looked_at():
    assert set(admin.site._registry) == set(LISTS)


def cost(client, path, query):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = client.get(path, query)
    assert page.status_code == 200
    return len(asked), page.context["cl"].result_count


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_a_list_costs_little_and_the_same_at_one_and_at_sixty_rows(staff, model):
    make, word = LISTS[model]
    looks = [
        (lang, query) for lang in ("cy", "en") for query in ({}, {SEARCH_VAR: word})
    ]

    costs = {}
    for count in (1, 59):
        make(count)
        for language, query in looks:
            path = address(model, "changelist", language=language)
            asked, found = cost(staff, path, query)
            costs.setdefault((language, bool(query)), []).append(asked)
            assert found >= (60 if count == 59 else 1), (path, query)

    assert {at_one == at_sixty for at_one, at_sixty in costs.values()} == {True}, costs
    assert max(map(max, costs.values())) <= MOST_QUERIES, costs


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_a_list_has_a_search_and_each_of_its_filters_gives_a_page(staff, model):
    make, _ = LISTS[model]
    make(2)

    page = staff.get(address(model, "changelist"))

    changelist = page.context["cl"]
    assert changelist.search_fields
    followed = [
        choice["query_string"]
        for spec in changelist.filter_specs
        for choice in spec.choices(changelist)
        if "query_string" in choice
    ]
    for query in followed:
        assert staff.get(f"{page.request['PATH_INFO']}{query}").status_code == 200
    assert len(followed) >= 2 * len(changelist.filter_specs)


# With and without accents -----------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["cwmbran", "Cwmbrân", "CWMBRAN", "ty cwmbran", "tŷ", "o’r", "o'r"]
)
@pytest.mark.parametrize("language", ["cy", "en"])
def test_names_are_found_with_and_without_accents(staff, typed, language):
    found = ClusterFactory(name_cy="Tŷ Cwmbrân o'r Nant", name_en="Of the brook")
    ClusterFactory(name_cy="Rhywle arall", name_en="Elsewhere")
    membership = MembershipFactory(role="cluster_lead", cluster=found)

    clusters = staff.get(
        address(Cluster, "changelist", language=language), {"q": typed}
    )
    memberships = staff.get(
        address(Membership, "changelist", language=language), {"q": typed}
    )

    assert list(clusters.context["cl"].queryset) == [found]
    assert list(memberships.context["cl"].queryset) == [membership]


def test_a_list_to_choose_from_finds_without_accents_as_well(staff):
    found = ClusterFactory(name_cy="Cwmbrân", name_en="Cwmbrân")

    answer = staff.get(
        "/en/admin/autocomplete/",
        {
            "app_label": "organisations",
            "model_name": "membership",
            "field_name": "cluster",
            "term": "cwmbran",
        },
    )

    assert [row["id"] for row in answer.json()["results"]] == [str(found.pk)]


@pytest.mark.parametrize(
    "typed", ["", "'", '"', "%", "_", "\\", "'a b", "a" * 5_000, "😀"]
)
def test_nothing_typed_into_a_search_is_too_much(staff, typed):
    for model in LISTS:
        page = staff.get(address(model, "changelist"), {"q": typed})
        assert page.status_code == 200
