"""The facilitated session: where the room is, what it answers, and how long it talks."""

import datetime
import re

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied

from assessments import room, services
from assessments.models import (
    Answer,
    FacilitatedSession,
    Flag,
    OutcomeClock,
    Question,
)
from assessments.selectors import load_sheet
from assessments.snapshot import build
from assessments.subjects import Subject
from assessments.views.loading import reflection_url
from organisations.models import AuditEvent
from tests.steps import (
    answer_all,
    criterion_of,
    entry,
    outcome_of,
    question_subject,
    save,
    start,
    submit,
)

pytestmark = pytest.mark.django_db

START = datetime.datetime(2030, 11, 5, 14, 0, tzinfo=datetime.UTC)


@pytest.fixture
def after(time_machine, reflection):
    """Moves the clock so many seconds after the start; the cycle is open then."""
    cycle = reflection.cycle
    cycle.opens_at = START - datetime.timedelta(days=1)
    cycle.closes_at = START + datetime.timedelta(days=30)
    cycle.save()

    def move(seconds):
        time_machine.move_to(START + datetime.timedelta(seconds=seconds), tick=False)

    move(0)
    return move


def begin(reflection, *outcomes, by, present=("pharmacy",)):
    return services.start_session(
        reflection=reflection,
        agenda=list(outcomes) or [outcome_of(reflection)],
        present=list(present),
        minutes_an_outcome=10,
        by=by,
    )


def step_url(reflection, step, *, module="LEVELS", number=1):
    return reflection_url(
        "session_step", reflection, module=module, number=number, step=step
    )


def on_screen(client, url, **pressed):
    """What the screen at ``url`` would send, with a button pressed or a text typed."""
    form = client.get(url).context["form"]
    sent = {
        field.html_name: field.value() for field in form if field.value() is not None
    }
    return sent | pressed


def where(session):
    session.refresh_from_db()
    return session.outcome.module.code, session.outcome.number, session.step


def clocks():
    return {
        clock.outcome.number: (clock.elapsed, clock.runs_since is not None)
        for clock in OutcomeClock.objects.select_related("outcome")
    }


# The way through an agenda --------------------------------------------------------------------


def test_the_steps_lead_through_every_criterion_to_the_next_outcome():
    first, second = "first", "second"
    way, place = [], room.Place(first, room.OUTCOME)
    while place:
        way.append((place.outcome, place.step))
        _, place = room.around([first, second], place.outcome, place.step, 2)

    assert way == [
        *[(first, step) for step in ("outcome", "1", "2", "end")],
        *[(second, step) for step in ("outcome", "1", "2", "end")],
    ]


def test_back_from_an_outcome_leads_to_the_end_of_the_one_before():
    before, _ = room.around(["first", "second"], "second", room.OUTCOME, 3)

    assert before == room.Place("first", room.END)


# Beginning and ending ----------------------------------------------------------------------------


def test_everybody_of_the_cluster_may_begin_and_there_is_one(
    reflection, lead, contributor
):
    session = begin(reflection, by=contributor)
    again = begin(reflection, outcome_of(reflection, number=2), by=lead)

    assert again == session
    assert (session.started_by, session.present) == (contributor, "pharmacy")


def test_who_changed_what_was_planned_is_written_down(reflection, lead, contributor):
    session = begin(reflection, by=lead)
    before = AuditEvent.objects.count()

    services.change_session(
        session=session, present=["dental"], minutes_an_outcome=10, by=contributor
    )
    services.change_session(
        session=session, present=["dental"], minutes_an_outcome=10, by=lead
    )
    services.change_session(session=session, present=[], minutes_an_outcome=5, by=lead)
    services.move_session(
        session=session, outcome_id=session.outcome_id, step="1", by=lead
    )
    services.pause_clock(session=session, by=lead)
    services.resume_clock(session=session, by=lead)

    events = list(AuditEvent.objects.order_by("pk"))[before:]
    assert [(event.kind, event.by, event.details) for event in events] == [
        ("changed", contributor, {"fields": ["present"]}),
        ("changed", lead, {"fields": ["present", "minutes_an_outcome"]}),
    ]


def test_nobody_else_begins(reflection, stranger, officer, superuser):
    for person in (stranger, officer, superuser):
        with pytest.raises(PermissionDenied):
            begin(reflection, by=person)

    assert not FacilitatedSession.objects.exists()


def test_no_session_once_it_is_submitted(reflection, lead):
    session = begin(reflection, by=lead)
    start(reflection, by=lead)
    submit(reflection, by=lead)

    with pytest.raises(PermissionDenied):
        services.move_session(
            session=session, outcome_id=session.outcome_id, step="1", by=lead
        )
    services.end_session(session=session, by=lead)

    session.refresh_from_db()
    assert session.ended_at is not None


def test_an_ended_session_does_not_move(reflection, lead):
    session = begin(reflection, by=lead)
    services.end_session(session=session, by=lead)
    services.end_session(session=session, by=lead)

    with pytest.raises(services.NotRunning):
        services.pause_clock(session=session, by=lead)


def test_session_detail_begins_with_what_is_chosen(client, reflection, contributor):
    client.force_login(contributor)
    url = reflection_url("session_detail", reflection)

    response = client.post(
        url,
        {"present": ["dental", "pharmacy"], "agenda": "all", "minutes_an_outcome": "7"},
    )

    session = FacilitatedSession.objects.get()
    assert response.url == step_url(reflection, "outcome")
    assert (session.present, session.minutes_an_outcome) == ("pharmacy dental", 7)
    assert len(session.agenda) == 3
    assert client.get(url).url == response.url  # left, and come back


def test_session_detail_takes_only_what_is_flagged_or_unanswered(
    client, reflection, lead
):
    answer_all(reflection, by=lead)
    flagged = outcome_of(reflection, number=2)
    Flag.objects.create(reflection=reflection, outcome=flagged, raised_by=lead)
    client.force_login(lead)
    url = reflection_url("session_detail", reflection)

    nothing = client.post(url, {"agenda": "unanswered", "minutes_an_outcome": "10"})
    client.post(url, {"agenda": "flagged", "minutes_an_outcome": "10"})

    assert nothing.status_code == 422
    assert "There are no such outcomes now" in nothing.content.decode()
    assert FacilitatedSession.objects.get().agenda == [flagged.pk]


@pytest.mark.parametrize("minutes", ["", "0", "121", "x"])
def test_session_detail_wants_a_sensible_time(client, reflection, lead, minutes):
    client.force_login(lead)

    response = client.post(
        reflection_url("session_detail", reflection),
        {"agenda": "all", "minutes_an_outcome": minutes},
    )

    assert response.status_code == 422
    assert not FacilitatedSession.objects.exists()


def test_session_change_notes_who_came(client, reflection, lead):
    session = begin(reflection, by=lead)
    client.force_login(lead)

    response = client.post(
        reflection_url("session_change", reflection),
        {"present": ["pharmacy", "social_care"], "minutes_an_outcome": "15"},
    )

    session.refresh_from_db()
    assert response.url == step_url(reflection, "outcome")
    assert (session.present, session.minutes_an_outcome) == ("pharmacy social_care", 15)


# On the screen -------------------------------------------------------------------------------------


def test_a_key_answers_and_stays_and_next_goes_on(client, reflection, lead):
    session = begin(reflection, by=lead)
    client.force_login(lead)
    url = step_url(reflection, "1")

    answered = client.post(url, on_screen(client, url, choose="met"))
    moved = client.post(url, on_screen(client, url))

    answer = Answer.objects.get(criterion=criterion_of(reflection))
    assert (answer.choice, answer.version) == ("met", 1)
    assert answered.url.split("#")[0] == url
    assert moved.url == step_url(reflection, "2")
    assert where(session) == ("LEVELS", 1, "2")


def test_an_answer_keeps_the_comment_that_is_there(client, reflection, lead):
    subject = Subject(criterion_id=criterion_of(reflection).pk)
    save(reflection, entry(subject, "A comment.", choice="met"), by=lead)
    begin(reflection, by=lead)
    client.force_login(lead)
    url = step_url(reflection, "1")

    client.post(url, on_screen(client, url, choose="partly_met"))

    answer = Answer.objects.get(criterion=criterion_of(reflection))
    assert (answer.choice, answer.text) == ("partly_met", "A comment.")


def test_an_answer_can_be_taken_back(client, reflection, lead):
    begin(reflection, by=lead)
    client.force_login(lead)
    url = step_url(reflection, "1")
    client.post(url, on_screen(client, url, choose="met"))

    client.post(url, on_screen(client, url, choose=""))

    assert Answer.objects.get(criterion=criterion_of(reflection)).choice == ""


def test_two_screens_on_one_answer_are_told(client, reflection, lead, contributor):
    begin(reflection, by=lead)
    client.force_login(lead)
    url = step_url(reflection, "1")
    sent = on_screen(client, url, choose="met")
    subject = Subject(criterion_id=criterion_of(reflection).pk)
    save(reflection, entry(subject, "By hand.", choice="not_yet_met"), by=contributor)

    response = client.post(url, sent)

    html = response.content.decode()
    assert response.status_code == 409
    assert "By hand." in html
    assert 'class="conflict"' in html
    assert (
        Answer.objects.get(criterion=criterion_of(reflection)).choice == "not_yet_met"
    )


def test_the_note_is_saved_at_every_step_and_is_no_part_of_a_submission(
    client, reflection, lead
):
    begin(reflection, by=lead)
    client.force_login(lead)
    url = step_url(reflection, "outcome")

    client.post(url, on_screen(client, url, **{"discussion-note-text": "We agreed."}))
    later = client.get(step_url(reflection, "end")).content.decode()

    note = Answer.objects.get(question=Question.DISCUSSION_NOTE)
    assert (note.text, note.versions.count()) == ("We agreed.", 1)
    assert "We agreed." in later
    assert "We agreed." not in str(build(load_sheet(reflection)))
    start(reflection, by=lead)
    assert "We agreed." not in submit(reflection, by=lead).content


def test_the_end_of_an_outcome_shows_the_suggested_level_and_takes_the_own(
    client, reflection, lead
):
    answer_all(reflection, by=lead)
    begin(reflection, by=lead)
    client.force_login(lead)
    url = step_url(reflection, "end")

    page = client.get(url)
    client.post(url, on_screen(client, url, choose="2"))
    asked = client.post(url, on_screen(client, url))
    let_go = client.post(url, on_screen(client, url, asked="1"))

    assert page.context["sheet"].suggestion.level == 1
    assert [key.key for key in page.context["keys"]] == ["0", "1", "2", "3"]
    subject = question_subject(reflection, Question.OWN_LEVEL)
    assert Answer.objects.get(**subject.fields).choice == "2"
    assert asked.status_code == 422  # another level than suggested: why?
    assert let_go.url == reflection_url("session_end", reflection)


def test_a_reason_that_another_screen_wants_is_not_asked_for_here(
    client, reflection, lead
):
    subject = Subject(criterion_id=criterion_of(reflection).pk)
    save(reflection, entry(subject, choice="not_applicable"), by=lead)
    begin(reflection, by=lead)
    client.force_login(lead)
    url = step_url(reflection, "2")

    response = client.post(url, on_screen(client, url))

    assert response.url == step_url(reflection, "3")


def comment_is_open(client, url):
    details = re.search(
        r"<details class=\"nhsuk-details\"( open)?>\s*<summary[^>]*><span[^>]*>Comment",
        client.get(url).content.decode(),
    )
    return details[1] is not None


@pytest.mark.parametrize(
    ("choice", "text", "is_open"),
    [
        ("met", "", False),
        ("not_yet_met", "", False),
        ("not_applicable", "", True),
        ("not_applicable", "None here.", True),
    ],
)
def test_the_comment_is_open_where_a_reason_is_wanted(
    client, reflection, lead, choice, text, is_open
):
    answer_all(reflection, by=lead)
    level = question_subject(reflection, Question.OWN_LEVEL)
    save(reflection, entry(level, choice="3", base=1), by=lead)  # without a reason
    begin(reflection, by=lead)
    client.force_login(lead)
    url = step_url(reflection, "1")
    key = Subject(criterion_id=criterion_of(reflection).pk).key

    sent = on_screen(client, url, choose=choice)
    client.post(url, sent | {f"{key}-text": text})

    assert comment_is_open(client, url) == is_open


def test_not_applicable_leads_to_its_reason(client, reflection, lead):
    begin(reflection, by=lead)
    client.force_login(lead)
    url = step_url(reflection, "1")
    key = Subject(criterion_id=criterion_of(reflection).pk).key
    sent = on_screen(client, url, choose="not_applicable")

    without = client.post(url, sent)
    sent = on_screen(client, url, choose="not_applicable")
    reasoned = client.post(url, sent | {f"{key}-text": "None here."})

    assert (without.url, reasoned.url) == (f"{url}#id_{key}-text", url)


def test_a_module_without_levels_ends_with_its_signs(client, reflection, lead):
    begin(reflection, outcome_of(reflection, module="SIGNS"), by=lead)
    client.force_login(lead)
    url = step_url(reflection, "1", module="SIGNS")
    client.post(url, on_screen(client, url, choose="some_signs"))

    end = client.get(step_url(reflection, "end", module="SIGNS"))

    assert [count for _, count in end.context["sign_counts"]] == [0, 1, 0]
    assert end.context["keys"] == []


def test_looking_moves_nobody(client, reflection, lead, contributor):
    session = begin(reflection, by=lead)
    client.force_login(contributor)

    assert client.get(step_url(reflection, "2")).status_code == 200
    assert where(session) == ("LEVELS", 1, "outcome")


def test_going_to_another_outcome(client, reflection, lead):
    session = begin(
        reflection, outcome_of(reflection), outcome_of(reflection, number=2), by=lead
    )
    client.force_login(lead)
    url = step_url(reflection, "1")

    response = client.post(url, on_screen(client, url, go="LEVELS-2"))

    assert response.url == step_url(reflection, "outcome", number=2)
    assert where(session) == ("LEVELS", 2, "outcome")


@pytest.mark.parametrize(
    ("step", "number"), [("9", 1), ("0", 1), ("nowhere", 1), ("1", 2), ("1", 99)]
)
def test_a_place_that_is_not_on_the_agenda_is_not_found(
    client, reflection, lead, step, number
):
    begin(reflection, by=lead)
    client.force_login(lead)

    assert client.get(step_url(reflection, step, number=number)).status_code == 404


def test_what_is_typed_is_saved_when_the_session_was_ended_elsewhere(
    client, reflection, lead
):
    session = begin(reflection, by=lead)
    client.force_login(lead)
    url = step_url(reflection, "1")
    sent = on_screen(client, url, **{"discussion-note-text": "The last words."})
    services.end_session(session=session, by=lead)

    response = client.post(url, sent)

    assert response.url == reflection_url("session_detail", reflection)
    assert (
        Answer.objects.get(question=Question.DISCUSSION_NOTE).text == "The last words."
    )


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_whoever_presses_a_key_hears_who_ended_the_session_and_when(
    client, reflection, lead, contributor, after
):
    session = begin(reflection, by=lead)
    client.force_login(lead)
    url = step_url(reflection, "1")
    sent = on_screen(client, url, choose="met")
    services.end_session(session=session, by=contributor)
    after(60)

    on_the_screen = client.post(url, sent)
    html = client.get(on_the_screen.url).content.decode()
    at_the_end = client.post(reflection_url("session_end", reflection), {})

    ended = (
        f"The facilitated session has ended. By: {contributor}. "
        "When: 5 November 2030, 14:00."
    )
    assert f"{ended} What was on the screen is saved." in html
    assert "Saved at" not in html
    assert said(at_the_end) == [ended]


def test_moving_says_nothing_and_saving_says_it_once(client, reflection, lead, after):
    begin(reflection, by=lead)
    client.force_login(lead)
    url = step_url(reflection, "1")

    moved = client.post(url, on_screen(client, url))
    answered = client.post(url, on_screen(client, url, choose="met"))

    assert (said(moved), said(answered)) == ([], ["Saved at 14:00"])


def test_the_contents_lead_back_to_a_session_under_way(client, reflection, lead):
    client.force_login(lead)
    contents = reflection_url("reflection_detail", reflection)
    before = client.get(contents).content.decode()
    begin(reflection, by=lead)
    url = step_url(reflection, "2")
    client.post(url, on_screen(client, url, leave="1"))

    after = " ".join(client.get(contents).content.decode().split())

    assert "Session under way" not in before
    assert "Session under way: go on</a>" in after
    assert "Criterion 2</span>" in after


def test_what_comes_after_submitting_is_given_back(client, reflection, lead):
    begin(reflection, by=lead)
    start(reflection, by=lead)
    client.force_login(lead)
    url = step_url(reflection, "1")
    sent = on_screen(client, url, **{"discussion-note-text": "Too late."})
    submit(reflection, by=lead)

    response = client.post(url, sent)

    assert response.status_code == 409
    assert "Too late." in response.content.decode()


# The clock -------------------------------------------------------------------------------------------


def test_the_clock_counts_each_outcome_for_itself(reflection, lead, after):
    first, second = outcome_of(reflection), outcome_of(reflection, number=2)
    session = begin(reflection, first, second, by=lead)
    after(60)
    services.move_session(session=session, outcome_id=first.pk, step="1", by=lead)
    after(90)
    services.move_session(
        session=session, outcome_id=second.pk, step="outcome", by=lead
    )
    after(100)

    assert clocks() == {1: (90, False), 2: (10, True)}


def test_the_clock_stands_in_a_break(reflection, lead, after):
    session = begin(reflection, by=lead)
    after(30)
    services.pause_clock(session=session, by=lead)
    after(500)
    services.resume_clock(session=session, by=lead)
    after(510)
    services.end_session(session=session, by=lead)

    assert clocks() == {1: (40, False)}


def test_a_night_counts_for_an_hour(reflection, lead, after):
    begin(reflection, by=lead)
    after(14 * 3600)

    assert clocks() == {1: (3600, True)}


def test_leaving_lets_the_clock_stand_and_keeps_the_place(
    client, reflection, lead, after
):
    session = begin(reflection, by=lead)
    client.force_login(lead)
    url = step_url(reflection, "2")
    sent = on_screen(client, url, leave="1")
    after(30)

    response = client.post(url, sent)

    assert response.url == reflection_url("reflection_detail", reflection)
    assert (where(session), clocks()) == (("LEVELS", 1, "2"), {1: (30, False)})


def test_the_screen_says_quietly_that_the_time_is_over(client, reflection, lead, after):
    begin(reflection, by=lead)
    client.force_login(lead)
    url = step_url(reflection, "outcome")
    hidden = '<p class="room__over" hidden>'

    in_time = client.get(url).content.decode()
    after(600)
    over = client.get(url).content.decode()

    assert (hidden in in_time, hidden in over) == (True, False)


@pytest.mark.parametrize(("pressed", "runs"), [("pause", False), ("resume", True)])
def test_the_clock_has_a_button(client, reflection, lead, after, pressed, runs):
    session = begin(reflection, by=lead)
    if pressed == "resume":
        services.pause_clock(session=session, by=lead)
    client.force_login(lead)
    url = step_url(reflection, "1")

    response = client.post(url, on_screen(client, url, clock=pressed))

    assert response.url.split("#")[0] == url
    assert clocks() == {1: (0, runs)}


# The end ------------------------------------------------------------------------------------------------


def test_session_end_offers_what_part_1_would_say(client, reflection, lead, after):
    subject = Subject(question=Question.PARTICIPANTS)
    save(reflection, entry(subject, "A patient group.", choice="dental"), by=lead)
    session = begin(reflection, by=lead)
    client.force_login(lead)
    url = reflection_url("session_end", reflection)

    before = Answer.objects.count()
    form = client.get(url).context["form"]
    offered = {
        name: form[f"{name}-choice"].value() for name in ("participants", "method")
    }

    assert offered == {"participants": ["pharmacy", "dental"], "method": "facilitated"}
    assert form["held-on-date"].value() == datetime.date(2030, 11, 5)
    assert form["participants-text"].value() == "A patient group."
    assert Answer.objects.count() == before
    session.refresh_from_db()
    assert session.ended_at is None


def test_session_end_puts_it_there_when_somebody_says_so(
    client, reflection, lead, after
):
    session = begin(reflection, by=lead)
    client.force_login(lead)
    url = reflection_url("session_end", reflection)
    sent = on_screen(client, url)
    held_on = sent.pop("held-on-date")
    sent |= {
        "held-on-date_day": held_on.day,
        "held-on-date_month": held_on.month,
        "held-on-date_year": held_on.year,
    }

    response = client.post(url, sent)

    assert said(response) == ["The facilitated session has ended."]
    answers = dict(Answer.objects.exclude(choice="").values_list("question", "choice"))
    assert response.url == reflection_url("reflection_detail", reflection)
    assert answers == {"participants": "pharmacy", "method": "facilitated"}
    assert Answer.objects.get(question=Question.HELD_ON).dated_on == held_on
    session.refresh_from_db()
    assert session.ended_at is not None


def test_session_end_leaves_part_1_as_it_is(client, reflection, lead):
    session = begin(reflection, by=lead)
    client.force_login(lead)

    response = client.post(reflection_url("session_end", reflection), {"end_only": "1"})

    session.refresh_from_db()
    assert response.url == reflection_url("reflection_detail", reflection)
    assert (session.ended_at is not None, Answer.objects.count()) == (True, 0)


@pytest.mark.parametrize("name", ["session_change", "session_end"])
def test_without_a_session_one_is_led_to_its_beginning(client, reflection, lead, name):
    client.force_login(lead)

    response = client.get(reflection_url(name, reflection))

    assert response.url == reflection_url("session_detail", reflection)


@pytest.mark.parametrize("outcomes", [1, 3])
def test_session_step_takes_the_same_queries_for_any_agenda(
    client, reflection, lead, django_assert_num_queries, outcomes
):
    agenda = [
        outcome_of(reflection),
        outcome_of(reflection, number=2),
        outcome_of(reflection, module="SIGNS"),
    ]
    begin(reflection, *agenda[:outcomes], by=lead)
    client.force_login(lead)

    with django_assert_num_queries(11):
        client.get(step_url(reflection, "1"))
