"""What the dashboard of Wales costs with 60, 600 and 6,000 clusters over four cycles, on PostgreSQL.

Sixty are the real clusters; above that they are invented. What is stored of submissions (levels,
signs, counts of criteria, needs) and the figures of all indicators are written straight into the
tables. Each size has a database of its own on one server, and is asked in turn, for a national
officer, so that whatever else the machine does falls on all alike; the median counts.

- ``queries``: the most that any view of the dashboard asks, the list of files too;
- ``heat_map_ms``: the whole page of the heat map, which has sixty clusters;
- ``ratio_to_table``: asking the database for the heat map and drawing its table, without the page
  around it, divided by drawing the same template from the rows that are ready. Both in one process,
  with the same cells remembered, in turn; the medians are divided;
- ``summary_ms``: the overview, which has no heat map.
"""

import json
import statistics
import time

from django.conf import settings
from django.db import connection
from django.template.loader import get_template
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from bench.dashboard_world import fill, open_cycles
from bench.databases import copies, using
from bench.world import build, person
from organisations.models import Role, User
from reporting.exhibits import Page
from reporting.heat_map import load_heat_map
from reporting.scopes import EVERYWHERE
from reporting.selectors import begun_cycles, current_cycle
from reporting.views.levels import heat_map_context
from reporting.views.loading import VIEWS

SIZES = (60, 600, 6_000)
ROUNDS = 15
WARM_UP = 2  # times that do not count, after each change of the database
A_PAGE = 60
TABLE = "reporting/_heat_map.html"
MEASURED = ("heat_map", "loaded_table", "table", "summary")
PLAIN_STATIC_FILES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}


def measure(*, say):
    say("database: framework, organisations, four cycles …")
    build()
    national_officer = person("national@example.test", Role.NATIONAL_OFFICER)
    open_cycles()
    databases = {size: f"bench_{size}" for size in SIZES}
    copies(databases.values())
    for size, name in databases.items():
        say(f"{size} clusters …")
        with using(name):
            fill(size, by=national_officer)
            connection.cursor().execute("ANALYZE")
    with override_settings(STORAGES=PLAIN_STATIC_FILES):
        queries = {}
        for size, name in databases.items():
            with using(name):
                queries[size] = most_queries(signed_in(), say)
        say(f"{ROUNDS} rounds …")
        times = {size: {what: [] for what in MEASURED} for size in SIZES}
        for _round in range(ROUNDS):
            for size, name in databases.items():
                with using(name):
                    for what, taken in once(signed_in()).items():
                        times[size][what].append(taken)
    return {str(size): figures(queries[size], times[size]) for size in SIZES}


def figures(queries, times):
    medians = {what: statistics.median(taken) for what, taken in times.items()}
    return {
        "queries": queries,
        "heat_map_ms": round(medians["heat_map"], 1),
        "ratio_to_table": round(medians["loaded_table"] / medians["table"], 2),
        "summary_ms": round(medians["summary"], 1),
    }


def signed_in():
    client = Client()
    client.force_login(User.objects.get(email="national@example.test"))
    return client


def most_queries(client, say):
    """The most that any view of Wales asks for."""
    counts = {}
    for view in VIEWS:
        ask(client, EVERYWHERE.url(view))
        with CaptureQueriesContext(connection) as captured:
            ask(client, EVERYWHERE.url(view))
        counts[view] = len(captured)
    say(", ".join(f"{view} {count}" for view, count in counts.items()))
    return max(counts.values())


def ask(client, url):
    """Get a page; one without what it is about would be quick, and a lie."""
    response = client.get(url)
    if response.status_code != 200:
        raise RuntimeError(f"{url}: {response.status_code}")
    return response


def once(client):
    """Milliseconds of each page, and of the heat map's table drawn from what that page loaded."""
    taken = {}
    for what, url in (
        ("heat_map", EVERYWHERE.url("levels")),
        ("summary", EVERYWHERE.url()),
    ):
        for _time in range(WARM_UP):
            response = ask(client, url)
        taken[what] = milliseconds(lambda: client.get(url))  # noqa: B023 (called at once)
        if what == "heat_map":
            if response.content.count(b'<th scope="row" abbr=') != A_PAGE:
                raise RuntimeError(f"{url}: not {A_PAGE} clusters")
            table, reader = get_template(TABLE), who_and_when()
            context = table_context(*reader)
            table.render(context)
            taken["table"] = milliseconds(lambda: table.render(context))  # noqa: B023
            taken["loaded_table"] = milliseconds(
                lambda: table.render(table_context(*reader))  # noqa: B023
            )
    return taken


def who_and_when():
    """The reader, with their memberships, and the cycles: known to any page before it begins."""
    user = User.objects.get(email="national@example.test")
    user.has_role(Role.NATIONAL_OFFICER)
    return user, begun_cycles()


def table_context(user, cycles):
    """What the heat map's template needs, all of it loaded."""
    page = Page(user, EVERYWHERE, current_cycle(cycles), cycles)
    return heat_map_context(page, load_heat_map(page)) | {"page": page}


def milliseconds(action):
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def as_json(measured):
    return json.dumps(measured)


def as_table(measured):
    names = list(next(iter(measured.values())))
    lines = ["clusters" + "".join(f"{name:>16}" for name in names)]
    lines += [
        f"{size:>8}" + "".join(f"{figures[name]:>16}" for name in names)
        for size, figures in measured.items()
    ]
    return "\n".join(lines)
