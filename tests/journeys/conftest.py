"""A real browser for the journeys, which also watches for what nobody should see.

A journey asks for ``page`` (or ``new_page``, for a second person or the other
language) and for ``live_server``; ``axe(page)`` checks the page it stands on.
Each module of journeys says ``pytestmark = pytest.mark.journey``.
"""

import os
import re
import shutil
import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

# Playwright keeps an event loop running in the tests' thread, and Django refuses to
# use the database where it sees one. Nothing here is asynchronous: the tests wait.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Long enough for a machine that has much else to do: only what fails waits for it.
ACTION_TIMEOUT = 30_000  # milliseconds: a click, a download, an expected element
LOADING_TIMEOUT = 60_000  # a page; a PDF takes seconds
AXE_TIMEOUT = 60_000

expect.set_options(timeout=ACTION_TIMEOUT)

AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """
([rules, timeout]) => Promise.race([
  // Without copies of imported style sheets, which the page's own policy would refuse.
  axe.run(document, {
    runOnly: {type: "tag", values: rules}, resultTypes: ["violations"], preload: false,
  }),
  new Promise((_, refuse) => setTimeout(() => refuse(new Error("axe: too slow")), timeout)),
])
"""
TELL_OF_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event => console.error(
  "Content-Security-Policy: " + event.effectiveDirective + " forbids " + event.blockedURI
));
"""


class Faults:
    """What went wrong in the browser behind the journey's back."""

    def __init__(self):
        self.seen = []
        self.expected = []

    def expect(self, pattern):
        """Say that a message matching ``pattern`` belongs to this journey.

        A browser reports, for instance, every answer of 409 as an error.
        """
        self.expected.append(pattern)

    def unexpected(self):
        return [
            fault
            for fault in self.seen
            if not any(re.search(pattern, fault) for pattern in self.expected)
        ]


def pytest_collection_modifyitems(items):
    """The two languages of a long journey do not wait for each other on one worker.

    Neighbours are handed out together: so every second journey comes first.
    """
    journeys = [item for item in items if item.get_closest_marker("journey")]
    others = [item for item in items if not item.get_closest_marker("journey")]
    items[:] = others + journeys[::2] + journeys[1::2]


@pytest.fixture(scope="session")
def live_server(django_db_setup, live_server):
    """pytest-django's, started when the database is there.

    Started earlier it sees a database in memory, and gives its threads the connection of the test.
    """
    return live_server


@pytest.fixture(scope="session")
def chromium_options():
    """How Chromium is started, for the journeys' own and for one that a journey starts itself."""
    names = [
        os.environ.get("CHROMIUM"),
        # The same engine without windows, profiles and menus: journeys take a quarter less time.
        "chromium-headless-shell",
        "chromium",
        "google-chrome",
    ]
    program = next(filter(None, (shutil.which(name) for name in names if name)), None)
    assert program, "No Chromium found: install it, or set CHROMIUM to its path."
    arguments = [
        # It would otherwise ask the world for updates, lists and experiments.
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        # Containers often give only 64 MB of shared memory.
        "--disable-dev-shm-usage",
    ]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's sandbox does not work for root
    return {"executable_path": program, "args": arguments, "timeout": 60_000}


@pytest.fixture(scope="session")
def browser(chromium_options):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium_options)
        yield browser
        browser.close()


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture
def new_page(browser, live_server, faults):
    """Make a page in a fresh profile: ``new_page(locale="cy-GB")``.

    Addresses are relative to the live server. Further arguments are Playwright's, for
    instance ``viewport={"width": 320, "height": 640}``.
    """
    profiles = []

    def make(locale="en-GB", **options):
        profile = browser.new_context(
            base_url=live_server.url,
            locale=locale,
            timezone_id="Europe/London",
            **options,
        )
        profiles.append(profile)
        profile.set_default_timeout(ACTION_TIMEOUT)
        profile.set_default_navigation_timeout(LOADING_TIMEOUT)
        profile.add_init_script(TELL_OF_VIOLATIONS)

        def watch(request):
            address = request.url
            if not address.startswith((live_server.url, "data:", "blob:", "about:")):
                faults.seen.append(f"request to another machine: {address}")

        def listen(message):
            if message.type == "error":
                where = message.location.get("url", "")
                faults.seen.append(f"console: {message.text} ({where})")

        profile.on("request", watch)
        profile.on("console", listen)
        profile.on(
            "weberror", lambda error: faults.seen.append(f"script error: {error.error}")
        )
        return profile.new_page()

    yield make

    for profile in profiles:
        profile.close()
    finish_requests()
    unexpected = faults.unexpected()
    assert not unexpected, "\n".join(unexpected)


def finish_requests():
    """Wait for requests that a closing page still sent, before the database is emptied."""
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)


@pytest.fixture
def page(new_page):
    return new_page()


@pytest.fixture(scope="session")
def axe():
    """``axe(page)`` refuses a page that breaks a rule of accessibility."""
    script = Axe().axe_script

    def check(page):
        # Unlike a <script>, this is not subject to the page's own policy.
        page.evaluate(script)
        found = page.evaluate(RUN_AXE, [AXE_RULES, AXE_TIMEOUT])["violations"]
        assert not found, f"{page.url}\n" + "\n".join(map(describe, found))

    return check


def describe(violation):
    lines = [f"{violation['id']}: {violation['help']} ({violation['helpUrl']})"]
    for node in violation["nodes"]:
        lines.append(f"  {node['html'][:200]}")
        lines.append(f"    {node['failureSummary']}".replace("\n", "\n    "))
    return "\n".join(lines)
