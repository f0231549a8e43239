"""Django admin: who gets in, what it changes and writes down, and what its lists cost."""

import re
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from assessments.models import NeedTag
from frameworks.models import Correction
from notifications.models import Message
from organisations.admin_base import AuditedAdmin
from organisations.models import (
    AuditEvent,
    Cluster,
    HealthBoard,
    Membership,
    PlanningGroup,
    Role,
    User,
)
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    EditionFactory,
    HealthBoardFactory,
    IndicatorFactory,
    LocalAuthorityFactory,
    LogicModelEntryFactory,
    MembershipFactory,
    PlanningGroupFactory,
    RegionalPartnershipBoardFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

Kind = AuditEvent.Kind
PASSWORD = "correct-horse-battery"
NO_LINES = {
    "memberships-TOTAL_FORMS": "0",
    "memberships-INITIAL_FORMS": "0",
}


@pytest.fixture
def staff(client, administrator):
    """The administrator's browser."""
    client.force_login(administrator)
    return client


def address(model, page, *args):
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


def events(*kinds):
    """What was written down, oldest first, without sign-ins."""
    found = AuditEvent.objects.filter(
        kind__in=kinds or [Kind.ADDED, Kind.CHANGED, Kind.REMOVED]
    )
    return [
        (event.kind, event.subject_type, told(event)) for event in found.order_by("pk")
    ]


def told(event):
    """Of what was there before and after, only in which fields, in the order of the model's."""
    details = event.details
    if "name" in details:
        return {"name": details["name"]}
    after = details.get("after", {})
    if "before" in details:
        named = {name for name in after if name != "text_states"}
    elif "after" in details:
        named = {name for name, value in after.items() if value}
    else:
        return details
    # PostgreSQL keeps the keys of an object in an order of its own.
    fields = apps.get_model(event.subject_type)._meta.get_fields()
    return {"fields": [field.name for field in fields if field.name in named]}


# What is there --------------------------------------------------------------------------


def test_nothing_that_clusters_write_is_in_the_admin():
    assert {model._meta.label for model in admin.site._registry} == {
        "organisations.User",
        "organisations.RegionalPartnershipBoard",
        "organisations.HealthBoard",
        "organisations.LocalAuthority",
        "organisations.PlanningGroup",
        "organisations.Cluster",
        "organisations.Membership",
        "organisations.AuditEvent",
        "frameworks.Correction",
        "frameworks.Edition",
        "frameworks.Indicator",
        "frameworks.Module",
        "frameworks.Outcome",
        "frameworks.Criterion",
        "frameworks.LogicModelEntry",
        "notifications.Message",
        "assessments.Cycle",
        "assessments.NeedTag",
    }


# Who gets in ----------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["administrator", "superuser"])
@pytest.mark.parametrize("language", ["cy", "en"])
def test_administrators_get_in(client, request, person, language):
    client.force_login(request.getfixturevalue(person))

    page = client.get(f"/{language}/admin/")

    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.content.decode()


@pytest.mark.parametrize(
    "person", ["lead", "contributor", "officer", "national", "stranger"]
)
@pytest.mark.parametrize(
    "name",
    [
        "index",
        "organisations_user_changelist",
        "organisations_membership_add",
        "frameworks_edition_changelist",
        "assessments_cycle_changelist",
        "autocomplete",
        "jsi18n",
    ],
)
def test_nobody_else_gets_in(client, request, person, name):
    client.force_login(request.getfixturevalue(person))

    response = client.get(reverse(f"admin:{name}"), follow=True)

    assert response.status_code == 403


def test_a_membership_that_has_ended_opens_nothing(client):
    person = UserFactory()
    MembershipFactory(user=person, role=Role.ADMINISTRATOR, ends_on="2020-12-31")
    client.force_login(person)

    assert client.get("/en/admin/", follow=True).status_code == 403


def test_signing_in_is_the_services_own(client):
    response = client.get("/cy/admin/organisations/cluster/", follow=True)

    assert response.redirect_chain[-1][0] == (
        "/cy/sign-in/?next=/cy/admin/organisations/cluster/"
    )


@pytest.mark.parametrize(
    ("asked_for", "led_to"),
    [
        ("/en/admin/organisations/", "%2Fen%2Fadmin%2Forganisations%2F"),
        ("https://example.com/", "%2Fen%2Fadmin%2F"),
        ("//example.com/", "%2Fen%2Fadmin%2F"),
        ("/\\example.com/", "%2Fen%2Fadmin%2F"),
        ("javascript:alert(1)", "%2Fen%2Fadmin%2F"),
        ("", "%2Fen%2Fadmin%2F"),
    ],
)
def test_signing_in_leads_nowhere_else(client, asked_for, led_to):
    response = client.get("/en/admin/login/", {"next": asked_for})

    assert response["Location"] == f"/en/sign-in/?next={led_to}"


def test_who_is_signed_in_goes_straight_on(staff):
    response = staff.get("/en/admin/login/", {"next": "/en/admin/organisations/"})

    assert response["Location"] == "/en/admin/organisations/"


def test_an_address_that_looks_like_a_name_is_an_address(staff):
    response = staff.get("/en/admin/login/?next=somewhere")

    assert (response.status_code, response.url) == (302, "somewhere")


@pytest.mark.parametrize("query", ["at__year=99999999999999999999", "at__year=none"])
def test_a_list_that_nonsense_asks_for_is_shown_whole(staff, query):
    response = staff.get(f"{address(AuditEvent, 'changelist')}?{query}", follow=True)

    assert response.status_code == 200


def test_signing_in_to_the_admin_with_its_own_form_is_not_possible(
    client, administrator
):
    administrator.set_password(PASSWORD)
    administrator.save()

    client.post(
        "/en/admin/login/", {"username": administrator.email, "password": PASSWORD}
    )

    assert "_auth_user_id" not in client.session


def test_ones_own_password_is_changed_on_the_services_page(staff):
    response = staff.get("/en/admin/password_change/")

    assert response["Location"] == reverse("password_change")


# The frame ------------------------------------------------------------------------------


def test_the_admin_leads_back_to_the_service_and_to_the_other_language(staff):
    page = staff.get("/en/admin/organisations/cluster/?q=a").content.decode()
    page = re.sub(r"\s+", " ", page)

    assert '<a href="/en/">Back to the service</a>' in page
    assert '<a href="/cy/admin/organisations/cluster/?q=a" lang="cy"' in page
    assert '<a href="/en/admin/">Cluster development</a>' in page


def test_no_page_needs_an_inline_style_or_script(staff, administrator):
    cluster = ClusterFactory()
    pages = ["/en/admin/", "/en/admin/organisations/"]
    for model in (User, Cluster, HealthBoard, Membership, AuditEvent):
        pages.append(address(model, "changelist"))
        if model is not AuditEvent:
            pages.append(address(model, "add"))
    pages += [
        address(Cluster, "change", cluster.pk),
        address(Cluster, "history", cluster.pk),
        address(HealthBoard, "delete", HealthBoardFactory().pk),
        address(User, "change", administrator.pk),
        f"/en/admin/organisations/user/{administrator.pk}/password/",
    ]
    inline = re.compile(r"<style|<script(?![^>]* src=)|<[^>]+ (?:style|on[a-z]+)=")

    for page in pages:
        response = staff.get(page)
        assert response.status_code == 200
        assert inline.findall(response.content.decode()) == []


def test_nothing_comes_from_another_machine(staff):
    for model in (Cluster, HealthBoard, Membership):
        page = staff.get(address(model, "add")).content.decode()
        assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', page) == []
        assert "jquery-ui/jquery-ui.min.js" in page or model is Membership


# What lists cost ------------------------------------------------------------------------

LISTS = [
    # Five for who one is and may do; the count, twice; the rows; what they and the filters name.
    (RegionalPartnershipBoardFactory, 8),
    (HealthBoardFactory, 8),
    (LocalAuthorityFactory, 8),
    (PlanningGroupFactory, 9),
    (ClusterFactory, 10),
    (MembershipFactory, 10),
    (UserFactory, 9),
]


@pytest.mark.parametrize("count", [1, 3, 60])
@pytest.mark.parametrize(("factory", "queries"), LISTS)
def test_a_list_costs_the_same_however_long_it_is(
    staff, django_assert_num_queries, factory, queries, count
):
    factory.create_batch(count)
    model = factory._meta.model

    with django_assert_num_queries(queries):
        page = staff.get(address(model, "changelist"))

    assert page.context["cl"].result_count == model.objects.count()


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_list_of_people_shows_their_roles_at_the_same_cost(
    staff, cluster, django_assert_num_queries, count
):
    for _ in range(count):
        UserFactory(lead_of=cluster, contributor_to=cluster)

    with django_assert_num_queries(9):
        page = staff.get(address(User, "changelist"))

    both = f"cluster lead: {cluster}, contributor: {cluster}"
    assert page.content.decode().count(both) == count


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_list_of_audit_events_costs_the_same_however_long_it_is(
    staff, django_assert_num_queries, count
):
    people = UserFactory.create_batch(count)
    AuditEvent.objects.bulk_create(
        AuditEvent(kind=Kind.CHANGED, by=person) for person in people
    )

    with django_assert_num_queries(10):
        page = staff.get(address(AuditEvent, "changelist"))

    assert page.content.decode().count("Person ") >= count


# Organisations --------------------------------------------------------------------------


@pytest.mark.parametrize("search", ["Taf Elái", "Taff Ely", "taff-ely"])
def test_clusters_are_found_in_both_languages(staff, search):
    found = ClusterFactory(code="taff-ely", name_cy="Taf Elái", name_en="Taff Ely")
    ClusterFactory()

    page = staff.get(address(Cluster, "changelist"), {"q": search})

    assert list(page.context["cl"].queryset) == [found]


@pytest.mark.parametrize(
    ("language", "order"), [("cy", ["Cwm", "Chwilog"]), ("en", ["Chwilog", "Cwm"])]
)
def test_clusters_stand_in_the_alphabet_of_the_page(staff, language, order):
    for name in ("Cwm", "Chwilog"):
        ClusterFactory(name_cy=name, name_en=name)

    page = staff.get(f"/{language}/admin/organisations/cluster/")

    assert [cluster.name for cluster in page.context["cl"].result_list] == order


def test_adding_a_cluster_asks_for_both_names_and_is_written_down(staff, board):
    fields = {
        "name_cy": "Y Cwm",
        "name_en": "",
        "name_status": Cluster.NameStatus.UNCONFIRMED,
        "code": "valley",
        "health_board": board.pk,
        "local_authority": LocalAuthorityFactory().pk,
    }

    refused = staff.post(address(Cluster, "add"), fields)
    staff.post(address(Cluster, "add"), fields | {"name_en": "The Valley"})

    assert refused.context["adminform"].errors == {
        "name_en": ["This field is required."]
    }
    cluster = Cluster.objects.get()
    assert (cluster.name_cy, cluster.name_en) == ("Y Cwm", "The Valley")
    ((kind, subject, details),) = events()
    assert (kind, subject) == (Kind.ADDED, "organisations.cluster")
    assert details == {
        "fields": [
            "name_cy",
            "name_en",
            "code",
            "name_status",
            "health_board",
            "local_authority",
        ]
    }


def test_a_change_is_written_down_with_what_was_there_before(
    staff, board, administrator
):
    group = PlanningGroupFactory(health_board=board, name_cy="Hen", name_en="Old")
    fields = {
        "name_cy": "Newydd",
        "name_en": "Old",
        "health_board": board.pk,
        "code": "another",
    }

    staff.post(address(PlanningGroup, "change", group.pk), fields)

    code = group.code
    group.refresh_from_db()
    assert (group.name_cy, group.code) == ("Newydd", code)
    event = AuditEvent.objects.get(kind=Kind.CHANGED)
    assert (event.by, event.subject_type, event.subject_id, event.details) == (
        administrator,
        "organisations.planninggroup",
        str(group.pk),
        {"before": {"name_cy": "Hen"}, "after": {"name_cy": "Newydd"}},
    )


def test_saving_without_a_change_writes_no_event(staff, cluster):
    page = staff.get(address(Cluster, "change", cluster.pk))
    form = page.context["adminform"].form

    staff.post(
        address(Cluster, "change", cluster.pk),
        {name: value for name, value in form.initial.items() if value is not None},
    )

    assert events() == []


def test_clusters_and_people_are_never_deleted(client, superuser, cluster, lead):
    client.force_login(superuser)

    for thing in (cluster, lead):
        page = client.post(address(type(thing), "delete", thing.pk), {"post": "yes"})
        assert page.status_code == 403

    assert Cluster.objects.count() == 1
    assert User.objects.filter(pk=lead.pk).exists()


def test_a_board_that_is_not_used_is_removed_and_that_is_written_down(staff):
    board = HealthBoardFactory(name_en="Never used")

    staff.post(address(HealthBoard, "delete", board.pk), {"post": "yes"})

    assert not HealthBoard.objects.exists()
    assert events() == [
        (Kind.REMOVED, "organisations.healthboard", {"name": "Never used"})
    ]


def test_a_board_that_is_used_stays(staff, cluster):
    staff.post(address(HealthBoard, "delete", cluster.health_board_id), {"post": "yes"})

    assert HealthBoard.objects.count() == 1
    assert events() == []


def test_nothing_is_changed_where_it_cannot_be_written_down(
    staff, cluster, monkeypatch
):
    def fail(*args):
        raise RuntimeError("no room")

    monkeypatch.setattr(AuditedAdmin, "audit", fail)
    page = staff.get(address(Cluster, "change", cluster.pk))
    fields = page.context["adminform"].form.initial | {
        "name_en": "Changed",
        "populations-TOTAL_FORMS": "0",
        "populations-INITIAL_FORMS": "0",
    }

    with pytest.raises(RuntimeError):
        staff.post(
            address(Cluster, "change", cluster.pk),
            {name: value for name, value in fields.items() if value is not None},
        )

    assert Cluster.objects.get().name_en == cluster.name_en


# People ---------------------------------------------------------------------------------


def test_adding_a_person(staff, client, cluster):
    fields = {
        "email": "New.Lead@Example.test",
        "name": "Lead, Afan",
        "language": "cy",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-role": Role.CLUSTER_LEAD,
        "memberships-0-cluster": cluster.pk,
        "memberships-0-starts_on": "01/01/2020",
    }

    page = staff.post(address(User, "add"), fields)

    person = User.objects.get(email="new.lead@example.test")
    assert page["Location"] == address(User, "change", person.pk)
    assert person.check_password(PASSWORD)
    assert person.cluster_ids(Role.CLUSTER_LEAD) == {cluster.pk}
    (first, second) = events()
    assert first[:2] == (Kind.ADDED, "organisations.user")
    assert second == (
        Kind.ADDED,
        "organisations.membership",
        {"fields": ["user", "role", "cluster", "starts_on"]},
    )
    assert PASSWORD not in str([first, second])


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"email": "LEAD@example.test"}, "email"),
        ({"email": "no address"}, "email"),
        ({"password2": "another-horse-battery"}, "password2"),
        ({"password1": "short", "password2": "short"}, "password2"),
        ({"password1": "", "password2": ""}, "password1"),
    ],
)
def test_a_person_is_not_added_with_a_fault(staff, lead, changes, wrong):
    fields = {
        "email": "new@example.test",
        "password1": PASSWORD,
        "password2": PASSWORD,
        **NO_LINES,
    }
    count = User.objects.count()

    page = staff.post(address(User, "add"), fields | changes)

    assert wrong in page.context["adminform"].errors
    assert User.objects.count() == count


def test_a_person_is_found_by_address_and_name(staff, lead):
    User.objects.filter(pk=lead.pk).update(name="Arweinydd, Afan")

    for search in ("lead@example.test", "arweinydd"):
        page = staff.get(address(User, "changelist"), {"q": search})
        assert list(page.context["cl"].queryset) == [lead]


def test_giving_a_new_password_is_written_down(staff, lead):
    page = f"/en/admin/organisations/user/{lead.pk}/password/"

    staff.post(
        page, {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    )

    lead.refresh_from_db()
    assert lead.check_password(PASSWORD)
    assert events(Kind.PASSWORD_CHANGED, Kind.CHANGED) == [
        (Kind.PASSWORD_CHANGED, "organisations.user", {})
    ]


def person_fields(person, **changes):
    fields = {
        "email": person.email,
        "name": person.name,
        "email_rhythm": "daily",
        "is_active": "on",
    }
    return fields | NO_LINES | changes


def test_an_administrator_cannot_make_a_superuser(staff, lead, administrator):
    for person in (lead, administrator):
        staff.post(
            address(User, "change", person.pk),
            person_fields(person, is_superuser="on", name="Changed"),
        )
        person.refresh_from_db()
        assert (person.name, person.is_superuser) == ("Changed", False)


def test_a_superuser_can(client, superuser, lead):
    client.force_login(superuser)

    client.post(
        address(User, "change", lead.pk), person_fields(lead, is_superuser="on")
    )

    lead.refresh_from_db()
    assert lead.is_superuser
    assert events() == [
        (Kind.CHANGED, "organisations.user", {"fields": ["is_superuser"]})
    ]


def test_an_administrator_cannot_take_over_a_superuser(staff, superuser):
    change = staff.post(
        address(User, "change", superuser.pk),
        person_fields(superuser, email="mine@example.test"),
    )
    password = staff.post(
        f"/en/admin/organisations/user/{superuser.pk}/password/",
        {"password1": PASSWORD, "password2": PASSWORD},
    )

    assert (change.status_code, password.status_code) == (403, 403)
    superuser.refresh_from_db()
    assert superuser.email == "superuser@example.test"
    assert not superuser.has_usable_password()


# Memberships ----------------------------------------------------------------------------


def test_a_membership_is_added_changed_and_removed(staff, lead, other_cluster):
    fields = {
        "user": lead.pk,
        "role": Role.CONTRIBUTOR,
        "cluster": other_cluster.pk,
        "starts_on": "01/01/2020",
    }
    as_sent = fields | {"initial-starts_on": "01/01/2020"}

    staff.post(address(Membership, "add"), fields)
    membership = Membership.objects.get(role=Role.CONTRIBUTOR)
    staff.post(
        address(Membership, "change", membership.pk),
        as_sent | {"ends_on": "31/12/2020"},
    )
    staff.post(address(Membership, "delete", membership.pk), {"post": "yes"})

    name = f"contributor: {other_cluster}"
    assert events() == [
        (Kind.ADDED, "organisations.membership", {"fields": list(fields)}),
        (Kind.CHANGED, "organisations.membership", {"fields": ["ends_on"]}),
        (Kind.REMOVED, "organisations.membership", {"name": name}),
    ]


def test_the_lines_of_a_person_are_written_down_too(staff, lead):
    membership = lead.memberships.get()
    lines = {
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "1",
        "memberships-0-id": membership.pk,
        "memberships-0-user": lead.pk,
        "memberships-0-role": membership.role,
        "memberships-0-cluster": membership.cluster_id,
        "memberships-0-starts_on": "01/01/2020",
        "initial-memberships-0-starts_on": "01/01/2020",
    }
    page = address(User, "change", lead.pk)

    staff.post(
        page, person_fields(lead, **lines, **{"memberships-0-ends_on": "31/12/2020"})
    )
    staff.post(
        page,
        person_fields(
            lead,
            **lines,
            **{
                "memberships-0-ends_on": "31/12/2020",
                "memberships-0-DELETE": "on",
            },
        ),
    )

    assert not lead.memberships.exists()
    assert events() == [
        (Kind.CHANGED, "organisations.membership", {"fields": ["ends_on"]}),
        (Kind.REMOVED, "organisations.membership", {"name": str(membership)}),
    ]


def test_a_role_needs_its_scope(staff, lead):
    page = staff.post(
        address(Membership, "add"),
        {"user": lead.pk, "role": Role.HEALTH_BOARD_OFFICER, "starts_on": "01/01/2020"},
    )

    assert page.context["adminform"].form.non_field_errors() == [
        "A cluster lead or contributor needs a cluster, a health board officer needs a "
        "health board, and the national roles need neither."
    ]


def test_clusters_are_suggested_while_one_types(staff):
    found = ClusterFactory(name_cy="Taf Elái", name_en="Taff Ely")

    answer = staff.get(
        reverse("admin:autocomplete"),
        {
            "app_label": "organisations",
            "model_name": "membership",
            "field_name": "cluster",
            "term": "Elái",
        },
    )

    assert answer.json()["results"] == [{"id": str(found.pk), "text": "Taff Ely"}]


# The audit ------------------------------------------------------------------------------


def test_audit_events_are_only_read(client, superuser):
    client.force_login(superuser)
    event = AuditEvent.objects.filter(by=superuser).first()

    assert client.get(address(AuditEvent, "changelist")).status_code == 200
    assert client.get(address(AuditEvent, "change", event.pk)).status_code == 200
    for page in (
        address(AuditEvent, "add"),
        address(AuditEvent, "change", event.pk),
        address(AuditEvent, "delete", event.pk),
    ):
        assert client.post(page, {"post": "yes"}).status_code == 403


def test_audit_events_are_found_by_person(staff, administrator, lead):
    AuditEvent.objects.create(kind=Kind.CHANGED, by=lead)

    page = staff.get(address(AuditEvent, "changelist"), {"q": "lead@example.test"})

    assert [event.by for event in page.context["cl"].queryset] == [lead]


def test_no_list_offers_to_delete_several_at_once(staff, board):
    page = staff.post(
        address(HealthBoard, "changelist"),
        {"action": "delete_selected", "_selected_action": [board.pk], "post": "yes"},
    )

    assert "delete_selected" not in page.content.decode()
    assert HealthBoard.objects.count() == 1


# Nobody locks themselves out ------------------------------------------------------------

NOT_ONESELF = {
    "en": "You would no longer be an administrator yourself. "
    "Ask another administrator to do this.",
    "cy": "Ni fyddech chi eich hun yn weinyddwr mwyach. "
    "Gofynnwch i weinyddwr arall wneud hyn.",
}


def one_line(membership, **changes):
    """What the form of a person sends of their only membership."""
    fields = {
        "id": membership.pk,
        "user": membership.user_id,
        "role": membership.role,
        "starts_on": f"{membership.starts_on:%d/%m/%Y}",
        "ends_on": "",
    } | changes
    return {
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "1",
        **{f"memberships-0-{name}": value for name, value in fields.items()},
    }


def account(person, **changes):
    return {
        "email": person.email,
        "name": person.name,
        "language": person.language,
        "email_rhythm": person.email_rhythm,
        "is_active": "on",
    } | changes


def in_language(path, language):
    return path.replace("/en/", f"/{language}/", 1)


@pytest.fixture
def membership(administrator):
    return administrator.memberships.get()


@pytest.mark.parametrize("language", ["cy", "en"])
def test_nobody_makes_themselves_inactive(staff, administrator, membership, language):
    fields = account(administrator) | one_line(membership)
    del fields["is_active"]

    page = staff.post(
        in_language(address(User, "change", administrator.pk), language), fields
    )

    assert page.context["adminform"].errors == {"is_active": [NOT_ONESELF[language]]}
    administrator.refresh_from_db()
    assert administrator.is_active
    assert events() == []


def test_no_superuser_stops_being_one_alone(client, superuser):
    client.force_login(superuser)

    page = client.post(
        address(User, "change", superuser.pk), account(superuser) | NO_LINES
    )

    assert page.context["adminform"].errors == {"is_superuser": [NOT_ONESELF["en"]]}
    superuser.refresh_from_db()
    assert superuser.is_superuser


OWN_CHANGES = [
    {"ends_on": "01/01/2999"},
    {"starts_on": "01/01/2999"},
    {"role": Role.NATIONAL_OFFICER},
]


@pytest.mark.parametrize("language", ["cy", "en"])
@pytest.mark.parametrize("change", [*OWN_CHANGES, {"DELETE": "on"}])
def test_nobody_ends_their_own_administration_on_their_page(
    staff, administrator, membership, change, language
):
    fields = account(administrator) | one_line(membership, **change)

    page = staff.post(
        in_language(address(User, "change", administrator.pk), language), fields
    )

    assert NOT_ONESELF[language] in page.content.decode()
    assert list(administrator.memberships.all().values()) == [
        Membership.objects.values().get(pk=membership.pk)
    ]
    assert events() == []


@pytest.mark.parametrize("change", [*OWN_CHANGES, {"user": None}])
def test_nobody_ends_their_own_administration_on_its_page(
    staff, lead, membership, change
):
    before = Membership.objects.values().get(pk=membership.pk)
    fields = {
        "user": membership.user_id,
        "role": membership.role,
        "starts_on": f"{membership.starts_on:%d/%m/%Y}",
    } | change
    fields["user"] = fields["user"] or lead.pk

    page = staff.post(address(Membership, "change", membership.pk), fields)

    assert page.context["adminform"].form.non_field_errors() == [NOT_ONESELF["en"]]
    assert Membership.objects.values().get(pk=membership.pk) == before


@pytest.mark.parametrize("language", ["cy", "en"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_removes_their_own_administration(staff, membership, method, language):
    delete = in_language(address(Membership, "delete", membership.pk), language)

    page = getattr(staff, method)(delete, {"post": "yes"}, follow=True)

    assert page.request["PATH_INFO"] == in_language(
        address(Membership, "change", membership.pk), language
    )
    assert NOT_ONESELF[language] in page.content.decode()
    assert Membership.objects.filter(pk=membership.pk).exists()


def test_an_administrator_ends_what_another_may_do(staff, administrator):
    other = MembershipFactory(role=Role.ADMINISTRATOR)
    fields = account(other.user) | one_line(other, ends_on="01/01/2999")
    del fields["is_active"]

    staff.post(address(User, "change", other.user_id), fields)
    staff.post(address(Membership, "delete", other.pk), {"post": "yes"})

    assert not User.objects.get(pk=other.user_id).is_active
    assert not Membership.objects.filter(pk=other.pk).exists()


def test_ones_own_name_and_other_roles_are_free_to_change(
    staff, administrator, membership, cluster
):
    also = MembershipFactory(user=administrator, role=Role.CONTRIBUTOR, cluster=cluster)

    page = staff.post(
        address(User, "change", administrator.pk),
        account(administrator, name="New") | one_line(membership),
    )
    staff.post(address(Membership, "delete", also.pk), {"post": "yes"})

    assert page.status_code == 302
    administrator.refresh_from_db()
    assert administrator.name == "New"
    assert list(administrator.memberships.all()) == [membership]


# The audit's words, and Welsh -----------------------------------------------------------


@pytest.mark.parametrize(
    ("subject_type", "subject_id", "expected"),
    [
        ("assessments.selfreflection", "12", "hunanfyfyrdod 12"),
        ("organisations.user", "3", "person 3"),
        ("gone.model", "4", "gone.model 4"),
        ("nonsense", "", "nonsense"),
        ("", "", "–"),
    ],
)
def test_the_audit_names_what_it_is_about(staff, subject_type, subject_id, expected):
    event = AuditEvent.objects.create(
        kind=Kind.CHANGED, subject_type=subject_type, subject_id=subject_id
    )

    listed = staff.get(in_language(address(AuditEvent, "changelist"), "cy"))
    shown = staff.get(in_language(address(AuditEvent, "change", event.pk), "cy"))

    assert f'<td class="field-subject">{expected}</td>' in listed.content.decode()
    assert f'<div class="readonly">{expected}</div>' in shown.content.decode()


class Words(HTMLParser):
    """What a page says, seen or read aloud."""

    SAID = ("alt", "title", "aria-label", "placeholder")

    def __init__(self, page):
        super().__init__()
        self.said = set()
        self.skipped = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.skipped = tag in {"script", "style"}
        said = [attrs.get(name) for name in self.SAID]
        if tag == "input" and attrs.get("type") in {"submit", "button", "reset"}:
            said.append(attrs.get("value"))
        self.add(*said)

    def handle_endtag(self, tag):
        self.skipped = False

    def handle_data(self, data):
        if not self.skipped:
            self.add(data)

    def add(self, *texts):
        self.said |= {" ".join(text.split()) for text in texts if text}


# Said alike in both languages: the same word in both, and what is data.
ALIKE = re.compile(
    r"""[\W\d_]*|.*@example\.test.*|English|Cymraeg
    |Person:?|(›\ )?Person\ \d+|algorithm|hash|salt|argon2(id)?|[\w+/]+\*+
    |[a-z-]+-\d+|7A0|W0\d+|afan|(›\ )?draft|LEVELS|MOD\d|(2030-05|draft)\ ›\ MOD\d
    # both texts stand in the forms
    |(1\.\ )?(Outcome|Canlyniad|Module|Modiwl)\ (number|rhif)\ \d|(Criterion|Maen\ prawf)\ \d\.\d
    |Criteria|Meini\ prawf|Hanes\ y\ canlyniad\.|The\ story\ of\ the\ outcome\.
    |Y\ cyhoeddiad|The\ publication|Eiddo'r\ cyhoeddwr|The\ publisher's\ own|Amser|Time
    |Rheswm|Reason|The\ Vale\ \d+|Y\ Dyffryn\ \d+|The\ new\ words|Y\ geiriau\ newydd|What\ is\ measured\.
    |Yr\ hyn\ sy'n\ cael\ ei\ fesur\.
    |\{"address":\ ""\}
    # what Django's pictures of "yes" and "no" say, which no template or word of ours reaches
    |True|False""",
    re.VERBOSE,
)


@pytest.fixture
def everything(cluster, administrator, edition):
    """One thing of each kind: some as the admin shows what is open to change, some what is not."""
    draft = EditionFactory(code="draft", draft=True, levelled=True)
    PlanningGroupFactory(health_board=cluster.health_board)
    RegionalPartnershipBoardFactory()
    LogicModelEntryFactory(outcome=draft.modules.first().outcomes.first())
    IndicatorFactory(edition=draft)
    Correction.objects.create(edition=edition, reason_cy="Rheswm", reason_en="Reason")
    CycleFactory(edition=edition, opened_at=None)
    NeedTag.objects.create(
        kind="barrier", code="tag-1", name_cy="Amser", name_en="Time"
    )
    administrator.set_password(PASSWORD)
    administrator.save()
    AuditEvent.objects.create(kind=Kind.ADDED, by=administrator)
    Message.objects.create(
        kind="returned", recipient=administrator, language="cy", subject="1"
    )
    return {User: administrator}


def every_page(things):
    """Addresses of each page of the admin, and of each form sent empty."""
    yield "get", reverse("admin:index")
    for app in ("organisations", "frameworks", "notifications", "assessments"):
        yield "get", reverse("admin:app_list", args=[app])
    for model in admin.site._registry:
        yield "get", address(model, "changelist")
        if model not in {AuditEvent, Message}:
            yield "get", address(model, "add")
            yield "post", address(model, "add")
        thing = things.get(model) or model.objects.first()
        for page in ("change", "history", "delete"):
            yield "get", address(model, page, thing.pk)
        if model not in {AuditEvent, Message}:
            yield "post", address(model, "change", thing.pk)
    person = things[User].pk
    yield "get", reverse("admin:auth_user_password_change", args=[person])
    yield "post", reverse("admin:auth_user_password_change", args=[person])


def test_no_page_speaks_english_in_welsh(client, superuser, everything):
    client.force_login(superuser)
    spoken = {}

    for method, path in every_page(everything):
        said = {}
        for language in ("cy", "en"):
            page = client.get(in_language(path, language))
            if method == "post":
                # Without this about its lines, a form would be refused as a whole.
                lines = {
                    f"{line.formset.prefix}-{name}_FORMS": "0"
                    for line in (page.context or {}).get("inline_admin_formsets", ())
                    for name in ("TOTAL", "INITIAL")
                }
                page = client.post(in_language(path, language), lines)
            said[language] = Words(page.content.decode()).said
        for text in said["cy"] & said["en"]:
            if not ALIKE.fullmatch(text):
                spoken.setdefault(text, f"{method} {path}")

    assert spoken == {}
