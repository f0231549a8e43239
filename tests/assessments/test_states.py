"""From not started to closed: who may change a state, when, and what is written down."""

import datetime
import hashlib
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from assessments import services, snapshot
from assessments.models import (
    AgreedLevel,
    Answer,
    CriterionChoice,
    Question,
    ReviewAccess,
    SelfReflection,
    StateChange,
    Submission,
    SubmittedOutcome,
)
from assessments.services import Incomplete, NotNow, ReasonMissing
from organisations.models import AuditEvent
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    MembershipFactory,
    SelfReflectionFactory,
    UserFactory,
    thawed,
)
from tests.steps import (
    State,
    answer_all,
    bring_to,
    content_of,
    criterion_subject,
    entry,
    outcome_of,
    question_subject,
    save,
    sheet_of,
    start,
    stored,
    submit,
    words_of,
)

pytestmark = pytest.mark.django_db

ACTORS = [
    "lead",
    "contributor",
    "stranger",
    "officer",
    "other_officer",
    "national",
    "administrator",
    "superuser",
]


def changes(reflection):
    """Kind, from, to, reason, language and author of each change of the state."""
    return list(
        reflection.state_changes.values_list(
            "kind", "from_state", "to_state", "reason", "language", "by__email"
        )
    )


# Who may, and when --------------------------------------------------------------------

SERVICES = {
    "submit": lambda reflection, by: services.submit(
        reflection=reflection, by=by, incomplete_confirmed=True
    ),
    "withdraw": lambda reflection, by: services.withdraw(reflection=reflection, by=by),
    "return_reflection": lambda reflection, by: services.return_reflection(
        reflection=reflection, by=by, reason="Say more.", language="en"
    ),
    "begin_review": lambda reflection, by: services.begin_review(
        reflection=reflection, by=by
    ),
    "record_agreement": lambda reflection, by: services.record_agreement(
        reflection=reflection, by=by, levels={}
    ),
}

# The only changes there are: who makes each one, from which states, and to which.
TRANSITIONS = [
    ("submit", "lead", {State.DRAFT}, State.SUBMITTED),
    ("withdraw", "lead", {State.SUBMITTED}, State.DRAFT),
    ("return_reflection", "officer", {State.SUBMITTED}, State.DRAFT),
    ("begin_review", "officer", {State.SUBMITTED}, State.IN_REVIEW),
    ("record_agreement", "officer", {State.SUBMITTED, State.IN_REVIEW}, State.AGREED),
]


@pytest.fixture
def cast(lead, officer, national):
    return {"lead": lead, "officer": officer, "national": national}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize(
    ("service", "actor", "from_states", "to_state"),
    TRANSITIONS,
    ids=[row[0] for row in TRANSITIONS],
)
def test_the_right_person_in_each_state(
    request, reflection, cast, service, actor, from_states, to_state, state
):
    bring_to(state, reflection, **cast)
    before = changes(reflection)
    person = request.getfixturevalue(actor)

    if state in from_states:
        SERVICES[service](reflection, person)
        expected = to_state
    else:
        with pytest.raises(NotNow):
            SERVICES[service](reflection, person)
        expected = state

    reflection.refresh_from_db()
    assert reflection.state == expected
    assert len(changes(reflection)) == len(before) + (state in from_states)


# While a group of peers reviews it: what its people do, and what its board does no more.
BY_PEERS = [
    ("begin_review", "reviewer", {State.SUBMITTED}, State.IN_REVIEW),
    ("begin_review", "facilitator", {State.SUBMITTED}, State.IN_REVIEW),
    ("begin_review", "officer", {State.SUBMITTED}, State.IN_REVIEW),
    ("begin_review", "reader", set(), None),
    ("return_reflection", "reviewer", set(), None),
    ("return_reflection", "facilitator", {State.IN_REVIEW}, State.DRAFT),
    ("return_reflection", "officer", {State.SUBMITTED}, State.DRAFT),
    ("record_agreement", "reviewer", set(), None),
    ("record_agreement", "facilitator", {State.IN_REVIEW}, State.AGREED),
    ("record_agreement", "officer", set(), None),
    ("submit", "facilitator", set(), None),
    ("withdraw", "facilitator", set(), None),
]


@pytest.fixture
def peers(reflection, officer):
    """A reviewer, a facilitator, and a reader of what was said before."""
    now, day = timezone.now(), datetime.timedelta(days=1)
    people = {role: UserFactory() for role in ("reviewer", "facilitator", "reader")}
    for role, person in people.items():
        ReviewAccess.objects.create(
            reflection=reflection,
            user=person,
            role=role,
            starts_at=now - day,
            ends_at=now + day,
        )
    return people | {"officer": officer}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize(
    ("service", "actor", "from_states", "to_state"),
    BY_PEERS,
    ids=[f"{row[0]} {row[1]}" for row in BY_PEERS],
)
def test_what_peers_do_in_each_state(
    reflection, cast, peers, service, actor, from_states, to_state, state
):
    ReviewAccess.objects.update(ends_at=timezone.now())
    bring_to(state, reflection, **cast)
    ReviewAccess.objects.update(ends_at=timezone.now() + datetime.timedelta(days=1))
    before = changes(reflection)

    if state in from_states:
        SERVICES[service](reflection, peers[actor])
    else:
        with pytest.raises(PermissionDenied):
            SERVICES[service](reflection, peers[actor])

    reflection.refresh_from_db()
    assert reflection.state == (to_state if state in from_states else state)
    assert len(changes(reflection)) == len(before) + (state in from_states)


@pytest.mark.parametrize("way", ["ended", "member"])
def test_whoever_facilitates_no_more_returns_nothing(reflection, cast, peers, way):
    bring_to(State.IN_REVIEW, reflection, **cast)
    if way == "ended":
        ReviewAccess.objects.update(ends_at=timezone.now())
    else:
        MembershipFactory(
            user=peers["facilitator"], cluster=reflection.cluster, role="contributor"
        )

    with pytest.raises(PermissionDenied):
        SERVICES["return_reflection"](reflection, peers["facilitator"])


def test_a_facilitator_returns_nothing_after_the_closing_hour(reflection, cast, peers):
    bring_to(State.IN_REVIEW, reflection, **cast)
    reflection.cycle.closes_at = timezone.now()
    reflection.cycle.save()

    with pytest.raises(services.TooLate):
        SERVICES["return_reflection"](reflection, peers["facilitator"])


@pytest.mark.parametrize(
    ("service", "actor", "from_state"),
    [
        (service, actor, from_state)
        for service, right_actor, from_states, _ in TRANSITIONS
        for from_state in sorted(from_states)
        for actor in ACTORS
        if actor != right_actor
    ],
)
def test_everybody_else_is_refused(
    request, reflection, cast, service, actor, from_state
):
    bring_to(from_state, reflection, **cast)
    before = changes(reflection)
    person = request.getfixturevalue(actor)

    with pytest.raises(PermissionDenied):
        SERVICES[service](reflection, person)

    reflection.refresh_from_db()
    assert (reflection.state, changes(reflection)) == (from_state, before)
    assert reflection.submissions.count() == (from_state != State.DRAFT)


@pytest.mark.parametrize(
    ("service", "actor", "from_state"),
    [
        ("submit", "lead", State.DRAFT),
        ("withdraw", "lead", State.SUBMITTED),
        ("return_reflection", "officer", State.SUBMITTED),
    ],
)
@pytest.mark.parametrize("how", ["deactivated", "membership over"])
def test_somebody_who_was_is_refused(
    request, reflection, cast, service, actor, from_state, how
):
    bring_to(from_state, reflection, **cast)
    person = type(cast["lead"]).objects.get(pk=cast[actor].pk)
    if how == "deactivated":
        person.is_active = False
        person.save()
    else:
        yesterday = timezone.localdate() - datetime.timedelta(days=1)
        person.memberships.update(ends_on=yesterday)

    with pytest.raises(PermissionDenied):
        SERVICES[service](reflection, person)

    reflection.refresh_from_db()
    assert reflection.state == from_state


@pytest.mark.parametrize("service", SERVICES)
def test_a_state_read_earlier_does_not_count(reflection, cast, service):
    """The row is read again under the lock: what the page believed is not asked."""
    bring_to(State.CLOSED, reflection, **cast)
    believed = SelfReflection.objects.get(pk=reflection.pk)
    believed.state = State.DRAFT if service == "submit" else State.SUBMITTED

    with pytest.raises(NotNow):
        SERVICES[service](believed, cast["lead"])


# Submitting ---------------------------------------------------------------------------


def test_submitting_freezes_what_is_there(reflection, lead):
    answer_all(reflection, by=lead)
    before = timezone.now()

    submission = services.submit(
        reflection=reflection, by=lead, incomplete_confirmed=False
    )

    submission.refresh_from_db()
    reflection.refresh_from_db()
    content = json.loads(submission.content)
    assert reflection.state == State.SUBMITTED
    assert (submission.number, submission.submitted_by) == (1, lead)
    assert before <= submission.submitted_at <= timezone.now()
    assert content == snapshot.build(sheet_of(reflection)) | {
        "number": 1,
        "submitted_at": submission.submitted_at.isoformat(),
    }
    assert changes(reflection) == [
        ("started", "not_started", "draft", "", "", lead.email),
        ("submitted", "draft", "submitted", "", "", lead.email),
    ]


def test_the_content_is_canonical_and_has_its_hash(reflection, lead):
    save(
        reflection,
        entry(words_of(reflection), "Tŷ’r ŵyl: “â ê î”"),
        by=lead,
        language="cy",
    )

    submission = submit(reflection, by=lead)

    content = submission.content
    assert content == json.dumps(
        json.loads(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    assert "Tŷ’r ŵyl: “â ê î”" in content
    assert (
        submission.content_hash == hashlib.sha256(content.encode("utf-8")).hexdigest()
    )


def test_the_content_holds_the_framework_in_both_languages(reflection, lead):
    start(reflection, by=lead)

    content = json.loads(submit(reflection, by=lead).content)

    module = content["modules"][0]
    assert [
        (criterion["level"], criterion["number"], criterion["text"])
        for criterion in module["outcomes"][0]["criteria"]
    ] == [
        (level, 1, {"cy": f"Maen prawf {level}.1", "en": f"Criterion {level}.1"})
        for level in (1, 2, 3)
    ]
    assert (module["code"], module["title"]) == (
        "LEVELS",
        {"cy": "Modiwl rhif 1", "en": "Module number 1"},
    )
    assert content["edition"]["code"] == reflection.cycle.edition.code
    assert content["cluster"]["code"] == reflection.cluster.code


def test_the_content_holds_every_answer(reflection, lead):
    criterion = criterion_subject(reflection, level=2)
    not_applicable = CriterionChoice.NOT_APPLICABLE
    day = datetime.date(2031, 1, 2)
    steps = question_subject(reflection, Question.NEXT_STEPS)
    save(
        reflection,
        entry(criterion, "Pam.", choice=not_applicable),
        by=lead,
        language="cy",
    )
    save(reflection, entry(steps, "Why.", dated_on=day), by=lead, language="en")

    content = json.loads(submit(reflection, by=lead).content)

    nothing = {"choice": "", "text": "", "dated_on": None, "language": ""}
    outcome = content["modules"][0]["outcomes"][0]
    assert [criterion["answer"] for criterion in outcome["criteria"]] == [
        nothing,
        {
            "choice": "not_applicable",
            "text": "Pam.",
            "dated_on": None,
            "language": "cy",
        },
        nothing,
    ]
    assert outcome["questions"] == {
        "own_level": nothing,
        "target_level": nothing,
        "going_well": nothing,
        "in_the_way": nothing | {"tags": []},
        "support_needed": nothing | {"tags": []},
        "next_steps": {
            "choice": "",
            "text": "Why.",
            "dated_on": "2031-01-02",
            "language": "en",
        },
    }


def test_an_outcome_without_levels_has_none_in_the_content(reflection, lead):
    answer_all(reflection, by=lead)

    content = json.loads(submit(reflection, by=lead).content)

    outcome = content["modules"][1]["outcomes"][0]
    assert (outcome["own_level"], outcome["suggestion"]) == (None, None)
    assert sorted(outcome["questions"]) == [
        "going_well",
        "in_the_way",
        "next_steps",
        "support_needed",
    ]


def test_the_content_does_not_depend_on_the_page_s_language(reflection, lead):
    answer_all(reflection, by=lead)
    contents = []

    for language in ("cy", "en"):
        with translation.override(language):
            contents.append(snapshot.canonical(snapshot.build(sheet_of(reflection))))

    assert contents[0] == contents[1]


def test_the_stored_levels_are_those_of_the_answers(reflection, lead):
    """Recomputed here from the table of answers alone."""
    met, partly, not_yet = (
        CriterionChoice.MET,
        CriterionChoice.PARTLY_MET,
        CriterionChoice.NOT_YET_MET,
    )
    given = {
        (1, 1): met,
        (1, 2): met,
        (1, 3): not_yet,
        (2, 1): CriterionChoice.NOT_APPLICABLE,
        (2, 2): partly,
    }
    save(
        reflection,
        *(
            entry(
                criterion_subject(reflection, outcome=outcome, level=level),
                choice=choice,
            )
            for (outcome, level), choice in given.items()
        ),
        entry(question_subject(reflection, Question.OWN_LEVEL), choice="2"),
        entry(question_subject(reflection, Question.OWN_LEVEL, number=2), choice="0"),
        entry(
            criterion_subject(reflection, module="SIGNS", level=None),
            choice="strong_signs",
        ),
        by=lead,
    )

    submission = submit(reflection, by=lead)

    rows = submission.submitted_outcomes.order_by(
        "outcome__module__number", "outcome__number"
    )
    assert list(
        rows.values_list(
            *("uses_levels", "own_level", "suggested_level", "is_provisional"),
            *("answered", "total"),
            *(
                "met_1",
                "applicable_1",
                "met_2",
                "applicable_2",
                "met_3",
                "applicable_3",
            ),
            *("strong_signs", "some_signs", "no_signs_yet"),
        )
    ) == [
        (*(True, 2, 2, False), *(4, 4), *(1, 1, 1, 1, 0, 1), *(0, 0, 0)),
        (*(True, 0, 0, True), *(3, 4), *(0, 0, 0, 1, 0, 1), *(0, 0, 0)),
        (*(False, None, None, False), *(1, 1), *(0, 0, 0, 0, 0, 0), *(1, 0, 0)),
    ]


def test_not_answered_is_no_level(reflection, lead):
    start(reflection, by=lead)

    submission = submit(reflection, by=lead)

    assert set(
        submission.submitted_outcomes.values_list("own_level", "suggested_level")
    ) == {(None, None)}


def test_an_incomplete_one_is_not_sent_unknowingly(reflection, lead):
    start(reflection, by=lead)

    with pytest.raises(Incomplete) as refusal:
        services.submit(reflection=reflection, by=lead, incomplete_confirmed=False)

    reflection.refresh_from_db()
    assert reflection.state == State.DRAFT
    assert Submission.objects.count() == SubmittedOutcome.objects.count() == 0
    assert (refusal.value.sheet.answered, refusal.value.sheet.total) == (0, 13)
    assert str(refusal.value) == "13 questions without an answer"


def test_a_reason_that_is_missing_makes_it_incomplete(reflection, lead):
    answer_all(reflection, by=lead)
    own_level = question_subject(reflection, Question.OWN_LEVEL)
    save(reflection, entry(own_level, base=1, choice="3"), by=lead)

    with pytest.raises(Incomplete) as refusal:
        services.submit(reflection=reflection, by=lead, incomplete_confirmed=False)

    gaps = [gap for page in refusal.value.sheet.pages for gap in page.gaps]
    assert [(gap.subject, gap.needs_reason) for gap in gaps] == [(own_level, True)]


def test_a_complete_one_counts_as_complete_everywhere(reflection, lead):
    answer_all(reflection, by=lead)

    counted = SelfReflection.objects.with_answered_count().get(pk=reflection.pk)
    sheet = sheet_of(reflection)

    assert sheet.is_complete
    assert (counted.answered_count, sheet.answered, sheet.total) == (13, 13, 13)


def test_a_second_submission_stands_beside_the_first(reflection, lead):
    start(reflection, by=lead)
    first = submit(reflection, by=lead)
    kept = (first.content, first.content_hash)
    services.withdraw(reflection=reflection, by=lead)
    save(reflection, entry(words_of(reflection), "Better.", base=1), by=lead)

    second = submit(reflection, by=lead)

    first.refresh_from_db()
    assert list(reflection.submissions.values_list("number", flat=True)) == [1, 2]
    assert (first.content, first.content_hash) == kept
    assert json.loads(second.content)["number"] == 2
    assert "Better." in second.content
    assert "Better." not in first.content
    assert list(Submission.objects.latest_of_each()) == [second]
    assert reflection.latest_submission == second


def test_submitting_twice_submits_once(reflection, lead):
    start(reflection, by=lead)
    submit(reflection, by=lead)

    with pytest.raises(NotNow):
        submit(reflection, by=lead)

    assert reflection.submissions.count() == 1


def test_nothing_is_submitted_after_the_closing_hour(reflection, lead):
    start(reflection, by=lead)
    reflection.cycle.closes_at = timezone.now() - datetime.timedelta(seconds=1)
    reflection.cycle.save()

    with pytest.raises(PermissionDenied):
        submit(reflection, by=lead)

    assert Submission.objects.count() == 0


def test_a_correction_of_the_framework_leaves_what_was_submitted(reflection, lead):
    start(reflection, by=lead)
    submission = submit(reflection, by=lead)
    kept = submission.content

    outcome = outcome_of(reflection)
    outcome.title_cy = outcome.title_en = "Something else"
    with thawed():
        outcome.save()

    submission.refresh_from_db()
    assert submission.content == kept
    assert submission.content_hash == snapshot.digest(kept)


def test_the_queries_of_submitting_do_not_grow_with_the_framework(
    reflection, lead, django_assert_num_queries
):
    start(reflection, by=lead)
    person = type(lead).objects.get(pk=lead.pk)

    # Savepoint and its end, lock, memberships, five for the sheet, evidence, number, submission,
    # its outcomes, its standing (looked for, and put down within a savepoint), its words, the tags of
    # the sheet and of the needs, change, audit, state, and the board's officers to tell.
    with django_assert_num_queries(26):
        services.submit(reflection=reflection, by=person, incomplete_confirmed=True)


# Withdrawing and returning ------------------------------------------------------------


def test_withdrawing_makes_it_a_draft_and_keeps_the_submission(reflection, lead):
    start(reflection, by=lead)
    submission = submit(reflection, by=lead)

    services.withdraw(reflection=reflection, by=lead)

    reflection.refresh_from_db()
    assert (reflection.state, reflection.shown_state) == (State.DRAFT, "draft")
    assert list(reflection.submissions.all()) == [submission]
    assert changes(reflection)[-1] == (
        *("withdrawn", "submitted", "draft"),
        *("", "", lead.email),
    )


def test_returning_keeps_the_reason_in_its_language(reflection, lead, officer):
    start(reflection, by=lead)
    submission = submit(reflection, by=lead)

    services.return_reflection(
        reflection=reflection, by=officer, reason="Dywedwch fwy.", language="cy"
    )

    reflection = SelfReflection.objects.get(pk=reflection.pk)
    assert (reflection.state, reflection.shown_state) == (State.DRAFT, "returned")
    assert list(reflection.submissions.all()) == [submission]
    assert changes(reflection)[-1] == (
        *("returned", "submitted", "draft"),
        *("Dywedwch fwy.", "cy", officer.email),
    )


@pytest.mark.parametrize("reason", ["", " ", "\n\t "])
def test_returning_asks_for_a_reason(reflection, lead, officer, reason):
    start(reflection, by=lead)
    submit(reflection, by=lead)

    with pytest.raises(ReasonMissing):
        services.return_reflection(
            reflection=reflection, by=officer, reason=reason, language="en"
        )

    reflection.refresh_from_db()
    assert reflection.state == State.SUBMITTED


def test_a_draft_after_a_return_is_written_and_sent_again(reflection, lead, officer):
    start(reflection, by=lead)
    submit(reflection, by=lead)
    SERVICES["return_reflection"](reflection, officer)

    save(reflection, entry(words_of(reflection), "More.", base=1), by=lead)
    second = submit(reflection, by=lead)

    reflection.refresh_from_db()
    assert (second.number, reflection.state) == (2, State.SUBMITTED)


# Agreeing -----------------------------------------------------------------------------


@pytest.fixture
def submitted(reflection, lead):
    """Complete, with own level 1 for both outcomes."""
    answer_all(reflection, by=lead)
    submit(reflection, by=lead)
    return reflection


def agreed(reflection):
    return list(
        AgreedLevel.objects.filter(submitted_outcome__submission__reflection=reflection)
        .order_by("submitted_outcome__outcome__number")
        .values_list("level", "reason", "language", "agreed_by__email")
    )


def test_agreement_stands_beside_the_cluster_s_own_level(submitted, officer):
    one, two = outcome_of(submitted), outcome_of(submitted, number=2)
    own = list(SubmittedOutcome.objects.order_by("pk").values())

    services.record_agreement(
        reflection=submitted,
        by=officer,
        levels={one.pk: (1, "", "en"), two.pk: (2, "Mae mwy.", "cy")},
    )

    submitted.refresh_from_db()
    assert submitted.state == State.AGREED
    assert agreed(submitted) == [
        (1, "", "", officer.email),
        (2, "Mae mwy.", "cy", officer.email),
    ]
    assert list(SubmittedOutcome.objects.order_by("pk").values()) == own


@pytest.mark.parametrize("reason", ["", "  \n"])
@pytest.mark.parametrize("level", [0, 2, 3])
def test_another_level_than_the_own_asks_for_a_reason(
    submitted, officer, level, reason
):
    with pytest.raises(ReasonMissing):
        services.record_agreement(
            reflection=submitted,
            by=officer,
            levels={outcome_of(submitted).pk: (level, reason, "en")},
        )

    submitted.refresh_from_db()
    assert (submitted.state, agreed(submitted)) == (State.SUBMITTED, [])


def test_a_level_where_the_cluster_gave_none_asks_for_a_reason(
    reflection, lead, officer
):
    start(reflection, by=lead)
    submit(reflection, by=lead)

    with pytest.raises(ReasonMissing):
        services.record_agreement(
            reflection=reflection,
            by=officer,
            levels={outcome_of(reflection).pk: (0, "", "en")},
        )

    assert agreed(reflection) == []


def test_no_level_is_agreed_for_an_outcome_without_levels(submitted, officer):
    signs = outcome_of(submitted, module="SIGNS")

    services.record_agreement(
        reflection=submitted, by=officer, levels={signs.pk: (2, "Why not.", "en")}
    )

    assert agreed(submitted) == []


def test_agreement_is_about_the_latest_submission(submitted, lead, officer):
    SERVICES["return_reflection"](submitted, officer)
    second = submit(submitted, by=lead)

    services.record_agreement(
        reflection=submitted,
        by=officer,
        levels={outcome_of(submitted).pk: (1, "", "en")},
    )

    assert AgreedLevel.objects.get().submitted_outcome.submission == second


# Opening and closing a cycle ----------------------------------------------------------


@pytest.fixture
def unopened(edition):
    return CycleFactory(edition=edition, code="next", unopened=True)


def test_opening_makes_a_self_reflection_a_cluster(
    unopened, cluster, other_cluster, national
):
    day = timezone.localdate()  # its hour of opening was yesterday
    ClusterFactory(closed_on=day)
    ClusterFactory(opened_on=day + datetime.timedelta(days=1))
    opening = ClusterFactory(opened_on=day)
    closing = ClusterFactory(closed_on=day + datetime.timedelta(days=1))

    services.open_cycle(cycle=unopened, by=national)

    unopened.refresh_from_db()
    rows = SelfReflection.objects.filter(cycle=unopened).order_by("cluster")
    assert unopened.opened_at is not None
    assert [(row.cluster, row.state) for row in rows] == [
        (cluster, State.NOT_STARTED)
        for cluster in (cluster, other_cluster, opening, closing)
    ]
    assert list(
        AuditEvent.objects.values_list("kind", "by__email", "subject_id", "details")
    ) == [("cycle_changed", national.email, str(unopened.pk), {"change": "opened"})]


def test_opening_again_adds_only_new_clusters(unopened, cluster, lead, national):
    services.open_cycle(cycle=unopened, by=national)
    unopened.refresh_from_db()
    opened_at = unopened.opened_at
    first = SelfReflection.objects.get(cycle=unopened)
    start(first, by=lead)
    new = ClusterFactory()

    services.open_cycle(cycle=unopened, by=national)

    unopened.refresh_from_db()
    assert unopened.opened_at == opened_at
    assert list(
        SelfReflection.objects.order_by("pk").values_list("cluster", "state")
    ) == [(cluster.pk, State.DRAFT), (new.pk, State.NOT_STARTED)]
    assert list(
        AuditEvent.objects.filter(kind="cycle_changed")
        .order_by("pk")
        .values_list("details", flat=True)
    ) == [{"change": "opened"}, {"change": "clusters_added", "count": 1}]


def test_a_closed_cycle_is_not_opened_again(edition, cluster, national):
    closed = CycleFactory(edition=edition, closed=True)

    services.open_cycle(cycle=closed, by=national)

    assert SelfReflection.objects.count() == AuditEvent.objects.count() == 0


@pytest.mark.parametrize("state", State)
def test_closing_closes_every_state(reflection, cast, state):
    bring_to(state, reflection, **cast)
    has_submission = reflection.submissions.exists()

    services.close_cycle(cycle=reflection.cycle, by=cast["national"])

    reflection = SelfReflection.objects.get(pk=reflection.pk)
    assert reflection.state == State.CLOSED
    assert reflection.shown_state == ("closed" if has_submission else "not_submitted")
    assert changes(reflection)[-1] == (
        "closed",
        State.AGREED if state == State.CLOSED else state,
        State.CLOSED,
        *("", "", cast["national"].email),
    )


def test_a_draft_that_was_never_sent_stays_as_it_was(reflection, lead, national):
    start(reflection, by=lead)
    before = content_of(stored(reflection, words_of(reflection)))

    services.close_cycle(cycle=reflection.cycle, by=national)

    assert content_of(stored(reflection, words_of(reflection))) == before
    assert list(Answer.objects.visible_to(lead)) == [
        stored(reflection, words_of(reflection))
    ]


def test_closing_again_changes_nothing(reflection, lead, national):
    start(reflection, by=lead)
    services.close_cycle(cycle=reflection.cycle, by=national)
    before = (
        list(StateChange.objects.values()),
        list(AuditEvent.objects.values()),
        list(type(reflection.cycle).objects.values()),
    )

    services.close_cycle(cycle=reflection.cycle, by=national)

    assert before == (
        list(StateChange.objects.values()),
        list(AuditEvent.objects.values()),
        list(type(reflection.cycle).objects.values()),
    )


def test_a_cycle_that_was_not_opened_is_not_closed(unopened, national):
    services.close_cycle(cycle=unopened, by=national)

    unopened.refresh_from_db()
    assert unopened.closed_at is None


def test_closing_leaves_other_cycles_alone(reflection, national):
    other = SelfReflectionFactory(cluster=reflection.cluster)

    services.close_cycle(cycle=reflection.cycle, by=national)

    other.refresh_from_db()
    assert other.state == State.NOT_STARTED


@pytest.mark.parametrize("service", [services.open_cycle, services.close_cycle])
@pytest.mark.parametrize(
    ("actor", "may"),
    [
        ("lead", False),
        ("contributor", False),
        ("stranger", False),
        ("officer", False),
        ("other_officer", False),
        ("national", True),
        ("administrator", True),
        # In Django admin, where cycles are kept, a superuser is an administrator.
        ("superuser", True),
    ],
)
def test_who_opens_and_closes_a_cycle(request, reflection, service, actor, may):
    cycle = reflection.cycle
    person = request.getfixturevalue(actor)

    if may:
        service(cycle=cycle, by=person)
    else:
        with pytest.raises(PermissionDenied):
            service(cycle=cycle, by=person)

    cycle.refresh_from_db()
    closes = service is services.close_cycle
    assert (cycle.closed_at is not None) == (may and closes)


def test_a_change_of_state_is_audited(reflection, lead, officer):
    start(reflection, by=lead)
    submit(reflection, by=lead)
    services.begin_review(reflection=reflection, by=officer)

    assert list(
        AuditEvent.objects.filter(kind="state_changed")
        .order_by("pk")
        .values_list("by__email", "subject_id", "details")
    ) == [
        (
            person.email,
            str(reflection.pk),
            {"kind": kind, "from_state": from_state, "to_state": to_state},
        )
        for person, kind, from_state, to_state in [
            (lead, "started", "not_started", "draft"),
            (lead, "submitted", "draft", "submitted"),
            (officer, "review_begun", "submitted", "in_review"),
        ]
    ]
