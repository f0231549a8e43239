"""What is done with a submission outside its cluster: returning it, or recording agreement."""

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assessments import selectors, services
from assessments.forms import AgreementForm, ReturnForm
from assessments.models import SelfReflection, StateChange
from assessments.rules import facilitates, is_officer_of_the_board
from assessments.views.loading import reflection_url, time_is_over, visible
from organisations.permissions import Permission

State = SelfReflection.State


def reflection_return(request, cycle, cluster):
    """Give a submission back to its cluster, with reasons."""

    def make_form(reflection, *args, **kwargs):
        outcomes = selectors.outcomes_of(reflection.cycle.edition)
        return ReturnForm(reflection.latest_submission, outcomes, *args, **kwargs)

    def act(reflection, form):
        services.return_reflection(
            reflection=reflection,
            by=request.user,
            reason=form.cleaned_data["reason"],
            language=form.language_of(form.cleaned_data["reason"]),
            outcome_reasons=form.outcome_reasons(),
            submission_number=form.seen(),
        )
        return _("The self-reflection was returned to its cluster.")

    def is_done(reflection, form):
        change = reflection.last_change
        return (
            change.kind == StateChange.Kind.RETURNED
            and change.reason == form.cleaned_data["reason"]
            and form.outcome_reasons()
            == {
                reason.outcome_id: (reason.text, reason.language)
                for reason in change.return_reasons.all()
            }
        )

    return _board_page(
        request,
        _of_its_board(request, cycle, cluster, or_facilitated=True),
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
        rows = selectors.levelled_outcomes(submission, reflection.cycle.edition)
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


def _of_its_board(request, cycle, cluster, *, or_facilitated=False):
    """As ``visible``, and 403 for whoever is no officer of the cluster's board, whatever its state.

    With ``or_facilitated``, the facilitator of its review is let in too.
    """
    reflection = visible(request, cycle, cluster)
    user = request.user
    if not (
        is_officer_of_the_board(user, reflection)
        or (or_facilitated and facilitates(user, reflection))
    ):
        raise PermissionDenied("no officer of the cluster's health board")
    return reflection


def _board_page(request, reflection, permission, template, *, make_form, act, is_done):
    """A page on the latest submission: shown, done once, or shown again with what was typed.

    Nothing of it can be saved half-way: the button of the other language sends the page to that
    language's address, which shows it as it was typed.
    """
    if request.method != "POST":
        if hindrance := _hindrance(reflection, permission, request.user):
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
            reflection = visible(
                request, reflection.cycle.code, reflection.cluster.code
            )
            if is_done(reflection, form):
                messages.info(request, _hindrance(reflection, permission, request.user))
                return redirect(reflection_url("reflection_detail", reflection))
        else:
            messages.success(request, done)
            return redirect(reflection_url("reflection_detail", reflection))

    # Show the page again with what was typed, beside the submission as it is now.
    newer = reflection.latest_submission.number > seen
    hindrance = _hindrance(reflection, permission, request.user)
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


def _hindrance(reflection, permission, user):
    """Why nothing can be done with the self-reflection as it is now, or "" where it can."""
    state, returning = reflection.state, permission == Permission.RETURN_REFLECTION
    is_officer = is_officer_of_the_board(user, reflection)
    is_facilitator = facilitates(user, reflection)
    if state == State.CLOSED:
        return _("The cycle has closed, so this can no longer be done.")
    if state == State.AGREED:
        return _("The agreed levels have been recorded already.")
    if state == State.IN_REVIEW and returning and not is_facilitator:
        return _("Its review has begun, so it can no longer be returned.")
    if state == State.SUBMITTED and returning and not is_officer:
        return _("Its review has not begun: open what was submitted first.")
    if not returning and not is_facilitator and not reflection.is_unsent:
        names = selectors.facilitators_of(reflection)
        if names:
            return _(
                "A group of peers reviews this self-reflection, and its facilitator records the "
                "agreement: %(names)s"
            ) % {"names": ", ".join(names)}
    if reflection.latest_submission is None:
        return _("Nothing has been submitted yet.")
    if reflection.is_unsent:
        if reflection.last_change.kind == StateChange.Kind.RETURNED:
            return _("The self-reflection has been returned to its cluster already.")
        return _("The cluster has withdrawn its submission.")
    if returning and not reflection.is_in_time:
        return time_is_over(reflection)
    return ""
