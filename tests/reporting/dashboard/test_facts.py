"""The long file of every fact, against a slow and obvious reading of all there is."""

import json
import random
import tracemalloc

import pytest
from django.urls import reverse

from assessments import services
from assessments.models import (
    Action,
    AgreedLevel,
    Cycle,
    FactorChoice,
    IndicatorValue,
    Question,
    SelfReflection,
    SignsChoice,
    SubmittedNeed,
)
from assessments.models.choices import CriterionChoice
from assessments.standing import said_in
from assessments.subjects import Subject
from frameworks.models import Criterion, EnablingFactor, Outcome
from reporting import facts
from reporting.api.streams import as_lines
from reporting.scopes import EVERYWHERE, scope_of_code
from reporting.table_files import csv_lines
from tests.factories import ClusterFactory, SelfReflectionFactory, UserFactory
from tests.reporting.dashboard.submitted import add_rows
from tests.steps import entry, outcome_of, save, submit

pytestmark = pytest.mark.django_db
CODES = [column.code for column in facts.COLUMNS]


def answer_some(reflection, chance, *, by):
    """Answers to about half of everything."""
    edition = reflection.cycle.edition
    entries = []
    for criterion in Criterion.objects.filter(outcome__module__edition=edition):
        choices = CriterionChoice if criterion.level else SignsChoice
        entries.append(
            entry(
                Subject(criterion_id=criterion.pk), choice=chance.choice(choices.values)
            )
        )
    for outcome in Outcome.objects.filter(
        module__edition=edition, module__uses_levels=True
    ):
        subject = Subject(outcome_id=outcome.pk, question=Question.OWN_LEVEL)
        entries.append(entry(subject, choice=chance.choice("0123")))
    for factor in EnablingFactor.objects.filter(edition=edition):
        choice = chance.choice(FactorChoice.values)
        entries.append(entry(Subject(enabling_factor_id=factor.pk), choice=choice))
    some = [each for each in entries if chance.random() < 0.5] or entries[:1]
    save(reflection, *some, by=by)


def slowly(readable):
    """Every fact, one after the other, where ``readable`` says whose submissions may be read."""
    found = []

    def add(reflection, about=(), **said):
        cluster, cycle = reflection.cluster, reflection.cycle
        module, outcome, level, criterion = [*about, *[None] * (4 - len(about))]
        row = {
            "cycle": cycle.code,
            "edition": cycle.edition.code,
            "health_board": cluster.health_board.code,
            "local_authority": cluster.local_authority.code,
            "cluster": cluster.code,
            "cluster_cy": cluster.name_cy,
            "cluster_en": cluster.name_en,
            "module": module,
            "outcome": outcome,
            "criterion_level": level,
            "criterion": criterion,
        } | said
        found.append(tuple(row.get(code) for code in CODES))

    for reflection in SelfReflection.objects.all():
        submission = reflection.submissions.order_by("number").last()
        if submission is None:
            continue
        for agreed in AgreedLevel.objects.filter(
            submitted_outcome__submission=submission, level__isnull=False
        ):
            outcome = agreed.submitted_outcome.outcome
            about = (outcome.module.code, outcome.number)
            add(
                reflection, about, kind="agreed_level", value=agreed.level, unit="level"
            )
        if reflection.cluster not in readable:
            continue
        content = json.loads(submission.content)
        for module in content["modules"]:
            for outcome in module["outcomes"]:
                about = (module["code"], outcome["number"])
                if outcome["own_level"] is not None:
                    level = outcome["own_level"]
                    add(reflection, about, kind="own_level", value=level, unit="level")
                if (outcome["suggestion"] or {}).get("level") is not None:
                    level = outcome["suggestion"]["level"]
                    add(
                        reflection,
                        about,
                        kind="suggested_level",
                        value=level,
                        unit="level",
                    )
                for criterion in outcome["criteria"]:
                    choice = criterion["answer"]["choice"]
                    whole = (*about, criterion["level"], criterion["number"])
                    kind = "criterion_answer" if module["uses_levels"] else "sign"
                    if choice:
                        add(reflection, whole, kind=kind, value=choice, unit="answer")
        for factor in content["enabling_factors"]:
            if choice := factor["answer"]["choice"]:
                number = str(factor["number"])
                add(
                    reflection,
                    kind="factor",
                    subject=number,
                    value=choice,
                    unit="answer",
                )
        for need in SubmittedNeed.objects.filter(submission=submission):
            about = (need.outcome.module.code, need.outcome.number)
            code, kind = need.tag.code, need.tag.kind
            add(reflection, about, kind=kind, subject=code, value=1, unit="count")
        for action in Action.objects.filter(reflection=reflection):
            about = (action.outcome.module.code, action.outcome.number)
            said = {"subject": action.status, "value": 1, "unit": "count"}
            add(reflection, about, kind="actions", **said)
        for value in IndicatorValue.objects.filter(cluster=reflection.cluster):
            add(
                reflection,
                kind="indicator",
                cycle=None,
                subject=value.indicator.code,
                period="2030-04",
                value=value.numerator * 1000 / value.denominator,
                unit="per_1000",
                numerator=value.numerator,
                denominator=value.denominator,
            )
    return found


@pytest.fixture
def world(request, cycle, board, cluster, lead, officer):
    """Four clusters: two submitted, one agreed as well, one began again, one only writes."""
    chance = random.Random(request.param)  # noqa: S311
    reflections = []
    for number in range(4):
        place = cluster if number == 0 else ClusterFactory(health_board=board)
        reflection = SelfReflectionFactory(cycle=cycle, cluster=place)
        by = lead if number == 0 else UserFactory(lead_of=place)
        answer_some(reflection, chance, by=by)
        if number < 3:
            submit(reflection, by=by)
            add_rows(reflection, by=by)
        reflections.append((reflection, by))
    agreed, _lead = reflections[1]
    services.begin_review(reflection=agreed, by=officer)
    services.record_agreement(
        reflection=agreed,
        by=officer,
        levels={outcome_of(agreed).pk: (3, "They saw it.", "en")},
    )
    again, by = reflections[2]
    services.withdraw(reflection=again, by=by)
    answer_some(again, chance, by=by)
    return [reflection.cluster for reflection, _by in reflections]


def in_order(rows):
    return sorted(map(str, map(tuple, rows)))


@pytest.mark.parametrize("world", [1, 2, 3], indirect=True)
def test_every_fact_is_there_once(world, lead, officer, national, other_officer):
    cycles = list(Cycle.objects.begun())
    readers = {lead: world[:1], officer: world, national: world, other_officer: []}

    for reader, readable in readers.items():
        expected = slowly(readable)
        found = list(facts.of(reader, EVERYWHERE, cycles))

        assert in_order(found) == in_order(expected)
        assert len(expected) > len(readable)


@pytest.mark.parametrize("world", [1], indirect=True)
def test_of_one_scope_and_of_one_kind(world, officer):
    cycles = list(Cycle.objects.begun())
    everything = list(facts.of(officer, EVERYWHERE, cycles))

    of_one = list(facts.of(officer, scope_of_code("cluster-afan"), cycles))
    by_kind = {
        kind: list(facts.of(officer, EVERYWHERE, cycles, kind)) for kind in facts.KINDS
    }

    assert of_one == [
        row for row in everything if row[CODES.index("cluster")] == "afan"
    ]
    assert by_kind == {
        kind: [row for row in everything if row[facts.KIND] == kind]
        for kind in facts.KINDS
    }


@pytest.mark.parametrize("world", [1], indirect=True)
def test_the_file_is_streamed(world, client, officer):
    client.force_login(officer)

    response = client.get(reverse("dashboard:facts_csv", args=["wales"]))

    assert response.streaming
    body = b"".join(response.streaming_content).decode()
    assert body.startswith("\ufeffcycle,edition,health_board,")
    rows = list(facts.of(officer, EVERYWHERE, list(Cycle.objects.begun())))
    assert len(body.splitlines()) == len(rows) + 1


def peak_of(lines):
    """The most memory held at once while ``lines`` are written, in bytes."""
    tracemalloc.start()
    try:
        for _line in lines:
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def rows_of(count):
    return (["2030", "x" * 200, number, *[None] * 15] for number in range(count))


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda rows: csv_lines(facts.COLUMNS, rows), id="csv"),
        pytest.param(
            lambda rows: as_lines(dict(zip(CODES, row, strict=True)) for row in rows),
            id="ndjson",
        ),
    ],
)
def test_a_long_file_takes_no_more_memory_than_a_short_one(write):
    short, long = (peak_of(write(rows_of(count))) for count in (100, 5_000))

    assert long < short + 50_000


@pytest.mark.parametrize("world", [1], indirect=True)
def test_submissions_are_opened_one_by_one(world, officer, monkeypatch):
    """What a reader has not taken yet is not opened: those of all of Wales would be gigabytes."""
    opened = []
    monkeypatch.setattr(
        facts, "said_in", lambda content: opened.append(content) or said_in(content)
    )

    stream = facts.said_of(officer, EVERYWHERE, list(Cycle.objects.begun()))
    next(stream)

    assert len(opened) == 1
    assert len({each["cluster"] for each in stream}) == 3
    assert len(opened) == 3
