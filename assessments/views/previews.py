"""The form of a draft edition, before any cluster fills it in: for those who write the edition."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments import pages, selectors
from assessments.forms import AnswersForm
from assessments.needs import load_tags
from assessments.sheet import OutcomeSheet
from frameworks.models import Edition
from organisations.permissions import Permission, authorise


def form_preview(request, edition, module, number):
    """The page of one outcome as a cluster would fill it in; nothing of it can be saved."""
    authorise(request.user, Permission.TRANSLATE)
    edition = get_object_or_404(Edition, code=edition)
    if not edition.is_draft:
        return redirect("frameworks:outcome_detail", edition.code, module, number)
    outcomes = selectors.outcomes_of(edition)
    places = {(one.module.code, one.number): at for at, one in enumerate(outcomes)}
    if (module, number) not in places:
        raise Http404
    at, modules = places[module, number], selectors.module_codes(edition)
    outcome = outcomes[at]
    sheet = OutcomeSheet(
        module=outcome.module,
        outcome=outcome,
        criteria=list(outcome.criteria.all()),
        answers={},
        tags=load_tags(),
    )
    return render(
        request,
        "assessments/form_preview.html",
        {
            "edition": edition,
            "sheet": sheet,
            "form": AnswersForm(pages.outcome_items(sheet), {}, auto_id="preview-%s"),
            "part_number": modules.index(module) + 2,
            "part_total": len(modules) + 3,
            "previous": _link(edition, outcomes[at - 1] if at else None),
            "following": _link(
                edition, outcomes[at + 1] if at + 1 < len(outcomes) else None
            ),
            "breadcrumbs": _way_to(edition, outcome.module),
        },
    )


def _link(edition, outcome):
    if outcome is None:
        return None
    return {
        "label": str(outcome),
        "url": reverse(
            "form_preview", args=[edition.code, outcome.module.code, outcome.number]
        ),
    }


def _way_to(edition, module):
    preview = "framework_preview"
    return [
        {"label": _("Home"), "url": reverse("home")},
        {
            "label": edition.title,
            "url": reverse(f"{preview}:edition_detail", args=[edition.code]),
        },
        {
            "label": module.title,
            "url": reverse(
                f"{preview}:module_detail", args=[edition.code, module.code]
            ),
        },
    ]
