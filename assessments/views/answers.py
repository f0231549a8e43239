"""The form: pages of answers, which save, and say what could not be saved."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from assessments import pages, selectors, services
from assessments.forms import AnswersForm
from assessments.views.loading import (
    outcome_url,
    readable,
    reflection_url,
    reverse_in_language,
)
from cdf_site import errors
from organisations.permissions import Permission, holds


def context_edit(request, cycle, cluster):
    """Part 1: the cluster, and how the reflection was made."""
    reflection = readable(request, cycle, cluster)
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
    reflection = readable(request, cycle, cluster)
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
    reflection = readable(request, cycle, cluster)
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
    reflection = readable(request, cycle, cluster)
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
    if errors.is_of_another_person(request):
        # Somebody else has signed in in this browser: the words are not theirs.
        if by_script:
            raise PermissionDenied("the page belongs to another person")
        return errors.of_another_person(request)
    if by_script:  # it sends the answers that changed, and no others
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
