"""The pages for what went wrong; none of them asks the database (no mark here allows it)."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.utils import translation

from cdf_site import errors

PAGES = [
    (lambda request: errors.bad_request(request, ValueError()), 400),
    (lambda request: errors.permission_denied(request, PermissionDenied()), 403),
    (errors.csrf_failure, 403),
    (lambda request: errors.signed_out(request, []), 403),
    (lambda request: errors.page_not_found(request, ValueError()), 404),
    (errors.server_error, 500),
]
LONG = "Mae'r grŵp yn cwrdd bob mis i drafod anghenion y gymuned, a'r <b>ŵyl</b>.\nAil linell."


def languages_of(html):
    return re.findall(r'<div class="error-text" lang="(\w+)">', html)


def text_of(response):
    return response.content.decode()


@pytest.mark.parametrize(("page", "status"), PAGES)
@pytest.mark.parametrize(
    ("path", "html_language", "languages"),
    [
        ("/cy/hunanfyfyrio/", "cy", ["cy"]),
        ("/en/self-reflections/", "en", ["en"]),
        ("/nowhere", "cy", ["cy", "en"]),
    ],
)
def test_error_page_speaks_the_language_of_the_address(
    page, status, path, html_language, languages
):
    with translation.override("en"):
        response = page(RequestFactory().get(path))

    html = text_of(response)
    assert response.status_code == status
    assert f'<html lang="{html_language}">' in html
    assert languages_of(html) == languages
    assert "style=" not in html
    assert "<script" not in html


def test_error_page_links_to_the_same_address_in_the_other_language():
    request = RequestFactory().get("/cy/canlyniad/6/", {"q": "x"})

    html = text_of(errors.page_not_found(request, ValueError()))

    link = re.search(r'href="([^"]+)"\s+lang="en"\s+hreflang="en">English</a>', html)
    assert link[1] == "/en/canlyniad/6/?q=x"


def test_error_page_after_sending_a_form_offers_no_other_language():
    html = text_of(errors.server_error(RequestFactory().post("/cy/canlyniad/6/")))

    assert 'hreflang="en"' not in html


def own_post(data, path="/en/form/"):
    request = RequestFactory().post(
        path, data, headers={"Sec-Fetch-Site": "same-origin"}
    )
    request.user = AnonymousUser()
    return request


def test_form_open_too_long_gives_back_what_was_typed():
    request = own_post(
        {"version": "3", "going_well": LONG, "csrfmiddlewaretoken": "old"}
    )

    response = errors.csrf_failure(request)

    html = text_of(response)
    assert 'action="/en/form/"' in html
    assert "&lt;b&gt;ŵyl&lt;/b&gt;.\nAil linell.</textarea>" in html
    assert '<input type="hidden" name="version" value="3">' in html
    assert html.count("csrfmiddlewaretoken") == 1
    assert 'value="old"' not in html
    assert request.META["CSRF_COOKIE_NEEDS_UPDATE"] is True


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("going-well-text", "Short"),
        ("going-well-text", "12"),
        ("criterion-31-text", "Na"),
        ("reason", "No."),
        ("reason-7", "3"),
        ("name", "Ann"),
    ],
)
def test_short_texts_are_shown_too(name, text):
    html = text_of(errors.csrf_failure(own_post({name: text, "stay": "1"})))

    assert re.findall(r'<label[^>]*for="sent-1">\s*(.*?)\s*</label>', html) == [
        "What you typed"
    ]
    assert re.findall(
        r'<input[^>]*id="sent-1" name="(.*?)" type="text" value="(.*?)"', html
    ) == [(name, text)]
    assert "Your text is still below." in html


def test_several_texts_are_numbered_in_their_order():
    data = {
        "going-well-text": "One",
        "in-the-way-text": LONG,
        "next-steps-text": "Three",
    }

    html = text_of(errors.csrf_failure(own_post(data, "/cy/form/")))

    assert re.findall(r'<label[^>]*for="(.*?)">\s*(.*?)\s*</label>', html) == [
        (f"sent-{number}", f"Yr hyn rydych wedi'i deipio ({number})")
        for number in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("criterion-31-version", "4"),
        ("criterion-31-choice", "met"),
        ("own-level-choice", "2"),
        ("next-steps-date_day", "12"),
        ("operation_id", "a7a3b1b2-6a2e-4f7d-9a55-0c2f4f3f9a10"),
        ("written_in", "cy"),
        ("page_of", "12"),
        ("asked", "on"),
        ("stay", "1"),
        ("switch_to", "cy"),
        ("keep_mine", "going-well"),
        ("use_theirs", "going-well"),
        ("join", "going-well"),
        ("level-9", "2"),
        ("incomplete", "on"),
        ("next", "/en/account/"),
        ("initial-meeting_note", "A hearing loop."),
        ("shares_meeting_note", "on"),
        ("email_rhythm", "daily"),
        ("going-well-text", ""),
    ],
)
def test_what_nobody_typed_goes_back_unseen(name, value):
    html = text_of(errors.csrf_failure(own_post({name: value})))

    assert f'<input type="hidden" name="{name}" value="{value}">' in html
    assert "<label" not in html
    assert "Your text is still below." not in html
    assert "Your answers are still here. Send the form again." in html


def test_form_open_too_long_keeps_passwords_to_itself():
    html = text_of(
        errors.csrf_failure(own_post({"password": "s3cret", "password1": "s4"}))
    )

    assert "s3cret" not in html
    assert "<form" not in html


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Referer": "http://testserver.elsewhere.example/form/"},
        {},
    ],
)
def test_form_that_another_site_sent_is_not_offered_for_sending(headers):
    request = RequestFactory().post("/en/form/", {"going_well": LONG}, headers=headers)

    html = text_of(errors.csrf_failure(request))

    assert "<form" not in html
    assert "ŵyl" not in html


def test_form_from_an_older_browser_is_known_by_its_origin():
    request = RequestFactory().post(
        "/en/form/", {"going_well": LONG}, headers={"Origin": "http://testserver"}
    )
    request.user = AnonymousUser()

    assert "<form" in text_of(errors.csrf_failure(request))
