"""The worksheet: taking it out, sending it back, and seeing what it would change."""

import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from assessments import selectors, services
from assessments.models import WorksheetUpload
from assessments.subjects import SEPARATOR
from assessments.templatetags.answers import words
from assessments.views.loading import readable, reflection_url
from assessments.worksheets.comparing import compare
from assessments.worksheets.reading import Fault, Filled, Unreadable, read
from assessments.worksheets.writing import worksheet
from cdf_site.common.languages import detect
from organisations.permissions import Permission, authorise, holds

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNREADABLE = {
    "not_a_worksheet": gettext_lazy(
        "This is not a worksheet of this service. Choose the file that you downloaded here, saved as xlsx."
    ),
    "too_large": gettext_lazy(
        "This file is larger than a worksheet can be. Choose the file that you downloaded here."
    ),
    "another_cluster": gettext_lazy("This worksheet belongs to another cluster."),
    "another_cycle": gettext_lazy("This worksheet belongs to another cycle."),
}
FAULTS = {
    "unknown_row": gettext_lazy("This row is not part of the worksheet."),
    "repeated_row": gettext_lazy(
        "This row is in the file twice. The first one counts."
    ),
    "no_version": gettext_lazy(
        "The hidden part of this row was changed. Download the worksheet again and copy the row."
    ),
    "not_asked": gettext_lazy("Nothing is asked for in this cell."),
    "formula": gettext_lazy("This cell holds a formula. Write the answer itself."),
    "unknown_choice": gettext_lazy("Choose one of the answers that the cell offers."),
    "not_a_date": gettext_lazy("Enter the date in figures, for example 30/11/2026."),
    "too_long": gettext_lazy("Shorten this text: 10,000 characters fit."),
    "spoiled": gettext_lazy(
        "Letters of this text were spoiled on the way. Write it again in the form."
    ),
}


class WorksheetForm(forms.Form):
    """A worksheet that was filled in."""

    file = forms.FileField(
        label=gettext_lazy("The worksheet that you filled in (xlsx)"),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": UNREADABLE["not_a_worksheet"],
        },
    )


def worksheet_detail(request, cycle, cluster):
    """Take the worksheet out, or send one back."""
    reflection = readable(request, cycle, cluster)
    form = WorksheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        authorise(request.user, Permission.EDIT_ANSWERS, reflection)
        upload = _kept(request, reflection, form) if form.is_valid() else None
        if upload:
            return redirect(_preview_url(reflection, upload))
    return render(
        request,
        "assessments/worksheet_detail.html",
        {
            "reflection": reflection,
            "form": form,
            "may_edit": holds(request.user, Permission.EDIT_ANSWERS, reflection),
            "uploads": WorksheetUpload.objects.visible_to(request.user)
            .filter(reflection=reflection, applied_at=None)
            .order_by("-pk")[: services.MOST_UPLOADS],
        },
        status=422 if form.errors else 200,
    )


def _kept(request, reflection, form):
    """The upload of a valid form, or None with the form's error where it cannot be read."""
    file = form.cleaned_data["file"]
    try:
        reading = read(file.read(), selectors.load_sheet(reflection))
    except Unreadable as error:
        form.add_error("file", UNREADABLE[error.code])
        return None
    return services.keep_worksheet(
        reflection=reflection, file_name=file.name, reading=reading, by=request.user
    )


def worksheet_file(request, cycle, cluster):
    """The worksheet in both languages; with ?empty=1 without the answers so far."""
    reflection = readable(request, cycle, cluster)
    content = worksheet(
        selectors.load_sheet(reflection), with_answers="empty" not in request.GET
    )
    # Translators: the beginning of a file's name: small letters and hyphens, no spaces.
    kind = pgettext("file name", "worksheet")
    name = f"{kind}-{reflection.cluster.code}-{reflection.cycle.code}.xlsx"
    return HttpResponse(
        content,
        content_type=MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def worksheet_preview(request, cycle, cluster, upload):
    """What a worksheet would change, row by row; a button applies it."""
    reflection = readable(request, cycle, cluster)
    upload = get_object_or_404(
        WorksheetUpload.objects.visible_to(request.user).select_related("reflection"),
        reflection=reflection,
        pk=upload,
    )
    filled = [
        Filled(
            **row
            | {
                "dated_on": datetime.date.fromisoformat(row["dated_on"])
                if row["dated_on"]
                else None
            }
        )
        for row in upload.entries["filled"]
    ]
    comparison = compare(filled, selectors.load_sheet(reflection))
    if request.method == "POST":
        authorise(request.user, Permission.EDIT_ANSWERS, reflection)
        return _applied(request, reflection, upload, comparison)
    faults = [Fault(**fault) for fault in upload.entries["faults"]]
    return render(
        request,
        "assessments/worksheet_preview.html",
        {
            "reflection": reflection,
            "upload": upload,
            "changes": [_shown(change) for change in comparison.changes],
            "conflicts": [_shown(change) for change in comparison.conflicts],
            "same_count": comparison.same_count,
            "faults": [(fault, FAULTS[fault.code]) for fault in faults],
            "fault_count": upload.entries.get("fault_count", len(faults)),
            "may_edit": holds(request.user, Permission.EDIT_ANSWERS, reflection),
        },
    )


def _shown(change):
    """A change with the words that the preview shows for it, before and after."""
    labels = dict(change.line.choices)

    def in_words(choice):
        if change.line.takes_several:
            chosen = choice.split(SEPARATOR)
            return ", ".join(
                getattr(label, get_language())
                for code, label in change.line.choices
                if code in chosen
            )
        label = labels.get(choice)
        return getattr(label, get_language()) if label else words(choice)

    return {
        "change": change,
        "question": getattr(change.line.question, get_language()),
        "before": in_words(change.now.choice),
        "language": _language(change),
        "after": in_words(change.choice),
        "version": change.now.version,
    }


def _language(change):
    """The language that the worksheet's text will be in."""
    if change.now.language_is_chosen or change.text == change.now.text:
        return change.now.language
    return detect(change.text, get_language())


def _applied(request, reflection, upload, comparison):
    """Apply what was confirmed, and say what became of it."""
    chosen = [
        *comparison.changes,
        *(
            change
            for change in comparison.conflicts
            if change.line.reference in request.POST.getlist("use")
        ),
    ]
    versions = {}
    for change in chosen:
        said = request.POST.get(f"version-{change.line.reference}", "")
        # What was not on the page when it was confirmed was not confirmed.
        if said.isascii() and said.isdigit() and len(said) < 10:
            versions[change.line.reference] = int(said)
    try:
        saved = services.apply_worksheet(
            upload=upload,
            changes=[change for change in chosen if change.line.reference in versions],
            versions=versions,
            language=get_language(),
            by=request.user,
        )
    except WorksheetUpload.DoesNotExist:
        raise Http404 from None
    if saved.conflicts or saved.closed or len(versions) < len(chosen):
        messages.warning(
            request,
            _("Some answers have changed meanwhile. Look at what is left below."),
        )
        return redirect(_preview_url(reflection, upload))
    messages.success(
        request,
        _("Answers saved from the worksheet: %(number)s")
        % {"number": len(saved.changed)},
    )
    return redirect(reflection_url("reflection_detail", reflection))


def _preview_url(reflection, upload):
    return reflection_url("worksheet_preview", reflection, upload=upload.pk)
