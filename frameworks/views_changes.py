"""What changed from one edition to another."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language

from frameworks.changes import load_comparison
from frameworks.comparing import ADDED, MOVED, REMOVED, REWORDED
from frameworks.models import LANGUAGES, Edition
from frameworks.selectors import readable_editions
from frameworks.views import way_to
from organisations.permissions import Permission, holds

SHOWN = {"cy": ("cy",), "en": ("en",), "both": LANGUAGES}


@dataclass(frozen=True)
class Count:
    """How many things of one kind changed, and how."""

    label: str
    added: int
    removed: int
    moved: int
    reworded: int


@login_not_required
def edition_changes(request, edition, since):
    """What was added, removed, moved and reworded; a draft for those who write it."""
    among = (
        Edition.objects.all()
        if holds(request.user, Permission.TRANSLATE)
        else readable_editions()
    )
    edition = get_object_or_404(among.select_related("predecessor"), code=edition)
    since = get_object_or_404(among.select_related("predecessor"), code=since)
    if edition == since:
        raise Http404
    if since.predecessor == edition:  # asked for the wrong way round
        return redirect("frameworks:edition_changes", since.code, edition.code)
    shown = request.GET.get("language")
    shown = shown if shown in SHOWN else get_language()
    comparison = load_comparison(since, edition, languages=SHOWN[shown])
    return render(
        request,
        "frameworks/edition_changes.html",
        {
            "edition": edition,
            "since": since,
            "comparison": comparison,
            "parts": [
                (model, [pair for pair in pairs if pair.has_changed])
                for model, pairs in comparison.parts.items()
            ],
            "modules": [pair for pair in comparison.modules if pair.has_changes],
            "counts": _counts(comparison),
            "shown": shown,
            "breadcrumbs": way_to(request, None if edition.is_draft else edition),
        },
    )


def _counts(comparison):
    """Of each kind of thing in which anything changed."""
    return [
        Count(
            model._meta.verbose_name_plural,
            *(counts[kind] for kind in (ADDED, REMOVED, MOVED, REWORDED)),
        )
        for model, counts in comparison.counts.items()
        if counts.total()
    ]
