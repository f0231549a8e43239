"""Every address asks for signing in unless it is listed here."""

from django.urls import get_resolver

from tests.every_page import FOR_PROGRAMS

PUBLIC = {
    "choose_language",
    "about",
    "accessibility",
    "privacy",
    "cookies",
    "sign_in",
    "session",
    "people:invitation",
    "password_reset",
    "password_reset_sent",
    "password_reset_confirm",
    "password_reset_done",
    "outbox",
    "outbox_message",
    "outbox_send_daily",
    "frameworks:current_edition",
    "frameworks:edition_detail",
    "frameworks:edition_changes",
    "frameworks:module_detail",
    "frameworks:outcome_detail",
    "frameworks:module_logic_model",
    "frameworks:outcome_logic_model",
    "frameworks:edition_file",
    # where a page is public; otherwise they lead to signing in: tests/reporting/test_learned.py
    "learned:learned_list",
    "learned:learned_detail",
    "learned:learned_pdf",
} | FOR_PROGRAMS  # which ask for a token in place of a session
# Its own pages send whoever is not an administrator away; see tests/organisations/test_admin.py.
PUBLIC_IN_ADMIN = {"admin:login", "admin:jsi18n"}


def views_by_name(patterns=None, space=""):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if hasattr(pattern, "url_patterns"):
            namespace = getattr(pattern, "namespace", None)
            inner = f"{space}{namespace}:" if namespace else space
            yield from views_by_name(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name}", pattern.callback


def test_public_views_are_the_listed_ones():
    public = {
        name
        for name, view in views_by_name()
        if not getattr(view, "login_required", True)
    }

    assert {name for name in public if not name.startswith("admin:")} == PUBLIC


def test_every_view_has_a_name():
    unnamed = [
        view
        for name, view in views_by_name()
        if name.endswith("None") and not name.startswith("admin:")
    ]

    assert unnamed == []
