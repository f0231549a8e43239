"""The pages of a self-reflection: load what the person may see, authorise, form, service, redirect."""

import json
import uuid

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from assessments import pages, selectors, services, snapshot
from assessments.forms import AgreementForm, AnswersForm, ReturnForm
from assessments.models import SelfReflection, StateChange, Submission
from assessments.rules import is_officer_of_the_board
from organisations.models import CLUSTER_ROLES
from organisations.permissions import Permission, authorise, holds

State = SelfReflection.State


def mine(request):
    """The self-reflections of one's clusters, or the only one at once."""
    cluster_ids = request.user.cluster_ids(*CLUSTER_ROLES)
    reflections = list(
        SelfReflection.objects.visible_to(request.user)
        .filter(cluster__in=cluster_ids)
        .with_shown_state()
        .select_related("cluster", "cycle")
        .order_by("-cycle__opens_at", "cluster__pk")
    )
    current = [
        reflection for reflection in reflections if not reflection.cycle.closed_at
    ]
    if len(current) == 1 and len(reflections) == 1:
        return redirect(reflection_url("reflection_detail", current[0]))
    return render(request, "assessments/mine.html", {"reflections": reflections})


def reflection_url(name, reflection, **more):
    """An address that says what one is on: the cycle and the cluster."""
    codes = {"cycle": reflection.cycle.code, "cluster": reflection.cluster.code}
    return reverse(f"assessments:{name}", kwargs=codes | more)


def outcome_url(reflection, outcome):
    return reflection_url(
        "outcome_edit", reflection, module=outcome.module.code, number=outcome.number
    )


def _visible(request, cycle, cluster):
    """The self-reflection of an address, or 404 where this person may not know of it."""
    return get_object_or_404(
        SelfReflection.objects.visible_to(request.user).select_related(
            "cycle__edition", "cluster__health_board", "cluster__local_authority"
        ),
        cycle__code=cycle,
        cluster__code=cluster,
    )


def _readable(request, cycle, cluster):
    """As ``_visible``, and 403 for those who may know how far it is but not read it."""
    reflection = _visible(request, cycle, cluster)
    authorise(request.user, Permission.READ_ANSWERS, reflection)
    return reflection


def reflection_detail(request, cycle, cluster):
    """The contents: the state of every part, what is unanswered, and what can be done now.

    Readers from outside the cluster see how far it is, and its submissions.
    """
    reflection = _visible(request, cycle, cluster)
    submissions = list(
        Submission.objects.visible_to(request.user)
        .filter(reflection=reflection)
        .order_by("-number")
    )
    context = {
        "reflection": reflection,
        "submissions": submissions,
        "last_change": reflection.last_change,
        "may_read_answers": holds(request.user, Permission.READ_ANSWERS, reflection),
        "may_edit": holds(request.user, Permission.EDIT_ANSWERS, reflection),
        "may_submit": holds(request.user, Permission.SUBMIT_REFLECTION, reflection),
        "may_withdraw": holds(request.user, Permission.WITHDRAW_REFLECTION, reflection),
        "may_return": holds(request.user, Permission.RETURN_REFLECTION, reflection),
        "may_record_agreement": holds(
            request.user, Permission.RECORD_AGREEMENT, reflection
        ),
    }
    if context["may_read_answers"]:
        sheet = selectors.load_sheet(reflection)
        context["sheet"] = sheet
        context["next_page"] = _next_page(reflection, sheet)
    else:
        context |= _for_readers(request, reflection, submissions)
    return render(request, "assessments/reflection_detail.html", context)


def _for_readers(request, reflection, submissions):
    """What those outside the cluster see: the levels that were sent last, and for its board how
    far a draft is."""
    board = reflection.cluster.health_board
    sees_progress = holds(request.user, Permission.VIEW_BOARD_RESULTS, board)
    context = {"results_board": board if sees_progress else None}
    if submissions:
        context["submission"] = submissions[0]
        rows = selectors.submitted_outcomes(submissions[0])
        context["submitted_outcomes"] = rows
        context["has_agreed_levels"] = any(hasattr(row, "agreed_level") for row in rows)
    if sees_progress and (reflection.is_unsent or not submissions):
        context["answered"], context["total"] = selectors.progress(reflection)
    return context


def _next_page(reflection, sheet):
    """The address of the first page that still has something to answer, or None."""
    if sheet.context.gaps:
        return reflection_url("context_edit", reflection)
    for outcome in sheet.outcomes:
        if outcome.gaps:
            return outcome_url(reflection, outcome.outcome)
    if sheet.enablers.gaps:
        return reflection_url("enablers_edit", reflection)
    return None


# The form -----------------------------------------------------------------------------


def context_edit(request, cycle, cluster):
    """Part 1: the cluster, and how the reflection was made."""
    reflection = _readable(request, cycle, cluster)
    first = selectors.first_outcome(reflection.cycle.edition)
    return _answers_page(
        request,
        reflection,
        load=lambda: selectors.load_context(reflection),
        items=lambda sheet: pages.context_items(),
        template="assessments/context_edit.html",
        part=lambda modules: 1,
        here=reflection_url("context_edit", reflection),
        onward=outcome_url(reflection, first)
        if first
        else reflection_url("enablers_edit", reflection),
    )


def outcome_edit(request, cycle, cluster, module, number):
    """One outcome of parts 2, 3 and whatever modules come: its criteria, level and words."""
    reflection = _readable(request, cycle, cluster)
    found = selectors.load_outcome(reflection, module, number)
    if found is None:
        raise Http404
    previous, sheet, following = found

    def load():
        return selectors.load_outcome(reflection, module, number)[1]

    return _answers_page(
        request,
        reflection,
        load=load,
        loaded=sheet,
        items=pages.outcome_items,
        template="assessments/outcome_edit.html",
        part=lambda modules: modules.index(module) + 2,
        here=outcome_url(reflection, sheet.outcome),
        onward=outcome_url(reflection, following)
        if following
        else reflection_url("enablers_edit", reflection),
        back=outcome_url(reflection, previous)
        if previous
        else reflection_url("context_edit", reflection),
    )


def enablers_edit(request, cycle, cluster):
    """Part 4: what in the system helps and hinders."""
    reflection = _readable(request, cycle, cluster)
    factors, sheet = selectors.load_enablers(reflection)
    return _answers_page(
        request,
        reflection,
        load=lambda: selectors.load_enablers(reflection)[1],
        loaded=sheet,
        items=lambda sheet: pages.enabler_items(factors),
        template="assessments/enablers_edit.html",
        part=lambda modules: len(modules) + 2,
        back=outcome_url(reflection, last)
        if (last := selectors.last_outcome(reflection.cycle.edition))
        else reflection_url("context_edit", reflection),
        here=reflection_url("enablers_edit", reflection),
        onward=reflection_url("closing_edit", reflection),
    )


def closing_edit(request, cycle, cluster):
    """Part 5: support needed, and anything else."""
    reflection = _readable(request, cycle, cluster)
    return _answers_page(
        request,
        reflection,
        load=lambda: selectors.load_closing(reflection),
        items=lambda sheet: pages.closing_items(),
        template="assessments/closing_edit.html",
        part=lambda modules: len(modules) + 3,
        back=reflection_url("enablers_edit", reflection),
        here=reflection_url("closing_edit", reflection),
        onward=reflection_url("reflection_check", reflection),
    )


def _answers_page(
    request,
    reflection,
    *,
    load,
    items,
    template,
    part,
    here,
    onward,
    back=None,
    loaded=None,
):
    """Show a page of answers, or save what was sent and go where the person wanted.

    What cannot be taken (a stale answer, a text too long) stays on the page beside what was saved.
    """
    sheet = loaded or load()
    page_items = items(sheet)
    modules = selectors.module_codes(reflection.cycle.edition)
    context = {
        "reflection": reflection,
        "here": here,
        "back": back,
        "part_number": part(modules),
        "part_total": len(modules) + 3,
    }

    if request.method != "POST":
        if not holds(request.user, Permission.EDIT_ANSWERS, reflection):
            return redirect(reflection_url("draft_detail", reflection))
        form = AnswersForm(
            page_items,
            sheet.answers,
            suggestion=getattr(sheet, "suggestion", None),
            initial={"operation_id": uuid.uuid4()},
        )
        return render(request, template, context | {"form": form, "sheet": sheet})

    data = _without_mine(request.POST, sheet, page_items)
    by_script = request.headers.get("Accept") == "application/json"
    if by_script:  # it sends the answers that changed, and no others
        if data.get("person") != str(request.user.pk):
            # Somebody else has signed in in this browser: the words are not theirs.
            raise PermissionDenied("the page belongs to another person")
        page_items = [item for item in page_items if f"{item.key}-version" in data]
    form = AnswersForm(page_items, sheet.answers, data=data)
    saved = services.save_answers(
        reflection=reflection,
        entries=form.entries(),
        language=form.cleaned_data["written_in"],
        operation_id=form.cleaned_data["operation_id"],
        by=request.user,
    )
    if by_script:
        return _saved_by_script(form, saved, load())
    if saved.closed:
        return _refused(
            request, reflection, saved, page_items, form.cleaned_data["written_in"]
        )

    sheet = load()
    reasons = [gap for gap in getattr(sheet, "gaps", []) if gap.needs_reason]
    goes_on = not {"stay", "back", "leave", "switch_to", "use_theirs"} & set(
        request.POST
    )
    asks = reasons and goes_on and "asked" not in request.POST
    if not (form.errors or saved.conflicts or asks):
        messages.success(
            request,
            _("Saved at %(time)s") % {"time": time_format(timezone.localtime(), "H:i")},
        )
        return redirect(
            _where_to(request, reflection, here=here, onward=onward, back=back)
        )

    # Show the page again with what was typed, made from the versions that are stored now.
    data = data.copy()
    data["operation_id"] = uuid.uuid4()
    for subject, version in saved.versions.items():
        data[f"{subject.key}-version"] = version
    form = AnswersForm(
        page_items,
        sheet.answers,
        data=data,
        conflicts=saved.conflicts,
        suggestion=getattr(sheet, "suggestion", None),
    )
    for gap in reasons:
        form.add_error(f"{gap.subject.key}-text", _("Give a reason."))
    return render(
        request,
        template,
        context
        | {
            "form": form,
            "sheet": sheet,
            "changed": saved.changed,
            "asked": bool(reasons),  # once: whoever goes on all the same is let go
            "errors": form.conflict_errors(),
        },
        status=409 if saved.conflicts else 422,
    )


def _saved_by_script(form, saved, sheet):
    """The reply to a save while typing: versions, and the parts of the page that follow from it.

    200 when all was saved, 409 when somebody else changed an answer, 410 when it came too late, 422
    when a text cannot be taken; what could be saved is saved in each case, and named.
    """
    suggestion = getattr(sheet, "suggestion", None)
    parts = {}
    if suggestion:
        parts["suggestion"] = render_to_string(
            "assessments/_suggestion.html", {"suggestion": suggestion}
        )
        for count in suggestion.counts:
            parts[f"counts-{count.level}"] = render_to_string(
                "components/_counts.html",
                {"met": count.met, "applicable": count.applicable},
            )
    if sheet.total:
        parts["answered"] = render_to_string(
            "components/_counts.html",
            {"kind": "answered", "met": sheet.answered, "applicable": sheet.total},
        )
    status = 200
    if form.errors:
        status = 422
    if saved.conflicts:
        status = 409
    if saved.closed:
        status = 410
    return JsonResponse(
        {
            "saved_at": time_format(timezone.localtime(), "H:i"),
            "versions": {
                subject.key: version for subject, version in saved.versions.items()
            },
            "conflicts": [conflict.entry.subject.key for conflict in saved.conflicts],
            "errors": {name: errors[0] for name, errors in form.errors.items()},
            "parts": parts,
        },
        status=status,
    )


def _without_mine(data, sheet, page_items):
    """The posted page, with the stored answer where "Use the other answer" was pressed.

    What was typed there is in the answer's history already, from the save that was refused.
    """
    key = data.get("use_theirs")
    for item in page_items:
        if item.key != key:
            continue
        answer = sheet.answer(item.subject)
        initial = AnswersForm([item], sheet.answers)
        data = data.copy()
        for name, field in initial.fields.items():
            if not name.startswith(f"{key}-"):
                continue
            value = initial[name].value()
            for suffix, part in _posted_parts(field, value):
                data.setlist(f"{name}{suffix}", part)
        data[f"{key}-version"] = answer.version
    return data


def _posted_parts(field, value):
    """``value`` as a browser would send it: pairs of a suffix of the field's name and a list."""
    if hasattr(field.widget, "decompress"):
        parts = field.widget.decompress(value)
        return list(
            zip(field.widget.widgets_names, ([part] for part in parts), strict=True)
        )
    return [
        ("", value if isinstance(value, list) else ["" if value is None else value])
    ]


def _where_to(request, reflection, *, here, onward, back):
    """The page that the button asked for."""
    if language := request.POST.get("switch_to"):
        with override(language if language in {"cy", "en"} else get_language()):
            return reverse_in_language(request)
    if "stay" in request.POST or "use_theirs" in request.POST:
        return here
    if "back" in request.POST and back:
        return back
    if "leave" in request.POST:
        return reflection_url("reflection_detail", reflection)
    return onward


def reverse_in_language(request):
    """This address in the language that is active."""
    match = request.resolver_match
    return reverse(match.view_name, args=match.args, kwargs=match.kwargs)


def _refused(request, reflection, saved, page_items, language):
    """Say that the time is over, with what was typed: it is kept, but not part of anything."""
    items = {item.subject: item for item in page_items}
    return render(
        request,
        "assessments/answers_refused.html",
        {
            "reflection": reflection,
            "refused": [
                (
                    items[entry.subject],
                    entry,
                    items[entry.subject].choice_words(entry.choice),
                )
                for entry in saved.closed
            ],
            "language": language,
        },
        status=409,
    )


# Reading, submitting and what follows ----------------------------------------------------


def draft_detail(request, cycle, cluster):
    """The self-reflection as its own cluster has written it so far, to read or print."""
    reflection = _readable(request, cycle, cluster)
    content = snapshot.build(selectors.load_sheet(reflection))
    return render(
        request,
        "assessments/draft_detail.html",
        {"reflection": reflection, "content": content},
    )


def submission_detail(request, cycle, cluster, number):
    """What was submitted, as it was sent."""
    submission = get_object_or_404(
        Submission.objects.visible_to(request.user).select_related(
            "reflection__cycle", "reflection__cluster"
        ),
        reflection__cycle__code=cycle,
        reflection__cluster__code=cluster,
        number=number,
    )
    return render(
        request,
        "assessments/submission_detail.html",
        {
            "submission": submission,
            "reflection": submission.reflection,
            "content": _with_agreed_levels(submission),
            "numbers": selectors.submission_numbers(submission.reflection),
        },
    )


def _with_agreed_levels(submission):
    """The frozen content, and beside each outcome the level agreed since."""
    content = json.loads(submission.content)
    agreed = selectors.agreed_levels(submission)
    for module in content["modules"]:
        for outcome in module["outcomes"]:
            outcome["agreed"] = agreed.get((module["code"], outcome["number"]))
    return content


def reflection_check(request, cycle, cluster):
    """Before submitting: what is missing, and that it may be sent all the same."""
    reflection = _readable(request, cycle, cluster)
    if not reflection.is_unsent:
        return redirect(reflection_url("reflection_detail", reflection))
    return _check_page(request, reflection)


def _check_page(request, reflection, *, unconfirmed=False):
    sheet = selectors.load_sheet(reflection)
    return render(
        request,
        "assessments/reflection_check.html",
        {
            "reflection": reflection,
            "sheet": sheet,
            "may_submit": holds(request.user, Permission.SUBMIT_REFLECTION, reflection),
            "unconfirmed": unconfirmed,
            "errors": [
                _(
                    "Say that the self-reflection may be sent incomplete, or complete it."
                )
            ]
            if unconfirmed
            else [],
        },
        status=422 if unconfirmed else 200,
    )


def reflection_submit(request, cycle, cluster):
    reflection = _readable(request, cycle, cluster)
    if request.method != "POST":  # a reloaded or remembered address
        return redirect(reflection_url("reflection_detail", reflection))
    try:
        services.submit(
            reflection=reflection,
            by=request.user,
            incomplete_confirmed="incomplete" in request.POST,
        )
    except services.Incomplete:
        return _check_page(request, reflection, unconfirmed=True)
    except services.TooLate:
        messages.error(
            request, _("The cycle has closed. Nothing can be submitted any more.")
        )
    except services.NotNow:
        reflection.refresh_from_db(fields=["state"])
        if reflection.state == SelfReflection.State.SUBMITTED:  # pressed twice
            messages.success(request, _("Your self-reflection has been submitted."))
        else:
            messages.info(request, _("This self-reflection cannot be submitted now."))
    else:
        messages.success(request, _("Your self-reflection has been submitted."))
    return redirect(reflection_url("reflection_detail", reflection))


def reflection_withdraw(request, cycle, cluster):
    reflection = _readable(request, cycle, cluster)
    if request.method != "POST":  # a reloaded or remembered address
        return redirect(reflection_url("reflection_detail", reflection))
    try:
        services.withdraw(reflection=reflection, by=request.user)
    except services.NotNow:
        reflection.refresh_from_db(fields=["state"])
        if not reflection.is_unsent:  # otherwise it was pressed twice
            messages.info(
                request, _("This self-reflection can no longer be withdrawn.")
            )
    else:
        messages.success(
            request,
            _("The self-reflection is a draft again. Readers keep what was submitted."),
        )
    return redirect(reflection_url("reflection_detail", reflection))


def reflection_return(request, cycle, cluster):
    """Give a submission back to its cluster, with reasons."""

    def make_form(reflection, *args, **kwargs):
        return ReturnForm(reflection.latest_submission, *args, **kwargs)

    def act(reflection, form):
        services.return_reflection(
            reflection=reflection,
            by=request.user,
            reason=form.cleaned_data["reason"],
            language=form.cleaned_data["written_in"],
            submission_number=form.seen(),
        )
        return _("The self-reflection was returned to its cluster.")

    def is_done(reflection, form):
        change = reflection.last_change
        return (
            change.kind == StateChange.Kind.RETURNED
            and change.reason == form.cleaned_data["reason"]
        )

    return _board_page(
        request,
        _of_its_board(request, cycle, cluster),
        Permission.RETURN_REFLECTION,
        "assessments/reflection_return.html",
        make_form=make_form,
        act=act,
        is_done=is_done,
    )


def agreement_record(request, cycle, cluster):
    """Record the agreed levels, where no round of peer review does."""

    def make_form(reflection, *args, **kwargs):
        submission = reflection.latest_submission
        rows = selectors.levelled_outcomes(submission)
        return AgreementForm(submission, rows, *args, **kwargs)

    def act(reflection, form):
        services.record_agreement(
            reflection=reflection,
            by=request.user,
            levels=form.levels(),
            submission_number=form.seen(),
        )
        return _("The agreed levels have been recorded.")

    def is_done(reflection, form):
        submission = reflection.latest_submission
        recorded = {
            row.submitted_outcome.outcome_id: (row.level, row.reason)
            for row in selectors.agreed_levels(submission).values()
        }
        said = {pk: tuple(said[:2]) for pk, said in form.levels().items()}
        return (
            reflection.state == State.AGREED
            and form.seen() == submission.number
            and said == recorded
        )

    return _board_page(
        request,
        _of_its_board(request, cycle, cluster),
        Permission.RECORD_AGREEMENT,
        "assessments/agreement_record.html",
        make_form=make_form,
        act=act,
        is_done=is_done,
    )


def _of_its_board(request, cycle, cluster):
    """As ``_visible``, and 403 for whoever is no officer of the cluster's board, whatever its state."""
    reflection = _visible(request, cycle, cluster)
    if not is_officer_of_the_board(request.user, reflection):
        raise PermissionDenied("no officer of the cluster's health board")
    return reflection


def _board_page(request, reflection, permission, template, *, make_form, act, is_done):
    """A page on the latest submission: shown, done once, or shown again with what was typed.

    Nothing of it can be saved half-way: the button of the other language sends the page to that
    language's address, which shows it as it was typed.
    """
    if request.method != "POST":
        if hindrance := _hindrance(reflection, permission):
            messages.info(request, hindrance)
            return redirect(reflection_url("reflection_detail", reflection))
        return _draw_board_page(request, reflection, template, make_form(reflection))

    if reflection.latest_submission is None:
        raise BadRequest("there is no submission that a page could have shown")
    data = request.POST
    form = make_form(reflection, data)
    seen = form.seen()
    if "switch_to" in data:
        typed = {name: data.get(name, "") for name in form.fields}
        form = make_form(reflection, initial=typed)
        return _draw_board_page(request, reflection, template, form)

    if form.is_valid():
        try:
            done = act(reflection, form)
        except services.NotNow:
            reflection = _visible(
                request, reflection.cycle.code, reflection.cluster.code
            )
            if is_done(reflection, form):
                messages.info(request, _hindrance(reflection, permission))
                return redirect(reflection_url("reflection_detail", reflection))
        else:
            messages.success(request, done)
            return redirect(reflection_url("reflection_detail", reflection))

    # Show the page again with what was typed, beside the submission as it is now.
    newer = reflection.latest_submission.number > seen
    hindrance = _hindrance(reflection, permission)
    if newer and not hindrance:
        hindrance = _(
            "The cluster has submitted again since. Look at the new submission first."
        )
        data = data.copy()
        data["submission_number"] = reflection.latest_submission.number
    form = make_form(reflection, data)
    return _draw_board_page(request, reflection, template, form, hindrance)


def _draw_board_page(request, reflection, template, form, hindrance=""):
    return render(
        request,
        template,
        {
            "reflection": reflection,
            "form": form,
            "results_board": reflection.cluster.health_board,
            "submission": reflection.latest_submission,
            "hindrance": hindrance,
            "errors": [hindrance] if hindrance else [],
        },
        status=409 if hindrance else 200,
    )


def _hindrance(reflection, permission):
    """Why a board can do nothing with the self-reflection as it is now, or "" where it can."""
    state, returning = reflection.state, permission == Permission.RETURN_REFLECTION
    if state == State.CLOSED:
        return _("The cycle has closed, so this can no longer be done.")
    if state == State.AGREED:
        return _("The agreed levels have been recorded already.")
    if state == State.IN_REVIEW and returning:
        return _("Its review has begun, so it can no longer be returned.")
    if reflection.latest_submission is None:
        return _("Nothing has been submitted yet.")
    if reflection.is_unsent:
        if reflection.last_change.kind == StateChange.Kind.RETURNED:
            return _("The self-reflection has been returned to its cluster already.")
        return _("The cluster has withdrawn its submission.")
    if returning and not reflection.cycle.takes_answers:
        return _("The cycle has closed, so this can no longer be done.")
    return ""
