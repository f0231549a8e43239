"""Figures and populations in files: taking a template out, sending one back, applying and undoing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache

from assessments.figure_files.comparing import compare
from assessments.figure_files.faults import Fault, Unreadable
from assessments.figure_files.layout import CSV, FIGURES, POPULATIONS, XLSX
from assessments.figure_files.tables import table_of
from assessments.figure_files.undoing import undoing_of
from assessments.figure_files.writing import (
    as_csv,
    as_workbook,
    figure_rows,
    population_rows,
)
from assessments.forms.figure_uploads import FigureFileForm
from assessments.models import FigureUpload
from assessments.selectors import figure_uploads as selectors
from assessments.services.figure_uploads import (
    FileChanged,
    NotApplicable,
    apply_figure_file,
    check_on,
    keep_figure_file,
    undo_figure_file,
)
from cdf_site.common.uploads import RefusedFile
from organisations.models import HealthBoard
from organisations.permissions import Permission, authorise

INVALID, CONFLICT = 422, 409
MEDIA_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
UPLOADS_A_PAGE = 20
FAULTS_A_PAGE = 100
SAMPLE = 20  # changes that the preview shows, and outliers
KEPT_SHOWN = 200


def figures_boards(request):
    """Choose the health board whose figures are uploaded; with one alone, its page."""
    boards = selectors.boards_to_enter_for(request.user)
    if not boards:
        raise PermissionDenied("figures of no health board")
    if len(boards) == 1:
        return redirect("indicators:figures_upload", boards[0].code)
    return render(request, "assessments/figures_boards.html", {"boards": boards})


def _board(request, code):
    board = get_object_or_404(HealthBoard, code=code)
    authorise(request.user, Permission.ENTER_FIGURES, board)
    return board


def _upload(request, board, number):
    uploads = FigureUpload.objects.visible_to(request.user).select_related(
        "edition", "health_board", "uploaded_by", "applied_by", "undone_by"
    )
    return get_object_or_404(uploads, health_board=board, pk=number)


def figures_upload(request, board):
    """Take a template out, send a file back, and see what was sent before."""
    board = _board(request, board)
    edition = selectors.edition_of_figures()
    form = FigureFileForm()
    if request.method == "POST":
        form = FigureFileForm(
            request.POST,
            request.FILES,
            files_too_large=getattr(request, "files_too_large", ()),
        )
        upload = _kept(request, board, edition, form) if form.is_valid() else None
        if upload:
            return redirect("indicators:figure_upload_detail", board.code, upload.pk)
    uploads = (
        FigureUpload.objects.visible_to(request.user)
        .filter(health_board=board)
        .select_related("uploaded_by")
    )
    return render(
        request,
        "assessments/figures_upload.html",
        {
            "board": board,
            "edition": edition,
            "form": form,
            "uploads": Paginator(uploads, UPLOADS_A_PAGE).get_page(
                request.GET.get("page")
            ),
        },
        status=INVALID if form.errors else 200,
    )


def _kept(request, board, edition, form):
    """The upload of a valid form, or None with the form's error where it cannot be read."""
    file, kind = form.cleaned_data["file"], form.cleaned_data["kind"]
    if kind == FIGURES and edition is None:
        form.add_error("kind", _("There are no key indicators yet"))
        return None
    try:
        table = table_of(file, kind)
    except (Unreadable, RefusedFile) as refusal:
        form.add_error("file", refusal.message)
        return None
    return keep_figure_file(
        health_board=board,
        kind=kind,
        edition=edition,
        file_name=file.name,
        table=table,
        by=request.user,
    )


def figures_template(request, board, kind, ending):
    """A template with the codes of the board's clusters, as CSV or as a workbook."""
    board = _board(request, board)
    edition = selectors.edition_of_figures()
    if (
        ending not in MEDIA_TYPES
        or kind not in FigureUpload.Kind.values
        or (kind == FIGURES and edition is None)
    ):
        raise Http404
    if kind == FIGURES:
        rows = figure_rows(selectors.figures_for_template(board, edition))
        # Translators: the beginning of a file's name: small letters and hyphens, no spaces.
        name = pgettext("file name", "figures")
    else:
        rows = population_rows(selectors.populations_for_template(board))
        name = pgettext("file name", "populations")
    if ending == CSV:
        content = as_csv(kind, rows)
    else:
        content = as_workbook(
            kind,
            rows,
            clusters=selectors.open_clusters(board),
            indicators=list(edition.indicators.all()) if kind == FIGURES else [],
        )
    return HttpResponse(
        content,
        content_type=MEDIA_TYPES[ending],
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{board.code}.{ending}"'
        },
    )


@never_cache
def figure_upload_detail(request, board, upload):
    """How far a file is checked; then what is wrong with it, what it would change, or did.

    While it is checked, each request for the page checks the next rows, and the page asks for itself
    again: what is shown is what is done.
    """
    board = _board(request, board)
    upload = _upload(request, board, upload)
    if upload.checked_at is None:
        try:
            upload = check_on(upload=upload, by=request.user)
        except FigureUpload.DoesNotExist:
            raise Http404 from None
        if upload.checked_at is None:
            return _draw_progress(request, upload)
        return redirect("indicators:figure_upload_detail", board.code, upload.pk)
    if upload.applied_at:
        return _draw_applied(request, upload)
    if upload.fault_count:
        return _draw_faults(request, upload)
    return _draw_preview(request, upload)


def _draw_progress(request, upload):
    left = sum(len(part.cells) for part in upload.parts.filter(is_checked=False))
    return render(
        request,
        "assessments/figure_upload_progress.html",
        {
            "upload": upload,
            "board": upload.health_board,
            "done": upload.row_count - left,
        },
    )


def _draw_faults(request, upload):
    faults = [Fault(**fault) for part in upload.parts.all() for fault in part.faults]
    page = Paginator(faults, FAULTS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "assessments/figure_upload_faults.html",
        {
            "upload": upload,
            "board": upload.health_board,
            "page": page,
            "previous_url": page.has_previous()
            and f"?page={page.previous_page_number()}",
            "next_url": page.has_next() and f"?page={page.next_page_number()}",
            "faults": [(fault, fault.head(upload.kind)) for fault in page],
        },
    )


def _draw_preview(request, upload, *, has_changed=False):
    comparison = compare(upload)
    names = selectors.Names(upload)
    outliers = comparison.outliers

    def shown(changes):
        rows = [
            {"change": change, **names.of(change.about)} for change in changes[:SAMPLE]
        ]
        for row in rows:
            if upload.kind == FIGURES and row["change"].before:
                row["change"].before.indicator = row["indicator"]
        return rows

    return render(
        request,
        "assessments/figure_upload_preview.html",
        {
            "upload": upload,
            "board": upload.health_board,
            "comparison": comparison,
            "outliers": shown(outliers),
            "outlier_count": len(outliers),
            "sample": shown(
                [*comparison.changed[: SAMPLE // 2], *comparison.added][:SAMPLE]
            ),
            "change_count": len(comparison.changes),
            "is_figures": upload.kind == FIGURES,
            "errors": [
                _(
                    "Some figures have changed meanwhile, and nothing was applied. Look again."
                )
            ]
            if has_changed
            else [],
        },
        status=CONFLICT if has_changed else 200,
    )


def _draw_applied(request, upload):
    names = selectors.Names(upload)
    return render(
        request,
        "assessments/figure_upload_applied.html",
        {
            "upload": upload,
            "board": upload.health_board,
            "kept": [names.of(about) for about in upload.kept[:KEPT_SHOWN]],
            "is_populations": upload.kind == POPULATIONS,
        },
    )


def figure_upload_apply(request, board, upload):
    """Write what a file would change, as it was shown."""
    board = _board(request, board)
    upload = _upload(request, board, upload)
    if request.method == "POST":
        try:
            applied = apply_figure_file(
                upload=upload,
                fingerprint=request.POST.get("version", ""),
                by=request.user,
            )
        except FileChanged:
            return _draw_preview(request, upload, has_changed=True)
        except FigureUpload.DoesNotExist:
            raise Http404 from None
        except NotApplicable:
            pass  # applied a moment ago: the page says so
        else:
            messages.success(
                request,
                _("Applied from the file: %(number)s")
                % {"number": applied.written_count},
            )
    return redirect("indicators:figure_upload_detail", board.code, upload.pk)


def figure_upload_undo(request, board, upload):
    """Look at what undoing a file would restore and leave; a button does it."""
    board = _board(request, board)
    upload = _upload(request, board, upload)
    if upload.applied_at is None or upload.undone_at:
        return redirect("indicators:figure_upload_detail", board.code, upload.pk)
    if request.method == "POST":
        try:
            undone = undo_figure_file(upload=upload, by=request.user)
        except NotApplicable:
            pass  # undone a moment ago
        else:
            messages.success(
                request,
                _("The file is undone. Put back: %(number)s")
                % {"number": undone.restored_count},
            )
        return redirect("indicators:figure_upload_detail", board.code, upload.pk)
    undoing, names = undoing_of(upload), selectors.Names(upload)
    return render(
        request,
        "assessments/figure_upload_undo.html",
        {
            "upload": upload,
            "board": board,
            "undoing": undoing,
            "kept": [names.of(about) for about in undoing.kept[:KEPT_SHOWN]],
        },
    )
