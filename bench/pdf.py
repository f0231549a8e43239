"""What documents cost, beside WeasyPrint alone; packs, and what kills and hostile text do to them.

A cluster has answered all 129 criteria and every question, half of the texts in Welsh and half in
English: its full report in one language is the document that is measured.

- ``ratio_to_bare``: the product's way (``press``: a fresh process with limits, drawing, tagging)
  ÷ WeasyPrint alone on the same HTML, style sheet and fonts (``bench/bare.py``: a process that is
  warm), by turns, medians; ``templates_seconds``, from the frozen content to HTML, comes before.
- ``seconds_per_page``, ``peak_mb``: of the product's way; of the process that drew it.
- ``second_request_ms``: asking the page again for a document that was made, as its lead.
- ``pack_speedup``: full reports of 12 clusters as a ZIP file by two workers against one, warm
  (``bench/pdf_packs.py``); ``bare_speedup``: the same documents by two bare processes against one.
- ``lost``, ``duplicated``: documents of such a pack whose worker was killed three times.
- ``hostile``: what a person could write, of each kind the most (``bench/pdf_hostile.py``): whether
  it was drawn or refused, in how many seconds, and the most memory of the process that drew.
"""

import io
import json
import shutil
import statistics
import time
import uuid
from itertools import cycle as around
from pathlib import Path
from unittest.mock import patch

import pikepdf
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
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
from bench.bare import bare
from bench.pdf_hostile import measure_hostile
from bench.pdf_packs import measure_kills, measure_packs
from bench.world import build, open_cycle, person
from organisations.models import Role
from reporting.pdf import rendering
from reporting.pdf.press import press
from reporting.pdf.report import render_report

CRITERIA = 129
PAGES = (15, 50)  # what is measured is about so long
KILLS = 3
PLAIN_STATIC_FILES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
TEXTS = {
    "cy": "Mae'r tîm yn cwrdd bob wythnos, a'r clwstwr ({}) yn dysgu o'r hyn sy'n gweithio'n dda. "
    "Mae'r fferyllfeydd yn y dŵr dyfnaf, ond mae'r tŷ mewn trefn. ",
    "en": "The team meets every week, and the cluster ({}) learns from what works well. The "
    "pharmacies have the most to do – and say so – while the house is in order. ",
}


def measure(*, quick, say):
    clusters, rounds, requests = (3, 2, 5) if quick else (12, 7, 30)
    say("database: framework, organisations, submissions …")
    build()
    national = person("national@example.test", Role.NATIONAL_OFFICER)
    cycle = open_cycle(by=national)
    reflections = cycle.reflections.select_related("cycle", "cluster").order_by("pk")
    submissions = [
        submit(reflection, number)
        for number, reflection in enumerate(reflections[:clusters])
    ]
    jobs = [job_of(submission)[0] for submission in submissions]
    documents = [(job.html, job.css, job.fonts) for job in jobs]
    say(f"one report, {rounds} times each way …")
    measured = {"database": connection.vendor} | measure_one(
        submissions[0], documents[0], rounds
    )
    say(f"  {measured}")
    say("the second request …")
    measured["second_request_ms"] = second_request(submissions[0], requests)
    say("packs by one worker and by two …")
    measured |= measure_packs(
        cycle, national, documents, rounds=1 if quick else 2, empty=empty, say=say
    )
    say("a pack whose worker is killed …")
    measured |= measure_kills(cycle, national, kills=1 if quick else KILLS, empty=empty)
    say(f"  lost {measured['lost']}, twice {measured['duplicated']}")
    say("hostile text …")
    measured |= measure_hostile(submissions[0], most=1_000 if quick else 200_000)
    return measured


def empty():
    """Nothing that was made is there any more."""
    shutil.rmtree(settings.DOCUMENTS_ROOT, ignore_errors=True)
    Path(settings.DOCUMENTS_ROOT).mkdir(parents=True)


# A submission ---------------------------------------------------------------------------------


def submit(reflection, number):
    """Answer everything, by turns in both languages, and submit it."""
    lead = person(
        f"lead{number}@example.test", Role.CLUSTER_LEAD, cluster=reflection.cluster
    )
    written = {"cy": [], "en": []}
    for language, entry in zip(
        around(written), entries(load_sheet(reflection), number), strict=False
    ):
        subject, how, lines = entry
        text = TEXTS[language].format(f"{number}.{subject}") * lines
        written[language].append(
            services.Entry(subject=subject, base_version=0, text=text[:2000], **how)
        )
    for language, its in written.items():
        services.save_answers(
            reflection=reflection,
            entries=its,
            language=language,
            operation_id=uuid.uuid4(),
            by=lead,
        )
    reflection = SelfReflection.objects.get(pk=reflection.pk)
    # Levels that differ from what is suggested are to be confirmed.
    submission = services.submit(
        reflection=reflection, by=lead, incomplete_confirmed=True
    )
    content = json.loads(submission.content)
    if content["answered"] != content["total"]:
        raise RuntimeError(f"{content['answered']} of {content['total']} answered")
    return submission


def entries(sheet, number):
    """What can be answered: its subject, what is chosen, and how often the text is said."""

    def one_of(choices, key):
        return {"choice": choices.values[(key * 7 + number * 5) % len(choices)]}

    yield Subject(question=Question.PARTICIPANTS), {"choice": Profession.PHARMACY}, 1
    yield Subject(question=Question.METHOD), {"choice": MethodChoice.FACILITATED}, 0
    yield Subject(question=Question.HELD_ON), {"dated_on": timezone.localdate()}, 0
    for question in (
        Question.ABOUT_CLUSTER,
        Question.SUPPORT_OVERALL,
        Question.ANYTHING_ELSE,
    ):
        yield Subject(question=question), {}, 3
    criteria = 0
    for outcome in sheet.outcomes:
        choices = CriterionChoice if outcome.module.uses_levels else SignsChoice
        for criterion in outcome.criteria:
            criteria += 1
            # A comment on one in four.
            comment = 1 if criteria % 4 == 0 else 0
            subject = Subject(criterion_id=criterion.pk)
            yield subject, one_of(choices, criterion.pk), comment
        key = outcome.outcome.pk
        if outcome.module.uses_levels:
            level = {"choice": str((outcome.outcome.number + number) % 4)}
            yield Subject(outcome_id=key, question=Question.OWN_LEVEL), level, 1
        for question in (
            Question.GOING_WELL,
            Question.IN_THE_WAY,
            Question.SUPPORT_NEEDED,
            Question.NEXT_STEPS,
        ):
            yield Subject(outcome_id=key, question=question), {}, 1
    for factor in sheet.enabling_factors:
        subject = Subject(enabling_factor_id=factor.pk)
        yield subject, one_of(FactorChoice, factor.pk), 1
    if criteria != CRITERIA:
        raise RuntimeError(f"{criteria} criteria, not {CRITERIA}")


class _Caught(Exception):
    """What was about to be drawn."""


def job_of(submission):
    """The job that the report of ``submission`` in English is, and how long that took to write."""

    def catch(job):
        raise _Caught(job)

    began = time.perf_counter()
    with patch.object(rendering, "press", catch):
        try:
            render_report(submission, languages=("en",))
        except _Caught as caught:
            return caught.args[0], time.perf_counter() - began
    raise RuntimeError("nothing was drawn")


# Measuring ------------------------------------------------------------------------------------


def measure_one(submission, document, rounds):
    ours, alone, templates, memory = [], [], [], 0
    job, _taken = job_of(submission)
    pressed = press(job)  # warm
    pages = page_count(pressed.content)
    if not PAGES[0] <= pages <= PAGES[1]:
        raise RuntimeError(f"{pages} pages")

    def by_us():
        nonlocal memory
        began = time.perf_counter()
        memory = max(memory, press(job).memory)
        ours.append(time.perf_counter() - began)

    with bare() as (process,):
        process.draw([document])  # warm
        for number in range(rounds):
            # Each goes first as often, so that neither has the quieter machine.
            if number % 2:
                by_us()
                alone += process.draw([document])
            else:
                alone += process.draw([document])
                by_us()
            templates.append(job_of(submission)[1])
    ours, alone = statistics.median(ours), statistics.median(alone)
    return {
        "pages": pages,
        "ratio_to_bare": round(ours / alone, 3),
        "seconds_per_page": round(ours / pages, 4),
        "seconds": round(ours, 3),
        "bare_seconds": round(alone, 3),
        "templates_seconds": round(statistics.median(templates), 3),
        "peak_mb": round(memory / 2**20, 1),
    }


def page_count(content):
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def second_request(submission, requests):
    empty()
    client = Client()
    client.force_login(submission.submitted_by)
    reflection = submission.reflection
    place = [reflection.cycle.code, reflection.cluster.code, submission.number, "en"]
    with override_settings(STORAGES=PLAIN_STATIC_FILES):
        url = reverse("reporting:report_pdf", args=place)
        first = client.get(url).content
        times = []
        for _number in range(requests):
            began = time.perf_counter()
            again = client.get(url)
            times.append((time.perf_counter() - began) * 1000)
            if again.content != first or not first.startswith(b"%PDF"):
                raise RuntimeError("another document")
    return round(statistics.median(times), 2)


def as_json(measured):
    return json.dumps(measured)


def as_table(measured):
    return "\n".join(f"{name:<24}{value}" for name, value in measured.items())
