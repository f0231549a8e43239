"""The drawn pages of logic models."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse

from frameworks import selectors
from frameworks.logic_models import logic_model
from frameworks.views import way_to


@login_not_required
def module_logic_model(request, edition, module, among=None):
    """The logic model of a module as a whole."""
    module = selectors.module_with_edition(edition, module, among)
    return _draw(request, module, module=module)


@login_not_required
def outcome_logic_model(request, edition, module, number, among=None):
    """The logic model of an outcome; where the module has one for all, that one."""
    outcome = selectors.outcome_with_module(edition, module, number, among)
    if outcome.module.has_one_logic_model:
        return redirect(
            reverse(
                "frameworks:module_logic_model",
                args=[edition, module],
                current_app=request.resolver_match.namespace,
            )
        )
    return _draw(request, outcome, module=outcome.module)


def _draw(request, subject, *, module):
    edition = module.edition
    steps = way_to(request, edition, module)
    return render(
        request,
        "frameworks/logic_model.html",
        {
            "edition": edition,
            "module": module,
            "outcome": None if subject is module else subject,
            "logic_model": logic_model(subject),
            "breadcrumbs": steps,
        },
    )
