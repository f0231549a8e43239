"""No page says anything that was not marked for translation."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from assessments import services
from cdf_site import errors
from organisations.views import locked_out
from tests.every_page import NO_PAGES, WITHOUT_LANGUAGE, Page, build_world, pages
from tests.pseudo import (
    CLOSE,
    OPEN,
    left_over,
    stored_texts,
    untranslated,
    use_pseudo_language,
    whole_words,
)
from tests.test_public_urls import views_by_name

# Names of things in the world, and marks that are the same in both languages.
SAME_IN_BOTH = {"PDF", "CSV", "XLSX", "Cymraeg", "English"}
SAME_IN_BOTH |= {"C"}  # a column, as spreadsheet programs name it


@pytest.fixture
def world(reflection, other_cluster, lead, stranger, officer, national, administrator):
    return build_world(
        reflection=reflection,
        other_cluster=other_cluster,
        lead=lead,
        stranger=stranger,
        officer=officer,
        national=national,
        administrator=administrator,
    )


def test_every_page_is_looked_at(world):
    names = {name for name, view in views_by_name() if not name.startswith("admin:")}

    assert {page.name for page in pages(world)} == names - NO_PAGES - WITHOUT_LANGUAGE


def test_pages_have_no_untranslated_text(client, world, monkeypatch):
    everything = pages(world)  # some bring rows of their own, whose texts are data too
    data = (
        stored_texts(
            "frameworks", "organisations", "assessments", "peerreview", "reporting"
        )
        | SAME_IN_BOTH
    )
    use_pseudo_language(monkeypatch)

    found = {}
    for page in everything:
        if page.name == "reporting:summary_pdf" or page.name in PROSE:
            continue
        response = page.get(client, "en")
        html = response.content.decode()
        assert response.status_code == 200, page
        assert OPEN in html, page
        if texts := untranslated(html, data=data):
            found[page.name, page.by and page.by.email] = texts

    assert found == {}


# Pages of prose are two files, one in each language; tests/common has a test of each.
PROSE = {"about", "accessibility", "privacy", "cookies"}


def test_refusals_have_no_untranslated_text(client, world, monkeypatch):
    """What pages say when something typed cannot be taken."""
    data = stored_texts("frameworks", "organisations", "assessments") | SAME_IN_BOTH
    use_pseudo_language(monkeypatch)
    form = {page.name: page for page in pages(world)}
    draft = form["assessments:reflection_check"].where

    client.force_login(world.lead)
    answers = form["assessments:outcome_edit"].url("en")
    shown = client.get(answers).context["form"]
    sent = {
        "operation_id": str(uuid.uuid4()),
        "written_in": "en",
        **{
            field.html_name: 0
            for field in shown
            if field.html_name.endswith("-version")
        },
    }
    too_long = client.post(answers, sent | {"in-the-way-text": "9" * 20_000})
    stale = client.post(answers, sent | {"going-well-text": "Too old"})
    incomplete = client.post(
        Page("assessments:reflection_submit", where=draft).url("en")
    )
    no_password = client.post(
        form["password_change"].url("en"), {"new_password1": "123"}
    )
    client.force_login(world.officer)
    seen = {"submission_number": 1, "written_in": "en"}
    no_reason = client.post(form["assessments:reflection_return"].url("en"), seen)
    no_levels = client.post(form["assessments:agreement_record"].url("en"), seen)
    services.close_cycle(cycle=world.draft.cycle, by=world.national)
    client.force_login(world.lead)
    late = client.post(answers, sent | {"going-well-text": "Too late"})
    client.logout()
    no_name = client.post(form["sign_in"].url("en"))
    locked = locked_out(client.get(form["sign_in"].url("en")).wsgi_request)

    responses = [
        too_long,
        stale,
        incomplete,
        no_password,
        no_reason,
        no_levels,
        late,
        no_name,
        locked,
    ]
    data |= {"Too old", "Too late"}
    found = [untranslated(page.content.decode(), data=data) for page in responses]
    statuses = [response.status_code for response in responses]
    assert statuses == [422, 409, 422, 200, 200, 200, 409, 200, 429]
    assert found == [[]] * len(responses)


@pytest.mark.parametrize(
    "page",
    [
        lambda request: errors.bad_request(request, ValueError()),
        lambda request: errors.permission_denied(request, PermissionDenied()),
        errors.csrf_failure,
        lambda request: errors.page_not_found(request, ValueError()),
        errors.server_error,
    ],
)
def test_error_pages_have_no_untranslated_text(page, monkeypatch):
    use_pseudo_language(monkeypatch)

    html = page(RequestFactory().get("/en/nowhere/")).content.decode()

    # The texts stand in a part that says its language, which is not looked into by itself.
    html = html.replace('class="error-text" lang="en"', 'class="error-text"')
    assert OPEN in html
    assert untranslated(html, data=SAME_IN_BOTH) == []


def test_untranslated_text_is_found():
    html = f"""
        <html lang="en"><title>{OPEN}Home{CLOSE} – CDF</title>
        <p aria-label="Label">{OPEN}Cluster{CLOSE}: Afan <b>Left {OPEN}over{CLOSE}</b></p>
        <blockquote lang="cy">Geiriau pobl</blockquote><br><input type="submit" value="Send">
        <script>code</script><p>12 / 13</p>
    """

    assert untranslated(html, data={"Afan"}) == [
        f"{OPEN}Home{CLOSE} – CDF",
        "Label",
        f"Left {OPEN}over{CLOSE}",
        "Send",
    ]
    assert left_over(f"{OPEN}a {OPEN}b{CLOSE} c{CLOSE}: d", whole_words([])) == ": d"
