"""Packs: asking for one, seeing how far it is, and fetching it."""

from django.contrib import messages
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cdf_site.common.sessions import does_not_prolong
from organisations.permissions import Permission, authorise
from reporting.files import LANGUAGES, handed_over
from reporting.forms.packs import PackForm
from reporting.models import Pack
from reporting.pack_progress import load_pack_progress, load_packs
from reporting.packs.contents import heading_of, not_submitted
from reporting.packs.files import ENDINGS, path_of
from reporting.scopes import scope_of_code
from reporting.selectors import begun_cycles, load_progress
from reporting.services import packs as services
from reporting.tasks import begin_pack, resume_pack

MOST_SHOWN = 50  # the newest
CONTENT_TYPES = {"zip": "application/zip", "pdf": "application/pdf"}


@require_safe
def pack_list(request):
    """One's packs: those that are being made, those to fetch, and those that were."""
    authorise(request.user, Permission.ASK_PACK)
    packs = load_packs(request.user, MOST_SHOWN)
    return render(
        request,
        "reporting/pack_list.html",
        {"packs": [(pack, heading_of(pack.document)) for pack in packs]},
    )


def pack_ask(request, area, cycle):
    """A form for a pack of all clusters of a health board, or of Wales, in one cycle."""
    scope = scope_of_code(area)
    chosen = next((each for each in begun_cycles() if each.code == cycle), None)
    if scope is None or chosen is None:
        raise Http404
    authorise(request.user, Permission.ASK_PACK, scope)
    form = PackForm(
        request.POST if request.method == "POST" else None,
        initial={
            "language": request.user.language or get_language(),
            "large_print": request.user.large_print,
        },
    )
    if form.is_valid():
        try:
            pack = begin_pack(
                scope=scope, cycle=chosen, by=request.user, **form.cleaned_data
            )
        except services.TooManyPacks:
            form.add_error(
                None,
                _("As many packs as one person may have are being made. Wait for one."),
            )
        except services.NothingToPack:
            form.add_error(None, _("No cluster has submitted anything yet."))
        else:
            return redirect("packs:pack_detail", pack=pack.pk)
    board = scope.place.code if scope.place else None
    return render(
        request,
        "reporting/pack_ask.html",
        {
            "form": form,
            "scope": scope,
            "cycle": chosen,
            "back_url": _results_url(scope, chosen),
            "progress": load_progress(request.user, chosen, board_code=board),
        },
    )


@require_safe
def pack_detail(request, pack):
    """How far a pack is; whoever looks sees to it that somebody works on it."""
    pack = _own(request, pack)
    resume_pack(pack)
    return render(
        request,
        "reporting/pack_detail.html",
        {
            "pack": pack,
            "heading": heading_of(pack.document),
            "not_submitted": not_submitted(pack, _language()),
            "results_url": _results_url(pack.scope, pack.cycle),
        }
        | _progress(pack),
    )


@does_not_prolong
@require_safe
def pack_progress(request, pack):
    """The part of that page which changes, asked for by the page itself."""
    pack = _own(request, pack)
    resume_pack(pack)
    html = render_to_string(
        "reporting/_pack_progress.html", {"pack": pack} | _progress(pack), request
    )
    return JsonResponse({"html": html, "isUnderWay": pack.is_under_way})


def pack_cancel(request, pack):
    """Make no more of it: a button of its page."""
    pack = _own(request, pack)
    if request.method == "POST" and services.cancel_pack(pack=pack, by=request.user):
        messages.success(request, _("Cancelled. Nothing more of the pack is made."))
    return redirect("packs:pack_detail", pack=pack.pk)


@require_safe
def pack_file(request, pack):
    """The file itself, for whoever asked for it and may still read what is in it."""
    pack = get_object_or_404(
        Pack.objects.visible_to(request.user)
        .with_file()
        .select_related("health_board", "cycle"),
        pk=pack,
    )
    try:
        file = path_of(pack).open("rb")
    except FileNotFoundError as error:
        raise Http404("the file is gone") from error
    ending = ENDINGS[pack.form]
    languages = LANGUAGES[pack.language]
    with translation.override(languages[0]):
        name = " ".join([heading_of(pack.document), pack.scope.name, pack.cycle.code])
    response = FileResponse(file, content_type=CONTENT_TYPES[ending])
    return handed_over(response, " ".join([name, *languages]), ending)


def _own(request, pack):
    return get_object_or_404(
        Pack.objects.visible_to(request.user).select_related("health_board", "cycle"),
        pk=pack,
    )


def _progress(pack):
    """What the part of the page that changes is made of."""
    return {"progress": load_pack_progress(pack), "language": _language()}


def _language():
    return "cy" if get_language() == "cy" else "en"


def _results_url(scope, cycle):
    if scope.place:
        return reverse("reporting:board", args=[cycle.code, scope.place.code])
    return reverse("reporting:national", args=[cycle.code])
