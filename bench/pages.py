"""How long pages take, beside an empty page in the same process.

Sixty clusters have submitted every answer; one has taken its self-reflection back and works on
it again. Measured are, each for somebody who is signed in:

- ``outcome_form``: the form of the outcome with the most criteria, for the cluster's lead;
- ``contents``: the contents of the same self-reflection, for the same lead;
- ``board``: the page that lists all 60 clusters by 20 outcomes, for a national officer. No
  single board has 60 clusters; a board's own page is made of the same parts, and is shorter.

The floor is a view that draws an empty template, behind the same middleware, for the same lead.
The pages are asked for in turn, so that whatever else the machine does falls on all alike, and
the median counts; ``ratio`` says how many empty pages a page costs. Static files have no hashes
in their names here, because they may not have been collected.
"""

import json
import statistics
import time
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments import services
from assessments.models import (
    CriterionChoice,
    FactorChoice,
    MethodChoice,
    Profession,
    Question,
    SelfReflection,
    SignsChoice,
)
from assessments.selectors import load_sheet
from assessments.subjects import Subject
from bench.world import build, open_cycle, person
from frameworks.models import Outcome
from organisations.models import Role

CLUSTERS = 60
WARM_UP = 3  # rounds that do not count: templates and connections are made ready
TEXT = "Mae'r tîm yn cwrdd bob wythnos ac yn dysgu o'r hyn sy'n gweithio'n dda. " * 3
PLAIN_STATIC_FILES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}


@dataclass(frozen=True)
class Page:
    url: str
    client: Client
    must_hold: str = ""
    times: int = 1  # how often it must hold that


def measure(*, rounds, say):
    """Build the database, and measure each page ``rounds`` times: milliseconds and queries."""
    say("database: framework, organisations and 60 submissions …")
    build()
    with override_settings(ROOT_URLCONF="bench.urls", STORAGES=PLAIN_STATIC_FILES):
        pages = build_pages(say)
        say("queries …")
        queries = {name: count_queries(page) for name, page in pages.items()}
        say(f"{rounds} rounds …")
        times = time_in_turn(pages, rounds)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    floor = medians["empty"]
    return {
        "floor_ms": round(floor, 2),
        "pages": {
            name: {
                "queries": queries[name],
                "ms": round(medians[name], 2),
                "ratio": round(medians[name] / floor, 2),
            }
            for name in pages
            if name != "empty"
        },
    }


# What is measured ---------------------------------------------------------------------


def build_pages(say):
    national_officer = person("national@example.test", Role.NATIONAL_OFFICER)
    cycle = open_cycle(by=national_officer)
    reflections = list(
        cycle.reflections.select_related("cycle", "cluster").order_by("pk")
    )
    if len(reflections) != CLUSTERS:
        raise RuntimeError(f"{len(reflections)} clusters, not {CLUSTERS}")
    leads = [submit(reflection, place) for place, reflection in enumerate(reflections)]
    reflection, lead = reflections[0], leads[0]
    services.withdraw(reflection=reflection, by=lead)
    say(f"{len(leads)} submissions")

    outcome = (
        Outcome.objects.filter(module__edition=cycle.edition)
        .select_related("module")
        .annotate(criterion_count=Count("criteria"))
        .latest("criterion_count")
    )
    place = [cycle.code, reflection.cluster.code]
    as_lead, as_national_officer = signed_in(lead), signed_in(national_officer)
    return {
        "empty": Page(reverse("empty"), as_lead),
        "outcome_form": Page(
            reverse(
                "assessments:outcome_edit",
                args=[*place, outcome.module.code, outcome.number],
            ),
            as_lead,
            must_hold="<fieldset",
            times=outcome.criterion_count,
        ),
        "contents": Page(
            reverse("assessments:reflection_detail", args=place),
            as_lead,
            must_hold=reflection.cluster.name,
        ),
        "board": Page(
            reverse("reporting:national", args=[cycle.code]),
            as_national_officer,
            must_hold='<th scope="row" abbr=',
            times=CLUSTERS,
        ),
    }


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def submit(reflection, place):
    """Answer everything, each cluster a little otherwise, and submit it; returns the lead."""
    lead = person(
        f"lead{place}@example.test", Role.CLUSTER_LEAD, cluster=reflection.cluster
    )
    services.save_answers(
        reflection=reflection,
        entries=entries(load_sheet(reflection), place),
        language="cy",
        operation_id=uuid.uuid4(),
        by=lead,
    )
    reflection = SelfReflection.objects.get(pk=reflection.pk)
    services.submit(reflection=reflection, by=lead, incomplete_confirmed=True)
    return lead


def entries(sheet, place):
    """An entry for everything that can be answered; ``place`` makes the choices differ."""

    def entry(subject, **content):
        return services.Entry(subject=subject, base_version=0, **content)

    def one_of(choices, number):
        return choices.values[(number * 7 + place * 5) % len(choices)]

    yielded = [
        entry(
            Subject(question=Question.PARTICIPANTS),
            choice=Profession.PHARMACY,
            text=TEXT,
        ),
        entry(Subject(question=Question.METHOD), choice=MethodChoice.FACILITATED),
        entry(Subject(question=Question.HELD_ON), dated_on=timezone.localdate()),
        entry(Subject(question=Question.ABOUT_CLUSTER), text=TEXT),
        entry(Subject(question=Question.SUPPORT_OVERALL), text=TEXT),
        entry(Subject(question=Question.ANYTHING_ELSE), text=TEXT),
    ]
    for outcome in sheet.outcomes:
        choices = CriterionChoice if outcome.module.uses_levels else SignsChoice
        yielded += [
            entry(
                Subject(criterion_id=criterion.pk),
                choice=one_of(choices, criterion.pk),
                text=TEXT,
            )
            for criterion in outcome.criteria
        ]
        level = str((outcome.outcome.number + place) % 4)
        questions = {
            Question.GOING_WELL: {"text": TEXT},
            Question.IN_THE_WAY: {"text": TEXT},
            Question.SUPPORT_NEEDED: {"text": TEXT},
            Question.NEXT_STEPS: {"text": TEXT},
        }
        if outcome.module.uses_levels:
            questions[Question.OWN_LEVEL] = {"choice": level, "text": TEXT}
        yielded += [
            entry(Subject(outcome_id=outcome.outcome.pk, question=question), **content)
            for question, content in questions.items()
        ]
    yielded += [
        entry(
            Subject(enabling_factor_id=factor.pk),
            choice=one_of(FactorChoice, factor.pk),
            text=TEXT,
        )
        for factor in sheet.enabling_factors
    ]
    return yielded


# Measuring ----------------------------------------------------------------------------


def ask(page):
    """Get ``page``; an error or a page without what it is about would be quick, and a lie."""
    response = page.client.get(page.url)
    found = response.content.decode().count(page.must_hold)
    if response.status_code != 200 or found < page.times:
        raise RuntimeError(
            f"{page.url}: {response.status_code}, {found} times {page.must_hold!r}"
        )


def count_queries(page):
    ask(page)
    with CaptureQueriesContext(connection) as captured:
        ask(page)
    return len(captured)


def time_in_turn(pages, rounds):
    times = {name: [] for name in pages}
    for number in range(-WARM_UP, rounds):
        for name, page in pages.items():
            began = time.perf_counter()
            page.client.get(page.url)
            taken = (time.perf_counter() - began) * 1000
            if number >= 0:
                times[name].append(taken)
    return times


# Telling ------------------------------------------------------------------------------


def as_json(measured):
    return json.dumps(measured)


def as_table(measured):
    lines = [f"{'page':<14}{'queries':>8}{'ms':>10}{'ratio':>8}"]
    lines += [
        f"{name:<14}{page['queries']:>8}{page['ms']:>10.2f}{page['ratio']:>8.2f}"
        for name, page in measured["pages"].items()
    ]
    return "\n".join(
        [*lines, f"{'(empty page)':<14}{'':>8}{measured['floor_ms']:>10.2f}"]
    )
