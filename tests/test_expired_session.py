"""A form that is sent after its session ended: nothing typed is lost, and nothing is let in."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from assessments.models import Answer, Question
from assessments.views.loading import reflection_url
from cdf_site.errors import SentText
from tests.factories import UserFactory
from tests.pseudo import OPEN, untranslated, use_pseudo_language
from tests.steps import start

pytestmark = pytest.mark.django_db

TYPED = "The tŷ is <open>"
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def lead(cluster, quick_passwords):
    return UserFactory(
        email="lead@example.test", lead_of=cluster, password=PASSWORD, language=""
    )


@pytest.fixture
def page(reflection, lead):
    """The last page of the form, whose answers are two texts."""
    start(reflection, by=lead)
    return reflection_url("closing_edit", reflection)


@pytest.fixture
def browser(lead):
    """A browser whose forms have tokens that are looked at, and whose session ends."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(lead)
    return client


class Fields(HTMLParser):
    """What the last form of a page would send, the buttons left out."""

    def __init__(self, html):
        super().__init__()
        self.sent, self.area = {}, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.sent = {}
        if tag == "textarea":
            self.area = attrs["name"]
            self.sent[self.area] = ""
        if tag == "input" and (
            attrs.get("type") not in {"radio", "checkbox"} or "checked" in attrs
        ):
            self.sent[attrs["name"]] = attrs.get("value", "")

    def handle_data(self, data):
        if self.area:
            self.sent[self.area] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.sent[self.area] = self.sent[self.area].removeprefix("\n")
            self.area = None


def fields_of(html):
    return Fields(html).sent


def form_of(html):
    """The form of the answers: the page's own, not the header's or the one for leaving."""
    found = re.search(r'<form[^>]*id="page-form".*?</form>', html, re.DOTALL)
    return fields_of(found[0])


def sign_in(client, person):
    """In another tab: the cookies are the same, the token changes."""
    fields = fields_of(client.get(reverse("sign_in")).content.decode())
    response = client.post(
        reverse("sign_in"), fields | {"username": person.email, "password": PASSWORD}
    )
    assert response.status_code == 302


def send_after_the_end(browser, page, text=TYPED, **more):
    """Open the page, type, lose the session, press the button."""
    data = form_of(browser.get(page).content.decode())
    data |= {"anything-else-text": text, **more}
    del browser.cookies["session"]
    return browser.post(page, data, headers=FROM_HERE)


def stored():
    """What was written on the page, the text with which the reflection was begun left out."""
    answers = Answer.objects.exclude(text="").exclude(question=Question.GOING_WELL)
    return list(answers.values_list("question", "text"))


@pytest.mark.parametrize(
    ("language", "words", "link"),
    [
        (
            "en",
            "You were signed out. Sign in again: what you typed is still here.",
            "Sign in (opens in a new tab)",
        ),
        (
            "cy",
            "Cawsoch eich allgofnodi. Mewngofnodwch eto: mae'r hyn rydych wedi'i deipio yn dal yma.",
            "Mewngofnodi (yn agor mewn tab newydd)",
        ),
    ],
)
def test_what_was_typed_comes_back(browser, reflection, page, language, words, link):
    with override(language):
        page = reflection_url("closing_edit", reflection)

    response = send_after_the_end(browser, page, leave="1")

    html = response.content.decode()
    assert response.status_code == 403
    assert f"<p>{words}</p>" in html
    assert (
        f'<a href="/{language}/sign-in/" target="_blank" rel="noopener">{link}</a>'
        in html
    )
    assert f'action="{page}"' in html
    sent = fields_of(html)
    assert (sent["anything-else-text"], sent["leave"]) == (TYPED, "1")
    assert stored() == []


def test_where_a_group_meets_was_typed_and_what_an_annotation_is_about_was_not():
    where = SentText("place", "Neuadd y Dref, Pontypridd")
    about = SentText("a-7c1f5a52-6a3e-4f0e-8d61-0d2b8c1f6a01-place", "criterion-1")

    assert (where.is_typed, about.is_typed) == (True, False)


def test_after_signing_in_in_another_tab_it_is_sent_at_once(browser, page, lead):
    offered = fields_of(send_after_the_end(browser, page).content.decode())

    sign_in(browser, lead)
    response = browser.post(page, offered, headers=FROM_HERE)

    assert response.status_code == 302
    assert stored() == [(Question.ANYTHING_ELSE, TYPED)]


def test_a_browser_that_says_nothing_of_the_sender_sends_it_twice(browser, page, lead):
    offered = fields_of(send_after_the_end(browser, page).content.decode())

    sign_in(browser, lead)
    origin = {"Origin": "http://testserver"}
    again = browser.post(page, offered, headers=origin)
    between = stored()
    response = browser.post(page, fields_of(again.content.decode()), headers=origin)

    assert (again.status_code, between, response.status_code) == (403, [], 302)
    assert stored() == [(Question.ANYTHING_ELSE, TYPED)]


def test_pressing_the_button_before_signing_in_loses_nothing(browser, page):
    offered = fields_of(send_after_the_end(browser, page).content.decode())

    again = browser.post(page, offered, headers=FROM_HERE)

    html = again.content.decode()
    assert again.status_code == 403
    assert fields_of(html)["anything-else-text"] == TYPED
    assert html.count('name="sent_again"') == 1


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_no_other_site_sends_a_form_again(browser, page, site):
    data = form_of(browser.get(page).content.decode())
    data |= {"anything-else-text": TYPED, "sent_again": "1"}
    del data["csrfmiddlewaretoken"]

    response = browser.post(page, data, headers={"Sec-Fetch-Site": site})

    assert response.status_code == 403
    assert TYPED not in response.content.decode()
    assert stored() == []


def test_what_says_nothing_of_its_sender_needs_its_token(browser, page):
    data = form_of(browser.get(page).content.decode())
    data |= {"anything-else-text": TYPED, "sent_again": "1"}
    del data["csrfmiddlewaretoken"]

    response = browser.post(page, data)

    assert response.status_code == 403
    assert TYPED not in response.content.decode()
    assert stored() == []


def test_without_being_signed_in_nothing_is_let_through(browser, page):
    data = form_of(browser.get(page).content.decode())
    data |= {"anything-else-text": TYPED, "sent_again": "1"}
    del data["csrfmiddlewaretoken"]
    browser.logout()

    response = browser.post(page, data, headers=FROM_HERE)

    assert "This form has been open a long time" in response.content.decode()


def test_a_form_of_our_own_still_needs_its_token(browser, page):
    data = form_of(browser.get(page).content.decode())
    del data["csrfmiddlewaretoken"]

    response = browser.post(page, data, headers=FROM_HERE)

    assert response.status_code == 403


def test_a_script_is_told(client, page):
    response = client.post(
        page,
        {"anything-else-text": TYPED},
        headers=FROM_HERE | {"Accept": "application/json"},
    )

    assert (response.status_code, response.json()) == (401, {"reason": "signed_out"})


@pytest.mark.parametrize(
    "name", ["reflection_submit", "reflection_withdraw", "sign_out"]
)
def test_a_button_without_a_text_leads_to_sign_in_and_on(
    client, reflection, page, lead, name
):
    contents = reflection_url("reflection_detail", reflection)
    address = reverse(name) if name == "sign_out" else reflection_url(name, reflection)

    asked = client.post(address, {"csrfmiddlewaretoken": "x"})
    client.force_login(lead)
    after = client.get(address)

    assert asked.headers["Location"] == f"/en/sign-in/?next={address}"
    assert after.status_code == 302
    assert after.headers["Location"] == ("/en/" if name == "sign_out" else contents)


# Another person in the same browser ---------------------------------------------------------

OF_ANOTHER = {
    "en": "Somebody else filled in this page before you signed in.",
    "cy": "Llenwodd rhywun arall y dudalen hon cyn i chi fewngofnodi.",
}


@pytest.fixture
def colleague(cluster, quick_passwords):
    """Another person of the same cluster, who may write there as well."""
    return UserFactory(
        email="colleague@example.test", contributor_to=cluster, password=PASSWORD
    )


@pytest.mark.parametrize("language", ["cy", "en"])
def test_another_person_does_not_send_it_in_their_name(
    browser, reflection, page, colleague, language
):
    with override(language):
        page = reflection_url("closing_edit", reflection)
    offered = fields_of(send_after_the_end(browser, page).content.decode())

    sign_in(browser, colleague)
    response = browser.post(page, offered, headers=FROM_HERE)

    html = response.content.decode()
    assert response.status_code == 403
    assert OF_ANOTHER[language] in html
    assert TYPED not in html
    assert "The tŷ" not in html
    assert stored() == []


def test_the_page_itself_is_not_sent_by_another_person(browser, page, colleague):
    """Neither with the old token, which would give it back, nor with a new one."""
    data = form_of(browser.get(page).content.decode())
    data |= {"anything-else-text": TYPED}
    del browser.cookies["session"]
    sign_in(browser, colleague)

    old = browser.post(page, data, headers=FROM_HERE)
    token = browser.get(reverse("session")).json()["token"]
    new = browser.post(page, data | {"csrfmiddlewaretoken": token}, headers=FROM_HERE)

    pages = [response.content.decode() for response in (old, new)]
    assert [response.status_code for response in (old, new)] == [403, 403]
    assert [OF_ANOTHER["en"] in html for html in pages] == [True, True]
    assert ["The tŷ" in html for html in pages] == [False, False]
    assert stored() == []


def test_whoever_wrote_it_sends_it_by_loading_the_refusal_again(
    browser, page, lead, colleague
):
    offered = fields_of(send_after_the_end(browser, page).content.decode())
    sign_in(browser, colleague)
    refused = browser.post(page, offered, headers=FROM_HERE)
    browser.logout()
    sign_in(browser, lead)

    response = browser.post(page, offered, headers=FROM_HERE)

    assert (refused.status_code, response.status_code) == (403, 302)
    assert stored() == [(Question.ANYTHING_ELSE, TYPED)]


def test_a_script_of_another_person_saves_nothing(browser, page, lead, colleague):
    data = form_of(browser.get(page).content.decode())
    del browser.cookies["session"]
    sign_in(browser, colleague)
    token = browser.get(reverse("session")).json()["token"]

    response = browser.post(
        page,
        data | {"anything-else-text": TYPED, "csrfmiddlewaretoken": token},
        headers=FROM_HERE | {"Accept": "application/json"},
    )

    assert response.status_code == 403
    assert stored() == []


def test_a_password_is_not_given_back(client):
    response = client.post(
        reverse("password_change"),
        {"old_password": "s3cret", "new_password1": "s4", "new_password2": "s4"},
        headers=FROM_HERE,
    )

    assert response.status_code == 302


def test_the_refusal_has_no_untranslated_text(
    client, page, monkeypatch, stranger, lead
):
    client.force_login(lead)
    use_pseudo_language(monkeypatch)

    html = client.post(page, {"page_of": stranger.pk}).content.decode()

    html = html.replace('class="error-text" lang="en"', 'class="error-text"')
    assert OPEN in html
    assert untranslated(html, data={"Cymraeg", "English", "CDF"}) == []


def test_the_page_has_no_untranslated_text(client, page, monkeypatch):
    use_pseudo_language(monkeypatch)

    html = client.post(
        page, {"anything-else-text": "1", "reason": "2"}, headers=FROM_HERE
    ).content.decode()

    html = html.replace('class="error-text" lang="en"', 'class="error-text"')
    assert OPEN in html
    assert untranslated(html, data={"Cymraeg", "English", "CDF"}) == []
