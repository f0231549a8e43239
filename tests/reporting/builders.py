"""A submitted self-reflection on the published framework, with answers in both languages."""

import datetime
from itertools import cycle, islice

from django.conf import settings
from django.utils import timezone

from assessments import snapshot
from assessments.models import (
    CLOSING_QUESTIONS,
    OUTCOME_TEXT_QUESTIONS,
    Answer,
    Cycle,
    FactorChoice,
    MethodChoice,
    Profession,
    Question,
    SelfReflection,
    SignsChoice,
    Submission,
)
from assessments.selectors import load_sheet
from frameworks import exchange
from organisations import loading
from organisations.models import Cluster, Membership, Role, User

FIXTURES = settings.BASE_DIR / "fixtures"
# Each sentence is there once, so that an order can be told; the numbers are filled in.
WELSH = (
    "Sylw {}: mae'r tŷ yn y dŵr yn Ŵyr Ŷd, a'r grŵp yn gweithio'n dda â'i gilydd bob wythnos. "
    "Gŵyr pawb fod y gŵyn wedi'i hateb.\n\nAil baragraff {}: tîm, rôl, môr, ôl, sïon, copïo."
)
ENGLISH = (
    'Comment {}: the team meets every week & keeps < notes > of "what" it\'s agreed.\n'
    "A second line {}, with a dash – and an ellipsis…"
)
# Every kind of answer, "not answered" among them, in a pattern that differs between levels.
CRITERION_CHOICES = ["met", "met", "partly_met", "met", "not_yet_met", "met", "", "met"]


class Author:
    """Writes numbered sentences, in Welsh and in English by turns."""

    def __init__(self):
        self.number = 0

    def write(self):
        self.number += 1
        if self.number % 2:
            return {"text": WELSH.format(self.number, self.number), "language": "cy"}
        return {"text": ENGLISH.format(self.number, self.number), "language": "en"}


def build_reflection():
    """A draft of the May 2022 edition, for Afan, with its lead; nothing answered yet."""
    edition, _is_new = exchange.load((FIXTURES / "framework-2022-05.json").read_bytes())
    loading.load((FIXTURES / "organisations.json").read_bytes())
    cluster = Cluster.objects.order_by("code").first()
    now = timezone.now()
    a_cycle = Cycle.objects.create(
        code="2026",
        name_cy="Cylch Hydref 2026",
        name_en="Autumn 2026 cycle",
        edition=edition,
        opens_at=now - datetime.timedelta(days=30),
        closes_at=now + datetime.timedelta(days=30),
        opened_at=now - datetime.timedelta(days=30),
    )
    lead = User.objects.create(email="lead@example.org")
    Membership.objects.create(user=lead, role=Role.CLUSTER_LEAD, cluster=cluster)
    reflection = SelfReflection.objects.create(
        cycle=a_cycle, cluster=cluster, state=SelfReflection.State.DRAFT
    )
    return reflection, lead


def answer_everything(reflection, write):
    """Answer every question but some criteria; ``write`` returns a text and its language."""
    sheet = load_sheet(reflection)
    answers = [
        Answer(
            question=Question.PARTICIPANTS,
            choice=" ".join(Profession.values[:4]),
            **write(),
        ),
        Answer(question=Question.METHOD, choice=MethodChoice.FACILITATED),
        Answer(question=Question.HELD_ON, dated_on=datetime.date(2026, 2, 3)),
        Answer(question=Question.ABOUT_CLUSTER, **write()),
    ]
    for at, outcome in enumerate(sheet.outcomes):
        uses_levels = outcome.module.uses_levels
        choices = CRITERION_CHOICES if uses_levels else [*SignsChoice.values, ""]
        chosen = islice(cycle(choices), at, None)
        for criterion, choice in zip(outcome.criteria, chosen, strict=False):
            words = write() if criterion.number % 3 == 1 and choice else {}
            answers.append(Answer(criterion=criterion, choice=choice, **words))
        if uses_levels and at != 1:
            answers += [
                Answer(
                    outcome=outcome.outcome,
                    question=Question.OWN_LEVEL,
                    choice=str(at % 4),
                    **write(),
                ),
                Answer(
                    outcome=outcome.outcome, question=Question.TARGET_LEVEL, choice="3"
                ),
            ]
        for question in OUTCOME_TEXT_QUESTIONS:
            date = (
                datetime.date(2027, 3, 31) if question == Question.NEXT_STEPS else None
            )
            answers.append(
                Answer(
                    outcome=outcome.outcome, question=question, dated_on=date, **write()
                )
            )
    for factor, choice in zip(
        sheet.enabling_factors, cycle(FactorChoice.values), strict=False
    ):
        answers.append(Answer(enabling_factor=factor, choice=choice, **write()))
    answers += [Answer(question=question, **write()) for question in CLOSING_QUESTIONS]
    for answer in answers:
        answer.reflection = reflection
        answer.version = 1
    Answer.objects.bulk_create(answers)


def build_submission(write=None):
    """A submission with every kind of answer; ``write`` as for ``answer_everything``."""
    reflection, lead = build_reflection()
    answer_everything(reflection, write or Author().write)
    return submit(reflection, lead)


def submit(reflection, lead):
    """Freeze ``reflection`` as it is; the service, which asks who may, has tests of its own."""
    content = snapshot.canonical(snapshot.build(load_sheet(reflection)))
    return Submission.objects.create(
        reflection=reflection,
        number=1,
        content=content,
        content_hash=snapshot.digest(content),
        submitted_at=datetime.datetime(2026, 11, 30, 16, 45, tzinfo=datetime.UTC),
        submitted_by=lead,
    )
