"""What became of an answer, of all of them, and of the self-reflection's state."""

import re
import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments import history, services
from assessments.models import (
    OUTCOME_QUESTIONS,
    REFLECTION_QUESTIONS,
    Answer,
    AnswerVersion,
    Question,
)
from assessments.subjects import Subject
from assessments.views.loading import (
    history_url,
    outcome_url,
    readable,
    reflection_url,
    visible,
)
from cdf_site.common.long_text import opening
from frameworks.errata import read_over
from frameworks.models import Criterion, EnablingFactor, Outcome
from organisations.permissions import Permission, authorise, holds

NUMBERED = re.compile(r"(criterion|factor)-([1-9][0-9]{0,8})")


def answer_history(request, cycle, cluster, key):
    """Every version of the answer to a criterion, a factor or a question of parts 1 and 5."""
    reflection = readable(request, cycle, cluster)
    edition = reflection.cycle.edition
    if numbered := NUMBERED.fullmatch(key):
        kind, pk = numbered.groups()
        rows = (
            Criterion.objects.filter(outcome__module__edition=edition).select_related(
                "outcome__module"
            )
            if kind == "criterion"
            else EnablingFactor.objects.filter(edition=edition)
        )
        thing = rows.filter(pk=pk).first()
        if thing is None:
            raise Http404
        read_over(edition, [thing])
        if kind == "criterion":
            read_over(edition, [thing.outcome, thing.outcome.module])
            return _history_page(
                request,
                reflection,
                Subject(criterion_id=thing.pk),
                what=opening(thing.text)[0],
                outcome=thing.outcome,
            )
        return _history_page(
            request,
            reflection,
            Subject(enabling_factor_id=thing.pk),
            what=thing.title,
            form_url=reflection_url("enablers_edit", reflection),
        )
    question = _question(key, REFLECTION_QUESTIONS)
    part = (
        "closing_edit"
        if question in {Question.SUPPORT_OVERALL, Question.ANYTHING_ELSE}
        else "context_edit"
    )
    return _history_page(
        request,
        reflection,
        Subject(question=question),
        what=question.label,
        form_url=reflection_url(part, reflection),
    )


def outcome_answer_history(request, cycle, cluster, module, number, question):
    """Every version of the answer to a question of one outcome."""
    reflection = readable(request, cycle, cluster)
    question = _question(question, [*OUTCOME_QUESTIONS, Question.DISCUSSION_NOTE])
    outcome = (
        Outcome.objects.filter(
            module__edition=reflection.cycle.edition, module__code=module, number=number
        )
        .select_related("module")
        .first()
    )
    if outcome is None:
        raise Http404
    read_over(reflection.cycle.edition, [outcome, outcome.module])
    return _history_page(
        request,
        reflection,
        Subject(outcome_id=outcome.pk, question=question),
        what=question.label,
        outcome=outcome,
    )


def _question(key, questions):
    for question in questions:
        if question.replace("_", "-") == key:
            return question
    raise Http404


def _history_page(request, reflection, subject, *, what, outcome=None, form_url=""):
    """Show the history of an answer, or put one of its versions back as a new one."""
    answer = (
        Answer.objects.visible_to(request.user)
        .filter(reflection=reflection, **subject.fields)
        .first()
    )
    here = history_url(reflection, subject, outcome)
    if request.method == "POST":
        return _restore(request, reflection, answer, here)

    page = None
    if answer:
        answer.reflection = reflection
        page = history.answer_page(answer, request.GET.get("page"))
    return render(
        request,
        "assessments/answer_history.html",
        {
            "reflection": reflection,
            "answer": answer,
            "what": what,
            "outcome": outcome,
            "form_url": outcome_url(reflection, outcome)
            if outcome
            else f"{form_url}#{subject.key}",
            "page": page,
            "here": here,
            "undo": _undo(request, answer),
            "operation_id": uuid.uuid4(),
            "may_edit": holds(request.user, Permission.EDIT_ANSWERS, reflection),
        },
    )


def _undo(request, answer):
    """What to put back to undo the restoring that has just been done: a number of a row, or ""."""
    before = request.GET.get("undo", "")
    if not (answer and before.isdecimal() and len(before) < 10):
        return ""
    if before == "0":
        return before if answer.version == 1 else ""
    is_before = (
        AnswerVersion.objects.visible_to(request.user)
        .filter(pk=before, answer=answer, version=answer.version - 1)
        .exists()
    )
    return before if is_before else ""


def _restore(request, reflection, answer, here):
    """Put what a version said, or a refused text, back as a new version; "0" empties the answer."""
    authorise(request.user, Permission.READ_ANSWERS, reflection)
    kept, base = request.POST.get("kept", ""), request.POST.get("base_version", "")
    if answer is None or not (kept.isdecimal() and base.isdecimal()):
        raise Http404
    if len(kept) > 9 or len(base) > 9:
        raise Http404
    try:
        operation_id = uuid.UUID(request.POST.get("operation_id", ""))
    except ValueError:
        operation_id = uuid.uuid4()
    if not holds(request.user, Permission.EDIT_ANSWERS, reflection):
        messages.error(request, _("The answers can no longer be changed."))
        return redirect(here)

    versions = AnswerVersion.objects.visible_to(request.user).filter(answer=answer)
    version = versions.filter(pk=kept).first()
    if version is None and kept != "0":
        raise Http404
    entry = services.Entry(
        subject=Subject.of(answer),
        base_version=int(base),
        choice=version.choice if version else "",
        text=version.text if version else "",
        dated_on=version.dated_on if version else None,
        kept_language=version.language if version else "",
    )
    saved = services.save_answers(
        reflection=reflection,
        entries=[entry],
        language=get_language(),
        operation_id=operation_id,
        by=request.user,
    )
    if saved.conflicts:
        messages.error(
            request,
            _(
                "Somebody changed this answer while you were looking at it, so nothing was "
                "restored. Look at the newest version first."
            ),
        )
        return redirect(here)
    if saved.closed:
        messages.error(request, _("The answers can no longer be changed."))
        return redirect(here)
    before = versions.filter(version=base).values_list("pk", flat=True).first() or 0
    messages.success(request, _("It was put back, as a new version."))
    return redirect(f"{here}?undo={before}")


def change_list(request, cycle, cluster):
    """All changes of all answers, the newest first; or only what was not accepted."""
    reflection = readable(request, cycle, cluster)
    only_refused = request.GET.get("only") == "refused"
    page = history.change_page(
        reflection, request.GET.get("page"), only_refused=only_refused
    )
    return render(
        request,
        "assessments/change_list.html",
        {
            "reflection": reflection,
            "page": page,
            "rows": [
                (
                    row,
                    history_url(reflection, Subject.of(row.answer), row.outcome),
                )
                for row in page.object_list
            ],
            "only_refused": only_refused,
        },
    )


def state_list(request, cycle, cluster):
    """Every change of the state and every extension: who, when and why."""
    reflection = visible(request, cycle, cluster)
    authorise(request.user, Permission.READ_STATES, reflection)
    board = reflection.cluster.health_board
    sees_results = holds(request.user, Permission.VIEW_BOARD_RESULTS, board)
    return render(
        request,
        "assessments/state_list.html",
        {
            "reflection": reflection,
            "page": history.state_page(reflection, request.GET.get("page")),
            "results_board": board if sees_results else None,
            "may_read_answers": holds(
                request.user, Permission.READ_ANSWERS, reflection
            ),
        },
    )
