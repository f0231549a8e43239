"""A self-reflection on a running server, twenty-one people at it, and what became of their words.

The people come over HTTP; the database is asked only afterwards.
"""

import json
import uuid
from dataclasses import dataclass
from functools import partial

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.urls import reverse

from assessments import snapshot
from assessments.models import (
    OUTCOME_TEXT_QUESTIONS,
    Answer,
    AnswerVersion,
    SelfReflection,
    StateChange,
)
from assessments.selectors import load_sheet
from assessments.subjects import Subject
from bench import world
from bench.server import Server
from bench.together import at_once
from bench.visitors import CLOSED, CONFLICT, SAVED, Field, Visitor
from frameworks.models import Outcome
from organisations.models import Role

CLIENTS = 20
PASSWORD = uuid.uuid4().hex
State = SelfReflection.State


@dataclass(frozen=True)
class Sent:
    """What a client typed, and the reply that it was given."""

    subject: Subject
    text: str
    status: int
    version: int


@dataclass
class Room:
    """A self-reflection on a running server: its lead, and twenty people at as many answers."""

    reflection: SelfReflection
    server: Server
    lead: Visitor
    people: list[Visitor]
    fields: list[Field]
    versions: list[int]  # of each field, as its person knows it

    def save(self, number, text, **options):
        """One person saves their own answer."""
        field = self.fields[number]
        sent = self.send(
            self.people[number], field, text, self.versions[number], **options
        )
        if sent.status == SAVED:
            self.versions[number] = sent.version
        return sent

    def send(self, visitor, field, text, version, **options):
        reply = visitor.save(field, text, version, **options)
        return Sent(
            field.subject, text, reply.status, reply.json["versions"][field.key]
        )

    def press(self, visitor, name, **data):
        """Press the button that leads to ``name``; what came of it is read from the database."""
        url = address(name, self.reflection)
        reply = visitor.post(url, visitor.with_token(data))
        if reply.status != 302:
            raise RuntimeError(f"{name}: {reply.status} {reply.body[:200]}")

    def submit(self, visitor):
        self.press(visitor, "reflection_submit", incomplete="1")

    def withdraw(self):
        self.press(self.lead, "reflection_withdraw")
        self.expect(State.DRAFT)

    def expect(self, state):
        found = SelfReflection.objects.get(pk=self.reflection.pk).state
        if found != state:
            raise RuntimeError(f"the self-reflection is {found}, not {state}")

    def submissions(self):
        return self.reflection.submissions.all()

    def transitions(self):
        return self.reflection.state_changes.filter(kind=StateChange.Kind.SUBMITTED)


# Making it ready ----------------------------------------------------------------------


def furnish():
    """A cycle that is open, and a cluster with a lead and twenty contributors."""
    world.build()
    officer = world.person("officer@example.test", Role.NATIONAL_OFFICER)
    cycle = world.open_cycle(by=officer)
    reflection = cycle.reflections.select_related("cycle", "cluster").earliest("pk")
    known = {"cluster": reflection.cluster, "password_hash": make_password(PASSWORD)}
    lead, *people = (
        world.person(email, role, **known).email
        for email, role in [
            ("lead@example.test", Role.CLUSTER_LEAD),
            *(
                (f"contributor{number}@example.test", Role.CONTRIBUTOR)
                for number in range(CLIENTS)
            ),
        ]
    )
    return lead, people, reflection


def enter(server, lead, people, reflection):
    """Sign everybody in, and open the form; several people sit at each of its pages."""
    outcomes = Outcome.objects.filter(module__edition=reflection.cycle.edition)
    fields = [
        Field(
            address("outcome_edit", reflection, outcome.module.code, outcome.number),
            Subject(outcome_id=outcome.pk, question=question),
        )
        for outcome in outcomes.select_related("module").order_by("pk")
        for question in OUTCOME_TEXT_QUESTIONS
    ][:CLIENTS]
    visitors = [Visitor(server.port, email) for email in (lead, *people)]

    def come(visitor, field):
        visitor.sign_in(PASSWORD)
        visitor.load(field.url)

    at_once(
        partial(come, visitor, field)
        for visitor, field in zip(visitors, [fields[0], *fields], strict=True)
    )
    room = Room(reflection, server, visitors[0], visitors[1:], fields, [0] * CLIENTS)
    room.save(0, "A beginning.")  # which makes it a draft
    return room


def address(name, reflection, *more):
    place = [reflection.cycle.code, reflection.cluster.code, *more]
    return reverse(f"assessments:{name}", args=place)


# What the database says ---------------------------------------------------------------


def missing(reflection, sent):
    """Those of ``sent`` that are not in the history as the reply said: accepted or refused."""
    refusals = {
        SAVED: "",
        CONFLICT: AnswerVersion.Refusal.STALE,
        CLOSED: AnswerVersion.Refusal.CLOSED,
    }
    kept = {
        (Subject.of(row.answer), row.text, row.refusal, row.version)
        for row in AnswerVersion.objects.filter(
            answer__reflection=reflection
        ).select_related("answer")
    }
    return [
        one
        for one in sent
        if (
            *(one.subject, one.text, refusals[one.status]),
            one.version if one.status == SAVED else None,
        )
        not in kept
    ]


def changes_since(submission):
    """How many places of the answers differ from what ``submission`` froze."""
    if snapshot.digest(submission.content) != submission.content_hash:
        raise RuntimeError("a submission does not have its hash")
    reflection = SelfReflection.objects.get(pk=submission.reflection_id)
    now = json.loads(snapshot.canonical(snapshot.build(load_sheet(reflection))))
    frozen = json.loads(submission.content)
    return differences({name: frozen[name] for name in now}, now)


def differences(one, other):
    """In how many leaves two pieces of plain data differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return sum(
            differences(one.get(name), other.get(name)) for name in {*one, *other}
        )
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return sum(map(differences, one, other))
    return int(one != other)


def check_integrity(reflection):
    """Every answer says what its newest version says, and no version is left out."""
    histories = {}
    accepted = AnswerVersion.objects.filter(answer__reflection=reflection, refusal="")
    for row in accepted.order_by("version"):
        histories.setdefault(row.answer_id, []).append(row)
    for answer in Answer.objects.filter(reflection=reflection):
        rows = histories.get(answer.pk, [])
        numbers = [row.version for row in rows]
        if numbers != list(range(1, answer.version + 1)):
            raise RuntimeError(f"answer {answer.pk}: versions are left out")
        if rows and rows[-1].content != answer.content:
            raise RuntimeError(f"answer {answer.pk} is not its newest version")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            if (found := cursor.fetchall()) != [("ok",)]:
                raise RuntimeError(f"SQLite: {found}")
            cursor.execute("PRAGMA foreign_key_check")
            if found := cursor.fetchall():
                raise RuntimeError(f"SQLite: {found}")
