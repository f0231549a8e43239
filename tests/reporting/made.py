"""A small world in which every document has something to say, and how each document is had."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from assessments.models import Action, Question
from organisations.models import User
from peerreview.models import ActionOrigin
from reporting.models import Commentary, Learned
from tests.factories import ClusterFactory, SelfReflectionFactory, UserFactory
from tests.peerreview.said import agree, annotate, find, reply
from tests.peerreview.world import Phase, ReviewWorld, build_review_world
from tests.remembering import remembered
from tests.reporting.builders import ENGLISH, WELSH
from tests.reporting.learned_pages import published, this_year
from tests.steps import (
    add_link,
    answer_all,
    outcome_of,
    question_subject,
    save,
    submit,
    words_of,
)
from tests.steps import entry as answer

LANGUAGES = {"cy": ("cy",), "en": ("en",), "both": ("cy", "en")}
ANSWERED = (
    Question.GOING_WELL,
    Question.IN_THE_WAY,
    Question.SUPPORT_NEEDED,
    Question.NEXT_STEPS,
)


@dataclass
class Everything:
    """A review around a submission, and what people wrote: texts with their language, by where."""

    review: ReviewWorld
    answers: list[tuple[str, str]]
    said: list[tuple[str, str]]
    commentary: list[tuple[str, str]]

    @property
    def submission(self):
        return self.review.submission

    @property
    def lead(self):
        return self.review.lead


class Author:
    """Writes numbered texts, in Welsh and in English by turns, and knows what it wrote."""

    def __init__(self, first):
        self.number, self.written = first, []

    def write(self, code=None):
        self.number += 1
        code = code or ("cy" if self.number % 2 else "en")
        self.written.append((self.text(code), code))
        return {"text": self.text(code), "language": code}

    def text(self, code):
        return (WELSH if code == "cy" else ENGLISH).format(self.number, self.number)


@remembered
def everything(reflection, lead, contributor, officer, other_officer, national):
    cast = (reflection, lead, contributor, officer, other_officer, national)
    return build_everything(*cast, authors=[Author(100), Author(200), Author(300)])


def build_everything(
    reflection, lead, contributor, officer, other_officer, national, *, authors
):
    answers, said, commentary = authors
    answer_all(reflection, by=lead)
    for number, question in enumerate(ANSWERED):
        words = answers.write()
        subject = question_subject(reflection, question, number=1 + number % 2)
        save(
            reflection,
            answer(subject, words["text"]),
            by=lead,
            language=words["language"],
        )
    reflection.refresh_from_db()
    for code in LANGUAGES["both"]:
        add_link(reflection, by=lead, language=code)
    submit(reflection, by=lead)
    review = build_review_world(
        reflection=reflection,
        lead=lead,
        contributor=contributor,
        officer=officer,
        other_officer=other_officer,
        national=national,
    )
    review.put_into(Phase.AGREEING)
    outcome = outcome_of(reflection)
    remark = annotate(review, **said.write(), outcome=outcome)
    annotate(review, **said.write(), choice="suggestion")
    annotate(review, **said.write(), choice="good_practice", outcome=outcome)
    find(review, **said.write())
    find(review, **said.write(), part="notes", choice="", outcome=None)
    agree(review, 2)
    reply(review, remark, "accept", said.write("en")["text"])
    action = Action.objects.create(
        reflection=reflection, **said.write(), owner=lead, added_by=review.facilitator
    )
    ActionOrigin.objects.create(action=action, review=review.review)
    for exhibit in ("", "distribution"):
        words = commentary.write()
        Commentary.objects.create(
            scope="board-7A0",
            cycle=reflection.cycle,
            exhibit=exhibit,
            written_for=words["language"],
            choice="shown",
            version=1,
            shared_at=timezone.now(),
            **words,
        )
    return Everything(review, answers.written, said.written, commentary.written)


# The documents ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Made:
    """One kind of document: ``had(client, world, language)`` asks for it as a person does."""

    had: object
    written: object = lambda world: []  # the texts in it, with their languages


def _of_submission(name):
    def had(client, world, language):
        submission = world.submission
        where = submission.reflection
        client.force_login(User.objects.get(pk=world.lead.pk))
        return client.get(
            reverse(
                name,
                args=[
                    where.cycle.code,
                    where.cluster.code,
                    submission.number,
                    language,
                ],
            )
        )

    return had


def _of_review(client, world, language):
    review = world.review
    client.force_login(User.objects.get(pk=review.national.pk))
    cluster = review.review.reflection.cluster.code
    return client.get(
        reverse(
            "reporting:review_record_pdf", args=[review.round.code, cluster, language]
        )
    )


def _of_group(client, world, language):
    review = world.review
    client.force_login(User.objects.get(pk=review.national.pk))
    number = review.group.number
    return client.get(
        reverse(
            "reporting:group_record_pdf", args=[review.round.code, number, language]
        )
    )


def _of_scope(name, scope):
    def had(client, world, language):
        client.force_login(User.objects.get(pk=world.review.national.pk))
        return client.get(reverse(name, args=[scope, language]))

    return had


def _draft(client, world, language):
    """Of a cluster that has sent nothing yet."""
    sent = world.submission.reflection
    cluster = ClusterFactory(
        code=f"draft-{language}",
        name_cy="Ystwyth",
        name_en="Ystwyth",
        health_board=sent.cluster.health_board,
    )
    lead = UserFactory(lead_of=cluster)
    draft = SelfReflectionFactory(cycle=sent.cycle, cluster=cluster)
    text, code = world.answers[0]
    save(draft, answer(words_of(draft), text), by=lead, language=code)
    client.force_login(lead)
    where = [sent.cycle.code, cluster.code, language]
    return client.get(reverse("reporting:draft_pdf", args=where))


def _learned(client, world, language):
    """The page of a year, which is begun and published once."""
    national = User.objects.get(pk=world.review.national.pk)
    year = this_year()
    if not Learned.objects.exists():
        published(by=national, entries=2)
    client.force_login(national)
    return client.get(reverse("learned:learned_pdf", args=[year, language]))


def _of_cycle(client, world, language):
    client.force_login(User.objects.get(pk=world.lead.pk))
    cycle = world.submission.reflection.cycle.code
    return client.get(reverse("reporting:worksheet_pdf", args=[cycle, language]))


DOCUMENTS = {
    "full report": Made(_of_submission("reporting:report_pdf"), lambda w: w.answers),
    # Which says nothing of what is in the way.
    "cluster summary": Made(
        _of_submission("reporting:summary_pdf"),
        lambda w: w.answers[:1] + w.answers[2:],
    ),
    "review record": Made(_of_review, lambda w: w.said),
    "record of a group": Made(_of_group, lambda w: w.said),
    "dashboard": Made(
        _of_scope("dashboard:pdf", "board-7A0"), lambda w: w.commentary + w.said[-1:]
    ),
    "board summary": Made(
        _of_scope("dashboard:summary_pdf", "board-7A0"), lambda w: w.commentary
    ),
    "national summary": Made(_of_scope("dashboard:summary_pdf", "wales")),
    "worksheet": Made(_of_cycle),
    "draft": Made(_draft, lambda w: w.answers[:1]),
    "what we learned": Made(_learned),
}
