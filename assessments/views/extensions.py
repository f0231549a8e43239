"""More time for one cluster, granted by its board."""

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assessments import services
from assessments.forms import ExtensionForm
from assessments.rules import is_officer_of_the_board
from assessments.views.loading import reflection_url, visible


def extension_grant(request, cycle, cluster):
    """A new closing hour for this cluster alone, and why."""
    reflection = visible(request, cycle, cluster)
    if not is_officer_of_the_board(request.user, reflection):
        raise PermissionDenied("no officer of the cluster's health board")
    contents = reflection_url("reflection_detail", reflection)
    if request.method != "POST":
        if not reflection.may_be_extended:
            messages.info(request, _hindrance(reflection))
            return redirect(contents)
        return _draw(request, reflection, ExtensionForm(reflection))

    if "switch_to" in request.POST:
        # Nothing of it can be saved half-way: the other language shows it as it was typed.
        form = ExtensionForm(reflection, initial=_typed(request.POST))
        return _draw(request, reflection, form)
    form = ExtensionForm(reflection, request.POST)
    if "written_in" in form.errors:
        raise BadRequest("a hidden field of the form is missing or spoiled")
    hindrance = "" if reflection.may_be_extended else _hindrance(reflection)
    if form.is_valid() and not hindrance:
        reason = form.cleaned_data["reason"]
        try:
            services.grant_extension(
                reflection=reflection,
                closes_at=form.cleaned_data["closes_at"],
                reason=reason,
                language=form.language_of(reason),
                by=request.user,
            )
        except services.NotNow:
            reflection = visible(request, cycle, cluster)
            hindrance = _hindrance(reflection)
        except services.NoExtension:
            # Somebody granted one at the same moment, and the page knew of none.
            reflection = visible(request, cycle, cluster)
            form = ExtensionForm(reflection, request.POST)
        else:
            messages.success(request, _("The cluster has more time."))
            return redirect(contents)
    return _draw(request, reflection, form, hindrance)


def _typed(data):
    """What was typed, as the other language's page begins with it."""
    parts = [data.get(f"closes_on_{part}", "") for part in ("day", "month", "year")]
    return {
        "closes_on": parts,
        **{
            name: data.get(name, "")
            for name in ("closes_at_hour", "reason", "written_in")
        },
    }


def _draw(request, reflection, form, hindrance=""):
    status = 200
    if form.errors:
        status = 422
    if hindrance:
        status = 409
    return render(
        request,
        "assessments/extension_grant.html",
        {
            "reflection": reflection,
            "form": form,
            "results_board": reflection.cluster.health_board,
            "hindrance": hindrance,
            "errors": [hindrance] if hindrance else [],
        },
        status=status,
    )


def _hindrance(reflection):
    """Why no more time can be granted."""
    if reflection.cycle.closed_at:
        return _("The cycle has closed, so this can no longer be done.")
    if not reflection.is_unsent:
        return _("The cluster has submitted, so it needs no more time.")
    return _("The cycle is not open yet.")
