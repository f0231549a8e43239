"""What was learned and what changed: the years, a year's page, and its PDF.

Where a page is public, it and its PDF open without signing in; otherwise all who can sign in read it.
"""

from functools import partial

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organisations.permissions import Permission, authorise, holds
from reporting.files import LANGUAGES, document
from reporting.forms.learned import BeginForm
from reporting.learned import load_page
from reporting.models import Learned
from reporting.pdf.learned import render_learned


@login_not_required
@require_safe
def learned_list(request):
    """The years of which there is a page; for its editors, a form to begin one."""
    pages = list(Learned.objects.visible_to(request.user))
    if not request.user.is_authenticated:
        if not pages:
            return redirect_to_login(request.get_full_path())
    else:
        authorise(request.user, Permission.READ_LEARNED)
    may_edit = holds(request.user, Permission.EDIT_LEARNED)
    return render(
        request,
        "reporting/learned_list.html",
        {
            "pages": pages,
            "may_edit": may_edit,
            "begin_form": BeginForm(pages) if may_edit else None,
        },
    )


@login_not_required
@require_safe
def learned_detail(request, year):
    """A year's page; of a draft, for its editors, what readers would see."""
    learned = _readable(request, year)
    if learned is None:
        return redirect_to_login(request.get_full_path())
    return render(
        request,
        "reporting/learned_detail.html",
        {
            "page": load_page(learned, request.user),
            "learned": learned,
            "may_edit": holds(request.user, Permission.EDIT_LEARNED),
        },
    )


@login_not_required
@require_safe
def learned_pdf(request, year, language):
    """What the page shows this reader, in the language asked for or in both, Welsh first."""
    if language not in LANGUAGES:
        raise Http404
    learned = _readable(request, year)
    if learned is None:
        return redirect_to_login(request.get_full_path())
    if not learned.is_published:
        raise Http404
    return document(
        request,
        partial(render_learned, load_page(learned, request.user)),
        language=language,
        name=lambda: _("what we learned %(year)s") % {"year": learned.year},
        too_long=_("This page holds too much text for a PDF. Read it on its page."),
    )


def _readable(request, year):
    """The page of ``year``; None for whoever has to sign in to know, 404 where there is none."""
    learned = Learned.objects.visible_to(request.user).filter(year=year).first()
    if request.user.is_authenticated:
        authorise(request.user, Permission.READ_LEARNED)
        if learned is None:
            raise Http404
    return learned
