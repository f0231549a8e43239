"""Packs: asking for one, seeing how far it is, and fetching it."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cdf_site.common.sessions import prolongs_no_session
from organisations.permissions import Permission, authorise
from reporting.files import LANGUAGES, handed_over
from reporting.forms.packs import PackForm
from reporting.models import Pack
from reporting.packs.contents import heading_of
from reporting.packs.files import ENDINGS, path_of
from reporting.scopes import scope_of_code
from reporting.selectors import begun_cycles, load_progress, load_state_of_pack
from reporting.services import packs as services
from reporting.tasks import begin_pack, resume_pack

MOST_SHOWN = 50  # the newest
CONTENT_TYPES = {"zip": "application/zip", "pdf": "application/pdf"}


@require_safe
def pack_list(request):
    """One's packs: those that are being made, those to fetch, and those that were."""
    authorise(request.user, Permission.ASK_PACK)
    own = Pack.objects.visible_to(request.user)
    packs = own.select_related("health_board", "cycle")[:MOST_SHOWN]
    return render(request, "reporting/pack_list.html", {"packs": packs})
