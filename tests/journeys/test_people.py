"""From an invitation to the lead's right: the lead, the outbox, the link, the new contributor."""

# ruff: noqa: F401, F811 (a fixture that is imported is also an argument)
import pytest

from assessments.models import SelfReflection
from organisations.models import User
from tests.journeys.test_self_reflection import looked_at
from tests.journeys.world import PASSWORD, World, follow, press, sign_in, words

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ADDRESS = "newydd@example.test"


@pytest.fixture
def world(transactional_db, settings):
    settings.DEMONSTRATION = True  # for its outbox
    return World()


@pytest.mark.parametrize("language", ["cy", "en"])
def test_from_the_invitation_to_the_leads_right(new_page, world, looked_at, language):
    locale = "cy-GB" if language == "cy" else "en-GB"
    lead, guest = new_page(locale=locale), new_page(locale=locale)

    # The lead invites
    sign_in(lead, world.lead, language)
    follow(lead.get_by_role("link", name=words(language, "People of the cluster")))
    looked_at(lead)
    follow(lead.get_by_role("link", name=words(language, "Invite a contributor")))
    lead.locator("input[name=email]").fill(ADDRESS)
    lead.locator("select[name=profession]").select_option("pharmacy")
    lead.locator(f"input[name=language][value={language}]").check()
    looked_at(lead)
    press(lead, language, "Send the invitation")
    looked_at(lead)
    assert ADDRESS in lead.locator("main").inner_text()

    # The outbox, and the link in it
    guest.goto(f"/{language}/outbox/")
    looked_at(guest)
    follow(guest.locator("main li a").first)
    looked_at(guest)
    follow(guest.locator("main a[href*='/invitation/']"))
    looked_at(guest)
    guest.locator("input[name=name]").fill("Heledd")
    guest.locator("input[name=new_password1]").fill(PASSWORD)
    guest.locator("input[name=new_password2]").fill(PASSWORD)
    press(guest, language, "Make the account and accept")
    looked_at(guest)
    assert "Heledd" in guest.locator("main").inner_text()

    # They edit, and cannot submit
    contents = f"/{language}/self-reflections/2030/afan/"
    guest.goto(f"{contents}outcomes/PCMW/1/")
    guest.locator("textarea[name=going-well-text]").fill("Da iawn.")
    press(guest, language, "Save and continue")
    assert world.reflection.answers.get().text == "Da iawn."
    guest.goto(f"{contents}check/")
    submit = words(language, "Submit the self-reflection")
    assert guest.locator("main").get_by_role("button", name=submit).count() == 0

    # The lead gives them the lead's right
    lead.reload()
    deputy = words(language, "Give a deputy the lead's right")
    follow(lead.get_by_role("link", name=deputy))
    lead.get_by_label("Heledd").check()
    day = lead.evaluate(
        "new Date(Date.now() + 5 * 86400000).toISOString().slice(0, 10)"
    )
    for part, value in zip(("year", "month", "day"), day.split("-"), strict=True):
        lead.locator(f"input[name=until_{part}]").fill(value)
    looked_at(lead)
    press(lead, language, "Give the lead's right")
    looked_at(lead)

    # And they submit
    guest.reload()
    guest.locator("main input[name=incomplete]").check()
    press(guest, language, "Submit the self-reflection")
    assert world.reflection.state == SelfReflection.State.SUBMITTED
    assert world.reflection.latest_submission.submitted_by == User.objects.get(
        email=ADDRESS
    )

    # The lead looks at the ways to part
    for name in (
        "hand-over/",
        "leave/",
        f"{User.objects.get(email=ADDRESS).pk}/remove/",
    ):
        lead.goto(f"/{language}/clusters/afan/people/{name}")
        looked_at(lead)


@pytest.mark.parametrize("language", ["cy", "en"])
def test_a_forgotten_password(new_page, world, looked_at, language):
    User.objects.filter(pk=world.lead.pk).update(language=language)
    page = new_page()

    page.goto(f"/{language}/sign-in/")
    follow(page.get_by_role("link", name=words(language, "Forgotten your password?")))
    looked_at(page)
    page.locator("input[name=email]").fill(world.lead.email)
    press(page, language, "Send the link")
    looked_at(page)
    page.goto(f"/{language}/outbox/")
    follow(page.locator("main li a").first)
    follow(page.locator("main a[href*='/password/']"))
    looked_at(page)
    for number in (1, 2):
        page.locator(f"input[name=new_password{number}]").fill("stabl y ceffyl gwyn")
    press(page, language, "Save the new password")
    looked_at(page)

    assert User.objects.get(pk=world.lead.pk).check_password("stabl y ceffyl gwyn")


def test_an_invitation_without_javascript_and_one_that_is_no_more(
    new_page, world, looked_at, faults
):
    faults.expect("status of 410")
    page = new_page(java_script_enabled=False)
    sign_in(page, world.lead)
    page.goto("/en/clusters/afan/people/hand-over/")
    page.locator("input[name=person][value=other]").check()
    page.locator("input[name=email]").fill("next@example.test")
    page.locator("input[name=afterwards]").first.check()
    press(page, "en", "Continue")
    press(page, "en", "Hand over")
    assert "next@example.test" in page.locator("main").inner_text()

    other = new_page()
    other.goto("/en/invitation/no-such-link/")
    looked_at(other)

    assert "can no longer be accepted" in other.locator("h1").inner_text()
