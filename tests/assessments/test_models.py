"""What the database itself refuses, on whichever database the tests run."""

import datetime
import uuid

import pytest
from django.core.management import call_command
from django.core.management.sql import (
    emit_post_migrate_signal,
    emit_pre_migrate_signal,
)
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from assessments.models import (
    Action,
    ActionChange,
    AgreedLevel,
    Answer,
    AnswerVersion,
    Cycle,
    CycleExtension,
    Evidence,
    Extension,
    NeedTag,
    Question,
    ReturnReason,
    ReviewAccess,
    SelfReflection,
    StateChange,
    Submission,
    SubmittedEvidence,
    SubmittedNeed,
    SubmittedOutcome,
    SubmittedText,
)
from cdf_site.common import triggers
from frameworks.models import Correction, EnablingFactor, Erratum
from organisations.models import AuditEvent, FormerName, Membership, Role, Succession
from peerreview.models import (
    Annotation,
    AnnotationVersion,
    Finding,
    FindingVersion,
    Resolution,
    Response,
    ResponseVersion,
)
from reporting.models import (
    Commentary,
    CommentaryVersion,
    Learned,
    LearnedEntry,
    LearnedVersion,
)
from tests.factories import ClusterFactory, CriterionFactory, CycleFactory
from tests.factories.peerreview import ClusterReviewFactory
from tests.steps import criterion_of, outcome_of, start, submit

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def refused(make):
    """Whether the database refuses what ``make`` writes, as a breach of its rules."""
    try:
        with transaction.atomic():
            make()
    except IntegrityError:
        return True
    return False


# Answers ------------------------------------------------------------------------------


def subjects_of(reflection):
    """One valid subject of each kind."""
    return {
        "criterion": {"criterion": criterion_of(reflection)},
        "outcome": {
            "outcome": outcome_of(reflection),
            "question": Question.GOING_WELL,
        },
        "factor": {
            "enabling_factor": EnablingFactor.objects.get(
                edition=reflection.cycle.edition
            )
        },
        "question": {"question": Question.METHOD},
    }


@pytest.mark.parametrize("kind", ["criterion", "outcome", "factor", "question"])
def test_an_answer_takes_each_kind_of_subject_once(reflection, kind):
    fields = subjects_of(reflection)[kind]
    Answer.objects.create(reflection=reflection, **fields)

    again = refused(lambda: Answer.objects.create(reflection=reflection, **fields))

    assert again
    assert Answer.objects.count() == 1


def test_two_questions_of_one_outcome_are_two_answers(reflection):
    outcome = outcome_of(reflection)

    for question in (Question.GOING_WELL, Question.IN_THE_WAY):
        Answer.objects.create(reflection=reflection, outcome=outcome, question=question)

    assert Answer.objects.count() == 2


@pytest.mark.parametrize(
    ("kinds", "question"),
    [
        ([], ""),
        (["criterion", "outcome"], ""),
        (["criterion", "outcome"], Question.GOING_WELL),
        (["criterion", "factor"], ""),
        (["outcome", "factor"], Question.GOING_WELL),
        (["criterion", "outcome", "factor"], ""),
        (["criterion"], Question.GOING_WELL),
        (["criterion"], Question.METHOD),
        (["factor"], Question.METHOD),
        (["outcome"], ""),
        (["outcome"], Question.METHOD),
        ([], Question.OWN_LEVEL),
        ([], Question.GOING_WELL),
        ([], "another"),
    ],
)
def test_an_answer_has_exactly_one_subject(reflection, kinds, question):
    subjects = subjects_of(reflection)
    columns = {
        "criterion": "criterion",
        "outcome": "outcome",
        "factor": "enabling_factor",
    }
    fields = {columns[kind]: subjects[kind][columns[kind]] for kind in kinds}

    assert refused(
        lambda: Answer.objects.create(
            reflection=reflection, question=question, **fields
        )
    )


def version_row(reflection, by, **fields):
    answer, _ = Answer.objects.get_or_create(
        reflection=reflection, question=Question.METHOD
    )
    given = {"answer": answer, "base_version": 0, "by": by, **fields}
    return lambda: AnswerVersion.objects.create(**given)


@pytest.mark.parametrize(
    ("version", "refusal", "is_refused"),
    [
        (1, "", False),
        (None, "stale", False),
        (None, "closed", False),
        (1, "stale", True),
        (None, "", True),
    ],
)
def test_a_version_is_either_accepted_or_refused(
    reflection, lead, version, refusal, is_refused
):
    make = version_row(reflection, lead, version=version, refusal=refusal)

    assert refused(make) is is_refused


def test_a_version_number_is_given_once(reflection, lead):
    version_row(reflection, lead, version=1)()

    assert refused(version_row(reflection, lead, version=1))


def test_any_number_of_texts_may_be_refused(reflection, lead):
    for _ in range(2):
        version_row(reflection, lead, version=None, refusal="stale")()

    assert AnswerVersion.objects.count() == 2


def test_an_operation_writes_one_version_of_an_answer(reflection, lead):
    operation_id = uuid.uuid4()
    version_row(reflection, lead, version=1, operation_id=operation_id)()

    assert refused(version_row(reflection, lead, version=2, operation_id=operation_id))


# Cycles and self-reflections ----------------------------------------------------------


@pytest.mark.parametrize("length", [0 * DAY, -1 * DAY])
def test_a_cycle_closes_after_it_opens(edition, length):
    opens_at = timezone.now()

    assert refused(
        lambda: CycleFactory(
            edition=edition, opens_at=opens_at, closes_at=opens_at + length
        )
    )


def test_a_cycle_is_not_closed_before_it_was_opened(edition):
    assert refused(
        lambda: CycleFactory(edition=edition, opened_at=None, closed_at=timezone.now())
    )


@pytest.mark.parametrize("missing", ["name_cy", "name_en"])
@pytest.mark.parametrize("nothing", ["", None])
def test_a_cycle_is_named_in_both_languages(edition, missing, nothing):
    assert refused(lambda: CycleFactory(edition=edition, **{missing: nothing}))


def test_a_cycle_has_its_own_code(cycle):
    assert refused(lambda: CycleFactory(edition=cycle.edition, code=cycle.code))


def test_a_cluster_reflects_once_a_cycle(reflection):
    again = SelfReflection(cycle=reflection.cycle, cluster=reflection.cluster)

    assert refused(again.save)


def test_review_access_ends_after_it_starts(reflection, stranger):
    now = timezone.now()

    assert refused(
        lambda: ReviewAccess.objects.create(
            reflection=reflection, user=stranger, starts_at=now, ends_at=now
        )
    )


# What was submitted -------------------------------------------------------------------


@pytest.fixture
def submission(reflection, lead):
    start(reflection, by=lead)
    return submit(reflection, by=lead)


@pytest.fixture
def written_once(submission, reflection, lead, officer):
    """A row of each table that is written once."""
    evidence = Evidence.objects.create(
        reflection=reflection,
        title="Minutes",
        language="en",
        url="https://example.test/",
        added_by=lead,
    )
    SubmittedEvidence.objects.create(submission=submission, evidence=evidence)
    tag = NeedTag.objects.create(
        kind=NeedTag.Kind.BARRIER, code="staff", name_cy="Staff", name_en="Staff"
    )
    SubmittedNeed.objects.create(
        submission=submission, question=Question.SUPPORT_OVERALL, tag=tag
    )
    SubmittedText.objects.create(
        submission=submission, question=Question.ANYTHING_ELSE, text="Well."
    )
    commentary = Commentary.objects.create(
        scope="wales", cycle=reflection.cycle, written_for="en"
    )
    CommentaryVersion.objects.create(
        written=commentary, version=1, base_version=0, by=lead
    )
    LearnedVersion.objects.create(
        entry=LearnedEntry.objects.create(
            learned=Learned.objects.create(year=2030, begun_by=lead), section="learned"
        ),
        version=1,
        by=lead,
    )
    ReturnReason.objects.create(
        change=reflection.state_changes.last(),
        outcome=outcome_of(reflection),
        text="Look again.",
        language="en",
    )
    Extension.objects.create(
        reflection=reflection,
        closes_at=reflection.closes_at + DAY,
        reason="Snow.",
        language="en",
        granted_by=officer,
    )
    CycleExtension.objects.create(
        cycle=reflection.cycle,
        hour_before=reflection.cycle.closes_at,
        closes_at=reflection.cycle.closes_at + DAY,
        reason_cy="Eira.",
        extended_by=officer,
    )
    edition = reflection.cycle.edition
    correction = Correction.objects.create(
        edition=edition, reason_cy="Gwall.", reason_en="A slip."
    )
    Erratum.objects.create(
        correction=correction,
        part=Erratum.Part.CRITERION,
        part_id=criterion_of(reflection).pk,
        field="text",
        language="en",
        text="As it should read.",
    )
    FormerName.objects.create(
        cluster=reflection.cluster,
        name_cy="Hen enw",
        name_en="Former name",
        renamed_by=officer,
    )
    Succession.objects.create(
        predecessor=reflection.cluster,
        successor=ClusterFactory(),
        kind=Succession.Kind.MERGED,
        effective_on="2030-01-01",
        decided_by=officer,
    )
    action = Action.objects.create(
        reflection=reflection, text="To do.", language="en", added_by=lead
    )
    ActionChange.objects.create(
        action=action, version=1, kind=ActionChange.Kind.ADDED, by=lead
    )
    written_in_a_review(submission, by=officer)


def written_in_a_review(submission, *, by):
    """A version of everything that a review is written in, and a resolution."""
    review = ClusterReviewFactory(reflection=submission.reflection)
    of_it = {"review": review, "submission": submission}
    annotation = Annotation.objects.create(
        **of_it, choice="question", voice=Annotation.Voice.REVIEWER, author=by
    )
    finding = Finding.objects.create(**of_it, part=Finding.Part.NOTES)
    response = Response.objects.create(review=review, annotation=annotation)
    for model, written in [
        (AnnotationVersion, annotation),
        (FindingVersion, finding),
        (ResponseVersion, response),
    ]:
        model.objects.create(written=written, version=1, base_version=0, by=by)
    Resolution.objects.create(annotation=annotation, is_resolved=True, by=by)


def outcome_row(submission, **fields):
    """A way to store one more submitted outcome: of an outcome that is not stored yet."""
    outcome = CriterionFactory(
        outcome__module__edition=submission.reflection.cycle.edition
    )
    given = {
        "submission": submission,
        "outcome": outcome.outcome,
        "uses_levels": True,
        "is_provisional": False,
        "answered": 0,
        "total": 0,
        **fields,
    }
    return lambda: SubmittedOutcome.objects.create(**given)


@pytest.mark.parametrize("field", ["own_level", "suggested_level"])
@pytest.mark.parametrize(
    ("level", "is_refused"),
    [
        (None, False),
        (0, False),
        (1, False),
        (2, False),
        (3, False),
        (4, True),
        (-1, True),
    ],
)
def test_a_submitted_level_is_none_or_nought_to_three(
    submission, field, level, is_refused
):
    make = outcome_row(submission, **{field: level})

    # PostgreSQL calls a number below nought out of range rather than a breach.
    try:
        found = refused(make)
    except DatabaseError:
        found = True
    assert found is is_refused


@pytest.mark.parametrize(
    ("levels", "is_refused"),
    [
        ({}, False),
        ({"own_level": 0}, True),
        ({"own_level": 2}, True),
        ({"suggested_level": 1}, True),
    ],
)
def test_an_outcome_without_levels_is_never_given_one(submission, levels, is_refused):
    make = outcome_row(submission, uses_levels=False, **levels)

    assert refused(make) is is_refused


def test_an_outcome_is_submitted_once_a_submission(submission):
    there = submission.submitted_outcomes.first()

    assert refused(outcome_row(submission, outcome=there.outcome))


def test_a_submission_number_is_given_once(submission, lead):
    assert refused(
        lambda: Submission.objects.create(
            reflection=submission.reflection,
            number=submission.number,
            content="{}",
            content_hash="",
            submitted_at=timezone.now(),
            submitted_by=lead,
        )
    )


@pytest.mark.parametrize(
    ("level", "is_refused"), [(0, False), (3, False), (4, True), (None, True)]
)
def test_an_agreed_level_is_nought_to_three(submission, officer, level, is_refused):
    row = submission.submitted_outcomes.filter(uses_levels=True).first()

    assert (
        refused(
            lambda: AgreedLevel.objects.create(
                submitted_outcome=row, level=level, agreed_by=officer
            )
        )
        is is_refused
    )


def test_an_outcome_has_one_agreed_level(submission, officer):
    row = submission.submitted_outcomes.filter(uses_levels=True).first()
    AgreedLevel.objects.create(submitted_outcome=row, level=1, agreed_by=officer)

    assert refused(
        lambda: AgreedLevel.objects.create(
            submitted_outcome=row, level=2, agreed_by=officer
        )
    )


# The framework and the organisations --------------------------------------------------


@pytest.mark.parametrize(
    ("level", "is_refused"),
    [(None, False), (1, False), (3, False), (0, True), (4, True)],
)
def test_a_criterion_has_a_level_of_one_to_three_or_none(reflection, level, is_refused):
    outcome = outcome_of(reflection)

    assert (
        refused(lambda: CriterionFactory(outcome=outcome, level=level, number=9))
        is is_refused
    )


@pytest.mark.parametrize("level", [None, 1])
def test_a_criterion_number_is_given_once_in_a_level(reflection, level):
    outcome = outcome_of(reflection)
    CriterionFactory(outcome=outcome, level=level, number=9)

    assert refused(lambda: CriterionFactory(outcome=outcome, level=level, number=9))


@pytest.mark.parametrize(
    ("role", "of_cluster", "of_board", "is_refused"),
    [
        (Role.CLUSTER_LEAD, True, False, False),
        (Role.CLUSTER_LEAD, False, False, True),
        (Role.CLUSTER_LEAD, False, True, True),
        (Role.CLUSTER_LEAD, True, True, True),
        (Role.CONTRIBUTOR, True, False, False),
        (Role.CONTRIBUTOR, False, True, True),
        (Role.HEALTH_BOARD_OFFICER, False, True, False),
        (Role.HEALTH_BOARD_OFFICER, True, False, True),
        (Role.HEALTH_BOARD_OFFICER, False, False, True),
        (Role.NATIONAL_OFFICER, False, False, False),
        (Role.NATIONAL_OFFICER, True, False, True),
        (Role.NATIONAL_OFFICER, False, True, True),
        (Role.ADMINISTRATOR, False, False, False),
        (Role.ADMINISTRATOR, True, False, True),
        ("another", False, False, True),
    ],
)
def test_a_role_fits_its_scope(
    superuser, cluster, board, role, of_cluster, of_board, is_refused
):
    membership = Membership(
        user=superuser,
        role=role,
        cluster=cluster if of_cluster else None,
        health_board=board if of_board else None,
    )

    assert refused(membership.save) is is_refused


@pytest.mark.parametrize(("days", "is_refused"), [(0, False), (1, False), (-1, True)])
def test_a_membership_ends_after_it_starts(lead, days, is_refused):
    membership = lead.memberships.get()
    membership.ends_on = membership.starts_on + days * DAY

    assert refused(membership.save) is is_refused


def test_an_email_address_is_one_person_in_any_case(lead):
    twin = type(lead)(email=lead.email.upper())

    assert refused(twin.save)


def test_a_cluster_closes_after_it_opens():
    today = timezone.localdate()

    assert refused(lambda: ClusterFactory(opened_on=today, closed_on=today))


@pytest.mark.parametrize(
    ("days", "reason", "is_refused"),
    [(1, "Snow.", False), (0, "Snow.", True), (-1, "Snow.", True), (1, "", True)],
)
def test_a_cycle_is_lengthened_for_a_reason(
    reflection, national, days, reason, is_refused
):
    closes_at = reflection.cycle.closes_at

    assert (
        refused(
            lambda: CycleExtension.objects.create(
                cycle=reflection.cycle,
                hour_before=closes_at,
                closes_at=closes_at + days * DAY,
                reason_en=reason,
                extended_by=national,
            )
        )
        is is_refused
    )


# What is written once -----------------------------------------------------------------

APPEND_ONLY = [
    AuditEvent,
    FormerName,
    Succession,
    AnswerVersion,
    StateChange,
    ReturnReason,
    Extension,
    CycleExtension,
    Submission,
    SubmittedOutcome,
    SubmittedEvidence,
    SubmittedNeed,
    SubmittedText,
    ActionChange,
    Correction,
    Erratum,
    AnnotationVersion,
    FindingVersion,
    ResponseVersion,
    Resolution,
    CommentaryVersion,
    LearnedVersion,
]
TABLES = (
    "organisations_auditevent",
    "organisations_formername",
    "organisations_succession",
    "assessments_answerversion",
    "assessments_statechange",
    "assessments_returnreason",
    "assessments_extension",
    "assessments_cycleextension",
    "assessments_submission",
    "assessments_submittedoutcome",
    "assessments_submittedevidence",
    "assessments_submittedneed",
    "assessments_submittedtext",
    "assessments_actionchange",
    "frameworks_correction",
    "frameworks_erratum",
    "peerreview_annotationversion",
    "peerreview_findingversion",
    "peerreview_responseversion",
    "peerreview_resolution",
    "reporting_commentaryversion",
    "reporting_learnedversion",
)
FROZEN_TABLES = (
    "frameworks_edition",
    "frameworks_transformationprinciple",
    "frameworks_enablingfactor",
    "frameworks_wellbeinggoal",
    "frameworks_quadrupleaim",
    "frameworks_module",
    "frameworks_outcome",
    "frameworks_criterion",
)
TRIGGERS = {
    "postgresql": {f"{table}_append_only" for table in TABLES}
    | {f"{table}_frozen" for table in FROZEN_TABLES}
    | {f"{table}_no_truncate" for table in (*TABLES, *FROZEN_TABLES)},
    "sqlite": {
        f"{table}_no_{action}"
        for table in TABLES
        for action in ("update", "delete", "replace")
    }
    | {
        f"{table}_frozen_{action}"
        for table in FROZEN_TABLES
        for action in ("insert", "update", "delete")
    },
}


def test_the_tables_that_are_written_once():
    assert [model._meta.label for model in APPEND_ONLY] == triggers.APPEND_ONLY


@pytest.mark.parametrize("model", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_what_is_written_once_is_not_changed_or_removed(written_once, model, statement):
    before = list(model.objects.order_by("pk").values())
    assert before, "there is something that could change"

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(model._meta.db_table))

    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own statement")
@pytest.mark.parametrize("model", APPEND_ONLY)
def test_what_is_written_once_is_not_replaced(written_once, model):
    before = list(model.objects.order_by("pk").values())
    table = model._meta.db_table

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608

    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own statement")
def test_a_submission_is_not_replaced_by_one_of_its_number(submission):
    table = Submission._meta.db_table
    columns = [
        field.column
        for field in Submission._meta.concrete_fields
        if not field.primary_key
    ]
    others = ["'{}'" if name == "content" else name for name in columns]

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"REPLACE INTO {table} ({', '.join(columns)}) "  # noqa: S608
            f"SELECT {', '.join(others)} FROM {table}"
        )

    assert Submission.objects.get() == submission


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own")
@pytest.mark.parametrize("table", [*TABLES, *FROZEN_TABLES])
def test_no_table_of_what_is_kept_is_emptied(table):
    with (
        pytest.raises(DatabaseError, match="is never emptied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_triggers_are_there_after_migrating():
    assert triggers.trigger_names(connection) == TRIGGERS[connection.vendor]


@pytest.mark.django_db(transaction=True)
def test_triggers_are_there_after_emptying_the_database(submission):
    call_command("flush", interactive=False, verbosity=0)

    assert Cycle.objects.count() == AuditEvent.objects.count() == 0
    assert triggers.trigger_names(connection) == TRIGGERS[connection.vendor]


@pytest.mark.django_db(transaction=True)
def test_triggers_are_lifted_while_a_migration_runs(submission):
    emit_pre_migrate_signal(verbosity=0, interactive=False, db="default")
    meanwhile = triggers.trigger_names(connection)
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")

    assert meanwhile == set()
    assert triggers.trigger_names(connection) == TRIGGERS[connection.vendor]
