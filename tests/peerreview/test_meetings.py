"""A group's meeting: its agenda, the screen for the room, what is written there, and its end."""

import json
import re
import uuid

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from assessments import services as assessments
from assessments.models import Action, ReviewAccess, SelfReflection, StateChange
from assessments.services.versions import Typed
from organisations.models import User
from peerreview.finding_subjects import FindingSubject
from peerreview.models import (
    ActionOrigin,
    Annotation,
    Assignment,
    ClusterReview,
    Finding,
    FindingVersion,
    Meeting,
)
from peerreview.services import assignments, findings, groups, meetings, rounds
from tests.factories import MembershipFactory, UserFactory, thawed
from tests.peerreview.world import Phase
from tests.steps import outcome_of, submit

pytestmark = pytest.mark.django_db

State = SelfReflection.State
DETAIL, END = "peerreview:meeting_detail", "peerreview:meeting_end"
STEP, AGREEMENT = "peerreview:meeting_step", "peerreview:agreement_check"


@pytest.fixture
def room(world):
    """The world in the phase of discussing."""
    world.put_into(Phase.DISCUSSING)
    return world


def url(name, world, *, group=1, cluster=None, **more):
    where = {"round": "autumn"}
    if name in {AGREEMENT, "peerreview:finding_history"}:
        where["cluster"] = cluster or world.review.reflection.cluster.code
    else:
        where["group"] = group
    return reverse(name, kwargs=where | more)


def ask(world, by=None, *, outcome=1, review=None, **said):
    """An open question, shared by a reviewer, on the first outcome of Afan unless said otherwise."""
    review = review or world.review
    return Annotation.objects.create(
        review=review,
        submission=review.reflection.submissions.latest("number"),
        outcome=outcome_of(review.reflection, number=outcome) if outcome else None,
        author=by or world.reviewer,
        **(
            {
                "voice": "reviewer",
                "choice": "question",
                "text": "Why is that so?",
                "language": "en",
                "shared_at": timezone.now(),
            }
            | said
        ),
    )


def agenda_of(world, *places, review=None):
    """Pairs for the agenda: of the outcomes with these numbers, None for the whole."""
    review = review or world.review
    return [
        (review.pk, number and outcome_of(review.reflection, number=number).pk)
        for number in places
    ]


def begin(world, *places, minutes=60):
    return meetings.start_meeting(
        group=world.group,
        agenda=agenda_of(world, *(places or (1, 2))),
        minutes=minutes,
        by=world.facilitator,
    )


def subject(world, part="conclusion", *, outcome=1, submission=None):
    number = outcome and outcome_of(world.review.reflection, number=outcome).pk
    return FindingSubject((submission or world.submission).pk, number, part)


def page(world, part="conclusion", *, base=0, choice="", text="", **more):
    """What the screen sends of the first outcome, with one of its parts filled in."""
    sent = {"operation_id": str(uuid.uuid4()), "page_of": world.facilitator.pk}
    for each in ("conclusion", "notes"):
        key = subject(world, each).key
        sent |= {f"{key}-version": 0, f"{key}-text": ""}
    key = subject(world, part).key
    sent |= {f"{key}-version": base, f"{key}-choice": choice, f"{key}-text": text}
    return sent | more


def found(world):
    """Part, level, text, language and version of each finding."""
    return list(
        Finding.objects.order_by("pk").values_list(
            "part", "choice", "text", "language", "version"
        )
    )


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


# The agenda ------------------------------------------------------------------------------


def test_the_agenda_says_why_in_words(client, room):
    client.force_login(room.facilitator)
    ask(room)
    ask(room, choice="suggestion")
    ask(room, outcome=2, shared_at=None)  # a draft
    ask(room, outcome=2, resolved_at=timezone.now(), resolved_by=room.reviewer)

    response = client.get(url(DETAIL, room))

    rows = [
        (line.review.pk, line.outcome and line.outcome.number, line.known.reasons)
        for line, _item, _place in response.context["rows"]
    ]
    afan = room.review.pk
    assert rows[:2] == [
        (afan, 1, {"questions": 1, "annotations": 1, "no_own_level": 1}),
        (afan, 2, {"no_own_level": 1}),
    ]
    assert "Open questions: 1 Other open annotations: 1" in text_of(response)


def test_a_meeting_begins_with_what_was_chosen_in_the_order_of_the_numbers(
    client, room
):
    client.force_login(room.facilitator)
    (first, second) = agenda_of(room, 1, 2)
    names = [f"{review}-{outcome}" for review, outcome in (first, second)]

    response = client.post(
        url(DETAIL, room),
        {"minutes": 45}
        | {f"item-{name}": "on" for name in names}
        | {f"place-{names[0]}": "9", f"place-{names[1]}": "2"},
    )

    meeting = Meeting.objects.get()
    assert response.url == url(STEP, room, position=1)
    assert (meeting.agenda, meeting.minutes, meeting.started_by) == (
        [list(second), list(first)],
        45,
        room.facilitator,
    )
    room.review.reflection.refresh_from_db()
    assert room.review.reflection.state == State.IN_REVIEW


def test_nothing_chosen_and_a_wrong_place_are_said(client, room):
    client.force_login(room.facilitator)
    name = f"{room.review.pk}-{outcome_of(room.review.reflection).pk}"

    nothing = client.post(url(DETAIL, room), {"minutes": "60"})
    wrong = client.post(
        url(DETAIL, room),
        {"minutes": "5", f"item-{name}": "on", f"place-{name}": "first"},
    )

    assert (nothing.status_code, wrong.status_code) == (422, 422)
    assert "Choose at least one outcome" in text_of(nothing)
    assert "Enter a number from 15 to 480." in text_of(wrong)
    assert "Enter a whole number as the place on the agenda." in text_of(wrong)
    assert Meeting.objects.count() == 0


def test_a_running_meeting_is_gone_on_with_and_planned_otherwise(client, room):
    meeting = begin(room, 1, 2)
    meetings.move_meeting(meeting=meeting, position=1, by=room.facilitator)
    client.force_login(room.facilitator)
    second, whole = agenda_of(room, 2, None)

    response = client.get(url(DETAIL, room))
    changed = client.post(
        url(DETAIL, room),
        {
            "minutes": "90",
            f"item-{second[0]}-{second[1]}": "on",
            f"item-{whole[0]}-0": "on",
            f"place-{whole[0]}-0": "5",
        },
    )

    assert url(STEP, room, position=2) in response.content.decode()
    meeting.refresh_from_db()
    assert changed.url == url(STEP, room, position=2)
    assert (meeting.agenda, meeting.position, meeting.minutes) == (
        [list(whole), list(second)],
        1,
        90,
    )
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize("by", ["reviewer", "lead", "contributor", "officer"])
def test_others_hear_that_a_meeting_runs_and_follow_what_they_may(client, room, by):
    begin(room, 1, 2)
    person = getattr(room, by)
    client.force_login(person)

    response = client.get(url(DETAIL, room))

    step = url(STEP, room, position=1)
    assert response.status_code == 200
    assert (step in response.content.decode()) is (by != "officer")
    assert "The meeting is running since" in text_of(response)


def test_a_cluster_follows_its_own_turn_alone(client, room):
    agenda = agenda_of(room, 1) + agenda_of(room, 1, review=room.others[0])
    meetings.start_meeting(
        group=room.group, agenda=agenda, minutes=60, by=room.facilitator
    )
    client.force_login(room.contributor)

    statuses = [
        client.get(url(STEP, room, position=position)).status_code
        for position in (1, 2, 3)
    ]

    assert statuses == [200, 404, 404]


def test_a_cluster_follows_nothing_while_it_does_not_see(client, room):
    begin(room)
    room.round.phases.filter(kind=Phase.DISCUSSING).update(
        cluster_sees=False, cluster_replies=False
    )
    client.force_login(room.contributor)

    response = client.get(url(STEP, room, position=1))

    assert response.status_code == 403
    assert client.get(url(DETAIL, room)).status_code == 200


def test_whoever_follows_sees_no_draft_and_no_finding_that_is_not_shared(client, room):
    begin(room)
    ask(room, text="Shared canary.")
    ask(room, text="Draft canary.", shared_at=None)
    findings.save_findings(
        review=room.review,
        entries=[typed(subject(room, "notes"), text="Notes canary.")],
        language="en",
        operation_id=uuid.uuid4(),
        by=room.facilitator,
    )

    def shown(person):
        client.force_login(person)
        html = client.get(url(STEP, room, position=1)).content.decode()
        return {
            word
            for word in ("Shared canary", "Draft canary", "Notes canary")
            if word in html
        }

    assert shown(room.lead) == {"Shared canary"}
    assert shown(room.second_reviewer) == {"Shared canary", "Notes canary"}
    assert shown(room.facilitator) == {"Shared canary", "Notes canary"}
    # not even the one who wrote it: the room looks at the screen
    assert shown(room.reviewer) == {"Shared canary", "Notes canary"}


def typed(subject, *, base=0, choice="", text=""):
    return Typed(subject=subject, base_version=base, choice=choice, text=text)


def find(world, *entries, by=None):
    return findings.save_findings(
        review=world.review,
        entries=list(entries),
        language="en",
        operation_id=uuid.uuid4(),
        by=by or world.facilitator,
    )


# The screen for the room -----------------------------------------------------------------


def test_the_screen_shows_the_levels_and_what_is_open(client, room):
    begin(room)
    root = ask(room, text="A question in the room.")
    ask(
        room,
        room.lead,
        parent=root,
        choice="",
        voice="cluster",
        text="An answer in the room.",
    )
    client.force_login(room.facilitator)

    response = client.get(url(STEP, room, position=1))

    said = text_of(response)
    for words in (
        "The cluster's own level",
        "Suggested level",
        "The level agreed in the last cycle",
        "A question in the room.",
        "An answer in the room.",
        "A beginning.",  # what the cluster wrote
        "Minutes left: 60 of 60",
        "Item 1 of 2",
    ):
        assert words in said


def test_a_level_is_chosen_with_its_button_and_asks_for_its_sentence(client, room):
    begin(room)
    client.force_login(room.facilitator)
    here = url(STEP, room, position=1)
    key = subject(room).key

    response = client.post(here, page(room, choose="2"))
    asked = client.post(here, page(room, base=1, choice="2"))
    let_go = client.post(here, page(room, base=1, choice="2", asked="1"))
    reason = client.post(here, page(room, base=1, choice="2", text="We saw it."))

    assert response.url == f"{here}#id_{key}-text"
    assert asked.status_code == 422
    assert "Say why, in a sentence." in text_of(asked)
    assert let_go.url == reason.url == url(STEP, room, position=2)
    assert found(room) == [("conclusion", "2", "We saw it.", "en", 2)]


def test_buttons_move_the_room_and_looking_does_not(client, room):
    meeting = begin(room, 1, 2, None)
    client.force_login(room.facilitator)

    def pressed(position, **button):
        there = client.post(
            url(STEP, room, position=position), page(room, **button)
        ).url
        meeting.refresh_from_db()
        return there, meeting.position

    client.get(url(STEP, room, position=3))
    meeting.refresh_from_db()
    assert meeting.position == 0
    assert pressed(1) == (url(STEP, room, position=2), 1)
    assert pressed(1, go="3") == (url(STEP, room, position=3), 2)
    assert pressed(1, back="1") == (url(STEP, room, position=1), 0)
    assert pressed(1, leave="1") == (url(DETAIL, room), 0)
    assert pressed(1, go="end") == (url(END, room), 0)
    assert pressed(1, go="9") == (url(STEP, room, position=1), 0)


def test_the_last_item_leads_to_the_end(client, room):
    begin(room, 1)
    client.force_login(room.facilitator)

    response = client.post(url(STEP, room, position=1), page(room))

    assert response.url == url(END, room)


def test_where_the_module_has_no_levels_none_is_agreed(client, room):
    outcome = outcome_of(room.review.reflection, module="SIGNS")
    meetings.start_meeting(
        group=room.group,
        agenda=[(room.review.pk, outcome.pk), (room.review.pk, None)],
        minutes=60,
        by=room.facilitator,
    )
    client.force_login(room.facilitator)

    pages = [client.get(url(STEP, room, position=place)) for place in (1, 2)]

    assert [response.context["keys"] for response in pages] == [[], []]
    for outcome_pk in (outcome.pk, None):
        with pytest.raises(assessments.ForeignSubject):
            find(
                room,
                typed(
                    FindingSubject(room.submission.pk, outcome_pk, "conclusion"),
                    choice="1",
                ),
            )


def test_a_level_that_the_module_does_not_have_is_refused(room):
    module = outcome_of(room.review.reflection).module
    with thawed():
        type(module).objects.filter(pk=module.pk).update(highest_level=2)

    with pytest.raises(assessments.ForeignSubject):
        find(room, typed(subject(room), choice="3"))


def test_findings_of_another_cluster_s_submission_are_refused(room):
    submission = room.others[0].reflection.submissions.get()

    with pytest.raises(assessments.ForeignSubject):
        find(room, typed(subject(room, submission=submission), text="Elsewhere."))


def test_two_screens_show_both_texts_and_lose_none(client, room):
    begin(room)
    client.force_login(room.facilitator)
    here = url(STEP, room, position=1)
    client.post(here, page(room, "notes", text="From one screen.", stay="1"))

    conflict = client.post(here, page(room, "notes", text="From the other."))
    key = subject(room, "notes").key
    joined = client.post(
        here,
        page(room, "notes", base=1, text="From the other.", join=key),
    )

    assert conflict.status_code == 409
    html = conflict.content.decode()
    assert "From one screen." in html
    assert "From the other." in html
    assert joined.url == f"{here}#{key}"
    assert found(room) == [
        ("notes", "", "From the other.\n\nFrom one screen.", "en", 2)
    ]
    assert list(FindingVersion.objects.values_list("refusal", "text")) == [
        ("", "From one screen."),
        ("stale", "From the other."),
        ("", "From the other.\n\nFrom one screen."),
    ]


def test_the_script_saves_and_hears_what_changed(client, room):
    begin(room)
    client.force_login(room.facilitator)
    here = url(STEP, room, position=1)
    key = subject(room).key
    sent = {
        "operation_id": str(uuid.uuid4()),
        "page_of": room.facilitator.pk,
        f"{key}-version": "0",
        f"{key}-choice": "3",
        f"{key}-text": "",
    }

    saved = client.post(here, sent, headers={"accept": "application/json"})
    stale = client.post(
        here,
        sent | {"operation_id": str(uuid.uuid4()), f"{key}-choice": "1"},
        headers={"accept": "application/json"},
    )

    reply = json.loads(saved.content)
    assert (saved.status_code, reply["versions"], reply["changed"]) == (
        200,
        {key: 1},
        [key],
    )
    assert "Say why, in a sentence." in reply["parts"]["reason"]
    assert (stale.status_code, json.loads(stale.content)["conflicts"]) == (409, [key])


@pytest.mark.parametrize("by_script", [True, False])
@pytest.mark.parametrize("why", ["phase", "agreed", "withdrew"])
def test_what_comes_too_late_is_kept_and_said(client, room, by_script, why):
    begin(room)
    match why:
        case "phase":
            room.put_into(Phase.CLOSED)
        case "agreed":
            ClusterReview.objects.filter(pk=room.review.pk).update(
                agreed_at=timezone.now(), agreed_by=room.facilitator
            )
        case "withdrew":
            ClusterReview.objects.filter(pk=room.review.pk).update(
                withdrew_at=timezone.now(), withdrew_by=room.lead
            )
    client.force_login(room.facilitator)
    headers = {"accept": "application/json"} if by_script else {}

    response = client.post(
        url(STEP, room, position=1),
        page(room, "notes", text="Typed too late."),
        headers=headers,
    )

    assert response.status_code == (410 if by_script else 409)
    if not by_script:
        assert "Typed too late." in response.content.decode()
        assert "Nothing is lost" in text_of(response)
    assert list(FindingVersion.objects.values_list("refusal", "text")) == [
        ("closed", "Typed too late.")
    ]
    assert found(room) == [("notes", "", "", "", 0)]


def test_what_was_typed_when_the_meeting_was_ended_elsewhere_is_saved(client, room):
    meeting = begin(room)
    meetings.end_meeting(meeting=meeting, by=room.facilitator)
    client.force_login(room.facilitator)

    response = client.post(
        url(STEP, room, position=1), page(room, "notes", text="Still here.")
    )

    assert response.url == url(DETAIL, room)
    assert "The meeting has ended. What was on the screen is saved." in said(response)
    assert found(room) == [("notes", "", "Still here.", "en", 1)]


def test_a_page_saves_what_it_was_about_though_the_agenda_changed(client, room):
    meeting = begin(room, 1, 2)
    second, first = agenda_of(room, 2, 1)
    meetings.change_meeting(
        meeting=meeting, agenda=[second, first], minutes=60, by=room.facilitator
    )
    client.force_login(room.facilitator)

    response = client.post(
        url(STEP, room, position=1),
        page(room, "notes", text="Of the first.", stay="1"),
    )

    assert response.url == url(STEP, room, position=2)
    assert Finding.objects.get().outcome.number == 1


def test_findings_stay_with_the_submission_that_they_were_about(client, room):
    begin(room)
    client.force_login(room.facilitator)
    here = url(STEP, room, position=1)
    old = page(room, "notes", text="Of the first submission.", stay="1")
    assessments.return_reflection(
        reflection=room.review.reflection,
        by=room.facilitator,
        reason="More.",
        language="en",
    )
    second = submit(room.review.reflection, by=room.lead)

    saved = client.post(here, old)
    again = client.get(here)

    assert saved.status_code == 302
    assert Finding.objects.get().submission == room.submission
    assert again.context["sheet"].submission == second
    assert "What was written of an earlier submission" in text_of(again)
    assert "Of the first submission." in text_of(again)


def test_a_cluster_that_withdraws_leaves_no_dead_end(client, room):
    agenda = agenda_of(room, 1) + agenda_of(room, 1, review=room.others[0])
    meetings.start_meeting(
        group=room.group, agenda=agenda, minutes=60, by=room.facilitator
    )
    ClusterReview.objects.filter(pk=room.review.pk).update(
        withdrew_at=timezone.now(), withdrew_by=room.lead
    )
    client.force_login(room.facilitator)

    step = client.get(url(STEP, room, position=1))
    detail = client.get(url(DETAIL, room))

    assert step.url == url(DETAIL, room)
    assert detail.context["current"] == url(STEP, room, position=2)


def test_an_annotation_is_resolved_in_the_room(client, room):
    begin(room)
    annotation = ask(room)
    client.force_login(room.facilitator)

    response = client.post(
        url(STEP, room, position=1),
        page(room, "notes", text="Talked about.", resolve=annotation.pk),
    )

    annotation.refresh_from_db()
    assert response.url == f"{url(STEP, room, position=1)}#annotations"
    assert annotation.resolved_by == room.facilitator
    assert found(room) == [("notes", "", "Talked about.", "en", 1)]


# Actions ---------------------------------------------------------------------------------


def action(world, text="Ask the dentists.", **more):
    return {
        "action-text": text,
        "action-owner": str(world.contributor.pk),
        "action-due_on_day": "5",
        "action-due_on_month": "3",
        "action-due_on_year": "2031",
    } | more


def test_an_action_is_recorded_with_where_it_came_from(client, room):
    begin(room)
    find(room, typed(subject(room), choice="1", text="We agreed."))
    client.force_login(room.facilitator)

    response = client.post(
        url(STEP, room, position=1),
        page(room, base=1, choice="1", text="We agreed.", add_action="1")
        | action(room),
    )
    shown = client.get(url(STEP, room, position=1))

    assert response.url == f"{url(STEP, room, position=1)}#actions"
    recorded = Action.objects.get()
    origin = ActionOrigin.objects.get()
    assert (
        recorded.reflection,
        recorded.outcome.number,
        recorded.text,
        recorded.owner,
        str(recorded.due_on),
    ) == (
        room.review.reflection,
        1,
        "Ask the dentists.",
        room.contributor,
        "2031-03-05",
    )
    assert (origin.review, origin.finding) == (room.review, Finding.objects.get())
    assert "Ask the dentists." in text_of(shown)


def test_an_action_comes_from_an_annotation_and_is_of_its_criterion(client, room):
    begin(room)
    find(room, typed(subject(room), choice="1", text="We agreed."))
    criterion = outcome_of(room.review.reflection, number=1).criteria.first()
    annotation = ask(room, criterion=criterion, text="Pam hynny?", language="cy")
    client.force_login(room.facilitator)
    here = url(STEP, room, position=1)

    offered = client.get(here)
    client.post(
        here,
        page(room, base=1, choice="1", text="We agreed.", add_action="1")
        | action(room, **{"action-annotation": annotation.pk}),
    )

    assert (
        f'<option value="{annotation.pk}" lang="cy">Pam hynny?</option>'
        in offered.content.decode()
    )
    origin = ActionOrigin.objects.get()
    assert (origin.review, origin.annotation, origin.finding) == (
        room.review,
        annotation,
        None,
    )
    assert (origin.action.criterion, origin.action.outcome.number) == (criterion, 1)


@pytest.mark.parametrize(
    ("said", "is_recorded"),
    [
        ({"resolved_at": timezone.now()}, True),
        ({"removed_at": timezone.now()}, False),
        ({"shared_at": None}, False),
        ({"outcome": 2}, False),
    ],
)
def test_an_action_comes_from_an_annotation_that_stands(
    client, room, said, is_recorded
):
    begin(room)
    if "resolved_at" in said:
        said = said | {"resolved_by": room.reviewer}
    annotation = ask(room, **said)
    client.force_login(room.facilitator)

    response = client.post(
        url(STEP, room, position=1),
        page(room, add_action="1")
        | action(room, **{"action-annotation": annotation.pk}),
    )

    assert Action.objects.exists() == is_recorded
    if not is_recorded:
        assert response.status_code == 422
        assert "Choose an annotation that has not been taken back." in text_of(response)
        assert "Ask the dentists." in text_of(response)


def test_an_action_that_was_typed_too_late_is_shown(client, room):
    begin(room)
    room.put_into(Phase.CLOSED)
    client.force_login(room.facilitator)

    response = client.post(
        url(STEP, room, position=1),
        page(room, "notes", text="Typed too late.", add_action="1") | action(room),
    )

    assert response.status_code == 409
    assert "Ask the dentists." in text_of(response)
    assert "This action was not recorded." in text_of(response)
    assert Action.objects.count() == 0


def test_an_action_that_is_typed_and_not_recorded_stays_on_the_page(client, room):
    begin(room)
    client.force_login(room.facilitator)
    here = url(STEP, room, position=1)

    onward = client.post(here, page(room, "notes", text="A note.") | action(room))
    chosen = client.post(here, page(room, choose="1") | action(room))

    assert (onward.status_code, chosen.status_code) == (422, 200)
    for response in (onward, chosen):
        assert "Ask the dentists." in response.content.decode()
    assert "This action is not recorded yet" in text_of(onward)
    assert (Action.objects.count(), len(found(room))) == (0, 2)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"action-text": ""}, "Write what the cluster will do."),
        ({"action-owner": "0"}, "Select a valid choice"),
        ({"action-due_on_day": "31", "action-due_on_month": "2"}, "no such date"),
    ],
)
def test_an_action_that_cannot_be_taken_says_why(client, room, wrong, words):
    begin(room)
    client.force_login(room.facilitator)

    response = client.post(
        url(STEP, room, position=1),
        page(room, add_action="1") | action(room) | wrong,
    )

    assert response.status_code == 422
    assert words in text_of(response)
    assert Action.objects.count() == 0


# The end ---------------------------------------------------------------------------------


def test_a_meeting_is_ended_once(client, room):
    meeting = begin(room)
    find(room, typed(subject(room), choice="1", text="We agreed."))
    client.force_login(room.facilitator)

    before = client.get(url(END, room))
    response = client.post(url(END, room))
    again = client.post(url(END, room))

    meeting.refresh_from_db()
    assert "We agreed." in text_of(before)
    assert "Nothing was concluded" in text_of(before)
    assert response.url == again.url == url(DETAIL, room)
    assert meeting.ended_at is not None
    assert client.get(url(STEP, room, position=1)).url == url(DETAIL, room)


def test_a_meeting_can_be_ended_when_the_phase_is_over(client, room):
    meeting = begin(room)
    room.put_into(Phase.CLOSED)
    client.force_login(room.facilitator)

    detail = client.get(url(DETAIL, room))
    client.post(url(END, room))

    meeting.refresh_from_db()
    assert url(END, room) in detail.content.decode()
    assert meeting.ended_at is not None


# The agreement ---------------------------------------------------------------------------


def agreement(client, world, *, by=None):
    """Open the page before recording, and send what it holds."""
    client.force_login(by or world.facilitator)
    sheet = client.get(url(AGREEMENT, world)).context["sheet"]
    return {"submission_number": sheet.submission.number, "seen": sheet.seen}


def test_the_agreement_stands_beside_the_cluster_s_own_level(client, room):
    begin(room)
    find(
        room,
        typed(subject(room), choice="2", text="The group saw more."),
        typed(subject(room, "notes"), text="A long talk."),
    )

    sent = agreement(client, room)
    response = client.post(url(AGREEMENT, room), sent)

    assert response.url == url(AGREEMENT, room)
    review = ClusterReview.objects.get(pk=room.review.pk)
    rows = review.reflection.latest_submission.submitted_outcomes.order_by("pk")
    assert [
        (row.own_level, getattr(row, "agreed_level", None) and row.agreed_level.level)
        for row in rows
    ] == [(None, 2), (None, None), (None, None)]
    assert (review.reflection.state, review.agreed_by) == (
        State.AGREED,
        room.facilitator,
    )
    assert Finding.objects.filter(shared_at=None).count() == 0
    shown = text_of(client.get(url(AGREEMENT, room)))
    assert "The agreement was recorded on" in shown
    assert "No level was agreed" in shown


def test_it_is_recorded_only_once(client, room):
    begin(room)
    sent = agreement(client, room)
    client.post(url(AGREEMENT, room), sent)

    again = client.post(url(AGREEMENT, room), sent, follow=True)

    assert "The agreed levels have been recorded already." in text_of(again)
    assert StateChange.objects.filter(kind="agreed").count() == 1


def test_a_level_that_differs_without_a_sentence_is_not_recorded(client, room):
    begin(room)
    find(room, typed(subject(room), choice="2"))
    sent = agreement(client, room)

    page_before = text_of(client.get(url(AGREEMENT, room)))
    response = client.post(url(AGREEMENT, room), sent)

    assert "Agreed levels that differ without a sentence: 1" in page_before
    assert "Outcomes without an agreed level, which stay without one: 1" in page_before
    assert response.status_code == 409
    assert "no sentence says why. Nothing was recorded." in text_of(response)
    assert (
        room.review.reflection.submissions.get()
        .submitted_outcomes.filter(agreed_level__isnull=False)
        .count()
        == 0
    )


def test_what_changed_on_another_screen_is_looked_at_first(client, room):
    begin(room)
    sent = agreement(client, room)
    find(room, typed(subject(room), choice="1", text="Meanwhile."))

    response = client.post(url(AGREEMENT, room), sent)

    assert response.status_code == 409
    assert "Something was changed on another screen" in text_of(response)
    assert "Meanwhile." in text_of(response)
    assert ClusterReview.objects.get(pk=room.review.pk).agreed_at is None


def test_a_newer_submission_is_looked_at_first(client, room):
    begin(room)
    find(room, typed(subject(room), choice="1", text="Of the first."))
    sent = agreement(client, room)
    assessments.return_reflection(
        reflection=room.review.reflection,
        by=room.facilitator,
        reason="More.",
        language="en",
    )
    returned = client.post(url(AGREEMENT, room), sent)
    submit(room.review.reflection, by=room.lead)

    response = client.post(url(AGREEMENT, room), sent)
    later = client.post(url(AGREEMENT, room), agreement(client, room))

    assert (returned.status_code, response.status_code) == (409, 409)
    assert "The cluster has submitted again since." in text_of(response)
    assert later.status_code == 302
    room.review.reflection.refresh_from_db()
    assert room.review.reflection.state == State.AGREED


def test_without_the_page_s_own_fields_nothing_is_recorded(client, room):
    client.force_login(room.facilitator)

    statuses = [
        client.post(url(AGREEMENT, room), sent).status_code
        for sent in ({}, {"submission_number": "x", "seen": "y"}, {"seen": "y"})
    ]

    assert statuses == [400, 400, 400]


def test_the_history_of_a_finding_is_the_group_s(client, room):
    begin(room)
    find(room, typed(subject(room, "notes"), text="First words."))
    find(room, typed(subject(room, "notes"), text="Stale words."))
    finding = Finding.objects.get()
    page_of = url("peerreview:finding_history", room, finding=finding.pk)

    def opened(person):
        client.force_login(person)
        return client.get(page_of)

    statuses = [
        opened(getattr(room, actor)).status_code
        for actor in ("facilitator", "reviewer", "lead", "officer", "outsider")
    ]
    Finding.objects.update(shared_at=timezone.now())

    assert statuses == [200, 200, 404, 404, 404]
    assert opened(room.lead).status_code == 403
    shown = text_of(opened(room.facilitator))
    assert "First words." in shown
    assert "Stale words." in shown


# Who is refused --------------------------------------------------------------------------

ACTORS = (
    *("lead", "contributor", "reviewer", "second_reviewer", "outsider", "unassigned"),
    *("facilitator", "officer", "other_officer", "national", "administrator"),
)
# GET of each page while a meeting runs on Afan; in the order of ACTORS.
OPEN = {
    DETAIL: "200 200 200 200 404 404 200 200 200 200 404",
    STEP: "200 200 200 200 404 404 200 403 404 403 404",
    END: "403 403 403 403 404 404 200 403 403 403 404",
    AGREEMENT: "403 403 403 403 404 404 200 403 404 403 404",
}
SHUT = OPEN | {STEP: "200 200 200 200 404 404 200 403 404 403 404"}
BEFORE = OPEN | {STEP: "403 403 200 200 404 404 200 403 404 403 404"}
PAGES = {
    Phase.READING: BEFORE,
    Phase.ANNOTATING: BEFORE,
    Phase.DISCUSSING: OPEN,
    Phase.AGREEING: OPEN,
    Phase.CLOSED: SHUT,
}


@pytest.mark.parametrize("phase", Phase)
def test_who_opens_the_pages_of_a_meeting(client, room, administrator, phase):
    room.administrator = administrator
    begin(room, 1)
    room.put_into(phase)
    addresses = {
        name: url(name, room, **({"position": 1} if name == STEP else {}))
        for name in OPEN
    }

    found = {name: [] for name in OPEN}
    for actor in ACTORS:
        client.force_login(getattr(room, actor))
        for name, there in addresses.items():
            found[name].append(str(client.get(there).status_code))

    assert {name: " ".join(row) for name, row in found.items()} == PAGES[phase]


@pytest.mark.parametrize("phase", Phase)
def test_nobody_else_changes_anything(client, room, administrator, phase):
    room.administrator = administrator
    meeting = begin(room, 1, 2)
    annotation = ask(room, room.second_reviewer)
    sent = agreement(client, room)
    room.put_into(phase)
    statuses = set()

    for actor in ACTORS:
        person = getattr(room, actor)
        if person == room.facilitator:
            continue
        client.force_login(person)
        statuses |= {
            client.post(there, data | {"page_of": person.pk}).status_code
            for there, data in [
                (url(DETAIL, room), {"minutes": "60"}),
                (
                    url(STEP, room, position=1),
                    page(room, "notes", text="Not mine.", resolve=annotation.pk)
                    | action(room, add_action="1"),
                ),
                (url(END, room), {}),
                (url(AGREEMENT, room), sent),
            ]
        }

    meeting.refresh_from_db()
    annotation.refresh_from_db()
    assert statuses == {403, 404}
    assert (meeting.position, meeting.ended_at) == (0, None)
    assert (found(room), FindingVersion.objects.count()) == ([], 0)
    assert (Action.objects.count(), annotation.resolved_at) == (0, None)
    assert ClusterReview.objects.get(pk=room.review.pk).agreed_at is None


@pytest.mark.parametrize("phase", [Phase.READING, Phase.ANNOTATING, Phase.CLOSED])
def test_the_facilitator_records_nothing_outside_the_phases_of_meeting(
    client, world, phase
):
    world.put_into(phase)
    agenda = agenda_of(world, 1)

    with pytest.raises(PermissionDenied):
        meetings.start_meeting(
            group=world.group, agenda=agenda, minutes=60, by=world.facilitator
        )
    sent = agreement(client, world)
    response = client.post(url(AGREEMENT, world), sent)

    assert response.status_code == 409
    assert "The time in which groups meet is over" in text_of(response)
    world.review.reflection.refresh_from_db()
    assert world.review.reflection.state == State.SUBMITTED


def end_the_part(room, why):
    """Have the facilitator read Afan no longer, with the meeting's page open before them."""
    match why:
        case "interest":
            assignments.declare_interest(
                review=room.review, reason="", language="en", by=room.facilitator
            )
        case "withdrew":
            rounds.withdraw_cluster(
                review=room.review, reason="", language="en", by=room.national
            )
        case "closed":
            room.put_into(Phase.CLOSED)
            ReviewAccess.objects.update(ends_at=timezone.now())
        case "replaced":
            assignments.replace(
                assignment=Assignment.objects.get(user=room.facilitator),
                user=UserFactory(email="new@example.test"),
                by=room.national,
            )
        case "member":
            MembershipFactory(
                user=room.facilitator,
                cluster=room.review.reflection.cluster,
                role="contributor",
            )
        case "moved":
            groups.move_cluster(
                review=room.review, group=room.other_group, by=room.national
            )


@pytest.mark.parametrize("by_script", [True, False])
@pytest.mark.parametrize(
    "why", ["interest", "withdrew", "closed", "replaced", "member", "moved"]
)
def test_who_facilitates_no_longer_keeps_their_words_and_reads_no_others(
    client, room, by_script, why
):
    begin(room)
    ask(room)
    key = subject(room, "notes").key
    end_the_part(room, why)
    client.force_login(User.objects.get(pk=room.facilitator.pk))

    response = client.post(
        url(STEP, room, position=1),
        page(room, "notes", text="Typed too late.", go="1", use_theirs=key)
        | action(room, add_action="1"),
        headers={"accept": "application/json"} if by_script else {},
    )

    shown = response.content.decode()
    assert response.status_code == (410 if by_script else 409)
    for words in ("A beginning.", "Why is that so?"):
        assert words not in shown
    if by_script:
        reply = json.loads(shown)
        assert (reply["parts"], reply["theirs"]) == ({}, {})
    else:
        assert "Typed too late." in shown
        assert "Ask the dentists." in shown
    assert found(room) == [("notes", "", "", "", 0)]
    assert list(FindingVersion.objects.values_list("refusal", "text")) == [
        ("closed", "Typed too late.")
    ]
    assert Action.objects.count() == 0


def test_a_facilitator_writes_of_no_other_group_s_cluster(client, room):
    begin(room)
    submission = room.elsewhere.reflection.submissions.get()
    key = subject(room, "notes", submission=submission).key
    client.force_login(room.facilitator)

    response = client.post(
        url(STEP, room, position=1),
        {
            "operation_id": str(uuid.uuid4()),
            f"{key}-version": 0,
            f"{key}-text": "Not mine.",
        },
    )

    assert response.status_code == 404
    assert (found(room), FindingVersion.objects.count()) == ([], 0)


# What it costs ---------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_each_page(client, room, django_assert_max_num_queries, number):
    agenda = [
        *agenda_of(room, 1),
        *agenda_of(room, 1, review=room.others[0]),
        *agenda_of(room, 1, review=room.others[1]),
    ][:number]
    for review, _outcome in agenda:
        review = ClusterReview.objects.get(pk=review)
        for by in (room.lead, room.second_reviewer):
            ask(room, by, review=review)
    meetings.start_meeting(
        group=room.group, agenda=agenda, minutes=60, by=room.facilitator
    )
    find(room, typed(subject(room), choice="1", text="We agreed."))
    ClusterReview.objects.exclude(
        pk__in=[review for review, _outcome in agenda]
    ).filter(group=room.group).update(group=None)

    for person, names in [
        (room.facilitator, (DETAIL, STEP, END, AGREEMENT)),
        (room.lead, (DETAIL, STEP)),
    ]:
        client.force_login(person)
        for name in names:
            there = url(name, room, **({"position": 1} if name == STEP else {}))
            with django_assert_max_num_queries(16):
                assert client.get(there).status_code == 200
