"""A self-reflection's life in random order: nothing is lost, and nothing sent ever changes."""

import datetime
import hashlib
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assessments import history, services
from assessments.models import (
    Answer,
    AnswerVersion,
    Question,
    ReturnReason,
    ReviewAccess,
    SelfReflection,
)
from assessments.services import NotNow
from assessments.subjects import Subject
from frameworks.models import Criterion, Outcome
from organisations.models import AuditEvent, Membership, User
from tests.factories import CycleFactory, SelfReflectionFactory, UserFactory, thawed
from tests.steps import State, entry, outcome_of, save

pytestmark = pytest.mark.django_db

# The only ways from one state to another, by what was done.
WAYS = {
    "save": {State.NOT_STARTED: State.DRAFT, State.DRAFT: State.DRAFT},
    "submit": {State.DRAFT: State.SUBMITTED},
    "withdraw": {State.SUBMITTED: State.DRAFT},
    "return": {State.SUBMITTED: State.DRAFT},
    "review": {State.SUBMITTED: State.IN_REVIEW},
    "agree": {State.SUBMITTED: State.AGREED, State.IN_REVIEW: State.AGREED},
    # by the facilitator of a peer review
    "return_reviewed": {State.IN_REVIEW: State.DRAFT},
    "agree_reviewed": {State.IN_REVIEW: State.AGREED},
}
CHANGES = {
    (before, after)
    for ways in WAYS.values()
    for before, after in ways.items()
    if before != after
} | {(state, State.CLOSED) for state in State if state != State.CLOSED}

SUBJECTS = [
    Subject(question=Question.ABOUT_CLUSTER),
    Subject(question=Question.SUPPORT_OVERALL),
    Subject(question=Question.ANYTHING_ELSE),
]
# What cannot be done once the closing hour has passed.
IN_TIME = {"save", "submit", "withdraw", "return", "return_reviewed"}
DAY = datetime.timedelta(days=1)
subjects = st.sampled_from(SUBJECTS)
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12
)


class SelfReflectionLife(RuleBasedStateMachine):
    """What the model believes stands here; the invariants compare it with the database."""

    cast = None  # the people and the framework, given by the test

    def __init__(self):
        super().__init__()
        self.reflection = SelfReflectionFactory(
            cycle=CycleFactory(edition=self.cast["edition"]),
            cluster=self.cast["cluster"],
        )
        self.state = State.NOT_STARTED
        self.current = dict.fromkeys(SUBJECTS, ("", 0))
        self.pasts = {subject: [""] for subject in SUBJECTS}  # texts by version
        self.acknowledged = set()
        self.sent = []
        self.is_over = False
        self.has_left = False
        self.has_facilitator = False
        self.extensions = 0
        self.asked = []  # reasons of outcomes, by return
        Membership.objects.filter(user=self.cast["contributor"]).update(ended_at=None)

    def may(self, what):
        return self.state in WAYS[what] and not (self.is_over and what in IN_TIME)

    def send(self, subject, text, base, writer):
        # What people are is remembered as long as the object lives: a request has a new one.
        by = User.objects.get(pk=self.cast[writer].pk)
        if writer == "contributor" and self.has_left:
            with pytest.raises(PermissionDenied):
                save(self.reflection, entry(subject, text, base=base), by=by)
            return
        saved = save(self.reflection, entry(subject, text, base=base), by=by)
        now, version = self.current[subject]
        says_nothing_new = text in (now, *self.pasts[subject][base : base + 1])
        if says_nothing_new:
            assert (saved.changed, saved.conflicts, saved.closed) == ([], [], [])
            return
        self.acknowledged.add((subject, text))
        if not self.may("save"):
            assert [late.text for late in saved.closed] == [text]
        elif base != version:
            assert [conflict.entry.text for conflict in saved.conflicts] == [text]
        else:
            assert saved.changed == [subject]
            self.current[subject] = (text, version + 1)
            self.pasts[subject].append(text)
            self.state = WAYS["save"][self.state]

    @rule(subject=subjects, text=texts, writer=st.sampled_from(["lead", "contributor"]))
    def save_from_the_newest_version(self, subject, text, writer):
        self.send(subject, text, self.current[subject][1], writer)

    @rule(
        subject=subjects,
        text=texts,
        age=st.integers(1, 3),
        writer=st.sampled_from(["lead", "contributor"]),
    )
    def save_from_an_older_version(self, subject, text, age, writer):
        self.send(subject, text, max(0, self.current[subject][1] - age), writer)

    @precondition(lambda self: self.acknowledged)
    @rule(data=st.data(), writer=st.sampled_from(["lead", "contributor"]))
    def restore(self, data, writer):
        """What was once accepted or refused comes back as a new version."""
        subject, text = data.draw(
            st.sampled_from(
                sorted(self.acknowledged, key=lambda kept: (str(kept[0]), kept[1]))
            )
        )
        self.send(subject, text, self.current[subject][1], writer)

    @precondition(lambda self: self.acknowledged)
    @rule()
    def the_contributor_leaves_or_comes_back(self):
        self.has_left = not self.has_left
        ended_at = timezone.now() if self.has_left else None
        Membership.objects.filter(user=self.cast["contributor"]).update(
            ended_at=ended_at
        )

    @precondition(lambda self: self.acknowledged)
    @rule()
    def the_closing_hour_passes(self):
        now = timezone.now()
        type(self.reflection.cycle).objects.filter(pk=self.reflection.cycle_id).update(
            closes_at=now
        )
        SelfReflection.objects.filter(
            pk=self.reflection.pk, extended_to__isnull=False
        ).update(extended_to=now)
        self.is_over = True

    @rule(days=st.integers(1, 20))
    def extend(self, days):
        reflection = SelfReflection.objects.get(pk=self.reflection.pk)

        def do():
            services.grant_extension(
                reflection=reflection,
                closes_at=reflection.closes_at + days * DAY,
                reason="Salwch.",
                language="cy",
                by=self.cast["officer"],
            )

        if self.state not in WAYS["save"]:
            with pytest.raises(NotNow):
                do()
        elif reflection.closes_at + days * DAY > reflection.cycle.closes_at + 60 * DAY:
            with pytest.raises(services.NoExtension):
                do()
        else:
            do()
            self.extensions += 1
            self.is_over = False

    @rule(number=st.integers(1, 9))
    def the_framework_s_words_are_corrected(self, number):
        edition = self.cast["edition"]
        with thawed():
            Outcome.objects.filter(module__edition=edition).update(
                title_cy=f"Teitl {number}", title_en=f"Title {number}"
            )
            Criterion.objects.filter(outcome__module__edition=edition).update(
                text_cy=f"Maen prawf {number}", text_en=f"Criterion {number}"
            )

    @precondition(lambda self: len(self.sent) > 1)
    @rule()
    def a_facilitator_comes_or_goes(self):
        self.has_facilitator = not self.has_facilitator
        now = timezone.now()
        if self.has_facilitator:
            ReviewAccess.objects.create(
                reflection=self.reflection,
                user=self.cast["facilitator"],
                role=ReviewAccess.Role.FACILITATOR,
                starts_at=now - DAY,
                ends_at=now + DAY,
            )
        else:
            ReviewAccess.objects.filter(reflection=self.reflection).delete()

    def try_to(self, what, do):
        if self.may(what):
            done = do()
            self.state = WAYS[what][self.state]
            return done
        with pytest.raises(NotNow):
            do()
        return None

    @rule()
    def submit(self):
        submission = self.try_to(
            "submit",
            lambda: services.submit(
                reflection=self.reflection,
                by=self.cast["lead"],
                incomplete_confirmed=True,
            ),
        )
        if submission:
            self.sent.append(
                (len(self.sent) + 1, submission.content, submission.content_hash)
            )

    @rule()
    def withdraw(self):
        self.try_to(
            "withdraw",
            lambda: services.withdraw(reflection=self.reflection, by=self.cast["lead"]),
        )

    @rule(reason=texts, of_outcome=texts.filter(str.strip))
    def give_back(self, reason, of_outcome):
        is_done = self.may("return")
        self.try_to(
            "return",
            lambda: services.return_reflection(
                reflection=self.reflection,
                by=self.cast["officer"],
                reason=reason,
                language="cy",
                outcome_reasons={outcome_of(self.reflection).pk: (of_outcome, "en")},
            ),
        )
        if is_done:
            self.asked.append(of_outcome)

    # Rarely: from there on little else can happen.
    @precondition(lambda self: len(self.sent) > 1)
    @rule()
    def begin_review(self):
        self.try_to(
            "review",
            lambda: services.begin_review(
                reflection=self.reflection, by=self.cast["officer"]
            ),
        )

    @precondition(lambda self: len(self.sent) > 1)
    @rule(who=st.sampled_from(["officer", "facilitator"]))
    def agree(self, who):
        """A board, unless peers review it; then their facilitator, of what is in review."""

        def do():
            services.record_agreement(
                reflection=self.reflection, by=self.cast[who], levels={}
            )

        if self.has_facilitator != (who == "facilitator"):
            with pytest.raises(PermissionDenied):
                do()
        elif who == "officer":
            self.try_to("agree", do)
        elif self.state == State.SUBMITTED:
            with pytest.raises(PermissionDenied):
                do()
        else:
            self.try_to("agree_reviewed", do)

    @precondition(lambda self: self.has_facilitator)
    @rule(of_outcome=texts.filter(str.strip))
    def give_back_in_review(self, of_outcome):
        is_done = self.may("return_reviewed")
        self.try_to(
            "return_reviewed",
            lambda: services.return_reflection(
                reflection=self.reflection,
                by=self.cast["facilitator"],
                reason="",
                language="cy",
                outcome_reasons={outcome_of(self.reflection).pk: (of_outcome, "en")},
            ),
        )
        if is_done:
            self.asked.append(of_outcome)

    @precondition(lambda self: len(self.acknowledged) > 3)
    @rule()
    def close(self):
        services.close_cycle(cycle=self.reflection.cycle, by=self.cast["national"])
        self.state = State.CLOSED

    @invariant()
    def the_state_is_the_believed_one(self):
        stored = SelfReflection.objects.get(pk=self.reflection.pk)

        assert stored.state == self.state

    @invariant()
    def every_acknowledged_text_is_in_the_history(self):
        rows = AnswerVersion.objects.filter(answer__reflection=self.reflection)
        kept = {
            (Subject(question=question), text)
            for question, text in rows.values_list("answer__question", "text")
        }

        assert self.acknowledged <= kept

    @invariant()
    def the_answers_are_the_accepted_ones(self):
        stored = {
            Subject.of(answer): (answer.text, answer.version)
            for answer in Answer.objects.filter(reflection=self.reflection)
        }

        assert dict.fromkeys(SUBJECTS, ("", 0)) | stored == self.current

    @invariant()
    def what_was_sent_never_changes(self):
        stored = list(
            self.reflection.submissions.order_by("number").values_list(
                "number", "content", "content_hash"
            )
        )

        assert stored == self.sent
        for _, content, content_hash in stored:
            assert hashlib.sha256(content.encode()).hexdigest() == content_hash

    @invariant()
    def the_state_goes_the_listed_ways_only(self):
        changes = list(
            self.reflection.state_changes.values_list("from_state", "to_state")
        )
        states = [State.NOT_STARTED, *(after for _, after in changes)]

        assert changes == list(pairwise(states))
        assert set(changes) <= CHANGES
        assert states[-1] == self.state

    @invariant()
    def reasons_and_extensions_are_kept(self):
        asked = ReturnReason.objects.filter(change__reflection=self.reflection)

        assert list(asked.order_by("pk").values_list("text", flat=True)) == self.asked
        assert self.reflection.extensions.count() == self.extensions

    def teardown(self):
        """Every acknowledged text can be found by the cluster, on the pages of the history."""
        found = set()
        for answer in Answer.objects.filter(reflection=self.reflection):
            rows = history.answer_page(answer, 1).object_list
            found |= {(Subject.of(answer), row.version.text) for row in rows}

        assert self.acknowledged <= found

    @invariant()
    def every_change_is_audited(self):
        audited = AuditEvent.objects.filter(
            kind=AuditEvent.Kind.STATE_CHANGED, subject_id=str(self.reflection.pk)
        )

        assert audited.count() == self.reflection.state_changes.count()


def test_a_self_reflection_s_life(
    edition, cluster, lead, contributor, officer, national, monkeypatch
):
    people = {
        "lead": lead,
        "contributor": contributor,
        "officer": officer,
        "national": national,
        "facilitator": UserFactory(),
    }
    cast = {"edition": edition, "cluster": cluster, **people}
    monkeypatch.setattr(SelfReflectionLife, "cast", cast)

    run_state_machine_as_test(
        SelfReflectionLife,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
