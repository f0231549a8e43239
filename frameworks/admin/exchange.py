"""Editions as files: the pages that import one, and the addresses that give one."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frameworks.admin.base import page_of
from frameworks.downloads import edition_file
from frameworks.exchange import LARGEST_FILE, Refused, notation_of, whole
from frameworks.models import FrameworkUpload
from frameworks.services import (
    AlreadyImported,
    ChangedMeanwhile,
    DraftInUse,
    import_edition,
    keep_edition_file,
    preview_import,
)

TOO_LARGE = gettext_lazy(
    "The file is larger than 5 MB. An edition of the framework is much smaller: choose another file."
)


class EditionFileForm(forms.Form):
    """A file that holds an edition."""

    file = forms.FileField(
        label=gettext_lazy("File with an edition (JSON or YAML)"),
        help_text=gettext_lazy(
            "Its name ends in .json, .yaml or .yml, and it has at most 5 MB."
        ),
        widget=forms.FileInput(attrs={"accept": ".json,.yaml,.yml"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )

    def __init__(self, *args, files_too_large=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.is_too_large = "file" in files_too_large
        if self.is_too_large:
            self.fields["file"].error_messages["required"] = TOO_LARGE

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(TOO_LARGE)
        if notation_of(file.name) is None:
            raise forms.ValidationError(
                _("Choose a file whose name ends in .json, .yaml or .yml.")
            )
        return file


class ImportForm(forms.Form):
    """How what was looked at is to be imported."""

    DRAFT, PUBLISHED = "draft", "published"
    how = forms.ChoiceField(
        label=gettext_lazy("How do you want to import it?"),
        choices=[
            (DRAFT, gettext_lazy("As a draft")),
            (PUBLISHED, gettext_lazy("Published, exactly as it stands in the file")),
        ],
        initial=DRAFT,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how to import it.")},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, preview, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["seen"] = preview.seen
        if preview.needs_publishing:
            self.fields["how"].choices = self.fields["how"].choices[1:]
            self.initial["how"] = self.PUBLISHED


class ExchangePages(admin.ModelAdmin):
    def get_urls(self):
        pages = [
            path("import/", self.import_view, name="frameworks_edition_import"),
            path(
                "import/<int:upload>/",
                self.import_preview_view,
                name="frameworks_edition_import_preview",
            ),
            path(
                "<path:object_id>/export/<str:notation>/",
                self.export_view,
                name="frameworks_edition_export",
            ),
        ]
        for page in pages:
            page.callback = self.admin_site.admin_view(page.callback)
        return [*pages, *super().get_urls()]

    def export_view(self, request, object_id, notation):
        """The edition as a file, a draft as well."""
        edition = self.get_object(request, unquote(object_id))
        if edition is None:
            raise Http404
        if not self.has_view_permission(request, edition):
            raise PermissionDenied
        return edition_file(edition, notation, has_notes=True)

    def import_view(self, request):
        """Choose a file; what is wrong with it is listed, and nothing changes yet."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        is_sent = request.method == "POST"
        form = EditionFileForm(
            request.POST if is_sent else None,
            request.FILES if is_sent else None,
            files_too_large=getattr(request, "files_too_large", ()),
        )
        refused = None
        if is_sent and form.is_valid():
            file = form.cleaned_data["file"]
            content, notation = file.read(), notation_of(file.name)
            try:
                preview_import(content, notation)
            except Refused as error:
                refused = error
            else:
                upload = keep_edition_file(
                    file_name=file.name,
                    notation=notation,
                    content=content,
                    by=request.user,
                )
                return redirect("admin:frameworks_edition_import_preview", upload.pk)
        waiting = FrameworkUpload.objects.visible_to(request.user).filter(
            kind=FrameworkUpload.Kind.EDITION, applied_at=None
        )
        return self._exchange_page(
            request,
            "import",
            status=422 if form.errors or refused else 200,
            title=_("Import an edition"),
            form=form,
            refused=refused,
            uploads=waiting.defer("content"),
        )

    def import_preview_view(self, request, upload):
        """What a file would change, and the two ways to import it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        upload = get_object_or_404(
            FrameworkUpload.objects.visible_to(request.user),
            kind=FrameworkUpload.Kind.EDITION,
            pk=upload,
        )
        if upload.applied_at:
            self.message_user(
                request, _("This file was imported already."), messages.WARNING
            )
            return redirect("admin:frameworks_edition_changelist")
        try:
            preview = preview_import(bytes(upload.content), upload.notation)
        except Refused as refused:
            return self._refused(request, upload, refused)
        form = ImportForm(preview, request.POST if request.method == "POST" else None)
        uses = []
        if request.method == "POST" and form.is_valid():
            is_published = form.cleaned_data["how"] == ImportForm.PUBLISHED
            try:
                edition = import_edition(
                    upload=upload,
                    is_published=is_published,
                    seen=form.cleaned_data["seen"],
                    by=request.user,
                )
            except ChangedMeanwhile:
                self.message_user(
                    request,
                    _(
                        "Somebody changed the edition meanwhile, and nothing was imported. The "
                        "differences below are the newest: look at them again."
                    ),
                    messages.WARNING,
                )
                return redirect(request.path)
            except AlreadyImported:
                self.message_user(
                    request, _("This file was imported already."), messages.WARNING
                )
                return redirect("admin:frameworks_edition_changelist")
            except Refused as refused:
                return self._refused(request, upload, refused)
            except DraftInUse as in_use:
                uses = in_use.uses
            else:
                sentence = (
                    _("it was imported and published.")
                    if is_published
                    else _("it was imported as a draft.")
                )
                self.say(request, edition, sentence, messages.SUCCESS)
                return redirect(page_of(edition))
        return self._exchange_page(
            request,
            "import_preview",
            status=409 if uses else 422 if form.errors else 200,
            title=_("What the file would change"),
            upload=upload,
            preview=preview,
            comparison=preview.comparison(),
            contents=_contents(preview.file.data),
            form=form,
            uses=uses,
        )

    def _refused(self, request, upload, refused):
        return self._exchange_page(
            request,
            "import",
            status=409,
            title=_("Import an edition"),
            form=EditionFileForm(),
            refused=refused,
            uploads=[],
        )

    def _exchange_page(self, request, template, *, status, **context):
        return TemplateResponse(
            request,
            f"admin/frameworks/edition/{template}.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "import_url": reverse("admin:frameworks_edition_import"),
                **context,
            },
            status=status,
        )


def _contents(data):
    """How many of each the file holds: pairs of a name and a number."""
    data = whole(data)
    outcomes = [one for module in data["modules"] for one in module["outcomes"]]
    entries = [
        entry for one in (*data["modules"], *outcomes) for entry in one["logic_model"]
    ]
    return [
        (_("Modules"), len(data["modules"])),
        (_("Outcomes"), len(outcomes)),
        (_("Criteria"), sum(len(outcome["criteria"]) for outcome in outcomes)),
        (_("Transformation principles"), len(data["principles"])),
        (_("Enabling factors"), len(data["enabling_factors"])),
        (_("Well-being goals"), len(data["wellbeing_goals"])),
        (_("Quadruple aim"), len(data["quadruple_aims"])),
        (_("Logic model entries"), len(entries)),
        (_("Key indicators"), len(data["indicators"])),
        (_("Corrections of wording"), len(data["corrections"])),
    ]
