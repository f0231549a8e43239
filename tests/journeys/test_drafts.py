"""What is typed is kept on the device until it is saved: for its writer alone, and not for long."""

import contextlib
import os
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from assessments.models import Answer, AnswerVersion
from tests.journeys.world import (
    World,
    become_nobody,
    drafts,
    sign_in,
    sign_out,
    sign_out_button,
    until,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ADDRESS = "/en/self-reflections/2030/afan/outcomes/PCMW/1/"
READ_WITH_THE_KEY_OF_THIS_PAGE = """async (person) => {
  const { draftsOf } = await import(document.getElementById("drafts-script").src);
  const key = document.querySelector("form[data-drafts]").dataset.drafts;
  const drafts = await (await draftsOf(person, key)).read();
  return drafts.map(({content}) => content.fields.find(([name]) => name.endsWith("-text"))[1]);
}"""
CHANGE_ALL = """async (change) => {
  const database = await new Promise((resolve) => {
    indexedDB.open("drafts", 1).onsuccess = ({target}) => resolve(target.result);
  });
  const store = database.transaction("drafts", "readwrite").objectStore("drafts");
  const records = await new Promise((resolve) => {
    store.getAll().onsuccess = ({target}) => resolve(target.result);
  });
  records.forEach((record, place) => store.put({...record, at: Date.now() - change[place]}));
  await new Promise((resolve) => { store.transaction.oncomplete = resolve; });
  database.close();
  return records.map(({name, text}) => name + new TextDecoder("latin1").decode(text));
}"""


@pytest.fixture
def world(transactional_db):
    return World()


def state(page):
    return page.locator("#save-state")


def box(page, name="going-well"):
    return page.locator(f"textarea[name={name}-text]")


def stored():
    return set(Answer.objects.exclude(text="").values_list("text", flat=True))


@pytest.fixture
def unsaved(new_page, world, faults):
    """The lead's page, with two texts that the server could not be given."""
    faults.expect("ERR_FAILED")
    page = new_page()
    sign_in(page, world.lead)
    page.goto(ADDRESS)
    page.route("**/PCMW/1/", lambda route: route.abort())
    box(page).fill("Typed on the ward")
    box(page, "in-the-way").fill("Typed in the car")
    expect(state(page)).to_contain_text("Kept on this device.")
    page.wait_for_timeout(500)
    return page


def end_at_once(profile):
    """Kill the browser that has this profile, as a power cut would."""
    ours = f"--user-data-dir={profile}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if ours in arguments:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process.name), signal.SIGKILL)


def test_a_killed_browser_loses_nothing(
    browser, chromium_options, live_server, world, tmp_path
):
    def start():
        context = browser.browser_type.launch_persistent_context(
            tmp_path, base_url=live_server.url, locale="en-GB", **chromium_options
        )
        return context, context.pages[0]

    context, page = start()
    sign_in(page, world.lead)
    page.goto(ADDRESS)
    page.route("**/PCMW/1/", lambda route: route.abort())
    box(page).press_sequentially("Typed until the lights went", delay=10)
    page.wait_for_timeout(1_500)
    before = stored()
    end_at_once(tmp_path)
    with contextlib.suppress(
        PlaywrightError
    ):  # it may be known already that nobody is there
        context.close()
    context, page = start()
    page.goto("/en/")
    if "/sign-in/" in page.url:  # the cookie may not have been on the disk yet
        sign_in(page, world.lead)
    page.goto(ADDRESS)

    expect(page.locator("#save-restored")).to_have_text(
        "What you typed before is back: What is going well"
    )
    expect(box(page)).to_have_value("Typed until the lights went")
    expect(state(page)).to_contain_text("Saved at")
    assert (before, stored()) == (set(), {"Typed until the lights went"})
    assert drafts(page) == 0
    context.close()


def test_only_its_writer_can_read_it(unsaved, world, faults):
    page = unsaved

    readable = page.evaluate(READ_WITH_THE_KEY_OF_THIS_PAGE, world.lead.pk)
    records = page.evaluate(CHANGE_ALL, [0, 0])
    become_nobody(page, faults)  # the session is gone, without signing out
    page.goto("/en/sign-in/")
    sign_in(page, world.contributor)
    by_another = page.evaluate(READ_WITH_THE_KEY_OF_THIS_PAGE, world.lead.pk)

    assert sorted(readable) == ["Typed in the car", "Typed on the ward"]
    assert by_another == []
    assert [("Typed" in record) for record in records] == [False, False]
    sign_out(page)  # which leaves alone what is somebody else's
    sign_in(page, world.lead)
    page.unroute("**/PCMW/1/")
    page.goto(ADDRESS)
    expect(box(page)).to_have_value("Typed on the ward")
    expect(state(page)).to_contain_text("Saved at")
    expect(box(page, "in-the-way")).to_have_value("Typed in the car")


def test_signing_out_sends_it_first(unsaved):
    page = unsaved
    page.unroute("**/PCMW/1/")

    sign_out(page)

    assert stored() == {"Typed on the ward", "Typed in the car"}
    assert drafts(page) == 0


def test_signing_out_asks_before_anything_is_lost(unsaved):
    page = unsaved
    asked = []

    def decline(dialog):
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", decline)
    with page.expect_event("dialog"):
        sign_out_button(page).click()
    page.wait_for_timeout(1_000)
    still_here = (page.url.endswith(ADDRESS), drafts(page))
    page.once("dialog", lambda dialog: dialog.accept())
    sign_out(page)

    assert asked == [
        "Not everything that you typed has been saved. If you sign out now, it will be lost. "
        "Sign out all the same?"
    ]
    assert still_here == (True, 2)
    assert (drafts(page), stored()) == (0, set())


def test_after_seven_days_it_is_gone_whoever_opens_a_page(unsaved, faults):
    page = unsaved
    day = 24 * 60 * 60 * 1000

    page.evaluate(CHANGE_ALL, [7 * day + 1000, 6 * day])
    become_nobody(page, faults)
    page.goto("/en/sign-in/")
    page.wait_for_timeout(500)

    assert drafts(page) == 1


def test_of_what_somebody_changed_since_both_texts_are_shown(unsaved, world, faults):
    faults.expect("status of 409")
    page = unsaved
    other = page.context.browser.new_context(base_url=page.url.split("/en/")[0])
    theirs = other.new_page()
    sign_in(theirs, world.contributor)
    theirs.goto(ADDRESS)
    box(theirs).fill("Meanwhile")
    expect(state(theirs)).to_contain_text("Saved at")
    other.close()

    page.unroute("**/PCMW/1/")
    page.goto(ADDRESS)

    expect(page.locator(".conflict")).to_contain_text("Meanwhile")
    expect(box(page)).to_have_value("Typed on the ward")
    expect(box(page, "in-the-way")).to_have_value("Typed in the car")
    assert until(lambda: stored() == {"Meanwhile", "Typed in the car"}), stored()
    assert set(
        AnswerVersion.objects.exclude(refusal="").values_list("text", flat=True)
    ) == {"Typed on the ward"}


@pytest.fixture
def in_plain(new_page, world, faults):
    """The lead's page in a browser that cannot encrypt, as over plain http."""
    faults.expect("ERR_INTERNET_DISCONNECTED|ERR_FAILED")
    page = new_page()
    page.add_init_script(
        "Object.defineProperty(Crypto.prototype, 'subtle', {get: () => undefined});"
    )
    sign_in(page, world.lead)
    page.goto(ADDRESS)
    return page


def test_without_encryption_nothing_is_kept_and_nothing_breaks(in_plain):
    page = in_plain

    page.context.set_offline(True)
    box(page).fill("Typed in plain")
    expect(state(page)).to_contain_text("Not saved yet. What you typed is still here")
    kept = drafts(page)
    page.context.set_offline(False)
    expect(state(page)).to_contain_text("Saved at")
    box(page).fill("Typed at the last moment")
    sign_out(page)

    assert (kept, stored()) == (0, {"Typed at the last moment"})


def test_without_encryption_signing_out_asks_too(in_plain):
    page = in_plain
    asked = []

    def decline(dialog):
        asked.append(dialog.message)
        dialog.dismiss()

    page.route("**/PCMW/1/", lambda route: route.abort())
    box(page).fill("Typed in plain")
    expect(state(page)).to_contain_text("Not saved yet. What you typed is still here")
    page.once("dialog", decline)
    sign_out_button(page).click()
    until(lambda: page.evaluate("1") and asked)
    page.unroute("**/PCMW/1/")
    sign_out(page)

    assert len(asked) == 1
    assert stored() == {"Typed in plain"}
