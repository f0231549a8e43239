"""Every page of Django admin: strict about scripts, styles and other machines, in both languages."""

import re

import pytest
from django.conf import settings
from django.contrib import admin
from django.urls import NoReverseMatch, get_resolver, reverse

from assessments.models import Cycle
from frameworks.models import Correction
from notifications.models import Message
from organisations.audit import record_added
from organisations.models import AuditEvent, Cluster, HealthBoard, Membership, User
from tests.admin_steps import address, form_of
from tests.factories import (
    CycleFactory,
    EditionFactory,
    IndicatorFactory,
    LogicModelEntryFactory,
    NeedTagFactory,
    PlanningGroupFactory,
)

pytestmark = pytest.mark.django_db

INLINE = re.compile(
    r"<style|<script(?![^>]* src=)|<[^>]+ (?:style|on[a-z]+)=", re.IGNORECASE
)
ELSEWHERE = re.compile(r"""(?:src|href|action|srcset)=["'](?:https?:)?//[^"']*["']""")
# What leads elsewhere, answers a script, or acts and goes back: no page of its own.
NO_PAGES = {
    *("login", "logout", "password_change", "password_change_done"),
    *("jsi18n", "view_on_site", "autocomplete"),
    "frameworks_edition_export",  # a file
}
# What an address asks for beside the number of a thing.
MORE = {
    "frameworks_edition_unofficial": [["cy"], ["en"]],
    "frameworks_edition_correction_make": [["edition"]],
}
ACTS = re.compile(r".*_(move|unofficial)$")


@pytest.fixture
def things(cluster, edition, superuser, membership):
    """Things of every kind in the admin: an edition that is a draft, and one that is not."""
    draft = EditionFactory(code="draft", draft=True, levelled=True)
    PlanningGroupFactory(health_board=cluster.health_board)
    LogicModelEntryFactory(outcome=draft.modules.first().outcomes.first())
    IndicatorFactory(edition=draft)
    Correction.objects.create(edition=edition, reason_cy="Rheswm", reason_en="Reason")
    CycleFactory(edition=edition, opened_at=None)
    CycleFactory(edition=edition)
    NeedTagFactory()
    record_added(cluster, by=superuser)
    Message.objects.create(
        kind="returned", recipient=superuser, language="cy", subject="1"
    )
    return {model: list(model._base_manager.all()) for model in admin.site._registry}


@pytest.fixture
def membership(administrator):
    return administrator.memberships.get()


@pytest.fixture
def staff(client, superuser):
    client.force_login(superuser)
    return client


def names():
    """Every named address of the admin."""
    namespaces = get_resolver().url_patterns
    found = set()

    def walk(patterns, inside):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                is_admin = getattr(pattern, "namespace", None) == "admin"
                walk(pattern.url_patterns, inside or is_admin)
            elif inside and pattern.name:
                found.add(pattern.name)

    walk(namespaces, False)
    return found


def addresses(things):
    """Each name with all its addresses, for every thing it can be about."""
    models = {
        f"{model._meta.app_label}_{model._meta.model_name}": model for model in things
    }
    for name in sorted(names() - NO_PAGES):
        stem = next((key for key in models if name.startswith(f"{key}_")), None)
        if name == "auth_user_password_change":
            stem = "organisations_user"
        if name == "app_list":
            apps = {model._meta.app_label for model in things}
            yield name, [reverse("admin:app_list", args=[app]) for app in sorted(apps)]
            continue
        if name == "notifications_message_kind":
            kinds = Message.Kind.values
            yield name, [reverse(f"admin:{name}", args=[kind]) for kind in kinds]
            continue
        try:
            yield name, [reverse(f"admin:{name}")]
        except NoReverseMatch:
            found = [
                reverse(f"admin:{name}", args=[thing.pk, *more])
                for thing in things[models[stem]]
                for more in MORE.get(name, [[]])
            ]
            yield name, found


def in_language(path, language):
    return f"/{language}/{path.split('/', 2)[2]}"


def faults(page):
    # An e-mail that is looked at links to the service by its whole address.
    html = page.content.decode().replace(f'href="{settings.SERVICE_URL}/', 'href="/')
    return INLINE.findall(html) + ELSEWHERE.findall(html)


@pytest.mark.parametrize("language", ["cy", "en"])
def test_no_page_has_anything_inline_or_from_another_machine(staff, things, language):
    drawn, found = {}, {}

    for name, paths in addresses(things):
        for path in paths:
            page = staff.get(in_language(path, language))
            # 409: a question that cannot be asked now, which says why.
            assert page.status_code in {200, 302, 403, 404, 405, 409}, path
            if page.status_code in {200, 409}:
                drawn[name] = path
                assert f'<html lang="{language}"' in page.content.decode(), path
                assert "content-security-policy" in page.headers, path
                if wrong := faults(page):
                    found[path] = wrong

    assert found == {}
    # Nothing is passed over: whatever gave no page is known to have none.
    never = {name for name in names() - NO_PAGES - drawn.keys() if not ACTS.match(name)}
    read_only = {
        f"{model._meta.app_label}_{model._meta.model_name}_{page}"
        for model in (AuditEvent, Message)
        for page in ("add", "delete")
    }
    elsewhere = {
        # Added on the page of what they belong to, and looked at after a file was sent.
        *("frameworks_correction_add", "frameworks_correction_delete"),
        *("frameworks_criterion_add", "frameworks_edition_import_preview"),
        *("organisations_cluster_delete", "organisations_user_delete"),
        "assessments_cycle_delete",
    }
    assert never <= read_only | elsewhere, never


def lines_of(page):
    return {
        name: value
        for name, value in form_of(page).items()
        if name.endswith("_FORMS") or name == "csrfmiddlewaretoken"
    }


@pytest.mark.parametrize("language", ["cy", "en"])
def test_no_form_that_is_refused_has_anything_inline(staff, things, language):
    found, refused = {}, set()

    for model, rows in things.items():
        if model in {AuditEvent, Message}:
            continue
        paths = [address(model, "add", language=language)]
        paths += [address(model, "change", row.pk, language=language) for row in rows]
        for path in paths:
            page = staff.get(path)
            if page.status_code != 200 or "adminform" not in (page.context or {}):
                continue
            page = staff.post(path, lines_of(page))
            if page.status_code == 200:
                refused.add(model)
                if wrong := faults(page):
                    found[path] = wrong

    assert found == {}
    assert {Cycle, HealthBoard, Membership, User} <= refused


@pytest.mark.parametrize("language", ["cy", "en"])
def test_no_question_before_an_action_has_anything_inline(staff, things, language):
    found, asked = {}, set()

    for model, rows in things.items():
        page = staff.get(address(model, "changelist", language=language))
        for value, _ in (
            page.context["action_form"].fields["action"].choices
            if page.context["action_form"]
            else []
        ):
            if not value:
                continue
            answer = staff.post(
                address(model, "changelist", language=language),
                {"action": value, "_selected_action": [row.pk for row in rows]},
                follow=True,
            )
            assert answer.status_code == 200
            asked.add(value)
            if wrong := faults(answer):
                found[model, value] = wrong

    assert found == {}
    assert {"open_cycles", "close_cycles"} <= asked


# Bad input --------------------------------------------------------------------------------

HTML = "<b onclick=alert(1)>Bold</b><script>alert(1)</script>"


@pytest.mark.parametrize("language", ["cy", "en"])
def test_html_in_a_text_is_shown_as_it_was_typed(staff, board, language):
    board.name_cy = board.name_en = board.short_name_cy = board.short_name_en = HTML
    board.save()
    group = PlanningGroupFactory(health_board=board)
    change = address(HealthBoard, "change", board.pk, language=language)
    form = form_of(staff.get(change)) | {"local_cluster_name_cy": f"Mwy {HTML}"}
    staff.post(change, form)

    pages = [
        staff.get(address(model, page, *args, language=language))
        for model, page, *args in (
            (HealthBoard, "changelist"),
            (HealthBoard, "change", board.pk),
            (HealthBoard, "history", board.pk),
            (HealthBoard, "delete", board.pk),
            (type(group), "changelist"),
            (type(group), "add"),
            (AuditEvent, "changelist"),
            (AuditEvent, "change", AuditEvent.objects.first().pk),
        )
    ]

    for page in pages:
        html = page.content.decode()
        assert page.status_code == 200
        assert "<b onclick" not in html
        assert "<script>alert" not in html
    assert sum("&lt;b onclick" in page.content.decode() for page in pages) >= 6


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "What was sent is too large"),
        ("cy", "Mae&#x27;r hyn a anfonwyd yn rhy fawr"),
    ],
)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart"])
def test_what_is_far_too_large_is_refused_in_words(staff, board, language, says, kind):
    path = address(HealthBoard, "change", board.pk, language=language)
    name = board.name_en

    if kind == "multipart":
        page = staff.post(path, {"name_en": "x" * 50_000_000})
    else:
        page = staff.post(path, b"name_en=" + b"x" * 50_000_000, content_type=kind)

    assert page.status_code == 413
    assert says in page.content.decode()
    board.refresh_from_db()
    assert board.name_en == name


@pytest.mark.parametrize("language", ["cy", "en"])
def test_a_sign_that_no_database_holds_is_refused_at_its_field(
    staff, cluster, language
):
    path = address(HealthBoard, "change", cluster.health_board_id, language=language)
    form = form_of(staff.get(path)) | {"name_en": "Na\x00me"}

    page = staff.post(path, form)

    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == ["name_en"]


@pytest.mark.parametrize(
    "fields",
    [
        {"_selected_action": "\x00", "action": "close_cycles"},
        {"_selected_action": "x", "action": "close_cycles"},
        {"_selected_action": "9" * 40, "action": "close_cycles"},
        {"_selected_action": "1", "action": "\x00"},
    ],
)
def test_a_choice_that_was_never_offered_does_no_harm(staff, cycle, fields):
    page = staff.post(address(Cycle, "changelist"), fields)

    assert page.status_code in {200, 302, 400}
    cycle.refresh_from_db()
    assert cycle.closed_at is None


@pytest.mark.parametrize("number", ["x", "%00", "9" * 40, "_5F", "1_2F2"])
@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_a_number_that_is_none_leads_away(staff, number, page):
    path = f"/en/admin/organisations/healthboard/{number}/{page}/"

    response = staff.get(path)

    assert response.status_code in {302, 400, 404}


def test_there_are_clusters_to_look_at(things):
    assert len(things[Cluster]) >= 1
