"""One's own e-mails: what was written to oneself and what became of it, nobody else's."""

import pytest
from django.core import mail
from django.urls import reverse

from notifications.samples import SAMPLES
from notifications.services import send
from tests.assessments.test_action_pages import words_of

pytestmark = pytest.mark.django_db


def tell(kind, *people):
    return send(kind=kind, to=people, facts=SAMPLES[kind][0])


def test_what_was_written_to_oneself_and_what_became_of_it(client, lead, contributor):
    lead.email_rhythm = "daily"
    tell("submitted", lead)
    lead.email_rhythm = "needed"
    tell("reply", lead)
    tell("contact_asked", contributor)
    client.force_login(lead)

    text = words_of(client.get(reverse("own_emails")))

    assert "Waits for the day's e-mail" in text
    assert "Not sent: such e-mails were not wanted" in text
    assert SAMPLES["submitted"][0]["cluster"]["cy"] in text
    assert "good practice" not in text
    assert mail.outbox == []


def test_in_welsh_each_heading_is_marked_with_its_language(client, lead):
    tell("submitted", lead)
    client.force_login(lead)

    page = client.get("/cy/account/e-mails/").content.decode()

    assert '<span lang="cy">Cyflwynwyd hunanfyfyrdod' in page
    assert '<span lang="en">A self-reflection was submitted' in page
    assert "Yn aros am neges e-bost y dydd" in page


def test_without_any_it_says_so(client, lead):
    client.force_login(lead)

    assert "Nothing was written to you yet" in words_of(
        client.get(reverse("own_emails"))
    )


@pytest.mark.parametrize("number", [1, 3])
def test_queries(client, lead, django_assert_num_queries, number):
    for _ in range(number):
        tell("submitted", lead)
    client.force_login(lead)
    client.get(reverse("own_emails"))

    # Session, person, memberships; how many there are, and those of the page.
    with django_assert_num_queries(3 + 2):
        client.get(reverse("own_emails"))
