"""The framework's public pages: an edition, a module, an outcome."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from frameworks import selectors
from frameworks.errata import read_over
from frameworks.logic_models import logic_model, subject_of
from frameworks.models import Edition


@login_not_required
def current_edition(request):
    """Lead on to the newest edition that is published."""
    edition = Edition.objects.published().first()
    if edition is None:
        return render(request, "frameworks/current_edition.html")
    return redirect("frameworks:edition_detail", edition.code)


@login_not_required
def edition_detail(request, edition, among=None):
    edition, modules = selectors.edition_with_modules(edition, among)
    return render(
        request,
        "frameworks/edition_detail.html",
        {
            "edition": edition,
            "modules": modules,
            "issued": selectors.issued(edition),
            "sections": selectors.sections(
                edition.introduction, "introduction", _("Introduction")
            )
            + selectors.sections(edition.context, "context", _("Context")),
            "principles": selectors.parts(edition, "transformationprinciples"),
            "factors": selectors.parts(edition, "enablingfactors"),
            "goals": selectors.parts(edition, "wellbeinggoals"),
            "corrections": selectors.corrections(edition, modules),
            "aims": selectors.parts(edition, "quadrupleaims"),
            "breadcrumbs": way_to(request),
        },
    )


@login_not_required
def module_detail(request, edition, module, among=None):
    module = selectors.module_with_edition(edition, module, among)
    return render(
        request,
        "frameworks/module_detail.html",
        {
            "edition": module.edition,
            "module": module,
            "sections": selectors.sections(
                module.introduction, "introduction", _("Introduction")
            )
            + selectors.sections(module.context, "context", _("Context")),
            "outcomes": selectors.outcomes_with_counts(module),
            "logic_model": logic_model(module),
            "breadcrumbs": way_to(request, module.edition),
        },
    )


@login_not_required
def outcome_detail(request, edition, module, number, among=None):
    outcome = selectors.outcome_with_module(edition, module, number, among)
    previous, following = selectors.neighbours(outcome)
    return render(
        request,
        "frameworks/outcome_detail.html",
        {
            "edition": outcome.module.edition,
            "module": outcome.module,
            "outcome": outcome,
            "levels": selectors.criteria_by_level(outcome),
            "goals": read_over(outcome.module.edition, outcome.wellbeing_goals.all()),
            "logic_model": logic_model(subject_of(outcome)),
            "aims": read_over(outcome.module.edition, outcome.quadruple_aims.all()),
            "previous": previous,
            "following": following,
            "breadcrumbs": way_to(request, outcome.module.edition, outcome.module),
        },
    )


def way_to(request, edition=None, module=None):
    """The breadcrumbs above a page; the start page is there for those who have one."""
    steps = []
    # Of a preview, which has the same names of addresses.
    here = request.resolver_match and request.resolver_match.namespace
    if request.user.is_authenticated:
        steps.append({"label": _("Home"), "url": reverse("home")})
    if edition:
        url = reverse(
            "frameworks:edition_detail", args=[edition.code], current_app=here
        )
        steps.append({"label": edition.title, "url": url})
    if module:
        url = reverse(
            "frameworks:module_detail",
            args=[edition.code, module.code],
            current_app=here,
        )
        steps.append({"label": module.title, "url": url})
    return steps
