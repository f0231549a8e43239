"""The key to what a browser keeps, and what signing out leaves behind."""

import pytest
from django.urls import reverse

from cdf_site.common.drafts import draft_key
from organisations.models import User

pytestmark = pytest.mark.django_db


def test_a_key_is_one_persons_and_stays_the_same(settings):
    first, second = User(pk=1), User(pk=11)

    keys = [draft_key(first), draft_key(first), draft_key(second)]
    settings.SECRET_KEY = "another"

    assert keys[0] == keys[1] != keys[2]
    assert draft_key(first) != keys[0]


def test_pages_give_it_to_their_own_person_alone(client, lead, contributor):
    keys = {person: draft_key(person) for person in (lead, contributor)}

    given = []
    for person in (None, lead, contributor):
        if person:
            client.force_login(person)
        response = client.get(reverse("about"))
        html = response.content.decode()
        given.append([key for key, value in keys.items() if value in html])

    assert given == [[], [lead], [contributor]]
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("query", "cleared"),
    [("", '"storage"'), ("?others=kept", None), ("?others=x", '"storage"')],
)
def test_signing_out_clears_what_the_browser_keeps(client, lead, query, cleared):
    client.force_login(lead)

    response = client.post(reverse("sign_out") + query)

    assert response.status_code == 302
    assert response.headers.get("Clear-Site-Data") == cleared
