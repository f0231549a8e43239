"""Two people at one action at the same moment, each with a connection of their own."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assessments import services
from assessments.models import Action, ActionChange
from assessments.services.people import give_action
from tests.assessments.test_actions import add
from tests.assessments.test_concurrency import at_once, person
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def fresh(row):
    """The row as another request sees it."""
    return type(row).objects.get(pk=row.pk)


def kept(action):
    """The numbers of an action's steps: none is missing, and none is there twice."""
    return list(action.changes.values_list("version", flat=True))


@pytest.mark.parametrize("round_", range(5))
def test_of_two_texts_one_is_saved_and_the_other_refused(
    reflection, lead, contributor, round_
):
    action = add(reflection, lead)

    def write(by, text):
        def work():
            try:
                services.change_action(
                    action=fresh(action),
                    base_version=1,
                    changes={"text": text},
                    language="en",
                    by=person(by),
                )
            except services.ActionChanged as refused:
                return refused.theirs.text
            return None

        return work

    refused = at_once(write(lead, "One."), write(contributor, "Two."))

    action.refresh_from_db()
    assert sorted(refused, key=bool) == [None, action.text]
    assert action.text in {"One.", "Two."}
    assert kept(action) == [1, 2]


@pytest.mark.parametrize("round_", range(5))
def test_what_two_change_of_different_fields_is_all_there(
    reflection, lead, contributor, round_
):
    action = add(reflection, lead)

    def write(by, **changes):
        return lambda: services.change_action(
            action=fresh(action),
            base_version=1,
            changes=changes,
            language="en",
            by=person(by),
        )

    at_once(
        write(lead, text="Another text."),
        write(contributor, support_from="The council"),
        write(contributor, support_needed="A room for the team."),
        lambda: give_action(action=fresh(action), person=person(lead), by=person(lead)),
    )

    action.refresh_from_db()
    assert (
        action.text,
        action.support_from,
        action.support_needed,
        action.owner,
        action.version,
    ) == ("Another text.", "The council", "A room for the team.", lead, 5)
    assert kept(action) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("round_", range(3))
def test_an_action_that_is_added_twice_at_once_is_there_once(reflection, lead, round_):
    def press():
        return add(fresh(reflection), person(lead)).pk

    assert len(set(at_once(*[press] * 4))) == 1
    assert Action.objects.count() == ActionChange.objects.count() == 1


@pytest.mark.parametrize("round_", range(3))
def test_an_action_is_closed_once(reflection, lead, contributor, round_):
    action = add(reflection, lead)

    def close(by, status, note):
        def work():
            try:
                services.set_action_status(
                    action=fresh(action),
                    base_version=1,
                    status=status,
                    note=note,
                    language="en",
                    by=person(by),
                )
            except services.ActionChanged:
                return False
            return True

        return work

    closed = at_once(close(lead, "done", "Well."), close(contributor, "dropped", "No."))

    action.refresh_from_db()
    assert sorted(closed) == [False, True]
    assert (action.status, action.what_changed) in {
        ("done", "Well."),
        ("dropped", "No."),
    }
    assert kept(action) == [1, 2]


@pytest.mark.parametrize("round_", range(3))
def test_the_first_step_of_an_old_action_begins_its_trail_once(
    reflection, lead, contributor, round_
):
    old = Action.objects.create(
        reflection=reflection, text="As it was.", language="en", added_by=lead
    )

    def write(by, **changes):
        return lambda: services.change_action(
            action=fresh(old),
            base_version=0,
            changes=changes,
            language="en",
            by=person(by),
        )

    at_once(
        write(lead, text="As it is."), write(contributor, support_from="The council")
    )

    old.refresh_from_db()
    assert (old.text, old.support_from) == ("As it is.", "The council")
    assert kept(old) == [0, 1, 2]


def test_whoever_is_removed_meanwhile_changes_nothing_more(reflection, lead):
    action = add(reflection, lead)
    leaving = UserFactory(contributor_to=reflection.cluster)
    known = person(leaving)
    assert known.current_memberships
    leaving.memberships.update(ended_at=timezone.now())

    def write():
        try:
            services.change_action(
                action=fresh(action),
                base_version=1,
                changes={"text": "Too late."},
                language="en",
                by=known,
            )
        except PermissionDenied:
            return "refused"
        return "saved"

    assert at_once(write) == ["refused"]
