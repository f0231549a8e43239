"""The facilitated session, one screen for the room; and who else is here."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments import pages, presence, room, selectors, services
from assessments.forms.room import SessionForm, SessionStartForm
from assessments.maturity import NOT_APPLICABLE
from assessments.models import Answer, MethodChoice, Profession, Question, SignsChoice
from assessments.selectors import room as selectors_room
from assessments.subjects import SEPARATOR, Subject
from assessments.views.answers import answers_page
from assessments.views.conflicts import SETTLES
from assessments.views.loading import readable, reflection_url, to_read
from cdf_site.common.sessions import does_not_prolong
from organisations.permissions import Permission, holds

# The session ------------------------------------------------------------------------------


def session_detail(request, cycle, cluster):
    """Where the room is; and where no session runs, the beginning of one."""
    reflection = readable(request, cycle, cluster)
    if not holds(request.user, Permission.FACILITATE, reflection):
        return to_read(request, reflection)
    session = selectors_room.running_session(reflection, request.user)
    if session:
        return redirect(_current_url(session))
    form = SessionStartForm(
        _agendas(reflection, request.user),
        data=request.POST or None,
        initial={
            "present": selectors.load_context(reflection)
            .answer(Subject(question=Question.PARTICIPANTS))
            .choice.split(SEPARATOR)
        },
    )
    if request.method == "POST" and form.is_valid():
        session = services.start_session(
            reflection=reflection,
            agenda=form.outcomes(),
            present=form.cleaned_data["present"],
            minutes_an_outcome=form.cleaned_data["minutes_an_outcome"],
            by=request.user,
        )
        return redirect(_current_url(session))
    return render(
        request,
        "assessments/session_start.html",
        {"reflection": reflection, "form": form},
        status=422 if form.is_bound else 200,
    )


def session_change(request, cycle, cluster):
    """Who is in the room, and how long an outcome may take, while the session runs."""
    reflection = readable(request, cycle, cluster)
    session = selectors_room.running_session(reflection, request.user)
    may = holds(request.user, Permission.FACILITATE, reflection)
    if session is None or not may:
        return _nothing_runs(request, reflection)
    form = SessionForm(
        data=request.POST or None,
        initial={
            "present": session.present.split(SEPARATOR),
            "minutes_an_outcome": session.minutes_an_outcome,
        },
    )
    if request.method == "POST" and form.is_valid():
        services.change_session(
            session=session,
            present=form.cleaned_data["present"],
            minutes_an_outcome=form.cleaned_data["minutes_an_outcome"],
            by=request.user,
        )
        return redirect(_current_url(session))
    return render(
        request,
        "assessments/session_change.html",
        {
            "reflection": reflection,
            "form": form,
            "back": _current_url(session),
        },
        status=422 if form.is_bound else 200,
    )


def session_step(request, cycle, cluster, module, number, step):
    """One criterion, or the outcome as a whole or its end, in large type.

    Looking moves nobody: only a button that is pressed here moves the room.
    """
    reflection = readable(request, cycle, cluster)
    session = selectors_room.running_session(reflection, request.user)
    if session is None and request.method != "POST":
        return redirect(reflection_url("session_detail", reflection))
    outcomes = selectors.outcomes_of(reflection.cycle.edition)
    agenda = [o for o in outcomes if session is None or o.pk in session.agenda]
    outcome = next(
        (o for o in agenda if (o.module.code, o.number) == (module, number)), None
    )
    if outcome is None:
        raise Http404

    def load():
        return selectors_room.outcome_in_the_room(reflection, outcome, step)

    sheet = load()
    if step not in room.steps(len(sheet.criteria)):
        raise Http404
    before, after = room.around(agenda, outcome, step, len(sheet.criteria))
    here = room.Place(outcome, step)

    def screen(sheet):
        return _screen(request, reflection, session, sheet, agenda, after)

    if request.method == "POST":
        request.POST = _with_key_pressed(request.POST, room.items(sheet, step))
    response = answers_page(
        request,
        reflection,
        load=load,
        loaded=sheet,
        items=lambda sheet: room.items(sheet, step),
        template="assessments/session_step.html",
        part=lambda modules: 0,
        here=_place_url(reflection, here),
        onward=_place_url(reflection, after),
        back=_place_url(reflection, before) if before else None,
        beside=screen,
        tells=lambda saved: session is not None and saved.changed,
    )
    if request.method != "POST" or response.status_code != 302:
        return response
    if session is None:  # ended on another device; what was typed is saved
        return _nothing_runs(request, reflection, is_saved=True)
    response = _move(request, session, agenda, response, here, before, after)
    key = room.items(sheet, step)[0].key
    if (
        response.url == _place_url(reflection, here)
        and request.POST.get("choose") == NOT_APPLICABLE
        and not request.POST.get(f"{key}-text", "").strip()
    ):
        return redirect(f"{response.url}#id_{key}-text")  # for the reason
    return response


def _with_key_pressed(data, items):
    """The posted page with the answer whose button was pressed; whoever presses it stays."""
    data = data.copy()
    if "choose" in data:
        for item in items:
            if item.choices:
                data[f"{item.key}-choice"] = data["choose"]
    if {"choose", "clock", "go"} & set(data):
        data["stay"] = "1"
    return data


def _move(request, session, agenda, response, here, before, after):
    """Take the room to where the button leads, once everything on the screen is saved."""
    reflection, data, by = session.reflection, request.POST, request.user
    there = here
    if "back" in data:
        there = before or here
    elif not {"stay", "leave", "switch_to", *SETTLES} & set(data):
        there = after or here
    for outcome in agenda:
        if data.get("go") == f"{outcome.module.code}-{outcome.number}":
            there = room.Place(outcome, room.OUTCOME)
    try:
        services.move_session(
            session=session, outcome_id=there.outcome.pk, step=there.step, by=by
        )
        if data.get("clock") == "pause" or "leave" in data:
            services.pause_clock(session=session, by=by)
        if data.get("clock") == "resume":
            services.resume_clock(session=session, by=by)
    except services.NotRunning:
        return _nothing_runs(request, reflection, is_saved=True)
    if data.get("go") == "discussion":
        return redirect(_discussion_url(reflection, here.outcome))
    if data.get("go") == "change":
        return redirect(reflection_url("session_change", reflection))
    if data.get("go") == "end":
        return redirect(reflection_url("session_end", reflection))
    if {"choose", "clock", "go"} & set(data):
        return redirect(_place_url(reflection, there))
    return response


def _screen(request, reflection, session, sheet, agenda, after):
    """What stands around the question: the clock, who is there, the spread, the agenda."""
    item = room.items(sheet, sheet.step)[0]
    clocks = selectors_room.clocks_of(session) if session else {}
    clock = clocks.get(sheet.outcome.pk)
    steps = room.steps(len(sheet.criteria))
    return {
        "session": session,
        "agenda": agenda,
        "position": agenda.index(sheet.outcome) + 1,
        "step_position": steps.index(sheet.step) + 1,
        "step_total": len(steps),
        "keys": room.keys(item, sheet.answer(item.subject).choice),
        "professions": selectors_room.professions_present(session) if session else [],
        "clock": clock,
        "clock_minutes": clock.elapsed // 60 if clock else 0,
        "sign_counts": [
            (label, sheet.signs[value]) for value, label in SignsChoice.choices
        ],
        "is_last": after is None,
        "spread": selectors_room.spread_of(reflection, sheet.outcome),
        "may_open": holds(request.user, Permission.OPEN_DISCUSSION, reflection),
    }


def session_end(request, cycle, cluster):
    """The end: what the session has to say for part 1, to be confirmed or left."""
    reflection = readable(request, cycle, cluster)
    session = selectors_room.running_session(reflection, request.user)
    if session is None:
        return _nothing_runs(request, reflection)
    contents = reflection_url("reflection_detail", reflection)
    if request.method == "POST" and "end_only" in request.POST:
        services.end_session(session=session, by=request.user)
        messages.success(request, _("The facilitated session has ended."))
        return redirect(contents)

    stays = bool({"stay", "switch_to", *SETTLES} & set(request.POST))
    sheet = selectors.load_context(reflection)
    response = answers_page(
        request,
        reflection,
        load=lambda: selectors.load_context(reflection),
        loaded=sheet if request.method == "POST" else _proposed(session, sheet),
        items=lambda sheet: [
            item
            for item in pages.context_items()
            if item.subject.question != Question.ABOUT_CLUSTER
        ],
        template="assessments/session_end.html",
        part=lambda modules: 1,
        here=reflection_url("session_end", reflection),
        onward=contents,
        beside=lambda sheet: {
            "session": session,
            "back_to_the_room": _current_url(session),
            "times": selectors_room.times_of(session, reflection.cycle.edition),
        },
        tells=lambda saved: stays,
    )
    if request.method == "POST" and response.status_code == 302 and not stays:
        services.end_session(session=session, by=request.user)
        messages.success(request, _("The facilitated session has ended."))
    return response


def _nothing_runs(request, reflection, *, is_saved=False):
    """To the beginning of a session; whoever pressed a button hears who ended theirs, and when."""
    ended = selectors_room.latest_end(reflection, request.user)
    if request.method == "POST" and ended:
        sentences = [
            _("The facilitated session has ended. By: %(name)s. When: %(time)s.")
            % {
                "name": ended.by,
                "time": date_format(timezone.localtime(ended.at), "j F Y, H:i"),
            }
        ]
        if is_saved:
            sentences.append(_("What was on the screen is saved."))
        messages.info(request, " ".join(sentences))
    return redirect(reflection_url("session_detail", reflection))


def _proposed(session, sheet):
    """Part 1 as this session would have it: with those present, in discussion, today."""
    present = set(session.present.split(SEPARATOR))
    participants = sheet.answer(Subject(question=Question.PARTICIPANTS))
    present |= set(participants.choice.split(SEPARATOR))
    proposals = {
        Question.PARTICIPANTS: {
            "choice": SEPARATOR.join(
                code for code in Profession.values if code in present
            )
        },
        Question.METHOD: {"choice": MethodChoice.FACILITATED.value},
        Question.HELD_ON: {"dated_on": timezone.localdate()},
    }
    answers = dict(sheet.answers)
    for question, content in proposals.items():
        stored = sheet.answer(Subject(question=question))
        answer = Answer(
            question=question,
            choice=stored.choice,
            text=stored.text,
            dated_on=stored.dated_on,
            language=stored.language,
            language_is_chosen=stored.language_is_chosen,
            version=stored.version,
        )
        for name, value in content.items():
            setattr(answer, name, value)
        answers[Subject(question=question)] = answer
    return replace(sheet, answers=answers)


def _agendas(reflection, user):
    """The outcomes that each choice of the beginning stands for, in the order of the form."""
    sheet = selectors.load_sheet(reflection)
    flagged = selectors_room.flagged_outcomes(reflection, user)
    return {
        SessionStartForm.ALL: [row.outcome for row in sheet.outcomes],
        SessionStartForm.UNANSWERED: [
            row.outcome for row in sheet.outcomes if row.gaps
        ],
        SessionStartForm.FLAGGED: [
            row.outcome for row in sheet.outcomes if row.outcome.pk in flagged
        ],
    }


def _place_url(reflection, place):
    """The address of a place; of the end of the session, where there is none."""
    if place is None:
        return reflection_url("session_end", reflection)
    return reflection_url(
        "session_step",
        reflection,
        module=place.outcome.module.code,
        number=place.outcome.number,
        step=place.step,
    )


def _current_url(session):
    return _place_url(session.reflection, room.Place(session.outcome, session.step))


def _discussion_url(reflection, outcome):
    return reflection_url(
        "discussion_detail",
        reflection,
        module=outcome.module.code,
        number=outcome.number,
    )


# Who is here ------------------------------------------------------------------------------


@does_not_prolong
def presence_note(request, cycle, cluster):
    """Say that a page is open, or left, and hear who else is here. Sent by the page itself."""
    reflection = readable(request, cycle, cluster)
    if request.method != "POST":
        return redirect(reflection_url("reflection_detail", reflection))
    try:
        page_id = UUID(request.POST.get("page_id", ""))
    except ValueError as error:
        raise BadRequest("no number of a page") from error
    if "leave" in request.POST:
        services.forget_presence(
            reflection=reflection, page_id=page_id, by=request.user
        )
        return HttpResponse(status=204)
    place = request.POST.get("place", "")
    if not presence.PLACE.fullmatch(place):
        raise BadRequest("no place of the form")
    services.note_presence(
        reflection=reflection, page_id=page_id, place=place, by=request.user
    )
    return JsonResponse(
        {"here": [line.as_json() for line in presence.lines(reflection, request.user)]}
    )
