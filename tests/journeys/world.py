"""The whole framework, the real organisations, and people who sign in to them."""

import time
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils.translation import gettext, override, pgettext

from assessments import services
from frameworks.exchange import load as load_framework
from frameworks.models import Edition
from organisations.loading import load as load_organisations
from organisations.models import Cluster, HealthBoard
from tests.emptying import Emptying
from tests.factories import CycleFactory, UserFactory

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
PASSWORD = "a long enough password"
# A page says that it is there until it finds out who is signed in now.
PRESENCE_REFUSED = "status of 40[13].*/presence/"


_loaded = []  # the tables that loading filled, when this process has once done it


def load():
    """The May 2022 edition and the real organisations, into an empty database.

    Their files are read once; later what was written then is given back as it was.
    """
    emptying = Emptying(connection)
    assert not emptying.filled(), "A world begins in an empty database."
    if not _loaded:
        load_framework((FIXTURES / "framework-2022-05.json").read_bytes())
        load_organisations((FIXTURES / "organisations.json").read_bytes())
        _loaded.extend(emptying.keep())
    else:
        emptying.give_back(_loaded)


class World:
    """One open cycle on the May 2022 edition for all clusters; the lead of Afan, its officer."""

    def __init__(self):
        load()
        self.cluster = Cluster.objects.get(code="afan")
        self.board = HealthBoard.objects.get(code="7A3")
        self.cycle = CycleFactory(
            code="2030",
            edition=Edition.objects.get(code="2022-05"),
            name_cy="Hunanfyfyrio 2030",
            name_en="Self-reflection 2030",
            opened_at=None,
        )
        self.administrator = self._person("administrator", administrator=True)
        self.lead = self._person("lead", lead_of=self.cluster)
        self.contributor = self._person("contributor", contributor_to=self.cluster)
        self.officer = self._person("officer", officer_of=self.board)
        services.open_cycle(cycle=self.cycle, by=self.administrator)

    def _person(self, name, **role):
        return UserFactory(email=f"{name}@example.test", password=PASSWORD, **role)

    @property
    def reflection(self):
        return self.cycle.reflections.get(cluster=self.cluster)


def words(language, text, context=None):
    """A sentence of the interface in ``language``."""
    with override(language):
        return pgettext(context, text) if context else gettext(text)


def sign_in(page, user, language="en"):
    page.goto(f"/{language}/sign-in/")
    page.locator("input[name=username]").fill(user.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main").get_by_role("button", name=words(language, "Sign in")).click()
    page.wait_for_url(f"**/{language}/")


def sign_out(page, language="en"):
    """Press the header's button, and wait for what follows.

    It does not follow at once: a script first sends or clears what the device keeps.
    """
    with page.expect_navigation(url=f"**/{language}/sign-in/"):
        sign_out_button(page, language).click()


def end_sessions(faults):
    """End everybody's session, as time does.

    What an open page asks for until it finds out is refused, and the browser tells of it.
    """
    faults.expect("status of 401")
    faults.expect(PRESENCE_REFUSED)
    Session.objects.all().delete()


def become_nobody(page, faults):
    """Take the session's cookie away from a page; its goodbye may be refused."""
    faults.expect(PRESENCE_REFUSED)
    page.context.clear_cookies()


def sign_out_button(page, language="en"):
    return page.locator("header").get_by_role(
        "button", name=words(language, "Sign out")
    )


def follow(link):
    """Click on what leads to another page, and wait until that is loaded."""
    with link.page.expect_navigation():
        link.click()


def press(page, language, text):
    """Press the button in the page's main part that says ``text``, and wait for what follows."""
    button = page.locator("main").get_by_role(
        "button", name=words(language, text), exact=True
    )
    follow(button)


def fits(page):
    """Whether the page needs no scrolling sideways."""
    return page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def until(answer, timeout=30):
    """Wait for what the browser does not tell of; returns the last answer."""
    end = time.monotonic() + timeout
    while not answer() and time.monotonic() < end:
        time.sleep(0.1)
    return answer()


def drafts(page):
    """How many texts this browser keeps that may not be on the server yet."""
    return page.evaluate(
        """() => new Promise((resolve, reject) => {
          const request = indexedDB.open("drafts", 1);
          request.onupgradeneeded = () =>
            request.result.createObjectStore("drafts", {keyPath: "name"}).createIndex("at", "at");
          request.onerror = () => reject(request.error);
          request.onsuccess = () => {
            const count = request.result.transaction("drafts").objectStore("drafts").count();
            count.onsuccess = () => { request.result.close(); resolve(count.result); };
          };
        })"""
    )
