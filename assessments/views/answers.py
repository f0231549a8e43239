"""The form: pages of answers, which save, and say what could not be saved."""

import re
import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from assessments import last_cycle, pages, selectors, services
from assessments.evidence import load_outcome_evidence
from assessments.forms import AnswersForm
from assessments.models import Question
from assessments.open_actions import load_free_actions, load_outcome_actions
from assessments.views import carrying
from assessments.views.carrying import CARRIES
from assessments.views.conflicts import SETTLES, settled
from assessments.views.flags import FLAGS, flag_or_settle, flags_on_page
from assessments.views.loading import (
    history_url,
    outcome_url,
    readable,
    reflection_url,
    reverse_in_language,
    to_read,
)
from cdf_site.common.languages import detect
from organisations.permissions import Permission, holds

# Buttons after which one is on the same page again, in this language or the other.
STAYS = SETTLES | CARRIES | FLAGS | {"stay", "switch_to"}
LEADS_AWAY = {"back", "leave", "add_evidence", "add_action"}
A_TIME = re.compile(r"[0-2]\d:[0-5]\d", re.ASCII)


def context_edit(request, cycle, cluster):
    """Part 1: the cluster, and how the reflection was made."""
    reflection = readable(request, cycle, cluster)
    first = selectors.first_outcome(reflection.cycle.edition)
    return answers_page(
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

    def beside(sheet):
        return {
            "last_cycle": last_cycle.load_last_outcome(
                reflection, sheet, user=request.user
            ),
            "flags": flags_on_page(request, reflection, sheet),
            "evidence": load_outcome_evidence(reflection, sheet.outcome),
            "actions": load_outcome_actions(reflection, sheet, user=request.user),
        }

    return answers_page(
        request,
        reflection,
        load=load,
        beside=beside,
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
    return answers_page(
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
    return answers_page(
        request,
        reflection,
        load=lambda: selectors.load_closing(reflection),
        beside=lambda sheet: {
            "free_actions": load_free_actions(reflection, user=request.user)
        },
        items=lambda sheet: pages.closing_items(sheet.tags),
        template="assessments/closing_edit.html",
        part=lambda modules: len(modules) + 3,
        back=reflection_url("enablers_edit", reflection),
        here=reflection_url("closing_edit", reflection),
        onward=reflection_url("reflection_check", reflection),
    )


def answers_page(
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
    beside=lambda sheet: {},
    tells=lambda saved: True,
):
    """Show a page of answers, or save what was sent and go where the person wanted.

    What cannot be taken (a stale answer, a text too long) stays on the page beside what was saved.
    What is carried forward from the last cycle, which ``beside`` brings along, waits there too.
    "Saved at" is said where ``tells`` wants it.
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
            return to_read(request, reflection)
        context |= beside(sheet)
        offers = carrying.offered(page_items, sheet, context.get("last_cycle"))
        unconfirmed = [key for key in request.GET.getlist("carried") if key in offers]
        form = AnswersForm(
            page_items,
            sheet.answers,
            suggestion=getattr(sheet, "suggestion", None),
            initial={"operation_id": uuid.uuid4()}
            | carrying.as_initial(offers, unconfirmed),
        )
        context |= {"offers": offers, "unconfirmed": unconfirmed}
        if A_TIME.fullmatch(saved_at := request.GET.get("saved", "")):
            context["saved"] = _saved_words(saved_at, len(unconfirmed))
        return render(request, template, context | {"form": form, "sheet": sheet})

    data = settled(request.POST, sheet, page_items)
    by_script = request.headers.get("Accept") == "application/json"
    if by_script and "page_of" not in data:
        raise BadRequest("a script says whose page it is on")
    if by_script:  # it sends the answers that changed, and no others
        page_items = [item for item in page_items if f"{item.key}-version" in data]
    form = AnswersForm(page_items, sheet.answers, data=data)
    entries, unconfirmed = form.entries(), []
    if not by_script:  # which never sends what was not looked at
        context |= beside(sheet)
        entries = carrying.in_their_language(entries, sheet, context.get("last_cycle"))
        unconfirmed = carrying.withheld(data, entries, sheet, context.get("last_cycle"))
    saved = services.save_answers(
        reflection=reflection,
        entries=[entry for entry in entries if entry.subject.key not in unconfirmed],
        language=form.cleaned_data["written_in"],
        operation_id=form.cleaned_data["operation_id"],
        by=request.user,
    )
    if by_script:
        return _saved_by_script(request, form, saved, load())
    if saved.closed:
        return _refused(
            request,
            reflection,
            saved,
            form,
            outcome=getattr(sheet, "outcome", None),
        )

    sheet = load()
    if "flags" in context:
        flag_or_settle(request, reflection, sheet)
    offers = carrying.offered(page_items, sheet, context.get("last_cycle"))
    carried = [data["carry"]] if data.get("carry") in offers else []
    reasons = [gap for gap in getattr(sheet, "gaps", []) if gap.needs_reason]
    stays = bool(STAYS & set(request.POST))
    goes_on = not (stays or LEADS_AWAY & set(request.POST))
    # Once: whoever presses a button again all the same is let go.
    has_asked = "asked" in request.POST
    asks_reasons = bool(reasons) and goes_on and not has_asked
    asks_to_confirm = bool(unconfirmed) and not (stays or has_asked)
    asks = asks_reasons or asks_to_confirm
    if not (form.errors or saved.conflicts or asks):
        saved_at = time_format(timezone.localtime(), "H:i")
        waiting = [*unconfirmed, *carried]
        if waiting or tells(saved):
            with override(_language_after(request)):
                messages.success(request, _saved_words(saved_at, len(waiting)))
        url = _where_to(request, reflection, here=here, onward=onward, back=back)
        if stays:
            url = carrying.address(
                url,
                waiting,
                at=_at(data) or _first_changed(request, saved),
                saved=saved_at if {"stay", "switch_to"} & set(request.POST) else "",
            )
        return redirect(url)

    # Show the page again with what was typed, made from the versions that are stored now.
    data = data.copy()
    data["operation_id"] = uuid.uuid4()
    for subject, version in saved.versions.items():
        data[f"{subject.key}-version"] = version
    for key in carried:
        carrying.fill(data, offers, key)
    form = AnswersForm(
        page_items,
        sheet.answers,
        data=data,
        conflicts=saved.conflicts,
        suggestion=getattr(sheet, "suggestion", None),
    )
    for gap in reasons:
        form.add_error(f"{gap.subject.key}-text", _reason_wanted(gap))
    in_words = {item.key for item in page_items if item.asks_for_needs}
    for key in unconfirmed if asks_to_confirm else ():
        is_chosen = f"{key}-choice" in form.fields and key not in in_words
        part = "choice" if is_chosen else "text"
        form.add_error(f"{key}-{part}", _("Confirm this answer, or change it."))
    return render(
        request,
        template,
        context
        | beside(sheet)
        | {
            "offers": offers,
            "unconfirmed": [*unconfirmed, *carried],
            "form": form,
            "sheet": sheet,
            "changed": saved.changed,
            "asked": asks or has_asked,
            "errors": form.conflict_errors(),
        },
        status=409 if saved.conflicts else 422,
    )


def _reason_wanted(gap):
    if gap.subject.question == Question.OWN_LEVEL:
        return _("You chose a different level. Give your reason.")
    return _("Give a reason.")


def _saved_words(time, waiting_count):
    """That the page was saved at a ``time``, and of how many answers that is not true."""
    if waiting_count:
        return _(
            "Saved at %(time)s. Carried forward, but not saved until you confirm it: %(number)s"
        ) % {"time": time, "number": waiting_count}
    return _("Saved at %(time)s") % {"time": time}


def _language_after(request):
    """The language of the page that follows."""
    asked = request.POST.get("switch_to")
    return asked if asked in {"cy", "en"} else get_language()


def _first_changed(request, saved):
    """Where a page that stays is looked at again: what was changed, else where one pressed."""
    if saved.changed:
        return saved.changed[0].key
    return "save" if "stay" in request.POST else ""


def _at(data):
    """The part of the page that the pressed button is about, or nothing."""
    names = CARRIES | FLAGS
    return next((data[name] for name in sorted(names) if data.get(name)), "")


def _saved_by_script(request, form, saved, sheet):
    """The reply to a save while typing: versions, and the parts of the page that follow from it.

    200 when all was saved, 409 when somebody else changed an answer, 410 when it came too late, 422
    when a text cannot be taken; what could be saved is saved in each case, and named. ``theirs``
    holds what stands beside the field of each answer that somebody else changed.
    """
    suggestion = getattr(sheet, "suggestion", None)
    parts = {}
    if suggestion:
        parts["suggestion"] = render_to_string(
            "assessments/_suggestion.html",
            {"suggestion": suggestion, "explanation": sheet.explanation},
        )
        parts["reason"] = render_to_string(
            "assessments/_reason_wanted.html", {"sheet": sheet}
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
    languages = {
        subject.key: sheet.answer(subject).language for subject in saved.changed
    }
    for key, language in languages.items():
        parts[f"{key}-written"] = render_to_string(
            "assessments/_written_in.html", {"language": language}
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
            "changed": [subject.key for subject in saved.changed],
            "conflicts": [conflict.entry.subject.key for conflict in saved.conflicts],
            "theirs": {
                row.item.key: render_to_string(
                    "assessments/_row_conflict.html", {"row": row}, request
                )
                for row in AnswersForm(
                    form.items, sheet.answers, data=form.data, conflicts=saved.conflicts
                ).rows
                if row.conflict
            },
            "errors": {name: errors[0] for name, errors in form.errors.items()},
            "languages": languages,
            "parts": parts,
        },
        status=status,
    )


def _where_to(request, reflection, *, here, onward, back):
    """The page that the button asked for."""
    if "switch_to" in request.POST:
        with override(_language_after(request)):
            return reverse_in_language(request)
    if STAYS & set(request.POST):
        return here
    if "back" in request.POST and back:
        return back
    if "add_evidence" in request.POST:
        outcome = urlencode({"outcome": request.POST["add_evidence"]})
        return f"{reflection_url('evidence_add', reflection)}?{outcome}"
    if "add_action" in request.POST:
        return _action_url(reflection, request.POST["add_action"])
    if "leave" in request.POST:
        return reflection_url("reflection_detail", reflection)
    return onward


def _action_url(reflection, about):
    """Where an action is added about an outcome, or a criterion by its number; and the way back."""
    kind = "criterion" if about.isdecimal() else "outcome"
    url = reverse(
        "actions:action_add", args=[reflection.cycle.code, reflection.cluster.code]
    )
    return f"{url}?{urlencode({kind: about, 'from': 'form'})}"


def _refused(request, reflection, saved, form, *, outcome):
    """Say that the time is over, with what was typed: it is kept, but not part of anything.

    A text that is too long is not kept, and shown as it was sent.
    """
    items = {item.subject: item for item in form.items}
    language = form.cleaned_data["written_in"]
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
                    entry.language or detect(entry.text, language),
                    history_url(reflection, entry.subject, outcome),
                )
                for entry in saved.closed
            ],
            "not_kept": [
                (item, text, detect(text, language))
                for item in form.items
                if f"{item.key}-text" in form.errors
                and (text := form.data.get(f"{item.key}-text", ""))
            ],
        },
        status=409,
    )
