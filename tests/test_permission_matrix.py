"""Who may do what, see what and open what, as tables.

This is the place to look up a permission, and the place to change first. In every table the
columns are the same people; "past" is a reviewer whose access has ended.
"""

import datetime
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import get_resolver, reverse
from django.utils import timezone

from assessments import services
from assessments.models import (
    Action,
    Answer,
    AnswerVersion,
    Discussion,
    FacilitatedSession,
    Presence,
    ReviewAccess,
    SelfReflection,
    Submission,
    View,
)
from organisations.permissions import Permission, authorise, holds
from peerreview.models import Annotation, GoodPractice, ReviewPhase
from reporting.scopes import BOARD, CLUSTER, EVERYWHERE, Scope
from tests.every_page import FOR_PROGRAMS
from tests.factories import (
    ClusterFactory,
    EditionFactory,
    IndicatorFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.factories.peerreview import (
    ClusterReviewFactory,
    ReviewGroupFactory,
    ReviewRoundFactory,
)
from tests.steps import (
    State,
    bring_to,
    entry,
    outcome_of,
    save,
    start,
    submit,
    words_of,
)

pytestmark = pytest.mark.django_db

ACTORS = (
    *("lead", "contributor", "stranger", "officer", "other_officer"),
    *("national", "reviewer", "past", "administrator", "superuser"),
)


@pytest.fixture
def people(
    reflection,
    lead,
    contributor,
    stranger,
    officer,
    other_officer,
    national,
    administrator,
    superuser,
):
    now, day = timezone.now(), datetime.timedelta(days=1)
    reviewer = UserFactory(email="reviewer@example.test")
    ReviewAccess.objects.create(
        reflection=reflection, user=reviewer, starts_at=now - day, ends_at=now + day
    )
    past = UserFactory(email="past@example.test")
    ReviewAccess.objects.create(
        reflection=reflection, user=past, starts_at=now - 2 * day, ends_at=now - day
    )
    everyone = locals()
    return {actor: everyone[actor] for actor in ACTORS}


def row_of(people, test):
    """A row of a table: a mark for each person for whom ``test`` holds."""
    return " ".join("x" if test(people[actor]) else "." for actor in ACTORS)


# Permissions ----------------------------------------------------------------------------

NOBODY = ". . . . . . . . . ."
THE_CLUSTER = "x x . . . . . . . ."
THE_LEAD = "x . . . . . . . . ."
THE_OFFICER = ". . . x . . . . . ."
NATIONAL = ". . . . . x . . . ."
READERS = "x x . x . x x . . ."
THOSE_AROUND = "x x . x . x . . . ."
ADMINISTRATORS = ". . . . . . . . x x"

# A draft whose cycle is past its closing hour, but was not closed yet.
OVERDUE = "overdue"

ON_A_REFLECTION = [
    # permission, state,  lead contributor stranger officer other_officer
    #                     national reviewer past administrator superuser
    (Permission.READ_ANSWERS, State.NOT_STARTED, THE_CLUSTER),
    (Permission.READ_ANSWERS, State.DRAFT, THE_CLUSTER),
    (Permission.READ_ANSWERS, OVERDUE, THE_CLUSTER),
    (Permission.READ_ANSWERS, State.SUBMITTED, THE_CLUSTER),
    (Permission.READ_ANSWERS, State.IN_REVIEW, THE_CLUSTER),
    (Permission.READ_ANSWERS, State.AGREED, THE_CLUSTER),
    (Permission.READ_ANSWERS, State.CLOSED, THE_CLUSTER),
    (Permission.EDIT_ANSWERS, State.NOT_STARTED, THE_CLUSTER),
    (Permission.EDIT_ANSWERS, State.DRAFT, THE_CLUSTER),
    (Permission.EDIT_ANSWERS, OVERDUE, NOBODY),
    (Permission.EDIT_ANSWERS, State.SUBMITTED, NOBODY),
    (Permission.EDIT_ANSWERS, State.IN_REVIEW, NOBODY),
    (Permission.EDIT_ANSWERS, State.AGREED, NOBODY),
    (Permission.EDIT_ANSWERS, State.CLOSED, NOBODY),
    (Permission.RECORD_VIEW, State.NOT_STARTED, THE_CLUSTER),
    (Permission.RECORD_VIEW, State.DRAFT, THE_CLUSTER),
    (Permission.RECORD_VIEW, OVERDUE, NOBODY),
    (Permission.RECORD_VIEW, State.SUBMITTED, NOBODY),
    (Permission.RECORD_VIEW, State.IN_REVIEW, NOBODY),
    (Permission.RECORD_VIEW, State.AGREED, NOBODY),
    (Permission.RECORD_VIEW, State.CLOSED, NOBODY),
    (Permission.OPEN_DISCUSSION, State.NOT_STARTED, THE_LEAD),
    (Permission.OPEN_DISCUSSION, State.DRAFT, THE_LEAD),
    (Permission.OPEN_DISCUSSION, OVERDUE, NOBODY),
    (Permission.OPEN_DISCUSSION, State.SUBMITTED, NOBODY),
    (Permission.OPEN_DISCUSSION, State.IN_REVIEW, NOBODY),
    (Permission.OPEN_DISCUSSION, State.AGREED, NOBODY),
    (Permission.OPEN_DISCUSSION, State.CLOSED, NOBODY),
    (Permission.FACILITATE, State.NOT_STARTED, THE_CLUSTER),
    (Permission.FACILITATE, State.DRAFT, THE_CLUSTER),
    (Permission.FACILITATE, OVERDUE, NOBODY),
    (Permission.FACILITATE, State.SUBMITTED, NOBODY),
    (Permission.FACILITATE, State.IN_REVIEW, NOBODY),
    (Permission.FACILITATE, State.AGREED, NOBODY),
    (Permission.FACILITATE, State.CLOSED, NOBODY),
    (Permission.SUBMIT_REFLECTION, State.NOT_STARTED, NOBODY),
    (Permission.SUBMIT_REFLECTION, State.DRAFT, THE_LEAD),
    (Permission.SUBMIT_REFLECTION, OVERDUE, NOBODY),
    (Permission.SUBMIT_REFLECTION, State.SUBMITTED, NOBODY),
    (Permission.SUBMIT_REFLECTION, State.IN_REVIEW, NOBODY),
    (Permission.SUBMIT_REFLECTION, State.AGREED, NOBODY),
    (Permission.SUBMIT_REFLECTION, State.CLOSED, NOBODY),
    (Permission.WITHDRAW_REFLECTION, State.NOT_STARTED, NOBODY),
    (Permission.WITHDRAW_REFLECTION, State.DRAFT, NOBODY),
    (Permission.WITHDRAW_REFLECTION, OVERDUE, NOBODY),
    (Permission.WITHDRAW_REFLECTION, State.SUBMITTED, THE_LEAD),
    (Permission.WITHDRAW_REFLECTION, State.IN_REVIEW, NOBODY),
    (Permission.WITHDRAW_REFLECTION, State.AGREED, NOBODY),
    (Permission.WITHDRAW_REFLECTION, State.CLOSED, NOBODY),
    (Permission.RETURN_REFLECTION, State.NOT_STARTED, NOBODY),
    (Permission.RETURN_REFLECTION, State.DRAFT, NOBODY),
    (Permission.RETURN_REFLECTION, OVERDUE, NOBODY),
    (Permission.RETURN_REFLECTION, State.SUBMITTED, THE_OFFICER),
    (Permission.RETURN_REFLECTION, State.IN_REVIEW, NOBODY),
    (Permission.RETURN_REFLECTION, State.AGREED, NOBODY),
    (Permission.RETURN_REFLECTION, State.CLOSED, NOBODY),
    (Permission.GRANT_EXTENSION, State.NOT_STARTED, THE_OFFICER),
    (Permission.GRANT_EXTENSION, State.DRAFT, THE_OFFICER),
    (Permission.GRANT_EXTENSION, OVERDUE, THE_OFFICER),
    (Permission.GRANT_EXTENSION, State.SUBMITTED, NOBODY),
    (Permission.GRANT_EXTENSION, State.IN_REVIEW, NOBODY),
    (Permission.GRANT_EXTENSION, State.AGREED, NOBODY),
    (Permission.GRANT_EXTENSION, State.CLOSED, NOBODY),
    (Permission.READ_STATES, State.NOT_STARTED, THOSE_AROUND),
    (Permission.READ_STATES, State.DRAFT, THOSE_AROUND),
    (Permission.READ_STATES, OVERDUE, THOSE_AROUND),
    (Permission.READ_STATES, State.SUBMITTED, THOSE_AROUND),
    (Permission.READ_STATES, State.IN_REVIEW, THOSE_AROUND),
    (Permission.READ_STATES, State.AGREED, THOSE_AROUND),
    (Permission.READ_STATES, State.CLOSED, THOSE_AROUND),
    (Permission.BEGIN_REVIEW, State.NOT_STARTED, NOBODY),
    (Permission.BEGIN_REVIEW, State.DRAFT, NOBODY),
    (Permission.BEGIN_REVIEW, OVERDUE, NOBODY),
    (Permission.BEGIN_REVIEW, State.SUBMITTED, ". . . x . . x . . ."),
    (Permission.BEGIN_REVIEW, State.IN_REVIEW, NOBODY),
    (Permission.BEGIN_REVIEW, State.AGREED, NOBODY),
    (Permission.BEGIN_REVIEW, State.CLOSED, NOBODY),
    (Permission.RECORD_AGREEMENT, State.NOT_STARTED, NOBODY),
    (Permission.RECORD_AGREEMENT, State.DRAFT, NOBODY),
    (Permission.RECORD_AGREEMENT, OVERDUE, NOBODY),
    (Permission.RECORD_AGREEMENT, State.SUBMITTED, THE_OFFICER),
    (Permission.RECORD_AGREEMENT, State.IN_REVIEW, THE_OFFICER),
    (Permission.RECORD_AGREEMENT, State.AGREED, NOBODY),
    (Permission.RECORD_AGREEMENT, State.CLOSED, NOBODY),
    (Permission.KEEP_ACTIONS, State.NOT_STARTED, THE_CLUSTER),
    (Permission.KEEP_ACTIONS, State.DRAFT, THE_CLUSTER),
    (Permission.KEEP_ACTIONS, OVERDUE, THE_CLUSTER),
    (Permission.KEEP_ACTIONS, State.SUBMITTED, THE_CLUSTER),
    (Permission.KEEP_ACTIONS, State.IN_REVIEW, THE_CLUSTER),
    (Permission.KEEP_ACTIONS, State.AGREED, THE_CLUSTER),
    (Permission.KEEP_ACTIONS, State.CLOSED, THE_CLUSTER),
]

ON_OTHER_THINGS = [
    (Permission.READ_SUBMISSION, "submission", "x x . x . x x . . ."),
    (Permission.MANAGE_CYCLES, None, ". . . . . x . . x x"),
    (Permission.OPEN_CYCLE, "cycle", ". . . . . x . . x x"),
    (Permission.EXTEND_CYCLE, "cycle", ". . . . . x . . x x"),
    (Permission.CLOSE_CYCLE, "cycle", ". . . . . x . . x x"),
    (Permission.VIEW_BOARD_RESULTS, "board", ". . . x . x . . . ."),
    (Permission.ENTER_FIGURES, "board", ". . . x . x . . . ."),
    (Permission.VIEW_NATIONAL_RESULTS, None, NATIONAL),
    (Permission.READ_DASHBOARD, None, "x x x x x x . . . ."),
    (Permission.HOLD_TOKENS, None, "x x x x x x . . . ."),
    (Permission.OPEN_SCOPE, "Wales", "x x x x x x . . . ."),
    (Permission.OPEN_SCOPE, "scope of the board", "x x x x x x . . . ."),
    (Permission.OPEN_SCOPE, "scope of the cluster", "x x . x . x . . . ."),
    (Permission.ASK_PACK, None, ". . . x x x . . . ."),
    (Permission.ASK_PACK, "Wales", NATIONAL),
    (Permission.ASK_PACK, "scope of the board", ". . . x . x . . . ."),
    (Permission.ASK_PACK, "scope of the cluster", NOBODY),
    (Permission.WRITE_COMMENTARY, "Wales", NATIONAL),
    (Permission.WRITE_COMMENTARY, "scope of the board", ". . . x . x . . . ."),
    (Permission.WRITE_COMMENTARY, "scope of the cluster", ". . . x . x . . . ."),
    (Permission.TRANSLATE, None, ADMINISTRATORS),  # and translators: tests/frameworks
    (Permission.ADMINISTER, None, ADMINISTRATORS),
    (Permission.VIEW_PEOPLE, "cluster", "x x . x . . . . . ."),
    (Permission.MANAGE_PEOPLE, "cluster", THE_LEAD),
    (Permission.NOMINATE_DEPUTY, "cluster", THE_LEAD),
    (Permission.HAND_OVER, "cluster", THE_LEAD),
    (Permission.APPOINT_LEAD, "cluster", NOBODY),
    (Permission.APPOINT_LEAD, "cluster without lead", THE_OFFICER),
    (Permission.CHANGE_ACTION, "action", THE_CLUSTER),
    (Permission.ESCALATE_ACTION, "action", "x . . x . . . . . ."),
    # The reviewer here has access and no assignment, and so no part in the round: see
    # tests/peerreview for those who have one.
    (Permission.ORGANISE_ROUND, None, ". . . x x x . . . ."),
    (Permission.ORGANISE_ROUND, "round", NATIONAL),
    (Permission.ORGANISE_ROUND, "round of the board", ". . . x . x . . . ."),
    (Permission.RUN_MEETING, "group", NOBODY),
    (Permission.RUN_MEETING, "group that meets", NOBODY),
    (Permission.READ_MEETING_NEEDS, "group", NOBODY),
    (Permission.READ_MEETING_NEEDS, "group that meets", NOBODY),
    (Permission.READ_REVIEW, "review", "x x . x . x . . . ."),
    (Permission.READ_AS_REVIEWER, "review", NOBODY),
    (Permission.ANNOTATE, "review", NOBODY),
    (Permission.REPLY_FOR_CLUSTER, "review", NOBODY),
    (Permission.REPLY_FOR_CLUSTER, "review of a group that meets", THE_CLUSTER),
    (Permission.RECORD_FINDINGS, "review", NOBODY),
    (Permission.RECORD_FINDINGS, "review of a group that meets", NOBODY),
    (Permission.SHARE_PRACTICE, "review", NOBODY),
    (Permission.SHARE_PRACTICE, "review of a group that meets", THE_LEAD),
    (Permission.WITHDRAW_FROM_REVIEW, "review", "x . . . . x . . . ."),
    (Permission.KEEP_PRACTICE, "practice", THE_LEAD),
    (Permission.READ_LIBRARY, None, "x x x x x x . . x ."),
    (Permission.READ_LEARNED, None, "x x x x x x x x x x"),
    (Permission.EDIT_LEARNED, None, NATIONAL),
]


def subjects_of(reflection, people):
    """What the permissions of that table are on; the self-reflection is submitted."""
    start(reflection, by=people["lead"])
    submission = submit(reflection, by=people["lead"])
    board = reflection.cluster.health_board
    now_annotating, now_meeting, of_the_board = (
        ReviewRoundFactory(cycle=reflection.cycle, phase=phase, health_board=of)
        for phase, of in [
            (ReviewPhase.Kind.ANNOTATING, None),
            (ReviewPhase.Kind.DISCUSSING, None),
            (ReviewPhase.Kind.ANNOTATING, board),
        ]
    )
    groups = [ReviewGroupFactory(round=each) for each in (now_annotating, now_meeting)]
    reviews = [
        ClusterReviewFactory(group=group, reflection=reflection) for group in groups
    ]
    return {
        "submission": submission,
        "cycle": reflection.cycle,
        "board": board,
        "cluster": reflection.cluster,
        "Wales": EVERYWHERE,
        "scope of the board": Scope(BOARD, board),
        "scope of the cluster": Scope(CLUSTER, reflection.cluster),
        "cluster without lead": ClusterFactory(health_board=board),
        "action": action_of(reflection, people),
        "round": now_annotating,
        "round of the board": of_the_board,
        "group": groups[0],
        "group that meets": groups[1],
        "review": reviews[0],
        "review of a group that meets": reviews[1],
        "practice": GoodPractice.objects.create(
            annotation=Annotation.objects.create(
                review=reviews[1],
                submission=submission,
                choice="good_practice",
                voice=Annotation.Voice.REVIEWER,
                author=people["reviewer"],
            ),
            cluster=reflection.cluster,
            outcome=outcome_of(reflection),
            title="A shared clinic",
            language="en",
            contact=people["lead"],
            consented_by=people["lead"],
        ),
        None: None,
    }


@pytest.mark.parametrize("state", [*State, OVERDUE])
def test_permissions_on_a_reflection(reflection, people, state):
    cast = {role: people[role] for role in ("lead", "officer", "national")}
    bring_to(State.DRAFT if state == OVERDUE else state, reflection, **cast)
    if state == OVERDUE:
        reflection.cycle.closes_at = timezone.now()
        reflection.cycle.save()
    reflection = SelfReflection.objects.get(pk=reflection.pk)
    expected = {
        permission: marks for permission, of, marks in ON_A_REFLECTION if of == state
    }

    found = {
        permission: row_of(people, lambda user: holds(user, permission, reflection))  # noqa: B023
        for permission in expected
    }

    assert found == expected


@pytest.mark.parametrize(("permission", "subject", "marks"), ON_OTHER_THINGS)
def test_permissions_on_other_things(reflection, people, permission, subject, marks):
    subjects = subjects_of(reflection, people)

    found = row_of(people, lambda user: holds(user, permission, subjects[subject]))

    assert found == marks


def test_every_permission_is_in_the_tables():
    on_reflections = {(permission, state) for permission, state, _ in ON_A_REFLECTION}
    on_others = {permission for permission, _, _ in ON_OTHER_THINGS}

    assert {permission for permission, _ in on_reflections} | on_others == set(
        Permission
    )
    assert on_reflections == {
        (permission, state)
        for permission in set(Permission) - on_others
        for state in [*State, OVERDUE]
    }


@pytest.mark.parametrize("permission", Permission)
def test_whoever_is_deactivated_holds_nothing(reflection, people, permission):
    made = subjects_of(reflection, people)
    subjects = {permission: made[subject] for permission, subject, _ in ON_OTHER_THINGS}
    subject = subjects.get(permission, reflection)
    type(people["lead"]).objects.update(is_active=False)
    people = {
        actor: type(person).objects.get(pk=person.pk)
        for actor, person in people.items()
    }

    assert row_of(people, lambda user: holds(user, permission, subject)) == NOBODY


def test_authorise_says_no_by_raising(reflection, people):
    authorise(people["lead"], Permission.READ_ANSWERS, reflection)

    with pytest.raises(PermissionDenied, match="read_answers"):
        authorise(people["superuser"], Permission.READ_ANSWERS, reflection)


# Rows -------------------------------------------------------------------------------------


def action_of(reflection, people):
    return Action.objects.create(
        reflection=reflection, text="To do.", language="en", added_by=people["lead"]
    )


# What is seen of a self-reflection that was submitted, returned and is written again.
VISIBLE = [
    (SelfReflection, "x x . x . x x . . ."),
    (Answer, THE_CLUSTER),
    (AnswerVersion, THE_CLUSTER),
    (Submission, READERS),
    (Action, READERS),
]


@pytest.mark.parametrize(
    ("model", "marks"), VISIBLE, ids=[m.__name__ for m, _ in VISIBLE]
)
def test_rows_that_are_visible(reflection, people, model, marks):
    start(reflection, by=people["lead"])
    submit(reflection, by=people["lead"])
    services.return_reflection(
        reflection=reflection, by=people["officer"], reason="More.", language="en"
    )
    action_of(reflection, people)
    assert model.objects.count() == 1, "there is something that could be seen"

    found = row_of(people, lambda user: model.objects.visible_to(user).exists())

    assert found == marks


@pytest.mark.parametrize(
    ("model", "marks"), VISIBLE, ids=[m.__name__ for m, _ in VISIBLE]
)
def test_rows_of_a_cluster_elsewhere(reflection, people, model, marks):
    """Of another board: the national officer alone, and of its draft nobody here."""
    elsewhere = SelfReflectionFactory(cycle=reflection.cycle)
    its_lead = UserFactory(lead_of=elsewhere.cluster)
    start(elsewhere, by=its_lead)
    submit(elsewhere, by=its_lead)
    action_of(elsewhere, people)
    of_it = model.objects.filter(
        **{
            SelfReflection: {"pk": elsewhere.pk},
            AnswerVersion: {"answer__reflection": elsewhere},
        }.get(model, {"reflection": elsewhere})
    )
    assert of_it.count() == 1

    found = row_of(people, lambda user: of_it.visible_to(user).exists())

    assert found == (NOBODY if model in {Answer, AnswerVersion} else NATIONAL)


# Before and at the meeting; a view is its author's, here the contributor's.
OF_THE_MEETING = [
    (View, ". x . . . . . . . ."),
    (Discussion, THE_CLUSTER),
    (FacilitatedSession, THE_CLUSTER),
    (Presence, THE_CLUSTER),
]


@pytest.mark.parametrize(
    ("model", "marks"), OF_THE_MEETING, ids=[m.__name__ for m, _ in OF_THE_MEETING]
)
def test_rows_of_the_meeting(reflection, people, model, marks):
    lead, contributor = people["lead"], people["contributor"]
    of_it = {"reflection": reflection}
    outcome = outcome_of(reflection)
    View.objects.create(**of_it, outcome=outcome, by=contributor, choice="2")
    Discussion.objects.create(**of_it, outcome=outcome, opened_by=lead, view_count=0)
    FacilitatedSession.objects.create(**of_it, started_by=lead, outcome=outcome)
    Presence.objects.create(**of_it, by=lead, page_id=uuid.uuid4(), place="contents")

    found = row_of(people, lambda user: model.objects.visible_to(user).exists())

    assert found == marks


@pytest.mark.parametrize(
    ("starts", "ends", "sees"), [(-2, -1, False), (-1, 1, True), (1, 2, False)]
)
def test_review_access_holds_between_its_hours(reflection, people, starts, ends, sees):
    start(reflection, by=people["lead"])
    submit(reflection, by=people["lead"])
    now, hour = timezone.now(), datetime.timedelta(hours=1)
    ReviewAccess.objects.filter(user=people["reviewer"]).update(
        starts_at=now + starts * hour, ends_at=now + ends * hour
    )

    assert Submission.objects.visible_to(people["reviewer"]).exists() is sees
    assert SelfReflection.objects.visible_to(people["reviewer"]).exists() is sees


def test_a_deactivated_reviewer_sees_nothing(reflection, people):
    start(reflection, by=people["lead"])
    submit(reflection, by=people["lead"])
    reviewer = people["reviewer"]
    reviewer.is_active = False
    reviewer.save()

    assert not Submission.objects.visible_to(reviewer).exists()
    assert not SelfReflection.objects.visible_to(reviewer).exists()


def test_two_ways_to_see_a_row_show_it_once(reflection, people):
    """An officer with review access, and a lead who is a contributor too."""
    start(reflection, by=people["lead"])
    submission = submit(reflection, by=people["lead"])
    now, hour = timezone.now(), datetime.timedelta(hours=1)
    for _ in range(2):
        ReviewAccess.objects.create(
            reflection=reflection,
            user=people["officer"],
            starts_at=now - hour,
            ends_at=now + hour,
        )

    assert list(Submission.objects.visible_to(people["officer"])) == [submission]
    assert list(SelfReflection.objects.visible_to(people["officer"])) == [reflection]


# Pages ------------------------------------------------------------------------------------

NO_ONE = "nobody signed in"
DRAFT, SENT = "draft", "sent"

# GET of each address while the cluster "afan" writes a draft, and once it is submitted. The
# first column is nobody signed in, then the people as above. 302 leads to signing in, or to
# the page that a person means; 404: not to be known of; 403: known of, but not open to them.
ROUTES = [
    # name, state, nobody | lead contributor stranger officer other_officer
    #              | national reviewer past administrator superuser
    ("choose_language", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("home", DRAFT, "302 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("about", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("accessibility", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("privacy", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("cookies", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("sign_in", DRAFT, "200 | 302 302 302 302 302 | 302 302 302 302 302"),
    ("sign_out", DRAFT, "302 | 302 302 302 302 302 | 302 302 302 302 302"),
    ("session", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("account", DRAFT, "302 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("own_emails", DRAFT, "302 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("password_change", DRAFT, "302 | 200 200 200 200 200 | 200 200 200 200 200"),
    # the framework is public
    ("frameworks:current_edition", DRAFT, "302 | 302 302 302 302 302 | 302 302 302 302 302"),
    ("frameworks:edition_detail", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("frameworks:edition_file", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("frameworks:edition_changes", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("frameworks:module_detail", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("frameworks:outcome_detail", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("frameworks:module_logic_model", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("frameworks:outcome_logic_model", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("indicators:indicator_list", DRAFT, "302 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("indicators:indicator_detail", DRAFT, "302 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("indicators:figures_choose", DRAFT, "302 | 302 302 302 302 302 | 302 302 302 302 302"),
    ("indicators:figures_edit", DRAFT, "302 | 403 403 403 200 403 | 200 403 403 403 403"),
    ("indicators:figures_boards", DRAFT, "302 | 403 403 403 302 302 | 200 403 403 403 403"),
    ("indicators:figures_upload", DRAFT, "302 | 403 403 403 200 403 | 200 403 403 403 403"),
    ("indicators:figures_template", DRAFT, "302 | 403 403 403 200 403 | 200 403 403 403 403"),
    # no file was sent
    ("indicators:figure_upload_detail", DRAFT, "302 | 403 403 403 404 403 | 404 403 403 403 403"),
    ("indicators:figure_upload_apply", DRAFT, "302 | 403 403 403 404 403 | 404 403 403 403 403"),
    ("indicators:figure_upload_undo", DRAFT, "302 | 403 403 403 404 403 | 404 403 403 403 403"),
    # a self-reflection while it is written: its cluster's alone
    ("assessments:mine", DRAFT, "302 | 302 302 302 200 200 | 200 200 200 200 200"),
    ("assessments:reflection_detail", DRAFT, "302 | 200 200 404 200 404 | 200 200 404 404 404"),
    ("assessments:context_edit", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:outcome_edit", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:enablers_edit", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:closing_edit", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:own_views_edit", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:own_view_edit", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:discussion_detail", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:session_detail", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:session_change", DRAFT, "302 | 302 302 404 403 404 | 403 403 404 404 404"),
    ("assessments:session_end", DRAFT, "302 | 302 302 404 403 404 | 403 403 404 404 404"),
    ("assessments:session_step", DRAFT, "302 | 302 302 404 403 404 | 403 403 404 404 404"),
    ("assessments:presence_note", DRAFT, "302 | 302 302 404 403 404 | 403 403 404 404 404"),
    ("assessments:draft_detail", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:worksheet_detail", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:worksheet_file", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:worksheet_preview", DRAFT, "302 | 404 404 404 403 404 | 403 403 404 404 404"),
    ("assessments:answer_history", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:outcome_answer_history", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:change_list", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:state_list", DRAFT, "302 | 200 200 404 200 404 | 200 403 404 404 404"),
    ("assessments:extension_grant", DRAFT, "302 | 403 403 404 200 404 | 403 403 404 404 404"),
    ("assessments:submission_changes", DRAFT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("assessments:reflection_check", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:reflection_submit", DRAFT, "302 | 302 302 404 403 404 | 403 403 404 404 404"),
    ("assessments:reflection_withdraw", DRAFT, "302 | 302 302 404 403 404 | 403 403 404 404 404"),
    ("assessments:reflection_return", DRAFT, "302 | 403 403 404 302 404 | 403 403 404 404 404"),
    ("assessments:agreement_record", DRAFT, "302 | 403 403 404 302 404 | 403 403 404 404 404"),
    ("assessments:evidence_list", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:evidence_add", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:evidence_edit", DRAFT, "302 | 404 404 404 403 404 | 403 403 404 404 404"),
    ("assessments:evidence_remove", DRAFT, "302 | 404 404 404 403 404 | 403 403 404 404 404"),
    ("assessments:evidence_restore", DRAFT, "302 | 404 404 404 403 404 | 403 403 404 404 404"),
    ("assessments:evidence_file", DRAFT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("assessments:submission_detail", DRAFT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("reporting:summary_pdf", DRAFT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("reporting:report_pdf", DRAFT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("reporting:draft_pdf", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    # once it is submitted
    ("assessments:reflection_detail", SENT, "302 | 200 200 404 200 404 | 200 200 404 404 404"),
    ("assessments:context_edit", SENT, "302 | 302 302 404 403 404 | 403 403 404 404 404"),
    ("assessments:outcome_edit", SENT, "302 | 302 302 404 403 404 | 403 403 404 404 404"),
    ("assessments:enablers_edit", SENT, "302 | 302 302 404 403 404 | 403 403 404 404 404"),
    ("assessments:closing_edit", SENT, "302 | 302 302 404 403 404 | 403 403 404 404 404"),
    ("assessments:own_views_edit", SENT, "302 | 302 302 404 403 404 | 403 403 404 404 404"),
    ("assessments:own_view_edit", SENT, "302 | 302 302 404 403 404 | 403 403 404 404 404"),
    ("assessments:discussion_detail", SENT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:session_detail", SENT, "302 | 302 302 404 403 404 | 403 403 404 404 404"),
    ("assessments:draft_detail", SENT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:answer_history", SENT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:outcome_answer_history", SENT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:change_list", SENT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:state_list", SENT, "302 | 200 200 404 200 404 | 200 403 404 404 404"),
    ("assessments:extension_grant", SENT, "302 | 403 403 404 302 404 | 403 403 404 404 404"),
    # of the first, to the submission itself
    ("assessments:submission_changes", SENT, "302 | 302 302 404 302 404 | 302 302 404 404 404"),
    ("assessments:reflection_check", SENT, "302 | 302 302 404 403 404 | 403 403 404 404 404"),
    ("assessments:reflection_return", SENT, "302 | 403 403 404 200 404 | 403 403 404 404 404"),
    ("assessments:agreement_record", SENT, "302 | 403 403 404 200 404 | 403 403 404 404 404"),
    ("assessments:evidence_list", SENT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("assessments:evidence_add", SENT, "302 | 302 302 404 403 404 | 403 403 404 404 404"),
    ("assessments:submission_detail", SENT, "302 | 200 200 404 200 404 | 200 200 404 404 404"),
    ("reporting:summary_pdf", SENT, "302 | 200 200 404 200 404 | 200 200 404 404 404"),
    ("reporting:report_pdf", SENT, "302 | 200 200 404 200 404 | 200 200 404 404 404"),
    ("reporting:draft_pdf", SENT, "302 | 302 302 404 403 404 | 403 403 404 404 404"),
    # the people of a cluster
    ("people:people_list", DRAFT, "302 | 200 200 404 200 404 | 403 404 404 404 404"),
    ("people:person_invite", DRAFT, "302 | 200 403 404 403 404 | 403 404 404 404 404"),
    ("people:lead_invite", DRAFT, "302 | 403 403 404 403 404 | 403 404 404 404 404"),
    ("people:invitation_resend", DRAFT, "302 | 302 403 404 403 404 | 403 404 404 404 404"),
    ("people:invitation_revoke", DRAFT, "302 | 302 403 404 403 404 | 403 404 404 404 404"),
    ("people:deputy_nominate", DRAFT, "302 | 200 403 404 403 404 | 403 404 404 404 404"),
    ("people:deputy_end", DRAFT, "302 | 302 403 404 403 404 | 403 404 404 404 404"),
    ("people:hand_over", DRAFT, "302 | 200 403 404 403 404 | 403 404 404 404 404"),
    ("people:person_remove", DRAFT, "302 | 404 403 404 403 404 | 403 404 404 404 404"),
    ("people:person_restore", DRAFT, "302 | 302 403 404 403 404 | 403 404 404 404 404"),
    ("people:cluster_leave", DRAFT, "302 | 200 200 404 403 404 | 403 404 404 404 404"),
    ("people:action_give", DRAFT, "302 | 302 403 404 403 404 | 403 404 404 404 404"),
    # actions; of the number 0 there is none: tests/assessments/test_action_pages.py
    ("actions:action_list", DRAFT, "302 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("actions:action_add", DRAFT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("actions:action_add", SENT, "302 | 200 200 404 403 404 | 403 403 404 404 404"),
    ("actions:action_detail", DRAFT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("actions:action_edit", DRAFT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("actions:action_status", DRAFT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("actions:action_escalate", DRAFT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    # the review of a cluster: here there is none; tests/peerreview/test_reading_pages.py
    ("peerreview:review_detail", DRAFT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:review_outcome", DRAFT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:annotation_history", DRAFT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    # cycles
    ("cycles:cycle_list", DRAFT, "302 | 403 403 403 403 403 | 200 403 403 200 200"),
    ("cycles:cycle_add", DRAFT, "302 | 403 403 403 403 403 | 200 403 403 200 200"),
    ("cycles:cycle_detail", DRAFT, "302 | 403 403 403 403 403 | 200 403 403 200 200"),
    ("cycles:cycle_edit", DRAFT, "302 | 403 403 403 403 403 | 200 403 403 200 200"),
    ("cycles:cycle_open", DRAFT, "302 | 403 403 403 403 403 | 200 403 403 200 200"),
    ("cycles:cycle_extend", DRAFT, "302 | 403 403 403 403 403 | 200 403 403 200 200"),
    ("cycles:cycle_close", DRAFT, "302 | 403 403 403 403 403 | 200 403 403 200 200"),
    # translating; the first edition is published, and no file was sent
    ("translation:translation_list", DRAFT, "302 | 403 403 403 403 403 | 403 403 403 200 200"),
    ("translation:translation_edition", DRAFT, "302 | 403 403 403 403 403 | 403 403 403 200 200"),
    ("translation:translation_next", DRAFT, "302 | 403 403 403 403 403 | 403 403 403 302 302"),
    ("translation:translation_section", DRAFT, "302 | 403 403 403 403 403 | 403 403 403 200 200"),
    ("translation:translation_check", DRAFT, "302 | 403 403 403 403 403 | 403 403 403 200 200"),
    ("translation:translation_files", DRAFT, "302 | 403 403 403 403 403 | 403 403 403 200 200"),
    ("translation:translation_download", DRAFT, "302 | 403 403 403 403 403 | 403 403 403 422 422"),
    ("translation:translation_preview", DRAFT, "302 | 403 403 403 403 403 | 403 403 403 404 404"),
    # of a draft; of a published edition they lead to its own pages
    ("framework_preview:edition_detail", DRAFT, "302 | 403 403 403 403 403 | 403 403 403 302 302"),
    ("framework_preview:module_detail", DRAFT, "302 | 403 403 403 403 403 | 403 403 403 302 302"),
    ("framework_preview:outcome_detail", DRAFT, "302 | 403 403 403 403 403 | 403 403 403 302 302"),
    ("framework_preview:module_logic_model", DRAFT, "302 | 403 403 403 403 403 | 403 403 403 302 302"),
    ("framework_preview:outcome_logic_model", DRAFT, "302 | 403 403 403 403 403 | 403 403 403 302 302"),
    ("framework_preview:current_edition", DRAFT, "302 | 302 302 302 302 302 | 302 302 302 302 302"),
    ("framework_preview:edition_changes", DRAFT, "302 | 302 302 302 302 302 | 302 302 302 302 302"),
    ("framework_preview:edition_file", DRAFT, "302 | 302 302 302 302 302 | 302 302 302 302 302"),
    ("form_preview", DRAFT, "302 | 403 403 403 403 403 | 403 403 403 302 302"),
    # behind links with a secret; of an unknown one
    ("people:invitation", DRAFT, "410 | 410 410 410 410 410 | 410 410 410 410 410"),
    ("password_reset", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("password_reset_sent", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("password_reset_confirm", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("password_reset_done", DRAFT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    # in a demonstration only
    ("outbox", DRAFT, "404 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("outbox_message", DRAFT, "404 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("outbox_send_daily", DRAFT, "405 | 405 405 405 405 405 | 405 405 405 405 405"),
    # peer review: of a round that is not there; tests/peerreview for one that is
    ("peerreview:replies_edit", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:replies_send", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:replies_history", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:cluster_record", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:group_record", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:meeting_detail", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:meeting_step", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:meeting_end", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:agreement_check", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:finding_history", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    # rounds of peer review: here there is none
    ("peerreview:round_list", SENT, "302 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("peerreview:round_add", SENT, "302 | 403 403 403 200 200 | 200 403 403 403 403"),
    ("peerreview:round_detail", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:round_edit", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:round_clusters", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:round_announce", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:group_add", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:group_detail", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:group_edit", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:group_remove", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:assignment_add", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:assignment_replace", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:assignment_remove", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:assignment_decline", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:review_withdraw", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:review_take_back", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:review_move", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:interest_declare", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:interest_take_back", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:groups_suggest", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:groups_use", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:practice_add", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("peerreview:library_list", SENT, "302 | 200 200 200 200 200 | 200 403 403 200 403"),
    ("peerreview:practice_detail", SENT, "302 | 404 404 404 404 404 | 404 403 403 404 403"),
    ("peerreview:practice_edit", SENT, "302 | 404 404 404 404 404 | 404 403 403 404 403"),
    ("peerreview:practice_withdraw", SENT, "302 | 404 404 404 404 404 | 404 403 403 404 403"),
    ("peerreview:contact_ask", SENT, "302 | 404 404 404 404 404 | 404 403 403 404 403"),
    ("reporting:review_record_pdf", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("reporting:group_record_pdf", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    # results
    ("reporting:results", SENT, "302 | 403 403 403 302 302 | 302 403 403 403 403"),
    ("reporting:worksheet_pdf", SENT, "302 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("reporting:national", SENT, "302 | 403 403 403 403 403 | 200 403 403 403 403"),
    ("reporting:board", SENT, "302 | 403 403 403 200 404 | 200 403 404 404 404"),
    # the dashboard of the cluster
    ("dashboard:start", SENT, "302 | 302 302 302 302 302 | 302 403 403 403 403"),
    ("dashboard:overview", SENT, "302 | 200 200 404 200 404 | 200 403 403 403 403"),
    ("dashboard:commentary", SENT, "302 | 403 403 404 200 404 | 200 403 403 403 403"),
    ("dashboard:commentary_history", SENT, "302 | 403 403 404 200 404 | 200 403 403 403 403"),
    ("dashboard:pdf", SENT, "302 | 200 200 404 200 404 | 200 403 403 403 403"),
    # of a cluster, which has none; tests/reporting/dashboard/test_area_summary.py for those that do
    ("dashboard:summary_pdf", SENT, "302 | 404 404 404 404 404 | 404 403 403 403 403"),
    ("dashboard:data", SENT, "302 | 200 200 404 200 404 | 200 403 403 403 403"),
    ("dashboard:dictionary", SENT, "302 | 200 200 404 200 404 | 200 403 403 403 403"),
    ("dashboard:dictionary_csv", SENT, "302 | 200 200 404 200 404 | 200 403 403 403 403"),
    ("dashboard:dictionary_xlsx", SENT, "302 | 200 200 404 200 404 | 200 403 403 403 403"),
    ("dashboard:exhibit_csv", SENT, "302 | 200 200 404 200 404 | 200 403 403 403 403"),
    ("dashboard:exhibit_xlsx", SENT, "302 | 200 200 404 200 404 | 200 403 403 403 403"),
    ("dashboard:facts_csv", SENT, "302 | 200 200 404 200 404 | 200 403 403 403 403"),
    # what was learned: of a year that has no page; tests/reporting/test_learned.py for one that has
    ("learned:learned_list", SENT, "302 | 200 200 200 200 200 | 200 200 200 200 200"),
    ("learned:learned_begin", SENT, "302 | 403 403 403 403 403 | 302 403 403 403 403"),
    ("learned:learned_detail", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("learned:learned_pdf", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("learned:learned_edit", SENT, "302 | 403 403 403 403 403 | 404 403 403 403 403"),
    ("learned:learned_choose", SENT, "302 | 403 403 403 403 403 | 404 403 403 403 403"),
    ("learned:learned_publish", SENT, "302 | 403 403 403 403 403 | 404 403 403 403 403"),
    ("learned:learned_take_back", SENT, "302 | 403 403 403 403 403 | 404 403 403 403 403"),
    ("learned:entry_add", SENT, "302 | 403 403 403 403 403 | 404 403 403 403 403"),
    ("learned:entry_edit", SENT, "302 | 403 403 403 403 403 | 404 403 403 403 403"),
    ("learned:entry_arrange", SENT, "302 | 403 403 403 403 403 | 404 403 403 403 403"),
    ("learned:entry_history", SENT, "302 | 403 403 403 403 403 | 404 403 403 403 403"),
    # personal tokens; of the number 0 there is none
    ("tokens:token_list", SENT, "302 | 200 200 200 200 200 | 200 403 403 403 403"),
    ("tokens:token_make", SENT, "302 | 200 200 200 200 200 | 200 403 403 403 403"),
    ("tokens:token_revoke", SENT, "302 | 404 404 404 404 404 | 404 403 403 403 403"),
    ("tokens:api_guide", SENT, "302 | 200 200 200 200 200 | 200 403 403 403 403"),
    # packs; of the number 0 there is none: tests/reporting/test_pack_pages.py
    ("packs:pack_list", SENT, "302 | 403 403 403 200 200 | 200 403 403 403 403"),
    ("packs:pack_ask", SENT, "302 | 403 403 403 200 403 | 200 403 403 403 403"),
    ("packs:pack_detail", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("packs:pack_progress", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("packs:pack_cancel", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    ("packs:pack_file", SENT, "302 | 404 404 404 404 404 | 404 404 404 404 404"),
    # programs ask with a token, and a session opens nothing to them
    ("api:openapi", SENT, "200 | 200 200 200 200 200 | 200 200 200 200 200"),
    *(
        (name, SENT, "401 | 401 401 401 401 401 | 401 401 401 401 401")
        for name in sorted(FOR_PROGRAMS - {"api:openapi"})
    ),
    ("dashboard:levels", SENT, "302 | 200 200 404 200 404 | 200 403 403 403 403"),
    ("dashboard:outcomes", SENT, "302 | 200 200 404 200 404 | 200 403 403 403 403"),
    ("dashboard:variation", SENT, "302 | 200 200 404 200 404 | 200 403 403 403 403"),
    ("dashboard:goals", SENT, "302 | 200 200 404 200 404 | 200 403 403 403 403"),
    ("dashboard:actions", SENT, "302 | 200 200 404 200 404 | 200 403 403 403 403"),
    ("dashboard:factors", SENT, "302 | 200 200 404 200 404 | 200 403 403 403 403"),
    ("dashboard:needs", SENT, "302 | 200 200 404 200 404 | 200 403 403 403 403"),
]  # fmt: skip

# Slow to draw for everybody: one reader and one refusal stand for the others.
DRAWN_FOR = {
    "reporting:summary_pdf": ["lead", "stranger", "superuser"],
    "reporting:report_pdf": ["lead", "stranger", "superuser"],
    "dashboard:pdf": ["lead", "stranger", "superuser"],
    "reporting:worksheet_pdf": ["lead", "superuser"],
}

ARGUMENTS = {
    "cycle": "2030",
    "cluster": "afan",
    "board": "7A0",
    "edition": "2030-05",
    "notation": "json",
    "since": "2029-05",
    "indicator": "visits",
    "period": "2026-07",
    "kind": "figures",
    "ending": "csv",
    "module": "LEVELS",
    "number": 1,
    "step": "1",
    "language": "cy",
    "key": "about-cluster",
    "question": "going-well",
    "upload": 1,
    "section": "edition",
    "evidence": 0,
    "person": 0,
    "assignment": 0,
    "invitation": 0,
    "action": 0,
    "message": 0,
    "token": "unknown",
    "uidb64": "MA",
    "round": "autumn",
    "position": 1,
    "finding": 0,
    "group": 1,
    "annotation": "00000000-0000-4000-8000-000000000000",
    "practice": 0,
    "scope": "cluster-afan",
    "exhibit": "journey",
    "personal_token": 0,
    "area": "board-7A0",
    "pack": 0,
    "year": 2029,
    "entry": 0,
    "source": "actions",
}


def own_routes(patterns=None, space="", keys=()):
    """Name and arguments of every address of our own apps; Django admin has its own tests."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        taken = (*keys, *pattern.pattern.converters)
        namespace = getattr(pattern, "namespace", None)
        if not hasattr(pattern, "url_patterns"):
            yield f"{space}{pattern.name}", taken
        elif namespace != "admin":
            inner = f"{namespace}:" if namespace else space
            yield from own_routes(pattern.url_patterns, inner, taken)


def address(name):
    """The address called ``name``, with the arguments that it takes."""
    return reverse(
        name, kwargs={key: ARGUMENTS[key] for key in dict(own_routes())[name]}
    )


# On every database what was sent, which more people may read.
@pytest.mark.parametrize("state", [pytest.param(DRAFT, marks=pytest.mark.once), SENT])
@pytest.mark.parametrize("actor", [NO_ONE, *ACTORS])
def test_who_opens_a_page(
    client, reflection, people, other_cluster, other_officer, actor, state
):
    SelfReflectionFactory(cycle=reflection.cycle, cluster=other_cluster)
    IndicatorFactory(edition=reflection.cycle.edition, code="visits")
    EditionFactory(code="2029-05", issued="2029-05", retired=True)
    start(reflection, by=people["lead"])
    if state == SENT:
        submit(reflection, by=people["lead"])
    place = [NO_ONE, *ACTORS].index(actor)
    expected = {
        name: int(row.replace("|", " ").split()[place])
        for name, when, row in ROUTES
        if when == state and actor in DRAWN_FOR.get(name, [actor])
    }
    if actor != NO_ONE:
        client.force_login(people[actor])

    found = {name: client.get(address(name)).status_code for name in expected}

    assert found == expected


def test_every_page_is_in_the_table():
    assert {name for name, _, _ in ROUTES} == {name for name, _ in own_routes()}


def test_nobody_signed_in_is_led_to_sign_in_and_back(client, reflection):
    page = address("assessments:reflection_detail")

    response = client.get(page)

    assert response.headers["Location"] == f"/en/sign-in/?next={page}"


WRITING = [
    "assessments:own_views_edit",
    "assessments:own_view_edit",
    "assessments:discussion_detail",
    "assessments:session_detail",
    "assessments:session_change",
    "assessments:session_step",
    "assessments:session_end",
    "assessments:presence_note",
    "assessments:evidence_add",
    "assessments:evidence_edit",
    "assessments:evidence_remove",
    "assessments:evidence_restore",
    "assessments:context_edit",
    "assessments:outcome_edit",
    "assessments:enablers_edit",
    "assessments:closing_edit",
    "assessments:answer_history",
    "assessments:outcome_answer_history",
    "assessments:worksheet_detail",
    "assessments:reflection_submit",
    "assessments:reflection_withdraw",
    "assessments:reflection_return",
    "assessments:agreement_record",
]


@pytest.mark.parametrize(
    "actor", [a for a in ACTORS if a not in {"lead", "contributor"}]
)
def test_whoever_is_not_of_the_cluster_changes_nothing(
    client, reflection, people, actor
):
    save(reflection, entry(words_of(reflection), "Ours."), by=people["lead"])
    client.force_login(people[actor])

    statuses = [
        client.post(
            address(name), {"incomplete": "on", "reason": "Because."}
        ).status_code
        for name in WRITING
    ]

    reflection.refresh_from_db()
    knows_of_it = actor in {"officer", "national", "reviewer"}
    refused = [403 if knows_of_it else 404] * len(WRITING)
    if actor == "officer":  # no submission that the board's pages could be about
        refused[-2:] = [400, 400]
    assert statuses == refused
    assert (reflection.state, Answer.objects.get().text) == (State.DRAFT, "Ours.")
