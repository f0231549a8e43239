"""People at the form: a browser's connection, cookies and tokens, without the browser."""

import http.client
import json
import uuid
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from assessments.subjects import Subject
from bench.server import BEHIND_TLS, HOST

PATIENCE = 60  # seconds for one reply
BROKEN = (OSError, http.client.HTTPException)
SAVED, CONFLICT, CLOSED = 200, 409, 410


@dataclass(frozen=True)
class Field:
    """An answer as the form knows it: the page's address, and what it is about."""

    url: str
    subject: Subject

    @property
    def key(self):
        return self.subject.key


@dataclass(frozen=True)
class Reply:
    status: int
    body: str

    @property
    def json(self):
        return json.loads(self.body)


class Visitor:
    """One signed-in person: a connection that is kept, cookies, and a token for forms."""

    def __init__(self, port, email):
        self.port = port
        self.email = email
        self.cookies = {}
        self.hidden = {}  # the hidden fields of the form that was loaded last
        self._connection = None

    def another(self):
        """The same person, signed in by the same session, on a connection of their own."""
        twin = Visitor(self.port, self.email)
        twin.cookies = dict(self.cookies)
        twin.hidden = dict(self.hidden)
        return twin

    # What a person does ---------------------------------------------------------------

    def sign_in(self, password):
        self.load("/en/sign-in/")
        reply = self.post(
            "/en/sign-in/",
            self.with_token({"username": self.email, "password": password}),
        )
        if reply.status != 302 or not any("session" in name for name in self.cookies):
            raise RuntimeError(f"{self.email} cannot sign in: {reply.status}")

    def load(self, url):
        """Open a page that has a form, and take over what is hidden in it."""
        reply = self.ask("GET", url)
        if reply.status != 200:
            raise RuntimeError(f"{url}: {reply.status}")
        fields = HiddenFields()
        fields.feed(reply.body)
        self.hidden = fields.found

    def save(self, field, text, version, *, operation_id=None):
        """Send one answer as the form's script does while it is typed; returns the reply.

        Raises what broke the connection, when the reply was lost on the way.
        """
        data = self.with_token(
            {
                "page_of": self.hidden["page_of"],
                "written_in": "en",
                "operation_id": operation_id or uuid.uuid4(),
                f"{field.key}-version": version,
                f"{field.key}-text": text,
            }
        )
        reply = self.post(field.url, data, Accept="application/json")
        if reply.status not in {SAVED, CONFLICT, CLOSED}:
            raise RuntimeError(
                f"a save was answered {reply.status}: {reply.body[:200]}"
            )
        return reply

    # How it travels -------------------------------------------------------------------

    def with_token(self, data):
        return {"csrfmiddlewaretoken": self.hidden["csrfmiddlewaretoken"], **data}

    def post(self, url, data, **headers):
        return self.ask(
            "POST",
            url,
            body=urlencode(data),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"https://{HOST}:{self.port}",
                **headers,
            },
        )

    def ask(self, method, url, *, body=None, headers=None):
        """A request on the kept connection, and on a new one where the server had hung up.

        A browser does the same, and may: the server closes what was idle before it reads on.
        """
        if self._connection is not None:
            try:
                return self._exchange(method, url, body, headers or {})
            except (ConnectionError, http.client.RemoteDisconnected):
                self.hang_up()
        return self._exchange(method, url, body, headers or {})

    def _exchange(self, method, url, body, headers):
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                HOST, self.port, timeout=PATIENCE
            )
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            self._connection.request(
                method, url, body, {**BEHIND_TLS, "Cookie": cookies, **headers}
            )
            response = self._connection.getresponse()
            text = response.read().decode()
        except BaseException:
            self.hang_up()
            raise
        for header in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
        return Reply(response.status, text)

    def hang_up(self):
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class HiddenFields(HTMLParser):
    """The names and values of a page's hidden inputs; of a name that is there twice, the first."""

    def __init__(self):
        super().__init__()
        self.found = {}

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "input" and attributes.get("type") == "hidden":
            self.found.setdefault(attributes["name"], attributes.get("value", ""))
