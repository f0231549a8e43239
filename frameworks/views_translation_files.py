"""Files of texts: taking them out to be translated, and bringing them back after a look at them."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from cdf_site.common import uploads
from cdf_site.common.forms import DatePartsField
from cdf_site.common.workbooks import Unreadable
from frameworks import services
from frameworks.correcting import CorrectedMeanwhile, CorrectionRefused, correct
from frameworks.models import LANGUAGES, FrameworkUpload
from frameworks.translation_files.catalogues import po, with_source, xliff
from frameworks.translation_files.comparing import compare
from frameworks.translation_files.layout import lines_of
from frameworks.translation_files.reading import UNREADABLE, read
from frameworks.translation_files.workbook import workbook
from frameworks.views_translation import UNPROCESSABLE, edition_of, way_to
from organisations.permissions import Permission, authorise, holds

XLSX, PO, XLIFF = "xlsx", "po", "xlf"
MEDIA_TYPES = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    PO: "text/x-gettext-translation; charset=utf-8",
    XLIFF: "application/x-xliff+xml",
}
CONFLICT = 409


class DownloadForm(forms.Form):
    """Which texts go out, and in what kind of file."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of file"),
        choices=[
            (XLSX, gettext_lazy("Workbook (xlsx): both languages side by side")),
            (PO, gettext_lazy("PO: for translation programs")),
            (XLIFF, gettext_lazy("XLIFF 1.2: for translation programs")),
        ],
        widget=forms.RadioSelect,
        initial=XLSX,
        error_messages={"required": gettext_lazy("Choose a kind of file.")},
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Translate"),
        choices=[
            ("cy", gettext_lazy("from Welsh into English")),
            ("en", gettext_lazy("from English into Welsh")),
        ],
        widget=forms.RadioSelect,
        initial="cy",
        error_messages={"required": gettext_lazy("Choose the languages.")},
    )
    which = forms.ChoiceField(
        label=gettext_lazy("Which texts"),
        choices=[
            ("left", gettext_lazy("Only what is left")),
            ("all", gettext_lazy("All texts")),
        ],
        widget=forms.RadioSelect,
        initial="left",
        error_messages={"required": gettext_lazy("Choose which texts.")},
    )


class UploadForm(forms.Form):
    """A file that comes back."""

    file = forms.FileField(
        label=gettext_lazy("The file that was translated (xlsx, po or xlf)"),
        required=False,  # refused with our own words
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.po,.xlf,.xliff"}),
    )

    def __init__(self, *args, files_too_large=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.files_too_large = files_too_large

    def clean_file(self):
        if "file" in self.files_too_large:
            raise forms.ValidationError(
                _("The file is larger than 10 MB. Choose a smaller one.")
            )
        if self.cleaned_data["file"] is None:
            raise forms.ValidationError(_("Choose a file."))
        return self.cleaned_data["file"]


class ReasonForm(forms.Form):
    """Why the frozen texts of a file are corrected, and from which day on."""

    reason_cy = forms.CharField(
        label=gettext_lazy("Reason, in Welsh"),
        widget=forms.Textarea(attrs={"rows": 3, "lang": "cy"}),
        error_messages={"required": gettext_lazy("Give the reason in Welsh.")},
    )
    reason_en = forms.CharField(
        label=gettext_lazy("Reason, in English"),
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
        error_messages={"required": gettext_lazy("Give the reason in English.")},
    )
    dated_on = DatePartsField(label=gettext_lazy("Date of the correction"))


def translation_files(request, edition):
    """Choose what goes out; or send a file back, which leads to a look at what it would change."""
    edition = edition_of(request, edition)
    form = UploadForm()
    if request.method == "POST":
        form = UploadForm(
            request.POST,
            request.FILES,
            files_too_large=getattr(request, "files_too_large", ()),
        )
        upload = _kept(request, edition, form) if form.is_valid() else None
        if upload:
            return redirect("translation:translation_preview", edition.code, upload.pk)
    return _draw(request, edition, form=form)


def _draw(request, edition, *, form, download=None):
    download = download or DownloadForm(
        initial={"kind": XLSX, "source": "cy", "which": "left"}
    )
    return render(
        request,
        "frameworks/translation_files.html",
        {
            "edition": edition,
            "form": form,
            "download": download,
            "forms": [form, download],
            "uploads": list(services.files_of(edition, by=request.user)),
            "breadcrumbs": way_to(edition),
        },
        status=UNPROCESSABLE if form.errors or download.errors else 200,
    )


def _kept(request, edition, form):
    """The upload of a valid form, or None with the form's error where it cannot be read."""
    file = form.cleaned_data["file"]
    try:
        reading = read(file, edition)
    except Unreadable as error:
        form.add_error("file", UNREADABLE[error.code])
    except uploads.RefusedFile as refusal:
        form.add_error("file", refusal.message)
    else:
        return services.keep_translation_file(
            edition=edition, file_name=file.name, reading=reading, by=request.user
        )
    return None


def translation_download(request, edition):
    """The texts as a file."""
    edition = edition_of(request, edition)
    form = DownloadForm(request.GET)
    if not form.is_valid():
        return _draw(request, edition, form=UploadForm(), download=form)
    kind, source = form.cleaned_data["kind"], form.cleaned_data["source"]
    (target,) = set(LANGUAGES) - {source}
    languages = LANGUAGES if kind == XLSX else (target,)
    lines = lines_of(
        edition, only_left=languages if form.cleaned_data["which"] == "left" else ()
    )
    if kind != XLSX:
        lines = with_source(lines, source)
    if not lines:
        messages.info(request, _("There is nothing to translate in such a file."))
        return redirect("translation:translation_files", edition.code)
    match kind:
        case "xlsx":
            content = workbook(edition, lines)
        case "po":
            content = po(edition, lines, source=source, target=target)
        case _:
            content = xliff(edition, lines, source=source, target=target)
    # Translators: the beginning of a file's name: small letters and hyphens, no spaces.
    name = pgettext("file name", "texts")
    languages = "cy-en" if kind == XLSX else f"{source}-{target}"
    name = f"{name}-{edition.code}-{languages}.{kind}"
    return HttpResponse(
        content,
        content_type=MEDIA_TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def translation_preview(request, edition, upload):
    """What a file would change, text by text; buttons apply it."""
    edition = edition_of(request, edition)
    upload = get_object_or_404(services.files_of(edition, by=request.user), pk=upload)
    if request.method != "POST":
        return _draw_preview(request, edition, upload)
    if "correct" in request.POST:
        return _corrected(request, edition, upload)
    try:
        saved = services.apply_translation_file(
            upload=upload,
            fingerprint=request.POST.get("version", ""),
            chosen=set(request.POST.getlist("uses")),
            are_checked="checked" in request.POST,
            by=request.user,
        )
    except services.FileChanged:
        return _draw_preview(request, edition, upload, has_changed=True)
    except (FrameworkUpload.DoesNotExist, services.NotEditable):
        raise Http404 from None
    messages.success(
        request,
        _("Texts saved from the file: %(number)s") % {"number": len(saved.saved)},
    )
    if saved.outdated:
        messages.warning(
            request,
            _(
                "The other language of some texts was changed since the file went out. They are marked "
                "as needing an update: %(number)s"
            )
            % {"number": len(saved.outdated)},
        )
    if left_out := {**saved.conflicts, **saved.refused, **saved.not_settled}:
        messages.warning(
            request,
            _("Some texts are not as the file wants them. Look at them: %(number)s")
            % {"number": len(left_out)},
        )
    return redirect("translation:translation_edition", edition.code)


def _draw_preview(
    request, edition, upload, *, has_changed=False, form=None, problems=()
):
    reading = services.reading_of(upload)
    comparison = compare(reading.rows, edition)
    errors = list(problems)
    if has_changed:
        errors.append(
            _("Some texts have changed meanwhile, and nothing was applied. Look again.")
        )
    status = 200
    if errors or (form and form.errors):
        status = CONFLICT if has_changed else UNPROCESSABLE
    return render(
        request,
        "frameworks/translation_preview.html",
        {
            "edition": edition,
            "upload": upload,
            "comparison": comparison,
            "outdated_count": sum(change.is_outdated for change in comparison.changes),
            "faults": reading.faults,
            "fault_count": reading.fault_count,
            "may_correct": holds(request.user, Permission.ADMINISTER),
            "form": form or ReasonForm(initial={"dated_on": timezone.localdate()}),
            "errors": errors,
            "breadcrumbs": way_to(edition),
        },
        status=status,
    )


def _corrected(request, edition, upload):
    """Make a set of corrections of what the file says of frozen texts."""
    authorise(request.user, Permission.ADMINISTER)
    comparison = compare(services.reading_of(upload).rows, edition)
    if comparison.fingerprint != request.POST.get("version"):
        return _draw_preview(request, edition, upload, has_changed=True)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _draw_preview(request, edition, upload, form=form)
    wordings, marks = services.wordings_of(comparison)
    try:
        correct(
            edition=edition,
            texts=wordings,
            seen_texts=marks,
            by=request.user,
            **form.cleaned_data,
        )
    except CorrectedMeanwhile:
        return _draw_preview(request, edition, upload, has_changed=True)
    except CorrectionRefused as refused:
        reasons = [problem.reason for problem in refused.problems]
        return _draw_preview(request, edition, upload, form=form, problems=reasons)
    messages.success(request, _("The wording has been corrected."))
    return redirect("translation:translation_preview", edition.code, upload.pk)
