"""Evidence of a self-reflection: the list, adding, changing, taking out, and the file itself."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from assessments import evidence as reading
from assessments import services
from assessments.forms.evidence import EvidenceForm, NewEvidenceForm
from assessments.models import Evidence
from assessments.views.loading import outcome_url, readable, reflection_url
from organisations.permissions import Permission, holds


def evidence_list(request, cycle, cluster):
    """All evidence of a self-reflection, with what each piece supports."""
    reflection = readable(request, cycle, cluster)
    removed = None
    if (number := request.GET.get("removed", "")).isdecimal() and len(number) < 10:
        removed = (
            Evidence.objects.visible_to(request.user)
            .filter(reflection=reflection, pk=number, removed_at__isnull=False)
            .first()
        )
    return render(
        request,
        "assessments/evidence_list.html",
        {
            "reflection": reflection,
            "pieces": reading.load_pieces(reflection),
            "removed": removed,
            "outcome": _outcome_from(
                request, reading.load_use_choices(reflection.cycle.edition)
            )
            if "from" in request.GET
            else None,
            "may_edit": holds(request.user, Permission.EDIT_ANSWERS, reflection),
        },
    )


def evidence_add(request, cycle, cluster):
    """Add a link or a file to what it supports; ``outcome`` says from which page one comes."""
    reflection = readable(request, cycle, cluster)
    if not holds(request.user, Permission.EDIT_ANSWERS, reflection):
        return _too_late(request, reflection)
    choices = reading.load_use_choices(reflection.cycle.edition)
    outcome = _outcome_from(request, choices)
    opened = [outcome.pk] if outcome else []
    form = NewEvidenceForm(
        choices,
        initial={"uses": [f"outcome-{pk}" for pk in opened]},
        opened=opened,
    )
    if request.method == "POST":
        form = NewEvidenceForm(
            choices,
            request.POST,
            request.FILES,
            opened=opened,
            files_too_large=getattr(request, "files_too_large", ()),
        )
        if form.is_valid():
            try:
                services.add_evidence(
                    reflection=reflection,
                    title=form.cleaned_data["title"],
                    language=form.said_language(),
                    url=form.cleaned_data["url"],
                    checked=form.cleaned_data["file"],
                    uses=form.said_uses(),
                    by=request.user,
                )
            except PermissionDenied:
                return _too_late(request, reflection)
            except services.TooMuchEvidence:
                return _too_much(request, reflection)
            messages.success(request, _("The evidence has been added."))
            if outcome:
                return redirect(f"{outcome_url(reflection, outcome)}#evidence")
            return redirect(reflection_url("evidence_list", reflection))
    return render(
        request,
        "assessments/evidence_add.html",
        {"reflection": reflection, "form": form, "outcome": outcome},
        status=422 if form.errors else 200,
    )


def evidence_edit(request, cycle, cluster, evidence):
    """Change a title and what is supported; another link or file is another piece."""
    reflection, piece = _piece(request, cycle, cluster, evidence)
    if not holds(request.user, Permission.EDIT_ANSWERS, reflection):
        return _too_late(request, reflection)
    choices = reading.load_use_choices(reflection.cycle.edition)
    uses = [
        f"criterion-{use.criterion_id}"
        if use.criterion_id
        else f"outcome-{use.outcome_id}"
        for use in piece.uses.all()
    ]
    outcome = _outcome_from(request, choices)
    opened = {use.outcome_id for use in piece.uses.all()}
    initial = {"title": piece.title, "language": piece.language, "uses": uses}
    form = EvidenceForm(choices, initial=initial, opened=opened)
    if request.method == "POST":
        form = EvidenceForm(choices, request.POST, opened=opened)
        if form.is_valid():
            try:
                services.change_evidence(
                    evidence=piece,
                    title=form.cleaned_data["title"],
                    language=form.said_language(),
                    uses=form.said_uses(),
                    by=request.user,
                )
            except (PermissionDenied, Evidence.DoesNotExist):
                return _too_late(request, reflection)
            messages.success(request, _("The evidence has been changed."))
            if outcome:
                return redirect(f"{outcome_url(reflection, outcome)}#evidence")
            return redirect(reflection_url("evidence_list", reflection))
    return render(
        request,
        "assessments/evidence_edit.html",
        {
            "reflection": reflection,
            "evidence": piece,
            "form": form,
            "outcome": outcome,
        },
        status=422 if form.errors else 200,
    )


def evidence_remove(request, cycle, cluster, evidence):
    reflection, piece = _piece(request, cycle, cluster, evidence, removed=True)
    here = reflection_url("evidence_list", reflection)
    if request.method != "POST":  # a reloaded or remembered address
        return redirect(here)
    try:
        services.remove_evidence(evidence=piece, by=request.user)
    except PermissionDenied:
        return _too_late(request, reflection)
    query = {"removed": piece.pk}
    if came_from := request.POST.get("from"):
        query["from"] = came_from
    return redirect(f"{here}?{urlencode(query)}")


def evidence_restore(request, cycle, cluster, evidence):
    """Undo the taking out."""
    reflection, piece = _piece(request, cycle, cluster, evidence, removed=True)
    here = reflection_url("evidence_list", reflection)
    if request.method != "POST":  # a reloaded or remembered address
        return redirect(here)
    try:
        services.restore_evidence(evidence=piece, by=request.user)
    except PermissionDenied:
        return _too_late(request, reflection)
    except services.TooMuchEvidence:
        return _too_much(request, reflection)
    messages.success(request, _("The evidence is back."))
    if came_from := request.POST.get("from"):
        here = f"{here}?{urlencode({'from': came_from})}"
    return redirect(here)


def evidence_file(request, cycle, cluster, evidence):
    """The file as it was sent, to be kept: no browser shows it as a page of ours."""
    piece = get_object_or_404(
        Evidence.objects.visible_to(request.user),
        reflection__cycle__code=cycle,
        reflection__cluster__code=cluster,
        pk=evidence,
        file__gt="",
    )
    try:
        file = piece.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        file,
        as_attachment=True,
        filename=piece.file_name,
        content_type=piece.media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def _piece(request, cycle, cluster, evidence, *, removed=False):
    """A piece of evidence of the self-reflection that the address names, and that one."""
    reflection = readable(request, cycle, cluster)
    pieces = Evidence.objects.visible_to(request.user).filter(reflection=reflection)
    if not removed:
        pieces = pieces.in_use()
    piece = get_object_or_404(pieces, pk=evidence)
    piece.reflection = reflection
    return reflection, piece


def _too_late(request, reflection):
    messages.info(
        request, _("The self-reflection can no longer be changed, nor its evidence.")
    )
    return redirect(reflection_url("evidence_list", reflection))


def _too_much(request, reflection):
    """Back to the list, where something can be taken out."""
    messages.warning(
        request,
        _(
            "Nothing was added: a self-reflection holds at most %(number)s pieces of evidence. "
            "Take one out first."
        )
        % {"number": services.MOST_EVIDENCE},
    )
    return redirect(reflection_url("evidence_list", reflection))


def _outcome_from(request, choices):
    """The outcome named by "PCMW-3" in the address or the form; None where there is none."""
    code = (
        request.POST.get("outcome")
        or request.GET.get("outcome")
        or request.GET.get("from", "")
    )
    module, _dash, number = code.rpartition("-")
    for each in choices:
        outcome = each.outcome
        if (outcome.module.code, str(outcome.number)) == (module, number):
            return outcome
    return None
