"""Actions: what the services promise, whom they refuse, and that nothing of the trail goes."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assessments import services
from assessments.action_trail import status_before_closing, steps_of
from assessments.models import Action, ActionChange, ReviewAccess
from assessments.services.people import give_action
from organisations.models import AuditEvent, Membership, Role, Succession
from tests.factories import (
    CriterionFactory,
    MembershipFactory,
    UserFactory,
)
from tests.steps import State, bring_to, criterion_of, outcome_of

pytestmark = pytest.mark.django_db

Status = Action.Status
Escalation = Action.Escalation
TOMORROW = datetime.timedelta(days=1)


def add(reflection, by, text="Open a shared clinic.", **said):
    return services.add_action(
        reflection=reflection, text=text, language="en", by=by, **said
    )


def change(action, by, base=None, **changes):
    action.refresh_from_db()
    return services.change_action(
        action=action,
        base_version=action.version if base is None else base,
        changes=changes,
        language="en",
        by=by,
    )


def set_status(action, by, status, note="", base=None):
    action.refresh_from_db()
    return services.set_action_status(
        action=action,
        base_version=action.version if base is None else base,
        status=status,
        note=note,
        language="en",
        by=by,
    )


def escalate(action, by, step, note="We cannot do it alone.", base=None):
    action.refresh_from_db()
    return services.escalate_action(
        action=action,
        base_version=action.version if base is None else base,
        escalated_to=step,
        note=note,
        language="en",
        by=by,
    )


def trail(action):
    """Version, kind and author of each step."""
    return [
        (change.version, change.kind, change.by)
        for change in action.changes.select_related("by")
    ]


@pytest.fixture
def action(reflection, lead):
    return add(reflection, lead)


# Adding -------------------------------------------------------------------------------------


def test_an_action_of_a_criterion_is_of_its_outcome(reflection, lead, contributor):
    due_on = timezone.localdate() + TOMORROW
    criterion = criterion_of(reflection, level=2)

    action = add(
        reflection,
        lead,
        criterion=criterion,
        owner=contributor,
        due_on=due_on,
        support_needed="Mae angen ystafell arnom.",
        support_from="The health board",
    )

    action.refresh_from_db()
    assert (action.outcome_id, action.criterion) == (criterion.outcome_id, criterion)
    assert (action.language, action.support_language) == ("en", "cy")
    assert (action.owner, action.due_on, action.status) == (
        contributor,
        due_on,
        Status.PLANNED,
    )
    assert (action.support_from, action.added_by, action.version) == (
        "The health board",
        lead,
        1,
    )
    assert trail(action) == [(1, "added", lead)]
    assert action.changes.get().after == {
        "text": "Open a shared clinic.",
        "owner_id": contributor.pk,
        "due_on": due_on.isoformat(),
        "support_needed": "Mae angen ystafell arnom.",
        "support_from": "The health board",
        "outcome_id": criterion.outcome_id,
        "criterion_id": criterion.pk,
        "language": "en",
        "support_language": "cy",
        "status": "planned",
        "escalated_to": "",
        "what_changed": "",
        "closing_language": "",
    }
    event = AuditEvent.objects.filter(kind="added").latest("pk")
    assert (event.by, event.subject_type, event.details) == (
        lead,
        "assessments.action",
        {"reflection": reflection.pk},
    )


@pytest.mark.parametrize(
    ("text", "written_in", "language"),
    [
        ("Mae angen ystafell arnom ni.", "", "cy"),
        ("We need a room for the team.", "", "en"),
        ("Afan", "", "cy"),  # not clear: the page's
        ("Afan", "en", "en"),  # as its writer says
    ],
)
def test_the_language_of_an_action(reflection, lead, text, written_in, language):
    action = services.add_action(
        reflection=reflection,
        text=text,
        language="cy",
        written_in=written_in,
        by=lead,
    )

    assert action.language == language


def test_an_action_may_be_of_no_outcome_and_nobodys(reflection, lead):
    action = add(reflection, lead)

    assert (action.outcome, action.criterion, action.owner, action.due_on) == (
        None,
        None,
        None,
        None,
    )


def test_what_is_sent_twice_is_there_once(reflection, lead, contributor, time_machine):
    time_machine.move_to(timezone.now(), tick=False)

    first, again = add(reflection, lead), add(reflection, lead)
    others = add(reflection, contributor)
    time_machine.shift(120)
    later = add(reflection, lead)

    assert first == again
    assert len({first.pk, others.pk, later.pk}) == 3
    assert ActionChange.objects.count() == 3


def test_what_the_edition_does_not_ask_is_refused(reflection, lead):
    foreign = CriterionFactory()

    with pytest.raises(services.ForeignSubject):
        add(reflection, lead, criterion=foreign)
    with pytest.raises(services.ForeignSubject):
        add(reflection, lead, outcome=foreign.outcome)

    assert not Action.objects.exists()


def test_an_owner_works_in_the_cluster(reflection, lead, stranger, officer):
    left = UserFactory(contributor_to=reflection.cluster)
    Membership.objects.filter(user=left).update(ended_at=timezone.now())
    inactive = UserFactory(contributor_to=reflection.cluster, is_active=False)

    for owner in (stranger, officer, left, inactive):
        with pytest.raises(services.NotOfTheCluster):
            add(reflection, lead, owner=owner)

    assert not Action.objects.exists()


@pytest.mark.parametrize("state", list(State))
def test_who_adds(
    reflection, lead, contributor, officer, other_officer, national, stranger, state
):
    bring_to(state, reflection, lead=lead, officer=officer, national=national)
    facilitator, reviewer = UserFactory(), UserFactory()
    for user, role in [(facilitator, "facilitator"), (reviewer, "reviewer")]:
        ReviewAccess.objects.create(
            reflection=reflection,
            user=user,
            role=role,
            starts_at=timezone.now() - TOMORROW,
            ends_at=timezone.now() + TOMORROW,
        )
    everybody = {
        "lead": lead,
        "contributor": contributor,
        "facilitator": facilitator,
        "reviewer": reviewer,
        "officer": officer,
        "other officer": other_officer,
        "national": national,
        "stranger": stranger,
    }

    added = set()
    for name, person in everybody.items():
        try:
            add(reflection, person)
        except PermissionDenied:
            continue
        added.add(name)

    expected = {"lead", "contributor"}
    if state in {State.IN_REVIEW, State.AGREED}:
        expected |= {"facilitator"}
    assert added == expected


# Changing -----------------------------------------------------------------------------------


def test_each_change_is_a_step(action, lead, contributor):
    change(action, contributor, text="Open two shared clinics.", due_on=None)
    change(action, lead, owner_id=contributor.pk)

    action.refresh_from_db()
    assert (action.text, action.owner, action.version) == (
        "Open two shared clinics.",
        contributor,
        3,
    )
    assert trail(action) == [
        (1, "added", lead),
        (2, "edited", contributor),
        (3, "owner", lead),
    ]
    assert [
        [(str(each.label), each.before, each.after) for each in step.changed]
        for step in steps_of(action)
    ] == [
        [("Owner", "Nobody yet", str(contributor))],
        [("What is to be done", "", "")],
        [],
    ]
    assert [part.kind for part in steps_of(action)[1].changed[0].parts] == [
        "same",
        "removed",
        "added",
        "same",
        "removed",
        "added",
        "same",
    ][: len(steps_of(action)[1].changed[0].parts)]


def test_nothing_new_is_no_step(action, lead):
    change(action, lead, text=action.text, support_from="")

    assert trail(action) == [(1, "added", lead)]


def test_two_who_change_different_fields_both_have_their_way(action, lead, contributor):
    due_on = timezone.localdate() + TOMORROW
    change(action, contributor, due_on=due_on)

    change(action, lead, base=1, text="Another text.", due_on=None, support_from="")

    action.refresh_from_db()
    assert (action.text, action.due_on, action.version) == ("Another text.", due_on, 3)


def test_two_who_change_the_same_field_are_told(action, lead, contributor):
    change(action, contributor, text="Theirs.")

    with pytest.raises(services.ActionChanged) as refused:
        change(action, lead, base=1, text="Mine.", support_from="The council")

    action.refresh_from_db()
    assert (action.text, action.support_from, action.version) == ("Theirs.", "", 2)
    assert refused.value.fields == ["text"]
    assert (refused.value.change.by, refused.value.theirs) == (contributor, action)


def test_the_same_change_by_two_is_one(action, lead, contributor):
    change(action, contributor, text="The same.")
    change(action, lead, base=1, text="The same.")

    assert trail(action) == [(1, "added", lead), (2, "edited", contributor)]


def test_a_language_is_corrected_without_a_change_of_the_text(action, lead):
    services.change_action(
        action=action,
        base_version=1,
        changes={"text": action.text},
        language="en",
        written_in="cy",
        by=lead,
    )

    action.refresh_from_db()
    assert (action.language, action.version) == ("cy", 2)


def test_a_new_owner_works_in_the_cluster(action, lead, stranger):
    with pytest.raises(services.NotOfTheCluster):
        change(action, lead, owner_id=stranger.pk)


def test_an_owner_who_left_stays_until_somebody_else_takes_it(
    reflection, lead, contributor
):
    action = add(reflection, lead, owner=contributor)
    contributor.memberships.update(ended_at=timezone.now())

    change(action, lead, text="Another.", owner_id=contributor.pk)

    action.refresh_from_db()
    assert (action.text, action.owner) == ("Another.", contributor)


# How far it is --------------------------------------------------------------------------------


def test_what_is_done_says_what_changed(action, lead, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)

    set_status(action, lead, Status.UNDER_WAY)
    with pytest.raises(services.ReasonMissing):
        set_status(action, lead, Status.DONE, note="  ")
    set_status(action, lead, Status.DONE, note="People are seen sooner.")

    action.refresh_from_db()
    assert (action.status, action.what_changed, action.closing_language) == (
        Status.DONE,
        "People are seen sooner.",
        "en",
    )
    assert action.closed_at == now
    assert not action.is_open


def test_what_is_dropped_says_why(action, lead):
    with pytest.raises(services.ReasonMissing):
        set_status(action, lead, Status.DROPPED)

    set_status(action, lead, Status.DROPPED, note="Nid oes arian ar gael ar ei gyfer.")

    action.refresh_from_db()
    assert (action.status, action.closing_language) == (Status.DROPPED, "cy")


def test_what_was_closed_is_opened_again_and_the_trail_keeps_all(action, lead):
    set_status(action, lead, Status.UNDER_WAY, note="Begun.")
    set_status(action, lead, Status.DONE, note="It helped.")
    before = status_before_closing(action)

    set_status(action, lead, before)

    action.refresh_from_db()
    assert before == Status.UNDER_WAY
    assert (action.status, action.what_changed, action.closed_at) == (
        Status.UNDER_WAY,
        "",
        None,
    )
    assert [(one.kind, one.note) for one in action.changes.all()] == [
        ("added", ""),
        ("status", "Begun."),
        ("status", "It helped."),
        ("status", ""),
    ]


def test_two_who_say_how_far_it_is(action, lead, contributor):
    set_status(action, contributor, Status.DONE, note="Done.")

    with pytest.raises(services.ActionChanged):
        set_status(action, lead, Status.DROPPED, note="No money.", base=1)
    set_status(action, lead, Status.DONE, note="Done.", base=1)  # says the same

    assert len(trail(action)) == 2


def test_what_somebody_else_wrote_of_a_closing_is_not_written_over(
    action, lead, contributor
):
    set_status(action, lead, Status.DONE, note="One.")
    set_status(action, contributor, Status.DONE, note="Two.")

    with pytest.raises(services.ActionChanged):
        set_status(action, lead, Status.DONE, note="Three.", base=2)

    action.refresh_from_db()
    assert action.what_changed == "Two."


def test_a_change_of_the_text_meanwhile_does_not_keep_from_a_status(
    action, lead, contributor
):
    change(action, contributor, text="Another.")

    set_status(action, lead, Status.UNDER_WAY, base=1)

    action.refresh_from_db()
    assert (action.text, action.status) == ("Another.", Status.UNDER_WAY)


# Before whom --------------------------------------------------------------------------------


def test_the_ladder_up_and_down(action, lead, officer):
    escalate(action, lead, Escalation.HEALTH_BOARD, "A room is needed.")
    escalate(action, officer, Escalation.NATIONAL, "So it is everywhere.")
    escalate(action, lead, "", "Wedi'i ddatrys yma erbyn hyn.")

    action.refresh_from_db()
    assert action.escalated_to == ""
    assert [
        (
            step.change.note,
            step.change.language,
            [(each.before, each.after) for each in step.changed],
        )
        for step in steps_of(action)[:-1]
    ] == [
        (
            "Wedi'i ddatrys yma erbyn hyn.",
            "cy",
            [("National programme", "With the cluster, and not escalated")],
        ),
        ("So it is everywhere.", "en", [("Health board", "National programme")]),
        (
            "A room is needed.",
            "en",
            [("With the cluster, and not escalated", "Health board")],
        ),
    ]


def test_an_escalation_says_why(action, lead):
    with pytest.raises(services.ReasonMissing):
        escalate(action, lead, Escalation.HEALTH_BOARD, note=" ")


def test_an_escalation_is_from_where_one_saw_it(action, lead, officer):
    escalate(action, officer, Escalation.NATIONAL, "Up.")

    with pytest.raises(services.ActionChanged):
        escalate(action, lead, Escalation.HEALTH_BOARD, "Up.", base=1)
    with pytest.raises(services.NoSuchStep):
        escalate(action, lead, Escalation.NATIONAL, "Once more.")
    escalate(action, officer, Escalation.NATIONAL, "Up.", base=1)  # sent twice

    assert [kind for _, kind, _ in trail(action)] == ["added", "escalated"]


# Who does what ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        (lambda action, by: change(action, by, text="New."), {"lead", "contributor"}),
        (
            lambda action, by: set_status(action, by, Status.UNDER_WAY),
            {"lead", "contributor"},
        ),
        (
            lambda action, by: escalate(action, by, Escalation.HEALTH_BOARD),
            {"lead", "officer"},
        ),
    ],
    ids=["change", "status", "escalate"],
)
@pytest.mark.parametrize(
    "actor",
    ["lead", "contributor", "officer", "other_officer", "national", "stranger"],
)
def test_who_changes_and_who_escalates(request, action, act, allowed, actor):
    person = request.getfixturevalue(actor)

    try:
        act(action, person)
        may = True
    except PermissionDenied:
        may = False

    assert may is (actor in allowed)
    assert action.changes.count() == 1 + may


def test_a_contributor_who_has_left_changes_nothing(action, contributor):
    person = type(contributor).objects.get(pk=contributor.pk)
    assert person.current_memberships  # read before somebody ended it
    contributor.memberships.update(ended_at=timezone.now())

    with pytest.raises(PermissionDenied):
        change(action, person, text="New.")


def test_a_cluster_that_follows_carries_its_actions_on(
    reflection, action, other_cluster, stranger, national
):
    with pytest.raises(PermissionDenied):
        change(action, stranger, text="New.")
    Succession.objects.create(
        predecessor=reflection.cluster,
        successor=other_cluster,
        kind=Succession.Kind.MERGED,
        effective_on=timezone.localdate(),
        decided_by=national,
    )

    change(action, stranger, text="New.", owner_id=stranger.pk)
    escalate(action, stranger, Escalation.HEALTH_BOARD)

    action.refresh_from_db()
    assert (action.text, action.owner) == ("New.", stranger)


# What was there before steps were written down --------------------------------------------------


@pytest.fixture
def old(reflection, lead):
    """As an older installation holds it."""
    return Action.objects.create(
        reflection=reflection,
        text="As it was.",
        language="en",
        outcome=outcome_of(reflection),
        added_by=lead,
        added_at=timezone.now() - 400 * TOMORROW,
    )


def test_the_trail_of_an_old_action_begins_with_who_added_it(old, lead):
    [step] = steps_of(old)

    assert (step.change.kind, step.change.at, step.author, step.changed) == (
        "added",
        old.added_at,
        lead,
        [],
    )


def test_the_first_step_of_an_old_action_keeps_what_it_was(old, lead, contributor):
    change(old, contributor, text="As it is.")

    assert [
        (one.version, one.kind, one.after["text"]) for one in old.changes.all()
    ] == [
        (0, "added", "As it was."),
        (1, "edited", "As it is."),
    ]
    first, beginning = steps_of(old)
    assert [each.label for each in first.changed] == ["What is to be done"]
    assert (beginning.change.at, beginning.author) == (old.added_at, lead)


def test_an_action_that_is_given_to_somebody_else_has_that_step(
    reflection, lead, contributor
):
    action = add(reflection, lead, owner=contributor)
    other = UserFactory(contributor_to=reflection.cluster)

    give_action(action=action, person=other, by=lead)
    give_action(action=action, person=other, by=lead)

    action.refresh_from_db()
    assert (action.owner, action.version) == (other, 2)
    assert trail(action) == [(1, "added", lead), (2, "owner", lead)]


def test_who_has_left_is_a_former_member_in_the_trail(
    reflection, lead, contributor, officer
):
    action = add(reflection, contributor, owner=contributor)
    escalate(action, officer, Escalation.HEALTH_BOARD)
    change(action, lead, owner_id=lead.pk)
    contributor.memberships.update(ended_at=timezone.now())

    given, escalated, added = steps_of(action)

    assert (added.author, escalated.author, given.author) == (None, officer, lead)
    assert [(each.before, each.after) for each in given.changed] == [
        ("A former member", str(lead))
    ]


def test_somebody_who_came_back_is_named_again(reflection, lead, contributor):
    add(reflection, contributor)
    contributor.memberships.update(ended_at=timezone.now())
    MembershipFactory(
        user=contributor, role=Role.CONTRIBUTOR, cluster=reflection.cluster
    )

    [step] = steps_of(Action.objects.get())

    assert step.author == contributor


# Overdue ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "is_overdue"),
    [
        ("2030-06-10 23:30+01:00", False),  # the day itself
        ("2030-06-11 00:30+01:00", True),  # in Wales, and not yet in Greenwich
    ],
)
def test_overdue_from_the_day_after_in_wales(
    reflection, lead, time_machine, now, is_overdue
):
    action = add(reflection, lead, due_on=datetime.date(2030, 6, 10))
    time_machine.move_to(datetime.datetime.fromisoformat(now), tick=False)

    assert action.is_overdue is is_overdue
    assert Action.objects.overdue().exists() is is_overdue


def test_what_is_closed_is_not_overdue(reflection, lead):
    yesterday = timezone.localdate() - TOMORROW
    action = add(reflection, lead, due_on=yesterday)
    assert action.is_overdue

    set_status(action, lead, Status.DONE, note="At last.")

    action.refresh_from_db()
    assert not action.is_overdue
    assert not Action.objects.overdue().exists()
